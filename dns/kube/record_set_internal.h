/* What building and looking up in a record set share. */
#pragma once

#include "dns/kube/record_set.h"
#include "dns/wire/name.h"

/* slot: family in the highest bit, number of the endpoint below */
#define SLOT_EMPTY 0xFFFFFFFFu
#define SLOT_INDEX 0x7FFFFFFFu

static inline uint32_t label_hash(struct strv label)
{
	return (uint32_t)octets_hash((const uint8_t *)label.p, label.n, 0);
}
