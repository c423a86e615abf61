/* The reader in front of cJSON: says yes or no to a whole text by RFC 8259, with place and reason, so that
 * cJSON only ever sees text that it reads right. It keeps one byte a level, no recursion.
 * Source: RFC 8259, RFC 3629. Regime: odds are heap, the caller frees them. Called by: json_parse. */
#include "base/json_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define NUMBER_CHARS_MAX 63u /* cJSON's number buffer less its NUL */
#define NUMBER_CHARS_ODD 16u /* fewer digits than this are below 2^53 */
#define ESCAPED_UNIT_LEN 6u  /* \uXXXX */

PRINTF_LIKE(3, 4) static int refuse(struct json_scan *s, int err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(s->report->why, sizeof(s->report->why), fmt, ap); /* a cut reason will do */
	va_end(ap);
	s->report->offset = s->at;
	return err;
}

/* The byte at the cursor, -1 at the end. */
static int peek(const struct json_scan *s)
{
	return s->at < s->text.n ? (unsigned char)s->text.p[s->at] : -1;
}

static void skip_space(struct json_scan *s)
{
	while (s->at < s->text.n) {
		char c = s->text.p[s->at];
		if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			return;
		}
		s->at++;
	}
}

bool json_is_blank(struct strv text)
{
	struct json_scan s = { .text = text };
	skip_space(&s);
	return s.at == text.n;
}

static int unexpected(struct json_scan *s, const char *wanted)
{
	int c = peek(s);
	if (c < 0) {
		return refuse(s, ERR_SYNTAX, "unexpected end, expected %s", wanted);
	}
	if (c <= ' ' || c >= 0x7f) {
		return refuse(
			s, ERR_SYNTAX, "unexpected byte 0x%02x, expected %s", (unsigned)c, wanted);
	}
	return refuse(s, ERR_SYNTAX, "unexpected '%c', expected %s", c, wanted);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t json_utf8_len(struct strv s)
{
	if (s.n == 0) {
		return 0;
	}
	unsigned char a = (unsigned char)s.p[0];
	if (a < 0x80) {
		return 1;
	}
	if (s.n < 2 || a < 0xc2 || a > 0xf4 || !is_continuation(s.p[1])) {
		return 0;
	}
	unsigned char b = (unsigned char)s.p[1];
	if (a < 0xe0) {
		return 2;
	}
	if (s.n < 3 || !is_continuation(s.p[2])) {
		return 0;
	}
	if (a < 0xf0) { /* not overlong, no surrogate */
		return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ? 0 : 3;
	}
	if (s.n < 4 || !is_continuation(s.p[3])) {
		return 0;
	}
	return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
}

/* Eight octets of ASCII, none of them NUL: nearly all there ever is. */
static bool is_ascii(const char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return ((v | (v - 0x0101010101010101u)) & 0x8080808080808080u) == 0;
}

bool json_is_text(struct strv s)
{
	for (size_t at = 0; at < s.n;) {
		if (s.n - at >= 8 && is_ascii(s.p + at)) {
			at += 8;
			continue;
		}
		bool is_plain = (unsigned char)(s.p[at] - 1) < 0x7f;
		size_t len = is_plain ? 1 : s.p[at] ? json_utf8_len(strv_sub(s, at, 4)) : 0;
		if (len == 0) {
			return false;
		}
		at += len;
	}
	return true;
}

/* The four hex digits of the escape at the cursor; -1 if they are not four. */
static long unit_at(const struct json_scan *s, size_t at)
{
	long unit = 0;
	if (s->text.n - at < ESCAPED_UNIT_LEN || s->text.p[at] != '\\' ||
		s->text.p[at + 1] != 'u') {
		return -1;
	}
	for (size_t i = 2; i < ESCAPED_UNIT_LEN; i++) {
		char c = s->text.p[at + i];
		long digit = c >= '0' && c <= '9'   ? c - '0'
			     : c >= 'a' && c <= 'f' ? c - 'a' + 10
			     : c >= 'A' && c <= 'F' ? c - 'A' + 10
						    : -1;
		if (digit < 0) {
			return -1;
		}
		unit = unit * 16 + digit;
	}
	return unit;
}

static int scan_escape(struct json_scan *s)
{
	char c = s->text.n - s->at > 1 ? s->text.p[s->at + 1] : '\0';
	if (c != '\0' && strchr("\"\\/bfnrt", c)) {
		s->at += 2;
		return ERR_OK;
	}
	long unit = unit_at(s, s->at);
	if (unit < 0) {
		return refuse(s, ERR_SYNTAX, "invalid escape in a string");
	}
	if (unit == 0) {
		return refuse(s, ERR_BAD_ENCODING, "a string holds U+0000");
	}
	size_t len = ESCAPED_UNIT_LEN;
	if (unit >= 0xd800 && unit <= 0xdfff) {
		long low = unit_at(s, s->at + ESCAPED_UNIT_LEN);
		if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) {
			return refuse(s, ERR_BAD_ENCODING, "a string holds half a surrogate pair");
		}
		len *= 2;
	}
	s->at += len;
	return ERR_OK;
}

