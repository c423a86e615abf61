/* What a server block says of its stages, on the whole server over loopback: the order of addresses, what is logged, which
 * failures are said together, who may have which zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

#define NAME "s.n.svc.cluster.local."

static void apply_endpoints(struct lab *l)
{
	fake_api_apply(&l->api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\"}}");
	fake_api_apply(&l->api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\","
		"\"namespace\":\"n\"},\"spec\":{\"clusterIP\":\"None\"}}");
	fake_api_apply(&l->api,
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"s-x\",\"namespace\":\"n\",\"labels\":{"
		"\"kubernetes.io/service-name\":\"s\"}},\"addressType\":\"IPv4\",\"ports\":[{"
		"\"name\":\"p\",\"port\":1}],\"endpoints\":["
		"{\"addresses\":[\"10.0.0.1\"]},{\"addresses\":[\"10.1.0.2\"]},"
		"{\"addresses\":[\"10.2.0.3\"]},{\"addresses\":[\"10.1.0.4\"]}]}");
}

static void start(struct lab *l, const struct stage_options *stages)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.block = "cluster.local";
	config.stages = *stages;
	config.kube.addresses = "10.244.0.99";
	lab_init(l);
	fake_api_sync(&l->api);
	lab_start(l, &config);
	apply_endpoints(l);
}

static struct client_reply *ask(const struct lab *l, const char *name, const char *type, bool tcp)
{
	return client_ask(
		l->port, &(struct client_question){
				 .name = name, .type = type, .tcp = tcp, .edns_bytes = 1232 });
}

/* The last field of the i-th record of a section. */
static const char *data_of(const struct client_reply *r, int section, size_t i)
{
	assert_true(i < r->count[section]);
	return strrchr(r->lines[section][i], ' ') + 1;
}

