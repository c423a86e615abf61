/* Ordered sets of objects: runs of counted references. Regime: caller's storage. Called by: store, cache. */
#include "watch/object/sorted.h"

#include "base/err.h"

static int compare(const void *item, struct strv ns, struct strv name)
{
	const struct object *o = item;
	int c = strv_cmp(o->meta.ns, ns);
	return c != 0 ? c : strv_cmp(o->meta.name, name);
}

/* Objects are immutable, and what is pointed to is nobody's to change here. */
static void *item_of(const struct object *o)
{
	return (void *)(uintptr_t)object_ref(o);
}

void sorted_init(struct sorted *s)
{
	*s = (struct sorted){ .changes = 0 };
	runs_init(&s->runs, compare);
}

void sorted_deinit(struct sorted *s)
{
	struct runs_place p = { 0 };
	for (const struct object *o; (o = runs_at(&s->runs, p)); p = runs_next(&s->runs, p)) {
		object_unref(o);
	}
	runs_deinit(&s->runs);
	s->changes = 0;
}

const struct object *sorted_get(const struct sorted *s, struct strv ns, struct strv name)
{
	struct runs_place p = runs_find(&s->runs, ns, name);
	return p.found ? runs_at(&s->runs, p) : NULL;
}

int sorted_put(struct sorted *s, const struct object *o, const struct object **out_old)
{
	struct runs_place p = runs_find(&s->runs, o->meta.ns, o->meta.name);
	const struct object *old = p.found ? runs_at(&s->runs, p) : NULL;
	int err = ERR_OK;
	if (old) {
		runs_replace(&s->runs, p, item_of(o));
	} else {
		err = runs_insert(&s->runs, p, item_of(o));
	}
	if (err != ERR_OK) {
		object_unref(o);
		return err;
	}
	s->changes++;
	*out_old = old;
	return ERR_OK;
}

const struct object *sorted_remove(struct sorted *s, struct strv ns, struct strv name)
{
	struct runs_place p = runs_find(&s->runs, ns, name);
	const struct object *old = p.found ? runs_at(&s->runs, p) : NULL;
	if (old) {
		runs_remove(&s->runs, p);
		s->changes++;
	}
	return old;
}

static struct runs_place behind(const struct sorted *s, struct strv ns, struct strv name)
{
	struct runs_place p = runs_find(&s->runs, ns, name);
	return p.found ? runs_next(&s->runs, p) : p;
}

void sorted_visit(const struct sorted *s, struct strv ns, struct strv after_ns,
	struct strv after_name, sorted_visit_fn fn, void *ctx)
{
	struct runs_place p = after_name.n > 0 ? behind(s, after_ns, after_name)
					       : runs_find(&s->runs, ns, STRV_NONE);
	const struct object *o;
	bool go_on = true;
	while (go_on && (o = runs_at(&s->runs, p))) {
		if (ns.n > 0 && !strv_eq(o->meta.ns, ns)) {
			break;
		}
		uint64_t before = s->changes;
		object_ref(o); /* its key is needed after fn, which may let it go */
		go_on = fn(ctx, o);
		p = go_on && s->changes != before ? behind(s, o->meta.ns, o->meta.name)
						  : runs_next(&s->runs, p);
		object_unref(o);
	}
}
