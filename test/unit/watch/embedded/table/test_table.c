/* Rows of every kind, as kubectl prints them. Source: kube-apiserver 1.37 as observed. Now is 2026-01-01T01:00:00Z. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/base/quoted.h"
#include "watch/embedded/table/table.h"

#define NOW_MS  1767229200000
#define META    "'metadata':{'name':'x','creationTimestamp':'2026-01-01T00:00:00Z'}"
#define DELETED "'metadata':{'name':'x','deletionTimestamp':'2026-01-01T00:00:00Z'}"
#define TWO     "'spec':{'containers':[{'name':'a'},{'name':'b'}]}"
#define RUNNING "{'ready':true,'restartCount':0,'state':{'running':{}}}"

static const struct {
	const char *why;
	enum kind kind;
	const char *object;
	const char *want; /* cells */
} rows[] = {
	{ "a set counts ready of wanted", KIND_STATEFULSET,
		"{" META ",'spec':{'replicas':3,'template':{'spec':{'containers':[{'name':'a',"
		"'image':'i:1'},{'name':'b','image':'j'}]}}},'status':{'readyReplicas':2}}",
		"['x','2/3','60m','a,b','i:1,j']" },
	{ "a set of none", KIND_STATEFULSET, "{" META ",'spec':{'replicas':0}}",
		"['x','0/0','60m','','']" },
	{ "a revision names its set with the group", KIND_CONTROLLERREVISION,
		"{'metadata':{'name':'x','ownerReferences':[{'kind':'StatefulSet','apiVersion':"
		"'apps/v1','name':'web','controller':true}]},'revision':3}",
		"['x','statefulset.apps/web',3,'<unknown>']" },
	{ "an owner of the core group has none", KIND_CONTROLLERREVISION,
		"{'metadata':{'name':'x','ownerReferences':[{'kind':'Pod','apiVersion':'v1',"
		"'name':'p','controller':true}]}}",
		"['x','pod/p',0,'<unknown>']" },
	{ "a revision without an owner", KIND_CONTROLLERREVISION, "{" META ",'revision':1}",
		"['x','<none>',1,'60m']" },

	{ "a pod that nobody took", KIND_POD, "{" META "," TWO ",'status':{'phase':'Pending'}}",
		"['x','0/2','Pending','0','60m','<none>','<none>','<none>','<none>']" },
	{ "a running pod", KIND_POD,
		"{" META ",'spec':{'nodeName':'n','containers':[{'name':'a'}]},'status':{'phase':"
		"'Running','podIP':'10.0.0.9','podIPs':[{'ip':'10.0.0.1'}],'containerStatuses':"
		"[" RUNNING "]}}",
		"['x','1/1','Running','0','60m','10.0.0.1','n','<none>','<none>']" },
	{ "the pod's own reason is before its phase", KIND_POD,
		"{" META "," TWO ",'status':{'phase':'Failed','reason':'Evicted'}}",
		"['x','0/2','Evicted','0','60m','<none>','<none>','<none>','<none>']" },
	{ "a pod whose scheduling is gated", KIND_POD,
		"{" META "," TWO ",'status':{'phase':'Pending','conditions':[{'type':"
		"'PodScheduled','status':'False','reason':'SchedulingGated'}]}}",
		"['x','0/2','SchedulingGated','0','60m','<none>','<none>','<none>','<none>']" },
	{ "the first container's trouble is told", KIND_POD,
		"{" META "," TWO
		",'status':{'phase':'Running','containerStatuses':[{'restartCount':"
		"2,'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':"
		"{'finishedAt':'2026-01-01T00:54:58Z'}}},{'state':{'terminated':{'reason':'Error'}"
		"}}]}}",
		"['x','0/2','CrashLoopBackOff','2 (5m2s ago)','60m','<none>','<none>','<none>',"
		"'<none>']" },
	{ "restarts of an unknown time", KIND_POD,
		"{" META "," TWO
		",'status':{'phase':'Running','containerStatuses':[{'restartCount':"
		"2,'ready':true,'state':{'running':{}}}]}}",
		"['x','1/2','Running','2','60m','<none>','<none>','<none>','<none>']" },
	{ "an exit code without a reason", KIND_POD,
		"{" META "," TWO ",'status':{'phase':'Failed','containerStatuses':[{'state':{"
		"'terminated':{'exitCode':3}}}]}}",
		"['x','0/2','ExitCode:3','0','60m','<none>','<none>','<none>','<none>']" },
	{ "a signal is before the exit code", KIND_POD,
		"{" META "," TWO ",'status':{'phase':'Failed','containerStatuses':[{'state':{"
		"'terminated':{'exitCode':137,'signal':9}}}]}}",
		"['x','0/2','Signal:9','0','60m','<none>','<none>','<none>','<none>']" },
	{ "one completed and one running, ready", KIND_POD,
		"{" META "," TWO ",'status':{'phase':'Running','conditions':[{'type':'Ready',"
		"'status':'True'}],'containerStatuses':[{'state':{'terminated':{'reason':"
		"'Completed'}}}," RUNNING "]}}",
		"['x','1/2','Running','0','60m','<none>','<none>','<none>','<none>']" },
	{ "one completed and one running, not ready", KIND_POD,
		"{" META "," TWO ",'status':{'phase':'Running','containerStatuses':[{'state':{"
		"'terminated':{'reason':'Completed'}}}," RUNNING "]}}",
		"['x','1/2','NotReady','0','60m','<none>','<none>','<none>','<none>']" },
	{ "the second of two init containers works", KIND_POD,
		"{" META ",'spec':{'initContainers':[{'name':'i'},{'name':'j'}],'containers':"
		"[{'name':'a'}]},'status':{'phase':'Pending','initContainerStatuses':[{'name':'i',"
		"'state':{'terminated':{'exitCode':0}}},{'name':'j','state':{'waiting':{'reason':"
		"'PodInitializing'}}}]}}",
		"['x','0/1','Init:1/2','0','60m','<none>','<none>','<none>','<none>']" },
	{ "an init container that fails", KIND_POD,
		"{" META ",'spec':{'initContainers':[{'name':'i'}],'containers':[{'name':'a'}]},"
		"'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','restartCount':1,"
		"'state':{'terminated':{'exitCode':2}}}]}}",
		"['x','0/1','Init:ExitCode:2','1','60m','<none>','<none>','<none>','<none>']" },
	{ "an init container that cannot be pulled", KIND_POD,
		"{" META ",'spec':{'initContainers':[{'name':'i'}],'containers':[{'name':'a'}]},"
		"'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','state':"
		"{'waiting':{'reason':'ErrImagePull'}}}]}}",
		"['x','0/1','Init:ErrImagePull','0','60m','<none>','<none>','<none>','<none>']" },
	{ "a sidecar counts among the containers", KIND_POD,
		"{" META ",'spec':{'initContainers':[{'name':'i','restartPolicy':'Always'}],"
		"'containers':[{'name':'a'}]},'status':{'phase':'Running','initContainerStatuses':"
		"[{'name':'i','ready':true,'started':true,'state':{'running':{}}}],"
		"'containerStatuses':[" RUNNING "]}}",
		"['x','2/2','Running','0','60m','<none>','<none>','<none>','<none>']" },
	{ "a pod that is being deleted", KIND_POD,
		"{" DELETED "," TWO ",'status':{'phase':'Running'}}",
		"['x','0/2','Terminating','0','<unknown>','<none>','<none>','<none>','<none>']" },
	{ "a finished pod stays what it is", KIND_POD,
		"{" DELETED "," TWO ",'status':{'phase':'Succeeded'}}",
		"['x','0/2','Succeeded','0','<unknown>','<none>','<none>','<none>','<none>']" },
	{ "a deleted pod on a lost node", KIND_POD,
		"{" DELETED "," TWO ",'status':{'phase':'Running','reason':'NodeLost'}}",
		"['x','0/2','Unknown','0','<unknown>','<none>','<none>','<none>','<none>']" },
	{ "readiness gates and nomination", KIND_POD,
		"{" META ",'spec':{'containers':[{}],'readinessGates':[{'conditionType':'g'},"
		"{'conditionType':'h'}]},'status':{'phase':'Running','nominatedNodeName':'m',"
		"'conditions':[{'type':'h','status':'True'}]}}",
		"['x','0/1','Running','0','60m','<none>','<none>','m','1/2']" },

	{ "an unbound claim shows no size", KIND_PVC,
		"{" META ",'spec':{'accessModes':['ReadWriteOnce']},'status':{'phase':'Pending',"
		"'capacity':{'storage':'1Gi'}}}",
		"['x','Pending','','','','','<unset>','60m','<unset>']" },
	{ "a bound claim shows its volume's", KIND_PVC,
		"{" META ",'spec':{'volumeName':'pv','storageClassName':'c','volumeMode':"
		"'Filesystem'},'status':{'phase':'Bound','capacity':{'storage':'1Gi'},"
		"'accessModes':['ReadWriteMany','ReadWriteOnce','ReadWriteOnce']}}",
		"['x','Bound','pv','1Gi','RWO,RWX','c','<unset>','60m','Filesystem']" },
	{ "a claim that is being deleted", KIND_PVC,
		"{" DELETED ",'spec':{'volumeName':'pv'},'status':{'phase':'Bound'}}",
		"['x','Terminating','pv','','','','<unset>','<unknown>','<unset>']" },
	{ "a volume with its claim", KIND_PV,
		"{" META ",'spec':{'capacity':{'storage':'2Gi'},'accessModes':['ReadWriteOncePod',"
		"'ReadOnlyMany'],'persistentVolumeReclaimPolicy':'Retain','storageClassName':'c',"
		"'claimRef':{'namespace':'n','name':'d'},'volumeMode':'Block'},'status':{'phase':"
		"'Bound'}}",
		"['x','2Gi','ROX,RWOP','Retain','Bound','n/d','c','<unset>','','60m','Block']" },
	{ "a free volume", KIND_PV,
		"{" META ",'spec':{'capacity':{'storage':'2Gi'}},'status':{'phase':'Failed',"
		"'reason':'why'}}",
		"['x','2Gi','','','Failed','','','<unset>','why','60m','<unset>']" },
	{ "the default class is marked", KIND_STORAGECLASS,
		"{'metadata':{'name':'x','annotations':{'storageclass.kubernetes.io/"
		"is-default-class':'true'}},'provisioner':'p','allowVolumeExpansion':true}",
		"['x (default)','p','Delete','Immediate',true,'<unknown>']" },
	{ "another class", KIND_STORAGECLASS,
		"{" META ",'provisioner':'p','reclaimPolicy':'Retain','volumeBindingMode':"
		"'WaitForFirstConsumer'}",
		"['x','p','Retain','WaitForFirstConsumer',false,'60m']" },

	{ "a headless Service without ports", KIND_SERVICE,
		"{" META ",'spec':{'type':'ClusterIP','clusterIP':'None','clusterIPs':['None']}}",
		"['x','ClusterIP','None','<none>','<none>','60m','<none>']" },
	{ "ports and a selector in order", KIND_SERVICE,
		"{" META ",'spec':{'type':'NodePort','clusterIP':'10.96.0.1','ports':[{'port':80,"
		"'protocol':'TCP','nodePort':30080},{'port':53,'protocol':'UDP'}],'selector':"
		"{'b':'2','a':'1'},'externalIPs':['1.2.3.4']}}",
		"['x','NodePort','10.96.0.1','1.2.3.4','80:30080/TCP,53/UDP','60m','a=1,b=2']" },
	{ "a balancer that is not there yet", KIND_SERVICE,
		"{" META ",'spec':{'type':'LoadBalancer','clusterIPs':['10.96.0.1']}}",
		"['x','LoadBalancer','10.96.0.1','<pending>','<none>','60m','<none>']" },
	{ "a balancer with addresses and names", KIND_SERVICE,
		"{" META ",'spec':{'type':'LoadBalancer','externalIPs':['1.1.1.1']},'status':"
		"{'loadBalancer':{'ingress':[{'ip':'5.6.7.8'},{'hostname':'lb.example.com'}]}}}",
		"['x','LoadBalancer','<none>','5.6.7.8,lb.example.com,1.1.1.1','<none>','60m',"
		"'<none>']" },
	{ "an external name", KIND_SERVICE,
		"{" META ",'spec':{'type':'ExternalName','externalName':'a.b'}}",
		"['x','ExternalName','<none>','a.b','<none>','60m','<none>']" },
	{ "an empty slice", KIND_ENDPOINTSLICE, "{" META ",'addressType':'IPv4'}",
		"['x','IPv4','<unset>','<unset>','60m']" },
	{ "a long slice is cut, a port may be all", KIND_ENDPOINTSLICE,
		"{" META ",'addressType':'IPv4','ports':[{'port':80},{'name':'a'}],'endpoints':"
		"[{'addresses':['1.1.1.1']},{'addresses':['1.1.1.2','1.1.1.3']},{'addresses':"
		"['1.1.1.4']},{'addresses':['1.1.1.5']}]}",
		"['x','IPv4','80,*','1.1.1.1,1.1.1.2,1.1.1.3 + 2 more...','60m']" },
	{ "endpoints with ports", KIND_ENDPOINTS,
		"{" META ",'subsets':[{'addresses':[{'ip':'1.1.1.1'},{'ip':'fd::1'}],'ports':"
		"[{'port':80},{'port':81}]}]}",
		"['x','1.1.1.1:80,[fd::1]:80,1.1.1.1:81 + 1 more...','60m']" },
	{ "endpoints without ports", KIND_ENDPOINTS,
		"{" META ",'subsets':[{'addresses':[{'ip':'1.1.1.1'}]}]}",
		"['x','1.1.1.1','60m']" },
	{ "no endpoints", KIND_ENDPOINTS, "{" META "}", "['x','<none>','60m']" },

	{ "a namespace", KIND_NAMESPACE, "{" META ",'status':{'phase':'Active'}}",
		"['x','Active','60m']" },
	{ "a node with roles", KIND_NODE,
		"{'metadata':{'name':'x','labels':{'node-role.kubernetes.io/worker':'',"
		"'kubernetes.io/role':'edge','node-role.kubernetes.io/control-plane':''}},'spec':"
		"{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'True'}],"
		"'addresses':[{'type':'InternalIP','address':'10.0.0.1'}],'nodeInfo':"
		"{'kubeletVersion':'v1.37.2'}}}",
		"['x','Ready,SchedulingDisabled','control-plane,edge,worker','<unknown>','v1.37.2',"
		"'10.0.0.1','<none>','<unknown>','<unknown>','<unknown>']" },
	{ "a node that is not ready", KIND_NODE,
		"{" META ",'status':{'conditions':[{'type':'Ready','status':'Unknown'}]}}",
		"['x','NotReady','<none>','60m','','<none>','<none>','<unknown>','<unknown>',"
		"'<unknown>']" },
	{ "a node nobody has heard of", KIND_NODE, "{" META "}",
		"['x','Unknown','<none>','60m','','<none>','<none>','<unknown>','<unknown>',"
		"'<unknown>']" },
	{ "entries of both sorts are counted", KIND_CONFIGMAP,
		"{" META ",'data':{'a':'1','b':'2'},'binaryData':{'c':''}}", "['x',3,'60m']" },
	{ "a secret", KIND_SECRET, "{" META ",'type':'Opaque','data':{'a':''}}",
		"['x','Opaque',1,'60m']" },
	{ "a service account", KIND_SERVICEACCOUNT, "{" META "}", "['x','60m']" },
	{ "a lease", KIND_LEASE, "{" META ",'spec':{'holderIdentity':'h'}}", "['x','h','60m']" },

	{ "an event", KIND_EVENT,
		"{" META ",'type':'Warning','reason':'FailedBinding','message':' no \\n',"
		"'involvedObject':{'kind':'PersistentVolumeClaim','name':'d','fieldPath':'f'},"
		"'source':{'component':'c','host':'h'},'count':4,'firstTimestamp':"
		"'2026-01-01T00:00:00Z','lastTimestamp':'2026-01-01T00:59:30Z'}",
		"['30s','Warning','FailedBinding','persistentvolumeclaim/d','f','c, h','no','60m',"
		"4,'x']" },
	{ "an event of the newer form", KIND_EVENT,
		"{" META ",'eventTime':'2026-01-01T00:58:00.500000Z','series':{'count':7,"
		"'lastObservedTime':'2026-01-01T00:59:00.5Z'},'reportingComponent':'r',"
		"'involvedObject':{'kind':'Pod'}}",
		"['59s','','','pod','','r','','119s',7,'x']" },
	{ "an event without times happened once", KIND_EVENT, "{" META "}",
		"['<unknown>','','','','','','','<unknown>',1,'x']" },
};

