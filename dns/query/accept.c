/* Taking a message in: see the header.
 *
 * Order of the checks (each with its reply):
 *   < 12 octets, or QR set                          silence
 *   opcode other than QUERY, NOTIFY                 NOTIMP, header only
 *   QDCOUNT != 1, ANCOUNT > 1, NSCOUNT > 1, ARCOUNT > 2, question or record cut or malformed, two OPT
 *                                                   FORMERR, header only
 *   EDNS version > 0                                BADVERS
 *   class other than IN                             REFUSED */
#include "dns/query/accept.h"

#include "dns/query/reply.h"

static enum accept refuse(struct query *q, unsigned rcode, bool bare)
{
	q->rcode = rcode;
	q->bare = bare;
	return ACCEPT_REFUSED;
}

/* IXFR: the SOA of the version that the client has (RFC 1995 3). */
static int read_held(struct query *q, const struct rd *message, const struct rr *soa)
{
	struct rd r = { .base = message->base, .at = soa->rdata, .end = soa->rdata + soa->rdata_n };
	struct name skipped; /* MNAME, RNAME */
	int err = name_read(&r, &skipped);
	if (err == ERR_OK) {
		err = name_read(&r, &skipped);
	}
	uint32_t serial = rd_u32(&r);
	if (err != ERR_OK || r.err != ERR_OK) {
		return err != ERR_OK ? err : r.err;
	}
	q->held = (struct opt_u32){ .set = true, .v = serial };
	return ERR_OK;
}

/* The records behind the question: only OPT, and the SOA of IXFR, mean anything here, but all must be well formed. A message that ends
 * between two records is taken as it is, whatever the counts say. */
static int read_records(struct query *q, struct rd *r)
{
	unsigned before = (unsigned)q->header.answers + q->header.authorities;
	unsigned all = before + q->header.additionals;
	for (unsigned i = 0; i < all && rd_left(r) > 0; i++) {
		struct rr rr;
		if (rr_read(r, &rr) != ERR_OK) {
			return r->err;
		}
		if (i < before && rr.type == TYPE_SOA && q->type == TYPE_IXFR) {
			int err = read_held(q, r, &rr);
			if (err != ERR_OK) {
				return err;
			}
		}
		if (i < before || rr.type != TYPE_OPT) {
			continue;
		}
		if (q->edns.present) {
			return ERR_SYNTAX; /* RFC 6891 6.1.1 */
		}
		int err = edns_read(&rr, &q->edns);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static int read_question(struct query *q, struct rd *r)
{
	size_t n = name_scan(r, &q->subject.map, q->subject.lower);
	q->subject.at = MESSAGE_HEADER_BYTES;
	q->subject.n = (uint8_t)n;
	q->type = rd_u16(r);
	q->class = rd_u16(r);
	return r->err;
}

static size_t client_limit(const struct query *q)
{
	if (q->transport == TRANSPORT_TCP) {
		return MESSAGE_MAX_BYTES;
	}
	if (q->edns.present && q->edns.udp_bytes > MESSAGE_UDP_BYTES) {
		return q->edns.udp_bytes;
	}
	return MESSAGE_UDP_BYTES;
}

enum accept query_read(
	struct query *q, enum transport transport, const uint8_t *message, size_t message_n)
{
	struct rd r = rd_of(message, message_n);
	q->transport = transport;
	q->message = message;
	q->message_n = message_n;
	q->begun_ns = 0;
	q->slot = NULL;
	q->pending = false;
	q->edns = (struct edns){ 0 };
	q->rcode = RCODE_NOERROR;
	q->held.set = false;
	q->stream = NULL;
	q->way = NULL;
	q->glance.noted = false;
	if (header_read(&r, &q->header) != ERR_OK || (q->header.flags & FLAG_QR)) {
		return ACCEPT_SILENCE;
	}
	unsigned opcode = header_opcode(&q->header);
	if (opcode != OPCODE_QUERY && opcode != OPCODE_NOTIFY) {
		return refuse(q, RCODE_NOTIMP, true);
	}
	if (q->header.questions != 1 || q->header.answers > 1 || q->header.authorities > 1 ||
		q->header.additionals > 2 || read_question(q, &r) != ERR_OK) {
		return refuse(q, RCODE_FORMERR, true);
	}
	q->question_end = rd_offset(&r);
	if (read_records(q, &r) != ERR_OK) {
		return refuse(q, RCODE_FORMERR, true);
	}
	if (q->edns.present && q->edns.version != 0) {
		return refuse(q, RCODE_BADVERS, false);
	}
	if (q->class != CLASS_IN) {
		return refuse(q, RCODE_REFUSED, false);
	}
	return ACCEPT_QUERY;
}

static void reply_bare(struct query *q)
{
	unsigned kept = FLAG_RD | FLAG_CD | (q->rcode == RCODE_NOTIMP ? FLAG_OPCODE : 0u);
	struct header h = {
		.id = q->header.id,
		.flags = (uint16_t)(FLAG_QR | (q->header.flags & kept) | q->rcode),
	};
	header_write(&q->w, &h);
}

void query_begin(struct query *q, enum accept accepted, const uint8_t *message, uint8_t *reply,
	size_t reply_cap)
{
	REQUIRE(reply_cap >= MESSAGE_UDP_BYTES && accepted != ACCEPT_SILENCE);
	q->w = wr_of(reply, reply_cap);
	q->rotation = 0;
	q->authoritative = false;
	q->passed = false;
	q->ede = (struct ede){ 0 };
	if (accepted == ACCEPT_REFUSED && q->bare) {
		reply_bare(q);
		return;
	}
	size_t limit = client_limit(q);
	q->limit = limit < reply_cap ? limit : reply_cap;
	q->w.n = MESSAGE_HEADER_BYTES; /* written last */
	wr_bytes(&q->w, message + MESSAGE_HEADER_BYTES, q->question_end - MESSAGE_HEADER_BYTES);
	reply_begin(q);
	if (accepted == ACCEPT_REFUSED) {
		reply_finish(q);
	}
}
