/* Pods and claims as JSON. Regime and source: pod.h. */
#include "statefulset/pod.h"

#include "base/err.h"
#include "statefulset/identity.h"
#include "statefulset/made.h"
#include "statefulset/owner.h"
#include "watch/object/typed.h"

/* Copies member key of from, if it is there. */
static int copy_member(struct arena *a, struct json *to, const char *key, const struct json *from)
{
	const struct json *v = json_get(from, key);
	return v ? json_set(a, to, key, json_copy(a, v)) : ERR_OK;
}

static int set_labels(struct arena *a, struct json *labels, struct strv name, int64_t ordinal,
	struct strv revision)
{
	if (made_set(a, labels, IDENTITY_LABEL_POD, name) ||
		made_set(a, labels, IDENTITY_LABEL_INDEX,
			arena_printf(a, "%lld", (long long)ordinal)) ||
		json_set_str(a, labels, IDENTITY_LABEL_REVISION, revision)) {
		return ERR_NOMEM;
	}
	return ERR_OK;
}

static struct json *metadata(struct arena *a, const struct object *set, const struct json *template,
	struct strv name, int64_t ordinal, struct strv revision)
{
	const struct json *from = json_get(template, "metadata");
	struct json *m = json_new_object(a);
	if (copy_member(a, m, "labels", from) || copy_member(a, m, "annotations", from) ||
		copy_member(a, m, "finalizers", from) ||
		made_set(
			a, m, "generateName", arena_printf(a, "%.*s-", STRV_ARG(set->meta.name))) ||
		made_set(a, m, "name", name) || json_set_str(a, m, "namespace", set->meta.ns) ||
		json_set(a, m, "ownerReferences", owner_list(a, set)) ||
		set_labels(a, json_ensure_object(a, m, "labels"), name, ordinal, revision)) {
		return NULL;
	}
	return m;
}

/* {name: <template>, persistentVolumeClaim: {claimName: <claim>}} */
static struct json *claim_volume(struct arena *a, struct strv template, struct strv claim)
{
	struct json *source = json_new_object(a);
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "name", template) || made_set(a, source, "claimName", claim) ||
		json_set(a, v, "persistentVolumeClaim", source)) {
		return NULL;
	}
	return v;
}

static bool is_claim_template(const struct statefulset *spec, struct strv volume)
{
	for (size_t i = 0; i < spec->n_claims; i++) {
		if (strv_eq(spec->claims[i].name, volume)) {
			return true;
		}
	}
	return false;
}

/* The claims' volumes first, then the others whose names do not collide. errors ERR_NOMEM */
static int set_volumes(
	struct arena *a, const struct object *set, struct json *pod_spec, int64_t ordinal)
{
	const struct statefulset *spec = set->as.statefulset;
	if (spec->n_claims == 0) {
		return ERR_OK;
	}
	struct json *old = json_remove(pod_spec, "volumes");
	struct json *volumes = json_new_array(a);
	for (size_t i = 0; i < spec->n_claims; i++) {
		struct strv claim = identity_claim(
			a, spec->claims[i].name, set->meta.name, ordinal);
		if (json_append(a, volumes, claim_volume(a, spec->claims[i].name, claim))) {
			return ERR_NOMEM;
		}
	}
	json_each(v, old) {
		if (!is_claim_template(spec, json_str(json_get(v, "name"))) &&
			json_append(a, volumes, json_copy(a, v))) {
			return ERR_NOMEM;
		}
	}
	return json_set(a, pod_spec, "volumes", volumes);
}

struct json *pod_body(struct arena *a, const struct object *set, const struct json *template,
	int64_t ordinal, struct strv revision)
{
	struct strv name = identity_pod(a, set->meta.name, ordinal);
	struct strv service = set->as.statefulset->service_name;
	struct json *spec = json_copy(a, json_get(template, "spec"));
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "apiVersion", STRV("v1")) ||
		json_set_str(a, v, "kind", STRV("Pod")) ||
		json_set(a, v, "metadata", metadata(a, set, template, name, ordinal, revision)) ||
		made_set(a, spec, "hostname", name) || set_volumes(a, set, spec, ordinal)) {
		return NULL;
	}
	(void)json_remove(spec, "subdomain"); /* the template has no say in it */
	if ((service.n && json_set_str(a, spec, "subdomain", service)) ||
		json_set(a, v, "spec", spec)) {
		return NULL;
	}
	return v;
}

