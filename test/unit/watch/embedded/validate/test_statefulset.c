/* StatefulSets: every rule, row by row; /status and /scale. */
#include "rows.h"

#define GOOD                                                                                       \
	"{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'web','namespace':'n'},"  \
	"'spec':{'serviceName':'svc','replicas':3,'selector':{'matchLabels':{'app':'web'}},"       \
	"'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'c',"       \
	"'image':'i','volumeMounts':[{'name':'data','mountPath':'/d'}]}]}},"                       \
	"'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':"               \
	"['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]},"                        \
	"'status':{'replicas':3,'collisionCount':1}}"

static const struct row create_rows[] = {
	{ "the experiment's set is fine", "", "" },
	{ "no dots in the name: it is a host's", "{'metadata':{'name':'a.b'}}",
		"metadata.name: Invalid value: \"a.b\": must not contain dots" },
	{ "another policy", "{'spec':{'podManagementPolicy':'Random'}}",
		"spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or "
		"'Parallel'" },
	{ "no policy, though defaults give one", "{'spec':{'podManagementPolicy':''}}",
		"spec.podManagementPolicy: Required value" },
	{ "another strategy",
		"{'spec':{'updateStrategy':{'type':'Recreate','rollingUpdate':null}}}",
		"spec.updateStrategy: Invalid value: {\"type\":\"Recreate\"}: must be "
		"'RollingUpdate' or 'OnDelete'" },
	{ "settings of rolling for OnDelete",
		"{'spec':{'updateStrategy':{'type':'OnDelete','rollingUpdate':{'partition':1,"
		"'maxUnavailable':null}}}}",
		"spec.updateStrategy.rollingUpdate: Invalid value: {\"partition\":1}: only allowed "
		"for updateStrategy 'RollingUpdate'" },
	{ "a negative partition", "{'spec':{'updateStrategy':{'rollingUpdate':{'partition':-1}}}}",
		"spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater "
		"than or equal to 0" },
	{ "none may be unavailable",
		"{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':0}}}}",
		"spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0" },
	{ "none in percent",
		"{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':'0%'}}}}",
		"spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": cannot "
		"be 0" },
	{ "less than none", "{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':-2}}}}",
		"spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: -2: must be "
		"greater than or equal to 0" },
	{ "more than all",
		"{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':'101%'}}}}",
		"spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must "
		"not be greater than 100%" },
	{ "no percentage",
		"{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':'many'}}}}",
		"[spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"many\": a "
		"valid percent string must be a numeric string followed by an ending '%' (e.g. "
		"'1%',  or '93%', regex used for validation is '[0-9]+%'), "
		"spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"many\": cannot "
		"be 0]" },
	{ "a quarter may be unavailable",
		"{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':'25%'}}}}", "" },
	{ "claims are kept or deleted",
		"{'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Recycle',"
		"'whenScaled':'Delete'}}}",
		"spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "
		"\"Recycle\": supported values: \"Retain\", \"Delete\"" },
	{ "a claim template is a claim",
		"{'spec':{'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{}}]}}",
		"[spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access "
		"mode is required, spec.volumeClaimTemplates[0].spec.resources[storage]: Required "
		"value]" },
	{ "figures are not negative",
		"{'spec':{'replicas':-1,'minReadySeconds':-2,'ordinals':{'start':-3}}}",
		"[spec.replicas: Invalid value: -1: must be greater than or equal to 0, "
		"spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0, "
		"spec.ordinals.start: Invalid value: -3: must be greater than or equal to 0]" },
	{ "a negative history limit is tolerated", "{'spec':{'revisionHistoryLimit':-1}}", "" },
	{ "no Service is fine", "{'spec':{'serviceName':''}}", "" },
	{ "a Service is a label", "{'spec':{'serviceName':'a.b'}}",
		"spec.serviceName: Invalid value: \"a.b\": must not contain dots" },
	{ "no selector: nothing is selected", "{'spec':{'selector':null}}",
		"[spec.selector: Required value, spec.template.metadata.labels: Invalid value: "
		"{\"app\":\"web\"}: `selector` does not match template `labels`]" },
	{ "an empty selector", "{'spec':{'selector':{'matchLabels':null}}}",
		"spec.selector: Invalid value: {}: empty selector is invalid for statefulset" },
	{ "a bad operator",
		"{'spec':{'selector':{'matchExpressions':[{'key':'app','operator':'Is'}]}}}",
		"[spec.selector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid "
		"selector operator, "
		"spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\"},"
		"\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Is\"}]}]" },
	{ "In without values",
		"{'spec':{'selector':{'matchExpressions':[{'key':'app','operator':'In'}]}}}",
		"[spec.selector.matchExpressions[0].values: Required value: must be specified when "
		"`operator` is 'In' or 'NotIn', "
		"spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\"},"
		"\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\"}]}]" },
	{ "Exists with values",
		"{'spec':{'selector':{'matchExpressions':[{'key':'app','operator':'Exists',"
		"'values':['a']}]}}}",
		"[spec.selector.matchExpressions[0].values: Forbidden: may not be specified when "
		"`operator` is 'Exists' or 'DoesNotExist', "
		"spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\"},"
		"\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\",\"values\":[\"a\"]}"
		"]}]" },
	{ "the template is not selected", "{'spec':{'selector':{'matchLabels':{'app':'db'}}}}",
		"spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does "
		"not match template `labels`" },
	{ "pods of a set run always",
		"{'spec':{'template':{'spec':{'restartPolicy':'Never','activeDeadlineSeconds':5}}}"
		"}",
		"[spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported "
		"values: "
		"\"Always\", spec.template.spec.activeDeadlineSeconds: Forbidden: "
		"activeDeadlineSeconds in StatefulSet is not Supported]" },
	{ "no containers", "{'spec':{'template':{'spec':{'containers':[]}}}}",
		"spec.template.spec.containers: Required value" },
	{ "a mount of nothing", "{'spec':{'volumeClaimTemplates':null}}",
		"spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"data\"" },
	{ "hostname and subdomain of the template are overwritten",
		"{'spec':{'template':{'spec':{'hostname':'A b','subdomain':'C d'}}}}", "" },
	{ "labels of the template have their own path",
		"{'spec':{'template':{'metadata':{'labels':{'a':'b c'}}}}}",
		"spec.template.labels: Invalid value: \"b c\": a valid label must be an empty "
		"string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
		"end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
		"regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')" },
};

