/* Quantities compared exactly, and equality as an update sees it. Source: Kubernetes resource.Quantity. */
#include "rows.h"

#include "watch/embedded/validate/measure.h"
#include "watch/embedded/validate/fault.h"

static const struct {
	const char *why, *a, *b;
	int want; /* sign; 9: a is no amount */
} rows[] = {
	{ "thousandths", "'500m'", "'0.5'", 0 },
	{ "cpu below one is told apart", "'500m'", "'900m'", -1 },
	{ "binary is more than decimal", "'1Gi'", "'1G'", 1 },
	{ "the same size in other units", "'1Gi'", "'1024Mi'", 0 },
	{ "exponents", "'1e3'", "'1k'", 0 },
	{ "exponents with a sign", "'1E+3'", "'1000'", 0 },
	{ "a negative exponent", "'5e-1'", "'500m'", 0 },
	{ "E alone is exa", "'1E'", "'1e18'", 0 },
	{ "numbers are amounts", "2", "'2'", 0 },
	{ "fractions of numbers too", "0.5", "'500m'", 0 },
	{ "below a billionth rounds up", "'0.1n'", "'0'", 1 },
	{ "negative", "'-1'", "'0'", -1 },
	{ "a plus sign", "'+1'", "'1'", 0 },
	{ "a trailing point", "'1.'", "'1'", 0 },
	{ "a leading point", "'.5'", "'500m'", 0 },
	{ "absurdly large ones saturate", "'1e400'", "'1e300'", 0 },
	{ "no digits", "'Gi'", "'0'", 9 },
	{ "empty", "''", "'0'", 9 },
	{ "only a sign", "'-'", "'0'", 9 },
	{ "two points", "'1.2.3'", "'0'", 9 },
	{ "an unknown unit", "'1Q'", "'0'", 9 },
	{ "blanks", "'1 Gi'", "'0'", 9 },
	{ "an empty exponent", "'1e'", "'0'", 9 },
	{ "a list", "[]", "'0'", 9 },
};

static void quantities_are_compared_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct amount x;
		struct amount y;
		arena_init(&a, 0);
		int err = measure(quoted_json(&a, rows[i].a), &x);
		assert_int_equal(measure(quoted_json(&a, rows[i].b), &y), ERR_OK);
		if ((err != ERR_OK) != (rows[i].want == 9) ||
			(err == ERR_OK && amount_cmp(&x, &y) != rows[i].want)) {
			fail_msg("%s: err %d", rows[i].why, err);
		}
		arena_deinit(&a);
	}
}

static const struct {
	const char *why, *a, *b;
	bool want;
} pairs[] = {
	{ "order of members is nothing", "{'a':1,'b':2}", "{'b':2,'a':1}", true },
	{ "empty and absent are one", "{'a':[],'b':{},'c':'','d':null}", "{}", true },
	{ "empty inside empty too", "{'a':{'b':{}}}", "{}", true },
	{ "zero and absent differ", "{'a':0}", "{}", false },
	{ "false and absent differ", "{'a':false}", "{}", false },
	{ "order of elements counts", "[1,2]", "[2,1]", false },
	{ "a longer list differs", "[1]", "[1,2]", false },
	{ "a shorter list differs", "[1,2]", "[1]", false },
	{ "requests are compared by amount", "{'requests':{'storage':'1Gi'}}",
		"{'requests':{'storage':'1024Mi'}}", true },
	{ "other texts are not", "{'x':{'storage':'1Gi'}}", "{'x':{'storage':'1024Mi'}}", false },
	{ "another request differs", "{'requests':{'storage':'1Gi'}}",
		"{'requests':{'storage':'2Gi'}}", false },
	{ "a request more differs", "{'requests':{'cpu':'1'}}",
		"{'requests':{'cpu':'1','memory':'1'}}", false },
};

static void sameness_is_what_an_update_sees(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *x = quoted_json(&a, pairs[i].a);
		struct json *y = quoted_json(&a, pairs[i].b);
		if (same(x, y) != pairs[i].want || same(y, x) != pairs[i].want) {
			fail_msg("%s", pairs[i].why);
		}
		arena_deinit(&a);
	}
}

static void differences_are_named_by_path(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *x = quoted_json(&a, "{'a':[{'b':1},{'b':2}],'c':1,'e':{}}");
	struct json *y = quoted_json(&a, "{'a':[{'b':1},{'b':3}],'d':1}");
	expect("members and elements", differences(&a, "spec", x, y),
		"spec.a[1].b, spec.c, spec.d");
	x = quoted_json(&a, "{'a':1,'b':1,'c':1,'d':1,'e':1,'f':1,'g':1}");
	expect("only a few are told", differences(&a, "spec", x, quoted_json(&a, "{}")),
		"spec.a, spec.b, spec.c, spec.d, spec.e, ...");
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantities_are_compared_exactly),
		cmocka_unit_test(sameness_is_what_an_update_sees),
		cmocka_unit_test(differences_are_named_by_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
