/* Reads a value as its type says: unknown members and nulls go, wrong types are named in the words of Go's decoder,
 * quantities and times get their canonical form. What remains is what kube-apiserver would have kept.
 * Source: encoding/json with the strict mode of kube-apiserver, observed on 1.37 (test_check.c holds its answers).
 * Regime: the caller's arena. Depth is bounded: no type contains itself. Called by: the write path. */
#include "watch/embedded/schema/schema.h"

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "watch/embedded/schema/amount.h"
#include "watch/embedded/schema/check_path.h"
#include "watch/embedded/schema/timestamp.h"

#define MAX_UNKNOWN 100

struct check {
	struct arena *arena;
	struct schema_report *out;
};

/* Only the first wrong value is reported, as Go does; the walk goes on to find unknown members. */
static int complain(struct check *c, struct strv text)
{
	if (!text.p) {
		return ERR_NOMEM;
	}
	if (c->out->bad.n == 0) {
		c->out->bad = text;
	}
	return ERR_OK;
}

static int wrong(struct check *c, const struct step *at, struct strv value, struct strv type)
{
	if (c->out->bad.n > 0) {
		return ERR_OK;
	}
	const char *owner = check_go_struct(at);
	c->out->bad_value = value;
	c->out->bad_type = type;
	if (!owner) {
		return complain(c, arena_printf(c->arena,
					   "json: cannot unmarshal %.*s into Go value of type %.*s",
					   STRV_ARG(value), STRV_ARG(type)));
	}
	struct strv path = check_go_path(c->arena, at);
	return !path.p ? ERR_NOMEM
		       : complain(c,
				 arena_printf(c->arena,
					 "json: cannot unmarshal %.*s into Go struct field "
					 "%s%.*s of type %.*s",
					 STRV_ARG(value), owner, STRV_ARG(path), STRV_ARG(type)));
}

static struct strv type_word(const struct json *v)
{
	switch (json_type_of(v)) {
	case JSON_BOOL:
		return STRV("bool");
	case JSON_NUMBER:
		return STRV("number");
	case JSON_STRING:
		return STRV("string");
	case JSON_ARRAY:
		return STRV("array");
	case JSON_OBJECT:
		return STRV("object");
	case JSON_NULL:
	case JSON_NONE:
		break;
	}
	return STRV("null");
}

/* The Go type of one value of the field. */
static struct strv go_type(struct arena *a, const struct schema_field *f)
{
	if (f->go_type && f->container != SCHEMA_MAP) {
		return strv_of(f->go_type);
	}
	switch (f->shape) {
	case SCHEMA_INT32:
	case SCHEMA_INTSTR:
		return STRV("int32");
	case SCHEMA_INT64:
		return STRV("int64");
	case SCHEMA_BOOL:
		return STRV("bool");
	case SCHEMA_NUMBER:
		return STRV("float64");
	case SCHEMA_QUANTITY:
		return STRV("resource.Quantity");
	case SCHEMA_BYTES:
		return STRV("[]uint8");
	case SCHEMA_OBJECT:
		return arena_printf(a, "v1.%s", f->type->go_name);
	case SCHEMA_STRING:
	case SCHEMA_TIME:
	case SCHEMA_MICROTIME:
	case SCHEMA_DURATION:
	case SCHEMA_ANY:
		break;
	}
	return STRV("string");
}

/* The Go type of the whole field: a list, or a map (some of which have names of their own). */
static struct strv go_container(struct arena *a, const struct schema_field *f)
{
	if (f->container == SCHEMA_MAP && f->go_type) {
		return strv_of(f->go_type);
	}
	struct strv one = go_type(a, f);
	return !one.p ? one
		      : arena_printf(a, "%s%.*s", f->container == SCHEMA_MAP ? "map[string]" : "[]",
				STRV_ARG(one));
}

static int wrong_one(
	struct check *c, const struct step *at, const struct schema_field *f, const struct json *v)
{
	struct strv type = go_type(c->arena, f);
	return type.p ? wrong(c, at, type_word(v), type) : ERR_NOMEM;
}

static int check_integer(
	struct check *c, const struct step *at, const struct schema_field *f, const struct json *v)
{
	if (json_type_of(v) != JSON_NUMBER) {
		return wrong_one(c, at, f, v);
	}
	int64_t n = 0;
	int err = json_i64(v, &n);
	bool narrow = f->shape != SCHEMA_INT64;
	if (err == ERR_OK && (!narrow || (n >= INT32_MIN && n <= INT32_MAX))) {
		return ERR_OK;
	}
	struct strv text = json_text(c->arena, v);
	struct strv value = arena_printf(c->arena, "number %.*s", STRV_ARG(text));
	struct strv type = go_type(c->arena, f);
	return text.p && value.p && type.p ? wrong(c, at, value, type) : ERR_NOMEM;
}

