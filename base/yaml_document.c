/* One document out of libyaml's events, as JSON values: anchors, merge keys, keys given twice.
 * Source: YAML 1.1; sigs.k8s.io/yaml. Regime: values live in the reader's arena, the keys of a large mapping on the heap
 * until it ends. Called by: base/yaml.c.
 *
 * Bounds: JSON_MAX_DEPTH levels; ANCHORS_MAX anchors a document; aliases may add ALIAS_BYTES_MAX to it. */
#include "base/yaml_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define ANCHORS_MAX     1000u
#define ALIAS_BYTES_MAX ((size_t)4 << 20)
#define NODE_BYTES      64u /* what a value costs besides its text */
#define KEYS_SCANNED    12u /* up to so many keys are compared one by one */

struct yaml_anchor {
	struct yaml_anchor *next;
	struct strv name;
	struct json *value; /* NULL while it is being read */
};

/* The keys of one mapping once they are many. */
struct keyset {
	struct strv *slots; /* heap; p NULL: free */
	size_t cap, n;
};

/* Errors */

void yaml_mark_report(struct yaml_reader *r, yaml_mark_t at)
{
	r->report->line = r->y->piece_line + at.line + 1;
	r->report->column = at.column + 1;
}

int yaml_refuse(struct yaml_reader *r, int err, yaml_mark_t at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(r->report->why, sizeof(r->report->why), fmt, ap); /* a cut reason will do */
	va_end(ap);
	yaml_mark_report(r, at);
	return err;
}

static int refuse_here(struct yaml_reader *r, int err, const char *why)
{
	return yaml_refuse(r, err, r->event.start_mark, "%s", why);
}

static int refuse_nomem(struct yaml_reader *r)
{
	return refuse_here(r, ERR_NOMEM, err_text(ERR_NOMEM));
}

yaml_mark_t yaml_mark_of(struct strv text, size_t offset)
{
	yaml_mark_t m = { .index = offset };
	for (size_t i = 0; i < offset && i < text.n; i++) {
		m.column = text.p[i] == '\n' ? 0 : m.column + 1;
		m.line += text.p[i] == '\n';
	}
	return m;
}

static int refuse_parser(struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->y->parser;
	const char *problem = p->problem ? p->problem : "malformed YAML";
	if (p->error == YAML_MEMORY_ERROR) {
		return yaml_refuse(r, ERR_NOMEM, p->mark, "%s", err_text(ERR_NOMEM));
	}
	if (p->error == YAML_READER_ERROR) {
		return yaml_refuse(
			r, ERR_SYNTAX, yaml_mark_of(r->y->piece, p->problem_offset), "%s", problem);
	}
	return yaml_refuse(r, ERR_SYNTAX, p->problem_mark, "%s%s%s", problem, p->context ? " " : "",
		p->context ? p->context : "");
}

static int event_next(struct yaml_reader *r)
{
	yaml_event_delete(&r->event); /* leaves an empty one */
	return yaml_parser_parse(&r->y->parser, &r->event) ? ERR_OK : refuse_parser(r);
}

/* Anchors */

static struct strv text_of(const yaml_char_t *s)
{
	return strv_of((const char *)s);
}

/* The anchor of the current event, if it has one; its value comes later. */
static int anchor_begin(struct yaml_reader *r, const yaml_char_t *name, struct yaml_anchor **out)
{
	*out = NULL;
	if (!name) {
		return ERR_OK;
	}
	if (r->n_anchors == ANCHORS_MAX) {
		return refuse_here(r, ERR_TOO_LARGE, "too many anchors in a document");
	}
	struct yaml_anchor *a = arena_new(r->a, struct yaml_anchor);
	if (!a) {
		return refuse_nomem(r);
	}
	a->name = arena_strdup(r->a, text_of(name));
	a->next = r->anchors;
	r->anchors = a;
	r->n_anchors++;
	*out = a;
	return a->name.p ? ERR_OK : refuse_nomem(r);
}

