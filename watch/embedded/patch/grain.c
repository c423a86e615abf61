/* Grains from schema fields, and list elements by their keys. Source, regime, callers: grain.h. */
#include "watch/embedded/patch/grain.h"

#include "base/err.h"

static const struct grain leaf = { .kind = GRAIN_LEAF };

struct grain grain_of_type(const struct schema_type *t)
{
	return t && !t->atomic ? (struct grain){ .kind = GRAIN_STRUCT, .type = t } : leaf;
}

static struct grain grain_of_field(const struct schema_field *f)
{
	if (!f) {
		return leaf;
	}
	switch (f->container) {
	case SCHEMA_MAP:
		return f->atomic_map ? leaf : (struct grain){ .kind = GRAIN_MAP, .field = f };
	case SCHEMA_LIST:
		if (!f->map_keys) {
			return leaf;
		}
		return (struct grain){
			.kind = f->map_keys[0] && f->shape == SCHEMA_OBJECT ? GRAIN_LIST
									    : GRAIN_SET,
			.type = f->type,
			.field = f,
		};
	case SCHEMA_ONE:
		break;
	}
	return f->shape == SCHEMA_OBJECT ? grain_of_type(f->type) : leaf;
}

struct grain grain_of_member(const struct grain *g, const char *key)
{
	if (g->kind == GRAIN_STRUCT) {
		return grain_of_field(schema_field(g->type, key));
	}
	return g->kind == GRAIN_MAP && g->field->shape == SCHEMA_OBJECT
		       ? grain_of_type(g->field->type)
		       : leaf;
}

struct grain grain_of_element(const struct grain *g)
{
	return g->kind == GRAIN_LIST ? grain_of_type(g->type) : leaf;
}

struct grain grain_below(const struct grain *g, const struct path_element *pe)
{
	return pe->kind == 'f' ? grain_of_member(g, pe->text.p + 2) : grain_of_element(g);
}

bool grain_fits(const struct grain *g, const struct json *v)
{
	if (!v || json_is_null(v)) {
		return true;
	}
	switch (g->kind) {
	case GRAIN_STRUCT:
	case GRAIN_MAP:
		return json_is_object(v);
	case GRAIN_SET:
	case GRAIN_LIST:
		return json_is_array(v);
	case GRAIN_LEAF:
		break;
	}
	return true;
}

/* The key of an element, or its default ("protocol": "TCP"). *out NULL: neither. */
static int key_value(struct arena *a, const struct grain *g, struct strv name,
	const struct json *element, const struct json **out)
{
	*out = json_get_strv(element, name);
	if (*out && !json_is_null(*out)) {
		return ERR_OK;
	}
	struct strv z = arena_strdup(a, name);
	if (!z.p) {
		return ERR_NOMEM;
	}
	const struct schema_field *f = schema_field(g->type, z.p);
	struct json *v = NULL;
	if (f && f->fallback) {
		int err = json_parse(a, strv_of(f->fallback), &v, NULL);
		if (err != ERR_OK) {
			return err;
		}
	}
	*out = v;
	return ERR_OK;
}

/* errors ERR_SYNTAX with *out_why, ERR_NOMEM */
static int element_keys(struct arena *a, const struct grain *g, const struct json *element,
	struct path_element *out, struct strv *out_why)
{
	struct json *keys = json_new_object(a);
	struct strv rest = strv_of(g->field->map_keys);
	struct strv name;
	if (!json_is_object(element)) {
		*out_why = STRV("associative list with keys may not have non-map elements");
		return ERR_SYNTAX;
	}
	while (strv_cut(&rest, ',', &name)) {
		const struct json *v;
		int err = key_value(a, g, name, element, &v);
		if (err != ERR_OK) {
			return err;
		}
		if (!v) {
			*out_why = arena_printf(a,
				"associative list with keys has an element that omits key field "
				"\"%.*s\""
				" (and doesn't have default value)",
				STRV_ARG(name));
			return out_why->p ? ERR_SYNTAX : ERR_NOMEM;
		}
		err = json_set_strv(a, keys, name, json_copy(a, v));
		if (err != ERR_OK) {
			return err;
		}
	}
	*out_why = STRV("associative list with keys has a key that is no scalar");
	return path_element_keys(a, keys, out);
}

static int element_of(struct arena *a, const struct grain *g, const struct json *v,
	struct path_element *out, struct strv *out_why)
{
	if (g->kind == GRAIN_LIST) {
		return element_keys(a, g, v, out, out_why);
	}
	*out_why = STRV("a set may not have null, map or list elements");
	return json_is_null(v) || json_is_object(v) || json_is_array(v)
		       ? ERR_SYNTAX
		       : path_element_value(a, v, out);
}

static int say_repeated(struct arena *a, const struct path_element *pe, struct strv *why)
{
	struct buf b;
	buf_init(&b);
	buf_add(&b, STRV("duplicate entries for key "));
	path_element_print(pe, &b);
	*why = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return why->p ? ERR_OK : ERR_NOMEM;
}

/* Leaves the first element of each path element, puts the others aside; says which came twice. */
static int put_aside(struct arena *a, struct grain_elements *e, struct strv *why)
{
	size_t n = 0;
	int err = list_index_init(a, e->keys, e->n, &e->index);
	for (size_t i = 0; i < e->n && err == ERR_OK; i++) {
		bool has_key = e->pe[i].kind != 0;
		if (has_key && list_index_find(&e->index, &e->keys[i]) == i) {
			e->at[n] = e->at[i];
			e->pe[n] = e->pe[i];
			e->keys[n++] = e->keys[i];
			continue;
		}
		if (has_key && why->n == 0) {
			err = say_repeated(a, &e->pe[i], why);
		}
		e->rest[e->n_rest++] = (struct grain_rest){ e->at[i], e->pe[i], n };
	}
	e->n = n;
	return err == ERR_OK && e->n_rest > 0 ? list_index_init(a, e->keys, n, &e->index) : err;
}

int grain_elements(struct arena *a, const struct grain *g, const struct json *v,
	struct grain_elements *out, struct strv *out_why)
{
	size_t n = json_count(v);
	struct strv why = STRV("");
	struct strv first_why = STRV("");
	*out = (struct grain_elements){ .at = arena_array(a, struct json *, n),
		.pe = arena_array(a, struct path_element, n),
		.keys = arena_array(a, struct list_key, n),
		.rest = arena_array(a, struct grain_rest, n) };
	if (!out->at || !out->pe || !out->keys || !out->rest) {
		return ERR_NOMEM;
	}
	json_each(c, v) {
		struct path_element pe = { 0 };
		int err = element_of(a, g, c, &pe, &why);
		if (err == ERR_SYNTAX && first_why.n == 0) {
			first_why = arena_printf(a, "element %zu: %.*s", out->n, STRV_ARG(why));
			err = first_why.p ? err : ERR_NOMEM;
		}
		if (err != ERR_OK && err != ERR_SYNTAX) {
			return err;
		}
		if (err == ERR_SYNTAX) {
			pe = (struct path_element){ 0 };
		}
		out->at[out->n] = c;
		out->pe[out->n] = pe;
		out->keys[out->n++] = (struct list_key){ pe.kind ? JSON_STRING : JSON_NONE,
			pe.text };
	}
	int err = put_aside(a, out, &first_why);
	if (err == ERR_OK && out_why) {
		*out_why = first_why;
	}
	return err;
}

size_t grain_elements_find(const struct grain_elements *e, const struct path_element *pe)
{
	struct list_key key = { JSON_STRING, pe->text };
	return list_index_find(&e->index, &key);
}
