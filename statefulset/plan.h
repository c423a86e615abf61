/* The ordering controller's decision, pure: objects in, actions out. Never logs, never waits, reads no clock.
 *
 *   set, members, revisions, claims, now  ->  plan_make  ->  steps to take, status to write, when to look again
 *
 * A plan covers one stage; the next sync, on what the writes have made of the world, plans the next:
 *   owners    adopt orphans (release of strays goes along with any stage)
 *   revision  give the present template its ControllerRevision
 *   pods      create, delete, repair in the order Kubernetes promises; only here a status is computed
 * Source: apps/v1 StatefulSet, "Deployment and Scaling Guarantees"; the order of passes is Kubernetes 1.37's.
 * Later issues add their verbs and passes at the marked places: rolling updates, claim retention, history limit.
 * Regime: everything in the plan lives in the caller's arena or is borrowed from the input. Called by: reconcile.
 *
 * Glossary: slot = place of one wanted pod, ordinal start..start+replicas-1; condemned = member outside the slots;
 * monotonic = podManagementPolicy OrderedReady; pass = steps that must all succeed before the next pass begins;
 * step = actions taken one after the other on one pod. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "statefulset/revision.h"
#include "statefulset/roster.h"
#include "statefulset/set_status.h"
#include "watch/object/object.h"

enum plan_verb {
	PLAN_RELEASE_POD,
	PLAN_ADOPT_POD,
	PLAN_ADOPT_REVISION,
	PLAN_CREATE_REVISION,   /* of the present template */
	PLAN_RENUMBER_REVISION, /* history limit: PLAN_DELETE_REVISION will stand here */
	PLAN_CREATE_CLAIM,
	PLAN_AWAIT_CLAIM, /* the claim is being deleted: fail, and try again later */
	PLAN_CREATE_POD,
	PLAN_REPAIR_POD, /* identity label, volumes; claim retention: PLAN_OWN_CLAIM will stand here */
	PLAN_DELETE_POD,
};

struct plan_action {
	enum plan_verb verb;
	int32_t ordinal;               /* of the pod it is about */
	size_t claim;                  /* CLAIM: index of the claim template */
	const struct object *obj;      /* what it is done to; NULL for what is created */
	const struct object *revision; /* CREATE_POD: whose template */
	int64_t number;                /* CREATE_REVISION, RENUMBER_REVISION */
};

enum plan_pass {
	PLAN_PASS_OWNERS,
	PLAN_PASS_REVISION,
	PLAN_PASS_REPLICAS,
	/* claim retention: the claims of condemned pods */
	PLAN_PASS_CONDEMNED,
	/* rolling updates: the update pass, reached only when nothing before it stopped; then history */
};

struct plan_step {
	enum plan_pass pass;
	struct plan_action *actions;
	size_t n;
};

enum plan_stage { PLAN_STAGE_OWNERS, PLAN_STAGE_REVISION, PLAN_STAGE_PODS };

struct plan {
	enum plan_stage stage;
	struct plan_step *steps; /* by pass */
	size_t n;
	bool one_by_one; /* a step begins when the one before is done; else in growing batches */
	bool more;       /* there is more to do than fits one plan: look again at once */
	struct set_status status;    /* PODS only */
	struct strv update_revision; /* whose template the set's own is; PODS only */
	int64_t requeue_ms; /* look again then, as a pod becomes available by time alone; -1: no need */
};

/* Steps of one plan at most; bounds memory when somebody asks for a million Parallel pods. */
#define PLAN_STEPS_MAX 2048

/* The claim of that name in the set's namespace as known now; NULL if there is none. */
typedef const struct object *(*plan_claim_fn)(void *ctx, struct strv ns, struct strv name);

struct plan_input {
	const struct object *set;
	const struct member *members; /* by ordinal */
	size_t n_members;
	const struct revisions *revisions;
	struct strv comparable; /* revision_comparable of the set's present template */
	plan_claim_fn claim;
	void *claim_ctx;
	int64_t now_ms; /* one reading for all of the plan */
};

/* errors ERR_NOMEM */
NODISCARD int plan_make(struct arena *a, const struct plan_input *in, struct plan *out);
