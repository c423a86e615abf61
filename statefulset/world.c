/* Events in, knowledge and wake-ups out. Regime: world.h. */
#include "statefulset/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "statefulset/identity.h"
#include "watch/cache.h"
#include "watch/object/typed.h"

#define KEY_BYTES (2 * 253 + 1)

/* Writes "namespace/name" into key; 0: longer than any valid one. */
static size_t key_write(char key[KEY_BYTES], struct strv ns, struct strv name)
{
	if (ns.n + 1 + name.n > KEY_BYTES || name.n == 0) {
		return 0;
	}
	if (ns.n) {
		memcpy(key, ns.p, ns.n);
	}
	key[ns.n] = '/';
	memcpy(key + ns.n + 1, name.p, name.n);
	return ns.n + 1 + name.n;
}

void world_init(struct world *w, struct queue *q)
{
	*w = (struct world){ .queue = q };
}

static void known_free(struct known_set *s)
{
	REQUIRE(!s->sync);
	queue_remove(&s->item);
	roster_deinit(&s->roster);
	revisions_deinit(&s->revisions);
	object_unref(s->set);
	free(s->comparable);
	free(s);
}

void world_deinit(struct world *w)
{
	struct known_set *s = w->sets, *next;
	HASH_CLEAR(hh, w->sets);
	for (; s; s = next) {
		next = s->hh.next;
		known_free(s);
	}
}

/* uthash's macros are long: NOLINTBEGIN(readability-function-size) */

struct known_set *world_find(const struct world *w, struct strv ns, struct strv name)
{
	char key[KEY_BYTES];
	size_t n = key_write(key, ns, name);
	struct known_set *s = NULL;
	if (n) {
		HASH_FIND(hh, w->sets, key, n, s);
	}
	return s;
}

/* errors ERR_NOMEM, ERR_BAD_TYPE (no possible name) */
static int known_new(struct world *w, struct strv ns, struct strv name, struct known_set **out)
{
	char key[KEY_BYTES];
	size_t n = key_write(key, ns, name);
	if (!n) {
		return ERR_BAD_TYPE;
	}
	struct known_set *s = calloc(1, sizeof(*s) + n);
	if (!s) {
		return ERR_NOMEM;
	}
	memcpy(s->key, key, n);
	s->ns = (struct strv){ s->key, ns.n };
	s->name = (struct strv){ s->key + ns.n + 1, name.n };
	s->world = w;
	queue_item_init(w->queue, &s->item);
	roster_init(&s->roster);
	revisions_init(&s->revisions);
	HASH_ADD_KEYPTR(hh, w->sets, s->key, n, s);
	if (!hash_is_in(s)) {
		free(s);
		return ERR_NOMEM;
	}
	*out = s;
	return ERR_OK;
}

void world_drop(struct known_set *s)
{
	if (!s->set && !s->item.running) {
		HASH_DEL(s->world->sets, s);
		known_free(s);
	}
}

/* NOLINTEND(readability-function-size) */

static void wake(struct known_set *s)
{
	if (s && s->set) {
		queue_add(&s->item);
	}
}

static const struct owner_ref *set_ref(const struct object *child)
{
	const struct owner_ref *ref = meta_controller(&child->meta);
	bool is_set = ref && strv_eq(ref->kind, STRV("StatefulSet")) &&
		      strv_has_prefix(ref->api_version, STRV("apps/"));
	return is_set ? ref : NULL;
}

/* Name of the set a pod or revision belongs to; empty: to none. */
static struct strv set_name(const struct object *child)
{
	const struct owner_ref *ref = set_ref(child);
	if (ref) {
		return ref->name;
	}
	return meta_controller(&child->meta) ? STRV_NONE : identity_parent(child->meta.name);
}

struct filling {
	struct known_set *s;
	int err;
};

static bool fill_pod(void *ctx, const struct object *pod)
{
	struct filling *f = ctx;
	if (strv_eq(set_name(pod), f->s->name)) {
		f->err = roster_put(&f->s->roster, f->s->set, pod);
	}
	return f->err == ERR_OK;
}

