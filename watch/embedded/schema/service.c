/* Schema: Service, Endpoints, EndpointSlice.
 * Source: Kubernetes API reference 1.37 (core/v1, discovery/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field service_port[] = {
	F_STR("appProtocol", ""),
	F_STR("name", "", OZ),
	F_I32("nodePort", "", OZ),
	F_I32("port", "", REQUIRED),
	F_STR("protocol", "", GO("v1.Protocol"), VALUES("SCTP|TCP|UDP"), OZ, OR("\"TCP\"")),
	F_INTSTR("targetPort", ""),
};
TYPE(service_port, CORE, "ServicePort", "");

static const struct schema_field client_ip_config[] = {
	F_I32("timeoutSeconds", ""),
};
TYPE(client_ip_config, CORE, "ClientIPConfig", "");

static const struct schema_field session_affinity_config[] = {
	F_OBJ("clientIP", client_ip_config, ""),
};
TYPE(session_affinity_config, CORE, "SessionAffinityConfig", "");

static const struct schema_field service_spec[] = {
	F_BOOL("allocateLoadBalancerNodePorts", ""),
	F_STR("clusterIP", "", OZ),
	F_STRS("clusterIPs", "", OZ),
	F_STRS("externalIPs", "", OZ),
	F_STR("externalName", "", OZ),
	F_STR("externalTrafficPolicy", "", GO("v1.ServiceExternalTrafficPolicy"),
		VALUES("Cluster|Local"), OZ),
	F_I32("healthCheckNodePort", "", OZ),
	F_STR("internalTrafficPolicy", "", GO("v1.ServiceInternalTrafficPolicy"),
		VALUES("Cluster|Local")),
	F_STRS("ipFamilies", "", GO("v1.IPFamily"), VALUES("|IPv4|IPv6"), OZ),
	F_STR("ipFamilyPolicy", "", GO("v1.IPFamilyPolicy"),
		VALUES("PreferDualStack|RequireDualStack|SingleStack")),
	F_STR("loadBalancerClass", ""),
	F_STR("loadBalancerIP", "", OZ),
	F_STRS("loadBalancerSourceRanges", "", OZ),
	F_OBJS("ports", service_port, "", MERGE("port"), KEYS("port,protocol"), OZ),
	F_BOOL("publishNotReadyAddresses", "", OZ),
	F_STRMAP("selector", "", ATOMIC_MAP, OZ),
	F_STR("sessionAffinity", "", GO("v1.ServiceAffinity"), VALUES("ClientIP|None"), OZ,
		OR("\"None\"")),
	F_OBJ("sessionAffinityConfig", session_affinity_config, ""),
	F_STR("trafficDistribution", ""),
	F_STR("type", "", GO("v1.ServiceType"),
		VALUES("ClusterIP|ExternalName|LoadBalancer|NodePort"), OZ, OR("\"ClusterIP\"")),
};
TYPE(service_spec, CORE, "ServiceSpec", "");

static const struct schema_field port_status[] = {
	F_STR("error", ""),
	F_I32("port", "", REQUIRED),
	F_STR("protocol", "", REQUIRED, GO("v1.Protocol"), VALUES("SCTP|TCP|UDP")),
};
TYPE(port_status, CORE, "PortStatus", "");

static const struct schema_field load_balancer_ingress[] = {
	F_STR("hostname", "", OZ),
	F_STR("ip", "", OZ),
	F_STR("ipMode", "", GO("v1.LoadBalancerIPMode")),
	F_OBJS("ports", port_status, "", OZ),
};
TYPE(load_balancer_ingress, CORE, "LoadBalancerIngress", "");

static const struct schema_field load_balancer_status[] = {
	F_OBJS("ingress", load_balancer_ingress, "", OZ),
};
TYPE(load_balancer_status, CORE, "LoadBalancerStatus", "");

static const struct schema_field service_status[] = {
	F_OBJS("conditions", condition, "", MERGE("type"), KEYS("type"), OZ),
	F_OBJ("loadBalancer", load_balancer_status, "", OR("{}")),
};
TYPE(service_status, CORE, "ServiceStatus", "");

static const struct schema_field service[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", service_spec, ""),
	F_OBJ("status", service_status, "", OR("{}")),
};
TYPE(service, CORE, "Service", "");

static const struct schema_field endpoint_address[] = {
	F_STR("hostname", "", OZ),
	F_STR("ip", "", REQUIRED),
	F_STR("nodeName", ""),
	F_OBJ("targetRef", object_reference, ""),
};
ATOMIC_TYPE(endpoint_address, CORE, "EndpointAddress", "");

static const struct schema_field endpoint_port[] = {
	F_STR("appProtocol", ""),
	F_STR("name", "", OZ),
	F_I32("port", "", REQUIRED),
	F_STR("protocol", "", GO("v1.Protocol"), VALUES("SCTP|TCP|UDP"), OZ, OR("\"TCP\"")),
};
ATOMIC_TYPE(endpoint_port, CORE, "EndpointPort", "");

static const struct schema_field endpoint_subset[] = {
	F_OBJS("addresses", endpoint_address, "", OZ),
	F_OBJS("notReadyAddresses", endpoint_address, "", OZ),
	F_OBJS("ports", endpoint_port, "", OZ),
};
TYPE(endpoint_subset, CORE, "EndpointSubset", "");

static const struct schema_field endpoints[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJS("subsets", endpoint_subset, "", OZ),
};
TYPE(endpoints, CORE, "Endpoints", "");

static const struct schema_field slice_endpoint_conditions[] = {
	F_BOOL("ready", ""),
	F_BOOL("serving", ""),
	F_BOOL("terminating", ""),
};
TYPE(slice_endpoint_conditions, DISCOVERY, "EndpointConditions", "");

static const struct schema_field for_zone[] = {
	F_STR("name", "", REQUIRED),
};
TYPE(for_zone, DISCOVERY, "ForZone", "");

static const struct schema_field for_node[] = {
	F_STR("name", "", REQUIRED),
};
TYPE(for_node, DISCOVERY, "ForNode", "");

static const struct schema_field endpoint_hints[] = {
	F_OBJS("forNodes", for_node, "", OZ),
	F_OBJS("forZones", for_zone, "", OZ),
};
TYPE(endpoint_hints, DISCOVERY, "EndpointHints", "");

static const struct schema_field slice_endpoint[] = {
	F_STRS("addresses", "", REQUIRED, SET),
	F_OBJ("conditions", slice_endpoint_conditions, "", OR("{}")),
	F_STRMAP("deprecatedTopology", "", OZ),
	F_OBJ("hints", endpoint_hints, ""),
	F_STR("hostname", ""),
	F_STR("nodeName", ""),
	F_OBJ("targetRef", object_reference, ""),
	F_STR("zone", ""),
};
TYPE(slice_endpoint, DISCOVERY, "Endpoint", "");

static const struct schema_field slice_endpoint_port[] = {
	F_STR("appProtocol", ""),
	F_STR("name", "", OR("\"\"")),
	F_I32("port", ""),
	F_STR("protocol", "", GO("v1.Protocol"), VALUES("SCTP|TCP|UDP"), OR("\"TCP\"")),
};
ATOMIC_TYPE(slice_endpoint_port, DISCOVERY, "EndpointPort", "");

static const struct schema_field endpoint_slice[] = {
	F_STR("addressType", "", REQUIRED, GO("v1.AddressType")),
	F_STR("apiVersion", "", OZ),
	F_OBJS("endpoints", slice_endpoint, ""),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJS("ports", slice_endpoint_port, ""),
};
TYPE(endpoint_slice, DISCOVERY, "EndpointSlice", "");
