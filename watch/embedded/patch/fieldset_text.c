/* Field sets and path elements as text: fieldsV1, and the paths that people read.
 * Source, regime, callers: fieldset.h. */
#include "watch/embedded/patch/fieldset.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"

#define MAX_KEYS 16u /* of one list element; real ones have at most 3 */

/* prefix and the canonical text of v. */
static int element_text(struct arena *a, const char *prefix, const struct json *v, struct strv *out)
{
	struct buf b;
	buf_init(&b);
	buf_add(&b, strv_of(prefix));
	json_print_canonical(v, &b);
	*out = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return out->p ? ERR_OK : ERR_NOMEM;
}

int path_element_field(struct arena *a, struct strv name, struct path_element *out)
{
	char *text = arena_array(a, char, name.n + 3);
	if (!text) {
		return ERR_NOMEM;
	}
	memcpy(text, "f:", 2);
	if (name.n > 0) {
		memcpy(text + 2, name.p, name.n);
	}
	text[name.n + 2] = '\0';
	*out = (struct path_element){ .kind = 'f', .text = { text, name.n + 2 } };
	return ERR_OK;
}

int path_element_value(struct arena *a, const struct json *value, struct path_element *out)
{
	*out = (struct path_element){ .kind = 'v', .value = value };
	return element_text(a, "v:", value, &out->text);
}

/* A copy of the object whose members are sorted by name. errors ERR_SYNTAX unless an object of scalars */
static int keys_sorted(struct arena *a, const struct json *v, struct json **out)
{
	struct json *sorted = json_new_object(a);
	const char *last = NULL;
	for (size_t n = json_count(v); n > 0; n--) {
		const struct json *least = NULL;
		json_each(k, v) {
			if ((!last || strcmp(json_key(k), last) > 0) &&
				(!least || strcmp(json_key(k), json_key(least)) < 0)) {
				least = k;
			}
		}
		if (!least || json_is_object(least) || json_is_array(least)) {
			return ERR_SYNTAX;
		}
		last = json_key(least);
		int err = json_set(a, sorted, last, json_copy(a, least));
		if (err != ERR_OK) {
			return err;
		}
	}
	*out = sorted;
	return sorted ? ERR_OK : ERR_NOMEM;
}

int path_element_keys(struct arena *a, const struct json *keys, struct path_element *out)
{
	struct json *sorted;
	if (!json_is_object(keys) || json_count(keys) > MAX_KEYS) {
		return ERR_SYNTAX;
	}
	int err = keys_sorted(a, keys, &sorted);
	if (err != ERR_OK) {
		return err;
	}
	*out = (struct path_element){ .kind = 'k', .value = sorted };
	return element_text(a, "k:", sorted, &out->text);
}

/* "k:{...}", "v:...": text after the prefix is JSON. */
static int element_parse_json(struct arena *a, struct strv text, struct path_element *out)
{
	struct json *v;
	int err = json_parse(a, strv_sub(text, 2, text.n), &v, NULL);
	if (err != ERR_OK) {
		return err == ERR_NOMEM ? err : ERR_SYNTAX;
	}
	return text.p[0] == 'v' ? path_element_value(a, v, out) : path_element_keys(a, v, out);
}

static int element_parse(struct arena *a, struct strv text, struct path_element *out)
{
	int64_t index;
	if (text.n < 2 || text.p[1] != ':') {
		return ERR_SYNTAX;
	}
	switch (text.p[0]) {
	case 'f':
		return path_element_field(a, strv_sub(text, 2, text.n), out);
	case 'k':
	case 'v':
		return element_parse_json(a, text, out);
	case 'i':
		if (strv_to_i64(strv_sub(text, 2, text.n), &index) != ERR_OK) {
			return ERR_SYNTAX;
		}
		*out = (struct path_element){ .kind = 'i',
			.text = arena_printf(a, "i:%lld", (long long)index) };
		return out->text.p ? ERR_OK : ERR_NOMEM;
	default:
		return ERR_SYNTAX;
	}
}

/* Neighbours that are the same element once decoded ("k:{\"a\":1}", "k:{ \"a\":1}") become one. */
static int unite_neighbours(struct arena *a, struct fieldset *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct fieldset_item *item = &s->items[i];
		if (n == 0 || path_element_cmp(&s->items[n - 1].pe, &item->pe) != 0) {
			s->items[n++] = *item;
			continue;
		}
		struct fieldset_item *first = &s->items[n - 1];
		first->member = first->member || item->member;
		int err = fieldset_union(a, &first->sub, &item->sub, &first->sub);
		if (err != ERR_OK) {
			return err;
		}
	}
	s->n = n;
	return ERR_OK;
}

