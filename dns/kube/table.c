/* The lock-free table: see the header.
 *
 * slot: hash(32) | id + 2 (32); 0 is empty, id part 1 a grave (removed, the probe goes on)
 * A slot's place is its hash's share of the room, so all are nearly in the order of their hashes: growing reads and writes
 * from front to back, and the room may be any number. */
#include "dns/kube/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"

#define GRAVE      1u
#define ID_OFFSET  2u
#define ROOM_MIN   16u
#define HUGE_BYTES ((size_t)2 << 20)

struct table_array {
	struct retired retired;
	uint32_t room; /* slots */
	uint64_t slots[];
};

void table_init(struct table *t, struct reclaim *rc)
{
	*t = (struct table){ .reclaim = rc };
}

void table_deinit(struct table *t)
{
	free(t->array);
	t->array = NULL;
}

static void free_array(struct retired *r)
{
	free(container_of(r, struct table_array, retired));
}

/* Its high bits say the place: they have to depend on all bits. */
static uint32_t spread(uint32_t hash)
{
	return hash * 0x9E3779B1u;
}

static uint32_t home(const struct table_array *a, uint32_t spread)
{
	return (uint32_t)((uint64_t)spread * a->room >> 32);
}

static uint32_t next(const struct table_array *a, uint32_t at)
{
	return at + 1 < a->room ? at + 1 : 0;
}

static void put(struct table_array *a, uint64_t slot)
{
	uint32_t at = home(a, (uint32_t)(slot >> 32));
	while (a->slots[at] != 0) {
		at = next(a, at);
	}
	__atomic_store_n(&a->slots[at], slot, __ATOMIC_RELEASE);
}

/* Large ones lie on large pages: nearly every look-up is in another page. */
static struct table_array *array_new(uint32_t room)
{
	size_t bytes = sizeof(struct table_array) + room * sizeof(uint64_t);
	if (bytes < 2 * HUGE_BYTES) {
		return calloc(1, bytes);
	}
	bytes = (bytes + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
	void *p = aligned_alloc(HUGE_BYTES, bytes);
	if (p) {
		(void)madvise(p, bytes, MADV_HUGEPAGE); /* where there are none, small ones */
		memset(p, 0, bytes);
	}
	return p;
}

/* A new array without graves, at most half full. */
static int rebuild(struct table *t)
{
	uint64_t room = t->used < ROOM_MIN / 2 ? ROOM_MIN : (uint64_t)t->used * 2;
	struct table_array *a = room <= UINT32_MAX ? array_new((uint32_t)room) : NULL;
	if (!a) {
		return ERR_NOMEM;
	}
	a->room = (uint32_t)room;
	struct table_array *old = t->array;
	for (uint32_t i = 0; old && i < old->room; i++) {
		if ((uint32_t)old->slots[i] > GRAVE) {
			put(a, old->slots[i]);
		}
	}
	PUBLISH(t->array, a);
	t->filled = t->used;
	if (old) {
		reclaim_retire(t->reclaim, &old->retired, free_array);
	}
	return ERR_OK;
}

int table_add(struct table *t, uint32_t hash, uint32_t id)
{
	REQUIRE(id <= TABLE_ID_MAX);
	if (!t->array || ((uint64_t)t->filled + 1) * 4 > (uint64_t)t->array->room * 3) {
		int err = rebuild(t);
		if (err != ERR_OK) {
			return err;
		}
	}
	put(t->array, (uint64_t)spread(hash) << 32 | (id + ID_OFFSET));
	t->used++;
	t->filled++;
	return ERR_OK;
}

bool table_remove(struct table *t, uint32_t hash, uint32_t id)
{
	struct table_array *a = t->array;
	uint64_t want = (uint64_t)spread(hash) << 32 | (id + ID_OFFSET);
	for (uint32_t at = a ? home(a, spread(hash)) : 0; a && a->slots[at] != 0;
		at = next(a, at)) {
		if (a->slots[at] == want) {
			__atomic_store_n(&a->slots[at], (uint64_t)GRAVE, __ATOMIC_RELEASE);
			t->used--;
			return true;
		}
	}
	return false;
}

struct table_walk table_walk(const struct table *t, uint32_t hash)
{
	const struct table_array *a = SNAPSHOT(t->array);
	return (struct table_walk){
		.array = a,
		.hash = spread(hash),
		.at = a ? home(a, spread(hash)) : 0,
		.left = a ? a->room : 0,
	};
}

bool table_next(struct table_walk *w, uint32_t *out_id)
{
	while (w->left > 0) {
		uint64_t slot = __atomic_load_n(&w->array->slots[w->at], __ATOMIC_ACQUIRE);
		if (slot == 0) {
			w->left = 0;
			return false;
		}
		w->at = next(w->array, w->at);
		w->left--;
		if ((uint32_t)(slot >> 32) == w->hash && (uint32_t)slot > GRAVE) {
			*out_id = (uint32_t)slot - ID_OFFSET;
			return true;
		}
	}
	return false;
}

void table_prefetch(const struct table *t, uint32_t hash)
{
	const struct table_array *a = SNAPSHOT(t->array);
	if (a) {
		__builtin_prefetch(&a->slots[home(a, spread(hash))]);
	}
}
