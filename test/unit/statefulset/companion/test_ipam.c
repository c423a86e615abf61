/* Pod addresses: fresh ones in order, freed ones last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "statefulset/companion/ipam.h"

#define NET 0x0a000000u /* 10.0.0.0 */

static struct ipam *book(unsigned bits, unsigned first)
{
	struct option_cidr cidr = { .address = "10.0.0.0", .prefix_bits = bits };
	struct ipam *m = NULL;
	assert_int_equal(ipam_new(&cidr, first, &m), ERR_OK);
	return m;
}

static uint32_t take(struct ipam *m)
{
	uint32_t a = 0;
	assert_int_equal(ipam_take(m, &a), ERR_OK);
	return a;
}

static void fresh_addresses_come_in_order_before_freed_ones(void **state)
{
	(void)state;
	struct ipam *m = book(29, 2); /* .2 to .6 */
	assert_int_equal(take(m), NET + 2);
	assert_int_equal(take(m), NET + 3);
	assert_int_equal(take(m), NET + 4);
	ipam_release(m, NET + 3);
	ipam_release(m, NET + 2);
	assert_int_equal(take(m), NET + 5);
	assert_int_equal(take(m), NET + 6);
	assert_int_equal(take(m), NET + 3); /* freed first */
	assert_int_equal(take(m), NET + 2);
	uint32_t none = 7;
	assert_int_equal(ipam_take(m, &none), ERR_NO_SPACE);
	assert_int_equal(none, 7);
	ipam_free(m);
}

static void an_address_given_back_twice_is_given_out_once(void **state)
{
	(void)state;
	struct ipam *m = book(30, 1); /* .1 and .2 */
	(void)take(m);
	(void)take(m);
	ipam_release(m, NET + 1);
	ipam_release(m, NET + 1);
	ipam_release(m, NET + 77); /* not ours */
	assert_int_equal(take(m), NET + 1);
	uint32_t none;
	assert_int_equal(ipam_take(m, &none), ERR_NO_SPACE);
	ipam_free(m);
}

static void many_freed_addresses_keep_their_order(void **state)
{
	(void)state;
	struct ipam *m = book(24, 1); /* 254 addresses */
	for (uint32_t i = 1; i <= 254; i++) {
		assert_int_equal(take(m), NET + i);
	}
	for (uint32_t i = 1; i <= 254; i++) {
		ipam_release(m, NET + i);
	}
	for (uint32_t i = 1; i <= 254; i++) {
		assert_int_equal(take(m), NET + i);
	}
	ipam_free(m);
}

static void an_address_in_use_already_is_passed_over(void **state)
{
	(void)state;
	struct ipam *m = book(29, 2); /* .2 to .6 */
	ipam_reserve(m, NET + 3);
	ipam_reserve(m, NET + 5);
	ipam_reserve(m, NET + 77); /* not ours */
	assert_int_equal(take(m), NET + 2);
	assert_int_equal(take(m), NET + 4);
	ipam_release(m, NET + 5); /* never given: fresh again */
	assert_int_equal(take(m), NET + 5);
	assert_int_equal(take(m), NET + 6);
	ipam_release(m, NET + 3);
	ipam_release(m, NET + 4);
	ipam_reserve(m, NET + 3); /* among the freed */
	assert_int_equal(take(m), NET + 4);
	uint32_t none;
	assert_int_equal(ipam_take(m, &none), ERR_NO_SPACE);
	ipam_free(m);
}

static void a_network_without_room_is_refused(void **state)
{
	(void)state;
	struct option_cidr cidr = { .address = "10.0.0.0", .prefix_bits = 29 };
	struct ipam *m = NULL;
	assert_int_equal(ipam_new(&cidr, 7, &m), ERR_RANGE);
	cidr.prefix_bits = 32;
	assert_int_equal(ipam_new(&cidr, 0, &m), ERR_RANGE);
	assert_null(m);
}

static const struct {
	const char *why;
	struct option_cidr pods;
	bool fits;
} network_rows[] = {
	{ "the default", { "10.244.0.0", 16 }, true },
	{ "the least that holds .5", { "10.244.0.0", 29 }, true },
	{ "no .5 but the broadcast address", { "10.244.0.0", 30 }, false },
	{ "one address", { "10.244.0.3", 32 }, false },
	{ "everything", { "0.0.0.0", 0 }, false },
	{ "no network of hosts", { "0.1.0.0", 16 }, false },
	{ "loopback", { "127.0.0.0", 8 }, false },
	{ "link-local", { "169.254.0.0", 16 }, false },
	{ "multicast", { "239.0.0.0", 16 }, false },
	{ "reserved", { "255.255.255.0", 24 }, false },
	{ "the Services'", { "10.96.0.0", 16 }, false },
	{ "a part of the Services'", { "10.96.7.0", 24 }, false },
	{ "the Services' and more", { "10.0.0.0", 8 }, false },
	{ "right behind the Services'", { "10.97.0.0", 16 }, true },
	{ "the host's bits do not matter", { "10.244.0.99", 24 }, true },
	{ "no address", { "x", 24 }, false },
};

static void networks_that_pods_cannot_have_are_refused_with_a_reason(void **state)
{
	(void)state;
	const struct option_cidr services = { "10.96.0.0", 16 };
	for (size_t i = 0; i < ARRAY_LEN(network_rows); i++) {
		if ((ipam_refuses(&network_rows[i].pods, 5, &services) == NULL) !=
			network_rows[i].fits) {
			fail_msg("%s", network_rows[i].why);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_that_pods_cannot_have_are_refused_with_a_reason),
		cmocka_unit_test(fresh_addresses_come_in_order_before_freed_ones),
		cmocka_unit_test(an_address_given_back_twice_is_given_out_once),
		cmocka_unit_test(many_freed_addresses_keep_their_order),
		cmocka_unit_test(an_address_in_use_already_is_passed_over),
		cmocka_unit_test(a_network_without_room_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
