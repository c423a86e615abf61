/* How many requests a second, and at once, the API server gets from us: a token bucket and a count, as client-go's QPS and
 * Burst and CoreDNS's apiserver_max_inflight. A request is in flight until its reply begins: a watch that is up is not.
 * Who may not go on waits in line. Regime: a member of struct remote, control thread. Called by: remote.c, reflector.c,
 * call.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"

struct limit_config {
	double qps;     /* tokens a second; 0: see burst */
	uint32_t burst; /* tokens at most; 0: 10. With neither requests are not counted; qps 0: 5 */
	uint32_t max_inflight; /* 0: any number */
};

/* A wish to go on, a member of its owner. */
struct limit_wait {
	void (*fn)(struct limit_wait *w);
	struct limit_wait *next;
	bool queued, granted;
};

struct limit {
	struct limit_config config;
	uv_timer_t timer;
	double tokens;
	uint64_t filled_ms; /* loop time */
	uint32_t inflight;
	struct limit_wait *first, *last;
	void (*closed)(void *ctx);
	void *ctx;
};

void limit_open(struct limit *l, uv_loop_t *loop, const struct limit_config *config);
/* Nobody waits any more; closed runs from the loop. */
void limit_close(struct limit *l, void (*closed)(void *ctx), void *ctx);

/* True: go on, until limit_leave. False: w->fn is called once it may, from the loop; to ask again then gives true. */
bool limit_enter(struct limit *l, struct limit_wait *w);
/* The reply has begun, or will never come; also takes w out of the line. Harmless if it is in neither. */
void limit_leave(struct limit *l, struct limit_wait *w);