/* Adds up what a copy of v takes and how deep it is, no further than the bounds. */
static size_t depth_and_cost(const struct json *v, size_t *cost)
{
	size_t depth = 0;
	*cost += NODE_BYTES + json_str(v).n;
	json_each(m, v) {
		*cost += json_is_object(v) ? strlen(json_key(m)) : 0;
		if (*cost > ALIAS_BYTES_MAX) {
			break;
		}
		size_t below = depth_and_cost(m, cost);
		depth = below > depth ? below : depth;
	}
	return depth + (json_is_object(v) || json_is_array(v));
}

static int alias_read(struct yaml_reader *r, unsigned depth, struct json **out)
{
	struct strv name = text_of(r->event.data.alias.anchor);
	const struct yaml_anchor *a = r->anchors;
	while (a && !strv_eq(a->name, name)) {
		a = a->next;
	}
	if (!a) {
		return yaml_refuse(r, ERR_SYNTAX, r->event.start_mark,
			"unknown anchor '%.*s' referenced", STRV_ARG(name));
	}
	if (!a->value) {
		return yaml_refuse(r, ERR_SYNTAX, r->event.start_mark,
			"anchor '%.*s' contains itself", STRV_ARG(name));
	}
	if (depth + depth_and_cost(a->value, &r->alias_bytes) > JSON_MAX_DEPTH) {
		return refuse_here(r, ERR_TOO_DEEP, "nested too deeply by aliases");
	}
	if (r->alias_bytes > ALIAS_BYTES_MAX) {
		return refuse_here(r, ERR_TOO_LARGE, "aliases make the document too large");
	}
	*out = json_copy(r->a, a->value);
	return *out ? ERR_OK : refuse_nomem(r);
}

/* Keys */

static struct strv *keyset_slot(const struct keyset *k, struct strv key)
{
	size_t i = (size_t)strv_hash(key, (uint64_t)(uintptr_t)k) & (k->cap - 1);
	while (k->slots[i].p && !strv_eq(k->slots[i], key)) {
		i = (i + 1) & (k->cap - 1);
	}
	return &k->slots[i];
}

static bool keyset_grow(struct keyset *k)
{
	struct keyset old = *k;
	k->cap = old.cap ? old.cap * 2 : 64;
	k->slots = calloc(k->cap, sizeof(*k->slots));
	if (!k->slots) {
		*k = old;
		return false;
	}
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].p) {
			*keyset_slot(k, old.slots[i]) = old.slots[i];
		}
	}
	free(old.slots);
	return true;
}

/* Appends the member unless the key is there, which *out_is_new tells. */
static int member_add(struct yaml_reader *r, struct json *object, struct keyset *k, struct strv key,
	struct json *v, bool *out_is_new)
{
	*out_is_new = k->slots ? !keyset_slot(k, key)->p : !json_get_strv(object, key);
	if (!*out_is_new) {
		return ERR_OK;
	}
	int err = json_set_new(r->a, object, key, v);
	if (err != ERR_OK) {
		return refuse_nomem(r);
	}
	k->n++;
	if (!k->slots && k->n > KEYS_SCANNED) {
		if (!keyset_grow(k)) {
			return refuse_nomem(r);
		}
		json_each(m, object) {
			struct strv name = strv_of(json_key(m));
			*keyset_slot(k, name) = name;
		}
	} else if (k->slots) {
		if (2 * k->n > k->cap && !keyset_grow(k)) {
			return refuse_nomem(r);
		}
		struct strv name = strv_of(json_key(v));
		*keyset_slot(k, name) = name;
	}
	return ERR_OK;
}

/* Values */

static int value_read(struct yaml_reader *r, unsigned depth, struct json **out);

static int scalar_resolve(struct yaml_reader *r, struct yaml_value *out)
{
	const char *tag = (const char *)r->event.data.scalar.tag;
	struct strv text = { (const char *)r->event.data.scalar.value,
		r->event.data.scalar.length };
	if (memchr(text.p, '\0', text.n)) {
		return refuse_here(r, ERR_SYNTAX, "a string holds U+0000");
	}
	int err = yaml_resolve(r->a, tag, r->event.data.scalar.plain_implicit, text, out);
	if (err == ERR_SYNTAX) {
		return yaml_refuse(r, err, r->event.start_mark, "cannot read '%.60s' as %s", text.p,
			tag ? tag : "a number of JSON");
	}
	return err == ERR_OK ? ERR_OK : refuse_nomem(r);
}

