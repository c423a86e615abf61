/* Base64. Regime: text in the arena given. */
#include "base/base64.h"

#include <stdint.h>

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
