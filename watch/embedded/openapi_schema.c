/* One schema table as an OpenAPI schema object. See openapi_schema.h.
 * NULL from a maker travels through json_set as ERR_NOMEM, so each function checks where it ends. */
#include "watch/embedded/openapi_schema.h"

#include "base/err.h"

#define META      "io.k8s.apimachinery.pkg.apis.meta.v1."
#define QUANTITY  "io.k8s.apimachinery.pkg.api.resource.Quantity"
#define INTSTR    "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
#define TIME      META "Time"
#define MICROTIME META "MicroTime"
#define FIELDS    META "FieldsV1"
#define RAW       "io.k8s.apimachinery.pkg.runtime.RawExtension"
#define PATCH     META "Patch"

/* type, or two types to choose from; format or NULL. */
static const struct {
	const char *name;
	const char *about;
	const char *types;
	const char *format;
} scalars[] = {
	{ QUANTITY, "An amount with a suffix: 500m, 2, 1Gi.", "string|number", NULL },
	{ INTSTR, "A number or a text.", "integer|string", "int-or-string" },
	{ TIME, "A moment, RFC 3339 with seconds.", "string", "date-time" },
	{ MICROTIME, "A moment, RFC 3339 with microseconds.", "string", "date-time" },
	{ FIELDS, "A set of field names, as a tree.", "object", NULL },
	{ RAW, "Any object.", "object", NULL },
	{ PATCH, "A change to an object, in the form that the content type names.", "object",
		NULL },
};

static int put(struct arena *a, struct json *object, const char *key, const char *text)
{
	return json_set_str(a, object, key, strv_of(text));
}

struct json *openapi_ref(struct arena *a, const char *name)
{
	struct json *ref = json_new_object(a);
	struct strv text = arena_printf(a, "#/components/schemas/%s", name);
	return text.p && json_set_str(a, ref, "$ref", text) == ERR_OK ? ref : NULL;
}

/* {"allOf":[REF]}: room for a description beside the reference. */
static struct json *all_of(struct arena *a, const char *name)
{
	struct json *schema = json_new_object(a);
	struct json *list = json_new_array(a);
	if (json_append(a, list, openapi_ref(a, name)) != ERR_OK ||
		json_set(a, schema, "allOf", list) != ERR_OK) {
		return NULL;
	}
	return schema;
}

static struct json *simple(struct arena *a, const char *type, const char *format)
{
	struct json *schema = json_new_object(a);
	int err = put(a, schema, "type", type);
	if (err == ERR_OK && format) {
		err = put(a, schema, "format", format);
	}
	return err == ERR_OK ? schema : NULL;
}

static struct json *values_list(struct arena *a, const char *values)
{
	struct json *list = json_new_array(a);
	struct strv rest = strv_of(values);
	struct strv value;
	while (strv_cut(&rest, '|', &value)) {
		if (json_append(a, list, json_new_str(a, value)) != ERR_OK) {
			return NULL;
		}
	}
	return list;
}

static struct json *text_value(struct arena *a, const struct schema_field *f)
{
	struct json *schema = simple(a, "string", NULL);
	if (f->values && json_set(a, schema, "enum", values_list(a, f->values)) != ERR_OK) {
		return NULL;
	}
	return schema;
}

/* One value of the field, without its description. */
static struct json *one_value(struct arena *a, const struct schema_field *f)
{
	switch (f->shape) {
	case SCHEMA_STRING:
	case SCHEMA_DURATION:
		return text_value(a, f);
	case SCHEMA_INT32:
		return simple(a, "integer", "int32");
	case SCHEMA_INT64:
		return simple(a, "integer", "int64");
	case SCHEMA_BOOL:
		return simple(a, "boolean", NULL);
	case SCHEMA_NUMBER:
		return simple(a, "number", "double");
	case SCHEMA_BYTES:
		return simple(a, "string", "byte");
	case SCHEMA_QUANTITY:
		return all_of(a, QUANTITY);
	case SCHEMA_INTSTR:
		return all_of(a, INTSTR);
	case SCHEMA_TIME:
		return all_of(a, TIME);
	case SCHEMA_MICROTIME:
		return all_of(a, MICROTIME);
	case SCHEMA_OBJECT:
		return all_of(a, f->type->name);
	case SCHEMA_ANY:
		break;
	}
	return all_of(a, strcmp(f->name, "fieldsV1") == 0 ? FIELDS : RAW);
}

static const char *list_type(const struct schema_field *f)
{
	return !f->map_keys ? "atomic" : f->map_keys[0] == '\0' ? "set" : "map";
}

static const char *patch_strategy(enum schema_merge merge)
{
	switch (merge) {
	case SCHEMA_MERGE:
		return "merge";
	case SCHEMA_RETAIN_KEYS:
		return "retainKeys";
	case SCHEMA_MERGE_RETAIN:
		return "merge,retainKeys";
	case SCHEMA_ATOMIC:
		break;
	}
	return NULL;
}

static struct json *map_keys_list(struct arena *a, const char *keys)
{
	struct json *list = json_new_array(a);
	struct strv rest = strv_of(keys);
	struct strv key;
	while (strv_cut(&rest, ',', &key)) {
		if (json_append(a, list, json_new_str(a, key)) != ERR_OK) {
			return NULL;
		}
	}
	return list;
}

