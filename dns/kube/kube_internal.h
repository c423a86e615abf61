/* Shared by the files that answer and feed. */
#pragma once

#include "dns/kube/index.h"
#include "dns/kube/kube.h"
#include "dns/kube/pods.h"
#include "dns/kube/schema.h"
#include "dns/kube/sets.h"

#define ZONES_MAX     16
#define ADDRESSES_MAX 32
#define SUBS_MAX      6

#define POD_INDEX_LABEL "apps.kubernetes.io/pod-index"

struct kube_zone {
	struct name name; /* lower case */
	uint8_t labels;
	bool reverse; /* below in-addr.arpa or ip6.arpa */
	bool imports; /* its Services are ServiceImports */
};

struct kube {
	struct kube_options options;       /* its texts are not kept, but for what is below */
	struct kube_zone zones[ZONES_MAX]; /* most labels first */
	size_t n_zones;
	bool has_forward, forward_imports;
	struct name
		forward; /* the first zone that is not a reverse one; one of imports only if all are */
	struct ip addresses[ADDRESSES_MAX]; /* the server's own */
	size_t n_addresses;
	bool falls;                      /* names that do not exist are passed on ... */
	struct name falls_in[ZONES_MAX]; /* ... in these zones, lower case; none: in all */
	size_t n_falls_in;
	struct index *index;
	struct index *imports; /* of ServiceImports; NULL without a zone of them */
	struct pods *pods;     /* NULL but for `pods verified` */
	struct sets *sets;     /* NULL when StatefulSets are not watched, nor their Pods */
	uint32_t serial;       /* published */
	bool synced;           /* published: all but what follows */
	bool imports_synced, imports_refused; /* published */
	/* control thread */
	struct clock *clock;
	const struct watch_api *api;
	char *labels, *namespace_labels; /* selectors, owned; NULL for all */
	char *replica_labels;            /* of Pods of StatefulSets */
	uint64_t seed;                   /* of hashes */
	struct watch_sub *subs[SUBS_MAX];
	size_t n_subs;
	struct clock_timer flush;     /* of the records that have arrived, until all have */
	int64_t flush_ms;             /* what the last one took */
	uint32_t awaited;             /* kind_set not synced yet */
	void (*on_change)(void *ctx); /* may be NULL */
	void *on_change_ctx;
};

/* What one answer needs at hand. */
struct answer {
	const struct kube *k;
	const struct kube_zone *zone;
	struct query *q;
	struct meaning m;
	size_t zone_at; /* offset of the zone's name in the reply: in the subject */
	/* Only endpoints of this topology zone or cluster: its number in the record set; 0: those of none. */
	uint16_t topology;
	uint32_t ttl;
	bool due;        /* it will be there in a moment: nobody is to remember that it is not */
	unsigned links;  /* CNAMEs followed so far */
	uint16_t before; /* answers written before: CNAMEs that led here */
	const char
		*why; /* why there is nothing, for the Extended DNS Error; NULL: nothing to say */
};

#define TOPOLOGY_ANY 0xFFFFu

static inline const struct index *zone_index(const struct kube *k, const struct kube_zone *z)
{
	return z->imports ? k->imports : k->index;
}

enum found {
	FOUND_NAME_ERROR, /* NXDOMAIN */
	FOUND_NOTHING,    /* the name exists, records of this type do not */
	FOUND_RECORDS,    /* written */
};

/* Records were written since answer_begin, or would have been. */
static inline enum found answer_found(const struct answer *a, enum found otherwise)
{
	return a->q->count[SECTION_ANSWER] > a->before || a->q->full ? FOUND_RECORDS : otherwise;
}

/* answer.c: POD */
enum found answer_pod(struct answer *a);
/* answer_service.c: SERVICE, PORT, ENDPOINT, PIN, PREFER. May follow a CNAME inside the zone: a->q->subject then has changed. */
enum found answer_service(struct answer *a);
uint32_t answer_count_ports(
	const struct answer *a, const struct record_set *rs, struct set_ports run);
/* Weight of each of n matches: they share 100 (CoreDNS plugin/backend_lookup). */
uint16_t answer_weight(uint64_t n);
/* One SRV of priority 0, target written out (RFC 2782). Gives where the target stands, 0 if it was left out. */
size_t answer_srv(
	struct answer *a, uint16_t weight, uint16_t port, const uint8_t *target, size_t n);
/* Does an earlier port of the run match with the same number? Then this one would be the same SRV. */
bool answer_port_repeats(const struct answer *a, const struct record_set *rs,
	const struct set_port *ports, uint32_t i);
/* An address in the additional section; owner: label (may be none) and then the name at rest_at. */
void answer_glue(struct answer *a, const uint8_t *label, size_t label_n, size_t rest_at,
	unsigned family, const uint8_t *address);
/* answer_endpoint.c: of a headless Service, or of one name */
enum found answer_endpoints(struct answer *a, const struct cell *c, const struct record_set *rs);
/* due.c: is this missing name of an endpoint one that a StatefulSet is about to bring? Then a->why says what it waits for. */
bool answer_due(struct answer *a, const struct record_set *rs);
/* answer_apex.c */
enum found answer_apex(struct answer *a);
enum found answer_server_name(struct answer *a); /* ns.dns */
void answer_soa(struct answer *a, enum section section);
void answer_soa_of(struct answer *a, enum section section, uint32_t serial);
/* SOA, name servers and their addresses: how a transfer begins. */
void answer_transfer_head(struct answer *a, uint32_t serial);
/* answer_reverse.c */
enum found answer_reverse(struct answer *a);

/* answer.c */
void answer_begin(
	struct answer *a, const struct kube *k, const struct kube_zone *zone, struct query *q);
/* The longest zone that this name in lower case is in, NULL if none. */
const struct kube_zone *kube_find_zone(
	const struct kube *k, const uint8_t *lower, const struct name_map *map);
/* The Service's records if it exists and is exposed, else NULL with a->why. */
const struct record_set *answer_records(struct answer *a, const struct cell **out_cell);
/* Octets of KEY.svc.ZONE, zone as configured or from the question; wire form. 0 if too long. */
size_t service_name(
	const struct cell *c, const uint8_t *zone, size_t zone_n, uint8_t out[NAME_MAX_BYTES]);
/* With one label in front. 0 if too long or no label. */
size_t endpoint_name(
	struct strv label, const uint8_t *service, size_t service_n, uint8_t out[NAME_MAX_BYTES]);
/* All that is known of this zone has arrived. */
bool answer_is_synced(const struct answer *a);
/* Does this port of a list satisfy the question's _PORT._PROTO? */
bool port_matches(const struct record_set *rs, const struct set_port *p, const struct meaning *m);
