/* Fuzz target: server-side apply of a Pod, live and configuration. A refusal has a status; by force only a configuration
 * that makes no sense is refused; applying the same again changes nothing. */
#include "watch/embedded/patch/patch.h"

#include "test/fuzz/watch/embedded/patch/two_texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct managed_write w = {
		.manager = { "m", 1 }, .subresource = "", .time = "t", .kind = KIND_POD
	};
	struct arena a;
	struct status s;
	struct json *live;
	struct json *config;
	struct json *once;
	struct json *twice;
	arena_init(&a, 0);
	status_init(&s, &a);
	if (two_texts(&a, data, size, &live, &config) && json_is_object(live)) {
		int err = managed_apply(&a, &w, true, live, config, &once, &s);
		REQUIRE((err == ERR_OK) == (s.code == 0));
		if (err == ERR_OK) {
			REQUIRE(managed_apply(&a, &w, false, once, config, &twice, &s) == ERR_OK);
			REQUIRE(json_equal(once, twice));
		}
	}
	arena_deinit(&a);
	return 0;
}
