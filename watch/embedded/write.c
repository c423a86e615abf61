/* The write pipeline: what all verbs have in common, and which file does which verb.
 * Source: Kubernetes API concepts ("Resource operations", "Field validation"); texts as
 * kube-apiserver 1.37 sends them. Regime: trees in the request's arena. Called by: server_write.c,
 * inproc.c, bootstrap.c.
 *
 * The road of an object (create, update, patch, apply):
 *   body -> check_body (kind, namespace) -> check_fields (schema) -> patch -> prepare (validate/)
 * -> default (schema/)
 *        -> admit (admit.c) -> validate (validate/) -> managedFields (patch/) -> commit (store/) */
#include "base/err.h"
#include "watch/embedded/patch/patch.h"
#include "watch/embedded/patch/words.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/write_internal.h"

#define MAX_WARNINGS 50

bool write_is(const struct write *w, const char *sub)
{
	return strcmp(w->sub, sub) == 0;
}

bool write_ok(struct write *w, int r)
{
	if (status_failed(w->s)) {
		return false;
	}
	if (r == ERR_NOMEM) {
		status_no_memory(w->s);
	} else if (r != ERR_OK) {
		status_internal(w->s, "%s", err_text(r));
	}
	return r == ERR_OK;
}

void write_warn(struct write *w, struct strv text)
{
	struct write_result *out = w->out;
	if (out->n_warnings == MAX_WARNINGS || text.p == NULL) {
		return;
	}
	if (out->warnings == NULL) {
		out->warnings = arena_array(w->a, struct strv, MAX_WARNINGS);
		if (out->warnings == NULL) {
			return; /* a warning is not worth a failure */
		}
	}
	out->warnings[out->n_warnings++] = text;
}

struct json *write_meta(struct write *w, struct json *object)
{
	struct json *meta = json_ensure_object(w->a, object, "metadata");
	if (meta == NULL) {
		status_no_memory(w->s);
	}
	return meta;
}

const char *write_now(struct write *w)
{
	char *text = arena_alloc(w->a, CLOCK_RFC3339_CHARS + 1);
	if (text == NULL) {
		status_no_memory(w->s);
		return NULL;
	}
	clock_format(clock_now_ms(w->e->clock), text);
	return text;
}

bool write_find(struct write *w)
{
	w->old = store_get(w->e->store, w->r->kind, w->r->ns, w->r->name);
	if (w->old == NULL) {
		status_not_found(w->s, w->r->kind, w->r->name);
		return false;
	}
	w->before = object_tree(w->old, w->a);
	return write_ok(w, w->before ? ERR_OK : ERR_NOMEM);
}

/* A member that must be want, or is absent or empty and then set. False: it is something else. */
static bool agree(struct write *w, struct json *object, const char *key, struct strv want)
{
	struct strv have = json_str(json_get(object, key));
	if (have.n > 0) {
		return strv_eq(have, want);
	}
	return write_ok(w, json_set_str(w->a, object, key, want));
}

void write_check_body(struct write *w, struct json *body)
{
	const struct kind_row *row = kind_row(w->r->kind);
	if (!json_is_object(body)) {
		status_bad_request(w->s, "the body of the request is not a JSON object");
		return;
	}
	if (write_refuse_kind(w, body) ||
		!agree(w, body, "apiVersion", strv_of(row->api_version)) ||
		!agree(w, body, "kind", strv_of(row->name))) {
		return;
	}
	struct json *given = json_get(body, "metadata");
	if (given != NULL && !json_is_object(given) && !json_is_null(given)) {
		status_bad_request(w->s,
			"%s in version \"%s\" cannot be handled as a %s: json: cannot unmarshal %s "
			"into Go struct field %s.metadata of type v1.ObjectMeta",
			row->name, row->version, row->name, words_type(given), row->name);
		return;
	}
	struct json *meta = write_meta(w, body);
	if (meta == NULL) {
		return;
	}
	struct strv ns = json_str(json_get(meta, "namespace"));
	if (row->namespaced && !agree(w, meta, "namespace", w->r->ns)) {
		status_bad_request(w->s, "the namespace of the provided object does not match "
					 "the namespace sent on the request");
	} else if (!row->namespaced && ns.n > 0) {
		status_bad_request(w->s, "namespace may not be set on an object of the cluster "
					 "scope");
	}
}

