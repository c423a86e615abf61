/* The ordering controller's decisions, as tables: set, pods in, actions out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/statefulset/fixture.h"

#define ORDERED  "{}"
#define PARALLEL "{'podManagementPolicy':'Parallel'}"
#define CLAIMS   "{'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{}}]}"

static const struct {
	const char *why, *spec, *pods, *want;
} rows[] = {
	/* creation, statefulset-spec 6.6 */
	{ "nothing there: only the first is created", ORDERED, "", "create pod 0" },
	{ "a pending pod holds up the next", ORDERED, "0p", "" },
	{ "so does a running one that is not ready", ORDERED, "0u", "" },
	{ "a ready pod lets the next be created", ORDERED, "0r", "create pod 1" },
	{ "all are there and ready", ORDERED, "0r 1r 2r", "" },
	{ "a gap is filled before the end", ORDERED, "0r 2r", "create pod 1" },
	{ "a pod without phase was never created", ORDERED, "0e", "create pod 0" },
	{ "Parallel creates all", PARALLEL, "", "create pod 0; create pod 1; create pod 2" },
	{ "Parallel fills gaps whatever the others do", PARALLEL, "1u",
		"create pod 0; create pod 2" },
	{ "ordinals begin at start", "{'ordinals':{'start':2}}", "2r 3r", "create pod 4" },
	{ "no replicas, nothing to do", "{'replicas':0}", "", "" },
	/* failure, 6.6a */
	{ "a failed pod is deleted", ORDERED, "0f", "delete pod 0" },
	{ "a succeeded pod too", ORDERED, "0s 1r", "delete pod 0" },
	{ "a failed pod that goes already is waited for", ORDERED, "0ft", "" },
	{ "Parallel deletes a failed pod and goes on", PARALLEL, "0f 1r",
		"delete pod 0; create pod 2" },
	{ "a failed pod in the range holds up all behind it", ORDERED, "0r 1f 2f", "delete pod 1" },
	/* waiting */
	{ "a terminating pod in the range holds up scaling", "{'replicas':5}", "0rt 1r 2r", "" },
	{ "an unready one too", "{'replicas':5}", "0u 1r 2r", "" },
	{ "and scaling down", "{'replicas':2}", "0u 1r 2r", "" },
	{ "a missing one is made before scaling down", "{'replicas':2}", "1r 2r", "create pod 0" },
	/* scaling down, 6.8 */
	{ "the highest goes first, alone", "{'replicas':1}", "0r 1r 2r", "delete pod 2" },
	{ "while it goes nothing else does", "{'replicas':1}", "0r 1r 2rt", "" },
	{ "two that go hold up everything", ORDERED, "0r 1r 2r 3rt 4rt", "" },
	{ "a healthy highest goes although a lower is not well", "{'replicas':2}", "0r 1r 2r 3u 4r",
		"delete pod 4" },
	{ "an unhealthy highest alone is no reason to wait", "{'replicas':2}", "0r 1r 2r 3r 4u",
		"delete pod 4" },
	{ "two unhealthy ones block each other", "{'replicas':2}", "0r 1r 2r 3u 4u", "" },
	{ "a lower one that goes counts as unhealthy", "{'replicas':2}", "0r 1r 2r 3rt 4u", "" },
	{ "a healthy highest goes beside one that goes", "{'replicas':2}", "0r 1r 2r 3rt 4r",
		"delete pod 4" },
	{ "to nothing", "{'replicas':0}", "0r", "delete pod 0" },
	{ "Parallel removes all condemned at once, highest first",
		"{'replicas':1,'podManagementPolicy':'Parallel'}", "0u 1u 2r 3rt",
		"delete pod 2; delete pod 1" },
	{ "below start is condemned too", "{'replicas':2,'ordinals':{'start':2}}", "0r 1r 2r 3r",
		"delete pod 1" },
	{ "a moved range is filled first", "{'replicas':2,'ordinals':{'start':2}}", "3r 4r",
		"create pod 2" },
	/* ownership, 4 */
	{ "an orphan of its name and labels is adopted, nothing else yet", ORDERED, "0o",
		"adopt pod 0" },
	{ "an orphan with other labels is not", ORDERED, "0ol", "create pod 0" },
	{ "nor is one that goes", ORDERED, "0rot", "create pod 0" },
	{ "an owned pod with other labels is released, its place is empty", ORDERED, "0rl",
		"release pod 0; create pod 0" },
	{ "a pod of a former set of the name is not its own", ORDERED, "0rx", "create pod 0" },
	/* identity, 8.3 */
	{ "a wrong pod-name label is mended", ORDERED, "0r 1ri 2r", "repair pod 1" },
	{ "but not before the pod is ready", ORDERED, "0ui", "" },
	{ "Parallel mends it at any time", PARALLEL, "0ui 1r 2r", "repair pod 0" },
	/* claims, 9 */
	{ "claims come before their pod", CLAIMS, "", "create claim 0 of 0; create pod 0" },
	{ "a claim that is there is used", CLAIMS, "0r", "create pod 1" },
	{ "a pending pod gets a claim that is missing", CLAIMS, "0r 1r 2p", "create claim 0 of 2" },
	{ "a volume that is not there is added, with its claim", CLAIMS, "0r 1r 2rv",
		"create claim 0 of 2; repair pod 2" },
	/* not in this issue: rolling updates */
	{ "pods of another revision stay", ORDERED, "0r 1r 2rn", "" },
};