/* Puts the text s at v's place unless it is there already. */
static int put_text(struct check *c, struct json *parent, struct json *v, struct strv s)
{
	if (json_is_string(v) && strv_eq(json_str(v), s)) {
		return ERR_OK;
	}
	return json_replace(c->arena, parent, v, json_new_str(c->arena, s));
}

static int check_quantity(struct check *c, struct json *parent, struct json *v)
{
	struct amount q;
	struct strv text = json_is_string(v) ? json_str(v) : json_text(c->arena, v);
	if (!text.p && text.n == 0 && !json_is_string(v)) {
		return ERR_NOMEM;
	}
	bool scalar = json_is_string(v) || json_type_of(v) == JSON_NUMBER;
	int err = scalar ? amount_parse(text, &q) : ERR_SYNTAX;
	if (err == ERR_SYNTAX) {
		return complain(c, STRV(AMOUNT_SYNTAX));
	}
	char canonical[AMOUNT_CHARS];
	if (err == ERR_OK && amount_text(&q, canonical)) {
		text = strv_of(canonical);
	}
	return put_text(c, parent, v, text);
}

static int check_time(struct check *c, const struct step *at, const struct schema_field *f,
	struct json *parent, struct json *v)
{
	if (!json_is_string(v)) {
		return wrong_one(c, at, f, v);
	}
	struct strv text;
	int err = timestamp_normal(c->arena, json_str(v), f->shape == SCHEMA_MICROTIME, &text);
	if (err == ERR_SYNTAX) {
		return complain(c, text);
	}
	return err != ERR_OK ? err : put_text(c, parent, v, text);
}

static bool is_base64(char ch)
{
	return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
	       ch == '+' || ch == '/';
}

/* RFC 4648 with padding; line breaks are passed over, as Go does. The offset of the first wrong byte, or -1. */
static int64_t base64_error(struct strv s)
{
	size_t in_group = 0, pads = 0;
	size_t group_at = 0;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '\r' || ch == '\n') {
			continue;
		}
		if (in_group == 0) {
			if (pads > 0) {
				return (int64_t)i; /* text behind the padding */
			}
			group_at = i;
		}
		if (ch == '=' ? in_group < 2 : !is_base64(ch) || pads > 0) {
			return (int64_t)i;
		}
		pads += ch == '=' ? 1 : 0;
		in_group = (in_group + 1) % 4;
	}
	return in_group == 0 ? -1 : (int64_t)(pads > 0 ? s.n : group_at);
}

static int check_bytes(
	struct check *c, const struct step *at, const struct schema_field *f, const struct json *v)
{
	if (!json_is_string(v)) {
		return wrong_one(c, at, f, v);
	}
	int64_t offset = base64_error(json_str(v));
	return offset < 0 ? ERR_OK
			  : complain(c,
				    arena_printf(c->arena, "illegal base64 data at input byte %lld",
					    (long long)offset));
}

static int check_struct(
	struct check *c, const struct step *at, const struct schema_type *t, struct json *v);

/* One value that is not null, standing in parent. */
static int check_one(struct check *c, const struct step *at, const struct schema_field *f,
	struct json *parent, struct json *v)
{
	switch (f->shape) {
	case SCHEMA_STRING:
	case SCHEMA_DURATION:
		return json_is_string(v) ? ERR_OK : wrong_one(c, at, f, v);
	case SCHEMA_INT32:
	case SCHEMA_INT64:
		return check_integer(c, at, f, v);
	case SCHEMA_BOOL:
		return json_type_of(v) == JSON_BOOL ? ERR_OK : wrong_one(c, at, f, v);
	case SCHEMA_NUMBER:
		return json_type_of(v) == JSON_NUMBER ? ERR_OK : wrong_one(c, at, f, v);
	case SCHEMA_QUANTITY:
		return check_quantity(c, parent, v);
	case SCHEMA_INTSTR:
		return json_is_string(v) ? ERR_OK : check_integer(c, at, f, v);
	case SCHEMA_TIME:
	case SCHEMA_MICROTIME:
		return check_time(c, at, f, parent, v);
	case SCHEMA_BYTES:
		return check_bytes(c, at, f, v);
	case SCHEMA_OBJECT:
		return json_is_object(v) ? check_struct(c, at, f->type, v) : wrong_one(c, at, f, v);
	case SCHEMA_ANY:
		break;
	}
	return ERR_OK;
}

