/* uthash, for maps on the control side, with running out of memory told instead of fatal.
 * Source: uthash's HASH_NONFATAL_OOM. Regime: elements are their owner's; they carry a member UT_hash_handle hh.
 * Called by: watch, statefulset. */
#pragma once

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* After HASH_ADD and its like: whether e is in the table now; if not, memory was out and e is still the caller's. */
#define hash_is_in(e) ((e)->hh.tbl != NULL)
