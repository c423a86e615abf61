/* Schema: Namespace and Node.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field namespace_spec[] = {
	F_STRS("finalizers", "Who must empty the namespace before it is removed.",
		GO("v1.FinalizerName"), OZ),
};
TYPE(namespace_spec, CORE, "NamespaceSpec", "What a namespace should be.");

static const struct schema_field namespace_condition[] = {
	F_TIME("lastTransitionTime", "When the status last changed from one value to another."),
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("reason", "A short word for the cause, for programs.", OZ),
	F_STR("status", "Whether it holds: True, False or Unknown.", REQUIRED,
		GO("v1.ConditionStatus")),
	F_STR("type", "Name of the condition.", REQUIRED, GO("v1.NamespaceConditionType")),
};
TYPE(namespace_condition, CORE, "NamespaceCondition", "One aspect of a namespace's state.");

static const struct schema_field namespace_status[] = {
	F_OBJS("conditions", namespace_condition,
		"Aspects of the state, such as what hinders its deletion.", MERGE("type"),
		KEYS("type"), OZ),
	F_STR("phase", "Active, or Terminating once it is being deleted.", GO("v1.NamespacePhase"),
		VALUES("Active|Terminating"), OZ, OR("\"Active\"")),
};
TYPE(namespace_status, CORE, "NamespaceStatus", "The state of a namespace.");

static const struct schema_field namespace[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", namespace_spec, "How the namespace should behave.", OR("{}")),
	F_OBJ("status", namespace_status, "The state it is in.", OR("{}")),
};
TYPE(namespace, CORE, "Namespace", "A space of names that keeps groups of objects apart.");

static const struct schema_field taint[] = {
	F_STR("effect", "What happens to pods that do not tolerate it.", REQUIRED,
		GO("v1.TaintEffect"), VALUES("NoExecute|NoSchedule|PreferNoSchedule")),
	F_STR("key", "Name of the taint.", REQUIRED),
	F_TIME("timeAdded", "When it was added."),
	F_STR("value", "Value that goes with the key.", OZ),
};
TYPE(taint, CORE, "Taint", "Keeps pods off a node unless they tolerate it.");

static const struct schema_field config_map_node_config_source[] = {
	F_STR("kubeletConfigKey", "Key of the ConfigMap under which the configuration stands.",
		REQUIRED),
	F_STR("name", "Name of the ConfigMap.", REQUIRED),
	F_STR("namespace", "Namespace of the ConfigMap.", REQUIRED),
	F_STR("resourceVersion", "State of the ConfigMap, told in a status only.", OZ),
	F_STR("uid", "Identifier of the ConfigMap, told in a status only.", GO("types.UID"), OZ),
};
TYPE(config_map_node_config_source, CORE, "ConfigMapNodeConfigSource",
	"A ConfigMap with a kubelet's configuration; no longer used.");

static const struct schema_field node_config_source[] = {
	F_OBJ("configMap", config_map_node_config_source, "ConfigMap with the configuration."),
};
TYPE(node_config_source, CORE, "NodeConfigSource",
	"Where a node takes its configuration from; no longer used.");

static const struct schema_field node_pod_preemption_policy[] = {
	F_STRS("disableResizePreemption",
		"Names of those that ask that resizing a pod push no other off the node.", SET, OZ),
};
TYPE(node_pod_preemption_policy, CORE, "NodePodPreemptionPolicy",
	"What may happen to running pods when others need the room.");

static const struct schema_field node_spec[] = {
	F_OBJ("configSource", node_config_source, "No longer used."),
	F_STR("externalID", "No longer used.", OZ),
	F_STR("podCIDR", "Range of addresses for the pods of this node.", OZ),
	F_STRS("podCIDRs", "Ranges of addresses for the pods of this node, one an IP family.",
		MERGE_SET, SET, OZ),
	F_OBJ("podPreemptionPolicy", node_pod_preemption_policy,
		"Whether pods may be pushed off the node to make room."),
	F_STR("providerID", "Identifier that the cloud gave the machine.", OZ),
	F_OBJS("taints", taint, "What keeps pods off this node.", OZ),
	F_BOOL("unschedulable", "Whether new pods are kept off; set by cordon.", OZ),
};
TYPE(node_spec, CORE, "NodeSpec", "What a node should be.");

static const struct schema_field node_condition[] = {
	F_TIME("lastHeartbeatTime", "When the condition was last reported.", OR("null")),
	F_TIME("lastTransitionTime", "When the status last changed from one value to another.",
		OR("null")),
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("reason", "A short word for the cause, for programs.", OZ),
	F_STR("status", "Whether it holds: True, False or Unknown.", REQUIRED,
		GO("v1.ConditionStatus")),
	F_STR("type", "Name of the condition: Ready, MemoryPressure and others.", REQUIRED,
		GO("v1.NodeConditionType")),
};
TYPE(node_condition, CORE, "NodeCondition", "One aspect of a node's state.");

static const struct schema_field node_address[] = {
	F_STR("address", "The address or host name.", REQUIRED),
	F_STR("type", "Which: Hostname, InternalIP, ExternalIP and others.", REQUIRED,
		GO("v1.NodeAddressType")),
};
TYPE(node_address, CORE, "NodeAddress", "One address of a node.");

static const struct schema_field daemon_endpoint[] = {
	F_I32("Port", "Port number.", REQUIRED, OR("0")),
};
TYPE(daemon_endpoint, CORE, "DaemonEndpoint", "Port of a daemon on a node.");

static const struct schema_field node_daemon_endpoints[] = {
	F_OBJ("kubeletEndpoint", daemon_endpoint, "Where the kubelet listens.", OR("{}")),
};
TYPE(node_daemon_endpoints, CORE, "NodeDaemonEndpoints", "Ports of the daemons on a node.");

static const struct schema_field node_swap_status[] = {
	F_I64("capacity", "Amount of swap in bytes."),
};
TYPE(node_swap_status, CORE, "NodeSwapStatus", "Swap space of a node.");

static const struct schema_field node_system_info[] = {
	F_STR("architecture", "Processor architecture.", REQUIRED),
	F_STR("bootID", "Identifier of the current start of the machine.", REQUIRED),
	F_STR("containerRuntimeVersion", "Name and version of the container runtime.", REQUIRED),
	F_STR("kernelVersion", "Version of the kernel.", REQUIRED),
	F_STR("kubeProxyVersion", "No longer filled.", REQUIRED),
	F_STR("kubeletVersion", "Version of the kubelet.", REQUIRED),
	F_STR("machineID", "Identifier of the installed system.", REQUIRED),
	F_STR("operatingSystem", "Operating system, such as linux.", REQUIRED),
	F_STR("osImage", "Name of the distribution.", REQUIRED),
	F_BOOL("runningInUserNamespace", "Whether the kubelet itself runs in a user namespace."),
	F_OBJ("swap", node_swap_status, "Swap space."),
	F_STR("systemUUID", "Identifier of the machine's hardware.", REQUIRED),
};
TYPE(node_system_info, CORE, "NodeSystemInfo", "What software and machine a node is made of.");

static const struct schema_field container_image[] = {
	F_STRS("names", "Names by which the image is known."),
	F_I64("sizeBytes", "Size in bytes.", OZ),
};
TYPE(container_image, CORE, "ContainerImage", "An image held on a node.");

static const struct schema_field attached_volume[] = {
	F_STR("devicePath", "Device under which it is found.", REQUIRED),
	F_STR("name", "Name of the volume.", REQUIRED, GO("v1.UniqueVolumeName")),
};
TYPE(attached_volume, CORE, "AttachedVolume", "A volume attached to a node.");

static const struct schema_field node_config_status[] = {
	F_OBJ("active", node_config_source, "Configuration in use."),
	F_OBJ("assigned", node_config_source, "Configuration the node should use."),
	F_STR("error", "What went wrong with the assigned one.", OZ),
	F_OBJ("lastKnownGood", node_config_source, "Configuration to fall back on."),
};
TYPE(node_config_status, CORE, "NodeConfigStatus",
	"State of configuration taken from the API; no longer used.");

static const struct schema_field node_runtime_handler_features[] = {
	F_BOOL("recursiveReadOnlyMounts",
		"Whether mounts below a read-only mount can be read-only too."),
	F_BOOL("userNamespaces", "Whether pods can have users of their own."),
};
TYPE(node_runtime_handler_features, CORE, "NodeRuntimeHandlerFeatures",
	"What a runtime handler can do.");

static const struct schema_field node_runtime_handler[] = {
	F_OBJ("features", node_runtime_handler_features, "What the handler can do."),
	F_STR("name", "Name of the handler; empty for the default one."),
};
TYPE(node_runtime_handler, CORE, "NodeRuntimeHandler",
	"One way in which the container runtime runs containers.");

static const struct schema_field node_features[] = {
	F_BOOL("supplementalGroupsPolicy",
		"Whether supplementalGroupsPolicy of pods is understood."),
};
TYPE(node_features, CORE, "NodeFeatures", "What the container runtime as a whole can do.");

static const struct schema_field node_status[] = {
	F_OBJS("addresses", node_address, "Addresses at which the node is reached.", MERGE("type"),
		KEYS("type"), OZ),
	F_QTYMAP("allocatable", "Amounts that pods may use.", GO("v1.ResourceList"), OZ),
	F_QTYMAP("capacity", "Amounts the machine has.", GO("v1.ResourceList"), OZ),
	F_OBJS("conditions", node_condition, "Aspects of the node's health.", MERGE("type"),
		KEYS("type"), OZ),
	F_OBJ("config", node_config_status, "State of configuration from the API; no longer used."),
	F_OBJ("daemonEndpoints", node_daemon_endpoints, "Ports of the node's daemons.", OR("{}")),
	F_STRS("declaredFeatures", "Features the kubelet says it has.", OZ),
	F_OBJ("features", node_features, "What the container runtime can do."),
	F_OBJS("images", container_image, "Images held on the node.", OZ),
	F_OBJ("nodeInfo", node_system_info, "Versions of software and identifiers of the machine."),
	F_STR("phase", "No longer filled.", GO("v1.NodePhase"),
		VALUES("Pending|Running|Terminated"), OZ),
	F_OBJS("runtimeHandlers", node_runtime_handler, "Ways in which containers can be run.", OZ),
	F_OBJS("volumesAttached", attached_volume, "Volumes attached to the node.", OZ),
	F_STRS("volumesInUse", "Attached volumes that pods use.", GO("v1.UniqueVolumeName"), OZ),
};
TYPE(node_status, CORE, "NodeStatus", "The state of a node, reported by its kubelet.");

static const struct schema_field node[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", node_spec, "How the node should behave.", OR("{}")),
	F_OBJ("status", node_status, "The state it is in.", OR("{}")),
};
TYPE(node, CORE, "Node", "A machine on which pods run.");
