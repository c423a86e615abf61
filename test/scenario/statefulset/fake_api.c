/* See fake_api.h. */
#include "test/scenario/statefulset/fake_api.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/patch/patch.h"
#include "watch/embedded/schema/schema.h"
#include "watch/object/typed.h"
#include "watch/store/store.h"

struct fake_api {
	struct watch_api api;
	struct clock *clock;
	struct store *store;
	struct arena a; /* of one call */
	unsigned uids;
};

struct pending { /* one reply on its way */
	struct clock_task task;
	watch_reply_fn done;
	void *ctx;
	struct watch_reply reply;
	char message[200];
};

static void deliver(struct clock_task *t)
{
	struct pending *p = container_of(t, struct pending, task);
	p->done(p->ctx, &p->reply);
	object_unref(p->reply.obj);
	free(p);
}

static int reply(struct fake_api *f, int status, int err, const char *message,
	const struct object *obj, watch_reply_fn done, void *ctx)
{
	struct pending *p = calloc(1, sizeof(*p));
	REQUIRE(p);
	(void)snprintf(p->message, sizeof(p->message), "%s", message);
	p->done = done;
	p->ctx = ctx;
	p->reply = (struct watch_reply){ .status = status,
		.err = err,
		.obj = obj ? object_ref(obj) : NULL,
		.message = strv_of(p->message) };
	clock_task_init(&p->task, deliver);
	clock_post(f->clock, &p->task);
	return ERR_OK;
}

struct call { /* being answered */
	struct fake_api *f;
	const struct watch_call *in;
	struct strv name;
	const struct object *old; /* as stored */
	struct json *tree;        /* as it will be */
	int status, err;
	const char *message;
	const struct object *result;
};

static void refuse(struct call *c, int status, int err, const char *message)
{
	c->status = status;
	c->err = err;
	c->message = message;
}

/* Stores c->tree under the next resourceVersion. */
static void commit(struct call *c, enum watch_type type)
{
	struct fake_api *f = c->f;
	struct json *metadata = json_ensure_object(&f->a, c->tree, "metadata");
	const char *field = "";
	const struct object *obj = NULL;
	REQUIRE(json_set_str(&f->a, metadata, "resourceVersion",
			arena_printf(&f->a, "%llu",
				(unsigned long long)store_next_revision(f->store))) == 0);
	if (object_new(c->in->kind, c->tree, true, &obj, &field)) {
		refuse(c, 422, ERR_BAD_TYPE, field);
		return;
	}
	REQUIRE(store_commit(f->store, type, obj) == 0);
	c->result = store_get(f->store, c->in->kind, obj->meta.ns, obj->meta.name);
	if (type == WATCH_DELETED) {
		c->result = NULL;
	}
	object_unref(obj);
}

static void set_now(struct fake_api *f, struct json *metadata, const char *key)
{
	char now[CLOCK_RFC3339_CHARS + 1];
	clock_format(clock_now_ms(f->clock), now);
	REQUIRE(json_set_str(&f->a, metadata, key, strv_of(now)) == 0);
}

static void create(struct call *c)
{
	struct fake_api *f = c->f;
	if (c->old) {
		refuse(c, 409, ERR_EXISTS, "already exists");
		return;
	}
	c->tree = json_copy(&f->a, c->in->body);
	struct json *m = json_ensure_object(&f->a, c->tree, "metadata");
	REQUIRE(json_set_str(&f->a, m, "uid", arena_printf(&f->a, "uid-%u", ++f->uids)) == 0);
	REQUIRE(json_set_i64(&f->a, m, "generation", 1) == 0);
	REQUIRE(json_set_str(&f->a, m, "namespace", c->in->ns) == 0);
	set_now(f, m, "creationTimestamp");
	(void)json_remove(c->tree, "status");
	struct json *status = json_ensure_object(&f->a, c->tree, "status");
	if (c->in->kind == KIND_POD) {
		REQUIRE(json_set_str(&f->a, status, "phase", STRV("Pending")) == 0);
	} else if (c->in->kind == KIND_STATEFULSET) {
		REQUIRE(json_set_i64(&f->a, status, "replicas", 0) == 0);
	}
	commit(c, WATCH_ADDED);
}

