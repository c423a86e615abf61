/* Claims and volumes: binding, provisioning, reclaiming, protection; FailedBinding in Kubernetes' own words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/scenario/companion/lab.h"

#define UNBOUND                                                                                    \
	"default-scheduler FailedScheduling: 0/1 nodes are available: pod has unbound immediate "  \
	"PersistentVolumeClaims. preemption: 0/1 nodes are available: 1 Preemption is not "        \
	"helpful for scheduling.\n"
#define USES(claim) "{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'" claim "'}}]}"

static const char *volume_of(struct lab *l, const char *claim)
{
	return lab_field(l, KIND_PVC, claim, "spec.volumeName");
}

static const char *phase(struct lab *l, enum kind kind, const char *name)
{
	return lab_field(l, kind, name, "status.phase");
}

static void the_default_class_provisions_a_volume_of_the_claims_uid(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_claim(l, "data", "{}");
	lab_expect(phase(l, KIND_PVC, "data"), "Bound");
	lab_expect(lab_field(l, KIND_PVC, "data", "status.capacity.storage"), "1Gi");
	lab_expect(lab_field(l, KIND_PVC, "data", "status.accessModes"), "[\"ReadWriteOnce\"]");
	const char *volume = volume_of(l, "data");
	assert_memory_equal(volume, "pvc-", 4);
	lab_expect(volume + 4, lab_field(l, KIND_PVC, "data", "metadata.uid"));
	lab_expect(phase(l, KIND_PV, volume), "Bound");
	lab_expect(lab_field(l, KIND_PV, volume, "spec.claimRef.name"), "data");
	lab_expect(lab_field(l, KIND_PV, volume, "spec.persistentVolumeReclaimPolicy"), "Delete");
	lab_expect(lab_field(l, KIND_PV, volume, "spec.storageClassName"), "standard");
	lab_close(l);
}

static void a_claim_is_bound_after_its_delay_and_the_pod_starts_then(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .bind_after_ms = 30000 });
	lab_claim(l, "data", "{}");
	lab_pod(l, "web", USES("data"));
	lab_run(l, 29900);
	lab_expect(phase(l, KIND_PVC, "data"), "Pending");
	lab_expect(phase(l, KIND_POD, "web"), "Pending");
	lab_expect(lab_events(l, "web", NULL), UNBOUND);
	lab_expect(lab_events(l, "data", "ExternalProvisioning"),
		"persistentvolume-controller ExternalProvisioning: Waiting for a volume to be "
		"created "
		"either by the external provisioner 'ordinal.dev/lab' or manually by the system "
		"administrator. If volume creation is delayed, please verify that the provisioner "
		"is "
		"running and correctly registered.\n");
	lab_run(l, 200);
	lab_expect(phase(l, KIND_PVC, "data"), "Bound");
	lab_expect(phase(l, KIND_POD, "web"), "Running");
	lab_expect(lab_condition(l, KIND_POD, "web", "PodScheduled"), "True since 31");
	lab_close(l);
}

static void a_claim_that_is_bound_at_once_costs_the_pod_no_complaint(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_run(l, 500);
	lab_set(l, "web",
		"{'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':["
		"'ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]}");
	lab_run(l, 1000);
	lab_expect(lab_field(l, KIND_STATEFULSET, "web", "status.readyReplicas"), "3");
	lab_expect(lab_events(l, "web-2", "FailedScheduling"), "");
	lab_close(l);
}

/* Problem 1 of the experiment */
static void without_class_and_volume_claim_and_pod_say_so_once_and_stay_pending(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_claim(l, "data", "{}");
	lab_pod(l, "web", USES("data"));
	lab_run(l, 600000);
	lab_expect(lab_events(l, "data", NULL), "persistentvolume-controller FailedBinding: no "
						"persistent volumes available for this "
						"claim and no storage class is set\n");
	lab_expect(lab_events(l, "web", NULL), UNBOUND);
	lab_expect(
		lab_condition(l, KIND_POD, "web", "PodScheduled"), "False since 1 (Unschedulable)");
	lab_create(l, KIND_STORAGECLASS,
		"{'apiVersion':'storage.k8s.io/v1','kind':'StorageClass','provisioner':"
		"'ordinal.dev/lab','metadata':{'name':'late','annotations':{"
		"'storageclass.kubernetes.io/is-default-class':'true'}}}");
	lab_expect(lab_field(l, KIND_PVC, "data", "spec.storageClassName"), "late");
	lab_expect(phase(l, KIND_PVC, "data"), "Bound");
	lab_expect(phase(l, KIND_POD, "web"), "Running");
	lab_close(l);
}

