/* What the `kubernetes` block of a Corefile decides; the lab fills it by hand.
 * Source: CoreDNS plugin/kubernetes README; its defaults. Regime: borrowed during open, copied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kube_pods {
	KUBE_PODS_DISABLED, /* a-b-c-d.ns.pod.ZONE does not exist */
	KUBE_PODS_INSECURE, /* it is answered for any address in an existing namespace */
	KUBE_PODS_VERIFIED, /* a Pod of that namespace must have the address: Pods are watched */
};

struct kube_options {
	/* Zones served, blank-separated, forward and reverse ones. Names built for PTR end in the
	 * first forward one. NULL: "cluster.local in-addr.arpa ip6.arpa" */
	const char *zones;
	/* Those of the zones that hold ServiceImports instead of Services (KEP-1645), blank-separated; NULL: none. */
	const char *multicluster;
	/* Only these namespaces are served, blank-separated; NULL: all. */
	const char *namespaces;
	/* The server's own addresses, blank-separated: they decide NS and ns.dns.
	 * NULL: the address listened on, or the machine's if that is a wildcard or loopback one. */
	const char *addresses;
	/* Label selectors as the API takes them ("app=web,tier in (a,b)"); NULL: all. labels: only Services,
	 * EndpointSlices and Pods it matches; namespace_labels: only namespaces it matches (and then
	 * `namespaces` must be NULL). */
	const char *labels;
	const char *namespace_labels;
	/* Names that do not exist go on to the next stage. zones: only those in one of them,
	 * blank-separated; NULL: all. */
	bool fallthrough;
	const char *fallthrough_zones;
	uint32_t ttl; /* seconds, 0..3600, of every record but dns-version */
	enum kube_pods pods;
	bool endpoint_pod_names;   /* an endpoint without hostname is named by its pod, not its
				      address */
	bool no_endpoints;         /* EndpointSlices are not watched */
	bool ignore_empty_service; /* a ClusterIP Service without a ready endpoint does not exist */
	bool zonal;                /* ZONE.pin._zone.SVC and ZONE.prefer._zone.SVC exist; not with
				      no_endpoints */
	/* Neither StatefulSets nor their Pods are watched: no name is ever said to be due, and readiness is what
	 * EndpointSlices say. So it is with no_endpoints. */
	bool no_statefulsets;
	uint32_t hold_ms; /* how long the answer waits for a name that is due; 0: not at all */
};
#define KUBE_HOLD_MAX_MS 10000
#define KUBE_TTL_DEFAULT 5