static void each_kind_prints_its_cells(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *row = table_row(&a, rows[i].kind, quoted_json(&a, rows[i].object),
			TABLE_NONE, "meta.k8s.io/v1", NOW_MS);
		assert_non_null(row);
		struct json *cells = json_get(row, "cells");
		struct json *want = quoted_json(&a, rows[i].want);
		if (!json_equal(cells, want)) {
			fail_msg("%s\n  got:  %s\n  want: %s", rows[i].why, json_text(&a, cells).p,
				json_text(&a, want).p);
		}
		struct json *columns = table_columns(&a, rows[i].kind);
		assert_int_equal(json_count(columns), json_count(cells));
		assert_true(json_is_null(json_get(row, "object")));
		arena_deinit(&a);
	}
}

/* Columns that count or answer yes or no announce text, as kube-apiserver's do, but for those of Scale. */
static void a_cell_is_of_its_columns_type_or_not_text_at_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *row = table_row(&a, rows[i].kind, quoted_json(&a, rows[i].object),
			TABLE_NONE, "meta.k8s.io/v1", NOW_MS);
		struct json *cell = json_first(json_get(row, "cells"));
		json_each(c, table_columns(&a, rows[i].kind)) {
			struct strv type = json_str(json_get(c, "type"));
			enum json_type want = strv_eq(type, STRV("integer"))   ? JSON_NUMBER
					      : strv_eq(type, STRV("boolean")) ? JSON_BOOL
									       : JSON_STRING;
			if (json_is_string(cell) || want != JSON_STRING) {
				assert_int_equal(json_type_of(cell), want);
			}
			cell = json_next(cell);
		}
		arena_deinit(&a);
	}
}

