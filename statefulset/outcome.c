/* What a reply means for the action under way, and the Events that tell of it.
 * Source: texts and reasons of Kubernetes 1.37. Regime: steps_internal.h. Called by: steps. */
#include <stdio.h>

#include "base/err.h"
#include "statefulset/backoff.h"
#include "statefulset/statefulset_internal.h"
#include "statefulset/steps_internal.h"

#define COLLISIONS_MAX 10 /* revision names tried in one sync */

enum { PHASE_FIRST, PHASE_SECOND, PHASE_SETTLED };

static void event_pod(struct steps *s, const struct plan_action *action, struct strv failure)
{
	static const struct {
		const char *word, *done, *failed;
	} texts[] = { { "Create", "SuccessfulCreate", "FailedCreate" },
		{ "Delete", "SuccessfulDelete", "FailedDelete" },
		{ "Update", "SuccessfulUpdate", "FailedUpdate" } };
	size_t i = action->verb == PLAN_CREATE_POD ? 0 : action->verb == PLAN_DELETE_POD ? 1 : 2;
	struct strv pod = request_pod_name(s, action);
	struct strv set = s->set->meta.name;
	if (failure.n) {
		event_emit(s->c->recorder, s->set, EVENT_WARNING, texts[i].failed,
			"%s Pod %.*s in StatefulSet %.*s failed error: %.*s", texts[i].word,
			STRV_ARG(pod), STRV_ARG(set), STRV_ARG(failure));
	} else {
		event_emit(s->c->recorder, s->set, EVENT_NORMAL, texts[i].done,
			"%s Pod %.*s in StatefulSet %.*s successful", texts[i].word, STRV_ARG(pod),
			STRV_ARG(set));
	}
}

static void event_claim(struct steps *s, const struct plan_action *action, struct strv failure)
{
	struct strv pod = request_pod_name(s, action);
	struct strv claim = request_claim_name(s, action);
	struct strv set = s->set->meta.name;
	if (failure.n) {
		event_emit(s->c->recorder, s->set, EVENT_WARNING, "FailedCreate",
			"Create Claim %.*s for Pod %.*s in StatefulSet %.*s failed error: %.*s",
			STRV_ARG(claim), STRV_ARG(pod), STRV_ARG(set), STRV_ARG(failure));
	} else {
		event_emit(s->c->recorder, s->set, EVENT_NORMAL, "SuccessfulCreate",
			"Create Claim %.*s Pod %.*s in StatefulSet %.*s success", STRV_ARG(claim),
			STRV_ARG(pod), STRV_ARG(set));
	}
}

static enum outcome over(struct step_run *r)
{
	r->at++;
	r->phase = PHASE_FIRST;
	r->tries = 0;
	return OUTCOME_NEXT;
}

/* No Event for it. */
static enum outcome failed_silently(struct step_run *r, struct strv why)
{
	if (!r->failed) {
		r->failed = true;
		r->why = why;
	}
	return over(r);
}

void outcome_failed(struct step_run *r, struct strv why)
{
	struct steps *s = r->all;
	const struct plan_action *action = step_action(r);
	why = why.n ? why
		    : strv_of(err_text(ERR_NOMEM)); /* only text that could not be made is empty */
	switch (action->verb) {
	case PLAN_CREATE_CLAIM:
		event_claim(s, action, why);
		why = arena_printf(s->a, "failed to create PVC %.*s: %.*s",
			STRV_ARG(request_claim_name(s, action)), STRV_ARG(why));
		break;
	case PLAN_CREATE_POD:
	case PLAN_REPAIR_POD:
	case PLAN_DELETE_POD:
		event_pod(s, action, why);
		break;
	case PLAN_ADOPT_POD:
	case PLAN_ADOPT_REVISION:
	case PLAN_RELEASE_POD:
	case PLAN_CREATE_REVISION:
	case PLAN_RENUMBER_REVISION:
	case PLAN_AWAIT_CLAIM:
		break;
	}
	(void)failed_silently(r, why); /* the verdict is the caller's */
}

static enum outcome failed(struct step_run *r, const struct watch_reply *reply)
{
	struct strv text = reply->message.n ? reply->message : strv_of(err_text(reply->err));
	outcome_failed(r, arena_strdup(r->all->a, text));
	return OUTCOME_NEXT;
}

