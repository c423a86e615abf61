/* Texts, codes and details of every failure. Source: kube-apiserver 1.37 as observed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/embedded/status.h"

struct fixture {
	struct arena a;
	struct status s;
};

static int setup(void **state)
{
	static struct fixture f;
	arena_init(&f.a, 0);
	status_init(&f.s, &f.a);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_deinit(&f->a);
	return 0;
}

static void expect_json(struct fixture *f, const char *want)
{
	struct json *v = status_json(&f->s);
	assert_non_null(v);
	assert_string_equal(json_text(&f->a, v).p, want);
}

static void nothing_has_failed_at_first(void **state)
{
	struct fixture *f = *state;
	assert_false(status_failed(&f->s));
	status_invalid_end(&f->s, KIND_POD, STRV("x"));
	assert_false(status_failed(&f->s));
}

static void an_absent_object_is_named_with_its_group(void **state)
{
	struct fixture *f = *state;
	status_not_found(&f->s, KIND_STATEFULSET, STRV("x"));
	assert_true(status_failed(&f->s));
	expect_json(f,
		"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
		"\"status\":\"Failure\",\"message\":\"statefulsets.apps \\\"x\\\" not found\","
		"\"reason\":\"NotFound\",\"details\":{\"name\":\"x\",\"group\":\"apps\","
		"\"kind\":\"statefulsets\"},\"code\":404}");
}

static void core_kinds_have_no_group(void **state)
{
	struct fixture *f = *state;
	status_exists(&f->s, KIND_POD, STRV("x"));
	expect_json(f,
		"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
		"\"status\":\"Failure\",\"message\":\"pods \\\"x\\\" already exists\","
		"\"reason\":\"AlreadyExists\",\"details\":{\"name\":\"x\",\"kind\":\"pods\"},"
		"\"code\":409}");
}

static void the_first_failure_stays(void **state)
{
	struct fixture *f = *state;
	status_bad_request(&f->s, "%s is %d", "one", 1);
	status_not_found(&f->s, KIND_POD, STRV("x"));
	status_cause_add(&f->s, CAUSE_REQUIRED, STRV("a"), NULL, "%s", "");
	status_ns_terminating(&f->s, KIND_POD, STRV("x"), STRV("n"));
	assert_int_equal(f->s.code, 400);
	assert_int_equal(f->s.n_causes, 0);
	assert_string_equal(f->s.message.p, "one is 1");
}

static void each_failure_has_its_code_and_reason(void **state)
{
	struct fixture *f = *state;
	static const struct {
		unsigned code;
		const char *reason, *message;
	} want[] = {
		{ 409, "Conflict", "Operation cannot be fulfilled on pods \"x\": changed" },
		{ 409, "Conflict", "Apply failed" },
		{ 403, "Forbidden", "pods \"x\" is forbidden: why" },
		{ 403, "Forbidden", "pods is forbidden: why" },
		{ 405, "MethodNotAllowed",
			"the server does not allow this method on the requested resource" },
		{ 406, "NotAcceptable",
			"406: Not Acceptable\n\nAvailable representations: application/json, "
			"application/json;stream=watch" },
		{ 415, "UnsupportedMediaType", "send JSON" },
		{ 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728" },
		{ 410, "Expired", "too old" },
		{ 504, "Timeout", "Timeout: Too large resource version: 9, current: 3" },
		{ 422, "Invalid", "bad" },
		{ 500, "InternalError", "Internal error occurred: oops" },
		{ 500, "InternalError", "Internal error occurred: out of memory" },
		{ 404, "NotFound", "the server could not find the requested resource" },
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct status *s = &f->s;
		status_init(s, &f->a);
		switch (i) {
		case 0:
			status_conflict(s, KIND_POD, STRV("x"), STRV("changed"));
			break;
		case 1:
			status_apply_conflict(s, "Apply %s", "failed");
			break;
		case 2:
			status_forbidden(s, KIND_POD, STRV("x"), "why");
			break;
		case 3:
			status_forbidden(s, KIND_POD, STRV(""), "why");
			break;
		case 4:
			status_method_not_allowed(s);
			break;
		case 5:
			status_not_acceptable(s);
			break;
		case 6:
			status_unsupported_media(s, "send %s", "JSON");
			break;
		case 7:
			status_too_large(s, 3145728);
			break;
		case 8:
			status_expired(s, "too old");
			break;
		case 9:
			status_version_too_large(s, 9, 3);
			break;
		case 10:
			status_unprocessable(s, "bad");
			break;
		case 11:
			status_internal(s, "oops");
			break;
		case 12:
			status_no_memory(s);
			break;
		default:
			status_no_resource(s);
			break;
		}
		assert_int_equal(s->code, want[i].code);
		assert_string_equal(s->reason.p, want[i].reason);
		assert_string_equal(s->message.p, want[i].message);
		assert_non_null(status_json(s));
	}
}

static void a_version_from_the_future_asks_to_come_again(void **state)
{
	struct fixture *f = *state;
	status_version_too_large(&f->s, 9, 3);
	struct json *d = json_get(status_json(&f->s), "details");
	assert_string_equal(json_text(&f->a, d).p,
		"{\"causes\":[{\"reason\":\"ResourceVersionTooLarge\",\"message\":\"Too large "
		"resource version\"}],\"retryAfterSeconds\":1}");
}

static void a_namespace_that_goes_has_its_cause(void **state)
{
	struct fixture *f = *state;
	status_ns_terminating(&f->s, KIND_POD, STRV("x"), STRV("n"));
	assert_string_equal(f->s.message.p,
		"pods \"x\" is forbidden: unable to create new content in namespace n because it "
		"is being terminated");
	struct json *d = json_get(status_json(&f->s), "details");
	assert_string_equal(json_text(&f->a, json_get(d, "causes")).p,
		"[{\"reason\":\"NamespaceTerminating\",\"message\":\"namespace n is being "
		"terminated\",\"field\":\"metadata.namespace\"}]");
}

static void values_are_shown_by_their_type(void **state)
{
	struct fixture *f = *state;
	struct json *map = json_new_object(&f->a);
	assert_int_equal(json_set_str(&f->a, map, "a", STRV("b")), ERR_OK);
	const struct {
		enum cause type;
		const struct json *value;
		const char *detail, *want;
	} rows[] = {
		{ CAUSE_REQUIRED, NULL, "", "Required value" },
		{ CAUSE_REQUIRED, NULL, "say it", "Required value: say it" },
		{ CAUSE_INVALID, json_new_str(&f->a, STRV("a\"\n\x01\x7f")), "bad",
			"Invalid value: \"a\\\"\\n\\x01\\x7f\": bad" },
		{ CAUSE_INVALID, json_new_i64(&f->a, -1), "bad", "Invalid value: -1: bad" },
		{ CAUSE_INVALID, json_new_bool(&f->a, true), "", "Invalid value: true" },
		{ CAUSE_INVALID, map, "bad", "Invalid value: {\"a\":\"b\"}: bad" },
		{ CAUSE_INVALID, NULL, "bad", "Invalid value: \"null\": bad" },
		{ CAUSE_FORBIDDEN, map, "no", "Forbidden: no" },
		{ CAUSE_DUPLICATE, json_new_str(&f->a, STRV("a")), "", "Duplicate value: \"a\"" },
		{ CAUSE_NOT_FOUND, json_new_str(&f->a, STRV("a")), "", "Not found: \"a\"" },
		{ CAUSE_TOO_LONG, map, "may not be more than 63 bytes",
			"Too long: may not be more than 63 bytes" },
		{ CAUSE_TOO_MANY, json_new_i64(&f->a, 3), "must have at most 2 items",
			"Too many: 3: must have at most 2 items" },
		{ CAUSE_NOT_SUPPORTED, json_new_str(&f->a, STRV("x")), "supported values: \"A\"",
			"Unsupported value: \"x\": supported values: \"A\"" },
		{ CAUSE_MANAGER_CONFLICT, NULL, "conflict with \"m\" using v1",
			"conflict with \"m\" using v1" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		status_init(&f->s, &f->a);
		status_cause_add(
			&f->s, rows[i].type, STRV("spec.x"), rows[i].value, "%s", rows[i].detail);
		assert_int_equal(f->s.n_causes, 1);
		assert_string_equal(f->s.causes[0].message.p, rows[i].want);
	}
}

static void one_cause_stands_alone_and_several_in_brackets(void **state)
{
	struct fixture *f = *state;
	status_cause_add(&f->s, CAUSE_REQUIRED, STRV("a"), NULL, "%s", "");
	status_invalid_end(&f->s, KIND_POD, STRV("x"));
	assert_string_equal(f->s.message.p, "Pod \"x\" is invalid: a: Required value");
	status_init(&f->s, &f->a);
	for (int i = 0; i < 2; i++) { /* the second time nothing new is said */
		status_cause_add(&f->s, CAUSE_REQUIRED, STRV("a"), NULL, "%s", "");
		status_cause_add(&f->s, CAUSE_FORBIDDEN, STRV("b"), NULL, "no");
	}
	status_invalid_end(&f->s, KIND_STATEFULSET, STRV("x"));
	assert_string_equal(f->s.message.p,
		"StatefulSet.apps \"x\" is invalid: [a: Required value, b: Forbidden: no]");
	struct json *d = json_get(status_json(&f->s), "details");
	assert_string_equal(json_cstr(json_get(d, "kind")), "StatefulSet");
	assert_int_equal(json_count(json_get(d, "causes")), 4);
	assert_string_equal(json_text(&f->a, json_at(json_get(d, "causes"), 1)).p,
		"{\"reason\":\"FieldValueForbidden\",\"message\":\"Forbidden: "
		"no\",\"field\":\"b\"}");
}

