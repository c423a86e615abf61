/* Services, EndpointSlices, Endpoints. Source: Kubernetes "Service", "EndpointSlices". */
#include "rows.h"

#define META "'metadata':{'name':'s','namespace':'n'}"
#define GOOD                                                                                       \
	"{" META ",'spec':{'clusterIP':'10.96.0.7','clusterIPs':['10.96.0.7'],'selector':{'a':"    \
	"'b'},'ports':[{'port':80}]}}"
#define HEADLESS      "{" META ",'spec':{'clusterIP':'None','clusterIPs':['None'],'selector':{'a':'b'}}}"
#define SPEC(members) "{'spec':{" members "}}"
#define PORTS(list)   "{'spec':{'ports':[" list "]}}"

static const struct row service_rows[] = {
	{ "a Service with a port", "", "" },
	{ "a name may begin with a digit since 1.37", "{'metadata':{'name':'1s'}}", "" },
	{ "ports are needed", PORTS(""), "spec.ports: Required value" },
	{ "ports are in range, of a protocol",
		PORTS("{'port':0},{'port':70000,'name':'a',"
		      "'protocol':'HTTP','targetPort':0}"),
		"[spec.ports[0].name: Required value, spec.ports[0].port: Invalid value: 0: must "
		"be "
		"between 1 and 65535, inclusive, spec.ports[0].protocol: Required value, "
		"spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive, "
		"spec.ports[1].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", "
		"\"TCP\", \"UDP\", spec.ports[1].targetPort: Invalid value: 0: must be between 1 "
		"and 65535, inclusive]" },
	{ "several ports have names, each once",
		PORTS("{'port':80,'name':'a','protocol':'TCP'},{'port':81,'name':'a','protocol':"
		      "'TCP'},{'port':80,'name':'b','protocol':'TCP'},{'port':80,'name':'c',"
		      "'protocol':'UDP','targetPort':'web'}"),
		"[spec.ports[1].name: Duplicate value: \"a\", spec.ports[2]: Duplicate value: "
		"{\"protocol\":\"TCP\",\"port\":80}]" },
	{ "a name of a target is a port name",
		PORTS("{'port':80,'protocol':'TCP','targetPort':'-'}"),
		"[spec.ports[0].targetPort: Invalid value: \"-\": must contain at least one letter "
		"(a-z), spec.ports[0].targetPort: Invalid value: \"-\": must not begin or end with "
		"a hyphen]" },
	{ "node ports are for types that have them",
		PORTS("{'port':80,'protocol':'TCP','nodePort':30000}"),
		"spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'" },
	{ "a node port is taken once",
		"{'spec':{'type':'NodePort','ports':[{'port':80,'name':'a','protocol':'TCP',"
		"'nodePort':30000},{'port':81,'name':'b','protocol':'TCP','nodePort':30000}]}}",
		"spec.ports[1].nodePort: Duplicate value: 30000" },
	{ "types are of a list", SPEC("'type':'Headless'"),
		"spec.type: Unsupported value: \"Headless\": supported values: \"ClusterIP\", "
		"\"ExternalName\", \"LoadBalancer\", \"NodePort\"" },
	{ "a headless Service is of type ClusterIP",
		SPEC("'type':'NodePort','clusterIP':'None','clusterIPs':['None']"),
		"spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for "
		"NodePort "
		"services" },
	{ "None stands alone", SPEC("'clusterIP':'None','clusterIPs':['None','10.96.0.1']"),
		"spec.clusterIPs[0]: Invalid value: \"None\": 'None' must be the first and only "
		"value" },
	{ "both ways to say an address agree", SPEC("'clusterIP':'10.96.0.8'"),
		"spec.clusterIPs: Invalid value: [\"10.96.0.7\"]: first value must match "
		"`clusterIP`" },
	{ "an address is one", SPEC("'clusterIP':'a','clusterIPs':['a']"),
		"spec.clusterIPs[0]: Invalid value: \"a\": must be a valid IP address, (e.g. "
		"10.9.8.7 or 2001:db8::ffff)" },
	{ "a selector is labels", SPEC("'selector':{'a':'b c'}"),
		"spec.selector: Invalid value: \"b c\": a valid label must be an empty string or "
		"consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
		"an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
		"used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')" },
	{ "affinity is none or by client", SPEC("'sessionAffinity':'Cookie'"),
		"spec.sessionAffinity: Unsupported value: \"Cookie\": supported values: "
		"\"ClientIP\", \"None\"" },
	{ "an affinity lasts a day at most",
		SPEC("'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{"
		     "'timeoutSeconds':86401}}"),
		"spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be "
		"greater than 0 and less than 86400" },
	{ "traffic from outside needs an outside", SPEC("'externalTrafficPolicy':'Local'"),
		"spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for "
		"externally-accessible services" },
	{ "families come once each", SPEC("'ipFamilies':['IPv4','IPv4','IPv5']"),
		"[spec.ipFamilies[1]: Duplicate value: \"IPv4\", spec.ipFamilies[2]: Unsupported "
		"value: \"IPv5\": supported values: \"IPv4\", \"IPv6\", spec.ipFamilies: Invalid "
		"value: [\"IPv4\",\"IPv4\",\"IPv5\"]: may only hold up to 2 values]" },
	{ "an alias needs a name and no address", SPEC("'type':'ExternalName'"),
		"[spec.externalName: Required value, spec.clusterIPs: Forbidden: may not be set "
		"for "
		"ExternalName services]" },
	{ "an alias may end in a dot",
		SPEC("'type':'ExternalName','externalName':'a.b.','clusterIP':null,'clusterIPs':"
		     "null,'ports':null"),
		"" },
};

