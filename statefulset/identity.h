/* Who is who in a StatefulSet: names from ordinals and back.
 * Source: apps/v1 StatefulSet, "Pod Identity". Pure; results live in the caller's arena. Called by: all of this room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/strv.h"

#define IDENTITY_LABEL_POD      "statefulset.kubernetes.io/pod-name"
#define IDENTITY_LABEL_INDEX    "apps.kubernetes.io/pod-index"
#define IDENTITY_LABEL_REVISION "controller-revision-hash"

/* Splits "web-12" into "web" and 12 at its last dash. The number is written as we write it: no leading zero, within
 * int32. False: no such name, nothing is written. */
bool identity_parse(struct strv pod_name, struct strv *out_set, int32_t *out_ordinal);
/* The part before the last dash, whatever follows it; the whole name if there is none. */
struct strv identity_parent(struct strv name);

/* "web-12"; {NULL,0} when out of memory, as below. */
struct strv identity_pod(struct arena *a, struct strv set, int64_t ordinal);
/* "data-web-12" */
struct strv identity_claim(
	struct arena *a, struct strv claim_template, struct strv set, int64_t ordinal);
/* Whether name is that claim's, without making it. */
bool identity_is_claim(struct strv name, struct strv claim_template, struct strv pod_name);
