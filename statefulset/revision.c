/* Making, naming and choosing revisions. Regime and source: revision.h. */
#include "statefulset/revision.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "statefulset/owner.h"

#define NAME_CUT_BYTES 223 /* of the set's name, so that with dash and hash it stays a name */

void revisions_init(struct revisions *l)
{
	*l = (struct revisions){ 0 };
}

static void revision_drop(struct revision *r)
{
	object_unref(r->obj);
	free(r->data);
}

void revisions_deinit(struct revisions *l)
{
	for (size_t i = 0; i < l->n; i++) {
		revision_drop(&l->at[i]);
	}
	free(l->at);
	*l = (struct revisions){ 0 };
}

/* errors ERR_NOMEM, ERR_BAD_TYPE */
static int revision_read(const struct object *obj, struct arena *a, struct revision *out)
{
	if (!obj->json.n) {
		return ERR_BAD_TYPE;
	}
	struct json *tree = object_tree(obj, a);
	struct json *data = json_get(tree, "data");
	if (!tree || !json_is_object(data)) {
		return tree ? ERR_BAD_TYPE : ERR_NOMEM;
	}
	struct strv text = revision_comparable(a, data);
	char *copy = text.p ? malloc(text.n + 1) : NULL;
	if (!copy) {
		return ERR_NOMEM;
	}
	memcpy(copy, text.p, text.n);
	*out = (struct revision){ .obj = object_ref(obj),
		.number = json_i64_or(json_get(tree, "revision"), 0),
		.data = copy,
		.data_bytes = text.n };
	return ERR_OK;
}

/* By number, then age, then name. */
static bool is_older(const struct revision *a, const struct revision *b)
{
	if (a->number != b->number) {
		return a->number < b->number;
	}
	if (a->obj->meta.creation_ms != b->obj->meta.creation_ms) {
		return a->obj->meta.creation_ms < b->obj->meta.creation_ms;
	}
	return strv_cmp(a->obj->meta.name, b->obj->meta.name) < 0;
}

static int grow(struct revisions *l)
{
	if (l->n < l->cap) {
		return ERR_OK;
	}
	size_t cap = l->cap ? l->cap * 2 : 2;
	struct revision *at = realloc(l->at, cap * sizeof(*at));
	if (!at) {
		return ERR_NOMEM;
	}
	l->at = at;
	l->cap = cap;
	return ERR_OK;
}

int revisions_put(struct revisions *l, const struct object *obj)
{
	struct arena a;
	struct revision r = { 0 };
	arena_init(&a, 0);
	int err = revision_read(obj, &a, &r);
	arena_deinit(&a);
	if (err) {
		return err;
	}
	err = grow(l);
	if (err) {
		revision_drop(&r);
		return err;
	}
	revisions_remove(l, obj);
	size_t i = l->n;
	while (i > 0 && is_older(&r, &l->at[i - 1])) {
		l->at[i] = l->at[i - 1];
		i--;
	}
	l->at[i] = r;
	l->n++;
	return ERR_OK;
}

void revisions_remove(struct revisions *l, const struct object *obj)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strv_eq(l->at[i].obj->meta.name, obj->meta.name)) {
			revision_drop(&l->at[i]);
			l->n--;
			memmove(&l->at[i], &l->at[i + 1], (l->n - i) * sizeof(l->at[0]));
			return;
		}
	}
}

/* NULL if absent or name is empty. */
static const struct revision *find(const struct revisions *l, struct strv name)
{
	for (size_t i = 0; name.n && i < l->n; i++) {
		if (strv_eq(l->at[i].obj->meta.name, name)) {
			return &l->at[i];
		}
	}
	return NULL;
}

struct json *revision_data(struct arena *a, const struct json *tree)
{
	struct json *template = json_copy(a, json_dig(tree, "spec.template"));
	struct json *spec = json_new_object(a);
	struct json *data = json_new_object(a);
	if (json_set_str(a, template, "$patch", STRV("replace")) ||
		json_set(a, spec, "template", template) || json_set(a, data, "spec", spec)) {
		return NULL;
	}
	return data;
}

struct strv revision_text(struct arena *a, const struct json *data)
{
	struct buf b;
	buf_init(&b);
	json_print_canonical(data, &b);
	struct strv text = b.err ? STRV_NONE : arena_strdup(a, buf_strv(&b));
	buf_deinit(&b);
	return text;
}

