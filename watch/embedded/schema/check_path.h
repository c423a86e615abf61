/* Steps of the path from the root to the value that schema_check looks at, and its two spellings.
 * Source: encoding/json and strict decoding of kube-apiserver, observed on 1.37.
 * Regime: steps lie on the stack of the walk, text in the caller's arena. Private to the room; called by check.c. */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/strv.h"
#include "watch/embedded/schema/schema.h"

/* One step of the path from the root to the value at hand. */
struct step {
	const struct step *up;           /* NULL: the root */
	const struct schema_type *owner; /* the struct whose field this is */
	const struct schema_field *field;
	struct strv key; /* of a member that has no field, or of a map */
	size_t index;
	enum { STEP_FIELD, STEP_INDEX, STEP_KEY } what;
};

/* "spec.containers[0].image": strict errors name members this way. All: {NULL,0} when out of memory. */
struct strv check_path_text(struct arena *a, const struct step *s);
/* ".spec.containers.image": decoding errors name fields this way, without indexes, with the names of structs that Go
 * embeds ("spec.volumes.VolumeSource.hostPath"). */
struct strv check_go_path(struct arena *a, const struct step *s);
/* "Container": the struct nearest above; NULL at the root. Static storage. */
const char *check_go_struct(const struct step *s);
