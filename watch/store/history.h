/* The last changes of the store, oldest dropped first. Changes lie in a ring by revision; a second ring per kind
 * holds the revisions of that kind's changes, so that a reader finds its next one by halving.
 * Bounded by number and by the bytes that nobody but history keeps alive: the states that a change replaced or
 * removed. What a subscriber in this process has not been told stays, bounds or not.
 * Regime: caller's storage; holds a reference to both states of each change. Called by: store.c, hub.c. */
#pragma once

#include "watch/store/store.h"

struct revisions { /* ring of growing numbers */
	uint64_t *at;
	size_t first, n, cap; /* cap: a power of two */
};

struct history {
	struct store_limits limits;
	struct store_change *at; /* ring: revision r at r & (cap - 1) */
	size_t n, cap;           /* cap: a power of two */
	uint64_t next;           /* revision the next change will have */
	size_t bytes;            /* kept alive by history alone */
	uint64_t dropped;        /* newest revision that is gone; 0: none */
	struct revisions kinds[KIND_COUNT];
};

void history_init(struct history *h, const struct store_limits *limits, uint64_t next);
void history_deinit(struct history *h);

/* Makes room for one more change of that kind. errors ERR_NOMEM */
NODISCARD int history_reserve(struct history *h, enum kind kind);
/* Appends; takes over the references to c->obj and c->old. history_reserve was called before. */
void history_push(struct history *h, const struct store_change *c);
/* A limit would be exceeded with so many changes more. */
bool history_is_over(const struct history *h, size_t more);
/* Drops the oldest while it is, but nothing newer than needed_after. */
void history_trim(struct history *h, size_t more, uint64_t needed_after);

/* As store_read. */
NODISCARD int history_read(
	const struct history *h, uint64_t *cursor, kind_set kinds, struct store_change *out);
