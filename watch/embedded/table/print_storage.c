/* Rows of claims, volumes and storage classes. See cells.h. */
#include "watch/embedded/table/cells.h"

static bool annotation_is(const struct json *o, const char *key, const char *value)
{
	return text_equals(json_get(json_dig(o, "metadata.annotations"), key), value);
}

/* The annotation that was there before the field, else the field. */
static struct strv class_of(const struct json *o)
{
	struct strv beta = json_str(json_get(
		json_dig(o, "metadata.annotations"), "volume.beta.kubernetes.io/storage-class"));
	return beta.n > 0 ? beta : text_at(o, "spec.storageClassName");
}

static void cell_phase(struct row *r, const struct json *o)
{
	bool going = text_at(o, "metadata.deletionTimestamp").n > 0;
	cell_text(r, going ? STRV("Terminating") : text_at(o, "status.phase"));
}

static const struct column pvc_columns[] = {
	COLUMN_NAME,
	{ "Status", "string", "", false, "Phase of the claim." },
	{ "Volume", "string", "", false, "Volume the claim is bound to." },
	{ "Capacity", "string", "", false, "Size of that volume." },
	{ "Access Modes", "string", "", false, "How that volume may be mounted." },
	{ "StorageClass", "string", "", false, "Class the claim asks for." },
	{ "VolumeAttributesClass", "string", "", false, "Class of attributes the claim asks for." },
	COLUMN_AGE,
	{ "VolumeMode", "string", "", true, "File system or raw device." },
};

static void print_pvc(struct row *r, const struct json *o)
{
	bool bound = text_at(o, "spec.volumeName").n > 0;
	struct buf modes;
	buf_init(&modes);
	if (bound) {
		access_modes_print(&modes, json_dig(o, "status.accessModes"));
	}
	cell_name(r, o);
	cell_phase(r, o);
	cell_text(r, text_at(o, "spec.volumeName"));
	cell_text(r, bound ? text_at(o, "status.capacity.storage") : STRV(""));
	cell_buf(r, &modes, "");
	cell_text(r, class_of(o));
	cell_text_or(r, text_at(o, "spec.volumeAttributesClassName"), "<unset>");
	cell_age(r, o);
	cell_text_or(r, text_at(o, "spec.volumeMode"), "<unset>");
}

const struct printer printer_pvc = { pvc_columns, ARRAY_LEN(pvc_columns), print_pvc };

static const struct column pv_columns[] = {
	COLUMN_NAME,
	{ "Capacity", "string", "", false, "Size of the volume." },
	{ "Access Modes", "string", "", false, "How the volume may be mounted." },
	{ "Reclaim Policy", "string", "", false, "What happens to the volume after its claim." },
	{ "Status", "string", "", false, "Phase of the volume." },
	{ "Claim", "string", "", false, "Claim the volume is bound to." },
	{ "StorageClass", "string", "", false, "Class of the volume." },
	{ "VolumeAttributesClass", "string", "", false, "Class of attributes of the volume." },
	{ "Reason", "string", "", false, "Why the volume is in this phase." },
	COLUMN_AGE,
	{ "VolumeMode", "string", "", true, "File system or raw device." },
};

static void print_pv(struct row *r, const struct json *o)
{
	const struct json *claim = json_dig(o, "spec.claimRef");
	struct buf modes;
	buf_init(&modes);
	access_modes_print(&modes, json_dig(o, "spec.accessModes"));
	cell_name(r, o);
	cell_text(r, text_at(o, "spec.capacity.storage"));
	cell_buf(r, &modes, "");
	cell_text(r, text_at(o, "spec.persistentVolumeReclaimPolicy"));
	cell_phase(r, o);
	if (claim == NULL) {
		cell_cstr(r, "");
	} else {
		cell_printf(r, "%.*s/%.*s", STRV_ARG(json_str(json_get(claim, "namespace"))),
			STRV_ARG(json_str(json_get(claim, "name"))));
	}
	cell_text(r, class_of(o));
	cell_text_or(r, text_at(o, "spec.volumeAttributesClassName"), "<unset>");
	cell_text(r, text_at(o, "status.reason"));
	cell_age(r, o);
	cell_text_or(r, text_at(o, "spec.volumeMode"), "<unset>");
}

const struct printer printer_pv = { pv_columns, ARRAY_LEN(pv_columns), print_pv };

static const struct column class_columns[] = {
	COLUMN_NAME,
	{ "Provisioner", "string", "", false, "Who makes volumes of this class." },
	{ "ReclaimPolicy", "string", "", false, "What happens to such volumes after their claim." },
	{ "VolumeBindingMode", "string", "", false, "When such volumes are made and bound." },
	{ "AllowVolumeExpansion", "string", "", false, "Whether such volumes may grow." },
	COLUMN_AGE,
};

static void print_storageclass(struct row *r, const struct json *o)
{
	bool is_default = annotation_is(o, "storageclass.kubernetes.io/is-default-class", "true") ||
			  annotation_is(
				  o, "storageclass.beta.kubernetes.io/is-default-class", "true");
	cell_printf(
		r, "%.*s%s", STRV_ARG(text_at(o, "metadata.name")), is_default ? " (default)" : "");
	cell_text(r, text_at(o, "provisioner"));
	cell_text_or(r, text_at(o, "reclaimPolicy"), "Delete");
	cell_text_or(r, text_at(o, "volumeBindingMode"), "Immediate");
	cell_bool(r, json_bool(json_get(o, "allowVolumeExpansion"), false));
	cell_age(r, o);
}

const struct printer printer_storageclass = { class_columns, ARRAY_LEN(class_columns),
	print_storageclass };
