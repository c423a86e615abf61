/* What a write may set, and what it takes from the stored object: the part of kube-apiserver
 * called strategy.
 * Source: Kubernetes API conventions ("spec and status", "metadata"); kube-apiserver as observed.
 * Regime: changes the tree in the caller's arena. See validate.h. */
#include "base/err.h"
#include "watch/embedded/validate/prepare.h"
#include "watch/embedded/validate/validate.h"

static bool is(const char *sub, const char *name)
{
	return strcmp(sub, name) == 0;
}

/* Kinds whose status a main write leaves alone. */
static bool has_status(enum kind k)
{
	static const kind_set with = KIND_BIT(KIND_NAMESPACE) | KIND_BIT(KIND_NODE) |
				     KIND_BIT(KIND_PV) | KIND_BIT(KIND_SERVICE) |
				     KIND_BIT(KIND_POD) | KIND_BIT(KIND_STATEFULSET) |
				     KIND_BIT(KIND_PVC);
	return (with & KIND_BIT(k)) != 0;
}

int prepare_take(struct arena *a, struct json *to, const struct json *from, const char *member)
{
	const struct json *v = json_get(from, member);
	if (v == NULL) {
		(void)json_remove(to, member); /* may be absent */
		return ERR_OK;
	}
	return json_set(a, to, member, json_copy(a, v));
}

static int create_metadata(struct arena *a, enum kind k, struct json *meta)
{
	static const char *const not_the_clients[] = { "uid", "creationTimestamp",
		"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink" };
	for (size_t i = 0; i < ARRAY_LEN(not_the_clients); i++) {
		(void)json_remove(meta, not_the_clients[i]); /* may be absent */
	}
	if (k == KIND_POD || k == KIND_STATEFULSET || k == KIND_ENDPOINTSLICE) {
		return json_set_i64(a, meta, "generation", 1);
	}
	return ERR_OK;
}

static int update_metadata(struct arena *a, struct json *meta, const struct json *old)
{
	static const char *const kept_if_empty[] = { "name", "namespace", "uid",
		"creationTimestamp", "deletionGracePeriodSeconds" };
	int err = ERR_OK;
	(void)json_remove(meta, "selfLink"); /* may be absent */
	for (size_t i = 0; i < ARRAY_LEN(kept_if_empty) && err == ERR_OK; i++) {
		const struct json *v = json_get(meta, kept_if_empty[i]);
		if (v == NULL || json_is_null(v) || (json_is_string(v) && json_str(v).n == 0)) {
			err = prepare_take(a, meta, old, kept_if_empty[i]);
		}
	}
	if (err == ERR_OK && json_get(old, "deletionTimestamp") != NULL) {
		err = prepare_take(a, meta, old, "deletionTimestamp");
	}
	if (err == ERR_OK) {
		err = prepare_take(a, meta, old, "generation");
	}
	return err;
}

/* EndpointSlices have no spec: all of them but metadata counts, and the labels. */
static bool slice_changed(const struct json *obj, const struct json *old)
{
	static const char *const members[] = { "addressType", "endpoints", "ports" };
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!same(json_get(obj, members[i]), json_get(old, members[i]))) {
			return true;
		}
	}
	return !same(json_dig(obj, "metadata.labels"), json_dig(old, "metadata.labels"));
}

int prepare_generation(
	struct arena *a, enum kind k, const char *sub, struct json *obj, const struct json *old)
{
	bool changed = false;
	if (sub != NULL && (is(sub, "status") || is(sub, "binding"))) {
		return ERR_OK; /* a binding is no change of what is wanted */
	}
	if (k == KIND_POD || k == KIND_STATEFULSET) {
		changed = !same(json_get(obj, "spec"), json_get(old, "spec"));
	} else if (k == KIND_ENDPOINTSLICE) {
		changed = slice_changed(obj, old);
	}
	struct json *meta = json_ensure_object(a, obj, "metadata");
	if (meta == NULL) {
		return ERR_NOMEM;
	}
	if (!changed) {
		return prepare_take(a, meta, json_get(old, "metadata"), "generation");
	}
	int64_t was = json_i64_or(json_dig(old, "metadata.generation"), 0);
	return json_set_i64(a, meta, "generation", was + 1);
}

