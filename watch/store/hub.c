/* The hub: tells subscribers in this process what changed. It has no queues: a subscriber is a cursor in the history,
 * which keeps what the slowest one still needs (history_trim). What existed at the call is a list of references.
 *
 *	commit --> turn posted --> 1. RECORDS subscribers, each until it has nothing left, again while that makes changes
 *	                           2. CONTROL subscribers, one event each in rotation; after each event 1. again
 *	                           3. listeners (watch streams), once
 * Step 2 ends with the turn's budget; the rest comes in another turn, so that the loop serves its input.
 *
 * A subscriber's life: telling what existed -> live -> dead (unsubscribed; freed when nobody walks the list).
 * Regime: subscriptions are owned heap objects of the store. Called by: store.c, watch/embedded. */
#include <stdlib.h>
#include <uv.h>

#include "base/err.h"
#include "watch/store/store_internal.h"

#define BUDGET_NS     UINT64_C(2000000)
#define BUDGET_EVENTS 256u /* in virtual time, where a run must repeat exactly */

struct watch_sub {
	struct watch_sub *next;
	kind_set kinds;
	enum watch_priority priority;
	watch_event_fn fn;
	void *ctx;
	struct arena arena; /* of the selector */
	struct selector selector;
	const struct object **existing; /* counted; NULL when all is told */
	size_t n_existing, told;
	unsigned kind;   /* of the next ADDED or SYNCED; KIND_COUNT: live */
	uint64_t cursor; /* told up to here; before being live: what the list shows */
	bool dead;
};

static bool matches(const struct watch_sub *sub, const struct object *o)
{
	return o && selector_matches(&sub->selector, &o->meta.labels);
}

/* Subscribing */

struct gather {
	struct watch_sub *sub;
	size_t n; /* counted first, filled then */
};

static bool count_existing(void *ctx, const struct object *o)
{
	struct gather *g = ctx;
	g->n += matches(g->sub, o);
	return true;
}

static bool add_existing(void *ctx, const struct object *o)
{
	struct gather *g = ctx;
	if (matches(g->sub, o)) {
		g->sub->existing[g->sub->n_existing++] = object_ref(o);
	}
	return true;
}

static void visit_kinds(const struct store *s, struct gather *g, store_visit_fn fn)
{
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		if (g->sub->kinds & KIND_BIT(k)) {
			sorted_visit(&s->kinds[k], STRV_NONE, STRV_NONE, STRV_NONE, fn, g);
		}
	}
}

static int gather_existing(const struct store *s, struct watch_sub *sub)
{
	struct gather g = { .sub = sub };
	visit_kinds(s, &g, count_existing);
	sub->existing = malloc((g.n + 1) * sizeof(const struct object *));
	if (!sub->existing) {
		return ERR_NOMEM;
	}
	visit_kinds(s, &g, add_existing);
	sub->cursor = store_revision(s);
	return ERR_OK;
}

static void sub_free(struct watch_sub *sub)
{
	while (sub->told < sub->n_existing) {
		object_unref(sub->existing[sub->told++]);
	}
	free(sub->existing);
	arena_deinit(&sub->arena);
	free(sub);
}

int hub_subscribe(struct store *s, const struct watch_interest *w, struct watch_sub **out)
{
	char why[SELECTOR_WHY_CHARS]; /* the caller is a program: the number is enough */
	struct watch_sub *sub = calloc(1, sizeof(*sub));
	if (!sub) {
		return ERR_NOMEM;
	}
	sub->kinds = w->kinds & KIND_ALL;
	sub->priority = w->priority;
	sub->fn = w->fn;
	sub->ctx = w->ctx;
	arena_init(&sub->arena, 0);
	int err = selector_parse(&sub->arena, w->label_selector, &sub->selector, why);
	if (err == ERR_OK) {
		err = gather_existing(s, sub);
	}
	if (err != ERR_OK) {
		sub_free(sub);
		return err;
	}
	*s->hub.last = sub;
	s->hub.last = &sub->next;
	s->hub.n_subs++;
	s->hub.settled = 0; /* it has something to be told */
	clock_post(s->clock, &s->hub.turn);
	*out = sub;
	return ERR_OK;
}

/* Frees the dead, if nobody walks the list. */
static void reap(struct hub *h)
{
	struct watch_sub **at = &h->first;
	if (h->walks > 0 || !h->has_dead) {
		return;
	}
	h->resume = NULL;
	h->has_dead = false;
	while (*at) {
		struct watch_sub *sub = *at;
		if (sub->dead) {
			*at = sub->next;
			h->n_subs--;
			sub_free(sub);
		} else {
			at = &sub->next;
		}
	}
	h->last = at;
}

void hub_unsubscribe(struct store *s, struct watch_sub *sub)
{
	if (!sub) {
		return;
	}
	REQUIRE(!sub->dead);
	sub->dead = true;
	s->hub.has_dead = true;
	reap(&s->hub);
}

/* Telling */

/* The objects stay alive during fn, which may commit and so let history go. */
static void tell(struct watch_sub *sub, enum watch_type type, const struct object *obj,
	const struct object *old)
{
	struct watch_event e = { .type = type, .kind = obj->kind, .obj = object_ref(obj) };
	e.old = old ? object_ref(old) : NULL;
	sub->fn(sub->ctx, &e);
	object_unref(e.old);
	object_unref(e.obj);
}

