/* Environment variables of a container, and where their values come from.
 * Source: Kubernetes API reference, EnvVar and EnvFromSource. Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/rules.h"

/* configMapKeyRef, secretKeyRef, fileKeyRef */
static void key_ref_validate(struct status *s, const struct path *p, const struct json *ref)
{
	if (ref == NULL) {
		return;
	}
	(void)check_required(s, p, ref, "name"); /* told */
	if (check_required(s, p, ref, "key")) {
		(void)check_name(s, AT(p, "key"), text_of(ref, "key"), name_config_key);
	}
}

static bool is_subscripted(struct strv path)
{
	static const char *const maps[] = { "metadata.labels['", "metadata.annotations['" };
	for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
		if (strv_has_prefix(path, strv_of(maps[i])) && strv_has_suffix(path, STRV("']"))) {
			return true;
		}
	}
	return false;
}

static void field_ref_validate(struct status *s, const struct path *p, const struct json *ref)
{
	static const char fields[] =
		"metadata.name|metadata.namespace|metadata.uid|spec.nodeName|"
		"spec.serviceAccountName|status.hostIP|status.hostIPs|status.podIP|status.podIPs";
	if (ref == NULL) {
		return;
	}
	(void)check_required(s, p, ref, "apiVersion"); /* told */
	struct strv field = text_of(ref, "fieldPath");
	if (field.n == 0) {
		fault_required(s, AT(p, "fieldPath"), "");
	} else if (!is_subscripted(field) && !value_listed(field, fields)) {
		if (value_listed(field, "metadata.labels|metadata.annotations")) {
			fault_unsupported(s, AT(p, "fieldPath"), field, fields);
		} else {
			struct json *shown = json_get(ref, "fieldPath");
			fault_printf(s, CAUSE_INVALID, AT(p, "fieldPath"), shown,
				"error converting fieldPath: field label not supported: %.*s",
				STRV_ARG(field));
		}
	}
}

static void value_from_validate(
	struct status *s, const struct path *p, const struct json *from, bool has_value)
{
	static const char *const sources[] = { "fieldRef", "resourceFieldRef", "configMapKeyRef",
		"secretKeyRef", "fileKeyRef" };
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		n += has(from, sources[i]);
	}
	field_ref_validate(s, AT(p, "fieldRef"), json_get(from, "fieldRef"));
	if (has(from, "resourceFieldRef")) {
		(void)check_required(s, AT(p, "resourceFieldRef"),
			json_get(from, "resourceFieldRef"), "resource"); /* told */
	}
	key_ref_validate(s, AT(p, "configMapKeyRef"), json_get(from, "configMapKeyRef"));
	key_ref_validate(s, AT(p, "secretKeyRef"), json_get(from, "secretKeyRef"));
	if (n == 0) {
		fault_invalid_str(s, p, STRV(""),
			"must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
			"`secretKeyRef` or `fileKeyRef`");
	} else if (has_value) {
		fault_invalid_str(s, p, STRV(""), "may not be specified when `value` is not empty");
	} else if (n > 1) {
		fault_invalid_str(
			s, p, STRV(""), "may not have more than one field specified at a time");
	}
}

void env_validate(struct status *s, const struct path *p, const struct json *env)
{
	size_t i = 0;
	json_each(e, env) {
		const struct path *at = AT_INDEX(p, i++);
		if (check_required(s, at, e, "name")) {
			(void)check_name(s, AT(at, "name"), text_of(e, "name"), name_env);
		}
		if (has(e, "valueFrom")) {
			value_from_validate(s, AT(at, "valueFrom"), json_get(e, "valueFrom"),
				text_of(e, "value").n > 0);
		}
	}
}

void env_from_validate(struct status *s, const struct path *p, const struct json *list)
{
	size_t i = 0;
	json_each(e, list) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv prefix = text_of(e, "prefix");
		if (prefix.n > 0) {
			(void)check_name(s, AT(at, "prefix"), prefix, name_env); /* told */
		}
		static const char *const sources[] = { "configMapRef", "secretRef" };
		size_t n = 0;
		for (size_t k = 0; k < ARRAY_LEN(sources); k++) {
			const struct json *ref = json_get(e, sources[k]);
			if (ref != NULL && ++n > 0) {
				(void)check_required(s, AT(at, sources[k]), ref, "name");
			}
		}
		if (n == 0) {
			fault_invalid_str(s, at, STRV(""),
				"must specify one of: `configMapRef` or `secretRef`");
		} else if (n > 1) {
			fault_invalid_str(s, at, STRV(""),
				"may not have more than one field specified at a time");
		}
	}
}
