/* Any JSON as any kind, through prepare and validate: no verdict falls over, and an object is no forbidden update of
 * itself. The first byte is the kind, the second the part.
 * Called by: libFuzzer, or test/fuzz/replay.c. */
#include <stdint.h>

#include "base/err.h"
#include "watch/embedded/validate/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct arena *a, enum kind k, const char *sub, const struct json *obj,
	const struct json *old)
{
	struct status s;
	status_init(&s, a);
	validate_object(&s, k, sub, obj, old);
	status_invalid_end(&s, k, STRV("x"));
	REQUIRE(!status_failed(&s) || s.code == 422 || s.code == 500);
	REQUIRE(status_json(&s) != NULL);
	for (size_t i = 0; old == obj && i < s.n_causes; i++) {
		struct strv m = s.causes[i].message;
		REQUIRE(!strv_has_suffix(m, STRV("field is immutable")));
		REQUIRE(!strv_has_prefix(m, STRV("Forbidden: pod updates may not")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const subs[] = { "", "status", "scale", "finalize", "binding" };
	if (size < 2) {
		return 0;
	}
	enum kind k = (enum kind)(data[0] % KIND_BUILT_IN_COUNT);
	const char *sub = subs[data[1] % ARRAY_LEN(subs)];
	struct arena a;
	arena_init(&a, 0);
	struct json *obj = NULL;
	if (json_parse(&a, (struct strv){ (const char *)data + 2, size - 2 }, &obj, NULL) ==
			ERR_OK &&
		json_is_object(obj)) {
		struct json *old = json_copy(&a, obj);
		REQUIRE(old != NULL);
		judge(&a, k, sub, obj, NULL);
		judge(&a, k, sub, obj, obj);
		REQUIRE(prepare_object(&a, k, sub, obj, old) == ERR_OK);
		REQUIRE(prepare_generation(&a, k, sub, obj, old) == ERR_OK);
		judge(&a, k, sub, obj, old);
		REQUIRE(prepare_object(&a, k, sub, obj, NULL) == ERR_OK);
	}
	arena_deinit(&a);
	return 0;
}