static enum outcome succeeded(struct step_run *r)
{
	const struct plan_action *action = step_action(r);
	if (action->verb == PLAN_CREATE_CLAIM) {
		event_claim(r->all, action, STRV_NONE);
	} else if (action->verb == PLAN_CREATE_POD || action->verb == PLAN_REPAIR_POD ||
		   action->verb == PLAN_DELETE_POD) {
		event_pod(r->all, action, STRV_NONE);
	}
	return over(r);
}

/* GET -> PUT -> 409: wait, GET again. */
static enum outcome repair_outcome(struct step_run *r, const struct watch_reply *reply)
{
	if (r->phase == PHASE_FIRST && !reply->err) {
		bool changed;
		int err = request_repair(r, reply->obj, &changed);
		if (err) {
			outcome_failed(r, strv_of(err_text(err)));
			return OUTCOME_NEXT;
		}
		r->phase = PHASE_SECOND;
		return changed ? OUTCOME_WAIT : over(r); /* right already: nothing to say */
	}
	int64_t wait_ms = reply->err == ERR_CONFLICT ? backoff_pod_ms(++r->tries) : -1;
	if (wait_ms >= 0 && !clock_timer_start_patient(r->all->c->clock, &r->timer, wait_ms)) {
		r->phase = PHASE_FIRST;
		return OUTCOME_WAIT;
	}
	return reply->err ? failed(r, reply) : succeeded(r);
}

/* The wanted name is taken: by the same data, which is then used, or by other data: then the next name is tried. */
static enum outcome revision_taken(struct step_run *r, const struct object *found)
{
	struct known_set *known = r->all->known;
	bool same;
	int err = known_revision_compare(known, r->all->set, found, &same);
	if (err) {
		outcome_failed(r, strv_of(err_text(err)));
		return OUTCOME_NEXT;
	}
	if (same) {
		return over(r);
	}
	known->collisions = known_collisions(known, r->all->set) + 1;
	r->phase = PHASE_FIRST;
	return OUTCOME_CALL;
}

/* CREATE -> exists: GET and compare. */
static enum outcome revision_outcome(struct step_run *r, const struct watch_reply *reply)
{
	if (r->phase == PHASE_SECOND && !reply->err) {
		return revision_taken(r, reply->obj);
	}
	if (r->phase == PHASE_FIRST && reply->err == ERR_EXISTS && ++r->tries <= COLLISIONS_MAX) {
		r->phase = PHASE_SECOND;
		return OUTCOME_CALL;
	}
	return reply->err ? failed(r, reply) : succeeded(r);
}

static enum outcome single_outcome(struct step_run *r, const struct watch_reply *reply)
{
	enum plan_verb verb = step_action(r)->verb;
	int err = reply->err;
	if (verb == PLAN_CREATE_POD && err == ERR_EXISTS) {
		/* somebody else's pod under the wanted name blocks silently, as in Kubernetes */
		return failed_silently(r, arena_strdup(r->all->a, reply->message));
	}
	if (verb == PLAN_CREATE_CLAIM && err == ERR_EXISTS) {
		return over(r); /* it is there: that is all that was wanted */
	}
	if (verb == PLAN_DELETE_POD && err == ERR_CONFLICT) {
		return over(r); /* that pod has gone, another has its name */
	}
	if (verb == PLAN_DELETE_POD && err == ERR_NOT_FOUND) {
		return succeeded(r);
	}
	if (verb == PLAN_RELEASE_POD && (err == ERR_NOT_FOUND || reply->status == 422)) {
		return over(r); /* it has gone, or is another's by now */
	}
	return err ? failed(r, reply) : succeeded(r);
}

enum outcome outcome_of(struct step_run *r, const struct watch_reply *reply)
{
	if (reply->err == ERR_OK) {
		gate_note(r->all->known, reply->obj);
	}
	enum plan_verb verb = step_action(r)->verb;
	if (verb == PLAN_REPAIR_POD) {
		return repair_outcome(r, reply);
	}
	return verb == PLAN_CREATE_REVISION ? revision_outcome(r, reply) : single_outcome(r, reply);
}
