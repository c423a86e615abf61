/* Pods of StatefulSets: what their own state changes in the answers, before EndpointSlices have it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/life.h"

#define POD_NAME "db-0." LIFE_SERVICE
#define A_PTR    "1.0.0.10.in-addr.arpa."
#define IP       "10.0.0.1"

static void start(struct lab *l, const struct kube_options *more)
{
	struct dns_config config = dns_config_default();
	if (more) {
		config.kube = *more;
		config.kube.ttl = KUBE_TTL_DEFAULT;
	}
	config.listen.port = 0;
	config.threads = 1;
	config.kube.addresses = "10.244.0.99";
	lab_init(l);
	l->api.remote = true;
	lab_start(l, &config);
	fake_api_apply(&l->api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{"
				"\"name\":\"ns\"}}");
	fake_api_sync(&l->api);
}

static void expect(const struct lab *l, const char *name, const char *type, const char *want)
{
	const char *got = life_ask(l, name, type);
	if (strcmp(got, want) != 0) {
		fail_msg("%s %s is \"%s\", not \"%s\"", name, type, got, want);
	}
}

/* The Pod under all its names, or (NULL) under none. */
static void expect_pod(const struct lab *l, const char *ip)
{
	expect(l, LIFE_SERVICE, "A", ip ? ip : "");
	expect(l, POD_NAME, "A", ip ? ip : "");
	expect(l, "_sql._tcp." LIFE_SERVICE, "SRV", ip ? "0 100 5432 " POD_NAME : "");
	if (!ip || strcmp(ip, IP) == 0) {
		expect(l, A_PTR, "PTR", ip ? POD_NAME : "");
	}
}

static void a_ready_pod_is_answered_before_a_slice_has_it(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_service(&l, &(struct life_service){ 0 });
	life_pod(&l, &(struct life_pod){ .version = 1 });
	expect_pod(&l, NULL);
	life_pod(&l, &(struct life_pod){ .version = 2, .ip = IP });
	expect_pod(&l, NULL);
	life_pod(&l, &(struct life_pod){ .version = 3, .ip = IP, .ready = true });
	expect_pod(&l, IP);
	life_slice(&l, &(struct life_slice){ .version = 4, .at = { { .ip = IP, .ready = true } } });
	expect_pod(&l, IP);
	lab_deinit(&l);
}

static void a_service_that_comes_later_finds_its_pods(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_pod(&l, &(struct life_pod){ .version = 3, .ip = IP, .ready = true });
	expect_pod(&l, NULL);
	life_service(&l, &(struct life_service){ 0 });
	expect_pod(&l, IP);
	fake_api_delete(&l.api, KIND_SERVICE, "ns", "db");
	expect_pod(&l, NULL);
	lab_deinit(&l);
}

