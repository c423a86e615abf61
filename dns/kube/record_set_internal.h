/* What building and looking up in a record set share. */
#pragma once

#include "dns/kube/record_set.h"
#include "dns/wire/name.h"

/* A slot as readers see it: family in the highest bit, number of the endpoint below. Stored in two octets where the numbers
 * fit, else in four. A label's slot is the first of its hash's share of the room that is free. */
#define SLOT_EMPTY     0xFFFFFFFFu
#define SLOT_INDEX     0x7FFFFFFFu
#define SLOT_INDEX_MAX 0x7FFEu /* that fits in two octets */

static inline uint32_t label_hash(struct strv label)
{
	return (uint32_t)octets_hash((const uint8_t *)label.p, label.n, 0);
}
static inline uint32_t slot_home(const struct record_set *rs, struct strv label)
{
	return (uint32_t)((uint64_t)label_hash(label) * rs->n_slots >> 32);
}
static inline uint32_t slot_after(const struct record_set *rs, uint32_t at)
{
	return at + 1 < rs->n_slots ? at + 1 : 0;
}
static inline size_t slot_bytes(const struct record_set *rs)
{
	return rs->wide_slots ? sizeof(uint32_t) : sizeof(uint16_t);
}
static inline uint32_t slot_get(const struct record_set *rs, uint32_t at)
{
	if (rs->wide_slots) {
		return ((const uint32_t *)set_at(rs, rs->slots_at))[at];
	}
	uint32_t slot = ((const uint16_t *)set_at(rs, rs->slots_at))[at];
	return slot == UINT16_MAX ? SLOT_EMPTY : (slot & 0x8000u) << 16 | (slot & 0x7FFFu);
}
