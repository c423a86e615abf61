/* What a name under a zone means, before anything is looked up.
 * Source: Kubernetes DNS specification 1.1.0, KEP-1645; for the corners CoreDNS 1.15 as observed (its parse of a request: the
 * labels are read from the zone leftwards, and what is left over decides).
 * Regime: labels are borrowed from the subject. Pure. Called by: dns/kube/answer.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strv.h"
#include "dns/wire/name.h"

enum meaning_kind {
	MEANS_NOTHING,   /* no name of the schema: NXDOMAIN */
	MEANS_APEX,      /* ZONE */
	MEANS_VERSION,   /* dns-version.ZONE */
	MEANS_NS,        /* ns.dns.ZONE */
	MEANS_TREE,      /* svc.ZONE, pod.ZONE */
	MEANS_NAMESPACE, /* NS.svc.ZONE, NS.pod.ZONE */
	MEANS_SERVICE,   /* SVC.NS.svc.ZONE */
	MEANS_PORT,      /* _PORT._PROTO.SVC.NS.svc.ZONE; either may be empty ("_"): any */
	MEANS_ENDPOINT,  /* NAME.SVC.NS.svc.ZONE; NAME.CLUSTER.SVC... of an import */
	MEANS_POD,       /* A-B-C-D.NS.pod.ZONE, up to two more labels in front */
	MEANS_PIN,       /* TOPOLOGY.pin._zone.SVC.NS.svc.ZONE: endpoints of that topology zone */
	MEANS_PREFER,    /* TOPOLOGY.prefer._zone...: the same, but all when it has none */
};

struct meaning {
	enum meaning_kind kind;
	bool pod_tree;              /* NAMESPACE, TREE: below pod, not svc */
	struct strv ns, service;    /* lower case */
	struct strv endpoint;       /* ENDPOINT: the label; POD: the address label */
	struct strv port, protocol; /* PORT: without the underscore */
	/* PIN, PREFER: its labels in wire form, one or more; ENDPOINT of an import: the cluster's label so */
	struct strv topology;
	uint8_t service_label; /* SERVICE and below: number of the label SVC in the name */
};

enum schema_kind {
	SCHEMA_PLAIN,
	SCHEMA_ZONAL,    /* with PIN and PREFER */
	SCHEMA_CLUSTERS, /* of a multicluster zone: endpoints are named with their cluster */
};
/* lower: the name's octets in lower case; zone_labels: how many of its labels are the zone's. */
struct meaning schema_read(const uint8_t *lower, const struct name_map *map, size_t zone_labels,
	enum schema_kind schema);

static inline struct strv name_label(const uint8_t *wire, const struct name_map *map, size_t i)
{
	const uint8_t *at = wire + map->at[i];
	return (struct strv){ .p = (const char *)at + 1, .n = at[0] };
}
