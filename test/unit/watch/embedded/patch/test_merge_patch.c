/* patch_merge: the test cases of RFC 7386, appendix A, all of them. */
#include "watch/embedded/patch/patch.h"

#include "test/unit/watch/embedded/patch/fixture.h"

static const struct {
	const char *doc, *patch, *want;
} rows[] = {
	{ "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
	{ "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
	{ "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
	{ "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}" },
	{ "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
	{ "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
	{ "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
	{ "{\"a\":\"foo\"}", "null", "null" },
	{ "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
	{ "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
	{ "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
	{ "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
	/* section 3: the example document */
	{ "{\"title\":\"Goodbye!\",\"author\":{\"givenName\":\"John\",\"familyName\":\"Doe\"},"
	  "\"tags\":[\"example\",\"sample\"],\"content\":\"This will be unchanged\"}",
		"{\"title\":\"Hello!\",\"phoneNumber\":\"+01-123-456-7890\","
		"\"author\":{\"familyName\":null},\"tags\":[\"example\"]}",
		"{\"title\":\"Hello!\",\"author\":{\"givenName\":\"John\"},\"tags\":[\"example\"],"
		"\"content\":\"This will be unchanged\",\"phoneNumber\":\"+01-123-456-7890\"}" },
	/* kubectl label web app-, scale --replicas=3 */
	{ "{\"metadata\":{\"labels\":{\"app\":\"web\",\"x\":\"y\"}}}",
		"{\"metadata\":{\"labels\":{\"app\":null}}}",
		"{\"metadata\":{\"labels\":{\"x\":\"y\"}}}" },
	{ "{\"spec\":{\"replicas\":1}}", "{\"spec\":{\"replicas\":3}}",
		"{\"spec\":{\"replicas\":3}}" },
};

static void the_cases_of_the_rfc_give_its_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct status s;
		arena_init(&a, 0);
		status_init(&s, &a);
		struct json *doc = parse(&a, rows[i].doc);
		assert_int_equal(patch_merge(&a, &doc, parse(&a, rows[i].patch), &s), ERR_OK);
		assert_json(&a, rows[i].patch, doc, rows[i].want);
		arena_deinit(&a);
	}
}

static void lack_of_memory_is_reported(void **state)
{
	(void)state;
	struct arena source;
	arena_init(&source, 0);
	for (size_t limit = 0; limit < 4096; limit += 16) {
		struct arena a;
		struct status s;
		arena_init(&a, 0);
		a.limit_bytes = limit + 1;
		status_init(&s, &a);
		struct json *doc = parse(&source, "{\"a\":1}");
		const struct json *patch = parse(
			&source, "{\"b\":{\"c\":[1,2,{\"d\":\"e\"}],\"f\":\"g\"}}");
		int err = patch_merge(&a, &doc, patch, &s);
		assert_int_equal(err, s.code == 0 ? ERR_OK : ERR_NOMEM);
		arena_deinit(&a);
		if (err == ERR_OK) {
			assert_true(limit > 0);
			arena_deinit(&source);
			return;
		}
	}
	fail_msg("never enough memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cases_of_the_rfc_give_its_results),
		cmocka_unit_test(lack_of_memory_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
