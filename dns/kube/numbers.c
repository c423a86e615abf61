/* Numbers for published things: see the header. */
#include "dns/kube/numbers.h"

#include <stdlib.h>

#include "base/err.h"

void numbers_deinit(struct numbers *n)
{
	for (size_t i = 0; i < NUMBERS_CHUNKS; i++) {
		free(n->chunks[i]);
	}
	free(n->spare);
}

static int next_number(struct numbers *n, uint32_t *out)
{
	if (n->n_spare > 0) {
		*out = n->spare[--n->n_spare];
		return ERR_OK;
	}
	if (n->n == NUMBERS_CHUNK * NUMBERS_CHUNKS) {
		return ERR_TOO_LARGE;
	}
	uint32_t chunk = n->n / NUMBERS_CHUNK;
	if (!n->chunks[chunk]) {
		void **things = calloc(NUMBERS_CHUNK, sizeof(void *));
		if (!things) {
			return ERR_NOMEM;
		}
		PUBLISH(n->chunks[chunk], things);
	}
	*out = n->n;
	__atomic_store_n(&n->n, n->n + 1, __ATOMIC_RELEASE);
	return ERR_OK;
}

int numbers_take(struct numbers *n, void *thing, uint32_t *out)
{
	uint32_t number;
	int err = next_number(n, &number);
	if (err == ERR_OK) {
		PUBLISH(n->chunks[number / NUMBERS_CHUNK][number % NUMBERS_CHUNK], thing);
		*out = number;
	}
	return err;
}

/* A number that cannot be remembered is lost, which only costs its place. */
void numbers_give(struct numbers *n, uint32_t number)
{
	PUBLISH(n->chunks[number / NUMBERS_CHUNK][number % NUMBERS_CHUNK], NULL);
	if (n->n_spare == n->spare_room) {
		size_t room = n->spare_room > 0 ? n->spare_room * 2 : 64;
		uint32_t *more = realloc(n->spare, room * sizeof(*more));
		if (!more) {
			return;
		}
		n->spare = more;
		n->spare_room = room;
	}
	n->spare[n->n_spare++] = number;
}
