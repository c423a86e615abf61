/* The whole server over loopback: records follow events, short names, letter case, sizes, readiness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

#define FULL "stateful-svc.experiments.svc.cluster.local."

static const char namespace_json[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"experiments\"}}";
static const char service_json[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"stateful-svc\","
	"\"namespace\":\"experiments\"},\"spec\":{\"clusterIP\":\"None\",\"clusterIPs\":[\"None\"],"
	"\"ports\":[{\"name\":\"web\",\"port\":80,\"protocol\":\"TCP\"}]}}";

/* A slice of `ready` ready pods of stateful-demo, then `unready` others. */
static void apply_slice(struct lab *l, unsigned ready, unsigned unready)
{
	static char text[200000];
	size_t n = (size_t)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"stateful-svc-x\",\"namespace\":\"experiments\",\"labels\":{"
		"\"kubernetes.io/service-name\":\"stateful-svc\"}},\"addressType\":\"IPv4\","
		"\"ports\":[{\"name\":\"web\",\"port\":80,\"protocol\":\"TCP\"}],\"endpoints\":[");
	for (unsigned i = 0; i < ready + unready; i++) {
		unsigned host = i + 5;
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"%s{\"addresses\":[\"10.244.%u.%u\"],\"hostname\":\"stateful-demo-%u\","
			"\"conditions\":{\"ready\":%s}}",
			i > 0 ? "," : "", host / 256, host % 256, i, i < ready ? "true" : "false");
	}
	(void)snprintf(text + n, sizeof(text) - n, "]}");
	fake_api_apply(&l->api, text);
}

static void start_experiment(struct lab *l, const char *search_ns, unsigned ready)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 2;
	config.search_ns = search_ns;
	config.kube.addresses = "10.244.0.99";
	lab_init(l);
	lab_start(l, &config);
	fake_api_apply(&l->api, namespace_json);
	fake_api_apply(&l->api, service_json);
	apply_slice(l, ready, 0);
	fake_api_sync(&l->api);
}

static struct client_reply *ask(const struct lab *l, const char *name, const char *type)
{
	return client_ask(l->port,
		&(struct client_question){ .name = name, .type = type, .edns_bytes = 1232 });
}

static void expect_rcode(const struct lab *l, const char *name, const char *type, unsigned rcode)
{
	struct client_reply *r = ask(l, name, type);
	if (r->rcode != rcode) {
		fail_msg("%s %s: %s", name, type, rcode_name(r->rcode));
	}
	free(r);
}

static bool has_line(const struct client_reply *r, int section, const char *line)
{
	for (size_t i = 0; i < r->count[section]; i++) {
		if (strcmp(r->lines[section][i], line) == 0) {
			return true;
		}
	}
	return false;
}

static void records_follow_events_before_the_event_call_returns(void **state)
{
	(void)state;
	struct lab l;
	start_experiment(&l, NULL, 0);
	expect_rcode(&l, FULL, "A", RCODE_NXDOMAIN);
	for (unsigned n = 1; n <= 3; n++) {
		apply_slice(&l, n, 3 - n);
		struct client_reply *r = ask(&l, FULL, "A");
		assert_int_equal(r->count[0], n);
		free(r);
	}
	struct client_reply *r = ask(&l, "stateful-demo-2." FULL, "A");
	assert_true(has_line(r, 0, "stateful-demo-2." FULL " 5 IN A 10.244.0.7"));
	free(r);
	assert_int_equal(
		dns_server_addresses(l.server, STRV("stateful-svc.experiments.svc.cluster.local")),
		3);
	apply_slice(&l, 2, 0);
	expect_rcode(&l, "stateful-demo-2." FULL, "A", RCODE_NXDOMAIN);
	fake_api_delete(&l.api, KIND_SERVICE, "experiments", "stateful-svc");
	expect_rcode(&l, FULL, "A", RCODE_NXDOMAIN);
	expect_rcode(&l, "5.0.244.10.in-addr.arpa.", "PTR", RCODE_NXDOMAIN);
	fake_api_apply(&l.api, service_json);
	expect_rcode(&l, FULL, "A", RCODE_NOERROR);
	expect_rcode(&l, "5.0.244.10.in-addr.arpa.", "PTR", RCODE_NOERROR);
	fake_api_delete(&l.api, KIND_ENDPOINTSLICE, "experiments", "stateful-svc-x");
	expect_rcode(&l, FULL, "A", RCODE_NXDOMAIN);
	expect_rcode(&l, "experiments.svc.cluster.local.", "A", RCODE_NOERROR);
	fake_api_delete(&l.api, KIND_NAMESPACE, "", "experiments");
	expect_rcode(&l, "experiments.svc.cluster.local.", "A", RCODE_NXDOMAIN);
	lab_deinit(&l);
}

