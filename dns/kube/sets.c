/* What DNS knows of StatefulSets: see the header. hash(namespace, name) -> plan. */
#include "dns/kube/sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dns/kube/numbers.h"
#include "dns/kube/table.h"

struct set_cell {
	struct retired retired;
	uint32_t id;
	struct strv ns, name;
	struct set_plan plan;
	char text[]; /* of all three */
};

struct sets {
	struct reclaim *reclaim;
	uint64_t seed;
	struct numbers numbers;
	struct table table;
};

int sets_new(struct reclaim *rc, uint64_t seed, struct sets **out)
{
	struct sets *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->reclaim = rc;
	s->seed = seed;
	table_init(&s->table, rc);
	*out = s;
	return ERR_OK;
}

void sets_free(struct sets *s)
{
	if (!s) {
		return;
	}
	for (uint32_t i = 0; i < s->numbers.n; i++) {
		free(numbers_at(&s->numbers, i));
	}
	numbers_deinit(&s->numbers);
	table_deinit(&s->table);
	free(s);
}

static void free_retired(struct retired *r)
{
	free(container_of(r, struct set_cell, retired));
}

static uint32_t set_hash(const struct sets *s, struct strv ns, struct strv name)
{
	return (uint32_t)strv_hash(name, strv_hash(ns, s->seed));
}

static struct set_cell *find_cell(const struct sets *s, struct strv ns, struct strv name)
{
	uint32_t id;
	struct table_walk w = table_walk(&s->table, set_hash(s, ns, name));
	while (table_next(&w, &id)) {
		struct set_cell *c = numbers_at(&s->numbers, id);
		if (c && strv_eq(c->name, name) && strv_eq(c->ns, ns)) {
			return c;
		}
	}
	return NULL;
}

bool sets_find(const struct sets *s, struct strv ns, struct strv name, struct set_plan *out)
{
	const struct set_cell *c = find_cell(s, ns, name);
	if (c) {
		*out = c->plan;
	}
	return c != NULL;
}

static struct strv keep(char **at, struct strv text)
{
	struct strv kept = { .p = *at, .n = text.n };
	if (text.n > 0) {
		memcpy(*at, text.p, text.n);
	}
	*at += text.n;
	return kept;
}

static struct set_cell *cell_new(struct strv ns, struct strv name, const struct statefulset *set)
{
	struct set_cell *c = calloc(1, sizeof(*c) + ns.n + name.n + set->service_name.n);
	if (!c) {
		return NULL;
	}
	char *at = c->text;
	c->ns = keep(&at, ns);
	c->name = keep(&at, name);
	c->plan = (struct set_plan){
		.service = keep(&at, set->service_name),
		.start = set->start,
		.replicas = set->replicas,
		.ordered = !set->parallel,
	};
	return c;
}

static bool same_plan(const struct set_plan *p, const struct statefulset *set)
{
	return p->start == set->start && p->replicas == set->replicas &&
	       p->ordered == !set->parallel && strv_eq(p->service, set->service_name);
}

static void drop_cell(struct sets *s, struct set_cell *c)
{
	(void)table_remove(&s->table, set_hash(s, c->ns, c->name), c->id); /* it is there */
	numbers_give(&s->numbers, c->id);
	reclaim_retire(s->reclaim, &c->retired, free_retired);
}

int sets_set(struct sets *s, struct strv ns, struct strv name, const struct statefulset *set)
{
	struct set_cell *old = find_cell(s, ns, name);
	if (old && set && same_plan(&old->plan, set)) {
		return ERR_OK;
	}
	if (old) {
		drop_cell(s, old);
	}
	if (!set) {
		return ERR_OK;
	}
	struct set_cell *c = cell_new(ns, name, set);
	if (!c) {
		return ERR_NOMEM;
	}
	int err = numbers_take(&s->numbers, c, &c->id);
	if (err != ERR_OK) {
		free(c);
		return err;
	}
	err = table_add(&s->table, set_hash(s, ns, name), c->id);
	if (err != ERR_OK) {
		numbers_give(&s->numbers, c->id);
		reclaim_retire(s->reclaim, &c->retired, free_retired);
	}
	return err;
}
