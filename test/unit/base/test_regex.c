/* base/regex: what Corefiles write matches as Go would match it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/regex.h"

static void expressions_match_as_in_go(void **state)
{
	static const struct {
		const char *why, *pattern, *text;
		bool want;
	} rows[] = {
		{ "anywhere", "timeout", "i/o timeout: 10.0.0.1", true },
		{ "the end", ".* timeout$", "read udp: i/o timeout", true },
		{ "not the end", ".* timeout$", "i/o timeout: 10.0.0.1", false },
		{ "a newline is not the end", "timeout$", "timeout\n", false },
		{ "the beginning", "^read", "cannot read", false },
		{ "case counts", "REFUSED", "refused", false },
		{ "unless told otherwise", "(?i)REFUSED", "refused", true },
		{ "digits", "\\d+\\.\\d+", "10.0", true },
		{ "a named group", "(?P<host>[a-z]+)\\.local", "db.local", true },
		{ "as few as possible", "^a.*?b$", "axxb", true },
		{ "nothing matches everything", "", "x", true },
		{ "no text", "^$", "", true },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char why[REGEX_WHY_CHARS];
		struct regex *r = NULL;
		assert_int_equal(regex_new(strv_of(rows[i].pattern), &r, why), ERR_OK);
		if (regex_matches(r, strv_of(rows[i].text)) != rows[i].want) {
			fail_msg("%s", rows[i].why);
		}
		regex_free(r);
	}
}

static void what_is_no_expression_is_refused_with_its_place(void **state)
{
	char why[REGEX_WHY_CHARS];
	struct regex *r = NULL;
	(void)state;
	assert_int_equal(regex_new(STRV("a(b"), &r, why), ERR_SYNTAX);
	assert_non_null(strstr(why, "at character 4"));
	assert_int_equal(regex_new(STRV("*"), &r, why), ERR_SYNTAX);
	static char long_one[REGEX_MAX_BYTES + 1];
	memset(long_one, 'a', sizeof(long_one));
	assert_int_equal(
		regex_new((struct strv){ long_one, sizeof(long_one) }, &r, why), ERR_TOO_LARGE);
	assert_null(r);
}

static void one_that_would_try_for_ever_does_not_match(void **state)
{
	char why[REGEX_WHY_CHARS];
	struct regex *r = NULL;
	char text[65];
	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(regex_new(STRV("^(a+)+$|^(a|aa)+b"), &r, why), ERR_OK);
	assert_true(regex_matches(r, strv_of(text)));
	regex_free(r);
	assert_int_equal(regex_new(STRV("^(a|aa)+b"), &r, why), ERR_OK);
	assert_false(regex_matches(r, strv_of(text)));
	regex_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_match_as_in_go),
		cmocka_unit_test(what_is_no_expression_is_refused_with_its_place),
		cmocka_unit_test(one_that_would_try_for_ever_does_not_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
