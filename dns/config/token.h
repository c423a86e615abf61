/* The words of a Corefile. A word ends at white space; "..." may hold white space and newlines, \" is a quote in it;
 * # begins a comment, in the middle of a word too; {$NAME} and {%NAME%} stand for environment variables.
 * Source: what CoreDNS's Corefile reader does. Regime: the arena of the Corefile.
 * Called by: dns/config/expand.c, corefile.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/strv.h"
#include "dns/config/directive.h"

struct token {
	const char *text; /* NUL-terminated; holds no other NUL */
	const char *file;
	unsigned line;    /* where it begins */
	bool starts_line; /* a newline stands between it and the word before */
	bool literal;     /* quoted, or of the environment: "{", "}" and "import" are text then */
};

struct tokens { /* a growing array in the arena */
	struct token *at;
	size_t n, cap;
};
#define TOKENS_MAX 65536

/* Of a whole file, r->file. errors ERR_SYNTAX (a quote that does not end, a NUL octet), ERR_TOO_LARGE; report filled;
 * ERR_NOMEM */
NODISCARD int tokens_read(struct reader *r, struct strv text, struct tokens *out);
/* line is for the report. errors ERR_TOO_LARGE (TOKENS_MAX), ERR_NOMEM */
NODISCARD int tokens_add(struct reader *r, struct tokens *list, const struct token *t);
/* This very word, written plainly. */
bool token_is(const struct token *t, const char *text);
