/* Several server blocks in one server over loopback: each answers its zones in its own way, on the addresses it is bound
 * to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/db.h"
#include "test/scenario/dns/lab.h"

static const struct option_addr second = { "127.0.0.2", 0 };

static struct dns_config block(const char *zones, const char *kube_zones)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.block = zones;
	config.no_short = true;
	config.listen_later = true;
	config.kube.zones = kube_zones;
	config.kube.addresses = "10.244.0.99";
	config.no_kube = !kube_zones;
	config.stages.balance = BALANCE_KEEP;
	return config;
}

static void start(struct lab *l, const struct dns_config *blocks, size_t n)
{
	lab_init(l);
	assert_int_equal(
		dns_server_open(&l->loop, l->clock, &l->api.api, &blocks[0], &l->server), ERR_OK);
	for (size_t i = 1; i < n; i++) {
		assert_int_equal(dns_server_add(l->server, &blocks[i]), ERR_OK);
	}
	assert_false(dns_server_synced(l->server));
	fake_api_sync(&l->api);
	assert_true(dns_server_synced(l->server));
	assert_int_equal(dns_server_listen(l->server), ERR_OK);
	l->port = dns_server_port(l->server);
	fake_api_apply(&l->api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":"
				"{\"name\":\"n\"}}");
	fake_api_apply(&l->api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\","
		"\"namespace\":\"n\"},\"spec\":{\"clusterIP\":\"10.0.0.7\",\"clusterIPs\":["
		"\"10.0.0.7\"]}}");
}

static void expect(
	unsigned port, const char *server, const char *name, unsigned rcode, const char *answer)
{
	struct client_reply *r = client_ask(
		port, &(struct client_question){ .name = name, .type = "A", .server = server });
	const char *got = r->count[0] > 0 ? r->lines[0][0] : "";
	if (r->rcode != rcode || strcmp(got, answer) != 0) {
		fail_msg("%s at %s: %s \"%s\"", name, server, rcode_name(r->rcode), got);
	}
	free(r);
}

static void blocks_share_an_address_and_each_answers_its_zones_in_its_own_way(void **state)
{
	struct dns_config blocks[] = {
		block("a.test", "a.test"),
		block("b.a.test c.test", "b.a.test c.test"),
		block("bare.a.test", NULL),
		block("empty.a.test", NULL),
	};
	struct lab l;
	(void)state;
	blocks[0].kube.ttl = 30;
	blocks[1].kube.ttl = 60;
	blocks[1].kube.pods = KUBE_PODS_INSECURE;
	blocks[2].stages.errors = true;
	start(&l, blocks, ARRAY_LEN(blocks));
	assert_int_equal(dns_server_n_addrs(l.server), 1);
	expect(l.port, NULL, "s.n.svc.a.test.", RCODE_NOERROR, "s.n.svc.a.test. 30 IN A 10.0.0.7");
	expect(l.port, NULL, "S.n.svc.B.a.test.", RCODE_NOERROR,
		"S.n.svc.B.a.test. 60 IN A 10.0.0.7");
	expect(l.port, NULL, "s.n.svc.c.test.", RCODE_NOERROR, "s.n.svc.c.test. 60 IN A 10.0.0.7");
	expect(l.port, NULL, "1-2-3-4.n.pod.c.test.", RCODE_NOERROR,
		"1-2-3-4.n.pod.c.test. 60 IN A 1.2.3.4");
	expect(l.port, NULL, "1-2-3-4.n.pod.a.test.", RCODE_NXDOMAIN, "");
	expect(l.port, NULL, "s.n.svc.bare.a.test.", RCODE_SERVFAIL, "");
	expect(l.port, NULL, "s.n.svc.empty.a.test.", RCODE_REFUSED, "");
	expect(l.port, NULL, "test.", RCODE_REFUSED, "");
	lab_deinit(&l);
}

static void an_address_answers_only_for_the_blocks_that_are_bound_to_it(void **state)
{
	struct dns_config blocks[] = { block("a.test", "a.test"), block("b.test", "b.test") };
	struct lab l;
	(void)state;
	blocks[1].more = &second;
	blocks[1].n_more = 1;
	start(&l, blocks, ARRAY_LEN(blocks));
	assert_int_equal(dns_server_n_addrs(l.server), 2);
	assert_string_equal(dns_server_addr_at(l.server, 1)->host, second.host);
	unsigned port = dns_server_port_at(l.server, 1);
	expect(l.port, NULL, "s.n.svc.a.test.", RCODE_NOERROR, "s.n.svc.a.test. 5 IN A 10.0.0.7");
	expect(l.port, NULL, "s.n.svc.b.test.", RCODE_NOERROR, "s.n.svc.b.test. 5 IN A 10.0.0.7");
	expect(port, second.host, "s.n.svc.a.test.", RCODE_REFUSED, "");
	expect(port, second.host, "s.n.svc.b.test.", RCODE_NOERROR,
		"s.n.svc.b.test. 5 IN A 10.0.0.7");
	lab_deinit(&l);
}

static void a_zone_of_another_block_on_the_address_is_an_error(void **state)
{
	struct dns_config blocks[] = { block("a.test", "a.test"), block("b.test A.test.", NULL) };
	struct lab l;
	(void)state;
	lab_init(&l);
	assert_int_equal(
		dns_server_open(&l.loop, l.clock, &l.api.api, &blocks[0], &l.server), ERR_OK);
	assert_int_equal(dns_server_add(l.server, &blocks[1]), ERR_EXISTS);
	lab_deinit(&l);
	blocks[1].listen = second;
	start(&l, blocks, ARRAY_LEN(blocks)); /* elsewhere it is none */
	lab_deinit(&l);
}

