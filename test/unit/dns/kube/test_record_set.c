/* Record sets: what is kept of a Service, in which order, how it is found, how much memory it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/kube/record_set.h"

static struct ip ip_of(const char *text)
{
	struct ip ip;
	assert_int_equal(ip_parse(strv_of(text), &ip), ERR_OK);
	return ip;
}

#define IPS_MAX 1100
/* A slice of n endpoints: addresses in text, hostnames NULL for none, not ready where the text begins with '!'. */
static struct slice_part *slice_of(const char *name, const char *const *rows, size_t n)
{
	static struct ip ips[IPS_MAX];
	static struct slice_endpoint endpoints[IPS_MAX];
	static const struct slice_port port = { .name = { "web", 3 }, .port = 80 };
	assert_true(n / 2 <= IPS_MAX);
	enum slice_family family = SLICE_V4;
	for (size_t i = 0; i < n / 2; i++) {
		const char *address = rows[2 * i];
		bool ready = address[0] != '!';
		ips[i] = ip_of(ready ? address : address + 1);
		family = ips[i].family == IP_V4 ? SLICE_V4 : SLICE_V6;
		endpoints[i] = (struct slice_endpoint){
			.ips = &ips[i],
			.n_ips = 1,
			.hostname = strv_of(rows[2 * i + 1]),
			.ready = { .set = !ready, .v = false },
		};
	}
	struct endpointslice s = {
		.family = family,
		.endpoints = endpoints,
		.n_endpoints = n / 2,
		.ports = &port,
		.n_ports = 1,
	};
	struct slice_part *p = slice_part_new(strv_of(name), &s, &(struct slice_keep){ 0 });
	assert_non_null(p);
	return p;
}

static const struct service_part *headless(void)
{
	static const struct part_port port = {
		.name = { "web", 3 }, .number = 80, .numbered = true
	};
	static const struct service_part s = { .headless = true, .ports = &port, .n_ports = 1 };
	return &s;
}

static struct record_set *build(struct slice_part **slices, size_t n)
{
	struct record_set *rs;
	assert_int_equal(
		record_set_new(&(struct set_parts){ headless(), slices, n, NULL }, &rs), ERR_OK);
	for (size_t i = 0; i < n; i++) {
		slice_part_free(slices[i]);
	}
	return rs;
}

static size_t count_name(const struct record_set *rs, const char *name)
{
	unsigned f;
	uint32_t i;
	size_t n = 0;
	for (struct set_walk w = set_walk(rs, strv_of(name)); set_next(&w, &f, &i);) {
		n++;
	}
	return n;
}

static void only_ready_endpoints_are_kept_sorted_by_address(void **state)
{
	static const char *const rows[] = { "10.0.0.9", "c", "!10.0.0.1", "a", "10.0.0.2", "b" };
	(void)state;
	struct slice_part *s = slice_of("s", rows, ARRAY_LEN(rows));
	struct record_set *rs = build(&s, 1);
	assert_int_equal(rs->n[0], 2);
	assert_memory_equal(set_addresses(rs, 0), "\12\0\0\2\12\0\0\11", 8);
	assert_int_equal(count_name(rs, "a"), 0);
	assert_int_equal(count_name(rs, "b"), 1);
	record_set_free(rs);
}

static void names_are_found_by_hostname_or_dashed_address_never_both(void **state)
{
	static const char *const v4[] = { "10.0.0.1", "Web-0", "10.0.0.2", NULL, "10.0.0.3", "dup",
		"10.0.0.4", "dup" };
	static const char *const v6[] = { "fd00::34", NULL, "2001:db8::", NULL, "fd00::1", "dup" };
	static const struct {
		const char *why, *name;
		size_t n;
	} rows[] = {
		{ "a hostname, asked in lower case", "web-0", 1 },
		{ "its dashed address is no name", "10-0-0-1", 0 },
		{ "without hostname the dashed address", "10-0-0-2", 1 },
		{ "one hostname, several addresses of both families", "dup", 3 },
		{ "a v6 address", "fd00--34", 1 },
		{ "a v6 address that ends in colons gets a 0", "2001-db8--0", 1 },
		{ "not in its other spelling", "2001-db8-0-0-0-0-0-0", 0 },
		{ "leading zeros are another text", "10-0-0-02", 0 },
		{ "nobody's", "10-0-0-5", 0 },
		{ "no address", "x", 0 },
	};
	(void)state;
	struct slice_part *s[2] = { slice_of("a", v4, ARRAY_LEN(v4)),
		slice_of("b", v6, ARRAY_LEN(v6)) };
	struct record_set *rs = build(s, 2);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = count_name(rs, rows[i].name);
		if (n != rows[i].n) {
			fail_msg("%s: %zu", rows[i].why, n);
		}
	}
	record_set_free(rs);
}

static void the_same_content_is_equal_and_other_content_is_not(void **state)
{
	static const char *const one[] = { "10.0.0.1", "a", "10.0.0.2", "b" };
	static const char *const other[] = { "10.0.0.1", "a", "10.0.0.2", "c" };
	static const char *const turned[] = { "10.0.0.2", "b", "10.0.0.1", "a", "!10.0.0.3", "c" };
	(void)state;
	struct slice_part *s = slice_of("x", one, 4);
	struct record_set *a = build(&s, 1);
	s = slice_of("y", turned, 6);
	struct record_set *b = build(&s, 1);
	s = slice_of("x", other, 4);
	struct record_set *c = build(&s, 1);
	assert_true(record_set_equal(a, b));
	assert_false(record_set_equal(a, c));
	assert_false(record_set_equal(a, NULL));
	record_set_free(a);
	record_set_free(b);
	record_set_free(c);
}

