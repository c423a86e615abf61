/* Schema: Service, Endpoints, EndpointSlice.
 * Source: Kubernetes API reference 1.37 (core/v1, discovery/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field service_port[] = {
	F_STR("appProtocol", "Protocol of the application, as a hint for programs on the way."),
	F_STR("name", "Name of the port; needed when there are several.", OZ),
	F_I32("nodePort", "Port opened on every node, for types NodePort and LoadBalancer.", OZ),
	F_I32("port", "Port of the Service.", REQUIRED),
	F_STR("protocol", "Transport protocol: TCP, UDP or SCTP.", GO("v1.Protocol"),
		VALUES("SCTP|TCP|UDP"), OZ, OR("\"TCP\"")),
	F_INTSTR("targetPort",
		"Port of the pods, by number or by name; the same as port if left out."),
};
TYPE(service_port, CORE, "ServicePort", "A port of a Service.");

static const struct schema_field client_ip_config[] = {
	F_I32("timeoutSeconds", "How long a client keeps its pod."),
};
TYPE(client_ip_config, CORE, "ClientIPConfig", "Settings for affinity by client address.");

static const struct schema_field session_affinity_config[] = {
	F_OBJ("clientIP", client_ip_config, "For affinity by client address."),
};
TYPE(session_affinity_config, CORE, "SessionAffinityConfig", "Settings of session affinity.");

static const struct schema_field service_spec[] = {
	F_BOOL("allocateLoadBalancerNodePorts", "Whether a load balancer needs node ports."),
	F_STR("clusterIP", "Virtual address; None for a headless Service.", OZ),
	F_STRS("clusterIPs", "Virtual addresses, one an IP family; the first is clusterIP.", OZ),
	F_STRS("externalIPs", "Outside addresses for which nodes accept traffic.", OZ),
	F_STR("externalName", "DNS name the Service stands for, for type ExternalName.", OZ),
	F_STR("externalTrafficPolicy",
		"Whether traffic from outside goes to all pods (Cluster) or those on the node "
		"(Local).",
		GO("v1.ServiceExternalTrafficPolicy"), VALUES("Cluster|Local"), OZ),
	F_I32("healthCheckNodePort", "Port at which load balancers ask whether a node has pods.",
		OZ),
	F_STR("internalTrafficPolicy",
		"Whether traffic from inside goes to all pods (Cluster) or those on the node "
		"(Local).",
		GO("v1.ServiceInternalTrafficPolicy"), VALUES("Cluster|Local")),
	F_STRS("ipFamilies", "IP families of the Service: IPv4, IPv6.", GO("v1.IPFamily"),
		VALUES("|IPv4|IPv6"), OZ),
	F_STR("ipFamilyPolicy", "SingleStack, PreferDualStack or RequireDualStack.",
		GO("v1.IPFamilyPolicy"), VALUES("PreferDualStack|RequireDualStack|SingleStack")),
	F_STR("loadBalancerClass", "Which load balancer is responsible."),
	F_STR("loadBalancerIP", "Address asked of the load balancer; support varies.", OZ),
	F_STRS("loadBalancerSourceRanges", "Client ranges that the load balancer lets in.", OZ),
	F_OBJS("ports", service_port, "Ports that are offered.", MERGE("port"),
		KEYS("port,protocol"), OZ),
	F_BOOL("publishNotReadyAddresses", "Whether pods that are not ready are published in DNS.",
		OZ),
	F_STRMAP("selector",
		"Labels of the pods that serve; none: endpoints are kept by someone else.",
		ATOMIC_MAP, OZ),
	F_STR("sessionAffinity", "ClientIP to send a client to the same pod again, or None.",
		GO("v1.ServiceAffinity"), VALUES("ClientIP|None"), OZ, OR("\"None\"")),
	F_OBJ("sessionAffinityConfig", session_affinity_config, "Settings of session affinity."),
	F_STR("trafficDistribution", "Which endpoints to prefer, such as PreferSameZone."),
	F_STR("type", "ClusterIP, NodePort, LoadBalancer or ExternalName.", GO("v1.ServiceType"),
		VALUES("ClusterIP|ExternalName|LoadBalancer|NodePort"), OZ, OR("\"ClusterIP\"")),
};
TYPE(service_spec, CORE, "ServiceSpec", "What a Service is.");

static const struct schema_field port_status[] = {
	F_STR("error", "What went wrong."),
	F_I32("port", "Port number.", REQUIRED),
	F_STR("protocol", "Transport protocol: TCP, UDP or SCTP.", REQUIRED, GO("v1.Protocol"),
		VALUES("SCTP|TCP|UDP")),
};
TYPE(port_status, CORE, "PortStatus", "State of one port at a load balancer.");

static const struct schema_field load_balancer_ingress[] = {
	F_STR("hostname", "Host name of the point.", OZ),
	F_STR("ip", "Address of the point.", OZ),
	F_STR("ipMode", "VIP when packets arrive with this address, Proxy when not.",
		GO("v1.LoadBalancerIPMode")),
	F_OBJS("ports", port_status, "State of the ports.", OZ),
};
TYPE(load_balancer_ingress, CORE, "LoadBalancerIngress", "A point where traffic enters.");

static const struct schema_field load_balancer_status[] = {
	F_OBJS("ingress", load_balancer_ingress, "Points where traffic enters.", OZ),
};
TYPE(load_balancer_status, CORE, "LoadBalancerStatus", "State of the load balancer.");

static const struct schema_field service_status[] = {
	F_OBJS("conditions", condition, "Aspects of the state.", MERGE("type"), KEYS("type"), OZ),
	F_OBJ("loadBalancer", load_balancer_status, "State of the load balancer.", OR("{}")),
};
TYPE(service_status, CORE, "ServiceStatus", "The state of a Service.");

static const struct schema_field service[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", service_spec, "What the Service is."),
	F_OBJ("status", service_status, "The state it is in.", OR("{}")),
};
TYPE(service, CORE, "Service", "A name and address under which a set of pods is reached.");

static const struct schema_field endpoint_address[] = {
	F_STR("hostname", "Name of the endpoint in DNS.", OZ),
	F_STR("ip", "The address.", REQUIRED),
	F_STR("nodeName", "Node the endpoint is on."),
	F_OBJ("targetRef", object_reference, "Object behind it, usually a pod."),
};
ATOMIC_TYPE(endpoint_address, CORE, "EndpointAddress", "One address of an endpoint.");

static const struct schema_field endpoint_port[] = {
	F_STR("appProtocol", "Protocol of the application."),
	F_STR("name", "Name of the port, as in the Service.", OZ),
	F_I32("port", "Port number.", REQUIRED),
	F_STR("protocol", "Transport protocol: TCP, UDP or SCTP.", GO("v1.Protocol"),
		VALUES("SCTP|TCP|UDP"), OZ, OR("\"TCP\"")),
};
ATOMIC_TYPE(endpoint_port, CORE, "EndpointPort", "One port of endpoints.");

static const struct schema_field endpoint_subset[] = {
	F_OBJS("addresses", endpoint_address, "Addresses that are ready.", OZ),
	F_OBJS("notReadyAddresses", endpoint_address, "Addresses that are not.", OZ),
	F_OBJS("ports", endpoint_port, "Ports at all of them.", OZ),
};
TYPE(endpoint_subset, CORE, "EndpointSubset", "Addresses that share ports.");

static const struct schema_field endpoints[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJS("subsets", endpoint_subset, "The addresses, grouped by their ports.", OZ),
};
TYPE(endpoints, CORE, "Endpoints",
	"Addresses behind a Service, in the old form; see EndpointSlice.");

static const struct schema_field slice_endpoint_conditions[] = {
	F_BOOL("ready", "Whether new traffic should go there."),
	F_BOOL("serving", "Whether it answers, even while it ends."),
	F_BOOL("terminating", "Whether it is ending."),
};
TYPE(slice_endpoint_conditions, DISCOVERY, "EndpointConditions", "In what state an endpoint is.");

static const struct schema_field for_zone[] = {
	F_STR("name", "Name of the zone.", REQUIRED),
};
TYPE(for_zone, DISCOVERY, "ForZone", "A zone that should use an endpoint.");

static const struct schema_field for_node[] = {
	F_STR("name", "Name of the node.", REQUIRED),
};
TYPE(for_node, DISCOVERY, "ForNode", "A node that should use an endpoint.");

static const struct schema_field endpoint_hints[] = {
	F_OBJS("forNodes", for_node, "Nodes that should.", OZ),
	F_OBJS("forZones", for_zone, "Zones that should.", OZ),
};
TYPE(endpoint_hints, DISCOVERY, "EndpointHints", "Who should use an endpoint.");

static const struct schema_field slice_endpoint[] = {
	F_STRS("addresses", "Its addresses, of the slice's type.", REQUIRED, SET),
	F_OBJ("conditions", slice_endpoint_conditions, "Its state.", OR("{}")),
	F_STRMAP("deprecatedTopology", "Labels of older versions of the API.", OZ),
	F_OBJ("hints", endpoint_hints, "Who should use it."),
	F_STR("hostname", "Its name in DNS."),
	F_STR("nodeName", "Node it is on."),
	F_OBJ("targetRef", object_reference, "Object behind it."),
	F_STR("zone", "Zone it is in."),
};
TYPE(slice_endpoint, DISCOVERY, "Endpoint", "One thing that serves, usually a pod.");

static const struct schema_field slice_endpoint_port[] = {
	F_STR("appProtocol", "Protocol of the application."),
	F_STR("name", "Name of the port, as in the Service.", OR("\"\"")),
	F_I32("port", "Port number; none means all ports."),
	F_STR("protocol", "Transport protocol: TCP, UDP or SCTP.", GO("v1.Protocol"),
		VALUES("SCTP|TCP|UDP"), OR("\"TCP\"")),
};
ATOMIC_TYPE(slice_endpoint_port, DISCOVERY, "EndpointPort", "One port of the endpoints.");

static const struct schema_field endpoint_slice[] = {
	F_STR("addressType", "Kind of addresses: IPv4, IPv6 or FQDN.", REQUIRED,
		GO("v1.AddressType")),
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_OBJS("endpoints", slice_endpoint, "The endpoints, at most a thousand."),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJS("ports", slice_endpoint_port, "Ports at all of them."),
};
TYPE(endpoint_slice, DISCOVERY, "EndpointSlice", "A part of the endpoints behind a Service.");
