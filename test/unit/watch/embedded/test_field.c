/* Field selectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/embedded/field.h"

static const char pod[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-0\","
	"\"namespace\":\"a\",\"uid\":\"u\",\"resourceVersion\":\"7\"},"
	"\"spec\":{\"nodeName\":\"n1\",\"hostNetwork\":true,"
	"\"restartPolicy\":\"Always\"},\"status\":{\"phase\":\"Running\"}}";
static const char event[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"name\":\"e\",\"namespace\":"
	"\"a\","
	"\"uid\":\"u\",\"resourceVersion\":\"7\"},\"involvedObject\":{\"kind\":\"StatefulSet\","
	"\"name\":\"web\",\"uid\":\"u,1\"},\"reason\":\"Why\",\"source\":{\"component\":\"c\"}}";

static const struct object *object_of(struct arena *a, enum kind k, const char *text)
{
	struct json *tree = NULL;
	const struct object *o = NULL;
	const char *field = NULL;
	assert_int_equal(json_parse(a, strv_of(text), &tree, NULL), ERR_OK);
	assert_int_equal(object_new(k, tree, true, &o, &field), ERR_OK);
	return o;
}

static void terms_are_compared_and_joined_by_and(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		enum kind kind;
		const char *text, *object;
		bool want;
	} rows[] = {
		{ "nothing asked", KIND_POD, "", pod, true },
		{ "name", KIND_POD, "metadata.name=web-0", pod, true },
		{ "two equals signs", KIND_POD, "metadata.name==web-0", pod, true },
		{ "another name", KIND_POD, "metadata.name=web-1", pod, false },
		{ "not another name", KIND_POD, "metadata.name!=web-1", pod, true },
		{ "namespace", KIND_POD, "metadata.namespace=a", pod, true },
		{ "node", KIND_POD, "spec.nodeName=n1", pod, true },
		{ "phase of both", KIND_POD, "status.phase!=Failed,spec.nodeName=n1", pod, true },
		{ "one of two fails", KIND_POD, "status.phase=Running,spec.nodeName=n2", pod,
			false },
		{ "a boolean is a word", KIND_POD, "spec.hostNetwork=true", pod, true },
		{ "an absent field is empty", KIND_POD, "status.podIP=", pod, true },
		{ "what describe asks for", KIND_EVENT,
			"involvedObject.kind=StatefulSet,involvedObject.name=web", event, true },
		{ "an escaped comma", KIND_EVENT, "involvedObject.uid=u\\,1", event, true },
		{ "source is its component", KIND_EVENT, "source=c,reason=Why", event, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct status s;
		struct field_selector f;
		arena_init(&a, 0);
		status_init(&s, &a);
		const struct object *o = object_of(&a, rows[i].kind, rows[i].object);
		field_selector_parse(&a, rows[i].kind, strv_of(rows[i].text), &f, &s);
		if (status_failed(&s) || field_selector_matches(&f, o) != rows[i].want) {
			fail_msg("%s: %.*s", rows[i].why, STRV_ARG(s.message));
		}
		object_unref(o);
		arena_deinit(&a);
	}
}

static void unknown_fields_and_bad_text_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		enum kind kind;
		const char *text;
	} rows[] = {
		{ "a field the kind does not offer", KIND_POD, "spec.foo=1" },
		{ "a cluster-scoped kind has no namespace", KIND_NODE, "metadata.namespace=a" },
		{ "no operator", KIND_POD, "metadata.name" },
		{ "half an operator", KIND_POD, "metadata.name!x" },
		{ "an equals sign in the value", KIND_POD, "metadata.name=a=b" },
		{ "an unknown escape", KIND_POD, "metadata.name=a\\b" },
		{ "an escape at the end", KIND_POD, "metadata.name=a\\" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct status s;
		struct field_selector f;
		arena_init(&a, 0);
		status_init(&s, &a);
		field_selector_parse(&a, rows[i].kind, strv_of(rows[i].text), &f, &s);
		if (s.code != 400) {
			fail_msg("%s: %u", rows[i].why, s.code);
		}
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_compared_and_joined_by_and),
		cmocka_unit_test(unknown_fields_and_bad_text_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
