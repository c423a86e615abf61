/* Contents of EndpointSlices: ports, membership, endpoints, metadata. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "statefulset/companion/slices.h"
#include "test/unit/statefulset/fixture.h"

#define SERVICE(spec)                                                                              \
	"{'apiVersion':'v1','kind':'Service','metadata':{'name':'svc','namespace':'ns','uid':"     \
	"'s','labels':{'team':'x'}},'spec':{'clusterIP':'None','selector':{'app':'web'}" spec "}}"
#define POD(labels, spec, status)                                                                  \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web-0','namespace':'ns','uid':'p',"   \
	"'labels':{" labels "}},'spec':{'containers':[{'name':'c','image':'i','ports':[{'name':"   \
	"'http','containerPort':8080},{'name':'dns','containerPort':53,'protocol':'UDP'}]}]" spec  \
	"},'status':{" status "}}"
#define IPS   "'podIPs':[{'ip':'10.0.0.5'},{'ip':'fd00::5'}]"
#define READY "'conditions':[{'type':'Ready','status':'True'}]"

static const char *printed(const struct json *v)
{
	static char text[8000];
	struct buf b;
	buf_init(&b);
	json_print(v, &b);
	(void)snprintf(text, sizeof(text), "%.*s", STRV_ARG(buf_strv(&b)));
	buf_deinit(&b);
	return text;
}

static const struct {
	const char *why, *ports, *want; /* "NAME=NUMBER/PROTOCOL " */
} port_rows[] = {
	{ "the Service's port where no target is named", "[{'name':'a','port':80}]", "a=80/TCP " },
	{ "a number as it is", "[{'name':'a','port':80,'targetPort':81}]", "a=81/TCP " },
	{ "a name as the container resolves it", "[{'name':'a','port':80,'targetPort':'http'}]",
		"a=8080/TCP " },
	{ "a name of another protocol is not found", "[{'name':'a','port':80,'targetPort':'dns'}]",
		"" },
	{ "a name of the same protocol is",
		"[{'name':'a','port':80,'targetPort':'dns','protocol':'UDP'}]", "a=53/UDP " },
	{ "the unknown name is left out, the others stay",
		"[{'name':'a','port':80,'targetPort':'none'},{'name':'b','port':90}]",
		"b=90/TCP " },
	{ "a sidecar's name counts, another init container's does not",
		"[{'name':'a','port':1,'targetPort':'side'},{'name':'b','port':2,'targetPort':'"
		"once'}]",
		"a=7000/TCP " },
	{ "no ports at all", "[]", "" },
};

static void ports_are_resolved_in_the_pods_containers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(port_rows); i++) {
		struct fixture f;
		char text[1000];
		char got[200] = "";
		fixture_init(&f);
		(void)snprintf(text, sizeof(text), SERVICE(",'ports':%s"), port_rows[i].ports);
		const struct object *svc = fixture_object(&f, KIND_SERVICE, text);
		const struct object *pod = fixture_object(&f, KIND_POD,
			POD("",
				",'initContainers':[{'name':'o','image':'i','ports':[{'name':'once'"
				","
				"'containerPort':1}]},{'name':'s','image':'i','restartPolicy':'"
				"Always',"
				"'ports':[{'name':'side','containerPort':7000}]}]",
				""));
		struct slice_port port;
		for (size_t n = 0, at = 0; n < svc->as.service->n_ports; n++) {
			if (slices_resolve_port(&svc->as.service->ports[n], pod->as.pod, &port)) {
				at += (size_t)snprintf(got + at, sizeof(got) - at, "%.*s=%d/%s ",
					STRV_ARG(port.name), (int)port.port,
					protocol_name(port.protocol));
			}
		}
		if (strcmp(got, port_rows[i].want) != 0) {
			fail_msg("%s: %s", port_rows[i].why, got);
		}
		fixture_deinit(&f);
	}
}

