/* GET and LIST: JSON and Tables, pages, revisions, selectors. */
#include "fixture.h"
#include "watch/embedded/read.h"

struct answer {
	struct status s;
	struct buf text;
	struct json *v;
};

static const struct negotiated as_json = { FORM_OBJECT, NULL };
static const struct negotiated as_table = { FORM_TABLE, "meta.k8s.io/v1" };

static struct answer read_as(struct fixture *f, const char *target, struct negotiated form)
{
	struct answer r;
	struct route route;
	struct strv rest = strv_of(target), path = STRV("");
	status_init(&r.s, &f->a);
	buf_init(&r.text);
	r.v = NULL;
	(void)strv_cut(&rest, '?', &path);
	route_parse(&f->a, STRV("GET"), path, rest, &route, &r.s);
	if (status_failed(&r.s)) {
		buf_deinit(&r.text);
		return r;
	}
	if (route.verb == ROUTE_GET) {
		read_get(&f->e, &route, form, &r.text, &r.s);
	} else {
		read_list(&f->e, &route, form, &r.text, &r.s);
	}
	if (!status_failed(&r.s)) {
		assert_int_equal(json_parse(&f->a, buf_strv(&r.text), &r.v, NULL), ERR_OK);
	}
	buf_deinit(&r.text);
	return r;
}

static void make(struct fixture *f, const char *name, const char *label)
{
	char body[128];
	(void)snprintf(
		body, sizeof(body), "{'metadata':{'name':'%s','labels':{'l':'%s'}}}", name, label);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", body), 201);
}

static void expect_names(const struct json *list, const char *want)
{
	char names[256] = "";
	size_t n = 0;
	json_each(o, json_get(list, "items")) {
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s ",
			json_cstr(json_dig(o, "metadata.name")));
	}
	assert_string_equal(names, want);
}

#define MAPS "/api/v1/namespaces/default/configmaps"

static void a_list_tells_its_kind_revision_and_items(void **state)
{
	struct fixture *f = *state;
	struct answer r = read_as(f, MAPS, as_json);
	assert_true(json_is_array(json_get(r.v, "items"))); /* [], never null */
	make(f, "b", "x");
	make(f, "a", "y");
	r = read_as(f, MAPS, as_json);
	expect_names(r.v, "a b ");
	assert_string_equal(json_cstr(json_get(r.v, "kind")), "ConfigMapList");
	assert_string_equal(json_cstr(json_get(r.v, "apiVersion")), "v1");
	struct strv version = arena_printf(
		&f->a, "%llu", (unsigned long long)store_revision(f->e.store));
	assert_true(strv_eq(json_str(json_dig(r.v, "metadata.resourceVersion")), version));
	expect_names(read_as(f, MAPS "?labelSelector=l%3Dx", as_json).v, "b ");
	expect_names(read_as(f, MAPS "?labelSelector=l%20notin%20(x)", as_json).v, "a ");
	expect_names(read_as(f, MAPS "?fieldSelector=metadata.name%3Da", as_json).v, "a ");
	expect_names(read_as(f, MAPS "?fieldSelector=metadata.name!%3Da", as_json).v, "b ");
	expect_names(
		read_as(f, "/api/v1/configmaps?fieldSelector=metadata.name%3Da", as_json).v, "a ");
}

static void pages_follow_one_another_and_report_the_first_ones_revision(void **state)
{
	struct fixture *f = *state;
	char target[256];
	make(f, "a", "x");
	make(f, "b", "x");
	make(f, "c", "x");
	struct answer one = read_as(f, MAPS "?limit=2", as_json);
	expect_names(one.v, "a b ");
	struct strv next = json_str(json_dig(one.v, "metadata.continue"));
	assert_true(next.n > 0);
	make(f, "d", "x");
	(void)snprintf(target, sizeof(target), MAPS "?limit=2&continue=%.*s", STRV_ARG(next));
	struct answer two = read_as(f, target, as_json);
	expect_names(two.v, "c d ");
	assert_null(json_dig(two.v, "metadata.continue"));
	assert_true(json_equal(json_dig(one.v, "metadata.resourceVersion"),
		json_dig(two.v, "metadata.resourceVersion")));
	assert_int_equal(json_i64_or(json_dig(read_as(f, "/api/v1/configmaps?limit=1", as_json).v,
					     "metadata.remainingItemCount"),
				 0),
		3);
	assert_int_equal(read_as(f, MAPS "?continue=x", as_json).s.code, 400);
	assert_int_equal(read_as(f, MAPS "?continue=999%2Fa%2Fb", as_json).s.code, 400);
	assert_int_equal(json_count(json_get(read_as(f, MAPS "?limit=-1", as_json).v, "items")), 4);
}

