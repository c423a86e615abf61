/* Bytes of a LIST or of a watch to events. One object at a time is decoded, in an arena that is reset.
 * What cannot be read: an object that does not fit its kind is logged, counted and skipped, and its last readable state
 * stays; a line of a watch that is no JSON ends the watch (an event may be lost in it), which resumes where it was.
 * Source: API concepts, "Efficient detection of changes". Called by: reflector.c. */
#include "base/err.h"
#include "base/log.h"
#include "watch/remote/remote_internal.h"

#define FAILURE_BYTES ((size_t)64 << 10)
#define BAD_LOGGED    10 /* the rest is told with -v */

void feed_begin(struct reflector *r, enum phase phase)
{
	r->phase = phase;
	r->status = 0;
	r->retry_after_s = -1;
	r->stream_err = ERR_OK;
	r->expired = false;
	r->begun_ms = uv_now(r->remote->loop);
	r->events_before = metrics_get(&r->events);
	buf_reset(&r->failure);
	split_reset(&r->split, phase == PHASE_LIST ? SPLIT_LIST : SPLIT_WATCH);
	if (phase == PHASE_LIST) {
		r->list_version[0] = '\0';
		r->holes = false;
		known_begin(r->known);
	}
}

void feed_tell(
	struct reflector *r, enum watch_type type, const struct object *o, const struct object *old)
{
	const struct watch_event e = { .type = type, .kind = r->kind, .obj = o, .old = old };
	metrics_add(&r->events, o != NULL);
	r->sub->fn(r->sub->ctx, &e);
}

/* Versions are text of the server's; longer ones than any real one are not kept. */
static void version_set(char to[VERSION_CHARS], const struct json *metadata)
{
	struct strv v = json_str(json_get(metadata, "resourceVersion"));
	if (v.n > 0 && v.n < VERSION_CHARS) {
		memcpy(to, v.p, v.n);
		to[v.n] = '\0';
	}
}

static void count_bad(struct reflector *r, const struct json *tree, const char *why)
{
	const struct json *meta = json_get(tree, "metadata");
	enum log_level level = metrics_get(&r->bad) < BAD_LOGGED ? LOG_WARN : LOG_DEBUG;
	metrics_add(&r->bad, 1);
	log_write(level, "api", "%s %.*s/%.*s cannot be read and is skipped: %s",
		kind_row(r->kind)->name, STRV_ARG(json_str(json_get(meta, "namespace"))),
		STRV_ARG(json_str(json_get(meta, "name"))), why);
}

/* For those who keep the text: items of a list do not say what they are. */
static int name_kind(struct reflector *r, struct json *tree)
{
	const struct kind_row *row = kind_row(r->kind);
	int err = json_set_str(&r->arena, tree, "kind", strv_of(row->name));
	return err ? err : json_set_str(&r->arena, tree, "apiVersion", strv_of(row->api_version));
}

static int object_read(struct reflector *r, struct json *tree, const struct object **out)
{
	const char *field = "object";
	bool keep = r->remote->config.keep_json & KIND_BIT(r->kind);
	int err = keep && json_is_object(tree) ? name_kind(r, tree) : ERR_OK;
	err = err ? err : object_new(r->kind, tree, keep, out, &field);
	if (err == ERR_OK && (*out)->meta.name.n == 0) {
		object_unref(*out);
		field = "metadata.name";
		err = ERR_BAD_TYPE;
	}
	if (err != ERR_OK) {
		count_bad(r, tree, err == ERR_BAD_TYPE ? field : err_text(err));
	}
	return err;
}

static void tell_present(struct reflector *r, struct json *tree)
{
	const struct object *o;
	const struct object *old = NULL;
	bool same = false;
	int err = object_read(r, tree, &o);
	if (err != ERR_OK) {
		const struct json *meta = json_get(tree, "metadata");
		struct strv name = json_str(json_get(meta, "name"));
		r->holes = r->holes || name.n == 0;
		known_touch(r->known, json_str(json_get(meta, "namespace")), name);
		return;
	}
	err = known_put(r->known, o, &old, &same);
	if (err != ERR_OK) {
		count_bad(r, tree, err_text(err));
		r->holes = true;
	} else if (!same) {
		feed_tell(r, old ? WATCH_MODIFIED : WATCH_ADDED, o, old);
	}
	object_unref(old);
	object_unref(o);
}

