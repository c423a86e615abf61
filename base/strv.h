/* A piece of text by pointer and length. It owns nothing: whoever made the bytes keeps them.
 * NUL ends text only where libc asks for it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"

struct strv {
	const char *p; /* may be NULL when n is 0 */
	size_t n;
};

#define STRV(lit) ((struct strv){ "" lit, sizeof(lit) - 1 })
#define STRV_NONE ((struct strv){ NULL, 0 })
/* For printf's "%.*s". */
#define STRV_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct strv strv_of(const char *cstr); /* NULL gives STRV_NONE */
bool strv_eq(struct strv a, struct strv b);
bool strv_eq_nocase(struct strv a, struct strv b); /* ASCII only */
int strv_cmp(struct strv a, struct strv b);        /* byte order, like memcmp */
bool strv_has_prefix(struct strv s, struct strv prefix);
bool strv_has_suffix(struct strv s, struct strv suffix);
struct strv strv_sub(struct strv s, size_t from, size_t n); /* clipped to s */
struct strv strv_trim(struct strv s);                       /* ASCII white space off both ends */

/* Cuts *rest at the first sep: the part before it is *out, *rest becomes what follows.
 * Returns false when *rest was already exhausted (p == NULL); the last piece leaves p == NULL. */
bool strv_cut(struct strv *rest, char sep, struct strv *out);

/* Decimal numbers, the whole of s, no sign but '-', no blanks. errors ERR_SYNTAX, ERR_RANGE */
NODISCARD int strv_to_i64(struct strv s, int64_t *out);
NODISCARD int strv_to_u32(struct strv s, uint32_t *out);

/* A duration as Go writes it: "1m30s", "250ms", "0", "1.5h"; to milliseconds, rounded down.
 * errors ERR_SYNTAX, ERR_RANGE (negative or beyond 2^53) */
NODISCARD int strv_to_duration_ms(struct strv s, int64_t *out_ms);

uint64_t strv_hash(struct strv s, uint64_t seed);
