/* The addresses listened on, each with its threads, and the way from each to the server blocks that share it.
 * Source: CoreDNS core/dnsserver. Regime: owner's storage, control thread; query threads read the routes, which stay as
 * they are from listeners_open on. Called by: server.c. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "base/base.h"
#include "base/option.h"
#include "dns/listen/thread.h"
#include "dns/query/pipeline.h"

struct listener;
struct listeners {
	struct listener *at; /* in the order they were named */
	size_t n;
	size_t n_closing; /* not gone yet, and one for the call */
	void (*closed)(void *ctx);
	void *ctx;
};

/* Names in zones (blank-separated) that come to addr go to `to`, which lives until listeners_close's cb. Before
 * listeners_open. errors ERR_BAD_NAME, ERR_EXISTS (a zone goes elsewhere already), ERR_NOMEM */
NODISCARD int listeners_route(struct listeners *l, const struct option_addr *addr,
	const char *zones, const struct pipeline *to);
/* o: but for the address. On failure the rest is not opened. errors as threads_open */
NODISCARD int listeners_open(struct listeners *l, uv_loop_t *loop, const struct threads_options *o);
const struct option_addr *listeners_addr(const struct listeners *l, size_t i);
unsigned listeners_port(const struct listeners *l, size_t i); /* 0: not open */
/* See threads_wake. */
void listeners_wake(struct listeners *l);
/* cb when no query thread is left, at once or from the loop. */
void listeners_close(struct listeners *l, void (*cb)(void *ctx), void *ctx);
/* After close. */
void listeners_deinit(struct listeners *l);
