/* The type of a YAML scalar, as sigs.k8s.io/yaml (and so kubectl and kube-apiserver) resolve it: YAML 1.1 with
 * y, yes, on, n, no, off as booleans, Go's integers with base prefixes, timestamps left as strings.
 * Source: YAML 1.1 types; behaviour compared with kubectl 1.32. Regime: the caller's arena.
 * Called by: base/yaml. */
#include "base/yaml_internal.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define TAG_PREFIX "tag:yaml.org,2002:"

/* Words that are not what they look like, three ways to write each. */
static const struct {
	const char *words[3];
	enum yaml_kind kind;
	bool b;
} specials[] = {
	{ { "~", "", "" }, YAML_NULL, false },
	{ { "null", "Null", "NULL" }, YAML_NULL, false },
	{ { "true", "True", "TRUE" }, YAML_BOOL, true },
	{ { "false", "False", "FALSE" }, YAML_BOOL, false },
	{ { "yes", "Yes", "YES" }, YAML_BOOL, true },
	{ { "no", "No", "NO" }, YAML_BOOL, false },
	{ { "on", "On", "ON" }, YAML_BOOL, true },
	{ { "off", "Off", "OFF" }, YAML_BOOL, false },
	{ { "y", "Y", "Y" }, YAML_BOOL, true },
	{ { "n", "N", "N" }, YAML_BOOL, false },
};

static const char *const no_json_form[] = { ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf",
	"+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF" };

static bool special_find(struct strv text, struct yaml_value *out)
{
	for (size_t i = 0; text.n <= sizeof("false") - 1 && i < ARRAY_LEN(specials); i++) {
		for (size_t j = 0; j < ARRAY_LEN(specials[i].words); j++) {
			if (strv_eq(text, strv_of(specials[i].words[j]))) {
				out->kind = specials[i].kind;
				out->b = specials[i].b;
				return true;
			}
		}
	}
	return false;
}

/* 16 for "0x", 2 for "0b", 8 for "0o" and "0", else 10; the prefix is taken off. */
static unsigned base_cut(struct strv *text)
{
	if (text->n < 2 || text->p[0] != '0') {
		return 10;
	}
	char c = (char)(text->p[1] | 0x20);
	unsigned base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
	*text = strv_sub(*text, c == 'x' || c == 'b' || c == 'o' ? 2 : 1, text->n);
	return base;
}

/* As Go's strconv with base 0; false if text is no integer of 64 bits. */
static bool integer_read(struct strv text, struct yaml_value *out)
{
	bool has_sign = text.n > 0 && (text.p[0] == '-' || text.p[0] == '+');
	bool minus = has_sign && text.p[0] == '-';
	text = strv_sub(text, has_sign, text.n);
	unsigned base = base_cut(&text);
	uint64_t sum = 0;
	if (text.n == 0) {
		return false;
	}
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
				 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
							: base;
		if (digit >= base || sum > (UINT64_MAX - digit) / base) {
			return false;
		}
		sum = sum * base + digit;
	}
	if (sum <= INT64_MAX) {
		out->kind = YAML_INT;
		out->i = minus ? -(int64_t)sum : (int64_t)sum;
		return true;
	}
	if (minus && sum == (uint64_t)INT64_MAX + 1) {
		out->kind = YAML_INT;
		out->i = INT64_MIN;
		return true;
	}
	out->kind = YAML_UINT;
	out->u = sum;
	return !has_sign;
}

static size_t digits_len(const char *s)
{
	return strspn(s, "0123456789");
}

/* [-+]? ( .digits | digits [.digits?] ) [ e[-+]?digits ]; infinite is no number but a string, as in Go. */
static bool float_read(const char *z, struct yaml_value *out)
{
	const char *at = z + (*z == '-' || *z == '+');
	size_t whole = digits_len(at);
	size_t fraction = 0;
	at += whole;
	if (*at == '.') {
		fraction = digits_len(++at);
		at += fraction;
	}
	if (whole + fraction == 0) {
		return false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '-' || *at == '+';
		size_t exponent = digits_len(at);
		at += exponent;
		if (exponent == 0) {
			return false;
		}
	}
	if (*at != '\0') {
		return false;
	}
	out->kind = YAML_FLOAT;
	out->d = strtod(z, NULL);
	return out->d <= DBL_MAX && out->d >= -DBL_MAX;
}

