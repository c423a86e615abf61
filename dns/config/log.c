/* log [NAME...] [FORMAT] { class all|denial|error|success... }: queries are logged; several lines add rules, and the first
 * that knows a question's name decides. Source: CoreDNS plugin/log. */
#include "base/err.h"
#include "dns/config/zone.h"

static int class(struct reader *r, const struct config_line *l, void *into)
{
	static const struct {
		const char *word;
		unsigned class;
	} rows[] = {
		{ "all", LOG_CLASS_ALL },
		{ "denial", LOG_CLASS_DENIAL },
		{ "error", LOG_CLASS_ERROR },
		{ "success", LOG_CLASS_SUCCESS },
	};
	for (size_t i = 0; i < l->args.n; i++) {
		size_t k = 0;
		while (k < ARRAY_LEN(rows) && strcmp(rows[k].word, l->args.at[i]) != 0) {
			k++;
		}
		if (k == ARRAY_LEN(rows)) {
			return refuse(r, l->line,
				"log: class: wants all, denial, error or success, has \"%s\"",
				l->args.at[i]);
		}
		*(unsigned *)into |= rows[k].class;
	}
	return ERR_OK;
}

static const struct option_of options[] = {
	{ "class", 1, SIZE_MAX, false, "one or more classes", class },
};

int log_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	struct config_line names = d->head;
	struct corefile_words zones = { .n = 0 };
	const char *root = ".";
	const char *format = LOG_FORMAT_COMMON;
	unsigned classes = 0;
	if (names.args.n > 1 && strchr(names.args.at[names.args.n - 1], '{')) {
		format = names.args.at[--names.args.n]; /* behind a name only, as in CoreDNS */
	}
	int err = zones_read(r, &names, &zones);
	if (!err && zones.n == 0) {
		err = words_append(r, &zones, &(struct corefile_words){ &root, 1 });
	}
	err = err ? err : options_read(r, d, options, ARRAY_LEN(options), &classes);
	struct stage_options *s = &b->stages;
	for (size_t i = 0; i < zones.n && !err; i++) {
		struct log_rule *rule = config_grow(
			r, (const void **)&s->logs, &s->n_logs, sizeof(*rule));
		if (!rule) {
			return ERR_NOMEM;
		}
		*rule = (struct log_rule){ .name = zones.at[i],
			.format = format,
			.classes = classes ? classes : LOG_CLASS_ALL };
	}
	return err;
}
