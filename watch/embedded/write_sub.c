/* Subresources that are verbs in disguise: binding and eviction of pods, finalize of namespaces.
 * Source: Kubernetes API reference, Binding v1, Eviction v1 policy, Namespace v1. Regime: the
 * request's arena. Called by: write.c. */
#include "base/err.h"
#include "watch/embedded/write_internal.h"
#include "watch/object/typed.h"

static bool is_scheduled(const struct json *conditions)
{
	json_each(c, conditions) {
		if (strv_eq(json_str(json_get(c, "type")), STRV("PodScheduled"))) {
			return strv_eq(json_str(json_get(c, "status")), STRV("True"));
		}
	}
	return false;
}

/* The condition PodScheduled becomes True. */
static bool set_scheduled(struct write *w)
{
	struct json *status = json_ensure_object(w->a, w->after, "status");
	struct json *list = status ? json_ensure_array(w->a, status, "conditions") : NULL;
	const char *now = write_now(w);
	if (now == NULL || !write_ok(w, list ? ERR_OK : ERR_NOMEM)) {
		return false;
	}
	if (is_scheduled(list)) {
		return true;
	}
	json_each(c, list) {
		if (strv_eq(json_str(json_get(c, "type")), STRV("PodScheduled"))) {
			(void)json_detach(list, c);
			break;
		}
	}
	struct json *c = json_new_object(w->a);
	return write_ok(w, json_set_str(w->a, c, "type", STRV("PodScheduled"))) &&
	       write_ok(w, json_set_str(w->a, c, "status", STRV("True"))) &&
	       write_ok(w, json_set(w->a, c, "lastProbeTime", json_new_null(w->a))) &&
	       write_ok(w, json_set_str(w->a, c, "lastTransitionTime", strv_of(now))) &&
	       write_ok(w, json_append(w->a, list, c));
}

void write_bind(struct write *w)
{
	struct strv node = json_str(json_dig(w->r->body, "target.name"));
	if (w->r->name.n == 0) {
		w->r->name = json_str(json_dig(w->r->body, "metadata.name"));
	}
	if (!write_find(w)) {
		return;
	}
	if (node.n == 0) {
		status_cause_add(w->s, CAUSE_REQUIRED, STRV("target.name"), NULL, "%s", "");
		status_invalid_of(w->s, STRV(""), STRV("Binding"));
		status_invalid_end(w->s, w->r->kind, w->r->name);
		return;
	}
	struct strv bound = w->old->as.pod->node_name;
	if (w->old->meta.deletion_ms.set) {
		status_conflict(w->s, KIND_POD, w->r->name,
			arena_printf(w->a,
				"pod %.*s is being deleted, cannot be assigned to a host",
				STRV_ARG(w->r->name)));
		return;
	}
	if (bound.n > 0) {
		status_conflict(w->s, KIND_POD, w->r->name,
			arena_printf(w->a, "pod %.*s is already assigned to node \"%.*s\"",
				STRV_ARG(w->r->name), STRV_ARG(bound)));
		return;
	}
	w->after = object_tree(w->old, w->a);
	struct json *spec = w->after ? json_ensure_object(w->a, w->after, "spec") : NULL;
	if (write_ok(w, json_set_str(w->a, spec, "nodeName", node)) && set_scheduled(w) &&
		write_manage(w) && write_commit(w, WATCH_MODIFIED, w->after)) {
		w->out->code = 201;
	}
}

void write_evict(struct write *w)
{
	w->r->body = json_get(w->r->body, "deleteOptions");
	w->r->verb = WRITE_DELETE;
	w->sub = "";
	write_delete(w);
	w->out->code = 201;
}

/* PUT namespaces/x/finalize: spec.finalizers and nothing else; the last one gone, a deleted
 * namespace is removed. */
void write_finalize(struct write *w)
{
	if (w->r->kind != KIND_NAMESPACE) {
		status_method_not_allowed(w->s);
		return;
	}
	if (!write_find(w)) {
		return;
	}
	w->after = object_tree(w->old, w->a);
	struct json *spec = w->after ? json_ensure_object(w->a, w->after, "spec") : NULL;
	const struct json *given = json_dig(w->r->body, "spec.finalizers");
	struct json *list = json_is_array(given) ? json_copy(w->a, given) : json_new_array(w->a);
	if (!write_ok(w, json_set(w->a, spec, "finalizers", list)) || !write_manage(w)) {
		return;
	}
	bool last = json_count(list) == 0 && w->old->meta.deletion_ms.set &&
		    w->old->meta.finalizers.n == 0;
	if (json_count(list) == 0) {
		(void)json_remove(spec, "finalizers");
	}
	if (!last && json_equal(w->before, w->after)) {
		write_unchanged(w);
	} else if (write_commit(w, last ? WATCH_DELETED : WATCH_MODIFIED, w->after)) {
		w->out->gone = last && !w->r->dry_run;
	}
}
