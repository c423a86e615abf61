/* log [NAME...] [FORMAT] { class all|denial|error|success... }: queries are logged.
 * Source: CoreDNS plugin/log. */
#include "base/err.h"
#include "dns/config/zone.h"

static int class(struct reader *r, const struct config_line *l, void *into)
{
	static const char *const classes[] = { "all", "denial", "error", "success" };
	bool all = false;
	(void)into;
	for (size_t i = 0; i < l->args.n; i++) {
		const char *word = l->args.at[i];
		if (!words_have(&(struct corefile_words){ classes, ARRAY_LEN(classes) }, word)) {
			return refuse(r, l->line,
				"log: class: wants all, denial, error or success, has \"%s\"",
				word);
		}
		all = all || strcmp(word, "all") == 0;
	}
	return all ? ERR_OK : unserved(r, l->line, "log: class other than all");
}

static const struct option_of options[] = {
	{ "class", 1, SIZE_MAX, false, "one or more classes", class },
};

int log_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	struct config_line names = d->head;
	struct corefile_words zones = { .n = 0 };
	int err = ERR_OK;
	b->log = true;
	if (names.args.n > 1 && strchr(names.args.at[names.args.n - 1], '{')) {
		names.args.n--; /* CoreDNS looks for a format behind a name only */
		if (strcmp(names.args.at[names.args.n], "{common}") != 0) {
			err = unserved(r, names.line, "log: a format of its own");
		}
	}
	err = err ? err : zones_read(r, &names, &zones);
	if (!err && zones.n > 0 && !words_have(&zones, ".")) {
		err = unserved(r, names.line, "log: for some names only");
	}
	return err ? err : options_read(r, d, options, ARRAY_LEN(options), b);
}
