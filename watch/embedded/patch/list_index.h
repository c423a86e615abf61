/* Finds an element of a list by what tells it apart (a merge key, the element itself, a path element), in
 * O(log n): lists of clients may be long. The same for the members of an object.
 * Regime: everything in the caller's arena. Called by: strategic_list, grain, blend, owned. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"

struct list_key {
	enum json_type type; /* "80" and 80 differ */
	struct strv text;
};
struct list_slot {
	struct list_key key;
	size_t at; /* position in the list */
};
struct list_index {
	struct list_slot *slots;
	size_t n;
};

#define LIST_NOWHERE SIZE_MAX

/* The key of a scalar; of other values their canonical text. errors ERR_NOMEM */
NODISCARD int list_key_of(struct arena *a, const struct json *v, struct list_key *out);
int list_key_cmp(const struct list_key *a, const struct list_key *b);
/* Of n keys, keys[i] being that of element i. errors ERR_NOMEM */
NODISCARD int list_index_init(
	struct arena *a, const struct list_key *keys, size_t n, struct list_index *out);
/* The first position of that key, or LIST_NOWHERE. */
size_t list_index_find(const struct list_index *x, const struct list_key *key);

/* The members of an object by name: an index when they are many, else the object itself. */
struct member_index {
	const struct json *object;
	struct json **at; /* NULL: few */
	struct list_index index;
};
/* object may be NULL or no object: no members. errors ERR_NOMEM */
NODISCARD int member_index_init(
	struct arena *a, const struct json *object, struct member_index *out);
struct json *member_index_find(const struct member_index *x, const char *key); /* or NULL */
