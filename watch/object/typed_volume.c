/* PersistentVolumeClaim, PersistentVolume, StorageClass: JSON to typed form.
 * Source: Kubernetes API, core/v1 and storage.k8s.io/v1.
 * Regime: the decoder's scratch. Called by: object.c. */
#include "base/json.h"
#include "watch/object/decode_internal.h"

#define DEFAULT_VOLUME_MODE    STRV("Filesystem")
#define DEFAULT_RECLAIM_POLICY STRV("Delete")

static void default_text(struct decode *d, struct strv text, struct strv *s)
{
	if (s->n == 0) {
		decode_text(d, text, s);
	}
}

void decode_pvc(struct decode *d, const struct json *tree, const struct meta *m, struct pvc *out)
{
	(void)m;
	const struct json *spec = decode_object(d, json_get(tree, "spec"), "spec");
	const struct json *status = decode_object(d, json_get(tree, "status"), "status");
	const struct json *class = json_get(spec, "storageClassName");
	const struct json *selector = json_get(spec, "selector");
	const struct json *resources = decode_object(
		d, json_get(spec, "resources"), "spec.resources");
	const struct json *requests = decode_object(
		d, json_get(resources, "requests"), "spec.resources.requests");
	decode_str(d, json_get(spec, "volumeName"), "spec.volumeName", &out->volume_name);
	out->has_class = class && !json_is_null(class);
	decode_str(d, class, "spec.storageClassName", &out->class_name);
	decode_strs(d, json_get(spec, "accessModes"), NULL, "spec.accessModes", &out->access_modes);
	decode_str(d, json_get(spec, "volumeMode"), "spec.volumeMode", &out->volume_mode);
	default_text(d, DEFAULT_VOLUME_MODE, &out->volume_mode);
	decode_quantity(d, json_get(requests, "storage"), "spec.resources.requests.storage",
		&out->request_bytes, &out->request_text);
	out->has_selector = selector && !json_is_null(selector);
	decode_selector(d, selector, "spec.selector", &out->selector);
	decode_str(d, json_get(status, "phase"), "status.phase", &out->phase);
}

void decode_pv(struct decode *d, const struct json *tree, const struct meta *m, struct pv *out)
{
	(void)m;
	const struct json *spec = decode_object(d, json_get(tree, "spec"), "spec");
	const struct json *status = decode_object(d, json_get(tree, "status"), "status");
	const struct json *claim = decode_object(d, json_get(spec, "claimRef"), "spec.claimRef");
	const struct json *capacity = decode_object(d, json_get(spec, "capacity"), "spec.capacity");
	decode_text(d, STRV(""), &out->class_name);
	decode_str(
		d, json_get(spec, "storageClassName"), "spec.storageClassName", &out->class_name);
	decode_strs(d, json_get(spec, "accessModes"), NULL, "spec.accessModes", &out->access_modes);
	decode_str(d, json_get(spec, "volumeMode"), "spec.volumeMode", &out->volume_mode);
	default_text(d, DEFAULT_VOLUME_MODE, &out->volume_mode);
	decode_quantity(d, json_get(capacity, "storage"), "spec.capacity.storage",
		&out->capacity_bytes, &out->capacity_text);
	decode_str(d, json_get(spec, "persistentVolumeReclaimPolicy"),
		"spec.persistentVolumeReclaimPolicy", &out->reclaim_policy);
	out->has_claim = claim != NULL;
	decode_str(d, json_get(claim, "namespace"), "spec.claimRef.namespace", &out->claim_ns);
	decode_str(d, json_get(claim, "name"), "spec.claimRef.name", &out->claim_name);
	decode_str(d, json_get(claim, "uid"), "spec.claimRef.uid", &out->claim_uid);
	decode_str(d, json_get(status, "phase"), "status.phase", &out->phase);
}

static bool is_marked_default(const struct meta *m)
{
	static const struct strv keys[] = {
		{ "storageclass.kubernetes.io/is-default-class", 43 },
		{ "storageclass.beta.kubernetes.io/is-default-class", 48 },
	};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct strv *v = labels_get(&m->annotations, keys[i]);
		if (v && strv_eq(*v, STRV("true"))) {
			return true;
		}
	}
	return false;
}

void decode_class(
	struct decode *d, const struct json *tree, const struct meta *m, struct storage_class *out)
{
	decode_str(d, json_get(tree, "provisioner"), "provisioner", &out->provisioner);
	decode_str(d, json_get(tree, "reclaimPolicy"), "reclaimPolicy", &out->reclaim_policy);
	default_text(d, DEFAULT_RECLAIM_POLICY, &out->reclaim_policy);
	out->wait_for_consumer = strv_eq(
		json_str(json_get(tree, "volumeBindingMode")), STRV("WaitForFirstConsumer"));
	out->is_default = is_marked_default(m);
}
