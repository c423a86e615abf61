/* Watch streams. Source and regime: see watch.h.
 *
 * A watcher's life:   INITIAL (objects that exist, as ADDED) -> LIVE (changes after the cursor) ->
 * ENDED It keeps no queue: references to the objects that existed, a cursor, and the text of one
 * event. A client too slow for the history finds its cursor gone: an ERROR event with 410, then the
 * end. Nobody waits for it.
 *
 * Happy path: begin -> pull ... WAIT -> settled -> wake -> pull ... -> timeoutSeconds -> END ->
 * closed -> freed. Failure paths: bad query -> Status instead of a stream; revision too old, or
 * memory out -> ERROR event, END; client gone -> closed. */
#include "watch/embedded/watch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/err.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/read.h"
#include "watch/embedded/selection.h"
#include "watch/embedded/table/table.h"

#define BOOKMARK_MS       60000
#define DEFAULT_TIMEOUT_S 2700 /* kube-apiserver: 30 to 60 minutes at random */
#define MAX_TIMEOUT_S     (1 << 20)
#define INITIAL_END       "k8s.io/initial-events-end"

enum phase { INITIAL, LIVE, ENDED };

struct watcher {
	struct embedded *e;
	struct http_request *req;
	struct selection sel;
	struct negotiated form;
	enum table_include include;
	enum phase phase;
	bool columns_sent;
	bool bookmarks;
	bool mark_initial_end; /* sendInitialEvents: a bookmark ends the initial events */
	bool bookmark_due, time_is_up;
	const struct object **initial; /* counted */
	size_t n_initial, next_initial, cap_initial;
	uint64_t cursor;
	struct buf text; /* of one event */
	size_t sent;     /* bytes of it already given */
	struct arena scratch;
	uv_timer_t timer;           /* next bookmark, or the end */
	uint64_t end_ms;            /* loop time */
	struct watcher *next, **at; /* in e->watchers */
};

static void unlink_watcher(struct watcher *w)
{
	*w->at = w->next;
	if (w->next != NULL) {
		w->next->at = w->at;
	}
}

static void link_watcher(struct watcher *w)
{
	w->at = &w->e->watchers[w->sel.kind];
	w->next = *w->at;
	if (w->next != NULL) {
		w->next->at = &w->next;
	}
	*w->at = w;
}

static void watcher_free(struct watcher *w)
{
	while (w->next_initial < w->n_initial) {
		object_unref(w->initial[w->next_initial++]);
	}
	free(w->initial);
	buf_deinit(&w->text);
	arena_deinit(&w->scratch);
	free(w);
}

static void on_timer_closed(uv_handle_t *h)
{
	struct watcher *w = container_of((uv_timer_t *)(void *)h, struct watcher, timer);
	struct embedded *e = w->e;
	watcher_free(w);
	embedded_drop(e);
}

static void closed(void *ctx)
{
	struct watcher *w = ctx;
	unlink_watcher(w);
	uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

/* Events as text */

/* {"type":T,"object":O}\n around a text of an object */
static void put_event(struct watcher *w, const char *type, struct strv object)
{
	buf_reset(&w->text);
	w->sent = 0;
	buf_add(&w->text, STRV("{\"type\":\""));
	buf_add(&w->text, strv_of(type));
	buf_add(&w->text, STRV("\",\"object\":"));
	buf_add(&w->text, object);
	buf_add(&w->text, STRV("}\n"));
	if (object.p == NULL || w->text.err != ERR_OK) {
		buf_reset(&w->text);
		w->phase = ENDED;
	}
}

static struct json *table_of(struct watcher *w, struct json *row, uint64_t revision)
{
	struct arena *a = &w->scratch;
	struct json *rows = json_new_array(a);
	struct json *meta = json_new_object(a);
	struct strv version = arena_printf(a, "%" PRIu64, revision);
	struct json *columns = w->columns_sent ? NULL : table_columns(a, w->sel.kind);
	if (version.p == NULL || json_append(a, rows, row) != ERR_OK ||
		json_set_str(a, meta, "resourceVersion", version) != ERR_OK ||
		(columns == NULL && !w->columns_sent)) {
		return NULL;
	}
	w->columns_sent = true;
	return table_wrap(a, w->form.meta_version, columns, rows, meta);
}

/* An object as this watcher wants it; tree may be NULL (the stored text then serves as it is). */
static void put_object(struct watcher *w, const char *type, const struct object *o,
	struct json *tree, uint64_t revision)
{
	struct arena *a = &w->scratch;
	if (w->form.form != FORM_TABLE) {
		put_event(w, type, tree != NULL ? json_text(a, tree) : o->json);
		return;
	}
	tree = tree != NULL ? tree : object_tree(o, a);
	struct json *row = tree == NULL ? NULL
					: table_row(a, o->kind, tree, w->include,
						  w->form.meta_version, clock_now_ms(w->e->clock));
	struct json *table = row != NULL ? table_of(w, row, revision) : NULL;
	put_event(w, type, table != NULL ? json_text(a, table) : STRV_NONE);
}

static int set_bookmark_meta(struct watcher *w, struct json *object, bool initial_end)
{
	struct arena *a = &w->scratch;
	struct json *meta = object ? json_ensure_object(a, object, "metadata") : NULL;
	struct strv version = arena_printf(a, "%" PRIu64, w->cursor);
	if (version.p == NULL || json_set_str(a, meta, "resourceVersion", version) != ERR_OK) {
		return ERR_NOMEM;
	}
	if (!initial_end) {
		return ERR_OK;
	}
	struct json *notes = json_ensure_object(a, meta, "annotations");
	return json_set_str(a, notes, INITIAL_END, STRV("true"));
}

static struct json *bookmark(struct watcher *w, bool initial_end)
{
	struct arena *a = &w->scratch;
	const struct kind_row *row = kind_row(w->sel.kind);
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "kind", strv_of(row->name)) != ERR_OK ||
		json_set_str(a, v, "apiVersion", strv_of(row->api_version)) != ERR_OK ||
		set_bookmark_meta(w, v, initial_end) != ERR_OK) {
		return NULL;
	}
	if (w->form.form != FORM_TABLE) {
		return v;
	}
	struct json *line = table_row(
		a, w->sel.kind, v, w->include, w->form.meta_version, clock_now_ms(w->e->clock));
	return line == NULL ? NULL : table_of(w, line, w->cursor);
}

