/* Scheduler and kubelet: from Pending to Ready to gone, in the seconds that were asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/scenario/companion/lab.h"

static void a_pod_is_scheduled_runs_and_is_ready_after_its_delay(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .ready_after_ms = 60000 });
	lab_pod(l, "web", "{}");
	lab_expect(lab_field(l, KIND_POD, "web", "status.phase"), "Running");
	lab_expect(lab_field(l, KIND_POD, "web", "status.podIP"), "10.244.0.5");
	lab_expect(lab_field(l, KIND_POD, "web", "status.hostIP"), "10.244.0.1");
	lab_expect(lab_field(l, KIND_POD, "web", "status.startTime"), "2026-01-02T03:04:06Z");
	lab_expect(lab_condition(l, KIND_POD, "web", "PodScheduled"), "True since 1");
	lab_expect(
		lab_condition(l, KIND_POD, "web", "Ready"), "False since 1 (ContainersNotReady)");
	lab_run(l, 59000);
	lab_expect(
		lab_condition(l, KIND_POD, "web", "Ready"), "False since 1 (ContainersNotReady)");
	lab_run(l, 1000);
	lab_expect(lab_condition(l, KIND_POD, "web", "Ready"), "True since 61");
	lab_expect(lab_condition(l, KIND_POD, "web", "ContainersReady"), "True since 61");
	lab_expect(lab_condition(l, KIND_POD, "web", "Initialized"), "True since 1");
	lab_expect(lab_events(l, "web", NULL),
		"default-scheduler Scheduled: Successfully assigned ns/web to node\n"
		"kubelet Pulled: Container image \"busybox\" already present on machine\n"
		"kubelet Created: Created container: c\n"
		"kubelet Started: Started container c\n");
	lab_close(l);
}

static void a_delay_of_half_a_second_is_kept_wherever_the_second_begins(void **state)
{
	(void)state;
	struct lab *l = lab_open(
		&(struct lab_options){ .ready_after_ms = 500, .terminate_after_ms = 500 });
	lab_run(l, 900);
	lab_pod(l, "web", "{}");
	lab_run(l, 490);
	lab_expect(
		lab_condition(l, KIND_POD, "web", "Ready"), "False since 1 (ContainersNotReady)");
	lab_run(l, 20);
	lab_expect(lab_condition(l, KIND_POD, "web", "Ready"), "True since 2");
	lab_delete(l, KIND_POD, "web");
	lab_run(l, 480);
	lab_expect(lab_names(l, KIND_POD), "web!");
	lab_run(l, 30);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

static void an_annotation_of_pod_or_template_overrides_the_delay(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .ready_after_ms = 60000 });
	lab_create(l, KIND_POD,
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'fast','annotations':{"
		"'ordinal.dev/"
		"ready-after':'2s'}},'spec':{'containers':[{'name':'c','image':'i'}]}}");
	lab_create(l, KIND_POD,
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'wrong','annotations':{"
		"'ordinal.dev/"
		"ready-after':'soon'}},'spec':{'containers':[{'name':'c','image':'i'}]}}");
	lab_set(l, "web",
		"{'replicas':1,'template':{'metadata':{'labels':{'app':'web'},'annotations':{"
		"'ordinal.dev/"
		"ready-after':'3s'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}");
	lab_run(l, 3000);
	lab_expect(lab_condition(l, KIND_POD, "fast", "Ready"), "True since 3");
	lab_expect(lab_condition(l, KIND_POD, "web-0", "Ready"), "True since 4");
	lab_expect(
		lab_condition(l, KIND_POD, "wrong", "Ready"), "False since 1 (ContainersNotReady)");
	lab_expect(lab_events(l, "wrong", "InvalidAnnotation"),
		"kubelet InvalidAnnotation: ordinal.dev/ready-after: \"soon\" is not a duration "
		"such "
		"as 30s; the lab's own delay is used\n");
	lab_run(l, 60000);
	lab_expect(lab_condition(l, KIND_POD, "wrong", "Ready"), "True since 61");
	lab_close(l);
}

static void a_deleted_pod_goes_after_its_delay_but_not_after_its_grace(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .terminate_after_ms = 20000 });
	lab_pod(l, "long", "{}");
	lab_pod(l, "short", "{'terminationGracePeriodSeconds':5}");
	lab_pod(l, "now", "{}");
	lab_delete(l, KIND_POD, "long");
	lab_delete(l, KIND_POD, "short");
	lab_delete_now(l, KIND_POD, "now");
	lab_expect(lab_names(l, KIND_POD), "long! short!");
	lab_expect(lab_events(l, "long", "Killing"), "kubelet Killing: Stopping container c\n");
	lab_run(l, 4990);
	lab_expect(lab_names(l, KIND_POD), "long! short!");
	lab_run(l, 20);
	lab_expect(lab_names(l, KIND_POD), "long!");
	lab_run(l, 15000);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

static void a_finalizer_holds_a_pod_and_its_address_until_it_is_removed(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_create(l, KIND_POD,
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'held','finalizers':['test/"
		"hold']}"
		",'spec':{'containers':[{'name':'c','image':'i'}]}}");
	lab_delete(l, KIND_POD, "held");
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_POD), "held!");
	lab_expect(lab_field(l, KIND_POD, "held", "metadata.deletionGracePeriodSeconds"), "0");
	lab_patch(l, KIND_POD, "held", "",
		"{'metadata':{'$deleteFromPrimitiveList/finalizers':['test/hold']}}");
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

static void addresses_are_used_again_last(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .prefix_bits = 28 }); /* .5 to .14 */
	for (int i = 0; i < 10; i++) {
		char name[] = { 'p', (char)('0' + i), '\0' };
		lab_pod(l, name, "{}");
	}
	lab_expect(lab_field(l, KIND_POD, "p9", "status.podIP"), "10.244.0.14");
	lab_pod(l, "waits", "{}");
	lab_expect(lab_field(l, KIND_POD, "waits", "status.phase"), "Pending");
	lab_expect(lab_events(l, "waits", "FailedCreatePodSandBox"),
		"kubelet FailedCreatePodSandBox: no free address in 10.244.0.0/28: delete pods, or "
		"start "
		"the lab with a larger --pod-cidr\n");
	lab_delete(l, KIND_POD, "p3");
	lab_expect(lab_field(l, KIND_POD, "waits", "status.podIP"), "10.244.0.8");
	lab_delete(l, KIND_POD, "p7");
	lab_delete(l, KIND_POD, "p1");
	lab_pod(l, "a", "{}");
	lab_pod(l, "b", "{}");
	lab_expect(lab_field(l, KIND_POD, "a", "status.podIP"), "10.244.0.12");
	lab_expect(lab_field(l, KIND_POD, "b", "status.podIP"), "10.244.0.6");
	lab_close(l);
}

