/* Fuzz target: a JSON patch of any document. The patch is only read; a refusal has a status; the result can be read
 * back, so it is no deeper than the parser allows. */
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
		struct json *again;
		int err = patch_json(&a, &doc, patch, &s);
		REQUIRE((err == ERR_OK) == (s.code == 0));
		REQUIRE(json_equal(patch, untouched));
		REQUIRE(err != ERR_OK ||
			json_parse(&a, json_text(&a, doc), &again, NULL) == ERR_OK);
	}
	arena_deinit(&a);
	return 0;
}
