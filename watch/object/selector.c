/* Label selectors: matching, the metav1.LabelSelector form, and their text.
 * Source: apimachinery pkg/labels, metav1.LabelSelectorAsSelector. Regime: the caller's arena.
 * Called by: hub, list and watch, controllers. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/object/selector_internal.h"

static bool has_value(const struct selector_req *r, struct strv value)
{
	for (size_t i = 0; i < r->values.n; i++) {
		if (strv_eq(r->values.at[i], value)) {
			return true;
		}
	}
	return false;
}

/* Both are integers, and value is beyond the one of the requirement. */
static bool is_beyond(const struct selector_req *r, struct strv value)
{
	int64_t have, limit;
	if (r->values.n != 1 || strv_to_i64(value, &have) != ERR_OK ||
		strv_to_i64(r->values.at[0], &limit) != ERR_OK) {
		return false;
	}
	return r->op == SELECT_GT ? have > limit : have < limit;
}

static bool req_matches(const struct selector_req *r, const struct labels *l)
{
	const struct strv *value = labels_get(l, r->key);
	switch (r->op) {
	case SELECT_IN:
		return value && has_value(r, *value);
	case SELECT_NOT_IN:
		return !value || !has_value(r, *value);
	case SELECT_EXISTS:
		return value != NULL;
	case SELECT_NOT_EXISTS:
		return value == NULL;
	case SELECT_GT:
	case SELECT_LT:
		return value && is_beyond(r, *value);
	}
	return false;
}

bool selector_matches(const struct selector *s, const struct labels *l)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!req_matches(&s->reqs[i], l)) {
			return false;
		}
	}
	return true;
}

static int value_cmp(const void *a, const void *b)
{
	return strv_cmp(*(const struct strv *)a, *(const struct strv *)b);
}

size_t selector_values_sort(struct strv *values, size_t n)
{
	size_t kept = 0;
	if (n > 1) {
		qsort(values, n, sizeof(*values), value_cmp);
	}
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !strv_eq(values[kept - 1], values[i])) {
			values[kept++] = values[i];
		}
	}
	return kept;
}

/* Merges the sorted halves [0, half) and [half, n) of from into to. */
static void merge(const struct selector_req *from, size_t half, size_t n, struct selector_req *to)
{
	size_t a = 0, b = half;
	for (size_t i = 0; i < n; i++) {
		bool left = b == n || (a < half && strv_cmp(from[a].key, from[b].key) <= 0);
		to[i] = from[left ? a++ : b++];
	}
}

void selector_sort(struct selector_req *reqs, size_t n)
{
	struct selector_req few[16];
	if (n < 2) {
		return;
	}
	if (n > ARRAY_LEN(few)) { /* rare: split until it fits, then insert */
		size_t half = n / 2;
		selector_sort(reqs, half);
		selector_sort(reqs + half, n - half);
		struct selector_req *copy = malloc(n * sizeof(*copy));
		if (copy) {
			merge(reqs, half, n, copy);
			memcpy(reqs, copy, n * sizeof(*copy));
			free(copy);
			return;
		}
	}
	for (size_t i = 1; i < n; i++) {
		struct selector_req r = reqs[i];
		size_t at = i;
		for (; at > 0 && strv_cmp(reqs[at - 1].key, r.key) > 0; at--) {
			reqs[at] = reqs[at - 1];
		}
		reqs[at] = r;
	}
}

static int read_match_labels(
	struct arena *a, const struct json *map, struct selector_req *reqs, size_t *n)
{
	json_each(e, map) {
		struct strv *value = arena_new(a, struct strv);
		struct strv key = arena_strdup(a, strv_of(json_key(e)));
		if (!value || !key.p) {
			return ERR_NOMEM;
		}
		if (!json_is_string(e) && !json_is_null(e)) {
			return ERR_BAD_TYPE;
		}
		*value = arena_strdup(a, json_str(e));
		if (!value->p) {
			return ERR_NOMEM;
		}
		reqs[(*n)++] = (struct selector_req){
			.key = key, .op = SELECT_IN, .values = { value, 1 }, .exact = true
		};
	}
	return ERR_OK;
}

static int read_op(struct strv text, enum selector_op *out)
{
	static const struct {
		struct strv text;
		enum selector_op op;
	} rows[] = {
		{ { "In", 2 }, SELECT_IN },
		{ { "NotIn", 5 }, SELECT_NOT_IN },
		{ { "Exists", 6 }, SELECT_EXISTS },
		{ { "DoesNotExist", 12 }, SELECT_NOT_EXISTS },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strv_eq(rows[i].text, text)) {
			*out = rows[i].op;
			return ERR_OK;
		}
	}
	return ERR_SYNTAX;
}

