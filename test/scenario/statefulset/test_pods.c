/* What the pods and claims of a set look like, status, events, retries. Each test names its row of
 * statefulset-scenarios.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/statefulset/lab.h"

#define DATA "'volumeClaimTemplates':[{'metadata':{'name':'datadir'}," LAB_CLAIM "}]"

static void assert_label(const struct object *o, const char *key, const char *want)
{
	const struct strv *v = labels_get(&o->meta.labels, strv_of(key));
	assert_non_null(v);
	assert_true(strv_eq(*v, strv_of(want)));
}

static void assert_json(
	struct lab *l, enum kind kind, const char *name, const char *path, const char *want)
{
	struct arena a;
	arena_init(&a, 0);
	const struct json *v = json_dig(object_tree(lab_get(l, kind, name), &a), path);
	lab_expect(v ? json_text(&a, v).p : "", want);
	arena_deinit(&a);
}

/* identity-fields */
static void a_pod_carries_its_identity(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':1," DATA "}");
	const struct object *pod = lab_get(l, KIND_POD, "web-0");
	assert_label(pod, "statefulset.kubernetes.io/pod-name", "web-0");
	assert_label(pod, "apps.kubernetes.io/pod-index", "0");
	assert_label(pod, "controller-revision-hash", lab_names(l, KIND_CONTROLLERREVISION));
	assert_json(l, KIND_POD, "web-0", "spec.hostname", "\"web-0\"");
	assert_json(l, KIND_POD, "web-0", "spec.subdomain", "\"svc\"");
	assert_json(l, KIND_POD, "web-0", "metadata.generateName", "\"web-\"");
	assert_json(l, KIND_POD, "web-0", "spec.volumes",
		"[{\"name\":\"datadir\",\"persistentVolumeClaim\":{\"claimName\":\"datadir-web-0\"}"
		"}]");
	lab_close(l);
}

/* pvc-names-labels */
static void claims_are_named_and_labelled_after_their_pod(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web",
		"{'replicas':1,'selector':{'matchLabels':{'test':'foo'}},'template':{'metadata':{'"
		"labels':{"
		"'test':'foo'}}},'volumeClaimTemplates':[{'metadata':{'name':'datadir','labels':{'"
		"test':"
		"'test','x':'y'}}," LAB_CLAIM ",'status':{'phase':'Pending'}}]}");
	lab_expect(lab_names(l, KIND_PVC), "datadir-web-0");
	const struct object *claim = lab_get(l, KIND_PVC, "datadir-web-0");
	assert_label(claim, "test", "foo");
	assert_label(claim, "x", "y");
	assert_int_equal(claim->meta.n_owners, 0);
	lab_close(l);
}

/* identity-persistence-e2e (the controller's part) */
static void claims_stay_when_their_pods_go_and_are_used_again(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_PVC), "datadir-web-0 datadir-web-1 datadir-web-2");
	lab_scale(l, "web", 0);
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_expect(lab_names(l, KIND_PVC), "datadir-web-0 datadir-web-1 datadir-web-2");
	(void)lab_calls(l);
	lab_scale(l, "web", 3);
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_expect(lab_calls_of(l, "create persistentvolumeclaims"), "");
	lab_close(l);
}

/* pending-missing-pvc */
static void a_pending_pod_gets_a_lost_claim_again(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{" DATA "}");
	lab_delete(l, KIND_PVC, "datadir-web-0");
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'metadata':{'annotations':{'look':'again'}}}");
	lab_expect(lab_names(l, KIND_PVC), "datadir-web-0");
	lab_close(l);
}

/* pvc-deleting */
static void a_claim_that_is_going_keeps_its_pod_back(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_create(l, KIND_PVC,
		"{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'datadir-web-"
		"0',"
		"'finalizers':['test/hold']}," LAB_CLAIM "}");
	lab_delete(l, KIND_PVC, "datadir-web-0");
	lab_set(l, "web", "{'replicas':1," DATA "}");
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_POD), "");
	assert_non_null(
		strstr(lab_events(l, "web"), ": Create Pod web-0 in StatefulSet web failed error: "
					     "pvc datadir-web-0 is being deleted\n"));
	lab_patch(l, KIND_PVC, "datadir-web-0", "", "{'metadata':{'finalizers':null}}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_expect(lab_names(l, KIND_PVC), "datadir-web-0");
	lab_close(l);
}