/* The template's labels, overlaid by the selector's. */
static int overlay_match_labels(
	struct arena *a, struct json *labels, const struct statefulset *spec)
{
	for (size_t i = 0; i < spec->match_labels.n; i++) {
		const struct label *l = &spec->match_labels.at[i];
		int err = json_set_strv(a, labels, l->key, json_new_str(a, l->value));
		if (err) {
			return err;
		}
	}
	return ERR_OK;
}

struct json *pod_claim_body(struct arena *a, const struct object *set, const struct json *tree,
	size_t index, int64_t ordinal)
{
	const struct statefulset *spec = set->as.statefulset;
	const struct json *template = json_at(json_dig(tree, "spec.volumeClaimTemplates"), index);
	const struct json *from = json_get(template, "metadata");
	struct json *m = json_new_object(a);
	struct json *v = json_new_object(a);
	REQUIRE(index < spec->n_claims);
	if (copy_member(a, m, "labels", from) || copy_member(a, m, "annotations", from) ||
		made_set(a, m, "name",
			identity_claim(a, spec->claims[index].name, set->meta.name, ordinal)) ||
		json_set_str(a, m, "namespace", set->meta.ns) ||
		(spec->match_labels.n &&
			overlay_match_labels(a, json_ensure_object(a, m, "labels"), spec))) {
		return NULL;
	}
	if (json_set_str(a, v, "apiVersion", STRV("v1")) ||
		json_set_str(a, v, "kind", STRV("PersistentVolumeClaim")) ||
		json_set(a, v, "metadata", m) || copy_member(a, v, "spec", template)) {
		return NULL;
	}
	return v;
}

static bool has_volume(const struct json *pod_spec, struct strv name, struct strv claim)
{
	json_each(v, json_get(pod_spec, "volumes")) {
		if (strv_eq(json_str(json_get(v, "name")), name)) {
			return strv_eq(
				json_str(json_dig(v, "persistentVolumeClaim.claimName")), claim);
		}
	}
	return false;
}

/* errors ERR_NOMEM */
static int storage_is_right(struct arena *a, const struct object *set, const struct json *pod_spec,
	int64_t ordinal, bool *out)
{
	const struct statefulset *spec = set->as.statefulset;
	*out = true;
	for (size_t i = 0; i < spec->n_claims; i++) {
		struct strv claim = identity_claim(
			a, spec->claims[i].name, set->meta.name, ordinal);
		if (!claim.p) {
			return ERR_NOMEM;
		}
		*out = *out && has_volume(pod_spec, spec->claims[i].name, claim);
	}
	return ERR_OK;
}

int pod_repair(struct arena *a, const struct object *set, struct json *pod, bool *out_changed)
{
	struct strv name = json_str(json_dig(pod, "metadata.name"));
	struct strv parent;
	int32_t ordinal;
	if (!identity_parse(name, &parent, &ordinal) || !strv_eq(parent, set->meta.name)) {
		return ERR_BAD_TYPE;
	}
	bool fits, changed = false;
	struct json *labels = json_ensure_object(
		a, json_ensure_object(a, pod, "metadata"), "labels");
	if (!strv_eq(json_str(json_get(labels, IDENTITY_LABEL_POD)), name)) {
		changed = true;
		if (json_set_str(a, labels, IDENTITY_LABEL_POD, name) ||
			made_set(a, labels, IDENTITY_LABEL_INDEX,
				arena_printf(a, "%d", (int)ordinal))) {
			return ERR_NOMEM;
		}
	}
	struct json *spec = json_ensure_object(a, pod, "spec");
	int err = storage_is_right(a, set, spec, ordinal, &fits);
	if (!err && !fits) {
		changed = true;
		err = set_volumes(a, set, spec, ordinal);
	}
	if (!err) {
		*out_changed = changed;
	}
	return err;
}
