/* Label selectors: text in and out as kube-apiserver's, what matches, the JSON form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/object/typed.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static void accepted_texts_print_canonically(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "nothing", "", "" },
		{ "blanks", " \t\r\n", "" },
		{ "equality", "a=b", "a=b" },
		{ "double equality", "a==b", "a=b" },
		{ "blanks around", " a  = b ", "a=b" },
		{ "inequality", "a!=b", "a!=b" },
		{ "exists", "a", "a" },
		{ "does not exist", "!a", "!a" },
		{ "does not exist, blank", "! a", "!a" },
		{ "in", "a in (x,y)", "a in (x,y)" },
		{ "in, values sorted, each once", "a in (y,x,y)", "a in (x,y)" },
		{ "in with one value stays a set", "a in (x)", "a in (x)" },
		{ "notin", "a notin (y, x)", "a notin (x,y)" },
		{ "no blank before the parenthesis", "a in(x)", "a in (x)" },
		{ "greater", "a>1", "a>1" },
		{ "less", "a < 10", "a<10" },
		{ "keys in order, a key twice in its own", "b=1,a=2,b!=3", "a=2,b=1,b!=3" },
		{ "an empty value", "a=", "a=" },
		{ "an empty value before a comma", "a=,b", "a=,b" },
		{ "an empty value in a set", "a in (,x)", "a in (,x)" },
		{ "an empty value at the end of a set", "a in (x,)", "a in (,x)" },
		{ "two commas in a set", "a in (x,,y)", "a in (,x,y)" },
		{ "a comma alone in a set", "a in (,)", "a in ()" },
		{ "in as a key", "in=in", "in=in" },
		{ "notin as a key", "notin in (in,notin)", "notin in (in,notin)" },
		{ "a prefix", "example.com/app=web", "example.com/app=web" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct selector s;
		char why[SELECTOR_WHY_CHARS];
		int err = selector_parse(&arena, strv_of(rows[i].in), &s, why);
		if (err != ERR_OK) {
			fail_msg("%s: \"%s\" refused: %s", rows[i].why, rows[i].in, why);
		}
		assert_string_equal(selector_print(&arena, &s).p, rows[i].want);
	}
}

static void refused_texts_are_told_in_the_words_of_kubernetes(void **state)
{
	static const struct {
		const char *why, *in, *want; /* want: how the text begins */
	} rows[] = {
		{ "a comma alone", ",", "found ',', expected: !, identifier, or 'end of string'" },
		{ "a comma at the end", "a,", "found '', expected: identifier after ','" },
		{ "two commas", "a,,b", "found ',', expected: identifier after ','" },
		{ "no key", "=a", "found '=', expected: !, identifier, or 'end of string'" },
		{ "no key behind !", "!",
			"unable to parse requirement: found '', expected: identifier" },
		{ "two words", "a b",
			"unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, "
			"gt, lt" },
		{ "! with an operator", "!a=b", "found '=', expected: ',' or 'end of string'" },
		{ "two values", "a=b c", "found 'c', expected: ',' or 'end of string'" },
		{ "an operator as a value", "a==>",
			"unable to parse requirement: found '>', expected: identifier" },
		{ "three equals", "a===b",
			"unable to parse requirement: found '=', expected: identifier" },
		{ "in without a set", "a in b",
			"unable to parse requirement: found 'b' expected: '('" },
		{ "in without anything", "a in",
			"unable to parse requirement: found '' expected: '('" },
		{ "an empty set", "a in ()",
			"unable to parse requirement: values: Invalid value: []: for 'in', 'notin' "
			"operators, "
			"values set can't be empty" },
		{ "an open set", "a in (x",
			"unable to parse requirement: found '', expected: ',' or ')'" },
		{ "an open set behind a comma", "a in (x,",
			"unable to parse requirement: found '', expected: ',', or identifier" },
		{ "an operator in a set", "a in (x,=)",
			"unable to parse requirement: found '=', expected: ',', or identifier" },
		{ "a set of an operator", "a in (=)",
			"unable to parse requirement: found '=', expected: ',', ')' or "
			"identifier" },
		{ "two values without comma", "a in (x y)",
			"unable to parse requirement: found 'y', expected: ',' or ')'" },
		{ "two commas and nothing else", "a in (,,)",
			"unable to parse requirement: found ')', expected: ',', or identifier" },
		{ "a bad key", "-a=b",
			"unable to parse requirement: <nil>: Invalid value: \"-a\": name part must "
			"consist of" },
		{ "a bad prefix", "Example/a=b",
			"unable to parse requirement: <nil>: Invalid value: \"Example/a\": prefix "
			"part a "
			"lowercase RFC 1123 subdomain" },
		{ "an empty prefix", "/a",
			"unable to parse requirement: <nil>: Invalid value: \"/a\": prefix part "
			"must be "
			"non-empty" },
		{ "an empty name", "a/",
			"unable to parse requirement: <nil>: Invalid value: \"a/\": name part must "
			"be "
			"non-empty" },
		{ "two slashes", "a/b/c",
			"unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid "
			"label key must" },
		{ "a bad value", "a=b.",
			"unable to parse requirement: values[0][a]: Invalid value: \"b.\": a valid "
			"label must" },
		{ "a bad value in a set", "a in (x,-y)",
			"unable to parse requirement: values[0][a]: Invalid value: \"-y\": a valid "
			"label" },
		{ "no number", "a>x",
			"unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', "
			"'Lt' "
			"operators, the value must be an integer" },
		{ "64 characters of value",
			"a=0123456789012345678901234567890123456789012345678901234567890123",
			"unable to parse requirement: values[0][a]: Invalid value: \"0123" },
		{ "64 characters of name",
			"a123456789012345678901234567890123456789012345678901234567890123",
			"unable to parse requirement: <nil>: Invalid value: \"a123" },
		{ "no UTF-8 in values", "a=\xc3\xa4",
			"unable to parse requirement: values[0][a]: Invalid value:" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct selector s;
		char why[SELECTOR_WHY_CHARS];
		int err = selector_parse(&arena, strv_of(rows[i].in), &s, why);
		if (err != ERR_SYNTAX) {
			fail_msg("%s: \"%s\" gave %d", rows[i].why, rows[i].in, err);
		}
		if (strncmp(why, rows[i].want, strlen(rows[i].want)) != 0) {
			fail_msg("%s: \"%s\": %s", rows[i].why, rows[i].in, why);
		}
	}
}