/* What Go leaves in a list or map for a null: the zero value of its type. */
static struct json *zero_value(struct arena *a, const struct schema_field *f)
{
	switch (f->shape) {
	case SCHEMA_OBJECT:
		return json_new_object(a);
	case SCHEMA_INT32:
	case SCHEMA_INT64:
	case SCHEMA_INTSTR:
	case SCHEMA_NUMBER:
		return json_new_i64(a, 0);
	case SCHEMA_BOOL:
		return json_new_bool(a, false);
	case SCHEMA_QUANTITY:
		return json_new_str(a, STRV("0"));
	case SCHEMA_STRING:
	case SCHEMA_BYTES:
	case SCHEMA_TIME:
	case SCHEMA_MICROTIME:
	case SCHEMA_DURATION:
	case SCHEMA_ANY:
		break;
	}
	return json_new_str(a, STRV(""));
}

/* The elements of a list, the members of a map. */
static int check_many(
	struct check *c, const struct step *up, const struct schema_field *f, struct json *v)
{
	struct step at = { .up = up, .what = f->container == SCHEMA_LIST ? STEP_INDEX : STEP_KEY };
	struct json *next;
	for (struct json *item = json_first(v); item; item = next, at.index++) {
		next = json_next(item);
		at.key = strv_of(json_key(item));
		int err = json_is_null(item)
				  ? json_replace(c->arena, v, item, zero_value(c->arena, f))
				  : check_one(c, &at, f, v, item);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* v stands for f in parent and is not null. */
static int check_field(struct check *c, const struct step *at, const struct schema_field *f,
	struct json *parent, struct json *v)
{
	if (f->container == SCHEMA_ONE) {
		return check_one(c, at, f, parent, v);
	}
	enum json_type want = f->container == SCHEMA_LIST ? JSON_ARRAY : JSON_OBJECT;
	if (json_type_of(v) == want) {
		return check_many(c, at, f, v);
	}
	struct strv type = go_container(c->arena, f);
	return type.p ? wrong(c, at, type_word(v), type) : ERR_NOMEM;
}

static int add_unknown(struct check *c, const struct step *at)
{
	struct schema_report *r = c->out;
	if (r->n_unknown == MAX_UNKNOWN) {
		return ERR_OK;
	}
	if (!r->unknown) {
		r->unknown = arena_array(c->arena, struct strv, MAX_UNKNOWN);
	}
	struct strv text = check_path_text(c->arena, at);
	if (!r->unknown || !text.p) {
		return ERR_NOMEM;
	}
	r->unknown[r->n_unknown++] = text;
	return ERR_OK;
}

/* "", 0, false, [] and {}: what Go's omitempty does not print. */
static bool is_zero(const struct json *v)
{
	switch (json_type_of(v)) {
	case JSON_STRING:
		return json_str(v).n == 0;
	case JSON_NUMBER:
		return json_number(v) == 0;
	case JSON_BOOL:
		return !json_bool(v, false);
	case JSON_ARRAY:
	case JSON_OBJECT:
		return json_count(v) == 0;
	case JSON_NULL:
	case JSON_NONE:
		break;
	}
	return true;
}

static int check_member(struct check *c, struct step *at, const struct schema_type *t,
	struct json *object, struct json *member)
{
	const char *key = json_key(member);
	const struct schema_field *f = schema_field(t, key);
	if (!f) {
		at->what = STEP_KEY;
		at->key = strv_of(key);
		(void)json_detach(object, member); /* dropped, as the server does */
		return add_unknown(c, at);
	}
	if (json_is_null(member) && f->shape != SCHEMA_ANY) {
		bool shown = f->fallback && strcmp(f->fallback, "null") == 0;
		if (!shown) {
			(void)json_detach(object, member);
		}
		return ERR_OK;
	}
	at->what = STEP_FIELD;
	at->field = f;
	bool zero = f->omit_zero && is_zero(member);
	int err = check_field(c, at, f, object, member);
	if (err == ERR_OK && zero) {
		(void)json_detach(object, member);
	}
	return err;
}

static int check_struct(
	struct check *c, const struct step *up, const struct schema_type *t, struct json *v)
{
	struct step at = { .up = up, .owner = t };
	struct json *next;
	for (struct json *member = json_first(v); member; member = next) {
		next = json_next(member);
		int err = check_member(c, &at, t, v, member);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

int schema_check(
	struct arena *a, const struct schema_type *t, struct json *v, struct schema_report *out)
{
	*out = (struct schema_report){ .n_unknown = 0 };
	struct check c = { .arena = a, .out = out };
	int err;
	if (json_is_object(v)) {
		err = check_struct(&c, NULL, t, v);
	} else {
		struct strv type = arena_printf(a, "v1.%s", t->go_name);
		err = type.p ? wrong(&c, NULL, type_word(v), type) : ERR_NOMEM;
	}
	if (err == ERR_OK && out->bad.n > 0) {
		err = ERR_BAD_TYPE;
	}
	return err;
}