/* create-events; 11: a failing claim yields two warnings */
static void creation_is_told_in_events(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_fail(l, "create persistentvolumeclaims", 500, 1);
	lab_set(l, "web", "{'replicas':1," DATA "}");
	lab_run(l, 100);
	lab_expect(lab_events(l, "web"),
		"FailedCreate x1: Create Claim datadir-web-0 for Pod web-0 in StatefulSet web "
		"failed error: "
		"refused by the test\n"
		"FailedCreate x1: Create Pod web-0 in StatefulSet web failed error: failed to "
		"create PVC "
		"datadir-web-0: refused by the test\n"
		"SuccessfulCreate x1: Create Claim datadir-web-0 Pod web-0 in StatefulSet web "
		"success\n"
		"SuccessfulCreate x1: Create Pod web-0 in StatefulSet web successful\n");
	lab_close(l);
}

/* event-aggregation */
static void from_the_tenth_different_message_on_events_are_combined(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':12,'podManagementPolicy':'Parallel'}");
	lab_run(l, 100);
	const char *events = lab_events(l, "web");
	const char *combined = strstr(
		events, "SuccessfulCreate x3: (combined from similar events): Create Pod web-");
	assert_non_null(combined);
	assert_null(strstr(strchr(combined, '\n'), "(combined"));
	assert_non_null(strstr(events, "SuccessfulCreate x1: Create Pod web-8 "));
	lab_close(l);
}

static void repeats_of_an_event_are_counted_in_it(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_delete(l, KIND_POD, "web-0");
	lab_run(l, 100);
	lab_delete(l, KIND_POD, "web-0");
	lab_run(l, 100);
	lab_expect(lab_events(l, "web"),
		"SuccessfulCreate x3: Create Pod web-0 in StatefulSet web successful\n");
	lab_close(l);
}

/* An Event that has expired meanwhile is written anew. */
static void an_event_that_has_gone_is_written_anew(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_delete(l, KIND_EVENT, lab_names(l, KIND_EVENT));
	lab_delete(l, KIND_POD, "web-0");
	lab_run(l, 100);
	lab_expect(lab_events(l, "web"),
		"SuccessfulCreate x2: Create Pod web-0 in StatefulSet web successful\n");
	lab_close(l);
}

/* identity-repair-label */
static void a_changed_pod_name_label_is_restored(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':2}");
	lab_run(l, 100);
	lab_patch(l, KIND_POD, "web-1", "",
		"{'metadata':{'labels':{'statefulset.kubernetes.io/pod-name':'x'}}}");
	lab_run(l, 100);
	assert_label(lab_get(l, KIND_POD, "web-1"), "statefulset.kubernetes.io/pod-name", "web-1");
	assert_non_null(strstr(lab_events(l, "web"),
		"SuccessfulUpdate x1: Update Pod web-1 in StatefulSet web successful\n"));
	lab_close(l);
}

/* identity-conflict-retry */
static void a_conflict_while_repairing_is_tried_again(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_fail(l, "update pods web-0", 409, 1);
	(void)lab_calls(l);
	lab_patch(l, KIND_POD, "web-0", "",
		"{'metadata':{'labels':{'statefulset.kubernetes.io/pod-name':'x'}}}");
	lab_run(l, 100);
	lab_expect(lab_calls(l),
		"get pods web-0, update pods web-0, get pods web-0, update pods web-0");
	const char *events = lab_events(l, "web");
	assert_non_null(strstr(events, "SuccessfulUpdate x1"));
	assert_null(strstr(events, "FailedUpdate"));
	lab_close(l);
}

/* update-pod-error */
static void a_failing_repair_is_told_and_tried_again(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 100);
	lab_fail(l, "update pods web-0", 500, 1);
	lab_patch(l, KIND_POD, "web-0", "",
		"{'metadata':{'labels':{'statefulset.kubernetes.io/pod-name':'x'}}}");
	lab_run(l, 1000);
	const char *events = lab_events(l, "web");
	assert_non_null(strstr(events, "FailedUpdate x1: Update Pod web-0 in StatefulSet web "
				       "failed error: refused by the test\n"));
	assert_non_null(strstr(events, "SuccessfulUpdate x1"));
	lab_close(l);
}

