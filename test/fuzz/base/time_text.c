/* A time that clock_parse accepts comes back to the second through clock_format. */
#include "base/clock.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[CLOCK_RFC3339_CHARS + 1];
	int64_t ms, again;
	if (clock_parse((const char *)data, size, &ms) != ERR_OK) {
		return 0;
	}
	clock_format(ms, text);
	int err = clock_parse(text, CLOCK_RFC3339_CHARS, &again);
	REQUIRE(err == ERR_OK);
	/* an offset may lead out of the years that have four digits */
	bool inside = ms >= -62167219200000 && ms < 253402300800000;
	REQUIRE(!inside || (again <= ms && ms - again < 1000));
	return 0;
}
