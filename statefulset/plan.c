/* Decides. Reading order: plan_make at the end, then the passes upwards. Regime and source: plan.h. */
#include "statefulset/plan.h"

#include <string.h>

#include "base/err.h"
#include "statefulset/identity.h"
#include "watch/object/typed.h"

struct planner {
	struct arena *a;
	const struct plan_input *in;
	const struct statefulset *spec;
	struct plan *out;
	size_t cap; /* of out->steps */
	struct revision_choice revisions;
	int err; /* ERR_NOMEM once memory is out */
};

/* What a look at one slot or pod says about the ones behind it. Parallel goes on after either. */
enum verdict { GO_ON, STOP };

/* A step with room for n actions, zeroed; its n is 0. NULL when out of memory or when the plan is full. */
static struct plan_step *step_add(struct planner *p, enum plan_pass pass, size_t n)
{
	struct plan *out = p->out;
	if (out->n == PLAN_STEPS_MAX) {
		out->more = true;
		return NULL;
	}
	if (out->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 8;
		struct plan_step *steps = arena_array(p->a, struct plan_step, cap);
		if (!steps) {
			p->err = ERR_NOMEM;
			return NULL;
		}
		if (out->n) {
			memcpy(steps, out->steps, out->n * sizeof(*steps));
		}
		out->steps = steps;
		p->cap = cap;
	}
	struct plan_action *actions = arena_array(p->a, struct plan_action, n);
	if (!actions) {
		p->err = ERR_NOMEM;
		return NULL;
	}
	struct plan_step *s = &out->steps[out->n++];
	*s = (struct plan_step){ .pass = pass, .actions = actions };
	return s;
}

static void step_single(struct planner *p, enum plan_pass pass, struct plan_action action)
{
	struct plan_step *s = step_add(p, pass, 1);
	if (s) {
		s->actions[s->n++] = action;
	}
}

static void pod_delete(struct planner *p, enum plan_pass pass, const struct member *m)
{
	step_single(p, pass,
		(struct plan_action){
			.verb = PLAN_DELETE_POD, .ordinal = m->ordinal, .obj = m->pod });
}

/* Adds to the step what the claims of one pod lack. */
static void claims_ensure(struct planner *p, struct plan_step *s, int32_t ordinal)
{
	const struct meta *m = &p->in->set->meta;
	for (size_t i = 0; i < p->spec->n_claims; i++) {
		struct strv name = identity_claim(p->a, p->spec->claims[i].name, m->name, ordinal);
		if (!name.p) {
			p->err = ERR_NOMEM;
			return;
		}
		const struct object *claim = p->in->claim(p->in->claim_ctx, m->ns, name);
		struct plan_action action = {
			.verb = PLAN_CREATE_CLAIM, .ordinal = ordinal, .claim = i, .obj = claim
		};
		if (claim && !claim->meta.deletion_ms.set) {
			continue; /* whatever it is, it is used as it is */
		}
		if (claim) {
			action.verb = PLAN_AWAIT_CLAIM;
		}
		s->actions[s->n++] = action;
	}
}

/* Whose template a new pod gets: pods below the partition, or not yet reached by a rollout without one, come back as
 * they were. Both count slots, not ordinals. */
static const struct object *revision_of_slot(const struct planner *p, int32_t ordinal)
{
	const struct statefulset *spec = p->spec;
	int64_t kept = spec->on_delete     ? 0
		       : spec->has_rolling ? spec->partition
					   : spec->status.current;
	const struct revision_choice *c = &p->revisions;
	return (ordinal < spec->start + kept ? c->current : c->update)->obj;
}

static void pod_create(struct planner *p, int32_t ordinal)
{
	struct plan_step *s = step_add(p, PLAN_PASS_REPLICAS, p->spec->n_claims + 1);
	if (!s) {
		return;
	}
	/* claim retention: a claim that still belongs to a predecessor of this pod stops here */
	claims_ensure(p, s, ordinal);
	s->actions[s->n++] = (struct plan_action){ .verb = PLAN_CREATE_POD,
		.ordinal = ordinal,
		.revision = revision_of_slot(p, ordinal) };
}

