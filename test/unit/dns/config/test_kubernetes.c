/* Options of `kubernetes`: the spellings CoreDNS 1.15 accepts and refuses (its plugin's setup tests), and ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"

#define K(options) "kubernetes coredns.local {\n" options "\n}"

static void spellings_of_coredns_are_accepted_and_refused_as_there(void **state)
{
	static const struct config_row rows[] = {
		{ "one zone, no block", "kubernetes coredns.local", NULL },
		{ "two zones", "kubernetes coredns.local test.local", NULL },
		{ "an empty block", K(""), NULL },
		{ "two endpoints: the first is used", K("endpoint http://localhost:9090 http://b"),
			NULL },
		{ "endpoint without value", K("endpoint"), "endpoint: wants a URL, has 0" },
		{ "one namespace", K("namespaces demo"), NULL },
		{ "two namespaces", K("namespaces demo test"), NULL },
		{ "namespaces without value", K("namespaces"), "namespaces: wants" },
		{ "a label", K("labels environment=prod"), NULL },
		{ "a set and an equality",
			K("labels environment in (production, staging, qa),application=nginx"),
			NULL },
		{ "labels without value", K("labels"), "labels: wants" },
		{ "a bracket left open", K("labels environment in (production, qa"), "labels: " },
		{ "a namespace label", K("namespace_labels istio-injection=enabled"), NULL },
		{ "namespace_labels without value", K("namespace_labels"), "wants a label" },
		{ "namespaces by name and by label",
			K("namespaces foo bar\nnamespace_labels istio-injection=enabled"),
			"exclude each other" },
		{ "several options, bare fallthrough",
			"kubernetes coredns.local test.local {\nendpoint http://localhost:8080\n"
			"namespaces demo test\nlabels application=nginx\nfallthrough\n}",
			NULL },
		{ "pods disabled", K("pods disabled"), NULL },
		{ "pods insecure", K("pods insecure"), NULL },
		{ "pods verified", K("pods verified"), NULL },
		{ "pods in another word", K("pods giant_seed"), "has \"giant_seed\"" },
		{ "pods without value", K("pods"), "pods: wants one of" },
		{ "pods with two", K("pods insecure disabled"), "pods: wants one of" },
		{ "fallthrough with zones", K("fallthrough ip6.arpa inaddr.arpa foo.com"), NULL },
		{ "the directive twice in a block",
			"kubernetes coredns.local\nkubernetes cluster.local",
			"Corefile:3: kubernetes: may be only once" },
		{ "kubeconfig without value", K("kubeconfig"), "kubeconfig: wants" },
		{ "kubeconfig with three", K("kubeconfig file context more"), "has 3" },
		{ "kubeconfig with a file", K("kubeconfig file"), NULL },
		{ "kubeconfig with file and context", K("kubeconfig file context"), NULL },
		{ "startup_timeout", K("kubeconfig file context\nstartup_timeout 1s"), NULL },
		{ "startup_timeout without value", K("startup_timeout"), "wants a duration" },
		{ "startup_timeout without unit", K("startup_timeout 5"), "wants a duration" },
		{ "endpoint_pod_names", K("endpoint_pod_names"), NULL },
		{ "endpoint_pod_names with a value", K("endpoint_pod_names giant_seed"),
			"wants no arguments" },
		{ "noendpoints", K("noendpoints"), NULL },
		{ "noendpoints with values", K("noendpoints a b"), "wants no arguments" },
		{ "ignore empty_service", K("ignore empty_service"), NULL },
		{ "ignore something else", K("ignore a b"), "has \"a\"" },
		{ "ignore with words behind: dropped", K("ignore empty_service a b"), NULL },
		{ "a multicluster zone that is served",
			"kubernetes coredns.local clusterset.local {\nmulticluster "
			"clusterset.local\n}",
			NULL },
		{ "one that is not", K("multicluster clusterset.local"),
			"is not one of the zones" },
		{ "one of two that is not",
			"kubernetes coredns.local clusterset.local {\n"
			"multicluster clusterset.local test.local\n}",
			"test.local. is not one" },
		{ "multicluster without value", K("multicluster"), NULL },
		{ "limits of the API client",
			K("apiserver_qps 50.0\napiserver_burst 100\napiserver_max_inflight 25"),
			NULL },
		{ "negative qps", K("apiserver_qps -10"), "wants a number" },
		{ "no number of qps", K("apiserver_qps nan"), "wants a number" },
		{ "negative burst", K("apiserver_burst -5"), "wants a whole number" },
		{ "negative max_inflight", K("apiserver_max_inflight -1"), "wants a whole number" },
		{ "zonal", K("zonal"), NULL },
		{ "zonal with a value", K("zonal us-west-2a"), "wants no arguments" },
		{ "zonal without endpoints", K("zonal\nnoendpoints"), "zonal needs endpoints" },
		{ "ttl", K("ttl 56"), NULL },
		{ "ttl zero", K("ttl 0"), NULL },
		{ "ttl at most", K("ttl 3600"), NULL },
		{ "ttl negative", K("ttl -1"), "ttl: wants 0 to 3600" },
		{ "ttl too large", K("ttl 3601"), "ttl: wants 0 to 3600" },
		{ "ttl with words behind: dropped", K("ttl 30 40"), NULL },
		{ "ttl in words", K("ttl long"), "ttl: wants 0 to 3600" },
		{ "ttl without value", K("ttl"), "ttl: wants" },
		{ "tls with three files", K("tls cert key ca"), NULL },
		{ "tls with two", K("tls cert key"), "tls: wants" },
		{ "an unknown option", K("ttls 5"),
			"Corefile:3: kubernetes: unknown option \"ttls\"" },
		{ "reverse zones only", "kubernetes in-addr.arpa 10.0.0.0/8", "not a reverse one" },
		{ "a zone that is none", "kubernetes a..b", "is not a zone" },
	};
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
}

static void statefulsets_is_ours(void **state)
{
	static const struct config_row rows[] = {
		{ "on is what it is anyway", K("statefulsets"), NULL },
		{ "held", K("statefulsets hold 2s"), NULL },
		{ "as long as can be", K("statefulsets hold 10s"), NULL },
		{ "held for no time", K("statefulsets hold 0s"), NULL },
		{ "off", K("statefulsets off"), NULL },
		{ "both", K("statefulsets hold 2s off"), "either hold or off" },
		{ "held how long", K("statefulsets hold"), "hold: wants a duration" },
		{ "held in no unit", K("statefulsets hold 2"), "hold: wants a duration" },
		{ "held too long", K("statefulsets hold 10001ms"),
			"Corefile:3: kubernetes: statefulsets: hold: wants a duration of at most "
			"10s" },
		{ "held for ever", K("statefulsets hold 300000000000h"), "hold: wants a duration" },
		{ "another word", K("statefulsets on"), "has \"on\"" },
	};
	struct fixture f;
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
	fixture_parse_directive(&f, K("statefulsets hold 1500ms"));
	assert_int_equal(f.corefile->blocks[0].kubernetes->options.hold_ms, 1500);
	fixture_deinit(&f);
}

static void an_option_absent_has_coredns_default(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse_directive(&f, "kubernetes Cluster.Local");
	const struct corefile_kubernetes *k = f.corefile->blocks[0].kubernetes;
	assert_string_equal(k->options.zones, "cluster.local.");
	assert_null(k->options.namespaces);
	assert_null(k->options.addresses);
	assert_int_equal(k->options.ttl, 5);
	assert_int_equal(k->options.pods, KUBE_PODS_DISABLED);
	assert_false(k->options.fallthrough || k->options.zonal || k->options.no_statefulsets);
	assert_false(k->options.endpoint_pod_names || k->options.no_endpoints);
	assert_false(k->options.ignore_empty_service);
	assert_null(k->endpoint);
	assert_null(k->kubeconfig);
	assert_null(k->options.labels);
	assert_int_equal(k->multicluster.n, 0);
	assert_int_equal(k->startup_timeout_ms, 5000);
	fixture_deinit(&f);
}

static void an_option_means_what_it_says(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse_directive(&f,
		"kubernetes coredns.local 10.1.0.0/15 test.local {\n"
		"endpoint http://a http://b\ntls c k a\nkubeconfig f x\n"
		"namespaces demo\nnamespaces test more\nlabels a in (b, c),d=e\n"
		"pods insecure\nendpoint_pod_names\nttl 30\nnoendpoints\nignore empty_service\n"
		"fallthrough\nfallthrough ip6.arpa FOO.com\nmulticluster test.local\n"
		"startup_timeout 1m1s\napiserver_qps 50.5\napiserver_burst 100\n"
		"apiserver_max_inflight 25\n}");
	const struct corefile_kubernetes *k = f.corefile->blocks[0].kubernetes;
	assert_string_equal(k->options.zones,
		"coredns.local. 0.10.in-addr.arpa. 1.10.in-addr.arpa. test.local.");
	assert_int_equal(k->zones.n, 4);
	assert_string_equal(k->endpoint, "http://a");
	assert_string_equal(k->tls_cert, "c");
	assert_string_equal(k->tls_key, "k");
	assert_string_equal(k->tls_ca, "a");
	assert_string_equal(k->kubeconfig, "f");
	assert_string_equal(k->context, "x");
	assert_string_equal(k->options.namespaces, "demo test more");
	assert_string_equal(k->options.labels, "a in (b, c),d=e");
	assert_int_equal(k->options.pods, KUBE_PODS_INSECURE);
	assert_int_equal(k->options.ttl, 30);
	assert_true(k->options.endpoint_pod_names && k->options.no_endpoints);
	assert_true(k->options.ignore_empty_service);
	assert_string_equal(k->options.fallthrough_zones, "ip6.arpa. foo.com.");
	assert_string_equal(k->options.multicluster, "test.local.");
	assert_int_equal(k->startup_timeout_ms, 61000);
	assert_true(k->qps > 50.4 && k->qps < 50.6);
	assert_int_equal(k->burst, 100);
	assert_int_equal(k->max_inflight, 25);
	assert_non_null(f.corefile->warnings); /* the second endpoint */
	fixture_deinit(&f);
}

static void without_zones_the_block_s_are_taken(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse(&f, "a.local:1053 10.0.0.0/8 {\nkubernetes {\nfallthrough\n}\n}\n");
	const struct corefile_kubernetes *k = f.corefile->blocks[0].kubernetes;
	assert_string_equal(k->options.zones, "a.local. 10.in-addr.arpa.");
	assert_true(k->options.fallthrough);
	assert_null(k->options.fallthrough_zones);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_coredns_are_accepted_and_refused_as_there),
		cmocka_unit_test(statefulsets_is_ours),
		cmocka_unit_test(an_option_absent_has_coredns_default),
		cmocka_unit_test(an_option_means_what_it_says),
		cmocka_unit_test(without_zones_the_block_s_are_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
