/* quantity_parse on any text: a value or a refusal, and a bare number means itself.
 * Called by: libFuzzer, or test/fuzz/replay.c. */
#include <inttypes.h>
#include <stdint.h>

#include "base/err.h"
#include "watch/object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strv text = { (const char *)data, size };
	int64_t value = 0, plain;
	int err = quantity_parse(text, &value);
	REQUIRE(err == ERR_OK || err == ERR_SYNTAX);
	if (strv_to_i64(text, &plain) == ERR_OK && plain > INT64_MIN) {
		REQUIRE(err == ERR_OK && value == plain);
	}
	if (err == ERR_OK) {
		char digits[24];
		int64_t again;
		int n = snprintf(digits, sizeof(digits), "%" PRId64, value);
		REQUIRE(quantity_parse((struct strv){ digits, (size_t)n }, &again) == ERR_OK);
		REQUIRE(again == value);
	}
	return 0;
}
