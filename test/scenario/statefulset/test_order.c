/* The order in which pods come and go. Each test names its row of statefulset-scenarios.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/statefulset/lab.h"

#define HOLD "'template':{" LAB_HOLD "}"

static void assert_status(struct lab *l, int replicas, int ready, int current, int updated)
{
	const struct statefulset *s = lab_status(l, "web");
	assert_int_equal(s->status.replicas, replicas);
	assert_int_equal(s->status.ready, ready);
	assert_int_equal(s->status.current, current);
	assert_int_equal(s->status.updated, updated);
}

/* ord-create-3 */
static void pods_are_created_in_order_each_when_the_one_before_is_ready(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_phase(l, "web-0", "Running");
	lab_expect(lab_names(l, KIND_POD), "web-0");
	assert_status(l, 1, 0, 1, 1);
	lab_ready(l, "web-0");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	lab_ready(l, "web-1");
	lab_ready(l, "web-2");
	assert_status(l, 3, 3, 3, 3);
	assert_int_equal(lab_status(l, "web")->status.available, 3);
	const struct object *pod = lab_get(l, KIND_POD, "web-2");
	assert_true(strv_eq(
		*labels_get(&pod->meta.labels, STRV("apps.kubernetes.io/pod-index")), STRV("2")));
	lab_expect(lab_calls_of(l, "create pods"),
		"create pods web-0, create pods web-1, create pods web-2");
	lab_close(l);
}

/* par-create-3 */
static void parallel_pods_are_created_without_waiting(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'podManagementPolicy':'Parallel'}");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	assert_status(l, 3, 0, 3, 3);
	lab_close(l);
}

/* ord-scale-down-3-0, ord-scale-down-5-0-live, delete-ordered-way */
static void scaling_down_takes_the_highest_and_waits_until_it_has_gone(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':5," HOLD "}");
	lab_run(l, 1000);
	(void)lab_calls(l);
	lab_scale(l, "web", 0);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2 web-3 web-4!");
	lab_gone(l, "web-4");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2 web-3!");
	for (int i = 3; i >= 0; i--) {
		char name[8];
		(void)snprintf(name, sizeof(name), "web-%d", i);
		lab_gone(l, name);
	}
	lab_expect(lab_names(l, KIND_POD), "");
	lab_expect(lab_calls_of(l, "delete"),
		"delete pods web-4, delete pods web-3, delete pods web-2, delete pods web-1, "
		"delete pods web-0");
	assert_status(l, 0, 0, 0, 0);
	assert_int_equal(lab_status(l, "web")->status.available, 0);
	assert_non_null(lab_get(l, KIND_STATEFULSET, "web"));
	assert_int_equal(strlen(lab_names(l, KIND_CONTROLLERREVISION)) > 0, true);
	lab_close(l);
}

static void failed_pod_returns(const char *phase)
{
	struct lab *l = lab_open();
	lab_set(l, "web", "{}");
	lab_expect(lab_names(l, KIND_POD), "web-0");
	(void)lab_calls(l);
	lab_phase(l, "web-0", phase);
	lab_run(l, 100);
	const char *calls = lab_calls(l);
	assert_non_null(strstr(calls, "delete pods web-0"));
	assert_non_null(strstr(strstr(calls, "delete pods web-0"), "create pods web-0"));
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_close(l);
}

/* ord-failed-pod */
static void a_failed_pod_is_deleted_then_created_again(void **state)
{
	(void)state;
	failed_pod_returns("Failed");
}

/* ord-succeeded-pod */
static void a_succeeded_pod_is_deleted_then_created_again(void **state)
{
	(void)state;
	failed_pod_returns("Succeeded");
}

/* failed-pod-delete-error */
static void a_delete_that_fails_is_tried_again(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{}");
	lab_fail(l, "delete pods web-0", 500, 1);
	(void)lab_calls(l);
	lab_phase(l, "web-0", "Failed");
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	assert_true(strv_eq(lab_get(l, KIND_POD, "web-0")->as.pod->phase, STRV("Pending")));
	const char *calls = lab_calls(l);
	const char *first = strstr(calls, "delete pods");
	assert_non_null(first);
	const char *second = strstr(first + 1, "delete pods");
	assert_non_null(second);
	assert_null(strstr(second + 1, "delete pods"));
	assert_non_null(strstr(second, "create pods web-0"));
	assert_non_null(
		strstr(lab_events(l, "web"), "FailedDelete x1: Delete Pod web-0 in StatefulSet web "
					     "failed error: refused by the test"));
	lab_close(l);
}

