/* base/strv: comparing, cutting, numbers, durations, the hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/strv.h"

static void comparing_looks_at_bytes_and_length(void **state)
{
	(void)state;
	assert_true(strv_eq(STRV(""), STRV_NONE));
	assert_true(strv_eq(strv_of(NULL), STRV_NONE));
	assert_true(strv_eq(STRV("a\0b"), (struct strv){ "a\0b", 3 }));
	assert_false(strv_eq(STRV("a\0b"), STRV("a\0c")));
	assert_false(strv_eq(STRV("ab"), STRV("a")));
	assert_true(strv_eq_nocase(STRV("Content-TYPE"), STRV("content-type")));
	assert_false(strv_eq_nocase(STRV("[\\]"), STRV("{|}")));  /* 0x20 apart, but no letters */
	assert_false(strv_eq_nocase(STRV("\xc4"), STRV("\xe4"))); /* ASCII only */
	assert_true(strv_cmp(STRV("a"), STRV("ab")) < 0);
	assert_true(strv_cmp(STRV("ab"), STRV("a")) > 0);
	assert_true(strv_cmp(STRV("\xff"), STRV("a")) > 0); /* as unsigned bytes */
	assert_true(strv_cmp(STRV_NONE, STRV("")) == 0);
	assert_true(strv_has_prefix(STRV("web-0"), STRV("web-")));
	assert_true(strv_has_prefix(STRV("web"), STRV_NONE));
	assert_false(strv_has_prefix(STRV("we"), STRV("web")));
	assert_true(strv_has_suffix(STRV("web-0"), STRV("-0")));
	assert_false(strv_has_suffix(STRV("0"), STRV("-0")));
	assert_true(strv_has_suffix(STRV_NONE, STRV("")));
}

static void pieces_are_clipped_to_the_text(void **state)
{
	(void)state;
	assert_true(strv_eq(strv_sub(STRV("abc"), 1, 1), STRV("b")));
	assert_true(strv_eq(strv_sub(STRV("abc"), 1, SIZE_MAX), STRV("bc")));
	assert_true(strv_eq(strv_sub(STRV("abc"), 9, 1), STRV("")));
	assert_true(strv_eq(strv_sub(STRV_NONE, 1, 1), STRV("")));
	assert_true(strv_eq(strv_trim(STRV(" \t\r\n a b\v\f ")), STRV("a b")));
	assert_true(strv_eq(strv_trim(STRV("  ")), STRV("")));
	assert_true(strv_eq(strv_trim(STRV_NONE), STRV("")));
}

static void cutting_gives_every_piece_once(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "a.b.c", "[a][b][c]" },
		{ "a", "[a]" },
		{ "", "[]" },
		{ ".", "[][]" },
		{ "a..b.", "[a][][b][]" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strv rest = strv_of(rows[i].in);
		struct strv piece;
		char got[64] = "";
		size_t n = 0;
		while (strv_cut(&rest, '.', &piece)) {
			n += (size_t)snprintf(got + n, sizeof(got) - n, "[%.*s]", STRV_ARG(piece));
		}
		assert_string_equal(got, rows[i].want);
		assert_false(strv_cut(&rest, '.', &piece));
	}
}

static void numbers_are_whole_and_in_range(void **state)
{
	static const struct {
		const char *in;
		int want;
		int64_t n;
	} rows[] = {
		{ "0", ERR_OK, 0 },
		{ "-0", ERR_OK, 0 },
		{ "007", ERR_OK, 7 },
		{ "4294967295", ERR_OK, 4294967295 },
		{ "9223372036854775807", ERR_OK, INT64_MAX },
		{ "-9223372036854775808", ERR_OK, INT64_MIN },
		{ "9223372036854775808", ERR_RANGE, 0 },
		{ "-9223372036854775809", ERR_RANGE, 0 },
		{ "99999999999999999999999", ERR_RANGE, 0 },
		{ "99999999999999999999999x", ERR_SYNTAX, 0 },
		{ "", ERR_SYNTAX, 0 },
		{ "-", ERR_SYNTAX, 0 },
		{ "+1", ERR_SYNTAX, 0 },
		{ " 1", ERR_SYNTAX, 0 },
		{ "1 ", ERR_SYNTAX, 0 },
		{ "0x1", ERR_SYNTAX, 0 },
		{ "1.0", ERR_SYNTAX, 0 },
	};
	uint32_t u = 77;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t n = 77;
		int err = strv_to_i64(strv_of(rows[i].in), &n);
		if (err != rows[i].want || n != (err == ERR_OK ? rows[i].n : 77)) {
			fail_msg("%s: %d, %lld", rows[i].in, err, (long long)n);
		}
	}
	assert_int_equal(strv_to_u32(STRV("4294967296"), &u), ERR_RANGE);
	assert_int_equal(strv_to_u32(STRV("-1"), &u), ERR_RANGE);
	assert_int_equal(strv_to_u32(STRV("x"), &u), ERR_SYNTAX);
	assert_int_equal(u, 77);
	assert_int_equal(strv_to_u32(STRV("4294967295"), &u), ERR_OK);
	assert_int_equal(u, UINT32_MAX);
}

