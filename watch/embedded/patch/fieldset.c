/* The tree of path elements, and the algebra of such trees. Text form: fieldset_text.c.
 * Source, regime, callers: fieldset.h. */
#include "watch/embedded/patch/fieldset.h"

#include <string.h>

#include "base/err.h"

static unsigned kind_rank(char kind)
{
	return kind == 'f' ? 0 : kind == 'k' ? 1 : kind == 'v' ? 2 : 3;
}

static unsigned type_rank(const struct json *v)
{
	switch (json_type_of(v)) {
	case JSON_NUMBER:
		return 0;
	case JSON_STRING:
		return 1;
	case JSON_BOOL:
		return 2;
	case JSON_ARRAY:
		return 3;
	case JSON_OBJECT:
		return 4;
	case JSON_NONE:
	case JSON_NULL:
		break;
	}
	return 5;
}

/* Numbers by size, the rest by bytes; 0 only says that the texts must decide. */
static int scalar_cmp(const struct json *a, const struct json *b)
{
	unsigned ra = type_rank(a);
	unsigned rb = type_rank(b);
	if (ra != rb) {
		return ra < rb ? -1 : 1;
	}
	if (json_type_of(a) == JSON_NUMBER) {
		double x = json_number(a);
		double y = json_number(b);
		return (x > y) - (x < y);
	}
	return strv_cmp(json_str(a), json_str(b));
}

/* Keys one after the other, by name, then by value. */
static int keys_cmp(const struct json *a, const struct json *b)
{
	const struct json *x = json_first(a);
	const struct json *y = json_first(b);
	while (x && y) {
		int order = strv_cmp(strv_of(json_key(x)), strv_of(json_key(y)));
		order = order ? order : scalar_cmp(x, y);
		if (order) {
			return order;
		}
		x = json_next(x);
		y = json_next(y);
	}
	return (x != NULL) - (y != NULL);
}

int path_element_cmp(const struct path_element *a, const struct path_element *b)
{
	int order = 0;
	if (a->kind != b->kind) {
		return kind_rank(a->kind) < kind_rank(b->kind) ? -1 : 1;
	}
	if (a->kind == 'k') {
		order = keys_cmp(a->value, b->value);
	} else if (a->kind == 'v') {
		order = scalar_cmp(a->value, b->value);
	} else if (a->kind == 'i' && a->text.n != b->text.n) {
		order = a->text.n < b->text.n ? -1 : 1; /* canonical: more digits, greater number */
	}
	return order ? order : strv_cmp(a->text, b->text);
}

struct fieldset_item *fieldset_add(
	struct arena *a, struct fieldset *s, const struct path_element *pe)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 4;
		struct fieldset_item *grown = arena_array(a, struct fieldset_item, cap);
		if (!grown) {
			return NULL;
		}
		if (s->n > 0) {
			memcpy(grown, s->items, s->n * sizeof(*grown));
		}
		s->items = grown;
		s->cap = cap;
	}
	struct fieldset_item *item = &s->items[s->n++];
	*item = (struct fieldset_item){ .pe = *pe };
	return item;
}

static int item_cmp(const void *x, const void *y)
{
	const struct fieldset_item *a = x;
	const struct fieldset_item *b = y;
	return path_element_cmp(&a->pe, &b->pe);
}

void fieldset_sort(struct fieldset *s)
{
	if (s->n > 1) {
		qsort(s->items, s->n, sizeof(*s->items), item_cmp);
	}
}

const struct fieldset_item *fieldset_find(const struct fieldset *s, const struct path_element *pe)
{
	size_t from = 0;
	size_t to = s->n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = path_element_cmp(&s->items[mid].pe, pe);
		if (order == 0) {
			return &s->items[mid];
		}
		if (order < 0) {
			from = mid + 1;
		} else {
			to = mid;
		}
	}
	return NULL;
}

void fieldset_drop(struct fieldset *s, const struct path_element *pe)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (path_element_cmp(&s->items[i].pe, pe) != 0) {
			s->items[n++] = s->items[i];
		}
	}
	s->n = n;
}

int fieldset_add_path(struct arena *a, struct fieldset *s, const char *dotted_path)
{
	struct strv rest = strv_of(dotted_path);
	struct fieldset path = { 0 };
	struct fieldset *level = &path;
	struct strv name;
	while (strv_cut(&rest, '.', &name)) {
		struct path_element pe;
		int err = path_element_field(a, name, &pe);
		struct fieldset_item *item = err == ERR_OK ? fieldset_add(a, level, &pe) : NULL;
		if (!item) {
			return ERR_NOMEM;
		}
		item->member = rest.p == NULL;
		level = &item->sub;
	}
	return fieldset_union(a, s, &path, s);
}

bool fieldset_is_empty(const struct fieldset *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->items[i].member || !fieldset_is_empty(&s->items[i].sub)) {
			return false;
		}
	}
	return true;
}

bool fieldset_equal(const struct fieldset *x, const struct fieldset *y)
{
	if (x->n != y->n) {
		return false;
	}
	for (size_t i = 0; i < x->n; i++) {
		const struct fieldset_item *a = &x->items[i];
		const struct fieldset_item *b = &y->items[i];
		if (a->member != b->member || path_element_cmp(&a->pe, &b->pe) != 0 ||
			!fieldset_equal(&a->sub, &b->sub)) {
			return false;
		}
	}
	return true;
}

enum algebra { UNION, BOTH, MINUS };

static bool combine_member(enum algebra how, bool x, bool y)
{
	return how == UNION ? x || y : how == BOTH ? x && y : x && !y;
}

/* One operation on one level and all below; items left without any member are dropped. Depth is that of the
 * deeper set. out may be x or y. */
static int combine(struct arena *a, enum algebra how, const struct fieldset *x,
	const struct fieldset *y, struct fieldset *out)
{
	static const struct fieldset none = { 0 };
	struct fieldset result = { 0 };
	for (size_t i = 0, j = 0; i < x->n || j < y->n;) {
		int order = i == x->n   ? 1
			    : j == y->n ? -1
					: path_element_cmp(&x->items[i].pe, &y->items[j].pe);
		const struct fieldset_item *p = order <= 0 ? &x->items[i++] : NULL;
		const struct fieldset_item *q = order >= 0 ? &y->items[j++] : NULL;
		bool member = combine_member(how, p && p->member, q && q->member);
		struct fieldset sub = p ? p->sub : none; /* shared where the other side is silent */
		if (p && q) {
			int err = combine(a, how, &p->sub, &q->sub, &sub);
			if (err != ERR_OK) {
				return err;
			}
		} else if (how == BOTH || (!p && how == MINUS)) {
			continue;
		} else if (!p) {
			sub = q->sub;
		}
		if (!member && fieldset_is_empty(&sub)) {
			continue;
		}
		struct fieldset_item *item = fieldset_add(a, &result, p ? &p->pe : &q->pe);
		if (!item) {
			return ERR_NOMEM;
		}
		item->member = member;
		item->sub = sub;
	}
	*out = result;
	return ERR_OK;
}

int fieldset_union(
	struct arena *a, const struct fieldset *x, const struct fieldset *y, struct fieldset *out)
{
	return combine(a, UNION, x, y, out);
}

int fieldset_both(
	struct arena *a, const struct fieldset *x, const struct fieldset *y, struct fieldset *out)
{
	return combine(a, BOTH, x, y, out);
}

int fieldset_minus(
	struct arena *a, const struct fieldset *x, const struct fieldset *y, struct fieldset *out)
{
	return combine(a, MINUS, x, y, out);
}
