/* ConfigMaps, Secrets, and the kinds with few rules. */
#include "rows.h"

#define META "'metadata':{'name':'x','namespace':'n'}"

static const struct row map_rows[] = {
	{ "keys are file names", "{'data':{'a.b':'1','A_c-d':'2'},'binaryData':{'e':'AA=='}}", "" },
	{ "not paths", "{'data':{'a/b':'1','..':'2'}}",
		"[data[a/b]: Invalid value: \"a/b\": a valid config key must consist of "
		"alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
		"'key-name', regex used for validation is '[-._a-zA-Z0-9]+'), data[..]: Invalid "
		"value: \"..\": must not be '..']" },
	{ "a key is of one sort", "{'data':{'a':'1'},'binaryData':{'a':''}}",
		"data[a]: Invalid value: \"a\": duplicate of key present in binaryData" },
};

static void a_config_map_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_CONFIGMAP, "", "{" META "}", false, map_rows);
}

static void a_config_map_has_a_mebibyte_at_most(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	for (size_t over = 0; over < 2; over++) {
		struct json *o = quoted_json(&a, "{" META ",'data':{}}");
		size_t n = 1024 * 1024 + over;
		char *big = arena_alloc(&a, n);
		assert_non_null(big);
		memset(big, 'x', n);
		assert_int_equal(
			json_set_str(&a, json_get(o, "data"), "k", (struct strv){ big, n }),
			ERR_OK);
		expect("a mebibyte", verdict(&a, KIND_CONFIGMAP, "", o, NULL),
			over ? "[]: Too long: may not be more than 1048576 bytes" : "");
	}
	arena_deinit(&a);
}

static const struct row frozen_rows[] = {
	{ "labels may change", "{'metadata':{'labels':{'a':'b'}}}", "" },
	{ "what is frozen may not", "{'immutable':null,'data':{'a':'2'}}",
		"[immutable: Forbidden: field is immutable when `immutable` is set, data: "
		"Forbidden: field is immutable when `immutable` is set]" },
};

static void frozen_content_stays(void **state)
{
	(void)state;
	RUN_ROWS(KIND_CONFIGMAP, "", "{" META ",'immutable':true,'data':{'a':'1'}}", true,
		frozen_rows);
	RUN_ROWS(KIND_SECRET, "", "{" META ",'immutable':true,'data':{'a':'MQ=='}}", true,
		frozen_rows);
}

static const struct row secret_rows[] = {
	{ "an opaque secret has any keys", "{'data':{'a':'AA=='}}", "" },
	{ "certificates need both halves", "{'type':'kubernetes.io/tls','data':{'tls.crt':''}}",
		"data[tls.key]: Required value" },
	{ "a login has one of two", "{'type':'kubernetes.io/basic-auth'}",
		"[data[username]: Required value, data[password]: Required value]" },
	{ "a token names its account", "{'type':'kubernetes.io/service-account-token'}",
		"metadata.annotations[kubernetes.io/service-account.name]: Required value" },
};

static void a_secret_has_what_its_type_needs(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SECRET, "", "{" META "}", false, secret_rows);
}

static const struct row secret_update_rows[] = {
	{ "a type stays", "{'type':'other'}",
		"type: Invalid value: \"other\": field is immutable" },
};

static void a_secret_keeps_its_type(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SECRET, "", "{" META "}", true, secret_update_rows);
}

static const struct row namespace_rows[] = {
	{ "finalizers of a namespace are judged", "{'spec':{'finalizers':['kubernetes','mine']}}",
		"spec.finalizers[1]: Invalid value: \"mine\": name is neither a standard finalizer "
		"name nor is it fully qualified" },
};

static void a_namespace_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_NAMESPACE, "", "{'metadata':{'name':'x'}}", false, namespace_rows);
}

static const struct row node_rows[] = {
	{ "taints may come", "{'spec':{'taints':[{'key':'a','effect':'NoSchedule'}]}}", "" },
	{ "each once, with an effect",
		"{'spec':{'taints':[{'key':'a','effect':'NoSchedule'},{'key':'a','effect':"
		"'NoSchedule'},{'key':'b'}]}}",
		"[spec.taints[1]: Duplicate value: {\"key\":\"a\",\"effect\":\"NoSchedule\"}: "
		"taints must be unique by key and effect pair, spec.taints[2].effect: Required "
		"value]" },
	{ "who and where a node is stays", "{'spec':{'providerID':'q','podCIDR':'10.1.0.0/24'}}",
		"[spec.providerID: Forbidden: node updates may not change providerID except from "
		"\"\" to valid, spec.podCIDRs: Forbidden: node updates may not change podCIDR "
		"except "
		"from \"\" to valid]" },
};

static void a_node_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_NODE, "",
		"{'metadata':{'name':'x'},'spec':{'providerID':'p','podCIDR':'10.0.0.0/24'}}", true,
		node_rows);
}

