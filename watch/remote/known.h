/* What a reflector has told of: names and little else, so that a new LIST can be compared with it without the objects
 * being kept (a million endpoints would be 300 MiB).
 * Regime: owned heap object; entries are a name, a uid and a number, in the order of names. Called by: reflector_feed.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "watch/object/object.h"

struct known;

/* errors ERR_NOMEM */
NODISCARD int known_new(enum kind kind, struct known **out);
void known_free(struct known *k); /* accepts NULL */
size_t known_count(const struct known *k);

/* Notes o as it is now. *out_old is what was known under its name: identity only (name, namespace, uid,
 * resourceVersion, and of an EndpointSlice what it belongs to), counted, the caller's; NULL if there was nothing.
 * *out_same: that was this very state. errors ERR_NOMEM, ERR_TOO_LARGE: a name, uid or label longer than any real one
 * (nothing noted) */
NODISCARD int known_put(
	struct known *k, const struct object *o, const struct object **out_old, bool *out_same);
/* Forgets. *out_old as above; NULL if it was not known. errors ERR_NOMEM (still known) */
NODISCARD int known_remove(
	struct known *k, struct strv ns, struct strv name, const struct object **out_old);
/* It is still there, though its new state could not be read. */
void known_touch(struct known *k, struct strv ns, struct strv name);

/* A LIST: begin, then put for each, then sweep gives what was not put, one by one, forgotten already; NULL: no more.
 * errors ERR_NOMEM */
void known_begin(struct known *k);
NODISCARD int known_sweep(struct known *k, const struct object **out_gone);
