/* OpenAPI documents. See openapi.h.
 * A document is written piece by piece: each path and each definition is a JSON tree in a scratch arena that is
 * emptied behind it, so that no document stands in memory as a tree. */
#include "watch/embedded/openapi.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/discovery.h"
#include "watch/embedded/openapi_schema.h"
#include "watch/embedded/schema/schema.h"

#define META      "io.k8s.apimachinery.pkg.apis.meta.v1."
#define MAX_TYPES 320 /* more than there are */
#define CHUNK     (16 * 1024)
#define V2_TYPE   "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
#define WRITE     "dryRun|fieldManager|fieldValidation"
#define PATCH_BODY                                                                                 \
	"application/apply-patch+yaml|application/json-patch+json|application/merge-patch+json|"   \
	"application/strategic-merge-patch+json"

enum body { BODY_NONE, BODY_SELF, BODY_PATCH, BODY_DELETE };
enum place { ON_COLLECTION, ON_OBJECT, ON_PART };
enum reply { REPLY_SELF, REPLY_LIST, REPLY_STATUS };

static const struct operation {
	enum place place;
	const char *method;
	const char *action; /* x-kubernetes-action */
	const char *verb;   /* as discovery advertises it */
	enum body body;
	enum reply reply;
	const char *query;
} operations[] = {
	{ ON_COLLECTION, "get", "list", "list", BODY_NONE, REPLY_LIST,
		"allowWatchBookmarks|continue|fieldSelector|labelSelector|limit|resourceVersion|"
		"resourceVersionMatch|sendInitialEvents|timeoutSeconds|watch" },
	{ ON_COLLECTION, "post", "post", "create", BODY_SELF, REPLY_SELF, WRITE },
	{ ON_COLLECTION, "delete", "deletecollection", "deletecollection", BODY_DELETE,
		REPLY_STATUS,
		"dryRun|fieldSelector|gracePeriodSeconds|labelSelector|orphanDependents|"
		"propagationPolicy" },
	{ ON_OBJECT, "get", "get", "get", BODY_NONE, REPLY_SELF, "" },
	{ ON_OBJECT, "put", "put", "update", BODY_SELF, REPLY_SELF, WRITE },
	{ ON_OBJECT, "patch", "patch", "patch", BODY_PATCH, REPLY_SELF, WRITE "|force" },
	{ ON_OBJECT, "delete", "delete", "delete", BODY_DELETE, REPLY_STATUS,
		"dryRun|gracePeriodSeconds|orphanDependents|propagationPolicy" },
	{ ON_PART, "get", "get", "get", BODY_NONE, REPLY_SELF, "" },
	{ ON_PART, "post", "post", "create", BODY_SELF, REPLY_SELF, WRITE },
	{ ON_PART, "put", "put", "update", BODY_SELF, REPLY_SELF, WRITE },
	{ ON_PART, "patch", "patch", "patch", BODY_PATCH, REPLY_SELF, WRITE "|force" },
};

/* What an operation is about: a kind, or one of its parts. */
struct target {
	const struct kind_row *kind;
	const struct discovery_sub *part; /* NULL: the kind itself */
	const char *verbs;
	const char *group, *version, *name; /* of what is read and written */
	const char *schema;
};

struct writer {
	struct arena scratch; /* emptied behind each piece */
	struct buf *out;
	bool first;
	int err;
};

/* "key":TREE, with a comma unless it is the first. A NULL tree is out of memory. */
static void piece(struct writer *w, struct strv key, const struct json *tree)
{
	struct json *name = key.p ? json_new_str(&w->scratch, key) : NULL;
	if (!name || !tree) {
		w->err = ERR_NOMEM;
	}
	if (w->err == ERR_OK) {
		if (!w->first) {
			buf_add_char(w->out, ',');
		}
		w->first = false;
		json_print(name, w->out);
		buf_add_char(w->out, ':');
		json_print(tree, w->out);
	}
	arena_reset(&w->scratch);
}

/* ---- paths ---- */