/* failed-pod-already-terminating */
static void a_failed_pod_that_is_going_is_waited_for(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':1," HOLD "}");
	lab_delete(l, KIND_POD, "web-0");
	lab_phase(l, "web-0", "Failed");
	lab_run(l, 1000);
	(void)lab_calls(l);
	lab_run(l, 60000);
	lab_expect(lab_calls_of(l, "delete"), "");
	lab_expect(lab_names(l, KIND_POD), "web-0!");
	lab_gone(l, "web-0");
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_close(l);
}

/* start-ordinal-create, so-integration */
static void ordinals_begin_at_start(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'ordinals':{'start':2}}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-2 web-3 web-4");
	assert_status(l, 3, 3, 3, 3);
	lab_scale(l, "web", 1);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-2");
	lab_close(l);
}

/* so-increase, so-decrease */
static void a_moved_start_moves_the_pods(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':2,'ordinals':{'start':2}}");
	lab_run(l, 1000);
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'spec':{'ordinals':{'start':4}}}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-4 web-5");
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'spec':{'ordinals':{'start':3}}}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-3 web-4");
	lab_close(l);
}

/* terminating-condemned-blocks */
static void condemned_pods_that_are_going_hold_up_everything(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':5," HOLD "}");
	lab_run(l, 1000);
	lab_delete(l, KIND_POD, "web-3");
	lab_delete(l, KIND_POD, "web-4");
	(void)lab_calls(l);
	lab_scale(l, "web", 2);
	lab_run(l, 60000);
	lab_expect(lab_calls_of(l, "delete"), "");
	lab_expect(lab_calls_of(l, "create"), "");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2 web-3! web-4!");
	lab_close(l);
}

/* terminating-in-range-blocks-scale */
static void a_pod_that_is_going_blocks_scaling_and_comes_back_first(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{" HOLD "}");
	lab_run(l, 1000);
	lab_auto_ready(l, false);
	lab_delete(l, KIND_POD, "web-0");
	lab_scale(l, "web", 5);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0! web-1 web-2");
	lab_gone(l, "web-0");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_close(l);
}

/* unready-blocks-scale-down */
static void unready_pods_stay_until_they_are_ready(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 1000);
	lab_unready(l, "web-0");
	lab_unready(l, "web-1");
	lab_unready(l, "web-2");
	(void)lab_calls(l);
	lab_scale(l, "web", 0);
	lab_run(l, 10000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_ready(l, "web-2");
	lab_run(l, 10000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1"); /* these two block each other */
	lab_ready(l, "web-1");
	lab_run(l, 1000);
	lab_expect(lab_calls_of(l, "delete"),
		"delete pods web-2, delete pods web-1, delete pods web-0");
	lab_close(l);
}

/* par-burst-ignores-health */
static void parallel_scaling_ignores_health(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':1,'podManagementPolicy':'Parallel'}");
	lab_unready(l, "web-0");
	lab_scale(l, "web", 3);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_scale(l, "web", 0);
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_POD), "");
	assert_status(l, 0, 0, 0, 0);
	lab_close(l);
}

/* condemned-two-unhealthy-deadlock */
static void two_unhealthy_condemned_pods_block_each_other(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':5}");
	lab_run(l, 1000);
	lab_unready(l, "web-3");
	lab_unready(l, "web-4");
	(void)lab_calls(l);
	lab_scale(l, "web", 2);
	lab_run(l, 60000);
	lab_expect(lab_calls_of(l, "delete"), "");
	lab_ready(l, "web-3");
	lab_run(l, 1000);
	lab_expect(lab_calls_of(l, "delete"),
		"delete pods web-4, delete pods web-3, delete pods web-2");
	lab_close(l);
}

/* condemned-lower-unhealthy */
static void a_healthy_condemned_pod_goes_before_a_lower_unhealthy_one(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':5}");
	lab_run(l, 1000);
	lab_unready(l, "web-3");
	(void)lab_calls(l);
	lab_scale(l, "web", 2);
	lab_run(l, 1000);
	lab_expect(lab_calls_of(l, "delete"),
		"delete pods web-4, delete pods web-3, delete pods web-2");
	lab_close(l);
}

/* in-range-unhealthy-blocks-up */
static void an_unhealthy_pod_blocks_scaling_up(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 1000);
	lab_unready(l, "web-0");
	lab_scale(l, "web", 5);
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_close(l);
}

