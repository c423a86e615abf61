/* Text by pointer and length.
 * Source: Go's time.ParseDuration for durations, SipHash (Aumasson, Bernstein 2012) for the hash.
 * Regime: borrows everything, owns nothing. Called by: everyone. */
#include "base/strv.h"

#include "base/err.h"

struct strv strv_of(const char *cstr)
{
	return cstr ? (struct strv){ cstr, strlen(cstr) } : STRV_NONE;
}

bool strv_eq(struct strv a, struct strv b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool strv_eq_nocase(struct strv a, struct strv b)
{
	if (a.n != b.n) {
		return false;
	}
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i])) {
			return false;
		}
	}
	return true;
}

int strv_cmp(struct strv a, struct strv b)
{
	size_t common = a.n < b.n ? a.n : b.n;
	int order = common > 0 ? memcmp(a.p, b.p, common) : 0;
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

bool strv_has_prefix(struct strv s, struct strv prefix)
{
	return s.n >= prefix.n && strv_eq((struct strv){ s.p, prefix.n }, prefix);
}

bool strv_has_suffix(struct strv s, struct strv suffix)
{
	return s.n >= suffix.n && strv_eq(strv_sub(s, s.n - suffix.n, suffix.n), suffix);
}

struct strv strv_sub(struct strv s, size_t from, size_t n)
{
	if (!s.p) {
		return STRV_NONE;
	}
	from = from < s.n ? from : s.n;
	return (struct strv){ s.p + from, n < s.n - from ? n : s.n - from };
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct strv strv_trim(struct strv s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1])) {
		s.n--;
	}
	return s;
}

bool strv_cut(struct strv *rest, char sep, struct strv *out)
{
	if (!rest->p) {
		return false;
	}
	const char *at = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
	if (!at) {
		*out = *rest;
		*rest = STRV_NONE;
		return true;
	}
	size_t n = (size_t)(at - rest->p);
	*out = (struct strv){ rest->p, n };
	*rest = (struct strv){ at + 1, rest->n - n - 1 };
	return true;
}

int strv_to_i64(struct strv s, int64_t *out)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t limit = minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t sum = 0;
	bool beyond = false;
	size_t i = minus ? 1 : 0;
	if (i == s.n) {
		return ERR_SYNTAX;
	}
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return ERR_SYNTAX;
		}
		uint64_t digit = (uint64_t)(s.p[i] - '0');
		beyond = beyond || sum > (limit - digit) / 10;
		sum = beyond ? 0 : sum * 10 + digit;
	}
	if (beyond) {
		return ERR_RANGE;
	}
	/* INT64_MIN has no positive twin: negate what is one short of it */
	*out = minus && sum > 0 ? -(int64_t)(sum - 1) - 1 : (int64_t)sum;
	return ERR_OK;
}

int strv_to_u32(struct strv s, uint32_t *out)
{
	int64_t wide;
	int err = strv_to_i64(s, &wide);
	if (err != ERR_OK) {
		return err;
	}
	if (wide < 0 || wide > UINT32_MAX) {
		return ERR_RANGE;
	}
	*out = (uint32_t)wide;
	return ERR_OK;
}

static const struct {
	struct strv name;
	uint64_t ns;
} duration_units[] = {
	{ { "ns", 2 }, 1 },
	{ { "us", 2 }, 1000 },
	{ { "\xc2\xb5s", 3 }, 1000 }, /* U+00B5, micro sign */
	{ { "\xce\xbcs", 3 }, 1000 }, /* U+03BC, Greek letter mu */
	{ { "ms", 2 }, 1000000 },
	{ { "s", 1 }, 1000000000 },
	{ { "m", 1 }, 60000000000 },
	{ { "h", 1 }, 3600000000000 },
};

/* Digits off the front of *s. *out_scale is 10 to the number of digits that count; those beyond
 * what 64 bits hold are an error before the point and dropped behind it. */
