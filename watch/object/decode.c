/* The primitives of decode_internal.h. Regime: the caller's scratch. Called by: object.c, typed_*.c. */
#include "watch/object/decode_internal.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"

#define ALIGN 8u /* enough for every member of the typed forms */

_Static_assert(
	_Alignof(struct endpointslice) <= ALIGN && _Alignof(struct pod) <= ALIGN, "alignment");

void decode_init(struct decode *d, void *scratch, size_t cap)
{
	*d = (struct decode){ .base = scratch, .cap = cap / sizeof(uint32_t) * sizeof(uint32_t) };
}

void decode_fail(struct decode *d, const char *field)
{
	if (d->err == ERR_OK) {
		d->err = ERR_BAD_TYPE;
		d->field = field;
	}
}

static void *take(struct decode *d, size_t bytes, size_t align)
{
	size_t at = (d->used + align - 1) / align * align;
	size_t end = d->cap - d->n_fixes * sizeof(uint32_t);
	if (d->err != ERR_OK) {
		return NULL;
	}
	if (at > end || bytes > end - at) {
		d->err = ERR_NO_SPACE;
		return NULL;
	}
	d->used = at + bytes;
	return d->base + at;
}

void *decode_alloc(struct decode *d, size_t n, size_t each)
{
	if (n == 0) {
		return NULL;
	}
	/* a product that would not fit is as good as any that does not */
	void *p = take(d, n > d->cap / each ? SIZE_MAX : n * each, ALIGN);
	if (p) {
		memset(p, 0, n * each);
	}
	return p;
}

void decode_fix(struct decode *d, const void *where)
{
	if (d->err != ERR_OK) {
		return;
	}
	size_t end = d->cap - (d->n_fixes + 1) * sizeof(uint32_t);
	if (end < d->used || d->cap < (d->n_fixes + 1) * sizeof(uint32_t)) {
		d->err = ERR_NO_SPACE;
		return;
	}
	uint32_t offset = (uint32_t)((const char *)where - d->base);
	memcpy(d->base + end, &offset, sizeof(offset));
	d->n_fixes++;
}

void decode_text(struct decode *d, struct strv s, struct strv *out)
{
	if (!s.p) {
		return;
	}
	char *p = take(d, s.n + 1, 1);
	if (!p) {
		return;
	}
	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	if (!out->p) { /* else it is fixed already: a default is overwritten */
		decode_fix(d, &out->p);
	}
	*out = (struct strv){ p, s.n };
}

static bool is_absent(const struct json *v)
{
	return !v || json_is_null(v);
}

const struct json *decode_object(struct decode *d, const struct json *v, const char *field)
{
	if (is_absent(v)) {
		return NULL;
	}
	if (!json_is_object(v)) {
		decode_fail(d, field);
		return NULL;
	}
	return v;
}

const struct json *decode_array(struct decode *d, const struct json *v, const char *field)
{
	if (is_absent(v)) {
		return NULL;
	}
	if (!json_is_array(v)) {
		decode_fail(d, field);
		return NULL;
	}
	return v;
}

void decode_str(struct decode *d, const struct json *v, const char *field, struct strv *out)
{
	if (is_absent(v)) {
		return;
	}
	if (!json_is_string(v)) {
		decode_fail(d, field);
		return;
	}
	decode_text(d, json_str(v), out);
}

void decode_opt_bool(
	struct decode *d, const struct json *v, const char *field, struct opt_bool *out)
{
	if (is_absent(v)) {
		return;
	}
	if (json_type_of(v) != JSON_BOOL) {
		decode_fail(d, field);
		return;
	}
	*out = (struct opt_bool){ .set = true, .v = json_bool(v, false) };
}

void decode_bool(struct decode *d, const struct json *v, const char *field, bool *out)
{
	struct opt_bool b = { false, *out };
	decode_opt_bool(d, v, field, &b);
	*out = b.v;
}

void decode_opt_i64(struct decode *d, const struct json *v, const char *field, struct opt_i64 *out)
{
	int64_t n;
	if (is_absent(v)) {
		return;
	}
	if (json_i64(v, &n) != ERR_OK) {
		decode_fail(d, field);
		return;
	}
	*out = (struct opt_i64){ .set = true, .v = n };
}

void decode_i64(struct decode *d, const struct json *v, const char *field, int64_t *out)
{
	struct opt_i64 n = { false, *out };
	decode_opt_i64(d, v, field, &n);
	*out = n.v;
}

void decode_i32(struct decode *d, const struct json *v, const char *field, int32_t *out)
{
	int64_t n = *out;
	decode_i64(d, v, field, &n);
	if (n < INT32_MIN || n > INT32_MAX) {
		decode_fail(d, field);
		return;
	}
	*out = (int32_t)n;
}

void decode_time(struct decode *d, const struct json *v, const char *field, int64_t *out_ms)
{
	if (is_absent(v)) {
		return;
	}
	struct strv s = json_str(v);
	if (!s.p || clock_parse(s.p, s.n, out_ms) != ERR_OK) {
		decode_fail(d, field);
	}
}

