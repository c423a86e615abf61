/* loadbalance [round_robin | weighted FILE] { reload DURATION; prefer NETWORK... }: replies with several addresses begin
 * with another one each time. Source: CoreDNS plugin/loadbalance. */
#include "base/err.h"
#include "dns/config/directive.h"

static int reload(struct reader *r, const struct config_line *l, void *into)
{
	const struct directive *d = into;
	int64_t ms = 0;
	if (d->head.args.n == 0 || strcmp(d->head.args.at[0], "weighted") != 0) {
		return refuse(
			r, l->line, "loadbalance: reload: only weighted has a file to reload");
	}
	if (strv_to_duration_ms(strv_of(l->args.at[0]), &ms)) {
		return refuse(r, l->line,
			"loadbalance: reload: wants a duration such as 30s, has \"%s\"",
			l->args.at[0]);
	}
	return ERR_OK;
}

static int prefer(struct reader *r, const struct config_line *l, void *into)
{
	(void)into;
	return unserved(r, l->line, "loadbalance: prefer");
}

static const struct option_of options[] = {
	{ "prefer", 1, SIZE_MAX, false, "one or more networks", prefer },
	{ "reload", 1, 1, false, "a duration", reload },
};

int loadbalance_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	const struct corefile_words *a = &d->head.args;
	bool weighted = a->n > 0 && strcmp(a->at[0], "weighted") == 0;
	if (a->n > 0 && !weighted && strcmp(a->at[0], "round_robin") != 0) {
		return refuse(r, d->head.line,
			"loadbalance: wants round_robin or weighted FILE, has \"%s\"", a->at[0]);
	}
	if (weighted ? a->n != 2 : a->n > 1) {
		return refuse(r, d->head.line, "loadbalance: %s: wants %s", a->at[0],
			weighted ? "one file" : "no more arguments");
	}
	b->loadbalance = true;
	struct directive copy = *d;
	int err = options_read(r, d, options, ARRAY_LEN(options), &copy);
	return !err && weighted ? unserved(r, d->head.line, "loadbalance: weighted") : err;
}
