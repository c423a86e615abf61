/* Which Pod addresses there are in each namespace: `pods verified`.
 * Regime: owned heap object; what is known of a Pod is a published snapshot. Written on the control thread, read by query
 * threads between reclaim_reader_enter and _leave. Called by: dns/kube/feed.c, answer.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/reclaim.h"
#include "watch/object/typed.h"

struct pods;

/* errors ERR_NOMEM */
NODISCARD int pods_new(struct reclaim *rc, uint64_t seed, struct pods **out);
/* No reader is left. Accepts NULL. */
void pods_free(struct pods *p);

bool pods_has_name(const struct pods *p, struct strv ns, struct strv name);
/* n 0: it is gone. Between the old addresses and the new ones both are found.
 * errors ERR_NOMEM, ERR_TOO_LARGE, ERR_BAD_NAME (ns is no label); the former addresses stand then */
NODISCARD int pods_set(struct pods *p, struct strv ns, struct strv name, const struct ip *ips,
	size_t n, bool *changed);

/* How many Pods of this namespace (lower case) have this address? */
size_t pods_count(const struct pods *p, struct strv ns, unsigned family, const uint8_t *address);
