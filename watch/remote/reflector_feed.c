/* Bytes of a LIST or of a watch to events. One object at a time is decoded, in an arena that is reset.
 * What cannot be read: an object that does not fit its kind is logged, counted and skipped, and its last readable state
 * stays; a piece of a watch that is no event ends the watch (one may be lost in it), which resumes where it was.
 * Source: API concepts, "Efficient detection of changes". Called by: reflector.c. */
#include "base/err.h"
#include "base/log.h"
#include "watch/remote/remote_internal.h"

#define FAILURE_BYTES ((size_t)64 << 10)
#define BAD_LOGGED    10 /* the rest is told with -v */

void feed_form(struct reflector *r, bool protobuf)
{
	static const enum split_mode modes[2][2] = { { SPLIT_WATCH, SPLIT_WATCH_PROTOBUF },
		{ SPLIT_LIST, SPLIT_LIST_PROTOBUF } };
	r->protobuf = protobuf;
	split_reset(&r->split, modes[r->phase == PHASE_LIST][protobuf]);
}

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
	feed_form(r, false);
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
static void version_set(char to[VERSION_CHARS], struct strv v)
{
	if (v.n > 0 && v.n < VERSION_CHARS) {
		memcpy(to, v.p, v.n);
		to[v.n] = '\0';
	}
}

static void count_bad(struct reflector *r, const struct source_name *n, const char *why)
{
	static const struct source_name nameless = { .ns = { NULL, 0 } };
	enum log_level level = metrics_get(&r->bad) < BAD_LOGGED ? LOG_WARN : LOG_DEBUG;
	metrics_add(&r->bad, 1);
	n = n ? n : &nameless;
	log_write(level, "api", "%s %.*s/%.*s cannot be read and is skipped: %s",
		kind_row(r->kind)->name, STRV_ARG(n->ns), STRV_ARG(n->name), why);
}

static int object_read(struct reflector *r, const struct source *s, const struct object **out)
{
	const char *field = "object";
	bool keep = r->remote->config.keep_json & KIND_BIT(r->kind);
	int err = source_object(&r->arena, s, r->kind, keep, out, &field);
	if (err == ERR_OK && (*out)->meta.name.n == 0) {
		object_unref(*out);
		field = "metadata.name";
		err = ERR_BAD_TYPE;
	}
	if (err != ERR_OK) {
		struct source_name n = source_name(&r->arena, s);
		count_bad(r, &n, err == ERR_BAD_TYPE ? field : err_text(err));
	}
	return err;
}

static void tell_present(struct reflector *r, const struct source *s)
{
	const struct object *o;
	const struct object *old = NULL;
	bool same = false;
	int err = object_read(r, s, &o);
	if (err != ERR_OK) {
		struct source_name n = source_name(&r->arena, s);
		r->holes = r->holes || n.name.n == 0;
		known_touch(r->known, n.ns, n.name);
		return;
	}
	err = known_put(r->known, o, &old, &same);
	if (err != ERR_OK) {
		struct source_name n = { .ns = o->meta.ns, .name = o->meta.name };
		count_bad(r, &n,
			err == ERR_TOO_LARGE ? "its name, uid or label is too long"
					     : err_text(err));
		r->holes = r->holes || err == ERR_NOMEM;
		known_touch(r->known, n.ns, n.name);
	} else if (!same) {
		feed_tell(r, old ? WATCH_MODIFIED : WATCH_ADDED, o, old);
	}
	object_unref(old);
	object_unref(o);
}

static void tell_gone(struct reflector *r, const struct source *s, const struct source_name *n)
{
	const struct object *o = NULL;
	const struct object *old = NULL;
	bool readable = object_read(r, s, &o) == ERR_OK;
	int err = known_remove(r->known, n->ns, n->name, &old);
	if (err != ERR_OK) {
		count_bad(r, n, err_text(err));
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
	struct source s;
	struct json_report report = { .why = "larger than any object" };
	if (p->key.n > 0 && !strv_eq(p->key, STRV("metadata"))) {
		return true;
	}
	if (p->too_large || source_parse(&r->arena, r->protobuf, p->text, &s, &report) != ERR_OK) {
		r->holes = true;
		count_bad(r, NULL, report.why);
	} else if (p->key.n > 0) {
		version_set(r->list_version, source_list_version(&r->arena, &s));
	} else {
		tell_present(r, &s);
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

/* Pieces of a watch */

/* A Status inside the stream: 410 means that our version is too old, anything else is a failure like others. */
static bool watch_error(struct reflector *r, const struct source *s)
{
	struct source_status status = source_status(&r->arena, s);
	r->expired = status.code == 410;
	r->stream_err = r->expired ? ERR_GONE : ERR_LIBRARY;
	buf_reset(&r->failure);
	buf_add(&r->failure, status.message);
	return false;
}

static bool watch_event(struct reflector *r, struct strv type, const struct source *s)
{
	if (strv_eq(type, STRV("ERROR"))) {
		return watch_error(r, s);
	}
	struct source_name n = source_name(&r->arena, s);
	if (strv_eq(type, STRV("ADDED")) || strv_eq(type, STRV("MODIFIED"))) {
		tell_present(r, s);
	} else if (strv_eq(type, STRV("DELETED"))) {
		tell_gone(r, s, &n);
	} else if (!strv_eq(type, STRV("BOOKMARK"))) {
		count_bad(r, &n, "an event of unknown type");
	}
	if (r->dead) {
		return false;
	}
	version_set(r->version, n.version);
	return true;
}

static bool watch_broken(struct reflector *r, const char *why)
{
	count_bad(r, NULL, why);
	r->stream_err = ERR_SYNTAX;
	return false;
}

/* A piece of protobuf is one event. A line is one too; several in a row are taken. */
static bool watch_piece(struct reflector *r, const struct split_piece *p)
{
	struct strv rest = p->text;
	struct json_report report = { .why = "malformed, or longer than any event" };
	do {
		struct source event = { .message = rest };
		struct source s;
		struct strv type;
		if (p->too_large || (!r->protobuf && json_parse_front(&r->arena, &rest, &event.tree,
							     &report) != ERR_OK)) {
			return watch_broken(r, report.why);
		}
		if (!r->protobuf && !event.tree) {
			break;
		}
		if (source_event(&r->arena, &event, &type, &s) != ERR_OK) {
			return watch_broken(r, report.why);
		}
		if (!watch_event(r, type, &s)) {
			return false;
		}
	} while (!r->protobuf && rest.n > 0);
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
