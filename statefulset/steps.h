/* Doing what a plan says: its steps, pass after pass, one by one or in batches of 1, 2, 4 ... 500. After a batch with a
 * failure the rest is left. Says in Events what was done.
 * Regime: struct steps lives in its owner, its arena is the owner's; one call in flight a step.
 * Called by: sync. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strv.h"
#include "statefulset/plan.h"

struct sts_controller;
struct known_set;
struct steps;
typedef void (*steps_done_fn)(struct steps *s);

#define STEPS_BATCH_MAX 500

struct steps {
	/* filled by the owner: */
	struct sts_controller *c;
	struct known_set *known;
	const struct object *set; /* counted by the owner */
	struct arena *a;
	const struct plan *plan; /* what it names is counted by the owner */
	steps_done_fn done;
	/* result: */
	bool failed;
	struct strv why; /* of the first failure; in the arena */
	/* inner: */
	struct json *tree; /* the set decoded, made when needed */
	size_t begun;      /* steps */
	size_t batch;      /* size of the present one */
	size_t running;
};

/* done comes once, possibly before this returns. */
void steps_run(struct steps *s);
/* Records the first failure. */
void steps_fail(struct steps *s, struct strv why);
