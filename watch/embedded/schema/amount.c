/* Kubernetes quantities. See amount.h. */
#include "watch/embedded/schema/amount.h"

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

__extension__ typedef unsigned __int128 u128;
#define U128_MAX (~(u128)0)
#define NANO     9 /* decimal digits behind the point that are kept */

static const struct {
	const char *text;
	enum amount_format format;
	int exponent; /* of 10, or of 2 */
} suffixes[] = {
	{ "", AMOUNT_DECIMAL, 0 },
	{ "n", AMOUNT_DECIMAL, -9 },
	{ "u", AMOUNT_DECIMAL, -6 },
	{ "m", AMOUNT_DECIMAL, -3 },
	{ "k", AMOUNT_DECIMAL, 3 },
	{ "M", AMOUNT_DECIMAL, 6 },
	{ "G", AMOUNT_DECIMAL, 9 },
	{ "T", AMOUNT_DECIMAL, 12 },
	{ "P", AMOUNT_DECIMAL, 15 },
	{ "E", AMOUNT_DECIMAL, 18 },
	{ "Ki", AMOUNT_BINARY, 10 },
	{ "Mi", AMOUNT_BINARY, 20 },
	{ "Gi", AMOUNT_BINARY, 30 },
	{ "Ti", AMOUNT_BINARY, 40 },
	{ "Pi", AMOUNT_BINARY, 50 },
	{ "Ei", AMOUNT_BINARY, 60 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool times(u128 *n, unsigned factor)
{
	if (*n > U128_MAX / factor) {
		return false;
	}
	*n *= factor;
	return true;
}

/* "e3", "E-6"; false if the text is no exponent. Beyond four digits every number is out of range anyway. */
static bool exponent_read(struct strv s, int *out)
{
	if (s.n < 2 || (s.p[0] != 'e' && s.p[0] != 'E')) {
		return false;
	}
	size_t i = 1;
	bool negative = s.p[i] == '-';
	if (s.p[i] == '-' || s.p[i] == '+') {
		i++;
	}
	int n = 0;
	size_t from = i;
	for (; i < s.n && is_digit(s.p[i]); i++) {
		n = n < 10000 ? n * 10 + (s.p[i] - '0') : n;
	}
	if (i < s.n || i == from) {
		return false;
	}
	*out = negative ? -n : n;
	return true;
}

static bool suffix_read(struct strv s, enum amount_format *out_format, int *out_exponent)
{
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (strv_eq(s, strv_of(suffixes[i].text)) ||
			(s.n == 0 && suffixes[i].text[0] == '\0')) {
			*out_format = suffixes[i].format;
			*out_exponent = suffixes[i].exponent;
			return true;
		}
	}
	*out_format = AMOUNT_EXPONENT;
	return exponent_read(s, out_exponent);
}

/* digits * 10^power, what is finer than one rounded up. */
static bool scaled(u128 digits, int power, u128 *out)
{
	for (; power > 0 && digits > 0; power--) {
		if (!times(&digits, 10)) {
			return false;
		}
	}
	bool rest = false;
	for (; power < 0 && digits > 0; power++) {
		rest = rest || digits % 10 != 0;
		digits /= 10;
	}
	*out = digits + (rest ? 1 : 0);
	return true;
}

int amount_parse(struct strv s, struct amount *out)
{
	s = strv_trim(s);
	struct amount q = { .nano = 0 };
	size_t i = 0;
	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) {
		q.negative = s.p[i++] == '-';
	}
	u128 digits = 0;
	int behind = 0; /* digits after the point */
	bool any = false, point = false, fits = true;
	for (; i < s.n && (is_digit(s.p[i]) || (s.p[i] == '.' && !point)); i++) {
		if (s.p[i] == '.') {
			point = true;
			continue;
		}
		any = true;
		fits = fits && times(&digits, 10) && digits <= U128_MAX - 9;
		if (fits) {
			digits += (unsigned)(s.p[i] - '0');
			behind += point ? 1 : 0;
		}
	}
	int exponent = 0;
	if (!any || !suffix_read(strv_sub(s, i, s.n - i), &q.format, &exponent)) {
		return ERR_SYNTAX;
	}
	int power = NANO - behind;
	if (q.format == AMOUNT_BINARY) {
		fits = fits && digits <= (U128_MAX >> exponent);
		digits <<= fits ? exponent : 0;
	} else {
		power += exponent;
	}
	if (!fits || !scaled(digits, power, &q.nano)) {
		return ERR_RANGE;
	}
	/* Binary amounts stop at the largest signed 64-bit number. */
	u128 most = (u128)INT64_MAX * 1000000000u;
	if (q.format == AMOUNT_BINARY && q.nano > most) {
		q.nano = most;
	}
	q.negative = q.negative && q.nano != 0;
	*out = q;
	return ERR_OK;
}

/* The number in decimal, then the suffix. n < 2^128 has 39 digits at most. */
static void write_text(bool negative, u128 n, const char *suffix, char out[AMOUNT_CHARS])
{
	char digits[40];
	size_t at = sizeof(digits);
	digits[--at] = '\0';
	do {
		digits[--at] = (char)('0' + (int)(n % 10));
		n /= 10;
	} while (n > 0);
	(void)snprintf(out, AMOUNT_CHARS, "%s%s%s", negative ? "-" : "", digits + at, suffix);
}

static const char *suffix_of(enum amount_format format, int exponent)
{
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (suffixes[i].exponent == exponent &&
			(suffixes[i].format == format || exponent == 0)) {
			return suffixes[i].text;
		}
	}
	return NULL;
}

static bool binary_text(const struct amount *q, char out[AMOUNT_CHARS])
{
	u128 n = q->nano / 1000000000u;
	int exponent = 0;
	for (; n % 1024 == 0 && exponent < 60; exponent += 10) {
		n /= 1024;
	}
	write_text(q->negative, n, suffix_of(AMOUNT_BINARY, exponent), out);
	return true;
}

bool amount_text(const struct amount *q, char out[AMOUNT_CHARS])
{
	u128 n = q->nano;
	if (n == 0) {
		write_text(false, 0, "", out);
		return true;
	}
	/* Small or broken amounts lose their binary form, so that nothing is rounded. */
	if (q->format == AMOUNT_BINARY && n >= (u128)1024 * 1000000000u && n % 1000000000u == 0) {
		return binary_text(q, out);
	}
	int exponent = -NANO;
	for (; n % 1000 == 0; exponent += 3) {
		n /= 1000;
	}
	if (q->format == AMOUNT_EXPONENT && exponent != 0) {
		char suffix[16];
		(void)snprintf(suffix, sizeof(suffix), "e%d", exponent);
		write_text(q->negative, n, suffix, out);
		return true;
	}
	const char *suffix = suffix_of(AMOUNT_DECIMAL, exponent);
	if (!suffix) {
		return false;
	}
	write_text(q->negative, n, suffix, out);
	return true;
}

int amount_cmp(const struct amount *a, const struct amount *b)
{
	if (a->negative != b->negative) {
		return a->negative ? -1 : 1;
	}
	int order = a->nano < b->nano ? -1 : a->nano > b->nano;
	return a->negative ? -order : order;
}
