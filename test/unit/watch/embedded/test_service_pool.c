/* Service addresses and node ports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/embedded/service_pool.h"

static void take(struct service_pool *p, const char *want)
{
	char ip[SERVICE_IP_CHARS + 1];
	assert_int_equal(service_pool_choose(p, ip), ERR_OK);
	assert_string_equal(ip, want);
	service_pool_account(p, strv_of(ip), true);
}

static void the_lower_band_is_left_to_those_who_ask(void **state)
{
	struct service_pool p;
	char text[SERVICE_IP_CHARS + 1];
	(void)state;
	assert_int_equal(service_pool_init(&p, STRV("10.96.0.0/16")), ERR_OK);
	service_pool_first(&p, text);
	assert_string_equal(text, "10.96.0.1");
	take(&p, "10.96.1.0");
	take(&p, "10.96.1.1");
	service_pool_account(&p, STRV("10.96.1.0"), false);
	take(&p, "10.96.1.2"); /* a freed one comes back last */
	service_pool_deinit(&p);
}

static void an_address_that_is_asked_for_is_checked(void **state)
{
	struct service_pool p;
	(void)state;
	assert_int_equal(service_pool_init(&p, STRV("10.96.0.0/16")), ERR_OK);
	assert_int_equal(service_pool_check(&p, STRV("10.96.0.10")), ERR_OK);
	service_pool_account(&p, STRV("10.96.0.10"), true);
	assert_int_equal(service_pool_check(&p, STRV("10.96.0.10")), ERR_EXISTS);
	assert_int_equal(service_pool_check(&p, STRV("10.96.0.0")), ERR_RANGE);
	assert_int_equal(service_pool_check(&p, STRV("10.96.255.255")), ERR_RANGE);
	assert_int_equal(service_pool_check(&p, STRV("10.97.0.1")), ERR_RANGE);
	assert_int_equal(service_pool_check(&p, STRV("fd00::1")), ERR_SYNTAX);
	service_pool_account(&p, STRV("192.0.2.1"), true); /* none of its own: ignored */
	service_pool_deinit(&p);
}

static void a_full_range_says_so_and_the_lower_band_is_used_last(void **state)
{
	struct service_pool p;
	char ip[SERVICE_IP_CHARS + 1];
	(void)state;
	assert_int_equal(service_pool_init(&p, STRV("10.0.0.0/26")), ERR_OK);
	take(&p, "10.0.0.16");
	for (int i = 17; i < 63; i++) {
		assert_int_equal(service_pool_choose(&p, ip), ERR_OK);
		service_pool_account(&p, strv_of(ip), true);
	}
	assert_string_equal(ip, "10.0.0.62");
	take(&p, "10.0.0.1");
	for (int i = 2; i < 16; i++) {
		assert_int_equal(service_pool_choose(&p, ip), ERR_OK);
		service_pool_account(&p, strv_of(ip), true);
	}
	assert_int_equal(service_pool_choose(&p, ip), ERR_NO_SPACE);
	service_pool_account(&p, STRV("10.0.0.40"), false);
	take(&p, "10.0.0.40");
	service_pool_deinit(&p);
}

static void ranges_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = { "", "10.96.0.0", "10.96.0.0/", "10.96.0.0/8",
		"10.96.0.0/31", "x/16", "10.96.0.0/16x", "fd00::/112" };
	struct service_pool p;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (service_pool_init(&p, strv_of(bad[i])) == ERR_OK) {
			fail_msg("%s was accepted", bad[i]);
		}
	}
}

static void node_ports_are_given_once(void **state)
{
	struct service_pool p;
	int64_t port = 0;
	const int64_t mine[] = { 30001 };
	(void)state;
	assert_int_equal(service_pool_init(&p, STRV("10.96.0.0/16")), ERR_OK);
	assert_int_equal(node_port_choose(&p, NULL, 0, &port), ERR_OK);
	assert_int_equal(port, 30000);
	node_port_account(&p, port, true);
	assert_true(node_port_is_taken(&p, 30000));
	assert_int_equal(node_port_choose(&p, mine, 1, &port), ERR_OK);
	assert_int_equal(port, 30002);
	for (int64_t i = NODE_PORT_MIN; i <= NODE_PORT_MAX; i++) {
		node_port_account(&p, i, true);
	}
	assert_int_equal(node_port_choose(&p, NULL, 0, &port), ERR_NO_SPACE);
	node_port_account(&p, 31000, false);
	assert_int_equal(node_port_choose(&p, NULL, 0, &port), ERR_OK);
	assert_int_equal(port, 31000);
	assert_false(node_port_is_taken(&p, 80));
	service_pool_deinit(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lower_band_is_left_to_those_who_ask),
		cmocka_unit_test(an_address_that_is_asked_for_is_checked),
		cmocka_unit_test(a_full_range_says_so_and_the_lower_band_is_used_last),
		cmocka_unit_test(ranges_that_make_no_sense_are_refused),
		cmocka_unit_test(node_ports_are_given_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
