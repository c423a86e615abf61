/* Pods: containers, ports, environment, volumes, probes, scheduling, and the little an update may change. */
#include "rows.h"

#define GOOD                                                                                       \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'n'},"                 \
	"'spec':{'containers':[{'name':'c','image':'i'}]},'status':{'phase':'Pending'}}"
#define C(members)                                                                                 \
	"{'spec':{'containers':[{'name':'c','image':'i','imagePullPolicy':'Always',"               \
	"'terminationMessagePolicy':'File'," members "}]}}"
#define SPEC(members) "{'spec':{" members "}}"

static const struct row container_rows[] = {
	{ "one container is enough", "", "" },
	{ "none is not", SPEC("'containers':[]"), "spec.containers: Required value" },
	{ "name, image and policies are needed", SPEC("'containers':[{}]"),
		"[spec.containers[0].name: Required value, spec.containers[0].image: Required "
		"value, spec.containers[0].terminationMessagePolicy: Required value, "
		"spec.containers[0].imagePullPolicy: Required value]" },
	{ "a name is a label", C("'name':'A'"),
		"spec.containers[0].name: Invalid value: \"A\": a lowercase RFC 1123 label must "
		"consist of lower case alphanumeric characters or '-', and must start and end with "
		"an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
		"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')" },
	{ "an image has no blanks around it", C("'image':' i'"),
		"spec.containers[0].image: Invalid value: \" i\": must not have leading or "
		"trailing whitespace" },
	{ "policies are of a list", C("'imagePullPolicy':'Now'"),
		"spec.containers[0].imagePullPolicy: Unsupported value: \"Now\": supported values: "
		"\"Always\", \"IfNotPresent\", \"Never\"" },
	{ "ports are in range, of a protocol, and named once",
		C("'ports':[{'containerPort':70000,'protocol':'TCP'},{'protocol':'TCP'},"
		  "{'containerPort':1,'protocol':'HTTP','name':'a'},{'containerPort':2,"
		  "'protocol':'UDP','name':'a','hostIP':'x','hostPort':-1}]"),
		"[spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between "
		"1 and 65535, inclusive, spec.containers[0].ports[1].containerPort: Required "
		"value, spec.containers[0].ports[2].protocol: Unsupported value: \"HTTP\": "
		"supported values: \"SCTP\", \"TCP\", \"UDP\", spec.containers[0].ports[3].name: "
		"Duplicate value: \"a\", spec.containers[0].ports[3].hostPort: Invalid value: -1: "
		"must be between 1 and 65535, inclusive, spec.containers[0].ports[3].hostIP: "
		"Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or "
		"2001:db8::ffff)]" },
	{ "a port of the host is taken once",
		C("'ports':[{'containerPort':1,'hostPort':80,'protocol':'TCP'},{'containerPort':2,"
		  "'hostPort':80,'protocol':'TCP'},{'containerPort':3,'hostPort':80,'protocol':"
		  "'UDP'}]"),
		"spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP/0.0.0.0/80\"" },
	{ "variables have names and one source",
		C("'env':[{'value':'v'},{'name':'a=b'},{'name':'A','valueFrom':{}},{'name':'B',"
		  "'value':'v','valueFrom':{'secretKeyRef':{'name':'s','key':'k'}}},{'name':'C',"
		  "'valueFrom':{'secretKeyRef':{'name':'s','key':'k'},'configMapKeyRef':{}}}]"),
		"[spec.containers[0].env[0].name: Required value, spec.containers[0].env[1].name: "
		"Invalid value: \"a=b\": a valid environment variable name must consist only of "
		"printable ASCII characters other than '=', spec.containers[0].env[2].valueFrom: "
		"Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, "
		"`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`, "
		"spec.containers[0].env[3].valueFrom: Invalid value: \"\": may not be specified "
		"when `value` is not empty, "
		"spec.containers[0].env[4].valueFrom.configMapKeyRef.name: Required value, "
		"spec.containers[0].env[4].valueFrom.configMapKeyRef.key: Required value, "
		"spec.containers[0].env[4].valueFrom: Invalid value: \"\": may not have more than "
		"one field specified at a time]" },
	{ "fields that a variable may show",
		C("'env':[{'name':'A','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':"
		  "'metadata.labels[\\u0027app\\u0027]'}}},{'name':'B','valueFrom':{'fieldRef':{"
		  "'apiVersion':'v1','fieldPath':'status.podIP'}}},{'name':'C','valueFrom':{"
		  "'fieldRef':{'apiVersion':'v1','fieldPath':'spec.foo'}}}]"),
		"spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Invalid value: "
		"\"spec.foo\": error converting fieldPath: field label not supported: spec.foo" },
	{ "whole maps into the environment", C("'envFrom':[{},{'configMapRef':{'name':'m'}}]"),
		"spec.containers[0].envFrom[0]: Invalid value: \"\": must specify one of: "
		"`configMapRef` or `secretRef`" },
	{ "requests stay within limits, told apart below one",
		C("'resources':{'limits':{'cpu':'500m','memory':'1Gi'},'requests':{'cpu':'600m',"
		  "'memory':'1024Mi'}}"),
		"spec.containers[0].resources.requests: Invalid value: \"600m\": must be less than "
		"or equal to cpu limit of 500m" },
	{ "amounts are not negative and known",
		C("'resources':{'limits':{'cpu':'-1','gold':'1'},'requests':{'memory':'x'}}"),
		"[spec.containers[0].resources.limits[cpu]: Invalid value: \"-1\": must be greater "
		"than or equal to 0, spec.containers[0].resources.limits[gold]: Invalid value: "
		"\"gold\": must be a standard resource for containers, "
		"spec.containers[0].resources.requests[memory]: Invalid value: \"x\": quantities "
		"must match the regular expression "
		"'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$']" },
	{ "devices are whole and limited",
		C("'resources':{'limits':{'a.b/gpu':'1.5'},'requests':{'a.b/gpu':'1','c.d/"
		  "gpu':1}}"),
		"[spec.containers[0].resources.limits[a.b/gpu]: Invalid value: \"1.5\": must be an "
		"integer, spec.containers[0].resources.requests: Invalid value: \"1\": must be "
		"equal to a.b/gpu limit of 1.5, spec.containers[0].resources.limits: Required "
		"value: Limit must be set for non overcommitable resources]" },
	{ "a probe has one handler",
		C("'livenessProbe':{},'readinessProbe':{'exec':{'command':['a']},'tcpSocket':"
		  "{'port':1}},'startupProbe':{'httpGet':{'path':'/','port':'Bad!','scheme':'FTP'},"
		  "'periodSeconds':-1}"),
		"[spec.containers[0].livenessProbe: Required value: must specify a handler type, "
		"spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than "
		"1 handler type, spec.containers[0].startupProbe.httpGet.port: Invalid value: "
		"\"Bad!\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), "
		"spec.containers[0].startupProbe.httpGet.scheme: Unsupported value: \"FTP\": "
		"supported values: \"HTTP\", \"HTTPS\", "
		"spec.containers[0].startupProbe.periodSeconds: Invalid value: -1: must be greater "
		"than or equal to 0]" },
	{ "one success is enough for a probe that restarts",
		C("'livenessProbe':{'exec':{'command':['a']},'successThreshold':2},"
		  "'readinessProbe':{'grpc':{'port':0},'terminationGracePeriodSeconds':5}"),
		"[spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1, "
		"spec.containers[0].readinessProbe.grpc.port: Invalid value: 0: must be between 1 "
		"and 65535, inclusive, "
		"spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: "
		"5: must not be set for readinessProbes]" },
	{ "a hook has one handler", C("'lifecycle':{'preStop':{'exec':{}},'postStart':{}}"),
		"[spec.containers[0].lifecycle.postStart: Required value: must specify a handler "
		"type, spec.containers[0].lifecycle.preStop.exec.command: Required value]" },
	{ "identities are in range",
		C("'securityContext':{'runAsUser':-1,'privileged':true,"
		  "'allowPrivilegeEscalation':false}"),
		"[spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between "
		"0 and 2147483647, inclusive, spec.containers[0].securityContext: Invalid value: "
		"{\"runAsUser\":-1,\"privileged\":true,\"allowPrivilegeEscalation\":false}: cannot "
		"set `allowPrivilegeEscalation` to false and `privileged` to true]" },
	{ "names of containers are unique, of init containers too",
		SPEC("'initContainers':[{'name':'c','image':'i','imagePullPolicy':'Always',"
		     "'terminationMessagePolicy':'File','readinessProbe':{}}]"),
		"[spec.initContainers[0].name: Duplicate value: \"c\", "
		"spec.initContainers[0].readinessProbe: Forbidden: may not be set for init "
		"containers without restartPolicy=Always]" },
	{ "mounts are of volumes, each place once",
		C("'volumeMounts':[{'name':'v','mountPath':'/a'},{'name':'w','mountPath':'/a',"
		  "'subPath':'../x'}]"),
		"[spec.containers[0].volumeMounts[0].name: Not found: \"v\", "
		"spec.containers[0].volumeMounts[1].name: Not found: \"w\", "
		"spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/a\": must be "
		"unique, spec.containers[0].volumeMounts[1].subPath: Invalid value: \"../x\": must "
		"not contain '..']" },
};

