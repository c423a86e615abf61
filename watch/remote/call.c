/* Reads and writes of single objects: one request, one reply.
 * Failure paths: credentials being renewed -> waits for them; 429 or 503 with Retry-After -> tried again, ten times at
 * most; no answer -> status 0 and what libuv calls it; close -> UV_ECANCELED.
 * Source: API concepts; metav1.DeleteOptions. Regime: owned heap object with an arena, dies after its reply.
 * Called by: remote.c. */
#include <stdlib.h>

#include "base/err.h"
#include "watch/outcome.h"
#include "watch/remote/remote_internal.h"

#define REPLY_MAX_BYTES ((size_t)32 << 20)
#define CALL_MS         60000u
#define TRIES_MAX       10u

struct remote_call {
	struct remote *remote;
	struct remote_call *next, **at;
	struct credentials_wait wait;
	struct limit_wait turn;
	uv_timer_t timer; /* until the next try */
	struct arena arena;
	enum kind kind;
	const char *method, *content_type, *url;
	struct strv body;
	watch_reply_fn done;
	void *ctx;
	struct http_call *http; /* in flight */
	struct backoff backoff;
	struct buf reply;
	int status;
	int64_t retry_after_s;
	unsigned tries;
	bool too_large, over;
};

static void on_closed(uv_handle_t *h)
{
	struct remote_call *c = container_of((uv_timer_t *)h, struct remote_call, timer);
	struct remote *m = c->remote;
	arena_deinit(&c->arena);
	buf_deinit(&c->reply);
	free(c);
	remote_drop(m);
}

