/* Failures of the embedded API as Status objects: codes, reasons, messages and details in one
 * place. Source: Kubernetes API conventions "Response Status Kind"; texts as kube-apiserver 1.37
 * sends them. Regime: text in the request's arena. Called by: every part of watch/embedded that can
 * refuse. */
#include "watch/embedded/status.h"

#include "base/err.h"

#define MAX_CAUSES 100

static const struct cause_row {
	const char *reason; /* details.causes[].reason */
	const char *words;  /* how the message begins */
	bool shows_value;
} cause_rows[] = {
	[CAUSE_REQUIRED] = { "FieldValueRequired", "Required value", false },
	[CAUSE_INVALID] = { "FieldValueInvalid", "Invalid value", true },
	[CAUSE_NOT_SUPPORTED] = { "FieldValueNotSupported", "Unsupported value", true },
	[CAUSE_FORBIDDEN] = { "FieldValueForbidden", "Forbidden", false },
	[CAUSE_DUPLICATE] = { "FieldValueDuplicate", "Duplicate value", true },
	[CAUSE_NOT_FOUND] = { "FieldValueNotFound", "Not found", true },
	[CAUSE_TOO_LONG] = { "FieldValueTooLong", "Too long", false },
	[CAUSE_TOO_MANY] = { "FieldValueTooMany", "Too many", true },
	[CAUSE_TYPE_INVALID] = { "FieldValueTypeInvalid", "Invalid value", true },
	[CAUSE_MANAGER_CONFLICT] = { "FieldManagerConflict", NULL, false },
	[CAUSE_VERSION_TOO_LARGE] = { "ResourceVersionTooLarge", NULL, false },
	[CAUSE_NAMESPACE_TERMINATING] = { "NamespaceTerminating", NULL, false },
	[CAUSE_NONE] = { NULL, NULL, false },
};

void status_init(struct status *s, struct arena *a)
{
	*s = (struct status){ .arena = a };
}

bool status_failed(const struct status *s)
{
	return s->code != 0;
}

void status_no_memory(struct status *s)
{
	if (s->code != 0) {
		return;
	}
	s->code = 500;
	s->reason = STRV("InternalError");
	s->message = STRV("Internal error occurred: out of memory");
}

/* False when a failure stands already. */
static bool fail(struct status *s, unsigned code, const char *reason, struct strv message)
{
	if (s->code != 0) {
		return false;
	}
	if (message.p == NULL) {
		status_no_memory(s);
		return false;
	}
	s->code = code;
	s->reason = strv_of(reason);
	s->message = message;
	return true;
}

static void set_resource(struct status *s, enum kind k, struct strv name)
{
	s->name = name;
	s->group = strv_of(kind_row(k)->group);
	s->kind = strv_of(kind_row(k)->plural);
}

void status_not_found(struct status *s, enum kind k, struct strv name)
{
	struct strv m = arena_printf(
		s->arena, "%s \"%.*s\" not found", kind_qualified(k), STRV_ARG(name));
	if (fail(s, 404, "NotFound", m)) {
		set_resource(s, k, name);
	}
}

void status_no_resource(struct status *s)
{
	s->bare_details |= fail(
		s, 404, "NotFound", STRV("the server could not find the requested resource"));
}

void status_exists(struct status *s, enum kind k, struct strv name)
{
	struct strv m = arena_printf(
		s->arena, "%s \"%.*s\" already exists", kind_qualified(k), STRV_ARG(name));
	if (fail(s, 409, "AlreadyExists", m)) {
		set_resource(s, k, name);
	}
}

void status_conflict(struct status *s, enum kind k, struct strv name, struct strv why)
{
	struct strv m = arena_printf(s->arena, "Operation cannot be fulfilled on %s \"%.*s\": %.*s",
		kind_qualified(k), STRV_ARG(name), STRV_ARG(why));
	if (fail(s, 409, "Conflict", m)) {
		set_resource(s, k, name);
	}
}

void status_conflict_delete(struct status *s, enum kind k, struct strv name, struct strv why)
{
	const struct kind_row *row = kind_row(k);
	struct strv m = arena_printf(s->arena,
		"Operation cannot be fulfilled on %s%s%s \"%.*s\": %.*s", row->name,
		row->group[0] != '\0' ? "." : "", row->group, STRV_ARG(name), STRV_ARG(why));
	if (fail(s, 409, "Conflict", m)) {
		set_resource(s, k, name);
		s->kind = strv_of(row->name);
	}
}

