/* The other implementation of struct watch_api: a real kube-apiserver, listed and watched, and written to. Only the kinds
 * that somebody subscribed are watched, one stream a kind and subscription; label selectors are the server's work.
 * Objects are not kept: each is decoded, told, and let go of.
 * A server that cannot be reached costs freshness, not records: subscribers keep what they were told. How old that may be
 * is in watch_freshness, in the figures, and in the log: once when contact is lost, seldom while it is, once when it is
 * back. Regime: owned heap object. Control thread only. Called by: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"
#include "watch/remote/limit.h"

struct buf;
struct remote;

#define REMOTE_WHY_CHARS 384

struct remote_config {
	const char *kubeconfig; /* file; NULL: see endpoint */
	const char *context;    /* NULL: current-context */
	const char *endpoint;   /* URL; NULL without kubeconfig: the service account of this pod */
	const char *tls_cert, *tls_key, *tls_ca; /* files, for endpoint; may be NULL */
	kind_set keep_json;                      /* kinds whose objects keep their JSON text */
	struct limit_config limit;               /* of requests; zero: none */
	/* 0: 250 ms, 10 s, 5 min */
	int64_t retry_first_ms, retry_last_ms; /* after failures */
	int64_t refused_retry_ms;              /* after 403 and 404 */
	int64_t watch_stall_s; /* 0: 150; a watch that brings nothing for so long hangs: bookmarks come every minute */
	int64_t remind_first_ms, remind_next_ms; /* 0: 1 min, 10 min; of contact that is lost */
};

/* Reads credentials (blocking); talks to nobody before the first subscription or call. config is copied.
 * errors as access.h, ERR_LIBRARY (no libcurl), ERR_NOMEM; why: one sentence with the place */
NODISCARD int remote_open(uv_loop_t *loop, struct clock *clock, const struct remote_config *config,
	struct remote **out, char why[REMOTE_WHY_CHARS]);
const struct watch_api *remote_api(struct remote *r); /* valid until close */
const char *remote_server_url(const struct remote *r);

struct remote_kind { /* of all streams of one kind */
	struct watch_freshness fresh;
	bool refused;            /* some stream is; it counts neither for nor against fresh */
	size_t known;            /* objects, of all streams together; so are the figures below */
	uint64_t lists, watches; /* begun */
	uint64_t events;         /* told */
	uint64_t bad;            /* not decodable, skipped */
	uint64_t failures;       /* of connections and requests */
};
/* False: nobody has subscribed it. */
bool remote_kind(const struct remote *r, enum kind kind, struct remote_kind *out);
/* The figures of all kinds subscribed, as metrics.h has them. */
void remote_metrics(const struct remote *r, struct buf *page);

/* All subscriptions must have ended. Calls in flight get UV_ECANCELED inside this call. Frees later, then cb (may be
 * NULL). Accepts NULL (cb is not called then). */
void remote_close(struct remote *r, void (*cb)(void *ctx), void *ctx);
