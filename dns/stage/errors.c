/* Stage errors: a line for every SERVFAIL. Source: CoreDNS plugin/errors; its reason is our Extended DNS Error. */
#include "base/log.h"
#include "dns/stage/stages.h"

static void done(void *self, const struct query *q)
{
	(void)self;
	if (q->rcode == RCODE_SERVFAIL) {
		char name[NAME_TEXT_BYTES];
		(void)name_print(q->w.base + MESSAGE_HEADER_BYTES, name); /* room is enough */
		log_error("dns", "SERVFAIL %s %s: %.*s", name, type_name(q->type),
			STRV_ARG(q->ede.text.n > 0 ? q->ede.text : STRV("nothing answers it")));
	}
}

const struct stage_row stage_errors = { .name = "errors", .done = done };
