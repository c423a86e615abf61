/* Typed forms of the kinds our code reads: what DNS, the controllers and the companions need, no more.
 * Absent text is STRV_NONE, absent lists have n 0; where 0 and absent differ the member is an opt_.
 * Source of every member: the Kubernetes API field named beside it. Regime: inside a struct object. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "watch/object/object.h"

enum ip_family { IP_V4 = 4, IP_V6 = 6 };
struct ip {
	enum ip_family family;
	uint8_t bytes[16]; /* v4: the first 4 */
};
/* Textual address, strictly as inet_pton. errors ERR_SYNTAX */
NODISCARD int ip_parse(struct strv text, struct ip *out);
#define IP_TEXT_CHARS 45
size_t ip_print(const struct ip *ip, char out[IP_TEXT_CHARS + 1]); /* returns its length */

enum protocol { PROTO_TCP, PROTO_UDP, PROTO_SCTP };
const char *protocol_name(enum protocol p); /* "TCP" */

struct port_ref {       /* IntOrString: Service targetPort */
	int32_t number; /* 0: by name */
	struct strv name;
};

struct container_port {
	struct strv name;
	int32_t number;
	enum protocol protocol;
};

struct condition {                        /* of pods, sets, claims */
	struct strv type, status, reason; /* status: "True", "False", "Unknown" */
	int64_t transition_ms;            /* lastTransitionTime, 0: absent */
};

struct pod_container { /* spec.containers[] with its status.containerStatuses[] entry */
	struct strv name, image;
	const struct container_port *ports;
	size_t n_ports;
	bool init;        /* spec.initContainers[] */
	bool restartable; /* an init container with restartPolicy Always (sidecar) */
};

struct pod {
	struct strv node_name; /* spec.nodeName */
	struct strv hostname, subdomain;
	struct strv scheduler_name;
	struct strv restart_policy;
	struct opt_i64 termination_grace_s; /* spec.terminationGracePeriodSeconds */
	bool host_network;
	const struct pod_container *containers;
	size_t n_containers;
	struct strv_list claims;           /* spec.volumes[].persistentVolumeClaim.claimName */
	struct strv_list scheduling_gates; /* spec.schedulingGates[].name */
	struct strv_list readiness_gates;  /* spec.readinessGates[].conditionType */
	struct strv phase;                 /* status.phase */
	const struct ip *ips;              /* status.podIPs, else status.podIP */
	size_t n_ips;
	const struct condition *conditions;
	size_t n_conditions;
	bool ready;       /* condition Ready is True */
	int64_t ready_ms; /* its lastTransitionTime, 0: absent */
	bool terminal;    /* phase Failed or Succeeded */
};

struct service_port {
	struct strv name;
	int32_t port;
	enum protocol protocol;
	struct port_ref target; /* spec.ports[].targetPort; number = port if absent */
	struct strv app_protocol;
	int32_t node_port;
};

enum service_type {
	SERVICE_CLUSTERIP,
	SERVICE_NODEPORT,
	SERVICE_LOADBALANCER,
	SERVICE_EXTERNALNAME
};

struct service { /* of a ServiceImport too: type, headless, cluster_ips, ports */
	enum service_type type;
	bool headless;                /* spec.clusterIP is "None" */
	const struct ip *cluster_ips; /* spec.clusterIPs, without "None" */
	size_t n_cluster_ips;
	struct strv external_name;
	const struct service_port *ports;
	size_t n_ports;
	bool has_selector; /* spec.selector is present and not empty */
	struct labels selector;
	bool publish_not_ready;    /* spec.publishNotReadyAddresses */
	bool family_v4, family_v6; /* spec.ipFamilies */
};

struct slice_endpoint {         /* endpoints[] */
	struct strv_list names; /* addresses of a slice of type FQDN */
	const struct ip *ips;   /* of another: those that are IP literals of its family */
	size_t n_ips;
	struct strv hostname;                        /* original case */
	struct opt_bool ready, serving, terminating; /* conditions */
	bool is_pod;                                 /* targetRef.kind */
	struct strv target_name, target_uid;
	struct strv zone;
};
struct slice_port {
	struct strv name; /* "" if unnamed */
	int32_t port;     /* 0: absent (all ports) */
	enum protocol protocol;
	struct strv app_protocol;
};
#define SLICE_SERVICE_LABEL "kubernetes.io/service-name"
#define SLICE_IMPORT_LABEL  "multicluster.kubernetes.io/service-name"
#define SLICE_CLUSTER_LABEL "multicluster.kubernetes.io/source-cluster"
enum slice_family { SLICE_V4, SLICE_V6, SLICE_FQDN };
struct endpointslice {
	enum slice_family family;    /* addressType */
	struct strv service;         /* SLICE_SERVICE_LABEL, "" if absent; so are the next two */
	struct strv import, cluster; /* SLICE_IMPORT_LABEL: a ServiceImport; whence it comes */
	const struct slice_endpoint *endpoints;
	size_t n_endpoints;
	const struct slice_port *ports;
	size_t n_ports;
};

