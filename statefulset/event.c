/* Writes Events. A series has one write in flight at most; what happens meanwhile waits in
 * series->pending, only the newest of it, as the write carries totals.
 *
 *   take -> DROP: nothing
 *        -> SEND -> in flight? pending : CREATE (first) or PATCH (known) -> reply
 *   reply: PATCH answered 404 (the Event has expired) -> CREATE anew; then pending, if any
 *   failures: out of memory, refused write -> logged, lost; closed meanwhile -> the reply frees
 * Regime and source: event.h. Called by: the controllers. */
#include "statefulset/event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "statefulset/correlator.h"
#include "statefulset/made.h"
#include "watch/object/kind.h"

#define MESSAGE_BYTES   1024
#define TEXT_BYTES      (MESSAGE_BYTES + 4) /* one character more than is kept */
#define COMBINED_PREFIX "(combined from similar events): "

struct event_recorder {
	struct clock *clock;
	const struct watch_api *api;
	const char *component;
	const char *host; /* or NULL */
	struct correlator *correlator;
	size_t in_flight;
	bool closed;
};

struct occurrence { /* owned heap object, from event_emit to its reply */
	struct event_recorder *recorder;
	struct correlator_series *series;
	const struct object *involved; /* counted */
	const char *reason;
	enum event_type type;
	bool patching;
	int64_t count, at_ms;
	struct strv field_path, message; /* in text */
	char text[];
};

static void occurrence_send(struct occurrence *o);

int event_recorder_open(struct clock *clock, const struct watch_api *api, const char *component,
	const char *host, struct event_recorder **out)
{
	struct event_recorder *r = calloc(1, sizeof(*r));
	if (!r) {
		return ERR_NOMEM;
	}
	*r = (struct event_recorder){
		.clock = clock, .api = api, .component = component, .host = host
	};
	int err = correlator_new(&r->correlator);
	if (err) {
		free(r);
		return err;
	}
	*out = r;
	return ERR_OK;
}

static void recorder_drop(struct event_recorder *r)
{
	if (r->closed && r->in_flight == 0) {
		correlator_free(r->correlator);
		free(r);
	}
}

void event_recorder_close(struct event_recorder *r)
{
	if (r) {
		REQUIRE(!r->closed);
		r->closed = true;
		recorder_drop(r);
	}
}

static void occurrence_free(struct occurrence *o)
{
	if (o) {
		object_unref(o->involved);
		free(o);
	}
}

static const char *type_name(enum event_type type)
{
	return type == EVENT_NORMAL ? "Normal" : "Warning";
}

static struct strv time_text(struct arena *a, int64_t unix_ms)
{
	char text[CLOCK_RFC3339_CHARS + 1];
	clock_format(unix_ms, text);
	return arena_strdup(a, strv_of(text));
}

static struct strv event_namespace(const struct object *involved)
{
	return involved->meta.ns.n ? involved->meta.ns : STRV("default");
}

/* Sets key unless the text is empty. */
static int set_some(struct arena *a, struct json *object, const char *key, struct strv text)
{
	return text.n ? json_set_str(a, object, key, text) : ERR_OK;
}

static struct json *involved_json(struct arena *a, const struct occurrence *o)
{
	const struct meta *m = &o->involved->meta;
	const struct kind_row *row = kind_row(o->involved->kind);
	struct json *v = json_new_object(a);
	if (set_some(a, v, "kind", strv_of(row->name)) || set_some(a, v, "namespace", m->ns) ||
		set_some(a, v, "name", m->name) || set_some(a, v, "uid", m->uid) ||
		set_some(a, v, "apiVersion", strv_of(row->api_version)) ||
		made_set(a, v, "resourceVersion",
			arena_printf(a, "%llu", (unsigned long long)m->resource_version)) ||
		set_some(a, v, "fieldPath", o->field_path)) {
		return NULL;
	}
	return v;
}

