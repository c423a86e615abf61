/* Names and ordinals; the roster that keeps pods by them; bodies made from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "statefulset/identity.h"
#include "statefulset/pod.h"
#include "test/unit/statefulset/fixture.h"

static const struct {
	const char *why, *name, *set;
	int32_t ordinal; /* -1: none */
} names[] = {
	{ "plain", "web-0", "web", 0 },
	{ "several digits", "web-120", "web", 120 },
	{ "dashes in the set's name", "my-web-3", "my-web", 3 },
	{ "the largest", "web-2147483647", "web", 2147483647 },
	{ "one more than an int32", "web-2147483648", "", -1 },
	{ "more digits than any number", "web-99999999999999999999", "", -1 },
	{ "no dash", "web0", "", -1 },
	{ "nothing before the dash", "-1", "", -1 },
	{ "nothing behind it", "web-", "", -1 },
	{ "letters behind it", "web-1a", "", -1 },
	{ "a leading zero is not how we write it", "web-01", "", -1 },
	{ "two dashes are not a sign", "web--1", "web-", 1 },
	{ "empty", "", "", -1 },
};

static void pod_names_give_their_set_and_ordinal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct strv set = STRV_NONE;
		int32_t ordinal = -1;
		bool ok = identity_parse(strv_of(names[i].name), &set, &ordinal);
		if (ok != (names[i].ordinal >= 0) || ordinal != names[i].ordinal) {
			print_error("%s\n", names[i].why);
		}
		assert_int_equal(ok, names[i].ordinal >= 0);
		assert_int_equal(ordinal, names[i].ordinal);
		assert_true(strv_eq(set, strv_of(names[i].set)));
	}
}

static void claim_names_are_recognised_without_being_made(void **state)
{
	(void)state;
	assert_true(identity_is_claim(STRV("data-web-0"), STRV("data"), STRV("web-0")));
	assert_false(identity_is_claim(STRV("data-web-01"), STRV("data"), STRV("web-0")));
	assert_false(identity_is_claim(STRV("data.web-0"), STRV("data"), STRV("web-0")));
	assert_false(identity_is_claim(STRV("dataweb-0"), STRV("data"), STRV("web-0")));
	assert_false(identity_is_claim(STRV("xata-web-0"), STRV("data"), STRV("web-0")));
}

static void the_roster_keeps_pods_by_ordinal(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, "{}", "{}");
	fixture_pods(&f, "10r 2r 0r 2u 1r");
	static const int32_t want[] = { 0, 1, 2, 10 };
	assert_int_equal(f.roster.n, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(f.roster.at[i].ordinal, want[i]);
	}
	assert_false(member_is(&f.roster.at[2], MEMBER_READY)); /* the newer state */
	roster_remove(&f.roster, f.roster.at[1].pod);
	assert_int_equal(f.roster.n, ARRAY_LEN(want) - 1);
	assert_int_equal(f.roster.at[1].ordinal, 2);
	fixture_deinit(&f);
}

static void pods_of_a_set_that_was_made_anew_are_judged_anew(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, "{}", "{}");
	fixture_pods(&f, "0r");
	assert_true(member_is_claimed(&f.roster.at[0]));
	fixture_change(&f, "{'metadata':{'uid':'another'}}");
	assert_false(member_is_claimed(&f.roster.at[0]));
	fixture_deinit(&f);
}

static void ready_without_a_transition_time_never_becomes_available(void **state)
{
	(void)state;
	int64_t wait_ms = 0;
	struct member m = { .bits = MEMBER_READY | MEMBER_CONDITION };
	assert_true(member_is_available(&m, 0, 1000, &wait_ms));
	assert_false(member_is_available(&m, 1, INT64_C(1767323045000), &wait_ms));
	assert_int_equal(wait_ms, -1);
}

static void a_template_volume_of_a_claims_name_gives_way(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f,
		"{'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{}}],'template':{'"
		"metadata':{"
		"'labels':{'app':'web'},'annotations':{'a':'b'}},'spec':{'hostname':'no','"
		"subdomain':'no',"
		"'containers':[],'volumes':[{'name':'tmp','emptyDir':{}},{'name':'data','emptyDir':"
		"{}}]}}}",
		"{}");
	struct json *tree = object_tree(f.set, &f.a);
	struct json *pod = pod_body(&f.a, f.set, json_dig(tree, "spec.template"), 7, STRV("web-5"));
	assert_string_equal(json_text(&f.a, pod).p,
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"labels\":{\"app\":\"web\","
		"\"statefulset.kubernetes.io/pod-name\":\"web-7\",\"apps.kubernetes.io/"
		"pod-index\":\"7\","
		"\"controller-revision-hash\":\"web-5\"},\"annotations\":{\"a\":\"b\"},"
		"\"generateName\":"
		"\"web-\",\"name\":\"web-7\",\"namespace\":\"ns\",\"ownerReferences\":[{"
		"\"apiVersion\":"
		"\"apps/"
		"v1\",\"kind\":\"StatefulSet\",\"name\":\"web\",\"uid\":\"set\",\"controller\":"
		"true,"
		"\"blockOwnerDeletion\":true}]},\"spec\":{\"containers\":[],\"hostname\":\"web-7\","
		"\"volumes\":[{\"name\":\"data\",\"persistentVolumeClaim\":{\"claimName\":\"data-"
		"web-7\"}},"
		"{\"name\":\"tmp\",\"emptyDir\":{}}],\"subdomain\":\"svc\"}}");
	fixture_deinit(&f);
}

static void a_repair_changes_only_what_is_wrong(void **state)
{
	(void)state;
	struct fixture f;
	bool changed = true;
	fixture_init(&f);
	fixture_set(&f, "{'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{}}]}", "{}");
	fixture_pods(&f, "0r 1riv");
	struct json *right = object_tree(f.roster.at[0].pod, &f.a);
	assert_int_equal(pod_repair(&f.a, f.set, right, &changed), 0);
	assert_false(changed);
	struct json *wrong = object_tree(f.roster.at[1].pod, &f.a);
	assert_int_equal(pod_repair(&f.a, f.set, wrong, &changed), 0);
	assert_true(changed);
	assert_int_equal(pod_repair(&f.a, f.set, wrong, &changed), 0);
	assert_false(changed);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pod_names_give_their_set_and_ordinal),
		cmocka_unit_test(claim_names_are_recognised_without_being_made),
		cmocka_unit_test(the_roster_keeps_pods_by_ordinal),
		cmocka_unit_test(pods_of_a_set_that_was_made_anew_are_judged_anew),
		cmocka_unit_test(ready_without_a_transition_time_never_becomes_available),
		cmocka_unit_test(a_template_volume_of_a_claims_name_gives_way),
		cmocka_unit_test(a_repair_changes_only_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
