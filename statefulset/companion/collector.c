/* Garbage collection by metadata.ownerReferences: dependents of a deleted owner go (background), or first (foreground), or are
 * left behind (orphan). Kubernetes promises no order; here the pods of a StatefulSet go one by one, highest ordinal first, each
 * when the one above is gone: what the experiment saw.
 * Keys are uids of owners. Source: kube-controller-manager's garbage collector; meta/v1 OwnerReference. Regime: see world.h. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"

#define FOREGROUND  "foregroundDeletion"
#define ORPHAN      "orphan"
#define UID_CHARS   64
#define NAME_CHARS  254
#define STRANGER_MS 100 /* an owner that was never seen may still be on its way */

/* One object that names an owner. */
struct dependent {
	UT_hash_handle hh;        /* by uid */
	const struct object *obj; /* counted, its newest state */
	int64_t ordinal;          /* of a pod: the number its name ends in, -1 without */
	char uid[];
};

/* An owner that objects name: which one, and who they are. */
struct owner {
	UT_hash_handle hh;
	bool seen;      /* it was there once */
	enum kind kind; /* KIND_NONE: not served here, so nobody can tell whether it is there */
	struct dependent *dependents; /* hash by uid, the oldest first */
	struct strv uid, ns, name;    /* in text */
	char text[];
};

struct collector {
	struct world *world;
	struct worklist *uids;
	struct owner *owners; /* hash by uid */
	struct body body;
};

/* What is kept with an owner's key. */
struct owner_state {
	bool waited; /* for an owner never seen */
};

/* ---- the book of who depends on whom ---- */

/* uthash's macros are long, and the analyser does not follow its list.
 * NOLINTBEGIN(readability-function-size,clang-analyzer-unix.Malloc) */
static struct owner *owner_find(const struct collector *c, struct strv uid)
{
	struct owner *o = NULL;
	if (uid.n > 0) {
		HASH_FIND(hh, c->owners, uid.p, uid.n, o);
	}
	return o;
}

static struct strv text_put(struct owner *o, size_t *at, struct strv s)
{
	struct strv kept = { o->text + *at, s.n };
	if (s.n > 0) {
		memcpy(o->text + *at, s.p, s.n);
	}
	*at += s.n;
	return kept;
}

static struct owner *owner_get(
	struct collector *c, enum kind kind, struct strv ns, struct strv name, struct strv uid)
{
	struct owner *o = owner_find(c, uid);
	if (o || uid.n == 0 || uid.n > UID_CHARS || name.n > NAME_CHARS) {
		return o;
	}
	o = calloc(1, sizeof(*o) + uid.n + ns.n + name.n);
	if (!o) {
		return NULL;
	}
	size_t at = 0;
	o->kind = kind;
	o->uid = text_put(o, &at, uid);
	o->ns = text_put(o, &at, ns);
	o->name = text_put(o, &at, name);
	HASH_ADD_KEYPTR(hh, c->owners, o->uid.p, o->uid.n, o);
	if (!hash_is_in(o)) {
		free(o);
		return NULL;
	}
	return o;
}

static struct dependent *dependent_find(const struct owner *o, struct strv uid)
{
	struct dependent *d = NULL;
	HASH_FIND(hh, o->dependents, uid.p, uid.n, d);
	return d;
}

static struct dependent *dependent_add(struct owner *o, const struct object *obj)
{
	struct strv uid = obj->meta.uid;
	struct dependent *d = calloc(1, sizeof(*d) + uid.n);
	if (!d) {
		return NULL;
	}
	memcpy(d->uid, uid.p, uid.n);
	HASH_ADD_KEYPTR(hh, o->dependents, d->uid, uid.n, d);
	if (!hash_is_in(d)) {
		free(d);
		return NULL;
	}
	d->obj = object_ref(obj);
	return d;
}

static void dependent_drop(struct owner *o, struct dependent *d)
{
	HASH_DEL(o->dependents, d);
	object_unref(d->obj);
	free(d);
}

static void owner_free(struct collector *c, struct owner *o)
{
	struct dependent *d;
	struct dependent *next;
	HASH_ITER(hh, o->dependents, d, next) {
		dependent_drop(o, d);
	}
	HASH_DEL(c->owners, o);
	free(o);
}
/* NOLINTEND(readability-function-size,clang-analyzer-unix.Malloc) */

static const struct object *cached(const struct collector *c, enum kind kind, struct strv ns,
	struct strv name, struct strv uid)
{
	const struct object *o = kind == KIND_NONE
					 ? NULL
					 : watch_cache_get(c->world->cache, kind, ns, name);
	return o && strv_eq(o->meta.uid, uid) ? o : NULL;
}