static void containers_are_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_POD, "", GOOD, false, container_rows);
}

static const struct row spec_rows[] = {
	{ "volumes have a name and one source",
		SPEC("'volumes':[{'name':'a'},{'name':'b','emptyDir':{},'hostPath':{'path':'/x'}},"
		     "{'name':'b','secret':{}},{'emptyDir':{}},{'name':'n','nfs':{'server':'s',"
		     "'path':'x'}},{'name':'c','persistentVolumeClaim':{'claimName':''}}]"),
		"[spec.volumes[0]: Required value: must specify a volume type, "
		"spec.volumes[1].hostPath: Forbidden: may not specify more than 1 volume type, "
		"spec.volumes[2].secret.secretName: Required value, spec.volumes[2].name: "
		"Duplicate value: \"b\", spec.volumes[3].name: Required value, "
		"spec.volumes[4].nfs.path: Invalid value: \"x\": must be an absolute path, "
		"spec.volumes[5].persistentVolumeClaim.claimName: Required value]" },
	{ "modes are octal, paths stay below",
		SPEC("'volumes':[{'name':'a','configMap':{'name':'m','defaultMode':512,'items':"
		     "[{'key':'k','path':'/a'},{'path':'..'}]}},{'name':'h','hostPath':{'path':"
		     "'/a/../b','type':'Odd'}}]"),
		"[spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number "
		"between 0 and 0777 (octal), both inclusive, "
		"spec.volumes[0].configMap.items[0].path: Invalid value: \"/a\": must be a "
		"relative "
		"path, spec.volumes[0].configMap.items[1].key: Required value, "
		"spec.volumes[0].configMap.items[1].path: Invalid value: \"..\": must not start "
		"with '..', spec.volumes[1].hostPath.path: Invalid value: \"/a/../b\": must not "
		"contain '..', spec.volumes[1].hostPath.type: Unsupported value: \"Odd\": "
		"supported "
		"values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", "
		"\"DirectoryOrCreate\", "
		"\"File\", \"FileOrCreate\", \"Socket\"]" },
	{ "policies are of their lists", SPEC("'restartPolicy':'Sometimes','dnsPolicy':''"),
		"[spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: "
		"\"Always\", \"OnFailure\", \"Never\", spec.dnsPolicy: Required value]" },
	{ "a pod's own DNS has servers", SPEC("'dnsPolicy':'None'"),
		"spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is "
		"None" },
	{ "servers are addresses, three at most",
		SPEC("'dnsPolicy':'None','dnsConfig':{'nameservers':['1.1.1.1','1.1.1.2','1.1.1.3',"
		     "'x'],'searches':['a_b.c.','A'],'options':[{}]}"),
		"[spec.dnsConfig.nameservers: Invalid value: "
		"[\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"x\"]: must not have more than 3 "
		"nameservers, spec.dnsConfig.nameservers[3]: Invalid value: \"x\": must be a valid "
		"IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), spec.dnsConfig.searches[1]: "
		"Invalid "
		"value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case "
		"alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
		"character (e.g. 'example.com', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), "
		"spec.dnsConfig.options[0]: Required value: must not be empty]" },
	{ "host names are labels", SPEC("'hostname':'a.b','subdomain':'c.d'"),
		"[spec.hostname: Invalid value: \"a.b\": must not contain dots, spec.subdomain: "
		"Invalid value: \"c.d\": must not contain dots]" },
	{ "a deadline is positive", SPEC("'activeDeadlineSeconds':0"),
		"spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, "
		"inclusive" },
	{ "tolerations make sense",
		SPEC("'tolerations':[{'operator':'Exists'},{},{'key':'a','operator':'Exists',"
		     "'value':'v'},{'key':'a','effect':'NoSchedule','tolerationSeconds':1},{'key':"
		     "'a','effect':'Never','operator':'Like'}]"),
		"[spec.tolerations[1].operator: Invalid value: \"\": operator must be Exists when "
		"`key` is empty, which means \"match all values and all keys\", "
		"spec.tolerations[2].operator: Invalid value: {\"key\":\"a\",\"operator\":"
		"\"Exists\",\"value\":\"v\"}: value must be empty when `operator` is 'Exists', "
		"spec.tolerations[3].effect: Invalid value: \"NoSchedule\": effect must be "
		"'NoExecute' when `tolerationSeconds` is set, spec.tolerations[4].operator: "
		"Unsupported value: \"Like\": supported values: \"Equal\", \"Exists\", "
		"spec.tolerations[4].effect: Unsupported value: \"Never\": supported values: "
		"\"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"]" },
	{ "affinity has terms, keys and weights",
		SPEC("'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
		     "{},'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':0,'"
		     "preference'"
		     ":{'matchExpressions':[{'key':'a','operator':'Gt','values':['1','2']}]}}]},"
		     "'podAntiAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{}]}}"),
		"[spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
		"nodeSelectorTerms: Required value: must have at least one node selector term, "
		"spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]."
		"weight: Invalid value: 0: must be in the range 1-100, "
		"spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]."
		"preference.matchExpressions[0].values: Required value: must be specified single "
		"value when `operator` is 'Lt' or 'Gt', "
		"spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
		"topologyKey: Required value: can not be empty]" },
	{ "spreading is over a key, once",
		SPEC("'topologySpreadConstraints':[{'maxSkew':0,'topologyKey':'z',"
		     "'whenUnsatisfiable':'DoNotSchedule'},{'maxSkew':1,'topologyKey':'z',"
		     "'whenUnsatisfiable':'DoNotSchedule'},{'maxSkew':1,'whenUnsatisfiable':'Maybe'"
		     "}"
		     "]"),
		"[spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater "
		"than "
		"zero, spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: "
		"Duplicate value: \"{z, DoNotSchedule}\", "
		"spec.topologySpreadConstraints[2].topologyKey: Required value: can not be empty, "
		"spec.topologySpreadConstraints[2].whenUnsatisfiable: Unsupported value: "
		"\"Maybe\": "
		"supported values: \"DoNotSchedule\", \"ScheduleAnyway\"]" },
	{ "gates hold off the scheduler",
		SPEC("'schedulingGates':[{'name':'a'},{'name':'a'}],"
		     "'nodeName':'n'"),
		"[spec.schedulingGates[1].name: Duplicate value: \"a\", spec.nodeName: Forbidden: "
		"cannot be set until all schedulingGates have been cleared]" },
	{ "containers for debugging come later", SPEC("'ephemeralContainers':[{}]"),
		"spec.ephemeralContainers: Forbidden: cannot be set on create" },
	{ "the host's network has the host's ports",
		"{'spec':{'hostNetwork':true,'containers':[{'name':'c','image':'i',"
		"'imagePullPolicy':'Always','terminationMessagePolicy':'File','ports':[{"
		"'containerPort':80,'hostPort':81,'protocol':'TCP'}]}]}}",
		"spec.containers[0].ports[0].containerPort: Invalid value: 80: must match "
		"`hostPort` when `hostNetwork` is true" },
	{ "aliases are addresses of names", SPEC("'hostAliases':[{'ip':'x','hostnames':['a b']}]"),
		"[spec.hostAliases[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. "
		"10.9.8.7 or 2001:db8::ffff), spec.hostAliases[0].hostnames[0]: Invalid value: "
		"\"a b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
		"characters, '-' or '.', and must start and end with an alphanumeric character "
		"(e.g. 'example.com', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')]" },
	{ "profiles of security",
		SPEC("'securityContext':{'fsGroup':-1,'supplementalGroups':[-1],'seccompProfile':"
		     "{'type':'Localhost'},'appArmorProfile':{'type':'RuntimeDefault',"
		     "'localhostProfile':'x'}}"),
		"[spec.securityContext.seccompProfile.localhostProfile: Required value: must be "
		"set "
		"when seccomp type is Localhost, "
		"spec.securityContext.appArmorProfile.localhostProfile: Invalid value: \"x\": can "
		"only be set when type is Localhost, spec.securityContext.fsGroup: Invalid value: "
		"-1: must be between 0 and 2147483647, inclusive, "
		"spec.securityContext.supplementalGroups[0]: Invalid value: -1: must be between 0 "
		"and 2147483647, inclusive]" },
};

