/* Groups occurrences into series. One table holds three sorts of entries under prefixed keys, in
 * the order of their last use, so that one bound and one eviction serve all of them. Regime and
 * source: correlator.h. Called by: event.c. */
#include "statefulset/correlator.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

#define EVICT_LOOKS 8

enum sort { SORT_GROUP = 'g', SORT_SERIES = 's', SORT_BUCKET = 'b' };

struct group { /* (object, type, reason) */
	int64_t last_ms;
	size_t n;
	uint64_t messages[CORRELATOR_MESSAGES - 1]; /* hashes of the different ones */
};

struct bucket {            /* (object, type) */
	int64_t credit_ms; /* an event costs CORRELATOR_REFILL_MS */
	int64_t at_ms;
};

struct entry {
	UT_hash_handle hh;
	struct entry *prev, *next; /* in the order of last use */
	union {
		struct group group;
		struct correlator_series series;
		struct bucket bucket;
	} u;
	size_t key_bytes;
	char key[]; /* sort, then the parts, a newline between */
};

struct correlator {
	struct entry *entries; /* by key */
	struct entry *oldest;  /* longest unused first */
	struct buf key;
};

int correlator_new(struct correlator **out)
{
	struct correlator *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	buf_init(&c->key);
	*out = c;
	return ERR_OK;
}

void correlator_free(struct correlator *c)
{
	if (!c) {
		return;
	}
	struct entry *e, *next;
	HASH_CLEAR(hh, c->entries);
	DL_FOREACH_SAFE(c->oldest, e, next) {
		free(e);
	}
	buf_deinit(&c->key);
	free(c);
}

/* uthash's macros are long: NOLINTBEGIN(readability-function-size) */

/* Forgets the longest unused entry that nobody waits for, among the few that are looked at: while many are waited for there
 * are more entries than the bound. */
static void evict(struct correlator *c)
{
	for (int i = 0; i < EVICT_LOOKS && c->oldest; i++) {
		struct entry *e = c->oldest;
		DL_DELETE(c->oldest, e);
		if (e->key[0] != SORT_SERIES || !e->u.series.in_flight) {
			HASH_DEL(c->entries, e);
			free(e);
			return;
		}
		DL_APPEND(c->oldest, e);
	}
}

/* A new entry under c->key. NULL when out of memory. */
static struct entry *add(struct correlator *c)
{
	if (HASH_COUNT(c->entries) >= CORRELATOR_ENTRIES) {
		evict(c);
	}
	struct entry *e = calloc(1, sizeof(*e) + c->key.n);
	if (!e) {
		return NULL;
	}
	e->key_bytes = c->key.n;
	memcpy(e->key, c->key.p, c->key.n);
	HASH_ADD_KEYPTR(hh, c->entries, e->key, e->key_bytes, e);
	if (!hash_is_in(e)) {
		free(e);
		return NULL;
	}
	DL_APPEND(c->oldest, e);
	return e;
}

/* The entry under c->key, made if absent, now the one used last. NULL when out of memory. */
static struct entry *obtain(struct correlator *c, bool *out_is_new)
{
	if (c->key.err) {
		return NULL;
	}
	struct entry *e = NULL;
	HASH_FIND(hh, c->entries, c->key.p, c->key.n, e);
	*out_is_new = !e;
	if (!e) {
		return add(c);
	}
	DL_DELETE(c->oldest, e);
	DL_APPEND(c->oldest, e);
	return e;
}

/* NOLINTEND(readability-function-size) */

/* c->key of an entry; reason, part and message count unless they are empty. */
static void key_set(struct correlator *c, enum sort sort, const struct correlator_event *e,
	struct strv reason, struct strv part, struct strv message)
{
	const struct strv parts[] = { e->object, e->type, reason, part, message };
	buf_reset(&c->key);
	buf_add_char(&c->key, (char)sort);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_add(&c->key, parts[i]);
		buf_add_char(&c->key, '\n');
	}
}

/* Whether this message is one too many for its group. errors ERR_NOMEM */
static int group_take(struct correlator *c, struct strv message, int64_t now_ms, bool *out_combined)
{
	bool is_new;
	struct entry *e = obtain(c, &is_new);
	if (!e) {
		return ERR_NOMEM;
	}
	struct group *g = &e->u.group;
	if (now_ms - g->last_ms > CORRELATOR_WINDOW_MS) {
		g->n = 0;
	}
	g->last_ms = now_ms;
	uint64_t hash = strv_hash(message, 0);
	for (size_t i = 0; i < g->n; i++) {
		if (g->messages[i] == hash) {
			*out_combined = false;
			return ERR_OK;
		}
	}
	*out_combined = g->n == ARRAY_LEN(g->messages);
	if (!*out_combined) {
		g->messages[g->n++] = hash;
	}
	return ERR_OK;
}

/* errors ERR_NOMEM */
static int bucket_take(struct correlator *c, int64_t now_ms, enum correlator_verdict *out)
{
	const int64_t full = (int64_t)CORRELATOR_BURST * CORRELATOR_REFILL_MS;
	bool is_new;
	struct entry *e = obtain(c, &is_new);
	if (!e) {
		return ERR_NOMEM;
	}
	struct bucket *b = &e->u.bucket;
	int64_t gained = is_new ? full : now_ms - b->at_ms;
	if (gained > 0) {
		b->credit_ms = gained >= full - b->credit_ms ? full : b->credit_ms + gained;
	}
	b->at_ms = now_ms;
	*out = CORRELATOR_DROP;
	if (b->credit_ms >= CORRELATOR_REFILL_MS) {
		b->credit_ms -= CORRELATOR_REFILL_MS;
		*out = CORRELATOR_SEND;
	}
	return ERR_OK;
}

int correlator_take(struct correlator *c, const struct correlator_event *e,
	enum correlator_verdict *out_verdict, struct correlator_series **out_series)
{
	bool combined, is_new;
	enum correlator_verdict verdict;
	key_set(c, SORT_GROUP, e, e->reason, STRV_NONE, STRV_NONE);
	int err = group_take(c, e->message, e->at_ms, &combined);
	if (err) {
		return err;
	}
	key_set(c, SORT_BUCKET, e, STRV_NONE, STRV_NONE, STRV_NONE);
	err = bucket_take(c, e->at_ms, &verdict);
	if (err) {
		return err;
	}
	key_set(c, SORT_SERIES, e, e->reason, e->part, combined ? STRV_NONE : e->message);
	struct entry *found = obtain(c, &is_new); /* last, so that nothing evicts it before use */
	if (!found) {
		return ERR_NOMEM;
	}
	struct correlator_series *s = &found->u.series;
	if (is_new) {
		s->first_ms = e->at_ms;
		s->combined = combined;
	}
	s->count++;
	*out_verdict = verdict;
	*out_series = s;
	return ERR_OK;
}
