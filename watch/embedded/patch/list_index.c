/* A sorted array of (key, position). Source: none. Regime and callers: list_index.h. */
#include "watch/embedded/patch/list_index.h"

#include <stdint.h>

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

size_t list_index_count(const struct list_index *x, const struct list_key *key)
{
	size_t n = 0;
	for (size_t i = lower(x, key); i < x->n && list_key_cmp(&x->slots[i].key, key) == 0; i++) {
		n++;
	}
	return n;
}
