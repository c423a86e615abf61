/* Byte buffer that doubles. Source: none. Regime: see buf.h. Called by: everyone that makes text. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define CAP_MIN 128u

void buf_init(struct buf *b)
{
	*b = (struct buf){ 0 };
}

void buf_deinit(struct buf *b)
{
	if (b) {
		free(b->p);
		buf_init(b);
	}
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->err = ERR_OK;
}

char *buf_reserve(struct buf *b, size_t n)
{
	if (b->err != ERR_OK) {
		return NULL;
	}
	if (b->p && b->cap - b->n >= n) {
		return b->p + b->n;
	}
	size_t cap = b->cap > CAP_MIN ? b->cap : CAP_MIN;
	while (cap - b->n < n && cap <= SIZE_MAX / 4) {
		cap *= 2;
	}
	char *p = cap - b->n >= n ? realloc(b->p, cap) : NULL;
	if (!p) {
		b->err = ERR_NOMEM;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return p + b->n;
}

void buf_grown(struct buf *b, size_t n)
{
	REQUIRE(n <= b->cap - b->n);
	b->n += n;
}

void buf_add(struct buf *b, struct strv s)
{
	if (s.n == 0) {
		return;
	}
	char *at = buf_reserve(b, s.n);
	if (at) {
		memcpy(at, s.p, s.n);
		b->n += s.n;
	}
}

void buf_add_char(struct buf *b, char c)
{
	if (b->n < b->cap && b->err == ERR_OK) {
		b->p[b->n++] = c;
		return;
	}
	char *at = buf_reserve(b, 1);
	if (at) {
		*at = c;
		b->n++;
	}
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	char *at = buf_reserve(b, 1);
	if (at) {
		int n = vsnprintf(at, b->cap - b->n, fmt, ap);
		if (n < 0) {
			b->err = ERR_RANGE; /* longer than an int counts */
		} else if ((size_t)n >= b->cap - b->n) {
			at = buf_reserve(b, (size_t)n + 1); /* vsnprintf wants its NUL */
			if (at) {
				(void)vsnprintf(at, (size_t)n + 1, fmt, again); /* measured above */
			}
		}
		b->n += at && n > 0 ? (size_t)n : 0;
	}
	va_end(again);
	va_end(ap);
}

struct strv buf_strv(const struct buf *b)
{
	return (struct strv){ b->p, b->n };
}

int buf_give(struct buf *b, struct strv *out)
{
	int err = b->err;
	if (err != ERR_OK) {
		buf_deinit(b);
		return err;
	}
	*out = buf_strv(b);
	buf_init(b);
	return ERR_OK;
}
