/* One sync from beginning to end. Regime and paths: sync.h. */
#include "statefulset/sync.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "statefulset/backoff.h"
#include "statefulset/plan.h"
#include "statefulset/statefulset_internal.h"
#include "statefulset/steps.h"
#include "watch/cache.h"

struct sync {
	struct sts_controller *c;
	struct known_set *known;
	const struct object *set; /* counted: what the plan was made of */
	struct arena a;
	struct plan plan;
	struct steps steps;
	unsigned status_tries;
	struct clock_timer timer; /* before the status is tried again */
};

static void status_write(struct sync *y);

/* What the plan names must outlive the events that come while it is carried out. */
static void plan_ref(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		for (size_t k = 0; k < plan->steps[i].n; k++) {
			const struct plan_action *action = &plan->steps[i].actions[k];
			if (action->obj) {
				(void)object_ref(action->obj);
			}
			if (action->revision) {
				(void)object_ref(action->revision);
			}
		}
	}
}

static void plan_unref(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		for (size_t k = 0; k < plan->steps[i].n; k++) {
			object_unref(plan->steps[i].actions[k].obj);
			object_unref(plan->steps[i].actions[k].revision);
		}
	}
}

static void sync_free(struct sync *y)
{
	plan_unref(&y->plan);
	object_unref(y->set);
	arena_deinit(&y->a);
	free(y);
}

/* When the set is looked at again: at once, after a while, or when an event says so. */
static void schedule(const struct sync *y)
{
	struct queue_item *item = &y->known->item;
	if (y->steps.failed) {
		log_debug("statefulset", "%.*s/%.*s: %.*s", STRV_ARG(y->known->ns),
			STRV_ARG(y->known->name), STRV_ARG(y->steps.why));
		queue_add_failed(item);
		return;
	}
	queue_forget(item);
	if (y->plan.stage != PLAN_STAGE_PODS || y->plan.more) {
		queue_add(item);
	} else if (y->plan.requeue_ms >= 0) {
		queue_add_after(item, y->plan.requeue_ms);
	}
}

static void sync_end(struct sync *y)
{
	struct sts_controller *c = y->c;
	struct known_set *known = y->known;
	if (!c->closing) {
		schedule(y);
	}
	sync_free(y);
	known->sync = NULL;
	queue_done(&known->item);
	world_drop(known);
	sts_sync_ended(c);
}

static void status_replied(void *ctx, const struct watch_reply *reply)
{
	struct sync *y = ctx;
	if (reply->err == ERR_OK) {
		gate_note(y->known, reply->obj);
		sync_end(y);
		return;
	}
	int64_t wait_ms = reply->err == ERR_CONFLICT ? backoff_status_ms(++y->status_tries) : -1;
	if (wait_ms >= 0 && !y->c->closing &&
		!clock_timer_start_patient(y->c->clock, &y->timer, wait_ms)) {
		return;
	}
	/* a failure of the steps is the one to report */
	steps_fail(&y->steps, arena_printf(&y->a, "status: %.*s", STRV_ARG(reply->message)));
	sync_end(y);
}

static void status_waited(struct clock_timer *t)
{
	struct sync *y = container_of(t, struct sync, timer);
	if (y->c->closing) {
		sync_end(y);
	} else {
		status_write(y);
	}
}

static void status_write(struct sync *y)
{
	struct arena a;
	arena_init(&a, 2048);
	struct watch_call call = { .verb = WATCH_PATCH_MERGE,
		.kind = KIND_STATEFULSET,
		.ns = y->set->meta.ns,
		.name = y->set->meta.name,
		.subresource = "status",
		.manager = STS_COMPONENT,
		.body = set_status_patch(
			&a, &y->plan.status, y->set, known_collisions(y->known, y->set)) };
	int err = call.body ? watch_call(y->c->api, &call, status_replied, y) : ERR_NOMEM;
	arena_deinit(&a);
	if (err) {
		steps_fail(&y->steps, strv_of(err_text(err)));
		sync_end(y);
	}
}

/* Whether the next sync, which begins at once, may write what this one would: once in a row, so that a set under
 * constant change still shows its progress. */
static bool status_leave(struct sync *y)
{
	struct known_set *known = y->known;
	bool leave = queue_is_wanted(&known->item) && !known->status_skipped;
	known->status_skipped = leave;
	return leave;
}