static bool fill_revision(void *ctx, const struct object *revision)
{
	struct filling *f = ctx;
	if (strv_eq(set_name(revision), f->s->name)) {
		int err = revisions_put(&f->s->revisions, revision);
		f->err = err == ERR_BAD_TYPE ? ERR_OK : err; /* one that cannot be used is none */
	}
	return f->err == ERR_OK;
}

/* A new set: what is there already may be its own, or become it. errors ERR_NOMEM */
static int known_fill(struct known_set *s)
{
	struct filling f = { .s = s };
	roster_deinit(&s->roster);
	revisions_deinit(&s->revisions);
	watch_cache_visit(s->world->cache, KIND_POD, s->ns, fill_pod, &f);
	if (!f.err) {
		watch_cache_visit(
			s->world->cache, KIND_CONTROLLERREVISION, s->ns, fill_revision, &f);
	}
	return f.err;
}

static void template_forget(struct known_set *s)
{
	free(s->comparable);
	s->comparable = NULL;
}

/* errors ERR_NOMEM */
static int known_set_event(struct known_set *s, const struct object *set)
{
	const struct object *old = s->set;
	bool same_set = old && strv_eq(old->meta.uid, set->meta.uid);
	int err = ERR_OK;
	s->set = object_ref(set);
	if (!same_set) {
		s->collisions = 0;
		s->status_skipped = false;
		queue_forget(&s->item);
		template_forget(s);
		err = known_fill(s);
	} else if (old->meta.generation != set->meta.generation) {
		template_forget(s);
		roster_rejudge(&s->roster, set);
	}
	object_unref(old);
	wake(s);
	return err;
}

static int set_event(struct world *w, const struct watch_event *e)
{
	struct known_set *s = world_find(w, e->obj->meta.ns, e->obj->meta.name);
	if (e->type == WATCH_DELETED) {
		if (s) {
			object_unref(s->set);
			s->set = NULL;
			world_drop(s);
		}
		return ERR_OK;
	}
	int err = s ? ERR_OK : known_new(w, e->obj->meta.ns, e->obj->meta.name, &s);
	return err ? err : known_set_event(s, e->obj);
}

/* Wakes every set of the namespace that might want this orphan. */
static void wake_matching(struct world *w, const struct object *pod)
{
	struct known_set *s, *next;
	HASH_ITER(hh, w->sets, s, next) {
		if (s->set && strv_eq(s->ns, pod->meta.ns) &&
			selector_matches(&s->set->as.statefulset->selector, &pod->meta.labels)) {
			queue_add(&s->item);
		}
	}
}

static bool labels_equal(const struct labels *a, const struct labels *b)
{
	if (a->n != b->n) {
		return false;
	}
	for (size_t i = 0; i < a->n; i++) {
		const struct strv *v = labels_get(b, a->at[i].key);
		if (!v || !strv_eq(*v, a->at[i].value)) {
			return false;
		}
	}
	return true;
}

static void pod_wake(struct world *w, const struct watch_event *e, struct known_set *now)
{
	if (set_ref(e->obj)) {
		wake(now);
	} else if (e->type == WATCH_DELETED || meta_controller(&e->obj->meta) ||
		   (e->type == WATCH_ADDED && e->obj->meta.deletion_ms.set)) {
		return; /* orphans that go wake nobody */
	} else if (e->type == WATCH_ADDED || !e->old || meta_controller(&e->old->meta) ||
		   !labels_equal(&e->old->meta.labels, &e->obj->meta.labels)) {
		wake_matching(w, e->obj);
	}
}

/* Takes the old state of a pod or revision off the set it belonged to, if it belongs to another now. */
static struct known_set *former_set(struct world *w, const struct watch_event *e, struct strv now)
{
	struct strv before = e->old ? set_name(e->old) : STRV_NONE;
	if (!before.n || strv_eq(before, now)) {
		return NULL;
	}
	return world_find(w, e->obj->meta.ns, before);
}

