/* Regular expressions as Corefiles write them (Go's RE2 syntax), matched by PCRE2, whose syntax holds it nearly whole.
 * What only PCRE2 knows is accepted too. Matching is bounded: an expression that would try too long does not match.
 * Regime: owned heap object, const once made; any thread matches. */
#pragma once

#include <stdbool.h>

#include "base/base.h"
#include "base/strv.h"

struct regex;

#define REGEX_MAX_BYTES 10000
#define REGEX_WHY_CHARS 192

/* why: one clause, with the place. errors ERR_SYNTAX, ERR_TOO_LARGE (REGEX_MAX_BYTES), ERR_NOMEM */
NODISCARD int regex_new(struct strv pattern, struct regex **out, char why[REGEX_WHY_CHARS]);
void regex_free(struct regex *r); /* accepts NULL */
/* Does it match anywhere in text? Without memory it does not. */
bool regex_matches(const struct regex *r, struct strv text);
