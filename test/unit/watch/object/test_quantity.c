/* quantity_parse, ip_parse and ip_print. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/object/typed.h"

static void quantities_are_whole_units_rounded_up(void **state)
{
	static const struct {
		const char *why, *in;
		int err;
		int64_t want;
	} rows[] = {
		{ "plain", "5", ERR_OK, 5 },
		{ "zero", "0", ERR_OK, 0 },
		{ "leading zeros", "007", ERR_OK, 7 },
		{ "a sign", "+3", ERR_OK, 3 },
		{ "a negative one", "-3", ERR_OK, -3 },
		{ "nano is rounded up", "1n", ERR_OK, 1 },
		{ "micro", "1000000u", ERR_OK, 1 },
		{ "milli", "500m", ERR_OK, 1 },
		{ "milli, exact", "2000m", ERR_OK, 2 },
		{ "milli, just above", "2001m", ERR_OK, 3 },
		{ "rounded away from zero", "-1500m", ERR_OK, -2 },
		{ "k", "1k", ERR_OK, 1000 },
		{ "M", "2M", ERR_OK, 2000000 },
		{ "G", "3G", ERR_OK, 3000000000 },
		{ "T", "1T", ERR_OK, 1000000000000 },
		{ "P", "1P", ERR_OK, 1000000000000000 },
		{ "E", "1E", ERR_OK, 1000000000000000000 },
		{ "Ki", "1Ki", ERR_OK, 1024 },
		{ "Mi", "1Mi", ERR_OK, 1048576 },
		{ "Gi", "1Gi", ERR_OK, 1073741824 },
		{ "Ti", "1Ti", ERR_OK, 1099511627776 },
		{ "Pi", "1Pi", ERR_OK, 1125899906842624 },
		{ "Ei", "1Ei", ERR_OK, 1152921504606846976 },
		{ "a fraction of a binary unit", "1.5Gi", ERR_OK, 1610612736 },
		{ "a fraction rounded up", "0.1Ki", ERR_OK, 103 },
		{ "no digit before the point", ".5", ERR_OK, 1 },
		{ "no digit behind the point", "5.", ERR_OK, 5 },
		{ "exponent", "1e3", ERR_OK, 1000 },
		{ "upper case exponent", "1E3", ERR_OK, 1000 },
		{ "exponent with sign", "12e+2", ERR_OK, 1200 },
		{ "negative exponent", "1500e-3", ERR_OK, 2 },
		{ "zero times anything", "0e999999999", ERR_OK, 0 },
		{ "tiny", "1e-999999999", ERR_OK, 1 },
		{ "the largest", "9223372036854775807", ERR_OK, INT64_MAX },
		{ "30 digits of fraction", "1.000000000000000000000000000001", ERR_OK, 2 },
		{ "30 zeros of fraction", "1.000000000000000000000000000000", ERR_OK, 1 },
		{ "beyond the largest: capped", "9223372036854775808", ERR_OK, INT64_MAX },
		{ "beyond, binary: capped", "8Ei", ERR_OK, INT64_MAX },
		{ "beyond, 40 digits: capped", "1111111111222222222233333333334444444444", ERR_OK,
			INT64_MAX },
		{ "beyond, exponent: capped", "1e999999999", ERR_OK, INT64_MAX },
		{ "beyond, negative: capped", "-1e999999999", ERR_OK, -INT64_MAX },
		{ "nothing", "", ERR_SYNTAX, 0 },
		{ "no digit", "Gi", ERR_SYNTAX, 0 },
		{ "a sign alone", "-", ERR_SYNTAX, 0 },
		{ "a point alone", ".", ERR_SYNTAX, 0 },
		{ "two points", "1.2.3", ERR_SYNTAX, 0 },
		{ "two signs", "+-1", ERR_SYNTAX, 0 },
		{ "a blank", "1 Gi", ERR_SYNTAX, 0 },
		{ "no such suffix", "1GB", ERR_SYNTAX, 0 },
		{ "lower case g", "1g", ERR_SYNTAX, 0 },
		{ "K without i", "1K", ERR_SYNTAX, 0 },
		{ "ki", "1ki", ERR_SYNTAX, 0 },
		{ "mi", "1mi", ERR_SYNTAX, 0 },
		{ "an exponent without digits", "1e", ERR_SYNTAX, 0 },
		{ "an exponent with a sign only", "1e+", ERR_SYNTAX, 0 },
		{ "a fraction in the exponent", "1e1.5", ERR_SYNTAX, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = 0;
		int err = quantity_parse(strv_of(rows[i].in), &got);
		if (err != rows[i].err || got != rows[i].want) {
			fail_msg("%s: \"%s\" gave %d, %lld", rows[i].why, rows[i].in, err,
				(long long)got);
		}
	}
}

static void addresses_come_back_as_they_are_written_best(void **state)
{
	static const struct {
		const char *why, *in, *want; /* want NULL: refused */
	} rows[] = {
		{ "IPv4", "10.244.0.5", "10.244.0.5" },
		{ "IPv6", "fd00:0:0:0::1", "fd00::1" },
		{ "IPv6, upper case", "FD00::A", "fd00::a" },
		{ "IPv4 in IPv6", "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
		{ "nothing", "", NULL },
		{ "three parts", "10.0.1", NULL },
		{ "a number too large", "10.0.0.256", NULL },
		{ "a needless zero", "10.0.0.01", NULL },
		{ "five parts", "10.0.0.1.2", NULL },
		{ "an empty part", "10..0.1", NULL },
		{ "a dot behind", "10.0.0.1.", NULL },
		{ "a zone", "fe80::1%eth0", NULL },
		{ "a name", "None", NULL },
		{ "a blank behind", "10.0.0.1 ", NULL },
		{ "too long for any address", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
			NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ip ip;
		char text[IP_TEXT_CHARS + 1] = "";
		int err = ip_parse(strv_of(rows[i].in), &ip);
		if ((err == ERR_OK) != (rows[i].want != NULL)) {
			fail_msg("%s: \"%s\" gave %d", rows[i].why, rows[i].in, err);
		}
		if (err == ERR_OK) {
			assert_int_equal(ip_print(&ip, text), strlen(rows[i].want));
			assert_string_equal(text, rows[i].want);
		}
	}
	assert_int_equal(ip_parse((struct strv){ "10.0.0.1\0", 9 }, &(struct ip){ 0 }), ERR_SYNTAX);
}

static void four_numbers_are_an_address_where_libc_says_so(void **state)
{
	static const char letters[] = "0123456789...25";
	uint32_t random = 1;
	size_t good = 0;
	(void)state;
	for (int i = 0; i < 300000; i++) {
		char text[16];
		uint8_t want[4];
		struct ip ip = { .family = IP_V6 };
		size_t n = 0;
		do {
			random = random * 1664525u + 1013904223u;
			text[n++] = letters[(random >> 24) % (sizeof(letters) - 1)];
		} while (n < sizeof(text) - 1 && (n < 7 || (random >> 16) % 4 != 0));
		text[n] = '\0';
		bool is_v4 = inet_pton(AF_INET, text, want) == 1;
		good += is_v4;
		if ((ip_parse(strv_of(text), &ip) == ERR_OK) != is_v4 ||
			(is_v4 && memcmp(ip.bytes, want, sizeof(want)) != 0)) {
			fail_msg("%s", text);
		}
	}
	assert_true(good > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantities_are_whole_units_rounded_up),
		cmocka_unit_test(addresses_come_back_as_they_are_written_best),
		cmocka_unit_test(four_numbers_are_an_address_where_libc_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
