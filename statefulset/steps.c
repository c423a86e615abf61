/* The order of steps.
 *
 * One action: begin -> call -> reply -> next action of the step.
 *   claims of a step  all are tried; the pod only if none failed, else the pod's Event carries their failure
 *   no call possible  (out of memory) the action fails
 *   closing           what is in flight is awaited, nothing more begins
 * Regime: steps.h. */
#include "statefulset/steps.h"

#include "base/err.h"
#include "statefulset/statefulset_internal.h"
#include "statefulset/steps_internal.h"

static void batch_begin(struct steps *s);

void steps_fail(struct steps *s, struct strv why)
{
	if (!s->failed) {
		s->failed = true;
		s->why = why;
	}
}

static void step_end(struct step_run *r)
{
	struct steps *s = r->all;
	if (r->failed) {
		steps_fail(s, r->why);
	}
	REQUIRE(s->running > 0);
	if (--s->running == 0) {
		batch_begin(s);
	}
}

/* The pod of a step is not touched when a claim of it has failed. */
static bool is_barred(const struct step_run *r)
{
	enum plan_verb verb = step_action(r)->verb;
	return r->failed && (verb == PLAN_CREATE_POD || verb == PLAN_REPAIR_POD);
}

static void step_go_on(struct step_run *r)
{
	struct steps *s = r->all;
	while (r->at < r->step->n && !s->c->closing) {
		const struct plan_action *action = step_action(r);
		if (action->verb == PLAN_AWAIT_CLAIM) {
			outcome_failed(r, arena_printf(s->a, "pvc %.*s is being deleted",
						  STRV_ARG(action->obj->meta.name)));
			continue;
		}
		if (is_barred(r)) {
			outcome_failed(r, r->why);
			continue;
		}
		int err = request_make(r);
		if (!err) {
			return;
		}
		outcome_failed(r, strv_of(err_text(err)));
	}
	step_end(r);
}

void step_replied(void *ctx, const struct watch_reply *reply)
{
	struct step_run *r = ctx;
	if (r->all->c->closing) {
		step_end(r);
	} else if (outcome_of(r, reply) != OUTCOME_WAIT) {
		step_go_on(r);
	}
}

static void waited(struct clock_timer *t)
{
	step_go_on(container_of(t, struct step_run, timer));
}

static void step_begin(struct steps *s, const struct plan_step *step)
{
	struct step_run *r = arena_new(s->a, struct step_run);
	if (!r) {
		steps_fail(s, strv_of(err_text(ERR_NOMEM)));
		return;
	}
	r->all = s;
	r->step = step;
	clock_timer_init(&r->timer, waited);
	s->running++;
	step_go_on(r);
}

static size_t batch_size(const struct steps *s, bool same_pass)
{
	if (s->plan->one_by_one || !same_pass) {
		return 1;
	}
	return s->batch * 2 < STEPS_BATCH_MAX ? s->batch * 2 : STEPS_BATCH_MAX;
}

/* The batch before is done: the next, or the end. */
static void batch_begin(struct steps *s)
{
	const struct plan *plan = s->plan;
	while (s->begun < plan->n && !s->failed && !s->c->closing) {
		enum plan_pass pass = plan->steps[s->begun].pass;
		bool same = s->begun > 0 && plan->steps[s->begun - 1].pass == pass;
		s->batch = batch_size(s, same);
		s->running = 1; /* holds the batch open until all of it has begun */
		size_t end = s->begun + s->batch < plan->n ? s->begun + s->batch : plan->n;
		while (s->begun < end && plan->steps[s->begun].pass == pass) {
			step_begin(s, &plan->steps[s->begun++]);
		}
		if (--s->running > 0) {
			return;
		}
	}
	s->done(s);
}

void steps_run(struct steps *s)
{
	batch_begin(s);
}
