/* Zones of ServiceImports (KEP-1645): records follow imports and their slices; what has not arrived, or may not be read,
 * holds up nothing else. What the names mean is in worlds/multicluster*. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

#define SET "db.ns1.svc.clusterset.local."

static const char namespace_json[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"ns1\"}}";
static const char import_json[] =
	"{\"apiVersion\":\"multicluster.x-k8s.io/"
	"v1alpha1\",\"kind\":\"ServiceImport\",\"metadata\":"
	"{\"name\":\"db\",\"namespace\":\"ns1\"},\"spec\":{\"type\":\"Headless\",\"ports\":["
	"{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]}}";

/* The slice "s" with one endpoint, w-0 at 10.9.0.1, of this ServiceImport and from this cluster. */
static void apply_slice(struct lab *l, const char *import, const char *cluster)
{
	char text[600];
	(void)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"s\",\"namespace\":\"ns1\",\"labels\":{"
		"\"multicluster.kubernetes.io/service-name\":\"%s\","
		"\"multicluster.kubernetes.io/source-cluster\":\"%s\"}},\"addressType\":\"IPv4\","
		"\"endpoints\":[{\"addresses\":[\"10.9.0.1\"],\"hostname\":\"w-0\"}],"
		"\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]}",
		import, cluster);
	fake_api_apply(&l->api, text);
}

static void start_zones(struct lab *l, const char *zones, bool no_endpoints)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.kube.zones = zones;
	config.kube.multicluster = "clusterset.local";
	config.kube.addresses = "10.244.0.99";
	config.kube.no_endpoints = no_endpoints;
	lab_init(l);
	lab_start(l, &config);
	fake_api_apply(&l->api, namespace_json);
}

static void start(struct lab *l, bool no_endpoints)
{
	start_zones(l, "cluster.local clusterset.local", no_endpoints);
}

static void expect(const struct lab *l, const char *name, unsigned rcode)
{
	struct client_reply *r = client_ask(
		l->port, &(struct client_question){ .name = name, .type = "A" });
	if (r->rcode != rcode) {
		fail_msg("%s: %s", name, rcode_name(r->rcode));
	}
	free(r);
}

/* The only record of the answer ends so. */
static void expect_end(const struct lab *l, const char *name, const char *type, const char *end)
{
	struct client_reply *r = client_ask(
		l->port, &(struct client_question){ .name = name, .type = type });
	const char *line = r->count[0] == 1 ? r->lines[0][0] : rcode_name(r->rcode);
	size_t n = strlen(line);
	if (n < strlen(end) || strcmp(line + n - strlen(end), end) != 0) {
		fail_msg("%s %s: %s", name, type, line);
	}
	free(r);
}

static void records_follow_imports_and_their_slices(void **state)
{
	struct lab l;
	(void)state;
	start(&l, false);
	fake_api_sync(&l.api);
	expect(&l, SET, RCODE_NXDOMAIN);
	apply_slice(&l, "db", "c1");
	expect(&l, SET, RCODE_NXDOMAIN);
	fake_api_apply(&l.api, import_json);
	expect(&l, SET, RCODE_NOERROR);
	expect(&l, "w-0.c1." SET, RCODE_NOERROR);
	expect(&l, "w-0." SET, RCODE_NXDOMAIN);
	expect(&l, "db.ns1.svc.cluster.local.", RCODE_NXDOMAIN);
	apply_slice(&l, "db", "c2");
	expect(&l, "w-0.c1." SET, RCODE_NXDOMAIN);
	expect(&l, "w-0.c2." SET, RCODE_NOERROR);
	apply_slice(&l, "other", "c2");
	expect(&l, "w-0.c2." SET, RCODE_NXDOMAIN);
	apply_slice(&l, "db", "c2");
	fake_api_delete(&l.api, KIND_SERVICEIMPORT, "ns1", "db");
	expect(&l, SET, RCODE_NXDOMAIN);
	lab_deinit(&l);
}

static void without_a_cluster_an_endpoint_has_its_plain_name(void **state)
{
	struct lab l;
	(void)state;
	start(&l, false);
	fake_api_apply(&l.api, import_json);
	apply_slice(&l, "db", "");
	fake_api_sync(&l.api);
	expect(&l, "w-0." SET, RCODE_NOERROR);
	expect(&l, "w-0.c1." SET, RCODE_NXDOMAIN);
	expect_end(&l, "_http._tcp." SET, "SRV", " IN SRV 0 100 80 w-0." SET);
	apply_slice(&l, "db", "c1");
	expect_end(&l, "_http._tcp." SET, "SRV", " IN SRV 0 100 80 w-0.c1." SET);
	lab_deinit(&l);
}

static void an_address_leads_into_a_zone_of_services_not_of_imports(void **state)
{
	struct lab l;
	(void)state;
	start_zones(&l, "clusterset.local cluster.local in-addr.arpa", false);
	fake_api_apply(&l.api, "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{"
			       "\"name\":\"web\",\"namespace\":\"ns1\"},\"spec\":{"
			       "\"clusterIP\":\"10.96.0.7\",\"clusterIPs\":[\"10.96.0.7\"]}}");
	fake_api_sync(&l.api);
	expect_end(&l, "7.0.96.10.in-addr.arpa.", "PTR", " PTR web.ns1.svc.cluster.local.");
	lab_deinit(&l);
}

static void noendpoints_is_about_services_only(void **state)
{
	struct lab l;
	(void)state;
	start(&l, true);
	fake_api_apply(&l.api, import_json);
	apply_slice(&l, "db", "c1");
	fake_api_sync(&l.api);
	expect(&l, "w-0.c1." SET, RCODE_NOERROR);
	lab_deinit(&l);
}

static void imports_that_have_not_arrived_hold_up_their_own_zone_only(void **state)
{
	struct lab l;
	(void)state;
	start(&l, false);
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		fake_api_tell(&l.api, WATCH_SYNCED, (enum kind)k);
	}
	expect(&l, SET, RCODE_SERVFAIL);
	expect(&l, "db.ns1.svc.cluster.local.", RCODE_NXDOMAIN);
	assert_false(dns_server_synced(l.server));
	fake_api_tell(&l.api, WATCH_REFUSED, KIND_SERVICEIMPORT);
	expect(&l, SET, RCODE_SERVFAIL);
	assert_true(dns_server_synced(l.server));
	fake_api_tell(&l.api, WATCH_SYNCED, KIND_SERVICEIMPORT);
	expect(&l, SET, RCODE_NXDOMAIN);
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_follow_imports_and_their_slices),
		cmocka_unit_test(without_a_cluster_an_endpoint_has_its_plain_name),
		cmocka_unit_test(an_address_leads_into_a_zone_of_services_not_of_imports),
		cmocka_unit_test(noendpoints_is_about_services_only),
		cmocka_unit_test(imports_that_have_not_arrived_hold_up_their_own_zone_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
