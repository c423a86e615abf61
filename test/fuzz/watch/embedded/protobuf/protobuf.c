/* Any bytes as a protobuf body: decoded or refused with a reason; what is decoded prints as JSON that reads back. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/err.h"
#include "watch/embedded/protobuf/protobuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	arena_init(&a, 0);
	char why[PROTOBUF_WHY_CHARS] = "";
	struct json *v = NULL;
	int err = protobuf_decode(&a, (struct strv){ (const char *)data, size }, &v, why);
	if (err) {
		REQUIRE(v == NULL && why[0] != '\0');
	} else {
		struct strv text = json_text(&a, v);
		struct json *again = NULL;
		REQUIRE(json_parse(&a, text, &again, NULL) == ERR_OK && json_equal(v, again));
	}
	arena_deinit(&a);
	return 0;
}
