/* Whatever a Corefile holds: it is read or refused with a place; what was read is whole, and is read again from what it
 * says of its zones. */
#include "dns/config/corefile.h"

#include "base/err.h"
#include "dns/wire/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *environment(void *ctx, const char *name)
{
	(void)ctx;
	return name[0] == 'A' ? "{$A} value\n{" : NULL;
}

static void check_zones(const struct corefile_block *b)
{
	REQUIRE(b->n_zones > 0);
	for (size_t i = 0; i < b->n_zones; i++) {
		struct name name;
		char text[NAME_TEXT_BYTES];
		REQUIRE(b->zones[i].port <= 65535);
		REQUIRE(name_parse(strv_of(b->zones[i].name), &name) == ERR_OK);
		(void)name_print(name.b, text); /* NAME_TEXT_BYTES is enough */
		REQUIRE(strcmp(text, b->zones[i].name) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct corefile_source source = {
		.file = "Corefile", .default_port = 53, .env = environment
	};
	struct strv text = { (const char *)data, size };
	struct corefile_report report = { .text = "" };
	struct corefile *c = NULL;
	int err = corefile_parse(text, &source, &c, &report);
	if (err) {
		REQUIRE(err == ERR_NOMEM || strncmp(report.text, "Corefile:", 9) == 0);
		return 0;
	}
	REQUIRE(c->n_blocks > 0);
	for (size_t i = 0; i < c->n_blocks; i++) {
		const struct corefile_kubernetes *k = c->blocks[i].kubernetes;
		check_zones(&c->blocks[i]);
		REQUIRE(!k || (k->zones.n > 0 && k->options.ttl <= 3600));
	}
	corefile_free(c);
	return 0;
}
