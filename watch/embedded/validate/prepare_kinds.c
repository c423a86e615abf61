/* First status of Pods, sets, claims, volumes and namespaces; Secrets; the quality of service of a
 * pod.
 * Source: Kubernetes "Pod Quality of Service Classes", "Secrets"; kube-apiserver as observed. See
 * prepare.h. */
#include "base/base64.h"
#include "base/err.h"
#include "watch/embedded/validate/measure.h"
#include "watch/embedded/validate/prepare.h"

static struct json *fresh_status(struct arena *a, struct json *obj)
{
	struct json *status = json_new_object(a);
	return json_set(a, obj, "status", status) == ERR_OK ? status : NULL;
}

int prepare_phase(struct arena *a, struct json *obj, const char *phase)
{
	struct json *status = fresh_status(a, obj);
	return status == NULL ? ERR_NOMEM : json_set_str(a, status, "phase", strv_of(phase));
}

__extension__ typedef unsigned __int128 u128;
#define LARGEST (~(u128)0 / 1024) /* sums of as many do not wrap */

struct qos {
	u128 requests[2], limits[2]; /* cpu, memory: sums */
	bool all_limited;            /* every container limits both */
	bool has_requests[2], has_limits[2];
};

/* 0 unless there and above zero. */
static u128 positive(const struct json *amounts, const char *name)
{
	struct amount v;
	if (measure(json_get(amounts, name), &v) != ERR_OK || measure_sign(&v) <= 0) {
		return 0;
	}
	return v.nano < LARGEST ? v.nano : LARGEST;
}

static void qos_add(struct qos *q, const struct json *resources)
{
	static const char *const names[] = { "cpu", "memory" };
	const struct json *requests = json_get(resources, "requests");
	const struct json *limits = json_get(resources, "limits");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		u128 limit = positive(limits, names[i]);
		/* a limit without a request is the request too: defaulting may come later */
		u128 request = json_get(requests, names[i]) == NULL ? limit
								    : positive(requests, names[i]);
		q->requests[i] += request;
		q->limits[i] += limit;
		q->has_requests[i] |= request > 0;
		q->has_limits[i] |= limit > 0;
		q->all_limited &= limit > 0;
	}
}

static const char *qos_class(const struct json *spec)
{
	struct qos q = { .all_limited = true };
	static const char *const lists[] = { "containers", "initContainers" };
	if (json_get(spec, "resources") != NULL) { /* of the whole pod */
		qos_add(&q, json_get(spec, "resources"));
	} else {
		for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
			json_each(c, json_get(spec, lists[i])) {
				qos_add(&q, json_get(c, "resources"));
			}
		}
	}
	bool none = !q.has_requests[0] && !q.has_requests[1] && !q.has_limits[0] &&
		    !q.has_limits[1];
	if (none) {
		return "BestEffort";
	}
	bool equal = q.requests[0] == q.limits[0] && q.requests[1] == q.limits[1];
	return q.all_limited && equal ? "Guaranteed" : "Burstable";
}

int prepare_pod_create(struct arena *a, struct json *obj)
{
	struct json *status = fresh_status(a, obj);
	if (status == NULL || json_set_str(a, status, "phase", STRV("Pending")) != ERR_OK) {
		return ERR_NOMEM;
	}
	return json_set_str(a, status, "qosClass", strv_of(qos_class(json_get(obj, "spec"))));
}

int prepare_set_create(struct arena *a, struct json *obj)
{
	struct json *status = fresh_status(a, obj);
	if (status == NULL || json_set_i64(a, status, "replicas", 0) != ERR_OK) {
		return ERR_NOMEM;
	}
	return json_set_i64(a, status, "availableReplicas", 0);
}

int prepare_namespace_label(struct arena *a, struct json *obj)
{
	struct json *meta = json_get(obj, "metadata");
	struct strv name = text_of(meta, "name");
	if (name.n == 0) {
		return ERR_OK; /* generateName: comes again when it is made */
	}
	struct json *labels = json_ensure_object(a, meta, "labels");
	return labels == NULL ? ERR_NOMEM
			      : json_set_str(a, labels, "kubernetes.io/metadata.name", name);
}

int prepare_namespace_create(struct arena *a, struct json *obj)
{
	struct json *spec = json_ensure_object(a, obj, "spec");
	struct json *finalizers = json_ensure_array(a, spec, "finalizers");
	bool found = false;
	json_each(f, finalizers) {
		found |= strv_eq(json_str(f), STRV("kubernetes"));
	}
	int err = finalizers == NULL ? ERR_NOMEM : ERR_OK;
	if (err == ERR_OK && !found) {
		err = json_append(a, finalizers, json_new_str(a, STRV("kubernetes")));
	}
	if (err == ERR_OK) {
		err = prepare_phase(a, obj, "Active");
	}
	return err == ERR_OK ? prepare_namespace_label(a, obj) : err;
}

int prepare_secret(struct arena *a, struct json *obj, const struct json *old)
{
	int err = ERR_OK;
	struct json *plain = json_remove(obj, "stringData");
	struct json *data = NULL;
	if (json_first(plain) != NULL) {
		data = json_ensure_object(a, obj, "data");
		err = data == NULL ? ERR_NOMEM : ERR_OK;
	}
	json_each(m, plain) {
		struct strv text = base64_encode(a, json_str(m));
		if (err == ERR_OK) {
			err = text.p == NULL ? ERR_NOMEM : json_set_str(a, data, json_key(m), text);
		}
	}
	if (err != ERR_OK || text_of(obj, "type").n > 0) {
		return err;
	}
	struct strv type = old == NULL ? STRV("Opaque") : text_of(old, "type");
	return json_set_str(a, obj, "type", type);
}