static int scan_string(struct json_scan *s)
{
	s->at++;
	while (s->at < s->text.n) {
		unsigned char c = (unsigned char)s->text.p[s->at];
		if (c == '"') {
			s->at++;
			return ERR_OK;
		}
		if (c == '\\') {
			int err = scan_escape(s);
			if (err != ERR_OK) {
				return err;
			}
		} else if (c < ' ') {
			return refuse(
				s, ERR_SYNTAX, "unescaped control character 0x%02x in a string", c);
		} else if (c < 0x80) {
			s->at++;
		} else {
			size_t len = json_utf8_len(strv_sub(s->text, s->at, 4));
			if (len == 0) {
				return refuse(s, ERR_BAD_ENCODING, "a string is not UTF-8");
			}
			s->at += len;
		}
	}
	return refuse(s, ERR_SYNTAX, "unexpected end in a string");
}

static size_t scan_digits(struct json_scan *s)
{
	size_t begin = s->at;
	while (s->at < s->text.n && s->text.p[s->at] >= '0' && s->text.p[s->at] <= '9') {
		s->at++;
	}
	return s->at - begin;
}

static int odd_add(struct json_scan *s, struct strv text)
{
	if (s->n_odds == s->cap_odds) {
		size_t cap = s->cap_odds ? s->cap_odds * 2 : 8;
		struct json_odd *grown = realloc(s->odds, cap * sizeof(*grown));
		if (!grown) {
			return refuse(s, ERR_NOMEM, "out of memory");
		}
		s->odds = grown;
		s->cap_odds = cap;
	}
	s->odds[s->n_odds++] = (struct json_odd){ s->n_numbers, text };
	s->has_long = s->has_long || text.n > NUMBER_CHARS_MAX;
	return ERR_OK;
}

/* Odd is what a double or cJSON's buffer would spoil: integers beyond +-2^53, and numbers of many
 * digits. */
static int odd_check(struct json_scan *s, size_t begin, bool is_integer)
{
	struct strv text = strv_sub(s->text, begin, s->at - begin);
	if (text.n < NUMBER_CHARS_ODD && is_integer) {
		return ERR_OK;
	}
	char *copy = NULL;
	char small[NUMBER_CHARS_MAX + 1];
	if (text.n > NUMBER_CHARS_MAX) {
		copy = malloc(text.n + 1);
		if (!copy) {
			return refuse(s, ERR_NOMEM, "out of memory");
		}
	}
	char *z = copy ? copy : small;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	double d = strtod(z, NULL);
	free(copy);
	if (d > 1.7976931348623157e308 || d < -1.7976931348623157e308) {
		s->at = begin;
		return refuse(s, ERR_SYNTAX, "number too large for a double");
	}
	bool beyond = is_integer && (d >= JSON_EXACT_MAX || d <= -JSON_EXACT_MAX);
	return beyond || text.n > NUMBER_CHARS_MAX ? odd_add(s, text) : ERR_OK;
}

