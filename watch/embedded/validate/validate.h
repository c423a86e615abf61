/* What kube-apiserver checks of the served kinds, with its field paths, causes and usual texts.
 * Pure: adds causes to *s (status_cause_add); the caller ends with status_invalid_end. Objects are
 * defaulted before. Source: Kubernetes validation of 1.37 as observed; particulars in each file's head. */
#pragma once

#include "base/json.h"
#include "watch/embedded/status.h"
#include "watch/object/kind.h"

/* old NULL: create. sub: "" or NULL main, "status", "scale" (obj a Scale or the scaled object:
 * spec.replicas is all that is looked at; the failure then names Scale.autoscaling), "finalize",
 * "binding" and others: metadata and what they share with main. Out of memory is told in *s. */
void validate_object(struct status *s, enum kind k, const char *sub, const struct json *obj,
	const struct json *old);
/* What a write of one part must take from the old object: main keeps status, "status" keeps the
 * rest ("finalize" keeps all but spec); clears what a client may not set on create (status, uid,
 * deletionTimestamp ...: call it before setting them); normalises per kind. metadata.generation
 * becomes 1, or the old one. "scale" takes the scaled object and treats it as main. errors
 * ERR_NOMEM */
NODISCARD int prepare_object(
	struct arena *a, enum kind k, const char *sub, struct json *obj, const struct json *old);
/* metadata.generation of an update: the old one, and one more if what is wanted changed. Told by
 * comparing, so obj must be defaulted (schema_default), as old is. errors ERR_NOMEM */
NODISCARD int prepare_generation(
	struct arena *a, enum kind k, const char *sub, struct json *obj, const struct json *old);