/* Depth is bounded by JSON_MAX_DEPTH. */
static void drop_nulls(struct json *v)
{
	struct json *next = NULL;
	for (struct json *child = json_first(v); child; child = next) {
		next = json_next(child);
		if (json_is_object(v) && json_is_null(child)) {
			(void)json_detach(v, child); /* it stays in the arena */
		} else {
			drop_nulls(child);
		}
	}
}

struct strv revision_comparable(struct arena *a, const struct json *data)
{
	struct json *copy = json_copy(a, data);
	if (!copy) {
		return STRV_NONE;
	}
	drop_nulls(copy);
	return revision_text(a, copy);
}

/* FNV-1, 32 bits: multiply, then xor (FNV-1a does it the other way round). */
static uint32_t fnv1(uint32_t hash, struct strv s)
{
	for (size_t i = 0; i < s.n; i++) {
		hash = (uint32_t)((uint64_t)hash * 16777619u) ^ (unsigned char)s.p[i];
	}
	return hash;
}

void revision_hash(struct strv text, int64_t collisions, char out[REVISION_HASH_CHARS + 1])
{
	static const char letters[] =
		"456789bcdf"; /* for 0..9: k8s.io/apimachinery SafeEncodeString */
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, collisions);
	uint32_t hash = fnv1(fnv1(2166136261u, text), (struct strv){ digits, (size_t)n });
	n = snprintf(out, REVISION_HASH_CHARS + 1, "%" PRIu32, hash);
	for (int i = 0; i < n; i++) {
		out[i] = letters[out[i] - '0'];
	}
}

struct strv revision_name(struct arena *a, struct strv set, const char *hash)
{
	return arena_printf(a, "%.*s-%s", STRV_ARG(strv_sub(set, 0, NAME_CUT_BYTES)), hash);
}

static struct json *metadata(struct arena *a, const struct object *set, const struct json *tree,
	struct strv name, const char *hash)
{
	struct json *m = json_new_object(a);
	const struct json *of_template = json_dig(tree, "spec.template.metadata.labels");
	struct json *labels = of_template ? json_copy(a, of_template) : json_new_object(a);
	if (json_set_str(a, m, "name", name) || json_set_str(a, m, "namespace", set->meta.ns) ||
		json_set_str(a, labels, "controller.kubernetes.io/hash", strv_of(hash)) ||
		json_set(a, m, "labels", labels) ||
		json_set(a, m, "ownerReferences", owner_list(a, set))) {
		return NULL;
	}
	struct json *annotations = json_dig(tree, "metadata.annotations");
	if (annotations && json_set(a, m, "annotations", json_copy(a, annotations))) {
		return NULL;
	}
	return m;
}

struct json *revision_body(struct arena *a, const struct object *set, const struct json *tree,
	struct json *data, struct strv name, const char *hash, int64_t number)
{
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "apiVersion", STRV("apps/v1")) ||
		json_set_str(a, v, "kind", STRV("ControllerRevision")) ||
		json_set(a, v, "metadata", metadata(a, set, tree, name, hash)) ||
		json_set(a, v, "data", data) || json_set_i64(a, v, "revision", number)) {
		return NULL;
	}
	return v;
}

struct json *revision_template(struct json *revision_tree)
{
	struct json *template = json_dig(revision_tree, "data.spec.template");
	if (!json_is_object(template)) {
		return NULL;
	}
	(void)json_remove(template, "$patch"); /* absent is as well */
	return template;
}

static bool has_data(const struct revision *r, struct strv comparable)
{
	return strv_eq((struct strv){ r->data, r->data_bytes }, comparable);
}

void revision_choose(const struct revisions *l, struct strv comparable, struct strv current_name,
	struct revision_choice *out)
{
	struct revision_choice c = { .verdict = REVISION_CREATE };
	c.number = l->n ? l->at[l->n - 1].number + 1 : 1;
	for (size_t i = l->n; i > 0; i--) {
		if (has_data(&l->at[i - 1], comparable)) {
			c.update = &l->at[i - 1];
			c.verdict = i == l->n ? REVISION_FOUND : REVISION_RENUMBER;
			break;
		}
	}
	c.current = find(l, current_name);
	if (!c.current) {
		c.current = c.update;
	}
	*out = c;
}