/* The owner itself; NULL: it is not there. */
static const struct object *owner_object(const struct collector *c, const struct owner *o)
{
	return cached(c, o->kind, o->ns, o->name, o->uid);
}

/* An owner that nobody depends on is of interest only while its deletion waits for us. */
static void owner_leave(struct collector *c, struct owner *o)
{
	if (!o->dependents && !owner_object(c, o)) {
		owner_free(c, o);
	}
}

static void unlink_dependent(struct collector *c, const struct object *obj, struct strv uid)
{
	struct owner *o = owner_find(c, uid);
	struct dependent *d = o ? dependent_find(o, obj->meta.uid) : NULL;
	if (d) {
		dependent_drop(o, d);
		worklist_add(c->uids, STRV_NONE, o->uid);
		owner_leave(c, o);
	}
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

/* Whom the reference means: an owner lives in the dependent's namespace or in none. */
static struct owner *owner_of(
	struct collector *c, const struct owner_ref *r, const struct object *dependent)
{
	enum kind k = kind_of_name(r->api_version, r->kind);
	bool namespaced = k != KIND_NONE && kind_row(k)->namespaced;
	struct strv ns = namespaced ? dependent->meta.ns : STRV_NONE;
	return owner_get(c, k, ns, r->name, r->uid);
}

static void link_dependent(struct collector *c, const struct owner_ref *r, const struct object *obj)
{
	struct owner *o = owner_of(c, r, obj);
	struct dependent *d = o ? dependent_find(o, obj->meta.uid) : NULL;
	if (d) {
		(void)object_ref(obj);
		object_unref(d->obj);
		d->obj = obj;
		return;
	}
	d = o ? dependent_add(o, obj) : NULL;
	if (!d) {
		log_error("collector", "%.*s: %s", STRV_ARG(obj->meta.name), err_text(ERR_NOMEM));
		return; /* o may be left without dependents: it is freed at close */
	}
	d->ordinal = obj->kind == KIND_POD ? ordinal_of(obj->meta.name) : -1;
	const struct object *owner = owner_object(c, o);
	o->seen = o->seen || owner;
	if (!owner || owner->meta.deletion_ms.set) {
		worklist_add(c->uids, STRV_NONE, o->uid);
	}
}

static bool names_owner(const struct meta *m, struct strv uid)
{
	for (size_t i = 0; i < m->n_owners; i++) {
		if (strv_eq(m->owners[i].uid, uid)) {
			return true;
		}
	}
	return false;
}

/* ---- steps ---- */

/* Whether the referenced owner keeps its dependents: it is there, and not in foreground deletion, which takes them along.
 * One of a kind that is not served here may be anywhere: it keeps them. */
static bool owner_keeps(
	const struct collector *c, const struct owner_ref *r, const struct object *dependent)
{
	enum kind k = kind_of_name(r->api_version, r->kind);
	if (k == KIND_NONE) {
		return true;
	}
	struct strv ns = kind_row(k)->namespaced ? dependent->meta.ns : STRV_NONE;
	const struct object *o = cached(c, k, ns, r->name, r->uid);
	return o && !(o->meta.deletion_ms.set && meta_has_finalizer(&o->meta, STRV(FOREGROUND)));
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
	if (d->meta.n_owners ==
		1) { /* no list rather than an empty one, if it is still the only one */
		body_put_str(b, meta, "resourceVersion",
			arena_printf(
				&b->arena, "%llu", (unsigned long long)d->meta.resource_version));
		body_put_null(b, meta, "ownerReferences");
	} else {
		struct json *ref = body_push_object(b, body_put_array(b, meta, "ownerReferences"));
		body_put_text(b, ref, "$patch", "delete");
		body_put_str(b, ref, "uid", uid);
	}
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_PATCH_STRATEGIC,
			.kind = d->kind,
			.ns = d->meta.ns,
			.name = d->meta.name,
			.body = patch,
			.manager = "kube-controller-manager" });
}