static void a_pod_on_the_network_of_its_node_shows_the_nodes_address(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_pod(l, "host", "{'hostNetwork':true}");
	lab_pod(l, "web", "{}");
	lab_expect(lab_field(l, KIND_POD, "host", "status.podIP"), "10.244.0.1");
	lab_expect(lab_field(l, KIND_POD, "web", "status.podIP"), "10.244.0.5");
	lab_close(l);
}

static void readiness_gates_open_and_close_the_pod(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .ready_after_ms = 2000 });
	lab_pod(l, "web", "{'readinessGates':[{'conditionType':'test/ok'}]}");
	lab_run(l, 2000);
	lab_expect(lab_condition(l, KIND_POD, "web", "Ready"),
		"False since 1 (ReadinessGatesNotReady)");
	lab_expect(lab_condition(l, KIND_POD, "web", "ContainersReady"), "True since 3");
	lab_run(l, 2000);
	lab_patch(l, KIND_POD, "web", "status",
		"{'status':{'conditions':[{'type':'test/ok','status':'True'}]}}");
	lab_expect(lab_condition(l, KIND_POD, "web", "Ready"), "True since 5");
	lab_expect(lab_condition(l, KIND_POD, "web", "ContainersReady"), "True since 3");
	lab_run(l, 2000);
	lab_patch(l, KIND_POD, "web", "status",
		"{'status':{'conditions':[{'type':'test/ok','status':'False'}]}}");
	lab_expect(lab_condition(l, KIND_POD, "web", "Ready"),
		"False since 7 (ReadinessGatesNotReady)");
	lab_close(l);
}

static void ready_set_to_false_by_hand_stays_so(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_pod(l, "web", "{}");
	lab_patch(l, KIND_POD, "web", "status",
		"{'status':{'conditions':[{'type':'Ready','status':'False','lastTransitionTime':"
		"'2026-01-02T03:04:06Z'}]}}");
	lab_run(l, 60000);
	lab_expect(lab_condition(l, KIND_POD, "web", "Ready"), "False since 1");
	lab_close(l);
}

static void a_pod_that_has_ended_is_left_alone_and_goes_at_once_when_deleted(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .terminate_after_ms = 5000 });
	lab_pod(l, "job", "{'restartPolicy':'Never'}");
	lab_expect(lab_condition(l, KIND_POD, "job", "Ready"), "True since 1");
	lab_patch(l, KIND_POD, "job", "status", "{'status':{'phase':'Succeeded'}}");
	lab_run(l, 60000);
	lab_expect(lab_field(l, KIND_POD, "job", "status.phase"), "Succeeded");
	lab_delete(l, KIND_POD, "job");
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

