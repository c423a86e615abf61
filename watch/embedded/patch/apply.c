/* Server-side apply: what a client declares is laid over the live object; it owns what it declares, loses what it
 * no longer declares, and may not change what others own, unless by force.
 * Source: KEP-555 "server-side apply", Kubernetes documentation "Server-Side Apply", upgrading from client-side apply; texts
 * as kube-apiserver's.
 * Regime: everything in the caller's arena; inputs are only read. Called by: watch/embedded/write.
 *
 * An object that nobody tracked belongs, before its first apply, to the manager "before-first-apply". */
#include "watch/embedded/patch/patch.h"

#include "base/err.h"
#include "watch/embedded/patch/apply_internal.h"

#define KUBECTL           "kubectl" /* its applies take over from its own client-side ones */
#define LAST_APPLIED      "kubectl.kubernetes.io/last-applied-configuration"
#define MAX_ANNOTATIONS   (256u << 10)
#define UNTRACKED_MANAGER "before-first-apply"

static int no_memory(struct status *s)
{
	status_no_memory(s);
	return ERR_NOMEM;
}

/* Conflicts in words */

/* `"kubectl-client-side-apply" using apps/v1`; an applier has no version. */
static struct strv manager_text(struct arena *a, const struct managed_entry *e)
{
	struct json *name = json_new_str(a, e->manager);
	struct json *sub = json_new_str(a, e->subresource);
	if (!name || !sub) {
		return STRV_NONE;
	}
	struct strv quoted = json_text(a, name);
	struct strv sub_quoted = e->subresource.n > 0 ? json_text(a, sub) : STRV("");
	struct strv version = e->applied ? STRV("") : e->api_version;
	return arena_printf(a, "%.*s%s%.*s%s%.*s", STRV_ARG(quoted),
		sub_quoted.n > 0 ? " with subresource " : "", STRV_ARG(sub_quoted),
		e->applied ? "" : " using ", STRV_ARG(version));
}

struct words {
	struct apply *p;
	struct strv manager;
	struct buf text; /* the lines of all managers */
	size_t n;
	struct strv last; /* path */
};

static int on_conflict(void *ctx, struct strv path)
{
	struct words *w = ctx;
	status_cause_add(w->p->s, CAUSE_MANAGER_CONFLICT, path, NULL, "conflict with %.*s",
		STRV_ARG(w->manager));
	buf_printf(&w->text, "\n- %.*s", STRV_ARG(path));
	w->last = path;
	w->n++;
	return w->text.err;
}

static int conflict_words(struct words *w, const struct attempt *t)
{
	for (size_t i = 0; i < t->n_conflicts; i++) {
		w->manager = manager_text(w->p->a, t->conflicts[i].with);
		if (!w->manager.p) {
			return ERR_NOMEM;
		}
		buf_printf(&w->text, "%sconflicts with %.*s:", i > 0 ? "\n" : "",
			STRV_ARG(w->manager));
		int err = fieldset_each_path(w->p->a, &t->conflicts[i].set, on_conflict, w);
		if (err != ERR_OK) {
			return err;
		}
	}
	return w->text.err;
}

static int refuse_conflicts(struct apply *p, const struct attempt *t)
{
	struct words w = { .p = p };
	buf_init(&w.text);
	int err = conflict_words(&w, t);
	if (err != ERR_OK) {
		err = no_memory(p->s);
	} else if (w.n == 1) {
		status_apply_conflict(p->s,
			"Apply failed with 1 conflict: conflict with %.*s: %.*s",
			STRV_ARG(w.manager), STRV_ARG(w.last));
		err = ERR_CONFLICT;
	} else {
		status_apply_conflict(p->s, "Apply failed with %zu conflicts: %.*s", w.n,
			STRV_ARG(buf_strv(&w.text)));
		err = ERR_CONFLICT;
	}
	buf_deinit(&w.text);
	return err;
}

/* Taking over from client-side apply */

/* What kubectl's client-side apply last declared and is live still: kubectl may change it without a conflict. */
static int last_applied_fields(struct apply *p, struct fieldset *out)
{
	struct strv text = json_str(
		json_get(json_dig(p->live, "metadata.annotations"), LAST_APPLIED));
	struct owned_change change;
	struct json *v;
	*out = (struct fieldset){ 0 };
	int err = json_parse(p->a, text, &v, NULL);
	if (err != ERR_OK) {
		return err == ERR_NOMEM ? err : ERR_OK; /* nothing, or nothing readable */
	}
	err = owned_fields(p->a, &p->grain, v, out);
	if (err == ERR_OK) {
		err = owned_compare(p->a, &p->grain, v, p->live, &change);
	}
	if (err == ERR_OK) {
		err = fieldset_minus(p->a, out, &change.modified, out);
	}
	if (err == ERR_OK) {
		err = fieldset_minus(p->a, out, &change.added, out);
	}
	return err == ERR_OK ? fieldset_minus(p->a, out, &change.removed, out) : err;
}

