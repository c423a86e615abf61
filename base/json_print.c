/* Values to text, copies of values, and equality: what walks whole trees.
 * Source: RFC 8259; Go's encoding/json for the layout of numbers and the canonical escapes.
 * Regime: text into the caller's buffer, copies into the caller's arena, scratch on the heap.
 * Recursion is as deep as the tree: parsed ones end at JSON_MAX_DEPTH. Called by: everyone through base/json.h. */
#include "base/json_internal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum style { STYLE_PLAIN, STYLE_CANONICAL };

/* Digits of n behind out[at], most significant first; returns the new length. */
static size_t u64_digits(uint64_t n, char *out, size_t at)
{
	char reversed[20];
	size_t len = 0;
	do {
		reversed[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (len > 0) {
		out[at++] = reversed[--len];
	}
	return at;
}

/* The shortest decimal that reads back as d > 0: its digits, and the exponent of the first. */
static size_t shortest_digits(double d, char out[18], int *out_exponent)
{
	char text[JSON_NUMBER_CHARS];
	/* fifteen digits tell any two apart that have so many; subnormals have fewer */
	for (int precision = d < DBL_MIN ? 0 : 14; precision <= 16; precision++) {
		(void)snprintf(text, sizeof(text), "%.*e", precision, d); /* at most 24 chars */
		if (strtod(text, NULL) == d) {
			break;
		}
	}
	size_t n = 0;
	char *at = text;
	for (; *at && *at != 'e'; at++) {
		if (*at >= '0' && *at <= '9') {
			out[n++] = *at;
		}
	}
	*out_exponent = (int)strtol(at + 1, NULL, 10);
	while (n > 1 && out[n - 1] == '0') {
		n--;
	}
	return n;
}

size_t json_number_text(double d, char out[JSON_NUMBER_CHARS])
{
	size_t n = 0;
	if (d < 0) {
		out[n++] = '-';
		d = -d;
	}
	if (d < JSON_EXACT_MAX && trunc(d) == d) {
		return u64_digits((uint64_t)d, out, n);
	}
	char digits[18];
	int exponent;
	size_t n_digits = shortest_digits(d, digits, &exponent);
	bool is_scientific = d < 1e-6 || d >= 1e21;
	if (!is_scientific && exponent < 0) { /* 0.00ddd */
		out[n++] = '0';
		out[n++] = '.';
		for (int i = -1; i > exponent; i--) {
			out[n++] = '0';
		}
	}
	size_t n_whole = is_scientific ? 1 : exponent < 0 ? 0 : (size_t)exponent + 1;
	for (size_t i = 0; i < n_digits || i < n_whole; i++) {
		if (i == n_whole && i > 0) {
			out[n++] = '.';
		}
		out[n++] = i < n_digits ? digits[i] : '0';
	}
	if (is_scientific) {
		out[n++] = 'e';
		out[n++] = exponent < 0 ? '-' : '+';
		n = u64_digits((uint64_t)(exponent < 0 ? -exponent : exponent), out, n);
	}
	return n;
}

static void print_number(const struct json *v, enum style style, struct buf *b)
{
	if (v->n.valuestring && style == STYLE_PLAIN) {
		buf_add(b, strv_of(v->n.valuestring));
		return;
	}
	char *at = buf_reserve(b, JSON_NUMBER_CHARS);
	if (at) {
		buf_grown(b, json_number_text(v->n.valuedouble, at));
	}
}

/* Bytes at s that STYLE_CANONICAL escapes beyond what RFC 8259 asks: 1, 3 or 0. */
static size_t html_len(const char *s)
{
	if (*s == '<' || *s == '>' || *s == '&') {
		return 1;
	}
	bool is_separator = s[0] == '\xe2' && s[1] == '\x80' && (s[2] == '\xa8' || s[2] == '\xa9');
	return is_separator ? 3 : 0;
}

static void print_escaped(unsigned char c, struct buf *b)
{
	static const char letters[] = "btn\0fr"; /* U+0008 to U+000D */
	if (c == '"' || c == '\\') {
		buf_add_char(b, '\\');
		buf_add_char(b, (char)c);
	} else if (c >= 8 && c <= 13 && c != 11) {
		buf_add_char(b, '\\');
		buf_add_char(b, letters[c - 8]);
	} else {
		buf_printf(b, "\\u%04x", c);
	}
}

/* From s on with its escapes, up to the closing quote. */
static void print_rest(const char *s, enum style style, struct buf *b)
{
	const char *run = s;
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		size_t html = style == STYLE_CANONICAL ? html_len(s) : 0;
		if (c >= ' ' && c != '"' && c != '\\' && html == 0) {
			continue;
		}
		buf_add(b, (struct strv){ run, (size_t)(s - run) });
		if (html == 3) {
			buf_printf(b, "\\u202%x", (unsigned)(unsigned char)s[2] & 0xf);
			s += 2;
		} else {
			print_escaped(c, b);
		}
		run = s + 1;
	}
	buf_add(b, (struct strv){ run, (size_t)(s - run) });
	buf_add_char(b, '"');
}

/* Nearly all strings need no escape: one reservation, one pass. */
static void print_string(const char *s, enum style style, struct buf *b)
{
	size_t n = strlen(s);
	char *at = buf_reserve(b, n + 2);
	if (!at) {
		return;
	}
	*at++ = '"';
	size_t i = 0;
	for (; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c < ' ' || c == '"' || c == '\\' ||
			(style == STYLE_CANONICAL && html_len(s + i))) {
			break;
		}
		at[i] = s[i];
	}
	buf_grown(b, i + 1);
	if (i == n) {
		buf_add_char(b, '"');
	} else {
		print_rest(s + i, style, b);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct json *const *x = a;
	const struct json *const *y = b;
	return strcmp((*x)->n.string, (*y)->n.string); /* as unsigned bytes */
}

/* The members from first on, in byte order of their keys, heap; NULL when out of memory or empty. */
static const struct json **sorted(const struct json *first, size_t *out_n)
{
	size_t n = 0;
	for (const struct json *m = first; m; m = json_next(m)) {
		n++;
	}
	const struct json **list = n > 0 ? malloc(n * sizeof(const struct json *)) : NULL;
	*out_n = n;
	if (list) {
		size_t i = 0;
		for (const struct json *m = first; m; m = json_next(m)) {
			list[i++] = m;
		}
		qsort(list, n, sizeof(const struct json *), by_key);
	}
	return list;
}

static void print_value(const struct json *v, enum style style, struct buf *b);

static void print_sorted(const struct json *object, struct buf *b)
{
	size_t n;
	const struct json **list = sorted(json_first(object), &n);
	if (!list && n > 0) {
		b->err = ERR_NOMEM;
	}
	for (size_t i = 0; list && i < n && b->err == ERR_OK; i++) {
		if (i > 0) {
			buf_add_char(b, ',');
		}
		print_string(list[i]->n.string, STYLE_CANONICAL, b);
		buf_add_char(b, ':');
		print_value(list[i], STYLE_CANONICAL, b);
	}
	free(list);
}

static void print_container(const struct json *v, bool is_object, enum style style, struct buf *b)
{
	buf_add_char(b, is_object ? '{' : '[');
	if (is_object && style == STYLE_CANONICAL) {
		print_sorted(v, b);
	} else {
		json_each(m, v) {
			if (m->n.string && is_object) {
				print_string(m->n.string, style, b);
				buf_add_char(b, ':');
			}
			print_value(m, style, b);
			if (m->n.next) {
				buf_add_char(b, ',');
			}
		}
	}
	buf_add_char(b, is_object ? '}' : ']');
}

static void print_value(const struct json *v, enum style style, struct buf *b)
{
	switch (json_type_of(v)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		print_container(v, json_is_object(v), style, b);
		return;
	case JSON_STRING:
		print_string(v->n.valuestring, style, b);
		return;
	case JSON_NUMBER:
		print_number(v, style, b);
		return;
	case JSON_BOOL:
		buf_add(b, json_bool(v, false) ? STRV("true") : STRV("false"));
		return;
	case JSON_NULL:
	case JSON_NONE:
		buf_add(b, STRV("null"));
		return;
	}
}

void json_print(const struct json *v, struct buf *b)
{
	print_value(v, STYLE_PLAIN, b);
}

void json_print_canonical(const struct json *v, struct buf *b)
{
	print_value(v, STYLE_CANONICAL, b);
}

struct strv json_text(struct arena *a, const struct json *v)
{
	struct buf b;
	buf_init(&b);
	json_print(v, &b);
	struct strv text = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return text;
}

/* A copy of a NUL-terminated text that was checked when it came in; NULL stays NULL. */
static bool text_copy(struct arena *a, char *const *from, char **to)
{
	*to = NULL;
	if (!*from) {
		return true;
	}
	size_t n = strlen(*from) + 1;
	*to = arena_alloc(a, n);
	if (*to) {
		memcpy(*to, *from, n);
	}
	return *to;
}

struct json *json_copy(struct arena *a, const struct json *v)
{
	struct json *copy = v ? arena_new(a, struct json) : NULL;
	if (!copy) {
		return NULL;
	}
	copy->n.type = v->n.type;
	copy->n.valuedouble = v->n.valuedouble;
	if (!text_copy(a, &v->n.valuestring, &copy->n.valuestring)) {
		return NULL;
	}
	cJSON *last = NULL;
	json_each(m, v) {
		struct json *c = json_copy(a, m);
		if (!c || !text_copy(a, &m->n.string, &c->n.string)) {
			return NULL;
		}
		c->n.prev = last;
		*(last ? &last->next : &copy->n.child) = &c->n;
		last = &c->n;
	}
	if (last) {
		copy->n.child->prev = last;
	}
	return copy;
}

static bool has_integer_text(const struct json *v)
{
	return v->n.valuestring && !strpbrk(v->n.valuestring, ".eE");
}

/* Integers beyond +-2^53 digit by digit; where one of the two is only known as a double, both count as such. */
static bool numbers_equal(const struct json *a, const struct json *b)
{
	if (has_integer_text(a) && has_integer_text(b)) {
		return strcmp(a->n.valuestring, b->n.valuestring) == 0;
	}
	return a->n.valuedouble == b->n.valuedouble;
}

static bool arrays_equal(const struct json *a, const struct json *b)
{
	const struct json *x = json_first(a);
	const struct json *y = json_first(b);
	while (x && y && json_equal(x, y)) {
		x = json_next(x);
		y = json_next(y);
	}
	return !x && !y;
}

/* The members from x on and from y on, in whatever order. Sorts both; without memory for that,
 * looks every one up. */
static bool rests_equal(const struct json *x, const struct json *y, const struct json *in_b)
{
	size_t n_x, n_y;
	const struct json **xs = sorted(x, &n_x);
	const struct json **ys = sorted(y, &n_y);
	bool equal = n_x == n_y;
	for (size_t i = 0; equal && xs && ys && i < n_x; i++) {
		equal = by_key(&xs[i], &ys[i]) == 0 && json_equal(xs[i], ys[i]);
	}
	if (!xs || !ys) {
		for (; x && equal; x = json_next(x)) {
			const struct json *other = json_get(in_b, x->n.string);
			equal = other && json_equal(x, other);
		}
	}
	free(xs);
	free(ys);
	return equal;
}

/* The usual case first: both in the same order. What was compared there is not compared again, else
 * nested objects would double the work at every level. */
static bool objects_equal(const struct json *a, const struct json *b)
{
	const struct json *x = json_first(a);
	const struct json *y = json_first(b);
	for (; x && y && strcmp(x->n.string, y->n.string) == 0;
		x = json_next(x), y = json_next(y)) {
		if (!json_equal(x, y)) {
			return false;
		}
	}
	return (!x && !y) || (x && y && rests_equal(x, y, b));
}

bool json_equal(const struct json *a, const struct json *b)
{
	enum json_type type = json_type_of(a);
	if (type != json_type_of(b)) {
		return false;
	}
	switch (type) {
	case JSON_BOOL:
		return json_bool(a, false) == json_bool(b, false);
	case JSON_NUMBER:
		return numbers_equal(a, b);
	case JSON_STRING:
		return strcmp(a->n.valuestring, b->n.valuestring) == 0;
	case JSON_ARRAY:
		return arrays_equal(a, b);
	case JSON_OBJECT:
		return objects_equal(a, b);
	case JSON_NULL:
	case JSON_NONE:
		return true;
	}
	return false;
}
