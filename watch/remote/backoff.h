/* How long to wait after a failure: doubling from a first to a last delay, each time somewhere between half of it and all
 * of it, so that a thousand clients do not come back at once. The only back-off of watch/remote.
 * Regime: caller's storage. Called by: reflector.c, call.c. */
#pragma once

#include <stdint.h>

#include "base/clock.h"

struct backoff {
	int64_t first_ms, last_ms;
	int64_t next_ms; /* the next delay before jitter */
};

static inline void backoff_init(struct backoff *b, int64_t first_ms, int64_t last_ms)
{
	*b = (struct backoff){ first_ms, last_ms, first_ms };
}
static inline void backoff_reset(struct backoff *b)
{
	b->next_ms = b->first_ms;
}
/* asked_s: what the server asked for (Retry-After), 0 or less: nothing. Obeyed up to an hour: whoever answers may not be the
 * server, or not know what it says. */
int64_t backoff_next(struct backoff *b, struct clock *clock, int64_t asked_s);
