/* Service and EndpointSlice: JSON to typed form.
 * Source: Kubernetes API, core/v1 Service, discovery.k8s.io/v1 EndpointSlice.
 * Regime: the decoder's scratch. Called by: object.c. */
#include "base/json.h"
#include "watch/object/decode_internal.h"

static void read_target(struct decode *d, const struct json *v, int32_t port, struct port_ref *out)
{
	static const char field[] = "spec.ports[].targetPort";
	if (json_is_string(v)) {
		decode_str(d, v, field, &out->name);
		return;
	}
	decode_i32(d, v, field, &out->number);
	if (out->number == 0) { /* absent: the port itself (API field targetPort) */
		out->number = port;
	}
}

static void read_service_ports(struct decode *d, const struct json *v, struct service *out)
{
	const struct json *list = decode_array(d, v, "spec.ports");
	struct service_port *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	out->ports = at;
	decode_fix(d, &out->ports);
	json_each(e, list) {
		const struct json *o = decode_object(d, e, "spec.ports");
		struct service_port *p = &at[out->n_ports++];
		decode_str(d, json_get(o, "name"), "spec.ports[].name", &p->name);
		decode_i32(d, json_get(o, "port"), "spec.ports[].port", &p->port);
		decode_protocol(d, json_get(o, "protocol"), "spec.ports[].protocol", &p->protocol);
		decode_str(d, json_get(o, "appProtocol"), "spec.ports[].appProtocol",
			&p->app_protocol);
		decode_i32(d, json_get(o, "nodePort"), "spec.ports[].nodePort", &p->node_port);
		read_target(d, json_get(o, "targetPort"), p->port, &p->target);
	}
}

void decode_service_type(struct decode *d, struct strv s, enum service_type *out)
{
	static const struct {
		struct strv text;
		enum service_type type;
	} rows[] = {
		{ { "ClusterIP", 9 }, SERVICE_CLUSTERIP },
		{ { "NodePort", 8 }, SERVICE_NODEPORT },
		{ { "LoadBalancer", 12 }, SERVICE_LOADBALANCER },
		{ { "ExternalName", 12 }, SERVICE_EXTERNALNAME },
	};
	if (s.n == 0) {
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strv_eq(rows[i].text, s)) {
			*out = rows[i].type;
			return;
		}
	}
	decode_fail(d, "spec.type");
}

static void read_cluster_ips(struct decode *d, const struct json *spec, struct service *out)
{
	const struct json *one = json_get(spec, "clusterIP");
	const struct json *list = decode_array(d, json_get(spec, "clusterIPs"), "spec.clusterIPs");
	const struct ip_wish ips = { true, true, json_str(one) };
	if (one && !json_is_null(one) && !json_is_string(one)) {
		decode_fail(d, "spec.clusterIP");
	}
	out->headless = strv_eq(json_str(one), STRV("None")) ||
			strv_eq(json_str(json_first(list)), STRV("None"));
	decode_ips(d, list, NULL, &ips, &out->cluster_ips, &out->n_cluster_ips);
}

static void read_families(struct decode *d, const struct json *v, struct service *out)
{
	const struct json *list = decode_array(d, v, "spec.ipFamilies");
	json_each(e, list) {
		out->family_v4 = out->family_v4 || strv_eq(json_str(e), STRV("IPv4"));
		out->family_v6 = out->family_v6 || strv_eq(json_str(e), STRV("IPv6"));
	}
}

void decode_service(
	struct decode *d, const struct json *tree, const struct meta *m, struct service *out)
{
	(void)m;
	const struct json *spec = decode_object(d, json_get(tree, "spec"), "spec");
	const struct json *type = json_get(spec, "type");
	if (type && !json_is_null(type) && !json_is_string(type)) {
		decode_fail(d, "spec.type");
	}
	decode_service_type(d, json_str(type), &out->type);
	read_cluster_ips(d, spec, out);
	decode_str(d, json_get(spec, "externalName"), "spec.externalName", &out->external_name);
	read_service_ports(d, json_get(spec, "ports"), out);
	decode_labels(d, json_get(spec, "selector"), "spec.selector", &out->selector);
	out->has_selector = out->selector.n > 0;
	decode_bool(d, json_get(spec, "publishNotReadyAddresses"), "spec.publishNotReadyAddresses",
		&out->publish_not_ready);
	read_families(d, json_get(spec, "ipFamilies"), out);
}

