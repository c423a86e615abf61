/* Merging and pruning along the grain. Source, regime, callers: blend.h. */
#include "watch/embedded/patch/blend.h"

#include "base/err.h"

/* Merges the two and puts the result, if any, into the object or (key NULL) the array. */
static int put_merged(struct arena *a, const struct grain *g, const struct json *live,
	const struct json *config, struct json *into, const char *key)
{
	struct json *v;
	int err = blend_merge(a, g, live, config, &v);
	if (err != ERR_OK || !v) {
		return err;
	}
	return key ? json_set_new(a, into, strv_of(key), v) : json_append(a, into, v);
}

static int merge_members(struct arena *a, const struct grain *g, const struct json *live,
	const struct json *config, struct json *into)
{
	struct member_index of_live;
	struct member_index of_config;
	int err = member_index_init(a, live, &of_live);
	if (err == ERR_OK) {
		err = member_index_init(a, config, &of_config);
	}
	if (err != ERR_OK) {
		return err;
	}
	for (const struct json *m = json_first(live); m && err == ERR_OK; m = json_next(m)) {
		struct grain below = grain_of_member(g, json_key(m));
		const struct json *theirs = member_index_find(&of_config, json_key(m));
		err = put_merged(a, &below, m, theirs, into, json_key(m));
	}
	for (const struct json *m = json_first(config); m && err == ERR_OK; m = json_next(m)) {
		struct grain below = grain_of_member(g, json_key(m));
		if (!member_index_find(&of_live, json_key(m))) {
			err = put_merged(a, &below, NULL, m, into, json_key(m));
		}
	}
	return err;
}

/* A live list on its way into the result. */
struct live_list {
	struct grain_elements e;
	size_t done, rest_done; /* elements before these are in the result, or will not be */
};

/* Puts in what is only live, up to element stop; elements that cannot be told apart go along, unless config has
 * their like. */
static int put_live(struct arena *a, const struct grain *below, struct live_list *l,
	const struct grain_elements *config, size_t stop, struct json *into)
{
	int err = ERR_OK;
	while (err == ERR_OK) {
		const struct json *v;
		const struct path_element *pe;
		if (l->rest_done < l->e.n_rest && l->e.rest[l->rest_done].before <= l->done) {
			const struct grain_rest *r = &l->e.rest[l->rest_done++];
			v = r->v;
			pe = &r->pe;
		} else if (l->done < stop) {
			v = l->e.at[l->done];
			pe = &l->e.pe[l->done++];
		} else {
			break;
		}
		if (pe->kind == 0 || grain_elements_find(config, pe) == LIST_NOWHERE) {
			err = put_merged(a, below, v, NULL, into, NULL);
		}
	}
	return err;
}

/* Elements of both stand as config orders them; those only live keep their place before the next one of both;
 * those only in config come after the live ones that precede the next one of both. */
static int merge_elements(struct arena *a, const struct grain *g, const struct json *live,
	const struct json *config, struct json *into)
{
	struct grain below = grain_of_element(g);
	struct live_list x = { 0 };
	struct grain_elements y;
	int err = grain_elements(a, g, live, &x.e, NULL);
	if (err == ERR_OK) {
		err = grain_elements(a, g, config, &y, NULL);
	}
	for (size_t j = 0; err == ERR_OK && j < y.n; j++) {
		size_t shared = j; /* the next element of both; y.n: none */
		while (shared < y.n && grain_elements_find(&x.e, &y.pe[shared]) == LIST_NOWHERE) {
			shared++;
		}
		size_t place = shared < y.n ? grain_elements_find(&x.e, &y.pe[shared]) : x.e.n;
		err = put_live(a, &below, &x, &y, place, into);
		for (; err == ERR_OK && j < shared; j++) {
			err = put_merged(a, &below, NULL, y.at[j], into, NULL);
		}
		if (err == ERR_OK && j < y.n) {
			err = put_merged(a, &below, x.e.at[place], y.at[j], into, NULL);
		}
	}
	return err == ERR_OK ? put_live(a, &below, &x, &y, x.e.n, into) : err;
}

static struct json *whole(struct arena *a, const struct json *v, int *err)
{
	struct json *copy = v && !json_is_null(v) ? json_copy(a, v) : NULL;
	*err = copy || !v || json_is_null(v) ? ERR_OK : ERR_NOMEM;
	return copy;
}

int blend_merge(struct arena *a, const struct grain *g, const struct json *live,
	const struct json *config, struct json **out)
{
	int err = ERR_OK;
	bool is_list = g->kind == GRAIN_SET || g->kind == GRAIN_LIST;
	struct json *into;
	*out = NULL;
	if (json_is_null(config) || (!config && json_is_null(live))) {
		return ERR_OK;
	}
	if (g->kind == GRAIN_LEAF || !config || !grain_fits(g, live) || !grain_fits(g, config)) {
		*out = whole(a, config ? config : live, &err);
		return err;
	}
	if (is_list) {
		into = json_new_array(a);
		err = into ? merge_elements(a, g, live, config, into) : ERR_NOMEM;
	} else {
		into = json_new_object(a);
		err = into ? merge_members(a, g, live, config, into) : ERR_NOMEM;
	}
	if (err == ERR_OK) {
		*out = into;
	}
	return err;
}

/* True when the piece is to leave its container. */
static int remove_below(struct arena *a, const struct grain *below, struct json *v,
	const struct fieldset_item *item, bool *out_gone)
{
	*out_gone = item && item->member;
	if (!item || item->member || item->sub.n == 0 || !json_first(v)) {
		return ERR_OK;
	}
	int err = blend_remove(a, below, v, &item->sub);
	*out_gone = !json_first(v);
	return err;
}

static int remove_elements(
	struct arena *a, const struct grain *g, struct json *v, const struct fieldset *s)
{
	struct grain below = grain_of_element(g);
	struct grain_elements e;
	int err = grain_elements(a, g, v, &e, NULL);
	for (size_t i = 0; i < e.n && err == ERR_OK; i++) {
		bool gone;
		err = remove_below(a, &below, e.at[i], fieldset_find(s, &e.pe[i]), &gone);
		if (err == ERR_OK && gone) {
			json_detach(v, e.at[i]);
		}
	}
	return err;
}

int blend_remove(struct arena *a, const struct grain *g, struct json *v, const struct fieldset *s)
{
	struct json *next;
	if (g->kind == GRAIN_LEAF || !grain_fits(g, v) || s->n == 0) {
		return ERR_OK;
	}
	if (g->kind == GRAIN_SET || g->kind == GRAIN_LIST) {
		return remove_elements(a, g, v, s);
	}
	for (struct json *m = json_first(v); m; m = next) {
		next = json_next(m);
		struct grain below = grain_of_member(g, json_key(m));
		struct path_element pe;
		bool gone = false;
		int err = path_element_field(a, strv_of(json_key(m)), &pe);
		if (err == ERR_OK) {
			err = remove_below(a, &below, m, fieldset_find(s, &pe), &gone);
		}
		if (err != ERR_OK) {
			return err;
		}
		if (gone) {
			json_detach(v, m);
		}
	}
	return ERR_OK;
}
