/* Which fields a value has, and which differ between two: as sets of fields.
 * Source: KEP-555; behaviour of kube-apiserver as observed. Regime: results in the caller's arena, inputs are only
 * read and must outlive the results. Called by: managed, apply. */
#pragma once

#include "watch/embedded/patch/grain.h"

struct owned_change {
	struct fieldset removed;  /* in the first only */
	struct fieldset modified; /* in both, not equal: leaves */
	struct fieldset added;    /* in the second only */
};

/* What an applier of v owns: leaves, list elements, empty maps; not the structs on the way. errors ERR_NOMEM */
NODISCARD int owned_fields(
	struct arena *a, const struct grain *g, const struct json *v, struct fieldset *out);
/* before and after may be NULL. A container that comes or goes is in the set with all below. errors ERR_NOMEM */
NODISCARD int owned_compare(struct arena *a, const struct grain *g, const struct json *before,
	const struct json *after, struct owned_change *out);
/* s and the named fields of structs on the way to its members. errors ERR_NOMEM */
NODISCARD int owned_with_parents(
	struct arena *a, const struct grain *g, const struct fieldset *s, struct fieldset *out);
/* What would keep v from being applied: lists whose elements cannot be told apart. *out_why is "" or, in the words
 * of kube-apiserver: `.spec.ports: duplicate entries for key [port=80,protocol="TCP"]`. errors ERR_NOMEM */
NODISCARD int owned_check(
	struct arena *a, const struct grain *g, const struct json *v, struct strv *out_why);
