/* Request bodies to JSON values: JSON, YAML, and protobuf for the few kinds that kubectl sends so.
 * Regime: values in the request's arena. Called by: server_write.c. */
#pragma once

#include "base/json.h"
#include "watch/embedded/negotiate.h"
#include "watch/embedded/status.h"
#include "watch/object/kind.h"

/* *out NULL for an empty body. Failures go to *s: 400 naming place and reason, 415. *report:
 * duplicate keys. */
void body_decode(struct arena *a, enum media media, struct strv text, struct json **out,
	struct json_report *report, struct status *s);