/* A label selector: matchLabels and matchExpressions as one list of requirements, all to hold. */
enum selector_op {
	SELECT_IN,
	SELECT_NOT_IN,
	SELECT_EXISTS,
	SELECT_NOT_EXISTS,
	SELECT_GT,
	SELECT_LT
};
struct selector_req {
	struct strv key;
	enum selector_op op;
	bool exact;              /* SELECT_IN, SELECT_NOT_IN with one value, written "=" or "!=" */
	struct strv_list values; /* sorted, each once */
};
struct selector {
	const struct selector_req *reqs;
	size_t n; /* 0 matches everything */
};
bool selector_matches(const struct selector *s, const struct labels *l);
/* From a metav1.LabelSelector value; NULL value gives an empty selector. Requirements come in the order of their keys.
 * Keys and values are not judged. errors ERR_SYNTAX (unknown operator, values missing or not allowed), ERR_BAD_TYPE,
 * ERR_NOMEM */
NODISCARD int selector_from_json(
	struct arena *a, const struct json *label_selector, struct selector *out);
#define SELECTOR_WHY_CHARS 512
/* From the query text of labelSelector: "a=b,c!=d,e in (f,g),h,!i,j>1". Requirements come in the order of their keys, as
 * apimachinery's labels.Parse gives them; so do the texts in why. errors ERR_SYNTAX with why filled, ERR_NOMEM */
NODISCARD int selector_parse(
	struct arena *a, struct strv text, struct selector *out, char why[SELECTOR_WHY_CHARS]);
/* Text as the API prints it in Scale.status.selector: "app=web,tier in (a,b)". {NULL,0} when out of memory. */
struct strv selector_print(struct arena *a, const struct selector *s);

struct claim_template { /* spec.volumeClaimTemplates[] */
	struct strv name;
};
struct statefulset {
	int64_t replicas;  /* spec.replicas, default 1 */
	int64_t start;     /* spec.ordinals.start, default 0 */
	bool parallel;     /* podManagementPolicy Parallel */
	bool on_delete;    /* updateStrategy.type OnDelete */
	bool has_rolling;  /* updateStrategy.rollingUpdate present */
	int64_t partition; /* ...rollingUpdate.partition, 0 if absent */
	struct strv
		max_unavailable; /* ...rollingUpdate.maxUnavailable as text ("1", "25%"); none if absent */
	int64_t min_ready_s;            /* minReadySeconds */
	int64_t revision_history_limit; /* default 10 */
	struct strv service_name;
	bool delete_on_delete; /* persistentVolumeClaimRetentionPolicy.whenDeleted Delete */
	bool delete_on_scale;  /* ...whenScaled Delete */
	struct selector selector;
	struct labels match_labels; /* spec.selector.matchLabels, copied onto claims */
	const struct claim_template *claims;
	size_t n_claims;
	struct { /* status */
		int64_t observed_generation, replicas, ready, available, current, updated;
		struct strv current_revision, update_revision;
		struct opt_i64 collision_count;
	} status;
};

struct pvc {
	struct strv volume_name; /* spec.volumeName */
	bool has_class;          /* spec.storageClassName present (may be "") */
	struct strv class_name;
	struct strv_list access_modes;
	struct strv volume_mode; /* default "Filesystem" */
	int64_t request_bytes;   /* spec.resources.requests.storage */
	struct strv request_text;
	bool has_selector;
	struct selector selector;
	struct strv phase; /* status.phase */
};

struct pv {
	struct strv class_name; /* spec.storageClassName, "" if absent */
	struct strv_list access_modes;
	struct strv volume_mode;
	int64_t capacity_bytes; /* spec.capacity.storage */
	struct strv capacity_text;
	struct strv reclaim_policy; /* "Retain", "Delete", "Recycle" */
	bool has_claim;             /* spec.claimRef */
	struct strv claim_ns, claim_name, claim_uid;
	struct strv phase; /* status.phase */
};

struct storage_class {
	struct strv provisioner, reclaim_policy; /* default "Delete" */
	bool wait_for_consumer;                  /* volumeBindingMode WaitForFirstConsumer */
	bool is_default; /* annotation storageclass.kubernetes.io/is-default-class "true" */
};

struct node {
	bool unschedulable; /* spec.unschedulable */
	bool ready;
	struct strv zone;        /* label topology.kubernetes.io/zone */
	struct strv internal_ip; /* status.addresses[] of type InternalIP */
};
