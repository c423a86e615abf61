/* Garbage collection by metadata.ownerReferences: dependents of a deleted owner go (background), or first (foreground), or are
 * left behind (orphan). Kubernetes promises no order; here the pods of a StatefulSet go one by one, highest ordinal first, each
 * when the one above is gone: what the experiment saw.
 * Keys are uids of owners. Source: kube-controller-manager's garbage collector; meta/v1 OwnerReference. Regime: see world.h. */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/err.h"
#include "base/log.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"

#define FOREGROUND  "foregroundDeletion"
#define ORPHAN      "orphan"
#define UID_CHARS   64
#define STRANGER_MS 100 /* an owner that is not known may still be on its way */

/* One object that names an owner. */
struct dependent {
	struct dependent *next;
	const struct object
		*obj; /* counted; as it was when it was linked, its newest state is in the cache */
	struct strv uid; /* of the owner; inside obj */
};

/* An owner's uid: who it is, while it exists, and who depends on it. */
struct owner {
	UT_hash_handle hh;
	const struct object *obj; /* counted; NULL: not there (never seen, or gone) */
	enum kind kind;           /* KIND_NONE: never seen */
	struct dependent *dependents;
	size_t uid_n;
	char uid[UID_CHARS];
};

struct collector {
	struct world *world;
	struct worklist *uids;
	struct owner *owners; /* hash by uid */
	struct body body;
};

static struct owner *owner_find(struct collector *c, struct strv uid)
{
	struct owner *o = NULL;
	HASH_FIND(hh, c->owners, uid.p, uid.n, o);
	return o;
}

static struct owner *owner_get(struct collector *c, struct strv uid)
{
	struct owner *o = owner_find(c, uid);
	if (o || uid.n == 0 || uid.n > UID_CHARS) {
		return o;
	}
	o = calloc(1, sizeof(*o));
	if (o) {
		o->kind = KIND_NONE;
		o->uid_n = uid.n;
		memcpy(o->uid, uid.p, uid.n);
		HASH_ADD(hh, c->owners, uid[0], (unsigned)uid.n, o);
	}
	return o;
}

static void owner_drop_if_idle(struct collector *c, struct owner *o)
{
	if (o && !o->obj && !o->dependents) {
		HASH_DEL(c->owners, o);
		free(o);
	}
}

/* ---- the book of who depends on whom ---- */

static void unlink_dependents(struct collector *c, const struct object *obj)
{
	for (size_t i = 0; i < obj->meta.n_owners; i++) {
		struct owner *o = owner_find(c, obj->meta.owners[i].uid);
		struct dependent **link = o ? &o->dependents : NULL;
		while (link && *link) {
			struct dependent *d = *link;
			if (d->obj->kind == obj->kind && strv_eq(d->obj->meta.uid, obj->meta.uid)) {
				*link = d->next;
				object_unref(d->obj);
				free(d);
			} else {
				link = &d->next;
			}
		}
		if (o) {
			worklist_add(c->uids, STRV_NONE, (struct strv){ o->uid, o->uid_n });
			owner_drop_if_idle(c, o);
		}
	}
}

static void link_dependents(struct collector *c, const struct object *obj)
{
	for (size_t i = 0; i < obj->meta.n_owners; i++) {
		struct owner *o = owner_get(c, obj->meta.owners[i].uid);
		struct dependent *d = o ? calloc(1, sizeof(*d)) : NULL;
		if (!d) {
			log_error("collector", "%.*s: %s", STRV_ARG(obj->meta.name),
				err_text(ERR_NOMEM));
			return;
		}
		d->obj = object_ref(obj);
		d->uid = obj->meta.owners[i].uid;
		d->next = o->dependents;
		o->dependents = d;
		if (!o->obj || o->obj->meta.deletion_ms.set) {
			worklist_add(c->uids, STRV_NONE, d->uid);
		}
	}
}

static void owner_seen(struct collector *c, const struct watch_event *e)
{
	struct owner *o = owner_find(c, e->obj->meta.uid);
	if (e->type == WATCH_DELETED) {
		if (o) {
			object_unref(o->obj);
			o->obj = NULL;
			worklist_add(c->uids, STRV_NONE, e->obj->meta.uid);
			owner_drop_if_idle(c, o);
		}
		return;
	}
	o = owner_get(c, e->obj->meta.uid);
	if (!o) {
		return;
	}
	const struct object *before = o->obj;
	o->obj = object_ref(e->obj);
	object_unref(before);
	o->kind = e->kind;
	if (e->obj->meta.deletion_ms.set) {
		worklist_add(c->uids, STRV_NONE, e->obj->meta.uid);
	}
}

