/* Paths, failures and common checks of the validators. See fault.h. */
#include "watch/embedded/validate/fault.h"

#include "base/err.h"

/* "spec.ports[0].name" */
static void path_print(const struct path *p, struct buf *b)
{
	if (p->up != NULL) {
		path_print(p->up, b);
	}
	if (p->name != NULL) {
		if (p->up != NULL) {
			buf_add_char(b, '.');
		}
		buf_add(b, strv_of(p->name));
	} else if (p->key.p != NULL) {
		buf_add_char(b, '[');
		buf_add(b, p->key);
		buf_add_char(b, ']');
	} else {
		buf_printf(b, "[%zu]", p->index);
	}
}

static struct strv path_text(struct arena *a, const struct path *p)
{
	struct buf b;
	buf_init(&b);
	path_print(p, &b);
	struct strv out = STRV_NONE;
	if (b.err == ERR_OK) {
		out = arena_strdup(a, buf_strv(&b));
	}
	buf_deinit(&b);
	return out;
}

void fault_printf(struct status *s, enum cause type, const struct path *p, const struct json *value,
	const char *fmt, ...)
{
	struct strv field = path_text(s->arena, p);
	if (field.p == NULL) {
		status_no_memory(s);
		return;
	}
	va_list ap;
	va_start(ap, fmt);
	status_cause_vadd(s, type, field, value, fmt, ap);
	va_end(ap);
}

void fault_required(struct status *s, const struct path *p, const char *detail)
{
	fault_printf(s, CAUSE_REQUIRED, p, NULL, "%s", detail);
}

void fault_invalid(
	struct status *s, const struct path *p, const struct json *value, const char *detail)
{
	fault_printf(s, CAUSE_INVALID, p, value, "%s", detail);
}

/* A failure that shows text; memory may be out. */
static void fault_text(struct status *s, enum cause type, const struct path *p, struct strv value,
	const char *detail)
{
	struct json *shown = json_new_str(s->arena, value.p == NULL ? STRV("") : value);
	if (shown == NULL) {
		status_no_memory(s);
		return;
	}
	fault_printf(s, type, p, shown, "%s", detail);
}

void fault_invalid_str(
	struct status *s, const struct path *p, struct strv value, const char *detail)
{
	fault_text(s, CAUSE_INVALID, p, value, detail);
}

void fault_invalid_i64(struct status *s, const struct path *p, int64_t value, const char *detail)
{
	struct json *shown = json_new_i64(s->arena, value);
	if (shown == NULL) {
		status_no_memory(s);
		return;
	}
	fault_printf(s, CAUSE_INVALID, p, shown, "%s", detail);
}

void fault_forbidden(struct status *s, const struct path *p, const char *detail)
{
	fault_printf(s, CAUSE_FORBIDDEN, p, NULL, "%s", detail);
}

void fault_duplicate(struct status *s, const struct path *p, struct strv value)
{
	fault_text(s, CAUSE_DUPLICATE, p, value, "");
}

void fault_not_found(struct status *s, const struct path *p, struct strv value)
{
	fault_text(s, CAUSE_NOT_FOUND, p, value, "");
}

void fault_too_long(struct status *s, const struct path *p, size_t max_bytes)
{
	fault_printf(s, CAUSE_TOO_LONG, p, NULL, "may not be more than %zu bytes", max_bytes);
}

void fault_too_many(struct status *s, const struct path *p, size_t count, size_t max)
{
	struct json *shown = json_new_i64(s->arena, (int64_t)count);
	if (shown == NULL) {
		status_no_memory(s);
		return;
	}
	fault_printf(s, CAUSE_TOO_MANY, p, shown, "must have at most %zu item%s", max,
		max == 1 ? "" : "s");
}

void fault_unsupported(
	struct status *s, const struct path *p, struct strv value, const char *values)
{
	struct buf b;
	buf_init(&b);
	buf_add(&b, STRV("supported values: "));
	struct strv rest = strv_of(values);
	struct strv one;
	const char *sep = "";
	while (strv_cut(&rest, '|', &one)) {
		buf_printf(&b, "%s\"%.*s\"", sep, STRV_ARG(one));
		sep = ", ";
	}
	buf_add_char(&b, '\0');
	if (b.err != ERR_OK) {
		status_no_memory(s);
	} else {
		fault_text(s, CAUSE_NOT_SUPPORTED, p, value, b.p);
	}
	buf_deinit(&b);
}

struct strv text_of(const struct json *object, const char *key)
{
	struct strv v = json_str(json_get(object, key));
	return v.p == NULL ? STRV("") : v;
}

bool has(const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);
	return v != NULL && !json_is_null(v);
}

bool text_is(const struct json *object, const char *key, const char *value)
{
	return strv_eq(text_of(object, key), strv_of(value));
}

bool check_name(struct status *s, const struct path *at, struct strv value, name_rule_fn rule)
{
	const char *why[NAME_COMPLAINTS];
	size_t n = rule(value, why);
	for (size_t i = 0; i < n; i++) {
		fault_invalid_str(s, at, value, why[i]);
	}
	return n == 0;
}

bool check_required(struct status *s, const struct path *p, const struct json *o, const char *key)
{
	if (text_of(o, key).n > 0) {
		return true;
	}
	fault_required(s, AT(p, key), "");
	return false;
}

bool value_listed(struct strv value, const char *values)
{
	struct strv rest = strv_of(values);
	struct strv one;
	while (strv_cut(&rest, '|', &one)) {
		if (strv_eq(one, value)) {
			return true;
		}
	}
	return false;
}

void check_enum(struct status *s, const struct path *p, const struct json *o, const char *key,
	const char *values, bool required)
{
	struct strv v = text_of(o, key);
	if (v.n == 0) {
		if (required) {
			fault_required(s, AT(p, key), "");
		}
	} else if (!value_listed(v, values)) {
		fault_unsupported(s, AT(p, key), v, values);
	}
}

void check_not_negative(
	struct status *s, const struct path *p, const struct json *o, const char *key)
{
	int64_t v = json_i64_or(json_get(o, key), 0);
	if (v < 0) {
		fault_invalid_i64(s, AT(p, key), v, "must be greater than or equal to 0");
	}
}

void check_range(struct status *s, const struct path *p, const struct json *o, const char *key,
	int64_t min, int64_t max)
{
	const struct json *v = json_get(o, key);
	int64_t n = json_i64_or(v, min);
	if (n < min || n > max) {
		fault_printf(s, CAUSE_INVALID, AT(p, key), v,
			"must be between %lld and %lld, inclusive", (long long)min, (long long)max);
	}
}

void check_port_number(struct status *s, const struct path *at, int64_t port)
{
	const char *why[NAME_COMPLAINTS];
	if (name_port_number(port, why) > 0) {
		fault_invalid_i64(s, at, port, why[0]);
	}
}

void check_port_or_name(struct status *s, const struct path *at, const struct json *value)
{
	if (json_is_string(value)) {
		(void)check_name(s, at, json_str(value), name_port); /* told */
	} else {
		check_port_number(s, at, json_i64_or(value, 0));
	}
}

void check_immutable(
	struct status *s, const struct path *at, const struct json *now, const struct json *old)
{
	if (!same(now, old)) {
		fault_invalid(s, at, now, "field is immutable");
	}
}

const struct json *shown_collection(struct status *s, const struct json *value)
{
	return value != NULL ? value : json_new_null(s->arena);
}
