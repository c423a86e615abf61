/* Memory that runs out in every place of the room's own structures: an error, no leak, the old state kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "fault.h"
#include "statefulset/correlator.h"
#include "statefulset/pod.h"
#include "test/unit/statefulset/fixture.h"

#define ROUNDS 10000 /* more allocations than any of these makes */

static const struct object *no_claim(void *ctx, struct strv ns, struct strv name)
{
	(void)ctx;
	(void)ns;
	(void)name;
	return NULL;
}

static void the_plan_reports_it(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f,
		"{'replicas':300,'podManagementPolicy':'Parallel','volumeClaimTemplates':[{'"
		"metadata':{"
		"'name':'data'},'spec':{}}]}",
		"{}");
	fixture_pods(&f, "0p 1rl 302r");
	struct plan_input in = { .set = f.set,
		.members = f.roster.at,
		.n_members = f.roster.n,
		.revisions = &f.revisions,
		.comparable = f.comparable,
		.claim = no_claim,
		.now_ms = FIXTURE_NOW_MS };
	size_t n = 1;
	for (bool refused = true; refused; n++) {
		struct arena a;
		struct plan plan = { .n = 77 };
		assert_true(n < ROUNDS);
		arena_init(&a, 0);
		fault_begin(n, false);
		int err = plan_make(&a, &in, &plan);
		refused = fault_end();
		assert_int_equal(err, refused ? ERR_NOMEM : ERR_OK);
		assert_int_equal(plan.n == 77, refused);
		arena_deinit(&a);
	}
	assert_true(n > 3);
	fixture_deinit(&f);
}

static void lists_of_pods_and_revisions_stay_as_they_were(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, "{}", "{}");
	fixture_pods(&f, "0r 1r 2r 3r 4r 5r 6r 7r 8r");
	struct roster r;
	struct revisions l;
	for (size_t n = 1, refused = true; refused; n++) {
		roster_init(&r);
		fault_begin(n, false);
		int err = roster_put(&r, f.set, f.roster.at[0].pod);
		refused = fault_end();
		assert_int_equal(err, refused ? ERR_NOMEM : ERR_OK);
		assert_int_equal(r.n, refused ? 0 : 1);
		roster_deinit(&r);
	}
	size_t rounds = 1;
	for (bool refused = true; refused; rounds++) {
		revisions_init(&l);
		fault_begin(rounds, false);
		int err = revisions_put(&l, f.revisions.at[0].obj);
		refused = fault_end();
		assert_int_equal(err, refused ? ERR_NOMEM : ERR_OK);
		assert_int_equal(l.n, refused ? 0 : 1);
		revisions_deinit(&l);
	}
	assert_true(rounds > 3);
	fixture_deinit(&f);
}

static struct json *body(struct fixture *f, struct arena *a, int which)
{
	struct json *tree = object_tree(f->set, a);
	struct set_status status = { .replicas = 1, .current_revision = STRV("web-1") };
	if (!tree) {
		return NULL;
	}
	switch (which) {
	case 0:
		return pod_body(a, f->set, json_dig(tree, "spec.template"), 3, STRV("web-1"));
	case 1:
		return pod_claim_body(a, f->set, tree, 0, 3);
	case 2:
		return revision_body(
			a, f->set, tree, revision_data(a, tree), STRV("web-1"), "1", 1);
	default:
		return set_status_patch(a, &status, f->set, 0);
	}
}

static void bodies_are_whole_or_not_at_all(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f,
		"{'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{}}],'serviceName':'"
		"svc'}",
		"{}");
	for (int which = 0; which < 4; which++) {
		struct arena whole;
		arena_init(&whole, 0);
		struct strv want = json_text(&whole, body(&f, &whole, which));
		size_t n = 1;
		for (bool refused = true; refused; n++) {
			struct arena a;
			assert_true(n < ROUNDS);
			arena_init(&a, 16); /* many small chunks: many allocations */
			fault_begin(n, false);
			struct json *v = body(&f, &a, which);
			refused = fault_end();
			if (v) {
				assert_string_equal(json_text(&a, v).p, want.p);
			}
			assert_true(v || refused);
			arena_deinit(&a);
		}
		assert_true(n > 2);
		arena_deinit(&whole);
	}
	fixture_deinit(&f);
}

static void the_correlator_loses_the_event_and_nothing_else(void **state)
{
	(void)state;
	struct correlator_series *s;
	enum correlator_verdict verdict;
	const struct correlator_event e = {
		.object = STRV("o"), .type = STRV("t"), .reason = STRV("r"), .message = STRV("m")
	};
	size_t n = 1;
	for (bool refused = true; refused; n++) {
		struct correlator *c = NULL;
		fault_begin(n, false);
		int err = correlator_new(&c);
		if (!err) {
			err = correlator_take(c, &e, &verdict, &s);
		}
		refused = fault_end();
		assert_int_equal(err, refused ? ERR_NOMEM : ERR_OK);
		if (c) {
			assert_int_equal(correlator_take(c, &e, &verdict, &s), 0);
			assert_int_equal(s->count, refused ? 1 : 2);
		}
		correlator_free(c);
	}
	assert_true(n > 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_reports_it),
		cmocka_unit_test(lists_of_pods_and_revisions_stay_as_they_were),
		cmocka_unit_test(bodies_are_whole_or_not_at_all),
		cmocka_unit_test(the_correlator_loses_the_event_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