static void without_kubernetes_no_cluster_is_needed(void **state)
{
	struct dns_config bare = block("a.test", NULL);
	struct watch_freshness fresh;
	struct lab l;
	(void)state;
	bare.listen_later = false;
	bare.stages.errors = true;
	lab_init(&l);
	assert_int_equal(dns_server_open(&l.loop, l.clock, NULL, &bare, &l.server), ERR_OK);
	dns_server_freshness(l.server, &fresh);
	assert_true(fresh.synced && fresh.in_step);
	assert_int_equal(dns_server_addresses(l.server, STRV("a.test.")), 0);
	expect(dns_server_port(l.server), NULL, "a.test.", RCODE_SERVFAIL, "");
	lab_deinit(&l);
}

/* A block that holds queries shares the slots of its threads with one that does not. */
static void a_query_that_one_block_holds_is_answered_when_its_name_is_there(void **state)
{
	struct dns_config blocks[] = { block("test", NULL), db_config() };
	struct client_question held = { .name = "db-0." DB_SERVICE, .type = "A" };
	struct lab l;
	(void)state;
	blocks[0].stages.errors = true;
	blocks[1].listen_later = true;
	blocks[1].block = "cluster.local";
	blocks[1].no_short = true;
	blocks[1].kube.hold_ms = KUBE_HOLD_MAX_MS;
	start(&l, blocks, ARRAY_LEN(blocks));
	fake_api_apply(&l.api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":"
			       "{\"name\":\"ns\"}}");
	db_service(&l, "db");
	db_set(&l, 0, 1, "OrderedReady", "");
	int fd = client_udp(l.port, NULL);
	client_put(fd, &held, 9);
	expect(l.port, NULL, "x.test.", RCODE_SERVFAIL, ""); /* by the same thread, later */
	assert_false(client_has(fd));
	db_ready(&l, 0, 1, 1);
	struct client_reply *r = client_take(fd, false);
	assert_int_equal(r->header.id, 9);
	assert_int_equal(r->count[0], 1);
	free(r);
	(void)close(fd);
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_share_an_address_and_each_answers_its_zones_in_its_own_way),
		cmocka_unit_test(an_address_answers_only_for_the_blocks_that_are_bound_to_it),
		cmocka_unit_test(a_zone_of_another_block_on_the_address_is_an_error),
		cmocka_unit_test(without_kubernetes_no_cluster_is_needed),
		cmocka_unit_test(a_query_that_one_block_holds_is_answered_when_its_name_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
