/* Any text as a quantity: an amount or a refusal; a whole amount agrees with quantity_parse.
 * Called by: libFuzzer, or test/fuzz/replay.c. */
#include "watch/embedded/validate/measure.h"

#include <stdint.h>

#include "base/err.h"
#include "watch/object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strv text = { (const char *)data, size };
	struct arena a;
	arena_init(&a, 0);
	struct json *value = json_new_str(&a, text);
	struct amount amount;
	int64_t whole = 0;
	int err = measure(value, &amount);
	REQUIRE(err == ERR_OK || err == ERR_SYNTAX);
	REQUIRE(err != ERR_OK || amount_cmp(&amount, &amount) == 0);
	if (err == ERR_OK && measure_sign(&amount) > 0 && measure_is_whole(&amount) &&
		quantity_parse(text, &whole) == ERR_OK && whole < INT64_MAX) {
		REQUIRE(amount.nano / 1000000000U == (uint64_t)whole);
	}
	arena_deinit(&a);
	return 0;
}
