/* Accept and Content-Type, as the kubectls and client libraries send them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"
#include "watch/embedded/negotiate.h"

static void the_first_form_that_can_be_served_wins(void **state)
{
	(void)state;
	static const struct {
		const char *why, *accept;
		enum form form;
		const char *version;
	} rows[] = {
		{ "no header", NULL, FORM_OBJECT, NULL },
		{ "an empty one", "", FORM_OBJECT, NULL },
		{ "curl", "*/*", FORM_OBJECT, NULL },
		{ "kubectl get",
			"application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;"
			"v=v1beta1;g=meta.k8s.io,application/json",
			FORM_TABLE, "meta.k8s.io/v1" },
		{ "an old kubectl", "application/json;as=Table;v=v1beta1;g=meta.k8s.io, */*",
			FORM_TABLE, "meta.k8s.io/v1beta1" },
		{ "typed clients", "application/vnd.kubernetes.protobuf,application/json",
			FORM_OBJECT, NULL },
		{ "metadata clients fall back to whole objects",
			"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,"
			"application/json",
			FORM_OBJECT, NULL },
		{ "a browser", "text/html,application/xhtml+xml,*/*;q=0.8", FORM_OBJECT, NULL },
		{ "blanks", " application/json ; as=Table ; v=v1 ; g=meta.k8s.io ", FORM_TABLE,
			"meta.k8s.io/v1" },
		{ "protobuf alone cannot be served", "application/vnd.kubernetes.protobuf",
			FORM_NONE, NULL },
		{ "a Table of an unknown version alone",
			"application/json;as=Table;v=v2;g=meta.k8s.io", FORM_NONE, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct negotiated n = negotiate(strv_of(rows[i].accept));
		if (n.form != rows[i].form) {
			fail_msg("%s: %d", rows[i].why, (int)n.form);
		}
		if (rows[i].version != NULL) {
			assert_string_equal(n.meta_version, rows[i].version);
		}
	}
}

static void a_body_without_a_type_is_json(void **state)
{
	(void)state;
	assert_int_equal(media_of(STRV_NONE), MEDIA_JSON); /* kubectl scale --current-replicas */
	assert_int_equal(media_of(STRV("")), MEDIA_JSON);
	assert_int_equal(media_of(STRV("application/json; charset=utf-8")), MEDIA_JSON);
	assert_int_equal(media_of(STRV("Application/JSON")), MEDIA_JSON);
	assert_int_equal(media_of(STRV("application/yaml")), MEDIA_YAML);
	assert_int_equal(media_of(STRV("application/apply-patch+yaml")), MEDIA_APPLY_PATCH);
	assert_int_equal(
		media_of(STRV("application/strategic-merge-patch+json")), MEDIA_STRATEGIC_PATCH);
	assert_int_equal(media_of(STRV("application/merge-patch+json")), MEDIA_MERGE_PATCH);
	assert_int_equal(media_of(STRV("application/json-patch+json")), MEDIA_JSON_PATCH);
	assert_int_equal(media_of(STRV("application/vnd.kubernetes.protobuf")), MEDIA_PROTOBUF);
	assert_int_equal(media_of(STRV("text/plain")), MEDIA_OTHER);
	assert_int_equal(media_of(STRV(";;;")), MEDIA_OTHER); /* there, but says nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_form_that_can_be_served_wins),
		cmocka_unit_test(a_body_without_a_type_is_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
