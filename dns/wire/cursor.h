/* Reading and writing of message bytes with one sticky error: read on, check once per record.
 * Integers on the wire are big-endian (RFC 1035 2.3.2); outside they are host order.
 * Regime: the bytes are the caller's; a cursor is a value on his stack. Pure. Called by: all that
 * touches messages.
 *
 * Never two reads of one cursor in one expression: C leaves their order open. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct rd {
	const uint8_t *base; /* start of the message: compression pointers count from here */
	const uint8_t *at;
	const uint8_t *end;
	int err; /* the first failure; then every read gives zeros and moves nothing */
};

struct wr {
	uint8_t *base;
	size_t n;   /* written */
	size_t cap; /* never written past; may be lowered to keep room for what must come last */
	int err;    /* ERR_NO_SPACE once something did not fit; later writes do nothing */
};

static inline struct rd rd_of(const uint8_t *p, size_t n)
{
	return (struct rd){ .base = p, .at = p, .end = p + n };
}

static inline size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->at);
}

static inline size_t rd_offset(const struct rd *r)
{
	return (size_t)(r->at - r->base);
}

/* The next n bytes, borrowed from the message; NULL when there are not as many. */
const uint8_t *rd_bytes(struct rd *r, size_t n);
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);

static inline struct wr wr_of(uint8_t *p, size_t cap)
{
	return (struct wr){ .base = p, .cap = cap };
}

/* Room for n bytes that the caller fills now; NULL (and the sticky error) when they do not fit. */
static inline uint8_t *wr_room(struct wr *w, size_t n)
{
	if (w->err != ERR_OK || w->cap - w->n < n) {
		w->err = ERR_NO_SPACE;
		return NULL;
	}
	w->n += n;
	return w->base + w->n - n;
}

void wr_bytes(struct wr *w, const void *p, size_t n);
void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
/* Back to an earlier length, forgetting an error since: how a record that did not fit is taken
 * back. */
void wr_cut(struct wr *w, size_t n);

/* Big-endian bytes at p. */
static inline void put_u16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put_u32(uint8_t *p, uint32_t v)
{
	put_u16(p, (uint16_t)(v >> 16));
	put_u16(p + 2, (uint16_t)v);
}

static inline uint16_t get_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)get_u16(p) << 16 | get_u16(p + 2);
}
