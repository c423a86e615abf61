/* A sorted array of (key, position). Source: none. Regime and callers: list_index.h. */
#include "watch/embedded/patch/list_index.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"

int list_key_of(struct arena *a, const struct json *v, struct list_key *out)
{
	*out = (struct list_key){ .type = json_type_of(v), .text = json_str(v) };
	if (out->type == JSON_STRING) {
		return ERR_OK;
	}
	struct buf b;
	buf_init(&b);
	json_print_canonical(v, &b);
	out->text = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return out->text.p ? ERR_OK : ERR_NOMEM;
}

int list_key_cmp(const struct list_key *a, const struct list_key *b)
{
	return a->type != b->type ? (a->type < b->type ? -1 : 1) : strv_cmp(a->text, b->text);
}

static int slot_cmp(const void *x, const void *y)
{
	const struct list_slot *a = x;
	const struct list_slot *b = y;
	int order = list_key_cmp(&a->key, &b->key);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

int list_index_init(struct arena *a, const struct list_key *keys, size_t n, struct list_index *out)
{
	struct list_slot *slots = arena_array(a, struct list_slot, n);
	if (!slots) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		slots[i] = (struct list_slot){ .key = keys[i], .at = i };
	}
	if (n > 1) {
		qsort(slots, n, sizeof(*slots), slot_cmp);
	}
	*out = (struct list_index){ .slots = slots, .n = n };
	return ERR_OK;
}

/* The first slot whose key is not less; x->n if there is none. */
static size_t lower(const struct list_index *x, const struct list_key *key)
{
	size_t from = 0;
	size_t to = x->n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (list_key_cmp(&x->slots[mid].key, key) < 0) {
			from = mid + 1;
		} else {
			to = mid;
		}
	}
	return from;
}

size_t list_index_find(const struct list_index *x, const struct list_key *key)
{
	size_t i = lower(x, key);
	return i < x->n && list_key_cmp(&x->slots[i].key, key) == 0 ? x->slots[i].at : LIST_NOWHERE;
}

#define FEW_MEMBERS 16u /* up to so many a look through all of them is as fast */

int member_index_init(struct arena *a, const struct json *object, struct member_index *out)
{
	size_t n = json_is_object(object) ? json_count(object) : 0;
	*out = (struct member_index){ .object = n > 0 ? object : NULL };
	if (n <= FEW_MEMBERS) {
		return ERR_OK;
	}
	struct list_key *keys = arena_array(a, struct list_key, n);
	struct json **at = arena_array(a, struct json *, n);
	if (!keys || !at) {
		return ERR_NOMEM;
	}
	size_t i = 0;
	json_each(m, object) {
		keys[i] = (struct list_key){ JSON_STRING, strv_of(json_key(m)) };
		at[i++] = m;
	}
	out->at = at;
	return list_index_init(a, keys, n, &out->index);
}

struct json *member_index_find(const struct member_index *x, const char *key)
{
	if (!x->at) {
		return json_get(x->object, key);
	}
	struct list_key k = { JSON_STRING, strv_of(key) };
	size_t place = list_index_find(&x->index, &k);
	return place == LIST_NOWHERE ? NULL : x->at[place];
}
