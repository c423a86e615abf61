/* Bodies of requests. Regime: see body.h. */
#include "statefulset/companion/body.h"

#include "base/clock.h"
#include "base/err.h"

void body_init(struct body *b)
{
	arena_init(&b->arena, 0);
	b->err = ERR_OK;
}

void body_deinit(struct body *b)
{
	arena_deinit(&b->arena);
}

void body_reset(struct body *b)
{
	arena_reset(&b->arena);
	b->err = ERR_OK;
}

/* Remembers the first failure; v for chaining. */
static struct json *made(struct body *b, struct json *v)
{
	if (!v && !b->err) {
		b->err = ERR_NOMEM;
	}
	return b->err ? NULL : v;
}

struct json *body_object(struct body *b)
{
	return made(b, json_new_object(&b->arena));
}

void body_put(struct body *b, struct json *o, const char *key, struct json *v)
{
	if (!b->err) {
		b->err = json_set(&b->arena, o, key, v);
	}
}

void body_put_str(struct body *b, struct json *o, const char *key, struct strv s)
{
	body_put(b, o, key, json_new_str(&b->arena, s));
}

void body_put_text(struct body *b, struct json *o, const char *key, const char *s)
{
	body_put_str(b, o, key, strv_of(s));
}

void body_put_i64(struct body *b, struct json *o, const char *key, int64_t n)
{
	body_put(b, o, key, json_new_i64(&b->arena, n));
}

void body_put_bool(struct body *b, struct json *o, const char *key, bool v)
{
	body_put(b, o, key, json_new_bool(&b->arena, v));
}

void body_put_null(struct body *b, struct json *o, const char *key)
{
	body_put(b, o, key, json_new_null(&b->arena));
}

void body_put_time(struct body *b, struct json *o, const char *key, int64_t unix_ms)
{
	char text[CLOCK_RFC3339_CHARS + 1];
	clock_format(unix_ms, text);
	body_put_text(b, o, key, text);
}

struct json *body_put_object(struct body *b, struct json *o, const char *key)
{
	struct json *v = body_object(b);
	body_put(b, o, key, v);
	return b->err ? NULL : v;
}

struct json *body_put_array(struct body *b, struct json *o, const char *key)
{
	struct json *v = made(b, json_new_array(&b->arena));
	body_put(b, o, key, v);
	return b->err ? NULL : v;
}

struct json *body_push_object(struct body *b, struct json *array)
{
	struct json *v = body_object(b);
	if (!b->err) {
		b->err = json_append(&b->arena, array, v);
	}
	return b->err ? NULL : v;
}

void body_push_str(struct body *b, struct json *array, struct strv s)
{
	if (!b->err) {
		b->err = json_append(&b->arena, array, json_new_str(&b->arena, s));
	}
}

struct json *body_without_finalizer(struct body *b, const struct meta *m, struct strv name)
{
	struct json *patch = body_object(b);
	struct json *list = body_put_array(b, body_put_object(b, patch, "metadata"), "finalizers");
	for (size_t i = 0; i < m->finalizers.n; i++) {
		if (!strv_eq(m->finalizers.at[i], name)) {
			body_push_str(b, list, m->finalizers.at[i]);
		}
	}
	return patch;
}
