/* transfer [ZONE...] { to ADDRESS[:PORT]|*...; source ADDRESS }: who may have a zone whole, and who is told of its
 * changes; several, each for zones of its own.
 * Source: CoreDNS plugin/transfer. The port of an address, and source, are about telling, and the kubernetes zones tell
 * nobody, there as here. */
#include <arpa/inet.h>

#include "base/err.h"
#include "base/option.h"
#include "dns/config/zone.h"

struct transfer { /* under way */
	struct corefile_words to;
	bool source;
};

static bool is_address(const char *word)
{
	uint8_t octets[16];
	return inet_pton(AF_INET6, word, octets) == 1 || inet_pton(AF_INET, word, octets) == 1;
}

/* The address of "ADDRESS", "ADDRESS:PORT", "[V6]:PORT"; NULL when memory is out, "" when it is none of them. */
static const char *address(struct reader *r, const char *word)
{
	struct option_addr addr;
	if (is_address(word)) {
		return word;
	}
	if (word[0] == ':' || option_addr_parse(strv_of(word), &addr) || !is_address(addr.host)) {
		return "";
	}
	return arena_strdup(r->arena, strv_of(addr.host)).p;
}

static int to(struct reader *r, const struct config_line *l, void *into)
{
	struct transfer *t = into;
	for (size_t i = 0; i < l->args.n; i++) {
		const char *word = l->args.at[i];
		const char *host = strcmp(word, "*") == 0 ? word : address(r, word);
		if (!host) {
			return ERR_NOMEM;
		}
		if (*host == '\0') {
			return refuse(r, l->line,
				"transfer: to: wants * or ADDRESS[:PORT], has \"%s\"", word);
		}
		int err = words_append(r, &t->to, &(struct corefile_words){ &host, 1 });
		if (err) {
			return err;
		}
	}
	return ERR_OK;
}

static int source(struct reader *r, const struct config_line *l, void *into)
{
	struct transfer *t = into;
	if (t->source) {
		return refuse(r, l->line, "transfer: source: may be only once");
	}
	t->source = true;
	return is_address(l->args.at[0])
		       ? ERR_OK
		       : refuse(r, l->line, "transfer: source: wants an address, has \"%s\"",
				 l->args.at[0]);
}

static const struct option_of options[] = {
	{ "source", 1, 1, false, "an address", source },
	{ "to", 1, SIZE_MAX, false, "* or addresses", to },
};

int transfer_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	struct transfer t = { .source = false };
	struct corefile_words zones = { .n = 0 };
	int err = zones_read(r, &d->head, &zones);
	for (size_t i = 0; !err && d->head.args.n == 0 && i < b->n_zones; i++) {
		err = words_append(r, &zones, &(struct corefile_words){ &b->zones[i].name, 1 });
	}
	err = err ? err : options_read(r, d, options, ARRAY_LEN(options), &t);
	if (err) {
		return err;
	}
	if (t.to.n == 0) {
		return refuse(r, d->head.line, "transfer: wants \"to\" with addresses in its { }");
	}
	struct stage_options *s = &b->stages;
	struct transfer_rule *rule = config_grow(
		r, (const void **)&s->transfers, &s->n_transfers, sizeof(*rule));
	if (!rule) {
		return ERR_NOMEM;
	}
	*rule = (struct transfer_rule){ .zones = words_join(r, &zones),
		.to = words_join(r, &t.to) };
	return rule->zones && rule->to ? ERR_OK : ERR_NOMEM;
}
