/* Kubernetes quantities: a decimal number with a suffix.
 *	[+-] digits [. digits] ( n u m k M G T P E | Ki Mi Gi Ti Pi Ei | e[+-]digits | E[+-]digits )?
 * Source: apimachinery resource.ParseQuantity; Value() rounds away from zero, what is beyond int64 is the largest there is. A number without any digit, which
 * ParseQuantity takes for 0, is refused here. Regime: no memory. Called by: decoders, companions, validation. */
#include "base/err.h"
#include "watch/object/object.h"

__extension__ typedef unsigned __int128 u128;

#define DIGITS_KEPT 20   /* 10^20 * 2^60 stays below 2^128 */
#define EXP_MAX     4000 /* beyond it every number is 0 or out of range */

struct number { /* mantissa * 10^exp10 * 2^exp2, plus a little if more */
	u128 mantissa;
	bool negative;
	bool more; /* digits beyond the kept ones were not all 0 */
	int exp10;
	unsigned exp2;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int read_digits(struct strv text, size_t *at, struct number *out)
{
	size_t seen = 0, kept = 0;
	bool fraction = false;
	for (; *at < text.n; (*at)++) {
		char c = text.p[*at];
		if (c == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (!is_digit(c)) {
			break;
		}
		seen++;
		if (kept == DIGITS_KEPT) {
			out->more = out->more || c != '0';
			out->exp10 += fraction || out->exp10 >= EXP_MAX ? 0 : 1;
			continue;
		}
		out->mantissa = out->mantissa * 10 + (unsigned)(c - '0');
		kept += out->mantissa > 0;
		out->exp10 -= fraction && out->exp10 > -EXP_MAX ? 1 : 0;
	}
	return seen > 0 ? ERR_OK : ERR_SYNTAX;
}

static int read_exponent(struct strv digits, struct number *out)
{
	bool negative = false;
	int n = 0;
	size_t at = 0;
	if (digits.p[0] == '+' || digits.p[0] == '-') {
		negative = digits.p[0] == '-';
		at = 1;
	}
	if (at == digits.n) {
		return ERR_SYNTAX;
	}
	for (; at < digits.n; at++) {
		if (!is_digit(digits.p[at])) {
			return ERR_SYNTAX;
		}
		n = n >= EXP_MAX ? n : n * 10 + (digits.p[at] - '0');
	}
	out->exp10 += negative ? -n : n;
	return ERR_OK;
}

static int read_suffix(struct strv s, struct number *out)
{
	static const struct {
		char c;
		int exp10;
		unsigned exp2; /* with an "i" behind */
	} rows[] = {
		{ 'n', -9, 0 },
		{ 'u', -6, 0 },
		{ 'm', -3, 0 },
		{ 'k', 3, 0 },
		{ 'K', 0, 10 },
		{ 'M', 6, 20 },
		{ 'G', 9, 30 },
		{ 'T', 12, 40 },
		{ 'P', 15, 50 },
		{ 'E', 18, 60 },
	};
	if (s.n == 0) {
		return ERR_OK;
	}
	if ((s.p[0] == 'e' || s.p[0] == 'E') && s.n > 1 && s.p[1] != 'i') {
		return read_exponent(strv_sub(s, 1, s.n - 1), out);
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].c != s.p[0]) {
			continue;
		}
		if (s.n == 1 && rows[i].exp10 != 0) {
			out->exp10 += rows[i].exp10;
			return ERR_OK;
		}
		if (s.n == 2 && s.p[1] == 'i' && rows[i].exp2 != 0) {
			out->exp2 = rows[i].exp2;
			return ERR_OK;
		}
	}
	return ERR_SYNTAX;
}

/* |value| rounded up, INT64_MAX at most. */
static int64_t scale(const struct number *num)
{
	const u128 limit = (u128)1 << 64;
	u128 v = num->mantissa << num->exp2;
	bool more = num->more;
	for (int e = num->exp10; e > 0 && v > 0; e--) {
		if (v > limit) {
			break;
		}
		v *= 10;
	}
	for (int e = num->exp10; e < 0 && v > 0; e++) {
		more = more || v % 10 != 0;
		v /= 10;
	}
	v += more ? 1 : 0;
	return v > (u128)INT64_MAX ? INT64_MAX : (int64_t)v;
}

int quantity_parse(struct strv text, int64_t *out)
{
	struct number num = { 0 };
	size_t at = 0;
	if (text.n > 0 && (text.p[0] == '+' || text.p[0] == '-')) {
		num.negative = text.p[0] == '-';
		at = 1;
	}
	int err = read_digits(text, &at, &num);
	if (err == ERR_OK) {
		err = read_suffix(strv_sub(text, at, text.n - at), &num);
	}
	if (err != ERR_OK) {
		return err;
	}
	int64_t v = scale(&num);
	*out = num.negative ? -v : v;
	return ERR_OK;
}
