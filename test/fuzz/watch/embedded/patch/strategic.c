/* Fuzz target: a strategic merge patch of a Pod. The patch is only read; a refusal has a status. */
#include "watch/embedded/patch/patch.h"

#include "test/fuzz/watch/embedded/patch/two_texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct status s;
	struct json *doc;
	struct json *patch;
	arena_init(&a, 0);
	status_init(&s, &a);
	if (two_texts(&a, data, size, &doc, &patch)) {
		const struct json *untouched = json_copy(&a, patch);
		int err = patch_strategic(&a, schema_of(KIND_POD), &doc, patch, &s);
		REQUIRE((err == ERR_OK) == (s.code == 0));
		REQUIRE(json_equal(patch, untouched));
		REQUIRE(err != ERR_OK || json_text(&a, doc).p != NULL);
	}
	arena_deinit(&a);
	return 0;
}
