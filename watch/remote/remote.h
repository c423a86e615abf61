/* The other implementation of struct watch_api: a real kube-apiserver, listed and watched, and written to. Only the kinds
 * that somebody subscribed are watched, one stream a kind and subscription; label selectors are the server's work.
 * Objects are not kept: each is decoded, told, and let go of.
 * A server that cannot be reached costs freshness, not records: subscribers keep what they were told, remote_age_ms says
 * how old that may be. Regime: owned heap object. Control thread only. Called by: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"

struct remote;

#define REMOTE_WHY_CHARS 384

struct remote_config {
	const char *kubeconfig; /* file; NULL: see endpoint */
	const char *context;    /* NULL: current-context */
	const char *endpoint;   /* URL; NULL without kubeconfig: the service account of this pod */
	const char *tls_cert, *tls_key, *tls_ca; /* files, for endpoint; may be NULL */
	kind_set keep_json;                      /* kinds whose objects keep their JSON text */
	/* 0: 250 ms, 10 s, 5 min */
	int64_t retry_first_ms, retry_last_ms; /* after failures */
	int64_t refused_retry_ms;              /* after 403 and 404 */
};

/* Reads credentials (blocking); talks to nobody before the first subscription or call. config is copied.
 * errors as access.h, ERR_LIBRARY (no libcurl), ERR_NOMEM; why: one sentence with the place */
NODISCARD int remote_open(uv_loop_t *loop, struct clock *clock, const struct remote_config *config,
	struct remote **out, char why[REMOTE_WHY_CHARS]);
const struct watch_api *remote_api(struct remote *r); /* valid until close */
const char *remote_server_url(const struct remote *r);
/* Every kind subscribed has been listed once, refused ones aside. */
bool remote_synced(const struct remote *r);
/* For how long some kind has not been watched: 0 while all streams are up. Refused kinds aside. */
int64_t remote_age_ms(const struct remote *r);

struct remote_kind { /* one stream, for metrics and /ready */
	enum kind kind;
	bool synced, watching, refused;
	int64_t age_ms;          /* 0 while watching */
	size_t known;            /* objects */
	uint64_t lists, watches; /* begun */
	uint64_t events, bad,
		failures; /* told; not decodable, skipped; of connections and requests */
};
/* The i-th stream; false: there are no more. */
bool remote_kind_at(const struct remote *r, size_t i, struct remote_kind *out);

/* All subscriptions must have ended. Calls in flight get UV_ECANCELED inside this call. Frees later, then cb (may be
 * NULL). Accepts NULL (cb is not called then). */
void remote_close(struct remote *r, void (*cb)(void *ctx), void *ctx);