static void the_rest_of_a_spec_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_POD, "", GOOD, false, spec_rows);
}

#define OLD                                                                                        \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'n'},"                 \
	"'spec':{'nodeName':'n','activeDeadlineSeconds':9,'tolerations':[{'key':'a','operator':"   \
	"'Exists','effect':'NoExecute'}],'containers':[{'name':'c','image':'i'}]},'status':{'"     \
	"phase':'Running'}}"
#define ONLY                                                                                       \
	"spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`" \
	",`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "   \
	"additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be " \
	"set to 1 if it was previously negative)\nchanged: "

static const struct row update_rows[] = {
	{ "nothing changed", "", "" },
	{ "labels may change", "{'metadata':{'labels':{'a':'b'}}}", "" },
	{ "an image may change", C("'image':'j','terminationMessagePath':'/dev/termination-log'"),
		"" },
	{ "but not to nothing", C("'image':'','terminationMessagePath':'/dev/termination-log'"),
		"spec.containers[0].image: Required value" },
	{ "the rest of a container may not",
		C("'command':['x'],'terminationMessagePath':'/dev/termination-log'"),
		ONLY "spec.containers[0].command" },
	{ "nor the volumes and names: a set that repairs them is told so",
		SPEC("'volumes':[{'name':'v','emptyDir':{}}],'hostname':'h'"),
		ONLY "spec.volumes, spec.hostname" },
	{ "a node is given by binding only", SPEC("'nodeName':'m'"), ONLY "spec.nodeName" },
	{ "no containers come or go", SPEC("'containers':[]"),
		"spec.containers: Forbidden: pod updates may not add or remove containers" },
	{ "a toleration may come, and change its seconds",
		SPEC("'tolerations':[{'key':'a','operator':'Exists','tolerationSeconds':5,'effect':"
		     "'NoExecute'},{'operator':'Exists'}]"),
		"" },
	{ "but not go", SPEC("'tolerations':[]"),
		"spec.tolerations: Forbidden: existing toleration can not be modified except its "
		"tolerationSeconds" },
	{ "a deadline may shrink", SPEC("'activeDeadlineSeconds':5"), "" },
	{ "but not grow", SPEC("'activeDeadlineSeconds':10"),
		"spec.activeDeadlineSeconds: Invalid value: 10: must be less than or equal to "
		"previous value" },
	{ "nor go", SPEC("'activeDeadlineSeconds':null"),
		"spec.activeDeadlineSeconds: Invalid value: \"null\": must not update from a "
		"positive integer to nil value" },
	{ "a gate may not come", SPEC("'schedulingGates':[{'name':'g'}]"),
		"spec.schedulingGates: Forbidden: only deletion is allowed, but found new "
		"scheduling gate 'g'" },
};

