/* loadbalance [round_robin] { prefer NETWORK... } | weighted FILE { reload DURATION }: in which order addresses come.
 * Source: CoreDNS plugin/loadbalance. */
#include <arpa/inet.h>

#include "base/err.h"
#include "dns/config/directive.h"

#define RELOAD_DEFAULT_MS 30000

struct loadbalance { /* under way */
	struct stage_options *stages;
	bool weighted;
	struct corefile_words prefer;
};

static int reload(struct reader *r, const struct config_line *l, void *into)
{
	struct loadbalance *x = into;
	if (!x->weighted) {
		return refuse(
			r, l->line, "loadbalance: reload: only weighted has a file to reload");
	}
	if (strv_to_duration_ms(strv_of(l->args.at[0]), &x->stages->reload_ms)) {
		return refuse(r, l->line,
			"loadbalance: reload: wants a duration such as 30s, has \"%s\"",
			l->args.at[0]);
	}
	return ERR_OK;
}

/* "ADDRESS/BITS" */
static bool is_network(const char *word)
{
	struct strv rest = strv_of(word);
	struct strv head = STRV_NONE;
	char address[INET6_ADDRSTRLEN];
	uint8_t octets[16];
	uint32_t bits = 0;
	if (!strv_cut(&rest, '/', &head) || !rest.p || head.n >= sizeof(address) ||
		strv_to_u32(rest, &bits)) {
		return false;
	}
	memcpy(address, head.p, head.n);
	address[head.n] = '\0';
	return (inet_pton(AF_INET, address, octets) == 1 && bits <= 32) ||
	       (inet_pton(AF_INET6, address, octets) == 1 && bits <= 128);
}

static int prefer(struct reader *r, const struct config_line *l, void *into)
{
	struct loadbalance *x = into;
	if (x->weighted) {
		return refuse(r, l->line, "loadbalance: prefer: not with weighted");
	}
	for (size_t i = 0; i < l->args.n; i++) {
		if (!is_network(l->args.at[i])) {
			return refuse(r, l->line,
				"loadbalance: prefer: wants networks such as 10.0.0.0/8, has "
				"\"%s\"",
				l->args.at[i]);
		}
	}
	return words_append(r, &x->prefer, &l->args);
}

static const struct option_of options[] = {
	{ "prefer", 0, SIZE_MAX, false, "networks", prefer },
	{ "reload", 1, 1, false, "a duration", reload },
};

int loadbalance_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	const struct corefile_words *a = &d->head.args;
	struct loadbalance x = { .stages = &b->stages,
		.weighted = a->n > 0 && strcmp(a->at[0], "weighted") == 0 };
	if (a->n > 0 && !x.weighted && strcmp(a->at[0], "round_robin") != 0) {
		return refuse(r, d->head.line,
			"loadbalance: wants round_robin or weighted FILE, has \"%s\"", a->at[0]);
	}
	if (x.weighted ? a->n != 2 : a->n > 1) {
		return refuse(r, d->head.line, "loadbalance: %s: wants %s", a->at[0],
			x.weighted ? "one file" : "no more arguments");
	}
	b->stages.balance = x.weighted ? BALANCE_WEIGHTED : BALANCE_ROUND_ROBIN;
	b->stages.weights = x.weighted ? a->at[1] : NULL;
	b->stages.reload_ms = RELOAD_DEFAULT_MS;
	int err = options_read(r, d, options, ARRAY_LEN(options), &x);
	b->stages.prefer = NULL;
	if (!err && x.prefer.n > 0) {
		b->stages.prefer = words_join(r, &x.prefer);
		err = b->stages.prefer ? ERR_OK : ERR_NOMEM;
	}
	return err;
}
