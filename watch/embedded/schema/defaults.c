/* Fills in what the writer of an object left out: first the tables' own fallbacks, then, or before where order
 * matters, the rules that look at more than one field.
 * Source: defaulting of Kubernetes 1.37 as observed, API reference.
 * Regime: new values live in the caller's arena. What admission adds (service account, tolerations, priority, cluster
 * addresses) is not here. Called by: the write path, after schema_check. */
#include "watch/embedded/schema/schema.h"

#include "base/err.h"
#include "watch/embedded/schema/tables.h"

/* Absent, or empty text where that says the same. */
static bool is_blank(const struct json *v)
{
	return !v || json_is_null(v) || (json_is_string(v) && json_str(v).n == 0);
}

static int set_blank(struct arena *a, struct json *object, const char *key, struct strv text)
{
	return is_blank(json_get(object, key)) ? json_set_str(a, object, key, text) : ERR_OK;
}

/* Runs fn on every object of the list at key. */
static int each_object(struct arena *a, const struct json *parent, const char *key,
	int (*fn)(struct arena *a, struct json *item))
{
	for (struct json *item = json_first(json_get(parent, key)); item; item = json_next(item)) {
		int err = json_is_object(item) ? fn(a, item) : ERR_OK;
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* ---- what the tables say ---- */

static int fill(struct arena *a, const struct schema_type *t, struct json *object);

static int fill_below(struct arena *a, const struct schema_field *f, struct json *v)
{
	if (f->container == SCHEMA_ONE) {
		return json_is_object(v) ? fill(a, f->type, v) : ERR_OK;
	}
	for (struct json *item = json_first(v); item; item = json_next(item)) {
		int err = json_is_object(item) ? fill(a, f->type, item) : ERR_OK;
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static int fill(struct arena *a, const struct schema_type *t, struct json *object)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct schema_field *f = &t->fields[i];
		if (!f->fallback && f->shape != SCHEMA_OBJECT) {
			continue;
		}
		struct json *v = json_get(object, f->name);
		if (f->fallback && (!v || json_is_null(v) || (f->omit_zero && is_blank(v)))) {
			int err = json_parse(a, strv_of(f->fallback), &v, NULL);
			if (err == ERR_OK) {
				err = json_set(a, object, f->name, v);
			}
			if (err != ERR_OK) {
				return err;
			}
		}
		int err = v && f->shape == SCHEMA_OBJECT ? fill_below(a, f, v) : ERR_OK;
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* ---- pods ---- */

/* "Always" for tag latest, which is also what no tag and no digest mean; else "IfNotPresent". */
static struct strv pull_policy(struct strv image)
{
	struct strv name = image;
	bool digest = strv_cut(&image, '@', &name) && image.p;
	struct strv rest = name;
	struct strv last = name;
	while (strv_cut(&rest, '/', &last)) {
		/* last: the part behind the final slash */
	}
	struct strv tag = last;
	(void)strv_cut(&tag, ':', &last); /* tag is what follows; no colon leaves it empty */
	bool latest = tag.p ? strv_eq(tag, STRV("latest")) : !digest && name.n > 0;
	return latest ? STRV("Always") : STRV("IfNotPresent");
}

static int default_container(struct arena *a, struct json *c)
{
	return set_blank(a, c, "imagePullPolicy", pull_policy(json_str(json_get(c, "image"))));
}

/* A volume without any source is an empty directory. */
static int default_volume(struct arena *a, struct json *v)
{
	size_t named = json_get(v, "name") ? 1 : 0;
	if (json_count(v) == named && !json_ensure_object(a, v, "emptyDir")) {
		return ERR_NOMEM;
	}
	struct json *image = json_get(v, "image");
	if (!json_is_object(image)) {
		return ERR_OK;
	}
	struct strv policy = pull_policy(json_str(json_get(image, "reference")));
	return set_blank(a, image, "pullPolicy", policy);
}

/* serviceAccount is the old name of serviceAccountName; the server keeps both. */
static int mirror_service_account(struct arena *a, struct json *spec)
{
	struct strv now = json_str(json_get(spec, "serviceAccountName"));
	struct strv old = json_str(json_get(spec, "serviceAccount"));
	if (now.n > 0) {
		return strv_eq(now, old) ? ERR_OK : json_set_str(a, spec, "serviceAccount", now);
	}
	return old.n > 0 ? json_set_str(a, spec, "serviceAccountName", old) : ERR_OK;
}

/* For pods and for templates of pods. */
static int default_pod_spec(struct arena *a, struct json *spec)
{
	static const char *const lists[] = { "containers", "initContainers",
		"ephemeralContainers" };
	if (!json_is_object(spec)) {
		return ERR_OK;
	}
	int err = each_object(a, spec, "volumes", default_volume);
	for (size_t i = 0; err == ERR_OK && i < ARRAY_LEN(lists); i++) {
		err = each_object(a, spec, lists[i], default_container);
	}
	return err != ERR_OK ? err : mirror_service_account(a, spec);
}

/* What is limited but not requested is requested up to its limit. */
static int default_requests(struct arena *a, struct json *container)
{
	struct json *resources = json_get(container, "resources");
	const struct json *limits = json_get(resources, "limits");
	if (json_count(limits) == 0) {
		return ERR_OK;
	}
	struct json *requests = json_ensure_object(a, resources, "requests");
	if (!requests) {
		return ERR_NOMEM;
	}
	for (struct json *limit = json_first(limits); limit; limit = json_next(limit)) {
		const char *key = json_key(limit);
		int err = json_get(requests, key) ? ERR_OK
						  : json_set(a, requests, key, json_copy(a, limit));
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static int default_host_port(struct arena *a, struct json *port)
{
	const struct json *number = json_get(port, "containerPort");
	if (!json_is_integer(number) || json_i64_or(json_get(port, "hostPort"), 0) != 0) {
		return ERR_OK;
	}
	return json_set(a, port, "hostPort", json_copy(a, number));
}

static int default_host_ports(struct arena *a, struct json *container)
{
	return each_object(a, container, "ports", default_host_port);
}

/* For pods only, not for templates. */
static int default_pod(struct arena *a, struct json *pod)
{
	static const char *const lists[] = { "containers", "initContainers" };
	struct json *spec = json_get(pod, "spec");
	if (!json_is_object(spec)) {
		return ERR_OK;
	}
	bool host = json_bool(json_get(spec, "hostNetwork"), false);
	int err = default_pod_spec(a, spec);
	for (size_t i = 0; err == ERR_OK && i < ARRAY_LEN(lists); i++) {
		err = each_object(a, spec, lists[i], default_requests);
		if (err == ERR_OK && host) {
			err = each_object(a, spec, lists[i], default_host_ports);
		}
	}
	if (err == ERR_OK && !json_get(spec, "enableServiceLinks")) {
		err = json_set_bool(a, spec, "enableServiceLinks", true);
	}
	return err;
}

/* ---- StatefulSet ---- */

static int default_claim_template(struct arena *a, struct json *claim)
{
	int err = set_blank(a, claim, "apiVersion", STRV("v1"));
	return err != ERR_OK ? err : set_blank(a, claim, "kind", STRV("PersistentVolumeClaim"));
}

/* Before the table is applied: rollingUpdate is made only where no type was given. */
static int default_stateful_set(struct arena *a, struct json *set)
{
	struct json *spec = json_get(set, "spec");
	if (!json_is_object(spec)) {
		return ERR_OK;
	}
	struct json *strategy = json_get(spec, "updateStrategy");
	if ((!strategy || json_is_object(strategy)) && is_blank(json_get(strategy, "type"))) {
		strategy = json_ensure_object(a, spec, "updateStrategy");
		if (!strategy || !json_ensure_object(a, strategy, "rollingUpdate")) {
			return ERR_NOMEM;
		}
	}
	int err = each_object(a, spec, "volumeClaimTemplates", default_claim_template);
	return err != ERR_OK ? err : default_pod_spec(a, json_dig(spec, "template.spec"));
}

/* ---- Service ---- */

static int default_service_port(struct arena *a, struct json *port)
{
	const struct json *target = json_get(port, "targetPort");
	const struct json *number = json_get(port, "port");
	bool open = is_blank(target) || (json_is_integer(target) && json_number(target) == 0);
	if (!open || !json_is_integer(number)) {
		return ERR_OK;
	}
	return json_set(a, port, "targetPort", json_copy(a, number));
}

static int default_ingress(struct arena *a, struct json *ingress)
{
	if (is_blank(json_get(ingress, "ip"))) {
		return ERR_OK;
	}
	return set_blank(a, ingress, "ipMode", STRV("VIP"));
}

/* Three hours, when clients are to be sent where they were sent before; no settings otherwise. */
static int default_affinity(struct arena *a, struct json *spec)
{
	struct strv affinity = json_str(json_get(spec, "sessionAffinity"));
	if (strv_eq(affinity, STRV("None"))) {
		(void)json_remove(spec, "sessionAffinityConfig");
		return ERR_OK;
	}
	if (!strv_eq(affinity, STRV("ClientIP"))) {
		return ERR_OK;
	}
	struct json *config = json_ensure_object(a, spec, "sessionAffinityConfig");
	struct json *client = config ? json_ensure_object(a, config, "clientIP") : NULL;
	if (!client) {
		return ERR_NOMEM;
	}
	return json_get(client, "timeoutSeconds")
		       ? ERR_OK
		       : json_set_i64(a, client, "timeoutSeconds", 10800);
}

static int default_traffic(struct arena *a, struct json *spec)
{
	struct strv type = json_str(json_get(spec, "type"));
	bool balanced = strv_eq(type, STRV("LoadBalancer"));
	bool cluster = strv_eq(type, STRV("ClusterIP"));
	bool outside = balanced || strv_eq(type, STRV("NodePort")) ||
		       (cluster && json_count(json_get(spec, "externalIPs")) > 0);
	int err = ERR_OK;
	if (outside) {
		err = set_blank(a, spec, "externalTrafficPolicy", STRV("Cluster"));
	}
	if (err == ERR_OK && (outside || cluster)) {
		err = set_blank(a, spec, "internalTrafficPolicy", STRV("Cluster"));
	}
	if (err == ERR_OK && balanced && !json_get(spec, "allocateLoadBalancerNodePorts")) {
		err = json_set_bool(a, spec, "allocateLoadBalancerNodePorts", true);
	}
	return err;
}

/* After the table: type and sessionAffinity are known. */
static int default_service(struct arena *a, struct json *service)
{
	struct json *spec = json_get(service, "spec");
	if (!json_is_object(spec)) {
		return ERR_OK;
	}
	int err = each_object(a, spec, "ports", default_service_port);
	if (err == ERR_OK) {
		err = default_affinity(a, spec);
	}
	if (err == ERR_OK) {
		err = default_traffic(a, spec);
	}
	const struct json *balancer = json_dig(service, "status.loadBalancer");
	return err != ERR_OK ? err : each_object(a, balancer, "ingress", default_ingress);
}

/* ---- others ---- */

/* Every Namespace can be selected by its name. */
static int default_namespace(struct arena *a, struct json *ns)
{
	struct json *meta = json_get(ns, "metadata");
	struct strv name = json_str(json_get(meta, "name"));
	if (name.n == 0) {
		return ERR_OK;
	}
	struct json *labels = json_ensure_object(a, meta, "labels");
	return !labels ? ERR_NOMEM : json_set_str(a, labels, "kubernetes.io/metadata.name", name);
}

static int default_node(struct arena *a, struct json *node)
{
	struct json *status = json_get(node, "status");
	const struct json *capacity = json_get(status, "capacity");
	if (!capacity || json_get(status, "allocatable")) {
		return ERR_OK;
	}
	return json_set(a, status, "allocatable", json_copy(a, capacity));
}

/* Both may be NULL: the table says it all. */
static const struct {
	int (*before)(struct arena *a, struct json *object);
	int (*after)(struct arena *a, struct json *object);
} rules[KIND_COUNT] = {
	[KIND_NAMESPACE] = { .after = default_namespace },
	[KIND_NODE] = { .after = default_node },
	[KIND_POD] = { .before = default_pod },
	[KIND_STATEFULSET] = { .before = default_stateful_set },
	[KIND_SERVICE] = { .after = default_service },
};

int schema_default(struct arena *a, enum kind k, struct json *object)
{
	REQUIRE(k >= 0 && k < KIND_COUNT);
	int err = rules[k].before ? rules[k].before(a, object) : ERR_OK;
	if (err == ERR_OK) {
		err = fill(a, schema_of(k), object);
	}
	return err == ERR_OK && rules[k].after ? rules[k].after(a, object) : err;
}