static void preferred_networks_come_first_in_their_order(void **state)
{
	struct lab l;
	(void)state;
	start(&l, &(struct stage_options){ .prefer = "10.2.0.0/16 10.1.0.0/16 fd00::/8" });
	for (int i = 0; i < 20; i++) {
		struct client_reply *r = ask(&l, NAME, "A", false);
		assert_int_equal(r->count[0], 4);
		assert_string_equal(data_of(r, 0, 0), "10.2.0.3");
		assert_true(strncmp(data_of(r, 0, 1), "10.1.", 5) == 0);
		assert_true(strncmp(data_of(r, 0, 2), "10.1.", 5) == 0);
		assert_string_equal(data_of(r, 0, 3), "10.0.0.1");
		free(r);
		r = ask(&l, NAME, "SRV", false);
		assert_int_equal(r->count[0], 4);
		assert_string_equal(data_of(r, 2, 0), "10.2.0.3");
		assert_string_equal(data_of(r, 2, 3), "10.0.0.1");
		assert_true(strncmp(r->lines[2][0], "10-2-0-3.", 9) == 0); /* with its owner */
		free(r);
	}
	lab_deinit(&l);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* How often each address comes first in so many replies. */
static void count_first(const struct lab *l, unsigned n, unsigned out[4])
{
	static const char *const all[] = { "10.0.0.1", "10.1.0.2", "10.2.0.3", "10.1.0.4" };
	memset(out, 0, 4 * sizeof(*out));
	for (unsigned i = 0; i < n; i++) {
		struct client_reply *r = ask(l, "S.n.svc.cluster.local.", "A", false);
		assert_int_equal(r->count[0], 4);
		for (size_t k = 0; k < 4; k++) {
			out[k] += strcmp(data_of(r, 0, 0), all[k]) == 0;
		}
		free(r);
	}
	assert_int_equal(out[0] + out[1] + out[2] + out[3], n);
}

static void a_heavy_address_comes_first_most_often_and_the_file_is_read_again(void **state)
{
	char path[] = "/tmp/ordinal-weights.XXXXXX";
	unsigned first[4];
	struct lab l;
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	write_file(path, NAME "\n10.1.0.2 255\n");
	start(&l, &(struct stage_options){
			  .balance = BALANCE_WEIGHTED, .weights = path, .reload_ms = 5 });
	count_first(&l, 100, first);
	assert_true(first[1] > 50);         /* 255 of 258: fewer never, as far as that goes */
	write_file(path, "10.1.0.2 255\n"); /* wrong: the former weights stand */
	for (int i = 0; i < 20; i++) {
		(void)uv_run(&l.loop, UV_RUN_ONCE);
	}
	count_first(&l, 100, first);
	assert_true(first[1] > 50);
	write_file(path, NAME "\n10.0.0.1 255\n");
	do {
		(void)uv_run(&l.loop, UV_RUN_ONCE); /* the test's limit ends it otherwise */
		count_first(&l, 20, first);
	} while (first[0] <= 10);
	lab_deinit(&l);
	assert_int_equal(unlink(path), 0);
}

static void without_its_file_weighted_does_not_start_unless_it_is_looked_for_again(void **state)
{
	struct lab l;
	struct dns_config config = dns_config_default();
	struct dns_server *s = NULL;
	(void)state;
	config.listen.port = 0;
	config.stages.balance = BALANCE_WEIGHTED;
	config.stages.weights = "/nowhere/weights";
	lab_init(&l);
	assert_int_equal(dns_server_open(&l.loop, l.clock, &l.api.api, &config, &s), UV_ENOENT);
	lab_deinit(&l);
	config.stages.reload_ms = 60000;
	start(&l, &config.stages);
	unsigned first[4];
	count_first(&l, 4, first);
	lab_deinit(&l);
}

static void the_longest_zone_says_who_may_have_it(void **state)
{
	static const struct transfer_rule rules[] = {
		{ ".", "192.0.2.1" },
		{ "in-addr.arpa cluster.local", "127.0.0.1" },
		{ "cluster.local", "192.0.2.1" }, /* the same zone again: the first counts */
		{ "example.org", "*" },
	};
	struct lab l;
	(void)state;
	start(&l, &(struct stage_options){ .transfers = rules, .n_transfers = ARRAY_LEN(rules) });
	struct client_reply *r = ask(&l, "cluster.local.", "AXFR", true);
	assert_int_equal(r->rcode, RCODE_NOERROR);
	assert_true(r->count[0] > 3);
	free(r);
	r = ask(&l, "ip6.arpa.", "AXFR", true);
	assert_int_equal(r->rcode, RCODE_REFUSED);
	free(r);
	r = ask(&l, "cluster.local.", "AXFR", false);
	assert_int_equal(r->rcode, RCODE_REFUSED);
	free(r);
	r = ask(&l, "n.svc.cluster.local.", "AXFR", true); /* no zone, but inside of one */
	assert_int_equal(r->rcode, RCODE_SERVFAIL);
	free(r);
	lab_deinit(&l);
}

static void without_transfer_zones_are_refused_and_other_names_fail(void **state)
{
	static const char *const types[] = { "AXFR", "IXFR" };
	struct lab l;
	struct dns_config config = dns_config_default();
	(void)state;
	config.listen.port = 0;
	config.threads = 1;
	config.block = ".";
	config.no_short = true;
	lab_init(&l);
	lab_start(&l, &config); /* not synced: that makes no difference */
	for (int i = 0; i < 4; i++) {
		struct client_reply *r = ask(&l, "cluster.local.", types[i / 2], i % 2);
		assert_int_equal(r->rcode, RCODE_REFUSED);
		free(r);
		r = ask(&l, "x.cluster.local.", types[i / 2], i % 2);
		assert_int_equal(r->rcode, RCODE_REFUSED);
		free(r);
		r = ask(&l, "example.org.", types[i / 2], i % 2);
		assert_int_equal(r->rcode, RCODE_SERVFAIL);
		free(r);
	}
	lab_deinit(&l);
}

/* ---- what goes to standard error ---- */

static int real_stderr;
static char captured[65536];

static FILE *capture_begin(void)
{
	FILE *f = tmpfile();
	assert_non_null(f);
	real_stderr = dup(STDERR_FILENO);
	assert_true(real_stderr >= 0);
	assert_true(dup2(fileno(f), STDERR_FILENO) >= 0);
	return f;
}

/* Leaves where it is written alone: the descriptors share that place. */
static size_t lines_so_far(FILE *f)
{
	ssize_t n = pread(fileno(f), captured, sizeof(captured) - 1, 0);
	size_t lines = 0;
	for (ssize_t i = 0; i < n; i++) {
		lines += captured[i] == '\n';
	}
	return lines;
}

static const char *capture_end(FILE *f)
{
	assert_true(dup2(real_stderr, STDERR_FILENO) >= 0);
	(void)close(real_stderr);
	rewind(f);
	size_t n = fread(captured, 1, sizeof(captured) - 1, f);
	captured[n] = '\0';
	(void)fclose(f);
	return captured;
}

static size_t times(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) {
		n++;
	}
	return n;
}

