/* Claims, volumes, storage classes. Source: Kubernetes "Persistent Volumes", "Storage Classes". */
#include "rows.h"

#define CLAIM                                                                                      \
	"{'metadata':{'name':'d','namespace':'n'},'spec':{'accessModes':['ReadWriteOnce'],"        \
	"'resources':{'requests':{'storage':'1Gi'}}},'status':{'phase':'Pending'}}"
#define SPEC(members) "{'spec':{" members "}}"

static const struct row claim_rows[] = {
	{ "a claim", "", "" },
	{ "a mode and a size are needed", "{'spec':{'accessModes':null,'resources':null}}",
		"[spec.accessModes: Required value: at least 1 access mode is required, "
		"spec.resources[storage]: Required value]" },
	{ "modes are of a list", SPEC("'accessModes':['RWO']"),
		"spec.accessModes: Unsupported value: \"RWO\": supported values: \"ReadOnlyMany\", "
		"\"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"" },
	{ "one pod alone is alone", SPEC("'accessModes':['ReadWriteOncePod','ReadOnlyMany']"),
		"spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access "
		"modes" },
	{ "a size is above zero", SPEC("'resources':{'requests':{'storage':'0'}}"),
		"spec.resources[storage]: Invalid value: \"0\": must be greater than zero" },
	{ "a size is a quantity", SPEC("'resources':{'requests':{'storage':'big'}}"),
		"spec.resources[storage]: Invalid value: \"big\": quantities must match the "
		"regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" },
	{ "no class is a class too", SPEC("'storageClassName':''"), "" },
	{ "a class is a name, a mode of a list",
		SPEC("'storageClassName':'a_b','volumeMode':'Tape'"),
		"[spec.storageClassName: Invalid value: \"a_b\": a lowercase RFC 1123 subdomain "
		"must consist of lower case alphanumeric characters, '-' or '.', and must start "
		"and "
		"end with an alphanumeric character (e.g. 'example.com', regex used for validation "
		"is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), "
		"spec.volumeMode: Unsupported value: \"Tape\": supported values: \"Block\", "
		"\"Filesystem\"]" },
};

static void a_claim_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_PVC, "", CLAIM, false, claim_rows);
}

#define IMMUTABLE                                                                                  \
	"spec: Forbidden: spec is immutable after creation except resources.requests and "         \
	"volumeAttributesClassName for bound claims\nchanged: "

static const struct row pending_rows[] = {
	{ "binding writes the volume's name", SPEC("'volumeName':'pv'"), "" },
	{ "a default class may come late", SPEC("'storageClassName':'standard'"), "" },
	{ "modes may not change", SPEC("'accessModes':['ReadWriteMany']"),
		IMMUTABLE "spec.accessModes[0]" },
	{ "an unbound claim does not grow", SPEC("'resources':{'requests':{'storage':'2Gi'}}"),
		IMMUTABLE "spec.resources.requests.storage" },
	{ "a volume mode does not change", SPEC("'volumeMode':'Block'"),
		"[" IMMUTABLE
		"spec.volumeMode, spec.volumeMode: Invalid value: \"Block\": field is "
		"immutable]" },
};

static void a_pending_claim_waits_unchanged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_PVC, "", CLAIM, true, pending_rows);
}

#define BOUND                                                                                      \
	"{'metadata':{'name':'d','namespace':'n'},'spec':{'accessModes':['ReadWriteOnce'],"        \
	"'resources':{'requests':{'storage':'2Gi'}},'volumeName':'pv','storageClassName':'c'},"    \
	"'status':{'phase':'Bound','capacity':{'storage':'1Gi'}}}"

static const struct row bound_rows[] = {
	{ "the same size in other units is no change",
		SPEC("'resources':{'requests':{'storage':'2048Mi'}}"), "" },
	{ "a bound claim may grow", SPEC("'resources':{'requests':{'storage':'5Gi'}}"), "" },
	{ "a growth that failed may be taken back in part",
		SPEC("'resources':{'requests':{'storage':'1500Mi'}}"), "" },
	{ "but it does not shrink", SPEC("'resources':{'requests':{'storage':'1Gi'}}"),
		"spec.resources.requests.storage: Forbidden: field can not be less than "
		"status.capacity" },
	{ "its volume stays", SPEC("'volumeName':'other'"), IMMUTABLE "spec.volumeName" },
	{ "its class stays", SPEC("'storageClassName':'d'"), IMMUTABLE "spec.storageClassName" },
	{ "its class of attributes may change", SPEC("'volumeAttributesClassName':'gold'"), "" },
};

static void a_bound_claim_may_grow(void **state)
{
	(void)state;
	RUN_ROWS(KIND_PVC, "", BOUND, true, bound_rows);
}

static const struct row claim_status_rows[] = {
	{ "a status is judged by itself",
		"{'spec':{'volumeName':'x'},'status':{'phase':'Odd','capacity':{'storage':'-1'}}}",
		"[status.phase: Unsupported value: \"Odd\": supported values: \"Bound\", \"Lost\", "
		"\"Pending\", status.capacity[storage]: Invalid value: \"-1\": must be greater "
		"than "
		"or equal to 0]" },
};

static void a_claims_status_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_PVC, "status", BOUND, true, claim_status_rows);
}

