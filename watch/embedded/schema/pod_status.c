/* Schema: PodStatus and the status of containers.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field pod_condition[] = {
	F_TIME("lastProbeTime", "When it was last looked at.", OR("null")),
	F_TIME("lastTransitionTime", "When the status last changed from one value to another.",
		OR("null")),
	F_STR("message", "Details in words, for people.", OZ),
	F_I64("observedGeneration", "Generation of the pod that the condition speaks of.", OZ),
	F_STR("reason", "A short word for the cause, for programs.", OZ),
	F_STR("status", "Whether it holds: True, False or Unknown.", REQUIRED,
		GO("v1.ConditionStatus")),
	F_STR("type", "Name of the condition: Ready, PodScheduled and others.", REQUIRED,
		GO("v1.PodConditionType")),
};
TYPE(pod_condition, CORE, "PodCondition", "One aspect of a pod's state.");

static const struct schema_field host_ip[] = {
	F_STR("ip", "The address.", REQUIRED),
};
TYPE(host_ip, CORE, "HostIP", "One address of the node.");

static const struct schema_field pod_ip[] = {
	F_STR("ip", "The address.", REQUIRED),
};
TYPE(pod_ip, CORE, "PodIP", "One address of the pod.");

static const struct schema_field container_state_waiting[] = {
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("reason", "Why it waits, such as ContainerCreating.", OZ),
};
TYPE(container_state_waiting, CORE, "ContainerStateWaiting", "The container does not run yet.");

static const struct schema_field container_state_running[] = {
	F_TIME("startedAt", "Since when."),
};
TYPE(container_state_running, CORE, "ContainerStateRunning", "The container runs.");

static const struct schema_field container_state_terminated[] = {
	F_STR("containerID", "Which container it was.", OZ),
	F_I32("exitCode", "Exit code.", REQUIRED),
	F_TIME("finishedAt", "When it ended."),
	F_STR("message", "Its last message.", OZ),
	F_STR("reason", "Why it ended, such as Completed or Error.", OZ),
	F_I32("signal", "Signal that ended it.", OZ),
	F_TIME("startedAt", "When it had started."),
};
TYPE(container_state_terminated, CORE, "ContainerStateTerminated", "The container has ended.");

static const struct schema_field container_state[] = {
	F_OBJ("running", container_state_running, "It runs."),
	F_OBJ("terminated", container_state_terminated, "It has ended."),
	F_OBJ("waiting", container_state_waiting, "It does not run yet."),
};
TYPE(container_state, CORE, "ContainerState",
	"What a container does; one is given, waiting if none.");

static const struct schema_field image_volume_status[] = {
	F_STR("imageRef", "Digest of the image in use.", REQUIRED, OZ),
};
TYPE(image_volume_status, CORE, "ImageVolumeStatus", "The image behind a volume.");

static const struct schema_field volume_status[] = {
	F_OBJ("image", image_volume_status, "The image behind it."),
};
TYPE(volume_status, CORE, "VolumeStatus", "What is known of a mounted volume.");

static const struct schema_field volume_mount_status[] = {
	F_STR("mountPath", "Path in the container.", REQUIRED),
	F_STR("name", "Name of the volume.", REQUIRED),
	F_BOOL("readOnly", "Whether it is read-only.", OZ),
	F_STR("recursiveReadOnly", "Whether mounts below are read-only too.",
		GO("v1.RecursiveReadOnlyMode")),
	F_OBJ("volumeStatus", volume_status, "What is known of the volume."),
};
TYPE(volume_mount_status, CORE, "VolumeMountStatus", "How a volume is mounted.");

static const struct schema_field linux_container_user[] = {
	F_I64("gid", "Numeric group.", REQUIRED),
	F_I64S("supplementalGroups", "Further numeric groups.", OZ),
	F_I64("uid", "Numeric user.", REQUIRED),
};
TYPE(linux_container_user, CORE, "LinuxContainerUser", "Whom the first process runs as.");

static const struct schema_field container_user[] = {
	F_OBJ("linux", linux_container_user, "On Linux."),
};
TYPE(container_user, CORE, "ContainerUser", "Whom the first process runs as.");

static const struct schema_field resource_health[] = {
	F_STR("health", "Healthy, Unhealthy or Unknown.", GO("v1.ResourceHealthStatus"), OZ),
	F_STR("message", "Details in words, for people."),
	F_STR("resourceID", "Which device.", REQUIRED, GO("v1.ResourceID")),
};
TYPE(resource_health, CORE, "ResourceHealth", "Health of one device.");

static const struct schema_field resource_status[] = {
	F_STR("name", "Name of the resource.", REQUIRED, GO("v1.ResourceName")),
	F_OBJS("resources", resource_health, "The devices.", KEYS("resourceID"), OZ),
};
TYPE(resource_status, CORE, "ResourceStatus", "Health of the devices of one resource.");

static const struct schema_field container_status[] = {
	F_QTYMAP("allocatedResources", "Amounts set aside for it.", GO("v1.ResourceList"), OZ),
	F_OBJS("allocatedResourcesStatus", resource_status, "Health of the devices it uses.",
		MERGE("name"), KEYS("name"), OZ),
	F_STR("containerID", "Identifier given by the runtime, as TYPE://ID.", OZ),
	F_STR("image", "Image it runs.", REQUIRED),
	F_STR("imageID", "Digest of the image.", REQUIRED),
	F_OBJ("lastState", container_state, "How it ended last time."),
	F_STR("name", "Name of the container.", REQUIRED),
	F_BOOL("ready", "Whether it passes its readiness probe.", REQUIRED),
	F_OBJ("resources", resource_requirements, "Amounts in force."),
	F_I32("restartCount", "How often it was restarted.", REQUIRED),
	F_BOOL("started", "Whether it has started and passed its startup probe."),
	F_OBJ("state", container_state, "What it does now."),
	F_STR("stopSignal", "Signal that tells it to end.", GO("v1.Signal"), VALUES(SIGNALS)),
	F_OBJ("user", container_user, "Whom its first process runs as."),
	F_OBJS("volumeMounts", volume_mount_status, "How its volumes are mounted.",
		MERGE("mountPath"), KEYS("mountPath"), OZ),
};
TYPE(container_status, CORE, "ContainerStatus", "What is known of a container.");

static const struct schema_field pod_resource_claim_status[] = {
	F_STR("name", "Name of the entry.", REQUIRED),
	F_STR("resourceClaimName", "Name of the ResourceClaim."),
};
TYPE(pod_resource_claim_status, CORE, "PodResourceClaimStatus",
	"The claim made for an entry of resourceClaims.");

static const struct schema_field container_extended_resource_request[] = {
	F_STR("containerName", "Name of the container.", REQUIRED),
	F_STR("requestName", "Name of the request in the claim.", REQUIRED),
	F_STR("resourceName", "Name of the resource.", REQUIRED),
};
TYPE(container_extended_resource_request, CORE, "ContainerExtendedResourceRequest",
	"Which request of a claim serves a container's resource.");

static const struct schema_field pod_extended_resource_claim_status[] = {
	F_OBJS("requestMappings", container_extended_resource_request,
		"Which request serves which container.", REQUIRED),
	F_STR("resourceClaimName", "Name of the ResourceClaim.", REQUIRED),
};
TYPE(pod_extended_resource_claim_status, CORE, "PodExtendedResourceClaimStatus",
	"The claim that serves resources asked for as plain amounts.");

static const struct schema_field node_allocatable_mapped_resources[] = {
	F_STR("name", "Name of the resource.", REQUIRED, GO("v1.ResourceName")),
	F_QTY("quantity", "How much.", REQUIRED),
};
TYPE(node_allocatable_mapped_resources, CORE, "NodeAllocatableMappedResources",
	"An amount of a node's resource that a claim takes.");

static const struct schema_field node_allocatable_overhead_resources[] = {
	F_STR("name", "Name of the resource.", REQUIRED, GO("v1.ResourceName")),
	F_QTY("perContainer", "How much for each container that uses it."),
	F_QTY("perPod", "How much for the pod."),
};
TYPE(node_allocatable_overhead_resources, CORE, "NodeAllocatableOverheadResources",
	"What a claim costs beside its own amount.");

static const struct schema_field node_allocatable_resource_claim_status[] = {
	F_STRS("containers", "Containers that use the claim.", SET, OZ),
	F_OBJS("mapping", node_allocatable_mapped_resources, "Amounts it takes.", MERGE("name"),
		KEYS("name"), OZ),
	F_OBJS("overhead", node_allocatable_overhead_resources, "What it costs beside.",
		MERGE("name"), KEYS("name"), OZ),
	F_STR("resourceClaimName", "Name of the ResourceClaim.", REQUIRED),
};
TYPE(node_allocatable_resource_claim_status, CORE, "NodeAllocatableResourceClaimStatus",
	"What a claim takes of the node's resources.");

static const struct schema_field pod_volume_health[] = {
	F_OBJS("healthConditions", volume_health_condition,
		"What is wrong; empty for a healthy volume.", MERGE("status"),
		KEYS("status,reason"), OZ),
	F_TIME("lastTransitionTime", "When the status last changed from one value to another."),
	F_STR("name", "Name of the volume.", REQUIRED),
};
TYPE(pod_volume_health, CORE, "PodVolumeHealth", "What is known of the health of a pod's volume.");

static const struct schema_field pod_status[] = {
	F_QTYMAP("allocatedResources", "Amounts set aside for the pod.", GO("v1.ResourceList"), OZ),
	F_OBJS("conditions", pod_condition, "Aspects of its state.", MERGE("type"), KEYS("type"),
		OZ),
	F_OBJS("containerStatuses", container_status, "What is known of its containers.", OZ),
	F_OBJS("ephemeralContainerStatuses", container_status,
		"What is known of containers added for debugging.", OZ),
	F_OBJ("extendedResourceClaimStatus", pod_extended_resource_claim_status,
		"Claim that serves resources asked for as plain amounts."),
	F_STR("hostIP", "Address of the node.", OZ),
	F_OBJS("hostIPs", host_ip, "Addresses of the node.", MERGE("ip"), OZ),
	F_OBJS("initContainerStatuses", container_status, "What is known of its init containers.",
		OZ),
	F_STR("message", "Details in words, for people.", OZ),
	F_OBJS("nodeAllocatableResourceClaimStatuses", node_allocatable_resource_claim_status,
		"What its claims take of the node's resources.", MERGE("resourceClaimName"),
		KEYS("resourceClaimName"), OZ),
	F_STR("nominatedNodeName", "Node on which room is being made for it.", OZ),
	F_I64("observedGeneration", "Generation of the pod that the status speaks of.", OZ),
	F_STR("phase", "Pending, Running, Succeeded, Failed or Unknown.", GO("v1.PodPhase"),
		VALUES("Failed|Pending|Running|Succeeded|Unknown"), OZ),
	F_STR("podIP", "Address of the pod.", OZ),
	F_OBJS("podIPs", pod_ip, "Addresses of the pod, one an IP family.", MERGE("ip"), KEYS("ip"),
		OZ),
	F_STR("qosClass", "Guaranteed, Burstable or BestEffort.", GO("v1.PodQOSClass"),
		VALUES("BestEffort|Burstable|Guaranteed"), OZ),
	F_STR("reason", "Why it is in this state, such as Evicted.", OZ),
	F_STR("resize", "State of a change of resources; now told by conditions.",
		GO("v1.PodResizeStatus"), OZ),
	F_OBJS("resourceClaimStatuses", pod_resource_claim_status, "Claims made for the pod.",
		MERGE_RETAIN("name"), KEYS("name"), OZ),
	F_OBJ("resources", resource_requirements, "Amounts in force for the pod as a whole."),
	F_TIME("startTime", "When the kubelet took it up."),
	F_OBJS("volumeHealth", pod_volume_health, "Health of its volumes.", KEYS("name"), OZ),
};
TYPE(pod_status, CORE, "PodStatus", "What is known of a pod, reported by its kubelet.");
