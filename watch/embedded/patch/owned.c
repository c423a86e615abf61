/* Walks of a value along its grain. Source, regime, callers: owned.h. Depth is that of the values, which their
 * parser bounds. */
#include "watch/embedded/patch/owned.h"

#include "base/err.h"

static bool is_list(const struct grain *g)
{
	return g->kind == GRAIN_SET || g->kind == GRAIN_LIST;
}

/* Adds what was found below pe, unless nothing was. */
static int add_found(struct arena *a, struct fieldset *s, const struct path_element *pe,
	bool member, const struct fieldset *sub)
{
	if (!member && sub->n == 0) {
		return ERR_OK;
	}
	struct fieldset_item *item = fieldset_add(a, s, pe);
	if (!item) {
		return ERR_NOMEM;
	}
	item->member = member;
	item->sub = *sub;
	return ERR_OK;
}

/* Fields of one value */

static int fields(struct arena *a, const struct grain *g, const struct json *v,
	struct fieldset *out, bool *out_self);

static int fields_of_members(
	struct arena *a, const struct grain *g, const struct json *v, struct fieldset *out)
{
	json_each(m, v) {
		struct grain below = grain_of_member(g, json_key(m));
		struct fieldset sub = { 0 };
		struct path_element pe;
		bool self = false;
		int err = path_element_field(a, strv_of(json_key(m)), &pe);
		if (err == ERR_OK) {
			err = fields(a, &below, m, &sub, &self);
		}
		self = self || json_is_null(m) || g->kind == GRAIN_MAP ||
		       (json_is_object(m) && !json_first(m));
		if (err == ERR_OK) {
			err = add_found(a, out, &pe, self, &sub);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static int fields_of_elements(
	struct arena *a, const struct grain *g, const struct json *v, struct fieldset *out)
{
	struct grain below = grain_of_element(g);
	struct grain_elements e;
	int err = grain_elements(a, g, v, &e, NULL);
	for (size_t i = 0; i < e.n && err == ERR_OK; i++) {
		struct fieldset sub = { 0 };
		bool self;
		err = fields(a, &below, e.at[i], &sub, &self);
		if (err == ERR_OK) {
			err = add_found(a, out, &e.pe[i], true, &sub);
		}
	}
	return err;
}

static int fields(struct arena *a, const struct grain *g, const struct json *v,
	struct fieldset *out, bool *out_self)
{
	int err;
	*out_self = g->kind == GRAIN_LEAF || !grain_fits(g, v);
	if (*out_self || json_is_null(v)) {
		return ERR_OK;
	}
	if (is_list(g)) {
		err = fields_of_elements(a, g, v, out);
	} else {
		err = fields_of_members(a, g, v, out);
	}
	fieldset_sort(out);
	return err;
}

int owned_fields(struct arena *a, const struct grain *g, const struct json *v, struct fieldset *out)
{
	bool self;
	*out = (struct fieldset){ 0 };
	return fields(a, g, v, out, &self);
}

/* Two values */

struct diff {
	bool removed, modified, added; /* the value itself */
	struct owned_change below;
};

static int diff(struct arena *a, const struct grain *g, const struct json *before,
	const struct json *after, struct diff *out);

static int diff_below(struct arena *a, const struct grain *below, const struct path_element *pe,
	const struct json *before, const struct json *after, struct diff *into)
{
	struct diff d;
	int err = diff(a, below, before, after, &d);
	if (err == ERR_OK) {
		err = add_found(a, &into->below.removed, pe, d.removed, &d.below.removed);
	}
	if (err == ERR_OK) {
		err = add_found(a, &into->below.modified, pe, d.modified, &d.below.modified);
	}
	if (err == ERR_OK) {
		err = add_found(a, &into->below.added, pe, d.added, &d.below.added);
	}
	return err;
}

static int diff_member(struct arena *a, const struct grain *g, const char *key,
	const struct json *before, const struct json *after, struct diff *into)
{
	struct grain below = grain_of_member(g, key);
	struct path_element pe;
	int err = path_element_field(a, strv_of(key), &pe);
	return err == ERR_OK ? diff_below(a, &below, &pe, before, after, into) : err;
}

static int diff_members(struct arena *a, const struct grain *g, const struct json *before,
	const struct json *after, struct diff *into)
{
	struct member_index old;
	struct member_index new;
	int err = member_index_init(a, before, &old);
	if (err == ERR_OK) {
		err = member_index_init(a, after, &new);
	}
	if (err != ERR_OK) {
		return err;
	}
	for (const struct json *m = json_first(before); m && err == ERR_OK; m = json_next(m)) {
		err = diff_member(a, g, json_key(m), m, member_index_find(&new, json_key(m)), into);
	}
	for (const struct json *m = json_first(after); m && err == ERR_OK; m = json_next(m)) {
		if (!member_index_find(&old, json_key(m))) {
			err = diff_member(a, g, json_key(m), NULL, m, into);
		}
	}
	return err;
}

static int diff_elements(struct arena *a, const struct grain *g, const struct json *before,
	const struct json *after, struct diff *into)
{
	struct grain below = grain_of_element(g);
	struct grain_elements x;
	struct grain_elements y;
	int err = grain_elements(a, g, before, &x, NULL);
	if (err == ERR_OK) {
		err = grain_elements(a, g, after, &y, NULL);
	}
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < x.n && err == ERR_OK; i++) {
		size_t j = grain_elements_find(&y, &x.pe[i]);
		const struct json *other = j == LIST_NOWHERE ? NULL : y.at[j];
		err = diff_below(a, &below, &x.pe[i], x.at[i], other, into);
	}
	for (size_t j = 0; j < y.n && err == ERR_OK; j++) {
		if (grain_elements_find(&x, &y.pe[j]) == LIST_NOWHERE) {
			err = diff_below(a, &below, &y.pe[j], NULL, y.at[j], into);
		}
	}
	return err;
}

static int diff(struct arena *a, const struct grain *g, const struct json *before,
	const struct json *after, struct diff *out)
{
	int err;
	*out = (struct diff){ .removed = before && !after, .added = !before && after };
	bool both_empty = !json_first(before) && !json_first(after);
	if (g->kind == GRAIN_LEAF || both_empty || !grain_fits(g, before) ||
		!grain_fits(g, after)) {
		out->modified = before && after && !json_equal(before, after);
		return ERR_OK;
	}
	if (is_list(g)) {
		err = diff_elements(a, g, before, after, out);
	} else {
		err = diff_members(a, g, before, after, out);
	}
	fieldset_sort(&out->below.removed);
	fieldset_sort(&out->below.modified);
	fieldset_sort(&out->below.added);
	return err;
}

int owned_compare(struct arena *a, const struct grain *g, const struct json *before,
	const struct json *after, struct owned_change *out)
{
	struct diff d;
	int err = diff(a, g, before, after, &d);
	if (err == ERR_OK) {
		*out = d.below;
	}
	return err;
}

int owned_with_parents(
	struct arena *a, const struct grain *g, const struct fieldset *s, struct fieldset *out)
{
	*out = (struct fieldset){ 0 };
	for (size_t i = 0; i < s->n; i++) {
		const struct fieldset_item *from = &s->items[i];
		struct grain below = grain_below(g, &from->pe);
		struct fieldset sub;
		bool is_named = from->pe.kind == 'f' && g->kind == GRAIN_STRUCT &&
				schema_field(g->type, from->pe.text.p + 2);
		int err = owned_with_parents(a, &below, &from->sub, &sub);
		if (err == ERR_OK) {
			err = add_found(a, out, &from->pe,
				from->member || (is_named && from->sub.n > 0), &sub);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK; /* in the order of s */
}

/* Checking */

/* One step of the way to a value, on the walker's stack. */
struct step {
	const struct step *up;
	const struct path_element *pe;
};

static void path_print(const struct step *s, struct buf *b)
{
	if (s) {
		path_print(s->up, b);
		path_element_print(s->pe, b);
	}
}

static int say(struct arena *a, const struct step *at, struct strv why, struct strv *out)
{
	struct buf b;
	buf_init(&b);
	path_print(at, &b);
	buf_add(&b, STRV(": "));
	buf_add(&b, why);
	*out = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return out->p ? ERR_OK : ERR_NOMEM;
}

static int check(struct arena *a, const struct grain *g, const struct json *v,
	const struct step *at, struct strv *out_why);

static int check_elements(struct arena *a, const struct grain *g, const struct json *v,
	const struct step *at, struct strv *out_why)
{
	struct grain below = grain_of_element(g);
	struct grain_elements e;
	struct strv why;
	int err = grain_elements(a, g, v, &e, &why);
	if (err == ERR_OK && why.n > 0) {
		return say(a, at, why, out_why);
	}
	for (size_t i = 0; err == ERR_OK && i < e.n && out_why->n == 0; i++) {
		struct step step = { .up = at, .pe = &e.pe[i] };
		err = check(a, &below, e.at[i], &step, out_why);
	}
	return err;
}

static int check(struct arena *a, const struct grain *g, const struct json *v,
	const struct step *at, struct strv *out_why)
{
	if (g->kind == GRAIN_LEAF || !grain_fits(g, v)) {
		return ERR_OK;
	}
	if (is_list(g)) {
		return check_elements(a, g, v, at, out_why);
	}
	json_each(m, v) {
		struct path_element pe;
		struct step step = { .up = at, .pe = &pe };
		struct grain below = grain_of_member(g, json_key(m));
		if (below.kind == GRAIN_LEAF) {
			continue;
		}
		int err = path_element_field(a, strv_of(json_key(m)), &pe);
		if (err == ERR_OK) {
			err = check(a, &below, m, &step, out_why);
		}
		if (err != ERR_OK || out_why->n > 0) {
			return err;
		}
	}
	return ERR_OK;
}

int owned_check(struct arena *a, const struct grain *g, const struct json *v, struct strv *out_why)
{
	*out_why = STRV("");
	return check(a, g, v, NULL, out_why);
}
