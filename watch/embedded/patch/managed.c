/* Entries of metadata.managedFields, and what a write other than an apply does to them.
 * Source: KEP-555; order of entries, fields never owned and the bound on entries as kube-apiserver's.
 * Regime and callers: managed.h, patch.h. */
#include "watch/embedded/patch/managed.h"

#include <string.h>

#include "base/err.h"

#define MAX_UPDATE_ENTRIES 10u /* older ones are folded into one */
#define FOLDED_MANAGER     "ancient-changes"

static const char *const never_owned[] = {
	"apiVersion",
	"kind",
	"metadata",
	"metadata.name",
	"metadata.namespace",
	"metadata.creationTimestamp",
	"metadata.selfLink",
	"metadata.uid",
	"metadata.clusterName",
	"metadata.generation",
	"metadata.managedFields",
	"metadata.resourceVersion",
};

/* Filled by the server when the object is created, after the creator's fields were noted. */
static const struct {
	enum kind kind;
	const char *path;
	const char *unless; /* that text is the client's own */
} allocated[] = {
	{ KIND_SERVICE, "spec.clusterIP", "None" },
	{ KIND_SERVICE, "spec.clusterIPs", NULL },
	{ KIND_SERVICE, "spec.ipFamilies", NULL },
	{ KIND_SERVICE, "spec.ipFamilyPolicy", NULL },
	{ KIND_NAMESPACE, "spec", NULL },
	{ KIND_NAMESPACE, "spec.finalizers", NULL },
};

bool managed_same(const struct managed_entry *x, const struct managed_entry *y)
{
	/* an applier is the same whatever version it applies */
	return x->applied == y->applied && strv_eq(x->manager, y->manager) &&
	       strv_eq(x->subresource, y->subresource) &&
	       (x->applied || strv_eq(x->api_version, y->api_version));
}

struct managed_entry *managed_entry(
	struct arena *a, struct managed *m, const struct managed_entry *like)
{
	for (size_t i = 0; i < m->n; i++) {
		if (managed_same(&m->at[i], like)) {
			return &m->at[i];
		}
	}
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 4;
		struct managed_entry *grown = arena_array(a, struct managed_entry, cap);
		if (!grown) {
			return NULL;
		}
		if (m->n > 0) {
			memcpy(grown, m->at, m->n * sizeof(*grown));
		}
		m->at = grown;
		m->cap = cap;
	}
	m->at[m->n] = *like;
	m->at[m->n].set = (struct fieldset){ 0 };
	return &m->at[m->n++];
}

int managed_copy(struct arena *a, const struct managed *m, struct managed *out)
{
	struct managed copy = {
		.at = arena_array(a, struct managed_entry, m->n + 1), .n = m->n, .cap = m->n + 1
	};
	if (!copy.at) {
		return ERR_NOMEM;
	}
	if (m->n > 0) {
		memcpy(copy.at, m->at, m->n * sizeof(*copy.at));
	}
	*out = copy;
	return ERR_OK;
}

static int entry_decode(const struct json *v, struct managed_entry *out)
{
	struct strv operation = json_str(json_get(v, "operation"));
	*out = (struct managed_entry){
		.manager = json_str(json_get(v, "manager")),
		.applied = strv_eq(operation, STRV("Apply")),
		.api_version = json_str(json_get(v, "apiVersion")),
		.time = json_str(json_get(v, "time")),
		.subresource = json_str(json_get(v, "subresource")),
	};
	bool known = out->applied || strv_eq(operation, STRV("Update"));
	return known && out->api_version.n > 0 &&
			       strv_eq(json_str(json_get(v, "fieldsType")), STRV("FieldsV1"))
		       ? ERR_OK
		       : ERR_SYNTAX;
}

