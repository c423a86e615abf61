/* Input of the targets of this room: two JSON texts, parted by the first newline. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

/* False unless both are JSON. */
static inline bool two_texts(struct arena *a, const uint8_t *data, size_t size, struct json **first,
	struct json **second)
{
	struct strv rest = { (const char *)data, size };
	struct strv head;
	if (size == 0 || !strv_cut(&rest, '\n', &head) || rest.p == NULL) {
		return false;
	}
	return json_parse(a, head, first, NULL) == ERR_OK &&
	       json_parse(a, rest, second, NULL) == ERR_OK;
}