/* The family of one fixed code and reason, and a message of the caller's. */
#define FAIL_FMT(s, code, reason, fmt)                                                             \
	do {                                                                                       \
		va_list ap_;                                                                       \
		va_start(ap_, fmt);                                                                \
		(void)fail(s, code, reason, arena_vprintf((s)->arena, fmt, ap_));                  \
		va_end(ap_);                                                                       \
	} while (0)

void status_apply_conflict(struct status *s, const char *fmt, ...)
{
	FAIL_FMT(s, 409, "Conflict", fmt);
}

void status_bad_request(struct status *s, const char *fmt, ...)
{
	FAIL_FMT(s, 400, "BadRequest", fmt);
}

void status_unsupported_media(struct status *s, const char *fmt, ...)
{
	FAIL_FMT(s, 415, "UnsupportedMediaType", fmt);
}

void status_expired(struct status *s, const char *fmt, ...)
{
	FAIL_FMT(s, 410, "Expired", fmt);
}

void status_unprocessable(struct status *s, const char *fmt, ...)
{
	FAIL_FMT(s, 422, "Invalid", fmt);
}

void status_unsorted(struct status *s, const char *fmt, ...)
{
	FAIL_FMT(s, 500, "", fmt);
}

void status_forbidden(struct status *s, enum kind k, struct strv name, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct strv why = arena_vprintf(s->arena, fmt, ap);
	va_end(ap);
	struct strv m = STRV_NONE;
	if (why.p != NULL && name.n == 0) {
		m = arena_printf(
			s->arena, "%s is forbidden: %.*s", kind_qualified(k), STRV_ARG(why));
	} else if (why.p != NULL) {
		m = arena_printf(s->arena, "%s \"%.*s\" is forbidden: %.*s", kind_qualified(k),
			STRV_ARG(name), STRV_ARG(why));
	}
	if (fail(s, 403, "Forbidden", m)) {
		set_resource(s, k, name);
	}
}

void status_method_not_allowed(struct status *s)
{
	s->bare_details |= fail(s, 405, "MethodNotAllowed",
		STRV("the server does not allow this method on the requested resource"));
}

void status_not_acceptable(struct status *s)
{
	s->bare_details |= fail(s, 406, "NotAcceptable",
		STRV("406: Not Acceptable\n\nAvailable representations: application/json, "
		     "application/json;stream=watch"));
}

void status_too_large(struct status *s, size_t limit_bytes)
{
	(void)fail(s, 413, "RequestEntityTooLarge",
		arena_printf(s->arena, "Request entity too large: limit is %zu", limit_bytes));
}

/* Appends one cause; the causes of a failure that stands already are not touched. */
static void cause_append(struct status *s, enum cause type, struct strv field, struct strv message)
{
	if (s->n_causes == MAX_CAUSES) {
		return;
	}
	if (s->n_causes == s->cap_causes) {
		size_t cap = s->cap_causes == 0 ? 4 : s->cap_causes * 2;
		struct status_cause *more = arena_array(s->arena, struct status_cause, cap);
		if (more == NULL) {
			status_no_memory(s);
			return;
		}
		if (s->n_causes > 0) {
			memcpy(more, s->causes, s->n_causes * sizeof(*more));
		}
		s->causes = more;
		s->cap_causes = cap;
	}
	s->causes[s->n_causes++] = (struct status_cause){
		.type = type, .field = field, .message = message
	};
}

void status_version_too_large(struct status *s, uint64_t asked, uint64_t have)
{
	struct strv m = arena_printf(s->arena,
		"Timeout: Too large resource version: %llu, current: %llu",
		(unsigned long long)asked, (unsigned long long)have);
	if (fail(s, 504, "Timeout", m)) {
		s->retry_after_s = 1;
		s->n_causes = 0;
		cause_append(
			s, CAUSE_VERSION_TOO_LARGE, STRV_NONE, STRV("Too large resource version"));
	}
}