static void an_endpoint_with_a_hostname_takes_less_than_30_octets(void **state)
{
	enum { N = 1000 };
	static char text[N][2][32];
	static const char *rows[2 * N];
	(void)state;
	for (unsigned i = 0; i < N; i++) {
		(void)snprintf(text[i][0], 32, "10.1.%u.%u", i / 256, i % 256);
		(void)snprintf(text[i][1], 32, "stateful-%u", i);
		rows[2 * i] = text[i][0];
		rows[2 * i + 1] = text[i][1];
	}
	struct slice_part *s = slice_of("s", rows, ARRAY_LEN(rows));
	struct record_set *rs = build(&s, 1);
	assert_true(rs->bytes / N < 30);
	for (unsigned i = 0; i < N; i++) {
		assert_int_equal(count_name(rs, text[i][1]), 1);
	}
	record_set_free(rs);
}

static void every_name_of_a_very_large_service_is_found(void **state)
{
	enum { SLICES = 34, N = 1000 }; /* numbers beyond 15 bits */
	static char text[N][2][32];
	static const char *rows[2 * N];
	struct slice_part *slices[SLICES];
	char name[32];
	(void)state;
	for (unsigned s = 0; s < SLICES; s++) {
		for (unsigned i = 0; i < N; i++) {
			(void)snprintf(text[i][0], 32, "10.%u.%u.%u", s, i / 256, i % 256);
			(void)snprintf(text[i][1], 32, "w-%u", s * N + i);
			rows[2 * i] = text[i][0];
			rows[2 * i + 1] = text[i][1];
		}
		slices[s] = slice_of("s", rows, ARRAY_LEN(rows));
	}
	struct record_set *rs = build(slices, SLICES);
	for (unsigned i = 0; i < SLICES * N; i++) {
		(void)snprintf(name, sizeof(name), "w-%u", i);
		assert_int_equal(count_name(rs, name), 1);
	}
	assert_int_equal(count_name(rs, "w-34000"), 0);
	record_set_free(rs);
}

static void a_slice_without_a_service_is_kept_but_is_no_service(void **state)
{
	static const char *const one[] = { "10.0.0.1", "a" };
	struct record_set *rs;
	(void)state;
	struct slice_part *s = slice_of("x", one, 2);
	assert_int_equal(record_set_new(&(struct set_parts){ NULL, &s, 1, NULL }, &rs), ERR_OK);
	assert_false(rs->service);
	assert_int_equal(rs->n[0], 1);
	record_set_free(rs);
	slice_part_free(s);
}

static void addresses_of_pods_are_read_from_dashes(void **state)
{
	static const struct {
		const char *label;
		int family; /* -1: refused */
	} rows[] = {
		{ "1-2-3-4", 0 },
		{ "fd00--34", 1 },
		{ "--1", 1 },
		{ "1-2-3-256", -1 },
		{ "1-2-3-04", -1 },
		{ "1-2-3", -1 },
		{ "1-2-3-4-5", -1 },
		{ "", -1 },
		{ "a.b", -1 },
		{ "::1", -1 },
		{ "1111-1111-1111-1111-1111-1111-1111-1111-1111-1111-1111", -1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned family = 9;
		uint8_t out[16];
		int err = dashed_parse(strv_of(rows[i].label), &family, out);
		if ((err == ERR_OK) != (rows[i].family >= 0) ||
			(err == ERR_OK && (int)family != rows[i].family)) {
			fail_msg("%s: %s", rows[i].label, err_text(err));
		}
	}
}

static void endpoints_of_one_name_are_found_one_by_one_and_no_other_name_is_lost(void **state)
{
	(void)state;
	static const char *rows[2 * IPS_MAX];
	static char ips[IPS_MAX][16], names[IPS_MAX][16];
	for (unsigned i = 0; i < IPS_MAX; i++) { /* of three, two have the same name */
		(void)snprintf(ips[i], sizeof(ips[i]), "10.1.%u.%u", i >> 8, i & 255);
		(void)snprintf(names[i], sizeof(names[i]), "own-%u", i);
		rows[2 * i] = ips[i];
		rows[2 * i + 1] = i % 3 == 0 ? names[i] : "Same";
	}
	struct slice_part *slice = slice_of("s", rows, ARRAY_LEN(rows));
	struct record_set *rs = build(&slice, 1);
	size_t twins = 0;
	for (unsigned i = 0; i < IPS_MAX; i++) {
		assert_int_equal(count_name(rs, names[i]), i % 3 == 0);
		twins += set_endpoints(rs, 0)[i].twin;
	}
	assert_int_equal(count_name(rs, "same"), IPS_MAX - (IPS_MAX + 2) / 3);
	assert_int_equal(twins, count_name(rs, "same") - 1);
	free(rs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_ready_endpoints_are_kept_sorted_by_address),
		cmocka_unit_test(names_are_found_by_hostname_or_dashed_address_never_both),
		cmocka_unit_test(the_same_content_is_equal_and_other_content_is_not),
		cmocka_unit_test(an_endpoint_with_a_hostname_takes_less_than_30_octets),
		cmocka_unit_test(every_name_of_a_very_large_service_is_found),
		cmocka_unit_test(a_slice_without_a_service_is_kept_but_is_no_service),
		cmocka_unit_test(addresses_of_pods_are_read_from_dashes),
		cmocka_unit_test(
			endpoints_of_one_name_are_found_one_by_one_and_no_other_name_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
