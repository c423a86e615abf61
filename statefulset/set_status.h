/* StatefulSet.status as the controller sees it: counting, completion, and the patch that writes it.
 * Source: apps/v1 StatefulSetStatus. Pure; texts are borrowed, JSON in the caller's arena. Called by: plan, reconcile. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strv.h"
#include "statefulset/roster.h"
#include "watch/object/object.h"

struct set_status {
	int64_t observed_generation;
	int64_t replicas;  /* created pods, terminating ones too */
	int64_t ready;     /* terminating ones too */
	int64_t available; /* ready and available */
	int64_t current; /* of the current revision, not terminating; when it is the update revision too both count */
	int64_t updated;
	struct strv current_revision, update_revision;
};

/* Counts the claimed members into *s; the revision names in it say what current and updated mean. */
void set_status_count(struct set_status *s, const struct member *members, size_t n,
	int64_t min_ready_s, int64_t now_ms);
/* All pods are there, ready and updated: the update revision becomes the current one. */
void set_status_complete(struct set_status *s, int64_t replicas);
/* Whether it is worth a write. */
bool set_status_differs(const struct set_status *s, const struct object *set);
/* A JSON merge patch of /status. Counters that Kubernetes leaves out when they are 0 are null in it; conditions are
 * not in it, so those of others survive. The uid makes it fail if the name now is another set's.
 * NULL when out of memory. */
struct json *set_status_patch(
	struct arena *a, const struct set_status *s, const struct object *set, int64_t collisions);