static void plans_follow_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;
		fixture_init(&f);
		fixture_set(&f, rows[i].spec, "{}");
		fixture_pods(&f, rows[i].pods);
		fixture_claim(&f, "data-web-0", false);
		fixture_claim(&f, "data-web-1", false);
		if (strstr(rows[i].why, "before their pod")) {
			f.n_claims = 0;
		}
		const char *got = fixture_plan(&f, NULL);
		if (strcmp(got, rows[i].want) != 0) {
			print_error(
				"%s: got \"%s\", want \"%s\"\n", rows[i].why, got, rows[i].want);
		}
		assert_string_equal(got, rows[i].want);
		fixture_deinit(&f);
	}
}

static void a_claim_being_deleted_is_awaited_and_keeps_its_pod_back(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, CLAIMS, "{}");
	fixture_claim(&f, "data-web-0", true);
	assert_string_equal(fixture_plan(&f, NULL), "await claim 0 of 0; create pod 0");
	fixture_deinit(&f);
}

static void a_set_being_deleted_only_counts(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(&f, "{'replicas':2}", "{}");
	fixture_pods(&f, "0r 1o 2rl 4r");
	fixture_change(&f, "{'metadata':{'deletionTimestamp':'2026-01-02T03:04:00Z'}}");
	assert_string_equal(fixture_plan(&f, &plan), "");
	assert_int_equal(plan.stage, PLAN_STAGE_PODS);
	assert_int_equal(plan.status.replicas, 2);
	fixture_deinit(&f);
}

static void pods_wait_until_the_one_before_has_been_ready_for_min_ready_seconds(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(&f, "{'minReadySeconds':30}", "{}");
	fixture_pods(&f, "0r");
	assert_string_equal(fixture_plan_at(&f, FIXTURE_NOW_MS + 29000, &plan), "");
	assert_int_equal(plan.requeue_ms, 1000);
	assert_int_equal(plan.status.available, 0);
	assert_string_equal(fixture_plan_at(&f, FIXTURE_NOW_MS + 30000, &plan), "create pod 1");
	assert_int_equal(plan.requeue_ms, -1);
	assert_int_equal(plan.status.available, 1);
	fixture_deinit(&f);
}