/* predecessor-fails-no-deadlock */
static void a_lost_predecessor_is_replaced_although_its_successor_is_not_ready(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':2}");
	lab_ready(l, "web-0");
	lab_unready(l, "web-1");
	lab_delete(l, KIND_POD, "web-0");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	lab_ready(l, "web-0");
	lab_ready(l, "web-1");
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	assert_status(l, 2, 2, 2, 2);
	lab_close(l);
}

/* create-limited-status */
static void pods_that_could_be_created_are_counted_although_others_failed(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_fail(l, "create pods web-2", 403, 1000);
	lab_fail(l, "create pods web-3", 403, 1000);
	lab_set(l, "web", "{'replicas':4,'podManagementPolicy':'Parallel'}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	assert_status(l, 2, 0, 2, 2);
	assert_non_null(strstr(lab_events(l, "web"),
		"Create Pod web-2 in StatefulSet web failed error: refused by the test"));
	lab_close(l);
}

/* par-batch-1000 */
static void a_thousand_parallel_pods_take_batches_that_grow(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':1000,'podManagementPolicy':'Parallel'}");
	lab_run(l, 10);
	assert_int_equal(lab_status(l, "web")->status.replicas, 1000);
	lab_close(l);
}

/* par-batch-1000: stops after a failing batch */
static void a_failing_batch_is_the_last(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_fail(l, "create pods web-1", 500, 1); /* of the second batch, web-1 and web-2 */
	lab_set(l, "web", "{'replicas':5,'podManagementPolicy':'Parallel'}");
	lab_run(l, 100);
	lab_expect(lab_calls_of(l, "create pods"),
		"create pods web-0, create pods web-1, create pods web-2, create pods web-1, "
		"create pods web-3, create pods web-4");
	lab_close(l);
}

/* par-scale-501-to-0 */
static void five_hundred_parallel_pods_go_at_once(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':501,'podManagementPolicy':'Parallel'}");
	lab_run(l, 10);
	assert_int_equal(lab_status(l, "web")->status.replicas, 501);
	lab_scale(l, "web", 0);
	lab_run(l, 10);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

/* set-deleting-no-create, delete-foreground (the controller's part) */
static void a_set_being_deleted_creates_nothing(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 100);
	lab_patch(l, KIND_STATEFULSET, "web", "",
		"{'metadata':{'finalizers':['foregroundDeletion']}}");
	lab_delete(l, KIND_STATEFULSET, "web");
	(void)lab_calls(l);
	lab_delete(l, KIND_POD, "web-1");
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-2");
	lab_expect(lab_calls_of(l, "create"), "");
	assert_status(l, 2, 2, 2, 2);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pods_are_created_in_order_each_when_the_one_before_is_ready),
		cmocka_unit_test(parallel_pods_are_created_without_waiting),
		cmocka_unit_test(scaling_down_takes_the_highest_and_waits_until_it_has_gone),
		cmocka_unit_test(a_failed_pod_is_deleted_then_created_again),
		cmocka_unit_test(a_succeeded_pod_is_deleted_then_created_again),
		cmocka_unit_test(a_delete_that_fails_is_tried_again),
		cmocka_unit_test(a_failed_pod_that_is_going_is_waited_for),
		cmocka_unit_test(ordinals_begin_at_start),
		cmocka_unit_test(a_moved_start_moves_the_pods),
		cmocka_unit_test(condemned_pods_that_are_going_hold_up_everything),
		cmocka_unit_test(a_pod_that_is_going_blocks_scaling_and_comes_back_first),
		cmocka_unit_test(unready_pods_stay_until_they_are_ready),
		cmocka_unit_test(parallel_scaling_ignores_health),
		cmocka_unit_test(two_unhealthy_condemned_pods_block_each_other),
		cmocka_unit_test(a_healthy_condemned_pod_goes_before_a_lower_unhealthy_one),
		cmocka_unit_test(an_unhealthy_pod_blocks_scaling_up),
		cmocka_unit_test(
			a_lost_predecessor_is_replaced_although_its_successor_is_not_ready),
		cmocka_unit_test(pods_that_could_be_created_are_counted_although_others_failed),
		cmocka_unit_test(a_thousand_parallel_pods_take_batches_that_grow),
		cmocka_unit_test(a_failing_batch_is_the_last),
		cmocka_unit_test(five_hundred_parallel_pods_go_at_once),
		cmocka_unit_test(a_set_being_deleted_creates_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
