/* Quantities of objects ("500m", 2) as amounts to compare; watch/object rounds up to whole units,
 * which is too coarse for cpu. Pure. Called by: watch/embedded/validate. */
#pragma once

#include <stdbool.h>

#include "base/base.h"
#include "base/json.h"
#include "watch/embedded/schema/amount.h"

/* value: a string or a number. What is too large to be kept becomes the largest that is.
 * errors ERR_SYNTAX, ERR_BAD_TYPE */
NODISCARD int measure(const struct json *value, struct amount *out);
int measure_sign(const struct amount *m);
bool measure_is_whole(const struct amount *m); /* no fraction */
