/* Numbers and durations: what is accepted is printed and read again to the same number. */
#include "base/strv.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strv text = { (const char *)data, size };
	char printed[32];
	int64_t n, again, ms;
	uint32_t small;
	int err = strv_to_i64(text, &n);
	if (err == ERR_OK) {
		int len = snprintf(printed, sizeof(printed), "%" PRId64, n);
		int err_again = strv_to_i64((struct strv){ printed, (size_t)len }, &again);
		REQUIRE(err_again == ERR_OK && again == n);
	}
	bool fits = err == ERR_OK && n >= 0 && n <= UINT32_MAX;
	err = strv_to_u32(text, &small);
	REQUIRE((err == ERR_OK) == fits);
	REQUIRE(!fits || small == n);
	if (strv_to_duration_ms(text, &ms) == ERR_OK) {
		REQUIRE(ms >= 0);
		int len = snprintf(printed, sizeof(printed), "%" PRId64 "ms", ms);
		int err_again = strv_to_duration_ms((struct strv){ printed, (size_t)len }, &again);
		REQUIRE(err_again == ERR_OK && again == ms);
	}
	return 0;
}