static const char *query_type(struct strv name)
{
	static const char
		*const flags = "allowWatchBookmarks|force|orphanDependents|sendInitialEvents|watch";
	static const char *const numbers = "gracePeriodSeconds|limit|timeoutSeconds";
	struct strv rest = strv_of(flags);
	struct strv item;
	while (strv_cut(&rest, '|', &item)) {
		if (strv_eq(item, name)) {
			return "boolean";
		}
	}
	rest = strv_of(numbers);
	while (strv_cut(&rest, '|', &item)) {
		if (strv_eq(item, name)) {
			return "integer";
		}
	}
	return "string";
}

static int add_parameter(struct arena *a, struct json *list, struct strv name, const char *where)
{
	struct json *p = json_new_object(a);
	struct json *schema = json_new_object(a);
	bool in_path = strcmp(where, "path") == 0;
	if (json_set_str(a, p, "name", name) != ERR_OK ||
		json_set_str(a, p, "in", strv_of(where)) != ERR_OK ||
		(in_path && json_set_bool(a, p, "required", true) != ERR_OK) ||
		json_set_str(a, schema, "type", strv_of(in_path ? "string" : query_type(name))) !=
			ERR_OK ||
		json_set(a, p, "schema", schema) != ERR_OK) {
		return ERR_NOMEM;
	}
	return json_append(a, list, p);
}

static struct json *query_parameters(struct arena *a, const char *names)
{
	struct json *list = json_new_array(a);
	struct strv rest = strv_of(names);
	struct strv name;
	while (strv_cut(&rest, '|', &name)) {
		if (name.n > 0 && add_parameter(a, list, name, "query") != ERR_OK) {
			return NULL;
		}
	}
	return list;
}

/* {"content":{TYPE:{"schema":REF},...}} */
static struct json *content(struct arena *a, const char *media_types, const char *schema)
{
	struct json *holder = json_new_object(a);
	struct json *types = json_new_object(a);
	struct strv rest = strv_of(media_types);
	struct strv type;
	while (strv_cut(&rest, '|', &type)) {
		struct json *one = json_new_object(a);
		if (json_set(a, one, "schema", openapi_ref(a, schema)) != ERR_OK ||
			json_set_strv(a, types, type, one) != ERR_OK) {
			return NULL;
		}
	}
	return json_set(a, holder, "content", types) == ERR_OK ? holder : NULL;
}

static struct json *request_body(struct arena *a, enum body body, const struct target *t)
{
	if (body == BODY_PATCH) {
		return content(a, PATCH_BODY, META "Patch");
	}
	return content(
		a, "application/json", body == BODY_DELETE ? META "DeleteOptions" : t->schema);
}

static struct json *responses(struct arena *a, enum reply reply, const struct target *t)
{
	struct strv list = arena_printf(a, "%sList", t->schema);
	struct json *all = json_new_object(a);
	const char *schema = reply == REPLY_LIST     ? list.p
			     : reply == REPLY_STATUS ? META "Status"
						     : t->schema;
	struct json *ok = schema ? content(a, "application/json", schema) : NULL;
	if (json_set_str(a, ok, "description", STRV("OK")) != ERR_OK ||
		json_set(a, all, "200", ok) != ERR_OK) {
		return NULL;
	}
	return all;
}

static struct json *group_version_kind(struct arena *a, const struct target *t)
{
	struct json *gvk = json_new_object(a);
	if (json_set_str(a, gvk, "group", strv_of(t->group)) != ERR_OK ||
		json_set_str(a, gvk, "kind", strv_of(t->name)) != ERR_OK ||
		json_set_str(a, gvk, "version", strv_of(t->version)) != ERR_OK) {
		return NULL;
	}
	return gvk;
}

static struct json *operation_tree(
	struct arena *a, const struct operation *o, const struct target *t)
{
	struct json *tree = json_new_object(a);
	int err = json_set(a, tree, "parameters", query_parameters(a, o->query));
	if (err == ERR_OK && o->body != BODY_NONE) {
		err = json_set(a, tree, "requestBody", request_body(a, o->body, t));
	}
	if (err == ERR_OK) {
		err = json_set(a, tree, "responses", responses(a, o->reply, t));
	}
	if (err == ERR_OK) {
		err = json_set_str(a, tree, "x-kubernetes-action", strv_of(o->action));
	}
	if (err == ERR_OK) {
		err = json_set(
			a, tree, "x-kubernetes-group-version-kind", group_version_kind(a, t));
	}
	return err == ERR_OK ? tree : NULL;
}

