/* EndpointSlices of Services: which endpoints, with which names and conditions, on how many slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/companion/lab.h"

#define SLICE(name)                                                                                \
	"{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'" name "'" \
	",'labels':{'kubernetes.io/service-name':'svc'}},'addressType':'IPv4','endpoints':[],"     \
	"'ports':[]}"

/* Name of the first slice of the Service svc. */
static const char *slice(struct lab *l)
{
	return lab_names(l, KIND_ENDPOINTSLICE);
}

static void a_service_without_pods_has_one_empty_slice(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{}");
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_expect(lab_field(l, KIND_ENDPOINTSLICE, slice(l), "endpoints"), "[]");
	lab_expect(lab_field(l, KIND_ENDPOINTSLICE, slice(l), "ports"), "[]");
	lab_expect(lab_field(l, KIND_ENDPOINTSLICE, slice(l), "addressType"), "IPv4");
	lab_expect(lab_field(l, KIND_ENDPOINTSLICE, slice(l), "metadata.labels"),
		"{\"kubernetes.io/service-name\":\"svc\",\"endpointslice.kubernetes.io/"
		"managed-by\":"
		"\"endpointslice-controller.k8s.io\",\"service.kubernetes.io/headless\":\"\"}");
	lab_close(l);
}

static void pods_of_a_set_are_listed_by_hostname_as_they_become_ready(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .ready_after_ms = 1000 });
	lab_service(l, "svc", "{}");
	lab_service(l, "other", "{}");
	lab_set(l, "web", "{'replicas':2}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 web-0");
	lab_run(l, 1100);
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 web-0 ready serving; 10.244.0.6 web-1");
	lab_run(l, 1000);
	lab_expect(lab_endpoints(l, "svc"),
		"10.244.0.5 web-0 ready serving; 10.244.0.6 web-1 ready serving");
	lab_expect(lab_endpoints(l, "other"),
		"10.244.0.5 - ready serving; 10.244.0.6 - ready serving");
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_close(l);
}

static void a_terminating_pod_serves_but_is_not_ready(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .terminate_after_ms = 5000 });
	lab_service(l, "svc", "{}");
	lab_pod(l, "web", "{}");
	lab_delete(l, KIND_POD, "web");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - serving terminating");
	lab_run(l, 5000);
	lab_expect(lab_endpoints(l, "svc"), "");
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_close(l);
}

static void not_ready_addresses_are_published_when_asked_for(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .ready_after_ms = 60000 });
	lab_service(l, "svc", "{'publishNotReadyAddresses':true}");
	lab_pod(l, "web", "{}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready");
	lab_patch(l, KIND_SERVICE, "svc", "", "{'spec':{'publishNotReadyAddresses':null}}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 -");
	lab_close(l);
}

static void a_pod_that_has_ended_or_lost_its_label_leaves(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{'selector':{'in':'yes'}}");
	lab_pod(l, "a", "{}");
	lab_pod(l, "b", "{}");
	lab_expect(lab_endpoints(l, "svc"), "");
	lab_patch(l, KIND_POD, "a", "", "{'metadata':{'labels':{'in':'yes'}}}");
	lab_patch(l, KIND_POD, "b", "", "{'metadata':{'labels':{'in':'yes'}}}");
	lab_expect(
		lab_endpoints(l, "svc"), "10.244.0.5 - ready serving; 10.244.0.6 - ready serving");
	lab_patch(l, KIND_POD, "a", "", "{'metadata':{'labels':{'in':null}}}");
	lab_patch(l, KIND_POD, "b", "status", "{'status':{'phase':'Succeeded'}}");
	lab_expect(lab_endpoints(l, "svc"), "");
	lab_close(l);
}

static void a_changed_selector_changes_the_endpoints(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{}");
	lab_pod(l, "web", "{}");
	lab_pod(l, "db", "{}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready serving");
	lab_patch(l, KIND_SERVICE, "svc", "", "{'spec':{'selector':{'app':'db'}}}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.6 - ready serving");
	/* without a selector the slices are nobody's business; with it again they are taken up, not doubled */
	lab_patch(l, KIND_SERVICE, "svc", "", "{'spec':{'selector':null}}");
	lab_delete(l, KIND_POD, "db");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.6 - ready serving");
	lab_patch(l, KIND_SERVICE, "svc", "", "{'spec':{'selector':{'app':'web'}}}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready serving");
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_close(l);
}

static void named_ports_are_resolved_pod_by_pod_and_split_the_slices(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc",
		"{'ports':[{'name':'http','port':80,'targetPort':'web'},{'name':'plain','port':81}]"
		","
		"'selector':{'a':'b'}}");
	static const char *const ports[] = { "8080", "8080", "9090" };
	for (size_t i = 0; i < 3; i++) {
		char text[400];
		(void)snprintf(text, sizeof(text),
			"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p%zu','labels':{'a':'"
			"b'}},"
			"'spec':{'containers':[{'name':'c','image':'i','ports':[{'name':'web',"
			"'containerPort':%s}]}]}}",
			i, ports[i]);
		lab_create(l, KIND_POD, text);
	}
	assert_int_equal(lab_slices(l, "svc"), 2);
	lab_create(l, KIND_POD,
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'none','labels':{'a':'b'}},'"
		"spec':{"
		"'containers':[{'name':'c','image':'i'}]}}");
	assert_int_equal(lab_slices(l, "svc"), 3);
	lab_delete(l, KIND_POD, "p2");
	lab_delete(l, KIND_POD, "none");
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_expect(lab_field(l, KIND_ENDPOINTSLICE, slice(l), "ports"),
		"[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"},{\"name\":\"plain\","
		"\"port\":81,"
		"\"protocol\":\"TCP\"}]");
	lab_close(l);
}