static void a_service_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SERVICE, "", GOOD, false, service_rows);
}

static const struct row headless_rows[] = {
	{ "a headless Service needs no ports", "", "" },
	{ "its ports are judged all the same", PORTS("{'port':-1,'protocol':'TCP'}"),
		"spec.ports[0].port: Invalid value: -1: must be between 1 and 65535, inclusive" },
};

static void a_headless_service_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SERVICE, "", HEADLESS, false, headless_rows);
}

static const struct row update_rows[] = {
	{ "ports and selectors may change",
		"{'spec':{'selector':{'c':'d'},'ports':[{'port':81,'protocol':'UDP'}]}}", "" },
	{ "an address may not", SPEC("'clusterIP':'10.96.0.8','clusterIPs':['10.96.0.8']"),
		"spec.clusterIPs[0]: Invalid value: [\"10.96.0.8\"]: may not change once set" },
	{ "nor become none", SPEC("'clusterIP':'None','clusterIPs':['None']"),
		"spec.clusterIPs[0]: Invalid value: [\"None\"]: may not change once set" },
	{ "nor go", SPEC("'clusterIP':'','clusterIPs':[]"),
		"spec.clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset" },
	{ "unless the type gives it up",
		SPEC("'type':'ExternalName','externalName':'a.b','clusterIP':null,'clusterIPs':"
		     "null"),
		"" },
};

static void an_address_once_given_stays(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SERVICE, "", GOOD, true, update_rows);
}

#define SLICE                                                                                      \
	"{" META ",'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],'hostname':'a'}],"  \
	"'ports':[{'name':'','port':80,'protocol':'TCP'}]}"

static const struct row slice_rows[] = {
	{ "a slice", "", "" },
	{ "a type is needed", "{'addressType':null}", "addressType: Required value" },
	{ "of a list", "{'addressType':'MAC'}",
		"addressType: Unsupported value: \"MAC\": supported values: \"FQDN\", \"IPv4\", "
		"\"IPv6\"" },
	{ "an endpoint has an address", "{'endpoints':[{}]}",
		"endpoints[0].addresses: Required value: must contain at least 1 address" },
	{ "of the slice's family", "{'endpoints':[{'addresses':['fd00::1','x']}]}",
		"[endpoints[0].addresses[0]: Invalid value: \"fd00::1\": must be an IPv4 address, "
		"endpoints[0].addresses[1]: Invalid value: \"x\": must be a valid IP address, "
		"(e.g. "
		"10.9.8.7 or 2001:db8::ffff)]" },
	{ "that another machine can have",
		"{'endpoints':[{'addresses':['127.0.0.1','0.0.0.0','169.254.1.1','224.0.0.1']}]}",
		"[endpoints[0].addresses[0]: Invalid value: \"127.0.0.1\": may not be in the "
		"loopback range (127.0.0.0/8, ::1/128), endpoints[0].addresses[1]: Invalid value: "
		"\"0.0.0.0\": may not be unspecified (0.0.0.0 or ::), endpoints[0].addresses[2]: "
		"Invalid value: \"169.254.1.1\": may not be in the link-local range "
		"(169.254.0.0/16, fe80::/10), endpoints[0].addresses[3]: Invalid value: "
		"\"224.0.0.1\": may not be in the link-local multicast range (224.0.0.0/24, "
		"ff02::/10)]" },
	{ "the same for IPv6",
		"{'addressType':'IPv6','endpoints':[{'addresses':['fd00::1','::1','::','fe80::1',"
		"'ff02::1','10.0.0.1']}]}",
		"[endpoints[0].addresses[1]: Invalid value: \"::1\": may not be in the loopback "
		"range (127.0.0.0/8, ::1/128), endpoints[0].addresses[2]: Invalid value: \"::\": "
		"may not be unspecified (0.0.0.0 or ::), endpoints[0].addresses[3]: Invalid value: "
		"\"fe80::1\": may not be in the link-local range (169.254.0.0/16, fe80::/10), "
		"endpoints[0].addresses[4]: Invalid value: \"ff02::1\": may not be in the "
		"link-local multicast range (224.0.0.0/24, ff02::/10), endpoints[0].addresses[5]: "
		"Invalid value: \"10.0.0.1\": must be an IPv6 address]" },
	{ "names for the type of names",
		"{'addressType':'FQDN','endpoints':[{'addresses':['a.b','c']}]}",
		"endpoints[0].addresses[1]: Invalid value: \"c\": should be a domain with at least "
		"two segments separated by dots" },
	{ "a hostname is a label", "{'endpoints':[{'addresses':['10.0.0.1'],'hostname':'a.b'}]}",
		"endpoints[0].hostname: Invalid value: \"a.b\": must not contain dots" },
	{ "ports have names, each once",
		"{'ports':[{'protocol':'TCP'},{'name':'','protocol':'TCP','port':0},{'name':'A',"
		"'protocol':'X'}]}",
		"[ports[1].name: Duplicate value: \"\", ports[1].port: Invalid value: 0: must be "
		"between 1 and 65535, inclusive, ports[2].name: Invalid value: \"A\": a lowercase "
		"RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
		"must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
		"regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?'), ports[2].protocol: "
		"Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"]" },
};

