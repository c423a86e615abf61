/* What a write may set and what it takes from the stored object. Source: kube-apiserver 1.37 as observed. */
#include "rows.h"

static const struct {
	const char *why;
	enum kind kind;
	const char *sub;
	const char *object;
	const char *old; /* NULL: create */
	const char *want;
} rows[] = {
	{ "a pod begins Pending, whatever it claims", KIND_POD, "",
		"{'metadata':{'uid':'u','creationTimestamp':null,'deletionTimestamp':'d',"
		"'generation':7,'deletionGracePeriodSeconds':3,'selfLink':'/"
		"'},'spec':{'containers':"
		"[{}]},'status':{'phase':'Running'}}",
		NULL,
		"{'metadata':{'generation':1},'spec':{'containers':[{}]},'status':{'phase':"
		"'Pending','qosClass':'BestEffort'}}" },
	{ "a set begins with nothing", KIND_STATEFULSET, "",
		"{'metadata':{},'spec':{},'status':{'replicas':3}}", NULL,
		"{'metadata':{'generation':1},'spec':{},'status':{'replicas':0,"
		"'availableReplicas':0}}" },
	{ "a claim begins Pending", KIND_PVC, "", "{'metadata':{},'status':{'phase':'Bound'}}",
		NULL, "{'metadata':{},'status':{'phase':'Pending'}}" },
	{ "a volume too", KIND_PV, "", "{'metadata':{}}", NULL,
		"{'metadata':{},'status':{'phase':'Pending'}}" },
	{ "a namespace is active, held and labelled", KIND_NAMESPACE, "",
		"{'metadata':{'name':'x'}}", NULL,
		"{'metadata':{'name':'x','labels':{'kubernetes.io/metadata.name':'x'}},'spec':"
		"{'finalizers':['kubernetes']},'status':{'phase':'Active'}}" },
	{ "a namespace is held once", KIND_NAMESPACE, "",
		"{'metadata':{},'spec':{'finalizers':['kubernetes']}}", NULL,
		"{'metadata':{},'spec':{'finalizers':['kubernetes']},'status':{'phase':"
		"'Active'}}" },
	{ "plain text of a secret is encoded over what is there", KIND_SECRET, "",
		"{'metadata':{},'data':{'a':'eA==','e':''},'stringData':{'a':'M','b':'Ma','c':'Man'"
		","
		"'d':''}}",
		NULL,
		"{'metadata':{},'data':{'a':'TQ==','e':'','b':'TWE=','c':'TWFu','d':''},'type':"
		"'Opaque'}" },
	{ "a secret keeps its type when none is sent", KIND_SECRET, "", "{'metadata':{}}",
		"{'metadata':{},'type':'t'}", "{'metadata':{},'type':'t'}" },
	{ "an address fills the list of addresses", KIND_SERVICE, "",
		"{'metadata':{},'spec':{'clusterIP':'None'}}", NULL,
		"{'metadata':{},'spec':{'clusterIP':'None','clusterIPs':['None']},'status':"
		"{'loadBalancer':{}}}" },
	{ "a slice has a generation", KIND_ENDPOINTSLICE, "", "{'metadata':{}}", NULL,
		"{'metadata':{'generation':1}}" },
	{ "a node brings its own status", KIND_NODE, "", "{'metadata':{},'status':{'phase':'x'}}",
		NULL, "{'metadata':{},'status':{'phase':'x'}}" },

	{ "an update keeps identity, deletion and status", KIND_POD, "",
		"{'metadata':{'creationTimestamp':null,'uid':'','generation':9,'labels':{'a':'b'}},"
		"'spec':{},'status':{'phase':'Failed'}}",
		"{'metadata':{'name':'p','namespace':'n','uid':'u','creationTimestamp':'c',"
		"'deletionTimestamp':'d','deletionGracePeriodSeconds':3,'generation':2},'spec':{},"
		"'status':{'phase':'Running'}}",
		"{'metadata':{'name':'p','namespace':'n','uid':'u','creationTimestamp':'c',"
		"'deletionTimestamp':'d','deletionGracePeriodSeconds':3,'generation':2,'labels':"
		"{'a':'b'}},'spec':{},'status':{'phase':'Running'}}" },
	{ "another uid is left for validation to refuse", KIND_SERVICEACCOUNT, "",
		"{'metadata':{'uid':'w'}}", "{'metadata':{'uid':'u'}}",
		"{'metadata':{'uid':'w'}}" },
	{ "a status without an old one goes", KIND_PVC, "",
		"{'metadata':{},'status':{'phase':'Bound'}}", "{'metadata':{}}",
		"{'metadata':{}}" },
	{ "kinds without a part for status keep what they are sent", KIND_CONFIGMAP, "",
		"{'metadata':{},'data':{'a':'2'}}", "{'metadata':{},'data':{'a':'1'}}",
		"{'metadata':{},'data':{'a':'2'}}" },
	{ "a status write changes the status only", KIND_STATEFULSET, "status",
		"{'metadata':{'resourceVersion':'5','labels':{'x':'y'}},'spec':{'replicas':9},"
		"'status':{'replicas':2}}",
		"{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'resourceVersion':'6',"
		"'labels':{'a':'b'},'generation':3},'spec':{'replicas':1},'status':{'replicas':1}}",
		"{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'labels':{'a':'b'},"
		"'generation':3,'resourceVersion':'5'},'spec':{'replicas':1},'status':{'replicas':"
		"2}}" },
	{ "a pod's quality stays", KIND_POD, "status",
		"{'metadata':{},'status':{'phase':'Running'}}",
		"{'metadata':{},'spec':{},'status':{'phase':'Pending','qosClass':'Burstable'}}",
		"{'metadata':{},'spec':{},'status':{'phase':'Running','qosClass':'Burstable'}}" },
	{ "a namespace is let go by finalize only", KIND_NAMESPACE, "",
		"{'metadata':{'name':'x'},'spec':{'finalizers':[]}}",
		"{'metadata':{'name':'x'},'spec':{'finalizers':['kubernetes']},'status':{'phase':"
		"'Active'}}",
		"{'metadata':{'name':'x','labels':{'kubernetes.io/metadata.name':'x'}},'spec':"
		"{'finalizers':['kubernetes']},'status':{'phase':'Active'}}" },
	{ "finalize changes the spec only", KIND_NAMESPACE, "finalize",
		"{'metadata':{'name':'x','labels':{'a':'b'}},'spec':{'finalizers':[]},'status':{}}",
		"{'metadata':{'name':'x'},'spec':{'finalizers':['kubernetes']},'status':{'phase':"
		"'Terminating'}}",
		"{'metadata':{'name':'x'},'spec':{'finalizers':[]},'status':{'phase':"
		"'Terminating'}}" },
	{ "a Service keeps what it was given", KIND_SERVICE, "",
		"{'metadata':{},'spec':{'type':'NodePort','ports':[{'port':80,'protocol':'TCP'},"
		"{'port':81,'protocol':'TCP'}]}}",
		"{'metadata':{},'spec':{'type':'NodePort','clusterIP':'1.1.1.1','clusterIPs':"
		"['1.1.1.1'],'ipFamilies':['IPv4'],'ipFamilyPolicy':'SingleStack','ports':[{'port':"
		"80,'protocol':'TCP','nodePort':30000}]}}",
		"{'metadata':{},'spec':{'type':'NodePort','clusterIP':'1.1.1.1','clusterIPs':"
		"['1.1.1.1'],'ipFamilies':['IPv4'],'ipFamilyPolicy':'SingleStack','ports':[{'port':"
		"80,'protocol':'TCP','nodePort':30000},{'port':81,'protocol':'TCP'}]}}" },
	{ "a changed address changes the list", KIND_SERVICE, "",
		"{'metadata':{},'spec':{'clusterIP':'2.2.2.2','clusterIPs':['1.1.1.1']}}",
		"{'metadata':{},'spec':{'clusterIP':'1.1.1.1','clusterIPs':['1.1.1.1']}}",
		"{'metadata':{},'spec':{'clusterIP':'2.2.2.2','clusterIPs':['2.2.2.2']}}" },
	{ "a Service that becomes an alias gives its address back", KIND_SERVICE, "",
		"{'metadata':{},'spec':{'type':'ExternalName','clusterIP':'1.1.1.1','clusterIPs':"
		"['1.1.1.1'],'ipFamilies':['IPv4']}}",
		"{'metadata':{},'spec':{'type':'ClusterIP','clusterIP':'1.1.1.1','clusterIPs':"
		"['1.1.1.1'],'ipFamilies':['IPv4']}}",
		"{'metadata':{},'spec':{'type':'ExternalName'}}" },
};