static bool others_own(struct collector *c, const struct object *d, struct strv uid)
{
	for (size_t i = 0; i < d->meta.n_owners; i++) {
		if (!strv_eq(d->meta.owners[i].uid, uid) && owner_keeps(c, &d->meta.owners[i], d)) {
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

/* Whether this dependent's reference to the owner holds the owner back in foreground deletion. */
static bool blocks(const struct owner *o, const struct dependent *d)
{
	for (size_t i = 0; i < d->obj->meta.n_owners; i++) {
		const struct owner_ref *r = &d->obj->meta.owners[i];
		if (strv_eq(r->uid, o->uid)) {
			return r->block_owner_deletion;
		}
	}
	return false;
}

/* The dependent to deal with next: pods of a StatefulSet highest ordinal first and one at a time, others before them, as they
 * come. NULL: none now. */
static const struct object *next_dependent(const struct owner *o, bool only_blocking)
{
	const struct dependent *pod = NULL;
	bool wait = false; /* a pod of the set is on its way out */
	for (const struct dependent *d = o->dependents; d; d = d->hh.next) {
		bool in_order = o->kind == KIND_STATEFULSET && d->obj->kind == KIND_POD;
		if (only_blocking && !blocks(o, d)) {
			continue;
		}
		if (d->obj->meta.deletion_ms.set) {
			wait = wait || in_order;
		} else if (!in_order) {
			return d->obj;
		} else if (!pod || d->ordinal > pod->ordinal) {
			pod = d;
		}
	}
	return pod && !wait ? pod->obj : NULL;
}

static void collect(struct collector *c, struct work *w, const struct owner *o,
	enum watch_propagation propagation, bool only_blocking)
{
	const struct object *d = next_dependent(o, only_blocking);
	if (!d) {
		return;
	}
	if (others_own(c, d, o->uid)) {
		release_dependent(c, w, d, o->uid);
	} else {
		bool deeper = propagation == PROPAGATE_FOREGROUND && has_dependents(c, d);
		delete_dependent(w, d, deeper ? PROPAGATE_FOREGROUND : PROPAGATE_BACKGROUND);
	}
}

static bool has_blocking(const struct owner *o)
{
	for (const struct dependent *d = o ? o->dependents : NULL; d; d = d->hh.next) {
		if (blocks(o, d)) {
			return true;
		}
	}
	return false;
}

static void drop_finalizer(
	struct collector *c, struct work *w, const struct object *owner, struct strv name)
{
	struct json *patch = body_without_finalizer(&c->body, &owner->meta, name);
	work_write(w, &c->body,
		&(struct watch_call){ .verb = WATCH_PATCH_MERGE,
			.kind = owner->kind,
			.ns = owner->meta.ns,
			.name = owner->meta.name,
			.body = patch,
			.manager = "kube-controller-manager" });
}

static void look_deleting(
	struct collector *c, struct work *w, const struct object *owner, const struct owner *o)
{
	if (meta_has_finalizer(&owner->meta, STRV(ORPHAN))) {
		if (o->dependents) {
			release_dependent(c, w, o->dependents->obj, o->uid);
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
	const struct object *owner = o ? owner_object(c, o) : NULL;
	if (!o || o->kind == KIND_NONE || (owner && !owner->meta.deletion_ms.set)) {
		work_drop(w);
		return;
	}
	body_reset(&c->body);
	struct owner_state *st = work_state(w, o->uid);
	if (owner) {
		look_deleting(c, w, owner, o);
	} else if (!o->seen && !st->waited) {
		st->waited = true;
		work_after(w, STRANGER_MS);
	} else {
		collect(c, w, o, PROPAGATE_BACKGROUND, false);
	}
}

/* What depends on whom follows the references of the newest state. */
static void relink(struct collector *c, const struct watch_event *e)
{
	for (size_t i = 0; e->type != WATCH_DELETED && i < e->obj->meta.n_owners; i++) {
		link_dependent(c, &e->obj->meta.owners[i], e->obj);
	}
	bool same = e->old && strv_eq(e->old->meta.uid, e->obj->meta.uid);
	for (size_t i = 0; e->old && i < e->old->meta.n_owners; i++) {
		struct strv uid = e->old->meta.owners[i].uid;
		if (e->type == WATCH_DELETED || !same || !names_owner(&e->obj->meta, uid)) {
			unlink_dependent(c, e->old, uid);
		}
	}
}

void collector_event(struct collector *c, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED) {
		worklist_start(c->uids);
		return;
	}
	if (e->kind == KIND_EVENT) {
		return; /* Events own nothing and are owned by nobody */
	}
	relink(c, e);
	const struct meta *m = &e->obj->meta;
	struct owner *o = owner_find(c, m->uid);
	if (!o && e->type != WATCH_DELETED && m->deletion_ms.set &&
		(meta_has_finalizer(m, STRV(FOREGROUND)) || meta_has_finalizer(m, STRV(ORPHAN)))) {
		o = owner_get(c, e->kind, m->ns, m->name, m->uid);
	}
	if (o) {
		o->seen = true;
		if (e->type == WATCH_DELETED || m->deletion_ms.set) {
			worklist_add(c->uids, STRV_NONE, o->uid);
		}
		owner_leave(c, o);
	}
}

int collector_open(struct world *world, struct collector **out)
{
	struct collector *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->world = world;
	body_init(&c->body);
	int err = worklist_open(
		world->clock, world->api, look, c, sizeof(struct owner_state), &c->uids);
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
	HASH_ITER(hh, c->owners, o, next) {
		owner_free(c, o);
	}
	body_deinit(&c->body);
	free(c);
}