void decode_protocol(struct decode *d, const struct json *v, const char *field, enum protocol *out)
{
	static const enum protocol all[] = { PROTO_TCP, PROTO_UDP, PROTO_SCTP };
	struct strv s = json_str(v);
	*out = PROTO_TCP;
	if (is_absent(v) || (s.p && s.n == 0)) {
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (strv_eq(s, strv_of(protocol_name(all[i])))) {
			*out = all[i];
			return;
		}
	}
	decode_fail(d, field);
}

void decode_quantity(struct decode *d, const struct json *v, const char *field, int64_t *out,
	struct strv *out_text)
{
	if (is_absent(v)) {
		return;
	}
	if (json_is_string(v)) {
		if (quantity_parse(json_str(v), out) != ERR_OK) {
			decode_fail(d, field);
		}
		decode_text(d, json_str(v), out_text);
		return;
	}
	decode_i64(d, v, field, out);
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)*out);
	decode_text(d, (struct strv){ text, (size_t)n }, out_text);
}

void decode_strs(struct decode *d, const struct json *v, const char *key, const char *field,
	struct strv_list *out)
{
	const struct json *list = decode_array(d, v, field);
	struct strv *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	out->at = at;
	decode_fix(d, &out->at);
	json_each(e, list) {
		const struct json *text = e;
		if (key) {
			text = json_get(decode_object(d, e, field), key);
			if (is_absent(text)) {
				continue;
			}
		} else if (json_is_null(e)) { /* a null in a list of text is "" in Go */
			out->n++;
			continue;
		}
		decode_str(d, text, field, &at[out->n++]);
	}
}

void decode_labels(struct decode *d, const struct json *v, const char *field, struct labels *out)
{
	const struct json *map = decode_object(d, v, field);
	struct label *at = decode_alloc(d, json_count(map), sizeof(*at));
	if (!at) {
		return;
	}
	out->at = at;
	decode_fix(d, &out->at);
	json_each(e, map) {
		struct label *l = &at[out->n++];
		decode_text(d, strv_of(json_key(e)), &l->key);
		decode_str(d, e, field, &l->value);
	}
}

void decode_conditions(struct decode *d, const struct json *v, const char *field,
	const struct condition **out, size_t *out_n)
{
	const struct json *list = decode_array(d, v, field);
	struct condition *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	*out = at;
	decode_fix(d, out);
	json_each(e, list) {
		const struct json *o = decode_object(d, e, field);
		struct condition *c = &at[(*out_n)++];
		decode_str(d, json_get(o, "type"), field, &c->type);
		decode_str(d, json_get(o, "status"), field, &c->status);
		decode_str(d, json_get(o, "reason"), field, &c->reason);
		decode_time(d, json_get(o, "lastTransitionTime"), field, &c->transition_ms);
	}
}

static void copy_values(struct decode *d, const struct strv_list *from, struct strv_list *out)
{
	struct strv *at = decode_alloc(d, from->n, sizeof(*at));
	if (!at) {
		return;
	}
	*out = (struct strv_list){ at, from->n };
	decode_fix(d, &out->at);
	for (size_t i = 0; i < from->n; i++) {
		decode_text(d, from->at[i], &at[i]);
	}
}

void decode_selector(
	struct decode *d, const struct json *v, const char *field, struct selector *out)
{
	struct selector s = { NULL, 0 };
	struct arena a;
	if (is_absent(v) || d->err != ERR_OK) {
		return;
	}
	arena_init(&a, 0);
	int err = selector_from_json(&a, v, &s);
	if (err == ERR_NOMEM) {
		d->err = err;
	} else if (err != ERR_OK) {
		decode_fail(d, field);
	}
	struct selector_req *reqs = decode_alloc(d, s.n, sizeof(*reqs));
	if (reqs) {
		*out = (struct selector){ reqs, s.n };
		decode_fix(d, &out->reqs);
		for (size_t i = 0; i < s.n; i++) {
			reqs[i].op = s.reqs[i].op;
			reqs[i].exact = s.reqs[i].exact;
			decode_text(d, s.reqs[i].key, &reqs[i].key);
			copy_values(d, &s.reqs[i].values, &reqs[i].values);
		}
	}
	arena_deinit(&a);
}

void decode_ips(struct decode *d, const struct json *list, const char *key,
	const struct ip_wish *wish, const struct ip **out, size_t *out_n)
{
	size_t n = json_count(json_is_array(list) ? list : NULL);
	struct strv text = n == 0 ? wish->otherwise : STRV_NONE;
	const struct json *e = n > 0 ? json_first(list) : NULL;
	struct ip *at = decode_alloc(d, text.n > 0 ? 1 : n, sizeof(*at));
	if (!at) {
		return;
	}
	*out = at;
	decode_fix(d, out);
	do {
		struct ip ip;
		if (e) {
			text = json_str(key ? json_get(e, key) : e);
			e = json_next(e);
		}
		if (ip_parse(text, &ip) == ERR_OK && (ip.family == IP_V4 ? wish->v4 : wish->v6)) {
			at[(*out_n)++] = ip;
		}
	} while (e);
}