#define VOLUME                                                                                     \
	"{'metadata':{'name':'pv'},'spec':{'capacity':{'storage':'1Gi'},'accessModes':["           \
	"'ReadWriteOnce'],'hostPath':{'path':'/x'}}}"

static const struct row volume_rows[] = {
	{ "a volume", "", "" },
	{ "size, modes and a source are needed", "{'spec':null}",
		"[spec.accessModes: Required value, spec.capacity: Required value, spec.capacity: "
		"Unsupported value: null: supported values: \"storage\", spec: Required value: "
		"must specify a volume type]" },
	{ "storage is all a volume has", SPEC("'capacity':{'cpu':'1'}"),
		"spec.capacity: Unsupported value: {\"storage\":\"1Gi\",\"cpu\":\"1\"}: supported "
		"values: \"storage\"" },
	{ "one source", SPEC("'nfs':{'server':'s','path':'/p'}"),
		"spec.nfs: Forbidden: may not specify more than 1 volume type" },
	{ "a driver has a handle", SPEC("'hostPath':null,'csi':{'driver':'d'}"),
		"spec.csi.volumeHandle: Required value" },
	{ "a local disk is at a node", SPEC("'hostPath':null,'local':{'path':'/x'}"),
		"spec.nodeAffinity: Required value: Local volume requires node affinity" },
	{ "which must be said", SPEC("'nodeAffinity':{}"),
		"spec.nodeAffinity.required: Required value: must specify required node "
		"constraints" },
	{ "policies are of a list", SPEC("'persistentVolumeReclaimPolicy':'Burn'"),
		"spec.persistentVolumeReclaimPolicy: Unsupported value: \"Burn\": supported "
		"values: "
		"\"Delete\", \"Recycle\", \"Retain\"" },
	{ "the root is not wiped",
		SPEC("'hostPath':{'path':'/'},'persistentVolumeReclaimPolicy':'Recycle'"),
		"spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a "
		"hostPath "
		"mount of '/'" },
};

static void a_volume_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_PV, "", VOLUME, false, volume_rows);
}

static const struct row volume_update_rows[] = {
	{ "binding and policy may change",
		SPEC("'claimRef':{'name':'d'},'persistentVolumeReclaimPolicy':'Delete'"), "" },
	{ "the source may not", SPEC("'hostPath':{'path':'/y'}"),
		"spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable "
		"after creation" },
	{ "nor become another", SPEC("'hostPath':null,'nfs':{'server':'s','path':'/p'}"),
		"spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable "
		"after creation" },
	{ "nor the mode", SPEC("'volumeMode':'Block'"),
		"spec.volumeMode: Invalid value: \"Block\": field is immutable" },
};

static void a_volume_keeps_its_source(void **state)
{
	(void)state;
	RUN_ROWS(KIND_PV, "", VOLUME, true, volume_update_rows);
}

#define CLASS "{'metadata':{'name':'c'},'provisioner':'example.com/Disk','parameters':{'a':'b'}}"

static const struct row class_rows[] = {
	{ "a class", "", "" },
	{ "a provisioner is needed", "{'provisioner':''}", "provisioner: Required value" },
	{ "and is a qualified name", "{'provisioner':'a/b/c'}",
		"provisioner: Invalid value: \"a/b/c\": a valid label key must consist of "
		"alphanumeric characters, '-', '_' or '.', and must start and end with an "
		"alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
		"for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional "
		"DNS "
		"subdomain prefix and '/' (e.g. 'example.com/MyName')" },
	{ "policies are of lists", "{'reclaimPolicy':'Recycle','volumeBindingMode':'Soon'}",
		"[reclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", "
		"\"Retain\", volumeBindingMode: Unsupported value: \"Soon\": supported values: "
		"\"Immediate\", \"WaitForFirstConsumer\"]" },
	{ "a parameter has a name", "{'parameters':{'':'x'}}",
		"parameters: Invalid value: \"\": field can not be empty." },
};

static void a_class_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_STORAGECLASS, "", CLASS, false, class_rows);
}

static const struct row class_update_rows[] = {
	{ "it may learn to grow", "{'allowVolumeExpansion':true}", "" },
	{ "the rest stays",
		"{'provisioner':'b','parameters':{'a':'c'},'reclaimPolicy':'Retain',"
		"'volumeBindingMode':'WaitForFirstConsumer'}",
		"[provisioner: Invalid value: null: field is immutable, parameters: Invalid value: "
		"null: field is immutable, reclaimPolicy: Invalid value: null: field is immutable, "
		"volumeBindingMode: Invalid value: null: field is immutable]" },
};

static void a_class_stays(void **state)
{
	(void)state;
	RUN_ROWS(KIND_STORAGECLASS, "", CLASS, true, class_update_rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_claim_is_judged),
		cmocka_unit_test(a_pending_claim_waits_unchanged),
		cmocka_unit_test(a_bound_claim_may_grow),
		cmocka_unit_test(a_claims_status_is_judged),
		cmocka_unit_test(a_volume_is_judged),
		cmocka_unit_test(a_volume_keeps_its_source),
		cmocka_unit_test(a_class_is_judged),
		cmocka_unit_test(a_class_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