/* noop-update */
static void a_set_in_order_causes_no_calls(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 1000);
	(void)lab_calls(l);
	const char *events = lab_events(l, "web");
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'metadata':{'annotations':{'look':'again'}}}");
	lab_patch(l, KIND_POD, "web-1", "", "{'metadata':{'annotations':{'look':'again'}}}");
	lab_run(l, 600000);
	lab_expect(lab_calls(l), "");
	lab_expect(lab_events(l, "web"), events);
	lab_close(l);
}

/* A controller that begins anew finds everything as it is. */
static void a_new_controller_takes_over_in_silence(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 1000);
	(void)lab_calls(l);
	lab_restart_controller(l);
	lab_run(l, 1000);
	lab_expect(lab_calls(l), "");
	lab_delete(l, KIND_POD, "web-1");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_close(l);
}

/* status-conflict-retry */
static void a_status_conflict_is_tried_five_times(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_fail(l, "patch statefulsets/status", 409, 1);
	lab_set(l, "web", "{'replicas':0}");
	lab_run(l, 100);
	lab_expect(lab_calls_of(l, "patch statefulsets/status"),
		"patch statefulsets/status web, patch statefulsets/status web");
	assert_int_equal(lab_status(l, "web")->status.observed_generation, 1);
	lab_fail(l, "patch statefulsets/status", 409, 5);
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'spec':{'minReadySeconds':1}}");
	lab_run(l, 42); /* four waits of 10 ms; then the key backs off for 5 ms more */
	assert_int_equal(lab_status(l, "web")->status.observed_generation, 1);
	lab_run(l, 100);
	assert_int_equal(lab_status(l, "web")->status.observed_generation, 2);
	lab_close(l);
}

/* status-error-resumes */
static void a_status_that_cannot_be_written_is_written_later(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_fail(l, "patch statefulsets/status", 500, 1);
	lab_set(l, "web", "{}");
	lab_run(l, 1000);
	assert_int_equal(lab_status(l, "web")->status.replicas, 3);
	assert_int_equal(lab_status(l, "web")->status.ready, 3);
	lab_close(l);
}

/* observed-generation */
static void the_observed_generation_follows(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':2,'podManagementPolicy':'Parallel'}");
	int64_t before = lab_get(l, KIND_STATEFULSET, "web")->meta.generation;
	lab_patch(l, KIND_STATEFULSET, "web", "",
		"{'spec':{'template':{'metadata':{'annotations':{'a':'1'}}}}}");
	lab_run(l, 100);
	assert_int_equal(lab_get(l, KIND_STATEFULSET, "web")->meta.generation, before + 1);
	assert_int_equal(lab_status(l, "web")->status.observed_generation, before + 1);
	lab_close(l);
}

/* 10: the form of the status; api-status (the controller's part): conditions of others survive */
static void status_is_printed_as_kubernetes_does_and_keeps_foreign_conditions(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_patch(l, KIND_STATEFULSET, "web", "status",
		"{'status':{'conditions':[{'type':'Mine','status':'True',"
		"'lastTransitionTime':'2026-01-01T00:00:00Z'}]}}");
	lab_scale(l, "web", 0);
	lab_run(l, 100);
	assert_json(l, KIND_STATEFULSET, "web", "status.conditions",
		"[{\"type\":\"Mine\",\"status\":\"True\",\"lastTransitionTime\":"
		"\"2026-01-01T00:00:00Z\"}]");
	assert_json(l, KIND_STATEFULSET, "web", "status.replicas", "0");
	assert_json(l, KIND_STATEFULSET, "web", "status.availableReplicas", "0");
	assert_json(l, KIND_STATEFULSET, "web", "status.collisionCount", "0");
	assert_json(l, KIND_STATEFULSET, "web", "status.readyReplicas", "");
	assert_json(l, KIND_STATEFULSET, "web", "status.currentReplicas", "");
	assert_json(l, KIND_STATEFULSET, "web", "status.updatedReplicas", "");
	lab_close(l);
}

