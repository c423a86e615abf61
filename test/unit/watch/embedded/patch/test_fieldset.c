/* fieldset: fieldsV1 in and out, order, the algebra, paths as people read them. */
#include "watch/embedded/patch/fieldset.h"

#include "test/unit/watch/embedded/patch/fixture.h"

static struct fieldset set_of(struct arena *a, const char *text)
{
	struct fieldset s;
	assert_int_equal(fieldset_parse(a, parse(a, text), &s), ERR_OK);
	return s;
}

/* Order of members counts here. */
static void assert_text(
	struct arena *a, const char *why, const struct fieldset *s, const char *want)
{
	struct strv text = json_text(a, fieldset_json(a, s));
	if (!strv_eq(text, strv_of(want))) {
		fail_msg("%s\n  got  %.*s\n  want %s", why, STRV_ARG(text), want);
	}
}

static void sets_survive_a_round_trip_in_canonical_order(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "the empty set", "{}", "{}" },
		{ "a leaf", "{\"f:a\":{}}", "{\"f:a\":{}}" },
		{ "an inner member shows as a dot, first", "{\"f:a\":{\"f:b\":{},\".\":{}}}",
			"{\"f:a\":{\".\":{},\"f:b\":{}}}" },
		{ "a dot alone is the element itself", "{\"f:a\":{\".\":{}}}", "{\"f:a\":{}}" },
		{ "fields, keys, values, indices; each in its order",
			"{\"i:10\":{},\"i:9\":{},\"v:\\\"b\\\"\":{},\"v:\\\"a\\\"\":{},"
			"\"k:{\\\"name\\\":\\\"z\\\"}\":{},\"k:{\\\"name\\\":\\\"b\\\"}\":{},\"f:"
			"z\":{},"
			"\"f:b\":{}}",
			"{\"f:b\":{},\"f:z\":{},\"k:{\\\"name\\\":\\\"b\\\"}\":{},"
			"\"k:{\\\"name\\\":\\\"z\\\"}\":{},\"v:\\\"a\\\"\":{},\"v:\\\"b\\\"\":{},"
			"\"i:9\":{},"
			"\"i:10\":{}}" },
		{ "numbers of keys are ordered by size",
			"{\"k:{\\\"port\\\":443}\":{},\"k:{\\\"port\\\":80}\":{}}",
			"{\"k:{\\\"port\\\":80}\":{},\"k:{\\\"port\\\":443}\":{}}" },
		{ "keys are sorted and compact; what is the same becomes one",
			"{\"k:{ \\\"protocol\\\":\\\"TCP\\\", \\\"port\\\":80}\":{\"f:a\":{}},"
			"\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\"f:b\":{}}}",
			"{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\"f:a\":{},\"f:b\":"
			"{}}}" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct fieldset s = set_of(&a, rows[i].in);
		assert_text(&a, rows[i].why, &s, rows[i].want);
		arena_deinit(&a);
	}
}

static void what_is_no_set_is_refused(void **state)
{
	static const char *const rows[] = { "[]", "\"f:a\"", "{\"f:a\":1}", "{\"a\":{}}",
		"{\"x:a\":{}}", "{\"\":{}}", "{\"f\":{}}", "{\"k:1\":{}}", "{\"k:{\":{}}",
		"{\"k:{\\\"a\\\":{}}\":{}}", "{\"v:\":{}}", "{\"i:x\":{}}",
		"{\"f:a\":{\"f:b\":[]}}" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct fieldset s;
		arena_init(&a, 0);
		if (fieldset_parse(&a, parse(&a, rows[i]), &s) != ERR_SYNTAX) {
			fail_msg("%s: not refused", rows[i]);
		}
		arena_deinit(&a);
	}
}