/* obj becomes old but for one member (and the resourceVersion the client gave). */
static int keep_all_but(
	struct arena *a, struct json *obj, const struct json *old, const char *member)
{
	struct json *mine = json_remove(obj, member);
	struct json *version = json_remove(json_get(obj, "metadata"), "resourceVersion");
	int err = ERR_OK;
	while (json_first(obj) != NULL) {
		(void)json_detach(obj, json_first(obj)); /* dropped with the arena */
	}
	json_each(m, old) {
		if (strcmp(json_key(m), member) != 0 && err == ERR_OK) {
			err = json_set(a, obj, json_key(m), json_copy(a, m));
		}
	}
	if (err == ERR_OK && version != NULL) {
		err = json_set(a, json_get(obj, "metadata"), "resourceVersion", version);
	}
	if (err == ERR_OK && mine != NULL) {
		err = json_set(a, obj, member, mine);
	}
	return err;
}

static int status_write(struct arena *a, enum kind k, struct json *obj, const struct json *old)
{
	int err = keep_all_but(a, obj, old, "status");
	struct json *status = json_get(obj, "status");
	if (err == ERR_OK && k == KIND_POD && json_is_object(status)) {
		err = prepare_take(a, status, json_get(old, "status"), "qosClass");
	}
	return err;
}

static int create_kind(struct arena *a, enum kind k, struct json *obj)
{
	switch (k) {
	case KIND_POD:
		return prepare_pod_create(a, obj);
	case KIND_STATEFULSET:
		return prepare_set_create(a, obj);
	case KIND_PVC:
	case KIND_PV:
		return prepare_phase(a, obj, "Pending");
	case KIND_NAMESPACE:
		return prepare_namespace_create(a, obj);
	case KIND_SERVICE:
		return prepare_service(a, obj, NULL);
	case KIND_SECRET:
		return prepare_secret(a, obj, NULL);
	case KIND_NODE: /* its kubelet reports status in the first write */
	case KIND_STORAGECLASS:
	case KIND_ENDPOINTS:
	case KIND_ENDPOINTSLICE:
	case KIND_CONTROLLERREVISION:
	case KIND_EVENT:
	case KIND_SERVICEACCOUNT:
	case KIND_CONFIGMAP:
	case KIND_LEASE:
	case KIND_SERVICEIMPORT:
	case KIND_COUNT:
	case KIND_NONE:
		break;
	}
	return ERR_OK;
}

static int update_kind(struct arena *a, enum kind k, struct json *obj, const struct json *old)
{
	if (k == KIND_NAMESPACE) {
		struct json *spec = json_ensure_object(a, obj, "spec");
		int err = spec == NULL ? ERR_NOMEM
				       : prepare_take(a, spec, json_get(old, "spec"), "finalizers");
		return err == ERR_OK ? prepare_namespace_label(a, obj) : err;
	}
	if (k == KIND_SERVICE) {
		return prepare_service(a, obj, old);
	}
	if (k == KIND_SECRET) {
		return prepare_secret(a, obj, old);
	}
	return ERR_OK;
}

int prepare_object(
	struct arena *a, enum kind k, const char *sub, struct json *obj, const struct json *old)
{
	if (sub == NULL) {
		sub = "";
	}
	struct json *meta = json_ensure_object(a, obj, "metadata");
	if (meta == NULL) {
		return ERR_NOMEM;
	}
	if (old == NULL) {
		int err = create_metadata(a, k, meta);
		return err == ERR_OK ? create_kind(a, k, obj) : err;
	}
	if (is(sub, "status")) {
		return status_write(a, k, obj, old);
	}
	if (is(sub, "finalize")) {
		return keep_all_but(a, obj, old, "spec");
	}
	int err = update_metadata(a, meta, json_get(old, "metadata"));
	if (err == ERR_OK && has_status(k)) {
		err = prepare_take(a, obj, old, "status");
	}
	return err == ERR_OK ? update_kind(a, k, obj, old) : err;
}
