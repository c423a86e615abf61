/* Base64 as Kubernetes writes bytes in JSON. Source: RFC 4648 section 4. Called by: watch/embedded. */
#pragma once

#include "base/arena.h"
#include "base/strv.h"

/* With padding, in the arena. STRV_NONE when out of memory. */
struct strv base64_encode(struct arena *a, struct strv bytes);