static void only_what_the_slice_controller_would_add_is_added(void **state)
{
	static const struct {
		const char *why;
		struct life_service service;
		struct life_pod pod;
		bool answered;
	} rows[] = {
		{ "an ordinary one", { 0 }, { .ip = IP, .ready = true }, true },
		{ "not Ready", { 0 }, { .ip = IP }, false },
		{ "not Ready, but published", { .publish = true }, { .ip = IP }, true },
		{ "terminating", { 0 }, { .ip = IP, .ready = true, .terminating = true }, false },
		{ "terminating, but published", { .publish = true },
			{ .ip = IP, .ready = true, .terminating = true }, true },
		{ "without address", { .publish = true }, { .ready = true }, false },
		{ "that has failed", { .publish = true },
			{ .ip = IP, .ready = true, .phase = "Failed" }, false },
		{ "that has ended", { .publish = true },
			{ .ip = IP, .ready = true, .phase = "Succeeded" }, false },
		{ "without hostname", { 0 }, { .ip = IP, .ready = true, .hostname = "" }, false },
		{ "of another subdomain", { 0 }, { .ip = IP, .ready = true, .subdomain = "other" },
			false },
		{ "without subdomain", { 0 }, { .ip = IP, .ready = true, .subdomain = "" }, false },
		{ "not selected", { 0 },
			{ .ip = IP, .ready = true, .labels = ",\"app\":\"other\"" }, false },
		{ "selected by one label of two",
			{ .selector = "\"app\":\"db\",\"tier\":\"back\"" },
			{ .ip = IP, .ready = true }, false },
		{ "selected by both", { .selector = "\"app\":\"db\",\"tier\":\"back\"" },
			{ .ip = IP, .ready = true, .labels = ",\"tier\":\"back\",\"app\":\"db\"" },
			true },
		{ "below a Service without selector", { .selector = "" },
			{ .ip = IP, .ready = true }, false },
		{ "below a Service with an address of its own",
			{ .spec = ",\"clusterIP\":\"10.96.0.9\",\"clusterIPs\":[\"10.96.0.9\"]" },
			{ .ip = IP, .ready = true }, false },
		{ "of a family that the Service does not want",
			{ .spec = ",\"clusterIP\":\"None\",\"ipFamilies\":[\"IPv6\"]" },
			{ .ip = IP, .ready = true }, false },
		{ "that no StatefulSet has numbered", { 0 },
			{ .ip = IP, .ready = true, .unnumbered = true }, false },
		{ "whose name has no number", { 0 },
			{ .name = "db-x", .hostname = "db-0", .ip = IP, .ready = true }, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lab l;
		start(&l, NULL);
		life_service(&l, &rows[i].service);
		life_pod(&l, &rows[i].pod);
		const char *got = life_ask(&l, POD_NAME, "A");
		if (strcmp(got, rows[i].answered ? IP : "") != 0) {
			fail_msg("a Pod %s is answered: \"%s\"", rows[i].why, got);
		}
		lab_deinit(&l);
	}
}

static void an_early_pod_has_the_ports_that_its_containers_have(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_service(&l, &(struct life_service){
				 .ports = "{\"name\":\"sql\",\"port\":80,\"targetPort\":"
					  "\"sql-port\"},"
					  "{\"name\":\"side\",\"port\":81,\"targetPort\":"
					  "\"side-port\"},"
					  "{\"name\":\"num\",\"port\":82,\"targetPort\":8082},"
					  "{\"name\":\"same\",\"port\":83},"
					  "{\"name\":\"none\",\"port\":84,\"targetPort\":"
					  "\"dns-port\"},"
					  "{\"name\":\"dns\",\"port\":85,\"protocol\":"
					  "\"UDP\",\"targetPort\":\"dns-port\"}" });
	life_pod(&l, &(struct life_pod){ .ip = IP, .ready = true });
	expect(&l, "_sql._tcp." LIFE_SERVICE, "SRV", "0 100 15432 " POD_NAME);
	expect(&l, "_side._tcp." LIFE_SERVICE, "SRV", "0 100 9000 " POD_NAME);
	expect(&l, "_num._tcp." LIFE_SERVICE, "SRV", "0 100 8082 " POD_NAME);
	expect(&l, "_same._tcp." LIFE_SERVICE, "SRV", "0 100 83 " POD_NAME);
	expect(&l, "_none._tcp." LIFE_SERVICE, "SRV", "");
	expect(&l, "_dns._udp." LIFE_SERVICE, "SRV", "0 100 53 " POD_NAME);
	lab_deinit(&l);
}

static void both_families_of_a_pod_are_answered_each_until_its_slice_comes(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_service(&l, &(struct life_service){ .spec = ",\"clusterIP\":\"None\",\"ipFamilies\":["
							 "\"IPv6\",\"IPv4\"]" });
	life_pod(&l, &(struct life_pod){ .version = 5, .ip = IP ",fd00::1", .ready = true });
	expect(&l, POD_NAME, "A", IP);
	expect(&l, POD_NAME, "AAAA", "fd00::1");
	life_slice(&l, &(struct life_slice){ .version = 6, .at = { { .ip = IP, .ready = true } } });
	expect(&l, POD_NAME, "A", IP);
	expect(&l, POD_NAME, "AAAA", "fd00::1");
	life_slice(&l, &(struct life_slice){ .name = "db-6",
			       .version = 7,
			       .at = { { .ip = "fd00::1", .ready = true } } });
	expect(&l, POD_NAME, "AAAA", "fd00::1");
	fake_api_delete(&l.api, KIND_POD, "ns", "db-0");
	expect(&l, POD_NAME, "A", "");
	expect(&l, POD_NAME, "AAAA", "");
	lab_deinit(&l);
}

/* Another Service that selects the Pods too: its endpoints have no hostname, and its address is its own. */
static void start_with_second(struct lab *l, unsigned version, bool ready)
{
	start(l, NULL);
	life_service(l, &(struct life_service){ 0 });
	life_service(l, &(struct life_service){ .name = "all" });
	life_slice(l,
		&(struct life_slice){ .version = version, .at = { { .ip = IP, .ready = ready } } });
	life_slice(l, &(struct life_slice){ .service = "all",
			      .version = version,
			      .at = { { .ip = IP, .ready = ready, .nameless = true } } });
}

#define ALL "all.ns.svc.cluster.local."

static void a_deleted_pod_leaves_every_service_at_once_and_for_good(void **state)
{
	(void)state;
	struct lab l;
	start_with_second(&l, 10, true);
	life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
	expect(&l, ALL, "A", IP);
	fake_api_delete(&l.api, KIND_POD, "ns", "db-0");
	expect_pod(&l, NULL);
	expect(&l, ALL, "A", "");
	/* Slices that still name it, written for another reason. */
	life_slice(&l, &(struct life_slice){ .version = 20,
			       .at = { { .ip = IP, .ready = true }, { .pod = "db-1",
									    .uid = "other",
									    .ip = "10.0.0.2",
									    .ready = true } } });
	expect(&l, LIFE_SERVICE, "A", "10.0.0.2");
	life_slice(&l, &(struct life_slice){ .version = 21 });
	/* All forgotten now: a name may return. */
	life_slice(&l, &(struct life_slice){ .version = 22,
			       .at = { { .uid = "two", .ip = "10.0.0.3", .ready = true } } });
	expect_pod(&l, "10.0.0.3");
	expect(&l, ALL, "A", "");
	lab_deinit(&l);
}

static void a_pod_deleted_while_nobody_looked_leaves_too(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) { /* known: with its address */
		struct lab l;
		start_with_second(&l, 10, true);
		life_pod(&l, &(struct life_pod){ .version = 4, .ip = known ? IP : NULL });
		fake_api_delete_missed(&l.api, KIND_POD, "ns", "db-0");
		expect_pod(&l, NULL);
		expect(&l, ALL, "A", "");
		lab_deinit(&l);
	}
}

