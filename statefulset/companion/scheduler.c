/* The scheduler: binds each pod of `default-scheduler` to the lab's one Node once its claims are bound.
 * What keeps a pod waiting is said once, in kube-scheduler's words, as an event and in condition PodScheduled.
 * Source: kube-scheduler's VolumeBinding and NodeUnschedulable plugins; core/v1 Binding. Regime: see world.h. */
#include <stdlib.h>

#include "base/err.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"
#include "statefulset/event.h"

#define PREEMPTION                                                                                 \
	"preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
/* A claim that is bound at once should not cost the pod a complaint: waiting is mentioned after this time. */
#define PATIENCE_MS    200
#define NO_PROVISIONER "kubernetes.io/no-provisioner"
#define SELECTED_NODE  "volume.kubernetes.io/selected-node"

struct pod_state {
	int64_t first_ms; /* when it was looked at first; objects show whole seconds only */
	uint64_t said;    /* hash of the last complaint, 0: none */
	uint64_t claim;   /* hash of the claim it waits for, 0: none */
};

struct scheduler {
	struct world *world;
	struct worklist *pods; /* those not bound yet */
	struct event_recorder *events;
	struct body body;
};

/* Condition PodScheduled False, with the reason a person needs. */
static void say_unschedulable(
	struct scheduler *s, struct work *w, const struct object *pod, struct strv why)
{
	struct pod_state *st = work_state(w, pod->meta.uid);
	uint64_t said = strv_hash(why, 1) | 1; /* never 0: that is "nothing said" */
	int64_t patience = st->first_ms + PATIENCE_MS - clock_now_ms(s->world->clock);
	if (st->said == said) {
		return;
	}
	if (patience > 0) {
		work_after(w, patience);
		return;
	}
	st->said = said;
	event_emit(s->events, pod, EVENT_WARNING, "FailedScheduling", "%.*s", STRV_ARG(why));
	struct body *b = &s->body;
	struct json *patch = body_object(b);
	struct json *conditions = body_put_array(
		b, body_put_object(b, patch, "status"), "conditions");
	struct json *c = body_push_object(b, conditions);
	body_put_text(b, c, "type", "PodScheduled");
	body_put_text(b, c, "status", "False");
	body_put_text(b, c, "reason", "Unschedulable");
	body_put_str(b, c, "message", why);
	body_put_time(b, c, "lastTransitionTime", clock_now_ms(s->world->clock));
	body_put_null(b, c, "lastProbeTime");
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_PATCH_STRATEGIC,
			.kind = KIND_POD,
			.ns = pod->meta.ns,
			.name = pod->meta.name,
			.subresource = "status",
			.body = patch,
			.manager = "kube-scheduler" });
}

/* A claim whose class waits for a consumer learns which Node its pod goes to. */
static void select_node(struct scheduler *s, struct work *w, const struct object *claim)
{
	struct body *b = &s->body;
	struct json *patch = body_object(b);
	struct json *notes = body_put_object(
		b, body_put_object(b, patch, "metadata"), "annotations");
	body_put_text(b, notes, SELECTED_NODE, s->world->config.node_name);
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_PATCH_MERGE,
			.kind = KIND_PVC,
			.ns = claim->meta.ns,
			.name = claim->meta.name,
			.body = patch,
			.manager = "kube-scheduler" });
}

static const struct object *class_of(const struct scheduler *s, const struct object *claim)
{
	return watch_cache_get(
		s->world->cache, KIND_STORAGECLASS, STRV_NONE, claim->as.pvc->class_name);
}

/* What speaks against a pod that uses this claim (NULL: it is not there); STRV_NONE: nothing. */
static struct strv claim_fault(struct scheduler *s, const struct object *claim, struct strv name)
{
	struct arena *a = &s->body.arena;
	if (!claim) {
		return arena_printf(a,
			"0/1 nodes are available: persistentvolumeclaim \"%.*s\" not "
			"found. " PREEMPTION,
			STRV_ARG(name));
	}
	if (claim->meta.deletion_ms.set) {
		return arena_printf(a,
			"0/1 nodes are available: persistentvolumeclaim \"%.*s\" is being "
			"deleted. " PREEMPTION,
			STRV_ARG(name));
	}
	if (strv_eq(claim->as.pvc->phase, STRV("Lost"))) {
		return arena_printf(a,
			"0/1 nodes are available: persistentvolumeclaim \"%.*s\" bound to "
			"non-existent persistentvolume \"%.*s\". " PREEMPTION,
			STRV_ARG(name), STRV_ARG(claim->as.pvc->volume_name));
	}
	return STRV_NONE;
}

static uint64_t claim_hash(struct strv ns, struct strv name)
{
	return strv_hash(name, strv_hash(ns, 1)) | 1;
}

static const struct object *claim_at(
	const struct scheduler *s, const struct object *pod, size_t index)
{
	return watch_cache_get(
		s->world->cache, KIND_PVC, pod->meta.ns, pod->as.pod->claims.at[index]);
}

/* Whether each claim of the pod can be bound at all; else says why not. */
static bool claims_are_sound(
	struct scheduler *s, struct work *w, struct pod_state *st, const struct object *pod)
{
	for (size_t i = 0; i < pod->as.pod->claims.n; i++) {
		struct strv name = pod->as.pod->claims.at[i];
		struct strv fault = claim_fault(s, claim_at(s, pod, i), name);
		if (fault.n > 0) {
			st->claim = claim_hash(pod->meta.ns, name);
			say_unschedulable(s, w, pod, fault);
			return false;
		}
	}
	return true;
}

