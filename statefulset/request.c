/* Actions as calls. Regime: steps_internal.h; bodies live in an arena of the call. Called by: steps, outcome. */
#include "base/err.h"
#include "statefulset/identity.h"
#include "statefulset/owner.h"
#include "statefulset/pod.h"
#include "statefulset/statefulset_internal.h"
#include "statefulset/steps_internal.h"
#include "watch/object/typed.h"

struct strv request_pod_name(struct steps *s, const struct plan_action *action)
{
	return identity_pod(s->a, s->set->meta.name, action->ordinal);
}

struct strv request_claim_name(struct steps *s, const struct plan_action *action)
{
	return identity_claim(s->a, s->set->as.statefulset->claims[action->claim].name,
		s->set->meta.name, action->ordinal);
}

static bool has_body(enum watch_verb verb)
{
	return verb != WATCH_GET && verb != WATCH_DELETE;
}

/* errors ERR_NOMEM */
static int send_call(struct step_run *r, struct watch_call *call)
{
	struct steps *s = r->all;
	if (!call->name.p || (has_body(call->verb) && !call->body)) {
		return ERR_NOMEM;
	}
	call->ns = s->set->meta.ns;
	call->manager = STS_COMPONENT;
	return watch_call(s->c->api, call, step_replied, r);
}

static struct json *set_tree(struct steps *s)
{
	if (!s->tree) {
		s->tree = object_tree(s->set, s->a);
	}
	return s->tree;
}

static void revision_call(
	struct step_run *r, struct arena *a, int64_t number, struct watch_call *call)
{
	struct steps *s = r->all;
	char hash[REVISION_HASH_CHARS + 1];
	struct json *tree = set_tree(s);
	struct json *data = tree ? revision_data(a, tree) : NULL;
	struct strv text = data ? revision_text(a, data) : STRV_NONE;
	if (!text.p) {
		return;
	}
	revision_hash(text, known_collisions(s->known, s->set), hash);
	call->kind = KIND_CONTROLLERREVISION;
	call->verb = r->phase == 0 ? WATCH_CREATE : WATCH_GET;
	call->name = revision_name(a, s->set->meta.name, hash);
	call->body = revision_body(a, s->set, tree, data, call->name, hash, number);
}

static struct json *renumber_patch(struct arena *a, const struct plan_action *action)
{
	struct json *metadata = json_new_object(a);
	struct json *v = json_new_object(a);
	if (json_set_str(a, metadata, "uid", action->obj->meta.uid) ||
		json_set(a, v, "metadata", metadata) ||
		json_set_i64(a, v, "revision", action->number)) {
		return NULL;
	}
	return v;
}

/* The update revision is the set's own template; an older one is read from its object. */
static void pod_call(
	struct steps *s, struct arena *a, const struct plan_action *action, struct watch_call *call)
{
	REQUIRE(action->revision);
	struct strv revision = action->revision->meta.name;
	struct json *template = strv_eq(revision, s->plan->update_revision)
					? json_dig(set_tree(s), "spec.template")
					: revision_template(object_tree(action->revision, a));
	call->verb = WATCH_CREATE;
	call->name = request_pod_name(s, action);
	if (template) {
		call->body = pod_body(a, s->set, template, action->ordinal, revision);
	}
}

static void claim_call(
	struct steps *s, struct arena *a, const struct plan_action *action, struct watch_call *call)
{
	struct json *tree = set_tree(s);
	call->kind = KIND_PVC;
	call->verb = WATCH_CREATE;
	call->name = request_claim_name(s, action);
	if (tree) {
		call->body = pod_claim_body(a, s->set, tree, action->claim, action->ordinal);
	}
}

static void call_fill(struct step_run *r, struct arena *a, struct watch_call *call)
{
	struct steps *s = r->all;
	const struct plan_action *action = step_action(r);
	switch (action->verb) {
	case PLAN_ADOPT_POD:
	case PLAN_ADOPT_REVISION:
		call->verb = WATCH_PATCH_STRATEGIC;
		call->body = owner_adopt_patch(a, s->set, action->obj);
		break;
	case PLAN_RELEASE_POD:
		call->verb = WATCH_PATCH_STRATEGIC;
		call->body = owner_release_patch(a, s->set, action->obj);
		break;
	case PLAN_CREATE_REVISION:
		revision_call(r, a, action->number, call);
		break;
	case PLAN_RENUMBER_REVISION:
		REQUIRE(action->obj);
		call->verb = WATCH_PATCH_MERGE;
		call->body = renumber_patch(a, action);
		break;
	case PLAN_CREATE_CLAIM:
		claim_call(s, a, action, call);
		break;
	case PLAN_CREATE_POD:
		pod_call(s, a, action, call);
		break;
	case PLAN_REPAIR_POD:
		call->verb = WATCH_GET; /* request_repair follows */
		break;
	case PLAN_DELETE_POD:
		REQUIRE(action->obj);
		call->verb = WATCH_DELETE;
		call->del.uid = action->obj->meta.uid; /* never a successor of the same name */
		break;
	case PLAN_AWAIT_CLAIM:
		break; /* is never called */
	}
}

int request_make(struct step_run *r)
{
	struct arena a;
	struct watch_call call = { .kind = KIND_POD };
	const struct plan_action *action = step_action(r);
	if (action->obj) {
		call.name = action->obj->meta.name;
		call.kind = action->obj->kind;
	}
	arena_init(&a, 8192);
	call_fill(r, &a, &call);
	int err = send_call(r, &call);
	arena_deinit(&a);
	return err;
}

int request_repair(struct step_run *r, const struct object *pod, bool *out_changed)
{
	struct arena a;
	bool changed = false;
	arena_init(&a, 8192);
	struct json *tree = object_tree(pod, &a);
	int err = tree ? pod_repair(&a, r->all->set, tree, &changed) : ERR_NOMEM;
	if (!err && changed) {
		struct watch_call call = {
			.verb = WATCH_UPDATE, .kind = KIND_POD, .name = pod->meta.name, .body = tree
		};
		err = send_call(r, &call);
	}
	arena_deinit(&a);
	if (!err) {
		*out_changed = changed;
	}
	return err;
}