static void more_than_a_hundred_endpoints_take_a_second_slice_and_give_it_back(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{}");
	lab_set(l, "web", "{'replicas':101}");
	lab_run(l, 1000);
	assert_int_equal(lab_slices(l, "svc"), 2);
	assert_non_null(strstr(lab_endpoints(l, "svc"), "web-100 ready"));
	lab_patch(l, KIND_STATEFULSET, "web", "", "{'spec':{'replicas':99}}");
	lab_run(l, 1000);
	assert_int_equal(lab_slices(l, "svc"), 1);
	assert_null(strstr(lab_endpoints(l, "svc"), "web-100 ready"));
	assert_non_null(strstr(lab_endpoints(l, "svc"), "web-98 ready"));
	lab_close(l);
}

static void both_families_of_a_service_have_slices_of_their_own(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{'ipFamilyPolicy':'RequireDualStack','ipFamilies':['IPv4','IPv6']}");
	lab_pod(l, "web", "{}");
	assert_int_equal(lab_slices(l, "svc"), 2);
	lab_patch(l, KIND_POD, "web", "status",
		"{'status':{'podIPs':[{'ip':'10.244.0.5'},{'ip':'fd00::5'}]}}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready serving; fd00::5 - ready serving");
	lab_close(l);
}

static void a_slice_that_is_deleted_by_hand_comes_back(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{}");
	lab_pod(l, "web", "{}");
	lab_delete(l, KIND_ENDPOINTSLICE, slice(l));
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready serving");
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_close(l);
}

static void slices_of_others_are_left_alone(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_create(l, KIND_ENDPOINTSLICE, SLICE("by-hand"));
	lab_service(l, "svc", "{}");
	assert_int_equal(lab_slices(l, "svc"), 2);
	lab_delete(l, KIND_SERVICE, "svc");
	lab_expect(lab_names(l, KIND_ENDPOINTSLICE), "by-hand");
	lab_close(l);
}

static void slices_go_with_their_service_and_a_new_one_has_new_ones(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{}");
	lab_pod(l, "web", "{}");
	const char *before = slice(l);
	lab_delete(l, KIND_SERVICE, "svc");
	lab_expect(lab_names(l, KIND_ENDPOINTSLICE), "");
	lab_service(l, "svc", "{}");
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready serving");
	assert_string_not_equal(slice(l), before);
	lab_delete_by(l, KIND_SERVICE, "svc", PROPAGATE_FOREGROUND);
	lab_expect(lab_names(l, KIND_ENDPOINTSLICE), "");
	lab_expect(lab_names(l, KIND_SERVICE), "");
	lab_close(l);
}

static void a_service_without_selector_or_with_an_external_name_gets_no_slices(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "bare", "{'selector':null}");
	lab_create(l, KIND_SERVICE,
		"{'apiVersion':'v1','kind':'Service','metadata':{'name':'ext'},'spec':{'type':"
		"'ExternalName','externalName':'example.org','selector':{'app':'web'}}}");
	lab_expect(lab_names(l, KIND_ENDPOINTSLICE), "");
	lab_close(l);
}

static void new_companions_go_on_with_the_slices_that_are_there(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_service(l, "svc", "{}");
	lab_pod(l, "web", "{}");
	const char *before = slice(l);
	(void)lab_story(l, KIND_ENDPOINTSLICE);
	lab_restart_companions(l);
	lab_run(l, 2000);
	lab_expect(slice(l), before);
	assert_int_equal(lab_slices(l, "svc"), 1);
	lab_expect(lab_endpoints(l, "svc"), "10.244.0.5 - ready serving");
	lab_close(l);
}

static void an_endpoint_shows_its_pod_node_and_zone(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_patch(l, KIND_NODE, "node", "",
		"{'metadata':{'labels':{'topology.kubernetes.io/zone':'z1'}}}");
	lab_service(l, "svc", "{}");
	lab_pod(l, "web", "{'hostname':'h','subdomain':'svc'}");
	const char *e = lab_field(l, KIND_ENDPOINTSLICE, slice(l), "endpoints");
	assert_non_null(strstr(e, "\"hostname\":\"h\""));
	assert_non_null(strstr(e, "\"nodeName\":\"node\""));
	assert_non_null(strstr(e, "\"zone\":\"z1\""));
	assert_non_null(
		strstr(e, "\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"ns\",\"name\":\"web\""));
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_without_pods_has_one_empty_slice),
		cmocka_unit_test(pods_of_a_set_are_listed_by_hostname_as_they_become_ready),
		cmocka_unit_test(a_terminating_pod_serves_but_is_not_ready),
		cmocka_unit_test(not_ready_addresses_are_published_when_asked_for),
		cmocka_unit_test(a_pod_that_has_ended_or_lost_its_label_leaves),
		cmocka_unit_test(a_changed_selector_changes_the_endpoints),
		cmocka_unit_test(named_ports_are_resolved_pod_by_pod_and_split_the_slices),
		cmocka_unit_test(
			more_than_a_hundred_endpoints_take_a_second_slice_and_give_it_back),
		cmocka_unit_test(both_families_of_a_service_have_slices_of_their_own),
		cmocka_unit_test(a_slice_that_is_deleted_by_hand_comes_back),
		cmocka_unit_test(slices_of_others_are_left_alone),
		cmocka_unit_test(slices_go_with_their_service_and_a_new_one_has_new_ones),
		cmocka_unit_test(
			a_service_without_selector_or_with_an_external_name_gets_no_slices),
		cmocka_unit_test(new_companions_go_on_with_the_slices_that_are_there),
		cmocka_unit_test(an_endpoint_shows_its_pod_node_and_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
