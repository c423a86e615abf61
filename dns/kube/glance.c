/* Looking ahead over a batch of queries, so that the memory they need is fetched for all at once.
 * Source: measured; 100,000 names at random are mostly waiting for memory. Regime: the query's. Query threads. */
#include "dns/kube/kube_internal.h"

/* Labels in front of a zone: ... SERVICE NAMESPACE svc */
#define SERVICE_LABELS 3

/* Where SERVICE and NAMESPACE stand in a name of the schema, and their hash. */
static void note_key(const struct kube *k, struct query *q)
{
	const struct subject *s = &q->subject;
	const struct kube_zone *zone = kube_find_zone(k, s->lower, &s->map);
	if (!zone || zone->reverse || zone->imports || s->map.n < zone->labels + SERVICE_LABELS) {
		return;
	}
	size_t service = (size_t)s->map.n - zone->labels - SERVICE_LABELS;
	size_t from = s->map.at[service];
	size_t n = s->map.at[service + 2] - from;
	q->glance = (struct glance){
		.noted = true,
		.key_at = (uint8_t)from,
		.hash = index_hash(k->index, s->lower + from, n),
	};
	index_prefetch(k->index, q->glance.hash);
}

void kube_glance(const struct kube *k, struct query *q, unsigned step)
{
	struct glance *g = &q->glance;
	if (step > 0 && (!g->noted || (step > 1 && !g->next))) {
		return;
	}
	switch (step) {
	case 0:
		note_key(k, q);
		break;
	case 1:
		g->next = index_prefetch_cell(k->index, g->hash);
		break;
	case 2:
		g->next = cell_prefetch_records(g->next);
		break;
	default:
		set_prefetch(g->next, name_label(q->subject.lower, &q->subject.map, 0));
		break;
	}
}
