/* The file of `loadbalance weighted`, looked at again and again: what it says now is published. A file that is wrong, or
 * gone, leaves the former weights. Regime: owned heap object, control thread; the file is read by libuv's threads, but for
 * the first time. Called by: loadbalance.c. */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "dns/reclaim.h"
#include "dns/stage/weights.h"

struct weights_file;

/* *place: where weights are published, never NULL from then on; owned by the file, what was there before is retired. A file
 * that cannot be opened is awaited if reload_ms > 0. Says what is wrong.
 * errors ERR_SYNTAX, ERR_TOO_LARGE, libuv's, ERR_NOMEM */
NODISCARD int weights_file_open(uv_loop_t *loop, struct reclaim *rc, const char *path,
	int64_t reload_ms, struct weights **place, struct weights_file **out);
/* Nobody reads weights any more. closed runs from the loop. */
void weights_file_close(struct weights_file *f, void (*closed)(void *ctx), void *ctx);
