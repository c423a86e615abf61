/* Waiting for what was deleted to go: see the header. A look a turn, bounded: others' work may never end. */
#include "watch/embedded/departure.h"

#include <stdlib.h>

#include "watch/embedded/embedded_internal.h"

#define LOOKS_MAX 64 /* turns of at most two milliseconds each */
#define QUIET                                                                                      \
	4 /* looks without any change: an event, its work, the write that follows have had their turns */

struct departure {
	struct departure *next;
	struct clock_task look;
	struct exchange_ctx x;    /* status is not used any more */
	const struct object *obj; /* counted */
	unsigned code;
	struct buf body;
	unsigned looks, quiet;
	uint64_t revision; /* at the last look */
};

static void unlink_departure(struct departure *d)
{
	struct departure **at = &d->x.e->departures;
	while (*at != d) {
		at = &(*at)->next;
	}
	*at = d->next;
}

/* Not in the list any more. */
static void free_departure(struct departure *d)
{
	clock_unpost(d->x.e->clock, &d->look);
	object_unref(d->obj);
	buf_deinit(&d->body);
	free(d);
}

static bool is_there(const struct departure *d)
{
	const struct meta *m = &d->obj->meta;
	const struct object *now = store_get(d->x.e->store, d->obj->kind, m->ns, m->name);
	return now != NULL && strv_eq(now->meta.uid, m->uid);
}

static bool is_quiet(struct departure *d)
{
	const struct store *s = d->x.e->store;
	uint64_t revision = store_revision(s);
	bool still = revision == d->revision && hub_digested(s) == revision;
	d->revision = revision;
	d->quiet = still ? d->quiet + 1 : 0;
	return d->quiet >= QUIET;
}

static void on_look(struct clock_task *t)
{
	struct departure *d = container_of(t, struct departure, look);
	d->looks++;
	if (is_there(d) && !is_quiet(d) && d->looks < LOOKS_MAX) {
		clock_post(d->x.e->clock, &d->look);
		return;
	}
	server_reply_json(&d->x, d->code, &d->body, NULL, 0);
	unlink_departure(d);
	free_departure(d);
}

void departure_await(
	struct exchange_ctx *x, const struct object *o, unsigned code, struct buf *body)
{
	struct departure *d = calloc(1, sizeof(*d));
	if (d == NULL) {
		server_reply_json(x, code, body, NULL, 0);
		return;
	}
	d->x = *x;
	d->x.s = NULL;
	d->obj = object_ref(o);
	d->code = code;
	d->body = *body;
	buf_init(body);
	clock_task_init(&d->look, on_look);
	d->next = x->e->departures;
	x->e->departures = d;
	clock_post(x->e->clock, &d->look);
}

void departure_cancel_all(struct embedded *e)
{
	struct departure *d;
	while ((d = e->departures) != NULL) {
		e->departures = d->next;
		free_departure(d);
	}
}