/* Leaves the conflicts that the last client-side apply does not excuse. */
static int excuse_conflicts(struct apply *p, struct attempt *t)
{
	struct fieldset allowed;
	size_t n = 0;
	int err = last_applied_fields(p, &allowed);
	for (size_t i = 0; i < t->n_conflicts && err == ERR_OK; i++) {
		struct conflict *c = &t->conflicts[i];
		err = fieldset_minus(p->a, &c->set, &allowed, &c->set);
		if (err == ERR_OK && !fieldset_is_empty(&c->set)) {
			t->conflicts[n++] = *c;
		}
	}
	if (err == ERR_OK) {
		t->n_conflicts = n;
	}
	return err;
}

/* While the annotation of client-side apply is there, kubectl's applies keep it true. */
static int refresh_last_applied(struct apply *p, struct json *result)
{
	struct json *annotations = json_dig(result, "metadata.annotations");
	if (json_str(json_get(annotations, LAST_APPLIED)).n == 0) {
		return ERR_OK;
	}
	struct json *declared = json_copy(p->a, p->config);
	struct buf b;
	buf_init(&b);
	json_remove(json_dig(declared, "metadata.annotations"), LAST_APPLIED);
	json_print_canonical(declared, &b);
	buf_add_char(&b, '\n');
	int err = declared ? b.err : ERR_NOMEM;
	if (err == ERR_OK) {
		err = json_set_str(p->a, annotations, LAST_APPLIED, buf_strv(&b));
	}
	buf_deinit(&b);
	size_t bytes = 0;
	json_each(m, annotations) {
		bytes += strv_of(json_key(m)).n + json_str(m).n;
	}
	if (bytes > MAX_ANNOTATIONS) {
		json_remove(annotations, LAST_APPLIED);
	}
	return err;
}

/* Before and after */

static int refuse_config(struct apply *p, struct strv why)
{
	struct strv ns = json_str(json_dig(p->config, "metadata.namespace"));
	struct strv name = json_str(json_dig(p->config, "metadata.name"));
	const struct kind_row *row = kind_row(p->w->kind);
	status_unsorted(p->s,
		"failed to create typed patch object (%.*s/%.*s; %s%s, Kind=%s): %.*s",
		STRV_ARG(ns), STRV_ARG(name), row->group[0] == '\0' ? "/" : "", row->api_version,
		row->name, STRV_ARG(why));
	return ERR_SYNTAX;
}

static int check_config(struct apply *p, const struct json *config)
{
	struct strv version = json_str(json_get(config, "apiVersion"));
	struct strv expected = strv_of(kind_row(p->w->kind)->api_version);
	struct strv why;
	p->config = config;
	if (!json_is_object(config)) {
		status_bad_request(p->s, "the applied configuration must be an object");
		return ERR_SYNTAX;
	}
	if (json_first(json_dig(config, "metadata.managedFields"))) {
		status_bad_request(p->s, "metadata.managedFields must be nil");
		return ERR_SYNTAX;
	}
	if (!strv_eq(version, expected)) {
		status_bad_request(p->s,
			"Incorrect version specified in apply patch. Specified patch version: "
			"%.*s, "
			"expected: %.*s",
			STRV_ARG(version), STRV_ARG(expected));
		return ERR_SYNTAX;
	}
	int err = owned_check(p->a, &p->grain, config, &why);
	if (err != ERR_OK) {
		return no_memory(p->s);
	}
	return why.n > 0 ? refuse_config(p, why) : ERR_OK;
}

/* The parts of config that count: without what this subresource does not reach, without "creationTimestamp": null and
 * the like, which clients send and nobody means. */
static int trim_config(struct apply *p, const struct json *config)
{
	static const char *const server_set[] = { "creationTimestamp", "deletionTimestamp", "uid",
		"generation", "resourceVersion", "selfLink", "managedFields" };
	struct json *mine = json_copy(p->a, config);
	const char *hidden = managed_hidden(p->w->subresource);
	if (!mine) {
		return no_memory(p->s);
	}
	if (hidden) {
		json_remove(mine, hidden);
	}
	struct json *meta = json_get(mine, "metadata");
	for (size_t i = 0; i < ARRAY_LEN(server_set); i++) {
		if (json_is_null(json_get(meta, server_set[i])) ||
			json_is_array(json_get(meta, server_set[i]))) {
			json_remove(meta, server_set[i]);
		}
	}
	p->config = mine;
	return ERR_OK;
}

