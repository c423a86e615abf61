/* The worklist: see its header.
 * States of a key: idle -> posted (in the queue) -> looked at -> idle | busy (a call is out) -> posted ... */
#include "statefulset/companion/worklist.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "statefulset/companion/body.h"

#define RETRY_FIRST_MS 5
#define RETRY_MOST_MS  60000
#define LOOKS_A_TURN   64  /* keys looked at before the loop gets its turn */
#define KEY_CHARS      600 /* a namespace and a name are at most 63 and 253 */

struct work {
	struct worklist *list;
	UT_hash_handle hh;
	struct clock_timer timer;
	struct work *next; /* in the queue */
	uint64_t whose;    /* hash of the uid that state is about */
	unsigned failures; /* in a row */
	bool posted;       /* in the queue */
	bool busy;         /* a call is out: its reply brings the key back */
	bool dropped;      /* forget when idle */
	size_t ns_n, name_n;
	char *key; /* ns '\0' name '\0'; behind state */
	_Alignas(max_align_t) unsigned char state[];
};

struct worklist {
	struct clock *clock;
	const struct watch_api *api;
	work_fn look;
	void *ctx;
	size_t state_bytes;
	struct work *all; /* hash */
	struct work *head, *tail;
	struct clock_task turn;
	bool started;
	bool closing;
	size_t calls_out;
};

static void work_free(struct work *w)
{
	struct worklist *l = w->list;
	clock_timer_stop(l->clock, &w->timer);
	HASH_DEL(l->all, w);
	free(w);
}

static void enqueue(struct work *w)
{
	struct worklist *l = w->list;
	if (l->closing || w->busy) {
		return;
	}
	if (!w->posted) {
		w->posted = true;
		w->next = NULL;
		if (l->tail) {
			l->tail->next = w;
		} else {
			l->head = w;
		}
		l->tail = w;
	}
	if (l->started) {
		clock_post(l->clock, &l->turn);
	}
}

static void look_at(struct work *w)
{
	struct worklist *l = w->list;
	clock_timer_stop(l->clock, &w->timer);
	w->dropped = false;
	l->look(l->ctx, w);
	if (w->dropped && !w->busy && !w->posted) {
		work_free(w);
	}
}

static void on_turn(struct clock_task *t)
{
	struct worklist *l = container_of(t, struct worklist, turn);
	for (int i = 0; i < LOOKS_A_TURN && l->head; i++) {
		struct work *w = l->head;
		l->head = w->next;
		if (!l->head) {
			l->tail = NULL;
		}
		w->posted = false;
		look_at(w);
	}
	if (l->head) {
		clock_post(l->clock, &l->turn);
	}
}

static void on_timer(struct clock_timer *t)
{
	enqueue(container_of(t, struct work, timer));
}

int worklist_open(struct clock *clock, const struct watch_api *api, work_fn look, void *ctx,
	size_t state_bytes, struct worklist **out)
{
	struct worklist *l = calloc(1, sizeof(*l));
	if (!l) {
		return ERR_NOMEM;
	}
	*l = (struct worklist){ .clock = clock, .api = api, .look = look, .ctx = ctx };
	l->state_bytes = state_bytes;
	clock_task_init(&l->turn, on_turn);
	*out = l;
	return ERR_OK;
}

void worklist_start(struct worklist *l)
{
	l->started = true;
	if (l->head && !l->closing) {
		clock_post(l->clock, &l->turn);
	}
}

static void worklist_free(struct worklist *l)
{
	struct work *w;
	struct work *next;
	HASH_ITER(hh, l->all, w, next) {
		work_free(w);
	}
	free(l);
}

void worklist_close(struct worklist *l)
{
	if (!l) {
		return;
	}
	l->closing = true;
	clock_unpost(l->clock, &l->turn);
	for (struct work *w = l->all; w; w = w->hh.next) {
		clock_timer_stop(l->clock, &w->timer);
	}
	if (l->calls_out == 0) {
		worklist_free(l);
	}
}

/* Spells a key into text; its length, 0 if no valid object has such a name. */
static size_t key_spell(struct strv ns, struct strv name, char *text, size_t size)
{
	size_t n = ns.n + name.n + 2;
	if (n > size || name.n == 0) {
		return 0;
	}
	if (ns.n > 0) {
		memcpy(text, ns.p, ns.n);
	}
	text[ns.n] = '\0';
	memcpy(text + ns.n + 1, name.p, name.n);
	text[n - 1] = '\0';
	return n;
}

/* uthash's macros are long: NOLINTBEGIN(readability-function-size) */
static struct work *work_find(struct worklist *l, const char *key, size_t n)
{
	struct work *w = NULL;
	if (n > 0) {
		HASH_FIND(hh, l->all, key, n, w);
	}
	return w;
}

