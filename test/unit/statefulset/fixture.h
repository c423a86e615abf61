/* Objects for tests of the StatefulSet room, made from short descriptions.
 * Regime: everything lives in one fixture and dies with it. Fails the test when out of memory or ill-formed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "statefulset/plan.h"
#include "statefulset/revision.h"
#include "statefulset/roster.h"
#include "watch/object/object.h"

#define FIXTURE_NOW_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */

struct fixture {
	struct arena a;
	const struct object *objects[64];
	size_t n_objects;
	const struct object *set;
	struct roster roster;
	struct revisions revisions;
	struct strv comparable;
	const struct object *claims[16];
	size_t n_claims;
};

void fixture_init(struct fixture *f);
void fixture_deinit(struct fixture *f);

/* Any object, single quotes standing for double ones. */
const struct object *fixture_object(struct fixture *f, enum kind kind, const char *text);

/* StatefulSet "web", uid "set", replicas 3, one container, selector app=web, with these members added to (or put in place
 * of those of) its spec, and this status; with its first revision "web-1", owned, named by status. */
void fixture_set(struct fixture *f, const char *spec, const char *status);
/* The same set changed: merges text into the whole object. */
void fixture_change(struct fixture *f, const char *text);

/* Pods of the set, one word each: ordinal, then letters:
 *   r ready  R ready since an hour  u running, not ready  p pending  e phase empty  f failed  s succeeded
 *   t terminating  o orphan  x owner has another uid  l no labels but the pod-name one  i pod-name label wrong
 *   n of revision web-2 (else web-1)  v without its claim's volume
 * "0r 1r 2ut" */
void fixture_pods(struct fixture *f, const char *words);
/* A claim of that name exists; deleting: it has a deletionTimestamp. */
void fixture_claim(struct fixture *f, const char *name, bool deleting);

/* The plan of it all as text: "create pod 0; delete pod 2", "" for none; claims are "create claim 0 of 1". */
const char *fixture_plan(struct fixture *f, struct plan *out);
const char *fixture_plan_at(struct fixture *f, int64_t now_ms, struct plan *out);
