/* errors [stdout] { consolidate DURATION REGEXP [LEVEL] [show_first]; stacktrace }: failures are logged, those that look
 * alike together. Source: CoreDNS plugin/errors. */
#include "base/err.h"
#include "base/regex.h"
#include "dns/config/directive.h"

/* [LEVEL] [show_first] */
NODISCARD static int consolidate_how(
	struct reader *r, const struct config_line *l, struct consolidate_rule *rule)
{
	static const struct {
		const char *word;
		enum log_level level;
	} rows[] = {
		{ "debug", LOG_DEBUG },
		{ "error", LOG_ERROR },
		{ "info", LOG_INFO },
		{ "warning", LOG_WARN },
	};
	bool levelled = false;
	rule->level = LOG_ERROR;
	for (size_t i = 2; i < l->args.n; i++) {
		const char *word = l->args.at[i];
		size_t k = 0;
		while (k < ARRAY_LEN(rows) && strcmp(rows[k].word, word) != 0) {
			k++;
		}
		if (k < ARRAY_LEN(rows) && !levelled && !rule->show_first) {
			rule->level = rows[k].level;
			levelled = true;
		} else if (strcmp(word, "show_first") == 0) {
			rule->show_first = true;
		} else {
			return refuse(r, l->line,
				"errors: consolidate: wants one of warning, error, info, debug, "
				"then show_first, has \"%s\"",
				word);
		}
	}
	return ERR_OK;
}

static int consolidate(struct reader *r, const struct config_line *l, void *into)
{
	struct stage_options *s = into;
	struct consolidate_rule rule = { .period = l->args.at[0], .pattern = l->args.at[1] };
	char why[REGEX_WHY_CHARS];
	struct regex *regex = NULL;
	if (strv_to_duration_ms(strv_of(rule.period), &rule.period_ms)) {
		return refuse(r, l->line,
			"errors: consolidate: wants a duration such as 5m, has \"%s\"",
			rule.period);
	}
	int err = regex_new(strv_of(rule.pattern), &regex, why);
	regex_free(regex); /* it was only tried */
	if (err == ERR_NOMEM) {
		return err;
	}
	if (err) {
		return refuse(r, l->line, "errors: consolidate: \"%.100s\": %s", rule.pattern, why);
	}
	err = consolidate_how(r, l, &rule);
	struct consolidate_rule *room = err ? NULL
					    : config_grow(r, (const void **)&s->consolidate,
						      &s->n_consolidate, sizeof(*room));
	if (room) {
		*room = rule;
	}
	return err ? err : room ? ERR_OK : ERR_NOMEM;
}

static int stacktrace(struct reader *r, const struct config_line *l, void *into)
{
	(void)into;
	return warn(r, l->line, "errors: stacktrace: there are no panics to trace here");
}

static const struct option_of options[] = {
	{ "consolidate", 2, 4, false,
		"a duration, a regular expression, perhaps a level and show_first", consolidate },
	{ "stacktrace", 0, SIZE_MAX, false, "nothing", stacktrace },
};

int errors_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	const struct corefile_words *a = &d->head.args;
	if (a->n > 1 || (a->n == 1 && strcmp(a->at[0], "stdout") != 0)) {
		return refuse(r, d->head.line, "errors: wants nothing or stdout, has \"%s\"",
			a->at[a->n - 1]);
	}
	b->stages.errors = true;
	return options_read(r, d, options, ARRAY_LEN(options), &b->stages);
}