void status_ns_terminating(struct status *s, enum kind k, struct strv name, struct strv ns)
{
	if (s->code != 0) {
		return;
	}
	status_forbidden(s, k, name,
		"unable to create new content in namespace %.*s because it is being terminated",
		STRV_ARG(ns));
	struct strv m = arena_printf(s->arena, "namespace %.*s is being terminated", STRV_ARG(ns));
	if (s->code == 403 && m.p != NULL) {
		s->n_causes = 0;
		cause_append(s, CAUSE_NAMESPACE_TERMINATING, STRV("metadata.namespace"), m);
	}
}

void status_rejected(struct status *s)
{
	s->bare_details |= fail(s, 422, "Invalid",
		STRV("the server rejected our request due to an error in our request"));
}

void status_internal(struct status *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct strv why = arena_vprintf(s->arena, fmt, ap);
	va_end(ap);
	struct strv m = STRV_NONE;
	if (why.p != NULL) {
		m = arena_printf(s->arena, "Internal error occurred: %.*s", STRV_ARG(why));
	}
	if (fail(s, 500, "InternalError", m)) {
		s->n_causes = 0;
		cause_append(s, CAUSE_NONE, STRV_NONE, why);
	}
}

/* Text in double quotes, escaped as Go's %q does; bytes of UTF-8 stay. */
static struct strv go_quote(struct arena *a, struct strv s)
{
	static const char names[] = "abtnvfr"; /* 7..13 */
	static const char hex[] = "0123456789abcdef";
	if (s.n > (SIZE_MAX - 2) / 4) {
		return STRV_NONE;
	}
	char *out = arena_array(a, char, s.n * 4 + 2);
	if (out == NULL) {
		return STRV_NONE;
	}
	size_t n = 0;
	out[n++] = '"';
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\') {
			out[n++] = '\\';
			out[n++] = (char)c;
		} else if (c >= 7 && c <= 13) {
			out[n++] = '\\';
			out[n++] = names[c - 7];
		} else if (c < 0x20 || c == 0x7f) {
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
		} else {
			out[n++] = (char)c;
		}
	}
	out[n++] = '"';
	return (struct strv){ out, n };
}

/* As field errors show a value: strings quoted, nothing as "null" in quotes, the rest as JSON. */
static struct strv value_text(struct arena *a, const struct json *value)
{
	if (value == NULL) {
		return STRV("\"null\"");
	}
	if (json_is_string(value)) {
		return go_quote(a, json_str(value));
	}
	return json_text(a, value);
}

void status_cause_vadd(struct status *s, enum cause type, struct strv field,
	const struct json *value, const char *fmt, va_list ap)
{
	if (s->code != 0 || s->n_causes == MAX_CAUSES) {
		return;
	}
	const struct cause_row *row = &cause_rows[type];
	struct strv message = arena_vprintf(s->arena, fmt, ap);
	if (message.p == NULL) {
		status_no_memory(s);
		return;
	}
	if (row->words != NULL) {
		struct strv shown = STRV("");
		if (row->shows_value) {
			shown = value_text(s->arena, value);
		}
		message = shown.p == NULL ? STRV_NONE
					  : arena_printf(s->arena, "%s%s%.*s%s%.*s", row->words,
						    row->shows_value ? ": " : "", STRV_ARG(shown),
						    message.n > 0 ? ": " : "", STRV_ARG(message));
	}
	if (message.p == NULL) {
		status_no_memory(s);
		return;
	}
	cause_append(s, type, field, message);
}

void status_cause_add(struct status *s, enum cause type, struct strv field,
	const struct json *value, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	status_cause_vadd(s, type, field, value, fmt, ap);
	va_end(ap);
}

void status_invalid_of(struct status *s, struct strv group, struct strv kind)
{
	if (s->code == 0) {
		s->group = group;
		s->kind = kind;
	}
}

static bool cause_is_repeated(const struct status *s, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (strv_eq(s->causes[i].field, s->causes[j].field) &&
			strv_eq(s->causes[i].message, s->causes[j].message)) {
			return true;
		}
	}
	return false;
}

/* "field: text", or "[a, b]" of several; the same text appears once. */
static void causes_text(const struct status *s, struct buf *b)
{
	size_t shown = 0;
	for (size_t i = 0; i < s->n_causes; i++) {
		shown += !cause_is_repeated(s, i);
	}
	const char *sep = shown > 1 ? "[" : "";
	for (size_t i = 0; i < s->n_causes; i++) {
		if (cause_is_repeated(s, i)) {
			continue;
		}
		buf_add(b, strv_of(sep));
		if (s->causes[i].field.n > 0) {
			buf_add(b, s->causes[i].field);
			buf_add(b, STRV(": "));
		}
		buf_add(b, s->causes[i].message);
		sep = ", ";
	}
	if (shown > 1) {
		buf_add_char(b, ']');
	}
}