static struct work *work_new(struct worklist *l, const char *key, size_t n)
{
	struct work *w = calloc(1, sizeof(*w) + l->state_bytes + n);
	if (!w) {
		return NULL;
	}
	w->list = l;
	w->key = (char *)w->state + l->state_bytes;
	memcpy(w->key, key, n);
	clock_timer_init(&w->timer, on_timer);
	HASH_ADD_KEYPTR(hh, l->all, w->key, n, w);
	if (!hash_is_in(w)) {
		free(w);
		return NULL;
	}
	return w;
}
/* NOLINTEND(readability-function-size) */

void worklist_add(struct worklist *l, struct strv ns, struct strv name)
{
	char key[KEY_CHARS];
	size_t n = key_spell(ns, name, key, sizeof(key));
	if (n == 0 || l->closing) {
		return;
	}
	struct work *w = work_find(l, key, n);
	if (!w) {
		w = work_new(l, key, n);
		if (!w) {
			log_error("companion", "%.*s/%.*s: %s", STRV_ARG(ns), STRV_ARG(name),
				err_text(ERR_NOMEM));
			return;
		}
		w->ns_n = ns.n;
		w->name_n = name.n;
	}
	enqueue(w);
}

void *worklist_state(struct worklist *l, struct strv ns, struct strv name)
{
	char key[KEY_CHARS];
	struct work *w = work_find(l, key, key_spell(ns, name, key, sizeof(key)));
	return w ? w->state : NULL;
}

void worklist_add_matching(struct worklist *l, work_match_fn match, const void *what)
{
	for (struct work *w = l->all; w; w = w->hh.next) {
		if (match(w->state, what)) {
			enqueue(w);
		}
	}
}

void worklist_add_all(struct worklist *l)
{
	for (struct work *w = l->all; w; w = w->hh.next) {
		enqueue(w);
	}
}

struct strv work_ns(const struct work *w)
{
	return (struct strv){ w->key, w->ns_n };
}

struct strv work_name(const struct work *w)
{
	return (struct strv){ w->key + w->ns_n + 1, w->name_n };
}

static void look_again(struct work *w, int err)
{
	if (err) {
		log_error("companion", "%.*s/%.*s: %s", STRV_ARG(work_ns(w)),
			STRV_ARG(work_name(w)), err_text(err));
	}
}

void work_after(struct work *w, int64_t delay_ms)
{
	struct clock *c = w->list->clock;
	if (clock_timer_left_ms(c, &w->timer) <= delay_ms) {
		clock_timer_hurry(c, &w->timer);
		return;
	}
	look_again(w, clock_timer_start(c, &w->timer, delay_ms));
}

void work_retry(struct work *w, int64_t delay_ms)
{
	struct clock *c = w->list->clock;
	if (clock_timer_left_ms(c, &w->timer) > delay_ms) {
		look_again(w, clock_timer_start_patient(c, &w->timer, delay_ms));
	}
}

void work_drop(struct work *w)
{
	w->dropped = true;
}

void *work_state(struct work *w, struct strv uid)
{
	uint64_t whose = strv_hash(uid, 0);
	if (w->whose != whose) {
		w->whose = whose;
		memset(w->state, 0, w->list->state_bytes);
	}
	return w->state;
}

/* 5 ms, 10, 20 ... a minute. */
static int64_t retry_delay(unsigned failures)
{
	int64_t delay = RETRY_FIRST_MS;
	for (unsigned i = 1; i < failures && delay < RETRY_MOST_MS; i++) {
		delay *= 2;
	}
	return delay < RETRY_MOST_MS ? delay : RETRY_MOST_MS;
}

static void failed(struct work *w, struct strv message)
{
	w->failures++;
	log_warn("companion", "%.*s%s%.*s: %.*s", STRV_ARG(work_ns(w)), w->ns_n > 0 ? "/" : "",
		STRV_ARG(work_name(w)), STRV_ARG(message));
	work_retry(w, retry_delay(w->failures));
}

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct work *w = ctx;
	struct worklist *l = w->list;
	l->calls_out--;
	w->busy = false;
	if (l->closing) {
		if (l->calls_out == 0) {
			worklist_free(l);
		}
		return;
	}
	bool news = r->err == ERR_NOT_FOUND || r->err == ERR_CONFLICT || r->err == ERR_EXISTS;
	if (r->err && !news) {
		failed(w, r->message.n ? r->message : strv_of(err_text(r->err)));
		return;
	}
	if (news) {
		w->failures++; /* a key that only ever meets news must not spin */
	} else {
		w->failures = 0;
	}
	if (w->failures > 3) {
		work_retry(w, retry_delay(w->failures));
	} else {
		enqueue(w);
	}
}

void work_call(struct work *w, const struct watch_call *c)
{
	REQUIRE(!w->busy);
	w->busy = true;
	w->list->calls_out++;
	int err = watch_call(w->list->api, c, on_reply, w);
	if (err) {
		w->busy = false;
		w->list->calls_out--;
		failed(w, strv_of(err_text(err)));
	}
}

void work_write(struct work *w, const struct body *b, const struct watch_call *c)
{
	if (b->err) {
		failed(w, strv_of(err_text(b->err)));
	} else {
		work_call(w, c);
	}
}
