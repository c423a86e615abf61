/* selector_parse on any text: what is accepted prints to a text that is accepted and prints to itself, and
 * matching runs. One exception is Kubernetes' own: "a in (,)", the set of the empty value, prints as "a in ()",
 * which nobody accepts. Called by: libFuzzer, or test/fuzz/replay.c. */
#include <stdint.h>

#include "base/err.h"
#include "watch/object/typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_set_of_nothing(const struct selector *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct selector_req *r = &s->reqs[i];
		if (!r->exact && r->values.n == 1 && r->values.at[0].n == 0) {
			return true;
		}
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct label some[] = {
		{ { "a", 1 }, { "b", 1 } },
		{ { "n", 1 }, { "7", 1 } },
	};
	const struct labels labels = { some, ARRAY_LEN(some) };
	struct arena arena;
	struct selector s, again;
	char why[SELECTOR_WHY_CHARS];
	arena_init(&arena, 0);
	struct strv text = { (const char *)data, size };
	int err = selector_parse(&arena, text, &s, why);
	REQUIRE(err == ERR_OK || (err == ERR_SYNTAX && why[0] != '\0'));
	if (err == ERR_OK && !has_set_of_nothing(&s)) {
		struct strv printed = selector_print(&arena, &s);
		REQUIRE(selector_parse(&arena, printed, &again, why) == ERR_OK);
		REQUIRE(strv_eq(selector_print(&arena, &again), printed));
		REQUIRE(selector_matches(&s, &labels) == selector_matches(&again, &labels));
	}
	arena_deinit(&arena);
	return 0;
}