void status_invalid_end(struct status *s, enum kind k, struct strv name)
{
	if (s->code != 0 || s->n_causes == 0) {
		return;
	}
	if (s->kind.n == 0 && k != KIND_NONE) {
		s->group = strv_of(kind_row(k)->group);
		s->kind = strv_of(kind_row(k)->name);
	}
	s->name = name;
	struct buf b;
	buf_init(&b);
	buf_add(&b, s->kind);
	if (s->group.n > 0) {
		buf_add_char(&b, '.');
		buf_add(&b, s->group);
	}
	buf_add(&b, STRV(" \""));
	buf_add(&b, name);
	buf_add(&b, STRV("\" is invalid: "));
	causes_text(s, &b);
	struct strv m = STRV_NONE;
	if (b.err == ERR_OK) {
		m = arena_strdup(s->arena, buf_strv(&b));
	}
	buf_deinit(&b);
	(void)fail(s, 422, "Invalid", m); /* out of memory becomes the failure */
}

void status_options_end(struct status *s, const char *kind)
{
	status_invalid_of(s, STRV("meta.k8s.io"), strv_of(kind));
	status_invalid_end(s, KIND_NONE, STRV(""));
}

static int set_if_any(struct arena *a, struct json *o, const char *key, struct strv v)
{
	return v.n == 0 ? ERR_OK : json_set_str(a, o, key, v);
}

static int causes_json(const struct status *s, struct json *details)
{
	struct arena *a = s->arena;
	struct json *list = json_new_array(a);
	int err = json_set(a, details, "causes", list);
	for (size_t i = 0; i < s->n_causes && err == ERR_OK; i++) {
		const struct status_cause *c = &s->causes[i];
		struct json *o = json_new_object(a);
		err = json_append(a, list, o);
		if (err == ERR_OK) {
			err = set_if_any(a, o, "reason", strv_of(cause_rows[c->type].reason));
		}
		if (err == ERR_OK) {
			err = set_if_any(a, o, "message", c->message);
		}
		if (err == ERR_OK) {
			err = set_if_any(a, o, "field", c->field);
		}
	}
	return err;
}

static int details_json(const struct status *s, struct json *out)
{
	bool has_causes = s->code != 0 && s->n_causes > 0;
	if (s->name.n + s->group.n + s->kind.n + s->uid.n == 0 && !has_causes &&
		s->retry_after_s == 0 && !s->bare_details) {
		return ERR_OK;
	}
	struct arena *a = s->arena;
	struct json *d = json_new_object(a);
	int err = json_set(a, out, "details", d);
	const struct {
		const char *key;
		struct strv v;
	} texts[] = { { "name", s->name }, { "group", s->group }, { "kind", s->kind },
		{ "uid", s->uid } };
	for (size_t i = 0; i < ARRAY_LEN(texts) && err == ERR_OK; i++) {
		err = set_if_any(a, d, texts[i].key, texts[i].v);
	}
	if (err == ERR_OK && has_causes) {
		err = causes_json(s, d);
	}
	if (err == ERR_OK && s->retry_after_s != 0) {
		err = json_set_i64(a, d, "retryAfterSeconds", s->retry_after_s);
	}
	return err;
}

struct json *status_json(const struct status *s)
{
	struct arena *a = s->arena;
	struct json *o = json_new_object(a);
	if (json_set_str(a, o, "kind", STRV("Status")) != ERR_OK ||
		json_set_str(a, o, "apiVersion", STRV("v1")) != ERR_OK ||
		json_set(a, o, "metadata", json_new_object(a)) != ERR_OK ||
		json_set_str(a, o, "status", STRV("Failure")) != ERR_OK ||
		json_set_str(a, o, "message", s->message) != ERR_OK ||
		set_if_any(a, o, "reason", s->reason) != ERR_OK || details_json(s, o) != ERR_OK ||
		json_set_i64(a, o, "code", s->code) != ERR_OK) {
		return NULL;
	}
	return o;
}