static void a_column_says_what_it_is(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *columns = table_columns(&a, KIND_STATEFULSET);
	assert_string_equal(json_text(&a, json_first(columns)).p,
		"{\"name\":\"Name\",\"type\":\"string\",\"format\":\"name\",\"description\":\"Name "
		"of the object, unique in its namespace or cluster.\",\"priority\":0}");
	assert_int_equal(json_i64_or(json_get(json_at(columns, 3), "priority"), -1), 1);
	arena_deinit(&a);
}

static void a_row_carries_what_was_asked(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *o = quoted_json(&a, "{'kind':'Secret','apiVersion':'v1'," META ",'data':{}}");
	struct json *row = table_row(&a, KIND_SECRET, o, TABLE_METADATA, "meta.k8s.io/v1beta1", 0);
	assert_string_equal(json_text(&a, json_get(row, "object")).p,
		"{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1beta1\","
		"\"metadata\":{\"name\":\"x\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"}}");
	row = table_row(&a, KIND_SECRET, o, TABLE_OBJECT, "meta.k8s.io/v1", 0);
	assert_true(json_equal(json_get(row, "object"), o));
	arena_deinit(&a);
}

static void a_table_wraps_columns_and_rows(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *t = table_wrap(&a, "meta.k8s.io/v1", NULL, json_new_array(&a),
		quoted_json(&a, "{'resourceVersion':'7'}"));
	assert_string_equal(json_text(&a, t).p,
		"{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"
		"{\"resourceVersion\":\"7\"},\"columnDefinitions\":null,\"rows\":[]}");
	arena_deinit(&a);
}

