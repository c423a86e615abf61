/* Text to values: the scan decides, cJSON builds, a last walk settles odd numbers and duplicate keys.
 * cJSON's memory hooks are process-wide and take no context, hence the arena of the running call in a
 * thread-local; its free is a no-op, since the arena's owner frees. cJSON keeps one global error pointer, so
 * only one thread at a time may parse.
 * Source: RFC 8259; encoding/json and Kubernetes field validation for duplicates.
 * Regime: values in the caller's arena, scratch on the heap. Called by: everyone through base/json.h. */
#include "base/json_internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static _Thread_local struct arena *hook_arena; /* set while cJSON runs */
static _Thread_local bool hook_failed;

static void *hook_malloc(size_t bytes)
{
	void *p = hook_arena ? arena_alloc(hook_arena, bytes) : NULL;
	hook_failed = hook_failed || !p;
	return p;
}

static void hook_free(void *p)
{
	(void)p; /* the arena's owner frees */
}

static void hooks_install(void)
{
	cJSON_Hooks hooks = { .malloc_fn = hook_malloc, .free_fn = hook_free };
	cJSON_InitHooks(&hooks);
}

/* One step of the way from the root to a value, on the walker's stack. */
struct step {
	const struct step *up;
	const char *key; /* NULL: an element */
	size_t index;
};

struct settle {
	struct arena *arena;
	const struct json_odd *odds;
	size_t n_odds, next_odd;
	size_t n_numbers; /* passed so far */
	struct json_report *report;
	size_t cap_dups;
};

#define DUPS_MAX  100u
#define PAIRS_MAX 12u /* up to so many members every pair is compared */

static void path_add(struct buf *b, const struct step *s)
{
	if (!s) {
		return;
	}
	path_add(b, s->up);
	if (!s->key) {
		buf_printf(b, "[%zu]", s->index);
		return;
	}
	if (s->up) {
		buf_add_char(b, '.');
	}
	buf_add(b, strv_of(s->key));
}

/* A path that was reported before is not reported again. */
static int dup_report(struct settle *w, const struct step *at)
{
	struct json_report *r = w->report;
	struct buf b;
	int err = ERR_OK;
	buf_init(&b);
	path_add(&b, at);
	for (size_t i = 0; i < r->n_dups; i++) {
		if (strv_eq(r->dups[i], buf_strv(&b))) {
			goto out;
		}
	}
	if (r->n_dups == w->cap_dups) {
		size_t cap = w->cap_dups ? w->cap_dups * 5 : 4; /* 4, 20, 100 */
		struct strv *grown = arena_array(w->arena, struct strv, cap);
		if (!grown) {
			err = ERR_NOMEM;
			goto out;
		}
		if (r->n_dups > 0) {
			memcpy(grown, r->dups, r->n_dups * sizeof(*grown));
		}
		r->dups = grown;
		w->cap_dups = cap;
	}
	struct strv copy = b.err == ERR_OK ? arena_strdup(w->arena, buf_strv(&b)) : STRV_NONE;
	if (!copy.p) {
		err = ERR_NOMEM;
		goto out;
	}
	r->dups[r->n_dups++] = copy;
out:
	buf_deinit(&b);
	return err;
}

/* The members of one object seen so far: a hash table, or nothing when they are few. */
struct seen {
	cJSON **slots;
	size_t mask;
};

static int seen_init(struct seen *s, const cJSON *object)
{
	size_t n = 0;
	*s = (struct seen){ 0 };
	for (const cJSON *m = object->child; m; m = m->next) {
		n++;
	}
	if (n <= PAIRS_MAX) {
		return ERR_OK;
	}
	size_t cap = 64;
	while (cap < 2 * n) {
		cap *= 2;
	}
	s->slots = calloc(cap, sizeof(cJSON *));
	s->mask = cap - 1;
	return s->slots ? ERR_OK : ERR_NOMEM;
}

/* The earlier member with m's key, or NULL; from now on m is the one that was seen. */
static cJSON *seen_swap(struct seen *s, cJSON *object, cJSON *m)
{
	if (!s->slots) {
		for (cJSON *e = object->child; e != m; e = e->next) {
			if (e->string[0] == m->string[0] && strcmp(e->string, m->string) == 0) {
				return e;
			}
		}
		return NULL;
	}
	/* the seed is the tree's address: not secret enough to publish, unknown to who sends the
	 * text */
	uint64_t hash = strv_hash(strv_of(m->string), (uint64_t)(uintptr_t)object);
	for (size_t i = (size_t)hash & s->mask;; i = (i + 1) & s->mask) {
		cJSON *e = s->slots[i];
		if (!e || strcmp(e->string, m->string) == 0) {
			s->slots[i] = m;
			return e;
		}
	}
}

