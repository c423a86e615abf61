/* Who we are, kept fresh: a token file is read anew each minute (it rotates), an exec plugin is run when what it gave
 * expires or was refused. Nothing of it blocks the loop: files are read by libuv's threads, plugins are processes.
 * Source: ExecCredential client.authentication.k8s.io/v1. Regime: owned heap object; control thread only.
 * Called by: remote.c, reflector.c, call.c. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "watch/remote/access.h"

struct credentials;

/* A wish to be told, a member of its owner. */
struct credentials_wait {
	void (*fn)(struct credentials_wait *w);
	struct credentials_wait *next;
	bool queued;
};

/* access must outlive it. errors ERR_NOMEM */
NODISCARD int credentials_open(uv_loop_t *loop, struct clock *clock, const struct access *access,
	struct credentials **out);
/* Ends a plugin that runs, forgets those who wait, frees later, then cb. */
void credentials_close(struct credentials *c, void (*cb)(void *ctx), void *ctx);

/* True: what token and tls say is good to use. False: it is being renewed, w->fn is called once when that has ended (well
 * or not: then use what there is, the server will say). */
bool credentials_ready(struct credentials *c, struct credentials_wait *w);
void credentials_forget(
	struct credentials *c, struct credentials_wait *w); /* harmless if it does not wait */
/* The server said 401: renew before the next use. */
void credentials_refused(struct credentials *c);
const char *credentials_token(
	const struct credentials *c); /* NULL: none; borrowed until the next renewal */
const struct http_tls *credentials_tls(const struct credentials *c);