static void a_write_sets_its_part_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *o = quoted_json(&a, rows[i].object);
		struct json *old = rows[i].old ? quoted_json(&a, rows[i].old) : NULL;
		assert_int_equal(prepare_object(&a, rows[i].kind, rows[i].sub, o, old), ERR_OK);
		struct json *want = quoted_json(&a, rows[i].want);
		if (!json_equal(o, want)) {
			fail_msg("%s\n  got:  %s\n  want: %s", rows[i].why, json_text(&a, o).p,
				json_text(&a, want).p);
		}
		arena_deinit(&a);
	}
}

static const struct {
	const char *why, *containers, *want;
} qualities[] = {
	{ "nothing asked", "[{}]", "BestEffort" },
	{ "zero is nothing", "[{'resources':{'requests':{'cpu':'0'}}}]", "BestEffort" },
	{ "something asked", "[{'resources':{'requests':{'cpu':'1m'}}},{}]", "Burstable" },
	{ "all limited", "[{'resources':{'limits':{'cpu':'1','memory':'1Gi'}}}]", "Guaranteed" },
	{ "all limited, as much requested in other units",
		"[{'resources':{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'1000m',"
		"'memory':'1024Mi'}}}]",
		"Guaranteed" },
	{ "less requested",
		"[{'resources':{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'1m',"
		"'memory':'1Gi'}}}]",
		"Burstable" },
	{ "one of two limited", "[{'resources':{'limits':{'cpu':'1','memory':'1Gi'}}},{}]",
		"Burstable" },
	{ "memory alone limited", "[{'resources':{'limits':{'memory':'1Gi'}}}]", "Burstable" },
	{ "other resources do not count", "[{'resources':{'limits':{'a/gpu':'1'}}}]",
		"BestEffort" },
};

