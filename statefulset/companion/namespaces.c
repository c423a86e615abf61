/* Namespaces: empties a namespace that is being deleted and finalizes it; gives each living one its ServiceAccount `default`.
 * Source: kube-controller-manager's namespace and serviceaccount controllers; PUT /api/v1/namespaces/{name}/finalize.
 * Regime: see world.h. */
#include <stdlib.h>

#include "base/err.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"

struct namespaces {
	struct world *world;
	struct worklist *names;
	struct body body;
};

struct found {
	const struct object *obj;
	size_t ending; /* deleted already, but not gone */
};

static bool visit(void *ctx, const struct object *o)
{
	struct found *f = ctx;
	if (o->meta.deletion_ms.set) {
		f->ending++;
		return true;
	}
	f->obj = o;
	return false;
}

/* Something in the namespace that has not been deleted yet; owners before what they own, so that nothing is made anew, and
 * Events, which the ends of the others cause, last. */
static const struct object *next_object(struct namespaces *n, struct strv ns, size_t *out_ending)
{
	static const enum kind owners[] = { KIND_STATEFULSET, KIND_SERVICE };
	struct found f = { .obj = NULL };
	for (size_t i = 0; i < ARRAY_LEN(owners) && !f.obj; i++) {
		watch_cache_visit(n->world->cache, owners[i], ns, visit, &f);
	}
	f.ending = 0; /* all are counted below */
	for (unsigned k = 0; k < KIND_COUNT && !f.obj; k++) {
		if (kind_row((enum kind)k)->namespaced && k != KIND_EVENT) {
			watch_cache_visit(n->world->cache, (enum kind)k, ns, visit, &f);
		}
	}
	if (!f.obj && f.ending == 0) {
		watch_cache_visit(n->world->cache, KIND_EVENT, ns, visit, &f);
	}
	*out_ending = f.ending;
	return f.obj;
}

static void finalize(struct namespaces *n, struct work *w, const struct object *ns)
{
	struct body *b = &n->body;
	struct json *body = object_tree(ns, &b->arena);
	if (!body) {
		work_retry(w, 100);
		return;
	}
	(void)body_put_array(b, body_put_object(b, body, "spec"), "finalizers");
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_UPDATE,
			.kind = KIND_NAMESPACE,
			.name = ns->meta.name,
			.subresource = "finalize",
			.body = body,
			.manager = "kube-controller-manager" });
}

static void empty(struct namespaces *n, struct work *w, const struct object *ns)
{
	size_t ending;
	const struct object *o = next_object(n, ns->meta.name, &ending);
	if (o) {
		work_call(w, &(struct watch_call){ .verb = WATCH_DELETE,
				     .kind = o->kind,
				     .ns = o->meta.ns,
				     .name = o->meta.name,
				     .manager = "kube-controller-manager",
				     .del = { .uid = o->meta.uid,
					     .propagation = PROPAGATE_BACKGROUND } });
	} else if (ending == 0) {
		finalize(n, w, ns);
	}
}

static void give_account(struct namespaces *n, struct work *w, const struct object *ns)
{
	struct body *b = &n->body;
	struct json *account = body_object(b);
	body_put_text(b, account, "apiVersion", "v1");
	body_put_text(b, account, "kind", "ServiceAccount");
	struct json *meta = body_put_object(b, account, "metadata");
	body_put_text(b, meta, "name", "default");
	body_put_str(b, meta, "namespace", ns->meta.name);
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_CREATE,
			.kind = KIND_SERVICEACCOUNT,
			.ns = ns->meta.name,
			.body = account,
			.manager = "kube-controller-manager" });
}

static void look(void *ctx, struct work *w)
{
	struct namespaces *n = ctx;
	const struct object *ns = watch_cache_get(
		n->world->cache, KIND_NAMESPACE, STRV_NONE, work_name(w));
	body_reset(&n->body);
	if (ns && ns->meta.deletion_ms.set) {
		empty(n, w, ns);
	} else if (ns && !watch_cache_get(n->world->cache, KIND_SERVICEACCOUNT, ns->meta.name,
				 STRV("default"))) {
		give_account(n, w, ns);
	} else {
		work_drop(w);
	}
}

void namespaces_event(struct namespaces *n, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED) {
		worklist_start(n->names);
		return;
	}
	if (e->kind == KIND_NAMESPACE) {
		worklist_add(n->names, STRV_NONE, e->obj->meta.name);
		return;
	}
	const struct object *ns = watch_cache_get(
		n->world->cache, KIND_NAMESPACE, STRV_NONE, e->obj->meta.ns);
	bool account_gone = e->kind == KIND_SERVICEACCOUNT && e->type == WATCH_DELETED;
	if (ns && (ns->meta.deletion_ms.set || account_gone)) {
		worklist_add(n->names, STRV_NONE, ns->meta.name);
	}
}

int namespaces_open(struct world *world, struct namespaces **out)
{
	struct namespaces *n = calloc(1, sizeof(*n));
	if (!n) {
		return ERR_NOMEM;
	}
	n->world = world;
	body_init(&n->body);
	int err = worklist_open(world->clock, world->api, look, n, 0, &n->names);
	if (err) {
		namespaces_close(n);
		return err;
	}
	*out = n;
	return ERR_OK;
}

void namespaces_close(struct namespaces *n)
{
	if (n) {
		worklist_close(n->names);
		body_deinit(&n->body);
		free(n);
	}
}