static void a_claim_made_anew_under_its_name_says_again_what_it_lacks(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_claim(l, "data", "{}");
	lab_delete(l, KIND_PVC, "data");
	lab_claim(l, "data", "{}");
	lab_expect(lab_events(l, "data", "FailedBinding"),
		"persistentvolume-controller FailedBinding: no persistent volumes available for "
		"this "
		"claim and no storage class is set\n"
		"persistentvolume-controller FailedBinding: no persistent volumes available for "
		"this "
		"claim and no storage class is set\n");
	lab_close(l);
}

static void a_class_that_does_not_exist_or_is_anothers_is_named(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_claim(l, "none", "{'storageClassName':'fast'}");
	lab_expect(lab_events(l, "none", NULL), "persistentvolume-controller ProvisioningFailed: "
						"storageclass.storage.k8s.io \"fast\" "
						"not found\n");
	lab_claim(l, "empty", "{'storageClassName':''}");
	lab_expect(lab_events(l, "empty", NULL), "persistentvolume-controller FailedBinding: no "
						 "persistent volumes available for this "
						 "claim and no storage class is set\n");
	lab_expect(phase(l, KIND_PVC, "empty"), "Pending");
	lab_close(l);
}

static void the_smallest_volume_that_fits_is_taken(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_volume(l, "a-small", "{'capacity':{'storage':'500Mi'}}");
	lab_volume(l, "b-large", "{'capacity':{'storage':'5Gi'}}");
	lab_volume(l, "c-right", "{'capacity':{'storage':'2Gi'}}");
	lab_volume(l, "d-class", "{'storageClassName':'x'}");
	lab_volume(l, "e-block", "{'volumeMode':'Block'}");
	lab_volume(l, "f-modes", "{'accessModes':['ReadOnlyMany']}");
	lab_volume(l, "g-wider", "{'accessModes':['ReadWriteOnce','ReadWriteMany']}");
	lab_claim(l, "one", "{}");
	lab_expect(volume_of(l, "one"), "c-right");
	lab_expect(phase(l, KIND_PV, "c-right"), "Bound");
	lab_expect(lab_field(l, KIND_PVC, "one", "status.capacity.storage"), "2Gi");
	lab_claim(l, "two", "{}");
	lab_expect(volume_of(l, "two"), "b-large");
	lab_claim(l, "three", "{}");
	lab_expect(volume_of(l, "three"), "g-wider");
	lab_claim(l, "four", "{}");
	lab_expect(phase(l, KIND_PVC, "four"), "Pending");
	lab_volume(l, "h-late", "{}");
	lab_expect(volume_of(l, "four"), "h-late");
	lab_expect(phase(l, KIND_PV, "a-small"), "Available");
	lab_close(l);
}

static void a_volume_that_names_its_claim_is_kept_for_it(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_volume(l, "mine", "{'claimRef':{'namespace':'ns','name':'data'}}");
	lab_expect(phase(l, KIND_PV, "mine"), "Available");
	lab_claim(l, "other", "{}");
	lab_expect(phase(l, KIND_PVC, "other"), "Pending");
	lab_claim(l, "data", "{}");
	lab_expect(volume_of(l, "data"), "mine");
	lab_expect(phase(l, KIND_PV, "mine"), "Bound");
	lab_close(l);
}

static void a_claim_that_names_a_volume_gets_that_one_or_says_why_not(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_volume(l, "small", "{'capacity':{'storage':'1Mi'}}");
	lab_volume(l, "fine", "{}");
	lab_claim(l, "a", "{'volumeName':'small'}");
	lab_expect(lab_events(l, "a", NULL), "persistentvolume-controller VolumeMismatch: Cannot "
					     "bind to requested volume \"small\": "
					     "requested PV is too small\n");
	lab_claim(l, "b", "{'volumeName':'fine'}");
	lab_expect(phase(l, KIND_PVC, "b"), "Bound");
	lab_claim(l, "c", "{'volumeName':'fine'}");
	lab_expect(lab_events(l, "c", NULL), "persistentvolume-controller FailedBinding: volume "
					     "\"fine\" already bound to a different "
					     "claim.\n");
	lab_claim(l, "d", "{'volumeName':'later'}");
	lab_expect(phase(l, KIND_PVC, "d"), "Pending");
	lab_volume(l, "later", "{}");
	lab_expect(phase(l, KIND_PVC, "d"), "Bound");
	lab_close(l);
}