static int scan_number(struct json_scan *s)
{
	size_t begin = s->at;
	bool is_integer = true;
	bool has_exponent = false;
	if (peek(s) == '-') {
		s->at++;
	}
	if (peek(s) == '0') {
		s->at++;
		if (peek(s) >= '0' && peek(s) <= '9') {
			return refuse(s, ERR_SYNTAX, "a number begins with a needless zero");
		}
	} else if (scan_digits(s) == 0) {
		return unexpected(s, "a digit");
	}
	if (peek(s) == '.') {
		is_integer = false;
		s->at++;
		if (scan_digits(s) == 0) {
			return unexpected(s, "a digit after the decimal point");
		}
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		is_integer = false;
		has_exponent = true;
		s->at++;
		if (peek(s) == '+' || peek(s) == '-') {
			s->at++;
		}
		if (scan_digits(s) == 0) {
			return unexpected(s, "a digit of the exponent");
		}
	}
	/* the usual "0.5" is neither large nor long: spare it the conversion */
	int err = is_integer || has_exponent || s->at - begin > NUMBER_CHARS_MAX
			  ? odd_check(s, begin, is_integer)
			  : ERR_OK;
	s->n_numbers++;
	return err;
}

static int scan_word(struct json_scan *s, struct strv word)
{
	if (!strv_has_prefix(strv_sub(s->text, s->at, word.n), word)) {
		return unexpected(s, "a value");
	}
	s->at += word.n;
	return ERR_OK;
}

static int scan_scalar(struct json_scan *s)
{
	int c = peek(s);
	switch (c) {
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, STRV("true"));
	case 'f':
		return scan_word(s, STRV("false"));
	case 'n':
		return scan_word(s, STRV("null"));
	default:
		return c == '-' || (c >= '0' && c <= '9') ? scan_number(s)
							  : unexpected(s, "a value");
	}
}

/* The levels that are open: one byte each, 1 an object, 0 an array. */
struct levels {
	size_t n;
	char is_object[JSON_MAX_DEPTH];
};

static int scan_key(struct json_scan *s)
{
	skip_space(s);
	if (peek(s) != '"') {
		return unexpected(s, "a key in quotes");
	}
	int err = scan_string(s);
	if (err != ERR_OK) {
		return err;
	}
	skip_space(s);
	if (peek(s) != ':') {
		return unexpected(s, "':' after a key");
	}
	s->at++;
	return ERR_OK;
}

/* At the beginning of a value. *out_complete false: a container was opened and a value must follow. */
static int scan_value(struct json_scan *s, struct levels *l, bool *out_complete)
{
	skip_space(s);
	int c = peek(s);
	*out_complete = true;
	if (c != '{' && c != '[') {
		return scan_scalar(s);
	}
	if (l->n == JSON_MAX_DEPTH) {
		return refuse(s, ERR_TOO_DEEP, "nested deeper than %d levels", JSON_MAX_DEPTH);
	}
	s->at++;
	skip_space(s);
	if (peek(s) == (c == '{' ? '}' : ']')) {
		s->at++;
		return ERR_OK;
	}
	l->is_object[l->n++] = c == '{';
	*out_complete = false;
	return c == '{' ? scan_key(s) : ERR_OK;
}

/* After a complete value: closes what ends here, up to a comma. *out_done at the end of the
 * outermost. */
static int scan_after(struct json_scan *s, struct levels *l, bool *out_done)
{
	while (l->n > 0) {
		bool is_object = l->is_object[l->n - 1];
		skip_space(s);
		int c = peek(s);
		if (c == ',') {
			s->at++;
			*out_done = false;
			return is_object ? scan_key(s) : ERR_OK;
		}
		if (c != (is_object ? '}' : ']')) {
			return unexpected(s, is_object ? "',' or '}'" : "',' or ']'");
		}
		s->at++;
		l->n--;
	}
	*out_done = true;
	return ERR_OK;
}

int json_scan_text(struct json_scan *s)
{
	struct levels l;
	l.n = 0;
	for (bool done = false; !done;) {
		bool complete;
		int err = scan_value(s, &l, &complete);
		if (err == ERR_OK && complete) {
			err = scan_after(s, &l, &done);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	skip_space(s);
	return s->at == s->text.n || s->is_front ? ERR_OK
						 : unexpected(s, "nothing after the value");
}
