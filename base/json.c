/* Reading, making and changing JSON values.
 * Source: none beyond base/json.h. Regime: nodes and their text in the caller's arena; nothing is
 * freed. Called by: everyone that touches JSON. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json_internal.h"

/* Reading */

enum json_type json_type_of(const struct json *v)
{
	switch (v ? v->n.type & 0xff : cJSON_Invalid) {
	case cJSON_False:
	case cJSON_True:
		return JSON_BOOL;
	case cJSON_NULL:
		return JSON_NULL;
	case cJSON_Number:
		return JSON_NUMBER;
	case cJSON_String:
		return JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	default:
		return JSON_NONE;
	}
}

bool json_is_object(const struct json *v)
{
	return json_type_of(v) == JSON_OBJECT;
}

bool json_is_array(const struct json *v)
{
	return json_type_of(v) == JSON_ARRAY;
}

bool json_is_string(const struct json *v)
{
	return json_type_of(v) == JSON_STRING;
}

bool json_is_null(const struct json *v)
{
	return json_type_of(v) == JSON_NULL;
}

struct json *json_get(const struct json *object, const char *key)
{
	if (!json_is_object(object)) {
		return NULL;
	}
	for (cJSON *m = object->n.child; m; m = m->next) {
		if (m->string[0] == key[0] && strcmp(m->string, key) == 0) {
			return json_of(m);
		}
	}
	return NULL;
}

struct json *json_get_strv(const struct json *object, struct strv key)
{
	if (!json_is_object(object) || (key.n > 0 && memchr(key.p, '\0', key.n))) {
		return NULL; /* no key holds U+0000 */
	}
	for (cJSON *m = object->n.child; m; m = m->next) {
		if ((key.n == 0 || strncmp(m->string, key.p, key.n) == 0) &&
			m->string[key.n] == '\0') {
			return json_of(m);
		}
	}
	return NULL;
}

struct json *json_dig(const struct json *object, const char *dotted_path)
{
	struct strv rest = strv_of(dotted_path);
	struct strv key;
	struct json *v = NULL;
	while (strv_cut(&rest, '.', &key)) {
		v = json_get_strv(object, key);
		object = v;
	}
	return v;
}

struct json *json_first(const struct json *array_or_object)
{
	return array_or_object ? json_of(array_or_object->n.child) : NULL;
}

struct json *json_next(const struct json *v)
{
	return v ? json_of(v->n.next) : NULL;
}

size_t json_count(const struct json *array_or_object)
{
	size_t n = 0;
	json_each(v, array_or_object) {
		n++;
	}
	return n;
}

const char *json_key(const struct json *member)
{
	return member ? member->n.string : NULL;
}

struct json *json_at(const struct json *array, size_t index)
{
	struct json *v = json_first(array);
	while (v && index-- > 0) {
		v = json_next(v);
	}
	return v;
}

const char *json_cstr(const struct json *v)
{
	return json_is_string(v) ? v->n.valuestring : NULL;
}

struct strv json_str(const struct json *v)
{
	return strv_of(json_cstr(v));
}

bool json_bool(const struct json *v, bool absent)
{
	return json_type_of(v) == JSON_BOOL ? (v->n.type & 0xff) == cJSON_True : absent;
}

bool json_is_integer(const struct json *v)
{
	return json_type_of(v) == JSON_NUMBER && trunc(v->n.valuedouble) == v->n.valuedouble;
}

int json_i64(const struct json *v, int64_t *out)
{
	if (!json_is_integer(v)) {
		return ERR_BAD_TYPE;
	}
	if (v->n.valuestring) {
		int err = strv_to_i64(strv_of(v->n.valuestring), out);
		if (err != ERR_SYNTAX) { /* it is for "1.000...0", which the double says well */
			return err;
		}
	}
	double d = v->n.valuedouble;
	if (d < -9223372036854775808.0 || d >= 9223372036854775808.0) {
		return ERR_RANGE;
	}
	*out = (int64_t)d;
	return ERR_OK;
}

