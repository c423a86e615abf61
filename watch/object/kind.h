/* The kinds of Kubernetes objects this program knows, one row each: first those that are built into every API server, ours
 * too; then those that a cluster has when somebody has defined them, which are only read.
 * Source: Kubernetes API reference 1.37; `kubectl api-resources`; KEP-1645 for ServiceImport. Static tables, no memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"

/* X(enumerator, group, version, plural resource, singular, Kind, namespaced, short names, categories)
 * namespaced: true lives in a namespace. short names and categories: comma-joined. */
#define KIND_LIST(X)                                                                               \
	X(KIND_NAMESPACE, "", "v1", "namespaces", "namespace", "Namespace", false, "ns", "")       \
	X(KIND_NODE, "", "v1", "nodes", "node", "Node", false, "no", "")                           \
	X(KIND_PV, "", "v1", "persistentvolumes", "persistentvolume", "PersistentVolume", false,   \
		"pv", "")                                                                          \
	X(KIND_STORAGECLASS, "storage.k8s.io", "v1", "storageclasses", "storageclass",             \
		"StorageClass", false, "sc", "")                                                   \
	X(KIND_SERVICE, "", "v1", "services", "service", "Service", true, "svc", "all")            \
	X(KIND_ENDPOINTS, "", "v1", "endpoints", "endpoints", "Endpoints", true, "ep", "")         \
	X(KIND_ENDPOINTSLICE, "discovery.k8s.io", "v1", "endpointslices", "endpointslice",         \
		"EndpointSlice", true, "", "")                                                     \
	X(KIND_POD, "", "v1", "pods", "pod", "Pod", true, "po", "all")                             \
	X(KIND_STATEFULSET, "apps", "v1", "statefulsets", "statefulset", "StatefulSet", true,      \
		"sts", "all")                                                                      \
	X(KIND_CONTROLLERREVISION, "apps", "v1", "controllerrevisions", "controllerrevision",      \
		"ControllerRevision", true, "", "")                                                \
	X(KIND_PVC, "", "v1", "persistentvolumeclaims", "persistentvolumeclaim",                   \
		"PersistentVolumeClaim", true, "pvc", "")                                          \
	X(KIND_EVENT, "", "v1", "events", "event", "Event", true, "ev", "")                        \
	X(KIND_SERVICEACCOUNT, "", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount",    \
		true, "sa", "")                                                                    \
	X(KIND_CONFIGMAP, "", "v1", "configmaps", "configmap", "ConfigMap", true, "cm", "")        \
	X(KIND_SECRET, "", "v1", "secrets", "secret", "Secret", true, "", "")                      \
	X(KIND_LEASE, "coordination.k8s.io", "v1", "leases", "lease", "Lease", true, "", "")       \
	X(KIND_SERVICEIMPORT, "multicluster.x-k8s.io", "v1alpha1", "serviceimports",               \
		"serviceimport", "ServiceImport", true, "svcim", "")

enum kind {
#define X(e, group, version, plural, singular, name, namespaced, shorts, categories) e,
	KIND_LIST(X)
#undef X
		KIND_COUNT,
	KIND_NONE = -1,
	KIND_BUILT_IN_COUNT = KIND_SERVICEIMPORT, /* those before it any API server has */
};

/* A set of kinds: bit (1u << enum kind). */
typedef uint32_t kind_set;
#define KIND_BIT(k) (1u << (unsigned)(k))
#define KIND_ALL    (KIND_BIT(KIND_COUNT) - 1u)

struct kind_row {
	enum kind kind;
	bool namespaced;
	const char *group; /* "" for core */
	const char *version;
	const char *plural;
	const char *singular;
	const char *name; /* "StatefulSet" */
	const char *shorts;
	const char *categories;
	const char *api_version; /* "apps/v1", "v1" */
};

const struct kind_row *kind_row(enum kind k); /* never NULL for a valid kind */
enum kind kind_of_resource(
	struct strv group, struct strv version, struct strv plural); /* or KIND_NONE */
enum kind kind_of_name(
	struct strv api_version, struct strv name); /* "apps/v1","StatefulSet"; or KIND_NONE */
/* "statefulsets.apps", or "pods" for the core group: as error messages name a resource. Static storage. */
const char *kind_qualified(enum kind k);