static void tell_gone(struct reflector *r, struct json *tree)
{
	const struct json *meta = json_get(tree, "metadata");
	const struct object *o = NULL;
	const struct object *old = NULL;
	bool readable = object_read(r, tree, &o) == ERR_OK;
	int err = known_remove(r->known, json_str(json_get(meta, "namespace")),
		json_str(json_get(meta, "name")), &old);
	if (err != ERR_OK) {
		count_bad(r, tree, err_text(err));
	} else if (old) {
		feed_tell(r, WATCH_DELETED, readable ? o : old, old);
	}
	object_unref(old);
	if (readable) {
		object_unref(o);
	}
}

/* Pieces of a LIST */

static bool list_piece(struct reflector *r, const struct split_piece *p)
{
	struct json *tree = NULL;
	struct json_report report = { .why = "larger than any object" };
	if (p->key.n > 0 && !strv_eq(p->key, STRV("metadata"))) {
		return true;
	}
	if (p->too_large || json_parse(&r->arena, p->text, &tree, &report) != ERR_OK) {
		r->holes = true;
		count_bad(r, NULL, report.why);
	} else if (p->key.n > 0) {
		version_set(r->list_version, tree);
	} else {
		tell_present(r, tree);
	}
	return true;
}

int feed_list_end(struct reflector *r)
{
	int err = split_end(&r->split);
	if (err == ERR_OK && r->list_version[0] == '\0') {
		err = ERR_SYNTAX; /* whatever this was, it was no list */
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct object *gone = NULL;
	while (!r->dead && !r->holes && (err = known_sweep(r->known, &gone)) == ERR_OK && gone) {
		feed_tell(r, WATCH_DELETED, gone, gone);
		object_unref(gone);
	}
	memcpy(r->version, r->list_version, VERSION_CHARS);
	r->heard_ms = uv_now(r->remote->loop);
	return err;
}

/* Lines of a watch */

/* A Status inside the stream: 410 means that our version is too old, anything else is a failure like others. */
static bool watch_error(struct reflector *r, const struct json *status)
{
	int64_t code = json_i64_or(json_get(status, "code"), 0);
	struct strv message = json_str(json_get(status, "message"));
	r->expired = code == 410;
	r->stream_err = code == 410 ? ERR_GONE : ERR_LIBRARY;
	buf_reset(&r->failure);
	buf_add(&r->failure, message);
	return false;
}

static bool watch_event(struct reflector *r, struct json *tree)
{
	struct strv type = json_str(json_get(tree, "type"));
	struct json *object = json_get(tree, "object");
	if (strv_eq(type, STRV("ERROR"))) {
		return watch_error(r, object);
	}
	if (strv_eq(type, STRV("ADDED")) || strv_eq(type, STRV("MODIFIED"))) {
		tell_present(r, object);
	} else if (strv_eq(type, STRV("DELETED"))) {
		tell_gone(r, object);
	} else if (!strv_eq(type, STRV("BOOKMARK"))) {
		count_bad(r, object, "an event of unknown type");
	}
	if (r->dead) {
		return false;
	}
	version_set(r->version, json_get(object, "metadata"));
	return true;
}

/* One line is one event; several in a row are taken too. */
static bool watch_piece(struct reflector *r, const struct split_piece *p)
{
	struct strv rest = p->text;
	struct json *tree = NULL;
	struct json_report report = { .why = "a line longer than any event" };
	do {
		if (p->too_large || json_parse_front(&r->arena, &rest, &tree, &report) != ERR_OK) {
			count_bad(r, NULL, report.why);
			r->stream_err = ERR_SYNTAX;
			return false;
		}
		if (tree && !watch_event(r, tree)) {
			return false;
		}
	} while (tree && rest.n > 0);
	return true;
}

static bool on_piece(void *ctx, const struct split_piece *p)
{
	struct reflector *r = ctx;
	bool go_on = r->phase == PHASE_LIST ? list_piece(r, p) : watch_piece(r, p);
	arena_reset(&r->arena);
	return go_on && !r->dead;
}

bool feed_bytes(struct reflector *r, struct strv bytes)
{
	if (r->status != 200) {
		size_t room = FAILURE_BYTES - r->failure.n;
		buf_add(&r->failure, strv_sub(bytes, 0, room));
		return true;
	}
	if (r->phase == PHASE_WATCH) {
		r->heard_ms = uv_now(r->remote->loop);
	}
	int err = split_feed(&r->split, bytes, on_piece, r);
	if (err != ERR_OK && r->stream_err == ERR_OK) {
		r->stream_err = err;
	}
	return err == ERR_OK;
}