/* mr-requeue-exact, mr-integration */
static void the_shortest_wait_for_availability_decides_when_to_look_again(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(
		&f, "{'replicas':4,'podManagementPolicy':'Parallel','minReadySeconds':5}", "{}");
	fixture_pods(&f, "0u 1r 2r 3R");
	assert_string_equal(fixture_plan_at(&f, FIXTURE_NOW_MS + 4300, &plan), "");
	assert_int_equal(plan.status.replicas, 4);
	assert_int_equal(plan.status.ready, 3);
	assert_int_equal(plan.status.available, 1);
	assert_int_equal(plan.requeue_ms, 700);
	fixture_deinit(&f);
}

/* mr-availability */
static void availability_follows_the_ready_transition(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(&f, "{'replicas':1,'minReadySeconds':3600}", "{}");
	fixture_pods(&f, "0R");
	(void)fixture_plan_at(&f, FIXTURE_NOW_MS, &plan);
	assert_int_equal(plan.status.available, 1);
	(void)fixture_plan_at(&f, FIXTURE_NOW_MS - 1, &plan);
	assert_int_equal(plan.status.available, 0);
	fixture_deinit(&f);
}

static void status_counts_terminating_pods_as_replicas_but_of_no_revision(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(&f, "{'replicas':3}", "{}");
	fixture_pods(&f, "0r 1rt 2p 3e");
	(void)fixture_plan(&f, &plan);
	assert_int_equal(plan.status.observed_generation, 1);
	assert_int_equal(plan.status.replicas, 3);
	assert_int_equal(plan.status.ready, 2);
	assert_int_equal(plan.status.available, 2);
	assert_int_equal(plan.status.current, 2);
	assert_int_equal(plan.status.updated, 2);
	assert_true(strv_eq(plan.status.current_revision, STRV("web-1")));
	fixture_deinit(&f);
}

static void a_new_template_asks_for_a_revision_before_anything_else(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(&f, ORDERED, "{}");
	fixture_change(&f, "{'spec':{'template':{'metadata':{'annotations':{'a':'b'}}}}}");
	assert_string_equal(fixture_plan(&f, &plan), "create revision 2");
	assert_int_equal(plan.stage, PLAN_STAGE_REVISION);
	fixture_deinit(&f);
}

/* rev-only-template */
static void only_the_template_makes_a_revision(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, ORDERED, "{}");
	fixture_change(&f, "{'metadata':{'labels':{'x':'y'},'generation':2},'spec':{'replicas':1,'"
			   "minReadySeconds':9,"
			   "'volumeClaimTemplates':[]}}");
	assert_string_equal(fixture_plan(&f, NULL), "create pod 0");
	fixture_deinit(&f);
}

struct revision_row {
	const char *why, *strategy;
	int current_replicas;
	const char *want; /* revisions of pods 0, 1, 2 */
};

/* 6.2: whose template a missing pod gets */
static void missing_pods_get_the_template_their_place_in_the_rollout_asks_for(void **state)
{
	(void)state;
	static const struct revision_row rows_of[] = {
		{ "all from the update revision by default", "{'rollingUpdate':{'partition':0}}", 3,
			"web-2 web-2 web-2 " },
		{ "below the partition the current one", "{'rollingUpdate':{'partition':2}}", 3,
			"web-1 web-1 web-2 " },
		{ "without rollingUpdate those not reached yet", "{'rollingUpdate':null}", 1,
			"web-1 web-2 web-2 " },
		{ "OnDelete always the update revision", "{'type':'OnDelete','rollingUpdate':null}",
			3, "web-2 web-2 web-2 " },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows_of); i++) {
		struct fixture f;
		struct plan plan;
		fixture_init(&f);
		fixture_set(&f, "{'podManagementPolicy':'Parallel','ordinals':{'start':5}}", "{}");
		fixture_change(&f, "{'spec':{'template':{'metadata':{'annotations':{'a':'b'}}}}}");
		struct json *tree = object_tree(f.set, &f.a);
		struct json *body = revision_body(
			&f.a, f.set, tree, revision_data(&f.a, tree), STRV("web-2"), "2", 2);
		assert_int_equal(
			revisions_put(&f.revisions, fixture_object(&f, KIND_CONTROLLERREVISION,
							    json_text(&f.a, body).p)),
			0);
		fixture_change(&f,
			arena_printf(&f.a,
				"{'spec':{'updateStrategy':%s},'status':{'currentReplicas':%d}}",
				rows_of[i].strategy, rows_of[i].current_replicas)
				.p);
		assert_string_equal(
			fixture_plan(&f, &plan), "create pod 5; create pod 6; create pod 7");
		char got[64] = "";
		for (size_t k = 0; k < plan.n; k++) {
			size_t n = strlen(got);
			(void)snprintf(got + n, sizeof(got) - n, "%.*s ",
				STRV_ARG(plan.steps[k].actions[0].revision->meta.name));
		}
		if (strcmp(got, rows_of[i].want) != 0) {
			print_error("%s\n", rows_of[i].why);
		}
		assert_string_equal(got, rows_of[i].want);
		fixture_deinit(&f);
	}
}