/* Whether all claims of the pod are bound; else says why not, or takes the step that helps. */
static bool claims_are_bound(
	struct scheduler *s, struct work *w, struct pod_state *st, const struct object *pod)
{
	const char *why = NULL;
	for (size_t i = 0; i < pod->as.pod->claims.n; i++) {
		const struct object *claim = claim_at(s, pod, i);
		if (!claim || strv_eq(claim->as.pvc->phase, STRV("Bound"))) {
			continue; /* claims_are_sound has seen to those that are not there */
		}
		if (st->claim == 0) {
			st->claim = claim_hash(pod->meta.ns, claim->meta.name);
		}
		const struct object *sc = class_of(s, claim);
		if (!sc || !sc->as.storage_class->wait_for_consumer) {
			why = "pod has unbound immediate PersistentVolumeClaims";
		} else if (!labels_get(&claim->meta.annotations, STRV(SELECTED_NODE))) {
			select_node(s, w, claim);
			return false;
		} else if (!why &&
			   strv_eq(sc->as.storage_class->provisioner, STRV(NO_PROVISIONER))) {
			why = "1 node(s) didn't find available persistent volumes to bind";
		} /* else its volume is being made */
	}
	if (why) {
		say_unschedulable(s, w, pod,
			arena_printf(
				&s->body.arena, "0/1 nodes are available: %s. " PREEMPTION, why));
	}
	return st->claim == 0;
}

static bool node_takes_pods(struct scheduler *s, struct work *w, const struct object *pod)
{
	const struct object *node = watch_cache_get(
		s->world->cache, KIND_NODE, STRV_NONE, strv_of(s->world->config.node_name));
	if (!node) {
		say_unschedulable(s, w, pod, STRV("no nodes available to schedule pods"));
		return false;
	}
	if (node->as.node->unschedulable) {
		say_unschedulable(s, w, pod,
			STRV("0/1 nodes are available: 1 node(s) were unschedulable. " PREEMPTION));
		return false;
	}
	return true;
}

static void bind_pod(struct scheduler *s, struct work *w, const struct object *pod)
{
	struct body *b = &s->body;
	struct json *binding = body_object(b);
	struct json *meta = body_put_object(b, binding, "metadata");
	body_put_text(b, binding, "apiVersion", "v1");
	body_put_text(b, binding, "kind", "Binding");
	body_put_str(b, meta, "name", pod->meta.name);
	body_put_str(b, meta, "uid", pod->meta.uid);
	struct json *target = body_put_object(b, binding, "target");
	body_put_text(b, target, "kind", "Node");
	body_put_text(b, target, "name", s->world->config.node_name);
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_CREATE,
			.kind = KIND_POD,
			.ns = pod->meta.ns,
			.name = pod->meta.name,
			.subresource = "binding",
			.body = binding,
			.manager = "kube-scheduler" });
}

static void look(void *ctx, struct work *w)
{
	struct scheduler *s = ctx;
	const struct object *pod = watch_cache_get(
		s->world->cache, KIND_POD, work_ns(w), work_name(w));
	if (!pod || pod->as.pod->node_name.n > 0 || pod->meta.deletion_ms.set ||
		pod->as.pod->terminal) {
		work_drop(w);
		return;
	}
	if (!strv_eq(pod->as.pod->scheduler_name, STRV("default-scheduler")) ||
		pod->as.pod->scheduling_gates.n > 0) {
		return; /* another's, or gated: a change of the pod brings it back */
	}
	struct pod_state *st = work_state(w, pod->meta.uid);
	if (st->first_ms == 0) {
		st->first_ms = clock_now_ms(s->world->clock);
	}
	body_reset(&s->body);
	st->claim = 0;
	if (node_takes_pods(s, w, pod) && claims_are_sound(s, w, st, pod) &&
		claims_are_bound(s, w, st, pod)) {
		bind_pod(s, w, pod);
	}
}

static bool waits_for_claim(const void *state, const void *what)
{
	const struct pod_state *st = state;
	const uint64_t *claim = what;
	return st->claim == *claim;
}

void scheduler_event(struct scheduler *s, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED) {
		worklist_start(s->pods);
		return;
	}
	if (e->kind == KIND_POD) {
		const struct pod *p = e->obj->as.pod;
		bool bound_now = e->type == WATCH_MODIFIED && e->old &&
				 e->old->as.pod->node_name.n == 0 && p->node_name.n > 0;
		if (bound_now) {
			event_emit(s->events, e->obj, EVENT_NORMAL, "Scheduled",
				"Successfully assigned %.*s/%.*s to %.*s",
				STRV_ARG(e->obj->meta.ns), STRV_ARG(e->obj->meta.name),
				STRV_ARG(p->node_name));
		}
		if (p->node_name.n == 0 || bound_now) {
			worklist_add(s->pods, e->obj->meta.ns, e->obj->meta.name);
		}
	} else if (e->kind == KIND_PVC) {
		uint64_t claim = claim_hash(e->obj->meta.ns, e->obj->meta.name);
		worklist_add_matching(s->pods, waits_for_claim, &claim);
	} else if (e->kind == KIND_STORAGECLASS || e->kind == KIND_NODE) {
		worklist_add_all(s->pods); /* those that wait */
	}
}

int scheduler_open(struct world *world, struct scheduler **out)
{
	struct scheduler *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->world = world;
	body_init(&s->body);
	int err = worklist_open(
		world->clock, world->api, look, s, sizeof(struct pod_state), &s->pods);
	if (!err) {
		err = event_recorder_open(
			world->clock, world->api, "default-scheduler", NULL, &s->events);
	}
	if (err) {
		scheduler_close(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

void scheduler_close(struct scheduler *s)
{
	if (s) {
		worklist_close(s->pods);
		event_recorder_close(s->events);
		body_deinit(&s->body);
		free(s);
	}
}
