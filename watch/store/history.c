/* The bounded history of changes. Regime: caller's storage. Called by: store.c, hub.c. */
#include "watch/store/history.h"

#include <stdlib.h>

#include "base/err.h"

#define DEFAULT_EVENTS ((size_t)16384)
#define DEFAULT_BYTES  ((size_t)64 << 20)
#define FIRST_CAP      ((size_t)64)

void history_init(struct history *h, const struct store_limits *limits, uint64_t next)
{
	*h = (struct history){ .next = next };
	h->limits.history_events = limits && limits->history_events ? limits->history_events
								    : DEFAULT_EVENTS;
	h->limits.history_bytes = limits && limits->history_bytes ? limits->history_bytes
								  : DEFAULT_BYTES;
}

static struct store_change *change_at(const struct history *h, uint64_t revision)
{
	return &h->at[revision & (h->cap - 1)];
}

/* What nobody else keeps: the state replaced, and of a removed object the final one too. */
static size_t bytes_of(const struct store_change *c)
{
	size_t n = c->old ? c->old->json.n : 0;
	return n + (c->type == WATCH_DELETED ? c->obj->json.n : 0);
}

static void drop_oldest(struct history *h)
{
	uint64_t revision = h->next - h->n;
	struct store_change *c = change_at(h, revision);
	struct revisions *r = &h->kinds[c->obj->kind];
	REQUIRE(r->n > 0 && r->at[r->first] == revision);
	r->first = (r->first + 1) & (r->cap - 1);
	r->n--;
	h->n--;
	h->bytes -= bytes_of(c);
	h->dropped = revision;
	object_unref(c->old);
	object_unref(c->obj);
}

void history_deinit(struct history *h)
{
	while (h->n > 0) {
		drop_oldest(h);
	}
	for (size_t k = 0; k < KIND_COUNT; k++) {
		free(h->kinds[k].at);
	}
	free(h->at);
	*h = (struct history){ 0 };
}

static int ring_grow(struct history *h)
{
	size_t cap = h->cap > 0 ? h->cap * 2 : FIRST_CAP;
	struct store_change *at = malloc(cap * sizeof(*at));
	if (!at) {
		return ERR_NOMEM;
	}
	for (uint64_t r = h->next - h->n; r < h->next; r++) {
		at[r & (cap - 1)] = *change_at(h, r);
	}
	free(h->at);
	h->at = at;
	h->cap = cap;
	return ERR_OK;
}

static uint64_t revision_at(const struct revisions *r, size_t i)
{
	return r->at[(r->first + i) & (r->cap - 1)];
}

static int revisions_grow(struct revisions *r)
{
	size_t cap = r->cap > 0 ? r->cap * 2 : FIRST_CAP;
	uint64_t *at = malloc(cap * sizeof(*at));
	if (!at) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < r->n; i++) {
		at[i] = revision_at(r, i);
	}
	free(r->at);
	*r = (struct revisions){ .at = at, .n = r->n, .cap = cap };
	return ERR_OK;
}

int history_reserve(struct history *h, enum kind kind)
{
	struct revisions *r = &h->kinds[kind];
	int err = h->n == h->cap ? ring_grow(h) : ERR_OK;
	if (err == ERR_OK && r->n == r->cap) {
		err = revisions_grow(r);
	}
	return err;
}

void history_push(struct history *h, const struct store_change *c)
{
	struct revisions *r = &h->kinds[c->obj->kind];
	REQUIRE(c->revision == h->next && h->n < h->cap && r->n < r->cap);
	r->at[(r->first + r->n) & (r->cap - 1)] = c->revision;
	r->n++;
	*change_at(h, c->revision) = *c;
	h->n++;
	h->next++;
	h->bytes += bytes_of(c);
}

bool history_is_over(const struct history *h, size_t more)
{
	return h->n + more > h->limits.history_events || h->bytes > h->limits.history_bytes;
}

void history_trim(struct history *h, size_t more, uint64_t needed_after)
{
	while (h->n > 0 && history_is_over(h, more) && h->next - h->n <= needed_after) {
		drop_oldest(h);
	}
}

/* The first number beyond cursor, or UINT64_MAX. */
static uint64_t first_beyond(const struct revisions *r, uint64_t cursor)
{
	size_t low = 0, high = r->n;
	if (r->n == 0 || revision_at(r, r->n - 1) <= cursor) {
		return UINT64_MAX; /* the usual case: nothing new of that kind */
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (revision_at(r, mid) <= cursor) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return revision_at(r, low);
}

int history_read(
	const struct history *h, uint64_t *cursor, kind_set kinds, struct store_change *out)
{
	uint64_t found = UINT64_MAX;
	if (*cursor < h->dropped) {
		return ERR_GONE;
	}
	for (size_t k = 0; k < KIND_COUNT; k++) {
		if (kinds & KIND_BIT(k)) {
			uint64_t r = first_beyond(&h->kinds[k], *cursor);
			found = r < found ? r : found;
		}
	}
	if (found == UINT64_MAX) {
		*out = (struct store_change){ 0 };
		*cursor = *cursor < h->next ? h->next - 1 : *cursor;
		return ERR_OK;
	}
	*out = *change_at(h, found);
	*cursor = found;
	return ERR_OK;
}
