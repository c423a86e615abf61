/* Base64. Regime: text in the arena given. */
#include "base/base64.h"

#include <stdint.h>

#include "base/err.h"

struct strv base64_encode(struct arena *a, struct strv s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (s.n > SIZE_MAX / 4) {
		return STRV_NONE;
	}
	char *out = arena_array(a, char, (s.n + 2) / 3 * 4);
	if (out == NULL) {
		return STRV_NONE;
	}
	size_t n = 0;
	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;
		v |= i + 1 < s.n ? (uint32_t)(unsigned char)s.p[i + 1] << 8 : 0;
		v |= i + 2 < s.n ? (uint32_t)(unsigned char)s.p[i + 2] : 0;
		out[n++] = digits[v >> 18];
		out[n++] = digits[v >> 12 & 63];
		out[n++] = digits[v >> 6 & 63];
		out[n++] = digits[v & 63];
	}
	for (size_t k = 0; s.n % 3 != 0 && k < 3 - s.n % 3; k++) {
		out[n - 1 - k] = '=';
	}
	return (struct strv){ out, n };
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct arena *a, struct strv s, struct strv *out)
{
	char *bytes = arena_array(a, char, s.n / 4 * 3 + 4);
	size_t n = 0;
	size_t digits = 0;
	size_t pads = 0;
	uint32_t v = 0;
	if (bytes == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == ' ' || s.p[i] == '\t') {
			continue;
		}
		int d = s.p[i] == '=' ? 0 : digit_of(s.p[i]);
		pads += s.p[i] == '=';
		if (d < 0 || (pads > 0 && s.p[i] != '=')) {
			return ERR_SYNTAX;
		}
		v = v << 6 | (uint32_t)d;
		if (++digits % 4 == 0) {
			bytes[n++] = (char)(v >> 16 & 0xff);
			bytes[n++] = (char)(v >> 8 & 0xff);
			bytes[n++] = (char)(v & 0xff);
		}
	}
	if (digits % 4 != 0 || pads > 2) {
		return ERR_SYNTAX;
	}
	bytes[n - (n > 0 ? pads : 0)] = '\0';
	*out = (struct strv){ bytes, n - (n > 0 ? pads : 0) };
	return ERR_OK;
}