static void a_cordoned_node_takes_no_new_pods_until_it_is_uncordoned(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_pod(l, "old", "{}");
	lab_patch(l, KIND_NODE, "node", "", "{'spec':{'unschedulable':true}}");
	lab_pod(l, "new", "{}");
	lab_run(l, 1000);
	lab_expect(lab_field(l, KIND_POD, "old", "status.phase"), "Running");
	lab_expect(lab_field(l, KIND_POD, "new", "status.phase"), "Pending");
	lab_expect(
		lab_condition(l, KIND_POD, "new", "PodScheduled"), "False since 1 (Unschedulable)");
	lab_expect(lab_events(l, "new", NULL),
		"default-scheduler FailedScheduling: 0/1 nodes are available: 1 node(s) were "
		"unschedulable. preemption: 0/1 nodes are available: 1 Preemption is not helpful "
		"for "
		"scheduling.\n");
	lab_patch(l, KIND_NODE, "node", "", "{'spec':{'unschedulable':null}}");
	lab_expect(lab_field(l, KIND_POD, "new", "status.phase"), "Running");
	lab_expect(lab_condition(l, KIND_POD, "new", "PodScheduled"), "True since 2");
	lab_close(l);
}

static void a_pod_of_another_scheduler_or_behind_a_gate_is_left_pending(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_pod(l, "other", "{'schedulerName':'mine'}");
	lab_pod(l, "gated", "{'schedulingGates':[{'name':'test/gate'}]}");
	lab_run(l, 60000);
	lab_expect(lab_field(l, KIND_POD, "other", "spec.nodeName"), "");
	lab_expect(lab_field(l, KIND_POD, "gated", "spec.nodeName"), "");
	lab_expect(lab_events(l, "other", NULL), "");
	lab_patch(l, KIND_POD, "gated", "",
		"{'spec':{'schedulingGates':[{'$patch':'delete','name':'test/gate'}]}}");
	lab_expect(lab_field(l, KIND_POD, "gated", "spec.nodeName"), "node");
	lab_close(l);
}

static void a_deleted_pod_of_a_node_that_does_not_exist_goes(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_pod(l, "lost", "{'nodeName':'nowhere'}");
	lab_run(l, 1000);
	lab_expect(lab_field(l, KIND_POD, "lost", "status.phase"), "Pending");
	lab_delete(l, KIND_POD, "lost");
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

static void companions_that_begin_anew_go_on_where_the_old_ones_ended(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .ready_after_ms = 60000 });
	lab_pod(l, "a", "{}");
	lab_run(l, 30000);
	lab_restart_companions(l);
	lab_run(l, 29000);
	lab_expect(lab_condition(l, KIND_POD, "a", "Ready"), "False since 1 (ContainersNotReady)");
	lab_run(l, 1000);
	lab_expect(lab_condition(l, KIND_POD, "a", "Ready"), "True since 61");
	lab_pod(l, "b", "{}");
	lab_expect(lab_field(l, KIND_POD, "b", "status.podIP"), "10.244.0.6");
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pod_is_scheduled_runs_and_is_ready_after_its_delay),
		cmocka_unit_test(a_delay_of_half_a_second_is_kept_wherever_the_second_begins),
		cmocka_unit_test(an_annotation_of_pod_or_template_overrides_the_delay),
		cmocka_unit_test(a_deleted_pod_goes_after_its_delay_but_not_after_its_grace),
		cmocka_unit_test(a_finalizer_holds_a_pod_and_its_address_until_it_is_removed),
		cmocka_unit_test(addresses_are_used_again_last),
		cmocka_unit_test(a_pod_on_the_network_of_its_node_shows_the_nodes_address),
		cmocka_unit_test(readiness_gates_open_and_close_the_pod),
		cmocka_unit_test(ready_set_to_false_by_hand_stays_so),
		cmocka_unit_test(a_pod_that_has_ended_is_left_alone_and_goes_at_once_when_deleted),
		cmocka_unit_test(a_cordoned_node_takes_no_new_pods_until_it_is_uncordoned),
		cmocka_unit_test(a_pod_of_another_scheduler_or_behind_a_gate_is_left_pending),
		cmocka_unit_test(a_deleted_pod_of_a_node_that_does_not_exist_goes),
		cmocka_unit_test(companions_that_begin_anew_go_on_where_the_old_ones_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
