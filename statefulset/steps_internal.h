/* One step under way, shared by steps.c (order), request.c (calls) and outcome.c (replies).
 * Regime: in the arena of its steps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "statefulset/steps.h"
#include "watch/api.h"

struct step_run {
	struct steps *all;
	const struct plan_step *step;
	size_t at;      /* action under way */
	unsigned phase; /* of an action that takes several calls; 0: first */
	unsigned tries;
	bool failed;
	struct strv why;
	struct clock_timer timer; /* before another try */
};

static inline const struct plan_action *step_action(const struct step_run *r)
{
	return &r->step->actions[r->at];
}

/* Makes the action's next call. errors ERR_NOMEM: no reply will come */
NODISCARD int request_make(struct step_run *r);
/* Makes the second call of a repair: the pod as just read, set right. *out_changed false: it was right already, no call
 * was made. errors ERR_NOMEM, ERR_BAD_TYPE */
NODISCARD int request_repair(struct step_run *r, const struct object *pod, bool *out_changed);
/* Makes this call for the step (request.c fills namespace and manager); replies reach outcome_replied's caller. */
void step_replied(
	void *ctx, const struct watch_reply *reply); /* steps.c; a watch_reply_fn, ctx: step_run */

/* Names as the action's texts and calls need them, in the arena of steps. */
struct strv request_pod_name(struct steps *s, const struct plan_action *action);
struct strv request_claim_name(struct steps *s, const struct plan_action *action);

enum outcome {
	OUTCOME_NEXT, /* the action is over: r->at has moved */
	OUTCOME_CALL, /* the action needs another request_make */
	OUTCOME_WAIT, /* a reply or r->timer will come */
};
/* Judges a reply. */
enum outcome outcome_of(struct step_run *r, const struct watch_reply *reply);
/* The action under way has failed: says so where Kubernetes does, goes on to the next. */
void outcome_failed(struct step_run *r, struct strv why);
