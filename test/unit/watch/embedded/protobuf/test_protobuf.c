/* Bodies as kubectl 1.32 sends them (the fuzz corpus) become the JSON that older versions send; the rest is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/base/quoted.h"
#include "watch/embedded/protobuf/protobuf.h"

static struct strv file_read(struct arena *a, const char *name)
{
	struct strv path = arena_printf(a, "%s/%s", CORPUS, name);
	FILE *f = fopen(path.p, "rb");
	assert_non_null(f);
	char *bytes = arena_array(a, char, 4096);
	size_t n = fread(bytes, 1, 4096, f);
	(void)fclose(f);
	return (struct strv){ bytes, n };
}

static void bodies_of_kubectl_read_as_json_would(void **state)
{
	(void)state;
	static const struct {
		const char *why, *file, *want;
	} rows[] = {
		{ "kubectl create namespace", "namespace",
			"{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'experiments'},'"
			"spec':{}}" },
		{ "a map of texts", "configmap",
			"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'},'data':{'a':"
			"'b','k':'v'}}" },
		{ "a map of bytes is base64", "secret",
			"{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s'},'data':{'p':'"
			"dw=='}}" },
		{ "an empty object", "serviceaccount",
			"{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'robot'}}" },
		{ "DeleteOptions of any group; a grace period of 0 says something",
			"delete_options",
			"{'apiVersion':'apps/v1','kind':'DeleteOptions','gracePeriodSeconds':0,"
			"'preconditions':{'uid':'u-1','resourceVersion':'7'},"
			"'propagationPolicy':'Background','dryRun':['All']}" },
		{ "numbers and IntOrString", "service_b",
			"{'apiVersion':'v1','kind':'Service','metadata':{'name':'np','labels':{'"
			"app':'np'}},'spec':{"
			"'ports':[{'name':'80','protocol':'TCP','port':80,'targetPort':80,'"
			"nodePort':30080}],"
			"'selector':{'app':'np'},'type':'NodePort'}}" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		char why[PROTOBUF_WHY_CHARS] = "";
		struct json *got = NULL;
		if (protobuf_decode(&a, file_read(&a, rows[i].file), &got, why)) {
			fail_msg("%s: %s", rows[i].why, why);
		}
		struct json *want = quoted_json(&a, rows[i].want);
		if (!json_equal(got, want)) {
			fail_msg("%s: got %s", rows[i].why, json_text(&a, got).p);
		}
		arena_deinit(&a);
	}
}

#define NS "k8s\0\x0a\x0f\x0a\x02v1\x12\x09Namespace\x12"
static void what_cannot_be_read_is_refused_with_its_reason(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct strv body;
		int want;
	} rows[] = {
		{ "no magic", { "{\"kind\":1}", 10 }, ERR_SYNTAX },
		{ "nothing", { "", 0 }, ERR_SYNTAX },
		{ "no envelope", { "k8s\0", 4 }, ERR_UNSUPPORTED },
		{ "another kind", { "k8s\0\x0a\x09\x0a\x02v1\x12\x03Pod", 15 }, ERR_UNSUPPORTED },
		{ "an envelope cut short", { "k8s\0\x0a\x0f\x0a\x02v1", 10 }, ERR_SYNTAX },
		{ "a message cut short", { NS "\x02\x0a\x09", sizeof(NS) + 2 }, ERR_SYNTAX },
		{ "a name with NUL",
			{ NS "\x07\x0a\x05\x0a\x03"
			     "a\0b",
				sizeof(NS) + 7 },
			ERR_SYNTAX },
		{ "a name not UTF-8", { NS "\x06\x0a\x04\x0a\x02\xff\xfe", sizeof(NS) + 6 },
			ERR_SYNTAX },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		char why[PROTOBUF_WHY_CHARS] = "";
		struct json *v = NULL;
		int err = protobuf_decode(&a, rows[i].body, &v, why);
		if (err != rows[i].want || v || !why[0]) {
			fail_msg("%s: %d %s", rows[i].why, err, why);
		}
		arena_deinit(&a);
	}
}

static void lack_of_memory_is_no_fault_of_the_body(void **state)
{
	(void)state;
	struct arena source;
	bool done = false;
	arena_init(&source, 0);
	struct strv body = file_read(&source, "service_b");
	for (size_t limit = 1; !done && limit < 65536; limit += 64) {
		struct arena a;
		struct json *v = NULL;
		char why[PROTOBUF_WHY_CHARS] = "";
		arena_init(&a, 0);
		a.limit_bytes = limit;
		int err = protobuf_decode(&a, body, &v, why);
		assert_true(err == ERR_OK || err == ERR_NOMEM);
		done = err == ERR_OK;
		arena_deinit(&a);
	}
	assert_true(done);
	arena_deinit(&source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_of_kubectl_read_as_json_would),
		cmocka_unit_test(what_cannot_be_read_is_refused_with_its_reason),
		cmocka_unit_test(lack_of_memory_is_no_fault_of_the_body),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
