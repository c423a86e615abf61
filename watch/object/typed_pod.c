/* Pod and Node: JSON to typed form. Source: Kubernetes API, core/v1 Pod, Node.
 * Regime: the decoder's scratch. Called by: object.c. */
#include "base/json.h"
#include "watch/object/decode_internal.h"

static void read_ports(struct decode *d, const struct json *v, struct pod_container *out)
{
	static const char field[] = "spec.containers[].ports";
	const struct json *list = decode_array(d, v, field);
	struct container_port *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	out->ports = at;
	decode_fix(d, &out->ports);
	json_each(e, list) {
		const struct json *o = decode_object(d, e, field);
		struct container_port *p = &at[out->n_ports++];
		decode_str(d, json_get(o, "name"), "spec.containers[].ports[].name", &p->name);
		decode_i32(d, json_get(o, "containerPort"),
			"spec.containers[].ports[].containerPort", &p->number);
		decode_protocol(d, json_get(o, "protocol"), "spec.containers[].ports[].protocol",
			&p->protocol);
	}
}

static void read_container(
	struct decode *d, const struct json *v, bool init, struct pod_container *out)
{
	const struct json *o = decode_object(d, v, "spec.containers");
	struct strv restart = json_str(json_get(o, "restartPolicy"));
	decode_str(d, json_get(o, "name"), "spec.containers[].name", &out->name);
	decode_str(d, json_get(o, "image"), "spec.containers[].image", &out->image);
	read_ports(d, json_get(o, "ports"), out);
	out->init = init;
	out->restartable = init && strv_eq(restart, STRV("Always"));
}

/* Those of spec.containers first: where a port is looked up by name, they are asked first. */
static void read_containers(struct decode *d, const struct json *spec, struct pod *out)
{
	const struct json *main = decode_array(d, json_get(spec, "containers"), "spec.containers");
	const struct json *init = decode_array(
		d, json_get(spec, "initContainers"), "spec.initContainers");
	struct pod_container *at = decode_alloc(
		d, json_count(main) + json_count(init), sizeof(*at));
	if (!at) {
		return;
	}
	out->containers = at;
	decode_fix(d, &out->containers);
	json_each(e, main) {
		read_container(d, e, false, &at[out->n_containers++]);
	}
	json_each(e, init) {
		read_container(d, e, true, &at[out->n_containers++]);
	}
}

static void read_claims(struct decode *d, const struct json *v, struct pod *out)
{
	const struct json *list = decode_array(d, v, "spec.volumes");
	size_t n = 0;
	json_each(e, list) {
		n += json_is_object(json_get(e, "persistentVolumeClaim"));
	}
	struct strv *at = decode_alloc(d, n, sizeof(*at));
	if (!at) {
		return;
	}
	out->claims.at = at;
	decode_fix(d, &out->claims.at);
	json_each(e, list) {
		const struct json *claim = json_get(e, "persistentVolumeClaim");
		if (json_is_object(claim)) {
			decode_str(d, json_get(claim, "claimName"),
				"spec.volumes[].persistentVolumeClaim.claimName",
				&at[out->claims.n++]);
		}
	}
}

static void read_spec(struct decode *d, const struct json *spec, struct pod *out)
{
	decode_str(d, json_get(spec, "nodeName"), "spec.nodeName", &out->node_name);
	decode_str(d, json_get(spec, "hostname"), "spec.hostname", &out->hostname);
	decode_str(d, json_get(spec, "subdomain"), "spec.subdomain", &out->subdomain);
	decode_str(d, json_get(spec, "schedulerName"), "spec.schedulerName", &out->scheduler_name);
	decode_str(d, json_get(spec, "restartPolicy"), "spec.restartPolicy", &out->restart_policy);
	decode_opt_i64(d, json_get(spec, "terminationGracePeriodSeconds"),
		"spec.terminationGracePeriodSeconds", &out->termination_grace_s);
	decode_bool(d, json_get(spec, "hostNetwork"), "spec.hostNetwork", &out->host_network);
	read_containers(d, spec, out);
	read_claims(d, json_get(spec, "volumes"), out);
	decode_strs(d, json_get(spec, "schedulingGates"), "name", "spec.schedulingGates",
		&out->scheduling_gates);
	decode_strs(d, json_get(spec, "readinessGates"), "conditionType", "spec.readinessGates",
		&out->readiness_gates);
}

void decode_pod_verdict(struct pod *out)
{
	out->terminal = strv_eq(out->phase, STRV("Failed")) ||
			strv_eq(out->phase, STRV("Succeeded"));
	for (size_t i = 0; i < out->n_conditions; i++) {
		const struct condition *c = &out->conditions[i];
		if (strv_eq(c->type, STRV("Ready"))) {
			out->ready = strv_eq(c->status, STRV("True"));
			out->ready_ms = c->transition_ms;
		}
	}
}

void decode_pod(struct decode *d, const struct json *tree, const struct meta *m, struct pod *out)
{
	(void)m;
	const struct json *status = decode_object(d, json_get(tree, "status"), "status");
	const struct ip_wish ips = { true, true, json_str(json_get(status, "podIP")) };
	read_spec(d, decode_object(d, json_get(tree, "spec"), "spec"), out);
	decode_str(d, json_get(status, "phase"), "status.phase", &out->phase);
	decode_ips(d, decode_array(d, json_get(status, "podIPs"), "status.podIPs"), "ip", &ips,
		&out->ips, &out->n_ips);
	decode_conditions(d, json_get(status, "conditions"), "status.conditions", &out->conditions,
		&out->n_conditions);
	decode_pod_verdict(out);
}

static void read_internal_ip(struct decode *d, const struct json *v, struct node *out)
{
	const struct json *list = decode_array(d, v, "status.addresses");
	json_each(e, list) {
		if (!out->internal_ip.p &&
			strv_eq(json_str(json_get(e, "type")), STRV("InternalIP"))) {
			decode_str(d, json_get(e, "address"), "status.addresses[].address",
				&out->internal_ip);
		}
	}
}

void decode_node(struct decode *d, const struct json *tree, const struct meta *m, struct node *out)
{
	const struct json *spec = decode_object(d, json_get(tree, "spec"), "spec");
	const struct json *status = decode_object(d, json_get(tree, "status"), "status");
	const struct strv *zone = labels_get(&m->labels, STRV("topology.kubernetes.io/zone"));
	decode_bool(d, json_get(spec, "unschedulable"), "spec.unschedulable", &out->unschedulable);
	json_each(e, json_get(status, "conditions")) {
		if (strv_eq(json_str(json_get(e, "type")), STRV("Ready"))) {
			out->ready = strv_eq(json_str(json_get(e, "status")), STRV("True"));
		}
	}
	if (zone) {
		decode_text(d, *zone, &out->zone);
	}
	read_internal_ip(d, json_get(status, "addresses"), out);
}
