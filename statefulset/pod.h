/* The bodies of pods and claims that a StatefulSet makes, and the repair of pods it has.
 * Source: apps/v1 StatefulSet, "Stable Network ID", "Stable Storage", "Pod Name Label". Pure; JSON in the caller's
 * arena, NULL when out of memory. Called by: apply. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/object.h"

/* template: the pod template it is made from, of revision; copied. */
struct json *pod_body(struct arena *a, const struct object *set, const struct json *template,
	int64_t ordinal, struct strv revision);

/* tree: the set, decoded; index: of the claim template. */
struct json *pod_claim_body(struct arena *a, const struct object *set, const struct json *tree,
	size_t index, int64_t ordinal);

/* Sets what of the pod's identity and storage is wrong; *out_changed says whether anything was.
 * errors ERR_NOMEM, ERR_BAD_TYPE (the pod is none of this set's by name) */
NODISCARD int pod_repair(
	struct arena *a, const struct object *set, struct json *pod, bool *out_changed);