static void quality_follows_from_resources(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(qualities); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *o = quoted_json(&a, "{'metadata':{},'spec':{}}");
		assert_int_equal(json_set(&a, json_get(o, "spec"), "containers",
					 quoted_json(&a, qualities[i].containers)),
			ERR_OK);
		assert_int_equal(prepare_object(&a, KIND_POD, "", o, NULL), ERR_OK);
		expect(qualities[i].why, json_str(json_dig(o, "status.qosClass")),
			qualities[i].want);
		arena_deinit(&a);
	}
}

static const struct {
	const char *why;
	enum kind kind;
	const char *sub, *object, *old;
	int64_t want;
} generations[] = {
	{ "labels are not what is wanted", KIND_STATEFULSET, "",
		"{'metadata':{'labels':{'a':'b'}},'spec':{'replicas':1}}",
		"{'metadata':{'generation':4},'spec':{'replicas':1}}", 4 },
	{ "replicas are", KIND_STATEFULSET, "", "{'metadata':{},'spec':{'replicas':2}}",
		"{'metadata':{'generation':4},'spec':{'replicas':1}}", 5 },
	{ "by scale too", KIND_STATEFULSET, "scale", "{'metadata':{},'spec':{'replicas':2}}",
		"{'metadata':{'generation':4},'spec':{'replicas':1}}", 5 },
	{ "a client's own figure is not asked", KIND_STATEFULSET, "",
		"{'metadata':{'generation':99},'spec':{'replicas':1}}",
		"{'metadata':{'generation':4},'spec':{'replicas':1}}", 4 },
	{ "status is not", KIND_STATEFULSET, "status", "{'metadata':{'generation':4}}",
		"{'metadata':{'generation':4},'spec':{'replicas':1}}", 4 },
	{ "a pod's image is", KIND_POD, "", "{'metadata':{},'spec':{'containers':[{'image':'j'}]}}",
		"{'metadata':{'generation':1},'spec':{'containers':[{'image':'i'}]}}", 2 },
	{ "its node is not", KIND_POD, "binding",
		"{'metadata':{'generation':1},'spec':{'nodeName':'n'}}",
		"{'metadata':{'generation':1},'spec':{}}", 1 },
	{ "endpoints are, in a slice", KIND_ENDPOINTSLICE, "", "{'metadata':{},'endpoints':[1]}",
		"{'metadata':{'generation':1}}", 2 },
	{ "labels of a slice are too", KIND_ENDPOINTSLICE, "", "{'metadata':{'labels':{'a':'b'}}}",
		"{'metadata':{'generation':1}}", 2 },
	{ "annotations are not", KIND_ENDPOINTSLICE, "", "{'metadata':{'annotations':{'a':'b'}}}",
		"{'metadata':{'generation':1}}", 1 },
	{ "other kinds have none", KIND_SERVICE, "", "{'metadata':{},'spec':{'a':1}}",
		"{'metadata':{},'spec':{}}", -1 },
};

static void a_generation_counts_changes_of_what_is_wanted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(generations); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *o = quoted_json(&a, generations[i].object);
		struct json *old = quoted_json(&a, generations[i].old);
		assert_int_equal(
			prepare_generation(&a, generations[i].kind, generations[i].sub, o, old),
			ERR_OK);
		int64_t got = json_i64_or(json_dig(o, "metadata.generation"), -1);
		if (got != generations[i].want) {
			fail_msg("%s: %lld", generations[i].why, (long long)got);
		}
		arena_deinit(&a);
	}
}

static void without_memory_nothing_is_prepared(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"{'metadata':{'name':'x'},'spec':{'finalizers':[]},'stringData':{'a':'b'}}",
	};
	for (enum kind k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		for (size_t limit = 4096; limit < 20000; limit += 128) {
			struct arena a;
			arena_init(&a, 0);
			struct json *o = quoted_json(&a, texts[0]);
			a.limit_bytes = limit;
			int err = prepare_object(&a, k, "", o, NULL);
			assert_true(err == ERR_OK || err == ERR_NOMEM);
			arena_deinit(&a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_sets_its_part_only),
		cmocka_unit_test(quality_follows_from_resources),
		cmocka_unit_test(a_generation_counts_changes_of_what_is_wanted),
		cmocka_unit_test(without_memory_nothing_is_prepared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
