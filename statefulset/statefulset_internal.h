/* What the files of this room share: the controller's parts. Regime: owned by statefulset.c.
 *
 * Reading order of a change: an event reaches world (knowledge, who is woken) -> queue (when) -> sync (one piece of work on
 * one set) -> plan (what is to be done) -> steps (doing it) -> status -> queue again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "statefulset/event.h"
#include "statefulset/queue.h"
#include "statefulset/world.h"
#include "watch/api.h"

#define STS_COMPONENT "statefulset-controller"

struct sts_controller {
	struct clock *clock;
	const struct watch_api *api;
	struct watch_cache *cache;
	struct event_recorder *recorder;
	struct queue queue;
	struct world world;
	size_t syncs; /* under way */
	bool closing;
	struct clock_task closed;
	void (*close_cb)(void *ctx);
	void *close_ctx;
};

/* A sync has ended (statefulset.c): the last touch of the controller when it is closing. */
void sts_sync_ended(struct sts_controller *c);
