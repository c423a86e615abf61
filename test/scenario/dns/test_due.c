/* Names that are due: a StatefulSet's Pods that are not Ready yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/db.h"
#include "test/scenario/dns/lab.h"

#define SERVICE DB_SERVICE

static void start(struct lab *l)
{
	struct dns_config config = db_config();
	db_start(l, &config);
}

#define SOA_TEXT " IN SOA ns.dns.cluster.local. hostmaster.cluster.local. "

/* NXDOMAIN; why NULL: the name is not due and may be remembered. */
static void expect(const struct lab *l, const char *name, const char *why)
{
	struct client_question q = { .name = name, .type = "A", .edns_bytes = 1232 };
	struct client_reply *r = client_ask(l->port, &q);
	const char *line = r->lines[1][0];
	const char *minimum = strrchr(line, ' ');
	bool due = why != NULL;
	if (r->rcode != RCODE_NXDOMAIN || r->count[1] != 1 || !minimum ||
		strcmp(minimum, due ? " 0" : " 5") != 0 ||
		strncmp(line, due ? "cluster.local. 0" SOA_TEXT : "cluster.local. 5" SOA_TEXT,
			strlen("cluster.local. 0" SOA_TEXT)) != 0 ||
		(due && strcmp(r->ede, why) != 0)) {
		fail_msg("%s: %s, %s, \"%s\"", name, rcode_name(r->rcode), line, r->ede);
	}
	free(r);
}

static void expect_answer(const struct lab *l, const char *name)
{
	struct client_question q = { .name = name, .type = "A", .edns_bytes = 1232 };
	struct client_reply *r = client_ask(l->port, &q);
	assert_int_equal(r->rcode, RCODE_NOERROR);
	assert_int_equal(r->count[0], 1);
	assert_string_equal(r->ede, "");
	free(r);
}

static void an_ordered_set_says_which_pod_it_waits_for(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	expect(&l, "db-0." SERVICE, NULL); /* no set yet */
	db_set(&l, 0, 3, "OrderedReady", "");
	expect(&l, "db-0." SERVICE, "db-0 is not Ready yet");
	expect(&l, "db-1." SERVICE, "db-1 is not Ready: waiting for db-0");
	expect(&l, "DB-2." SERVICE, "db-2 is not Ready: waiting for db-0");
	db_ready(&l, 0, 1, 99);
	expect_answer(&l, "db-0." SERVICE);
	expect(&l, "db-1." SERVICE, "db-1 is not Ready yet");
	expect(&l, "db-2." SERVICE, "db-2 is not Ready: waiting for db-1");
	db_ready(&l, 0, 3, 99);
	expect_answer(&l, "db-2." SERVICE);
	db_ready(&l, 0, 3, 1); /* one in the middle is lost */
	expect(&l, "db-1." SERVICE, "db-1 is not Ready yet");
	expect_answer(&l, "db-2." SERVICE);
	lab_deinit(&l);
}

static void only_ordinals_of_the_set_below_its_own_service_are_due(void **state)
{
	static const char *const rows[] = {
		"db-3." SERVICE,
		"db-00." SERVICE,
		"db-01." SERVICE,
		"db-." SERVICE,
		"db." SERVICE,
		"-0." SERVICE,
		"0." SERVICE,
		"dbx-0." SERVICE,
		"db-99999999999999999999." SERVICE,
		"db-0.other.ns.svc.cluster.local.",
		"db-0.nope.ns.svc.cluster.local.",
		"db-0.db.nope.svc.cluster.local.",
		"_sql._tcp." SERVICE,
	};
	(void)state;
	struct lab l;
	start(&l);
	db_set(&l, 0, 3, "OrderedReady", "");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		expect(&l, rows[i], NULL);
	}
	db_set(&l, 5, 2, "OrderedReady", "");
	expect(&l, "db-4." SERVICE, NULL);
	expect(&l, "db-5." SERVICE, "db-5 is not Ready yet");
	expect(&l, "db-6." SERVICE, "db-6 is not Ready: waiting for db-5");
	expect(&l, "db-7." SERVICE, NULL);
	lab_deinit(&l);
}

static void a_parallel_set_waits_for_nobody(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	db_set(&l, 0, 3, "Parallel", "");
	expect(&l, "db-2." SERVICE, "db-2 is not Ready yet");
	lab_deinit(&l);
}

static void far_ordinals_find_the_first_that_is_missing(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	db_set(&l, 0, 2000000000, "OrderedReady", "");
	db_ready(&l, 0, 300, 999);
	expect(&l, "db-300." SERVICE, "db-300 is not Ready yet");
	expect(&l, "db-301." SERVICE, "db-301 is not Ready: waiting for db-300");
	expect(&l, "db-1999999999." SERVICE, "db-1999999999 is not Ready: waiting for db-300");
	lab_deinit(&l);
}

static void a_set_that_shrinks_or_goes_brings_nothing_any_more(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	db_set(&l, 0, 3, "OrderedReady", "");
	db_set(&l, 0, 1, "OrderedReady", "");
	expect(&l, "db-1." SERVICE, NULL);
	expect(&l, "db-0." SERVICE, "db-0 is not Ready yet");
	db_set(&l, 0, 1, "OrderedReady", ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"");
	expect(&l, "db-0." SERVICE, NULL);
	db_set(&l, 0, 1, "OrderedReady", "");
	fake_api_delete(&l.api, KIND_STATEFULSET, "ns", "db");
	expect(&l, "db-0." SERVICE, NULL);
	lab_deinit(&l);
}

static void a_name_that_is_due_does_not_fall_through(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = db_config();
	config.kube.fallthrough = true;
	db_start(&l, &config);
	db_set(&l, 0, 1, "OrderedReady", "");
	expect(&l, "db-0." SERVICE, "db-0 is not Ready yet");
	lab_deinit(&l);
}

static void a_short_name_that_is_due_is_completed(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = db_config();
	config.search_ns = "ns";
	db_start(&l, &config);
	db_set(&l, 0, 1, "OrderedReady", "");
	expect(&l, "db-0.db.", "db-0 is not Ready yet");
	db_ready(&l, 0, 1, 99);
	struct client_question q = { .name = "db-0.db.", .type = "A", .edns_bytes = 1232 };
	struct client_reply *r = client_ask(l.port, &q);
	assert_int_equal(r->count[0], 2); /* CNAME, A */
	free(r);
	lab_deinit(&l);
}

static void without_statefulsets_nothing_is_due(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = db_config();
	config.kube.no_statefulsets = true;
	db_start(&l, &config);
	db_set(&l, 0, 1, "OrderedReady", "");
	expect(&l, "db-0." SERVICE, NULL);
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordered_set_says_which_pod_it_waits_for),
		cmocka_unit_test(only_ordinals_of_the_set_below_its_own_service_are_due),
		cmocka_unit_test(a_parallel_set_waits_for_nobody),
		cmocka_unit_test(far_ordinals_find_the_first_that_is_missing),
		cmocka_unit_test(a_set_that_shrinks_or_goes_brings_nothing_any_more),
		cmocka_unit_test(a_name_that_is_due_does_not_fall_through),
		cmocka_unit_test(a_short_name_that_is_due_is_completed),
		cmocka_unit_test(without_statefulsets_nothing_is_due),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