/* A pod that waits may wait for a claim somebody has removed. */
static void pending_claims(struct planner *p, const struct member *m)
{
	if (p->spec->n_claims == 0) {
		return;
	}
	struct plan_step *s = step_add(p, PLAN_PASS_REPLICAS, p->spec->n_claims);
	if (s) {
		claims_ensure(p, s, m->ordinal);
		p->out->n -= s->n == 0;
	}
}

static void pod_repair(struct planner *p, const struct member *m)
{
	struct plan_step *s = step_add(p, PLAN_PASS_REPLICAS, p->spec->n_claims + 1);
	if (!s) {
		return;
	}
	if (!member_is(m, MEMBER_STORAGE)) {
		claims_ensure(p, s, m->ordinal);
	}
	s->actions[s->n++] = (struct plan_action){
		.verb = PLAN_REPAIR_POD, .ordinal = m->ordinal, .obj = m->pod
	};
}

static bool is_available(const struct planner *p, const struct member *m)
{
	return member_is_available(m, p->spec->min_ready_s, p->in->now_ms, NULL);
}

/* One slot; m NULL or not created: it is empty. */
static enum verdict slot_look(struct planner *p, int32_t ordinal, const struct member *m)
{
	if (!m || !member_is(m, MEMBER_CREATED)) {
		pod_create(p, ordinal);
		return STOP;
	}
	if (member_is(m, MEMBER_TERMINAL)) {
		if (!member_is(m, MEMBER_TERMINATING)) {
			pod_delete(p, PLAN_PASS_REPLICAS, m); /* made anew once it is really gone */
		}
		return STOP;
	}
	if (member_is(m, MEMBER_PENDING)) {
		pending_claims(p, m);
	}
	if (!p->spec->parallel && (member_is(m, MEMBER_TERMINATING) ||
					  !member_is(m, MEMBER_READY) || !is_available(p, m))) {
		return STOP;
	}
	if (!member_is(m, MEMBER_IDENTITY | MEMBER_STORAGE)) {
		pod_repair(p, m);
	}
	return GO_ON;
}

/* The wanted range, lowest first. */
static enum verdict replicas_pass(struct planner *p)
{
	const struct member *m = p->in->members;
	const struct member *end = m + p->in->n_members;
	int64_t last = p->spec->start + p->spec->replicas;
	for (int64_t o = p->spec->start; o < last && o <= INT32_MAX; o++) {
		while (m < end && (m->ordinal < o || !member_is_claimed(m))) {
			m++;
		}
		bool there = m < end && m->ordinal == o;
		enum verdict v = slot_look(p, (int32_t)o, there ? m : NULL);
		if (p->err || p->out->more || (v == STOP && !p->spec->parallel)) {
			return STOP;
		}
	}
	return GO_ON;
}

static bool is_condemned(const struct planner *p, const struct member *m)
{
	return member_is_claimed(m) && m->ordinal >= 0 &&
	       (m->ordinal < p->spec->start || m->ordinal >= p->spec->start + p->spec->replicas);
}

/* Monotonic: the highest one goes, if it and all below it are well, or if it is the only one that is not. All slots are
 * well, or this pass is not reached. */
static void condemned_highest(struct planner *p)
{
	const struct member *highest = NULL, *first_bad = NULL;
	for (size_t i = 0; i < p->in->n_members; i++) {
		const struct member *m = &p->in->members[i];
		if (!is_condemned(p, m)) {
			continue;
		}
		highest = m;
		if (!first_bad && (!is_available(p, m) || member_is(m, MEMBER_TERMINATING))) {
			first_bad = m;
		}
	}
	if (!highest || member_is(highest, MEMBER_TERMINATING)) {
		return;
	}
	bool well = member_is(highest, MEMBER_READY) && is_available(p, highest);
	if (well || highest == first_bad) {
		pod_delete(p, PLAN_PASS_CONDEMNED, highest);
	}
}

static void condemned_pass(struct planner *p)
{
	if (!p->spec->parallel) {
		condemned_highest(p);
		return;
	}
	for (size_t i = p->in->n_members; i > 0; i--) {
		const struct member *m = &p->in->members[i - 1];
		if (is_condemned(p, m) && !member_is(m, MEMBER_TERMINATING)) {
			pod_delete(p, PLAN_PASS_CONDEMNED, m);
		}
	}
}

