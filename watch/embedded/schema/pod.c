/* Schema: Pod: where it may run and how, and what became of it.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field node_selector_requirement[] = {
	F_STR("key", "Label or field.", REQUIRED),
	F_STR("operator", "In, NotIn, Exists, DoesNotExist, Gt or Lt.", REQUIRED,
		GO("v1.NodeSelectorOperator"), VALUES("DoesNotExist|Exists|Gt|In|Lt|NotIn")),
	F_STRS("values", "Values to compare with.", OZ),
};
TYPE(node_selector_requirement, CORE, "NodeSelectorRequirement",
	"A rule on one label or field of nodes.");

static const struct schema_field node_selector_term[] = {
	F_OBJS("matchExpressions", node_selector_requirement, "Rules on labels.", OZ),
	F_OBJS("matchFields", node_selector_requirement, "Rules on fields, such as metadata.name.",
		OZ),
};
ATOMIC_TYPE(
	node_selector_term, CORE, "NodeSelectorTerm", "Rules on nodes, all of which must hold.");

static const struct schema_field node_selector[] = {
	F_OBJS("nodeSelectorTerms", node_selector_term, "The terms.", REQUIRED),
};
ATOMIC_TYPE(node_selector, CORE, "NodeSelector", "Chooses nodes; one of the terms must hold.");

static const struct schema_field sysctl[] = {
	F_STR("name", "Name of the parameter.", REQUIRED),
	F_STR("value", "Its value.", REQUIRED),
};
TYPE(sysctl, CORE, "Sysctl", "A kernel parameter.");

static const struct schema_field pod_security_context[] = {
	F_OBJ("appArmorProfile", app_armor_profile, "AppArmor profile."),
	F_I64("fsGroup", "Numeric group that owns the volumes."),
	F_STR("fsGroupChangePolicy", "When owners of files are changed: Always or OnRootMismatch.",
		GO("v1.PodFSGroupChangePolicy"), VALUES("Always|OnRootMismatch")),
	F_I64("runAsGroup", "Numeric group to run as."),
	F_BOOL("runAsNonRoot", "Whether to refuse to run as root."),
	F_I64("runAsUser", "Numeric user to run as."),
	F_STR("seLinuxChangePolicy", "How volumes get their label: Recursive or MountOption.",
		GO("v1.PodSELinuxChangePolicy")),
	F_OBJ("seLinuxOptions", se_linux_options, "SELinux label."),
	F_OBJ("seccompProfile", seccomp_profile, "System calls that are allowed."),
	F_I64S("supplementalGroups", "Further groups of the first process.", OZ),
	F_STR("supplementalGroupsPolicy", "Whether groups of the image count too: Merge or Strict.",
		GO("v1.SupplementalGroupsPolicy"), VALUES("Merge|Strict")),
	F_OBJS("sysctls", sysctl, "Kernel parameters of the pod.", OZ),
	F_OBJ("windowsOptions", windows_security_context_options, "Settings for Windows."),
};
TYPE(pod_security_context, CORE, "PodSecurityContext", "Rights of all containers of the pod.");

static const struct schema_field preferred_scheduling_term[] = {
	F_OBJ("preference", node_selector_term, "Nodes that are preferred.", REQUIRED),
	F_I32("weight", "How much it counts, 1 to 100.", REQUIRED),
};
TYPE(preferred_scheduling_term, CORE, "PreferredSchedulingTerm",
	"A wish for nodes, with its weight.");

static const struct schema_field node_affinity[] = {
	F_OBJS("preferredDuringSchedulingIgnoredDuringExecution", preferred_scheduling_term,
		"Nodes that are preferred when it is placed.", OZ),
	F_OBJ("requiredDuringSchedulingIgnoredDuringExecution", node_selector,
		"Nodes it must be on when it is placed."),
};
TYPE(node_affinity, CORE, "NodeAffinity", "Which nodes the pod may or should be on.");

static const struct schema_field pod_affinity_term[] = {
	F_OBJ("labelSelector", label_selector, "Labels of the pods."),
	F_STRS("matchLabelKeys", "Labels whose values must equal this pod's.", OZ),
	F_STRS("mismatchLabelKeys", "Labels whose values must differ from this pod's.", OZ),
	F_OBJ("namespaceSelector", label_selector, "Labels of the namespaces the pods are in."),
	F_STRS("namespaces", "Namespaces the pods are in; the pod's own if left out.", OZ),
	F_STR("topologyKey", "Label of nodes; nodes with the same value are one place.", REQUIRED),
};
TYPE(pod_affinity_term, CORE, "PodAffinityTerm",
	"A set of pods, and what counts as the same place.");

static const struct schema_field weighted_pod_affinity_term[] = {
	F_OBJ("podAffinityTerm", pod_affinity_term, "The pods.", REQUIRED),
	F_I32("weight", "How much it counts, 1 to 100.", REQUIRED),
};
TYPE(weighted_pod_affinity_term, CORE, "WeightedPodAffinityTerm",
	"A wish for nearness to pods, with its weight.");

static const struct schema_field pod_affinity[] = {
	F_OBJS("preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term,
		"Pods it should be near.", OZ),
	F_OBJS("requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term,
		"Pods it must be near.", OZ),
};
TYPE(pod_affinity, CORE, "PodAffinity", "Near which pods the pod may or should be.");

static const struct schema_field pod_anti_affinity[] = {
	F_OBJS("preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term,
		"Pods it should keep away from.", OZ),
	F_OBJS("requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term,
		"Pods it must keep away from.", OZ),
};
TYPE(pod_anti_affinity, CORE, "PodAntiAffinity",
	"From which pods the pod must or should keep away.");

static const struct schema_field affinity[] = {
	F_OBJ("nodeAffinity", node_affinity, "By nodes."),
	F_OBJ("podAffinity", pod_affinity, "Near which pods."),
	F_OBJ("podAntiAffinity", pod_anti_affinity, "Away from which pods."),
};
TYPE(affinity, CORE, "Affinity", "Where the pod should be placed.");

static const struct schema_field toleration[] = {
	F_STR("effect", "Effect it tolerates; all if left out.", GO("v1.TaintEffect"),
		VALUES("NoExecute|NoSchedule|PreferNoSchedule"), OZ),
	F_STR("key", "Taint it tolerates; all if left out, with operator Exists.", OZ),
	F_STR("operator", "Exists, Equal, Lt or Gt; Equal if left out.",
		GO("v1.TolerationOperator"), VALUES("Equal|Exists|Gt|Lt"), OZ),
	F_I64("tolerationSeconds", "How long it may stay, for effect NoExecute."),
	F_STR("value", "Value of the taint, for operator Equal.", OZ),
};
TYPE(toleration, CORE, "Toleration", "Lets the pod onto nodes with a taint.");

static const struct schema_field host_alias[] = {
	F_STRS("hostnames", "Names of the address.", OZ),
	F_STR("ip", "The address.", REQUIRED),
};
TYPE(host_alias, CORE, "HostAlias", "A line of the pod's hosts file.");

static const struct schema_field pod_dns_config_option[] = {
	F_STR("name", "Name, such as ndots.", OZ),
	F_STR("value", "Its value."),
};
TYPE(pod_dns_config_option, CORE, "PodDNSConfigOption", "An option of the resolver.");

static const struct schema_field pod_dns_config[] = {
	F_STRS("nameservers", "Addresses of DNS servers.", OZ),
	F_OBJS("options", pod_dns_config_option, "Options of the resolver.", OZ),
	F_STRS("searches", "Domains that short names are completed with.", OZ),
};
TYPE(pod_dns_config, CORE, "PodDNSConfig", "How the pod resolves names.");

static const struct schema_field pod_readiness_gate[] = {
	F_STR("conditionType", "Type of the condition.", REQUIRED, GO("v1.PodConditionType")),
};
TYPE(pod_readiness_gate, CORE, "PodReadinessGate", "A condition that readiness waits for.");

static const struct schema_field topology_spread_constraint[] = {
	F_OBJ("labelSelector", label_selector, "Pods that are counted."),
	F_STRS("matchLabelKeys", "Labels whose values must equal this pod's to be counted.", OZ),
	F_I32("maxSkew", "How far the counts of two places may differ.", REQUIRED),
	F_I32("minDomains", "Least number of places."),
	F_STR("nodeAffinityPolicy", "Whether nodes ruled out by affinity count: Honor or Ignore.",
		GO("v1.NodeInclusionPolicy"), VALUES("Honor|Ignore")),
	F_STR("nodeTaintsPolicy", "Whether nodes ruled out by taints count: Honor or Ignore.",
		GO("v1.NodeInclusionPolicy"), VALUES("Honor|Ignore")),
	F_STR("topologyKey", "Label of nodes; nodes with the same value are one place.", REQUIRED),
	F_STR("whenUnsatisfiable", "DoNotSchedule or ScheduleAnyway.", REQUIRED,
		GO("v1.UnsatisfiableConstraintAction"), VALUES("DoNotSchedule|ScheduleAnyway")),
};
TYPE(topology_spread_constraint, CORE, "TopologySpreadConstraint",
	"How pods are spread over places.");

static const struct schema_field pod_os[] = {
	F_STR("name", "Its name: linux or windows.", REQUIRED, GO("v1.OSName")),
};
TYPE(pod_os, CORE, "PodOS", "The operating system the pod is for.");

static const struct schema_field pod_scheduling_gate[] = {
	F_STR("name", "Name of the gate.", REQUIRED),
};
TYPE(pod_scheduling_gate, CORE, "PodSchedulingGate",
	"Keeps the pod from being placed until it is removed.");

static const struct schema_field pod_resource_claim[] = {
	F_STR("name", "Name within the pod.", REQUIRED),
	F_STR("resourceClaimName", "Existing ResourceClaim to use."),
	F_STR("resourceClaimTemplateName", "Template from which a claim is made for the pod."),
};
TYPE(pod_resource_claim, CORE, "PodResourceClaim",
	"A claim to devices that containers of the pod can use.");

static const struct schema_field pod_scheduling_group[] = {
	F_STR("podGroupName", "Name of the PodGroup."),
};
TYPE(pod_scheduling_group, CORE, "PodSchedulingGroup",
	"The group of pods this one is placed with.");

static const struct schema_field eviction_responder[] = {
	F_STR("name", "Name of the responder.", REQUIRED),
	F_I32("priority", "Order in which responders are asked, highest first.", REQUIRED),
};
ATOMIC_TYPE(eviction_responder, CORE, "EvictionResponder",
	"Someone who is asked when the pod is to be evicted.");

static const struct schema_field pod_spec[] = {
	F_I64("activeDeadlineSeconds", "Seconds the pod may be active before it is failed."),
	F_OBJ("affinity", affinity, "Where it should be placed."),
	F_BOOL("automountServiceAccountToken",
		"Whether a token of the service account is mounted."),
	F_OBJS("containers", container, "The containers; at least one.", REQUIRED, MERGE("name"),
		KEYS("name")),
	F_OBJ("dnsConfig", pod_dns_config, "Settings of the resolver, beside those of dnsPolicy."),
	F_STR("dnsPolicy", "ClusterFirst, ClusterFirstWithHostNet, Default or None.",
		GO("v1.DNSPolicy"), VALUES("ClusterFirst|ClusterFirstWithHostNet|Default|None"), OZ,
		OR("\"ClusterFirst\"")),
	F_BOOL("enableServiceLinks", "Whether Services appear as environment variables."),
	F_OBJS("ephemeralContainers", ephemeral_container, "Containers added for debugging.",
		MERGE("name"), KEYS("name"), OZ),
	F_OBJS("evictionResponders", eviction_responder,
		"Who is asked when the pod is to be evicted.", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("hostAliases", host_alias, "Lines added to the hosts file.", MERGE("ip"), KEYS("ip"),
		OZ),
	F_BOOL("hostIPC", "Whether it shares the node's IPC namespace.", OZ),
	F_BOOL("hostNetwork", "Whether it uses the node's network.", OZ),
	F_BOOL("hostPID", "Whether it sees the node's processes.", OZ),
	F_BOOL("hostUsers", "False gives the pod users of its own."),
	F_STR("hostname", "Host name of the pod; its name if left out.", OZ),
	F_STR("hostnameOverride", "Host name regardless of the pod's name and subdomain."),
	F_OBJS("imagePullSecrets", local_object_reference, "Secrets for pulling images.",
		MERGE("name"), KEYS("name"), OZ),
	F_OBJS("initContainers", container,
		"Containers that run to their end, one after the other, before the others start.",
		MERGE("name"), KEYS("name"), OZ),
	F_STR("nodeName", "Node it is placed on.", OZ),
	F_STRMAP("nodeSelector", "Labels the node must have.", ATOMIC_MAP, OZ),
	F_OBJ("os", pod_os, "Operating system it is for."),
	F_QTYMAP("overhead", "What running the pod costs beside its containers.",
		GO("v1.ResourceList"), OZ),
	F_STR("preemptionPolicy", "Whether it may push out pods of lower priority.",
		GO("v1.PreemptionPolicy"), VALUES("Never|PreemptLowerPriority")),
	F_I32("priority", "Its priority as a number."),
	F_STR("priorityClassName", "Class that gives the priority.", OZ),
	F_OBJS("readinessGates", pod_readiness_gate,
		"Conditions that must hold for the pod to be ready.", OZ),
	F_OBJS("resourceClaims", pod_resource_claim, "Claims to devices.", MERGE_RETAIN("name"),
		KEYS("name"), OZ),
	F_OBJ("resources", resource_requirements,
		"How much all containers together ask for and may use."),
	F_STR("restartPolicy", "Always, OnFailure or Never.", GO("v1.RestartPolicy"),
		VALUES("Always|Never|OnFailure"), OZ, OR("\"Always\"")),
	F_STR("runtimeClassName", "Way in which containers are run."),
	F_STR("schedulerName", "Scheduler that places the pod.", OZ, OR("\"default-scheduler\"")),
	F_OBJS("schedulingGates", pod_scheduling_gate,
		"What must be removed before the pod is placed.", MERGE("name"), KEYS("name"), OZ),
	F_OBJ("schedulingGroup", pod_scheduling_group, "Pods it is placed together with."),
	F_OBJ("securityContext", pod_security_context, "Rights of all containers.", OR("{}")),
	F_STR("serviceAccount", "Old name of serviceAccountName.", OZ),
	F_STR("serviceAccountName", "Service account the pod runs as.", OZ),
	F_BOOL("setHostnameAsFQDN", "Whether the host name is the full domain name."),
	F_BOOL("shareProcessNamespace", "Whether containers see each other's processes."),
	F_STR("subdomain", "Domain within the namespace: NAME.SUBDOMAIN.NAMESPACE.svc.DOMAIN.", OZ),
	F_I64("terminationGracePeriodSeconds",
		"Seconds between asking the pod to end and killing it.", OR("30")),
	F_OBJS("tolerations", toleration, "Taints of nodes it tolerates.", OZ),
	F_OBJS("topologySpreadConstraints", topology_spread_constraint,
		"How pods are spread over places.", MERGE("topologyKey"),
		KEYS("topologyKey,whenUnsatisfiable"), OZ),
	F_OBJS("volumes", volume, "Volumes that containers can mount.", MERGE_RETAIN("name"),
		KEYS("name"), OZ),
};
TYPE(pod_spec, CORE, "PodSpec", "What runs in the pod, where and how.");

static const struct schema_field pod[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", pod_spec, "What should run."),
	F_OBJ("status", pod_status, "What is known of it.", OR("{}")),
};
TYPE(pod, CORE, "Pod", "A group of containers that run together on one node.");

static const struct schema_field pod_template_spec[] = {
	F_OBJ("metadata", object_meta, "Labels and annotations of the pods.", OR("{}")),
	F_OBJ("spec", pod_spec, "What runs in them."),
};
TYPE(pod_template_spec, CORE, "PodTemplateSpec", "The pods that are to be made.");
