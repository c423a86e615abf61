/* One Corefile read, for the tests of dns/config. Regime: the fixture owns what was read last. */
#pragma once

#include <stdbool.h>

#include "dns/config/corefile.h"

struct fixture {
	struct corefile *corefile; /* NULL: refused */
	struct corefile_report report;
	int err;
};

/* The file is called Corefile, the default port is 53; $ZONE is cluster.local, $TWO is "a b", $OPEN is "{", $SELF is
 * "{$ZONE}", the rest is unset. Files to import: see fixture.c. */
void fixture_parse(struct fixture *f, const char *text);
/* ".:53 {\n DIRECTIVE\n}", with a kubernetes behind it if it is another. */
void fixture_parse_directive(struct fixture *f, const char *directive);
void fixture_deinit(struct fixture *f);
/* All words, blank-separated, in static storage. */
const char *words_text(const struct corefile_words *w);

struct config_row {
	const char *why;
	const char *in;
	const char *
		want; /* part of the refusal; NULL: accepted and served; "unserved: PART": accepted, not served */
};
/* Each in a block of its own; fails with why. */
void check_directives(const struct config_row *rows, size_t n);