/* ---- steps ---- */

static bool owner_lives(struct collector *c, const struct owner_ref *r)
{
	const struct owner *o = owner_find(c, r->uid);
	return o && o->obj && !o->obj->meta.deletion_ms.set;
}

/* Digits behind the last dash; -1 if there are none. */
static int64_t ordinal_of(struct strv name)
{
	size_t i = name.n;
	while (i > 0 && name.p[i - 1] != '-') {
		i--;
	}
	int64_t n = -1;
	if (i == 0 || strv_to_i64(strv_sub(name, i, name.n), &n)) {
		return -1;
	}
	return n;
}

static void delete_dependent(struct work *w, const struct object *d, enum watch_propagation p)
{
	work_call(w, &(struct watch_call){ .verb = WATCH_DELETE,
			     .kind = d->kind,
			     .ns = d->meta.ns,
			     .name = d->meta.name,
			     .manager = "kube-controller-manager",
			     .del = { .uid = d->meta.uid, .propagation = p } });
}

/* Takes references to this uid off a dependent: all of them went, others still own it. */
static void release_dependent(
	struct collector *c, struct work *w, const struct object *d, struct strv uid)
{
	struct body *b = &c->body;
	struct json *patch = body_object(b);
	struct json *meta = body_put_object(b, patch, "metadata");
	body_put_str(b, meta, "uid", d->meta.uid);
	struct json *ref = body_push_object(b, body_put_array(b, meta, "ownerReferences"));
	body_put_text(b, ref, "$patch", "delete");
	body_put_str(b, ref, "uid", uid);
	if (!b->err) {
		work_call(w, &(struct watch_call){ .verb = WATCH_PATCH_STRATEGIC,
				     .kind = d->kind,
				     .ns = d->meta.ns,
				     .name = d->meta.name,
				     .body = patch,
				     .manager = "kube-controller-manager" });
	}
}

static bool others_own(struct collector *c, const struct object *d, struct strv uid)
{
	for (size_t i = 0; i < d->meta.n_owners; i++) {
		if (!strv_eq(d->meta.owners[i].uid, uid) && owner_lives(c, &d->meta.owners[i])) {
			return true;
		}
	}
	return false;
}

/* Whether anything of this kind may depend on the object (so that foreground deletion goes down the tree). */
static bool has_dependents(struct collector *c, const struct object *d)
{
	const struct owner *o = owner_find(c, d->meta.uid);
	return o && o->dependents;
}

/* The newest state of a dependent; NULL when it is gone. */
static const struct object *current(const struct collector *c, const struct dependent *d)
{
	const struct object *o = watch_cache_get(
		c->world->cache, d->obj->kind, d->obj->meta.ns, d->obj->meta.name);
	return o && strv_eq(o->meta.uid, d->obj->meta.uid) ? o : NULL;
}

/* The dependent to deal with next: pods of a StatefulSet highest ordinal first, others as they come.
 * *out_wait: one of the ordered ones is still on its way out. */
static const struct object *next_dependent(
	const struct collector *c, const struct owner *o, bool only_blocking, bool *out_wait)
{
	const struct object *best = NULL;
	int64_t best_ordinal = -2;
	bool ordered = o->kind == KIND_STATEFULSET;
	*out_wait = false;
	for (const struct dependent *d = o->dependents; d; d = d->next) {
		bool blocks = true;
		for (size_t i = 0; only_blocking && i < d->obj->meta.n_owners; i++) {
			const struct owner_ref *r = &d->obj->meta.owners[i];
			blocks = strv_eq(r->uid, d->uid) ? r->block_owner_deletion : blocks;
		}
		if (!blocks) {
			continue;
		}
		const struct object *now = current(c, d);
		bool in_order = ordered && d->obj->kind == KIND_POD;
		if (!now || now->meta.deletion_ms.set) {
			*out_wait = *out_wait || (now && in_order);
			continue;
		}
		int64_t ordinal = in_order ? ordinal_of(now->meta.name) : INT64_MAX;
		if (ordinal > best_ordinal) {
			best = now;
			best_ordinal = ordinal;
		}
	}
	if (*out_wait && best && best->kind == KIND_POD) {
		best = NULL; /* the one above is not gone yet */
	}
	return best;
}

