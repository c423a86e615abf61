/* struct watch_api on the embedded store: for DNS, the controllers and the companions in this
 * process. A write is done inside the call; its reply is a clock task, so it comes after the events
 * of the write and never before the call has returned. Regime: a call is an owned heap object with
 * its own arena, freed after the reply. Called by: through watch_call, watch_subscribe. */
#include <stdlib.h>

#include "base/err.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/write.h"
#include "watch/outcome.h"

struct inproc_call {
	struct clock_task task;
	struct embedded *e;
	watch_reply_fn done;
	void *ctx;
	struct arena arena;
	struct write_result result;
	struct inproc_call *prev, *next;
};

static void unlink_call(struct inproc_call *c)
{
	if (c->prev != NULL) {
		c->prev->next = c->next;
	} else {
		c->e->calls = c->next;
	}
	if (c->next != NULL) {
		c->next->prev = c->prev;
	} else {
		c->e->calls_last = c->prev;
	}
}

static void link_call(struct inproc_call *c)
{
	c->prev = c->e->calls_last;
	if (c->prev != NULL) {
		c->prev->next = c;
	} else {
		c->e->calls = c;
	}
	c->e->calls_last = c;
}

static void finish(struct inproc_call *c, const struct watch_reply *reply)
{
	unlink_call(c);
	if (c->done != NULL) {
		c->done(c->ctx, reply);
	}
	object_unref(c->result.obj);
	arena_deinit(&c->arena);
	free(c);
}

static void on_turn(struct clock_task *t)
{
	struct inproc_call *c = container_of(t, struct inproc_call, task);
	const struct write_result *r = &c->result;
	if (r->obj != NULL && r->obj->meta.resource_version > hub_digested(c->e->store)) {
		clock_post(c->e->clock, t); /* its events are still on their way */
		return;
	}
	struct watch_reply reply = { .status = (int)r->code,
		.obj = r->gone ? NULL : r->obj,
		.reason = STRV(""),
		.message = STRV("") };
	if (status_failed(&r->status)) {
		reply = (struct watch_reply){ .status = (int)r->status.code,
			.err = watch_outcome(r->status.code, r->status.reason),
			.reason = r->status.reason,
			.message = r->status.message };
	}
	finish(c, &reply);
}

void inproc_cancel_all(struct embedded *e)
{
	const struct watch_reply reply = {
		.status = 0, .err = UV_ECANCELED, .reason = STRV(""), .message = STRV("")
	};
	struct inproc_call *next = NULL;
	for (struct inproc_call *c = e->calls; c != NULL; c = next) {
		next = c->next;
		clock_unpost(e->clock, &c->task);
		finish(c, &reply);
	}
}

static void read_object(struct inproc_call *c, const struct watch_call *w)
{
	const struct object *o = store_get(c->e->store, w->kind, w->ns, w->name);
	c->result = (struct write_result){ .code = 200 };
	status_init(&c->result.status, &c->arena);
	if (o == NULL) {
		status_not_found(&c->result.status, w->kind, w->name);
	} else {
		c->result.obj = object_ref(o);
	}
}

static enum write_verb verb_of(enum watch_verb v)
{
	REQUIRE(v != WATCH_GET);
	switch (v) {
	case WATCH_CREATE:
		return WRITE_CREATE;
	case WATCH_UPDATE:
		return WRITE_UPDATE;
	case WATCH_PATCH_JSON:
		return WRITE_PATCH_JSON;
	case WATCH_PATCH_MERGE:
		return WRITE_PATCH_MERGE;
	case WATCH_PATCH_STRATEGIC:
		return WRITE_PATCH_STRATEGIC;
	case WATCH_DELETE:
		return WRITE_DELETE;
	case WATCH_GET:
		break;
	}
	return WRITE_UPDATE;
}

/* Text of the call is copied: messages of a failed write may point to it. */
static int write_object(struct inproc_call *c, const struct watch_call *w)
{
	struct arena *a = &c->arena;
	struct write_request r = { .verb = verb_of(w->verb),
		.kind = w->kind,
		.ns = arena_strdup(a, w->ns),
		.name = arena_strdup(a, w->name),
		.sub = w->subresource,
		.body = w->body ? json_copy(a, w->body) : NULL,
		.manager = arena_strdup(a, strv_of(w->manager)),
		.validation = VALIDATION_IGNORE,
		.trusted = true };
	r.del.grace_s = w->del.grace_s;
	r.del.propagation = w->del.propagation;
	r.del.uid = arena_strdup(a, w->del.uid);
	r.del.resource_version = arena_strdup(a, w->del.resource_version);
	if (r.ns.p == NULL || r.name.p == NULL || r.manager.p == NULL || r.del.uid.p == NULL ||
		r.del.resource_version.p == NULL || (w->body != NULL && r.body == NULL)) {
		return ERR_NOMEM;
	}
	write_run(c->e, a, &r, &c->result);
	return ERR_OK;
}

static int inproc_call(void *self, const struct watch_call *w, watch_reply_fn done, void *ctx)
{
	struct embedded *e = self;
	struct inproc_call *c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return ERR_NOMEM;
	}
	c->e = e;
	c->done = done;
	c->ctx = ctx;
	arena_init(&c->arena, 16384);
	clock_task_init(&c->task, on_turn);
	int r = ERR_OK;
	if (w->verb == WATCH_GET) {
		read_object(c, w);
	} else {
		r = write_object(c, w);
	}
	if (r != ERR_OK) {
		arena_deinit(&c->arena);
		free(c);
		return r;
	}
	link_call(c);
	clock_post(e->clock, &c->task);
	return ERR_OK;
}

static int inproc_subscribe(void *self, const struct watch_interest *w, struct watch_sub **out)
{
	struct embedded *e = self;
	return hub_subscribe(e->store, w, out);
}

static void inproc_unsubscribe(void *self, struct watch_sub *sub)
{
	struct embedded *e = self;
	if (sub != NULL) {
		hub_unsubscribe(e->store, sub);
	}
}

static void inproc_freshness(void *self, struct watch_freshness *out)
{
	(void)self;
	*out = (struct watch_freshness){ .synced = true, .in_step = true };
}

const struct watch_api_ops inproc_ops = {
	.subscribe = inproc_subscribe,
	.unsubscribe = inproc_unsubscribe,
	.call = inproc_call,
	.freshness = inproc_freshness,
};