static void a_slice_that_changes_its_service_leaves_the_former_one(void **state)
{
	(void)state;
	struct lab l;
	start_experiment(&l, NULL, 3);
	fake_api_apply(&l.api,
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"stateful-svc-x\",\"namespace\":\"experiments\",\"labels\":{"
		"\"kubernetes.io/"
		"service-name\":\"other\"}},\"addressType\":\"IPv4\",\"endpoints\":[]}");
	expect_rcode(&l, FULL, "A", RCODE_NXDOMAIN);
	lab_deinit(&l);
}

static void short_names_are_completed_with_a_cname(void **state)
{
	static const struct {
		const char *why, *name, *full;
	} rows[] = {
		{ "a pod and its Service", "stateful-demo-1.stateful-svc.",
			"stateful-demo-1." FULL },
		{ "the Service alone", "stateful-svc.", FULL },
		{ "with the namespace", "stateful-svc.experiments.", FULL },
		{ "up to svc", "stateful-svc.experiments.svc.", FULL },
		{ "a pod up to svc", "stateful-demo-1.stateful-svc.experiments.svc.",
			"stateful-demo-1." FULL },
		{ "capitals are kept", "Stateful-Demo-1.stateful-svc.", "Stateful-Demo-1." FULL },
	};
	(void)state;
	struct lab l;
	start_experiment(&l, "experiments", 3);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char line[512];
		struct client_reply *r = ask(&l, rows[i].name, "A");
		(void)snprintf(line, sizeof(line), "%s 5 IN CNAME %s", rows[i].name, rows[i].full);
		if (r->rcode != RCODE_NOERROR || r->count[0] < 2 ||
			strcmp(r->lines[0][0], line) != 0) {
			fail_msg("%s: %s", rows[i].why, r->count[0] ? r->lines[0][0] : "nothing");
		}
		assert_int_equal(strncmp(r->lines[0][1], rows[i].full, strlen(rows[i].full)), 0);
		free(r);
	}
	struct client_reply *r = ask(&l, "stateful-svc.", "AAAA");
	assert_int_equal(r->rcode, RCODE_NOERROR);
	assert_int_equal(r->count[0], 1); /* the CNAME: the name is there, the family is not */
	assert_int_equal(r->count[1], 1);
	free(r);
	r = ask(&l, "nothing.", "A");
	assert_int_equal(r->rcode, RCODE_NXDOMAIN);
	assert_non_null(strstr(r->ede, "experiments.svc.cluster.local"));
	free(r);
	lab_deinit(&l);
}

static void without_search_a_short_name_says_which_option_is_missing(void **state)
{
	(void)state;
	struct lab l;
	start_experiment(&l, NULL, 3);
	struct client_reply *r = ask(&l, "stateful-demo-1.stateful-svc.", "A");
	assert_int_equal(r->rcode, RCODE_NXDOMAIN);
	assert_non_null(strstr(r->ede, "--search"));
	assert_int_equal(r->count[0] + r->count[1] + r->count[2], 0);
	free(r);
	expect_rcode(&l, "www.example.com.", "A", RCODE_REFUSED);
	expect_rcode(&l, ".", "NS", RCODE_REFUSED);
	lab_deinit(&l);
}

