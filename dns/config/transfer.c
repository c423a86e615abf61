/* transfer [ZONE...] { to ADDRESS[:PORT]|*... }: who may have a zone whole, and who is told of its changes.
 * Source: CoreDNS plugin/transfer. */
#include <arpa/inet.h>

#include "base/err.h"
#include "base/option.h"
#include "dns/config/zone.h"

/* The address of "ADDRESS", "ADDRESS:PORT", "[V6]:PORT"; NULL when memory is out, "" when it is none of them. The port
 * would be NOTIFY's, and the kubernetes zones send none. */
static const char *address(struct reader *r, const char *word)
{
	struct option_addr addr;
	uint8_t octets[16];
	if (inet_pton(AF_INET6, word, octets) == 1 || inet_pton(AF_INET, word, octets) == 1) {
		return word;
	}
	if (word[0] == ':' || option_addr_parse(strv_of(word), &addr)) {
		return "";
	}
	return arena_strdup(r->arena, strv_of(addr.host)).p;
}

static int to(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_transfer *t = into;
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

static const struct option_of options[] = {
	{ "to", 1, SIZE_MAX, false, "* or addresses", to },
};

int transfer_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	struct corefile_transfer *t = arena_new(r->arena, struct corefile_transfer);
	int err = t ? zones_read(r, &d->head, &t->zones) : ERR_NOMEM;
	for (size_t i = 0; !err && d->head.args.n == 0 && i < b->n_zones; i++) {
		err = words_append(r, &t->zones, &(struct corefile_words){ &b->zones[i].name, 1 });
	}
	err = err ? err : options_read(r, d, options, ARRAY_LEN(options), t);
	if (err) {
		return err;
	}
	if (t->to.n == 0) {
		return refuse(r, d->head.line, "transfer: wants \"to\" with addresses in its { }");
	}
	t->line = d->head.line;
	t->next = b->transfers;
	b->transfers = t;
	return ERR_OK;
}
