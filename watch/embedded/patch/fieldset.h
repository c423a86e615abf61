/* A set of fields of an object, as metadata.managedFields[].fieldsV1 holds it: a tree of path elements, each of
 * which may be in the set itself, and may have fields of the set below.
 * Source: KEP-555 "server-side apply"; Kubernetes API reference, FieldsV1.
 * Regime: a set and all it points to live in the arena given; operations never change their inputs, results may
 * share parts with them. Called by: owned, blend, managed, apply.
 *
 *   {"f:spec": {"f:replicas": {}, "f:template": {".": {}, "f:spec": {...}}}}
 *
 * Glossary: path element = one step: "f:NAME" member of an object, "k:{KEYS}" element of a list by its keys,
 * "v:VALUE" element of a set, "i:N" element by position; member = an element that is itself in the set
 * ("." when there is more below); sub = the set below an element. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/strv.h"

struct path_element {
	char kind; /* 'f', 'k', 'v', 'i': in this order in a set */
	struct strv
		text; /* whole, as in JSON: "f:spec", "k:{\"name\":\"c\"}" (keys sorted, compact) */
	const struct json *value; /* of k and v, decoded; else NULL */
};

struct fieldset {
	struct fieldset_item *items; /* sorted, each path element once, unless being made */
	size_t n, cap;
};
struct fieldset_item {
	struct path_element pe;
	bool member;
	struct fieldset sub;
};

int path_element_cmp(const struct path_element *a, const struct path_element *b);
/* errors ERR_NOMEM */
NODISCARD int path_element_field(struct arena *a, struct strv name, struct path_element *out);
/* keys: an object of scalars; copied. errors ERR_SYNTAX (not that), ERR_NOMEM */
NODISCARD int path_element_keys(struct arena *a, const struct json *keys, struct path_element *out);
/* value is kept, not copied. errors ERR_NOMEM */
NODISCARD int path_element_value(
	struct arena *a, const struct json *value, struct path_element *out);

/* As messages show it: ".name", "[name=\"c\"]", "[containerPort=80,protocol=\"TCP\"]", "[=\"x\"]", "[0]". */
void path_element_print(const struct path_element *pe, struct buf *b);

/* Making: add in any order, a path element at most once, then sort. NULL when out of memory; the item is valid
 * until the next addition to the same set. */
struct fieldset_item *fieldset_add(
	struct arena *a, struct fieldset *s, const struct path_element *pe);
void fieldset_sort(struct fieldset *s); /* this level */
/* Adds the path of "f:" elements; for sets written by hand. s stays sorted. errors ERR_NOMEM */
NODISCARD int fieldset_add_path(struct arena *a, struct fieldset *s, const char *dotted_path);

/* From and to fieldsV1. errors ERR_SYNTAX (an element that is none, a value that is no object), ERR_NOMEM */
NODISCARD int fieldset_parse(struct arena *a, const struct json *v, struct fieldset *out);
struct json *fieldset_json(struct arena *a, const struct fieldset *s); /* NULL when out of memory */

bool fieldset_is_empty(const struct fieldset *s); /* no member at any depth */
bool fieldset_equal(const struct fieldset *x, const struct fieldset *y);
/* Drops that element of this level, with all below. */
void fieldset_drop(struct fieldset *s, const struct path_element *pe);
/* The item of that path element, or NULL. */
const struct fieldset_item *fieldset_find(const struct fieldset *s, const struct path_element *pe);
/* Members of x or y, of both, of x but not y (what y has below a member of x only takes itself away).
 * errors ERR_NOMEM */
NODISCARD int fieldset_union(
	struct arena *a, const struct fieldset *x, const struct fieldset *y, struct fieldset *out);
NODISCARD int fieldset_both(
	struct arena *a, const struct fieldset *x, const struct fieldset *y, struct fieldset *out);
NODISCARD int fieldset_minus(
	struct arena *a, const struct fieldset *x, const struct fieldset *y, struct fieldset *out);

/* Every member's path in order, as messages show it: `.spec.containers[name="c"].image`. text is in the arena.
 * errors ERR_NOMEM, and what fn returns */
typedef int (*fieldset_path_fn)(void *ctx, struct strv path);
NODISCARD int fieldset_each_path(
	struct arena *a, const struct fieldset *s, fieldset_path_fn fn, void *ctx);