/* e precedes another member, so it is not the last. */
static void unlink_earlier(cJSON *object, cJSON *e)
{
	e->next->prev = e->prev;
	if (object->child == e) {
		object->child = e->next;
	} else {
		e->prev->next = e->next;
	}
	e->next = NULL;
	e->prev = NULL;
}

static int settle_number(struct settle *w, cJSON *v)
{
	size_t ordinal = w->n_numbers++;
	if (w->next_odd == w->n_odds || w->odds[w->next_odd].ordinal != ordinal) {
		return ERR_OK;
	}
	struct strv text = arena_strdup(w->arena, w->odds[w->next_odd++].text);
	if (!text.p) {
		return ERR_NOMEM;
	}
	union {
		const char *in;
		char *out; /* cJSON's field lacks the const that it honours */
	} z = { text.p };
	v->valuestring = z.out;
	v->valuedouble = strtod(text.p, NULL);
	return ERR_OK;
}

/* In the order of the text, so that numbers are met as the scan counted them. Depth is bounded by
 * the scan. */
static int settle_value(struct settle *w, cJSON *v, const struct step *at)
{
	int kind = v->type & 0xff;
	if (kind == cJSON_Number) {
		return settle_number(w, v);
	}
	if (!v->child) {
		return ERR_OK;
	}
	struct seen seen = { 0 };
	struct step step = { .up = at };
	int err = kind == cJSON_Object ? seen_init(&seen, v) : ERR_OK;
	for (cJSON *m = v->child; m && err == ERR_OK; m = m->next, step.index++) {
		step.key = m->string;
		cJSON *earlier = kind == cJSON_Object ? seen_swap(&seen, v, m) : NULL;
		if (earlier) {
			unlink_earlier(v, earlier);
			err = w->report->n_dups < DUPS_MAX ? dup_report(w, &step) : ERR_OK;
		}
		if (err == ERR_OK && (m->child || (m->type & 0xff) == cJSON_Number)) {
			err = settle_value(w, m, &step);
		}
	}
	free(seen.slots);
	return err;
}

/* Numbers too long for cJSON's buffer become 0 and blanks; settle_number puts them back. */
static char *text_shortened(const struct json_scan *s)
{
	char *copy = malloc(s->at);
	if (!copy) {
		return NULL;
	}
	memcpy(copy, s->text.p, s->at);
	for (size_t i = 0; i < s->n_odds; i++) {
		char *at = copy + (s->odds[i].text.p - s->text.p);
		memset(at, ' ', s->odds[i].text.n);
		*at = '0';
	}
	return copy;
}

static int build(const struct json_scan *s, cJSON **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char *copy = NULL;
	if (s->has_long) {
		copy = text_shortened(s);
		if (!copy) {
			return ERR_NOMEM;
		}
	}
	(void)pthread_once(&once, hooks_install); /* fails only for a bad once */
	hook_arena = s->arena;
	hook_failed = false;
	cJSON *root = cJSON_ParseWithLengthOpts(copy ? copy : s->text.p, s->at, NULL, 0);
	hook_arena = NULL;
	free(copy);
	if (!root) {
		return hook_failed ? ERR_NOMEM : ERR_SYNTAX;
	}
	*out = root;
	return ERR_OK;
}

/* s is filled up to its report. */
static int parse(struct json_scan *s, struct json **out)
{
	cJSON *root = NULL;
	int err = json_scan_text(s);
	if (err != ERR_OK) {
		goto out;
	}
	err = build(s, &root);
	if (err == ERR_OK) {
		struct settle w = {
			.arena = s->arena, .odds = s->odds, .n_odds = s->n_odds, .report = s->report
		};
		err = settle_value(&w, root, NULL);
	}
	if (err != ERR_OK) {
		(void)snprintf(
			s->report->why, sizeof(s->report->why), "%s", err_text(err)); /* fits */
		goto out;
	}
	*out = json_of(root);
out:
	free(s->odds);
	return err;
}

int json_parse(struct arena *a, struct strv text, struct json **out, struct json_report *report)
{
	struct json_report own;
	struct json_scan s = { .arena = a, .text = text, .report = report ? report : &own };
	*s.report = (struct json_report){ 0 };
	return parse(&s, out);
}

int json_parse_front(
	struct arena *a, struct strv *text, struct json **out, struct json_report *report)
{
	struct json_report own;
	struct json_scan s = { .arena = a, .text = *text, .report = report ? report : &own };
	s.is_front = true;
	*s.report = (struct json_report){ 0 };
	if (json_is_blank(*text)) {
		*text = strv_sub(*text, text->n, 0);
		*out = NULL;
		return ERR_OK;
	}
	int err = parse(&s, out);
	if (err == ERR_OK) {
		*text = strv_sub(*text, s.at, text->n);
	}
	return err;
}