/* One level. "." goes to *out_self, which is NULL at the top. Depth is bounded by the JSON parser. */
static int level_parse(struct arena *a, const struct json *v, struct fieldset *out, bool *out_self)
{
	*out = (struct fieldset){ 0 };
	if (!json_is_object(v)) {
		return ERR_SYNTAX;
	}
	json_each(m, v) {
		struct strv text = strv_of(json_key(m));
		struct path_element pe;
		if (strv_eq(text, STRV("."))) {
			if (out_self) {
				*out_self = true;
			}
			continue;
		}
		int err = element_parse(a, text, &pe);
		struct fieldset_item *item = err == ERR_OK ? fieldset_add(a, out, &pe) : NULL;
		if (!item) {
			return err == ERR_OK ? ERR_NOMEM : err;
		}
		err = level_parse(a, m, &item->sub, &item->member);
		if (err != ERR_OK) {
			return err;
		}
		item->member = item->member || item->sub.n == 0; /* "{}": the element itself */
	}
	fieldset_sort(out);
	return unite_neighbours(a, out);
}

int fieldset_parse(struct arena *a, const struct json *v, struct fieldset *out)
{
	return level_parse(a, v, out, NULL);
}

/* self: the element above is a member, which shows as "." when there is more. */
static struct json *level_json(struct arena *a, const struct fieldset *s, bool self)
{
	struct json *v = json_new_object(a);
	if (self && s->n > 0 && json_set(a, v, ".", json_new_object(a)) != ERR_OK) {
		return NULL;
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct fieldset_item *item = &s->items[i];
		struct json *below = level_json(a, &item->sub, item->member);
		if (json_set_new(a, v, item->pe.text, below) != ERR_OK) {
			return NULL;
		}
	}
	return v;
}

struct json *fieldset_json(struct arena *a, const struct fieldset *s)
{
	return level_json(a, s, false);
}

void path_element_print(const struct path_element *pe, struct buf *b)
{
	struct strv rest = strv_sub(pe->text, 2, pe->text.n);
	const char *sep = "";
	switch (pe->kind) {
	case 'f':
		buf_add_char(b, '.');
		buf_add(b, rest);
		return;
	case 'k':
		buf_add_char(b, '[');
		json_each(k, pe->value) {
			buf_printf(b, "%s%s=", sep, json_key(k));
			json_print(k, b);
			sep = ",";
		}
		break;
	default:
		buf_add_char(b, '[');
		buf_add(b, strv_of(pe->kind == 'v' ? "=" : ""));
		buf_add(b, rest);
		break;
	}
	buf_add_char(b, ']');
}

struct walk {
	struct arena *a;
	fieldset_path_fn fn;
	void *ctx;
	struct buf path;
};

static int tell(struct walk *w)
{
	struct strv text = w->path.err == ERR_OK ? arena_strdup(w->a, buf_strv(&w->path))
						 : STRV_NONE;
	return text.p ? w->fn(w->ctx, text) : ERR_NOMEM;
}

/* The members of a level come before what is below it. */
static int walk_level(struct walk *w, const struct fieldset *s)
{
	size_t parent = w->path.n;
	int err = ERR_OK;
	for (size_t i = 0; i < s->n && err == ERR_OK; i++) {
		if (s->items[i].member) {
			path_element_print(&s->items[i].pe, &w->path);
			err = tell(w);
			w->path.n = parent;
		}
	}
	for (size_t i = 0; i < s->n && err == ERR_OK; i++) {
		if (s->items[i].sub.n > 0) {
			path_element_print(&s->items[i].pe, &w->path);
			err = walk_level(w, &s->items[i].sub);
			w->path.n = parent;
		}
	}
	return err;
}

int fieldset_each_path(struct arena *a, const struct fieldset *s, fieldset_path_fn fn, void *ctx)
{
	struct walk w = { .a = a, .fn = fn, .ctx = ctx };
	buf_init(&w.path);
	int err = walk_level(&w, s);
	buf_deinit(&w.path);
	return err;
}
