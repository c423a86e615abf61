/* Schema: Namespace and Node.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field namespace_spec[] = {
	F_STRS("finalizers", "", GO("v1.FinalizerName"), OZ),
};
TYPE(namespace_spec, CORE, "NamespaceSpec", "");

static const struct schema_field namespace_condition[] = {
	F_TIME("lastTransitionTime", ""),
	F_STR("message", "", OZ),
	F_STR("reason", "", OZ),
	F_STR("status", "", REQUIRED, GO("v1.ConditionStatus")),
	F_STR("type", "", REQUIRED, GO("v1.NamespaceConditionType")),
};
TYPE(namespace_condition, CORE, "NamespaceCondition", "");

static const struct schema_field namespace_status[] = {
	F_OBJS("conditions", namespace_condition, "", MERGE("type"), KEYS("type"), OZ),
	F_STR("phase", "", GO("v1.NamespacePhase"), VALUES("Active|Terminating"), OZ,
		OR("\"Active\"")),
};
TYPE(namespace_status, CORE, "NamespaceStatus", "");

static const struct schema_field namespace[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", namespace_spec, "", OR("{}")),
	F_OBJ("status", namespace_status, "", OR("{}")),
};
TYPE(namespace, CORE, "Namespace", "");

static const struct schema_field taint[] = {
	F_STR("effect", "", REQUIRED, GO("v1.TaintEffect"),
		VALUES("NoExecute|NoSchedule|PreferNoSchedule")),
	F_STR("key", "", REQUIRED),
	F_TIME("timeAdded", ""),
	F_STR("value", "", OZ),
};
TYPE(taint, CORE, "Taint", "");

static const struct schema_field config_map_node_config_source[] = {
	F_STR("kubeletConfigKey", "", REQUIRED),
	F_STR("name", "", REQUIRED),
	F_STR("namespace", "", REQUIRED),
	F_STR("resourceVersion", "", OZ),
	F_STR("uid", "", GO("types.UID"), OZ),
};
TYPE(config_map_node_config_source, CORE, "ConfigMapNodeConfigSource", "");

static const struct schema_field node_config_source[] = {
	F_OBJ("configMap", config_map_node_config_source, ""),
};
TYPE(node_config_source, CORE, "NodeConfigSource", "");

static const struct schema_field node_pod_preemption_policy[] = {
	F_STRS("disableResizePreemption", "", SET, OZ),
};
TYPE(node_pod_preemption_policy, CORE, "NodePodPreemptionPolicy", "");

static const struct schema_field node_spec[] = {
	F_OBJ("configSource", node_config_source, ""),
	F_STR("externalID", "", OZ),
	F_STR("podCIDR", "", OZ),
	F_STRS("podCIDRs", "", MERGE_SET, SET, OZ),
	F_OBJ("podPreemptionPolicy", node_pod_preemption_policy, ""),
	F_STR("providerID", "", OZ),
	F_OBJS("taints", taint, "", OZ),
	F_BOOL("unschedulable", "", OZ),
};
TYPE(node_spec, CORE, "NodeSpec", "");

static const struct schema_field node_condition[] = {
	F_TIME("lastHeartbeatTime", ""),
	F_TIME("lastTransitionTime", ""),
	F_STR("message", "", OZ),
	F_STR("reason", "", OZ),
	F_STR("status", "", REQUIRED, GO("v1.ConditionStatus")),
	F_STR("type", "", REQUIRED, GO("v1.NodeConditionType")),
};
TYPE(node_condition, CORE, "NodeCondition", "");

static const struct schema_field node_address[] = {
	F_STR("address", "", REQUIRED),
	F_STR("type", "", REQUIRED, GO("v1.NodeAddressType")),
};
TYPE(node_address, CORE, "NodeAddress", "");

static const struct schema_field daemon_endpoint[] = {
	F_I32("Port", "", REQUIRED, OR("0")),
};
TYPE(daemon_endpoint, CORE, "DaemonEndpoint", "");

static const struct schema_field node_daemon_endpoints[] = {
	F_OBJ("kubeletEndpoint", daemon_endpoint, "", OR("{}")),
};
TYPE(node_daemon_endpoints, CORE, "NodeDaemonEndpoints", "");

static const struct schema_field node_swap_status[] = {
	F_I64("capacity", ""),
};
TYPE(node_swap_status, CORE, "NodeSwapStatus", "");

static const struct schema_field node_system_info[] = {
	F_STR("architecture", "", REQUIRED),
	F_STR("bootID", "", REQUIRED),
	F_STR("containerRuntimeVersion", "", REQUIRED),
	F_STR("kernelVersion", "", REQUIRED),
	F_STR("kubeProxyVersion", "", REQUIRED),
	F_STR("kubeletVersion", "", REQUIRED),
	F_STR("machineID", "", REQUIRED),
	F_STR("operatingSystem", "", REQUIRED),
	F_STR("osImage", "", REQUIRED),
	F_BOOL("runningInUserNamespace", ""),
	F_OBJ("swap", node_swap_status, ""),
	F_STR("systemUUID", "", REQUIRED),
};
TYPE(node_system_info, CORE, "NodeSystemInfo", "");

static const struct schema_field container_image[] = {
	F_STRS("names", ""),
	F_I64("sizeBytes", "", OZ),
};
TYPE(container_image, CORE, "ContainerImage", "");

static const struct schema_field attached_volume[] = {
	F_STR("devicePath", "", REQUIRED),
	F_STR("name", "", REQUIRED, GO("v1.UniqueVolumeName")),
};
TYPE(attached_volume, CORE, "AttachedVolume", "");

static const struct schema_field node_config_status[] = {
	F_OBJ("active", node_config_source, ""),
	F_OBJ("assigned", node_config_source, ""),
	F_STR("error", "", OZ),
	F_OBJ("lastKnownGood", node_config_source, ""),
};
TYPE(node_config_status, CORE, "NodeConfigStatus", "");

static const struct schema_field node_runtime_handler_features[] = {
	F_BOOL("recursiveReadOnlyMounts", ""),
	F_BOOL("userNamespaces", ""),
};
TYPE(node_runtime_handler_features, CORE, "NodeRuntimeHandlerFeatures", "");

static const struct schema_field node_runtime_handler[] = {
	F_OBJ("features", node_runtime_handler_features, ""),
	F_STR("name", ""),
};
TYPE(node_runtime_handler, CORE, "NodeRuntimeHandler", "");

static const struct schema_field node_features[] = {
	F_BOOL("supplementalGroupsPolicy", ""),
};
TYPE(node_features, CORE, "NodeFeatures", "");

static const struct schema_field node_status[] = {
	F_OBJS("addresses", node_address, "", MERGE("type"), KEYS("type"), OZ),
	F_QTYMAP("allocatable", "", GO("v1.ResourceList"), OZ),
	F_QTYMAP("capacity", "", GO("v1.ResourceList"), OZ),
	F_OBJS("conditions", node_condition, "", MERGE("type"), KEYS("type"), OZ),
	F_OBJ("config", node_config_status, ""),
	F_OBJ("daemonEndpoints", node_daemon_endpoints, "", OR("{}")),
	F_STRS("declaredFeatures", "", OZ),
	F_OBJ("features", node_features, ""),
	F_OBJS("images", container_image, "", OZ),
	F_OBJ("nodeInfo", node_system_info, ""),
	F_STR("phase", "", GO("v1.NodePhase"), VALUES("Pending|Running|Terminated"), OZ),
	F_OBJS("runtimeHandlers", node_runtime_handler, "", OZ),
	F_OBJS("volumesAttached", attached_volume, "", OZ),
	F_STRS("volumesInUse", "", GO("v1.UniqueVolumeName"), OZ),
};
TYPE(node_status, CORE, "NodeStatus", "");

static const struct schema_field node[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", node_spec, "", OR("{}")),
	F_OBJ("status", node_status, "", OR("{}")),
};
TYPE(node, CORE, "Node", "");