/* mr-e2e */
static void availability_follows_min_ready_seconds_as_it_changes(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':2,'minReadySeconds':30}");
	int64_t begin_ms = lab_now_ms(l);
	lab_run(l, 29000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	assert_int_equal(lab_status(l, "web")->status.available, 0);
	lab_run(l, 2000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	lab_run(l, 31000);
	assert_int_equal(lab_status(l, "web")->status.available, 2);
	assert_true(lab_now_ms(l) - begin_ms < 63000);
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'spec':{'minReadySeconds':3600}}");
	lab_run(l, 100);
	assert_int_equal(lab_status(l, "web")->status.available, 0);
	assert_int_equal(lab_status(l, "web")->status.ready, 2);
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'spec':{'minReadySeconds':0}}");
	lab_run(l, 100);
	assert_int_equal(lab_status(l, "web")->status.available, 2);
	lab_close(l);
}

/* mr-requeue-exact: nobody wakes the set, it looks again by itself at the right time */
static void the_set_is_looked_at_when_a_pod_becomes_available(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':1,'minReadySeconds':5}");
	lab_ready(l, "web-0");
	int64_t fraction_ms = lab_now_ms(l) % 1000; /* transition times carry whole seconds */
	lab_run(l, 5000 - fraction_ms - 10);
	assert_int_equal(lab_status(l, "web")->status.available, 0);
	lab_run(l, 20);
	assert_int_equal(lab_status(l, "web")->status.available, 1);
	lab_close(l);
}

/* delete-ordered-way is in test_order.c; here: the set may go at any time, its controller forgets it */
static void a_set_that_goes_is_forgotten(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 100);
	lab_delete(l, KIND_STATEFULSET, "web");
	(void)lab_calls(l);
	lab_delete(l, KIND_POD, "web-1");
	lab_run(l, 60000);
	lab_expect(lab_calls(l), "");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-2");
	lab_close(l);
}

/* long-name (the controller's part): what the API refuses is told and tried again, ever more slowly */
static void refused_pods_are_tried_again_with_growing_pauses(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_fail(l, "create pods", 422, 1000);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 5000);
	size_t tries = 0;
	const char *calls = lab_calls_of(l, "create pods");
	for (const char *p = calls; (p = strstr(p, "create")); p++) {
		tries++;
	}
	assert_in_range(tries, 9, 12); /* 5 ms x 2^n: ten tries in five seconds */
	lab_run(l, 3600 * 1000);
	calls = lab_calls_of(l, "create pods");
	tries = 0;
	for (const char *p = calls; (p = strstr(p, "create")); p++) {
		tries++;
	}
	assert_in_range(tries, 8, 14); /* never more than 1000 s apart */
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pod_carries_its_identity),
		cmocka_unit_test(claims_are_named_and_labelled_after_their_pod),
		cmocka_unit_test(claims_stay_when_their_pods_go_and_are_used_again),
		cmocka_unit_test(a_pending_pod_gets_a_lost_claim_again),
		cmocka_unit_test(a_claim_that_is_going_keeps_its_pod_back),
		cmocka_unit_test(creation_is_told_in_events),
		cmocka_unit_test(from_the_tenth_different_message_on_events_are_combined),
		cmocka_unit_test(repeats_of_an_event_are_counted_in_it),
		cmocka_unit_test(an_event_that_has_gone_is_written_anew),
		cmocka_unit_test(a_changed_pod_name_label_is_restored),
		cmocka_unit_test(a_conflict_while_repairing_is_tried_again),
		cmocka_unit_test(a_failing_repair_is_told_and_tried_again),
		cmocka_unit_test(a_set_in_order_causes_no_calls),
		cmocka_unit_test(a_new_controller_takes_over_in_silence),
		cmocka_unit_test(a_status_conflict_is_tried_five_times),
		cmocka_unit_test(a_status_that_cannot_be_written_is_written_later),
		cmocka_unit_test(the_observed_generation_follows),
		cmocka_unit_test(status_is_printed_as_kubernetes_does_and_keeps_foreign_conditions),
		cmocka_unit_test(availability_follows_min_ready_seconds_as_it_changes),
		cmocka_unit_test(the_set_is_looked_at_when_a_pod_becomes_available),
		cmocka_unit_test(a_set_that_goes_is_forgotten),
		cmocka_unit_test(refused_pods_are_tried_again_with_growing_pauses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