static void steps_done(struct steps *steps)
{
	struct sync *y = container_of(steps, struct sync, steps);
	if (y->c->closing || y->plan.stage != PLAN_STAGE_PODS ||
		!set_status_differs(&y->plan.status, y->set) || status_leave(y)) {
		sync_end(y);
	} else {
		status_write(y);
	}
}

/* The set as the API has it right now: who has lost its name or is being deleted adopts nothing. */
static void set_read(void *ctx, const struct watch_reply *reply)
{
	struct sync *y = ctx;
	struct steps *s = &y->steps;
	if (reply->err) {
		steps_fail(s, arena_strdup(&y->a, reply->message));
	} else if (!strv_eq(reply->obj->meta.uid, y->set->meta.uid)) {
		steps_fail(s, STRV("the set was deleted and made anew: nothing is adopted"));
	} else if (reply->obj->meta.deletion_ms.set) {
		steps_fail(s, STRV("the set has just been deleted: nothing is adopted"));
	}
	if (s->failed || y->c->closing) {
		steps_done(s);
	} else {
		steps_run(s);
	}
}

static void adopt(struct sync *y)
{
	struct watch_call call = { .verb = WATCH_GET,
		.kind = KIND_STATEFULSET,
		.ns = y->set->meta.ns,
		.name = y->set->meta.name,
		.manager = STS_COMPONENT };
	int err = watch_call(y->c->api, &call, set_read, y);
	if (err) {
		steps_fail(&y->steps, strv_of(err_text(err)));
		steps_done(&y->steps);
	}
}

static const struct object *claim_get(void *ctx, struct strv ns, struct strv name)
{
	return watch_cache_get(ctx, KIND_PVC, ns, name);
}

/* errors ERR_NOMEM */
static int plan_sync(struct sync *y)
{
	struct known_set *known = y->known;
	int err = known_compare_make(known);
	if (err) {
		return err;
	}
	struct plan_input in = {
		.set = y->set,
		.members = known->roster.at,
		.n_members = known->roster.n,
		.revisions = &known->revisions,
		.comparable = { known->comparable, known->comparable_bytes },
		.claim = claim_get,
		.claim_ctx = y->c->cache,
		.now_ms = clock_now_ms(y->c->clock),
	};
	err = plan_make(&y->a, &in, &y->plan);
	if (err) {
		y->plan = (struct plan){ 0 };
		return err;
	}
	plan_ref(&y->plan);
	/* names point into objects that may be replaced meanwhile */
	struct set_status *s = &y->plan.status;
	s->current_revision = arena_strdup(&y->a, s->current_revision);
	s->update_revision = arena_strdup(&y->a, s->update_revision);
	y->plan.update_revision = arena_strdup(&y->a, y->plan.update_revision);
	return s->current_revision.p && s->update_revision.p && y->plan.update_revision.p
		       ? ERR_OK
		       : ERR_NOMEM;
}

static struct sync *sync_new(struct sts_controller *c, struct known_set *known)
{
	struct sync *y = calloc(1, sizeof(*y));
	if (!y) {
		return NULL;
	}
	y->c = c;
	y->known = known;
	y->set = object_ref(known->set);
	arena_init(&y->a, 1024);
	clock_timer_init(&y->timer, status_waited);
	y->steps = (struct steps){ .c = c,
		.known = known,
		.set = y->set,
		.a = &y->a,
		.plan = &y->plan,
		.done = steps_done };
	known->sync = y;
	c->syncs++;
	return y;
}

void sync_run(struct sts_controller *c, struct known_set *known)
{
	struct sync *y = NULL;
	if (c->closing || !known->set) {
		queue_done(&known->item);
		world_drop(known);
		return;
	}
	if (gate_is_open(known)) {
		y = sync_new(c, known);
	}
	if (!y) {
		queue_add_failed(&known->item);
		queue_done(&known->item);
		return;
	}
	int err = plan_sync(y);
	if (err) {
		steps_fail(&y->steps, strv_of(err_text(err)));
		sync_end(y);
	} else if (y->plan.stage == PLAN_STAGE_OWNERS) {
		adopt(y);
	} else {
		steps_run(&y->steps);
	}
}
