/* A watch_api before another: writes down what is called, answers some calls with failures, holds events back.
 * Regime: struct in the caller's storage. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "watch/api.h"

#define SPY_RULES 8
#define SPY_HELD  64

struct spy_rule {
	char call[80]; /* as in the log: "create pods web-0" */
	int status, err, times;
};

struct spy {
	struct watch_api api; /* what the one under test uses */
	const struct watch_api *inner;
	struct clock *clock;
	struct buf
		log; /* writes and reads but Events: "create pods web-0, patch statefulsets/status web" */
	void (*on_call)(void *ctx, const struct watch_call *c); /* before it is made; may be NULL */
	void *ctx;
	struct spy_rule rules[SPY_RULES];
	size_t n_rules;
	struct watch_interest interest; /* of the one subscriber */
	kind_set held_kinds;
	struct watch_event held[SPY_HELD]; /* objects counted */
	size_t n_held;
};

void spy_init(struct spy *s, struct clock *clock, const struct watch_api *inner);
void spy_deinit(struct spy *s);
/* The next `times` calls whose log entry begins with `call` are answered status, without reaching the API; 409 means Conflict. */
void spy_fail(struct spy *s, const char *call, int status, int times);
/* Events of these kinds wait until others are named; KIND 0: all are delivered. */
void spy_hold(struct spy *s, kind_set kinds);
