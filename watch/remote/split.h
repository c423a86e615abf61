/* Cuts the body of a LIST into its objects, and a watch stream into its events, as the bytes arrive at any cut. Only
 * brackets and quotes are looked at: what a piece holds is json_parse's business, so one bad object does not spoil the
 * next. Pure; never logs.
 * Source: Kubernetes API, List ({"metadata":{..},"items":[..]}) and WatchEvent (one a line).
 * Regime: caller's storage; pieces are borrowed for the callback. A piece that lies whole in the bytes given is not
 * copied; of one that does not, the part seen is kept (bounded). Called by: reflector.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/strv.h"

enum split_mode { SPLIT_LIST, SPLIT_WATCH };

struct split_piece {
	struct strv key;  /* LIST: member of the list ("metadata"); empty: an element of items */
	struct strv text; /* JSON, if the sender wrote JSON; empty when too large */
	bool too_large;   /* was over the limit and was dropped */
};
typedef bool (*split_fn)(void *ctx, const struct split_piece *piece); /* false stops */

#define SPLIT_KEY_CHARS 64

struct split {
	enum split_mode mode;
	unsigned char state; /* split.c */
	bool in_string, escaped, dropping;
	size_t depth;     /* brackets open inside the value */
	size_t max_bytes; /* of one piece */
	struct buf kept;  /* of the piece under way */
	char key[SPLIT_KEY_CHARS];
	size_t key_n;
};

void split_init(struct split *s, enum split_mode mode, size_t max_bytes);
void split_deinit(struct split *s);
/* Begins again; keeps a little memory. */
void split_reset(struct split *s, enum split_mode mode);
/* errors ERR_SYNTAX (LIST: not a list at all), UV_ECANCELED (fn said stop), ERR_NOMEM. After an error only reset. */
NODISCARD int split_feed(struct split *s, struct strv bytes, split_fn fn, void *ctx);
/* The bytes are over. errors ERR_TRUNCATED: in the middle of something (WATCH: of a line) */
NODISCARD int split_end(const struct split *s);
