/* Quantities: the canonical forms are those that kube-apiserver 1.37 printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "watch/embedded/schema/amount.h"

static const struct {
	const char *why, *in, *want;
} rows[] = {
	{ "a whole number", "5", "5" },
	{ "a fraction goes to milli", "0.5", "500m" },
	{ "a point without zero before it", ".5", "500m" },
	{ "1024 Mi are a Gi", "1024Mi", "1Gi" },
	{ "binary fractions", "1.5Gi", "1536Mi" },
	{ "less than 1024 loses the binary form", "0.5Ki", "512" },
	{ "zero is zero in every form", "0Gi", "0" },
	{ "negative", "-1.5Ki", "-1536" },
	{ "below nano is rounded up", "0.0000000001", "1n" },
	{ "so is what lies between", "1.1n", "2n" },
	{ "thousands move up", "1000k", "1M" },
	{ "micro moves up", "2000000u", "2" },
	{ "exponents stay exponents", "1e3", "1e3" },
	{ "negative exponents too", "1e-3", "1e-3" },
	{ "binary amounts stop at 2^63-1", "12345678901234567890Ki", "9223372036854775807" },
	{ "decimal ones do not", "100000000000000000000", "100E" },
	{ "milli that is no whole number", "1500m", "1500m" },
	{ "exa, not an exponent", "1E", "1E" },
	{ "white space around it", " 1 ", "1" },
};

static void quantities_are_printed_in_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct amount q;
		char text[AMOUNT_CHARS] = "?";
		int err = amount_parse(strv_of(rows[i].in), &q);
		if (err != ERR_OK || !amount_text(&q, text) || strcmp(text, rows[i].want) != 0) {
			fail_msg("%s: %d %s", rows[i].why, err, text);
		}
	}
}

static void other_texts_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "abc", "1Kx", "Gi", "-", "+", ".", "1.2.3", "1 k",
		"1e", "1e+", "e3", "1k1", "--1", "0x10", "1_000", "1e3k" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct amount q;
		int err = amount_parse(strv_of(bad[i]), &q);
		if (err != ERR_SYNTAX) {
			fail_msg("\"%s\": %d", bad[i], err);
		}
	}
	struct amount q;
	assert_int_equal(amount_parse(STRV("1e9999999999"), &q), ERR_RANGE);
	assert_int_equal(
		amount_parse(STRV("99999999999999999999999999999999999999999999"), &q), ERR_RANGE);
	assert_int_equal(amount_parse(STRV("1e-9999999999"), &q), ERR_OK);
	assert_int_equal(amount_parse(STRV("1000E"), &q), ERR_OK);
	char text[AMOUNT_CHARS];
	assert_false(amount_text(&q, text));
}

static void amounts_are_compared_by_value(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		int want;
	} pairs[] = { { "1Gi", "1024Mi", 0 }, { "1G", "1Gi", -1 }, { "1", "999m", 1 },
		{ "-1", "1", -1 }, { "-2", "-1", -1 }, { "0", "-0", 0 } };
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct amount a, b;
		assert_int_equal(amount_parse(strv_of(pairs[i].a), &a), ERR_OK);
		assert_int_equal(amount_parse(strv_of(pairs[i].b), &b), ERR_OK);
		assert_int_equal(amount_cmp(&a, &b), pairs[i].want);
		assert_int_equal(amount_cmp(&b, &a), -pairs[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantities_are_printed_in_canonical_form),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(amounts_are_compared_by_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