static void requirements_match_as_in_kubernetes(void **state)
{
	static const struct label at[] = {
		{ { "app", 3 }, { "web", 3 } },
		{ { "index", 5 }, { "7", 1 } },
		{ { "empty", 5 }, { "", 0 } },
	};
	static const struct {
		const char *why, *in;
		bool want;
	} rows[] = {
		{ "no requirement matches all", "", true },
		{ "equal", "app=web", true },
		{ "not equal", "app=db", false },
		{ "values differ by case", "app=Web", false },
		{ "in", "app in (db,web)", true },
		{ "not in", "app notin (db,web)", false },
		{ "not in, without the label", "tier notin (a)", true },
		{ "!= without the label", "tier!=a", true },
		{ "= without the label", "tier=", false },
		{ "an empty value", "empty=", true },
		{ "exists", "empty", true },
		{ "does not exist", "!empty", false },
		{ "does not exist, absent", "!tier", true },
		{ "greater", "index>6", true },
		{ "not greater", "index>7", false },
		{ "less", "index<10", true },
		{ "no number is neither", "app>1", false },
		{ "absent is neither", "tier<1", false },
		{ "all have to hold", "app=web,index=8", false },
	};
	const struct labels l = { at, ARRAY_LEN(at) };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct selector s;
		char why[SELECTOR_WHY_CHARS];
		assert_int_equal(selector_parse(&arena, strv_of(rows[i].in), &s, why), ERR_OK);
		if (selector_matches(&s, &l) != rows[i].want) {
			fail_msg("%s: \"%s\"", rows[i].why, rows[i].in);
		}
	}
}