/* complete-update-table */
static void the_update_revision_becomes_current_when_all_pods_are_updated_and_ready(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		int64_t updated, ready, replicas;
		bool promoted;
	} table[] = {
		{ "all updated and ready", 3, 3, 3, true },
		{ "one not ready", 3, 2, 3, false },
		{ "one not updated", 2, 3, 3, false },
		{ "one too many", 3, 3, 4, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct set_status s = { .updated = table[i].updated,
			.ready = table[i].ready,
			.replicas = table[i].replicas,
			.current_revision = STRV("old"),
			.update_revision = STRV("new") };
		set_status_complete(&s, 3);
		bool promoted = strv_eq(s.current_revision, STRV("new"));
		if (promoted != table[i].promoted) {
			print_error("%s\n", table[i].why);
		}
		assert_int_equal(promoted, table[i].promoted);
		assert_int_equal(s.current, promoted ? 3 : 0);
	}
}

/* Bounded work for whatever somebody asks for. */
static void a_million_parallel_pods_are_planned_in_portions(void **state)
{
	(void)state;
	struct fixture f;
	struct plan plan;
	fixture_init(&f);
	fixture_set(&f, "{'replicas':2147483647,'podManagementPolicy':'Parallel'}", "{}");
	(void)fixture_plan(&f, &plan);
	assert_int_equal(plan.n, PLAN_STEPS_MAX);
	assert_true(plan.more);
	fixture_deinit(&f);
}

static void ordinals_end_with_the_numbers_that_names_can_carry(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, "{'podManagementPolicy':'Parallel','ordinals':{'start':2147483646}}", "{}");
	assert_string_equal(fixture_plan(&f, NULL), "create pod 2147483646; create pod 2147483647");
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_follow_the_table),
		cmocka_unit_test(a_claim_being_deleted_is_awaited_and_keeps_its_pod_back),
		cmocka_unit_test(a_set_being_deleted_only_counts),
		cmocka_unit_test(
			pods_wait_until_the_one_before_has_been_ready_for_min_ready_seconds),
		cmocka_unit_test(the_shortest_wait_for_availability_decides_when_to_look_again),
		cmocka_unit_test(availability_follows_the_ready_transition),
		cmocka_unit_test(status_counts_terminating_pods_as_replicas_but_of_no_revision),
		cmocka_unit_test(a_new_template_asks_for_a_revision_before_anything_else),
		cmocka_unit_test(only_the_template_makes_a_revision),
		cmocka_unit_test(missing_pods_get_the_template_their_place_in_the_rollout_asks_for),
		cmocka_unit_test(
			the_update_revision_becomes_current_when_all_pods_are_updated_and_ready),
		cmocka_unit_test(a_million_parallel_pods_are_planned_in_portions),
		cmocka_unit_test(ordinals_end_with_the_numbers_that_names_can_carry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
