/* Names of the Kubernetes DNS specification, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/kube/schema.h"

static void names_mean_what_the_specification_says(void **state)
{
	static const struct {
		const char *name;
		enum meaning_kind kind;
		const char *ns, *service, *endpoint, *port, *protocol;
	} rows[] = {
		{ "cluster.local", MEANS_APEX, "", "", "", "", "" },
		{ "dns-version.cluster.local", MEANS_VERSION, "", "", "", "", "" },
		{ "x.dns-version.cluster.local", MEANS_NOTHING, "", "", "", "", "" },
		{ "ns.dns.cluster.local", MEANS_NS, "", "", "", "", "" },
		{ "dns.cluster.local", MEANS_NOTHING, "", "", "", "", "" },
		{ "x.ns.dns.cluster.local", MEANS_NOTHING, "", "", "", "", "" },
		{ "svc.cluster.local", MEANS_TREE, "", "", "", "", "" },
		{ "pod.cluster.local", MEANS_TREE, "", "", "", "", "" },
		{ "pood.cluster.local", MEANS_NOTHING, "", "", "", "", "" },
		{ "ns1.svc.cluster.local", MEANS_NAMESPACE, "ns1", "", "", "", "" },
		{ "ns1.pod.cluster.local", MEANS_NAMESPACE, "ns1", "", "", "", "" },
		{ "s.ns1.svc.cluster.local", MEANS_SERVICE, "ns1", "s", "", "", "" },
		{ "e.s.ns1.svc.cluster.local", MEANS_ENDPOINT, "ns1", "s", "e", "", "" },
		{ "_http._tcp.s.ns1.svc.cluster.local", MEANS_PORT, "ns1", "s", "", "http", "tcp" },
		{ "http.tcp.s.ns1.svc.cluster.local", MEANS_PORT, "ns1", "s", "", "http", "tcp" },
		{ "_._tcp.s.ns1.svc.cluster.local", MEANS_PORT, "ns1", "s", "", "", "tcp" },
		{ "a.b.c.s.ns1.svc.cluster.local", MEANS_NOTHING, "ns1", "s", "", "", "" },
		{ "1-2-3-4.ns1.pod.cluster.local", MEANS_POD, "ns1", "", "1-2-3-4", "", "" },
		{ "x.y.1-2-3-4.ns1.pod.cluster.local", MEANS_POD, "ns1", "", "1-2-3-4", "", "" },
		{ "x.y.z.1-2-3-4.ns1.pod.cluster.local", MEANS_NOTHING, "ns1", "", "1-2-3-4", "",
			"" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name n;
		struct name_map map;
		assert_int_equal(name_parse(strv_of(rows[i].name), &n), ERR_OK);
		name_map_of(n.b, &map);
		struct meaning m = schema_read(n.b, &map, 2, SCHEMA_PLAIN);
		if (m.kind != rows[i].kind || !strv_eq(m.ns, strv_of(rows[i].ns)) ||
			!strv_eq(m.service, strv_of(rows[i].service)) ||
			!strv_eq(m.endpoint, strv_of(rows[i].endpoint)) ||
			!strv_eq(m.port, strv_of(rows[i].port)) ||
			!strv_eq(m.protocol, strv_of(rows[i].protocol))) {
			fail_msg("%s: kind %d", rows[i].name, m.kind);
		}
	}
}

static void topology_zones_are_part_of_the_schema_only_when_asked_for(void **state)
{
	static const struct {
		const char *name;
		enum schema_kind schema;
		enum meaning_kind kind;
		const char *topology;
	} rows[] = {
		{ "z.pin._zone.s.ns1.svc.cluster.local", SCHEMA_PLAIN, MEANS_NOTHING, "" },
		{ "z.pin._zone.s.ns1.svc.cluster.local", SCHEMA_ZONAL, MEANS_PIN, "\1z" },
		{ "z.prefer._zone.s.ns1.svc.cluster.local", SCHEMA_ZONAL, MEANS_PREFER, "\1z" },
		{ "c.ex.com.pin._zone.s.ns1.svc.cluster.local", SCHEMA_ZONAL, MEANS_PIN,
			"\1c\2ex\3com" },
		{ "z.florp._zone.s.ns1.svc.cluster.local", SCHEMA_ZONAL, MEANS_NOTHING, "" },
		{ "z.pin.zone.s.ns1.svc.cluster.local", SCHEMA_ZONAL, MEANS_NOTHING, "" },
		{ "z._zone.s.ns1.svc.cluster.local", SCHEMA_ZONAL, MEANS_PORT, "" },
		{ "z.pin._zone.s.ns1.pod.cluster.local", SCHEMA_ZONAL, MEANS_NOTHING, "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name n;
		struct name_map map;
		assert_int_equal(name_parse(strv_of(rows[i].name), &n), ERR_OK);
		name_map_of(n.b, &map);
		struct meaning m = schema_read(n.b, &map, 2, rows[i].schema);
		if (m.kind != rows[i].kind || !strv_eq(m.topology, strv_of(rows[i].topology))) {
			fail_msg("%s: kind %d", rows[i].name, m.kind);
		}
	}
}

static void endpoints_of_imports_are_named_with_their_cluster(void **state)
{
	static const struct {
		const char *why, *name;
		enum meaning_kind kind;
		const char *endpoint, *cluster, *port;
	} rows[] = {
		{ "endpoint and cluster", "e.c1.s.ns1.svc.cluster.local", MEANS_ENDPOINT, "e",
			"\2c1", "" },
		{ "both underscores", "_http._tcp.s.ns1.svc.cluster.local", MEANS_PORT, "", "",
			"http" },
		{ "one underscore is enough", "http._tcp.s.ns1.svc.cluster.local", MEANS_PORT, "",
			"", "http" },
		{ "the other one too", "_http.tcp.s.ns1.svc.cluster.local", MEANS_PORT, "", "",
			"http" },
		{ "no cluster", "e.s.ns1.svc.cluster.local", MEANS_ENDPOINT, "e", "", "" },
		{ "three labels", "a.e.c1.s.ns1.svc.cluster.local", MEANS_NOTHING, "", "", "" },
		{ "topology zones are for Services", "z.pin._zone.s.ns1.svc.cluster.local",
			MEANS_NOTHING, "", "", "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name n;
		struct name_map map;
		assert_int_equal(name_parse(strv_of(rows[i].name), &n), ERR_OK);
		name_map_of(n.b, &map);
		struct meaning m = schema_read(n.b, &map, 2, SCHEMA_CLUSTERS);
		if (m.kind != rows[i].kind || !strv_eq(m.endpoint, strv_of(rows[i].endpoint)) ||
			!strv_eq(m.topology, strv_of(rows[i].cluster)) ||
			!strv_eq(m.port, strv_of(rows[i].port))) {
			fail_msg("%s: kind %d", rows[i].why, m.kind);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_mean_what_the_specification_says),
		cmocka_unit_test(topology_zones_are_part_of_the_schema_only_when_asked_for),
		cmocka_unit_test(endpoints_of_imports_are_named_with_their_cluster),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
