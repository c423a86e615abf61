/* Ends: garbage collection, finalizers, namespaces, claims that go with their set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/companion/lab.h"

#define CLAIMS                                                                                     \
	"'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':["              \
	"'ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]"

static struct lab *lab_with_set(int64_t terminate_after_ms, const char *spec)
{
	struct lab *l = lab_open(&(struct lab_options){ .terminate_after_ms = terminate_after_ms });
	lab_set(l, "web", spec);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	(void)lab_story(l, KIND_POD);
	return l;
}

static void pods_of_a_deleted_set_go_highest_first_each_gone_before_the_next(void **state)
{
	(void)state;
	struct lab *l = lab_with_set(5000, "{" CLAIMS "}");
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_expect(lab_names(l, KIND_STATEFULSET), "");
	lab_expect(lab_names(l, KIND_CONTROLLERREVISION), "");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2!");
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1!");
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "web-0!");
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_expect(lab_names(l, KIND_PVC), "data-web-0 data-web-1 data-web-2");
	lab_close(l);
}

static void ten_and_more_pods_are_ordered_by_number_not_by_letter(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_set(l, "web", "{'replicas':12}");
	lab_run(l, 1000);
	(void)lab_story(l, KIND_POD);
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_run(l, 1000);
	lab_expect(lab_story(l, KIND_POD), "~web-11 ~web-11 -web-11 ~web-10 ~web-10 -web-10 ~web-9 "
					   "~web-9 -web-9 ~web-8 ~web-8 -web-8 "
					   "~web-7 ~web-7 -web-7 ~web-6 ~web-6 -web-6 ~web-5 "
					   "~web-5 -web-5 ~web-4 ~web-4 -web-4 "
					   "~web-3 ~web-3 -web-3 ~web-2 ~web-2 -web-2 ~web-1 "
					   "~web-1 -web-1 ~web-0 ~web-0 -web-0");
	lab_close(l);
}

static void a_set_deleted_in_the_foreground_stays_until_its_pods_are_gone(void **state)
{
	(void)state;
	struct lab *l = lab_with_set(5000, "{}");
	lab_delete_by(l, KIND_STATEFULSET, "web", PROPAGATE_FOREGROUND);
	lab_expect(lab_names(l, KIND_STATEFULSET), "web!");
	lab_run(l, 14000);
	lab_expect(lab_names(l, KIND_POD), "web-0!");
	lab_expect(lab_names(l, KIND_STATEFULSET), "web!");
	lab_run(l, 1100);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_expect(lab_names(l, KIND_STATEFULSET), "");
	lab_close(l);
}

static void a_foreground_deletion_of_something_without_dependents_ends_at_once(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_create(l, KIND_CONFIGMAP,
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'alone'}}");
	lab_delete_by(l, KIND_CONFIGMAP, "alone", PROPAGATE_FOREGROUND);
	lab_expect(lab_names(l, KIND_CONFIGMAP), "");
	lab_create(l, KIND_CONFIGMAP,
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'alone'}}");
	lab_delete_by(l, KIND_CONFIGMAP, "alone", PROPAGATE_ORPHAN);
	lab_expect(lab_names(l, KIND_CONFIGMAP), "");
	lab_close(l);
}

static void orphaned_pods_run_on_and_are_adopted_by_a_new_set(void **state)
{
	(void)state;
	struct lab *l = lab_with_set(0, "{}");
	const char *uid = lab_field(l, KIND_POD, "web-1", "metadata.uid");
	lab_delete_by(l, KIND_STATEFULSET, "web", PROPAGATE_ORPHAN);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_STATEFULSET), "");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_expect(lab_field(l, KIND_POD, "web-1", "metadata.ownerReferences"), "");
	lab_set(l, "web", "{}");
	lab_run(l, 1000);
	lab_expect(lab_field(l, KIND_POD, "web-1", "metadata.uid"), uid);
	assert_string_not_equal(lab_field(l, KIND_POD, "web-1", "metadata.ownerReferences"), "");
	lab_expect(lab_field(l, KIND_STATEFULSET, "web", "status.readyReplicas"), "3");
	lab_close(l);
}

static void a_claim_that_its_set_owns_goes_with_it_and_its_volume_too(void **state)
{
	(void)state;
	struct lab *l = lab_with_set(0, "{" CLAIMS "}");
	char owner[300];
	(void)snprintf(owner, sizeof(owner),
		"{'metadata':{'ownerReferences':[{'apiVersion':'apps/"
		"v1','kind':'StatefulSet','name':"
		"'web','uid':'%s'}]}}",
		lab_field(l, KIND_STATEFULSET, "web", "metadata.uid"));
	lab_patch(l, KIND_PVC, "data-web-1", "", owner);
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_run(l, 2000);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_expect(lab_names(l, KIND_PVC), "data-web-0 data-web-2");
	lab_close(l);
}

static const char *config(struct lab *l, const char *name, const char *owners)
{
	static char text[1000];
	(void)snprintf(text, sizeof(text),
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s','ownerReferences':[%"
		"s]}}",
		name, owners);
	lab_create(l, KIND_CONFIGMAP, text);
	return lab_field(l, KIND_CONFIGMAP, name, "metadata.uid");
}

#define OWNER "{'apiVersion':'v1','kind':'ConfigMap','name':'%s','uid':'%s'}"

static void a_dependent_goes_when_the_last_of_its_owners_has_gone(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	char owners[600];
	const char *a = config(l, "a", "");
	const char *b = config(l, "b", "");
	(void)snprintf(owners, sizeof(owners), OWNER "," OWNER, "a", a, "b", b);
	(void)config(l, "child", owners);
	lab_delete(l, KIND_CONFIGMAP, "a");
	lab_expect(lab_names(l, KIND_CONFIGMAP), "b child");
	lab_expect(lab_field(l, KIND_CONFIGMAP, "child", "metadata.ownerReferences.0.name"), "");
	assert_null(strstr(lab_field(l, KIND_CONFIGMAP, "child", "metadata.ownerReferences"), a));
	lab_delete(l, KIND_CONFIGMAP, "b");
	lab_expect(lab_names(l, KIND_CONFIGMAP), "");
	lab_close(l);
}

static void grandchildren_go_too(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	char owner[300];
	(void)snprintf(owner, sizeof(owner), OWNER, "a", config(l, "a", ""));
	(void)snprintf(owner, sizeof(owner), OWNER, "b", config(l, "b", owner));
	(void)config(l, "c", owner);
	lab_delete(l, KIND_CONFIGMAP, "a");
	lab_expect(lab_names(l, KIND_CONFIGMAP), "");
	lab_close(l);
}

static void an_object_whose_owner_never_was_goes_soon_one_of_an_unknown_kind_stays(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	char owner[300];
	(void)snprintf(owner, sizeof(owner), OWNER, "never", "0-1-2");
	(void)config(l, "stray", owner);
	(void)config(l, "foreign",
		"{'apiVersion':'acme.example/v1','kind':'Rocket','name':'r','uid':'3-4-5'}");
	lab_expect(lab_names(l, KIND_CONFIGMAP), "foreign stray");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_CONFIGMAP), "foreign");
	lab_close(l);
}

static void an_owner_of_the_same_name_in_another_life_does_not_count(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	char owner[300];
	const char *first = config(l, "a", "");
	lab_delete(l, KIND_CONFIGMAP, "a");
	(void)config(l, "a", "");
	(void)snprintf(owner, sizeof(owner), OWNER, "a", first);
	(void)config(l, "child", owner);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_CONFIGMAP), "a");
	lab_close(l);
}

static void a_deleted_namespace_takes_everything_in_it_along(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .terminate_after_ms = 5000 });
	lab_service(l, "svc", "{}");
	lab_set(l, "web", "{" CLAIMS "}");
	lab_pod(l, "alone", "{}");
	(void)config(l, "config", "");
	lab_create(l, KIND_SECRET, "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s'}}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_SERVICEACCOUNT), "default");
	lab_delete(l, KIND_NAMESPACE, "ns");
	lab_expect(lab_field(l, KIND_NAMESPACE, "ns", "status.phase"), "Terminating");
	lab_expect(lab_names(l, KIND_STATEFULSET), "");
	lab_create_refused(l, KIND_CONFIGMAP,
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'late'}}", 403);
	lab_run(l, 60000);
	assert_null(lab_get(l, KIND_NAMESPACE, "ns"));
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		if (kind_row((enum kind)k)->namespaced) {
			lab_expect(lab_names(l, (enum kind)k), "");
		}
	}
	lab_expect(lab_names(l, KIND_PV), "");
	lab_close(l);
}

static void a_namespace_waits_for_an_object_that_a_finalizer_holds(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_create(l, KIND_CONFIGMAP,
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'held','finalizers':["
		"'test/hold']}}");
	lab_delete(l, KIND_NAMESPACE, "ns");
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_CONFIGMAP), "held!");
	assert_non_null(lab_get(l, KIND_NAMESPACE, "ns"));
	lab_patch(l, KIND_CONFIGMAP, "held", "",
		"{'metadata':{'$deleteFromPrimitiveList/finalizers':['test/hold']}}");
	assert_null(lab_get(l, KIND_NAMESPACE, "ns"));
	lab_close(l);
}

static void a_service_account_that_is_deleted_comes_back(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	const char *uid = lab_field(l, KIND_SERVICEACCOUNT, "default", "metadata.uid");
	lab_delete(l, KIND_SERVICEACCOUNT, "default");
	lab_expect(lab_names(l, KIND_SERVICEACCOUNT), "default");
	assert_string_not_equal(lab_field(l, KIND_SERVICEACCOUNT, "default", "metadata.uid"), uid);
	lab_close(l);
}

static void closing_in_the_middle_of_everything_leaves_nothing(void **state)
{
	(void)state;
	for (int ms = 0; ms < 12; ms++) {
		struct lab *l = lab_open(&(struct lab_options){
			.ready_after_ms = 3, .bind_after_ms = 2, .terminate_after_ms = 2 });
		lab_service(l, "svc", "{}");
		lab_set(l, "web", "{" CLAIMS "}");
		lab_run(l, ms);
		lab_delete(l, KIND_STATEFULSET, "web");
		lab_close(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pods_of_a_deleted_set_go_highest_first_each_gone_before_the_next),
		cmocka_unit_test(ten_and_more_pods_are_ordered_by_number_not_by_letter),
		cmocka_unit_test(a_set_deleted_in_the_foreground_stays_until_its_pods_are_gone),
		cmocka_unit_test(
			a_foreground_deletion_of_something_without_dependents_ends_at_once),
		cmocka_unit_test(orphaned_pods_run_on_and_are_adopted_by_a_new_set),
		cmocka_unit_test(a_claim_that_its_set_owns_goes_with_it_and_its_volume_too),
		cmocka_unit_test(a_dependent_goes_when_the_last_of_its_owners_has_gone),
		cmocka_unit_test(grandchildren_go_too),
		cmocka_unit_test(
			an_object_whose_owner_never_was_goes_soon_one_of_an_unknown_kind_stays),
		cmocka_unit_test(an_owner_of_the_same_name_in_another_life_does_not_count),
		cmocka_unit_test(a_deleted_namespace_takes_everything_in_it_along),
		cmocka_unit_test(a_namespace_waits_for_an_object_that_a_finalizer_holds),
		cmocka_unit_test(a_service_account_that_is_deleted_comes_back),
		cmocka_unit_test(closing_in_the_middle_of_everything_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