static void port_lists_that_differ_in_one_thing_have_different_hashes(void **state)
{
	(void)state;
	static const struct service_port variants[] = {
		{ .name = { "a", sizeof("a") - 1 }, .target = { .number = 1 } },
		{ .name = { "b", sizeof("b") - 1 }, .target = { .number = 1 } },
		{ .name = { "a", sizeof("a") - 1 }, .target = { .number = 2 } },
		{ .name = { "a", sizeof("a") - 1 },
			.target = { .number = 1 },
			.protocol = PROTO_UDP },
		{ .name = { "a", sizeof("a") - 1 },
			.target = { .number = 1 },
			.app_protocol = { "h2", sizeof("h2") - 1 } },
	};
	struct service service = { .n_ports = 0 };
	const struct pod pod = { .n_containers = 0 };
	uint64_t seen[ARRAY_LEN(variants) + 1] = { slices_ports_hash(&service, &pod) };
	for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
		service.n_ports = 1;
		service.ports = &variants[i];
		seen[i + 1] = slices_ports_hash(&service, &pod);
		for (size_t k = 0; k <= i; k++) {
			assert_true(seen[k] != seen[i + 1]);
		}
	}
}

static const struct {
	const char *why, *pod;
	bool v4, v6;
} member_rows[] = {
	{ "both families as it has addresses", POD("'app':'web'", "", IPS), true, true },
	{ "one address of one family", POD("'app':'web'", "", "'podIP':'10.0.0.5'"), true, false },
	{ "no address yet", POD("'app':'web'", "", ""), false, false },
	{ "another label", POD("'app':'db'", "", IPS), false, false },
	{ "no label", POD("", "", IPS), false, false },
	{ "failed", POD("'app':'web'", "", "'phase':'Failed'," IPS), false, false },
	{ "succeeded", POD("'app':'web'", "", "'phase':'Succeeded'," IPS), false, false },
	{ "not ready is in all the same", POD("'app':'web'", "", "'phase':'Running'," IPS), true,
		true },
};

static void a_pod_is_an_endpoint_once_it_is_selected_has_an_address_and_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(member_rows); i++) {
		struct fixture f;
		fixture_init(&f);
		const struct object *svc = fixture_object(&f, KIND_SERVICE, SERVICE(""));
		const struct object *pod = fixture_object(&f, KIND_POD, member_rows[i].pod);
		if (slices_takes(svc, pod, IP_V4) != member_rows[i].v4 ||
			slices_takes(svc, pod, IP_V6) != member_rows[i].v6) {
			fail_msg("%s", member_rows[i].why);
		}
		fixture_deinit(&f);
	}
}

static const struct {
	const char *why, *service, *pod, *want;
} endpoint_rows[] = {
	{ "subdomain is the Service: its hostname is a name", SERVICE(""),
		POD("", ",'hostname':'web-0','subdomain':'svc','nodeName':'n'", IPS "," READY),
		"[{\"addresses\":[\"10.0.0.5\"],\"conditions\":{\"ready\":true,\"serving\":true,"
		"\"terminating\":false},\"hostname\":\"web-0\",\"targetRef\":{\"kind\":\"Pod\","
		"\"namespace\":\"ns\",\"name\":\"web-0\",\"uid\":\"p\"},\"nodeName\":\"n\","
		"\"zone\":\"z\"}]" },
	{ "subdomain is another: no hostname", SERVICE(""),
		POD("", ",'hostname':'web-0','subdomain':'other'", IPS),
		"[{\"addresses\":[\"10.0.0.5\"],\"conditions\":{\"ready\":false,\"serving\":false,"
		"\"terminating\":false},\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"ns\","
		"\"name\":"
		"\"web-0\",\"uid\":\"p\"},\"zone\":\"z\"}]" },
	{ "published though not ready", SERVICE(",'publishNotReadyAddresses':true"),
		POD("", "", IPS),
		"[{\"addresses\":[\"10.0.0.5\"],\"conditions\":{\"ready\":true,\"serving\":false,"
		"\"terminating\":false},\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"ns\","
		"\"name\":"
		"\"web-0\",\"uid\":\"p\"},\"zone\":\"z\"}]" },
};