int64_t json_i64_or(const struct json *v, int64_t otherwise)
{
	int64_t n;
	return json_i64(v, &n) == ERR_OK ? n : otherwise;
}

double json_number(const struct json *v)
{
	return json_type_of(v) == JSON_NUMBER ? v->n.valuedouble : 0;
}

/* Making */

static struct json *node_new(struct arena *a, int type)
{
	struct json *v = arena_new(a, struct json);
	if (v) {
		v->n.type = type;
	}
	return v;
}

struct json *json_new_object(struct arena *a)
{
	return node_new(a, cJSON_Object);
}

struct json *json_new_array(struct arena *a)
{
	return node_new(a, cJSON_Array);
}

struct json *json_new_null(struct arena *a)
{
	return node_new(a, cJSON_NULL);
}

struct json *json_new_bool(struct arena *a, bool b)
{
	return node_new(a, b ? cJSON_True : cJSON_False);
}

/* A copy that any reader of JSON takes: what is not UTF-8, and U+0000, becomes U+FFFD byte by byte. */
static char *text_copy(struct arena *a, struct strv s)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t n_bad = 0;
	for (size_t i = 0; i < s.n;) {
		size_t len = s.p[i] == '\0' ? 0 : json_utf8_len(strv_sub(s, i, 4));
		n_bad += len == 0;
		i += len ? len : 1;
	}
	if (n_bad > (SIZE_MAX / 2 - s.n) / 2) {
		return NULL;
	}
	char *copy = arena_alloc(a, s.n + 2 * n_bad + 1);
	if (!copy) {
		return NULL;
	}
	char *to = copy;
	if (n_bad == 0 && s.n > 0) {
		memcpy(to, s.p, s.n);
		to += s.n;
	}
	for (size_t i = 0; n_bad > 0 && i < s.n;) {
		size_t len = s.p[i] == '\0' ? 0 : json_utf8_len(strv_sub(s, i, 4));
		memcpy(to, len ? s.p + i : replacement, len ? len : 3);
		to += len ? len : 3;
		i += len ? len : 1;
	}
	*to = '\0';
	return copy;
}

struct json *json_new_str(struct arena *a, struct strv s)
{
	struct json *v = node_new(a, cJSON_String);
	if (!v) {
		return NULL;
	}
	v->n.valuestring = text_copy(a, s);
	return v->n.valuestring ? v : NULL;
}

struct json *json_new_number(struct arena *a, double n)
{
	REQUIRE(isfinite(n));
	struct json *v = node_new(a, cJSON_Number);
	if (v) {
		v->n.valuedouble = n;
	}
	return v;
}

struct json *json_new_i64(struct arena *a, int64_t n)
{
	struct json *v = json_new_number(a, (double)n);
	if (v && (v->n.valuedouble >= JSON_EXACT_MAX || v->n.valuedouble <= -JSON_EXACT_MAX)) {
		char text[24];
		int len = snprintf(text, sizeof(text), "%lld", (long long)n);
		v->n.valuestring = text_copy(a, (struct strv){ text, (size_t)len });
		return v->n.valuestring ? v : NULL;
	}
	return v;
}

/* Changing */

static bool has_no_parent(const struct json *v)
{
	return !v->n.prev && !v->n.next; /* an only child is its own prev */
}

/* Before `before`, at the end if that is NULL. */
static void link_before(struct json *parent, struct json *v, struct json *before)
{
	cJSON *p = &parent->n;
	cJSON *next = before ? &before->n : NULL;
	v->n.next = next;
	if (!p->child) {
		v->n.prev = &v->n;
		p->child = &v->n;
		return;
	}
	cJSON *ring = next ? next : p->child; /* whose prev is the one v comes after */
	v->n.prev = ring->prev;
	if (next == p->child) {
		p->child = &v->n;
	} else {
		v->n.prev->next = &v->n;
	}
	ring->prev = &v->n;
}

