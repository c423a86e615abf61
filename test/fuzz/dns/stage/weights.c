/* Whatever a file of weights holds: it is read, and every weight is from 1 to 255, or refused with a line. */
#include "dns/stage/weights.h"

#include "base/err.h"
#include "dns/wire/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weights *w = NULL;
	struct weights_report report;
	struct name name;
	const uint8_t address[4] = { 10, 0, 0, 1 };
	int err = weights_parse((struct strv){ (const char *)data, size }, &w, &report);
	if (err) {
		REQUIRE(err == ERR_NOMEM || (report.line > 0 && report.why[0] != '\0'));
		return 0;
	}
	REQUIRE(name_parse(STRV("a.example."), &name) == ERR_OK);
	unsigned weight = weights_of(w, name.b, name.n, address, sizeof(address));
	REQUIRE(weight >= 1 && weight <= 255);
	weights_free(w);
	return 0;
}