static const struct row event_rows[] = {
	{ "an event is where its object is", "", "" },
	{ "not elsewhere", "{'involvedObject':{'namespace':'m'}}",
		"involvedObject.namespace: Invalid value: \"m\": does not match event.namespace" },
	{ "events of the cluster are in default", "{'involvedObject':{'namespace':null}}",
		"involvedObject.namespace: Invalid value: \"\": does not match event.namespace" },
	{ "and there they are fine",
		"{'metadata':{'namespace':'default'},'involvedObject':{'namespace':null}}", "" },
	{ "the newer form names its reporter", "{'eventTime':'2026-01-01T00:00:00.000000Z'}",
		"[reportingController: Required value, reportingInstance: Required value, action: "
		"Required value, reason: Required value]" },
};

static void an_event_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(
		KIND_EVENT, "", "{" META ",'involvedObject':{'namespace':'n'}}", false, event_rows);
}

static const struct row lease_rows[] = {
	{ "an empty lease", "", "" },
	{ "it lasts, and is handed on", "{'spec':{'leaseDurationSeconds':0,'leaseTransitions':-1}}",
		"[spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0, "
		"spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0]" },
};
static const struct row lease_update_rows[] = {
	{ "blind updates are refused", "{'metadata':{'resourceVersion':null}}",
		"metadata.resourceVersion: Invalid value: 0: must be specified for an update" },
};

static void a_lease_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_LEASE, "", "{" META "}", false, lease_rows);
	RUN_ROWS(KIND_LEASE, "", "{'metadata':{'name':'x','namespace':'n','resourceVersion':'7'}}",
		true, lease_update_rows);
}

static const struct row revision_rows[] = {
	{ "data may be empty, not absent", "", "" },
	{ "absent", "{'data':null}", "data: Required value: data is mandatory" },
	{ "an object", "{'data':[1],'revision':-1}",
		"[revision: Invalid value: -1: must be greater than or equal to 0, data: Invalid "
		"value: [1]: must be a JSON object]" },
};
static const struct row revision_update_rows[] = {
	{ "a number may change", "{'revision':7}", "" },
	{ "data may not", "{'data':{'a':2}}",
		"data: Invalid value: {\"a\":2}: field is immutable" },
};

static void a_revision_keeps_its_data(void **state)
{
	(void)state;
	RUN_ROWS(KIND_CONTROLLERREVISION, "", "{" META ",'data':{},'revision':1}", false,
		revision_rows);
	RUN_ROWS(KIND_CONTROLLERREVISION, "", "{" META ",'data':{'a':1},'revision':1}", true,
		revision_update_rows);
}

/* Whatever the object looks like, judging it does not fall over. */
static void nonsense_is_survived(void **state)
{
	(void)state;
	static const char *const texts[] = { "{}", "{'metadata':[],'spec':1,'status':'x'}",
		"{'spec':{'containers':{},'ports':'a','template':[],'selector':1,'volumes':[1,[]],"
		"'volumeClaimTemplates':{'a':1},'updateStrategy':[]}}",
		"{'metadata':{'labels':[1],'annotations':'a','ownerReferences':[1,'a'],'finalizers'"
		":"
		"{'a':1},'name':1},'data':1,'endpoints':[1],'ports':[[]],'subsets':['a']}",
		"{'spec':{'containers':[1,{'ports':[1],'env':['a'],'resources':[],'volumeMounts':"
		"1}],'affinity':'a','tolerations':[1],'dnsConfig':[]}}" };
	static const char *const subs[] = { "", "status", "scale", "finalize", "binding" };
	for (enum kind k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		for (size_t i = 0; i < ARRAY_LEN(texts) * ARRAY_LEN(subs); i++) {
			struct arena a;
			arena_init(&a, 0);
			struct json *o = quoted_json(&a, texts[i % ARRAY_LEN(texts)]);
			struct json *old = quoted_json(&a, texts[(i + 1) % ARRAY_LEN(texts)]);
			const char *sub = subs[i / ARRAY_LEN(texts)];
			(void)verdict(&a, k, sub, o, NULL);
			(void)verdict(&a, k, sub, o, old);
			assert_int_equal(prepare_object(&a, k, sub, o, NULL), ERR_OK);
			assert_int_equal(prepare_object(&a, k, sub, o, old), ERR_OK);
			assert_int_equal(prepare_generation(&a, k, sub, o, old), ERR_OK);
			arena_deinit(&a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_config_map_is_judged),
		cmocka_unit_test(a_config_map_has_a_mebibyte_at_most),
		cmocka_unit_test(frozen_content_stays),
		cmocka_unit_test(a_secret_has_what_its_type_needs),
		cmocka_unit_test(a_secret_keeps_its_type),
		cmocka_unit_test(a_namespace_is_judged),
		cmocka_unit_test(a_node_is_judged),
		cmocka_unit_test(an_event_is_judged),
		cmocka_unit_test(a_lease_is_judged),
		cmocka_unit_test(a_revision_keeps_its_data),
		cmocka_unit_test(nonsense_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
