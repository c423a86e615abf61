/* A growing byte buffer with a sticky error: write on, check once at the end.
 * Regime: owned heap object; the struct is the caller's storage. */
#pragma once

#include <stddef.h>

#include "base/base.h"
#include "base/strv.h"

struct buf {
	char *p; /* heap; NULL while empty */
	size_t n;
	size_t cap;
	int err; /* first failure (ERR_NOMEM; ERR_RANGE: printf beyond 2 GiB), later writes do nothing */
};

void buf_init(struct buf *b);
void buf_deinit(struct buf *b);
void buf_reset(struct buf *b); /* keeps the memory, clears the error */
void buf_add(struct buf *b, struct strv s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct strv buf_strv(const struct buf *b); /* borrowed until the next write */
/* The bytes pass to the caller (free() them); b is empty again, also on failure. errors: b->err */
NODISCARD int buf_give(struct buf *b, struct strv *out);
/* Room for at least n more bytes at p + n; NULL on failure. buf_grown says how many were filled. */
char *buf_reserve(struct buf *b, size_t n);
void buf_grown(struct buf *b, size_t n);