static void negative_answers_say_why_to_those_who_speak_edns(void **state)
{
	static const struct {
		const char *name, *why;
	} rows[] = {
		{ "a.b.svc.cluster.local.", "no such namespace" },
		{ "a.experiments.svc.cluster.local.", "no such Service" },
		{ "a." FULL, "no ready endpoint of the Service has this name" },
		{ "_x._tcp." FULL, "such a port" },
		{ "9.9.9.9.in-addr.arpa.", "no Service has this address" },
	};
	(void)state;
	struct lab l;
	start_experiment(&l, NULL, 3);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct client_reply *r = ask(
			&l, rows[i].name, strstr(rows[i].name, "arpa") ? "PTR" : "A");
		assert_int_equal(r->rcode, RCODE_NXDOMAIN);
		if (!strstr(r->ede, rows[i].why)) {
			fail_msg("%s: %s", rows[i].name, r->ede);
		}
		free(r);
	}
	struct client_reply *r = client_ask(
		l.port, &(struct client_question){ .name = "a." FULL, .type = "A" });
	assert_false(r->has_opt);
	free(r);
	lab_deinit(&l);
}

static void before_all_has_arrived_what_is_missing_is_a_server_failure(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	lab_init(&l);
	lab_start(&l, &config);
	assert_false(dns_server_synced(l.server));
	fake_api_apply(&l.api, service_json);
	apply_slice(&l, 3, 0);
	lab_turn(&l);
	expect_rcode(&l, FULL, "A", RCODE_NOERROR); /* what has arrived answers */
	expect_rcode(&l, "late.experiments.svc.cluster.local.", "A", RCODE_SERVFAIL);
	expect_rcode(&l, "svc.cluster.local.", "A", RCODE_NOERROR);
	expect_rcode(&l, "cluster.local.", "SOA", RCODE_NOERROR);
	fake_api_sync(&l.api);
	assert_true(dns_server_synced(l.server));
	expect_rcode(&l, "late.experiments.svc.cluster.local.", "A", RCODE_NXDOMAIN);
	lab_deinit(&l);
}

static void sizes_are_kept_and_truncated_replies_come_whole_over_tcp(void **state)
{
	static const struct {
		const char *why, *type;
		unsigned edns;
		bool tcp;
		size_t answers, additionals;
		bool truncated;
	} rows[] = {
		{ "without EDNS 512 octets hold 28", "A", 0, false, 28, 0, true },
		{ "EDNS below 512 counts as 512", "A", 100, false, 27, 0, true },
		{ "60 addresses fit 1232", "A", 1232, false, 60, 0, false },
		{ "over TCP all", "A", 0, true, 60, 0, false },
		{ "SRV over TCP with all addresses", "SRV", 0, true, 60, 60, false },
	};
	(void)state;
	struct lab l;
	start_experiment(&l, NULL, 60);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct client_reply *r = client_ask(l.port, &(struct client_question){ .name = FULL,
								    .type = rows[i].type,
								    .edns_bytes = rows[i].edns,
								    .tcp = rows[i].tcp });
		bool tc = (r->header.flags & FLAG_TC) != 0;
		size_t limit = rows[i].tcp ? 65535 : rows[i].edns > 512 ? rows[i].edns : 512;
		if (r->count[0] != rows[i].answers || r->count[2] != rows[i].additionals ||
			tc != rows[i].truncated || r->n > limit) {
			fail_msg("%s: %zu answers, %zu additionals, TC %d, %zu octets", rows[i].why,
				r->count[0], r->count[2], tc, r->n);
		}
		free(r);
	}
	/* Glue that does not fit is no reason for a retry (RFC 2181 9). */
	struct client_reply *r = client_ask(l.port,
		&(struct client_question){ .name = FULL, .type = "SRV", .edns_bytes = 5000 });
	assert_int_equal(r->count[0], 60);
	assert_true(r->count[2] < 60);
	assert_false(r->header.flags & FLAG_TC);
	free(r);
	lab_deinit(&l);
}

static void every_address_comes_first_in_its_turn(void **state)
{
	(void)state;
	struct lab l;
	unsigned first[3] = { 0 };
	start_experiment(&l, NULL, 3);
	for (int i = 0; i < 300; i++) {
		struct client_reply *r = ask(&l, FULL, "A");
		const char *dot = strrchr(r->lines[0][0], '.');
		unsigned which = (unsigned)strtoul(dot + 1, NULL, 10) - 5;
		assert_true(which < 3);
		first[which]++;
		free(r);
	}
	for (int i = 0; i < 3; i++) {
		assert_in_range(first[i], 60, 140);
	}
	lab_deinit(&l);
}

