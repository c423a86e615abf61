/* PersistentVolumes. Source: Kubernetes "Persistent Volumes", API reference. Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

static void capacity_validate(struct status *s, const struct path *p, const struct json *capacity)
{
	if (json_count(capacity) == 0) {
		fault_required(s, p, "");
	}
	if (json_get(capacity, "storage") == NULL || json_count(capacity) > 1) {
		fault_printf(s, CAUSE_NOT_SUPPORTED, p, shown_collection(s, capacity),
			"supported values: \"storage\"");
	}
	json_each(m, capacity) {
		(void)check_amount(s, AT_KEY(p, strv_of(json_key(m))), m, true); /* told */
	}
}

static void spec_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *modes = json_get(spec, "accessModes");
	const struct path *at = AT(p, "accessModes");
	if (json_count(modes) == 0) {
		fault_required(s, at, "");
	}
	access_modes_validate(s, at, modes);
	capacity_validate(s, AT(p, "capacity"), json_get(spec, "capacity"));
	check_enum(s, p, spec, "persistentVolumeReclaimPolicy", "Delete|Recycle|Retain", false);
	const struct json *required = json_dig(spec, "nodeAffinity.required");
	if (has(spec, "nodeAffinity")) {
		const struct path *affinity = AT(AT(p, "nodeAffinity"), "required");
		if (required == NULL) {
			fault_required(s, affinity, "must specify required node constraints");
		} else {
			node_selector_validate(s, affinity, required);
		}
	} else if (has(spec, "local")) {
		fault_required(s, AT(p, "nodeAffinity"), "Local volume requires node affinity");
	}
	volume_source_validate(s, p, spec, true);
	if (text_is(json_get(spec, "hostPath"), "path", "/") &&
		text_is(spec, "persistentVolumeReclaimPolicy", "Recycle")) {
		fault_forbidden(s, AT(p, "persistentVolumeReclaimPolicy"),
			"may not be 'recycle' for a hostPath mount of '/'");
	}
	struct strv name = text_of(spec, "storageClassName");
	if (name.n > 0) {
		(void)check_name(s, AT(p, "storageClassName"), name, name_subdomain); /* told */
	}
	check_enum(s, p, spec, "volumeMode", "Block|Filesystem", false);
}

static bool source_is_same(const struct json *spec, const struct json *old)
{
	json_each(m, spec) {
		if (volume_source_is_known(json_key(m)) && !same(m, json_get(old, json_key(m)))) {
			return false;
		}
	}
	json_each(m, old) {
		if (volume_source_is_known(json_key(m)) && json_get(spec, json_key(m)) == NULL) {
			return false;
		}
	}
	return true;
}

void pv_validate(struct status *s, const char *sub, const struct json *obj, const struct json *old)
{
	const struct json *spec = json_get(obj, "spec");
	const struct json *old_spec = json_get(old, "spec");
	const struct path *p = AT(NULL, "spec");
	if (strcmp(sub, "status") == 0) {
		check_enum(s, AT(NULL, "status"), json_get(obj, "status"), "phase",
			"Available|Bound|Failed|Pending|Released", false);
		return;
	}
	spec_validate(s, p, spec);
	if (old == NULL) {
		return;
	}
	if (!source_is_same(spec, old_spec)) {
		fault_forbidden(s, AT(p, "persistentvolumesource"),
			"spec.persistentvolumesource is immutable after creation");
	}
	check_immutable(s, AT(p, "volumeMode"), json_get(spec, "volumeMode"),
		json_get(old_spec, "volumeMode"));
	if (has(old_spec, "nodeAffinity")) {
		check_immutable(s, AT(p, "nodeAffinity"), json_get(spec, "nodeAffinity"),
			json_get(old_spec, "nodeAffinity"));
	}
}