static void a_slice_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_ENDPOINTSLICE, "", SLICE, false, slice_rows);
}

static const struct row slice_update_rows[] = {
	{ "endpoints may change", "{'endpoints':[]}", "" },
	{ "the type may not", "{'addressType':'FQDN','endpoints':[]}",
		"addressType: Invalid value: \"FQDN\": field is immutable" },
};

static void a_slice_keeps_its_type(void **state)
{
	(void)state;
	RUN_ROWS(KIND_ENDPOINTSLICE, "", SLICE, true, slice_update_rows);
}

static void a_slice_has_a_thousand_endpoints_at_most(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *o = object_with(&a, KIND_ENDPOINTSLICE, SLICE, "");
	struct json *list = json_get(o, "endpoints");
	while (json_count(list) < 1000) {
		assert_int_equal(json_append(&a, list, json_copy(&a, json_first(list))), ERR_OK);
	}
	expect("a thousand", verdict(&a, KIND_ENDPOINTSLICE, "", o, NULL), "");
	assert_int_equal(json_append(&a, list, json_copy(&a, json_first(list))), ERR_OK);
	expect("one more", verdict(&a, KIND_ENDPOINTSLICE, "", o, NULL),
		"endpoints: Too many: 1001: must have at most 1000 items");
	list = json_get(json_first(list), "addresses");
	while (json_count(list) < 101) {
		assert_int_equal(json_append(&a, list, json_new_str(&a, STRV("10.0.0.1"))), ERR_OK);
	}
	(void)json_remove(json_get(o, "endpoints"), "x");
	struct json *one = json_new_array(&a);
	assert_int_equal(
		json_append(&a, one, json_copy(&a, json_first(json_get(o, "endpoints")))), ERR_OK);
	assert_int_equal(json_set(&a, o, "endpoints", one), ERR_OK);
	expect("a hundred addresses", verdict(&a, KIND_ENDPOINTSLICE, "", o, NULL),
		"endpoints[0].addresses: Too many: 101: must have at most 100 items");
	arena_deinit(&a);
}

static const struct row endpoints_rows[] = {
	{ "no subsets", "", "" },
	{ "a subset",
		"{'subsets':[{'addresses':[{'ip':'10.0.0.1'}],'ports':[{'port':80,'protocol':"
		"'TCP'}]}]}",
		"" },
	{ "a subset has addresses", "{'subsets':[{}]}",
		"subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`" },
	{ "addresses, host names and ports are judged",
		"{'subsets':[{'addresses':[{'ip':'x','hostname':'A'}],'ports':[{'port':0,'protocol'"
		":"
		"'TCP'},{'port':1,'name':'b','protocol':''}]}]}",
		"[subsets[0].addresses[0].ip: Invalid value: \"x\": must be a valid IP address, "
		"(e.g. 10.9.8.7 or 2001:db8::ffff), subsets[0].addresses[0].hostname: Invalid "
		"value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric "
		"characters or '-', and must start and end with an alphanumeric character (e.g. "
		"'my-name',  or '123-abc', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?'), subsets[0].ports[0].name: Required value, "
		"subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, "
		"inclusive, subsets[0].ports[1].protocol: Required value]" },
};

static void endpoints_are_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_ENDPOINTS, "", "{" META "}", false, endpoints_rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_is_judged),
		cmocka_unit_test(a_headless_service_is_judged),
		cmocka_unit_test(an_address_once_given_stays),
		cmocka_unit_test(a_slice_is_judged),
		cmocka_unit_test(a_slice_keeps_its_type),
		cmocka_unit_test(a_slice_has_a_thousand_endpoints_at_most),
		cmocka_unit_test(endpoints_are_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
