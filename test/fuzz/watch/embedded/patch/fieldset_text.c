/* Fuzz target: fieldsV1. What is accepted survives a round trip and obeys the algebra of sets. */
#include "watch/embedded/patch/fieldset.h"

#include <stdint.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct json *v;
	struct fieldset s;
	struct fieldset other;
	arena_init(&a, 0);
	if (json_parse(&a, (struct strv){ (const char *)data, size }, &v, NULL) == ERR_OK &&
		fieldset_parse(&a, v, &s) == ERR_OK) {
		const struct json *printed = fieldset_json(&a, &s);
		REQUIRE(printed && fieldset_parse(&a, printed, &other) == ERR_OK);
		REQUIRE(fieldset_equal(&s, &other));
		REQUIRE(fieldset_union(&a, &s, &other, &other) == ERR_OK);
		REQUIRE(fieldset_equal(&s, &other));
		REQUIRE(fieldset_both(&a, &s, &other, &other) == ERR_OK);
		REQUIRE(fieldset_equal(&s, &other));
		REQUIRE(fieldset_minus(&a, &s, &s, &other) == ERR_OK);
		REQUIRE(fieldset_is_empty(&other));
	}
	arena_deinit(&a);
	return 0;
}
