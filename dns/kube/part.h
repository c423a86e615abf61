/* What DNS keeps of one Service, ServiceImport or EndpointSlice: small blocks from which record sets are built again
 * and again, so that the objects themselves need not be kept.
 * Source: Service v1, EndpointSlice discovery.k8s.io/v1, ServiceImport (KEP-1645); an endpoint counts when conditions.ready
 * is true or absent.
 * Regime: owned heap objects of the control thread, one block each. Called by: dns/kube/feed.c, index*.c, record_set*.c,
 * replicas.c.
 *
 * Glossary: replica = a Pod of a StatefulSet (replicas.h); uid, label and port name are kept as hashes of 64 bits where only
 * equality is asked for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "watch/object/typed.h"

struct part_port {
	struct strv name;
	uint16_t number;
	bool numbered; /* false: the list of ports was empty, or the port had no number: no SRV */
	uint8_t protocol; /* enum protocol; PART_NO_PROTOCOL: the list was empty, this stands for it */
};
#define PART_NO_PROTOCOL 255

/* Where a Service's port leads on a Pod. */
struct part_target {
	uint64_t name;   /* part_port_hash of the container port; 0: by number */
	uint16_t number; /* 0 where it is by name */
};

struct service_part {
	bool headless;
	bool external;           /* type ExternalName */
	bool import;             /* a ServiceImport: its endpoints are named NAME.CLUSTER */
	bool publish;            /* publishNotReadyAddresses */
	bool takes_v4, takes_v6; /* see selector */
	uint32_t n_ips, n_ports, n_selector, n_targets;
	struct strv
		external_to; /* its target, wire form; empty when it is an address or malformed: no records */
	const struct ip *ips; /* ClusterIPs */
	const struct part_port
		*ports; /* at least one, see numbered; of an import there may be none */
	/* What makes a Pod one of its endpoints; of a headless Service with a selector only, else n_selector is 0. */
	const uint64_t *selector;          /* part_label_hash of each */
	const struct part_target *targets; /* of the first n_targets ports */
};

struct part_endpoint {
	uint64_t uid;     /* part_uid of the replica behind it; 0: none, or nobody asks */
	uint32_t address; /* where its 4 or 16 octets lie, from the slice's part on */
	uint32_t label;   /* likewise its name, case kept */
	uint32_t
		age; /* it has been (not) ready since version - age; the most: for longer than can be told */
	uint16_t
		topology : 15; /* number of its topology zone in the slice, from 1; 0: none. Of an import's: of its cluster */
	uint16_t ready : 1; /* only those with a uid are kept when they are not */
	uint8_t label_n;    /* 0: the dashed address */
};
#define PART_AGE_MAX UINT32_MAX

struct slice_part {
	struct strv name;                /* of the EndpointSlice */
	uint64_t version;                /* its resourceVersion, 0: unknown */
	struct part_endpoint *endpoints; /* in order of address, then uid */
	const struct part_port *ports;
	struct strv
		alias; /* addressType FQDN: a ready endpoint's name, wire form; the first by octets */
	/* Labels in wire form, as in a name; only where asked for. Of an import's: its one cluster. */
	const struct strv *topologies;
	uint32_t n, n_ports, n_topologies;
	uint8_t each; /* octets an address: 4 or 16 */
};

static inline const uint8_t *part_address(const struct slice_part *s, const struct part_endpoint *e)
{
	return (const uint8_t *)s + e->address;
}
static inline struct strv part_label(const struct slice_part *s, const struct part_endpoint *e)
{
	return (struct strv){ .p = (const char *)s + e->label, .n = e->label_n };
}
static inline unsigned part_family(const struct slice_part *s)
{
	return s->each == 4 ? 0 : 1;
}

/* NULL when memory is out. */
struct service_part *service_part_new(const struct service *s);
struct service_part *import_part_new(const struct service *s);
void service_part_free(struct service_part *p);

struct slice_keep {
	bool pod_names; /* an endpoint without hostname takes its Pod's name */
	bool zonal;     /* topology zones are kept */
	bool clusters;  /* the cluster is kept instead of them: of an import */
	bool replicas;  /* endpoints that may be replicas are kept with their uid, ready or not */
	uint64_t seed;  /* of part_uid */
	uint64_t version;
};
/* NULL when memory is out. */
struct slice_part *slice_part_new(
	struct strv name, const struct endpointslice *s, const struct slice_keep *keep);
void slice_part_free(struct slice_part *p);

/* May a Pod of this name be one of a StatefulSet: NAME-ORDINAL? */
bool part_may_be_replica(struct strv pod_name);
/* Never 0, but of an empty uid. */
uint64_t part_uid(struct strv uid, uint64_t seed);
uint64_t part_label_hash(struct strv key, struct strv value);
uint64_t part_port_hash(struct strv name, enum protocol protocol); /* never 0 */
