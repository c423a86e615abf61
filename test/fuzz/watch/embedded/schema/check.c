/* schema_check and schema_default on any JSON: the first byte chooses the kind, the rest is the text. What passed the
 * check passes it again unchanged, with nothing unknown in it, before the defaults and after them; defaults change
 * nothing the second time.
 * Called by: libFuzzer, or test/fuzz/replay.c. */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same once more, and clean. */
static void check_again(struct arena *a, enum kind k, struct json *v)
{
	struct schema_report report;
	struct json *before = json_copy(a, v);
	REQUIRE(schema_check(a, schema_of(k), v, &report) == ERR_OK);
	REQUIRE(report.n_unknown == 0 && report.bad.n == 0);
	REQUIRE(json_equal(before, v));
}

static void run(struct arena *a, enum kind k, struct strv text)
{
	struct json *v = NULL;
	struct schema_report report;
	if (json_parse(a, text, &v, NULL) != ERR_OK) {
		return;
	}
	int err = schema_check(a, schema_of(k), v, &report);
	REQUIRE((err == ERR_BAD_TYPE) == (report.bad.n > 0));
	if (err != ERR_OK) {
		return;
	}
	check_again(a, k, v);
	REQUIRE(schema_default(a, k, v) == ERR_OK);
	check_again(a, k, v);
	struct json *once = json_copy(a, v);
	REQUIRE(schema_default(a, k, v) == ERR_OK);
	REQUIRE(json_equal(once, v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	struct arena a;
	arena_init(&a, 0);
	enum kind k = (enum kind)(data[0] % KIND_BUILT_IN_COUNT);
	run(&a, k, (struct strv){ (const char *)data + 1, size - 1 });
	arena_deinit(&a);
	return 0;
}
