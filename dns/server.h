/* The DNS server, whole: what main opens. UDP and TCP on one port, one thread a core, records from
 * a watch_api. Regime: owned heap object; everything here is called on the control thread (the loop
 * given to open). Called by: main, scenario tests.
 *
 * Glossary: zone = a name and all below it that we answer for; record set = all that DNS knows of
 * one Service, immutable once published; index = from (namespace, service) and from address to
 * record sets; stage = one step of answering; query thread = has its own loop and sockets, reads
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

struct dns_config {
	struct option_addr listen; /* port 0: one that is free for UDP and TCP */
	unsigned threads;          /* 0: one a core */
	struct tcp_limits tcp;
	const char *
		search_ns; /* complete short names as a pod of this namespace would; NULL: do not */
	struct kube_options kube;
	/* What a Corefile says beyond; zero is what the lab wants. */
	/* Listened on beside the first, with as many threads each. */
	const struct option_addr *more;
	size_t n_more;
	/* Zones of the server block, blank-separated: a name in them that no stage answers is SERVFAIL, any
	 * other REFUSED; NULL: all are REFUSED. */
	const char *block;
	struct stage_options stages;
	bool no_short;     /* short names are names like others */
	bool listen_later; /* no port is taken before dns_server_listen */
};
/* Listen on 127.0.0.1:1053, all else at its default. */
struct dns_config dns_config_default(void);

/* Binds, subscribes to api (Namespaces, Services, EndpointSlices, what more the options need;
 * RECORDS first) and starts the query threads. Until every kind is synced, names not known yet are answered with SERVFAIL. clock
 * gives the SOA serial. config is copied. errors libuv's (UV_EADDRINUSE, UV_EACCES,
 * UV_EADDRNOTAVAIL ...), ERR_BAD_NAME (zone, block, stages), ERR_SYNTAX (address, stages), ERR_TOO_LARGE (weights), ERR_NOMEM */
NODISCARD int dns_server_open(uv_loop_t *loop, struct clock *clock, const struct watch_api *api,
	const struct dns_config *config, struct dns_server **out);
/* With listen_later: takes the ports and answers. errors as dns_server_open's of addresses, ERR_NOMEM; then it is good
 * for dns_server_close only */
NODISCARD int dns_server_listen(struct dns_server *s);
/* Of the first address, and of the i-th (0: the first); 0 before dns_server_listen. */
unsigned dns_server_port(const struct dns_server *s);
unsigned dns_server_port_at(const struct dns_server *s, size_t i);
/* All kinds have been delivered once. */
bool dns_server_synced(const struct dns_server *s);
/* How old what is answered may be: for a page of readiness. A server that lost the cluster goes on answering and stays
 * synced; only in_step and age_ms tell. */
void dns_server_freshness(const struct dns_server *s, struct watch_freshness *out);
/* How many addresses (A and AAAA records) this full name has now; 0 also if it does not exist. */
size_t dns_server_addresses(const struct dns_server *s, struct strv name);
/* Unsubscribes at once; what has been received is still answered, then the threads end, all is
 * freed, and cb (may be NULL) runs from the loop. The watch_api must live until this call returns,
 * the clock until cb. Accepts NULL (cb is not called then). */
void dns_server_close(struct dns_server *s, void (*cb)(void *ctx), void *ctx);