static void a_pod_made_again_under_its_name_ends_the_former_one(void **state)
{
	(void)state;
	struct lab l;
	start_with_second(&l, 10, true);
	life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
	life_pod(&l, &(struct life_pod){ .uid = "two", .version = 12 });
	expect_pod(&l, NULL);
	expect(&l, ALL, "A", "");
	life_pod(&l,
		&(struct life_pod){ .uid = "two", .version = 13, .ip = "10.0.0.7", .ready = true });
	expect_pod(&l, "10.0.0.7");
	expect(&l, ALL, "A", ""); /* only slices say who else has it */
	lab_deinit(&l);
}

static void a_terminating_pod_is_not_ready_unless_the_service_publishes_it(void **state)
{
	(void)state;
	for (int publish = 0; publish < 2; publish++) {
		struct lab l;
		start(&l, NULL);
		life_service(&l, &(struct life_service){ .publish = publish });
		life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
		life_slice(&l, &(struct life_slice){
				       .version = 20, .at = { { .ip = IP, .ready = true } } });
		life_pod(&l, &(struct life_pod){
				     .version = 11, .ip = IP, .ready = true, .terminating = true });
		expect_pod(&l, publish ? IP : NULL);
		lab_deinit(&l);
	}
}

static void every_service_follows_the_readiness_of_its_pods(void **state)
{
	(void)state;
	struct lab l;
	start_with_second(&l, 10, false);
	expect(&l, ALL, "A", "");
	life_pod(
		&l, &(struct life_pod){ .version = 9 }); /* none of these is known by its address */
	life_pod(&l, &(struct life_pod){ .version = 11, .ip = IP, .ready = true });
	expect(&l, POD_NAME, "A", IP);
	expect(&l, ALL, "A", IP);
	expect(&l, A_PTR, "PTR", "10-0-0-1." ALL " " POD_NAME);
	life_pod(&l, &(struct life_pod){ .version = 12, .ip = IP });
	expect_pod(&l, NULL);
	expect(&l, ALL, "A", "");
	life_pod(&l, &(struct life_pod){ .version = 13, .ip = "10.0.0.4", .ready = true });
	expect_pod(&l, "10.0.0.4");
	expect(&l, ALL, "A", "10.0.0.4");
	expect(&l, A_PTR, "PTR", "");
	lab_deinit(&l);
}

