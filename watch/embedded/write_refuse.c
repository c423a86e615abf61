/* What is said of a body that is not what its kind is made of: unknown, doubled and mistyped fields, other kinds.
 * The words depend on the way it came: a whole object, a patch, an apply.
 * Source: kube-apiserver 1.37 as observed. Regime: texts in the request's arena. Called by: write.c, write_change.c. */
#include "base/err.h"
#include "watch/embedded/patch/words.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/write_internal.h"

static bool is_patch(const struct write *w)
{
	return w->r->verb == WRITE_PATCH_JSON || w->r->verb == WRITE_PATCH_MERGE ||
	       w->r->verb == WRITE_PATCH_STRATEGIC;
}

static const char *group_version(const struct write *w)
{
	const struct kind_row *row = kind_row(w->r->kind);
	return row->group[0] == '\0' ? "/v1" : row->api_version;
}

/* What a refused patch is shown as: itself, or for the two that know no kinds what it would have made. */
static struct json *shown_patch(struct write *w)
{
	struct buf b;
	struct json *made = NULL;
	buf_init(&b);
	if (w->r->verb == WRITE_PATCH_STRATEGIC) {
		words_print(w->a, w->r->body, &b);
	} else {
		made = object_tree(w->old, w->a);
		if (made == NULL || write_apply_patch(w, schema_of(w->r->kind), &made) != ERR_OK) {
			buf_deinit(&b);
			return NULL;
		}
		json_print(made, &b);
	}
	struct json *shown = b.err == ERR_OK ? json_new_str(w->a, buf_strv(&b)) : NULL;
	buf_deinit(&b);
	return shown;
}

static void refuse_patch(struct write *w, struct strv why)
{
	struct json *shown = shown_patch(w);
	if (shown == NULL || why.p == NULL) {
		status_no_memory(w->s);
		return;
	}
	status_cause_add(w->s, CAUSE_INVALID, STRV("patch"), shown, "%.*s", STRV_ARG(why));
	status_invalid_end(w->s, KIND_NONE, STRV(""));
}

static void refuse_apply(struct write *w, const char *why, struct strv path)
{
	const struct json *meta = json_get(w->r->body, "metadata");
	status_unsorted(w->s,
		"failed to create typed patch object (%.*s/%.*s; %s, Kind=%s): .%.*s: %s",
		STRV_ARG(json_str(json_get(meta, "namespace"))),
		STRV_ARG(json_str(json_get(meta, "name"))), group_version(w),
		kind_row(w->r->kind)->name, STRV_ARG(path), why);
}

/* The first in the order of their names, which is the one kube-apiserver stops at. */
static struct strv first_of(const struct schema_report *unknown)
{
	struct strv first = unknown->unknown[0];
	for (size_t i = 1; i < unknown->n_unknown; i++) {
		if (strv_cmp(unknown->unknown[i], first) < 0) {
			first = unknown->unknown[i];
		}
	}
	return first;
}

bool write_refuse_undeclared(struct write *w, const struct schema_report *unknown)
{
	if (w->r->verb != WRITE_APPLY || unknown->n_unknown == 0) {
		return false;
	}
	refuse_apply(w, "field not declared in schema", first_of(unknown));
	return true;
}

/* Go's converter from maps to structs, which strategic merge patches go through, has words of its own. */
static struct strv converter_words(struct write *w, const struct schema_report *report)
{
	struct strv type = report->bad_type;
	struct strv got = report->bad_value;
	const char *value = strv_eq(got, STRV("object"))           ? "map"
			    : strv_eq(got, STRV("array"))          ? "slice"
			    : strv_eq(got, STRV("number"))         ? "int64"
			    : strv_has_prefix(got, STRV("number")) ? "float64"
								   : NULL;
	struct strv from = value != NULL ? strv_of(value) : got;
	bool is_text = strv_eq(got, STRV("string"));
	if (strv_has_prefix(type, STRV("[]"))) {
		return arena_printf(w->a, "cannot restore slice from %.*s", STRV_ARG(from));
	}
	if (strv_has_prefix(type, STRV("map["))) {
		return arena_printf(w->a, "cannot restore map from %.*s", STRV_ARG(from));
	}
	if (memchr(type.p, '.', type.n) != NULL) {
		return arena_printf(w->a, "cannot restore struct from: %.*s", STRV_ARG(from));
	}
	if (is_text) {
		return arena_printf(w->a, "unrecognized type: %.*s", STRV_ARG(type));
	}
	return arena_printf(w->a, "cannot convert %.*s to %.*s", STRV_ARG(from), STRV_ARG(type));
}