static void collect(struct collector *c, struct work *w, const struct owner *o,
	enum watch_propagation propagation, bool only_blocking)
{
	bool wait;
	struct strv uid = { o->uid, o->uid_n };
	const struct object *d = next_dependent(c, o, only_blocking, &wait);
	if (!d) {
		return;
	}
	if (others_own(c, d, uid)) {
		release_dependent(c, w, d, uid);
	} else {
		bool deeper = propagation == PROPAGATE_FOREGROUND && has_dependents(c, d);
		delete_dependent(w, d, deeper ? PROPAGATE_FOREGROUND : PROPAGATE_BACKGROUND);
	}
}

static bool has_blocking(const struct owner *o)
{
	for (const struct dependent *d = o->dependents; d; d = d->next) {
		for (size_t i = 0; i < d->obj->meta.n_owners; i++) {
			const struct owner_ref *r = &d->obj->meta.owners[i];
			if (strv_eq(r->uid, d->uid) && r->block_owner_deletion) {
				return true;
			}
		}
	}
	return false;
}

static void drop_finalizer(
	struct collector *c, struct work *w, const struct object *owner, struct strv name)
{
	struct json *patch = body_without_finalizer(&c->body, &owner->meta, name);
	if (!c->body.err) {
		work_call(w, &(struct watch_call){ .verb = WATCH_PATCH_MERGE,
				     .kind = owner->kind,
				     .ns = owner->meta.ns,
				     .name = owner->meta.name,
				     .body = patch,
				     .manager = "kube-controller-manager" });
	}
}

static void look_deleting(struct collector *c, struct work *w, const struct owner *o)
{
	const struct object *owner = o->obj;
	if (meta_has_finalizer(&owner->meta, STRV(ORPHAN))) {
		if (o->dependents) {
			release_dependent(c, w, o->dependents->obj, owner->meta.uid);
		} else {
			drop_finalizer(c, w, owner, STRV(ORPHAN));
		}
	} else if (meta_has_finalizer(&owner->meta, STRV(FOREGROUND))) {
		if (has_blocking(o)) {
			collect(c, w, o, PROPAGATE_FOREGROUND, true);
		} else {
			drop_finalizer(c, w, owner, STRV(FOREGROUND));
		}
	}
}

static void look(void *ctx, struct work *w)
{
	struct collector *c = ctx;
	const struct owner *o = owner_find(c, work_name(w));
	if (!o || (o->obj && !o->obj->meta.deletion_ms.set)) {
		work_drop(w);
		return;
	}
	body_reset(&c->body);
	if (o->obj) {
		look_deleting(c, w, o);
		return;
	}
	if (o->kind == KIND_NONE && *work_note(w) == 0) {
		*work_note(w) = 1;
		work_after(w, STRANGER_MS);
		return;
	}
	if (o->dependents) {
		collect(c, w, o, PROPAGATE_BACKGROUND, false);
	} else {
		work_drop(w);
	}
}

static bool same_owners(const struct meta *a, const struct meta *b)
{
	if (a->n_owners != b->n_owners || !strv_eq(a->uid, b->uid)) {
		return false;
	}
	for (size_t i = 0; i < a->n_owners; i++) {
		if (!strv_eq(a->owners[i].uid, b->owners[i].uid) ||
			a->owners[i].block_owner_deletion != b->owners[i].block_owner_deletion) {
			return false;
		}
	}
	return true;
}

void collector_event(struct collector *c, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED || e->kind == KIND_EVENT) {
		return; /* Events own nothing and are owned by nobody */
	}
	if (e->type != WATCH_MODIFIED || !e->old || !same_owners(&e->old->meta, &e->obj->meta)) {
		if (e->old) {
			unlink_dependents(c, e->old);
		}
		if (e->type == WATCH_DELETED) {
			unlink_dependents(c, e->obj);
		} else {
			link_dependents(c, e->obj);
		}
	}
	owner_seen(c, e);
}

int collector_open(struct world *world, struct collector **out)
{
	struct collector *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->world = world;
	body_init(&c->body);
	int err = worklist_open(world->clock, world->api, look, c, &c->uids);
	if (err) {
		collector_close(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void collector_close(struct collector *c)
{
	if (!c) {
		return;
	}
	worklist_close(c->uids);
	struct owner *o;
	struct owner *next;
	HASH_ITER(hh, c->owners, o, next)
	{
		while (o->dependents) {
			struct dependent *d = o->dependents;
			o->dependents = d->next;
			object_unref(d->obj);
			free(d);
		}
		object_unref(o->obj);
		HASH_DEL(c->owners, o);
		free(o);
	}
	body_deinit(&c->body);
	free(c);
}