static void durations_are_read_as_go_reads_them(void **state)
{
	static const struct {
		const char *in;
		int want;
		int64_t ms;
	} rows[] = {
		{ "0", ERR_OK, 0 },
		{ "5s", ERR_OK, 5000 },
		{ "1m30s", ERR_OK, 90000 },
		{ "250ms", ERR_OK, 250 },
		{ "1.5h", ERR_OK, 5400000 },
		{ "+5s", ERR_OK, 5000 },
		{ "-0", ERR_OK, 0 },
		{ "-0s", ERR_OK, 0 },
		{ "1h15m30.918273645s", ERR_OK, 4530918 },
		{ ".5s", ERR_OK, 500 },
		{ "5.s", ERR_OK, 5000 },
		{ "1.9ms", ERR_OK, 1 },
		{ "999999ns", ERR_OK, 0 },
		{ "1500us", ERR_OK, 1 },
		{ "1500\xc2\xb5s", ERR_OK, 1 },
		{ "1500\xce\xbcs", ERR_OK, 1 },
		{ "0.100000000000000000000h", ERR_OK, 360000 },
		{ "0.3333333333333333333h", ERR_OK, 1200000 },
		{ "2562047h", ERR_OK, 9223369200000 },
		{ "2562048h", ERR_RANGE, 0 },
		{ "9223372036854775808ns", ERR_RANGE, 0 },
		{ "-1s", ERR_RANGE, 0 },
		{ "", ERR_SYNTAX, 0 },
		{ "3", ERR_SYNTAX, 0 },
		{ "-", ERR_SYNTAX, 0 },
		{ "s", ERR_SYNTAX, 0 },
		{ ".", ERR_SYNTAX, 0 },
		{ ".s", ERR_SYNTAX, 0 },
		{ "1x", ERR_SYNTAX, 0 },
		{ "1s ", ERR_SYNTAX, 0 },
		{ "1d", ERR_SYNTAX, 0 },
		{ "1h-5m", ERR_SYNTAX, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t ms = 77;
		int err = strv_to_duration_ms(strv_of(rows[i].in), &ms);
		/* a third of an hour may be off by the last nanosecond */
		int64_t off = ms - (err == ERR_OK ? rows[i].ms : 77);
		if (err != rows[i].want || off < -1 || off > 0) {
			fail_msg("%s: %d, %lld", rows[i].in, err, (long long)ms);
		}
	}
}

static void the_hash_depends_on_every_byte_the_length_and_the_seed(void **state)
{
	char text[40] = { 0 };
	(void)state;
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct strv s = { text, n };
		uint64_t h = strv_hash(s, 1);
		assert_true(h == strv_hash(s, 1));
		assert_true(h != strv_hash(s, 2));
		assert_true(n == 0 || h != strv_hash((struct strv){ text, n - 1 }, 1));
		for (size_t i = 0; i < n; i++) {
			text[i] = 1;
			assert_true(h != strv_hash(s, 1));
			text[i] = 0;
		}
	}
	size_t low_bits[16] = { 0 };
	for (int i = 0; i < 1600; i++) {
		int len = snprintf(text, sizeof(text), "web-%d", i);
		low_bits[strv_hash((struct strv){ text, (size_t)len }, 7) & 15]++;
	}
	for (size_t i = 0; i < 16; i++) {
		assert_in_range(low_bits[i], 50, 150);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparing_looks_at_bytes_and_length),
		cmocka_unit_test(pieces_are_clipped_to_the_text),
		cmocka_unit_test(cutting_gives_every_piece_once),
		cmocka_unit_test(numbers_are_whole_and_in_range),
		cmocka_unit_test(durations_are_read_as_go_reads_them),
		cmocka_unit_test(the_hash_depends_on_every_byte_the_length_and_the_seed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
