/* Strategic merge of lists: by merge key, scalars as sets, and the order of the result.
 * The order: elements that the patch (or "$setElementOrder") names stand as it names them; those it does not
 * keep their live order; the two are interleaved by the live positions, as far as they are known.
 * Source: Kubernetes design notes "preserve order in strategic merge patch".
 * Regime: everything in the caller's arena. Called by: strategic.c. */
#include "watch/embedded/patch/strategic_internal.h"

#include "base/err.h"
#include "watch/embedded/patch/list_index.h"

/* A list being worked on. */
struct items {
	struct json **at;
	struct list_key *keys; /* keys[i] of at[i] */
	size_t n;
};

bool list_is_merged(const struct schema_field *f)
{
	return f && f->container == SCHEMA_LIST &&
	       (f->merge == SCHEMA_MERGE || f->merge == SCHEMA_MERGE_RETAIN);
}

static const char *merge_key_of(const struct schema_field *f)
{
	return list_is_merged(f) ? f->merge_key : NULL;
}

static int key_of(
	struct merge *m, const char *merge_key, const struct json *v, struct list_key *out)
{
	const struct json *k = v;
	if (merge_key && !json_is_object(v)) {
		return merge_refuse(m,
			"an element of a list merged by \"%s\" is not an object: %.*s", merge_key,
			STRV_ARG(words_text(m->a, v)));
	}
	if (merge_key) {
		k = json_get(v, merge_key);
	} else if (json_is_object(v) || json_is_array(v)) {
		return merge_refuse(m, "cannot merge lists without merge key");
	}
	if (!k) {
		return merge_refuse(m, "map: %.*s does not contain declared merge key: %s",
			STRV_ARG(words_text(m->a, v)), merge_key);
	}
	return list_key_of(m->a, k, out) == ERR_OK ? ERR_OK : merge_no_memory(m);
}

/* Room for n elements, none yet. */
static int items_init(struct merge *m, size_t n, struct items *out)
{
	*out = (struct items){ .at = arena_array(m->a, struct json *, n),
		.keys = arena_array(m->a, struct list_key, n) };
	return out->at && out->keys ? ERR_OK : merge_no_memory(m);
}

static void items_add(struct items *l, struct json *v, struct list_key key)
{
	l->at[l->n] = v;
	l->keys[l->n++] = key;
}

/* The elements of an array (NULL: none), with room for extra more. */
static int items_of(struct merge *m, const char *merge_key, const struct json *array, size_t extra,
	struct items *out)
{
	int err = items_init(m, json_count(array) + extra, out);
	for (struct json *v = json_first(array); v && err == ERR_OK; v = json_next(v)) {
		struct list_key key;
		err = key_of(m, merge_key, v, &key);
		if (err == ERR_OK) {
			items_add(out, v, key);
		}
	}
	return err;
}

static int items_index(struct merge *m, const struct items *l, struct list_index *out)
{
	return list_index_init(m->a, l->keys, l->n, out) == ERR_OK ? ERR_OK : merge_no_memory(m);
}

/* A new array; old is left without elements. */
static int items_array(struct merge *m, const struct items *l, struct json **out)
{
	struct json *array = json_new_array(m->a);
	for (size_t i = 0; i < l->n; i++) {
		if (json_append(m->a, array, l->at[i]) != ERR_OK) {
			return merge_no_memory(m);
		}
	}
	*out = array;
	return array ? ERR_OK : merge_no_memory(m);
}

/* Elements may only be put into another array when they have left theirs. */
static void array_empty(struct json *array)
{
	while (json_first(array)) {
		json_detach(array, json_first(array));
	}
}

/* Order */

struct ranked {
	struct json *v;
	struct list_key key;
	size_t wished, live; /* positions; LIST_NOWHERE: not there */
	size_t as_found;
};