void write_refuse_type(struct write *w, const struct schema_report *report)
{
	const struct kind_row *row = kind_row(w->r->kind);
	if (is_patch(w)) {
		bool words = w->r->verb == WRITE_PATCH_STRATEGIC && report->bad_type.n > 0;
		refuse_patch(w, words ? converter_words(w, report) : report->bad);
	} else {
		status_bad_request(w->s, "%s in version \"%s\" cannot be handled as a %s: %.*s",
			row->name, row->version, row->name, STRV_ARG(report->bad));
	}
}

/* "strict decoding error: unknown field "a", duplicate field "b"" */
void write_refuse_fields(struct write *w, const struct schema_report *unknown)
{
	struct buf b;
	const struct json_report *dup = w->r->report;
	const char *comma = "";
	buf_init(&b);
	buf_add(&b, STRV("strict decoding error: "));
	for (size_t i = 0; i < unknown->n_unknown; i++) {
		buf_printf(&b, "%sunknown field \"%.*s\"", comma, STRV_ARG(unknown->unknown[i]));
		comma = ", ";
	}
	for (size_t i = 0; dup != NULL && i < dup->n_dups; i++) {
		buf_printf(&b, "%sduplicate field \"%.*s\"", comma, STRV_ARG(dup->dups[i]));
		comma = ", ";
	}
	const struct kind_row *row = kind_row(w->r->kind);
	if (b.err != ERR_OK) {
		status_no_memory(w->s);
	} else if (is_patch(w)) {
		refuse_patch(w, buf_strv(&b));
	} else {
		status_bad_request(w->s, "%s in version \"%s\" cannot be handled as a %s: %.*s",
			row->name, row->version, row->name, STRV_ARG(buf_strv(&b)));
	}
	buf_deinit(&b);
}

bool write_refuse_kind(struct write *w, const struct json *body)
{
	const struct kind_row *row = kind_row(w->r->kind);
	struct strv version = json_str(json_get(body, "apiVersion"));
	struct strv kind = json_str(json_get(body, "kind"));
	bool is_version = strv_eq(version, strv_of(row->api_version));
	bool is_kind = strv_eq(kind, strv_of(row->name));
	if (w->r->verb == WRITE_APPLY) {
		bool core = version.n == 0 || memchr(version.p, '/', version.n) == NULL;
		if (!is_version || !is_kind) {
			status_bad_request(w->s, "invalid object type: %s%.*s, Kind=%.*s",
				core ? "/" : "", STRV_ARG(version), STRV_ARG(kind));
		}
		return !is_version || !is_kind;
	}
	if ((version.n == 0 || is_version) && (kind.n == 0 || is_kind)) {
		return false;
	}
	struct strv slash = version, group = STRV("");
	if (version.n > 0 && memchr(version.p, '/', version.n) != NULL) {
		(void)strv_cut(&slash, '/', &group); /* it is there */
	}
	slash = version.n > 0 ? slash : strv_of(row->version);
	kind = kind.n > 0 ? kind : strv_of(row->name);
	status_bad_request(w->s,
		"%.*s in version \"%.*s\" cannot be handled as a %s: no kind \"%.*s\" is "
		"registered for version \"%.*s\"",
		STRV_ARG(kind), STRV_ARG(slash), row->name, STRV_ARG(kind),
		STRV_ARG(version.n > 0 ? version : strv_of(row->api_version)));
	return true;
}
