/* Where in a value the check stands, in the two spellings of kube-apiserver. See check_path.h. */
#include "watch/embedded/schema/check_path.h"

#include "base/base.h"
#include "watch/embedded/schema/tables.h"

/* Structs that Go embeds: their fields lie one name deeper in decoding errors. */
static const struct {
	const struct schema_type *type;
	const char *name;
	const char *own; /* fields that are not embedded, or with only: just these are */
	bool only;
} embedded[] = {
	{ &schema_type_volume, "VolumeSource", "name", false },
	{ &schema_type_probe, "ProbeHandler", "exec|grpc|httpGet|tcpSocket", true },
	{ &schema_type_ephemeral_container, "EphemeralContainerCommon", "targetContainerName",
		false },
	{ &schema_type_persistent_volume_spec, "PersistentVolumeSource",
		"accessModes|capacity|claimRef|mountOptions|nodeAffinity|"
		"persistentVolumeReclaimPolicy|"
		"storageClassName|volumeAttributesClassName|volumeMode",
		false },
	{ &schema_type_config_map_volume_source, "LocalObjectReference", "name", true },
	{ &schema_type_config_map_projection, "LocalObjectReference", "name", true },
	{ &schema_type_secret_projection, "LocalObjectReference", "name", true },
	{ &schema_type_config_map_env_source, "LocalObjectReference", "name", true },
	{ &schema_type_secret_env_source, "LocalObjectReference", "name", true },
	{ &schema_type_config_map_key_selector, "LocalObjectReference", "name", true },
	{ &schema_type_secret_key_selector, "LocalObjectReference", "name", true },
};

static bool is_listed(const char *list, const char *name)
{
	struct strv rest = strv_of(list);
	struct strv item;
	while (strv_cut(&rest, '|', &item)) {
		if (strv_eq(item, strv_of(name))) {
			return true;
		}
	}
	return false;
}

static const char *embedded_name(const struct schema_type *owner, const struct schema_field *f)
{
	for (size_t i = 0; i < ARRAY_LEN(embedded); i++) {
		if (embedded[i].type == owner) {
			bool inside = is_listed(embedded[i].own, f->name) == embedded[i].only;
			return inside ? embedded[i].name : NULL;
		}
	}
	return NULL;
}

struct strv check_path_text(struct arena *a, const struct step *s)
{
	if (!s) {
		return STRV("");
	}
	struct strv up = check_path_text(a, s->up);
	if (!up.p) {
		return up;
	}
	if (s->what == STEP_INDEX) {
		return arena_printf(a, "%.*s[%zu]", STRV_ARG(up), s->index);
	}
	struct strv key = s->what == STEP_FIELD ? strv_of(s->field->name) : s->key;
	return arena_printf(a, "%.*s%s%.*s", STRV_ARG(up), up.n > 0 ? "." : "", STRV_ARG(key));
}

struct strv check_go_path(struct arena *a, const struct step *s)
{
	if (!s) {
		return STRV("");
	}
	struct strv up = check_go_path(a, s->up);
	if (!up.p || s->what != STEP_FIELD) {
		return up;
	}
	const char *inside = embedded_name(s->owner, s->field);
	return arena_printf(a, "%.*s.%s%s%s", STRV_ARG(up), inside ? inside : "", inside ? "." : "",
		s->field->name);
}

const char *check_go_struct(const struct step *s)
{
	for (; s; s = s->up) {
		if (s->what == STEP_FIELD) {
			return s->owner->go_name;
		}
	}
	return NULL;
}
