/* Schema: what every object carries: metadata, owners, managed fields; selectors, Status, DeleteOptions.
 * Source: Kubernetes API reference 1.37 (meta/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field owner_reference[] = {
	F_STR("apiVersion", "", REQUIRED),
	F_BOOL("blockOwnerDeletion", ""),
	F_BOOL("controller", ""),
	F_STR("kind", "", REQUIRED),
	F_STR("name", "", REQUIRED),
	F_STR("uid", "", REQUIRED, GO("types.UID")),
};
ATOMIC_TYPE(owner_reference, META, "OwnerReference", "");

static const struct schema_field managed_fields_entry[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("fieldsType", "", OZ),
	F_ANY("fieldsV1", ""),
	F_STR("manager", "", OZ),
	F_STR("operation", "", GO("v1.ManagedFieldsOperationType"), OZ),
	F_STR("subresource", "", OZ),
	F_TIME("time", ""),
};
TYPE(managed_fields_entry, META, "ManagedFieldsEntry", "");

static const struct schema_field object_meta[] = {
	F_STRMAP("annotations", "", OZ),
	F_TIME("creationTimestamp", ""),
	F_I64("deletionGracePeriodSeconds", ""),
	F_TIME("deletionTimestamp", ""),
	F_STRS("finalizers", "", MERGE_SET, SET, OZ),
	F_STR("generateName", "", OZ),
	F_I64("generation", "", OZ),
	F_STRMAP("labels", "", OZ),
	F_OBJS("managedFields", managed_fields_entry, "", OZ),
	F_STR("name", "", OZ),
	F_STR("namespace", "", OZ),
	F_OBJS("ownerReferences", owner_reference, "", MERGE("uid"), KEYS("uid"), OZ),
	F_STR("resourceVersion", "", OZ),
	F_STR("selfLink", "", OZ),
	F_STR("uid", "", GO("types.UID"), OZ),
};
TYPE(object_meta, META, "ObjectMeta", "");

static const struct schema_field condition[] = {
	F_TIME("lastTransitionTime", "", REQUIRED),
	F_STR("message", "", REQUIRED),
	F_I64("observedGeneration", "", OZ),
	F_STR("reason", "", REQUIRED),
	F_STR("status", "", REQUIRED, GO("v1.ConditionStatus")),
	F_STR("type", "", REQUIRED),
};
TYPE(condition, META, "Condition", "");

static const struct schema_field label_selector_requirement[] = {
	F_STR("key", "", REQUIRED),
	F_STR("operator", "", REQUIRED, GO("v1.LabelSelectorOperator")),
	F_STRS("values", "", OZ),
};
TYPE(label_selector_requirement, META, "LabelSelectorRequirement", "");

static const struct schema_field label_selector[] = {
	F_OBJS("matchExpressions", label_selector_requirement, "", OZ),
	F_STRMAP("matchLabels", "", OZ),
};
ATOMIC_TYPE(label_selector, META, "LabelSelector", "");

static const struct schema_field preconditions[] = {
	F_STR("resourceVersion", ""),
	F_STR("uid", "", GO("types.UID")),
};
TYPE(preconditions, META, "Preconditions", "");

static const struct schema_field delete_options[] = {
	F_STR("apiVersion", "", OZ),
	F_STRS("dryRun", "", OZ),
	F_I64("gracePeriodSeconds", ""),
	F_BOOL("ignoreStoreReadErrorWithClusterBreakingPotential", ""),
	F_STR("kind", "", OZ),
	F_BOOL("orphanDependents", ""),
	F_OBJ("preconditions", preconditions, ""),
	F_STR("propagationPolicy", "", GO("v1.DeletionPropagation")),
};
TYPE(delete_options, META, "DeleteOptions", "");

static const struct schema_field shard_info[] = {
	F_STR("selector", "", REQUIRED),
};
TYPE(shard_info, META, "ShardInfo", "");

static const struct schema_field list_meta[] = {
	F_STR("continue", "", OZ),
	F_I64("remainingItemCount", ""),
	F_STR("resourceVersion", "", OZ),
	F_STR("selfLink", "", OZ),
	F_OBJ("shardInfo", shard_info, ""),
};
TYPE(list_meta, META, "ListMeta", "");

static const struct schema_field status_cause[] = {
	F_STR("field", "", OZ),
	F_STR("message", "", OZ),
	F_STR("reason", "", GO("v1.CauseType"), OZ),
};
TYPE(status_cause, META, "StatusCause", "");

static const struct schema_field status_details[] = {
	F_OBJS("causes", status_cause, "", OZ),
	F_STR("group", "", OZ),
	F_STR("kind", "", OZ),
	F_STR("name", "", OZ),
	F_I32("retryAfterSeconds", "", OZ),
	F_STR("uid", "", GO("types.UID"), OZ),
};
TYPE(status_details, META, "StatusDetails", "");

static const struct schema_field status[] = {
	F_STR("apiVersion", "", OZ),
	F_I32("code", "", OZ),
	F_OBJ("details", status_details, ""),
	F_STR("kind", "", OZ),
	F_STR("message", "", OZ),
	F_OBJ("metadata", list_meta, ""),
	F_STR("reason", "", GO("v1.StatusReason"), OZ),
	F_STR("status", "", OZ),
};
TYPE(status, META, "Status", "");
