/* Names that are due: NAME-ORDINAL of a StatefulSet whose Pod is not Ready yet. They do not exist, but will in a moment, so
 * nobody is to remember that (SOA minimum and TTL 0, RFC 2308 5), and the reply says what is being waited for (RFC 8914).
 * Source: StatefulSet documentation, "Deployment and Scaling Guarantees". Regime, callers: answer.c. */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "dns/kube/kube_internal.h"

#define ORDINAL_DIGITS_MAX 10
#define LOOK_MAX           64 /* ordinals looked at one by one */

/* "db-12" is set "db", ordinal 12. */
static bool split_ordinal(struct strv label, struct strv *out_set, int64_t *out_ordinal)
{
	size_t digits = 0;
	while (digits < label.n && label.p[label.n - digits - 1] >= '0' &&
		label.p[label.n - digits - 1] <= '9') {
		digits++;
	}
	size_t dash = label.n - digits;
	if (digits == 0 || digits > ORDINAL_DIGITS_MAX || dash < 2 || label.p[dash - 1] != '-' ||
		(digits > 1 && label.p[dash] == '0')) {
		return false;
	}
	*out_set = strv_sub(label, 0, dash - 1);
	return strv_to_i64(strv_sub(label, dash, digits), out_ordinal) == ERR_OK;
}

static bool is_ready(const struct record_set *rs, struct strv set, int64_t ordinal)
{
	char label[LABEL_MAX_BYTES + 2 + ORDINAL_DIGITS_MAX + 10];
	int n = snprintf(label, sizeof(label), "%.*s-%" PRId64, STRV_ARG(set), ordinal);
	unsigned family;
	uint32_t i;
	struct set_walk w = set_walk(rs, (struct strv){ .p = label, .n = (size_t)n });
	return set_next(&w, &family, &i);
}

/* One that is not Ready among first..before - 1, the lowest if it is near or all below it are Ready; `before` if none is
 * found. Bounded, however many there are: the Ready ones of an ordered set are nearly always its first. */
static int64_t first_missing(
	const struct record_set *rs, struct strv set, int64_t first, int64_t before)
{
	int64_t low = first;
	while (low < before && low - first < LOOK_MAX) {
		if (!is_ready(rs, set, low)) {
			return low;
		}
		low++;
	}
	int64_t high = before;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (is_ready(rs, set, middle)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return high;
}

bool answer_due(struct answer *a, const struct record_set *rs)
{
	struct set_plan plan;
	struct strv set;
	int64_t ordinal;
	char *text = a->q->ede_text;
	const size_t room = sizeof(a->q->ede_text);
	if (!a->k->sets || a->zone->imports || a->m.kind != MEANS_ENDPOINT ||
		!split_ordinal(a->m.endpoint, &set, &ordinal) ||
		!sets_find(a->k->sets, a->m.ns, set, &plan) ||
		!strv_eq(plan.service, a->m.service) || ordinal < plan.start ||
		ordinal - plan.start >= plan.replicas) {
		return false;
	}
	int64_t missing = plan.ordered ? first_missing(rs, set, plan.start, ordinal) : ordinal;
	if (missing < ordinal) {
		(void)snprintf(text, room, "%.*s is not Ready: waiting for %.*s-%" PRId64,
			STRV_ARG(a->m.endpoint), STRV_ARG(set), missing); /* room is enough */
	} else {
		(void)snprintf(text, room, "%.*s is not Ready yet", STRV_ARG(a->m.endpoint));
	}
	a->why = text;
	a->due = true;
	return true;
}
