/* watch/object/kind: names to kinds and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watch/object/kind.h"

static void every_kind_is_found_again_by_its_names(void **state)
{
	(void)state;
	for (int k = 0; k < KIND_COUNT; k++) {
		const struct kind_row *r = kind_row((enum kind)k);
		assert_int_equal(r->kind, k);
		assert_int_equal(kind_of_name(strv_of(r->api_version), strv_of(r->name)), k);
		assert_int_equal(kind_of_resource(strv_of(r->group), strv_of(r->version),
					 strv_of(r->plural)),
			k);
	}
}

static void names_of_other_groups_and_versions_are_no_kinds(void **state)
{
	(void)state;
	assert_int_equal(kind_of_name(STRV("v1"), STRV("StatefulSet")), KIND_NONE);
	assert_int_equal(kind_of_name(STRV("apps/v1"), STRV("statefulset")), KIND_NONE);
	assert_int_equal(kind_of_name(STRV("/v1"), STRV("Pod")), KIND_NONE);
	assert_int_equal(kind_of_name(STRV_NONE, STRV_NONE), KIND_NONE);
	assert_int_equal(
		kind_of_resource(STRV("apps"), STRV("v1beta1"), STRV("statefulsets")), KIND_NONE);
	assert_int_equal(kind_of_resource(STRV(""), STRV("v1"), STRV("pod")), KIND_NONE);
}

static void the_core_group_leaves_no_trace_in_names(void **state)
{
	(void)state;
	assert_string_equal(kind_row(KIND_POD)->api_version, "v1");
	assert_string_equal(kind_row(KIND_STATEFULSET)->api_version, "apps/v1");
	assert_string_equal(kind_qualified(KIND_POD), "pods");
	assert_string_equal(kind_qualified(KIND_STATEFULSET), "statefulsets.apps");
	assert_string_equal(kind_qualified(KIND_ENDPOINTSLICE), "endpointslices.discovery.k8s.io");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_found_again_by_its_names),
		cmocka_unit_test(names_of_other_groups_and_versions_are_no_kinds),
		cmocka_unit_test(the_core_group_leaves_no_trace_in_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
