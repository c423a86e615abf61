/* Waits until everything a manifest applied is Ready and resolvable: `ordinal lab --once`.
 * StatefulSets: all replicas Ready, and each pod's name under its governing Service answers; Pods: Ready or Succeeded;
 * claims: Bound; Services: their name answers, unless they select nothing of the manifest; other kinds: applied.
 * Regime: owned heap object. Called by: main. */
#pragma once

#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"
#include "watch/manifest/manifest.h"

struct awaited;

struct awaited_config {
	const char *zone; /* "cluster.local" */
	/* How many addresses a full name has in DNS now. */
	size_t (*addresses)(void *ctx, struct strv name);
	/* Called once, from the loop: all_there, or the time was up and what is missing was said on stderr. */
	void (*done)(void *ctx, bool all_there);
	void *ctx;
	uint64_t timeout_ms; /* of the machine's time, also when the lab's own is virtual */
};

/* manifest has been applied and outlives it. errors ERR_NOMEM, libuv's */
NODISCARD int awaited_open(uv_loop_t *loop, struct clock *clock, const struct watch_api *api,
	const struct manifest *manifest, const struct awaited_config *config, struct awaited **out);
/* Frees later, then cb. Accepts NULL (cb is then called at once). */
void awaited_close(struct awaited *a, void (*cb)(void *ctx), void *ctx);