static struct json *list_value(struct arena *a, const struct schema_field *f)
{
	struct json *schema = simple(a, "array", NULL);
	const char *strategy = patch_strategy(f->merge);
	int err = json_set(a, schema, "items", one_value(a, f));
	if (err == ERR_OK && strcmp(list_type(f), "map") == 0) {
		struct json *keys = map_keys_list(a, f->map_keys);
		err = json_set(a, schema, "x-kubernetes-list-map-keys", keys);
	}
	if (err == ERR_OK) {
		err = put(a, schema, "x-kubernetes-list-type", list_type(f));
	}
	if (err == ERR_OK && f->merge_key) {
		err = put(a, schema, "x-kubernetes-patch-merge-key", f->merge_key);
	}
	if (err == ERR_OK && strategy) {
		err = put(a, schema, "x-kubernetes-patch-strategy", strategy);
	}
	return err == ERR_OK ? schema : NULL;
}

static struct json *map_value(struct arena *a, const struct schema_field *f)
{
	struct json *schema = simple(a, "object", NULL);
	int err = json_set(a, schema, "additionalProperties", one_value(a, f));
	if (err == ERR_OK && f->atomic_map) {
		err = put(a, schema, "x-kubernetes-map-type", "atomic");
	}
	return err == ERR_OK ? schema : NULL;
}

static struct json *property(struct arena *a, const struct schema_field *f)
{
	struct json *schema = f->container == SCHEMA_LIST  ? list_value(a, f)
			      : f->container == SCHEMA_MAP ? map_value(a, f)
							   : one_value(a, f);
	return put(a, schema, "description", f->about) == ERR_OK ? schema : NULL;
}

static int put_kind(
	struct arena *a, struct json *schema, const struct kind_row *kind, const char *suffix)
{
	struct json *list = json_new_array(a);
	struct json *gvk = json_new_object(a);
	struct strv name = arena_printf(a, "%s%s", kind->name, suffix);
	if (!name.p || put(a, gvk, "group", kind->group) != ERR_OK ||
		json_set_str(a, gvk, "kind", name) != ERR_OK ||
		put(a, gvk, "version", kind->version) != ERR_OK ||
		json_append(a, list, gvk) != ERR_OK) {
		return ERR_NOMEM;
	}
	return json_set(a, schema, "x-kubernetes-group-version-kind", list);
}

struct json *openapi_schema(
	struct arena *a, const struct schema_type *t, const struct kind_row *kind)
{
	struct json *schema = simple(a, "object", NULL);
	struct json *properties = json_new_object(a);
	struct json *required = json_new_array(a);
	for (size_t i = 0; i < t->n; i++) {
		const struct schema_field *f = &t->fields[i];
		if (json_set(a, properties, f->name, property(a, f)) != ERR_OK ||
			(f->required && json_append(a, required,
						json_new_str(a, strv_of(f->name))) != ERR_OK)) {
			return NULL;
		}
	}
	int err = put(a, schema, "description", t->about);
	if (err == ERR_OK && json_count(required) > 0) {
		err = json_set(a, schema, "required", required);
	}
	if (err == ERR_OK) {
		err = json_set(a, schema, "properties", properties);
	}
	if (err == ERR_OK && t->atomic) {
		err = put(a, schema, "x-kubernetes-map-type", "atomic");
	}
	if (err == ERR_OK && kind) {
		err = put_kind(a, schema, kind, "");
	}
	return err == ERR_OK ? schema : NULL;
}

struct json *openapi_list_schema(struct arena *a, const struct kind_row *kind)
{
	const struct schema_field items = { .name = "items",
		.shape = SCHEMA_OBJECT,
		.container = SCHEMA_LIST,
		.type = schema_of(kind->kind),
		.required = true,
		.about = "The objects." };
	const struct schema_field meta = { .name = "metadata",
		.shape = SCHEMA_OBJECT,
		.type = schema_list_meta(),
		.about = "How far the list goes and at which version it was read." };
	const struct schema_field version = { .name = "apiVersion",
		.about = "The group and version this list is written in." };
	const struct schema_field name = { .name = "kind", .about = "What kind of list this is." };
	const struct schema_field fields[] = { version, items, name, meta };
	const struct schema_type list = {
		.about = "A list of objects of one kind.", .fields = fields, .n = ARRAY_LEN(fields)
	};
	struct json *schema = openapi_schema(a, &list, NULL);
	return schema && put_kind(a, schema, kind, "List") == ERR_OK ? schema : NULL;
}

const char *openapi_scalar_name(size_t i)
{
	return i < ARRAY_LEN(scalars) ? scalars[i].name : NULL;
}

struct json *openapi_scalar(struct arena *a, size_t i)
{
	REQUIRE(i < ARRAY_LEN(scalars));
	struct strv rest = strv_of(scalars[i].types);
	struct strv first = STRV_NONE;
	struct strv second = STRV_NONE;
	bool both = strv_cut(&rest, '|', &first) && strv_cut(&rest, '|', &second);
	struct json *schema = json_new_object(a);
	struct json *choice = json_new_array(a);
	int err = put(a, schema, "description", scalars[i].about);
	if (err == ERR_OK && !both) {
		err = json_set_str(a, schema, "type", first);
	}
	if (err == ERR_OK && both) {
		struct json *one = json_new_object(a);
		struct json *other = json_new_object(a);
		err = json_set_str(a, one, "type", first);
		err = err != ERR_OK ? err : json_set_str(a, other, "type", second);
		err = err != ERR_OK ? err : json_append(a, choice, one);
		err = err != ERR_OK ? err : json_append(a, choice, other);
		err = err != ERR_OK ? err : json_set(a, schema, "oneOf", choice);
	}
	if (err == ERR_OK && scalars[i].format) {
		err = put(a, schema, "format", scalars[i].format);
	}
	return err == ERR_OK ? schema : NULL;
}
