/* Watch streams: each a cursor in the store's history, pulled by the HTTP server when the client's
 * socket takes bytes. Source: Kubernetes API concepts ("Efficient detection of changes", "Watch
 * bookmarks", "Streaming lists"). Regime: a watcher is an owned heap object; it ends with its
 * request. Called by: server.c, embedded.c. */
#pragma once

#include "base/http_server.h"
#include "watch/embedded/negotiate.h"
#include "watch/embedded/route.h"

struct embedded;

/* The store's changes wake the streams from now on, until watch_detach. */
void watch_attach(struct embedded *e);
void watch_detach(struct embedded *e);

/* Answers a watch request by a stream. A failure before the first byte goes to *s: the request is
 * still to be answered then. route's text must live in the request's arena. */
void watch_begin(struct embedded *e, struct http_request *req, const struct route *route,
	struct negotiated form, struct status *s);
