/* DNS messages: header, question, resource records (RFC 1035 4.1).
 * Regime: values in the caller's storage; rdata is borrowed from the message. Pure. Called by:
 * dns/query, tests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "dns/wire/cursor.h"
#include "dns/wire/name.h"

#define MESSAGE_HEADER_BYTES 12
#define MESSAGE_MAX_BYTES    65535
#define MESSAGE_UDP_BYTES    512 /* RFC 1035 4.2.1: without EDNS */
#define RR_MIN_BYTES         11  /* root owner, type, class, ttl, rdlength */
/* Offset that a compression pointer can name (RFC 1035 4.1.4). */
#define POINTER_MAX 0x3FFF

enum rr_type {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_PTR = 12,
	TYPE_MX = 15,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_SRV = 33,
	TYPE_OPT = 41,
	TYPE_DS = 43,
	TYPE_IXFR = 251,
	TYPE_AXFR = 252,
	TYPE_ANY = 255,
};
enum rr_class { CLASS_IN = 1 };

enum opcode { OPCODE_QUERY = 0, OPCODE_NOTIFY = 4 };

enum rcode { /* RFC 1035 4.1.1, RFC 6891 9 */
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_BADVERS = 16,
};
const char *rcode_name(unsigned rcode); /* "NXDOMAIN"; "RCODE" for others. Static storage */
const char *type_name(unsigned type);   /* "AAAA"; "" for those we have no name for */

/* Bits of the second 16 bits of the header. */
#define FLAG_QR     0x8000
#define FLAG_AA     0x0400
#define FLAG_TC     0x0200
#define FLAG_RD     0x0100
#define FLAG_RA     0x0080
#define FLAG_AD     0x0020
#define FLAG_CD     0x0010
#define FLAG_OPCODE 0x7800
#define FLAG_RCODE  0x000F

struct header {
	uint16_t id;
	uint16_t flags;
	uint16_t questions, answers, authorities, additionals;
};
static inline unsigned header_opcode(const struct header *h)
{
	return (h->flags & FLAG_OPCODE) >> 11;
}

/* errors ERR_TRUNCATED */
NODISCARD int header_read(struct rd *r, struct header *out);
void header_write(struct wr *w, const struct header *h);

struct question {
	struct name name;
	uint16_t type, class;
};
/* errors ERR_TRUNCATED, ERR_BAD_NAME */
NODISCARD int question_read(struct rd *r, struct question *out);
void question_write(struct wr *w, const struct question *q);

struct rr {
	struct name owner;
	uint16_t type, class;
	uint32_t ttl;
	const uint8_t *rdata; /* borrowed from the message; names in it may be compressed */
	uint16_t rdata_n;
};
/* errors ERR_TRUNCATED (also when RDLENGTH passes the end), ERR_BAD_NAME */
NODISCARD int rr_read(struct rd *r, struct rr *out);
/* The name (expanded) that begins at octet `at` of the rdata, which must end within it.
 * errors ERR_TRUNCATED, ERR_BAD_NAME */
NODISCARD int rr_name(const struct rd *message, const struct rr *rr, size_t at, struct name *out);

/* Name, type, class, TTL and room for the length; rdata follows, then rr_end. Gives the place of
 * RDLENGTH. */
size_t rr_begin(struct wr *w, const uint8_t *owner, size_t owner_n, uint16_t type, uint32_t ttl);
void rr_end(struct wr *w, size_t rdlength_at);
