/* Stage kubernetes: see stages.h and dns/kube. */
#include "dns/kube/kube.h"
#include "dns/stage/stages.h"

static enum verdict run(void *self, struct query *q)
{
	return kube_answer(self, q);
}

static void glance(void *self, struct query *q, unsigned step)
{
	kube_glance(self, q, step);
}

const struct stage_row stage_kubernetes = { .name = "kubernetes", .run = run, .glance = glance };
