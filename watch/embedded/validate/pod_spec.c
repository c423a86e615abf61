/* A pod's spec, alone or in a template. Source: Kubernetes API reference, PodSpec and
 * PodTemplateSpec. Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

static void names_validate(
	struct status *s, const struct path *p, const struct json *spec, bool skip_host_names)
{
	static const struct {
		const char *key;
		name_rule_fn rule;
		bool host_name;
	} rows[] = {
		{ "serviceAccountName", name_subdomain, false },
		{ "nodeName", name_subdomain, false },
		{ "hostname", name_label, true },
		{ "subdomain", name_label, true },
		{ "priorityClassName", name_subdomain, false },
		{ "runtimeClassName", name_subdomain, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strv v = text_of(spec, rows[i].key);
		if (v.n > 0 && !(rows[i].host_name && skip_host_names)) {
			(void)check_name(s, AT(p, rows[i].key), v, rows[i].rule); /* told */
		}
	}
}

static void secrets_validate(struct status *s, const struct path *p, const struct json *secrets)
{
	size_t i = 0;
	json_each(v, secrets) {
		(void)check_required(s, AT_INDEX(p, i++), v, "name"); /* told */
	}
}

/* readinessGates[].conditionType and schedulingGates[].name */
static void gates_validate(
	struct status *s, const struct path *p, const struct json *gates, const char *key)
{
	size_t i = 0;
	json_each(g, gates) {
		const struct path *at = AT_INDEX(p, i++);
		const struct path *named = strcmp(key, "name") == 0 ? at : AT(at, key);
		(void)check_name(s, named, text_of(g, key), name_label_key); /* told */
		json_each(before, gates) {
			if (before == g) {
				break;
			}
			if (strv_eq(text_of(before, key), text_of(g, key))) {
				fault_duplicate(s, AT(at, key), text_of(g, key));
				break;
			}
		}
	}
}

static void host_aliases_validate(
	struct status *s, const struct path *p, const struct json *aliases)
{
	size_t i = 0;
	json_each(a, aliases) {
		const struct path *at = AT_INDEX(p, i++);
		(void)check_name(s, AT(at, "ip"), text_of(a, "ip"), name_ip); /* told */
		size_t j = 0;
		json_each(h, json_get(a, "hostnames")) {
			(void)check_name(s, AT_INDEX(AT(at, "hostnames"), j++), json_str(h),
				name_subdomain); /* told */
		}
	}
}

/* In the host's network a container port is a port of the host. */
static void host_network_validate(struct status *s, const struct path *p, const struct json *spec)
{
	if (!json_bool(json_get(spec, "hostNetwork"), false)) {
		return;
	}
	size_t i = 0;
	json_each(c, json_get(spec, "containers")) {
		const struct path *at = AT(AT_INDEX(AT(p, "containers"), i++), "ports");
		size_t j = 0;
		json_each(port, json_get(c, "ports")) {
			int64_t host = json_i64_or(json_get(port, "hostPort"), 0);
			if (host != 0 && host != json_i64_or(json_get(port, "containerPort"), 0)) {
				fault_invalid_i64(s, AT(AT_INDEX(at, j), "containerPort"),
					json_i64_or(json_get(port, "containerPort"), 0),
					"must match `hostPort` when `hostNetwork` is true");
			}
			j++;
		}
	}
}

void pod_spec_validate(struct status *s, const struct path *p, const struct json *spec,
	const struct pod_place *place)
{
	volumes_validate(s, AT(p, "volumes"), json_get(spec, "volumes"));
	containers_validate(s, p, spec, place);
	host_network_validate(s, p, spec);
	check_enum(s, p, spec, "restartPolicy", "Always|OnFailure|Never", true);
	labels_validate(s, AT(p, "nodeSelector"), json_get(spec, "nodeSelector"));
	pod_security_validate(s, AT(p, "securityContext"), json_get(spec, "securityContext"));
	secrets_validate(s, AT(p, "imagePullSecrets"), json_get(spec, "imagePullSecrets"));
	affinity_validate(s, AT(p, "affinity"), json_get(spec, "affinity"));
	pod_dns_validate(s, p, spec);
	gates_validate(
		s, AT(p, "readinessGates"), json_get(spec, "readinessGates"), "conditionType");
	gates_validate(s, AT(p, "schedulingGates"), json_get(spec, "schedulingGates"), "name");
	spread_validate(
		s, AT(p, "topologySpreadConstraints"), json_get(spec, "topologySpreadConstraints"));
	names_validate(s, p, spec, place->skip_host_names);
	if (has(spec, "activeDeadlineSeconds")) {
		check_range(s, p, spec, "activeDeadlineSeconds", 1, INT32_MAX);
	}
	tolerations_validate(s, AT(p, "tolerations"), json_get(spec, "tolerations"));
	host_aliases_validate(s, AT(p, "hostAliases"), json_get(spec, "hostAliases"));
	check_enum(s, p, spec, "preemptionPolicy", "Never|PreemptLowerPriority", false);
	const struct json *os = json_get(spec, "os");
	if (os != NULL) {
		check_enum(s, AT(p, "os"), os, "name", "linux|windows", true);
	}
}

void pod_template_validate(struct status *s, const struct path *p, const struct json *template,
	const struct pod_place *place)
{
	const struct json *meta = json_get(template, "metadata");
	const struct json *spec = json_get(template, "spec");
	labels_validate(s, AT(p, "labels"), json_get(meta, "labels"));
	annotations_validate(s, AT(p, "annotations"), json_get(meta, "annotations"));
	pod_spec_validate(s, AT(p, "spec"), spec, place);
	if (json_count(json_get(spec, "ephemeralContainers")) > 0) {
		fault_forbidden(s, AT(AT(p, "spec"), "ephemeralContainers"),
			"ephemeral containers not allowed in pod template");
	}
}
