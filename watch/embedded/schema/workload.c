/* Schema: StatefulSet, ControllerRevision, Scale.
 * Source: Kubernetes API reference 1.37 (apps/v1, autoscaling/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field rolling_update_stateful_set_strategy[] = {
	F_INTSTR("maxUnavailable",
		"How many may be unavailable meanwhile, as a number or a percentage.", OR("1")),
	F_I32("partition",
		"Ordinal from which on pods are updated; those below keep their revision.",
		OR("0")),
};
TYPE(rolling_update_stateful_set_strategy, APPS, "RollingUpdateStatefulSetStrategy",
	"How pods are replaced one after the other.");

static const struct schema_field stateful_set_update_strategy[] = {
	F_OBJ("rollingUpdate", rolling_update_stateful_set_strategy,
		"Settings for type RollingUpdate."),
	F_STR("type",
		"RollingUpdate, highest ordinal first; or OnDelete, when someone deletes the pod.",
		GO("v1.StatefulSetUpdateStrategyType"), VALUES("OnDelete|Recreate|RollingUpdate"),
		OZ, OR("\"RollingUpdate\"")),
};
TYPE(stateful_set_update_strategy, APPS, "StatefulSetUpdateStrategy",
	"How a change of the template reaches the pods.");

static const struct schema_field stateful_set_persistent_volume_claim_retention_policy[] = {
	F_STR("whenDeleted", "When the set is deleted: Retain or Delete.",
		GO("v1.PersistentVolumeClaimRetentionPolicyType"), OZ, OR("\"Retain\"")),
	F_STR("whenScaled", "When the set shrinks: Retain or Delete.",
		GO("v1.PersistentVolumeClaimRetentionPolicyType"), OZ, OR("\"Retain\"")),
};
TYPE(stateful_set_persistent_volume_claim_retention_policy, APPS,
	"StatefulSetPersistentVolumeClaimRetentionPolicy",
	"What becomes of claims made from the templates.");

static const struct schema_field stateful_set_ordinals[] = {
	F_I32("start", "Number of the first pod.", OR("0")),
};
TYPE(stateful_set_ordinals, APPS, "StatefulSetOrdinals", "How the pods are numbered.");

static const struct schema_field stateful_set_spec[] = {
	F_I32("minReadySeconds", "Seconds a pod must be ready before it counts as available.", OZ),
	F_OBJ("ordinals", stateful_set_ordinals, "How the pods are numbered."),
	F_OBJ("persistentVolumeClaimRetentionPolicy",
		stateful_set_persistent_volume_claim_retention_policy,
		"What becomes of claims made from the templates.", OR("{}")),
	F_STR("podManagementPolicy", "OrderedReady: one after the other; Parallel: all at once.",
		GO("v1.PodManagementPolicyType"), VALUES("OrderedReady|Parallel"), OZ,
		OR("\"OrderedReady\"")),
	F_I32("replicas", "How many pods there should be.", OR("1")),
	F_I32("revisionHistoryLimit", "How many old revisions are kept.", OR("10")),
	F_OBJ("selector", label_selector, "Labels of the pods; must match those of the template.",
		REQUIRED),
	F_STR("serviceName", "Headless Service that gives the pods their names in DNS.",
		OR("\"\"")),
	F_OBJ("template", pod_template_spec, "The pods; each is named NAME-ORDINAL.", REQUIRED),
	F_OBJ("updateStrategy", stateful_set_update_strategy,
		"How a change of the template reaches the pods.", OR("{}")),
	F_OBJS("volumeClaimTemplates", persistent_volume_claim,
		"Claims made for each pod, named TEMPLATE-NAME-ORDINAL.", OZ),
};
TYPE(stateful_set_spec, APPS, "StatefulSetSpec", "What a StatefulSet should be.");

static const struct schema_field stateful_set_condition[] = {
	F_TIME("lastTransitionTime", "When the status last changed from one value to another.",
		OR("null")),
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("reason", "A short word for the cause, for programs.", OZ),
	F_STR("status", "Whether it holds: True, False or Unknown.", GO("v1.ConditionStatus")),
	F_STR("type", "Name of the condition.", GO("v1.StatefulSetConditionType")),
};
TYPE(stateful_set_condition, APPS, "StatefulSetCondition", "One aspect of a set's state.");

static const struct schema_field stateful_set_status[] = {
	F_I32("availableReplicas", "Pods ready for at least minReadySeconds.", OR("0")),
	F_I32("collisionCount", "How often the name of a revision was taken."),
	F_OBJS("conditions", stateful_set_condition, "Aspects of the state.", MERGE("type"),
		KEYS("type"), OZ),
	F_I32("currentReplicas", "Pods of the current revision.", OZ),
	F_STR("currentRevision", "Revision of pods that are not yet updated.", OZ),
	F_I64("observedGeneration", "Generation of the specification last acted upon.", OZ),
	F_I32("readyReplicas", "Pods that are ready.", OZ),
	F_I32("replicas", "Pods that exist.", REQUIRED, OR("0")),
	F_STR("updateRevision", "Revision of pods that are updated.", OZ),
	F_I32("updatedReplicas", "Pods of the update revision.", OZ),
};
TYPE(stateful_set_status, APPS, "StatefulSetStatus", "The state of a StatefulSet.");

static const struct schema_field stateful_set[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", stateful_set_spec, "What the set should be.", REQUIRED),
	F_OBJ("status", stateful_set_status, "The state it is in.", OR("{}")),
};
TYPE(stateful_set, APPS, "StatefulSet",
	"Pods with lasting identity: a number, a name in DNS and storage of their own.");

static const struct schema_field controller_revision[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_ANY("data", "The snapshot; never changed.", REQUIRED),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_I64("revision", "Number of the revision.", OR("0")),
};
TYPE(controller_revision, APPS, "ControllerRevision",
	"A snapshot of a controller's template, kept for going back.");

static const struct schema_field scale_spec[] = {
	F_I32("replicas", "Wanted number.", OZ),
};
TYPE(scale_spec, AUTOSCALING, "ScaleSpec", "How many are wanted.");

static const struct schema_field scale_status[] = {
	F_I32("replicas", "Present number.", REQUIRED),
	F_STR("selector", "Labels of the pods, as text.", OZ),
};
TYPE(scale_status, AUTOSCALING, "ScaleStatus", "How many there are.");

static const struct schema_field scale[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", scale_spec, "How many are wanted."),
	F_OBJ("status", scale_status, "How many there are."),
};
TYPE(scale, AUTOSCALING, "Scale", "The number of replicas of a controller.");