static void label_selectors_in_json_become_requirements(void **state)
{
	static const struct {
		const char *why, *in;
		int err;
		const char *want;
	} rows[] = {
		{ "labels and expressions, in the order of keys",
			"{\"matchLabels\":{\"b\":\"2\",\"a\":\"1\"},\"matchExpressions\":["
			"{\"key\":\"aa\",\"operator\":\"In\",\"values\":[\"y\",\"x\"]},"
			"{\"key\":\"c\",\"operator\":\"DoesNotExist\"}]}",
			ERR_OK, "a=1,aa in (x,y),b=2,!c" },
		{ "empty", "{}", ERR_OK, "" },
		{ "null", "null", ERR_OK, "" },
		{ "null inside", "{\"matchLabels\":null,\"matchExpressions\":null}", ERR_OK, "" },
		{ "exists with null values",
			"{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\",\"values\":"
			"null}]}",
			ERR_OK, "a" },
		{ "an operator of another case",
			"{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"in\",\"values\":["
			"\"x\"]}]}",
			ERR_SYNTAX, NULL },
		{ "in without values",
			"{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\"}]}", ERR_SYNTAX,
			NULL },
		{ "exists with values",
			"{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\",\"values\":["
			"\"x\"]}]}",
			ERR_SYNTAX, NULL },
		{ "a list", "[]", ERR_BAD_TYPE, NULL },
		{ "labels as a list", "{\"matchLabels\":[]}", ERR_BAD_TYPE, NULL },
		{ "a number as value", "{\"matchLabels\":{\"a\":1}}", ERR_BAD_TYPE, NULL },
		{ "no key", "{\"matchExpressions\":[{\"operator\":\"Exists\"}]}", ERR_BAD_TYPE,
			NULL },
		{ "no object", "{\"matchExpressions\":[1]}", ERR_BAD_TYPE, NULL },
		{ "a number in a set",
			"{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[1]}]"
			"}",
			ERR_BAD_TYPE, NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct selector s;
		struct json *v;
		assert_int_equal(json_parse(&arena, strv_of(rows[i].in), &v, NULL), ERR_OK);
		int err = selector_from_json(&arena, v, &s);
		if (err != rows[i].err) {
			fail_msg("%s: %d", rows[i].why, err);
		}
		if (err == ERR_OK) {
			assert_string_equal(selector_print(&arena, &s).p, rows[i].want);
		}
	}
	struct selector none;
	assert_int_equal(selector_from_json(&arena, NULL, &none), ERR_OK);
	assert_int_equal(none.n, 0);
}

static void many_requirements_are_sorted_and_equal_keys_keep_their_order(void **state)
{
	char text[4096] = "";
	size_t n = 0;
	struct selector s;
	char why[SELECTOR_WHY_CHARS];
	(void)state;
	for (int i = 99; i >= 0; i--) {
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%sk%02d!=v%d", n ? "," : "", i / 3, i % 3);
	}
	assert_int_equal(selector_parse(&arena, strv_of(text), &s, why), ERR_OK);
	assert_int_equal(s.n, 100);
	for (size_t i = 1; i < s.n; i++) {
		int c = strv_cmp(s.reqs[i - 1].key, s.reqs[i].key);
		assert_true(c <= 0);
		if (c == 0) {
			assert_true(
				strv_cmp(s.reqs[i - 1].values.at[0], s.reqs[i].values.at[0]) > 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			accepted_texts_print_canonically, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			refused_texts_are_told_in_the_words_of_kubernetes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			requirements_match_as_in_kubernetes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			label_selectors_in_json_become_requirements, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			many_requirements_are_sorted_and_equal_keys_keep_their_order, set_up,
			tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
