/* Finding one's way in the tables: the type of a kind, a field of a type.
 * Source: schema.h. Static tables, no memory. Called by: everything that reads, checks or merges objects. */
#include "watch/embedded/schema/schema.h"

#include "base/strv.h"
#include "watch/embedded/schema/tables.h"

static const struct schema_type *const of_kind[KIND_COUNT] = {
	[KIND_NAMESPACE] = &schema_type_namespace,
	[KIND_NODE] = &schema_type_node,
	[KIND_PV] = &schema_type_persistent_volume,
	[KIND_STORAGECLASS] = &schema_type_storage_class,
	[KIND_SERVICE] = &schema_type_service,
	[KIND_ENDPOINTS] = &schema_type_endpoints,
	[KIND_ENDPOINTSLICE] = &schema_type_endpoint_slice,
	[KIND_POD] = &schema_type_pod,
	[KIND_STATEFULSET] = &schema_type_stateful_set,
	[KIND_CONTROLLERREVISION] = &schema_type_controller_revision,
	[KIND_PVC] = &schema_type_persistent_volume_claim,
	[KIND_EVENT] = &schema_type_event,
	[KIND_SERVICEACCOUNT] = &schema_type_service_account,
	[KIND_CONFIGMAP] = &schema_type_config_map,
	[KIND_SECRET] = &schema_type_secret,
	[KIND_LEASE] = &schema_type_lease,
};

const struct schema_type *schema_of(enum kind k)
{
	REQUIRE(k >= 0 && k < KIND_COUNT);
	return of_kind[k];
}

const struct schema_type *schema_of_sub(enum kind k, struct strv sub)
{
	if (sub.n == 0 || strv_eq(sub, STRV("status")) || strv_eq(sub, STRV("finalize"))) {
		return schema_of(k);
	}
	if (strv_eq(sub, STRV("scale"))) {
		return &schema_type_scale;
	}
	if (strv_eq(sub, STRV("eviction"))) {
		return &schema_type_eviction;
	}
	return strv_eq(sub, STRV("binding")) ? &schema_type_binding : NULL;
}

const struct schema_type *schema_scale(void)
{
	return &schema_type_scale;
}

const struct schema_type *schema_delete_options(void)
{
	return &schema_type_delete_options;
}

const struct schema_type *schema_status(void)
{
	return &schema_type_status;
}

const struct schema_type *schema_list_meta(void)
{
	return &schema_type_list_meta;
}

const struct schema_type *schema_binding(void)
{
	return &schema_type_binding;
}

/* The fields are sorted, so this is a binary search. */
const struct schema_field *schema_field(const struct schema_type *t, const char *name)
{
	size_t low = 0;
	size_t high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, t->fields[middle].name);
		if (order == 0) {
			return &t->fields[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}