static struct json *source_json(struct arena *a, const struct event_recorder *r)
{
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "component", strv_of(r->component)) ||
		set_some(a, v, "host", strv_of(r->host))) {
		return NULL;
	}
	return v;
}

/* The name is fixed here: client-go's <object>.<nanoseconds in hexadecimal>. */
static struct json *metadata_json(struct arena *a, const struct occurrence *o)
{
	struct correlator_series *s = o->series;
	struct strv name = strv_sub(o->involved->meta.name, 0, sizeof(s->name) - 1 - 17);
	(void)snprintf(s->name, sizeof(s->name), "%.*s.%llx", STRV_ARG(name),
		(unsigned long long)clock_now_ns(
			o->recorder->clock)); /* fits: 16 digits and a dot */
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "name", strv_of(s->name)) ||
		json_set_str(a, v, "namespace", event_namespace(o->involved))) {
		return NULL;
	}
	return v;
}

/* Message, count and last time: all of a patch, part of a new Event. */
static int set_counted(struct arena *a, struct json *v, const struct occurrence *o)
{
	struct strv message = o->message;
	if (o->series->combined) {
		message = arena_printf(a, COMBINED_PREFIX "%.*s", STRV_ARG(message));
	}
	if (made_set(a, v, "message", message) || json_set_i64(a, v, "count", o->count) ||
		made_set(a, v, "lastTimestamp", time_text(a, o->at_ms))) {
		return ERR_NOMEM;
	}
	return ERR_OK;
}

static struct json *event_json(struct arena *a, const struct occurrence *o)
{
	const struct event_recorder *r = o->recorder;
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "apiVersion", STRV("v1")) ||
		json_set_str(a, v, "kind", STRV("Event")) ||
		json_set(a, v, "metadata", metadata_json(a, o)) ||
		json_set(a, v, "involvedObject", involved_json(a, o)) ||
		json_set_str(a, v, "reason", strv_of(o->reason)) ||
		json_set(a, v, "source", source_json(a, r)) ||
		made_set(a, v, "firstTimestamp", time_text(a, o->series->first_ms)) ||
		set_counted(a, v, o) || json_set_str(a, v, "type", strv_of(type_name(o->type))) ||
		json_set(a, v, "eventTime", json_new_null(a)) ||
		json_set_str(a, v, "reportingComponent", strv_of(r->component)) ||
		json_set_str(a, v, "reportingInstance", strv_of(r->host ? r->host : ""))) {
		return NULL;
	}
	return v;
}

/* The write of o is over: what waited behind it goes out. */
static void settle(struct occurrence *o)
{
	struct event_recorder *r = o->recorder;
	struct occurrence *next = o->series->pending;
	o->series->pending = NULL;
	o->series->in_flight = false;
	r->in_flight--;
	occurrence_free(o);
	if (next && r->closed) {
		occurrence_free(next);
	} else if (next) {
		occurrence_send(next);
	}
	recorder_drop(r);
}

static void replied(void *ctx, const struct watch_reply *reply)
{
	struct occurrence *o = ctx;
	struct event_recorder *r = o->recorder;
	if (reply->err == ERR_OK) {
		o->series->stored = true;
	} else if (reply->err == ERR_NOT_FOUND && o->patching && !r->closed) {
		o->series->stored = false;
		r->in_flight--;
		occurrence_send(o);
		return;
	} else if (!r->closed) {
		log_debug("event", "%s: event %s about %.*s was not written: %.*s", r->component,
			o->reason, STRV_ARG(o->involved->meta.name), STRV_ARG(reply->message));
	}
	settle(o);
}