/* Takes it off the list; its memory goes when its timer is closed. */
static void call_end(struct remote_call *c)
{
	c->over = true;
	*c->at = c->next;
	if (c->next) {
		c->next->at = c->at;
	}
	credentials_forget(c->remote->credentials, &c->wait);
	limit_leave(&c->remote->limit, &c->turn);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void answer(struct remote_call *c, const struct watch_reply *reply)
{
	call_end(c);
	if (c->done) {
		c->done(c->ctx, reply);
	}
}

static void answer_failure(struct remote_call *c, int err, const char *text)
{
	const struct watch_reply reply = {
		.err = err, .reason = STRV(""), .message = strv_of(text)
	};
	answer(c, &reply);
}

static void answer_status(struct remote_call *c)
{
	struct watch_reply reply = { .status = c->status, .reason = STRV("") };
	reply.message = request_failure(&c->arena, buf_strv(&c->reply), &reply.reason);
	reply.err = watch_outcome((unsigned)c->status, reply.reason);
	answer(c, &reply);
}

/* 2xx: an object of our kind, or something else that tells of success (a Status, a Scale). */
static void answer_object(struct remote_call *c)
{
	const struct object *o = NULL;
	const char *field;
	struct json *tree = NULL;
	int err = json_parse(&c->arena, buf_strv(&c->reply), &tree, NULL);
	if (err != ERR_OK) {
		answer_failure(c, err, "the server's reply is not JSON");
		return;
	}
	if (strv_eq(json_str(json_get(tree, "kind")), strv_of(kind_row(c->kind)->name))) {
		err = object_new(c->kind, tree, true, &o, &field);
	}
	if (err != ERR_OK) {
		answer_failure(c, err, "the server's reply does not fit its kind");
		return;
	}
	const struct watch_reply reply = {
		.status = c->status, .obj = o, .reason = STRV(""), .message = STRV("")
	};
	answer(c, &reply);
	object_unref(o);
}

static int send_call(struct remote_call *c);

static void send_or_fail(struct remote_call *c)
{
	int err = send_call(c);
	if (err != ERR_OK) {
		answer_failure(c, err, err_text(err));
	}
}

static void on_timer(uv_timer_t *t)
{
	send_or_fail(container_of(t, struct remote_call, timer));
}

static void on_credentials(struct credentials_wait *w)
{
	send_or_fail(container_of(w, struct remote_call, wait));
}

static void on_turn(struct limit_wait *w)
{
	send_or_fail(container_of(w, struct remote_call, turn));
}

static bool again(struct remote_call *c)
{
	bool busy = c->status == 429 || (c->status == 503 && c->retry_after_s >= 0);
	if (c->status == 401 && c->tries == 1) { /* once more, with fresh credentials */
		credentials_refused(c->remote->credentials);
		busy = c->remote->access.token_file || c->remote->access.exec.command;
	}
	if (!busy || c->tries >= TRIES_MAX) {
		return false;
	}
	int64_t delay = backoff_next(&c->backoff, c->remote->clock, c->retry_after_s);
	(void)uv_timer_start(&c->timer, on_timer, (uint64_t)delay, 0); /* open, callback given */
	return true;
}

static void on_done(void *ctx, const struct http_outcome *o)
{
	struct remote_call *c = ctx;
	limit_leave(&c->remote->limit, &c->turn);
	c->http = NULL;
	if (c->too_large || c->reply.err != ERR_OK) {
		answer_failure(c, c->too_large ? ERR_TOO_LARGE : c->reply.err,
			"the server's reply is too large");
	} else if (o->err != ERR_OK) {
		answer_failure(c, o->err, o->text);
	} else if (again(c)) {
		return;
	} else if (c->status >= 200 && c->status < 300) {
		answer_object(c);
	} else {
		answer_status(c);
	}
}

static void on_head(void *ctx, const struct http_head *head)
{
	struct remote_call *c = ctx;
	limit_leave(&c->remote->limit, &c->turn);
	c->status = head->status;
	c->retry_after_s = head->retry_after_s;
}

static bool on_bytes(void *ctx, struct strv bytes)
{
	struct remote_call *c = ctx;
	c->too_large = bytes.n > REPLY_MAX_BYTES - c->reply.n;
	if (!c->too_large) {
		buf_add(&c->reply, bytes);
	}
	return !c->too_large && c->reply.err == ERR_OK;
}

static int send_call(struct remote_call *c)
{
	struct remote *m = c->remote;
	if (!limit_enter(&m->limit, &c->turn) || !credentials_ready(m->credentials, &c->wait)) {
		return ERR_OK;
	}
	buf_reset(&c->reply);
	c->status = 0;
	c->retry_after_s = -1;
	c->tries++;
	struct http_call_config config = { .method = c->method,
		.url = c->url,
		.headers = request_headers(&c->arena, m, false, c->content_type),
		.body = c->body,
		.timeout_ms = CALL_MS,
		.head = on_head,
		.bytes = on_bytes,
		.done = on_done,
		.ctx = c };
	request_identify(m, &config);
	return config.headers ? http_call_start(m->http, &config, &c->http) : ERR_NOMEM;
}

/* What is asked */

static const struct {
	const char *method, *content_type;
} verbs[] = {
	[WATCH_GET] = { "GET", NULL },
	[WATCH_CREATE] = { "POST", "application/json" },
	[WATCH_UPDATE] = { "PUT", "application/json" },
	[WATCH_PATCH_JSON] = { "PATCH", "application/json-patch+json" },
	[WATCH_PATCH_MERGE] = { "PATCH", "application/merge-patch+json" },
	[WATCH_PATCH_STRATEGIC] = { "PATCH", "application/strategic-merge-patch+json" },
	[WATCH_DELETE] = { "DELETE", "application/json" },
};

static struct strv delete_options(struct arena *a, const struct watch_call *w)
{
	static const char *const policies[] = { [PROPAGATE_DEFAULT] = NULL,
		[PROPAGATE_BACKGROUND] = "Background",
		[PROPAGATE_FOREGROUND] = "Foreground",
		[PROPAGATE_ORPHAN] = "Orphan" };
	const char *policy = policies[w->del.propagation];
	struct json *o = json_new_object(a);
	int err = json_set_str(a, o, "kind", STRV("DeleteOptions"));
	err = err ? err : json_set_str(a, o, "apiVersion", STRV("v1"));
	if (!err && w->del.grace_s.set) {
		err = json_set_i64(a, o, "gracePeriodSeconds", w->del.grace_s.v);
	}
	if (!err && policy) {
		err = json_set_str(a, o, "propagationPolicy", strv_of(policy));
	}
	if (!err && (w->del.uid.n > 0 || w->del.resource_version.n > 0)) {
		struct json *p = json_ensure_object(a, o, "preconditions");
		if (w->del.uid.n > 0) {
			err = json_set_str(a, p, "uid", w->del.uid);
		}
		if (!err && w->del.resource_version.n > 0) {
			err = json_set_str(a, p, "resourceVersion", w->del.resource_version);
		}
	}
	return err ? STRV_NONE : json_text(a, o);
}

static int call_fill(struct remote_call *c, const struct watch_call *w)
{
	struct arena *a = &c->arena;
	struct buf query;
	c->kind = w->kind;
	c->method = verbs[w->verb].method;
	buf_init(&query);
	if (w->verb != WATCH_GET && w->verb != WATCH_DELETE && w->manager) {
		buf_add(&query, STRV("fieldManager="));
		http_url_add(&query, strv_of(w->manager));
	}
	c->url = query.err == ERR_OK
			 ? request_url(a, c->remote, w->kind, w->ns,
				   w->verb == WATCH_CREATE && !(w->subresource && *w->subresource)
					   ? STRV_NONE
					   : w->name,
				   w->subresource, buf_strv(&query))
				   .p
			 : NULL;
	buf_deinit(&query);
	if (w->verb != WATCH_GET) {
		c->content_type = verbs[w->verb].content_type;
		c->body = w->verb == WATCH_DELETE ? delete_options(a, w) : json_text(a, w->body);
	}
	return c->url && (w->verb == WATCH_GET || c->body.p) ? ERR_OK : ERR_NOMEM;
}

int remote_call_start(struct remote *m, const struct watch_call *w, watch_reply_fn done, void *ctx)
{
	struct remote_call *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->remote = m;
	c->done = done;
	c->ctx = ctx;
	c->wait.fn = on_credentials;
	c->turn.fn = on_turn;
	arena_init(&c->arena, 0);
	buf_init(&c->reply);
	backoff_init(&c->backoff, m->config.retry_first_ms, m->config.retry_last_ms);
	int err = call_fill(c, w);
	if (err != ERR_OK) {
		arena_deinit(&c->arena);
		free(c);
		return err;
	}
	(void)uv_timer_init(m->loop, &c->timer); /* cannot fail */
	remote_hold(m);
	c->next = m->calls;
	c->at = &m->calls;
	if (c->next) {
		c->next->at = &c->next;
	}
	m->calls = c;
	err = send_call(c);
	if (err != ERR_OK) {
		call_end(c);
	}
	return err;
}

void remote_calls_cancel(struct remote *m)
{
	while (m->calls) {
		http_call_cancel(m->calls->http);
		answer_failure(m->calls, UV_ECANCELED, err_text(UV_ECANCELED));
	}
}
