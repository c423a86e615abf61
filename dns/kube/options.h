/* What the `kubernetes` block of a Corefile decides; the lab fills it by hand.
 * Source: CoreDNS plugin/kubernetes README; its defaults. Regime: borrowed during open, copied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kube_pods {
	KUBE_PODS_DISABLED, /* a-b-c-d.ns.pod.ZONE does not exist */
	KUBE_PODS_INSECURE, /* it is answered for any address in an existing namespace */
};

struct kube_options {
	/* Zones served, blank-separated, forward and reverse ones. Names built for PTR end in the
	 * first forward one. NULL: "cluster.local in-addr.arpa ip6.arpa" */
	const char *zones;
	/* Only these namespaces are served, blank-separated; NULL: all. */
	const char *namespaces;
	/* The server's own addresses, blank-separated: they decide NS and ns.dns.
	 * NULL: the address listened on, or the machine's if that is a wildcard or loopback one. */
	const char *addresses;
	uint32_t ttl; /* seconds, 0..3600, of every record but dns-version */
	enum kube_pods pods;
	bool endpoint_pod_names;   /* an endpoint without hostname is named by its pod, not its
				      address */
	bool no_endpoints;         /* EndpointSlices are not watched */
	bool ignore_empty_service; /* a ClusterIP Service without a ready endpoint does not exist */
};
#define KUBE_TTL_DEFAULT 5