static void put_bookmark(struct watcher *w, bool initial_end)
{
	struct json *v = bookmark(w, initial_end);
	put_event(w, "BOOKMARK", v != NULL ? json_text(&w->scratch, v) : STRV_NONE);
}

static void put_gone(struct watcher *w)
{
	struct status s;
	status_init(&s, &w->scratch);
	status_expired(&s, "too old resource version: %" PRIu64 " (%" PRIu64 ")", w->cursor,
		store_revision(w->e->store));
	struct json *v = status_json(&s);
	put_event(w, "ERROR", v != NULL ? json_text(&w->scratch, v) : STRV_NONE);
	w->phase = ENDED;
}

/* Changes */

/* The old content under the new revision: what a watcher sees of an object that stopped matching.
 */
static struct json *last_seen(struct watcher *w, const struct store_change *c)
{
	struct json *tree = object_tree(c->old, &w->scratch);
	struct strv version = arena_printf(&w->scratch, "%" PRIu64, c->revision);
	if (tree == NULL || version.p == NULL ||
		json_set_str(&w->scratch, json_get(tree, "metadata"), "resourceVersion", version) !=
			ERR_OK) {
		return NULL;
	}
	return tree;
}

/* False: none of this watcher's business. */
static bool put_change(struct watcher *w, const struct store_change *c)
{
	bool was = c->type != WATCH_ADDED && selection_matches(&w->sel, c->old);
	bool is = c->type != WATCH_DELETED && selection_matches(&w->sel, c->obj);
	if (!was && !is) {
		return false;
	}
	if (c->type == WATCH_DELETED) {
		put_object(w, "DELETED", c->obj, NULL, c->revision);
	} else if (is) {
		put_object(w, was ? "MODIFIED" : "ADDED", c->obj, NULL, c->revision);
	} else {
		struct json *tree = last_seen(w, c);
		if (tree == NULL) {
			put_event(w, "", STRV_NONE); /* ends it */
		} else {
			put_object(w, "DELETED", c->old, tree, c->revision);
		}
	}
	return true;
}

static void next_initial(struct watcher *w)
{
	if (w->next_initial < w->n_initial) {
		const struct object *o = w->initial[w->next_initial++];
		put_object(w, "ADDED", o, NULL, o->meta.resource_version);
		object_unref(o);
		return;
	}
	free(w->initial);
	w->initial = NULL;
	w->n_initial = w->next_initial = 0;
	w->phase = LIVE;
	if (w->mark_initial_end) {
		put_bookmark(w, true);
	}
}

/* Fills w->text with the next event if there is one. */
static void next_change(struct watcher *w)
{
	struct store_change c = { .revision = 0 };
	do {
		uint64_t before = w->cursor;
		if (store_read(w->e->store, &w->cursor, KIND_BIT(w->sel.kind), &c) != ERR_OK) {
			w->cursor = before;
			put_gone(w);
			return;
		}
	} while (c.obj != NULL && !put_change(w, &c));
	if (c.obj == NULL && w->bookmark_due) {
		w->bookmark_due = false;
		put_bookmark(w, false);
	}
}

/* The next event; false when there is none. */
static bool refill(struct watcher *w)
{
	arena_reset(&w->scratch);
	buf_reset(&w->text);
	w->sent = 0;
	while (w->text.n == 0 && w->phase == INITIAL) {
		next_initial(w);
	}
	if (w->text.n == 0 && w->phase == LIVE) {
		next_change(w);
	}
	return w->text.n > 0;
}