struct json *json_detach(struct json *parent, struct json *child)
{
	if (!parent || !child) {
		return NULL;
	}
	cJSON *p = &parent->n;
	cJSON *c = &child->n;
	if (c->next) {
		c->next->prev = c->prev;
	} else if (p->child != c) {
		p->child->prev = c->prev;
	}
	if (p->child == c) {
		p->child = c->next;
	} else {
		c->prev->next = c->next;
	}
	c->next = NULL;
	c->prev = NULL;
	return child;
}

int json_replace(struct arena *a, struct json *parent, struct json *old, struct json *v)
{
	(void)a; /* nothing to allocate: the key moves over */
	if (!parent || !old || !v) {
		return ERR_NOMEM;
	}
	REQUIRE(has_no_parent(v));
	struct json *next = json_next(old);
	json_detach(parent, old);
	v->n.string = old->n.string;
	link_before(parent, v, next);
	return ERR_OK;
}

int json_set_new(struct arena *a, struct json *object, struct strv key, struct json *v)
{
	if (!object || !v) {
		return ERR_NOMEM;
	}
	if (!json_is_object(object)) {
		return ERR_BAD_TYPE;
	}
	REQUIRE(has_no_parent(v));
	v->n.string = text_copy(a, key);
	if (!v->n.string) {
		return ERR_NOMEM;
	}
	link_before(object, v, NULL);
	return ERR_OK;
}

int json_set_strv(struct arena *a, struct json *object, struct strv key, struct json *v)
{
	if (!object || !v) {
		return ERR_NOMEM;
	}
	if (!json_is_object(object)) {
		return ERR_BAD_TYPE;
	}
	struct json *old = json_get_strv(object, key);
	if (old) {
		return old == v ? ERR_OK : json_replace(a, object, old, v);
	}
	return json_set_new(a, object, key, v);
}

int json_set(struct arena *a, struct json *object, const char *key, struct json *v)
{
	return json_set_strv(a, object, strv_of(key), v);
}

int json_set_str(struct arena *a, struct json *object, const char *key, struct strv s)
{
	return json_set(a, object, key, json_new_str(a, s));
}

int json_set_i64(struct arena *a, struct json *object, const char *key, int64_t n)
{
	return json_set(a, object, key, json_new_i64(a, n));
}

int json_set_bool(struct arena *a, struct json *object, const char *key, bool b)
{
	return json_set(a, object, key, json_new_bool(a, b));
}

int json_insert(struct arena *a, struct json *array, size_t index, struct json *v)
{
	(void)a; /* an element carries no key */
	if (!array || !v) {
		return ERR_NOMEM;
	}
	if (!json_is_array(array)) {
		return ERR_BAD_TYPE;
	}
	REQUIRE(has_no_parent(v));
	v->n.string = NULL;
	link_before(array, v, index == SIZE_MAX ? NULL : json_at(array, index));
	return ERR_OK;
}

int json_append(struct arena *a, struct json *array, struct json *v)
{
	return json_insert(a, array, SIZE_MAX, v);
}

struct json *json_remove(struct json *object, const char *key)
{
	return json_detach(object, json_get(object, key));
}

static struct json *ensure(
	struct arena *a, struct json *object, const char *key, enum json_type type)
{
	struct json *v = json_get(object, key);
	if (json_type_of(v) == type) {
		return v;
	}
	v = type == JSON_OBJECT ? json_new_object(a) : json_new_array(a);
	return json_set(a, object, key, v) == ERR_OK ? v : NULL;
}

struct json *json_ensure_object(struct arena *a, struct json *object, const char *key)
{
	return ensure(a, object, key, JSON_OBJECT);
}

struct json *json_ensure_array(struct arena *a, struct json *object, const char *key)
{
	return ensure(a, object, key, JSON_ARRAY);
}
