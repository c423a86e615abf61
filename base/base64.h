/* Base64 as Kubernetes writes bytes in JSON. Source: RFC 4648 section 4. Called by: watch/embedded, watch/remote. */
#pragma once

#include "base/arena.h"
#include "base/base.h"
#include "base/strv.h"

/* With padding, in the arena. STRV_NONE when out of memory. */
struct strv base64_encode(struct arena *a, struct strv bytes);
/* With padding, white space between the digits ignored; as Go's StdEncoding. The bytes have a NUL behind them.
 * errors ERR_SYNTAX, ERR_NOMEM */
NODISCARD int base64_decode(struct arena *a, struct strv text, struct strv *out);