static int by_number(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int by_wish(const void *x, const void *y)
{
	const struct ranked *a = x;
	const struct ranked *b = y;
	int order = by_number(a->wished, b->wished);
	return order ? order : by_number(a->as_found, b->as_found);
}

static int by_live(const void *x, const void *y)
{
	const struct ranked *a = x;
	const struct ranked *b = y;
	int order = by_number(a->live, b->live);
	return order ? order : by_number(a->as_found, b->as_found);
}

/* Interleaves the two, each in its own order; a server-only element goes before the first named one that it
 * precedes in the live list. */
static void interleave(const struct ranked *only, size_t n_only, const struct ranked *named,
	size_t n_named, struct items *out)
{
	size_t i = 0;
	size_t j = 0;
	while (i < n_only || j < n_named) {
		bool first = j == n_named || (i < n_only && named[j].live != LIST_NOWHERE &&
						     only[i].live < named[j].live);
		const struct ranked *r = first ? &only[i++] : &named[j++];
		items_add(out, r->v, r->key);
	}
}

static int reorder(struct merge *m, const struct items *merged, const struct items *wished,
	const struct items *live, struct items *out)
{
	struct list_index wished_at;
	struct list_index live_at;
	struct ranked *r = arena_array(m->a, struct ranked, merged->n);
	struct ranked *only = arena_array(m->a, struct ranked, merged->n);
	int err = r && only ? items_init(m, merged->n, out) : merge_no_memory(m);
	if (err == ERR_OK) {
		err = items_index(m, wished, &wished_at);
	}
	if (err == ERR_OK) {
		err = items_index(m, live, &live_at);
	}
	if (err != ERR_OK) {
		return err;
	}
	size_t n_named = 0;
	size_t n_only = 0;
	for (size_t i = 0; i < merged->n; i++) {
		struct ranked one = { .v = merged->at[i], .key = merged->keys[i], .as_found = i };
		one.wished = list_index_find(&wished_at, &one.key);
		one.live = list_index_find(&live_at, &one.key);
		if (one.wished != LIST_NOWHERE) {
			r[n_named++] = one;
		} else {
			only[n_only++] = one;
		}
	}
	if (n_named > 1) {
		qsort(r, n_named, sizeof(*r), by_wish);
	}
	if (n_only > 1) {
		qsort(only, n_only, sizeof(*only), by_live);
	}
	interleave(only, n_only, r, n_named, out);
	return ERR_OK;
}

/* Merging */

/* What the elements of a patch ask for. */
struct wishes {
	struct items elements; /* to merge or append */
	struct items deleted;  /* "$patch: delete" */
	bool replace;          /* "$patch: replace" */
};

static int wishes_read(
	struct merge *m, const char *merge_key, const struct json *patch, struct wishes *out)
{
	*out = (struct wishes){ 0 };
	int err = items_init(m, json_count(patch), &out->elements);
	if (err == ERR_OK) {
		err = items_init(m, json_count(patch), &out->deleted);
	}
	for (struct json *v = json_first(patch); v && err == ERR_OK; v = json_next(v)) {
		enum directive directive = PATCH_NONE;
		struct list_key key;
		err = merge_key ? directive_of(m, v, &directive) : ERR_OK;
		if (err == ERR_OK && directive == PATCH_REPLACE) {
			out->replace = true;
			continue;
		}
		if (err == ERR_OK && directive == PATCH_MERGE) {
			json_remove(v, DIRECTIVE);
			if (!json_first(v)) {
				continue;
			}
		}
		if (err == ERR_OK) {
			err = key_of(m, merge_key, v, &key);
		}
		if (err == ERR_OK) {
			items_add(
				directive == PATCH_DELETE ? &out->deleted : &out->elements, v, key);
		}
	}
	return err;
}

/* What is left of doc's elements when the deleted ones are gone, with room for extra. */
static int without(struct merge *m, const struct items *doc, const struct items *deleted,
	size_t extra, struct items *out)
{
	struct list_index gone;
	int err = items_index(m, deleted, &gone);
	if (err == ERR_OK) {
		err = items_init(m, doc->n + extra, out);
	}
	for (size_t i = 0; i < doc->n && err == ERR_OK; i++) {
		if (list_index_find(&gone, &doc->keys[i]) == LIST_NOWHERE) {
			items_add(out, doc->at[i], doc->keys[i]);
		}
	}
	return err;
}

/* Merges each element into the one of its key, or appends it. merged has the room. */
static int merge_elements(struct merge *m, const struct schema_field *f, const struct items *patch,
	struct items *merged)
{
	struct list_index at;
	struct list_index mine;
	int err = items_index(m, merged, &at);
	if (err == ERR_OK) {
		err = items_index(m, patch, &mine);
	}
	size_t *appended = arena_array(m->a, size_t, patch->n); /* where the first of a key went */
	if (err == ERR_OK && !appended) {
		return merge_no_memory(m);
	}
	for (size_t i = 0; i < patch->n && err == ERR_OK; i++) {
		size_t first = list_index_find(&mine, &patch->keys[i]);
		size_t place = list_index_find(&at, &patch->keys[i]);
		if (place == LIST_NOWHERE && first < i) {
			place = appended[first]; /* a key that comes twice in the patch */
		}
		if (place == LIST_NOWHERE) {
			(void)merge_clean(patch->at[i]); /* deleted ones were sorted out before */
			appended[i] = merged->n;
			items_add(merged, patch->at[i], patch->keys[i]);
		} else if (f->merge_key) {
			err = merge_object(
				m, f->type, merged->at[place], patch->at[i], &merged->at[place]);
		}
	}
	return err;
}

int list_merge(struct merge *m, const struct schema_field *f, struct json *doc, struct json *patch,
	struct json **out)
{
	const char *merge_key = merge_key_of(f);
	struct items live;
	struct items left;
	struct items merged;
	struct items ordered = { 0 };
	struct wishes w;
	int err = wishes_read(m, merge_key, patch, &w);
	if (err != ERR_OK) {
		return err;
	}
	array_empty(patch);
	if (w.replace) {
		for (size_t i = 0; i < w.elements.n; i++) {
			(void)merge_clean(
				w.elements.at[i]); /* deleted ones were sorted out before */
		}
		return items_array(m, &w.elements, out);
	}
	err = items_of(m, merge_key, doc, 0, &live);
	if (err == ERR_OK) {
		err = without(m, &live, &w.deleted, w.elements.n, &merged);
	}
	if (err == ERR_OK) {
		array_empty(doc);
		left = merged; /* the live order, without what merge_elements appends */
		err = merge_elements(m, f, &w.elements, &merged);
	}
	if (err == ERR_OK) {
		err = reorder(m, &merged, &w.elements, &left, &ordered);
	}
	return err == ERR_OK ? items_array(m, &ordered, out) : err;
}

int list_delete(struct merge *m, struct json *doc, const struct json *patch, struct json **out)
{
	struct items live;
	struct items gone;
	struct items left;
	int err = items_of(m, NULL, doc, 0, &live);
	if (err == ERR_OK) {
		err = items_of(m, NULL, patch, 0, &gone);
	}
	if (err == ERR_OK) {
		err = without(m, &live, &gone, 0, &left);
	}
	if (err != ERR_OK) {
		return err;
	}
	array_empty(doc);
	return items_array(m, &left, out);
}

/* The patch's elements must stand in the wished order, all of them. */
static int order_check(struct merge *m, const char *merge_key, const struct json *patch,
	const struct items *wished)
{
	size_t at = 0;
	if (wished->n == 0) {
		return ERR_OK;
	}
	json_each(v, patch) {
		struct list_key key;
		if (json_get(v, DIRECTIVE)) {
			continue;
		}
		int err = key_of(m, merge_key, v, &key);
		if (err != ERR_OK) {
			return err;
		}
		while (at < wished->n && list_key_cmp(&wished->keys[at], &key) != 0) {
			at++;
		}
		if (at++ >= wished->n) {
			return merge_refuse(m,
				"The order in patch list:\n%.*s\n doesn't match "
				"$setElementOrder list",
				STRV_ARG(words_text(m->a, patch)));
		}
	}
	return ERR_OK;
}

int list_order(struct merge *m, const struct schema_field *f, struct json *doc, struct json *patch,
	const struct json *wished, struct json **out)
{
	const char *merge_key = merge_key_of(f);
	struct items live;
	struct items order;
	struct items merged;
	struct items ordered = { 0 };
	struct json *whole = doc;
	int err = items_of(m, merge_key, wished, 0, &order);
	if (err == ERR_OK) {
		err = order_check(m, merge_key, patch, &order);
	}
	if (err == ERR_OK) {
		err = items_of(m, merge_key, doc, 0, &live);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (patch && doc && list_is_merged(f)) {
		err = list_merge(m, f, doc, patch, &whole);
	} else if (patch) {
		(void)merge_clean(patch); /* a list is never marked as deleted */
		whole = patch;
	}
	if (err == ERR_OK) {
		err = items_of(m, merge_key, whole, 0, &merged);
	}
	if (err == ERR_OK) {
		err = reorder(m, &merged, &order, &live, &ordered);
	}
	if (err != ERR_OK) {
		return err;
	}
	array_empty(whole);
	return items_array(m, &ordered, out);
}
