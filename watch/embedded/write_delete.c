/* Deleting: preconditions, grace, finalizers, propagation.
 * Source: Kubernetes docs "Garbage Collection", "Finalizers"; kube-apiserver as observed.
 * Regime: the request's arena. Called by: write.c.
 *
 *   finalizers (its own, or orphan/foregroundDeletion by propagation)
 *       -> deletionTimestamp, MODIFIED; removed by the update that empties the list
 *   a pod bound to a node, not terminal, grace > 0
 *       -> deletionTimestamp, MODIFIED; removed by a second delete with grace 0
 *   a namespace
 *       -> Terminating, MODIFIED; removed by finalize
 *   all else
 *       -> DELETED at once (a pod: MODIFIED before it) */
#include "base/err.h"
#include "watch/embedded/write_internal.h"
#include "watch/object/typed.h"

#define ORPHAN          "orphan"
#define FOREGROUND      "foregroundDeletion"
#define DEFAULT_GRACE_S 30
#define GRACE_MAX_S                                                                                \
	INT64_C(3153600000) /* a hundred years: the time it ends still has four digits of a year */

static void read_policy(struct write *w, const struct json *body)
{
	static const struct {
		const char *text;
		enum watch_propagation policy;
	} rows[] = { { "Background", PROPAGATE_BACKGROUND }, { "Foreground", PROPAGATE_FOREGROUND },
		{ "Orphan", PROPAGATE_ORPHAN } };
	struct strv text = json_str(json_get(body, "propagationPolicy"));
	const struct json *orphan = json_get(body, "orphanDependents");
	bool known = text.n == 0;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strv_eq(text, strv_of(rows[i].text))) {
			w->r->del.propagation = rows[i].policy;
			known = true;
		}
	}
	if (!known) {
		status_cause_add(w->s, CAUSE_NOT_SUPPORTED, STRV("propagationPolicy"),
			json_new_str(w->a, text), "%s",
			"supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"");
		status_options_end(w->s, "DeleteOptions");
	} else if (orphan != NULL && !json_is_null(orphan)) {
		if (text.n > 0) {
			status_cause_add(w->s, CAUSE_INVALID, STRV("propagationPolicy"),
				json_new_str(w->a, text), "%s",
				"orphanDependents and deletionPropagation cannot be both set");
			status_options_end(w->s, "DeleteOptions");
		}
		w->r->del.propagation = json_bool(orphan, false) ? PROPAGATE_ORPHAN
								 : PROPAGATE_BACKGROUND;
	}
}

/* The body of a DELETE speaks before its query. */
static void read_options(struct write *w)
{
	const struct json *body = w->r->body;
	const struct json *grace = json_get(body, "gracePeriodSeconds");
	const struct json *dry = json_get(body, "dryRun");
	if (body == NULL) {
		return;
	}
	if (!json_is_object(body)) {
		status_bad_request(w->s, "the body of a DELETE must be DeleteOptions");
		return;
	}
	if (grace != NULL && !json_is_null(grace)) {
		w->r->del.grace_s.set = true;
		if (json_i64(grace, &w->r->del.grace_s.v) != ERR_OK) {
			status_bad_request(w->s, "gracePeriodSeconds is not an integer");
		}
	}
	json_each(v, dry) {
		w->r->dry_run = true;
		if (!strv_eq(json_str(v), STRV("All"))) {
			status_cause_add(w->s, CAUSE_NOT_SUPPORTED, STRV("dryRun"),
				json_get(body, "dryRun"), "%s", "supported values: \"All\"");
			status_options_end(w->s, "DeleteOptions");
		}
	}
	struct strv uid = json_str(json_dig(body, "preconditions.uid"));
	struct strv version = json_str(json_dig(body, "preconditions.resourceVersion"));
	w->r->del.uid = uid.n > 0 ? uid : w->r->del.uid;
	w->r->del.resource_version = version.n > 0 ? version : w->r->del.resource_version;
	read_policy(w, body);
}

static bool check_preconditions(struct write *w)
{
	const struct meta *m = &w->old->meta;
	struct strv uid = w->r->del.uid, version = w->r->del.resource_version;
	struct strv why;
	int64_t n = 0;
	if (uid.n > 0 && !strv_eq(uid, m->uid)) {
		why = arena_printf(w->a,
			"the UID in the precondition (%.*s) does not match the UID in record "
			"(%.*s). The object might have been deleted and then recreated",
			STRV_ARG(uid), STRV_ARG(m->uid));
	} else if (version.n > 0 &&
		   (strv_to_i64(version, &n) != ERR_OK || (uint64_t)n != m->resource_version)) {
		why = arena_printf(w->a,
			"the ResourceVersion in the precondition (%.*s) does not match the "
			"ResourceVersion in record (%llu). The object might have been modified",
			STRV_ARG(version), (unsigned long long)m->resource_version);
	} else {
		return true;
	}
	status_conflict_delete(w->s, w->r->kind, w->r->name, why);
	return false;
}

/* Whether the finalizer is to stand after this delete. */
static bool wants(const struct write *w, const char *finalizer, enum watch_propagation by)
{
	if (w->r->del.propagation == PROPAGATE_DEFAULT) {
		return meta_has_finalizer(&w->old->meta, strv_of(finalizer));
	}
	return w->r->del.propagation == by;
}

static bool set_finalizer(struct write *w, struct json *list, const char *name, bool on)
{
	json_each(v, list) {
		if (strv_eq(json_str(v), strv_of(name))) {
			if (!on) {
				(void)json_detach(list, v);
			}
			return true;
		}
	}
	return !on || write_ok(w, json_append(w->a, list, json_new_str(w->a, strv_of(name))));
}

