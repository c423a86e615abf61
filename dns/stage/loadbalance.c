/* Stage loadbalance: where a reply with several addresses begins, uniformly at random. Nothing is shuffled afterwards:
 * who writes addresses honours query.rotation. Source: CoreDNS plugin/loadbalance, round_robin. */
#include "dns/stage/stages.h"

static enum verdict run(void *self, struct query *q)
{
	(void)self;
	q->rotation = query_random(q->thread);
	return V_NEXT;
}

const struct stage_row stage_loadbalance = { .name = "loadbalance", .run = run };
