/* Ordered pointers: two levels of sorted arrays. See runs.h. */
#include "watch/object/runs.h"

#include <stdlib.h>

#include "base/err.h"

#define RUN_MIN_CAP  4u
#define RUN_MAX      256u
#define RUN_MERGE_AT 96u /* neighbours that together hold no more become one */

struct run { /* never empty */
	void **at;
	size_t n, cap;
};

void runs_init(struct runs *rs, runs_compare_fn compare)
{
	*rs = (struct runs){ .compare = compare };
}

void runs_deinit(struct runs *rs)
{
	for (size_t r = 0; r < rs->n_runs; r++) {
		free(rs->at[r].at);
	}
	free(rs->at);
	runs_init(rs, rs->compare);
}

static bool is_before(const struct runs *rs, const void *item, struct strv ns, struct strv name)
{
	return rs->compare(item, ns, name) < 0;
}

/* Those that come in order are behind the last one: asked first. */
static bool is_behind_all(const struct runs *rs, struct strv ns, struct strv name)
{
	const struct run *last = rs->n_runs > 0 ? &rs->at[rs->n_runs - 1] : NULL;
	return !last || is_before(rs, last->at[last->n - 1], ns, name);
}

struct runs_place runs_find(const struct runs *rs, struct strv ns, struct strv name)
{
	size_t low = 0;
	size_t high = rs->n_runs;
	if (is_behind_all(rs, ns, name)) {
		return (struct runs_place){ rs->n_runs, 0, false };
	}
	while (low < high) { /* first run whose last item is not before the key */
		size_t mid = low + (high - low) / 2;
		const struct run *r = &rs->at[mid];
		if (is_before(rs, r->at[r->n - 1], ns, name)) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	const struct run *r = &rs->at[low];
	size_t a = 0;
	size_t b = r->n - 1; /* the last one is at or behind the key */
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (is_before(rs, r->at[mid], ns, name)) {
			a = mid + 1;
		} else {
			b = mid;
		}
	}
	return (struct runs_place){ low, a, rs->compare(r->at[a], ns, name) == 0 };
}

void *runs_at(const struct runs *rs, struct runs_place p)
{
	return p.run < rs->n_runs ? rs->at[p.run].at[p.i] : NULL;
}

struct runs_place runs_next(const struct runs *rs, struct runs_place p)
{
	if (p.run < rs->n_runs && ++p.i == rs->at[p.run].n) {
		p = (struct runs_place){ p.run + 1, 0, false };
	}
	p.found = p.run < rs->n_runs;
	return p;
}

static int run_reserve(struct run *r, size_t n)
{
	if (n <= r->cap) {
		return ERR_OK;
	}
	size_t cap = r->cap > 0 ? r->cap : RUN_MIN_CAP;
	while (cap < n) {
		cap *= 2;
	}
	void **at = realloc(r->at, cap * sizeof(void *));
	if (!at) {
		return ERR_NOMEM;
	}
	r->at = at;
	r->cap = cap;
	return ERR_OK;
}

/* An empty run at index at, with room for cap items. */
static int run_insert(struct runs *rs, size_t at, size_t cap)
{
	struct run fresh = { 0 };
	if (rs->n_runs == rs->cap_runs) {
		size_t more = rs->cap_runs > 0 ? rs->cap_runs * 2 : 1;
		struct run *grown = realloc(rs->at, more * sizeof(*grown));
		if (!grown) {
			return ERR_NOMEM;
		}
		rs->at = grown;
		rs->cap_runs = more;
	}
	if (run_reserve(&fresh, cap) != ERR_OK) {
		return ERR_NOMEM;
	}
	memmove(&rs->at[at + 1], &rs->at[at], (rs->n_runs - at) * sizeof(*rs->at));
	rs->at[at] = fresh;
	rs->n_runs++;
	return ERR_OK;
}

static void run_remove(struct runs *rs, size_t at)
{
	free(rs->at[at].at);
	rs->n_runs--;
	memmove(&rs->at[at], &rs->at[at + 1], (rs->n_runs - at) * sizeof(*rs->at));
}

/* Makes room for one item at *p, which may move to another run. */
static int make_room(struct runs *rs, struct runs_place *p)
{
	if (p->run == rs->n_runs) { /* behind all: at the end of the last run */
		if (rs->n_runs == 0) {
			return run_insert(rs, 0, RUN_MIN_CAP);
		}
		*p = (struct runs_place){ rs->n_runs - 1, rs->at[rs->n_runs - 1].n, false };
	}
	struct run *r = &rs->at[p->run];
	if (r->n < RUN_MAX) {
		return run_reserve(r, r->n + 1);
	}
	/* a full run: cut in the middle, or, where items come in order, behind its end */
	size_t keep = p->run + 1 == rs->n_runs && p->i == r->n ? r->n : r->n / 2;
	int err = run_insert(rs, p->run + 1, RUN_MAX / 2 + 1);
	if (err != ERR_OK) {
		return err;
	}
	r = &rs->at[p->run];
	struct run *right = r + 1;
	right->n = r->n - keep;
	memcpy(right->at, r->at + keep, right->n * sizeof(void *));
	r->n = keep;
	if (p->i >= keep) {
		*p = (struct runs_place){ p->run + 1, p->i - keep, false };
	}
	return ERR_OK;
}

int runs_insert(struct runs *rs, struct runs_place p, void *item)
{
	int err = make_room(rs, &p);
	if (err != ERR_OK) {
		return err;
	}
	struct run *r = &rs->at[p.run];
	memmove(&r->at[p.i + 1], &r->at[p.i], (r->n - p.i) * sizeof(void *));
	r->at[p.i] = item;
	r->n++;
	rs->n++;
	return ERR_OK;
}

void runs_replace(struct runs *rs, struct runs_place p, void *item)
{
	rs->at[p.run].at[p.i] = item;
}

/* Joins run `at` with its right neighbour when both are small. Without memory they stay apart. */
static void merge_right(struct runs *rs, size_t at)
{
	if (at + 1 >= rs->n_runs || rs->at[at].n + rs->at[at + 1].n > RUN_MERGE_AT) {
		return;
	}
	struct run *r = &rs->at[at];
	if (run_reserve(r, r->n + r[1].n) == ERR_OK) {
		memcpy(r->at + r->n, r[1].at, r[1].n * sizeof(void *));
		r->n += r[1].n;
		run_remove(rs, at + 1);
	}
}

void runs_remove(struct runs *rs, struct runs_place p)
{
	struct run *r = &rs->at[p.run];
	r->n--;
	memmove(&r->at[p.i], &r->at[p.i + 1], (r->n - p.i) * sizeof(void *));
	rs->n--;
	if (r->n == 0) {
		run_remove(rs, p.run);
		return;
	}
	merge_right(rs, p.run);
	if (p.run > 0) {
		merge_right(rs, p.run - 1);
	}
}
