/* Schema: ObjectReference, Event, ServiceAccount, ConfigMap, Secret, Lease, Binding, Eviction.
 * Source: Kubernetes API reference 1.37 (core/v1, coordination/v1, policy/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field object_reference[] = {
	F_STR("apiVersion", "Group and version of the object.", OZ),
	F_STR("fieldPath", "Part of the object, such as spec.containers{web}.", OZ),
	F_STR("kind", "Kind of the object.", OZ),
	F_STR("name", "Name of the object.", OZ),
	F_STR("namespace", "Namespace of the object.", OZ),
	F_STR("resourceVersion", "State of the object that is meant.", OZ),
	F_STR("uid", "Identifier of the object.", GO("types.UID"), OZ),
};
ATOMIC_TYPE(object_reference, CORE, "ObjectReference", "Names an object, or a part of it.");

static const struct schema_field event_source[] = {
	F_STR("component", "Program that reports.", OZ),
	F_STR("host", "Node it runs on.", OZ),
};
TYPE(event_source, CORE, "EventSource", "Who reports an event.");

static const struct schema_field event_series[] = {
	F_I32("count", "How many so far.", OZ),
	F_UTIME("lastObservedTime", "When the last one happened."),
};
TYPE(event_series, CORE, "EventSeries", "A run of equal events.");

static const struct schema_field event[] = {
	F_STR("action", "What was done.", OZ),
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_I32("count", "How often it happened.", OZ),
	F_UTIME("eventTime", "When it first happened.", OR("null")),
	F_TIME("firstTimestamp", "When it was first reported.", OR("null")),
	F_OBJ("involvedObject", object_reference, "Object it happened to.", REQUIRED),
	F_STR("kind", "The kind of object this is.", OZ),
	F_TIME("lastTimestamp", "When it was last reported.", OR("null")),
	F_STR("message", "What happened, in words.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries.", REQUIRED),
	F_STR("reason", "What happened, in one word.", OZ),
	F_OBJ("related", object_reference, "Another object that has to do with it."),
	F_STR("reportingComponent", "Controller that reports.", OR("\"\"")),
	F_STR("reportingInstance", "Which instance of it.", OR("\"\"")),
	F_OBJ("series", event_series, "The run of equal events this one stands for."),
	F_OBJ("source", event_source, "Who reports, in the old form.", OR("{}")),
	F_STR("type", "Normal or Warning.", OZ),
};
TYPE(event, CORE, "Event", "Something that happened to an object.");

static const struct schema_field service_account[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_BOOL("automountServiceAccountToken", "Whether its pods get a token mounted."),
	F_OBJS("imagePullSecrets", local_object_reference,
		"Secrets for pulling images of its pods.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJS("secrets", object_reference, "Secrets its pods may use.", MERGE("name"),
		KEYS("name"), OZ),
};
TYPE(service_account, CORE, "ServiceAccount", "An identity for programs in pods.");

static const struct schema_field config_map[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_BYTESMAP(
		"binaryData", "Values that are not text, in base64.", GO("map[string][]uint8"), OZ),
	F_STRMAP("data", "Values as text.", OZ),
	F_BOOL("immutable", "Whether it can never be changed again."),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
};
TYPE(config_map, CORE, "ConfigMap", "Configuration as keys and values.");

static const struct schema_field secret[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_BYTESMAP("data", "Values in base64.", GO("map[string][]uint8"), OZ),
	F_BOOL("immutable", "Whether it can never be changed again."),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_STRMAP("stringData", "Values as text, for writing only; they go before data.", OZ),
	F_STR("type", "What it holds, such as Opaque or kubernetes.io/tls.", GO("v1.SecretType"),
		OZ, OR("\"Opaque\"")),
};
TYPE(secret, CORE, "Secret", "Confidential keys and values.");

static const struct schema_field lease_spec[] = {
	F_UTIME("acquireTime", "When the holder got it."),
	F_STR("holderIdentity", "Who holds it."),
	F_I32("leaseDurationSeconds", "Seconds after which others may take it."),
	F_I32("leaseTransitions", "How often it changed hands."),
	F_STR("preferredHolder", "Who should take it over."),
	F_UTIME("renewTime", "When the holder last renewed it."),
	F_STR("strategy", "How holders are chosen.", GO("v1.CoordinatedLeaseStrategy")),
};
TYPE(lease_spec, COORDINATION, "LeaseSpec", "Who holds a lease and since when.");

static const struct schema_field lease[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", lease_spec, "Who holds it and since when.", OR("{}")),
};
TYPE(lease, COORDINATION, "Lease", "A claim to something that only one may do at a time.");

static const struct schema_field binding[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("target", object_reference, "The node.", REQUIRED),
};
TYPE(binding, CORE, "Binding", "Places a pod on a node.");

static const struct schema_field eviction[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_OBJ("deleteOptions", delete_options, "How it is to be deleted."),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
};
TYPE(eviction, POLICY, "Eviction",
	"Asks that a pod be deleted unless a disruption budget forbids it.");