static void the_later_of_pod_and_slice_is_believed(void **state)
{
	static const struct {
		const char *why;
		unsigned pod, slice;
		bool pod_ready, slice_ready, answered;
	} rows[] = {
		{ "a later slice has seen it become Ready", 5, 6, false, true, true },
		{ "a later slice has seen it fail", 5, 6, true, false, false },
		{ "a later Pod is Ready", 6, 5, true, false, true },
		{ "a later Pod is not", 6, 5, false, true, false },
		{ "not comparable: the Pod's, Ready", 0, 5, true, false, true },
		{ "not comparable: the Pod's, not Ready", 5, 0, false, true, false },
	};
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		const size_t row = i / 2;
		struct lab l;
		start(&l, NULL);
		life_service(&l, &(struct life_service){ 0 });
		for (size_t k = 0; k < 2; k++) { /* in both orders */
			if ((i + k) % 2 == 0) {
				life_pod(&l, &(struct life_pod){ .version = rows[row].pod,
						     .ip = IP,
						     .ready = rows[row].pod_ready });
			} else {
				life_slice(
					&l, &(struct life_slice){ .version = rows[row].slice,
						    .at = { { .ip = IP,
							    .ready = rows[row].slice_ready } } });
			}
		}
		const char *got = life_ask(&l, POD_NAME, "A");
		if (strcmp(got, rows[row].answered ? IP : "") != 0) {
			fail_msg("%s, but the answer is \"%s\"", rows[row].why, got);
		}
		lab_deinit(&l);
	}
}

