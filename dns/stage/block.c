/* Stage block: says of names in the server block's zones that they are ours (REFUSED is for all others).
 * Source: CoreDNS core/dnsserver. Regime: made and freed by its owner on the control thread, read by query threads. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/stage/stages.h"

struct block {
	size_t n;
	struct name zones[];
};

int block_new(const char *zones, struct block **out)
{
	struct strv rest = strv_of(zones);
	struct strv word;
	size_t most = 0;
	while (strv_cut(&rest, ' ', &word)) {
		most++;
	}
	struct block *b = calloc(1, sizeof(*b) + most * sizeof(b->zones[0]));
	if (!b) {
		return ERR_NOMEM;
	}
	rest = strv_of(zones);
	while (strv_cut(&rest, ' ', &word)) {
		struct name *n = &b->zones[b->n];
		int err = word.n > 0 ? name_parse(word, n) : ERR_OK;
		if (err != ERR_OK) {
			free(b);
			return err;
		}
		name_lower(n->b, n->b, n->n);
		b->n += word.n > 0;
	}
	*out = b;
	return ERR_OK;
}

void block_free(struct block *b)
{
	free(b);
}

static enum verdict run(void *self, struct query *q)
{
	const struct block *b = self;
	for (size_t i = 0; i < b->n && !q->passed; i++) {
		q->passed = name_suffix_at(q->subject.lower, q->subject.n, b->zones[i].b,
				    b->zones[i].n) >= 0;
	}
	return V_NEXT;
}

const struct stage_row stage_block = { .name = "block", .run = run };
