/* What split.c and split_protobuf.c share. */
#pragma once

#include "watch/remote/split.h"

/* More of the piece under way, which does not end here. errors ERR_NOMEM */
NODISCARD int split_keep(struct split *s, const char *from, const char *to);
/* The piece ends at to. errors ERR_NOMEM, UV_ECANCELED */
NODISCARD int split_emit(struct split *s, const char *from, const char *to, split_fn fn, void *ctx);

unsigned char split_protobuf_start(enum split_mode mode); /* the first state */
NODISCARD int split_protobuf_feed(
	struct split *s, const char *p, const char *end, split_fn fn, void *ctx);
bool split_protobuf_whole(const struct split *s); /* the bytes may end here */
