/* Domain names in wire form (RFC 1035 3.1): length octet and label, ..., zero octet. Letter case is
 * kept; comparing and hashing ignore it (RFC 4343: ASCII letters only). Regime: values in the
 * caller's storage. Pure. Called by: everything in dns/.
 *
 * Glossary: label = one part, 1..63 octets; root = the empty name, one zero octet; suffix = the
 * labels of a name from one on, itself a name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/wire/cursor.h"

#define NAME_MAX_BYTES  255 /* RFC 1035 2.3.4 */
#define NAME_MAX_LABELS 127
#define LABEL_MAX_BYTES 63
/* Longest text: every octet of 250 or so as \DDD, dots, NUL. */
#define NAME_TEXT_BYTES 1024

struct name {
	uint8_t n;                 /* octets, the zero octet included: 1..255 */
	uint8_t b[NAME_MAX_BYTES]; /* b[0..n) */
};

/* Where the labels of a name begin: at[0] is the leftmost; at[n] is the root's zero octet. */
struct name_map {
	uint8_t n;
	uint8_t at[NAME_MAX_LABELS + 1];
};

extern const struct name name_root;

/* Reads one name at r->at (RFC 1035 3.1, 4.1.4), following compression pointers within
 * r->base..r->end. out    case kept, written only on success; r->at moves behind the name as it
 * stands there errors (also sticky in r) ERR_TRUNCATED; ERR_BAD_NAME (label type 01 or 10, name >
 * 255 octets, a pointer that does not point before the place where this run of labels began: so no
 * loop can be built) */
NODISCARD int name_read(struct rd *r, struct name *out);
/* Reads one name without pointers, as a question has it, where it stands: *out_map gets the labels
 * and *out_lower, if not NULL, the octets in lower case. Gives its length, or 0 with the sticky
 * error as name_read. */
size_t name_scan(struct rd *r, struct name_map *out_map, uint8_t out_lower[NAME_MAX_BYTES]);

/* Text as in a zone file (RFC 1035 5.1): "\." and "\DDD" escapes; with or without the final dot;
 * "." is the root. errors ERR_BAD_NAME (empty label, label or name too long, broken escape) */
NODISCARD int name_parse(struct strv text, struct name *out);
/* Absolute text with the final dot and escapes, NUL-terminated; returns its length. */
size_t name_print(const uint8_t *wire, char out[NAME_TEXT_BYTES]);

/* Length of a well-formed name in memory. */
size_t name_length(const uint8_t *wire);
void name_map_of(const uint8_t *wire, struct name_map *out);
bool name_eq(const uint8_t *a, const uint8_t *b);
/* n octets in lower case; may be the same place. */
void name_lower(uint8_t *out, const uint8_t *in, size_t n);
/* Is suffix a suffix of name, at a label? Gives the octet where it begins in name (0: they are
 * equal), or -1. */
int name_suffix_at(const uint8_t *name, size_t n, const uint8_t *suffix, size_t suffix_n);
/* Puts one more label in front. errors ERR_BAD_NAME (empty or > 63 octets, name too long; n
 * unchanged) */
NODISCARD int name_prepend(struct name *n, struct strv label);
/* a then b (a's root octet goes). errors ERR_BAD_NAME (too long) */
NODISCARD int name_join(const uint8_t *a, const uint8_t *b, struct name *out);

/* Of octets without regard to case; the seed keeps clients from choosing collisions. */
uint64_t octets_hash(const uint8_t *p, size_t n, uint64_t seed);
bool octets_eq_nocase(const uint8_t *a, const uint8_t *b, size_t n);
static inline uint8_t octet_lower(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26 ? (uint8_t)(c | 0x20) : c;
}
