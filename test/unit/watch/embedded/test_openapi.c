/* OpenAPI documents: what kubectl looks for in them is there, and every reference leads somewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/openapi.h"

#define SETS "/apis/apps/v1/namespaces/{namespace}/statefulsets"

static int setup(void **state)
{
	struct arena *a = malloc(sizeof(*a));
	if (a) {
		arena_init(a, 0);
	}
	*state = a;
	return a ? 0 : -1;
}

static int teardown(void **state)
{
	arena_deinit(*state);
	free(*state);
	return 0;
}

static struct json *ask(struct arena *a, struct strv path)
{
	struct buf b;
	buf_init(&b);
	struct json *v = NULL;
	const char *type = "";
	int err = openapi_answer(a, path, &b, &type);
	if (err == ERR_OK) {
		err = json_parse(a, buf_strv(&b), &v, NULL);
	}
	if (err != ERR_OK) {
		fail_msg("%.*s: %s", STRV_ARG(path), err_text(err));
	}
	assert_string_equal(type, "application/json");
	buf_deinit(&b);
	return v;
}

static const struct json *schema(const struct json *doc, const char *name)
{
	return json_get(json_dig(doc, "components.schemas"), name);
}

static const char *text(const struct json *object, const char *key)
{
	const char *s = json_cstr(json_get(object, key));
	return s ? s : "(none)";
}

/* The path without its query. */
static struct strv before_query(struct strv url)
{
	struct strv path = STRV_NONE;
	(void)strv_cut(&url, '?', &path);
	return path;
}

static void check_references(const struct json *v, const struct json *schemas)
{
	static const struct strv prefix = { "#/components/schemas/", 21 };
	for (const struct json *m = json_first(v); m; m = json_next(m)) {
		if (json_key(m) && strcmp(json_key(m), "$ref") == 0) {
			struct strv ref = json_str(m);
			assert_true(strv_has_prefix(ref, prefix));
			if (!json_get_strv(schemas, strv_sub(ref, prefix.n, ref.n))) {
				fail_msg("%.*s leads nowhere", STRV_ARG(ref));
			}
		}
		check_references(m, schemas);
	}
}

static void the_index_lists_documents_that_exist_and_are_whole(void **state)
{
	const struct json *index = ask(*state, STRV("/openapi/v3"));
	assert_non_null(json_get(json_get(index, "paths"), "api/v1"));
	assert_non_null(json_get(json_get(index, "paths"), "apis/apps/v1"));
	for (const struct json *e = json_first(json_get(index, "paths")); e; e = json_next(e)) {
		struct strv url = json_str(json_get(e, "serverRelativeURL"));
		struct strv path = before_query(url);
		assert_true(path.n < url.n);
		const struct json *doc = ask(*state, path);
		assert_string_equal(text(doc, "openapi"), "3.0.0");
		check_references(doc, json_dig(doc, "components.schemas"));
	}
}

static void the_hash_stays_while_the_document_does(void **state)
{
	assert_true(json_equal(ask(*state, STRV("/openapi/v3")), ask(*state, STRV("/openapi/v3"))));
}

static const struct json *named(const struct json *list, const char *name)
{
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		if (strv_eq(json_str(json_get(v, "name")), strv_of(name))) {
			return v;
		}
	}
	return NULL;
}

static void patches_say_that_the_server_validates(void **state)
{
	const struct json *doc = ask(*state, STRV("/openapi/v3/apis/apps/v1"));
	const struct json *paths = json_get(doc, "paths");
	const struct json *patch = json_get(json_get(paths, SETS "/{name}"), "patch");
	const struct json *parameters = json_get(patch, "parameters");
	static const char *const names[] = { "fieldValidation", "dryRun", "fieldManager", "force" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_string_equal(text(named(parameters, names[i]), "in"), "query");
	}
	const struct json *gvk = json_get(patch, "x-kubernetes-group-version-kind");
	assert_string_equal(text(gvk, "group"), "apps");
	assert_string_equal(text(gvk, "kind"), "StatefulSet");
	const struct json *types = json_dig(patch, "requestBody.content");
	assert_non_null(json_get(types, "application/strategic-merge-patch+json"));
	assert_non_null(json_get(json_get(paths, SETS), "post"));
	const struct json *scale = json_get(json_get(paths, SETS "/{name}/scale"), "get");
	assert_string_equal(
		text(json_get(scale, "x-kubernetes-group-version-kind"), "group"), "autoscaling");
	assert_null(json_get(json_get(paths, SETS "/{name}/scale"), "delete"));
}

