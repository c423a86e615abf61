/* OpenAPI documents made from the schema tables: what `kubectl explain`, client-side validation and apply read.
 * v3: an index, and one document a group-version, written anew for each request (clients keep them by hash).
 * v2: an empty protobuf document; kubectl <= 1.28 asks for it and falls back on the types built into it.
 * Source: OpenAPI 3.0.0 as kube-apiserver publishes it (x-kubernetes-* extensions).
 * Regime: nothing is kept; the caller's arena holds scratch, the text goes to the caller's buffer.
 * Called by: the router. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/strv.h"

/* Answers GET of "/openapi/v2", "/openapi/v3", "/openapi/v3/api/v1", "/openapi/v3/apis/G/V". The query (hash=) may
 * be ignored. a: scratch, a few KiB.
 * out    text appended; *out_content_type static storage; the v2 document is empty text
 * errors ERR_NOT_FOUND (another path, or a group-version not served: nothing written), ERR_NOMEM */
NODISCARD int openapi_answer(
	struct arena *a, struct strv path, struct buf *out, const char **out_content_type);
