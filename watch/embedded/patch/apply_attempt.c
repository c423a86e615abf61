/* One server-side apply, in the steps of the model:
 *
 *   merged  = live with config laid over it
 *   gone    = of what this manager owned before: what nobody owns now
 *   result  = merged without gone
 *   conflict: another manager owns a field that differs between live and result
 *
 * Source: KEP-555 "server-side apply". Regime: everything in the caller's arena. Called by: apply.c. */
#include "watch/embedded/patch/apply_internal.h"

#include "base/err.h"
#include "watch/embedded/patch/blend.h"

/* Pruning */

/* All that any manager owns now, with the structs on the way. */
static int owned_by_all(struct apply *p, const struct managed *m, struct fieldset *out)
{
	struct fieldset all = { 0 };
	for (size_t i = 0; i < m->n; i++) {
		int err = fieldset_union(p->a, &all, &m->at[i].set, &all);
		if (err != ERR_OK) {
			return err;
		}
	}
	return owned_with_parents(p->a, &p->grain, &all, out);
}

/* The fields of v, with the structs on the way. */
static int fields_of(struct apply *p, const struct json *v, struct fieldset *out)
{
	struct fieldset bare;
	int err = owned_fields(p->a, &p->grain, v, &bare);
	return err == ERR_OK ? owned_with_parents(p->a, &p->grain, &bare, out) : err;
}

/* *out: a copy of v without the members of s and what is below them. */
static int without(
	struct apply *p, const struct json *v, const struct fieldset *s, struct json **out)
{
	struct json *copy = json_copy(p->a, v);
	int err = copy ? blend_remove(p->a, &p->grain, copy, s) : ERR_NOMEM;
	*out = copy;
	return err;
}

/* Takes out of merged what last (owned by this manager before) has and nobody in m owns. Done by sets, in the steps of
 * the model: first all of last goes; then what is owned, and what was never last's, is put back. */
static int prune(
	struct apply *p, const struct managed *m, const struct fieldset *last, struct json **merged)
{
	struct fieldset had;
	struct fieldset owned;
	struct fieldset of_merged;
	struct fieldset left;
	struct fieldset gone;
	struct json *pruned;
	int err = owned_with_parents(p->a, &p->grain, last, &had);
	if (err == ERR_OK) {
		err = owned_by_all(p, m, &owned);
	}
	if (err == ERR_OK) {
		err = fields_of(p, *merged, &of_merged);
	}
	if (err == ERR_OK) {
		err = without(p, *merged, &had, &pruned);
	}
	if (err == ERR_OK) {
		err = fields_of(p, pruned, &left);
	}
	if (err == ERR_OK) {
		err = fieldset_minus(p->a, &of_merged, &left, &gone);
	}
	if (err == ERR_OK) {
		err = fieldset_minus(p->a, &gone, &owned, &gone);
	}
	if (err == ERR_OK) {
		err = without(p, *merged, &gone, &pruned);
	}
	if (err == ERR_OK) {
		err = fields_of(p, pruned, &left);
	}
	if (err == ERR_OK) {
		err = fieldset_minus(p->a, &of_merged, &left, &gone);
	}
	if (err == ERR_OK) {
		err = fieldset_both(p->a, &gone, &had, &gone);
	}
	return err == ERR_OK ? blend_remove(p->a, &p->grain, *merged, &gone) : err;
}

/* One attempt */

static int collect_conflicts(struct apply *p, const struct owned_change *change, struct attempt *t)
{
	struct fieldset differs;
	int err = fieldset_union(p->a, &change->modified, &change->added, &differs);
	t->n_conflicts = 0;
	t->conflicts = arena_array(p->a, struct conflict, p->before.n);
	if (err != ERR_OK || !t->conflicts) {
		return ERR_NOMEM;
	}
	const struct managed_entry *self = managed_entry(p->a, &t->managed, &p->who);
	for (size_t i = 0; i < p->before.n; i++) {
		struct conflict c = { .with = &p->before.at[i] };
		if (self == &t->managed.at[i]) {
			continue;
		}
		err = fieldset_both(p->a, &c.with->set, &differs, &c.set);
		if (err != ERR_OK) {
			return err;
		}
		if (!fieldset_is_empty(&c.set)) {
			t->conflicts[t->n_conflicts++] = c;
		}
	}
	return ERR_OK;
}

/* Ownership after an apply that goes through: the others lose what changed, this one has what it declared. */
static int settle(struct apply *p, const struct owned_change *change,
	const struct fieldset *declared, const struct fieldset *last, struct attempt *t)
{
	struct fieldset own = *declared;
	int err = managed_lose(p->a, &t->managed, change);
	if (err == ERR_OK) {
		err = managed_strip(p->a, &own);
	}
	struct managed_entry *self = managed_entry(p->a, &t->managed, &p->who);
	if (err != ERR_OK || !self) {
		return ERR_NOMEM;
	}
	if (!fieldset_equal(&own, last) || !json_equal(p->live, t->result)) {
		self->time = p->who.time;
	}
	self->api_version = p->who.api_version;
	self->set = own;
	return ERR_OK;
}

int apply_attempt(struct apply *p, bool force, struct attempt *t)
{
	struct fieldset declared;
	struct owned_change change;
	*t = (struct attempt){ 0 };
	int err = managed_copy(p->a, &p->before, &t->managed);
	struct managed_entry *self = err == ERR_OK ? managed_entry(p->a, &t->managed, &p->who)
						   : NULL;
	if (!self) {
		return ERR_NOMEM;
	}
	const struct fieldset last = self->set;
	err = owned_fields(p->a, &p->grain, p->config, &declared);
	if (err == ERR_OK) {
		self->set = declared;
		err = blend_merge(p->a, &p->grain, p->live, p->config, &t->result);
	}
	if (err == ERR_OK && !fieldset_is_empty(&last)) {
		err = prune(p, &t->managed, &last, &t->result);
	}
	if (err == ERR_OK) {
		err = owned_compare(p->a, &p->grain, p->live, t->result, &change);
	}
	if (err == ERR_OK) {
		err = managed_hide(p->a, p->w->subresource, &change);
	}
	if (err == ERR_OK && !force) {
		err = collect_conflicts(p, &change, t);
	}
	return err == ERR_OK && t->n_conflicts == 0 ? settle(p, &change, &declared, &last, t) : err;
}