static void a_new_set_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_STATEFULSET, "", GOOD, false, create_rows);
}

static const struct row update_rows[] = {
	{ "nothing changed", "", "" },
	{ "what may change",
		"{'spec':{'replicas':5,'minReadySeconds':1,'ordinals':{'start':2},"
		"'revisionHistoryLimit':3,'updateStrategy':{'rollingUpdate':{'partition':2}},"
		"'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'},'template':{'spec':"
		"{'terminationGracePeriodSeconds':5}}}}",
		"" },
	{ "what may not, each at its path",
		"{'spec':{'serviceName':'other','podManagementPolicy':'Parallel','selector':"
		"{'matchLabels':{'tier':'a'}},'template':{'metadata':{'labels':{'tier':'a'}}},"
		"'volumeClaimTemplates':[]}}",
		"[spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"data\", "
		"spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\",\"tier\":\"a\"}}: "
		"field is immutable, spec.volumeClaimTemplates: Invalid value: []: field is "
		"immutable, spec.serviceName: Invalid value: \"other\": field is immutable, "
		"spec.podManagementPolicy: Invalid value: \"Parallel\": field is immutable]" },
	{ "a changed template is judged", "{'spec':{'template':{'spec':{'containers':null}}}}",
		"spec.template.spec.containers: Required value" },
	{ "the same size in other units is no change",
		"{'spec':{'volumeClaimTemplates':[{'apiVersion':'v1','kind':'PersistentVolumeClaim'"
		","
		"'metadata':{'name':'data'},'spec':{'accessModes':['ReadWriteOnce'],'resources':"
		"{'requests':{'storage':'1024Mi'}},'volumeMode':'Filesystem'},'status':{'phase':"
		"'Pending'}}]}}",
		"" },
};

static void an_old_set_keeps_what_pods_were_made_of(void **state)
{
	(void)state;
	RUN_ROWS(KIND_STATEFULSET, "", GOOD, true, update_rows);
}

static void a_template_that_was_bad_before_is_tolerated(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	const char *bad = "{'spec':{'template':{'spec':{'containers':null}}}}";
	struct json *old = object_with(&a, KIND_STATEFULSET, GOOD, bad);
	struct json *obj = merged(
		&a, json_copy(&a, old), quoted_json(&a, "{'spec':{'replicas':1}}"));
	expect("replicas alone", verdict(&a, KIND_STATEFULSET, "", obj, old), "");
	arena_deinit(&a);
}

static const struct row status_rows[] = {
	{ "nothing changed", "", "" },
	{ "counters are not negative",
		"{'status':{'currentReplicas':-1,'observedGeneration':-1,'collisionCount':-1}}",
		"[status.currentReplicas: Invalid value: -1: must be greater than or equal to 0, "
		"status.observedGeneration: Invalid value: -1: must be greater than or equal to 0, "
		"status.collisionCount: Invalid value: -1: must be greater than or equal to 0, "
		"status.collisionCount: Invalid value: -1: cannot be decremented]" },
	{ "no more of any sort than replicas",
		"{'status':{'readyReplicas':4,'currentReplicas':4,'updatedReplicas':4,"
		"'availableReplicas':4}}",
		"[status.readyReplicas: Invalid value: 4: cannot be greater than status.replicas, "
		"status.currentReplicas: Invalid value: 4: cannot be greater than status.replicas, "
		"status.updatedReplicas: Invalid value: 4: cannot be greater than status.replicas, "
		"status.availableReplicas: Invalid value: 4: cannot be greater than "
		"status.replicas]" },
	{ "available are ready", "{'status':{'readyReplicas':1,'availableReplicas':2}}",
		"status.availableReplicas: Invalid value: 2: cannot be greater than "
		"status.readyReplicas" },
	{ "the spec is not judged here", "{'spec':{'replicas':-1}}", "" },
};

static void a_status_must_add_up(void **state)
{
	(void)state;
	RUN_ROWS(KIND_STATEFULSET, "status", GOOD, true, status_rows);
}

static void a_negative_scale_fails_as_a_scale(void **state)
{
	(void)state;
	struct arena a;
	struct status s;
	arena_init(&a, 0);
	status_init(&s, &a);
	struct json *scale = quoted_json(&a, "{'metadata':{'name':'web'},'spec':{'replicas':-1}}");
	validate_object(&s, KIND_STATEFULSET, "scale", scale, NULL);
	status_invalid_end(&s, KIND_STATEFULSET, STRV("web"));
	expect("in the group of scales", s.message,
		"Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: must be "
		"greater than or equal to 0");
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_set_is_judged),
		cmocka_unit_test(an_old_set_keeps_what_pods_were_made_of),
		cmocka_unit_test(a_template_that_was_bad_before_is_tolerated),
		cmocka_unit_test(a_status_must_add_up),
		cmocka_unit_test(a_negative_scale_fails_as_a_scale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
