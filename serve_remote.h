/* The API server that a Corefile names, in all its blocks the same. Blocking, start-up only. Called by: serve.c. */
#pragma once

#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "dns/config/corefile.h"
#include "watch/remote/remote.h"

/* kubeconfig: goes before what the Corefile says; NULL: it says. *out is left alone when no block has kubernetes. Says on
 * stderr what is wrong. errors ERR_UNSUPPORTED (blocks name several), as remote_open */
NODISCARD int serve_remote_open(const struct corefile *c, const char *kubeconfig, uv_loop_t *loop,
	struct clock *clock, struct remote **out);