static void the_serial_moves_with_records_and_with_nothing_else(void **state)
{
	(void)state;
	struct lab l;
	start_experiment(&l, NULL, 1);
	struct client_reply *before = ask(&l, "cluster.local.", "SOA");
	apply_slice(&l, 1, 1); /* one more, not ready: no record changes */
	struct client_reply *same = ask(&l, "cluster.local.", "SOA");
	assert_string_equal(before->lines[0][0], same->lines[0][0]);
	apply_slice(&l, 2, 0);
	struct client_reply *after = ask(&l, "cluster.local.", "SOA");
	assert_string_not_equal(before->lines[0][0], after->lines[0][0]);
	free(before);
	free(same);
	free(after);
	lab_deinit(&l);
}

static void a_port_that_is_taken_is_an_error_even_by_one_of_us(void **state)
{
	(void)state;
	struct lab l;
	struct dns_server *second = NULL;
	start_experiment(&l, NULL, 1);
	struct dns_config config = dns_config_default();
	config.listen.port = l.port;
	assert_int_equal(
		dns_server_open(&l.loop, l.clock, &l.api.api, &config, &second), UV_EADDRINUSE);
	config.listen.port = 0;
	config.kube.zones = "bad..zone";
	assert_int_equal(
		dns_server_open(&l.loop, l.clock, &l.api.api, &config, &second), ERR_BAD_NAME);
	config.kube.zones = NULL;
	(void)snprintf(config.listen.host, sizeof(config.listen.host), "192.0.2.1");
	assert_int_equal(
		dns_server_open(&l.loop, l.clock, &l.api.api, &config, &second), UV_EADDRNOTAVAIL);
	lab_deinit(&l);
}

static void answers_leave_from_the_address_that_was_asked(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	(void)snprintf(config.listen.host, sizeof(config.listen.host), "0.0.0.0");
	lab_init(&l);
	fake_api_sync(&l.api);
	lab_start(&l, &config);
	static const char *const servers[] = { "127.0.0.1", "127.0.0.2", "127.1.2.3" };
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		struct client_reply *r = client_ask(l.port,
			&(struct client_question){
				.name = "cluster.local.", .type = "SOA", .server = servers[i] });
		assert_int_equal(r->rcode, RCODE_NOERROR);
		free(r);
	}
	lab_deinit(&l);
}

struct asker {
	unsigned port;
	bool stop;      /* atomic */
	unsigned asked; /* atomic */
	unsigned mixed;
};

/* Asks without pause; every reply must be one of the two states, whole. */
static void ask_on(void *arg)
{
	struct asker *a = arg;
	struct client_question q = { .name = FULL, .type = "A" };
	while (!__atomic_load_n(&a->stop, __ATOMIC_RELAXED)) {
		struct client_reply *r = client_ask(a->port, &q);
		bool three = r->count[0] == 3 && has_line(r, 0, FULL " 5 IN A 10.244.0.5");
		bool eight = r->count[0] == 8 && has_line(r, 0, FULL " 5 IN A 10.244.0.12");
		a->mixed += !three && !eight;
		(void)__atomic_add_fetch(&a->asked, 1, __ATOMIC_RELAXED);
		free(r);
		struct client_question reverse = { .name = "5.0.244.10.in-addr.arpa.",
			.type = "PTR" };
		r = client_ask(a->port, &reverse);
		a->mixed += r->count[0] != 1;
		free(r);
	}
}

static bool have_asked(const struct asker askers[2], unsigned times)
{
	return __atomic_load_n(&askers[0].asked, __ATOMIC_RELAXED) >= times &&
	       __atomic_load_n(&askers[1].asked, __ATOMIC_RELAXED) >= times;
}