/* Puts the finalizers of the propagation in; *out_n how many there are then. */
static bool propagate(struct write *w, struct json *meta, size_t *out_n)
{
	bool orphan = wants(w, ORPHAN, PROPAGATE_ORPHAN);
	bool foreground = wants(w, FOREGROUND, PROPAGATE_FOREGROUND) && !orphan;
	struct json *list = json_get(meta, "finalizers");
	*out_n = json_count(list);
	if (*out_n == 0 && !orphan && !foreground) {
		return true;
	}
	list = json_ensure_array(w->a, meta, "finalizers");
	if (list == NULL) {
		status_no_memory(w->s);
		return false;
	}
	if (!set_finalizer(w, list, ORPHAN, orphan) ||
		!set_finalizer(w, list, FOREGROUND, foreground)) {
		return false;
	}
	*out_n = json_count(list);
	if (*out_n == 0) {
		(void)json_remove(meta, "finalizers");
	}
	return true;
}

/* Marks the object: deletionTimestamp at_ms, and once a new generation. */
static bool mark(struct write *w, struct json *meta, int64_t at_ms, int64_t grace_s)
{
	char text[CLOCK_RFC3339_CHARS + 1];
	const struct meta *old = &w->old->meta;
	clock_format(at_ms, text);
	if (!write_ok(w, json_set_str(w->a, meta, "deletionTimestamp", strv_of(text))) ||
		!write_ok(w, json_set_i64(w->a, meta, "deletionGracePeriodSeconds", grace_s))) {
		return false;
	}
	return old->deletion_ms.set || old->generation == 0 ||
	       write_ok(w, json_set_i64(w->a, meta, "generation", old->generation + 1));
}

/* Stores what was marked, unless that changed nothing. */
static void store_marked(struct write *w)
{
	if (json_equal(w->before, w->after)) {
		write_unchanged(w);
		return;
	}
	(void)write_commit(w, WATCH_MODIFIED, w->after); /* the failure is in w->s */
}

static void remove_now(struct write *w)
{
	if (write_commit(w, WATCH_DELETED, w->after)) {
		w->out->gone = true;
	}
}

static int64_t pod_grace(const struct write *w)
{
	const struct pod *pod = w->old->as.pod;
	int64_t grace = pod->termination_grace_s.set ? pod->termination_grace_s.v : DEFAULT_GRACE_S;
	if (w->r->del.grace_s.set) {
		grace = w->r->del.grace_s.v;
	}
	if (pod->node_name.n == 0 || pod->terminal) {
		return 0;
	}
	if (grace < 0) {
		return 1;
	}
	return grace < GRACE_MAX_S ? grace : GRACE_MAX_S;
}

/* A pod leaves its node first: the node's agent deletes it again, with grace 0. */
static void delete_pod(struct write *w, struct json *meta, size_t finalizers)
{
	const struct meta *old = &w->old->meta;
	int64_t grace = pod_grace(w);
	int64_t begin_ms = clock_now_ms(w->e->clock);
	if (old->deletion_ms.set) {
		int64_t had = old->deletion_grace_s.set ? old->deletion_grace_s.v : 0;
		begin_ms = old->deletion_ms.v - had * 1000;
		if (had > 0 && (!w->r->del.grace_s.set || grace >= had) && grace > 0) {
			store_marked(
				w); /* may be shortened, never lengthened; finalizers may be new */
			return;
		}
		if (had == 0) {
			grace = 0;
		}
	}
	if (!mark(w, meta, begin_ms + grace * 1000, grace)) {
		return;
	}
	if (grace > 0 || finalizers > 0) {
		store_marked(w);
		return;
	}
	/* Kubernetes shows the mark before the removal; watchers may rely on it. */
	if (!w->r->dry_run && !json_equal(w->before, w->after) &&
		!write_commit(w, WATCH_MODIFIED, w->after)) {
		return;
	}
	remove_now(w);
}

static void delete_namespace(struct write *w, struct json *meta, size_t finalizers)
{
	static const char *const immortal[] = { "default", "kube-system", "kube-public" };
	for (size_t i = 0; i < ARRAY_LEN(immortal); i++) {
		if (strv_eq(w->r->name, strv_of(immortal[i]))) {
			status_forbidden(w->s, KIND_NAMESPACE, w->r->name,
				"this namespace may not be deleted");
			return;
		}
	}
	if (finalizers == 0 && json_count(json_dig(w->after, "spec.finalizers")) == 0) {
		remove_now(w);
		return;
	}
	struct json *status = json_ensure_object(w->a, w->after, "status");
	if (!write_ok(w, json_set_str(w->a, status, "phase", STRV("Terminating"))) ||
		(!w->old->meta.deletion_ms.set && !mark(w, meta, clock_now_ms(w->e->clock), 0))) {
		return;
	}
	(void)json_remove(meta, "deletionGracePeriodSeconds"); /* namespaces have none */
	store_marked(w);
}

void write_delete(struct write *w)
{
	read_options(w);
	if (status_failed(w->s) || !write_find(w) || !check_preconditions(w)) {
		return;
	}
	size_t finalizers = 0;
	w->after = object_tree(w->old, w->a);
	struct json *meta = w->after ? write_meta(w, w->after) : NULL;
	if (!write_ok(w, meta ? ERR_OK : ERR_NOMEM) || !propagate(w, meta, &finalizers)) {
		return;
	}
	if (w->r->kind == KIND_NAMESPACE) {
		delete_namespace(w, meta, finalizers);
	} else if (w->r->kind == KIND_POD) {
		delete_pod(w, meta, finalizers);
	} else if (finalizers == 0) {
		remove_now(w);
	} else if (w->old->meta.deletion_ms.set || mark(w, meta, clock_now_ms(w->e->clock), 0)) {
		store_marked(w);
	}
}
