/* Writing the reply: header and question, records by section with truncation, OPT, Extended DNS Error.
 * Owner names are pointers into the reply wherever one is possible (RFC 1035 4.1.4); targets of SRV are written out
 * (RFC 2782). Records that do not fit are left out from the first such on: TC is set when they were answers or
 * authority, not when only additional ones had to go (RFC 2181 9).
 * Regime, callers: query.h; stages write through this. */
#pragma once

#include "dns/query/query.h"

/* Empties the sections and keeps room for OPT; header and question are in place. Also to start over. */
void reply_begin(struct query *q);
void reply_set_rcode(struct query *q, unsigned rcode, bool authoritative);
/* OPT and header; q->w.n is the reply's length then. */
void reply_finish(struct query *q);

/* Nothing may point into an A or AAAA record but the rest of it: stage loadbalance moves them.
 * One record: owner is the name at owner_at in the reply; rdata follows through q->w; reply_end closes it.
 * begin gives false when the reply is full already (then nothing is to be written). */
NODISCARD bool reply_start(struct query *q, size_t owner_at, uint16_t type, uint32_t ttl);
/* The same with the first label written and the rest pointed to. */
NODISCARD bool reply_start_below(struct query *q, const uint8_t *label, size_t label_n,
	size_t rest_at, uint16_t type, uint32_t ttl);
void reply_end(struct query *q, enum section section);

/* A and AAAA records, all of one owner: n addresses of `each` octets (4 or 16) side by side, beginning at the query's
 * rotation; equal neighbours once. */
void reply_addresses(struct query *q, size_t owner_at, uint32_t ttl, const uint8_t *addresses,
	size_t n, size_t each);
/* subject CNAME target, and the target becomes the subject. False when it did not fit. */
bool reply_cname(struct query *q, const uint8_t *target, size_t target_n, uint32_t ttl);

/* A place to come back to, forgetting the records since. */
struct reply_mark {
	size_t n;
	uint16_t count[SECTION_COUNT];
	struct subject subject;
};
struct reply_mark reply_mark(const struct query *q);
void reply_back(struct query *q, const struct reply_mark *m);