static void a_class_that_waits_for_its_consumer_binds_when_a_pod_comes(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .bind_after_ms = 5000 });
	lab_create(l, KIND_STORAGECLASS,
		"{'apiVersion':'storage.k8s.io/v1','kind':'StorageClass','provisioner':"
		"'ordinal.dev/lab','metadata':{'name':'wait'},'volumeBindingMode':"
		"'WaitForFirstConsumer'}");
	lab_claim(l, "data", "{'storageClassName':'wait'}");
	lab_claim(l, "more", "{'storageClassName':'wait'}");
	lab_run(l, 60000);
	lab_expect(phase(l, KIND_PVC, "data"), "Pending");
	lab_expect(lab_events(l, "data", NULL), "persistentvolume-controller WaitForFirstConsumer: "
						"waiting for first consumer to be "
						"created before binding\n");
	lab_pod(l, "web",
		"{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'data'}},{'name':'w',"
		"'persistentVolumeClaim':{'claimName':'more'}}]}");
	lab_run(l, 4900);
	lab_expect(phase(l, KIND_POD, "web"), "Pending");
	lab_expect(lab_events(l, "web", NULL), "");
	lab_run(l, 200);
	lab_expect(phase(l, KIND_PVC, "data"), "Bound");
	lab_expect(phase(l, KIND_PVC, "more"), "Bound");
	lab_expect(phase(l, KIND_POD, "web"), "Running");
	lab_close(l);
}

static void local_volumes_that_wait_for_their_consumer_are_bound_or_missed(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_create(l, KIND_STORAGECLASS,
		"{'apiVersion':'storage.k8s.io/v1','kind':'StorageClass','provisioner':"
		"'kubernetes.io/no-provisioner','metadata':{'name':'local'},'volumeBindingMode':"
		"'WaitForFirstConsumer'}");
	lab_claim(l, "data", "{'storageClassName':'local'}");
	lab_pod(l, "web", USES("data"));
	lab_run(l, 1000);
	lab_expect(lab_events(l, "web", NULL), "default-scheduler FailedScheduling: 0/1 nodes are "
					       "available: 1 node(s) didn't find "
					       "available persistent volumes to bind. preemption: "
					       "0/1 nodes are available: 1 Preemption "
					       "is not helpful for scheduling.\n");
	lab_volume(l, "disk", "{'storageClassName':'local'}");
	lab_expect(volume_of(l, "data"), "disk");
	lab_expect(phase(l, KIND_POD, "web"), "Running");
	lab_close(l);
}

static void a_deleted_claim_takes_its_provisioned_volume_along(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_claim(l, "data", "{}");
	lab_delete(l, KIND_PVC, "data");
	lab_expect(lab_names(l, KIND_PVC), "");
	lab_expect(lab_names(l, KIND_PV), "");
	lab_close(l);
}

static void a_retained_volume_is_released_and_serves_again_when_its_claim_is_cleared(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_volume(l, "disk", "{'persistentVolumeReclaimPolicy':'Retain'}");
	lab_claim(l, "a", "{}");
	lab_delete(l, KIND_PVC, "a");
	lab_expect(phase(l, KIND_PV, "disk"), "Released");
	lab_claim(l, "a", "{}");
	lab_run(l, 60000);
	lab_expect(phase(l, KIND_PVC, "a"), "Pending");
	lab_patch(l, KIND_PV, "disk", "", "{'spec':{'claimRef':null}}");
	lab_expect(phase(l, KIND_PV, "disk"), "Bound");
	lab_expect(phase(l, KIND_PVC, "a"), "Bound");
	lab_close(l);
}

static void a_volume_made_by_hand_with_policy_delete_fails_as_nobody_can_delete_it(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_volume(l, "disk", "{'persistentVolumeReclaimPolicy':'Delete'}");
	lab_claim(l, "a", "{}");
	lab_delete(l, KIND_PVC, "a");
	lab_expect(phase(l, KIND_PV, "disk"), "Failed");
	lab_expect(lab_events(l, "disk", NULL),
		"persistentvolume-controller VolumeFailedDelete: error getting deleter volume "
		"plugin for "
		"volume \"disk\": no deletable volume plugin matched\n");
	lab_close(l);
}

static void a_claim_in_use_stays_until_its_last_pod_is_gone(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .terminate_after_ms = 3000 });
	lab_claim(l, "data", "{}");
	lab_pod(l, "one", USES("data"));
	lab_pod(l, "two", USES("data"));
	lab_delete(l, KIND_PVC, "data");
	lab_run(l, 60000);
	lab_expect(lab_names(l, KIND_PVC), "data!");
	lab_pod(l, "late", USES("data"));
	lab_run(l, 1000);
	lab_expect(lab_events(l, "late", NULL), "default-scheduler FailedScheduling: 0/1 nodes are "
						"available: persistentvolumeclaim "
						"\"data\" is being deleted. preemption: 0/1 nodes "
						"are available: 1 Preemption is not "
						"helpful for scheduling.\n");
	lab_delete(l, KIND_POD, "one");
	lab_patch(l, KIND_POD, "two", "status", "{'status':{'phase':'Failed'}}");
	lab_expect(lab_names(l, KIND_PVC), "data!");
	lab_run(l, 3000);
	lab_expect(lab_names(l, KIND_PVC), "");
	lab_expect(lab_names(l, KIND_POD), "late two");
	lab_close(l);
}

