/* The lock-free table: see the header.
 *
 * slot: hash(32) | id + 2 (32); 0 is empty, id part 1 a grave (removed, the probe goes on) */
#include "dns/kube/table.h"

#include <stdlib.h>

#include "base/err.h"

#define GRAVE     1u
#define ID_OFFSET 2u
#define ROOM_MIN  16u

struct table_array {
	struct retired retired;
	uint32_t mask; /* slots - 1, a power of two */
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

static void put(struct table_array *a, uint64_t slot)
{
	uint32_t at = (uint32_t)(slot >> 32) & a->mask;
	while (a->slots[at] != 0) {
		at = (at + 1) & a->mask;
	}
	__atomic_store_n(&a->slots[at], slot, __ATOMIC_RELEASE);
}

/* A new array without graves, at most 3/8 full so that the next growth is far: twice the room, where all are used. */
static int rebuild(struct table *t)
{
	uint64_t room = ROOM_MIN;
	while (room * 3 < (uint64_t)t->used * 8) {
		room *= 2;
	}
	struct table_array *a = calloc(1, sizeof(*a) + room * sizeof(a->slots[0]));
	if (!a) {
		return ERR_NOMEM;
	}
	a->mask = (uint32_t)(room - 1);
	struct table_array *old = t->array;
	for (uint32_t i = 0; old && i <= old->mask; i++) {
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
	if (!t->array || (uint64_t)(t->filled + 1) * 4 > ((uint64_t)t->array->mask + 1) * 3) {
		int err = rebuild(t);
		if (err != ERR_OK) {
			return err;
		}
	}
	put(t->array, (uint64_t)hash << 32 | (id + ID_OFFSET));
	t->used++;
	t->filled++;
	return ERR_OK;
}

bool table_remove(struct table *t, uint32_t hash, uint32_t id)
{
	struct table_array *a = t->array;
	uint64_t want = (uint64_t)hash << 32 | (id + ID_OFFSET);
	for (uint32_t at = a ? hash & a->mask : 0; a && a->slots[at] != 0;
		at = (at + 1) & a->mask) {
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
		.hash = hash,
		.at = a ? hash & a->mask : 0,
		.left = a ? a->mask : 0,
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
		w->at = (w->at + 1) & w->array->mask;
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
		__builtin_prefetch(&a->slots[hash & a->mask]);
	}
}