static void a_failure_may_be_of_another_kind(void **state)
{
	struct fixture *f = *state;
	status_cause_add(&f->s, CAUSE_REQUIRED, STRV("a"), NULL, "%s", "");
	status_invalid_of(&f->s, STRV("autoscaling"), STRV("Scale"));
	status_invalid_end(&f->s, KIND_STATEFULSET, STRV("x"));
	assert_string_equal(
		f->s.message.p, "Scale.autoscaling \"x\" is invalid: a: Required value");
}

static void a_hundred_causes_are_kept(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 250; i++) {
		status_cause_add(&f->s, CAUSE_REQUIRED, STRV("a"), NULL, "%d", i);
	}
	assert_int_equal(f->s.n_causes, 100);
}

static void without_memory_the_failure_is_of_memory(void **state)
{
	struct fixture *f = *state;
	struct arena tiny;
	arena_init(&tiny, 64);
	tiny.limit_bytes = 1;
	status_init(&f->s, &tiny);
	status_cause_add(&f->s, CAUSE_REQUIRED, STRV("a"), NULL, "a detail that does not fit");
	assert_int_equal(f->s.code, 500);
	status_init(&f->s, &tiny);
	status_not_found(&f->s, KIND_POD, STRV("x"));
	assert_int_equal(f->s.code, 500);
	assert_null(status_json(&f->s));
	arena_deinit(&tiny);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_has_failed_at_first),
		TEST(an_absent_object_is_named_with_its_group),
		TEST(core_kinds_have_no_group),
		TEST(the_first_failure_stays),
		TEST(each_failure_has_its_code_and_reason),
		TEST(a_version_from_the_future_asks_to_come_again),
		TEST(a_namespace_that_goes_has_its_cause),
		TEST(values_are_shown_by_their_type),
		TEST(one_cause_stands_alone_and_several_in_brackets),
		TEST(a_failure_may_be_of_another_kind),
		TEST(a_hundred_causes_are_kept),
		TEST(without_memory_the_failure_is_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