static void a_slice_written_for_another_pod_takes_nothing_back(void **state)
{
	static const struct {
		const char *why;
		bool in_slice, slice_ready, pod_ready;
	} rows[] = {
		{ "a Ready Pod that slices have as not ready", true, false, true },
		{ "a Ready Pod that slices have not yet", false, false, true },
		{ "a Pod that failed, that slices still have as ready", true, true, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lab l;
		start(&l, NULL);
		life_service(&l, &(struct life_service){ 0 });
		struct life_slice slice = { .version = 5 };
		if (rows[i].in_slice) {
			slice.at[0] = (struct life_endpoint){ .ip = IP,
				.ready = rows[i].slice_ready };
		}
		life_slice(&l, &slice);
		life_pod(&l,
			&(struct life_pod){ .version = 10, .ip = IP, .ready = rows[i].pod_ready });
		/* Later, but from before the controller had seen the Pod's change; not ready yet where it was absent. */
		slice.at[0] = (struct life_endpoint){ .ip = IP, .ready = rows[i].slice_ready };
		slice.at[1] = (struct life_endpoint){
			.pod = "db-1", .uid = "x", .ip = "10.0.0.2", .ready = true
		};
		for (slice.version = 11; slice.version < 13; slice.version++) {
			life_slice(&l, &slice);
			const char *got = life_ask(&l, POD_NAME, "A");
			if (strcmp(got, rows[i].pod_ready ? IP : "") != 0) {
				fail_msg("%s: \"%s\"", rows[i].why, got);
			}
		}
		/* The controller has seen a change that we have not. */
		slice.at[0].ready = true;
		slice.version = 14;
		life_slice(&l, &slice);
		slice.at[0].ready = false;
		slice.version = 15;
		life_slice(&l, &slice);
		expect(&l, POD_NAME, "A", "");
		lab_deinit(&l);
	}
}

static void a_later_slice_that_drops_a_pod_is_believed(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_service(&l, &(struct life_service){ 0 });
	life_pod(&l, &(struct life_pod){ .version = 4, .ip = IP, .ready = true });
	life_slice(&l, &(struct life_slice){ .version = 5, .at = { { .ip = IP, .ready = true } } });
	life_slice(&l, &(struct life_slice){ .version = 6 });
	expect_pod(&l, NULL); /* the Pod's watch may be silent */
	life_pod(&l, &(struct life_pod){ .version = 7, .ip = IP, .ready = true });
	expect_pod(&l, IP);
	lab_deinit(&l);
}

static void without_permission_slices_alone_are_answered(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_service(&l, &(struct life_service){ 0 });
	life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
	life_pod(&l,
		&(struct life_pod){ .name = "db-1", .uid = "two", .version = 9, .ip = "10.0.0.2" });
	life_slice(&l, &(struct life_slice){ .version = 8,
			       .at = { { .pod = "db-1",
				       .uid = "two",
				       .ip = "10.0.0.2",
				       .ready = true } } });
	expect(&l, LIFE_SERVICE, "A", IP);
	fake_api_tell(&l.api, WATCH_REFUSED, KIND_POD);
	expect(&l, LIFE_SERVICE, "A", "10.0.0.2");
	lab_deinit(&l);
}

static size_t pod_watches(const struct lab *l)
{
	size_t n = 0;
	for (size_t i = 0; i < FAKE_SUBS; i++) {
		n += l->api.subs[i].used && (l->api.subs[i].interest.kinds & KIND_BIT(KIND_POD));
	}
	return n;
}

static void pods_are_watched_once_or_not_at_all(void **state)
{
	static const struct {
		const char *why;
		struct kube_options options;
		size_t watches;
		const char *answer;
	} rows[] = {
		{ "by default", { 0 }, 1, IP },
		{ "all of them", { .pods = KUBE_PODS_VERIFIED }, 1, IP },
		{ "statefulsets off", { .no_statefulsets = true }, 0, "" },
		{ "statefulsets off, all Pods",
			{ .no_statefulsets = true, .pods = KUBE_PODS_VERIFIED }, 1, "" },
		{ "noendpoints", { .no_endpoints = true }, 0, "" },
		{ "labels that fit", { .labels = "app in (db,x)" }, 1, IP },
		{ "labels that do not", { .labels = "app!=db" }, 1, "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lab l;
		start(&l, &rows[i].options);
		/* The Service's own labels satisfy `labels`. */
		fake_api_apply(&l.api,
			"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"db\","
			"\"namespace\":\"ns\",\"labels\":{\"app\":\"x\"}},\"spec\":{\"clusterIP\":"
			"\"None\",\"selector\":{\"app\":\"db\"},\"ports\":[{\"port\":80}]}}");
		life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
		assert_int_equal(pod_watches(&l), rows[i].watches);
		const char *got = life_ask(&l, POD_NAME, "A");
		if (strcmp(got, rows[i].answer) != 0) {
			fail_msg("%s: \"%s\"", rows[i].why, got);
		}
		lab_deinit(&l);
	}
}

static void a_pod_that_loses_its_number_is_what_slices_say(void **state)
{
	(void)state;
	struct lab l;
	start(&l, &(struct kube_options){ .pods = KUBE_PODS_VERIFIED });
	life_service(&l, &(struct life_service){ 0 });
	life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
	life_slice(&l, &(struct life_slice){ .version = 8, .at = { { .ip = IP } } });
	expect_pod(&l, IP);
	life_pod(&l,
		&(struct life_pod){ .version = 10, .ip = IP, .ready = true, .unnumbered = true });
	expect_pod(&l, NULL);
	lab_deinit(&l);
}

static void an_early_pod_is_not_due(void **state)
{
	(void)state;
	struct lab l;
	start(&l, NULL);
	life_service(&l, &(struct life_service){ 0 });
	life_set(&l, 3);
	life_pod(&l, &(struct life_pod){ .version = 9, .ip = IP, .ready = true });
	struct client_question q = {
		.name = "db-2." LIFE_SERVICE, .type = "A", .edns_bytes = 1232
	};
	struct client_reply *r = client_ask(l.port, &q);
	assert_string_equal(r->ede, "db-2 is not Ready: waiting for db-1");
	free(r);
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ready_pod_is_answered_before_a_slice_has_it),
		cmocka_unit_test(a_service_that_comes_later_finds_its_pods),
		cmocka_unit_test(only_what_the_slice_controller_would_add_is_added),
		cmocka_unit_test(an_early_pod_has_the_ports_that_its_containers_have),
		cmocka_unit_test(both_families_of_a_pod_are_answered_each_until_its_slice_comes),
		cmocka_unit_test(a_deleted_pod_leaves_every_service_at_once_and_for_good),
		cmocka_unit_test(a_pod_deleted_while_nobody_looked_leaves_too),
		cmocka_unit_test(a_pod_made_again_under_its_name_ends_the_former_one),
		cmocka_unit_test(a_terminating_pod_is_not_ready_unless_the_service_publishes_it),
		cmocka_unit_test(every_service_follows_the_readiness_of_its_pods),
		cmocka_unit_test(the_later_of_pod_and_slice_is_believed),
		cmocka_unit_test(a_slice_written_for_another_pod_takes_nothing_back),
		cmocka_unit_test(a_later_slice_that_drops_a_pod_is_believed),
		cmocka_unit_test(without_permission_slices_alone_are_answered),
		cmocka_unit_test(pods_are_watched_once_or_not_at_all),
		cmocka_unit_test(a_pod_that_loses_its_number_is_what_slices_say),
		cmocka_unit_test(an_early_pod_is_not_due),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
