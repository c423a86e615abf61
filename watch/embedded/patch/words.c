/* Go's words for values. Source and regime: see words.h. */
#include "watch/embedded/patch/words.h"

#include <stdlib.h>

#include "base/err.h"

static int by_key(const void *x, const void *y)
{
	const struct json *const *a = x;
	const struct json *const *b = y;
	return strcmp(json_key(*a), json_key(*b));
}

static void print_object(struct arena *a, const struct json *v, struct buf *b)
{
	size_t n = 0;
	const struct json **members = arena_array(a, const struct json *, json_count(v) + 1);
	if (members == NULL) {
		b->err = ERR_NOMEM;
		return;
	}
	json_each(m, v) {
		members[n++] = m;
	}
	qsort((void *)members, n, sizeof(const struct json *), by_key);
	buf_add(b, STRV("map["));
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%s%s:", i > 0 ? " " : "", json_key(members[i]));
		words_print(a, members[i], b);
	}
	buf_add_char(b, ']');
}

static void print_array(struct arena *a, const struct json *v, struct buf *b)
{
	const char *blank = "";
	buf_add_char(b, '[');
	json_each(m, v) {
		buf_add(b, strv_of(blank));
		words_print(a, m, b);
		blank = " ";
	}
	buf_add_char(b, ']');
}

void words_print(struct arena *a, const struct json *v, struct buf *b)
{
	if (json_is_object(v)) {
		print_object(a, v, b);
	} else if (json_is_array(v)) {
		print_array(a, v, b);
	} else if (json_is_string(v)) {
		buf_add(b, json_str(v));
	} else if (json_is_null(v)) {
		buf_add(b, STRV("<nil>"));
	} else {
		json_print(v, b);
	}
}

struct strv words_text(struct arena *a, const struct json *v)
{
	struct buf b;
	buf_init(&b);
	words_print(a, v, &b);
	struct strv text = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return text;
}

const char *words_type(const struct json *v)
{
	switch (json_type_of(v)) {
	case JSON_BOOL:
		return "bool";
	case JSON_NUMBER:
		return "number";
	case JSON_STRING:
		return "string";
	case JSON_ARRAY:
		return "array";
	case JSON_OBJECT:
		return "object";
	case JSON_NULL:
	case JSON_NONE:
		break;
	}
	return "null";
}

void words_refuse_type(
	struct status *s, const char *beginning, const struct json *v, const char *type)
{
	status_bad_request(s, "%sjson: cannot unmarshal %s into Go value of type %s", beginning,
		words_type(v), type);
}