static void warn_fields(struct write *w, const struct schema_report *unknown)
{
	const struct json_report *dup = w->r->report;
	for (size_t i = 0; i < unknown->n_unknown; i++) {
		write_warn(w, arena_printf(w->a, "unknown field \"%.*s\"",
				      STRV_ARG(unknown->unknown[i])));
	}
	for (size_t i = 0; dup != NULL && i < dup->n_dups; i++) {
		write_warn(
			w, arena_printf(w->a, "duplicate field \"%.*s\"", STRV_ARG(dup->dups[i])));
	}
}

/* What a trusted patch may leave behind, and no client is to see: schema_check drops it for all others. */
static void drop_empty_lists(struct json *meta)
{
	static const char *const lists[] = { "ownerReferences", "finalizers" };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct json *v = json_get(meta, lists[i]);
		if (v != NULL && json_count(v) == 0) {
			(void)json_remove(meta, lists[i]); /* is there */
		}
	}
}

void write_check_fields(struct write *w, struct json *v)
{
	struct schema_report report = { .n_unknown = 0 };
	if (status_failed(w->s)) {
		return;
	}
	if (w->r->trusted) {
		drop_empty_lists(json_get(v, "metadata"));
		return;
	}
	int r = schema_check(w->a, schema_of(w->r->kind), v, &report);
	if (r == ERR_BAD_TYPE) {
		write_refuse_type(w, &report);
		return;
	}
	if (!write_ok(w, r) || write_refuse_undeclared(w, &report)) {
		return;
	}
	size_t n = report.n_unknown + (w->r->report != NULL ? w->r->report->n_dups : 0);
	if (n == 0 || w->r->validation == VALIDATION_IGNORE) {
		return;
	}
	if (w->r->validation == VALIDATION_STRICT) {
		write_refuse_fields(w, &report);
	} else {
		warn_fields(w, &report);
	}
}

bool write_manage(struct write *w)
{
	if (w->r->trusted || w->managed) {
		return true;
	}
	const struct managed_write m = { .manager = w->r->manager,
		.subresource = w->sub,
		.time = write_now(w),
		.kind = w->r->kind };
	return m.time != NULL && write_ok(w, managed_update(w->a, &m, w->before, w->after));
}

static void run_sub_create(struct write *w)
{
	if (w->r->kind == KIND_POD && write_is(w, "binding")) {
		write_bind(w);
	} else if (w->r->kind == KIND_POD && write_is(w, "eviction")) {
		write_evict(w);
	} else {
		status_method_not_allowed(w->s);
	}
}

static void run(struct write *w)
{
	switch (w->r->verb) {
	case WRITE_CREATE:
		if (w->sub[0] != '\0') {
			run_sub_create(w);
		} else {
			write_create(w);
		}
		return;
	case WRITE_UPDATE:
		if (write_is(w, "finalize")) {
			write_finalize(w);
		} else {
			write_update(w);
		}
		return;
	case WRITE_PATCH_JSON:
	case WRITE_PATCH_MERGE:
	case WRITE_PATCH_STRATEGIC:
		write_patch(w);
		return;
	case WRITE_APPLY:
		write_apply(w);
		return;
	case WRITE_DELETE:
		if (w->sub[0] != '\0') {
			status_method_not_allowed(w->s);
		} else {
			write_delete(w);
		}
		return;
	}
}

void write_run(
	struct embedded *e, struct arena *a, struct write_request *r, struct write_result *out)
{
	*out = (struct write_result){ .code = 200 };
	status_init(&out->status, a);
	struct write w = { .e = e,
		.a = a,
		.r = r,
		.out = out,
		.s = &out->status,
		.sub = r->sub != NULL ? r->sub : "" };
	if (r->body == NULL && r->verb != WRITE_DELETE) {
		status_bad_request(w.s, "the request has no body");
		return;
	}
	if (r->force && r->verb != WRITE_APPLY) {
		status_cause_add(w.s, CAUSE_FORBIDDEN, STRV("force"), NULL, "%s",
			"may not be specified for non-apply patch");
		status_options_end(w.s, "PatchOptions");
		return;
	}
	run(&w);
	if (status_failed(w.s)) {
		object_unref(out->obj);
		out->obj = NULL;
	}
}
