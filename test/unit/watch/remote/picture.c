/* See picture.h. */
#include "picture.h"

#include <stdio.h>
#include <string.h>

#include "watch/object/typed.h"

static size_t find(const struct picture *p, enum kind kind, const char *name)
{
	size_t i = 0;
	while (i < p->n && (p->at[i].kind != kind || strcmp(p->at[i].name, name) != 0)) {
		i++;
	}
	return i;
}

const struct picture_entry *picture_get(const struct picture *p, enum kind kind, const char *name)
{
	size_t i = find(p, kind, name);
	return i < p->n ? &p->at[i] : NULL;
}

static void check_old(const struct picture_entry *known, const struct watch_event *e)
{
	assert_non_null(e->old);
	assert_true(strv_eq(e->old->meta.name, e->obj->meta.name));
	assert_int_equal(e->old->meta.resource_version, known->version);
	if (e->kind == KIND_ENDPOINTSLICE) {
		assert_true(strv_eq(e->old->as.endpointslice->service, strv_of(known->service)));
		assert_true(strv_eq(e->old->as.endpointslice->import, strv_of(known->import)));
	}
}

static void change(struct picture *p, const struct watch_event *e)
{
	const struct meta *m = &e->obj->meta;
	struct picture_entry fresh = { .kind = e->kind, .version = m->resource_version };
	(void)snprintf(
		fresh.name, sizeof(fresh.name), "%.*s/%.*s", STRV_ARG(m->ns), STRV_ARG(m->name));
	if (e->kind == KIND_ENDPOINTSLICE) {
		(void)snprintf(fresh.service, sizeof(fresh.service), "%.*s",
			STRV_ARG(e->obj->as.endpointslice->service));
		(void)snprintf(fresh.import, sizeof(fresh.import), "%.*s",
			STRV_ARG(e->obj->as.endpointslice->import));
	}
	size_t i = find(p, e->kind, fresh.name);
	if (e->type == WATCH_ADDED) {
		assert_true(i == p->n && p->n < PICTURE_MAX);
		assert_null(e->old);
		p->at[p->n++] = fresh;
		p->added++;
		return;
	}
	assert_true(i < p->n);
	check_old(&p->at[i], e);
	if (e->type == WATCH_MODIFIED) {
		p->at[i] = fresh;
		p->modified++;
	} else {
		assert_int_equal(e->type, WATCH_DELETED);
		p->at[i] = p->at[--p->n];
		p->deleted++;
	}
}

void picture_event(void *ctx, const struct watch_event *e)
{
	struct picture *p = ctx;
	if (e->type == WATCH_SYNCED) {
		assert_false(p->synced & KIND_BIT(e->kind));
		p->synced |= KIND_BIT(e->kind);
	} else if (e->type == WATCH_REFUSED) {
		p->refused |= KIND_BIT(e->kind);
	} else {
		p->events++;
		change(p, e);
	}
	if (p->then) {
		p->then(p, e);
	}
}

bool picture_equal(const struct picture *a, const struct picture *b)
{
	if (a->n != b->n) {
		return false;
	}
	for (size_t i = 0; i < a->n; i++) {
		const struct picture_entry *e = picture_get(b, a->at[i].kind, a->at[i].name);
		if (!e || e->version != a->at[i].version) {
			return false;
		}
	}
	return true;
}
