/* How kube-apiserver's messages show decoded values: as Go prints them.
 * Regime: the status's or the caller's arena. Called by: patches, write_refuse.c. */
#pragma once

#include "base/buf.h"
#include "base/json.h"
#include "watch/embedded/status.h"

/* "map[a:1 b:[x y]]", members sorted. Memory that runs out is in b->err. */
void words_print(struct arena *a, const struct json *v, struct buf *b);
struct strv words_text(
	struct arena *a, const struct json *v); /* the same; NULL p when out of memory */
/* "array", "bool", "number", "object", "string", "null": as Go's decoder names a JSON value. */
const char *words_type(const struct json *v);
/* 400 `BEGINNINGjson: cannot unmarshal array into Go value of type TYPE` */
void words_refuse_type(
	struct status *s, const char *beginning, const struct json *v, const char *type);
