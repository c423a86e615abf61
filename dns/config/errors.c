/* errors [stdout] { consolidate DURATION REGEXP [LEVEL]; stacktrace }: failures are logged.
 * Source: CoreDNS plugin/errors. */
#include "base/err.h"
#include "dns/config/directive.h"

static int consolidate(struct reader *r, const struct config_line *l, void *into)
{
	static const char *const levels[] = { "warning", "error", "info", "debug" };
	(void)into;
	int64_t ms = 0;
	if (strv_to_duration_ms(strv_of(l->args.at[0]), &ms) || ms == 0) {
		return refuse(r, l->line,
			"errors: consolidate: wants a duration such as 5m, has \"%s\"",
			l->args.at[0]);
	}
	if (l->args.n == 3 &&
		!words_have(&(struct corefile_words){ levels, ARRAY_LEN(levels) }, l->args.at[2])) {
		return refuse(r, l->line,
			"errors: consolidate: wants one of warning, error, info, debug, has \"%s\"",
			l->args.at[2]);
	}
	return unserved(r, l->line, "errors: consolidate");
}

static int stacktrace(struct reader *r, const struct config_line *l, void *into)
{
	(void)into;
	return warn(r, l->line, "errors: stacktrace: there are no panics to trace here");
}

static const struct option_of options[] = {
	{ "consolidate", 2, 3, false, "a duration, a regular expression and perhaps a level",
		consolidate },
	{ "stacktrace", 0, 0, false, "no arguments", stacktrace },
};

int errors_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	const struct corefile_words *a = &d->head.args;
	if (a->n > 1 || (a->n == 1 && strcmp(a->at[0], "stdout") != 0)) {
		return refuse(r, d->head.line, "errors: wants nothing or stdout, has \"%s\"",
			a->at[a->n - 1]);
	}
	b->errors = true;
	return options_read(r, d, options, ARRAY_LEN(options), b);
}
