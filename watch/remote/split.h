/* Cuts the body of a LIST into its objects, and a watch stream into its events, as the bytes arrive at any cut. Of JSON
 * only brackets and quotes are looked at, of protobuf only tags and lengths: what a piece holds is others' business, so one
 * bad object does not spoil the next. Pure; never logs.
 * Source: Kubernetes API, List ({"metadata":{..},"items":[..]}) and WatchEvent (one a line); in protobuf an envelope
 * (runtime.Unknown) around a list (metadata 1, items 2), and events that each have their length before them.
 * Regime: caller's storage; pieces are borrowed for the callback. A piece that lies whole in the bytes given is not
 * copied; of one that does not, the part seen is kept (bounded). Called by: reflector.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/strv.h"

enum split_mode { SPLIT_LIST, SPLIT_WATCH, SPLIT_LIST_PROTOBUF, SPLIT_WATCH_PROTOBUF };

struct split_piece {
	struct strv key;  /* LIST: member of the list ("metadata"); empty: an element of items */
	struct strv text; /* JSON or a message, if the sender wrote such; empty when too large */
	bool too_large; /* was over the limit and was dropped; not in SPLIT_WATCH_PROTOBUF, where it is ERR_SYNTAX */
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
	/* protobuf */
	uint64_t number;      /* under way: a tag or a length */
	unsigned number_n;    /* octets of it so far */
	uint64_t left;        /* octets of the piece under way, or of what is skipped */
	uint64_t list_left;   /* of the list in its envelope */
	bool in_list, listed; /* is read, has been read */
	bool skipped;         /* nobody reads the field under way */
};

void split_init(struct split *s, enum split_mode mode, size_t max_bytes);
void split_deinit(struct split *s);
/* Begins again; keeps a little memory. */
void split_reset(struct split *s, enum split_mode mode);
/* errors ERR_SYNTAX (LIST: not a list at all; protobuf: no such fields), UV_ECANCELED (fn said stop), ERR_NOMEM. After an error only reset. */
NODISCARD int split_feed(struct split *s, struct strv bytes, split_fn fn, void *ctx);
/* The bytes are over. errors ERR_TRUNCATED: in the middle of something (WATCH: of a line) */
NODISCARD int split_end(const struct split *s);