/* spec.ips and spec.type of a ServiceImport: "ClusterSetIP" or "Headless" (KEP-1645). */
void decode_import(
	struct decode *d, const struct json *tree, const struct meta *m, struct service *out)
{
	(void)m;
	const struct ip_wish ips = { true, true, STRV_NONE };
	const struct json *spec = decode_object(d, json_get(tree, "spec"), "spec");
	const struct json *type = json_get(spec, "type");
	if (type && !json_is_null(type) && !json_is_string(type)) {
		decode_fail(d, "spec.type");
	}
	out->headless = strv_eq(json_str(type), STRV("Headless"));
	decode_ips(d, decode_array(d, json_get(spec, "ips"), "spec.ips"), NULL, &ips,
		&out->cluster_ips, &out->n_cluster_ips);
	read_service_ports(d, json_get(spec, "ports"), out);
}

static void read_target_ref(struct decode *d, const struct json *v, struct slice_endpoint *out)
{
	const struct json *ref = decode_object(d, v, "endpoints[].targetRef");
	out->is_pod = strv_eq(json_str(json_get(ref, "kind")), STRV("Pod"));
	decode_str(d, json_get(ref, "name"), "endpoints[].targetRef.name", &out->target_name);
	decode_str(d, json_get(ref, "uid"), "endpoints[].targetRef.uid", &out->target_uid);
}

static void read_endpoint(struct decode *d, const struct json *e, enum slice_family family,
	struct slice_endpoint *out)
{
	static const char field[] = "endpoints[].addresses";
	const struct ip_wish ips = { family == SLICE_V4, family == SLICE_V6, STRV_NONE };
	const struct json *o = decode_object(d, e, "endpoints");
	const struct json *conditions = decode_object(
		d, json_get(o, "conditions"), "endpoints[].conditions");
	if (family == SLICE_FQDN) {
		decode_strs(d, json_get(o, "addresses"), NULL, field, &out->names);
	} else {
		decode_ips(d, decode_array(d, json_get(o, "addresses"), field), NULL, &ips,
			&out->ips, &out->n_ips);
	}
	decode_str(d, json_get(o, "hostname"), "endpoints[].hostname", &out->hostname);
	decode_opt_bool(
		d, json_get(conditions, "ready"), "endpoints[].conditions.ready", &out->ready);
	decode_opt_bool(d, json_get(conditions, "serving"), "endpoints[].conditions.serving",
		&out->serving);
	decode_opt_bool(d, json_get(conditions, "terminating"),
		"endpoints[].conditions.terminating", &out->terminating);
	read_target_ref(d, json_get(o, "targetRef"), out);
	decode_str(d, json_get(o, "zone"), "endpoints[].zone", &out->zone);
}

static void read_slice_ports(struct decode *d, const struct json *v, struct endpointslice *out)
{
	const struct json *list = decode_array(d, v, "ports");
	struct slice_port *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	out->ports = at;
	decode_fix(d, &out->ports);
	json_each(e, list) {
		const struct json *o = decode_object(d, e, "ports");
		struct slice_port *p = &at[out->n_ports++];
		decode_str(d, json_get(o, "name"), "ports[].name", &p->name);
		decode_i32(d, json_get(o, "port"), "ports[].port", &p->port);
		decode_protocol(d, json_get(o, "protocol"), "ports[].protocol", &p->protocol);
		decode_str(d, json_get(o, "appProtocol"), "ports[].appProtocol", &p->app_protocol);
	}
}

static struct strv label_of(const struct meta *m, struct strv key)
{
	const struct strv *value = labels_get(&m->labels, key);
	return value ? *value : STRV("");
}

void decode_slice_head(
	struct decode *d, struct strv type, const struct meta *m, struct endpointslice *out)
{
	if (strv_eq(type, STRV("IPv6"))) {
		out->family = SLICE_V6;
	} else if (strv_eq(type, STRV("FQDN"))) {
		out->family = SLICE_FQDN;
	} else if (!strv_eq(type, STRV("IPv4"))) {
		decode_fail(d, "addressType");
	}
	decode_text(d, label_of(m, STRV(SLICE_SERVICE_LABEL)), &out->service);
	decode_text(d, label_of(m, STRV(SLICE_IMPORT_LABEL)), &out->import);
	decode_text(d, label_of(m, STRV(SLICE_CLUSTER_LABEL)), &out->cluster);
}

void decode_slice(
	struct decode *d, const struct json *tree, const struct meta *m, struct endpointslice *out)
{
	const struct json *list = decode_array(d, json_get(tree, "endpoints"), "endpoints");
	decode_slice_head(d, json_str(json_get(tree, "addressType")), m, out);
	struct slice_endpoint *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (at) {
		out->endpoints = at;
		decode_fix(d, &out->endpoints);
		json_each(e, list) {
			read_endpoint(d, e, out->family, &at[out->n_endpoints++]);
		}
	}
	read_slice_ports(d, json_get(tree, "ports"), out);
}
