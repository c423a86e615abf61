/* route_parse on any request line: a route or a Status, and what it yields is text.
 * Input: METHOD, a blank, the target. */
#include <stdint.h>
#include <string.h>

#include "watch/embedded/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_nul(struct strv s)
{
	return s.n > 0 && memchr(s.p, 0, s.n) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct status s;
	struct route r;
	struct strv rest = { (const char *)data, size }, method = STRV(""), path = STRV("");
	arena_init(&a, 0);
	status_init(&s, &a);
	(void)strv_cut(&rest, ' ', &method); /* an empty input has none */
	(void)strv_cut(&rest, '?', &path);
	route_parse(&a, method, path, rest, &r, &s);
	if (status_failed(&s)) {
		REQUIRE(s.code >= 400 && s.code < 500 && s.message.n > 0);
		REQUIRE(status_json(&s) != NULL);
	} else if (r.what == ROUTE_RESOURCE) {
		REQUIRE(r.kind >= 0 && r.kind < KIND_BUILT_IN_COUNT);
		REQUIRE(!has_nul(r.ns) && !has_nul(r.name) && !has_nul(r.sub));
		REQUIRE(r.sub.n == 0 || r.name.n > 0);
		REQUIRE(r.ns.n == 0 || kind_row(r.kind)->namespaced);
	}
	arena_deinit(&a);
	return 0;
}