static long pull(void *ctx, char *out, size_t max)
{
	struct watcher *w = ctx;
	size_t n = 0;
	/* What leaves here must be resolvable: DNS digests first. */
	hub_settle(w->e->store);
	while (n < max) {
		if (w->sent == w->text.n && (w->phase == ENDED || w->time_is_up || !refill(w))) {
			break;
		}
		size_t part = w->text.n - w->sent;
		part = part < max - n ? part : max - n;
		memcpy(out + n, w->text.p + w->sent, part);
		w->sent += part;
		n += part;
	}
	if (n > 0) {
		return (long)n;
	}
	return w->phase == ENDED || w->time_is_up ? HTTP_STREAM_END : HTTP_STREAM_WAIT;
}

static const struct http_stream_ops stream_ops = { .pull = pull, .closed = closed };

static void on_timer(uv_timer_t *timer);

static void arm(struct watcher *w)
{
	uint64_t now = uv_now(w->e->loop);
	uint64_t left = w->end_ms > now ? w->end_ms - now : 0;
	uint64_t wait = w->bookmarks && left > BOOKMARK_MS ? BOOKMARK_MS : left;
	(void)uv_timer_start(&w->timer, on_timer, wait, 0); /* fails for closing ones only */
}

static void on_timer(uv_timer_t *timer)
{
	struct watcher *w = container_of(timer, struct watcher, timer);
	if (uv_now(w->e->loop) >= w->end_ms) {
		w->time_is_up = true;
	} else {
		w->bookmark_due = true;
		arm(w);
	}
	http_stream_wake(w->req);
}

static void on_settled(void *ctx, kind_set changed)
{
	struct embedded *e = ctx;
	for (unsigned k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		if ((changed & KIND_BIT(k)) == 0) {
			continue;
		}
		for (struct watcher *w = e->watchers[k]; w != NULL; w = w->next) {
			http_stream_wake(w->req);
		}
	}
}

void watch_attach(struct embedded *e)
{
	e->listener = (struct store_listener){ .fn = on_settled, .ctx = e };
	store_listen(e->store, &e->listener);
}

void watch_detach(struct embedded *e)
{
	store_unlisten(e->store, &e->listener);
}

/* Beginning */

static bool collect(void *ctx, const struct object *o)
{
	struct watcher *w = ctx;
	if (!selection_matches(&w->sel, o)) {
		return true;
	}
	if (w->n_initial == w->cap_initial) {
		size_t cap = w->cap_initial > 0 ? 2 * w->cap_initial : 64;
		const struct object **p = realloc(
			(void *)w->initial, cap * sizeof(const struct object *));
		if (p == NULL) {
			w->phase = ENDED;
			return false;
		}
		w->initial = p;
		w->cap_initial = cap;
	}
	w->initial[w->n_initial++] = object_ref(o);
	return true;
}

static uint64_t end_of(const struct embedded *e, const struct route_options *o)
{
	int64_t s = o->timeout_s.set && o->timeout_s.v > 0 ? o->timeout_s.v : DEFAULT_TIMEOUT_S;
	s = s < MAX_TIMEOUT_S ? s : MAX_TIMEOUT_S;
	return uv_now(e->loop) + (uint64_t)s * 1000;
}

/* Where the watcher begins: with what exists, or behind a revision. */
static void position(struct watcher *w, const struct route_options *o, uint64_t asked)
{
	bool from_list = o->send_initial.set ? o->send_initial.v : asked == 0;
	w->phase = INITIAL;
	w->mark_initial_end = o->send_initial.set && o->send_initial.v && o->bookmarks;
	if (from_list) {
		w->cursor = store_revision(w->e->store);
		store_visit(w->e->store, w->sel.kind, w->sel.ns, STRV(""), STRV(""), collect, w);
	} else {
		w->cursor = asked > 0 ? asked : store_revision(w->e->store);
	}
}

void watch_begin(struct embedded *e, struct http_request *req, const struct route *route,
	struct negotiated form, struct status *s)
{
	static const struct http_header type = { "Content-Type", "application/json" };
	struct selection sel;
	uint64_t asked = read_version(route->opt.resource_version, s);
	selection_parse(req->arena, route, &sel, s);
	if (!status_failed(s) && asked > store_revision(e->store)) {
		status_version_too_large(s, asked, store_revision(e->store));
	}
	if (status_failed(s)) {
		return;
	}
	struct watcher *w = calloc(1, sizeof(*w));
	if (w == NULL || uv_timer_init(e->loop, &w->timer) != 0) {
		free(w);
		status_no_memory(s);
		return;
	}
	e->live++;
	w->e = e;
	w->req = req;
	w->sel = sel;
	w->form = form;
	w->include = route->opt.include;
	w->bookmarks = route->opt.bookmarks;
	w->end_ms = end_of(e, &route->opt);
	buf_init(&w->text);
	arena_init(&w->scratch, 0);
	hub_settle(e->store); /* the list must not run ahead of DNS */
	position(w, &route->opt, asked);
	link_watcher(w);
	arm(w);
	http_stream(req, 200, &type, 1, &stream_ops, w);
}