static bool is_advertised(const char *verbs, const char *verb)
{
	struct strv rest = strv_of(verbs);
	struct strv one;
	while (strv_cut(&rest, ',', &one)) {
		if (strv_eq(one, strv_of(verb))) {
			return true;
		}
	}
	return false;
}

static struct json *path_tree(struct arena *a, enum place place, const struct target *t)
{
	struct json *tree = json_new_object(a);
	struct json *parameters = json_new_array(a);
	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		const struct operation *o = &operations[i];
		if (o->place == place && is_advertised(t->verbs, o->verb) &&
			json_set(a, tree, o->method, operation_tree(a, o, t)) != ERR_OK) {
			return NULL;
		}
	}
	if ((place != ON_COLLECTION &&
		    add_parameter(a, parameters, STRV("name"), "path") != ERR_OK) ||
		(t->kind->namespaced &&
			add_parameter(a, parameters, STRV("namespace"), "path") != ERR_OK) ||
		json_set(a, tree, "parameters", parameters) != ERR_OK) {
		return NULL;
	}
	return tree;
}

static struct strv path_text(struct arena *a, enum place place, const struct target *t)
{
	const struct kind_row *k = t->kind;
	return arena_printf(a, "/%s/%s%s/%s%s%s%s", k->group[0] == '\0' ? "api" : "apis",
		k->api_version, k->namespaced ? "/namespaces/{namespace}" : "", k->plural,
		place == ON_COLLECTION ? "" : "/{name}", t->part ? "/" : "",
		t->part ? t->part->name : "");
}

static void write_path(struct writer *w, enum place place, const struct target *t)
{
	struct strv path = path_text(&w->scratch, place, t);
	piece(w, path, path_tree(&w->scratch, place, t));
}

static void write_paths(struct writer *w, const struct kind_row *k)
{
	const struct target self = { .kind = k,
		.verbs = discovery_verbs(k->kind),
		.group = k->group,
		.version = k->version,
		.name = k->name,
		.schema = schema_of(k->kind)->name };
	write_path(w, ON_COLLECTION, &self);
	write_path(w, ON_OBJECT, &self);
	const struct discovery_sub *part;
	for (size_t i = 0; (part = discovery_sub_at(i)); i++) {
		if (part->kind != k->kind) {
			continue;
		}
		const struct schema_type *type = schema_of_sub(k->kind, strv_of(part->name));
		const struct target sub = { .kind = k,
			.part = part,
			.verbs = part->verbs,
			.group = part->group ? part->group : k->group,
			.version = part->version ? part->version : k->version,
			.name = part->kind_name,
			.schema = type ? type->name : self.schema };
		write_path(w, ON_PART, &sub);
	}
}

/* ---- definitions ---- */

struct types {
	const struct schema_type *list[MAX_TYPES];
	size_t n;
};

/* Adds t and all it is made of, each once. */
static void collect(struct types *all, const struct schema_type *t)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i] == t) {
			return;
		}
	}
	REQUIRE(all->n < MAX_TYPES);
	all->list[all->n++] = t;
	for (size_t i = 0; i < t->n; i++) {
		if (t->fields[i].type) {
			collect(all, t->fields[i].type);
		}
	}
}

static const struct kind_row *root_kind(const struct schema_type *t)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		if (schema_of((enum kind)k) == t) {
			return kind_row((enum kind)k);
		}
	}
	return NULL;
}

static void write_definitions(struct writer *w, const char *api_version)
{
	struct types types = { .n = 0 };
	for (int k = 0; k < KIND_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strcmp(row->api_version, api_version) != 0) {
			continue;
		}
		collect(&types, schema_of(row->kind));
		struct strv name = arena_printf(&w->scratch, "%sList", schema_of(row->kind)->name);
		piece(w, name, openapi_list_schema(&w->scratch, row));
		const struct discovery_sub *part;
		for (size_t i = 0; (part = discovery_sub_at(i)); i++) {
			const struct schema_type *t = schema_of_sub(
				part->kind, strv_of(part->name));
			if (part->kind == row->kind && t) {
				collect(&types, t);
			}
		}
	}
	collect(&types, schema_delete_options());
	collect(&types, schema_status());
	for (size_t i = 0; i < types.n; i++) {
		const struct schema_type *t = types.list[i];
		piece(w, strv_of(t->name), openapi_schema(&w->scratch, t, root_kind(t)));
	}
	for (size_t i = 0; openapi_scalar_name(i); i++) {
		piece(w, strv_of(openapi_scalar_name(i)), openapi_scalar(&w->scratch, i));
	}
}

