/* Bodies of requests, built member by member with a sticky error: build on, check b->err once.
 * Regime: values in the body's arena, which body_reset empties. Called by: the companions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/object.h"

struct body {
	struct arena arena;
	int err;
};

void body_init(struct body *b);
void body_deinit(struct body *b);
void body_reset(struct body *b);

struct json *body_object(struct body *b); /* NULL once err is set, as all below */
void body_put(struct body *b, struct json *o, const char *key, struct json *v);
void body_put_str(struct body *b, struct json *o, const char *key, struct strv s);
void body_put_text(struct body *b, struct json *o, const char *key, const char *s);
void body_put_i64(struct body *b, struct json *o, const char *key, int64_t n);
void body_put_bool(struct body *b, struct json *o, const char *key, bool v);
void body_put_null(struct body *b, struct json *o, const char *key);
void body_put_time(struct body *b, struct json *o, const char *key, int64_t unix_ms);
struct json *body_put_object(struct body *b, struct json *o, const char *key);
struct json *body_put_array(struct body *b, struct json *o, const char *key);
struct json *body_push_object(struct body *b, struct json *array);
void body_push_str(struct body *b, struct json *array, struct strv s);

/* {"metadata": {"finalizers": [all of m's but this one]}}: a merge patch. */
struct json *body_without_finalizer(struct body *b, const struct meta *m, struct strv name);
