/* Pointers in the order of (namespace, name), for quick look-ups, changes and walks: short runs, themselves in order.
 * 100,000 are about 500 runs, so a change moves at most a few KiB; one costs 8 to 16 octets beside what it points to.
 * Regime: caller's storage; what is pointed to is the caller's. Called by: sorted.c, watch/remote/known.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/strv.h"

/* The order of an item and a key, as strcmp: by namespace, then by name. */
typedef int (*runs_compare_fn)(const void *item, struct strv ns, struct strv name);

struct run;

struct runs {
	runs_compare_fn compare;
	struct run *at;
	size_t n_runs, cap_runs;
	size_t n; /* items */
};

/* Where an item is, or would be; good until the next change. */
struct runs_place {
	size_t run, i;
	bool found;
};

void runs_init(struct runs *rs, runs_compare_fn compare);
void runs_deinit(struct runs *rs);

/* The first item at or behind the key; behind all: the end. */
struct runs_place runs_find(const struct runs *rs, struct strv ns, struct strv name);
/* The item there, NULL at the end. */
void *runs_at(const struct runs *rs, struct runs_place p);
/* One further; from the end it stays there. */
struct runs_place runs_next(const struct runs *rs, struct runs_place p);
/* p: of its key, where nothing was found. errors ERR_NOMEM (unchanged) */
NODISCARD int runs_insert(struct runs *rs, struct runs_place p, void *item);
/* p: where something was found. */
void runs_replace(struct runs *rs, struct runs_place p, void *item);
void runs_remove(struct runs *rs, struct runs_place p);
