/* The aggregated form of discovery, and the makers both forms use. See discovery_internal.h. */
#include "watch/embedded/discovery_internal.h"

#include "base/err.h"

struct json *discovery_words(struct arena *a, const char *comma_joined)
{
	struct json *list = json_new_array(a);
	struct strv rest = strv_of(comma_joined);
	struct strv word;
	while (strv_cut(&rest, ',', &word)) {
		if (json_append(a, list, json_new_str(a, word)) != ERR_OK) {
			return NULL;
		}
	}
	return list;
}

int discovery_put(struct arena *a, struct json *object, const char *key, const char *text)
{
	return json_set_str(a, object, key, strv_of(text));
}

struct json *discovery_texts(struct arena *a, const char *const *pairs)
{
	struct json *object = json_new_object(a);
	for (; object && *pairs; pairs += 2) {
		if (discovery_put(a, object, pairs[0], pairs[1]) != ERR_OK) {
			return NULL;
		}
	}
	return object;
}

bool discovery_is_first(enum kind k)
{
	for (int i = 0; i < (int)k; i++) {
		if (strcmp(kind_row((enum kind)i)->group, kind_row(k)->group) == 0) {
			return false;
		}
	}
	return true;
}

static struct json *response_kind(
	struct arena *a, const char *group, const char *version, const char *name)
{
	return TEXTS(a, "group", group, "version", version, "kind", name);
}

static struct json *new_sub(
	struct arena *a, const struct kind_row *row, const struct discovery_sub *sub)
{
	struct json *r = TEXTS(a, "subresource", sub->name);
	struct json *kind = response_kind(a, sub->group ? sub->group : row->group,
		sub->version ? sub->version : row->version, sub->kind_name);
	if (json_set(a, r, "responseKind", kind) != ERR_OK ||
		json_set(a, r, "verbs", discovery_words(a, sub->verbs)) != ERR_OK) {
		return NULL;
	}
	return r;
}

static int new_subs(struct arena *a, const struct kind_row *row, struct json *resource)
{
	struct json *list = json_new_array(a);
	const struct discovery_sub *sub;
	for (size_t i = 0; (sub = discovery_sub_at(i)); i++) {
		if (sub->kind == row->kind &&
			json_append(a, list, new_sub(a, row, sub)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	return json_count(list) == 0 ? ERR_OK : json_set(a, resource, "subresources", list);
}

static struct json *new_resource(struct arena *a, const struct kind_row *row)
{
	struct json *r = TEXTS(a, "resource", row->plural);
	struct json *kind = response_kind(a, row->group, row->version, row->name);
	int err = json_set(a, r, "responseKind", kind);
	if (err == ERR_OK) {
		err = discovery_put(a, r, "scope", row->namespaced ? "Namespaced" : "Cluster");
	}
	if (err == ERR_OK) {
		err = discovery_put(a, r, "singularResource", row->singular);
	}
	if (err == ERR_OK) {
		err = json_set(a, r, "verbs", discovery_words(a, discovery_verbs(row->kind)));
	}
	if (err == ERR_OK && row->shorts[0] != '\0') {
		err = json_set(a, r, "shortNames", discovery_words(a, row->shorts));
	}
	if (err == ERR_OK && row->categories[0] != '\0') {
		err = json_set(a, r, "categories", discovery_words(a, row->categories));
	}
	if (err == ERR_OK) {
		err = new_subs(a, row, r);
	}
	return err == ERR_OK ? r : NULL;
}

/* One group: the core group's metadata has no name. */
static struct json *new_group(struct arena *a, const struct kind_row *first)
{
	struct json *resources = json_new_array(a);
	for (size_t i = 0; i < KIND_BUILT_IN_COUNT; i++) {
		const struct kind_row *row = discovery_row(i);
		if (strcmp(row->group, first->group) == 0 &&
			json_append(a, resources, new_resource(a, row)) != ERR_OK) {
			return NULL;
		}
	}
	struct json *version = TEXTS(a, "version", first->version, "freshness", "Current");
	struct json *versions = json_new_array(a);
	struct json *item = json_new_object(a);
	struct json *meta = first->group[0] == '\0' ? json_new_object(a)
						    : TEXTS(a, "name", first->group);
	if (json_set(a, version, "resources", resources) != ERR_OK ||
		json_append(a, versions, version) != ERR_OK ||
		json_set(a, item, "metadata", meta) != ERR_OK ||
		json_set(a, item, "versions", versions) != ERR_OK) {
		return NULL;
	}
	return item;
}

int discovery_aggregated(struct arena *a, bool core, enum discovery_form form, struct json **out)
{
	struct json *doc = TEXTS(a, "kind", "APIGroupDiscoveryList", "apiVersion",
		form == FORM_V2 ? "apidiscovery.k8s.io/v2" : "apidiscovery.k8s.io/v2beta1");
	struct json *items = json_new_array(a);
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if ((row->group[0] == '\0') == core && discovery_is_first((enum kind)k) &&
			json_append(a, items, new_group(a, row)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	*out = doc;
	int err = json_set(a, doc, "metadata", json_new_object(a));
	return err != ERR_OK ? err : json_set(a, doc, "items", items);
}
