/* Schema: StatefulSet, ControllerRevision, Scale.
 * Source: Kubernetes API reference 1.37 (apps/v1, autoscaling/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field rolling_update_stateful_set_strategy[] = {
	F_INTSTR("maxUnavailable", "", OR("1")),
	F_I32("partition", "", OR("0")),
};
TYPE(rolling_update_stateful_set_strategy, APPS, "RollingUpdateStatefulSetStrategy", "");

static const struct schema_field stateful_set_update_strategy[] = {
	F_OBJ("rollingUpdate", rolling_update_stateful_set_strategy, ""),
	F_STR("type", "", GO("v1.StatefulSetUpdateStrategyType"),
		VALUES("OnDelete|Recreate|RollingUpdate"), OZ, OR("\"RollingUpdate\"")),
};
TYPE(stateful_set_update_strategy, APPS, "StatefulSetUpdateStrategy", "");

static const struct schema_field stateful_set_persistent_volume_claim_retention_policy[] = {
	F_STR("whenDeleted", "", GO("v1.PersistentVolumeClaimRetentionPolicyType"), OZ,
		OR("\"Retain\"")),
	F_STR("whenScaled", "", GO("v1.PersistentVolumeClaimRetentionPolicyType"), OZ,
		OR("\"Retain\"")),
};
TYPE(stateful_set_persistent_volume_claim_retention_policy, APPS, "StatefulSetPersistentVolumeClaimRetentionPolicy",
	"");

static const struct schema_field stateful_set_ordinals[] = {
	F_I32("start", "", OR("0")),
};
TYPE(stateful_set_ordinals, APPS, "StatefulSetOrdinals", "");

static const struct schema_field stateful_set_spec[] = {
	F_I32("minReadySeconds", "", OZ),
	F_OBJ("ordinals", stateful_set_ordinals, ""),
	F_OBJ("persistentVolumeClaimRetentionPolicy",
		stateful_set_persistent_volume_claim_retention_policy, "", OR("{}")),
	F_STR("podManagementPolicy", "", GO("v1.PodManagementPolicyType"),
		VALUES("OrderedReady|Parallel"), OZ, OR("\"OrderedReady\"")),
	F_I32("replicas", "", OR("1")),
	F_I32("revisionHistoryLimit", "", OR("10")),
	F_OBJ("selector", label_selector, "", REQUIRED),
	F_STR("serviceName", "", OR("\"\"")),
	F_OBJ("template", pod_template_spec, "", REQUIRED),
	F_OBJ("updateStrategy", stateful_set_update_strategy, "", OR("{}")),
	F_OBJS("volumeClaimTemplates", persistent_volume_claim, "", OZ),
};
TYPE(stateful_set_spec, APPS, "StatefulSetSpec", "");

static const struct schema_field stateful_set_condition[] = {
	F_TIME("lastTransitionTime", ""),
	F_STR("message", "", OZ),
	F_STR("reason", "", OZ),
	F_STR("status", "", GO("v1.ConditionStatus")),
	F_STR("type", "", GO("v1.StatefulSetConditionType")),
};
TYPE(stateful_set_condition, APPS, "StatefulSetCondition", "");

static const struct schema_field stateful_set_status[] = {
	F_I32("availableReplicas", "", OR("0")),
	F_I32("collisionCount", ""),
	F_OBJS("conditions", stateful_set_condition, "", MERGE("type"), KEYS("type"), OZ),
	F_I32("currentReplicas", "", OZ),
	F_STR("currentRevision", "", OZ),
	F_I64("observedGeneration", "", OZ),
	F_I32("readyReplicas", "", OZ),
	F_I32("replicas", "", REQUIRED, OR("0")),
	F_STR("updateRevision", "", OZ),
	F_I32("updatedReplicas", "", OZ),
};
TYPE(stateful_set_status, APPS, "StatefulSetStatus", "");

static const struct schema_field stateful_set[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", stateful_set_spec, "", REQUIRED),
	F_OBJ("status", stateful_set_status, "", OR("{}")),
};
TYPE(stateful_set, APPS, "StatefulSet", "");

static const struct schema_field controller_revision[] = {
	F_STR("apiVersion", "", OZ),
	F_ANY("data", "", REQUIRED),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_I64("revision", "", OR("0")),
};
TYPE(controller_revision, APPS, "ControllerRevision", "");

static const struct schema_field scale_spec[] = {
	F_I32("replicas", "", OZ),
};
TYPE(scale_spec, AUTOSCALING, "ScaleSpec", "");

static const struct schema_field scale_status[] = {
	F_I32("replicas", "", REQUIRED),
	F_STR("selector", "", OZ),
};
TYPE(scale_status, AUTOSCALING, "ScaleStatus", "");

static const struct schema_field scale[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", scale_spec, ""),
	F_OBJ("status", scale_status, ""),
};
TYPE(scale, AUTOSCALING, "Scale", "");
