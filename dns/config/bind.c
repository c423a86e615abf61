/* bind ADDRESS|INTERFACE... { except ADDRESS|INTERFACE... }: where the block's zones are served; all lines of a block add
 * up, except is about its own line. Source: CoreDNS plugin/bind. Names of interfaces are looked up at start, by the program. */
#include "base/err.h"
#include "dns/config/directive.h"

static int except(struct reader *r, const struct config_line *l, void *into)
{
	(void)r;
	((struct corefile_bind *)into)->except = l->args; /* the last one counts, as there */
	return ERR_OK;
}

static const struct option_of options[] = {
	{ "except", 1, SIZE_MAX, false, "one or more addresses or interfaces", except },
};

int bind_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	if (d->head.args.n == 0) {
		return refuse(r, d->head.line, "bind: wants one or more addresses or interfaces");
	}
	struct corefile_bind *line = config_grow(
		r, (const void **)&b->binds, &b->n_binds, sizeof(*line));
	if (!line) {
		return ERR_NOMEM;
	}
	*line = (struct corefile_bind){
		.file = d->head.file, .line = d->head.line, .words = d->head.args
	};
	int err = words_append(r, &b->bind, &d->head.args);
	return err ? err : options_read(r, d, options, ARRAY_LEN(options), line);
}
