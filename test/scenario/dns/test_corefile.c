/* What a Corefile decides beside the kubernetes block, on the whole server over loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

static void start(struct lab *l, struct dns_config *config)
{
	config->listen.port = 0;
	config->threads = 1;
	lab_init(l);
	fake_api_sync(&l->api);
	lab_start(l, config);
}

static void expect(unsigned port, const char *why, const char *name, unsigned rcode)
{
	struct client_reply *r = client_ask(
		port, &(struct client_question){ .name = name, .type = "A" });
	if (r->rcode != rcode || r->count[0] + r->count[1] > 0) {
		fail_msg("%s: %s has %s", why, name, rcode_name(r->rcode));
	}
	free(r);
}

static void names_of_the_block_that_nobody_answers_are_servfail_and_others_refused(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.block = "cluster.local. Example.org";
	config.no_short = true;
	start(&l, &config);
	expect(l.port, "in the block", "example.org.", RCODE_SERVFAIL);
	expect(l.port, "in the block, in any case", "a.EXAMPLE.ORG.", RCODE_SERVFAIL);
	expect(l.port, "beside the block", "example.net.", RCODE_REFUSED);
	expect(l.port, "only its end is the block's", "anexample.org.", RCODE_REFUSED);
	expect(l.port, "a short name is a name like others", "db.", RCODE_REFUSED);
	lab_deinit(&l);
	config.block = ".";
	start(&l, &config);
	expect(l.port, "everything is in the root", "db.", RCODE_SERVFAIL);
	lab_deinit(&l);
}

static void a_block_that_is_no_name_is_an_error(void **state)
{
	(void)state;
	struct lab l;
	struct dns_server *s = NULL;
	struct dns_config config = dns_config_default();
	lab_init(&l);
	config.listen.port = 0;
	config.block = "a b..c";
	assert_int_equal(dns_server_open(&l.loop, l.clock, &l.api.api, &config, &s), ERR_BAD_NAME);
	lab_deinit(&l);
}

static void several_addresses_are_answered_by_one_server(void **state)
{
	static const struct option_addr more[] = { { "127.0.0.2", 0 }, { "127.0.0.3", 0 } };
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.more = more;
	config.n_more = ARRAY_LEN(more);
	start(&l, &config);
	static const char *const servers[] = { "127.0.0.1", "127.0.0.2", "127.0.0.3" };
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		struct client_reply *r = client_ask(dns_server_port_at(l.server, i),
			&(struct client_question){
				.name = "cluster.local.", .type = "SOA", .server = servers[i] });
		assert_int_equal(r->rcode, RCODE_NOERROR);
		free(r);
	}
	lab_deinit(&l);
}

static void one_address_of_several_that_is_taken_is_an_error(void **state)
{
	(void)state;
	struct lab l;
	struct dns_server *second = NULL;
	struct dns_config config = dns_config_default();
	start(&l, &config);
	const struct option_addr taken = { "127.0.0.1", l.port };
	config.listen = (struct option_addr){ "127.0.0.2", 0 };
	config.more = &taken;
	config.n_more = 1;
	assert_int_equal(
		dns_server_open(&l.loop, l.clock, &l.api.api, &config, &second), UV_EADDRINUSE);
	lab_deinit(&l);
}

static void no_port_is_taken_before_it_is_told_to_listen(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.listen_later = true;
	lab_init(&l);
	assert_int_equal(dns_server_open(&l.loop, l.clock, &l.api.api, &config, &l.server), ERR_OK);
	assert_int_equal(dns_server_port(l.server), 0);
	assert_false(dns_server_synced(l.server));
	fake_api_sync(&l.api);
	assert_true(dns_server_synced(l.server));
	assert_int_equal(dns_server_listen(l.server), ERR_OK);
	expect(dns_server_port(l.server), "it answers", "a.example.org.", RCODE_REFUSED);
	lab_deinit(&l);
}

static void a_server_that_never_listened_closes(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.listen_later = true;
	lab_init(&l);
	assert_int_equal(dns_server_open(&l.loop, l.clock, &l.api.api, &config, &l.server), ERR_OK);
	lab_deinit(&l);
}

static void without_loadbalance_addresses_keep_their_order(void **state)
{
	static const char slice[] =
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"s-x\",\"namespace\":\"n\",\"labels\":{"
		"\"kubernetes.io/service-name\":\"s\"}},\"addressType\":\"IPv4\",\"endpoints\":["
		"{\"addresses\":[\"10.0.0.1\"]},{\"addresses\":[\"10.0.0.2\"]},"
		"{\"addresses\":[\"10.0.0.3\"]},{\"addresses\":[\"10.0.0.4\"]}]}";
	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct lab l;
		struct dns_config config = dns_config_default();
		config.stages.balance = keep ? BALANCE_KEEP : BALANCE_ROUND_ROBIN;
		start(&l, &config);
		fake_api_apply(&l.api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":"
				       "{\"name\":\"n\"}}");
		fake_api_apply(&l.api,
			"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\","
			"\"namespace\":\"n\"},\"spec\":{\"clusterIP\":\"None\"}}");
		fake_api_apply(&l.api, slice);
		size_t changes = 0;
		char first[CLIENT_LINE] = "";
		for (int i = 0; i < 50; i++) { /* that a shuffle never shows: 4^-49 */
			struct client_reply *r = client_ask(
				l.port, &(struct client_question){
						.name = "s.n.svc.cluster.local.", .type = "A" });
			assert_int_equal(r->count[0], 4);
			changes += i > 0 && strcmp(first, r->lines[0][0]) != 0;
			(void)snprintf(first, sizeof(first), "%s", r->lines[0][0]);
			free(r);
		}
		assert_true(keep ? changes == 0 : changes > 0);
		lab_deinit(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			names_of_the_block_that_nobody_answers_are_servfail_and_others_refused),
		cmocka_unit_test(a_block_that_is_no_name_is_an_error),
		cmocka_unit_test(several_addresses_are_answered_by_one_server),
		cmocka_unit_test(one_address_of_several_that_is_taken_is_an_error),
		cmocka_unit_test(no_port_is_taken_before_it_is_told_to_listen),
		cmocka_unit_test(a_server_that_never_listened_closes),
		cmocka_unit_test(without_loadbalance_addresses_keep_their_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