static int digits_cut(
	struct strv *s, bool is_fraction, uint64_t *out, uint64_t *out_scale, size_t *out_n)
{
	uint64_t sum = 0;
	uint64_t scale = 1;
	size_t i = 0;
	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		if (sum > (INT64_MAX - 9) / 10 || scale > INT64_MAX / 10) {
			if (!is_fraction) {
				return ERR_RANGE;
			}
			continue;
		}
		sum = sum * 10 + (uint64_t)(s->p[i] - '0');
		scale = is_fraction ? scale * 10 : 1;
	}
	*out = sum;
	*out_scale = scale;
	*out_n = i;
	*s = strv_sub(*s, i, s->n);
	return ERR_OK;
}

/* One "1.5h" off the front of *s, in nanoseconds. */
static int duration_part_cut(struct strv *s, uint64_t *out_ns)
{
	uint64_t whole, fraction = 0, scale = 1;
	size_t n_whole, n_fraction = 0;
	int err = digits_cut(s, false, &whole, &scale, &n_whole);
	if (err == ERR_OK && s->n > 0 && s->p[0] == '.') {
		*s = strv_sub(*s, 1, s->n);
		err = digits_cut(s, true, &fraction, &scale, &n_fraction);
	}
	if (err != ERR_OK || n_whole + n_fraction == 0) {
		return err != ERR_OK ? err : ERR_SYNTAX;
	}
	size_t n_unit = 0;
	while (n_unit < s->n && s->p[n_unit] != '.' && (s->p[n_unit] < '0' || s->p[n_unit] > '9')) {
		n_unit++;
	}
	struct strv unit = strv_sub(*s, 0, n_unit);
	*s = strv_sub(*s, n_unit, s->n);
	for (size_t i = 0; i < ARRAY_LEN(duration_units); i++) {
		uint64_t ns = duration_units[i].ns;
		if (!strv_eq(unit, duration_units[i].name)) {
			continue;
		}
		if (whole > (uint64_t)INT64_MAX / ns) {
			return ERR_RANGE;
		}
		*out_ns = whole * ns + (uint64_t)((double)fraction * ((double)ns / (double)scale));
		return ERR_OK;
	}
	return ERR_SYNTAX;
}

int strv_to_duration_ms(struct strv s, int64_t *out_ms)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t sum_ns = 0;
	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		s = strv_sub(s, 1, s.n);
	}
	if (strv_eq(s, STRV("0"))) {
		*out_ms = 0;
		return ERR_OK;
	}
	if (s.n == 0) {
		return ERR_SYNTAX;
	}
	while (s.n > 0) {
		uint64_t ns;
		int err = duration_part_cut(&s, &ns);
		if (err != ERR_OK) {
			return err;
		}
		sum_ns += ns;
		if (sum_ns > INT64_MAX) { /* Go's own bound, some 292 years */
			return ERR_RANGE;
		}
	}
	if (minus && sum_ns > 0) {
		return ERR_RANGE;
	}
	*out_ms = (int64_t)(sum_ns / 1000000);
	return ERR_OK;
}

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotl(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v0 = rotl(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v2 = rotl(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

/* SipHash-1-3: one round a word, three at the end; keys chosen by strangers cannot be aimed at one
 * bucket. */
uint64_t strv_hash(struct strv s, uint64_t seed)
{
	uint64_t k1 = seed * 0x9e3779b97f4a7c15u + 1;
	struct sip h = { seed ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du,
		seed ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u };
	size_t i = 0;
	for (; s.n - i >= 8; i += 8) {
		uint64_t word;
		memcpy(&word, s.p + i, sizeof(word));
		sip_word(&h, word);
	}
	uint64_t last = (uint64_t)s.n << 56;
	for (unsigned shift = 0; i < s.n; i++, shift += 8) {
		last |= (uint64_t)(unsigned char)s.p[i] << shift;
	}
	sip_word(&h, last);
	h.v2 ^= 0xff;
	sip_round(&h);
	sip_round(&h);
	sip_round(&h);
	return h.v0 ^ h.v1 ^ h.v2 ^ h.v3;
}