static int pod_event(struct world *w, const struct watch_event *e)
{
	struct strv name = set_name(e->obj);
	struct known_set *former = former_set(w, e, name);
	struct known_set *now = name.n ? world_find(w, e->obj->meta.ns, name) : NULL;
	int err = ERR_OK;
	if (former) {
		roster_remove(&former->roster, e->old);
		wake(set_ref(e->old) ? former : NULL);
	}
	if (now && now->set && e->type == WATCH_DELETED) {
		roster_remove(&now->roster, e->obj);
	} else if (now && now->set) {
		err = roster_put(&now->roster, now->set, e->obj);
	}
	pod_wake(w, e, now);
	return err;
}

static int revision_event(struct world *w, const struct watch_event *e)
{
	struct strv name = set_name(e->obj);
	struct known_set *former = former_set(w, e, name);
	struct known_set *now = name.n ? world_find(w, e->obj->meta.ns, name) : NULL;
	if (former) {
		revisions_remove(&former->revisions, e->old);
	}
	if (!now || !now->set) {
		return ERR_OK;
	}
	if (e->type == WATCH_DELETED) {
		revisions_remove(&now->revisions, e->obj);
		return ERR_OK;
	}
	return revisions_put(&now->revisions, e->obj);
}

int64_t known_collisions(const struct known_set *s, const struct object *set)
{
	int64_t stored = set->as.statefulset->status.collision_count.v;
	return s->collisions > stored ? s->collisions : stored;
}

int known_revision_compare(
	struct known_set *s, const struct object *set, const struct object *found, bool *out_same)
{
	if (!found->json.n) {
		return ERR_UNSUPPORTED; /* kept without its text: taking it for another would go on for ever */
	}
	struct revisions one;
	revisions_init(&one);
	int err = revisions_put(&one, found);
	bool same = !err && s->comparable && s->set && strv_eq(s->set->meta.uid, set->meta.uid) &&
		    strv_eq((struct strv){ one.at[0].data, one.at[0].data_bytes },
			    (struct strv){ s->comparable, s->comparable_bytes });
	revisions_deinit(&one);
	if (err && err != ERR_BAD_TYPE) {
		return err;
	}
	err = same ? revisions_put(&s->revisions, found) : ERR_OK;
	if (!err) {
		*out_same = same;
	}
	return err;
}

int known_compare_make(struct known_set *s)
{
	if (s->comparable) {
		return ERR_OK;
	}
	struct arena a;
	arena_init(&a, 0);
	struct json *tree = object_tree(s->set, &a);
	struct json *data = tree ? revision_data(&a, tree) : NULL;
	struct strv text = data ? revision_comparable(&a, data) : STRV_NONE;
	char *copy = text.p ? malloc(text.n + 1) : NULL;
	if (copy) {
		memcpy(copy, text.p, text.n);
		s->comparable = copy;
		s->comparable_bytes = text.n;
	}
	arena_deinit(&a);
	return copy ? ERR_OK : ERR_NOMEM;
}

int world_event(struct world *w, const struct watch_event *e)
{
	uint64_t version = e->obj->meta.resource_version;
	if (version > w->seen[e->kind]) {
		w->seen[e->kind] = version;
	}
	if (e->kind == KIND_STATEFULSET) {
		return set_event(w, e);
	}
	if (e->kind == KIND_POD) {
		return pod_event(w, e);
	}
	if (e->kind == KIND_CONTROLLERREVISION) {
		return revision_event(w, e);
	}
	return ERR_OK; /* claims wake nobody: the next try finds them */
}

static uint64_t *gate_of(struct gate *g, enum kind k)
{
	return k == KIND_POD                  ? &g->pods
	       : k == KIND_PVC                ? &g->claims
	       : k == KIND_STATEFULSET        ? &g->sets
	       : k == KIND_CONTROLLERREVISION ? &g->revisions
					      : NULL;
}

void gate_note(struct known_set *s, const struct object *obj)
{
	uint64_t *at = obj ? gate_of(&s->gate, obj->kind) : NULL;
	if (at && obj->meta.resource_version > *at) {
		*at = obj->meta.resource_version;
	}
}

bool gate_is_open(const struct known_set *s)
{
	const uint64_t *seen = s->world->seen;
	const struct gate *g = &s->gate;
	return g->pods <= seen[KIND_POD] && g->claims <= seen[KIND_PVC] &&
	       g->sets <= seen[KIND_STATEFULSET] && g->revisions <= seen[KIND_CONTROLLERREVISION];
}
