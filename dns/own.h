/* Our own addresses: what NS and ns.dns of a zone say. Source: CoreDNS plugin/kubernetes (local.go), plugin/bind.
 * Called by: server.c. */
#pragma once

#include "base/base.h"
#include "base/buf.h"
#include "base/option.h"

/* Appends, each with a blank behind it, the address listened on; for wildcards and loopback, those of the machine,
 * whatever interface has them, but only once: *machine tells whether they are there already. */
void own_address_add(struct buf *out, const struct option_addr *listened, bool *machine);
