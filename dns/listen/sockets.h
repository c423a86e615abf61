/* Sockets for n query threads on one port, UDP and TCP, sharing it by SO_REUSEPORT.
 * Regime: descriptors are the caller's. Control thread, start-up only. Called by: dns/listen/thread.c. */
#pragma once

#include <stdbool.h>

#include "base/base.h"
#include "base/option.h"

struct socket_pair {
	int udp;
	int tcp; /* listening */
};

/* The first pair is bound without SO_REUSEPORT, so that a port that somebody else has (be it another of us) is taken, not
 * shared; port 0: one that is free for both. IPv6 wildcard takes IPv4 too.
 * out  n pairs; *out_port; *out_wildcard: the asked address is only known per packet
 * errors libuv's; nothing stays open */
NODISCARD int sockets_open(const struct option_addr *addr, unsigned n, struct socket_pair *out,
	unsigned *out_port, bool *out_wildcard);
void sockets_close(struct socket_pair *pairs, unsigned n);
