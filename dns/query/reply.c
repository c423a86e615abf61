/* Writing the reply: see the header. */
#include "dns/query/reply.h"

void reply_begin(struct query *q)
{
	size_t reserved = q->edns.present ? EDNS_OPT_BYTES : 0;
	q->w.cap = q->limit - reserved;
	wr_cut(&q->w, q->question_end);
	q->full = q->truncated = false;
	memset(q->count, 0, sizeof(q->count));
	q->record_at = 0;
}

void reply_set_rcode(struct query *q, unsigned rcode, bool authoritative)
{
	q->rcode = rcode;
	q->authoritative = authoritative;
}

void reply_finish(struct query *q)
{
	uint16_t additionals = q->count[SECTION_ADDITIONAL];
	q->w.cap = q->limit;
	if (q->edns.present) {
		struct edns opt = {
			.dnssec_ok = q->edns.dnssec_ok,
			.udp_bytes = q->edns.udp_bytes,
			.rcode_high = (uint8_t)(q->rcode >> 4),
		};
		edns_write(&q->w, &opt, &q->ede);
		additionals++;
	}
	unsigned flags = FLAG_QR | (q->header.flags & (FLAG_OPCODE | FLAG_RD | FLAG_CD)) |
			 (q->authoritative ? FLAG_AA : 0u) | (q->truncated ? FLAG_TC : 0u) |
			 (q->rcode & FLAG_RCODE);
	struct header h = {
		.id = q->header.id,
		.flags = (uint16_t)flags,
		.questions = 1,
		.answers = q->count[SECTION_ANSWER],
		.authorities = q->count[SECTION_AUTHORITY],
		.additionals = additionals,
	};
	struct wr head = wr_of(q->w.base, MESSAGE_HEADER_BYTES);
	header_write(&head, &h);
}

bool reply_start(struct query *q, size_t owner_at, uint16_t type, uint32_t ttl)
{
	return reply_start_below(q, NULL, 0, owner_at, type, ttl);
}

bool reply_start_below(struct query *q, const uint8_t *label, size_t label_n, size_t rest_at,
	uint16_t type, uint32_t ttl)
{
	REQUIRE(rest_at <= POINTER_MAX);
	if (q->full) {
		return false;
	}
	q->record_at = q->w.n;
	uint8_t pointer[2];
	put_u16(pointer, (uint16_t)(0xC000u | rest_at));
	wr_bytes(&q->w, label, label_n);
	q->rdlength_at = rr_begin(&q->w, pointer, sizeof(pointer), type, ttl);
	return true;
}

static void overflow(struct query *q, enum section section)
{
	q->full = true;
	if (section != SECTION_ADDITIONAL) {
		q->truncated = true;
	}
}

void reply_end(struct query *q, enum section section)
{
	if (q->w.err != ERR_OK) {
		wr_cut(&q->w, q->record_at);
		overflow(q, section);
		return;
	}
	rr_end(&q->w, q->rdlength_at);
	q->count[section]++;
}

/* owner pointer, type, class, ttl, rdlength: all but the address are the same for every record */
static void put_address_head(uint8_t head[12], size_t owner_at, size_t each, uint32_t ttl)
{
	put_u16(head, (uint16_t)(0xC000u | owner_at));
	put_u16(head + 2, each == 4 ? TYPE_A : TYPE_AAAA);
	put_u16(head + 4, CLASS_IN);
	put_u32(head + 6, ttl);
	put_u16(head + 10, (uint16_t)each);
}

void reply_addresses(struct query *q, size_t owner_at, uint32_t ttl, const uint8_t *addresses,
	size_t n, size_t each)
{
	REQUIRE(owner_at <= POINTER_MAX && (each == 4 || each == 16));
	uint8_t head[12];
	put_address_head(head, owner_at, each, ttl);
	size_t from = n > 1 ? q->rotation % n : 0;
	for (size_t i = 0; i < n && !q->full; i++) {
		size_t k = from + i < n ? from + i : from + i - n;
		const uint8_t *address = addresses + k * each;
		if (k > 0 && memcmp(address, address - each, each) == 0) {
			continue;
		}
		uint8_t *p = wr_room(&q->w, sizeof(head) + each);
		if (!p) {
			wr_cut(&q->w, q->w.n);
			overflow(q, SECTION_ANSWER);
			return;
		}
		memcpy(p, head, sizeof(head));
		memcpy(p + sizeof(head), address, each);
		q->count[SECTION_ANSWER]++;
	}
}

bool reply_cname(struct query *q, const uint8_t *target, size_t target_n, uint32_t ttl)
{
	if (!reply_start(q, q->subject.at, TYPE_CNAME, ttl)) {
		return false;
	}
	size_t at = q->w.n;
	wr_bytes(&q->w, target, target_n);
	reply_end(q, SECTION_ANSWER);
	if (q->full || at > POINTER_MAX) {
		return false;
	}
	q->subject.at = (uint16_t)at;
	q->subject.n = (uint8_t)target_n;
	name_lower(q->subject.lower, target, target_n);
	name_map_of(q->subject.lower, &q->subject.map);
	return true;
}

struct reply_mark reply_mark(const struct query *q)
{
	struct reply_mark m = { .n = q->w.n, .subject = q->subject };
	memcpy(m.count, q->count, sizeof(m.count));
	return m;
}

void reply_back(struct query *q, const struct reply_mark *m)
{
	wr_cut(&q->w, m->n);
	memcpy(q->count, m->count, sizeof(q->count));
	q->subject = m->subject;
	q->full = q->truncated = false;
}
