/* Work waiting to be done, by key: a key waits once however often it is added, is never worked on twice at a time, and
 * comes back when it was added meanwhile.
 *
 *            add                 run                 done
 *   idle ---------> waiting ----------> running ---------------> idle, or waiting if added meanwhile
 *     `-- add_after / add_failed: a timer, then add
 *
 * Regime: items are members of their owners; an owner that dies calls queue_remove first. Called by: world, reconcile.
 * Source: client-go util/workqueue. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/clock.h"
#include "statefulset/backoff.h"

struct queue;
struct queue_item {
	struct queue *queue;
	struct queue_item *next;
	struct clock_timer timer;
	bool waiting, running;
	bool again; /* added while running */
	unsigned failures;
};
/* Begins the work on one item; queue_done ends it, now or later. */
typedef void (*queue_run_fn)(struct queue *q, struct queue_item *item);

struct queue {
	struct clock *clock;
	queue_run_fn run;
	struct queue_item *head, **tail;
	struct clock_task task;
	struct backoff_bucket bucket;
	bool held; /* nothing is run before queue_release */
};

/* Held at first. Both live in the caller's storage; q must not move. */
void queue_init(struct queue *q, struct clock *clock, queue_run_fn run);
void queue_release(struct queue *q);
void queue_deinit(struct queue *q); /* items must be gone or idle; stops the task */

void queue_item_init(struct queue *q, struct queue_item *item);
void queue_add(struct queue_item *item);
/* Earlier of several wins. Without memory for the timer it is added at once. */
void queue_add_after(struct queue_item *item, int64_t delay_ms);
/* After a failure: backs off. */
void queue_add_failed(struct queue_item *item);
void queue_forget(struct queue_item *item); /* the failures are over */
void queue_done(struct queue_item *item);
/* Whether it would be run again right after queue_done. */
bool queue_is_wanted(const struct queue_item *item);
/* Takes the item out, timer included; not while it runs. */
void queue_remove(struct queue_item *item);