static void answers_are_whole_while_records_change(void **state)
{
	(void)state;
	struct lab l;
	uv_thread_t threads[2];
	struct asker askers[2];
	start_experiment(&l, NULL, 3);
	for (int i = 0; i < 2; i++) {
		askers[i] = (struct asker){ .port = l.port };
		assert_int_equal(uv_thread_create(&threads[i], ask_on, &askers[i]), 0);
	}
	for (int i = 0; i < 1500 || !have_asked(askers, 10); i++) {
		char other[256];
		apply_slice(&l, i % 2 ? 3 : 8, 0);
		/* Other Services come and go: the tables grow, cells and their numbers are used again. */
		(void)snprintf(other, sizeof(other),
			"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"o-%"
			"d\","
			"\"namespace\":\"experiments\"},\"spec\":{\"clusterIP\":\"10.96.0.%d\","
			"\"clusterIPs\":[\"10.96.0.%d\"]}}",
			i, i % 200 + 1, i % 200 + 1);
		fake_api_apply(&l.api, other);
		if (i >= 100) {
			(void)snprintf(other, sizeof(other), "o-%d", i - 100);
			fake_api_delete(&l.api, KIND_SERVICE, "experiments", other);
		}
		lab_turn(&l);
	}
	for (int i = 0; i < 2; i++) {
		__atomic_store_n(&askers[i].stop, true, __ATOMIC_RELAXED);
		assert_int_equal(uv_thread_join(&threads[i]), 0);
		assert_int_equal(askers[i].mixed, 0);
	}
	lab_deinit(&l);
}

static void apply_pod(struct lab *l, const char *ip, const char *phase, const char *deleted)
{
	char text[600];
	(void)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\","
		"\"namespace\":"
		"\"experiments\"%s},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]},"
		"\"status\":{\"phase\":\"%s\",\"podIP\":\"%s\"}}",
		deleted, phase, ip);
	fake_api_apply(&l->api, text);
}

static void a_verified_pod_answers_from_its_address_until_it_has_ended_or_is_gone(void **state)
{
	(void)state;
	static const char one[] = "10-9-0-1.experiments.pod.cluster.local.";
	static const char two[] = "10-9-0-2.experiments.pod.cluster.local.";
	struct lab l;
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.kube.pods = KUBE_PODS_VERIFIED;
	lab_init(&l);
	lab_start(&l, &config);
	fake_api_apply(&l.api, namespace_json);
	fake_api_sync(&l.api);
	expect_rcode(&l, one, "A", RCODE_NXDOMAIN);
	apply_pod(&l, "10.9.0.1", "Running", "");
	expect_rcode(&l, one, "A", RCODE_NOERROR);
	apply_pod(&l, "10.9.0.2", "Running", "");
	expect_rcode(&l, one, "A", RCODE_NXDOMAIN);
	expect_rcode(&l, two, "A", RCODE_NOERROR);
	apply_pod(&l, "10.9.0.2", "Running", ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"");
	expect_rcode(&l, two, "A", RCODE_NOERROR);
	apply_pod(&l, "10.9.0.2", "Failed", "");
	expect_rcode(&l, two, "A", RCODE_NXDOMAIN);
	apply_pod(&l, "10.9.0.2", "Running", "");
	fake_api_delete(&l.api, KIND_POD, "experiments", "p");
	expect_rcode(&l, two, "A", RCODE_NXDOMAIN);
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_follow_events_before_the_event_call_returns),
		cmocka_unit_test(a_slice_that_changes_its_service_leaves_the_former_one),
		cmocka_unit_test(short_names_are_completed_with_a_cname),
		cmocka_unit_test(without_search_a_short_name_says_which_option_is_missing),
		cmocka_unit_test(negative_answers_say_why_to_those_who_speak_edns),
		cmocka_unit_test(before_all_has_arrived_what_is_missing_is_a_server_failure),
		cmocka_unit_test(sizes_are_kept_and_truncated_replies_come_whole_over_tcp),
		cmocka_unit_test(every_address_comes_first_in_its_turn),
		cmocka_unit_test(the_serial_moves_with_records_and_with_nothing_else),
		cmocka_unit_test(a_port_that_is_taken_is_an_error_even_by_one_of_us),
		cmocka_unit_test(answers_are_whole_while_records_change),
		cmocka_unit_test(
			a_verified_pod_answers_from_its_address_until_it_has_ended_or_is_gone),
		cmocka_unit_test(answers_leave_from_the_address_that_was_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