int managed_decode(struct arena *a, const struct json *list, struct managed *out)
{
	*out = (struct managed){ 0 };
	if (list && !json_is_array(list) && !json_is_null(list)) {
		return ERR_SYNTAX;
	}
	json_each(v, list) {
		struct managed_entry one;
		struct fieldset set;
		int err = entry_decode(v, &one);
		if (err == ERR_OK) {
			err = fieldset_parse(a, json_get(v, "fieldsV1"), &set);
		}
		struct managed_entry *e = err == ERR_OK ? managed_entry(a, out, &one) : NULL;
		if (!e) {
			return err == ERR_OK ? ERR_NOMEM : err;
		}
		err = fieldset_union(a, &e->set, &set, &e->set);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* RFC 3339 in UTC with whole seconds compares as text. */
static int entry_cmp(const void *x, const void *y)
{
	const struct managed_entry *a = x;
	const struct managed_entry *b = y;
	if (a->applied != b->applied) {
		return a->applied ? -1 : 1;
	}
	int order = strv_cmp(a->time, b->time);
	order = order ? order : strv_cmp(a->manager, b->manager);
	order = order ? order : strv_cmp(a->api_version, b->api_version);
	return order ? order : strv_cmp(a->subresource, b->subresource);
}

static int entry_encode(struct arena *a, const struct managed_entry *e, struct json *list)
{
	struct json *v = json_new_object(a);
	int err = json_set_str(a, v, "manager", e->manager);
	if (err == ERR_OK) {
		err = json_set_str(a, v, "operation", strv_of(e->applied ? "Apply" : "Update"));
	}
	if (err == ERR_OK) {
		err = json_set_str(a, v, "apiVersion", e->api_version);
	}
	if (err == ERR_OK && e->time.n > 0) {
		err = json_set_str(a, v, "time", e->time);
	}
	if (err == ERR_OK) {
		err = json_set_str(a, v, "fieldsType", STRV("FieldsV1"));
	}
	if (err == ERR_OK) {
		err = json_set(a, v, "fieldsV1", fieldset_json(a, &e->set));
	}
	if (err == ERR_OK && e->subresource.n > 0) {
		err = json_set_str(a, v, "subresource", e->subresource);
	}
	return err == ERR_OK ? json_append(a, list, v) : err;
}

int managed_encode(struct arena *a, const struct managed *m, struct json **out)
{
	struct managed sorted;
	struct json *list = json_new_array(a);
	int err = managed_copy(a, m, &sorted);
	if (err != ERR_OK || !list) {
		return ERR_NOMEM;
	}
	if (sorted.n > 1) {
		qsort(sorted.at, sorted.n, sizeof(*sorted.at), entry_cmp);
	}
	for (size_t i = 0; i < sorted.n; i++) {
		if (fieldset_is_empty(&sorted.at[i].set)) {
			continue;
		}
		err = entry_encode(a, &sorted.at[i], list);
		if (err != ERR_OK) {
			return err;
		}
	}
	*out = json_first(list) ? list : NULL;
	return ERR_OK;
}

int managed_set(struct arena *a, struct json *v, struct json *list)
{
	if (!list) {
		json_remove(json_get(v, "metadata"), "managedFields");
		return ERR_OK;
	}
	return json_set(a, json_ensure_object(a, v, "metadata"), "managedFields", list);
}

int managed_strip(struct arena *a, struct fieldset *s)
{
	struct fieldset never = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(never_owned); i++) {
		int err = fieldset_add_path(a, &never, never_owned[i]);
		if (err != ERR_OK) {
			return err;
		}
	}
	return fieldset_minus(a, s, &never, s);
}

const char *managed_hidden(const char *subresource)
{
	if (!subresource || !subresource[0]) {
		return "status";
	}
	return strcmp(subresource, "status") == 0 ? "spec" : NULL;
}

int managed_hide(struct arena *a, const char *subresource, struct owned_change *change)
{
	const char *hidden = managed_hidden(subresource);
	struct path_element pe;
	if (!hidden) {
		return ERR_OK;
	}
	int err = path_element_field(a, strv_of(hidden), &pe);
	if (err == ERR_OK) {
		fieldset_drop(&change->removed, &pe);
		fieldset_drop(&change->modified, &pe);
		fieldset_drop(&change->added, &pe);
	}
	return err;
}

int managed_lose(struct arena *a, struct managed *m, const struct owned_change *change)
{
	for (size_t i = 0; i < m->n; i++) {
		struct fieldset *s = &m->at[i].set;
		int err = fieldset_minus(a, s, &change->modified, s);
		if (err == ERR_OK) {
			err = fieldset_minus(a, s, &change->added, s);
		}
		if (err == ERR_OK) {
			err = fieldset_minus(a, s, &change->removed, s);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

int managed_take(struct arena *a, struct managed *m, const struct managed_entry *who,
	const struct owned_change *change)
{
	struct fieldset taken;
	int err = fieldset_union(a, &change->modified, &change->added, &taken);
	if (err == ERR_OK) {
		err = managed_strip(a, &taken);
	}
	if (err != ERR_OK || fieldset_is_empty(&taken)) {
		return err;
	}
	struct managed_entry *self = managed_entry(a, m, who);
	if (!self) {
		return ERR_NOMEM;
	}
	self->time = who->time;
	return fieldset_union(a, &self->set, &taken, &self->set);
}

/* Folds the two oldest Update entries of one apiVersion, until few enough are left. */
static int fold_old(struct arena *a, struct managed *m)
{
	size_t n = 0;
	if (m->n > 1) {
		qsort(m->at, m->n, sizeof(*m->at), entry_cmp);
	}
	for (size_t i = 0; i < m->n; i++) {
		n += !m->at[i].applied && !fieldset_is_empty(&m->at[i].set);
	}
	while (n > MAX_UPDATE_ENTRIES) {
		struct managed_entry *first = NULL;
		struct managed_entry *second = NULL;
		for (size_t i = 0; i < m->n && !second; i++) {
			struct managed_entry *e = &m->at[i];
			if (e->applied || fieldset_is_empty(&e->set)) {
				continue;
			}
			if (!first) {
				first = e;
			} else if (strv_eq(first->api_version, e->api_version)) {
				second = e;
			}
		}
		if (!second) {
			return ERR_OK;
		}
		second->manager = STRV(FOLDED_MANAGER);
		second->subresource = STRV("");
		int err = fieldset_union(a, &first->set, &second->set, &second->set);
		if (err != ERR_OK) {
			return err;
		}
		first->set = (struct fieldset){ 0 };
		n--;
	}
	return ERR_OK;
}

/* [{}]: the client wants all ownership forgotten. */
static bool is_reset(const struct json *list)
{
	const struct json *only = json_first(list);
	return json_is_array(list) && json_is_object(only) && !json_next(only) && !json_first(only);
}

/* A client may hand in managedFields itself (kubectl does, to take over from client-side apply); what it hands in
 * empty or malformed is ignored, as is all of it when it writes a subresource. *out_list: where they came from. */
static int managers_before(struct arena *a, const struct managed_write *w,
	const struct json *before, const struct json *after, struct managed *out,
	const struct json **out_list)
{
	const struct json *theirs = json_dig(after, "metadata.managedFields");
	const struct json *ours = json_dig(before, "metadata.managedFields");
	bool main = !w->subresource || !w->subresource[0];
	*out_list = theirs;
	if (main && is_reset(theirs)) {
		*out = (struct managed){ 0 };
		return ERR_OK;
	}
	int err = main && json_first(theirs) ? managed_decode(a, theirs, out) : ERR_SYNTAX;
	if (err != ERR_SYNTAX) {
		return err;
	}
	*out_list = ours;
	err = managed_decode(a, ours, out);
	if (err == ERR_SYNTAX) { /* an object of old that holds nonsense: begin anew */
		*out = (struct managed){ 0 };
		err = ERR_OK;
	}
	return err;
}

static int hide_allocated(
	struct arena *a, enum kind k, const struct json *after, struct owned_change *change)
{
	struct fieldset paths = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(allocated); i++) {
		struct strv value = json_str(json_dig(after, allocated[i].path));
		if (allocated[i].kind != k ||
			(allocated[i].unless && strv_eq(value, strv_of(allocated[i].unless)))) {
			continue;
		}
		int err = fieldset_add_path(a, &paths, allocated[i].path);
		if (err != ERR_OK) {
			return err;
		}
	}
	return fieldset_minus(a, &change->added, &paths, &change->added);
}

static int changed(struct arena *a, const struct managed_write *w, const struct json *before,
	const struct json *after, struct owned_change *out)
{
	struct grain g = grain_of_type(schema_of(w->kind));
	struct json *nothing = json_new_object(a);
	if (!nothing) {
		return ERR_NOMEM;
	}
	int err = owned_compare(a, &g, before ? before : nothing, after, out);
	if (err == ERR_OK) {
		err = managed_hide(a, w->subresource, out);
	}
	return err == ERR_OK && !before ? hide_allocated(a, w->kind, after, out) : err;
}

int managed_update(struct arena *a, const struct managed_write *w, const struct json *before,
	struct json *after)
{
	struct managed m;
	struct owned_change change;
	const struct json *list;
	struct json *encoded = NULL;
	int err = managers_before(a, w, before, after, &m, &list);
	if (err != ERR_OK) {
		return err;
	}
	if (before && m.n == 0) { /* it was not tracked from its creation: leave it so */
		return managed_set(a, after, NULL);
	}
	err = changed(a, w, before, after, &change);
	if (err != ERR_OK) {
		return err;
	}
	const struct managed_entry who = {
		.manager = w->manager,
		.api_version = strv_of(kind_row(w->kind)->api_version),
		.time = strv_of(w->time),
		.subresource = strv_of(w->subresource ? w->subresource : ""),
	};
	err = managed_lose(a, &m, &change);
	if (err == ERR_OK) {
		err = managed_take(a, &m, &who, &change);
	}
	if (err == ERR_OK) {
		err = fold_old(a, &m);
	}
	if (err == ERR_OK) {
		err = managed_encode(a, &m, &encoded);
	}
	if (err == ERR_OK && encoded && json_equal(encoded, list)) {
		encoded = json_copy(a, list); /* the order of its members too */
		err = encoded ? ERR_OK : ERR_NOMEM;
	}
	return err == ERR_OK ? managed_set(a, after, encoded) : err;
}