static void a_scale_has_its_own_columns(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *o = quoted_json(
		&a, "{" META ",'spec':{'replicas':3},'status':{'replicas':2}}");
	struct json *row = table_scale_row(&a, o, TABLE_NONE, "meta.k8s.io/v1", NOW_MS);
	assert_string_equal(json_text(&a, json_get(row, "cells")).p, "[\"x\",3,2,\"60m\"]");
	assert_int_equal(json_count(table_scale_columns(&a)), 4);
	arena_deinit(&a);
}

static void without_memory_there_is_no_row(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *o = quoted_json(&a, "{" META "," TWO ",'status':{'phase':'Running'}}");
	size_t steps = 0;
	for (size_t limit = 1; limit < 100000; limit += 64) {
		struct arena tiny;
		arena_init(&tiny, 64);
		tiny.limit_bytes = limit;
		struct json *row = table_row(
			&tiny, KIND_POD, o, TABLE_METADATA, "meta.k8s.io/v1", NOW_MS);
		bool done = row != NULL;
		arena_deinit(&tiny);
		if (done) {
			assert_true(steps > 3);
			arena_deinit(&a);
			return;
		}
		steps++;
	}
	fail_msg("no row even with memory");
}

static void ages_are_told_in_one_or_two_units(void **state)
{
	(void)state;
	static const int64_t s = 1000, m = 60 * s, h = 60 * m, d = 24 * h, y = 365 * d;
	const struct {
		const char *why;
		int64_t ms;
		const char *want;
	} ages[] = {
		{ "the clock of another machine may be ahead", -1999, "0s" },
		{ "but not by much", -2 * s, "<invalid>" },
		{ "now", 0, "0s" },
		{ "below two minutes seconds are told", 119 * s, "119s" },
		{ "two minutes", 2 * m, "2m" },
		{ "below ten minutes with seconds", 5 * m + 2 * s, "5m2s" },
		{ "ten minutes", 10 * m + 59 * s, "10m" },
		{ "below three hours minutes are told", 179 * m, "179m" },
		{ "three hours", 3 * h, "3h" },
		{ "below eight hours with minutes", 7 * h + 59 * m, "7h59m" },
		{ "eight hours", 8 * h + 59 * m, "8h" },
		{ "below two days hours are told", 47 * h, "47h" },
		{ "two days", 2 * d, "2d" },
		{ "below eight days with hours", 7 * d + 23 * h, "7d23h" },
		{ "eight days", 8 * d + 23 * h, "8d" },
		{ "below two years days are told", 729 * d, "729d" },
		{ "two years", 2 * y, "2y" },
		{ "below eight years with days", 7 * y + 364 * d, "7y364d" },
		{ "eight years", 8 * y + 300 * d, "8y" },
		{ "the longest fits", INT64_MAX, "292471208y" },
	};
	for (size_t i = 0; i < ARRAY_LEN(ages); i++) {
		char out[TABLE_AGE_CHARS + 1];
		table_age(ages[i].ms, out);
		if (strcmp(out, ages[i].want) != 0) {
			fail_msg("%s: %s", ages[i].why, out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_prints_its_cells),
		cmocka_unit_test(a_cell_is_of_its_columns_type_or_not_text_at_all),
		cmocka_unit_test(a_column_says_what_it_is),
		cmocka_unit_test(a_row_carries_what_was_asked),
		cmocka_unit_test(a_table_wraps_columns_and_rows),
		cmocka_unit_test(a_scale_has_its_own_columns),
		cmocka_unit_test(without_memory_there_is_no_row),
		cmocka_unit_test(ages_are_told_in_one_or_two_units),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
