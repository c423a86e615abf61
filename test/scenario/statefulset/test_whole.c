/* Controller, companions and embedded API together: the experiment in its own times, in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/statefulset/lab.h"

#define DATA "'volumeClaimTemplates':[{'metadata':{'name':'data'}," LAB_CLAIM "}]"

static const char *pod_address(struct lab *l, const char *name, char out[IP_TEXT_CHARS + 1])
{
	const struct object *pod = lab_get(l, KIND_POD, name);
	assert_non_null(pod);
	assert_int_equal(pod->as.pod->n_ips, 1);
	(void)ip_print(&pod->as.pod->ips[0], out);
	return out;
}

/* Seconds from the creation of one pod to that of the next. */
static int64_t gap_s(struct lab *l, const char *first, const char *second)
{
	int64_t before_ms = lab_get(l, KIND_POD, first)->meta.creation_ms;
	return (lab_get(l, KIND_POD, second)->meta.creation_ms - before_ms) / 1000;
}

/* Steps 1 and 2: volumes bound after 30 s, pods ready 60 s after that, each waiting for the one before. */
static void the_experiment_creates_its_pods_a_minute_and_a_half_apart(void **state)
{
	(void)state;
	char text[IP_TEXT_CHARS + 1];
	struct lab *l = lab_open_whole(60000, 30000, 0);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 89000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_run(l, 185000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	assert_int_equal(lab_status(l, "web")->status.ready, 3);
	assert_in_range(gap_s(l, "web-0", "web-1"), 90, 92);
	assert_in_range(gap_s(l, "web-1", "web-2"), 90, 92);
	lab_expect(pod_address(l, "web-0", text), "10.244.0.5");
	lab_expect(pod_address(l, "web-1", text), "10.244.0.6");
	lab_expect(pod_address(l, "web-2", text), "10.244.0.7");
	lab_expect(lab_names(l, KIND_PVC), "data-web-0 data-web-1 data-web-2");
	assert_true(strv_eq(lab_get(l, KIND_PVC, "data-web-2")->as.pvc->phase, STRV("Bound")));
	lab_close(l);
}

/* Step 5: reverse deletion; claims stay; variation 2: made anew, the set finds its volumes again. */
static void deletion_goes_backwards_and_a_new_set_finds_the_old_volumes(void **state)
{
	(void)state;
	char volume[80];
	struct lab *l = lab_open_whole(0, 0, 5000);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 2000);
	assert_int_equal(lab_status(l, "web")->status.ready, 3);
	(void)snprintf(volume, sizeof(volume), "%s",
		lab_get(l, KIND_PVC, "data-web-1")->as.pvc->volume_name.p);
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2!");
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1!");
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "web-0!");
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_expect(lab_names(l, KIND_CONTROLLERREVISION), "");
	lab_expect(lab_names(l, KIND_PVC), "data-web-0 data-web-1 data-web-2");
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 2000);
	assert_int_equal(lab_status(l, "web")->status.ready, 3);
	lab_expect(lab_get(l, KIND_PVC, "data-web-1")->as.pvc->volume_name.p, volume);
	lab_close(l);
}

/* Variation 2 in a hurry: the new set comes while the pods of the old one still go. */
static void a_set_made_anew_at_once_gets_its_pods_when_the_old_ones_have_gone(void **state)
{
	(void)state;
	struct lab *l = lab_open_whole(0, 0, 5000);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 2000);
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 60000);
	assert_int_equal(lab_status(l, "web")->status.ready, 3);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	lab_close(l);
}

/* Variation 1 */
static void a_deleted_pod_returns_with_its_name_and_claim(void **state)
{
	(void)state;
	char before[64];
	struct lab *l = lab_open_whole(1000, 0, 1000);
	lab_set(l, "web", "{" DATA "}");
	lab_run(l, 10000);
	(void)snprintf(before, sizeof(before), "%s", lab_get(l, KIND_POD, "web-1")->meta.uid.p);
	lab_delete(l, KIND_POD, "web-1");
	lab_run(l, 10000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2");
	assert_string_not_equal(lab_get(l, KIND_POD, "web-1")->meta.uid.p, before);
	assert_int_equal(lab_status(l, "web")->status.ready, 3);
	lab_close(l);
}

static void scaling_down_waits_for_each_pod_to_go(void **state)
{
	(void)state;
	struct lab *l = lab_open_whole(0, 0, 2000);
	lab_set(l, "web", "{'replicas':4," DATA "}");
	lab_run(l, 2000);
	lab_scale(l, "web", 1);
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2 web-3!");
	lab_run(l, 2000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web-2!");
	lab_run(l, 10000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	assert_int_equal(lab_status(l, "web")->status.replicas, 1);
	lab_close(l);
}

static void a_thousand_ordered_pods_become_ready_and_go_again(void **state)
{
	(void)state;
	struct lab *l = lab_open_whole(0, 0, 0);
	lab_set(l, "web", "{'replicas':1000}");
	lab_run(l, 5000);
	assert_int_equal(lab_status(l, "web")->status.ready, 1000);
	lab_scale(l, "web", 0);
	lab_run(l, 5000);
	lab_expect(lab_names(l, KIND_POD), "");
	lab_close(l);
}

/* As over HTTP, where an empty list says the same as none. */
static void a_released_pod_keeps_no_empty_list_of_owners(void **state)
{
	(void)state;
	struct lab *l = lab_open_whole(0, 0, 0);
	lab_set(l, "web", "{}");
	lab_run(l, 1000);
	lab_patch(l, KIND_POD, "web-1", "", "{'metadata':{'labels':{'app':'other'}}}");
	lab_run(l, 1000);
	assert_null(strstr(lab_get(l, KIND_POD, "web-1")->json.p, "ownerReferences"));
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_experiment_creates_its_pods_a_minute_and_a_half_apart),
		cmocka_unit_test(deletion_goes_backwards_and_a_new_set_finds_the_old_volumes),
		cmocka_unit_test(a_set_made_anew_at_once_gets_its_pods_when_the_old_ones_have_gone),
		cmocka_unit_test(a_deleted_pod_returns_with_its_name_and_claim),
		cmocka_unit_test(scaling_down_waits_for_each_pod_to_go),
		cmocka_unit_test(a_thousand_ordered_pods_become_ready_and_go_again),
		cmocka_unit_test(a_released_pod_keeps_no_empty_list_of_owners),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