static void a_volume_in_use_stays_until_its_claim_is_gone(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_claim(l, "data", "{}");
	const char *volume = volume_of(l, "data");
	lab_delete(l, KIND_PV, volume);
	lab_run(l, 60000);
	assert_non_null(lab_get(l, KIND_PV, volume));
	lab_expect(phase(l, KIND_PVC, "data"), "Bound");
	lab_delete(l, KIND_PVC, "data");
	lab_expect(lab_names(l, KIND_PV), "");
	lab_close(l);
}

static void a_claim_whose_volume_was_torn_away_is_lost(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_claim(l, "data", "{}");
	const char *volume = volume_of(l, "data");
	lab_delete(l, KIND_PV, volume);
	lab_patch(l, KIND_PV, volume, "", "{'metadata':{'finalizers':null}}");
	lab_expect(phase(l, KIND_PVC, "data"), "Lost");
	lab_expect(lab_events(l, "data", "ClaimLost"),
		"persistentvolume-controller ClaimLost: Bound claim has lost its PersistentVolume. "
		"Data "
		"on the volume is lost!\n");
	lab_pod(l, "web", USES("data"));
	lab_run(l, 1000);
	lab_expect(phase(l, KIND_POD, "web"), "Pending");
	lab_delete(l, KIND_PVC, "data");
	lab_expect(lab_names(l, KIND_PVC), "");
	lab_close(l);
}

static void a_claim_deleted_while_it_is_being_bound_leaves_no_volume_bound(void **state)
{
	(void)state;
	struct lab *l = lab_open(&(struct lab_options){ .no_class = true });
	lab_volume(l, "disk",
		"{'claimRef':{'namespace':'ns','name':'data','uid':'of-another'},"
		"'persistentVolumeReclaimPolicy':'Retain'}");
	lab_expect(phase(l, KIND_PV, "disk"), "Released");
	lab_claim(l, "data", "{}");
	lab_delete(l, KIND_PVC, "data");
	lab_expect(phase(l, KIND_PV, "disk"), "Released");
	lab_close(l);
}

static void new_companions_do_not_take_bound_claims_for_lost(void **state)
{
	(void)state;
	struct lab *l = lab_open(NULL);
	lab_claim(l, "data", "{}");
	(void)lab_story(l, KIND_PVC);
	(void)lab_story(l, KIND_PV);
	lab_restart_companions(l);
	lab_expect(lab_story(l, KIND_PVC), "");
	lab_expect(lab_story(l, KIND_PV), "");
	lab_expect(phase(l, KIND_PVC, "data"), "Bound");
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_class_provisions_a_volume_of_the_claims_uid),
		cmocka_unit_test(a_claim_is_bound_after_its_delay_and_the_pod_starts_then),
		cmocka_unit_test(a_claim_that_is_bound_at_once_costs_the_pod_no_complaint),
		cmocka_unit_test(
			without_class_and_volume_claim_and_pod_say_so_once_and_stay_pending),
		cmocka_unit_test(a_claim_made_anew_under_its_name_says_again_what_it_lacks),
		cmocka_unit_test(a_class_that_does_not_exist_or_is_anothers_is_named),
		cmocka_unit_test(the_smallest_volume_that_fits_is_taken),
		cmocka_unit_test(a_volume_that_names_its_claim_is_kept_for_it),
		cmocka_unit_test(a_claim_that_names_a_volume_gets_that_one_or_says_why_not),
		cmocka_unit_test(a_class_that_waits_for_its_consumer_binds_when_a_pod_comes),
		cmocka_unit_test(local_volumes_that_wait_for_their_consumer_are_bound_or_missed),
		cmocka_unit_test(a_deleted_claim_takes_its_provisioned_volume_along),
		cmocka_unit_test(
			a_retained_volume_is_released_and_serves_again_when_its_claim_is_cleared),
		cmocka_unit_test(
			a_volume_made_by_hand_with_policy_delete_fails_as_nobody_can_delete_it),
		cmocka_unit_test(a_claim_in_use_stays_until_its_last_pod_is_gone),
		cmocka_unit_test(a_volume_in_use_stays_until_its_claim_is_gone),
		cmocka_unit_test(a_claim_whose_volume_was_torn_away_is_lost),
		cmocka_unit_test(a_claim_deleted_while_it_is_being_bound_leaves_no_volume_bound),
		cmocka_unit_test(new_companions_do_not_take_bound_claims_for_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
