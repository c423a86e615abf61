/* Small numbers for published things, so that a table can name one in four octets: a chunked array that readers never see
 * move. A number given back is used again; whoever looks up compares the thing itself.
 * Regime: the struct is its owner's storage (begins zeroed), the things are the owner's. Written on the control thread,
 * read by query threads between reclaim_reader_enter and _leave. Called by: dns/kube/index.c, pods.c, sets.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "dns/reclaim.h"

#define NUMBERS_CHUNK  1024u
#define NUMBERS_CHUNKS 4096u

struct numbers {
	void **chunks[NUMBERS_CHUNKS]; /* published */
	uint32_t n;                    /* given out so far */
	uint32_t *spare;
	size_t n_spare, spare_room;
};

/* No reader is left. */
void numbers_deinit(struct numbers *n);
/* Publishes the thing. errors ERR_NOMEM, ERR_TOO_LARGE */
NODISCARD int numbers_take(struct numbers *n, void *thing, uint32_t *out);
/* The thing is unreachable for new readers then. */
void numbers_give(struct numbers *n, uint32_t number);

/* Numbers from here on have not been given out yet. */
static inline uint32_t numbers_end(const struct numbers *n)
{
	return __atomic_load_n(&n->n, __ATOMIC_ACQUIRE);
}

/* NULL when it was given back meanwhile. */
static inline void *numbers_at(const struct numbers *n, uint32_t number)
{
	void **chunk = SNAPSHOT(n->chunks[number / NUMBERS_CHUNK]);
	return chunk ? SNAPSHOT(chunk[number % NUMBERS_CHUNK]) : NULL;
}
