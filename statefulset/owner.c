/* Owner references. Regime and source: owner.h. */
#include "statefulset/owner.h"

#include "base/err.h"
#include "watch/object/kind.h"

static struct json *owner_ref(struct arena *a, const struct object *set)
{
	const struct kind_row *row = kind_row(set->kind);
	struct json *ref = json_new_object(a);
	if (json_set_str(a, ref, "apiVersion", strv_of(row->api_version)) ||
		json_set_str(a, ref, "kind", strv_of(row->name)) ||
		json_set_str(a, ref, "name", set->meta.name) ||
		json_set_str(a, ref, "uid", set->meta.uid) ||
		json_set_bool(a, ref, "controller", true) ||
		json_set_bool(a, ref, "blockOwnerDeletion", true)) {
		return NULL;
	}
	return ref;
}

static struct json *list_of(struct arena *a, struct json *ref)
{
	struct json *list = json_new_array(a);
	return json_append(a, list, ref) ? NULL : list;
}

struct json *owner_list(struct arena *a, const struct object *set)
{
	return list_of(a, owner_ref(a, set));
}

/* {"metadata":{"uid":<child>, "ownerReferences":[ref]}} */
static struct json *patch(struct arena *a, const struct object *child, struct json *ref)
{
	struct json *metadata = json_new_object(a);
	struct json *v = json_new_object(a);
	if (json_set_str(a, metadata, "uid", child->meta.uid) ||
		json_set(a, metadata, "ownerReferences", list_of(a, ref)) ||
		json_set(a, v, "metadata", metadata)) {
		return NULL;
	}
	return v;
}

struct json *owner_adopt_patch(
	struct arena *a, const struct object *set, const struct object *child)
{
	return patch(a, child, owner_ref(a, set));
}

struct json *owner_release_patch(
	struct arena *a, const struct object *set, const struct object *child)
{
	struct json *ref = json_new_object(a);
	if (json_set_str(a, ref, "$patch", STRV("delete")) ||
		json_set_str(a, ref, "uid", set->meta.uid)) {
		return NULL;
	}
	return patch(a, child, ref);
}
