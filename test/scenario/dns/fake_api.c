/* See the header. */
#include "test/scenario/dns/fake_api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"

static bool selects(const struct watch_sub *s, const struct object *o)
{
	return o && selector_matches(&s->selector, &o->meta.labels);
}

/* A change as the API knows it, and as it is told. */
struct change {
	enum watch_type type;
	enum kind kind;
	const struct object *obj, *old;
	const struct object *told_obj, *told_old;
};

/* An object that enters a selection is ADDED, one that leaves it is DELETED, as an API server has it. */
static void tell(const struct watch_sub *s, const struct change *c)
{
	if (!s->used || !(s->interest.kinds & KIND_BIT(c->kind)) ||
		(c->type == WATCH_REFUSED && !s->interest.tell_refused)) {
		return;
	}
	struct watch_event e = { .type = c->type, .kind = c->kind, .obj = c->told_obj };
	if (c->obj) {
		bool before = c->old && selects(s, c->old);
		bool now = c->type != WATCH_DELETED && selects(s, c->obj);
		if (!before && !now) {
			return;
		}
		e.type = !before ? WATCH_ADDED : !now ? WATCH_DELETED : WATCH_MODIFIED;
		e.old = before ? c->told_old : NULL;
	}
	s->interest.fn(s->interest.ctx, &e);
}

static void tell_all(struct fake_api *f, const struct change *c)
{
	for (size_t i = 0; i < FAKE_SUBS; i++) {
		tell(&f->subs[i], c);
	}
}

/* What a remote API still knows of an object that has changed (watch/api.h). */
static const struct object *identity_of(const struct object *o)
{
	char text[1000];
	struct arena a;
	struct json *tree;
	struct json_report report;
	const struct object *identity;
	const char *field = "";
	bool slice = o->kind == KIND_ENDPOINTSLICE;
	(void)snprintf(text, sizeof(text),
		"{\"metadata\":{\"namespace\":\"%.*s\",\"name\":\"%.*s\",\"uid\":\"%.*s\","
		"\"resourceVersion\":\"%llu\",\"labels\":{\"kubernetes.io/"
		"service-name\":\"%.*s\"}},"
		"\"addressType\":\"IPv4\"}",
		STRV_ARG(o->meta.ns), STRV_ARG(o->meta.name), STRV_ARG(o->meta.uid),
		(unsigned long long)o->meta.resource_version,
		STRV_ARG(slice ? o->as.endpointslice->service : STRV_NONE));
	arena_init(&a, 0);
	assert_int_equal(json_parse(&a, strv_of(text), &tree, &report), ERR_OK);
	assert_int_equal(object_new(o->kind, tree, false, &identity, &field), ERR_OK);
	arena_deinit(&a);
	return identity;
}

/* missed: a deletion that is only noticed later. */
static void tell_change(struct fake_api *f, enum watch_type type, const struct object *obj,
	const struct object *old, bool missed)
{
	const struct object *identity = f->remote && old ? identity_of(old) : NULL;
	tell_all(f, &(struct change){
			    .type = type,
			    .kind = obj->kind,
			    .obj = obj,
			    .old = old,
			    .told_obj = missed && identity ? identity : obj,
			    .told_old = identity ? identity : old,
		    });
	object_unref(identity);
}

static int subscribe(void *self, const struct watch_interest *w, struct watch_sub **out)
{
	struct fake_api *f = self;
	size_t i = 0;
	while (f->subs[i].used) {
		i++;
		assert_true(i < FAKE_SUBS);
	}
	char why[SELECTOR_WHY_CHARS];
	f->subs[i] = (struct watch_sub){ .interest = *w };
	arena_init(&f->subs[i].arena, 0);
	int err = selector_parse(&f->subs[i].arena, w->label_selector, &f->subs[i].selector, why);
	if (err != ERR_OK) {
		arena_deinit(&f->subs[i].arena);
		return err;
	}
	f->subs[i].used = true;
	for (size_t k = 0; k < f->n; k++) {
		const struct object *o = f->objects[k];
		tell(&f->subs[i], &(struct change){ WATCH_ADDED, o->kind, o, NULL, o, NULL });
	}
	for (int kind = 0; f->synced && kind < KIND_COUNT; kind++) {
		tell(&f->subs[i],
			&(struct change){ .type = WATCH_SYNCED, .kind = (enum kind)kind });
	}
	*out = &f->subs[i];
	return ERR_OK;
}