static int read_values(struct arena *a, const struct json *list, struct selector_req *r)
{
	size_t n = json_count(list);
	bool wanted = r->op == SELECT_IN || r->op == SELECT_NOT_IN;
	if (wanted != (n > 0)) {
		return ERR_SYNTAX;
	}
	struct strv *values = arena_array(a, struct strv, n);
	size_t filled = 0;
	if (!values) {
		return ERR_NOMEM;
	}
	json_each(e, list) {
		if (!json_is_string(e)) {
			return ERR_BAD_TYPE;
		}
		values[filled] = arena_strdup(a, json_str(e));
		if (!values[filled++].p) {
			return ERR_NOMEM;
		}
	}
	r->values = (struct strv_list){ values, selector_values_sort(values, filled) };
	return ERR_OK;
}

static bool is_list_or_absent(const struct json *v)
{
	return !v || json_is_null(v) || json_is_array(v);
}

static int read_expression(struct arena *a, const struct json *e, struct selector_req *out)
{
	const struct json *key = json_get(e, "key");
	const struct json *op = json_get(e, "operator");
	const struct json *values = json_get(e, "values");
	struct selector_req r = { .op = SELECT_IN };
	if (!json_is_object(e) || !json_is_string(key) || !json_is_string(op) ||
		!is_list_or_absent(values)) {
		return ERR_BAD_TYPE;
	}
	int err = read_op(json_str(op), &r.op);
	if (err == ERR_OK) {
		err = read_values(a, values, &r);
	}
	if (err != ERR_OK) {
		return err;
	}
	r.key = arena_strdup(a, json_str(key));
	*out = r;
	return r.key.p ? ERR_OK : ERR_NOMEM;
}

int selector_from_json(struct arena *a, const struct json *label_selector, struct selector *out)
{
	const struct json *map = json_get(label_selector, "matchLabels");
	const struct json *list = json_get(label_selector, "matchExpressions");
	size_t n = 0;
	if (!label_selector || json_is_null(label_selector)) {
		*out = (struct selector){ NULL, 0 };
		return ERR_OK;
	}
	if (!json_is_object(label_selector) || !is_list_or_absent(list) ||
		(map && !json_is_null(map) && !json_is_object(map))) {
		return ERR_BAD_TYPE;
	}
	struct selector_req *reqs = arena_array(
		a, struct selector_req, json_count(map) + json_count(list));
	if (!reqs) {
		return ERR_NOMEM;
	}
	int err = read_match_labels(a, map, reqs, &n);
	for (const struct json *e = json_first(list); e && err == ERR_OK; e = json_next(e)) {
		err = read_expression(a, e, &reqs[n++]);
	}
	if (err == ERR_OK) {
		selector_sort(reqs, n);
		*out = (struct selector){ reqs, n };
	}
	return err;
}

static const char *op_text(const struct selector_req *r)
{
	switch (r->op) {
	case SELECT_IN:
		return r->exact ? "=" : " in ";
	case SELECT_NOT_IN:
		return r->exact ? "!=" : " notin ";
	case SELECT_GT:
		return ">";
	case SELECT_LT:
		return "<";
	case SELECT_EXISTS:
	case SELECT_NOT_EXISTS:
		return "";
	}
	return "";
}

static void print_req(const struct selector_req *r, struct buf *b)
{
	bool set = (r->op == SELECT_IN || r->op == SELECT_NOT_IN) && !r->exact;
	if (r->op == SELECT_NOT_EXISTS) {
		buf_add_char(b, '!');
	}
	buf_add(b, r->key);
	buf_add(b, strv_of(op_text(r)));
	if (set) {
		buf_add_char(b, '(');
	}
	for (size_t i = 0; i < r->values.n; i++) {
		if (i > 0) {
			buf_add_char(b, ',');
		}
		buf_add(b, r->values.at[i]);
	}
	if (set) {
		buf_add_char(b, ')');
	}
}

struct strv selector_print(struct arena *a, const struct selector *s)
{
	struct buf b;
	buf_init(&b);
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0) {
			buf_add_char(&b, ',');
		}
		print_req(&s->reqs[i], &b);
	}
	struct strv text = buf_strv(&b);
	text = b.err != ERR_OK ? STRV_NONE : arena_strdup(a, text.p ? text : STRV(""));
	buf_deinit(&b);
	return text;
}
