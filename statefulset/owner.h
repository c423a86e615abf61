/* Ownership as it is written: owner references and the patches that add and remove them.
 * Source: metav1.OwnerReference; the uid inside a patch is its precondition. JSON in the caller's arena; NULL when out
 * of memory. Called by: pod, claim, revision, apply. */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "watch/object/object.h"

/* [{apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true}] of a set */
struct json *owner_list(struct arena *a, const struct object *set);
/* Strategic merge patches. */
struct json *owner_adopt_patch(
	struct arena *a, const struct object *set, const struct object *child);
struct json *owner_release_patch(
	struct arena *a, const struct object *set, const struct object *child);