static void schemas_carry_what_patches_and_explain_need(void **state)
{
	const struct json *doc = ask(*state, STRV("/openapi/v3/apis/apps/v1"));
	const struct json *set = schema(doc, "io.k8s.api.apps.v1.StatefulSet");
	const struct json *gvk = json_at(json_get(set, "x-kubernetes-group-version-kind"), 0);
	assert_string_equal(text(gvk, "version"), "v1");
	const struct json *pod = schema(doc, "io.k8s.api.core.v1.PodSpec");
	const struct json *containers = json_dig(pod, "properties.containers");
	assert_string_equal(text(containers, "type"), "array");
	assert_string_equal(text(containers, "x-kubernetes-patch-merge-key"), "name");
	assert_string_equal(text(containers, "x-kubernetes-patch-strategy"), "merge");
	assert_string_equal(text(containers, "x-kubernetes-list-type"), "map");
	assert_string_equal(
		json_cstr(json_at(json_get(containers, "x-kubernetes-list-map-keys"), 0)), "name");
	assert_true(json_str(json_get(containers, "description")).n > 0);
	const struct json *ref = json_at(json_dig(containers, "items.allOf"), 0);
	assert_string_equal(text(ref, "$ref"), "#/components/schemas/io.k8s.api.core.v1.Container");
	assert_string_equal(
		text(json_dig(pod, "properties.volumes"), "x-kubernetes-patch-strategy"),
		"merge,retainKeys");
	assert_string_equal(
		text(json_dig(pod, "properties.nodeSelector"), "x-kubernetes-map-type"), "atomic");
	assert_string_equal(
		text(json_dig(pod, "properties.terminationGracePeriodSeconds"), "format"), "int64");
	assert_int_equal(json_count(json_dig(pod, "properties.dnsPolicy.enum")), 4);
	assert_string_equal(json_cstr(json_at(json_get(pod, "required"), 0)), "containers");
	assert_null(schema(doc, "io.k8s.api.core.v1.Service"));
}

static void version_two_is_an_empty_message(void **state)
{
	struct buf b;
	buf_init(&b);
	const char *type = "";
	assert_int_equal(openapi_answer(*state, STRV("/openapi/v2"), &b, &type), ERR_OK);
	assert_string_equal(type, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
	assert_int_equal(b.n, 0);
	buf_deinit(&b);
}

static void other_paths_are_not_answered(void **state)
{
	static const char *const paths[] = { "", "/openapi", "/openapi/v3/", "/openapi/v3/api/v2",
		"/openapi/v3/apis/v1", "/openapi/v3/api/apps/v1", "/openapi/v3/apis/nope/v1",
		"/openapi/v4" };
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct buf b;
		buf_init(&b);
		const char *type;
		int err = openapi_answer(*state, strv_of(paths[i]), &b, &type);
		if (err != ERR_NOT_FOUND || b.n > 0) {
			fail_msg("%s: %d", paths[i], err);
		}
		buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_index_lists_documents_that_exist_and_are_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_hash_stays_while_the_document_does, setup, teardown),
		cmocka_unit_test_setup_teardown(
			patches_say_that_the_server_validates, setup, teardown),
		cmocka_unit_test_setup_teardown(
			schemas_carry_what_patches_and_explain_need, setup, teardown),
		cmocka_unit_test_setup_teardown(version_two_is_an_empty_message, setup, teardown),
		cmocka_unit_test_setup_teardown(other_paths_are_not_answered, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