static int write_document(const char *api_version, struct buf *out)
{
	struct writer w = { .out = out, .first = true };
	arena_init(&w.scratch, CHUNK);
	buf_add(out, STRV("{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"Kubernetes\",\"version\":"
			  "\"" DISCOVERY_GIT_VERSION "\"},\"paths\":{"));
	for (int k = 0; k < KIND_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strcmp(row->api_version, api_version) == 0) {
			write_paths(&w, row);
		}
	}
	buf_add(out, STRV("},\"components\":{\"schemas\":{"));
	w.first = true;
	write_definitions(&w, api_version);
	buf_add(out, STRV("}}}"));
	arena_deinit(&w.scratch);
	return w.err != ERR_OK ? w.err : out->err;
}

/* ---- the answer ---- */

/* "apps/v1" from "apis/apps/v1" or "v1" from "api/v1", as a row's own text; NULL: not served. */
static const char *served_version(struct strv path)
{
	bool core = strv_has_prefix(path, STRV("api/"));
	struct strv text = strv_sub(path, core ? 4 : 5, path.n);
	if (!core && !strv_has_prefix(path, STRV("apis/"))) {
		return NULL;
	}
	for (int k = 0; k < KIND_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strv_eq(strv_of(row->api_version), text) && (row->group[0] == '\0') == core) {
			return row->api_version;
		}
	}
	return NULL;
}

static bool is_first_of_version(enum kind k)
{
	for (int i = 0; i < (int)k; i++) {
		if (strcmp(kind_row((enum kind)i)->api_version, kind_row(k)->api_version) == 0) {
			return false;
		}
	}
	return true;
}

/* The address of one document; its hash changes with the document, as clients keep documents by address. */
static struct json *index_entry(struct arena *a, const struct kind_row *row, const char *where)
{
	struct buf document;
	buf_init(&document);
	struct json *entry = NULL;
	if (write_document(row->api_version, &document) == ERR_OK) {
		struct strv url = arena_printf(a, "/openapi/v3/%s/%s?hash=%016" PRIX64, where,
			row->api_version, strv_hash(buf_strv(&document), 0));
		entry = json_new_object(a);
		if (!url.p || json_set_str(a, entry, "serverRelativeURL", url) != ERR_OK) {
			entry = NULL;
		}
	}
	buf_deinit(&document);
	return entry;
}

static int write_index(struct arena *a, struct buf *out)
{
	struct json *doc = json_new_object(a);
	struct json *paths = json_new_object(a);
	for (int k = 0; k < KIND_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (!is_first_of_version((enum kind)k)) {
			continue;
		}
		const char *where = row->group[0] == '\0' ? "api" : "apis";
		struct strv key = arena_printf(a, "%s/%s", where, row->api_version);
		if (!key.p || json_set_strv(a, paths, key, index_entry(a, row, where)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	int err = json_set(a, doc, "paths", paths);
	if (err != ERR_OK) {
		return err;
	}
	json_print(doc, out);
	return out->err;
}

int openapi_answer(
	struct arena *a, struct strv path, struct buf *out, const char **out_content_type)
{
	const char *version = NULL;
	bool v2 = strv_eq(path, STRV("/openapi/v2"));
	bool index = strv_eq(path, STRV("/openapi/v3"));
	if (strv_has_prefix(path, STRV("/openapi/v3/"))) {
		version = served_version(strv_sub(path, 12, path.n));
	}
	if (!v2 && !index && !version) {
		return ERR_NOT_FOUND;
	}
	*out_content_type = v2 ? V2_TYPE : "application/json";
	if (v2) {
		return ERR_OK; /* no bytes: the empty message */
	}
	return index ? write_index(a, out) : write_document(version, out);
}
