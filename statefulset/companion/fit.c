/* Matching of volumes and claims. Regime: values in the body's arena. */
#include "statefulset/companion/fit.h"

#include <stdio.h>

#define FIT_UID_CHARS 64

static bool has_mode(const struct strv_list *have, struct strv mode)
{
	for (size_t i = 0; i < have->n; i++) {
		if (strv_eq(have->at[i], mode)) {
			return true;
		}
	}
	return false;
}

static bool has_modes(const struct strv_list *have, const struct strv_list *want)
{
	for (size_t i = 0; i < want->n; i++) {
		if (!has_mode(have, want->at[i])) {
			return false;
		}
	}
	return true;
}

static struct strv mode_of(struct strv volume_mode)
{
	return volume_mode.n > 0 ? volume_mode : STRV("Filesystem");
}

bool fit_is_claimed_by(const struct object *volume, const struct object *claim)
{
	const struct pv *v = volume->as.pv;
	return v->has_claim && strv_eq(v->claim_ns, claim->meta.ns) &&
	       strv_eq(v->claim_name, claim->meta.name) &&
	       (v->claim_uid.n == 0 || strv_eq(v->claim_uid, claim->meta.uid));
}

const char *fit_fault(const struct object *volume, const struct object *claim)
{
	const struct pv *v = volume->as.pv;
	const struct pvc *c = claim->as.pvc;
	if (v->capacity_bytes < c->request_bytes) {
		return "requested PV is too small";
	}
	if (!strv_eq(v->class_name, c->class_name)) {
		return "storageClassName does not match";
	}
	if (!strv_eq(mode_of(v->volume_mode), mode_of(c->volume_mode))) {
		return "incompatible volumeMode";
	}
	if (!has_modes(&v->access_modes, &c->access_modes)) {
		return "incompatible accessMode";
	}
	if (c->has_selector && !selector_matches(&c->selector, &volume->meta.labels)) {
		return "selector does not match";
	}
	return NULL;
}

/* What holds even for a volume that names the claim. */
static bool has_room(const struct object *volume, const struct object *claim)
{
	return volume->as.pv->capacity_bytes >= claim->as.pvc->request_bytes &&
	       strv_eq(mode_of(volume->as.pv->volume_mode), mode_of(claim->as.pvc->volume_mode));
}

struct search {
	const struct object *claim;
	bool only_prebound;
	const struct object *best;
};

static bool visit(void *ctx, const struct object *volume)
{
	struct search *s = ctx;
	const struct pv *v = volume->as.pv;
	if (volume->meta.deletion_ms.set || !has_room(volume, s->claim)) {
		return true;
	}
	if (fit_is_claimed_by(volume, s->claim)) {
		s->best = volume;
		return false;
	}
	if (s->only_prebound || v->has_claim || !strv_eq(v->phase, STRV("Available")) ||
		fit_fault(volume, s->claim)) {
		return true;
	}
	/* fewest modes first, then the smallest: a wider volume may serve somebody else */
	const struct pv *best = s->best ? s->best->as.pv : NULL;
	if (!best || v->access_modes.n < best->access_modes.n ||
		(v->access_modes.n == best->access_modes.n &&
			v->capacity_bytes < best->capacity_bytes)) {
		s->best = volume;
	}
	return true;
}

const struct object *fit_find(
	struct watch_cache *cache, const struct object *claim, bool only_prebound)
{
	/* The volume made for it, which most claims get, has a name that tells. */
	char made[sizeof("pvc-") + FIT_UID_CHARS];
	int n = snprintf(made, sizeof(made), "pvc-%.*s", STRV_ARG(claim->meta.uid));
	const struct object *own = NULL;
	if (n > 0 && (size_t)n < sizeof(made)) {
		own = watch_cache_get(cache, KIND_PV, STRV_NONE, strv_of(made));
	}
	if (own && !own->meta.deletion_ms.set && has_room(own, claim) &&
		fit_is_claimed_by(own, claim)) {
		return own;
	}
	struct search s = { .claim = claim, .only_prebound = only_prebound };
	watch_cache_visit(cache, KIND_PV, STRV_NONE, visit, &s);
	return s.best;
}

void fit_put_claim_ref(struct body *b, struct json *spec, const struct object *claim)
{
	struct json *ref = body_put_object(b, spec, "claimRef");
	body_put_text(b, ref, "apiVersion", "v1");
	body_put_text(b, ref, "kind", "PersistentVolumeClaim");
	body_put_str(b, ref, "namespace", claim->meta.ns);
	body_put_str(b, ref, "name", claim->meta.name);
	body_put_str(b, ref, "uid", claim->meta.uid);
	body_put_str(b, ref, "resourceVersion",
		arena_printf(&b->arena, "%llu", (unsigned long long)claim->meta.resource_version));
}

struct json *fit_volume_for(struct body *b, struct strv name, const struct object *claim,
	const struct object *sc, const char *path)
{
	const struct pvc *c = claim->as.pvc;
	struct json *pv = body_object(b);
	body_put_text(b, pv, "apiVersion", "v1");
	body_put_text(b, pv, "kind", "PersistentVolume");
	struct json *meta = body_put_object(b, pv, "metadata");
	body_put_str(b, meta, "name", name);
	body_put_str(b, body_put_object(b, meta, "annotations"), "pv.kubernetes.io/provisioned-by",
		sc->as.storage_class->provisioner);
	struct json *spec = body_put_object(b, pv, "spec");
	body_put_str(b, body_put_object(b, spec, "capacity"), "storage", c->request_text);
	struct json *modes = body_put_array(b, spec, "accessModes");
	for (size_t i = 0; i < c->access_modes.n; i++) {
		body_push_str(b, modes, c->access_modes.at[i]);
	}
	fit_put_claim_ref(b, spec, claim);
	body_put_str(
		b, spec, "persistentVolumeReclaimPolicy", sc->as.storage_class->reclaim_policy);
	body_put_str(b, spec, "storageClassName", sc->meta.name);
	body_put_str(b, spec, "volumeMode", mode_of(c->volume_mode));
	struct json *host = body_put_object(b, spec, "hostPath");
	body_put_text(b, host, "path", path);
	body_put_text(b, host, "type", "DirectoryOrCreate");
	return pv;
}
