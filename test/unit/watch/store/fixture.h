/* What the tests of store, hub and cache share: a loop with a clock, a store, short ways to write objects. */
#pragma once

#include <uv.h>

#include "base/arena.h"
#include "base/clock.h"
#include "watch/store/store.h"

struct fixture {
	uv_loop_t loop;
	struct clock *clock;
	struct store *store;
	struct arena arena;
};

void fixture_open(struct fixture *f, bool virtual_time, const struct store_limits *limits);
/* Closes all; fails the test if a handle is left on the loop. */
void fixture_close(struct fixture *f);
/* Lets the loop run until no task is left. */
void fixture_run(struct fixture *f);

/* An object with the next resourceVersion, counted for the caller. labels: "a=b,c=d", "" for none. */
const struct object *fixture_object(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *labels);
/* Makes and commits one; what kind of change follows from what is there. */
void fixture_put(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *labels);
void fixture_delete(struct fixture *f, enum kind kind, const char *ns, const char *name);
