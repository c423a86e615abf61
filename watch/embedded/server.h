/* The HTTP face of the embedded API: requests to routes, routes to reads, watches and writes,
 * failures to Status. Source: kube-apiserver as observed. Regime: everything of a request in its arena.
 * Called by: the HTTP server. */
#pragma once

#include "base/http_server.h"

/* ctx is the struct embedded. */
void server_handle(void *ctx, struct http_request *req);