static void the_first_rule_that_knows_a_name_says_what_is_logged(void **state)
{
	static const struct log_rule rules[] = {
		{ "n.svc.cluster.local", "{name} {type} n {rcode}", LOG_CLASS_SUCCESS },
		{ "cluster.local", "{name} {type} zone {rcode}",
			LOG_CLASS_DENIAL | LOG_CLASS_ERROR },
		{ ".", "{name} {type} other", LOG_CLASS_ALL },
	};
	struct lab l;
	(void)state;
	FILE *f = capture_begin();
	start(&l, &(struct stage_options){ .logs = rules, .n_logs = ARRAY_LEN(rules) });
	free(ask(&l, "S.N.svc.cluster.local.", "A", false));
	free(ask(&l, "gone.n.svc.cluster.local.", "A", false)); /* its rule wants successes only */
	free(ask(&l, "gone.svc.cluster.local.", "A", false));
	free(ask(&l, "svc.cluster.local.", "A", false)); /* NODATA is a denial */
	free(ask(&l, "cluster.local.", "SOA", false));   /* a success: not wanted */
	free(ask(&l, "cluster.local.", "AXFR", true));   /* REFUSED, and never a success */
	free(ask(&l, "example.org.", "A", false));       /* nobody's: not in the block */
	lab_deinit(&l);
	const char *log = capture_end(f);
	assert_int_equal(times(log, "\n"), 4);
	assert_int_equal(times(log, "s.n.svc.cluster.local. A n NOERROR\n"), 1);
	assert_int_equal(times(log, "gone.svc.cluster.local. A zone NXDOMAIN\n"), 1);
	assert_int_equal(times(log, " svc.cluster.local. A zone NOERROR\n"), 1);
	assert_int_equal(times(log, "cluster.local. AXFR zone REFUSED\n"), 1);
}

static void failures_that_look_alike_are_said_together(void **state)
{
	static const struct consolidate_rule rules[] = {
		{ "1h", 3600000, "^nothing answers", LOG_WARN, false },
		{ "1h", 3600000, "nothing", LOG_ERROR, false },
	};
	struct lab l;
	struct dns_config config = dns_config_default();
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct consolidate_rule shown[2] = { rules[0], rules[1] };
		shown[0].show_first = first;
		config.listen.port = 0;
		config.threads = 2;
		config.block = ".";
		config.no_short = true;
		config.stages = (struct stage_options){
			.errors = true, .consolidate = shown, .n_consolidate = ARRAY_LEN(shown)
		};
		FILE *f = capture_begin();
		lab_init(&l);
		fake_api_sync(&l.api);
		lab_start(&l, &config);
		for (int i = 0; i < 5; i++) {
			free(ask(&l, "example.org.", "A", false));
		}
		lab_deinit(&l); /* the period ends with it */
		const char *log = capture_end(f);
		assert_int_equal(
			times(log, "5 errors like '^nothing answers' occurred in last 1h"), 1);
		assert_int_equal(times(log, "SERVFAIL example.org. A: nothing answers it"), first);
		assert_int_equal(times(log, "\n"), 1 + first);
	}
}

static void a_period_ends_by_itself_and_the_next_one_counts_anew(void **state)
{
	static const struct consolidate_rule rule = { "20ms", 20, "nothing", LOG_ERROR, false };
	struct lab l;
	struct dns_config config = dns_config_default();
	(void)state;
	config.listen.port = 0;
	config.threads = 1;
	config.block = ".";
	config.no_short = true;
	config.stages = (struct stage_options){
		.errors = true, .consolidate = &rule, .n_consolidate = 1
	};
	FILE *f = capture_begin();
	lab_init(&l);
	fake_api_sync(&l.api);
	lab_start(&l, &config);
	for (size_t said = 1; said <= 2; said++) {
		free(ask(&l, "example.org.", "A", false));
		do {
			(void)uv_run(&l.loop, UV_RUN_ONCE); /* the test's limit ends it otherwise */
		} while (lines_so_far(f) < said);
	}
	lab_deinit(&l);
	assert_int_equal(times(capture_end(f), "1 errors like 'nothing' occurred in last 20ms"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(preferred_networks_come_first_in_their_order),
		cmocka_unit_test(a_heavy_address_comes_first_most_often_and_the_file_is_read_again),
		cmocka_unit_test(
			without_its_file_weighted_does_not_start_unless_it_is_looked_for_again),
		cmocka_unit_test(the_longest_zone_says_who_may_have_it),
		cmocka_unit_test(without_transfer_zones_are_refused_and_other_names_fail),
		cmocka_unit_test(the_first_rule_that_knows_a_name_says_what_is_logged),
		cmocka_unit_test(failures_that_look_alike_are_said_together),
		cmocka_unit_test(a_period_ends_by_itself_and_the_next_one_counts_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
