/* Schema: Pod: where it may run and how, and what became of it.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field node_selector_requirement[] = {
	F_STR("key", "", REQUIRED),
	F_STR("operator", "", REQUIRED, GO("v1.NodeSelectorOperator"),
		VALUES("DoesNotExist|Exists|Gt|In|Lt|NotIn")),
	F_STRS("values", "", OZ),
};
TYPE(node_selector_requirement, CORE, "NodeSelectorRequirement", "");

static const struct schema_field node_selector_term[] = {
	F_OBJS("matchExpressions", node_selector_requirement, "", OZ),
	F_OBJS("matchFields", node_selector_requirement, "", OZ),
};
ATOMIC_TYPE(node_selector_term, CORE, "NodeSelectorTerm", "");

static const struct schema_field node_selector[] = {
	F_OBJS("nodeSelectorTerms", node_selector_term, "", REQUIRED),
};
ATOMIC_TYPE(node_selector, CORE, "NodeSelector", "");

static const struct schema_field sysctl[] = {
	F_STR("name", "", REQUIRED),
	F_STR("value", "", REQUIRED),
};
TYPE(sysctl, CORE, "Sysctl", "");

static const struct schema_field pod_security_context[] = {
	F_OBJ("appArmorProfile", app_armor_profile, ""),
	F_I64("fsGroup", ""),
	F_STR("fsGroupChangePolicy", "", GO("v1.PodFSGroupChangePolicy"),
		VALUES("Always|OnRootMismatch")),
	F_I64("runAsGroup", ""),
	F_BOOL("runAsNonRoot", ""),
	F_I64("runAsUser", ""),
	F_STR("seLinuxChangePolicy", "", GO("v1.PodSELinuxChangePolicy")),
	F_OBJ("seLinuxOptions", se_linux_options, ""),
	F_OBJ("seccompProfile", seccomp_profile, ""),
	F_I64S("supplementalGroups", "", OZ),
	F_STR("supplementalGroupsPolicy", "", GO("v1.SupplementalGroupsPolicy"),
		VALUES("Merge|Strict")),
	F_OBJS("sysctls", sysctl, "", OZ),
	F_OBJ("windowsOptions", windows_security_context_options, ""),
};
TYPE(pod_security_context, CORE, "PodSecurityContext", "");

static const struct schema_field preferred_scheduling_term[] = {
	F_OBJ("preference", node_selector_term, "", REQUIRED),
	F_I32("weight", "", REQUIRED),
};
TYPE(preferred_scheduling_term, CORE, "PreferredSchedulingTerm", "");

static const struct schema_field node_affinity[] = {
	F_OBJS("preferredDuringSchedulingIgnoredDuringExecution", preferred_scheduling_term, "",
		OZ),
	F_OBJ("requiredDuringSchedulingIgnoredDuringExecution", node_selector, ""),
};
TYPE(node_affinity, CORE, "NodeAffinity", "");

static const struct schema_field pod_affinity_term[] = {
	F_OBJ("labelSelector", label_selector, ""),
	F_STRS("matchLabelKeys", "", OZ),
	F_STRS("mismatchLabelKeys", "", OZ),
	F_OBJ("namespaceSelector", label_selector, ""),
	F_STRS("namespaces", "", OZ),
	F_STR("topologyKey", "", REQUIRED),
};
TYPE(pod_affinity_term, CORE, "PodAffinityTerm", "");

static const struct schema_field weighted_pod_affinity_term[] = {
	F_OBJ("podAffinityTerm", pod_affinity_term, "", REQUIRED),
	F_I32("weight", "", REQUIRED),
};
TYPE(weighted_pod_affinity_term, CORE, "WeightedPodAffinityTerm", "");

static const struct schema_field pod_affinity[] = {
	F_OBJS("preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term, "",
		OZ),
	F_OBJS("requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term, "", OZ),
};
TYPE(pod_affinity, CORE, "PodAffinity", "");

static const struct schema_field pod_anti_affinity[] = {
	F_OBJS("preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term, "",
		OZ),
	F_OBJS("requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term, "", OZ),
};
TYPE(pod_anti_affinity, CORE, "PodAntiAffinity", "");

static const struct schema_field affinity[] = {
	F_OBJ("nodeAffinity", node_affinity, ""),
	F_OBJ("podAffinity", pod_affinity, ""),
	F_OBJ("podAntiAffinity", pod_anti_affinity, ""),
};
TYPE(affinity, CORE, "Affinity", "");

static const struct schema_field toleration[] = {
	F_STR("effect", "", GO("v1.TaintEffect"), VALUES("NoExecute|NoSchedule|PreferNoSchedule"),
		OZ),
	F_STR("key", "", OZ),
	F_STR("operator", "", GO("v1.TolerationOperator"), VALUES("Equal|Exists|Gt|Lt"), OZ),
	F_I64("tolerationSeconds", ""),
	F_STR("value", "", OZ),
};
TYPE(toleration, CORE, "Toleration", "");

static const struct schema_field host_alias[] = {
	F_STRS("hostnames", "", OZ),
	F_STR("ip", "", REQUIRED),
};
TYPE(host_alias, CORE, "HostAlias", "");

static const struct schema_field pod_dns_config_option[] = {
	F_STR("name", "", OZ),
	F_STR("value", ""),
};
TYPE(pod_dns_config_option, CORE, "PodDNSConfigOption", "");

static const struct schema_field pod_dns_config[] = {
	F_STRS("nameservers", "", OZ),
	F_OBJS("options", pod_dns_config_option, "", OZ),
	F_STRS("searches", "", OZ),
};
TYPE(pod_dns_config, CORE, "PodDNSConfig", "");

static const struct schema_field pod_readiness_gate[] = {
	F_STR("conditionType", "", REQUIRED, GO("v1.PodConditionType")),
};
TYPE(pod_readiness_gate, CORE, "PodReadinessGate", "");

static const struct schema_field topology_spread_constraint[] = {
	F_OBJ("labelSelector", label_selector, ""),
	F_STRS("matchLabelKeys", "", OZ),
	F_I32("maxSkew", "", REQUIRED),
	F_I32("minDomains", ""),
	F_STR("nodeAffinityPolicy", "", GO("v1.NodeInclusionPolicy"), VALUES("Honor|Ignore")),
	F_STR("nodeTaintsPolicy", "", GO("v1.NodeInclusionPolicy"), VALUES("Honor|Ignore")),
	F_STR("topologyKey", "", REQUIRED),
	F_STR("whenUnsatisfiable", "", REQUIRED, GO("v1.UnsatisfiableConstraintAction"),
		VALUES("DoNotSchedule|ScheduleAnyway")),
};
TYPE(topology_spread_constraint, CORE, "TopologySpreadConstraint", "");

static const struct schema_field pod_os[] = {
	F_STR("name", "", REQUIRED, GO("v1.OSName")),
};
TYPE(pod_os, CORE, "PodOS", "");

static const struct schema_field pod_scheduling_gate[] = {
	F_STR("name", "", REQUIRED),
};
TYPE(pod_scheduling_gate, CORE, "PodSchedulingGate", "");

static const struct schema_field pod_resource_claim[] = {
	F_STR("name", "", REQUIRED),
	F_STR("resourceClaimName", ""),
	F_STR("resourceClaimTemplateName", ""),
};
TYPE(pod_resource_claim, CORE, "PodResourceClaim", "");

static const struct schema_field pod_scheduling_group[] = {
	F_STR("podGroupName", ""),
};
TYPE(pod_scheduling_group, CORE, "PodSchedulingGroup", "");

static const struct schema_field eviction_responder[] = {
	F_STR("name", "", REQUIRED),
	F_I32("priority", "", REQUIRED),
};
ATOMIC_TYPE(eviction_responder, CORE, "EvictionResponder", "");

static const struct schema_field pod_spec[] = {
	F_I64("activeDeadlineSeconds", ""),
	F_OBJ("affinity", affinity, ""),
	F_BOOL("automountServiceAccountToken", ""),
	F_OBJS("containers", container, "", REQUIRED, MERGE("name"), KEYS("name")),
	F_OBJ("dnsConfig", pod_dns_config, ""),
	F_STR("dnsPolicy", "", GO("v1.DNSPolicy"),
		VALUES("ClusterFirst|ClusterFirstWithHostNet|Default|None"), OZ,
		OR("\"ClusterFirst\"")),
	F_BOOL("enableServiceLinks", ""),
	F_OBJS("ephemeralContainers", ephemeral_container, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("evictionResponders", eviction_responder, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("hostAliases", host_alias, "", MERGE("ip"), KEYS("ip"), OZ),
	F_BOOL("hostIPC", "", OZ),
	F_BOOL("hostNetwork", "", OZ),
	F_BOOL("hostPID", "", OZ),
	F_BOOL("hostUsers", ""),
	F_STR("hostname", "", OZ),
	F_STR("hostnameOverride", ""),
	F_OBJS("imagePullSecrets", local_object_reference, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("initContainers", container, "", MERGE("name"), KEYS("name"), OZ),
	F_STR("nodeName", "", OZ),
	F_STRMAP("nodeSelector", "", ATOMIC_MAP, OZ),
	F_OBJ("os", pod_os, ""),
	F_QTYMAP("overhead", "", GO("v1.ResourceList"), OZ),
	F_STR("preemptionPolicy", "", GO("v1.PreemptionPolicy"),
		VALUES("Never|PreemptLowerPriority")),
	F_I32("priority", ""),
	F_STR("priorityClassName", "", OZ),
	F_OBJS("readinessGates", pod_readiness_gate, "", OZ),
	F_OBJS("resourceClaims", pod_resource_claim, "", MERGE_RETAIN("name"), KEYS("name"), OZ),
	F_OBJ("resources", resource_requirements, ""),
	F_STR("restartPolicy", "", GO("v1.RestartPolicy"), VALUES("Always|Never|OnFailure"), OZ,
		OR("\"Always\"")),
	F_STR("runtimeClassName", ""),
	F_STR("schedulerName", "", OZ, OR("\"default-scheduler\"")),
	F_OBJS("schedulingGates", pod_scheduling_gate, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJ("schedulingGroup", pod_scheduling_group, ""),
	F_OBJ("securityContext", pod_security_context, "", OR("{}")),
	F_STR("serviceAccount", "", OZ),
	F_STR("serviceAccountName", "", OZ),
	F_BOOL("setHostnameAsFQDN", ""),
	F_BOOL("shareProcessNamespace", ""),
	F_STR("subdomain", "", OZ),
	F_I64("terminationGracePeriodSeconds", "", OR("30")),
	F_OBJS("tolerations", toleration, "", OZ),
	F_OBJS("topologySpreadConstraints", topology_spread_constraint, "", MERGE("topologyKey"),
		KEYS("topologyKey,whenUnsatisfiable"), OZ),
	F_OBJS("volumes", volume, "", MERGE_RETAIN("name"), KEYS("name"), OZ),
};
TYPE(pod_spec, CORE, "PodSpec", "");

static const struct schema_field pod[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", pod_spec, ""),
	F_OBJ("status", pod_status, "", OR("{}")),
};
TYPE(pod, CORE, "Pod", "");

static const struct schema_field pod_template_spec[] = {
	F_OBJ("metadata", object_meta, "", OR("{}")),
	F_OBJ("spec", pod_spec, ""),
};
TYPE(pod_template_spec, CORE, "PodTemplateSpec", "");