static void revisions_are_asked_for_by_rule(void **state)
{
	struct fixture *f = *state;
	make(f, "a", "x");
	static const struct {
		const char *why, *query;
		unsigned code;
	} rows[] = {
		{ "any", "?resourceVersion=0", 0 },
		{ "at least", "?resourceVersion=1", 0 },
		{ "at least, said", "?resourceVersion=1&resourceVersionMatch=NotOlderThan", 0 },
		{ "the future", "?resourceVersion=99999", 504 },
		{ "no number", "?resourceVersion=x", 400 },
		{ "exactly one that has passed", "?resourceVersion=1&resourceVersionMatch=Exact",
			410 },
		{ "exactly any", "?resourceVersion=0&resourceVersionMatch=Exact", 422 },
		{ "a match without a revision", "?resourceVersionMatch=Exact", 422 },
		{ "an unknown match", "?resourceVersion=1&resourceVersionMatch=x", 422 },
		{ "initial events of a list", "?sendInitialEvents=true", 422 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char target[256];
		(void)snprintf(target, sizeof(target), MAPS "%s", rows[i].query);
		struct answer r = read_as(f, target, as_json);
		if (r.s.code != rows[i].code) {
			fail_msg("%s: %u", rows[i].why, r.s.code);
		}
	}
	char target[256];
	(void)snprintf(target, sizeof(target),
		MAPS "?resourceVersion=%llu&resourceVersionMatch=Exact",
		(unsigned long long)store_revision(f->e.store));
	expect_names(read_as(f, target, as_json).v, "a ");
}

static void one_object_is_read_by_name(void **state)
{
	struct fixture *f = *state;
	make(f, "a", "x");
	struct answer r = read_as(f, MAPS "/a", as_json);
	assert_string_equal(json_cstr(json_dig(r.v, "metadata.name")), "a");
	assert_int_equal(read_as(f, MAPS "/none", as_json).s.code, 404);
	assert_int_equal(read_as(f, MAPS "/a?resourceVersion=9999", as_json).s.code, 504);
}

static void tables_have_columns_and_a_row_an_object(void **state)
{
	struct fixture *f = *state;
	struct answer r = read_as(f, MAPS, as_table);
	assert_int_equal(json_count(json_get(r.v, "rows")), 0);
	make(f, "a", "x");
	make(f, "b", "x");
	r = read_as(f, MAPS "?limit=1", as_table);
	assert_string_equal(json_cstr(json_get(r.v, "kind")), "Table");
	assert_true(json_count(json_get(r.v, "columnDefinitions")) >= 3);
	assert_int_equal(json_count(json_get(r.v, "rows")), 1);
	assert_true(json_str(json_dig(r.v, "metadata.continue")).n > 0);
	const struct json *row = json_at(json_get(r.v, "rows"), 0);
	assert_string_equal(json_cstr(json_dig(row, "object.kind")), "PartialObjectMetadata");
	r = read_as(f, MAPS "/a?includeObject=Object", as_table);
	assert_int_equal(json_count(json_get(r.v, "rows")), 1);
	row = json_at(json_get(r.v, "rows"), 0);
	assert_string_equal(json_cstr(json_dig(row, "object.kind")), "ConfigMap");
}

static void a_scale_is_a_view_of_the_set(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_STATEFULSET, "default",
				 "{'metadata':{'name':'web'},'spec':{'serviceName':'web',"
				 "'replicas':3,'selector':{'matchLabels':{'app':'web'}},"
				 "'template':{'metadata':{'labels':{'app':'web'}},'spec':{"
				 "'containers':[{'name':'c','image':'i'}]}}}}"),
		201);
	const char *target = "/apis/apps/v1/namespaces/default/statefulsets/web/scale";
	struct answer r = read_as(f, target, as_json);
	assert_string_equal(json_cstr(json_get(r.v, "apiVersion")), "autoscaling/v1");
	assert_string_equal(json_text(&f->a, json_get(r.v, "spec")).p, "{\"replicas\":3}");
	assert_string_equal(json_cstr(json_dig(r.v, "status.selector")), "app=web");
	r = read_as(f, target, as_table);
	assert_int_equal(json_count(json_get(r.v, "rows")), 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		T(a_list_tells_its_kind_revision_and_items),
		T(pages_follow_one_another_and_report_the_first_ones_revision),
		T(revisions_are_asked_for_by_rule),
		T(one_object_is_read_by_name),
		T(tables_have_columns_and_a_row_an_object),
		T(a_scale_is_a_view_of_the_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
