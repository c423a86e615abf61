/* The cluster's names as DNS serves them: zones, options, the index and what feeds it.
 * Regime: owned heap object, made and freed on the control thread; read by query threads through kube_answer.
 * Called by: dns/server.c, dns/stage/.
 *
 * Reading order: schema (name -> meaning), part and record_set (what is known of one Service), table and index (where
 * it is found), feed (events in), answer, answer_service, answer_apex, answer_reverse (answers out). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "dns/kube/options.h"
#include "dns/query/query.h"
#include "dns/reclaim.h"
#include "watch/api.h"

struct kube;

/* options are copied; options->addresses must be set. errors ERR_BAD_NAME (zone), ERR_SYNTAX (address), ERR_RANGE (ttl, hold_ms),
 * ERR_TOO_LARGE (zones), ERR_NOMEM */
NODISCARD int kube_new(const struct kube_options *options, struct clock *clock, struct reclaim *rc,
	struct kube **out);
/* Once all is synced, fn runs after every change that what is due may have waited for; from within events, on the control
 * thread. Before kube_subscribe. */
void kube_on_change(struct kube *k, void (*fn)(void *ctx), void *ctx);
/* Begins to take in events. errors as watch_subscribe */
NODISCARD int kube_subscribe(struct kube *k, const struct watch_api *api);
void kube_unsubscribe(struct kube *k);
/* No reader is left. Accepts NULL. */
void kube_free(struct kube *k);

/* Every kind has been delivered once. Any thread. */
bool kube_is_synced(const struct kube *k);

/* Which of the zones the query's subject is in: answers it (verdict ANSWERED, or FAILED; PENDING when its
 * name is due and the query can wait), else NEXT. A name that does not
 * exist and falls through is NEXT too, with q->passed set. Query threads. */
enum verdict kube_answer(const struct kube *k, struct query *q);

/* A transfer of the zone whose apex the query's subject is (RFC 5936, RFC 1995): verdict STREAM; ANSWERED when the client
 * holds the current serial; FAILED while objects are still to arrive, or without memory; NEXT when it is no zone of ours.
 * Query threads. */
enum verdict kube_transfer(const struct kube *k, struct query *q);

/* See struct stage_row. */
void kube_glance(const struct kube *k, struct query *q, unsigned step);

/* Is there anything at this name (so that it would not be NXDOMAIN), or will there be in a moment? Query threads. */
bool kube_has_name(const struct kube *k, const uint8_t *wire);
/* Is the name inside one of the zones? */
bool kube_has_zone(const struct kube *k, const struct subject *s);
/* The first forward zone, wire form; NULL if there is none. */
const struct name *kube_zone(const struct kube *k);
uint32_t kube_ttl(const struct kube *k);
