/* Text just made in an arena, which may have failed: {NULL,0} must not become an empty string in an object.
 * Called by: the files that make JSON. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strv.h"

/* json_set_str of a text that arena_printf or its like returned. errors ERR_NOMEM, if made is {NULL,0} too */
NODISCARD static inline int made_set(
	struct arena *a, struct json *object, const char *key, struct strv made)
{
	return made.p ? json_set_str(a, object, key, made) : ERR_NOMEM;
}
