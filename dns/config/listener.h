/* Which ports are opened with which zones: the server blocks, looked at from the outside.
 * Source: CoreDNS core/dnsserver: a question goes to the block with the longest zone on the port it came to, and only
 * there to its directives. Regime: the arena of the Corefile. Called by: dns/config/corefile.c. */
#pragma once

#include "base/base.h"
#include "dns/config/directive.h"

/* Fills c->listeners from c->blocks. errors ERR_NOMEM */
NODISCARD int listeners_make(struct reader *r, struct corefile *c);
/* Is there an address that both take? Words are compared, none means all: beside it none is an address of its own. */
bool binds_meet(const struct corefile_words *a, const struct corefile_words *b);
