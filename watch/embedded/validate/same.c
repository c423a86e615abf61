/* Equality as kube-apiserver has it when it asks "was this changed?", and where two values differ.
 * Source: apimachinery equality.Semantic: nothing and empty are the same, quantities are compared
 * by amount. Pure. See fault.h. */
#include "base/err.h"
#include "watch/embedded/validate/measure.h"
#include "watch/embedded/validate/fault.h"

static bool is_empty(const struct json *v)
{
	switch (json_type_of(v)) {
	case JSON_NONE:
	case JSON_NULL:
		return true;
	case JSON_STRING:
		return json_str(v).n == 0;
	case JSON_ARRAY:
		return json_first(v) == NULL;
	case JSON_OBJECT:
		json_each(m, v) {
			if (!is_empty(m)) {
				return false;
			}
		}
		return true;
	case JSON_BOOL:
	case JSON_NUMBER:
		break;
	}
	return false;
}

static bool holds_quantities(const char *key)
{
	return value_listed(strv_of(key), "requests|limits|capacity|allocatable|overhead|"
					  "allocatedResources|min|max|default");
}

static bool same_amounts(const struct json *a, const struct json *b)
{
	struct amount x;
	struct amount y;
	return measure(a, &x) == ERR_OK && measure(b, &y) == ERR_OK && amount_cmp(&x, &y) == 0;
}

static bool same_in(const struct json *a, const struct json *b, bool quantities);

static bool same_objects(const struct json *a, const struct json *b, bool quantities)
{
	json_each(m, a) {
		bool below = holds_quantities(json_key(m)) && json_is_object(m);
		if (quantities) {
			const struct json *other = json_get(b, json_key(m));
			if (!json_equal(m, other) && !same_amounts(m, other)) {
				return false;
			}
		} else if (!same_in(m, json_get(b, json_key(m)), below)) {
			return false;
		}
	}
	json_each(m, b) {
		if (json_get(a, json_key(m)) == NULL && !is_empty(m)) {
			return false;
		}
	}
	return true;
}

static bool same_in(const struct json *a, const struct json *b, bool quantities)
{
	enum json_type ta = json_type_of(a);
	if (ta != json_type_of(b) || (ta != JSON_ARRAY && ta != JSON_OBJECT)) {
		return json_equal(a, b) || (is_empty(a) && is_empty(b));
	}
	if (ta == JSON_OBJECT) {
		return same_objects(a, b, quantities);
	}
	const struct json *y = json_first(b);
	json_each(x, a) {
		if (y == NULL || !same_in(x, y, false)) {
			return false;
		}
		y = json_next(y);
	}
	return y == NULL;
}

bool same(const struct json *a, const struct json *b)
{
	return same_in(a, b, false);
}

#define SHOWN_DIFFERENCES 5

struct differ {
	struct arena *arena;
	struct strv text; /* so far */
	size_t n;
};

static void differ_add(struct differ *d, struct strv path)
{
	if (d->n == SHOWN_DIFFERENCES) {
		d->text = arena_printf(d->arena, "%.*s, ...", STRV_ARG(d->text));
	} else if (d->n < SHOWN_DIFFERENCES) {
		d->text = arena_printf(d->arena, "%.*s%s%.*s", STRV_ARG(d->text),
			d->n > 0 ? ", " : "", STRV_ARG(path));
	}
	d->n++;
}

static void differ_walk(
	struct differ *d, struct strv path, const struct json *x, const struct json *y)
{
	if (d->n > SHOWN_DIFFERENCES || same(x, y)) {
		return;
	}
	bool objects = json_is_object(x) && json_is_object(y);
	bool lists = json_is_array(x) && json_is_array(y) && json_count(x) == json_count(y);
	if (!objects && !lists) {
		differ_add(d, path);
		return;
	}
	size_t i = 0;
	json_each(m, x) {
		struct strv sub = objects ? arena_printf(d->arena, "%.*s.%s", STRV_ARG(path),
						    json_key(m))
					  : arena_printf(d->arena, "%.*s[%zu]", STRV_ARG(path), i);
		differ_walk(d, sub, m, objects ? json_get(y, json_key(m)) : json_at(y, i));
		i++;
	}
	json_each(m, objects ? y : NULL) {
		if (json_get(x, json_key(m)) == NULL && !is_empty(m)) {
			differ_add(
				d, arena_printf(d->arena, "%.*s.%s", STRV_ARG(path), json_key(m)));
		}
	}
}

struct strv differences(
	struct arena *a, const char *root, const struct json *x, const struct json *y)
{
	struct differ d = { .arena = a, .text = STRV("") };
	differ_walk(&d, strv_of(root), x, y);
	return d.text;
}
