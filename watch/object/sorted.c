/* Ordered sets of objects: two levels of sorted arrays. Regime: caller's storage, counted objects.
 * Called by: store, cache. */
#include "watch/object/sorted.h"

#include <stdlib.h>

#include "base/err.h"

#define RUN_MIN_CAP  4u
#define RUN_MAX      256u
#define RUN_MERGE_AT 96u /* neighbours that together hold no more become one */

struct sorted_run {
	const struct object **at;
	size_t n, cap;
};

struct place {
	size_t run, i;
	bool found;
};

static int key_cmp(const struct object *o, struct strv ns, struct strv name)
{
	int c = strv_cmp(o->meta.ns, ns);
	return c != 0 ? c : strv_cmp(o->meta.name, name);
}

/* The first object at or behind the key; in a run's range or, behind all, at the end of the last run. */
static struct place find(const struct sorted *s, struct strv ns, struct strv name)
{
	size_t low = 0, high = s->n_runs;
	while (low < high) { /* first run whose last object is not before the key */
		size_t mid = low + (high - low) / 2;
		const struct sorted_run *r = &s->runs[mid];
		if (key_cmp(r->at[r->n - 1], ns, name) < 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	if (low == s->n_runs) {
		size_t last = s->n_runs > 0 ? s->n_runs - 1 : 0;
		return (struct place){ last, s->n_runs > 0 ? s->runs[last].n : 0, false };
	}
	const struct sorted_run *r = &s->runs[low];
	size_t a = 0, b = r->n - 1; /* the last one is at or behind the key */
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (key_cmp(r->at[mid], ns, name) < 0) {
			a = mid + 1;
		} else {
			b = mid;
		}
	}
	return (struct place){ low, a, key_cmp(r->at[a], ns, name) == 0 };
}

void sorted_init(struct sorted *s)
{
	*s = (struct sorted){ 0 };
}

void sorted_deinit(struct sorted *s)
{
	for (size_t r = 0; r < s->n_runs; r++) {
		for (size_t i = 0; i < s->runs[r].n; i++) {
			object_unref(s->runs[r].at[i]);
		}
		free(s->runs[r].at);
	}
	free(s->runs);
	sorted_init(s);
}

const struct object *sorted_get(const struct sorted *s, struct strv ns, struct strv name)
{
	struct place p = find(s, ns, name);
	return p.found ? s->runs[p.run].at[p.i] : NULL;
}

static int run_reserve(struct sorted_run *r, size_t n)
{
	if (n <= r->cap) {
		return ERR_OK;
	}
	size_t cap = r->cap > 0 ? r->cap : RUN_MIN_CAP;
	while (cap < n) {
		cap *= 2;
	}
	const struct object **at = realloc(r->at, cap * sizeof(const struct object *));
	if (!at) {
		return ERR_NOMEM;
	}
	r->at = at;
	r->cap = cap;
	return ERR_OK;
}

/* An empty run at index at, with room for cap objects. */
static int run_insert(struct sorted *s, size_t at, size_t cap)
{
	struct sorted_run fresh = { 0 };
	if (s->n_runs == s->cap_runs) {
		size_t more = s->cap_runs > 0 ? s->cap_runs * 2 : 1;
		struct sorted_run *runs = realloc(s->runs, more * sizeof(*runs));
		if (!runs) {
			return ERR_NOMEM;
		}
		s->runs = runs;
		s->cap_runs = more;
	}
	if (run_reserve(&fresh, cap) != ERR_OK) {
		return ERR_NOMEM;
	}
	memmove(&s->runs[at + 1], &s->runs[at], (s->n_runs - at) * sizeof(*s->runs));
	s->runs[at] = fresh;
	s->n_runs++;
	return ERR_OK;
}

static void run_remove(struct sorted *s, size_t at)
{
	free(s->runs[at].at);
	s->n_runs--;
	memmove(&s->runs[at], &s->runs[at + 1], (s->n_runs - at) * sizeof(*s->runs));
}

/* Makes room for one object at *p, which may move to another run. */
static int make_room(struct sorted *s, struct place *p)
{
	if (s->n_runs == 0) {
		return run_insert(s, 0, RUN_MIN_CAP);
	}
	struct sorted_run *r = &s->runs[p->run];
	if (r->n < RUN_MAX) {
		return run_reserve(r, r->n + 1);
	}
	/* a full run: cut in the middle, or, where objects come in order, behind its end */
	size_t keep = p->run + 1 == s->n_runs && p->i == r->n ? r->n : r->n / 2;
	int err = run_insert(s, p->run + 1, RUN_MAX / 2 + 1);
	if (err != ERR_OK) {
		return err;
	}
	r = &s->runs[p->run];
	struct sorted_run *right = r + 1;
	right->n = r->n - keep;
	memcpy(right->at, r->at + keep, right->n * sizeof(const struct object *));
	r->n = keep;
	if (p->i >= keep) {
		*p = (struct place){ p->run + 1, p->i - keep, false };
	}
	return ERR_OK;
}

int sorted_put(struct sorted *s, const struct object *o, const struct object **out_old)
{
	struct place p = find(s, o->meta.ns, o->meta.name);
	if (p.found) {
		*out_old = s->runs[p.run].at[p.i];
		s->runs[p.run].at[p.i] = object_ref(o);
		s->changes++;
		return ERR_OK;
	}
	int err = make_room(s, &p);
	if (err != ERR_OK) {
		return err;
	}
	struct sorted_run *r = &s->runs[p.run];
	memmove(&r->at[p.i + 1], &r->at[p.i], (r->n - p.i) * sizeof(const struct object *));
	r->at[p.i] = object_ref(o);
	r->n++;
	s->n++;
	s->changes++;
	*out_old = NULL;
	return ERR_OK;
}

/* Joins run `at` with its right neighbour when both are small. Without memory they stay apart. */
static void merge_right(struct sorted *s, size_t at)
{
	if (at + 1 >= s->n_runs || s->runs[at].n + s->runs[at + 1].n > RUN_MERGE_AT) {
		return;
	}
	struct sorted_run *r = &s->runs[at];
	if (run_reserve(r, r->n + r[1].n) == ERR_OK) {
		memcpy(r->at + r->n, r[1].at, r[1].n * sizeof(const struct object *));
		r->n += r[1].n;
		run_remove(s, at + 1);
	}
}

const struct object *sorted_remove(struct sorted *s, struct strv ns, struct strv name)
{
	struct place p = find(s, ns, name);
	if (!p.found) {
		return NULL;
	}
	struct sorted_run *r = &s->runs[p.run];
	const struct object *old = r->at[p.i];
	r->n--;
	memmove(&r->at[p.i], &r->at[p.i + 1], (r->n - p.i) * sizeof(const struct object *));
	s->n--;
	s->changes++;
	if (r->n == 0) {
		run_remove(s, p.run);
	} else {
		merge_right(s, p.run);
		if (p.run > 0) {
			merge_right(s, p.run - 1);
		}
	}
	return old;
}

static struct place behind(const struct sorted *s, struct strv ns, struct strv name)
{
	struct place p = find(s, ns, name);
	p.i += p.found;
	return p;
}

void sorted_visit(const struct sorted *s, struct strv ns, struct strv after_ns,
	struct strv after_name, sorted_visit_fn fn, void *ctx)
{
	struct place p = after_name.n > 0 ? behind(s, after_ns, after_name)
					  : find(s, ns, STRV_NONE);
	bool go_on = true;
	while (go_on && p.run < s->n_runs) {
		if (p.i >= s->runs[p.run].n) {
			p = (struct place){ p.run + 1, 0, false };
			continue;
		}
		const struct object *o = s->runs[p.run].at[p.i];
		if (ns.n > 0 && !strv_eq(o->meta.ns, ns)) {
			break;
		}
		uint64_t before = s->changes;
		object_ref(o); /* its key is needed after fn, which may let it go */
		go_on = fn(ctx, o);
		p.i++;
		if (go_on && s->changes != before) {
			p = behind(s, o->meta.ns, o->meta.name);
		}
		object_unref(o);
	}
}