/* The shortest time after which some ready pod becomes available. */
static int64_t requeue_ms(const struct planner *p)
{
	const struct set_status *s = &p->out->status;
	if (p->spec->min_ready_s <= 0 || s->ready == s->available) {
		return -1;
	}
	int64_t shortest = p->spec->min_ready_s * 1000;
	for (size_t i = 0; i < p->in->n_members; i++) {
		const struct member *m = &p->in->members[i];
		int64_t wait_ms;
		if (member_is_claimed(m) && member_is(m, MEMBER_READY) &&
			!member_is_available(m, p->spec->min_ready_s, p->in->now_ms, &wait_ms) &&
			wait_ms >= 0 && wait_ms < shortest) {
			shortest = wait_ms;
		}
	}
	return shortest;
}

/* Returns whether something is to be adopted. */
static bool owners_pass(struct planner *p)
{
	bool adopts = false;
	for (size_t i = 0; i < p->in->n_members; i++) {
		const struct member *m = &p->in->members[i];
		struct plan_action action = { .ordinal = m->ordinal, .obj = m->pod };
		if (member_is(m, MEMBER_OWNED) && !member_is(m, MEMBER_MATCHES)) {
			action.verb = PLAN_RELEASE_POD;
			step_single(p, PLAN_PASS_OWNERS, action);
		} else if (member_is(m, MEMBER_ORPHAN | MEMBER_MATCHES) &&
			   !member_is(m, MEMBER_TERMINATING)) {
			action.verb = PLAN_ADOPT_POD;
			step_single(p, PLAN_PASS_OWNERS, action);
			adopts = true;
		}
	}
	for (size_t i = 0; i < p->in->revisions->n; i++) {
		const struct revision *r = &p->in->revisions->at[i];
		if (!meta_controller(&r->obj->meta) &&
			selector_matches(&p->spec->selector, &r->obj->meta.labels)) {
			step_single(p, PLAN_PASS_OWNERS,
				(struct plan_action){ .verb = PLAN_ADOPT_REVISION,
					.ordinal = -1,
					.obj = r->obj });
			adopts = true;
		}
	}
	return adopts;
}

/* Returns whether a revision is to be written. */
static bool revision_pass(struct planner *p)
{
	const struct revision_choice *c = &p->revisions;
	struct plan_action action = { .ordinal = -1, .number = c->number };
	switch (c->verdict) {
	case REVISION_FOUND:
		return false;
	case REVISION_RENUMBER:
		action.verb = PLAN_RENUMBER_REVISION;
		action.obj = c->update->obj;
		break;
	case REVISION_CREATE:
		action.verb = PLAN_CREATE_REVISION;
		break;
	}
	step_single(p, PLAN_PASS_REVISION, action);
	return true;
}

static void status_fill(struct planner *p)
{
	struct set_status *s = &p->out->status;
	const struct revision_choice *c = &p->revisions;
	s->observed_generation = p->in->set->meta.generation;
	/* a set being deleted gets no revision any more: what the status says stays */
	s->update_revision = c->update ? c->update->obj->meta.name
				       : p->spec->status.update_revision;
	s->current_revision = c->current ? c->current->obj->meta.name
					 : p->spec->status.current_revision;
	p->out->update_revision = s->update_revision;
	set_status_count(s, p->in->members, p->in->n_members, p->spec->min_ready_s, p->in->now_ms);
	p->out->requeue_ms = requeue_ms(p);
}

int plan_make(struct arena *a, const struct plan_input *in, struct plan *out)
{
	struct plan plan = { .requeue_ms = -1 };
	struct planner p = { .a = a, .in = in, .spec = in->set->as.statefulset, .out = &plan };
	bool deleting = in->set->meta.deletion_ms.set;
	plan.one_by_one = !p.spec->parallel;
	revision_choose(
		in->revisions, in->comparable, p.spec->status.current_revision, &p.revisions);
	if (!deleting && owners_pass(&p)) {
		plan.stage = PLAN_STAGE_OWNERS;
	} else if (!deleting && revision_pass(&p)) {
		plan.stage = PLAN_STAGE_REVISION;
	} else {
		plan.stage = PLAN_STAGE_PODS;
		status_fill(&p);
		if (!deleting && replicas_pass(&p) == GO_ON) {
			condemned_pass(&p);
		}
		set_status_complete(&plan.status, p.spec->replicas);
	}
	if (p.err) {
		return p.err;
	}
	*out = plan;
	return ERR_OK;
}
