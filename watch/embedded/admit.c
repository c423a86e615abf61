/* Admission of every kind but Services. Source and regime: see admit.h. */
#include "watch/embedded/admit.h"

#include "base/err.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/object/typed.h"

#define TOLERATE_S 300

static void check(struct status *s, int r)
{
	if (r != ERR_OK) {
		status_no_memory(s);
	}
}

void admit_namespace(
	struct embedded *e, enum kind k, struct strv ns, struct strv name, struct status *s)
{
	if (status_failed(s) || !kind_row(k)->namespaced) {
		return;
	}
	const struct object *o = store_get(e->store, KIND_NAMESPACE, STRV(""), ns);
	if (o == NULL) {
		status_not_found(s, KIND_NAMESPACE, ns);
	} else if (o->meta.deletion_ms.set) {
		status_ns_terminating(s, k, name, ns);
	}
}

/* A member that is set unless it is there. */
static void fill_str(
	struct arena *a, struct json *o, const char *key, struct strv v, struct status *s)
{
	if (json_get(o, key) == NULL) {
		check(s, json_set_str(a, o, key, v));
	}
}

static void add_finalizer(struct arena *a, struct json *obj, struct strv name, struct status *s)
{
	struct json *meta = json_ensure_object(a, obj, "metadata");
	struct json *list = meta ? json_ensure_array(a, meta, "finalizers") : NULL;
	json_each(v, list) {
		if (strv_eq(json_str(v), name)) {
			return;
		}
	}
	check(s, json_append(a, list, json_new_str(a, name)));
}

struct class_search {
	const struct object *best;
};

/* The newest of several default classes; of equally old ones the first by name. */
static bool visit_class(void *ctx, const struct object *o)
{
	struct class_search *c = ctx;
	if (o->as.storage_class->is_default &&
		(c->best == NULL || o->meta.creation_ms > c->best->meta.creation_ms)) {
		c->best = o;
	}
	return true;
}

static void admit_claim(struct embedded *e, struct arena *a, struct json *obj, struct status *s)
{
	struct json *spec = json_ensure_object(a, obj, "spec");
	add_finalizer(a, obj, STRV("kubernetes.io/pvc-protection"), s);
	if (json_get(spec, "storageClassName") != NULL ||
		json_get(json_dig(obj, "metadata.annotations"),
			"volume.beta.kubernetes.io/storage-class") != NULL) {
		return;
	}
	struct class_search c = { .best = NULL };
	store_visit(e->store, KIND_STORAGECLASS, STRV(""), STRV(""), STRV(""), visit_class, &c);
	if (c.best != NULL) {
		check(s, json_set_str(a, spec, "storageClassName", c.best->meta.name));
	}
}

static bool tolerates(const struct json *list, struct strv key)
{
	json_each(t, list) {
		struct strv have = json_str(json_get(t, "key"));
		struct strv effect = json_str(json_get(t, "effect"));
		if ((have.n == 0 || strv_eq(have, key)) &&
			(effect.n == 0 || strv_eq(effect, STRV("NoExecute")))) {
			return true;
		}
	}
	return false;
}

static void tolerate(struct arena *a, struct json *list, struct strv key, struct status *s)
{
	if (list == NULL || tolerates(list, key)) {
		return;
	}
	struct json *t = json_new_object(a);
	check(s, json_set_str(a, t, "key", key));
	check(s, json_set_str(a, t, "operator", STRV("Exists")));
	check(s, json_set_str(a, t, "effect", STRV("NoExecute")));
	check(s, json_set_i64(a, t, "tolerationSeconds", TOLERATE_S));
	check(s, json_append(a, list, t));
}

/* No PriorityClass is served; the two that every cluster has are known by name. */
static void prioritise(struct arena *a, struct json *spec, struct status *s)
{
	struct strv name = json_str(json_get(spec, "priorityClassName"));
	int64_t priority = strv_eq(name, STRV("system-cluster-critical")) ? 2000000000
			   : strv_eq(name, STRV("system-node-critical"))  ? 2000001000
									  : 0;
	if (json_get(spec, "priority") == NULL) {
		check(s, json_set_i64(a, spec, "priority", priority));
	}
	fill_str(a, spec, "preemptionPolicy", STRV("PreemptLowerPriority"), s);
}

