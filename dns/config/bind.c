/* bind ADDRESS|INTERFACE... { except ADDRESS... }: where the block's zones are served; all lines of a block add up.
 * Source: CoreDNS plugin/bind. Names of interfaces are looked up at start, by the program. */
#include "base/err.h"
#include "dns/config/directive.h"

static int except(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_block *b = into;
	return words_append(r, &b->bind_except, &l->args);
}

static const struct option_of options[] = {
	{ "except", 1, SIZE_MAX, false, "one or more addresses", except },
};

int bind_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	if (d->head.args.n == 0) {
		return refuse(r, d->head.line, "bind: wants one or more addresses or interfaces");
	}
	int err = words_append(r, &b->bind, &d->head.args);
	return err ? err : options_read(r, d, options, ARRAY_LEN(options), b);
}