static int scalar_read(struct yaml_reader *r, struct json **out)
{
	struct yaml_anchor *anchor;
	struct yaml_value v;
	int err = anchor_begin(r, r->event.data.scalar.anchor, &anchor);
	if (err == ERR_OK) {
		err = scalar_resolve(r, &v);
	}
	if (err != ERR_OK) {
		return err;
	}
	*out = yaml_to_json(r->a, &v);
	if (anchor) {
		anchor->value = *out;
	}
	return *out ? ERR_OK : refuse_nomem(r);
}

static int sequence_read(struct yaml_reader *r, unsigned depth, struct json **out)
{
	struct yaml_anchor *anchor;
	int err = anchor_begin(r, r->event.data.sequence_start.anchor, &anchor);
	struct json *list = json_new_array(r->a);
	if (err == ERR_OK && !list) {
		err = refuse_nomem(r);
	}
	for (bool done = false; err == ERR_OK && !done;) {
		struct json *v = NULL;
		err = event_next(r);
		if (err == ERR_OK && r->event.type == YAML_SEQUENCE_END_EVENT) {
			done = true;
		} else if (err == ERR_OK) {
			err = value_read(r, depth, &v);
			if (err == ERR_OK && json_append(r->a, list, v) != ERR_OK) {
				err = refuse_nomem(r);
			}
		}
	}
	if (err != ERR_OK) {
		return err;
	}
	if (anchor) {
		anchor->value = list;
	}
	*out = list;
	return ERR_OK;
}

static bool is_merge(const yaml_event_t *e)
{
	const char *tag = e->type == YAML_SCALAR_EVENT ? (const char *)e->data.scalar.tag : NULL;
	return e->type == YAML_SCALAR_EVENT && strv_eq(text_of(e->data.scalar.value), STRV("<<")) &&
	       (e->data.scalar.plain_implicit ||
		       strv_eq(strv_of(tag), STRV("tag:yaml.org,2002:merge")));
}

/* Reads the key at the current event; its text is in the arena. */
static int key_read(struct yaml_reader *r, struct strv *out)
{
	struct yaml_value v = { .kind = YAML_NULL };
	struct yaml_anchor *anchor = NULL;
	struct json *aliased = NULL;
	int err = ERR_OK;
	if (r->event.type == YAML_ALIAS_EVENT) {
		err = alias_read(r, 0, &aliased);
		v.kind = json_is_string(aliased) ? YAML_STRING : YAML_NULL;
		v.s = json_str(aliased);
	} else if (r->event.type == YAML_SCALAR_EVENT) {
		err = anchor_begin(r, r->event.data.scalar.anchor, &anchor);
		err = err == ERR_OK ? scalar_resolve(r, &v) : err;
	}
	if (err != ERR_OK) {
		return err;
	}
	struct strv text;
	err = yaml_to_key(r->a, &v, &text);
	if (err == ERR_BAD_TYPE) {
		return refuse_here(r, ERR_SYNTAX, "a key is neither string, boolean nor number");
	}
	*out = err == ERR_OK ? arena_strdup(r->a, text) : STRV_NONE; /* the event will be gone */
	if (out->p && anchor) {
		anchor->value = yaml_to_json(r->a, &v);
	}
	return out->p && (!anchor || anchor->value) ? ERR_OK : refuse_nomem(r);
}

