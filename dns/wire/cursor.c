/* Cursors over message bytes: see the header. */
#include "dns/wire/cursor.h"

#include "base/base.h"

const uint8_t *rd_bytes(struct rd *r, size_t n)
{
	if (r->err != ERR_OK || rd_left(r) < n) {
		r->err = r->err != ERR_OK ? r->err : ERR_TRUNCATED;
		return NULL;
	}
	const uint8_t *p = r->at;
	r->at += n;
	return p;
}

uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 1);
	return p ? p[0] : 0;
}

uint16_t rd_u16(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);
	return p ? get_u16(p) : 0;
}

uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);
	return p ? get_u32(p) : 0;
}

void wr_bytes(struct wr *w, const void *p, size_t n)
{
	uint8_t *to = wr_room(w, n);
	if (to && n > 0) {
		memcpy(to, p, n);
	}
}

void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *to = wr_room(w, 1);
	if (to) {
		to[0] = v;
	}
}

void wr_u16(struct wr *w, uint16_t v)
{
	uint8_t *to = wr_room(w, 2);
	if (to) {
		put_u16(to, v);
	}
}

void wr_u32(struct wr *w, uint32_t v)
{
	uint8_t *to = wr_room(w, 4);
	if (to) {
		put_u32(to, v);
	}
}

void wr_cut(struct wr *w, size_t n)
{
	REQUIRE(n <= w->n);
	w->n = n;
	w->err = ERR_OK;
}
