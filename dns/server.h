/* The DNS server, whole: what main opens. UDP and TCP on the ports of its server blocks, one thread a core each,
 * records from a watch_api. Regime: owned heap object; everything here is called on the control thread (the loop
 * given to open). Called by: main, scenario tests.
 *
 * Glossary: zone = a name and all below it that we answer for; record set = all that DNS knows of
 * one Service, immutable once published; index = from (namespace, service) and from address to
 * record sets; server block = zones, with stages of their own; several may share an address, the longest zone
 * counts; stage = one step of answering; query thread = has its own loop and sockets, reads
 * the index, never writes it; control thread = the only writer; full name = absolute, with or
 * without the final dot. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/option.h"
#include "base/strv.h"
#include "dns/kube/options.h"
#include "dns/listen/tcp.h"
#include "dns/stage/options.h"
#include "watch/api.h"

struct dns_server;

struct dns_config {                /* of a server block; the lab has only one */
	struct option_addr listen; /* port 0: one that is free for UDP and TCP */
	unsigned threads;          /* an address; 0: one a core. The first block's */
	struct tcp_limits tcp;     /* the first block's */
	const char *
		search_ns; /* complete short names as a pod of this namespace would; NULL: do not */
	struct kube_options kube;
	/* What a Corefile says beyond; zero is what the lab wants. */
	/* Listened on beside the first, with as many threads each. */
	const struct option_addr *more;
	size_t n_more;
	/* Zones of the server block, blank-separated: a name in them that no stage answers is SERVFAIL, any
	 * other REFUSED; NULL: it has all names, those that no stage answers are REFUSED. */
	const char *block;
	struct stage_options stages;
	bool no_kube;      /* the block has no kubernetes: kube is not looked at */
	bool no_short;     /* short names are names like others */
	bool listen_later; /* no port is taken before dns_server_listen; the first block's */
};
/* Listen on 127.0.0.1:1053, all else at its default. */
struct dns_config dns_config_default(void);

/* Binds, subscribes to api (Namespaces, Services, EndpointSlices, what more the options need;
 * RECORDS first) and starts the query threads. Until every kind is synced, names not known yet are answered with SERVFAIL. clock
 * gives the SOA serial. api may be NULL if no block has kubernetes. config is copied. errors libuv's (UV_EADDRINUSE, UV_EACCES,
 * UV_EADDRNOTAVAIL ...), ERR_BAD_NAME (zone, block, stages), ERR_EXISTS (a zone of block twice on an address), ERR_SYNTAX (address, stages), ERR_TOO_LARGE (weights), ERR_NOMEM */
NODISCARD int dns_server_open(uv_loop_t *loop, struct clock *clock, const struct watch_api *api,
	const struct dns_config *config, struct dns_server **out);
/* With listen_later: one more server block, before dns_server_listen. Of its addresses those that equal one of a block
 * before it, port 0 too, are listened on once, for both. errors as dns_server_open; then it is good for dns_server_close
 * only */
NODISCARD int dns_server_add(struct dns_server *s, const struct dns_config *config);
/* With listen_later: takes the ports and answers. errors as dns_server_open's of addresses, ERR_NOMEM; then it is good
 * for dns_server_close only, and the first address without a port is the one that failed */
NODISCARD int dns_server_listen(struct dns_server *s);
/* Of the first address, and of the i-th (0: the first) of all blocks' addresses, each once; 0 before dns_server_listen. */
unsigned dns_server_port(const struct dns_server *s);
unsigned dns_server_port_at(const struct dns_server *s, size_t i);
size_t dns_server_n_addrs(const struct dns_server *s);
/* As it was given: its port may be 0. */
const struct option_addr *dns_server_addr_at(const struct dns_server *s, size_t i);
/* All kinds have been delivered once, to every block. */
bool dns_server_synced(const struct dns_server *s);
/* How old what is answered may be: for a page of readiness. A server that lost the cluster goes on answering and stays
 * synced; only in_step and age_ms tell. */
void dns_server_freshness(const struct dns_server *s, struct watch_freshness *out);
/* How many addresses (A and AAAA records) this full name has now in the first block; 0 also if it does not exist. */
size_t dns_server_addresses(const struct dns_server *s, struct strv name);
/* Unsubscribes at once; what has been received is still answered, then the threads end, all is
 * freed, and cb (may be NULL) runs from the loop. The watch_api must live until this call returns,
 * the clock until cb. Accepts NULL (cb is not called then). */
void dns_server_close(struct dns_server *s, void (*cb)(void *ctx), void *ctx);
