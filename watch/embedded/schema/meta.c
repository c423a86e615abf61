/* Schema: what every object carries: metadata, owners, managed fields; selectors, Status, DeleteOptions.
 * Source: Kubernetes API reference 1.37 (meta/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field owner_reference[] = {
	F_STR("apiVersion", "Group and version of the owner.", REQUIRED),
	F_BOOL("blockOwnerDeletion",
		"Whether the owner, deleted in the foreground, must wait for this object to go."),
	F_BOOL("controller", "Whether the owner is the one controller in charge of this object."),
	F_STR("kind", "Kind of the owner.", REQUIRED),
	F_STR("name", "Name of the owner.", REQUIRED),
	F_STR("uid", "Identifier of the owner; another object of the same name does not count.",
		REQUIRED, GO("types.UID")),
};
ATOMIC_TYPE(owner_reference, META, "OwnerReference",
	"Points to the object that owns this one; when all owners are gone, so is this object.");

static const struct schema_field managed_fields_entry[] = {
	F_STR("apiVersion", "Version of the API in which the fields are named.", OZ),
	F_STR("fieldsType", "Form of fieldsV1; always FieldsV1.", OZ),
	F_ANY("fieldsV1", "The fields, as a tree of names."),
	F_STR("manager", "Who set the fields: a program or a person's tool.", OZ),
	F_STR("operation", "How they were set: Apply or Update.",
		GO("v1.ManagedFieldsOperationType"), OZ),
	F_STR("subresource", "Part of the object through which they were set; empty for the whole.",
		OZ),
	F_TIME("time", "When the entry was last changed."),
};
TYPE(managed_fields_entry, META, "ManagedFieldsEntry",
	"Which fields one manager has set, by which operation and when.");

static const struct schema_field object_meta[] = {
	F_STRMAP("annotations", "Free notes of tools and people, not used for selecting.", OZ),
	F_TIME("creationTimestamp", "When the server created the object."),
	F_I64("deletionGracePeriodSeconds",
		"Seconds left for an orderly end once deletion was asked for."),
	F_TIME("deletionTimestamp",
		"When the object is to be gone; set by the server on a delete request."),
	F_STRS("finalizers",
		"Names of those who must do their part before a deleted object is removed.",
		MERGE_SET, SET, OZ),
	F_STR("generateName",
		"Prefix to which the server adds random letters when no name is given.", OZ),
	F_I64("generation", "Number of the specification, growing with each change of it.", OZ),
	F_STRMAP("labels", "Keys and values by which objects are grouped and selected.", OZ),
	F_OBJS("managedFields", managed_fields_entry, "Who has set which fields.", OZ),
	F_STR("name", "Name, unique among objects of the kind in the namespace.", OZ),
	F_STR("namespace",
		"Space within which the name is unique; empty for objects of the whole cluster.",
		OZ),
	F_OBJS("ownerReferences", owner_reference, "Objects on which this one depends.",
		MERGE("uid"), KEYS("uid"), OZ),
	F_STR("resourceVersion",
		"Opaque mark of this state, for watching and for detecting conflicts.", OZ),
	F_STR("selfLink", "No longer filled.", OZ),
	F_STR("uid", "Identifier unique in time and space, given by the server.", GO("types.UID"),
		OZ),
};
TYPE(object_meta, META, "ObjectMeta",
	"What every stored object carries: its name, its place and its history.");

static const struct schema_field condition[] = {
	F_TIME("lastTransitionTime", "When the status last changed from one value to another.",
		REQUIRED),
	F_STR("message", "What happened, in words.", REQUIRED),
	F_I64("observedGeneration", "Generation of the specification that the condition speaks of.",
		OZ),
	F_STR("reason", "One word in CamelCase for the last change.", REQUIRED),
	F_STR("status", "Whether it holds: True, False or Unknown.", REQUIRED,
		GO("v1.ConditionStatus")),
	F_STR("type", "Name of the condition.", REQUIRED),
};
TYPE(condition, META, "Condition", "One aspect of an object's state, as it was last seen.");

static const struct schema_field label_selector_requirement[] = {
	F_STR("key", "Label that the rule is about.", REQUIRED),
	F_STR("operator", "How it relates to the values: In, NotIn, Exists or DoesNotExist.",
		REQUIRED, GO("v1.LabelSelectorOperator")),
	F_STRS("values", "Values to compare with; none for Exists and DoesNotExist.", OZ),
};
TYPE(label_selector_requirement, META, "LabelSelectorRequirement", "A rule on one label.");

static const struct schema_field label_selector[] = {
	F_OBJS("matchExpressions", label_selector_requirement, "Rules on single labels.", OZ),
	F_STRMAP("matchLabels", "Labels that must have exactly these values.", OZ),
};
ATOMIC_TYPE(label_selector, META, "LabelSelector",
	"Chooses objects by their labels; all rules must hold.");

static const struct schema_field preconditions[] = {
	F_STR("resourceVersion", "State the object must be in."),
	F_STR("uid", "Identifier the object must have.", GO("types.UID")),
};
TYPE(preconditions, META, "Preconditions", "What must be true of an object for it to be deleted.");

static const struct schema_field delete_options[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STRS("dryRun", "All: answer as if it were done, but change nothing.", OZ),
	F_I64("gracePeriodSeconds", "Seconds to wait for an orderly end; 0 removes at once."),
	F_BOOL("ignoreStoreReadErrorWithClusterBreakingPotential",
		"Delete even if the stored object cannot be read."),
	F_STR("kind", "The kind of object this is.", OZ),
	F_BOOL("orphanDependents", "Older form of propagationPolicy: whether dependents stay."),
	F_OBJ("preconditions", preconditions, "What must hold, or the request is refused."),
	F_STR("propagationPolicy", "What becomes of dependents: Orphan, Background or Foreground.",
		GO("v1.DeletionPropagation")),
};
TYPE(delete_options, META, "DeleteOptions", "How an object is to be deleted.");

static const struct schema_field shard_info[] = {
	F_STR("selector", "Selector that was applied to choose the part.", REQUIRED),
};
TYPE(shard_info, META, "ShardInfo", "Which part of a sharded list this is.");

static const struct schema_field list_meta[] = {
	F_STR("continue", "Token with which the next part of the list can be asked for.", OZ),
	F_I64("remainingItemCount", "How many objects follow in later parts, if known."),
	F_STR("resourceVersion",
		"State of the store at which the list was read; a watch can begin here.", OZ),
	F_STR("selfLink", "No longer filled.", OZ),
	F_OBJ("shardInfo", shard_info, "Which part of the objects a sharded list holds."),
};
TYPE(list_meta, META, "ListMeta", "What every list carries.");

static const struct schema_field status_cause[] = {
	F_STR("field", "Field that caused it, as a path such as spec.containers[0].image.", OZ),
	F_STR("message", "What is wrong, in words.", OZ),
	F_STR("reason", "Kind of cause, for programs.", GO("v1.CauseType"), OZ),
};
TYPE(status_cause, META, "StatusCause", "One reason why a request failed.");

static const struct schema_field status_details[] = {
	F_OBJS("causes", status_cause, "Single reasons, field by field.", OZ),
	F_STR("group", "API group of the object.", OZ),
	F_STR("kind", "Kind or resource of the object.", OZ),
	F_STR("name", "Name of the object.", OZ),
	F_I32("retryAfterSeconds", "Seconds to wait before trying again.", OZ),
	F_STR("uid", "Identifier of the object.", GO("types.UID"), OZ),
};
TYPE(status_details, META, "StatusDetails", "More about why a request failed.");

static const struct schema_field status[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_I32("code", "HTTP status code.", OZ),
	F_OBJ("details", status_details, "More about the reason."),
	F_STR("kind", "The kind of object this is.", OZ),
	F_STR("message", "What happened, in words.", OZ),
	F_OBJ("metadata", list_meta, "Data of lists; empty here."),
	F_STR("reason", "Why it failed, as one word for programs.", GO("v1.StatusReason"), OZ),
	F_STR("status", "Success or Failure.", OZ),
};
TYPE(status, META, "Status", "The answer to a request that returns no object, such as a failure.");
