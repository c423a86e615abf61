/* The store: current objects by kind, and each change into history and hub.
 * Regime: owned heap object. Called by: watch/embedded. */
#include "watch/store/store.h"

#include <stdlib.h>

#include "base/err.h"
#include "watch/store/store_internal.h"

#define FIRST_REVISION 1u /* of the empty store; clients read "0" and "" as "any" */

int store_new(struct clock *clock, const struct store_limits *limits, struct store **out)
{
	struct store *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->clock = clock;
	for (size_t k = 0; k < KIND_COUNT; k++) {
		sorted_init(&s->kinds[k]);
	}
	history_init(&s->history, limits, FIRST_REVISION + 1);
	hub_init(s);
	*out = s;
	return ERR_OK;
}

void store_free(struct store *s)
{
	if (!s) {
		return;
	}
	hub_deinit(s);
	history_deinit(&s->history);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		sorted_deinit(&s->kinds[k]);
	}
	free(s);
}

uint64_t store_revision(const struct store *s)
{
	return s->history.next - 1;
}

uint64_t store_next_revision(const struct store *s)
{
	return s->history.next;
}

int store_commit(struct store *s, enum watch_type type, const struct object *obj)
{
	struct sorted *kind = &s->kinds[obj->kind];
	const struct object *old = sorted_get(kind, obj->meta.ns, obj->meta.name);
	REQUIRE(obj->meta.resource_version == s->history.next);
	REQUIRE(type == WATCH_ADDED ? !old : old != NULL);
	REQUIRE(type != WATCH_SYNCED);
	hub_trim(s, 1); /* first, so that a full ring is used again and not doubled */
	int err = history_reserve(&s->history, obj->kind);
	if (err != ERR_OK) {
		return err;
	}
	if (type == WATCH_DELETED) {
		old = sorted_remove(kind, obj->meta.ns, obj->meta.name);
	} else {
		err = sorted_put(kind, obj, &old);
		if (err != ERR_OK) {
			return err;
		}
	}
	/* the reference that `kind` held of old is history's now */
	struct store_change change = {
		.revision = s->history.next, .type = type, .obj = object_ref(obj), .old = old
	};
	history_push(&s->history, &change);
	s->changed |= KIND_BIT(obj->kind);
	hub_changed(s);
	return ERR_OK;
}

const struct object *store_get(
	const struct store *s, enum kind kind, struct strv ns, struct strv name)
{
	return sorted_get(&s->kinds[kind], ns, name);
}

void store_visit(const struct store *s, enum kind kind, struct strv ns, struct strv after_ns,
	struct strv after_name, store_visit_fn fn, void *ctx)
{
	sorted_visit(&s->kinds[kind], ns, after_ns, after_name, fn, ctx);
}

size_t store_count(const struct store *s, enum kind kind)
{
	return s->kinds[kind].runs.n;
}

int store_read(const struct store *s, uint64_t *cursor, kind_set kinds, struct store_change *out)
{
	return history_read(&s->history, cursor, kinds, out);
}

void store_listen(struct store *s, struct store_listener *l)
{
	struct store_listener **at = &s->listeners;
	while (*at) {
		at = &(*at)->next;
	}
	l->next = NULL;
	*at = l;
}

void store_unlisten(struct store *s, struct store_listener *l)
{
	struct store_listener **at = &s->listeners;
	while (*at && *at != l) {
		at = &(*at)->next;
	}
	if (!*at) {
		return;
	}
	*at = l->next;
	if (s->next_listener == l) {
		s->next_listener = l->next;
	}
	l->next = NULL;
}

void store_tell_listeners(struct store *s)
{
	kind_set changed = s->changed;
	s->changed = 0;
	if (changed == 0) {
		return;
	}
	s->next_listener = s->listeners;
	while (s->next_listener) {
		struct store_listener *l = s->next_listener;
		s->next_listener = l->next;
		l->fn(l->ctx, changed);
	}
}
