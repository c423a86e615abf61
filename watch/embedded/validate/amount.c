/* Quantities. See amount.h. */
#include "watch/embedded/validate/amount.h"

#include "base/err.h"

#define NANO  ((__int128)1000000000)
#define LIMIT ((__int128)1 << 100) /* saturation; one more factor of 1024 still fits */

static __int128 times(__int128 v, int64_t factor)
{
	return v > LIMIT / factor ? LIMIT : v * factor;
}

static __int128 divided_up(__int128 v, int64_t by)
{
	return (v + by - 1) / by; /* kube rounds away from zero */
}

static __int128 scaled_by_ten(__int128 v, int64_t exponent)
{
	for (; exponent > 0 && v != 0 && v < LIMIT; exponent--) {
		v = times(v, 10);
	}
	for (; exponent < 0 && v > 1; exponent++) {
		v = divided_up(v, 10);
	}
	return v;
}

/* Digits with at most one point, in nano; *rest is what follows. */
static int mantissa(struct strv *rest, __int128 *out)
{
	__int128 v = 0;
	int64_t fraction = -1; /* digits after the point */
	size_t digits = 0;
	bool cut = false; /* digits below nano */
	size_t i = 0;
	for (; i < rest->n; i++) {
		char c = rest->p[i];
		if (c == '.' && fraction < 0) {
			fraction = 0;
			continue;
		}
		if (c < '0' || c > '9') {
			break;
		}
		digits++;
		if (fraction >= 9) {
			cut |= c != '0';
			continue;
		}
		v = times(v, 10) + (c - '0');
		fraction += fraction >= 0;
	}
	if (digits == 0) {
		return ERR_SYNTAX;
	}
	v = scaled_by_ten(v, 9 - (fraction > 0 ? fraction : 0));
	*out = v + cut;
	*rest = strv_sub(*rest, i, rest->n - i);
	return ERR_OK;
}

static int scale(struct strv suffix, __int128 *v)
{
	static const struct {
		const char *suffix;
		int exponent; /* of ten */
		int binary;   /* of 1024 */
	} rows[] = { { "", 0, 0 }, { "n", -9, 0 }, { "u", -6, 0 }, { "m", -3, 0 }, { "k", 3, 0 },
		{ "M", 6, 0 }, { "G", 9, 0 }, { "T", 12, 0 }, { "P", 15, 0 }, { "E", 18, 0 },
		{ "Ki", 0, 1 }, { "Mi", 0, 2 }, { "Gi", 0, 3 }, { "Ti", 0, 4 }, { "Pi", 0, 5 },
		{ "Ei", 0, 6 } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strv_eq(suffix, strv_of(rows[i].suffix)) ||
			suffix.n + strlen(rows[i].suffix) == 0) {
			*v = scaled_by_ten(*v, rows[i].exponent);
			for (int k = 0; k < rows[i].binary; k++) {
				*v = times(*v, 1024);
			}
			return ERR_OK;
		}
	}
	if (suffix.n < 2 || (suffix.p[0] != 'e' && suffix.p[0] != 'E')) {
		return ERR_SYNTAX;
	}
	struct strv digits = strv_sub(suffix, 1, suffix.n - 1);
	if (digits.p[0] == '+') {
		digits = strv_sub(digits, 1, digits.n - 1);
	}
	int64_t exponent = 0;
	if (strv_to_i64(digits, &exponent) != ERR_OK) {
		return ERR_SYNTAX;
	}
	*v = scaled_by_ten(*v, exponent);
	return ERR_OK;
}

static int amount_parse(struct strv text, struct amount *out)
{
	bool negative = false;
	if (text.n > 0 && (text.p[0] == '-' || text.p[0] == '+')) {
		negative = text.p[0] == '-';
		text = strv_sub(text, 1, text.n - 1);
	}
	__int128 v = 0;
	int err = mantissa(&text, &v);
	if (err == ERR_OK) {
		err = scale(text, &v);
	}
	if (err == ERR_OK) {
		out->nano = negative ? -v : v;
	}
	return err;
}

int amount_of(const struct json *value, struct amount *out)
{
	if (json_is_string(value)) {
		return amount_parse(json_str(value), out);
	}
	if (json_type_of(value) != JSON_NUMBER) {
		return ERR_BAD_TYPE;
	}
	char text[64];
	int n = 0;
	int64_t whole = 0;
	if (json_i64(value, &whole) == ERR_OK) {
		out->nano = (__int128)whole * NANO;
		return ERR_OK;
	}
	n = snprintf(text, sizeof(text), "%.17g", json_number(value));
	if (n < 0 || (size_t)n >= sizeof(text)) {
		return ERR_SYNTAX;
	}
	return amount_parse((struct strv){ text, (size_t)n }, out);
}

int amount_compare(struct amount a, struct amount b)
{
	return (a.nano > b.nano) - (a.nano < b.nano);
}

int amount_sign(struct amount a)
{
	return (a.nano > 0) - (a.nano < 0);
}

bool amount_is_whole(struct amount a)
{
	return a.nano % NANO == 0;
}