/* One event of what existed when it subscribed: all of a kind, then that kind's SYNCED. */
static void tell_existing(struct watch_sub *sub)
{
	enum kind kind = (enum kind)sub->kind;
	if (sub->told < sub->n_existing && sub->existing[sub->told]->kind == kind) {
		const struct object *o = sub->existing[sub->told++];
		tell(sub, WATCH_ADDED, o, NULL);
		object_unref(o);
		return;
	}
	do {
		sub->kind++;
	} while (sub->kind < KIND_COUNT && !(sub->kinds & KIND_BIT(sub->kind)));
	if (sub->kind == KIND_COUNT) {
		free(sub->existing);
		sub->existing = NULL;
		sub->told = sub->n_existing = 0;
	}
	if (sub->kinds & KIND_BIT(kind)) { /* the first kind may be one it did not ask for */
		struct watch_event e = { .type = WATCH_SYNCED, .kind = kind };
		sub->fn(sub->ctx, &e);
	}
}

/* What a change is to a subscriber that sees only what its selector lets through. */
static bool tell_change(struct watch_sub *sub, const struct store_change *c)
{
	bool was = c->type != WATCH_ADDED && matches(sub, c->old);
	bool is = c->type != WATCH_DELETED && matches(sub, c->obj);
	if (c->type == WATCH_DELETED) {
		if (was) {
			tell(sub, WATCH_DELETED, c->obj, c->old);
		}
	} else if (was && is) {
		tell(sub, WATCH_MODIFIED, c->obj, c->old);
	} else if (was) {
		tell(sub, WATCH_DELETED, c->old, c->old);
	} else if (is) {
		tell(sub, WATCH_ADDED, c->obj, NULL);
	}
	return was || is;
}

/* Tells one event; false if there is none. */
static bool step(struct store *s, struct watch_sub *sub)
{
	struct store_change c;
	bool told = false;
	if (sub->kind < KIND_COUNT) {
		tell_existing(sub);
		return true;
	}
	do {
		/* never gone: history_trim leaves what a cursor still needs */
		REQUIRE(store_read(s, &sub->cursor, sub->kinds, &c) == ERR_OK);
		told = c.obj && tell_change(sub, &c);
	} while (c.obj && !told);
	return told;
}

void hub_settle(struct store *s)
{
	struct hub *h = &s->hub;
	if (h->in_records || h->settled == store_revision(s)) {
		return;
	}
	h->in_records = true;
	h->walks++;
	do {
		h->settled = store_revision(s);
		for (struct watch_sub *sub = h->first; sub; sub = sub->next) {
			while (sub->priority == WATCH_RECORDS && !sub->dead && step(s, sub)) {
			}
		}
	} while (h->settled != store_revision(s));
	h->walks--;
	h->in_records = false;
	reap(h);
}

/* Tells the CONTROL subscriber whose turn it is one event; false if none of them has any. */
static bool step_control(struct store *s)
{
	struct hub *h = &s->hub;
	for (size_t tried = 0; tried < h->n_subs; tried++) {
		struct watch_sub *sub = h->resume ? h->resume : h->first;
		h->resume = sub->next;
		if (sub->priority == WATCH_CONTROL && !sub->dead && step(s, sub)) {
			return true;
		}
	}
	return false;
}

static void on_turn(struct clock_task *t)
{
	struct store *s = container_of(t, struct store, hub.turn);
	bool virtual = clock_is_virtual(s->clock);
	uint64_t start_ns = uv_hrtime();
	unsigned events = 0;
	bool more;
	hub_settle(s);
	s->hub.walks++;
	while ((more = step_control(s)) == true) {
		hub_settle(s);
		events++;
		if (virtual ? events >= BUDGET_EVENTS : uv_hrtime() - start_ns >= BUDGET_NS) {
			break;
		}
	}
	s->hub.walks--;
	reap(&s->hub);
	store_tell_listeners(s);
	if (more) {
		clock_post(s->clock, &s->hub.turn);
	}
}

void hub_init(struct store *s)
{
	s->hub = (struct hub){ .last = &s->hub.first };
	clock_task_init(&s->hub.turn, on_turn);
}

void hub_deinit(struct store *s)
{
	REQUIRE(!s->hub.first);
	clock_unpost(s->clock, &s->hub.turn);
}

void hub_changed(struct store *s)
{
	clock_post(s->clock, &s->hub.turn);
	hub_trim(s, 0);
}

void hub_trim(struct store *s, size_t more)
{
	uint64_t needed_after = UINT64_MAX;
	if (!history_is_over(&s->history, more)) {
		return;
	}
	for (const struct watch_sub *sub = s->hub.first; sub; sub = sub->next) {
		if (!sub->dead && sub->cursor < needed_after) {
			needed_after = sub->cursor;
		}
	}
	history_trim(&s->history, more, needed_after);
}

uint64_t hub_digested(const struct store *s)
{
	uint64_t digested = store_revision(s);
	for (const struct watch_sub *sub = s->hub.first; sub; sub = sub->next) {
		struct store_change c = { 0 };
		uint64_t cursor = sub->cursor;
		if (sub->dead) {
			continue;
		}
		if (sub->kind == KIND_COUNT) {
			REQUIRE(store_read(s, &cursor, sub->kinds, &c) == ERR_OK);
			cursor -= c.obj ? 1 : 0; /* told all before that change */
		}
		digested = cursor < digested ? cursor : digested;
	}
	return digested;
}