static void little_of_an_old_pod_may_change(void **state)
{
	(void)state;
	RUN_ROWS(KIND_POD, "", OLD, true, update_rows);
}

static void a_negative_grace_may_become_one(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	const char *negative = "{'spec':{'terminationGracePeriodSeconds':-5}}";
	struct json *old = object_with(&a, KIND_POD, OLD, negative);
	struct json *one = merged(&a, json_copy(&a, old),
		quoted_json(&a, "{'spec':{'terminationGracePeriodSeconds':1}}"));
	expect("one", verdict(&a, KIND_POD, "", one, old), "");
	struct json *two = merged(&a, json_copy(&a, old),
		quoted_json(&a, "{'spec':{'terminationGracePeriodSeconds':2}}"));
	expect("two", verdict(&a, KIND_POD, "", two, old),
		ONLY "spec.terminationGracePeriodSeconds");
	arena_deinit(&a);
}

static const struct row status_rows[] = {
	{ "a pod reports its state",
		"{'status':{'phase':'Running','podIPs':[{'ip':'10.0.0.1'}],'conditions':[{'type':"
		"'Ready','status':'True'}]}}",
		"" },
	{ "in known words and addresses",
		"{'status':{'phase':'Up','podIPs':[{'ip':'x'}],'conditions':[{'type':''}]}}",
		"[status.phase: Unsupported value: \"Up\": supported values: \"Failed\", "
		"\"Pending\", \"Running\", \"Succeeded\", \"Unknown\", status.podIPs[0]: "
		"Invalid "
		"value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), "
		"status.conditions[0].type: Invalid value: \"\": name part must be non-empty, "
		"status.conditions[0].type: Invalid value: \"\": name part must consist of "
		"alphanumeric characters, '-', '_' or '.', and must start and end with an "
		"alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
		"for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')]" },
};

static void a_status_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_POD, "status", OLD, true, status_rows);
}

static const struct row binding_rows[] = {
	{ "a binding gives a node", SPEC("'nodeName':'m'"), "" },
};

static void a_binding_gives_the_node(void **state)
{
	(void)state;
	RUN_ROWS(KIND_POD, "binding", GOOD, true, binding_rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_judged),
		cmocka_unit_test(the_rest_of_a_spec_is_judged),
		cmocka_unit_test(little_of_an_old_pod_may_change),
		cmocka_unit_test(a_negative_grace_may_become_one),
		cmocka_unit_test(a_status_is_judged),
		cmocka_unit_test(a_binding_gives_the_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
