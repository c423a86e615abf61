/* The paths of OpenAPI documents: which operations a kind and its parts have. See openapi_paths.h.
 * NULL from a maker travels through json_set as ERR_NOMEM, so each function checks where it ends. */
#include "watch/embedded/openapi_paths.h"

#include "base/err.h"
#include "watch/embedded/openapi_schema.h"

#define META  "io.k8s.apimachinery.pkg.apis.meta.v1."
#define WRITE "dryRun|fieldManager|fieldValidation"
#define PATCH_BODY                                                                                 \
	"application/apply-patch+yaml|application/json-patch+json|application/merge-patch+json|"   \
	"application/strategic-merge-patch+json"

enum body { BODY_NONE, BODY_SELF, BODY_PATCH, BODY_DELETE };
enum reply { REPLY_SELF, REPLY_LIST, REPLY_STATUS };

static const struct operation {
	enum openapi_place place;
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

static struct json *request_body(struct arena *a, enum body body, const struct openapi_target *t)
{
	if (body == BODY_PATCH) {
		return content(a, PATCH_BODY, META "Patch");
	}
	return content(
		a, "application/json", body == BODY_DELETE ? META "DeleteOptions" : t->schema);
}

static struct json *responses(struct arena *a, enum reply reply, const struct openapi_target *t)
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

static struct json *group_version_kind(struct arena *a, const struct openapi_target *t)
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
	struct arena *a, const struct operation *o, const struct openapi_target *t)
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

struct json *openapi_path(struct arena *a, enum openapi_place place, const struct openapi_target *t)
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

struct strv openapi_path_text(
	struct arena *a, enum openapi_place place, const struct openapi_target *t)
{
	const struct kind_row *k = t->kind;
	return arena_printf(a, "/%s/%s%s/%s%s%s%s", k->group[0] == '\0' ? "api" : "apis",
		k->api_version, k->namespaced ? "/namespaces/{namespace}" : "", k->plural,
		place == ON_COLLECTION ? "" : "/{name}", t->part ? "/" : "",
		t->part ? t->part->name : "");
}
