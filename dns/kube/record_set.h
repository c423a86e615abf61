/* All that DNS knows of one Service, immutable once published, in one block without pointers: equal content is equal
 * octets. Names of endpoints are not materialised: an endpoint is its address, a port list and a label, and is found
 * by binary search (dashed address) or by a small hash table of the labels.
 *
 *   struct record_set | clusterIPs v4 | v6 | ports | port lists | addresses v4 | v6 | endpoints v4 | v6 | topology zones
 *   | slots | text
 *
 * Regime: published snapshot (dns/reclaim.h). Built on the control thread, read by all.
 * Called by: dns/kube/index_write.c (build), dns/kube/answer*.c.
 *
 * Glossary: family = 0 for IPv4, 1 for IPv6; twin = an endpoint whose label an earlier one has already; import = a
 * ServiceImport: its endpoints are named LABEL.CLUSTER, and the clusters are kept as topology zones. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/kube/part.h"
#include "dns/reclaim.h"
#include "dns/wire/name.h"

#define FAMILIES 2
static inline size_t family_bytes(unsigned family)
{
	return family == 0 ? 4 : 16;
}

struct set_port {
	uint32_t name; /* offset in text */
	uint8_t name_n;
	uint8_t protocol;
	uint16_t number;
	bool numbered;
};
struct set_ports { /* a run of ports */
	uint32_t first;
	uint32_t n;
};
struct set_endpoint {
	uint32_t label; /* offset in text: octet count, octets; 0: the dashed address */
	uint16_t ports; /* number of its port list */
	uint16_t twin : 1;
	uint16_t topology : 15; /* number of its topology zone, from 1; 0: none, or nobody asks */
};
struct set_topology {
	uint32_t at, n; /* in text: labels in wire form */
};

struct record_set {
	struct retired retired;
	size_t bytes; /* from here on: the whole block less the part before */
	bool service; /* the Service itself exists: without it nothing is answered */
	bool headless;
	bool external;
	bool import;
	uint32_t n_ips[FAMILIES], ips_at[FAMILIES];
	uint32_t n[FAMILIES]; /* endpoints: addresses, sorted; equal ones lie together */
	uint32_t addresses_at[FAMILIES];
	uint32_t endpoints_at[FAMILIES];
	struct set_ports own_ports; /* the Service's */
	bool dashed[FAMILIES];      /* some endpoint has no label */
	bool wide_slots;            /* four octets each, not two */
	uint32_t n_lists, lists_at; /* port lists of the slices */
	uint32_t ports_at;
	uint32_t n_topologies, topologies_at;
	uint32_t slots_at, n_slots; /* labels; 0: none */
	uint32_t text_at;
	/* ExternalName's target in text, wire form; or that of a headless Service without any address, whose slices are of
	 * type FQDN */
	uint32_t external_at, external_n;
};

struct replicas;

/* What a record set is made of; borrowed for the call. */
struct set_parts {
	const struct service_part
		*service; /* NULL: slices came first; nothing is answered, but it is kept */
	struct slice_part *const *slices;
	size_t n_slices;
	const struct replicas
		*replicas; /* whose state may be newer than the slices'; NULL: nobody's */
};
/* errors ERR_NOMEM, ERR_TOO_LARGE (more than 65535 different port lists, or 2^32 octets) */
NODISCARD int record_set_new(const struct set_parts *parts, struct record_set **out);
void record_set_free(struct record_set *rs);
bool record_set_equal(const struct record_set *a, const struct record_set *b);

static inline const void *set_at(const struct record_set *rs, uint32_t offset)
{
	return (const uint8_t *)rs + offset;
}
static inline const uint8_t *set_ips(const struct record_set *rs, unsigned family)
{
	return set_at(rs, rs->ips_at[family]);
}
static inline const uint8_t *set_addresses(const struct record_set *rs, unsigned family)
{
	return set_at(rs, rs->addresses_at[family]);
}
static inline const struct set_endpoint *set_endpoints(const struct record_set *rs, unsigned family)
{
	return set_at(rs, rs->endpoints_at[family]);
}
static inline const struct set_port *set_ports(const struct record_set *rs, struct set_ports run)
{
	return (const struct set_port *)set_at(rs, rs->ports_at) + run.first;
}
static inline struct set_ports set_list(const struct record_set *rs, uint16_t list)
{
	return ((const struct set_ports *)set_at(rs, rs->lists_at))[list];
}
static inline struct strv set_text(const struct record_set *rs, uint32_t offset, size_t n)
{
	return (struct strv){ .p = (const char *)set_at(rs, rs->text_at + offset), .n = n };
}

/* The name of an endpoint: its label (case kept), or the dashed address written to storage. */
#define DASHED_MAX 46
struct strv set_label(
	const struct record_set *rs, unsigned family, uint32_t i, char storage[DASHED_MAX]);
/* Address as a label: 10-244-0-5, fd00--34; one that would end in a dash gets a 0. Returns its length. */
size_t dashed_print(const uint8_t *address, unsigned family, char out[DASHED_MAX]);
/* The address that a label of a Pod's name stands for, canonical or not. errors ERR_SYNTAX */
NODISCARD int dashed_parse(struct strv label, unsigned *out_family, uint8_t out[16]);

/* The same as labels in wire form: with its cluster, of an import. Returns the octets. */
#define SET_NAME_MAX (2 * (LABEL_MAX_BYTES + 2))
size_t set_name(
	const struct record_set *rs, unsigned family, uint32_t i, uint8_t out[SET_NAME_MAX]);
/* Have these two the same name? */
bool set_same_name(
	const struct record_set *rs, unsigned family_a, uint32_t a, unsigned family_b, uint32_t b);

/* The endpoints of one label, in any letter case given as lower case. */
struct set_walk {
	const struct record_set *rs;
	struct strv label;
	uint32_t slot, left; /* labels */
	unsigned family;     /* dashed address */
	uint32_t at, end;
};
struct set_walk set_walk(const struct record_set *rs, struct strv lower_label);
bool set_next(struct set_walk *w, unsigned *out_family, uint32_t *out_i);
/* Brings what a walk of this label touches first into the cache. */
void set_prefetch(const struct record_set *rs, struct strv lower_label);
/* Number of a topology zone (labels in wire form, lower case), 0 if no endpoint is in it. */
uint16_t set_find_topology(const struct record_set *rs, struct strv wire);
/* First endpoint of this address, or n[family]. */
uint32_t set_find_address(const struct record_set *rs, unsigned family, const uint8_t *address);
