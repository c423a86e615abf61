/* Into which pieces a value divides for owning: single fields, members of maps, elements of lists by keys or by
 * value; the rest are leaves, owned whole (scalars, atomic lists, atomic structs, what the schema does not know).
 * Source: list types and map types of the Kubernetes API reference, as watch/embedded/schema has them.
 * Regime: a grain is a small value over static tables. Called by: owned, blend, apply. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "watch/embedded/patch/fieldset.h"
#include "watch/embedded/patch/list_index.h"
#include "watch/embedded/schema/schema.h"

enum grain_kind {
	GRAIN_LEAF,
	GRAIN_STRUCT,
	GRAIN_MAP,
	GRAIN_SET,  /* list of scalars, told apart by value */
	GRAIN_LIST, /* list of structs, told apart by keys */
};
struct grain {
	enum grain_kind kind;
	const struct schema_type *type;   /* of a STRUCT, and of the elements of a LIST */
	const struct schema_field *field; /* of a MAP, SET, LIST */
};

struct grain grain_of_type(const struct schema_type *t);
/* The grain of what a path element of kind 'f' leads to, within a STRUCT or MAP; of the elements of a list. */
struct grain grain_of_member(const struct grain *g, const char *key);
struct grain grain_of_element(const struct grain *g);
/* The piece below any path element. */
struct grain grain_below(const struct grain *g, const struct path_element *pe);
/* False for a value of another type, which then counts as a leaf. NULL and null fit. */
bool grain_fits(const struct grain *g, const struct json *v);

/* The elements of a SET or LIST with their path elements. Those that lack a key, and those whose path element came
 * before, stand aside in rest. */
struct grain_rest {
	struct json *v;
	struct path_element pe; /* kind 0: it has none */
	size_t before;          /* how many of at precede it */
};
struct grain_elements {
	struct json **at;
	struct path_element *pe;
	struct list_key *keys; /* of index */
	size_t n;
	struct list_index index;
	struct grain_rest *rest; /* in the order of the list */
	size_t n_rest;
};
/* *out_why (may be NULL: do not care): what is wrong with the list, in kube-apiserver's words, in the arena; "" if
 * nothing is. v may be NULL. errors ERR_NOMEM */
NODISCARD int grain_elements(struct arena *a, const struct grain *g, const struct json *v,
	struct grain_elements *out, struct strv *out_why);
/* Position in out, or LIST_NOWHERE. */
size_t grain_elements_find(const struct grain_elements *e, const struct path_element *pe);