static void endpoints_show_conditions_and_names_as_kubernetes_writes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(endpoint_rows); i++) {
		struct fixture f;
		struct body b;
		fixture_init(&f);
		body_init(&b);
		struct json *slice = body_object(&b);
		struct json *list = body_put_array(&b, slice, "endpoints");
		slices_put_endpoint(&b, list,
			fixture_object(&f, KIND_SERVICE, endpoint_rows[i].service),
			fixture_object(&f, KIND_POD, endpoint_rows[i].pod), IP_V4, STRV("z"));
		if (b.err || strcmp(printed(list), endpoint_rows[i].want) != 0) {
			fail_msg("%s: %s", endpoint_rows[i].why, printed(list));
		}
		body_deinit(&b);
		fixture_deinit(&f);
	}
}

static void a_slice_carries_the_labels_of_its_service_and_is_owned_by_it(void **state)
{
	(void)state;
	struct fixture f;
	struct body b;
	struct json *endpoints = NULL;
	fixture_init(&f);
	body_init(&b);
	const struct object *service = fixture_object(
		&f, KIND_SERVICE, SERVICE(",'ports':[{'name':'h','port':80,'appProtocol':'h2'}]"));
	const struct object *pod = fixture_object(&f, KIND_POD, POD("", "", ""));
	struct json *slice = slices_body(
		&b, service, STRV("svc-abcde"), IP_V6, pod->as.pod, FIXTURE_NOW_MS, &endpoints);
	assert_int_equal(b.err, 0);
	assert_non_null(endpoints);
	assert_string_equal(printed(slice),
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"svc-abcde\",\"generateName\":\"svc-\",\"namespace\":\"ns\",\"labels\":{"
		"\"team\":\"x\",\"kubernetes.io/service-name\":\"svc\","
		"\"endpointslice.kubernetes.io/managed-by\":\"endpointslice-controller.k8s.io\","
		"\"service.kubernetes.io/headless\":\"\"},\"annotations\":{"
		"\"endpoints.kubernetes.io/last-change-trigger-time\":\"2026-01-02T03:04:05Z\"},"
		"\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"name\":\"svc\","
		"\"uid\":\"s\",\"controller\":true,\"blockOwnerDeletion\":true}]},\"addressType\":"
		"\"IPv6\",\"endpoints\":[],\"ports\":[{\"name\":\"h\",\"port\":80,\"protocol\":"
		"\"TCP\","
		"\"appProtocol\":\"h2\"}]}");
	body_deinit(&b);
	fixture_deinit(&f);
}

/* The API documents 100 ports a slice and enforces 20000; the controller writes all that the Service has. */
static void a_slice_holds_every_port_of_its_service(void **state)
{
	(void)state;
	enum { PORTS = 300 };
	struct fixture f;
	struct body b;
	struct service_port ports[PORTS];
	struct json *endpoints = NULL;
	fixture_init(&f);
	body_init(&b);
	for (size_t i = 0; i < PORTS; i++) {
		ports[i] = (struct service_port){ .target = { .number = (int32_t)i + 1 } };
	}
	struct service many = { .ports = ports, .n_ports = PORTS };
	struct object service = *fixture_object(&f, KIND_SERVICE, SERVICE(""));
	service.as.service = &many;
	const struct object *pod = fixture_object(&f, KIND_POD, POD("", "", ""));
	struct json *slice = slices_body(
		&b, &service, STRV("svc-abcde"), IP_V4, pod->as.pod, 0, &endpoints);
	assert_int_equal(b.err, 0);
	assert_int_equal(json_count(json_get(slice, "ports")), PORTS);
	body_deinit(&b);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_resolved_in_the_pods_containers),
		cmocka_unit_test(port_lists_that_differ_in_one_thing_have_different_hashes),
		cmocka_unit_test(a_pod_is_an_endpoint_once_it_is_selected_has_an_address_and_runs),
		cmocka_unit_test(endpoints_show_conditions_and_names_as_kubernetes_writes_them),
		cmocka_unit_test(a_slice_carries_the_labels_of_its_service_and_is_owned_by_it),
		cmocka_unit_test(a_slice_holds_every_port_of_its_service),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
