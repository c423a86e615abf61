/* Zones as a Corefile writes them: "cluster.local", "cluster.local:1053", "10.0.0.0/8", "fd00::/56:53", "dns://.".
 * A network stands for the reverse zones that cover exactly it: several, if it ends inside an octet (v6: a hexadecimal
 * digit). Source: CoreDNS plugin/normalize.go's behaviour; RFC 1035 3.5, RFC 3596 2.5. Regime: the reader's arena.
 * Called by: dns/config only. */
#pragma once

#include "base/base.h"
#include "dns/config/directive.h"

/* Adds what word stands for to *names; *port is left alone if none is written.
 * errors ERR_SYNTAX (report filled), ERR_NOMEM */
NODISCARD int zone_read(struct reader *r, unsigned line, const char *word,
	struct corefile_words *names, unsigned *port);
/* All of them, ports dropped. */
NODISCARD int zones_read(
	struct reader *r, const struct config_line *l, struct corefile_words *names);
/* Is it in-addr.arpa., ip6.arpa. or below them? */
bool zone_is_reverse(const char *zone);
