/* debug: log everything. Source: CoreDNS plugin/debug. */
#include "base/err.h"
#include "dns/config/directive.h"

int debug_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	int err = no_args(r, d);
	err = err ? err : no_block(r, d);
	b->debug = true;
	return err;
}
