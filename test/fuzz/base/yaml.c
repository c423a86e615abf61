/* Every document that YAML gives is JSON that comes back the same; a stream ends, whatever is in it. */
#include "base/yaml.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strv text = { (const char *)data, size };
	struct yaml_stream *y = NULL;
	struct arena a;
	arena_init(&a, 0);
	int err = yaml_open(text, &y);
	REQUIRE(err == ERR_OK);
	for (size_t i = 0;; i++) {
		struct yaml_report report;
		struct json *v = NULL;
		struct json *again = NULL;
		REQUIRE(i <= size + 1);
		err = yaml_next(y, &a, &v, &report);
		REQUIRE(err == ERR_OK || (report.why[0] && report.line > 0 && report.column > 0));
		if (err != ERR_OK) {
			continue;
		}
		if (!v) {
			break;
		}
		REQUIRE(report.line > 0 && report.column > 0);
		struct strv json = json_text(&a, v);
		REQUIRE(json.p != NULL);
		err = json_parse(&a, json, &again, NULL);
		REQUIRE(err == ERR_OK && json_equal(v, again));
	}
	yaml_close(y);
	arena_deinit(&a);
	return 0;
}
