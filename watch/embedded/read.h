/* Reading: one object, or a list of them, as JSON or as a Table.
 * Source: Kubernetes API concepts ("Retrieving large results sets in chunks", "Resource versions",
 * "Receiving resources as Tables"). Regime: text to the caller's buffer, scratch in the request's
 * arena. Called by: server.c.
 *
 * Texts of objects are kept as they were stored, so a list is their texts between a head and a tail
 * made by base/json: no object is decoded for it. */
#pragma once

#include "base/buf.h"
#include "watch/embedded/negotiate.h"
#include "watch/embedded/route.h"

struct embedded;

/* Failures go to *s; *out may then hold a beginning. */
void read_get(struct embedded *e, const struct route *route, struct negotiated form,
	struct buf *out, struct status *s);
void read_list(struct embedded *e, const struct route *route, struct negotiated form,
	struct buf *out, struct status *s);
/* One object as the route and form ask for it (subresource scale: its Scale); also for replies to writes. */
void read_object_text(struct embedded *e, const struct route *route, const struct object *o,
	struct negotiated form, struct buf *out, struct status *s);
/* One object as an item of a list: without kind and apiVersion, which the list tells. */
void read_item_text(const struct object *o, struct buf *out);
/* A resourceVersion as clients send it; 0 for "" and "0". Failures go to *s. */
uint64_t read_version(struct strv text, struct status *s);
