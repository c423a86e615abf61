/* What DNS keeps of one Service, ServiceImport or EndpointSlice: small blocks from which record sets are built again and again, so that
 * the objects themselves need not be kept.
 * Source: Service v1, EndpointSlice discovery.k8s.io/v1, ServiceImport (KEP-1645); an endpoint counts when conditions.ready is true or absent.
 * Regime: owned heap objects of the control thread, one block each. Called by: dns/kube/index.c, record_set.c. */
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

struct service_part {
	bool headless;
	bool external; /* type ExternalName */
	bool import;   /* a ServiceImport: its endpoints are named NAME.CLUSTER */
	struct strv
		external_to; /* its target, wire form; empty when it is an address or malformed: no records */
	const struct ip *ips; /* ClusterIPs */
	size_t n_ips;
	const struct part_port
		*ports; /* at least one, see numbered; of an import there may be none */
	size_t n_ports;
};

struct part_endpoint {
	const uint8_t *address; /* 4 or 16 octets */
	const char *label;      /* its name, case kept; none: the dashed address */
	uint16_t label_n;
	uint16_t topology; /* number of its topology zone in the slice, from 1; 0: none. Of an
			      import's: of its cluster */
};
static inline struct strv part_label(const struct part_endpoint *e)
{
	return (struct strv){ .p = e->label, .n = e->label_n };
}

struct slice_part {
	struct strv name;                      /* of the EndpointSlice */
	uint8_t each;                          /* octets an address: 4 or 16 */
	const struct part_endpoint *endpoints; /* ready ones, in order of address */
	size_t n;
	const struct part_port *ports;
	size_t n_ports;
	struct strv
		alias; /* addressType FQDN: a ready endpoint's name, wire form; the first by octets */
	/* Labels in wire form, as in a name; only where asked for. Of an import's: its one cluster. */
	const struct strv *topologies;
	size_t n_topologies;
};

/* NULL when memory is out. */
struct service_part *service_part_new(const struct service *s);
struct service_part *import_part_new(const struct service *s);
void service_part_free(struct service_part *p);
/* pod_names: an endpoint without hostname takes its Pod's name. zonal: topology zones are kept. */
struct slice_part *slice_part_new(
	struct strv name, const struct endpointslice *s, bool pod_names, bool zonal);
struct slice_part *import_slice_part_new(
	struct strv name, const struct endpointslice *s, bool pod_names);
void slice_part_free(struct slice_part *p);
