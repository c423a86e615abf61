/* Scale of a StatefulSet: read as a view, written through spec.replicas.
 * Source: kube-apiserver as observed. Regime: the request's arena. Called by: write_change.c, read.c, server_write.c. */
#include "watch/embedded/scale.h"

#include "base/err.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/write_internal.h"
#include "watch/object/typed.h"

static int copy_meta(struct arena *a, struct json *to, const struct json *from)
{
	static const char *const keys[] = { "name", "namespace", "uid", "resourceVersion",
		"creationTimestamp" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct json *v = json_get(from, keys[i]);
		if (v != NULL && json_set(a, to, keys[i], json_copy(a, v)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	return ERR_OK;
}

struct json *scale_of(struct arena *a, const struct object *set)
{
	const struct statefulset *sts = set->as.statefulset;
	struct json *tree = object_tree(set, a);
	struct json *scale = json_new_object(a);
	if (tree == NULL || json_set_str(a, scale, "kind", STRV("Scale")) != ERR_OK ||
		json_set_str(a, scale, "apiVersion", STRV("autoscaling/v1")) != ERR_OK) {
		return NULL;
	}
	struct json *meta = json_ensure_object(a, scale, "metadata");
	struct json *spec = json_ensure_object(a, scale, "spec");
	struct json *status = json_ensure_object(a, scale, "status");
	struct strv selector = selector_print(a, &sts->selector);
	if (meta == NULL || spec == NULL || status == NULL || selector.p == NULL ||
		copy_meta(a, meta, json_get(tree, "metadata")) != ERR_OK ||
		(sts->replicas != 0 &&
			json_set_i64(a, spec, "replicas", sts->replicas) != ERR_OK) ||
		json_set_i64(a, status, "replicas", sts->status.replicas) != ERR_OK ||
		json_set_str(a, status, "selector", selector) != ERR_OK) {
		return NULL;
	}
	return scale;
}

/* Whether it is a Scale, with values of its types. Refuses it if not. */
static bool is_scale(struct write *w, struct json *scale)
{
	struct schema_report report;
	struct strv kind = json_str(json_get(scale, "kind"));
	struct strv version = json_str(json_get(scale, "apiVersion"));
	if (kind.n > 0 && !strv_eq(kind, STRV("Scale"))) {
		status_bad_request(w->s,
			"%.*s in version \"%.*s\" cannot be handled as a Scale: no kind \"%.*s\" "
			"is registered for version \"%.*s\"",
			STRV_ARG(kind), STRV_ARG(version), STRV_ARG(kind), STRV_ARG(version));
		return false;
	}
	int err = schema_check(w->a, schema_scale(), scale, &report);
	if (err == ERR_BAD_TYPE) {
		status_bad_request(w->s,
			"Scale in version \"v1\" cannot be handled as a Scale: %.*s",
			STRV_ARG(report.bad));
		return false;
	}
	return write_ok(w, err);
}

/* Carries replicas, uid and resourceVersion of a Scale over to a copy of the set, and goes the
 * usual road. */
static void write_through(struct write *w, struct json *scale)
{
	if (!is_scale(w, scale)) {
		return;
	}
	const struct json *given = json_dig(scale, "spec.replicas");
	const struct json *version = json_dig(scale, "metadata.resourceVersion");
	const struct json *uid = json_dig(scale, "metadata.uid");
	struct strv name = json_str(json_dig(scale, "metadata.name"));
	int64_t replicas = json_i64_or(given, 0); /* absent or null is 0, as in Go */
	if (name.n > 0 && !strv_eq(name, w->r->name)) {
		status_bad_request(w->s,
			"the name of the object (%.*s) does not match the name on the URL (%.*s)",
			STRV_ARG(name), STRV_ARG(w->r->name));
		return;
	}
	if (replicas < 0) {
		status_cause_add(w->s, CAUSE_INVALID, STRV("spec.replicas"), given,
			"must be greater than or equal to 0");
		status_invalid_of(w->s, STRV("autoscaling"), STRV("Scale"));
		status_invalid_end(w->s, w->r->kind, w->r->name);
		return;
	}
	w->after = json_copy(w->a, w->before);
	struct json *meta = json_get(w->after, "metadata");
	struct json *spec = json_ensure_object(w->a, w->after, "spec");
	if (!write_ok(w, json_set_i64(w->a, spec, "replicas", replicas))) {
		return;
	}
	(void)json_remove(meta, "resourceVersion");
	if (json_str(version).n > 0 &&
		!write_ok(w, json_set(w->a, meta, "resourceVersion", json_copy(w->a, version)))) {
		return;
	}
	if (json_str(uid).n > 0 &&
		!write_ok(w, json_set(w->a, meta, "uid", json_copy(w->a, uid)))) {
		return;
	}
	write_replace(w);
}

void scale_update(struct write *w)
{
	if (!json_is_object(w->r->body)) {
		status_bad_request(w->s, "the body of the request is not a JSON object");
		return;
	}
	write_through(w, w->r->body);
}

void scale_patch(struct write *w)
{
	struct json *scale = scale_of(w->a, w->old);
	int r = scale != NULL ? write_apply_patch(w, schema_scale(), &scale) : ERR_NOMEM;
	if (write_ok(w, r)) {
		write_through(w, scale);
	}
}