static void unsubscribe(void *self, struct watch_sub *s)
{
	(void)self;
	if (s) {
		s->used = false;
		arena_deinit(&s->arena);
	}
}

static int call(void *self, const struct watch_call *c, watch_reply_fn done, void *ctx)
{
	(void)self;
	(void)c;
	(void)done;
	(void)ctx;
	return ERR_UNSUPPORTED;
}

static const struct watch_api_ops ops = {
	.subscribe = subscribe,
	.unsubscribe = unsubscribe,
	.call = call,
};

void fake_api_init(struct fake_api *f)
{
	*f = (struct fake_api){ 0 };
	f->api = (struct watch_api){ .self = f, .ops = &ops };
}

void fake_api_deinit(struct fake_api *f)
{
	for (size_t i = 0; i < FAKE_SUBS; i++) {
		assert_false(f->subs[i].used);
	}
	for (size_t i = 0; i < f->n; i++) {
		object_unref(f->objects[i]);
	}
	free(f->objects);
}

void fake_api_tell(struct fake_api *f, enum watch_type type, enum kind kind)
{
	tell_all(f, &(struct change){ .type = type, .kind = kind });
}

void fake_api_sync(struct fake_api *f)
{
	f->synced = true;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		fake_api_tell(f, WATCH_SYNCED, (enum kind)kind);
	}
}

static size_t find(const struct fake_api *f, enum kind kind, struct strv ns, struct strv name)
{
	size_t i = 0;
	while (i < f->n && (f->objects[i]->kind != kind || !strv_eq(f->objects[i]->meta.ns, ns) ||
				   !strv_eq(f->objects[i]->meta.name, name))) {
		i++;
	}
	return i;
}

void fake_api_apply_tree(struct fake_api *f, const struct json *tree)
{
	const struct object *o;
	const char *field = "";
	enum kind kind = kind_of_name(
		json_str(json_get(tree, "apiVersion")), json_str(json_get(tree, "kind")));
	if (kind == KIND_NONE) {
		return;
	}
	int err = object_new(kind, tree, false, &o, &field);
	if (err != ERR_OK) {
		fail_msg("object refused at %s: %s", field, err_text(err));
	}
	size_t i = find(f, kind, o->meta.ns, o->meta.name);
	if (i < f->n) {
		const struct object *old = f->objects[i];
		f->objects[i] = o;
		tell_change(f, WATCH_MODIFIED, o, old, false);
		object_unref(old);
		return;
	}
	if (f->n == f->room) {
		f->room = f->room > 0 ? 2 * f->room : 16;
		f->objects = realloc(f->objects, f->room * sizeof(*f->objects));
		assert_non_null(f->objects);
	}
	f->objects[f->n++] = o;
	tell_change(f, WATCH_ADDED, o, NULL, false);
}

void fake_api_apply(struct fake_api *f, const char *json_text)
{
	struct arena a;
	struct json *tree;
	struct json_report report;
	arena_init(&a, 0);
	if (json_parse(&a, strv_of(json_text), &tree, &report) != ERR_OK) {
		fail_msg("JSON refused: %s", report.why);
	}
	fake_api_apply_tree(f, tree);
	arena_deinit(&a);
}

static void delete_one(
	struct fake_api *f, enum kind kind, const char *ns, const char *name, bool missed)
{
	size_t i = find(f, kind, strv_of(ns), strv_of(name));
	assert_true(i < f->n);
	const struct object *o = f->objects[i];
	f->objects[i] = f->objects[--f->n];
	tell_change(f, WATCH_DELETED, o, o, missed);
	object_unref(o);
}

void fake_api_delete(struct fake_api *f, enum kind kind, const char *ns, const char *name)
{
	delete_one(f, kind, ns, name, false);
}

void fake_api_delete_missed(struct fake_api *f, enum kind kind, const char *ns, const char *name)
{
	delete_one(f, kind, ns, name, true);
}
