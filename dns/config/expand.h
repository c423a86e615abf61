/* Snippets and imported files: "(name) { ... }" outside of server blocks is put away, "import name" at the beginning of a
 * line is replaced by it; "import PATTERN" by the files of that name, if no snippet has it. Source: what CoreDNS's Corefile reader does. Regime: the arena of the Corefile.
 * Called by: dns/config/corefile.c. */
#pragma once

#include "base/base.h"
#include "dns/config/token.h"

/* errors ERR_SYNTAX (no such snippet or file, defined twice, in a circle, braces), ERR_TOO_LARGE; report filled; ERR_NOMEM */
NODISCARD int tokens_expand(struct reader *r, const struct tokens *in, struct tokens *out);
