/* The tables themselves: what every reader of them relies on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/schema/tables.h"

static const struct schema_type *const all[] = {
#define X(id) &schema_type_##id,
	SCHEMA_TYPE_LIST(X)
#undef X
};

static void fields_are_sorted_described_and_found(void **state)
{
	(void)state;
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		const struct schema_type *t = all[i];
		size_t about = strlen(t->about);
		if (about == 0 || t->about[about - 1] != '.' || t->n == 0) {
			fail_msg("%s has no sentence or no fields", t->name);
		}
		for (size_t f = 0; f < t->n; f++, n++) {
			const struct schema_field *field = &t->fields[f];
			if (f > 0 && strcmp(t->fields[f - 1].name, field->name) >= 0) {
				fail_msg("%s.%s is not in order", t->name, field->name);
			}
			if (schema_field(t, field->name) != field) {
				fail_msg("%s.%s is not found", t->name, field->name);
			}
			if (strlen(field->about) == 0) {
				fail_msg("%s.%s has no description", t->name, field->name);
			}
			if ((field->shape == SCHEMA_OBJECT) != (field->type != NULL)) {
				fail_msg("%s.%s: type and shape differ", t->name, field->name);
			}
		}
		assert_null(schema_field(t, ""));
		assert_null(schema_field(t, "~"));
	}
	assert_true(n > 1000);
}

static bool has_key(const struct schema_type *t, struct strv key)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "%.*s", STRV_ARG(key));
	return schema_field(t, name) != NULL;
}

static void keys_of_merged_lists_are_fields_of_their_elements(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		for (size_t f = 0; f < all[i]->n; f++) {
			const struct schema_field *field = &all[i]->fields[f];
			struct strv rest = field->map_keys && field->map_keys[0] != '\0'
						   ? strv_of(field->map_keys)
						   : STRV_NONE;
			struct strv key;
			bool ok = !field->merge_key ||
				  has_key(field->type, strv_of(field->merge_key));
			while (strv_cut(&rest, ',', &key)) {
				ok = ok && field->type && has_key(field->type, key);
			}
			if (!ok || ((field->merge_key || field->map_keys) &&
					   field->container != SCHEMA_LIST)) {
				fail_msg("%s.%s", all[i]->name, field->name);
			}
		}
	}
}

static void fallbacks_are_json_of_the_fields_own_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		for (size_t f = 0; f < all[i]->n; f++) {
			const struct schema_field *field = &all[i]->fields[f];
			if (!field->fallback) {
				continue;
			}
			struct arena a;
			arena_init(&a, 0);
			struct json *object = json_new_object(&a);
			struct json *v = NULL;
			struct schema_report report;
			int err = json_parse(&a, strv_of(field->fallback), &v, NULL);
			if (err == ERR_OK) {
				err = json_set(&a, object, field->name, v);
			}
			if (err == ERR_OK) {
				err = schema_check(&a, all[i], object, &report);
			}
			if (err != ERR_OK) {
				fail_msg("%s.%s: %s", all[i]->name, field->name, field->fallback);
			}
			arena_deinit(&a);
		}
	}
}

static void every_kind_is_an_object_with_metadata(void **state)
{
	(void)state;
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct schema_type *t = schema_of((enum kind)k);
		assert_non_null(schema_field(t, "apiVersion"));
		assert_non_null(schema_field(t, "kind"));
		assert_ptr_equal(schema_field(t, "metadata")->type, &schema_type_object_meta);
		assert_string_equal(t->go_name, kind_row((enum kind)k)->name);
	}
}

static void parts_of_kinds_have_types_of_their_own(void **state)
{
	(void)state;
	assert_ptr_equal(schema_of_sub(KIND_POD, STRV("")), schema_of(KIND_POD));
	assert_ptr_equal(schema_of_sub(KIND_POD, STRV("status")), schema_of(KIND_POD));
	assert_ptr_equal(schema_of_sub(KIND_STATEFULSET, STRV("scale")), schema_scale());
	assert_ptr_equal(schema_of_sub(KIND_POD, STRV("binding")), schema_binding());
	assert_string_equal(schema_of_sub(KIND_POD, STRV("eviction"))->go_name, "Eviction");
	assert_null(schema_of_sub(KIND_POD, STRV("log")));
	assert_string_equal(schema_delete_options()->go_name, "DeleteOptions");
	assert_string_equal(schema_status()->go_name, "Status");
	assert_string_equal(schema_list_meta()->go_name, "ListMeta");
}

/* Where the two ways of merging are known to differ, and what patches rely on. */
static void merge_keys_are_those_of_kubernetes(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const struct schema_type *type;
		const char *field, *merge_key, *map_keys;
		enum schema_merge merge;
	} rows[] = {
		{ "containers by name", &schema_type_pod_spec, "containers", "name", "name",
			SCHEMA_MERGE },
		{ "volumes drop the old source", &schema_type_pod_spec, "volumes", "name", "name",
			SCHEMA_MERGE_RETAIN },
		{ "ports of containers", &schema_type_container, "ports", "containerPort",
			"containerPort,protocol", SCHEMA_MERGE },
		{ "ports of Services", &schema_type_service_spec, "ports", "port", "port,protocol",
			SCHEMA_MERGE },
		{ "mounts by path", &schema_type_container, "volumeMounts", "mountPath",
			"mountPath", SCHEMA_MERGE },
		{ "owners by uid", &schema_type_object_meta, "ownerReferences", "uid", "uid",
			SCHEMA_MERGE },
		{ "finalizers are a set", &schema_type_object_meta, "finalizers", NULL, "",
			SCHEMA_MERGE },
		{ "tolerations are one value", &schema_type_pod_spec, "tolerations", NULL, NULL,
			SCHEMA_ATOMIC },
		{ "claim templates too", &schema_type_stateful_set_spec, "volumeClaimTemplates",
			NULL, NULL, SCHEMA_ATOMIC },
		{ "spread by two keys", &schema_type_pod_spec, "topologySpreadConstraints",
			"topologyKey", "topologyKey,whenUnsatisfiable", SCHEMA_MERGE },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct schema_field *f = schema_field(rows[i].type, rows[i].field);
		bool same = f && f->merge == rows[i].merge &&
			    strv_eq(strv_of(f->merge_key), strv_of(rows[i].merge_key)) &&
			    !f->map_keys == !rows[i].map_keys &&
			    strv_eq(strv_of(f->map_keys), strv_of(rows[i].map_keys));
		if (!same) {
			fail_msg("%s", rows[i].why);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_sorted_described_and_found),
		cmocka_unit_test(keys_of_merged_lists_are_fields_of_their_elements),
		cmocka_unit_test(fallbacks_are_json_of_the_fields_own_type),
		cmocka_unit_test(every_kind_is_an_object_with_metadata),
		cmocka_unit_test(parts_of_kinds_have_types_of_their_own),
		cmocka_unit_test(merge_keys_are_those_of_kubernetes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