static int trim_live(struct apply *p, const struct json *live)
{
	struct json *mine = live ? json_copy(p->a, live) : json_new_object(p->a);
	if (!mine) {
		return no_memory(p->s);
	}
	json_remove(json_get(mine, "metadata"), "managedFields");
	p->live = mine;
	int err = managed_decode(p->a, json_dig(live, "metadata.managedFields"), &p->before);
	if (err == ERR_SYNTAX) {
		status_internal(p->s, "failed to decode managed fields");
	}
	return err == ERR_NOMEM ? no_memory(p->s) : err;
}

/* All of live belongs to one manager until somebody applies. */
static int track(struct apply *p)
{
	struct owned_change change;
	struct json *nothing = json_new_object(p->a);
	struct managed_entry who = p->who;
	who.manager = STRV(UNTRACKED_MANAGER);
	who.applied = false;
	int err = nothing ? owned_compare(p->a, &p->grain, nothing, p->live, &change) : ERR_NOMEM;
	if (err == ERR_OK) {
		err = managed_hide(p->a, p->w->subresource, &change);
	}
	if (err == ERR_OK) {
		err = managed_take(p->a, &p->before, &who, &change);
	}
	return err == ERR_OK ? ERR_OK : no_memory(p->s);
}

/* An apply that changes nothing of the object keeps the time its manager had, which may be none. */
static void keep_time(struct apply *p, struct attempt *t)
{
	if (!json_equal(t->result, p->live)) {
		return;
	}
	for (size_t i = 0; i < t->managed.n; i++) {
		struct managed_entry *e = &t->managed.at[i];
		if (managed_same(e, &p->who)) {
			e->time = STRV("");
			for (size_t j = 0; j < p->before.n; j++) {
				const struct managed_entry *was = &p->before.at[j];
				e->time = managed_same(was, e) ? was->time : e->time;
			}
		}
	}
}

static int put_managed(struct apply *p, const struct json *live, struct attempt *t)
{
	const struct json *old = json_dig(live, "metadata.managedFields");
	struct json *list;
	keep_time(p, t);
	int err = managed_encode(p->a, &t->managed, &list);
	if (err == ERR_OK && list && json_equal(list, old)) {
		list = json_copy(p->a, old);
		err = list ? ERR_OK : ERR_NOMEM;
	}
	return err == ERR_OK ? managed_set(p->a, t->result, list) : err;
}

/* Applies; a second time, by force, when every conflict is excused. */
static int run(struct apply *p, bool force, struct attempt *t)
{
	bool kubectl = strv_eq(p->w->manager, STRV(KUBECTL));
	int err = apply_attempt(p, force, t);
	if (err == ERR_OK && t->n_conflicts > 0 && kubectl) {
		err = excuse_conflicts(p, t);
		if (err == ERR_OK && t->n_conflicts == 0) {
			err = apply_attempt(p, true, t);
		}
	}
	if (err == ERR_OK && t->n_conflicts > 0) {
		return refuse_conflicts(p, t);
	}
	if (err == ERR_OK && kubectl) {
		err = refresh_last_applied(p, t->result);
	}
	return err == ERR_OK ? ERR_OK : no_memory(p->s);
}

int managed_apply(struct arena *a, const struct managed_write *w, bool force,
	const struct json *live, const struct json *config, struct json **out, struct status *s)
{
	struct attempt t;
	struct apply p = {
		.a = a,
		.w = w,
		.s = s,
		.grain = grain_of_type(schema_of(w->kind)),
		.who = {
			.manager = w->manager,
			.applied = true,
			.api_version = strv_of(kind_row(w->kind)->api_version),
			.time = strv_of(w->time),
			.subresource = strv_of(w->subresource ? w->subresource : ""),
		},
	};
	int err = check_config(&p, config);
	if (err == ERR_OK) {
		err = trim_config(&p, config);
	}
	if (err == ERR_OK) {
		err = trim_live(&p, live);
	}
	if (err == ERR_OK && live && p.before.n == 0) {
		err = track(&p);
	}
	if (err == ERR_OK) {
		err = run(&p, force, &t);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (put_managed(&p, live, &t) != ERR_OK) {
		return no_memory(s);
	}
	*out = t.result;
	return ERR_OK;
}
