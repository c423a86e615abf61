/* Pod addresses from one IPv4 network: fresh ones first, in order; freed ones last, oldest first, so that a name that is
 * still cached somewhere does not soon point at another pod. Regime: owned heap object. Called by: kubelet.c. */
#pragma once

#include <stdint.h>

#include "base/base.h"
#include "base/option.h"

struct ipam;

/* Why pods cannot have addresses from this network, as Kubernetes sees it; NULL: they can. services: the network of the
 * Services' addresses. */
const char *ipam_refuses(
	const struct option_cidr *pods, unsigned first_host, const struct option_cidr *services);
/* first_host: offset of the first address in the network; the network's last address is never given.
 * errors ERR_RANGE (no address in it), ERR_NOMEM */
NODISCARD int ipam_new(const struct option_cidr *cidr, unsigned first_host, struct ipam **out);
void ipam_free(struct ipam *m);
/* Host order. errors ERR_NO_SPACE when all are taken */
NODISCARD int ipam_take(struct ipam *m, uint32_t *out_address);
/* The address is in use already: it is not given out before it is released. Addresses that are not ours are ignored. */
void ipam_reserve(struct ipam *m, uint32_t address);
/* Addresses that are not ours are ignored. */
void ipam_release(struct ipam *m, uint32_t address);
