/* Schema: PodStatus and the status of containers.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field pod_condition[] = {
	F_TIME("lastProbeTime", ""),
	F_TIME("lastTransitionTime", ""),
	F_STR("message", "", OZ),
	F_I64("observedGeneration", "", OZ),
	F_STR("reason", "", OZ),
	F_STR("status", "", REQUIRED, GO("v1.ConditionStatus")),
	F_STR("type", "", REQUIRED, GO("v1.PodConditionType")),
};
TYPE(pod_condition, CORE, "PodCondition", "");

static const struct schema_field host_ip[] = {
	F_STR("ip", "", REQUIRED),
};
TYPE(host_ip, CORE, "HostIP", "");

static const struct schema_field pod_ip[] = {
	F_STR("ip", "", REQUIRED),
};
TYPE(pod_ip, CORE, "PodIP", "");

static const struct schema_field container_state_waiting[] = {
	F_STR("message", "", OZ),
	F_STR("reason", "", OZ),
};
TYPE(container_state_waiting, CORE, "ContainerStateWaiting", "");

static const struct schema_field container_state_running[] = {
	F_TIME("startedAt", ""),
};
TYPE(container_state_running, CORE, "ContainerStateRunning", "");

static const struct schema_field container_state_terminated[] = {
	F_STR("containerID", "", OZ),
	F_I32("exitCode", "", REQUIRED),
	F_TIME("finishedAt", ""),
	F_STR("message", "", OZ),
	F_STR("reason", "", OZ),
	F_I32("signal", "", OZ),
	F_TIME("startedAt", ""),
};
TYPE(container_state_terminated, CORE, "ContainerStateTerminated", "");

static const struct schema_field container_state[] = {
	F_OBJ("running", container_state_running, ""),
	F_OBJ("terminated", container_state_terminated, ""),
	F_OBJ("waiting", container_state_waiting, ""),
};
TYPE(container_state, CORE, "ContainerState", "");

static const struct schema_field image_volume_status[] = {
	F_STR("imageRef", "", REQUIRED, OZ),
};
TYPE(image_volume_status, CORE, "ImageVolumeStatus", "");

static const struct schema_field volume_status[] = {
	F_OBJ("image", image_volume_status, ""),
};
TYPE(volume_status, CORE, "VolumeStatus", "");

static const struct schema_field volume_mount_status[] = {
	F_STR("mountPath", "", REQUIRED),
	F_STR("name", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
	F_STR("recursiveReadOnly", "", GO("v1.RecursiveReadOnlyMode")),
	F_OBJ("volumeStatus", volume_status, ""),
};
TYPE(volume_mount_status, CORE, "VolumeMountStatus", "");

static const struct schema_field linux_container_user[] = {
	F_I64("gid", "", REQUIRED),
	F_I64S("supplementalGroups", "", OZ),
	F_I64("uid", "", REQUIRED),
};
TYPE(linux_container_user, CORE, "LinuxContainerUser", "");

static const struct schema_field container_user[] = {
	F_OBJ("linux", linux_container_user, ""),
};
TYPE(container_user, CORE, "ContainerUser", "");

static const struct schema_field resource_health[] = {
	F_STR("health", "", GO("v1.ResourceHealthStatus"), OZ),
	F_STR("message", ""),
	F_STR("resourceID", "", REQUIRED, GO("v1.ResourceID")),
};
TYPE(resource_health, CORE, "ResourceHealth", "");

static const struct schema_field resource_status[] = {
	F_STR("name", "", REQUIRED, GO("v1.ResourceName")),
	F_OBJS("resources", resource_health, "", KEYS("resourceID"), OZ),
};
TYPE(resource_status, CORE, "ResourceStatus", "");

static const struct schema_field container_status[] = {
	F_QTYMAP("allocatedResources", "", GO("v1.ResourceList"), OZ),
	F_OBJS("allocatedResourcesStatus", resource_status, "", MERGE("name"), KEYS("name"), OZ),
	F_STR("containerID", "", OZ),
	F_STR("image", "", REQUIRED),
	F_STR("imageID", "", REQUIRED),
	F_OBJ("lastState", container_state, ""),
	F_STR("name", "", REQUIRED),
	F_BOOL("ready", "", REQUIRED),
	F_OBJ("resources", resource_requirements, ""),
	F_I32("restartCount", "", REQUIRED),
	F_BOOL("started", ""),
	F_OBJ("state", container_state, ""),
	F_STR("stopSignal", "", GO("v1.Signal"), VALUES(SIGNALS)),
	F_OBJ("user", container_user, ""),
	F_OBJS("volumeMounts", volume_mount_status, "", MERGE("mountPath"), KEYS("mountPath"), OZ),
};
TYPE(container_status, CORE, "ContainerStatus", "");

static const struct schema_field pod_resource_claim_status[] = {
	F_STR("name", "", REQUIRED),
	F_STR("resourceClaimName", ""),
};
TYPE(pod_resource_claim_status, CORE, "PodResourceClaimStatus", "");

static const struct schema_field container_extended_resource_request[] = {
	F_STR("containerName", "", REQUIRED),
	F_STR("requestName", "", REQUIRED),
	F_STR("resourceName", "", REQUIRED),
};
TYPE(container_extended_resource_request, CORE, "ContainerExtendedResourceRequest", "");

static const struct schema_field pod_extended_resource_claim_status[] = {
	F_OBJS("requestMappings", container_extended_resource_request, "", REQUIRED),
	F_STR("resourceClaimName", "", REQUIRED),
};
TYPE(pod_extended_resource_claim_status, CORE, "PodExtendedResourceClaimStatus", "");

static const struct schema_field node_allocatable_mapped_resources[] = {
	F_STR("name", "", REQUIRED, GO("v1.ResourceName")),
	F_QTY("quantity", "", REQUIRED),
};
TYPE(node_allocatable_mapped_resources, CORE, "NodeAllocatableMappedResources", "");

static const struct schema_field node_allocatable_overhead_resources[] = {
	F_STR("name", "", REQUIRED, GO("v1.ResourceName")),
	F_QTY("perContainer", ""),
	F_QTY("perPod", ""),
};
TYPE(node_allocatable_overhead_resources, CORE, "NodeAllocatableOverheadResources", "");

static const struct schema_field node_allocatable_resource_claim_status[] = {
	F_STRS("containers", "", SET, OZ),
	F_OBJS("mapping", node_allocatable_mapped_resources, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("overhead", node_allocatable_overhead_resources, "", MERGE("name"), KEYS("name"),
		OZ),
	F_STR("resourceClaimName", "", REQUIRED),
};
TYPE(node_allocatable_resource_claim_status, CORE, "NodeAllocatableResourceClaimStatus", "");

static const struct schema_field pod_volume_health[] = {
	F_OBJS("healthConditions", volume_health_condition, "", MERGE("status"),
		KEYS("status,reason"), OZ),
	F_TIME("lastTransitionTime", ""),
	F_STR("name", "", REQUIRED),
};
TYPE(pod_volume_health, CORE, "PodVolumeHealth", "");

static const struct schema_field pod_status[] = {
	F_QTYMAP("allocatedResources", "", GO("v1.ResourceList"), OZ),
	F_OBJS("conditions", pod_condition, "", MERGE("type"), KEYS("type"), OZ),
	F_OBJS("containerStatuses", container_status, "", OZ),
	F_OBJS("ephemeralContainerStatuses", container_status, "", OZ),
	F_OBJ("extendedResourceClaimStatus", pod_extended_resource_claim_status, ""),
	F_STR("hostIP", "", OZ),
	F_OBJS("hostIPs", host_ip, "", MERGE("ip"), OZ),
	F_OBJS("initContainerStatuses", container_status, "", OZ),
	F_STR("message", "", OZ),
	F_OBJS("nodeAllocatableResourceClaimStatuses", node_allocatable_resource_claim_status, "",
		MERGE("resourceClaimName"), KEYS("resourceClaimName"), OZ),
	F_STR("nominatedNodeName", "", OZ),
	F_I64("observedGeneration", "", OZ),
	F_STR("phase", "", GO("v1.PodPhase"), VALUES("Failed|Pending|Running|Succeeded|Unknown"),
		OZ),
	F_STR("podIP", "", OZ),
	F_OBJS("podIPs", pod_ip, "", MERGE("ip"), KEYS("ip"), OZ),
	F_STR("qosClass", "", GO("v1.PodQOSClass"), VALUES("BestEffort|Burstable|Guaranteed"), OZ),
	F_STR("reason", "", OZ),
	F_STR("resize", "", GO("v1.PodResizeStatus"), OZ),
	F_OBJS("resourceClaimStatuses", pod_resource_claim_status, "", MERGE_RETAIN("name"),
		KEYS("name"), OZ),
	F_OBJ("resources", resource_requirements, ""),
	F_TIME("startTime", ""),
	F_OBJS("volumeHealth", pod_volume_health, "", KEYS("name"), OZ),
};
TYPE(pod_status, CORE, "PodStatus", "");