/* Moves over what object does not have itself. */
static int merge_one(
	struct yaml_reader *r, struct json *object, struct keyset *k, struct json *from)
{
	if (!json_is_object(from)) {
		return refuse_here(r, ERR_SYNTAX, "'<<' wants a mapping or a list of mappings");
	}
	for (struct json *m = json_first(from), *next; m; m = next) {
		bool is_new;
		next = json_next(m);
		json_detach(from, m);
		int err = member_add(r, object, k, strv_of(json_key(m)), m, &is_new);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* merges: an array of what stood behind each "<<", in order; the earlier wins. */
static int merge_all(
	struct yaml_reader *r, struct json *object, struct keyset *k, struct json *merges)
{
	int err = ERR_OK;
	json_each(from, merges) {
		if (!json_is_array(from)) {
			err = err == ERR_OK ? merge_one(r, object, k, from) : err;
			continue;
		}
		json_each(each, from) {
			err = err == ERR_OK ? merge_one(r, object, k, each) : err;
		}
	}
	return err;
}

/* One key and its value; the current event is the key. */
static int pair_read(struct yaml_reader *r, unsigned depth, struct json *object, struct keyset *k,
	struct json *merges)
{
	yaml_mark_t at = r->event.start_mark;
	bool merge = is_merge(&r->event);
	struct strv key = STRV_NONE;
	struct json *v = NULL;
	bool is_new = true;
	int err = merge ? ERR_OK : key_read(r, &key);
	if (err == ERR_OK) {
		err = event_next(r);
	}
	if (err == ERR_OK) {
		err = value_read(r, depth, &v);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (merge) {
		return json_append(r->a, merges, v) == ERR_OK ? ERR_OK : refuse_nomem(r);
	}
	err = member_add(r, object, k, key, v, &is_new);
	if (err == ERR_OK && !is_new) {
		return yaml_refuse(r, ERR_SYNTAX, at, "key \"%.*s\" already set in map",
			(int)(key.n < 100 ? key.n : 100), key.p);
	}
	return err;
}

static int mapping_read(struct yaml_reader *r, unsigned depth, struct json **out)
{
	struct keyset keys = { 0 };
	struct yaml_anchor *anchor;
	int err = anchor_begin(r, r->event.data.mapping_start.anchor, &anchor);
	struct json *object = json_new_object(r->a);
	struct json *merges = json_new_array(r->a);
	if (err == ERR_OK && (!object || !merges)) {
		err = refuse_nomem(r);
	}
	for (bool done = false; err == ERR_OK && !done;) {
		err = event_next(r);
		if (err == ERR_OK && r->event.type == YAML_MAPPING_END_EVENT) {
			done = true;
			err = merge_all(r, object, &keys, merges);
		} else if (err == ERR_OK) {
			err = pair_read(r, depth, object, &keys, merges);
		}
	}
	free(keys.slots);
	if (err != ERR_OK) {
		return err;
	}
	if (anchor) {
		anchor->value = object;
	}
	*out = object;
	return ERR_OK;
}

/* The value that the current event begins; depth counts the containers around it. */
static int value_read(struct yaml_reader *r, unsigned depth, struct json **out)
{
	yaml_event_type_t type = r->event.type;
	if (type == YAML_ALIAS_EVENT) {
		return alias_read(r, depth, out);
	}
	if (type == YAML_SCALAR_EVENT) {
		return scalar_read(r, out);
	}
	if (depth == JSON_MAX_DEPTH) {
		return refuse_here(r, ERR_TOO_DEEP, err_text(ERR_TOO_DEEP));
	}
	return type == YAML_SEQUENCE_START_EVENT ? sequence_read(r, depth + 1, out)
						 : mapping_read(r, depth + 1, out);
}

int yaml_document_read(struct yaml_reader *r, struct json **out)
{
	int err;
	*out = NULL;
	do {
		err = event_next(r);
	} while (err == ERR_OK && r->event.type == YAML_STREAM_START_EVENT);
	if (err != ERR_OK || r->event.type == YAML_STREAM_END_EVENT) {
		return err;
	}
	REQUIRE(r->event.type == YAML_DOCUMENT_START_EVENT);
	err = event_next(r);
	if (err != ERR_OK) {
		return err;
	}
	yaml_mark_t begin = r->event.start_mark;
	err = value_read(r, 0, out);
	if (err == ERR_OK) {
		err = event_next(r); /* the document's end, or why it does not end there */
	}
	if (err == ERR_OK) {
		yaml_mark_report(r, begin);
	}
	return err;
}
