/* dns/stage/weights: the file of `loadbalance weighted`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/stage/weights.h"
#include "dns/wire/name.h"
#include "watch/object/typed.h"

static unsigned weight(const struct weights *w, const char *text, const char *address)
{
	struct name name;
	struct ip ip;
	assert_int_equal(name_parse(strv_of(text), &name), ERR_OK);
	assert_int_equal(ip_parse(strv_of(address), &ip), ERR_OK);
	return weights_of(w, name.b, name.n, ip.bytes, ip.family == IP_V4 ? 4 : 16);
}

static void an_address_has_the_weight_of_its_name(void **state)
{
	static const char text[] = "# who comes first\n"
				   "DB.example.org\n"
				   "  10.0.0.1   3 \n"
				   "10.0.0.2 255\r\n"
				   "\n"
				   "fd00::1\t7\n"
				   "web.example.org.\n"
				   "10.0.0.1 2\n"
				   "db.example.org.\n"
				   "10.0.0.3 9\n"
				   "10.0.0.1 4";
	struct weights *w = NULL;
	struct weights_report report;
	(void)state;
	assert_int_equal(weights_parse(strv_of(text), &w, &report), ERR_OK);
	assert_int_equal(weight(w, "db.example.org", "10.0.0.1"), 3); /* the first of two */
	assert_int_equal(weight(w, "db.example.org", "10.0.0.2"), 255);
	assert_int_equal(weight(w, "db.example.org", "10.0.0.3"), 9);
	assert_int_equal(weight(w, "db.example.org", "fd00::1"), 7);
	assert_int_equal(weight(w, "web.example.org", "10.0.0.1"), 2);
	assert_int_equal(weight(w, "web.example.org", "10.0.0.2"), 1);
	assert_int_equal(weight(w, "example.org", "10.0.0.1"), 1);
	weights_free(w);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
	static const struct {
		const char *why, *in, *want;
		unsigned line;
	} rows[] = {
		{ "no name yet", "# x\n10.0.0.1 3\n", "a domain name before", 2 },
		{ "a weight forgotten", "a\n10.0.0.1\n", "a weight behind an address", 2 },
		{ "zero", "a\n10.0.0.1 0\n", "from 1 to 255, has \"0\"", 2 },
		{ "too heavy", "a\n10.0.0.1 256\n", "from 1 to 255, has \"256\"", 2 },
		{ "no number", "a\n10.0.0.1 much\n", "has \"much\"", 2 },
		{ "no address", "a\n\n10.0.0 3\n", "wants an address, has \"10.0.0\"", 3 },
		{ "a third word", "a\n10.0.0.1 3 4\n", "an address and its weight", 2 },
		{ "no name", "a..b\n", "wants a domain name", 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct weights *w = NULL;
		struct weights_report report;
		assert_int_equal(weights_parse(strv_of(rows[i].in), &w, &report), ERR_SYNTAX);
		if (report.line != rows[i].line || !strstr(report.why, rows[i].want)) {
			fail_msg("%s: %u: %s", rows[i].why, report.line, report.why);
		}
	}
}

static void an_empty_file_weighs_all_alike(void **state)
{
	struct weights *w = NULL;
	struct weights_report report;
	(void)state;
	assert_int_equal(weights_parse(STRV_NONE, &w, &report), ERR_OK);
	assert_int_equal(weight(w, "a", "10.0.0.1"), 1);
	weights_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_the_weight_of_its_name),
		cmocka_unit_test(what_is_wrong_is_said_with_its_line),
		cmocka_unit_test(an_empty_file_weighs_all_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