static void admit_pod(struct arena *a, struct json *obj, struct status *s)
{
	struct json *spec = json_ensure_object(a, obj, "spec");
	struct strv account = json_str(json_get(spec, "serviceAccountName"));
	prioritise(a, spec, s);
	if (json_get(spec, "enableServiceLinks") == NULL) {
		check(s, json_set_bool(a, spec, "enableServiceLinks", true));
	}
	if (account.n == 0) {
		account = json_str(json_get(spec, "serviceAccount"));
	}
	if (account.n == 0) {
		account = STRV("default");
	}
	check(s, json_set_str(a, spec, "serviceAccountName", account));
	check(s, json_set_str(a, spec, "serviceAccount", account)); /* the old name of it */
	struct json *list = spec ? json_ensure_array(a, spec, "tolerations") : NULL;
	check(s, list ? ERR_OK : ERR_NOMEM);
	tolerate(a, list, STRV("node.kubernetes.io/not-ready"), s);
	tolerate(a, list, STRV("node.kubernetes.io/unreachable"), s);
}

/* A pod with scheduling gates says why it waits. */
static void tell_gated(struct embedded *e, struct arena *a, struct json *obj, struct status *s)
{
	char now[CLOCK_RFC3339_CHARS + 1];
	if (json_count(json_dig(obj, "spec.schedulingGates")) == 0) {
		return;
	}
	struct json *status = json_ensure_object(a, obj, "status");
	struct json *list = status ? json_ensure_array(a, status, "conditions") : NULL;
	struct json *c = json_new_object(a);
	clock_format(clock_now_ms(e->clock), now);
	check(s, json_set_str(a, c, "type", STRV("PodScheduled")));
	check(s, json_set_str(a, c, "status", STRV("False")));
	check(s, json_set(a, c, "lastProbeTime", json_new_null(a)));
	check(s, json_set_str(a, c, "lastTransitionTime", strv_of(now)));
	check(s, json_set_str(a, c, "reason", STRV("SchedulingGated")));
	check(s, json_set_str(a, c, "message",
			 STRV("Scheduling is blocked due to non-empty scheduling gates")));
	check(s, json_append(a, list, c));
}

static void admit_new(
	struct embedded *e, struct arena *a, enum kind k, struct json *obj, struct status *s)
{
	if (k == KIND_POD) {
		admit_pod(a, obj, s);
		tell_gated(e, a, obj, s);
	} else if (k == KIND_PVC) {
		admit_claim(e, a, obj, s);
	} else if (k == KIND_PV) {
		add_finalizer(a, obj, STRV("kubernetes.io/pv-protection"), s);
	}
}

/* Since when the volume is in its phase: told by whoever changes it, else by the clock. */
static void date_phase(struct embedded *e, struct arena *a, struct json *obj,
	const struct json *before, struct status *s)
{
	static const char *const since = "lastPhaseTransitionTime";
	const struct json *was = json_get(before, "status");
	struct json *is = json_get(obj, "status");
	char now[CLOCK_RFC3339_CHARS + 1];
	if (is == NULL || json_equal(json_get(is, "phase"), json_get(was, "phase")) ||
		!json_equal(json_get(is, since), json_get(was, since))) {
		return;
	}
	clock_format(clock_now_ms(e->clock), now);
	check(s, json_set_str(a, is, since, strv_of(now)));
}

void admit_object(struct embedded *e, struct arena *a, enum kind k, struct json *obj,
	const struct json *before, struct status *s)
{
	if (status_failed(s)) {
		return;
	}
	if (before == NULL) {
		admit_new(e, a, k, obj, s);
	}
	if (k == KIND_PV) {
		date_phase(e, a, obj, before, s);
	}
	if (k == KIND_POD && before != NULL) {
		admit_pod(a, obj, s); /* a PUT of a bare manifest means the same pod */
	} else if (k == KIND_SERVICE) {
		admit_service(e, a, obj, before, s);
	}
}