/* Puts the part that the call may not change back, counts generations, removes what has lost its last finalizer. */
static void change(struct call *c)
{
	struct fake_api *f = c->f;
	struct json *old = object_tree(c->old, &f->a);
	bool is_status = c->in->subresource && c->in->subresource[0];
	const char *kept = is_status ? "spec" : "status";
	struct json *m = json_get(c->tree, "metadata");
	struct strv uid = json_str(json_get(m, "uid"));
	struct strv version = json_str(json_get(m, "resourceVersion"));
	if (!strv_eq(uid, c->old->meta.uid)) {
		refuse(c, 409, ERR_CONFLICT, "Precondition failed: UID in precondition");
		return;
	}
	if (c->in->verb == WATCH_UPDATE && version.n &&
		!strv_eq(version, json_str(json_dig(old, "metadata.resourceVersion")))) {
		refuse(c, 409, ERR_CONFLICT, "the object has been modified");
		return;
	}
	if (json_get(old, kept)) {
		REQUIRE(json_set(&f->a, c->tree, kept,
				json_get(object_tree(c->old, &f->a), kept)
					? json_copy(&f->a, json_get(old, kept))
					: NULL) == 0);
	}
	if (json_equal(c->tree, old)) {
		c->result = c->old;
		return;
	}
	if (!json_equal(json_get(c->tree, "spec"), json_get(old, "spec"))) {
		REQUIRE(json_set_i64(&f->a, m, "generation", c->old->meta.generation + 1) == 0);
	}
	bool gone = c->old->meta.deletion_ms.set && json_count(json_get(m, "finalizers")) == 0;
	commit(c, gone ? WATCH_DELETED : WATCH_MODIFIED);
}

static void patch(struct call *c)
{
	struct status s;
	status_init(&s, &c->f->a);
	c->tree = object_tree(c->old, &c->f->a);
	int err = c->in->verb == WATCH_PATCH_MERGE
			  ? patch_merge(&c->f->a, &c->tree, c->in->body, &s)
			  : patch_strategic(
				    &c->f->a, schema_of(c->in->kind), &c->tree, c->in->body, &s);
	if (err) {
		refuse(c, 422, err, "bad patch");
		return;
	}
	change(c);
}

static void remove_object(struct call *c)
{
	if (c->in->del.uid.n && !strv_eq(c->in->del.uid, c->old->meta.uid)) {
		refuse(c, 409, ERR_CONFLICT, "Precondition failed: UID in precondition");
		return;
	}
	c->tree = object_tree(c->old, &c->f->a);
	if (c->old->meta.finalizers.n == 0) {
		commit(c, WATCH_DELETED);
	} else if (!c->old->meta.deletion_ms.set) {
		set_now(c->f, json_get(c->tree, "metadata"), "deletionTimestamp");
		commit(c, WATCH_MODIFIED);
	} else {
		c->result = c->old;
	}
}

static void answer(struct call *c)
{
	if (c->in->verb == WATCH_CREATE) {
		create(c);
		return;
	}
	if (!c->old) {
		refuse(c, 404, ERR_NOT_FOUND, "not found");
		return;
	}
	switch (c->in->verb) {
	case WATCH_UPDATE:
		c->tree = json_copy(&c->f->a, c->in->body);
		change(c);
		break;
	case WATCH_PATCH_MERGE:
	case WATCH_PATCH_STRATEGIC:
		patch(c);
		break;
	case WATCH_DELETE:
		remove_object(c);
		break;
	case WATCH_GET:
		c->result = c->old;
		break;
	case WATCH_CREATE:
	case WATCH_PATCH_JSON:
		refuse(c, 400, ERR_UNSUPPORTED, "not supported here");
		break;
	}
}

static void ignored(void *ctx, const struct watch_reply *r)
{
	(void)ctx;
	(void)r;
}

static int call(void *self, const struct watch_call *in, watch_reply_fn done, void *ctx)
{
	struct fake_api *f = self;
	struct call c = { .f = f, .in = in, .status = 200, .message = "" };
	arena_reset(&f->a);
	c.name = in->name.n ? in->name : json_str(json_dig(in->body, "metadata.name"));
	c.old = store_get(f->store, in->kind, in->ns, c.name);
	answer(&c);
	return reply(f, c.status, c.err, c.message, c.result, done ? done : ignored, ctx);
}

static int subscribe(void *self, const struct watch_interest *w, struct watch_sub **out)
{
	return hub_subscribe(((struct fake_api *)self)->store, w, out);
}

static void unsubscribe(void *self, struct watch_sub *s)
{
	hub_unsubscribe(((struct fake_api *)self)->store, s);
}

static const struct watch_api_ops ops = {
	.subscribe = subscribe, .unsubscribe = unsubscribe, .call = call
};

int fake_api_new(struct clock *clock, struct fake_api **out)
{
	struct fake_api *f = calloc(1, sizeof(*f));
	if (!f) {
		return ERR_NOMEM;
	}
	f->clock = clock;
	f->api = (struct watch_api){ .self = f, .ops = &ops };
	arena_init(&f->a, 0);
	int err = store_new(clock, NULL, &f->store);
	if (err) {
		free(f);
		return err;
	}
	*out = f;
	return ERR_OK;
}

void fake_api_free(struct fake_api *f)
{
	store_free(f->store);
	arena_deinit(&f->a);
	free(f);
}

const struct watch_api *fake_api_get(struct fake_api *f)
{
	return &f->api;
}
