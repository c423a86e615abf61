/* The book of the EndpointSlices: see the header. */
#include "statefulset/companion/slices_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define KEY_CHARS   ((size_t)2 * SLICES_NAME_CHARS)
#define PLACE_CHARS 256
#define SUFFIX      "bcdfghjklmnpqrstvwxz2456789" /* as generateName draws from */

void slices_book_init(struct slices_book *b, struct clock *clock)
{
	*b = (struct slices_book){ .clock = clock };
}

void slices_book_deinit(struct slices_book *b)
{
	struct slices_entry *e;
	struct slices_entry *next;
	HASH_ITER(hh, b->entries, e, next) {
		slices_book_remove(b, e);
	}
}

static size_t entry_key(char *key, struct strv ns, struct strv name)
{
	if (ns.n + name.n + 1 > KEY_CHARS) {
		return 0;
	}
	memcpy(key, ns.p, ns.n);
	key[ns.n] = '\0';
	memcpy(key + ns.n + 1, name.p, name.n);
	return ns.n + 1 + name.n;
}

/* uthash's macros are long, and the analyser does not follow its list.
 * NOLINTBEGIN(readability-function-size,clang-analyzer-unix.Malloc) */

struct slices_entry *slices_book_find(const struct slices_book *b, struct strv ns, struct strv name)
{
	char key[KEY_CHARS];
	size_t n = entry_key(key, ns, name);
	struct slices_entry *e = NULL;
	if (n > 0) {
		HASH_FIND(hh, b->entries, key, n, e);
	}
	return e;
}

struct slices_entry *slices_book_add(struct slices_book *b, const struct object *service)
{
	char key[KEY_CHARS];
	size_t n = entry_key(key, service->meta.ns, service->meta.name);
	struct slices_entry *e = n > 0 ? calloc(1, sizeof(*e) + n) : NULL;
	if (e) {
		memcpy(e->key, key, n);
		HASH_ADD(hh, b->entries, key[0], (unsigned)n, e);
		if (!hash_is_in(e)) {
			free(e);
			return NULL;
		}
		e->service = object_ref(service);
	}
	return e;
}

static size_t place_key(char *key, enum ip_family family, struct strv pod)
{
	if (pod.n + 1 > PLACE_CHARS) {
		return 0;
	}
	key[0] = family == IP_V4 ? '4' : '6';
	memcpy(key + 1, pod.p, pod.n);
	return pod.n + 1;
}

struct slices_place *slices_place_find(
	const struct slices_entry *e, enum ip_family family, struct strv pod)
{
	char key[PLACE_CHARS];
	size_t n = place_key(key, family, pod);
	struct slices_place *p = NULL;
	if (n > 0) {
		HASH_FIND(hh, e->places, key, n, p);
	}
	return p;
}

void slices_book_remove(struct slices_book *b, struct slices_entry *e)
{
	struct slices_place *p;
	struct slices_place *p_next;
	HASH_ITER(hh, e->places, p, p_next) {
		HASH_DEL(e->places, p);
		free(p);
	}
	while (e->slices) {
		struct slices_slice *next = e->slices->next;
		for (size_t i = 0; i < e->slices->n; i++) {
			object_unref(e->slices->pods[i]);
		}
		free(e->slices);
		e->slices = next;
	}
	object_unref(e->service);
	HASH_DEL(b->entries, e);
	free(e);
}

struct slices_slice *slices_slice_add(
	struct slices_book *b, struct slices_entry *e, enum ip_family family)
{
	struct slices_slice *sl = calloc(1, sizeof(*sl));
	if (!sl) {
		return NULL;
	}
	unsigned char random[5];
	char suffix[sizeof(random) + 1] = "";
	clock_random(b->clock, random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		suffix[i] = SUFFIX[random[i] % (sizeof(SUFFIX) - 1)];
	}
	(void)snprintf(sl->name, sizeof(sl->name), "%.*s-%s", /* a Service's name is at most 63 */
		STRV_ARG(e->service->meta.name), suffix);
	sl->family = family;
	sl->dirty = true;
	sl->next = e->slices;
	e->slices = sl;
	return sl;
}

/* The slice that takes one more endpoint of this group: the fullest with room, else an empty one, else a new one. */
static struct slices_slice *slice_with_room(
	struct slices_book *b, struct slices_entry *e, enum ip_family family, uint64_t ports_hash)
{
	struct slices_slice *best = NULL;
	struct slices_slice *empty = NULL;
	for (struct slices_slice *sl = e->slices; sl; sl = sl->next) {
		if (sl->family != family || sl->n >= SLICE_ENDPOINTS_MAX) {
			continue;
		}
		if (sl->n == 0) {
			empty = sl;
		} else if (sl->ports_hash == ports_hash && (!best || sl->n > best->n)) {
			best = sl;
		}
	}
	best = best ? best : empty;
	return best ? best : slices_slice_add(b, e, family);
}

int slices_place_add(struct slices_book *b, struct slices_entry *e, enum ip_family family,
	const struct object *pod, uint64_t ports_hash)
{
	char key[PLACE_CHARS];
	size_t n = place_key(key, family, pod->meta.name);
	struct slices_place *p = n > 0 ? calloc(1, sizeof(*p) + n) : NULL;
	struct slices_slice *sl = p ? slice_with_room(b, e, family, ports_hash) : NULL;
	if (!sl) {
		free(p);
		return ERR_NOMEM;
	}
	memcpy(p->key, key, n);
	HASH_ADD(hh, e->places, key[0], (unsigned)n, p);
	if (!hash_is_in(p)) {
		free(p);
		return ERR_NOMEM;
	}
	p->slice = sl;
	p->index = sl->n;
	sl->pods[sl->n++] = object_ref(pod);
	sl->ports_hash = ports_hash;
	sl->dirty = true;
	return ERR_OK;
}

void slices_place_remove(struct slices_entry *e, struct slices_place *p)
{
	struct slices_slice *sl = p->slice;
	object_unref(sl->pods[p->index]);
	sl->n--;
	if (p->index != sl->n) {
		const struct object *moved = sl->pods[sl->n];
		sl->pods[p->index] = moved;
		struct slices_place *m = slices_place_find(e, sl->family, moved->meta.name);
		REQUIRE(m != NULL);
		m->index = p->index;
	}
	sl->dirty = true;
	HASH_DEL(e->places, p);
	free(p);
}
/* NOLINTEND(readability-function-size,clang-analyzer-unix.Malloc) */