/* Starts the write; o lives until its reply. */
static void occurrence_send(struct occurrence *o)
{
	struct event_recorder *r = o->recorder;
	struct correlator_series *s = o->series;
	struct arena a;
	arena_init(&a, 2048);
	o->patching = s->stored;
	struct watch_call call = { .verb = s->stored ? WATCH_PATCH_MERGE : WATCH_CREATE,
		.kind = KIND_EVENT,
		.ns = event_namespace(o->involved),
		.manager = r->component };
	if (s->stored) {
		call.name = strv_of(s->name);
		call.body = json_new_object(&a);
		if (set_counted(&a, call.body, o)) {
			call.body = NULL;
		}
	} else {
		call.body = event_json(&a, o);
	}
	s->in_flight = true;
	r->in_flight++;
	int err = call.body ? watch_call(r->api, &call, replied, o) : ERR_NOMEM;
	arena_deinit(&a);
	if (err) {
		log_warn("event", "%s: event %s is lost: %s", r->component, o->reason,
			err_text(err));
		settle(o);
	}
}

/* A cut message must not end inside a UTF-8 character. */
static size_t message_bytes(const char *text, size_t n)
{
	if (n < MESSAGE_BYTES) {
		return n;
	}
	n = MESSAGE_BYTES;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
		n--;
	}
	return n;
}

static struct occurrence *occurrence_new(struct event_recorder *r, const struct object *involved,
	struct strv field_path, struct strv message)
{
	struct occurrence *o = calloc(1, sizeof(*o) + field_path.n + message.n + 1);
	if (!o) {
		return NULL;
	}
	o->recorder = r;
	o->involved = object_ref(involved);
	if (field_path.n) {
		memcpy(o->text, field_path.p, field_path.n);
	}
	memcpy(o->text + field_path.n, message.p, message.n);
	o->field_path = (struct strv){ o->text, field_path.n };
	o->message = (struct strv){ o->text + field_path.n, message.n };
	return o;
}

/* Finds the series of o; true: it is to be written. */
static bool correlate(struct event_recorder *r, struct occurrence *o)
{
	struct arena a;
	arena_init(&a, 1024);
	const struct meta *m = &o->involved->meta;
	struct correlator_event e = { .object = arena_printf(&a, "%s\n%.*s\n%.*s\n%.*s",
					      kind_row(o->involved->kind)->name, STRV_ARG(m->ns),
					      STRV_ARG(m->name), STRV_ARG(m->uid)),
		.part = o->field_path,
		.type = strv_of(type_name(o->type)),
		.reason = strv_of(o->reason),
		.message = o->message,
		.at_ms = o->at_ms };
	enum correlator_verdict verdict = CORRELATOR_DROP;
	int err = e.object.p ? correlator_take(r->correlator, &e, &verdict, &o->series) : ERR_NOMEM;
	arena_deinit(&a);
	if (err || verdict == CORRELATOR_DROP) {
		return false;
	}
	o->count = o->series->count;
	return true;
}

/* n: what vsnprintf into text[TEXT_BYTES] returned. */
static void emit(struct event_recorder *r, const struct object *involved, const char *field_path,
	enum event_type type, const char *reason, const char *text, int n)
{
	if (n < 0 || r->closed) {
		return;
	}
	size_t kept = n < TEXT_BYTES ? (size_t)n : TEXT_BYTES - 1;
	struct strv message = { text, message_bytes(text, kept) };
	struct occurrence *o = occurrence_new(r, involved, strv_of(field_path), message);
	if (!o) {
		return;
	}
	o->type = type;
	o->reason = reason;
	o->at_ms = clock_now_ms(r->clock);
	if (!correlate(r, o)) {
		occurrence_free(o);
	} else if (o->series->in_flight) {
		occurrence_free(o->series->pending);
		o->series->pending = o;
	} else {
		occurrence_send(o);
	}
}

void event_emit(struct event_recorder *r, const struct object *involved, enum event_type type,
	const char *reason, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	emit(r, involved, NULL, type, reason, text, n);
}

void event_emit_at(struct event_recorder *r, const struct object *involved, const char *field_path,
	enum event_type type, const char *reason, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	emit(r, involved, field_path, type, reason, text, n);
}
