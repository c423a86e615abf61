/* Schema: ObjectReference, Event, ServiceAccount, ConfigMap, Secret, Lease, Binding.
 * Source: Kubernetes API reference 1.37 (core/v1, coordination/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field object_reference[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("fieldPath", "", OZ),
	F_STR("kind", "", OZ),
	F_STR("name", "", OZ),
	F_STR("namespace", "", OZ),
	F_STR("resourceVersion", "", OZ),
	F_STR("uid", "", GO("types.UID"), OZ),
};
ATOMIC_TYPE(object_reference, CORE, "ObjectReference", "");

static const struct schema_field event_source[] = {
	F_STR("component", "", OZ),
	F_STR("host", "", OZ),
};
TYPE(event_source, CORE, "EventSource", "");

static const struct schema_field event_series[] = {
	F_I32("count", "", OZ),
	F_UTIME("lastObservedTime", ""),
};
TYPE(event_series, CORE, "EventSeries", "");

static const struct schema_field event[] = {
	F_STR("action", "", OZ),
	F_STR("apiVersion", "", OZ),
	F_I32("count", "", OZ),
	F_UTIME("eventTime", ""),
	F_TIME("firstTimestamp", ""),
	F_OBJ("involvedObject", object_reference, "", REQUIRED),
	F_STR("kind", "", OZ),
	F_TIME("lastTimestamp", ""),
	F_STR("message", "", OZ),
	F_OBJ("metadata", object_meta, "", REQUIRED),
	F_STR("reason", "", OZ),
	F_OBJ("related", object_reference, ""),
	F_STR("reportingComponent", "", OR("\"\"")),
	F_STR("reportingInstance", "", OR("\"\"")),
	F_OBJ("series", event_series, ""),
	F_OBJ("source", event_source, "", OR("{}")),
	F_STR("type", "", OZ),
};
TYPE(event, CORE, "Event", "");

static const struct schema_field service_account[] = {
	F_STR("apiVersion", "", OZ),
	F_BOOL("automountServiceAccountToken", ""),
	F_OBJS("imagePullSecrets", local_object_reference, "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJS("secrets", object_reference, "", MERGE("name"), KEYS("name"), OZ),
};
TYPE(service_account, CORE, "ServiceAccount", "");

static const struct schema_field config_map[] = {
	F_STR("apiVersion", "", OZ),
	F_BYTESMAP("binaryData", "", GO("map[string][]uint8"), OZ),
	F_STRMAP("data", "", OZ),
	F_BOOL("immutable", ""),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
};
TYPE(config_map, CORE, "ConfigMap", "");

static const struct schema_field secret[] = {
	F_STR("apiVersion", "", OZ),
	F_BYTESMAP("data", "", GO("map[string][]uint8"), OZ),
	F_BOOL("immutable", ""),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_STRMAP("stringData", "", OZ),
	F_STR("type", "", GO("v1.SecretType"), OZ, OR("\"Opaque\"")),
};
TYPE(secret, CORE, "Secret", "");

static const struct schema_field lease_spec[] = {
	F_UTIME("acquireTime", ""),
	F_STR("holderIdentity", ""),
	F_I32("leaseDurationSeconds", ""),
	F_I32("leaseTransitions", ""),
	F_STR("preferredHolder", ""),
	F_UTIME("renewTime", ""),
	F_STR("strategy", "", GO("v1.CoordinatedLeaseStrategy")),
};
TYPE(lease_spec, COORDINATION, "LeaseSpec", "");

static const struct schema_field lease[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", lease_spec, "", OR("{}")),
};
TYPE(lease, COORDINATION, "Lease", "");

static const struct schema_field binding[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("target", object_reference, "", REQUIRED),
};
TYPE(binding, CORE, "Binding", "");