static void the_algebra_is_by_members(void **state)
{
	static const struct {
		const char *why, *x, *y, *either, *both, *minus;
	} rows[] = {
		{ "disjoint", "{\"f:a\":{}}", "{\"f:b\":{}}", "{\"f:a\":{},\"f:b\":{}}", "{}",
			"{\"f:a\":{}}" },
		{ "the same", "{\"f:a\":{\"f:b\":{}}}", "{\"f:a\":{\"f:b\":{}}}",
			"{\"f:a\":{\"f:b\":{}}}", "{\"f:a\":{\"f:b\":{}}}", "{}" },
		{ "taking a parent away leaves what is below", "{\"f:a\":{\".\":{},\"f:b\":{}}}",
			"{\"f:a\":{}}", "{\"f:a\":{\".\":{},\"f:b\":{}}}", "{\"f:a\":{}}",
			"{\"f:a\":{\"f:b\":{}}}" },
		{ "taking what is below away leaves the parent", "{\"f:a\":{\".\":{},\"f:b\":{}}}",
			"{\"f:a\":{\"f:b\":{}}}", "{\"f:a\":{\".\":{},\"f:b\":{}}}",
			"{\"f:a\":{\"f:b\":{}}}", "{\"f:a\":{}}" },
		{ "branches without members vanish", "{\"f:a\":{\"f:b\":{\"f:c\":{}}},\"f:d\":{}}",
			"{\"f:a\":{\"f:b\":{\"f:c\":{},\"f:x\":{}}}}",
			"{\"f:a\":{\"f:b\":{\"f:c\":{},\"f:x\":{}}},\"f:d\":{}}",
			"{\"f:a\":{\"f:b\":{\"f:c\":{}}}}", "{\"f:d\":{}}" },
		{ "list elements are told apart by their keys",
			"{\"k:{\\\"p\\\":1}\":{\"f:n\":{}},\"k:{\\\"p\\\":2}\":{\"f:n\":{}}}",
			"{\"k:{\\\"p\\\":2}\":{\"f:n\":{}}}",
			"{\"k:{\\\"p\\\":1}\":{\"f:n\":{}},\"k:{\\\"p\\\":2}\":{\"f:n\":{}}}",
			"{\"k:{\\\"p\\\":2}\":{\"f:n\":{}}}",
			"{\"k:{\\\"p\\\":1}\":{\"f:n\":{}}}" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct fieldset out;
		arena_init(&a, 0);
		struct fieldset x = set_of(&a, rows[i].x);
		struct fieldset y = set_of(&a, rows[i].y);
		assert_int_equal(fieldset_union(&a, &x, &y, &out), ERR_OK);
		assert_text(&a, rows[i].why, &out, rows[i].either);
		assert_int_equal(fieldset_both(&a, &x, &y, &out), ERR_OK);
		assert_text(&a, rows[i].why, &out, rows[i].both);
		assert_int_equal(fieldset_minus(&a, &x, &y, &out), ERR_OK);
		assert_text(&a, rows[i].why, &out, rows[i].minus);
		assert_int_equal(fieldset_is_empty(&out), strcmp(rows[i].minus, "{}") == 0);
		struct fieldset again = set_of(&a, rows[i].minus);
		assert_true(fieldset_equal(&out, &again));
		assert_text(&a, "inputs are left alone", &x, rows[i].x);
		arena_deinit(&a);
	}
}

static int collect(void *ctx, struct strv path)
{
	struct buf *b = ctx;
	buf_add(b, path);
	buf_add_char(b, '\n');
	return b->err;
}

static void paths_read_as_kubectl_shows_them(void **state)
{
	(void)state;
	struct arena a;
	struct buf b;
	arena_init(&a, 0);
	buf_init(&b);
	struct fieldset s = set_of(&a,
		"{\"f:spec\":{\"f:replicas\":{},\"f:l\":{\".\":{},\"k:{\\\"name\\\":\\\"c\\\"}\":"
		"{\"f:image\":{},\"f:ports\":{\"k:{\\\"containerPort\\\":80,\\\"protocol\\\":"
		"\\\"TCP\\\"}\":"
		"{}}},\"v:\\\"x\\\"\":{},\"i:3\":{}}}}");
	assert_int_equal(fieldset_each_path(&a, &s, collect, &b), ERR_OK);
	struct strv got = buf_strv(&b);
	struct strv want = STRV(".spec.l\n.spec.replicas\n.spec.l[=\"x\"]\n.spec.l[3]\n"
				".spec.l[name=\"c\"].image\n"
				".spec.l[name=\"c\"].ports[containerPort=80,protocol=\"TCP\"]\n");
	if (!strv_eq(got, want)) {
		fail_msg("%.*s", STRV_ARG(got));
	}
	buf_deinit(&b);
	arena_deinit(&a);
}

static void paths_written_by_hand_can_be_added_and_found(void **state)
{
	(void)state;
	struct arena a;
	struct fieldset s = { 0 };
	struct path_element pe;
	arena_init(&a, 0);
	assert_int_equal(fieldset_add_path(&a, &s, "metadata.uid"), ERR_OK);
	assert_int_equal(fieldset_add_path(&a, &s, "kind"), ERR_OK);
	assert_int_equal(fieldset_add_path(&a, &s, "metadata"), ERR_OK);
	assert_text(
		&a, "three paths", &s, "{\"f:kind\":{},\"f:metadata\":{\".\":{},\"f:uid\":{}}}");
	assert_int_equal(path_element_field(&a, STRV("kind"), &pe), ERR_OK);
	assert_true(fieldset_find(&s, &pe)->member);
	assert_int_equal(path_element_field(&a, STRV("uid"), &pe), ERR_OK);
	assert_null(fieldset_find(&s, &pe));
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_survive_a_round_trip_in_canonical_order),
		cmocka_unit_test(what_is_no_set_is_refused),
		cmocka_unit_test(the_algebra_is_by_members),
		cmocka_unit_test(paths_read_as_kubectl_shows_them),
		cmocka_unit_test(paths_written_by_hand_can_be_added_and_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