static int number_read(struct arena *a, struct strv text, struct yaml_value *out)
{
	char c = text.n > 0 ? text.p[0] : 'x';
	if (c != '+' && c != '-' && c != '.' && (c < '0' || c > '9')) {
		return ERR_BAD_TYPE;
	}
	char *z = arena_alloc(a, text.n + 1);
	if (!z) {
		return ERR_NOMEM;
	}
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '_') {
			z[n++] = text.p[i];
		}
	}
	z[n] = '\0';
	if (c != '.' && integer_read((struct strv){ z, n }, out)) {
		return ERR_OK;
	}
	return float_read(z, out) ? ERR_OK : ERR_BAD_TYPE;
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static int binary_read(struct arena *a, struct strv text, struct yaml_value *out)
{
	char *bytes = arena_alloc(a, text.n);
	size_t n = 0, n_digits = 0, n_padding = 0;
	uint32_t word = 0;
	if (!bytes) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' || text.p[i] == '\r') {
			continue;
		}
		int digit = base64_digit(text.p[i]);
		if (text.p[i] == '=') {
			n_padding++;
			digit = 0;
		} else if (digit < 0 || n_padding > 0) {
			return ERR_SYNTAX;
		}
		word = word << 6 | (uint32_t)digit;
		if (++n_digits % 4 == 0) {
			bytes[n++] = (char)(word >> 16);
			bytes[n++] = (char)(word >> 8);
			bytes[n++] = (char)word;
		}
	}
	if (n_digits % 4 != 0 || n_padding > 2 || n_padding > n) {
		return ERR_SYNTAX;
	}
	out->kind = YAML_STRING;
	out->s = (struct strv){ bytes, n - n_padding };
	return ERR_OK;
}

/* Whether a value found may bear the tag; an integer becomes a float if asked to. */
static bool fits_tag(struct strv tag, struct yaml_value *v)
{
	if (strv_eq(tag, STRV("float")) && v->kind == YAML_INT) {
		v->kind = YAML_FLOAT;
		v->d = (double)v->i;
	}
	switch (v->kind) {
	case YAML_NULL:
		return strv_eq(tag, STRV("null"));
	case YAML_BOOL:
		return strv_eq(tag, STRV("bool"));
	case YAML_INT:
	case YAML_UINT:
		return strv_eq(tag, STRV("int"));
	case YAML_FLOAT:
		return strv_eq(tag, STRV("float"));
	case YAML_STRING:
		return strv_eq(tag, STRV("timestamp")) || strv_eq(tag, STRV("merge"));
	}
	return false;
}

int yaml_resolve(
	struct arena *a, const char *tag, bool is_plain, struct strv text, struct yaml_value *out)
{
	struct strv type = strv_of(tag);
	*out = (struct yaml_value){ .kind = YAML_STRING, .s = text };
	if (!tag && !is_plain) {
		return ERR_OK;
	}
	if (tag && !strv_has_prefix(type, STRV(TAG_PREFIX))) {
		return ERR_OK; /* somebody's own: kept as text */
	}
	type = tag ? strv_sub(type, sizeof(TAG_PREFIX) - 1, type.n) : STRV_NONE;
	if (strv_eq(type, STRV("str"))) {
		return ERR_OK;
	}
	if (strv_eq(type, STRV("binary"))) {
		return binary_read(a, text, out);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_json_form); i++) {
		if (strv_eq(text, strv_of(no_json_form[i]))) {
			return ERR_SYNTAX;
		}
	}
	if (!special_find(text, out)) {
		int err = number_read(a, text, out);
		if (err == ERR_NOMEM) {
			return err;
		}
		out->kind = err == ERR_OK ? out->kind : YAML_STRING;
	}
	return !tag || fits_tag(type, out) ? ERR_OK : ERR_SYNTAX;
}

struct json *yaml_to_json(struct arena *a, const struct yaml_value *v)
{
	char text[24];
	struct json *exact = NULL;
	switch (v->kind) {
	case YAML_NULL:
		return json_new_null(a);
	case YAML_BOOL:
		return json_new_bool(a, v->b);
	case YAML_INT:
		return json_new_i64(a, v->i);
	case YAML_UINT:                                               /* only text holds it */
		(void)snprintf(text, sizeof(text), "%" PRIu64, v->u); /* 20 digits at most */
		return json_parse(a, strv_of(text), &exact, NULL) == ERR_OK ? exact : NULL;
	case YAML_FLOAT:
		return json_new_number(a, v->d);
	case YAML_STRING:
		return json_new_str(a, v->s);
	}
	return NULL;
}

/* As sigs.k8s.io/yaml writes such keys: the shortest text that reads back as the same float of 32 bits, with an
 * exponent below 1e-4 and from 1e6 on. */
static void float_key(double d, char text[32])
{
	int precision = 0;
	do {
		(void)snprintf(text, 32, "%.*e", precision, d); /* 24 characters at most */
	} while (strtof(text, NULL) != (float)d && ++precision < 9);
	const char *e = strchr(text, 'e');
	long exponent = e ? strtol(e + 1, NULL, 10) : 0;
	if (exponent >= -4 && exponent < 6) {
		(void)snprintf(
			text, 32, "%.*g", precision < 6 ? 6 : precision + 1, d); /* likewise */
	}
}

int yaml_to_key(struct arena *a, const struct yaml_value *v, struct strv *out)
{
	char text[32];
	switch (v->kind) {
	case YAML_STRING:
		*out = v->s;
		return ERR_OK;
	case YAML_BOOL:
		*out = v->b ? STRV("true") : STRV("false");
		return ERR_OK;
	case YAML_INT:
		(void)snprintf(text, sizeof(text), "%" PRId64, v->i); /* 20 characters at most */
		break;
	case YAML_FLOAT:
		float_key(v->d, text);
		break;
	case YAML_NULL:
	case YAML_UINT:
		return ERR_BAD_TYPE;
	}
	*out = arena_strdup(a, strv_of(text));
	return out->p ? ERR_OK : ERR_NOMEM;
}
