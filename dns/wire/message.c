/* DNS messages: see the header. */
#include "dns/wire/message.h"

const char *rcode_name(unsigned rcode)
{
	switch (rcode) {
	case RCODE_NOERROR:
		return "NOERROR";
	case RCODE_FORMERR:
		return "FORMERR";
	case RCODE_SERVFAIL:
		return "SERVFAIL";
	case RCODE_NXDOMAIN:
		return "NXDOMAIN";
	case RCODE_NOTIMP:
		return "NOTIMP";
	case RCODE_REFUSED:
		return "REFUSED";
	case RCODE_BADVERS:
		return "BADVERS";
	default:
		return "RCODE";
	}
}

const char *type_name(unsigned type)
{
	static const struct {
		unsigned type;
		const char *name;
	} rows[] = {
		{ TYPE_A, "A" },
		{ TYPE_NS, "NS" },
		{ TYPE_CNAME, "CNAME" },
		{ TYPE_SOA, "SOA" },
		{ TYPE_PTR, "PTR" },
		{ TYPE_MX, "MX" },
		{ TYPE_TXT, "TXT" },
		{ TYPE_AAAA, "AAAA" },
		{ TYPE_SRV, "SRV" },
		{ TYPE_IXFR, "IXFR" },
		{ TYPE_AXFR, "AXFR" },
		{ TYPE_ANY, "ANY" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].type == type) {
			return rows[i].name;
		}
	}
	return "";
}

int header_read(struct rd *r, struct header *out)
{
	const uint8_t *p = rd_bytes(r, MESSAGE_HEADER_BYTES);
	if (!p) {
		return r->err;
	}
	*out = (struct header){
		.id = get_u16(p),
		.flags = get_u16(p + 2),
		.questions = get_u16(p + 4),
		.answers = get_u16(p + 6),
		.authorities = get_u16(p + 8),
		.additionals = get_u16(p + 10),
	};
	return ERR_OK;
}

void header_write(struct wr *w, const struct header *h)
{
	uint8_t *p = wr_room(w, MESSAGE_HEADER_BYTES);
	if (!p) {
		return;
	}
	put_u16(p, h->id);
	put_u16(p + 2, h->flags);
	put_u16(p + 4, h->questions);
	put_u16(p + 6, h->answers);
	put_u16(p + 8, h->authorities);
	put_u16(p + 10, h->additionals);
}

int question_read(struct rd *r, struct question *out)
{
	struct question q;
	if (name_read(r, &q.name) != ERR_OK) {
		return r->err;
	}
	q.type = rd_u16(r);
	q.class = rd_u16(r);
	if (r->err != ERR_OK) {
		return r->err;
	}
	*out = q;
	return ERR_OK;
}

void question_write(struct wr *w, const struct question *q)
{
	wr_bytes(w, q->name.b, q->name.n);
	wr_u16(w, q->type);
	wr_u16(w, q->class);
}

int rr_read(struct rd *r, struct rr *out)
{
	struct rr rr;
	if (name_read(r, &rr.owner) != ERR_OK) {
		return r->err;
	}
	rr.type = rd_u16(r);
	rr.class = rd_u16(r);
	rr.ttl = rd_u32(r);
	rr.rdata_n = rd_u16(r);
	rr.rdata = rd_bytes(r, rr.rdata_n);
	if (r->err != ERR_OK) {
		return r->err;
	}
	*out = rr;
	return ERR_OK;
}

int rr_name(const struct rd *message, const struct rr *rr, size_t at, struct name *out)
{
	if (at > rr->rdata_n) {
		return ERR_TRUNCATED;
	}
	/* What a pointer reaches lies before it, so an end at the rdata's end loses nothing. */
	struct rd r = {
		.base = message->base,
		.at = rr->rdata + at,
		.end = rr->rdata + rr->rdata_n,
	};
	return name_read(&r, out);
}

size_t rr_begin(struct wr *w, const uint8_t *owner, size_t owner_n, uint16_t type, uint32_t ttl)
{
	wr_bytes(w, owner, owner_n);
	wr_u16(w, type);
	wr_u16(w, CLASS_IN);
	wr_u32(w, ttl);
	size_t at = w->n;
	wr_u16(w, 0);
	return at;
}

void rr_end(struct wr *w, size_t rdlength_at)
{
	if (w->err == ERR_OK) {
		put_u16(w->base + rdlength_at, (uint16_t)(w->n - rdlength_at - 2));
	}
}
