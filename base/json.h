/* JSON values, over cJSON, in an arena. Nothing else in the project calls cJSON.
 * Keys are compared by case; integers outside +-2^53 keep their text; strings that hold U+0000 are refused;
 * of duplicate keys the last wins (as encoding/json and kube-apiserver do) and the others are reported.
 * Regime: every value lives in the arena given when it was made and dies with it; a tree may only be changed
 * with the arena it lives in, or one that lives at least as long. Values are never freed one by one.
 * Source: RFC 8259; Kubernetes field validation for duplicates.
 *
 * Glossary: value = any node; member = a value inside an object, has a key; element = a value inside an array. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/strv.h"

struct json; /* one value */

enum json_type {
	JSON_NONE,
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* Where and why a text was refused, and which keys came twice. */
struct json_report {
	size_t offset; /* byte in the text where the error was found */
	char why[120]; /* English, complete without the offset */
	struct strv *
		dups; /* paths of duplicated keys ("spec.template.foo", "items[0].a"), in the arena */
	size_t n_dups; /* at most 100 are kept */
};

#define JSON_MAX_DEPTH 512 /* deeper is ERR_TOO_DEEP; cJSON itself stops at 1000 */

/* Decodes one whole text (trailing white space allowed, anything else is an error). One thread at a time.
 * report may be NULL. errors ERR_SYNTAX, ERR_TOO_DEEP, ERR_BAD_ENCODING (not UTF-8, or U+0000), ERR_NOMEM */
NODISCARD int json_parse(
	struct arena *a, struct strv text, struct json **out, struct json_report *report);

/* Decodes the first value of *text and moves *text behind it and the white space that follows; for values in a
 * row. *out is NULL when nothing but white space is left. Otherwise as json_parse; offsets count from *text. */
NODISCARD int json_parse_front(
	struct arena *a, struct strv *text, struct json **out, struct json_report *report);

/* Compact text, members in their order. errors: b->err (ERR_NOMEM) */
void json_print(const struct json *v, struct buf *b);
/* The same into the arena; {NULL,0} when out of memory. */
struct strv json_text(struct arena *a, const struct json *v);
/* Compact text with the keys of every object in byte order and Go's escapes (< > & U+2028 U+2029): equal
 * values give equal bytes. Numbers pass through a double as Go's do. */
void json_print_canonical(const struct json *v, struct buf *b);

/* Reading. All accept NULL and answer NONE/NULL/false for it, so that look-ups chain. */
enum json_type json_type_of(const struct json *v);
bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);
bool json_is_string(const struct json *v);
bool json_is_null(const struct json *v);
struct json *json_get(const struct json *object, const char *key); /* member or NULL */
struct json *json_get_strv(const struct json *object, struct strv key);
struct json *json_dig(
	const struct json *object, const char *dotted_path); /* "spec.template.spec" */
size_t json_count(const struct json *array_or_object);
struct json *json_first(const struct json *array_or_object); /* iterate: first, then next */
struct json *json_next(const struct json *v);
const char *json_key(const struct json *member);
struct json *json_at(const struct json *array, size_t index);
/* NUL-terminated, in the tree's arena; NULL unless a string. */
const char *json_cstr(const struct json *v);
struct strv json_str(const struct json *v); /* STRV_NONE unless a string */
bool json_bool(const struct json *v, bool absent);
bool json_is_integer(const struct json *v);
/* errors ERR_BAD_TYPE (no number, or has a fraction), ERR_RANGE; *out untouched then */
NODISCARD int json_i64(const struct json *v, int64_t *out);
int64_t json_i64_or(const struct json *v, int64_t otherwise);
double json_number(const struct json *v); /* 0 unless a number */
/* The same value: object members in any order, numbers by value. */
bool json_equal(const struct json *a, const struct json *b);

/* json_each(x, list) { ... }: x must keep its place until its turn is over. */
#define json_each(v, in) for (struct json *v = json_first(in); v; v = json_next(v))

/* Whether s may be a JSON string here: UTF-8, without U+0000. */
bool json_is_text(struct strv s);

/* Making. NULL when out of memory. Text is copied; U+0000 and bytes that are not UTF-8 become U+FFFD, as Go's
 * encoder does. n must be finite. */
struct json *json_new_object(struct arena *a);
struct json *json_new_array(struct arena *a);
struct json *json_new_str(struct arena *a, struct strv s);
struct json *json_new_i64(struct arena *a, int64_t n);
struct json *json_new_number(struct arena *a, double n);
struct json *json_new_bool(struct arena *a, bool b);
struct json *json_new_null(struct arena *a);
struct json *json_copy(struct arena *a, const struct json *v); /* deep */

/* Changing. A NULL value or container makes the call fail with ERR_NOMEM (so that makers nest); v must not
 * have a parent yet. set replaces a member of that key in place, or appends. Insert at or beyond the end
 * appends. errors ERR_NOMEM, ERR_BAD_TYPE (set on no object, insert into no array) */
NODISCARD int json_set(struct arena *a, struct json *object, const char *key, struct json *v);
NODISCARD int json_set_strv(struct arena *a, struct json *object, struct strv key, struct json *v);
/* As json_set_strv, for a key that the caller knows to be new: nothing is looked up, so that building a big
 * object takes linear time. */
NODISCARD int json_set_new(struct arena *a, struct json *object, struct strv key, struct json *v);
NODISCARD int json_set_str(struct arena *a, struct json *object, const char *key, struct strv s);
NODISCARD int json_set_i64(struct arena *a, struct json *object, const char *key, int64_t n);
NODISCARD int json_set_bool(struct arena *a, struct json *object, const char *key, bool b);
NODISCARD int json_append(struct arena *a, struct json *array, struct json *v);
NODISCARD int json_insert(struct arena *a, struct json *array, size_t index, struct json *v);
/* Removes and returns it (still in the arena, without parent), NULL if absent. */
struct json *json_remove(struct json *object, const char *key);
struct json *json_detach(struct json *parent, struct json *child);
/* Puts v at the place of old (same key); old loses its parent. */
NODISCARD int json_replace(struct arena *a, struct json *parent, struct json *old, struct json *v);
/* The member object of that key, made empty if absent or not an object. NULL when out of memory. */
struct json *json_ensure_object(struct arena *a, struct json *object, const char *key);
struct json *json_ensure_array(struct arena *a, struct json *object, const char *key);
