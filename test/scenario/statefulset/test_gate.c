/* Deciding only on a world in which the controller's own writes are visible. Each test names its row of
 * statefulset-scenarios.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/statefulset/lab.h"

/* consistency-gate */
static void nothing_is_decided_before_own_writes_have_been_seen(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':0}");
	lab_run(l, 100);
	(void)lab_calls(l);
	lab_hold_events(l, KIND_BIT(KIND_POD));
	lab_scale(l, "web", 1);
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'metadata':{'annotations':{'look':'again'}}}");
	lab_run(l, 5000);
	lab_expect(lab_calls_of(l, "create pods"), "create pods web-0");
	assert_int_equal(lab_status(l, "web")->status.replicas, 0);
	lab_hold_events(l, 0);
	lab_run(l, 100);
	assert_int_equal(lab_status(l, "web")->status.replicas, 1);
	lab_expect(lab_calls_of(l, "create pods"), "");
	lab_close(l);
}

static void a_revision_just_written_is_awaited_too(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_hold_events(l, KIND_BIT(KIND_CONTROLLERREVISION));
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 1000);
	const char *calls = lab_calls(l);
	assert_non_null(strstr(calls, "create controllerrevisions web-"));
	assert_null(strchr(calls, ',')); /* and nothing else */
	lab_hold_events(l, 0);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_close(l);
}

/* tombstone-delete: a deletion that is learned of late */
static void a_pod_whose_loss_is_learned_late_is_replaced(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 100);
	lab_hold_events(l, KIND_BIT(KIND_POD));
	lab_delete(l, KIND_POD, "web-1");
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-2");
	lab_hold_events(l, 0);
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_close(l);
}

/* 8.5: a stale view never deletes a successor */
static void a_delete_names_the_uid_it_means(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':2}");
	lab_run(l, 100);
	lab_hold_events(l, KIND_BIT(KIND_POD));
	lab_delete(l, KIND_POD, "web-1");
	lab_create(l, KIND_POD,
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web-1','annotations':{'is':'"
		"another'}},"
		"'spec':{'containers':[{'name':'c','image':'busybox'}]}}");
	lab_scale(l, "web", 1);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	lab_hold_events(l, 0);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1");
	lab_close(l);
}

/* Closing in the midst of work: replies arrive, nothing leaks, nothing more is written. */
static void a_controller_may_close_at_any_moment(void **state)
{
	(void)state;
	for (int ms = 0; ms < 4; ms++) {
		struct lab *l = lab_open();
		lab_auto_ready(l, true);
		lab_set(l, "web", "{'replicas':50,'podManagementPolicy':'Parallel'}");
		lab_scale(l, "web", 500);
		lab_restart_controller(l);
		lab_run(l, ms);
		lab_close(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_decided_before_own_writes_have_been_seen),
		cmocka_unit_test(a_revision_just_written_is_awaited_too),
		cmocka_unit_test(a_pod_whose_loss_is_learned_late_is_replaced),
		cmocka_unit_test(a_delete_names_the_uid_it_means),
		cmocka_unit_test(a_controller_may_close_at_any_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
