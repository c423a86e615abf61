/* Bodies of EndpointSlices. Pure. Regime: values in the body's arena. Called by: slices.c. */
#include "statefulset/companion/slices.h"

#define SERVICE_NAME "kubernetes.io/service-name"
#define HEADLESS     "service.kubernetes.io/headless"
#define TRIGGER      "endpoints.kubernetes.io/last-change-trigger-time"

/* Port of that name and protocol in the containers, then in the sidecars; 0: none. */
static int32_t named_port(const struct pod *pod, struct strv name, enum protocol protocol)
{
	for (int init = 0; init < 2; init++) {
		for (size_t i = 0; i < pod->n_containers; i++) {
			const struct pod_container *c = &pod->containers[i];
			if (c->init != (init == 1) || (c->init && !c->restartable)) {
				continue;
			}
			for (size_t p = 0; p < c->n_ports; p++) {
				if (strv_eq(c->ports[p].name, name) &&
					c->ports[p].protocol == protocol) {
					return c->ports[p].number;
				}
			}
		}
	}
	return 0;
}

bool slices_resolve_port(
	const struct service_port *port, const struct pod *pod, struct slice_port *out)
{
	int32_t number = port->target.name.n > 0
				 ? named_port(pod, port->target.name, port->protocol)
				 : port->target.number;
	*out = (struct slice_port){ .name = port->name,
		.port = number,
		.protocol = port->protocol,
		.app_protocol = port->app_protocol };
	return number > 0;
}

uint64_t slices_ports_hash(const struct service *service, const struct pod *pod)
{
	struct slice_port p;
	uint64_t h = 1; /* 0 is what an empty slice says */
	for (size_t i = 0; i < service->n_ports; i++) {
		if (!slices_resolve_port(&service->ports[i], pod, &p)) {
			continue;
		}
		h = strv_hash(p.name, h);
		h = strv_hash(p.app_protocol, h);
		h = (h ^ (uint64_t)(uint32_t)p.port ^ ((uint64_t)p.protocol << 32)) *
		    UINT64_C(0x9e3779b97f4a7c15);
	}
	return h;
}

bool slices_takes(const struct object *service, const struct object *pod, enum ip_family family)
{
	const struct pod *p = pod->as.pod;
	const struct service *s = service->as.service;
	if (p->terminal || !strv_eq(pod->meta.ns, service->meta.ns)) {
		return false;
	}
	for (size_t i = 0; i < s->selector.n; i++) {
		const struct strv *v = labels_get(&pod->meta.labels, s->selector.at[i].key);
		if (!v || !strv_eq(*v, s->selector.at[i].value)) {
			return false;
		}
	}
	for (size_t i = 0; i < p->n_ips; i++) {
		if (p->ips[i].family == family) {
			return true;
		}
	}
	return false;
}

void slices_put_endpoint(struct body *b, struct json *endpoints, const struct object *service,
	const struct object *pod, enum ip_family family, struct strv zone)
{
	const struct pod *p = pod->as.pod;
	bool terminating = pod->meta.deletion_ms.set;
	struct json *e = body_push_object(b, endpoints);
	struct json *addresses = body_put_array(b, e, "addresses");
	for (size_t i = 0; i < p->n_ips; i++) {
		if (p->ips[i].family == family) {
			char text[IP_TEXT_CHARS + 1];
			size_t n = ip_print(&p->ips[i], text);
			body_push_str(b, addresses, (struct strv){ text, n });
		}
	}
	struct json *c = body_put_object(b, e, "conditions");
	bool publish = service->as.service->publish_not_ready;
	body_put_bool(b, c, "ready", publish || (p->ready && !terminating));
	body_put_bool(b, c, "serving", p->ready);
	body_put_bool(b, c, "terminating", terminating);
	if (p->hostname.n > 0 && strv_eq(p->subdomain, service->meta.name)) {
		body_put_str(b, e, "hostname", p->hostname);
	}
	struct json *t = body_put_object(b, e, "targetRef");
	body_put_text(b, t, "kind", "Pod");
	body_put_str(b, t, "namespace", pod->meta.ns);
	body_put_str(b, t, "name", pod->meta.name);
	body_put_str(b, t, "uid", pod->meta.uid);
	if (p->node_name.n > 0) {
		body_put_str(b, e, "nodeName", p->node_name);
	}
	if (zone.n > 0) {
		body_put_str(b, e, "zone", zone);
	}
}

static void put_meta(struct body *b, struct json *slice, const struct object *service,
	struct strv name, int64_t trigger_ms)
{
	struct json *meta = body_put_object(b, slice, "metadata");
	body_put_str(b, meta, "name", name);
	body_put_str(b, meta, "generateName",
		arena_printf(&b->arena, "%.*s-", STRV_ARG(service->meta.name)));
	body_put_str(b, meta, "namespace", service->meta.ns);
	struct json *labels = body_put_object(b, meta, "labels");
	for (size_t i = 0; i < service->meta.labels.n && !b->err; i++) {
		b->err = json_set_strv(&b->arena, labels, service->meta.labels.at[i].key,
			json_new_str(&b->arena, service->meta.labels.at[i].value));
	}
	body_put_str(b, labels, SERVICE_NAME, service->meta.name);
	body_put_text(b, labels, SLICES_MANAGED_BY, SLICES_CONTROLLER);
	if (service->as.service->n_cluster_ips == 0) {
		body_put_text(b, labels, HEADLESS, "");
	}
	if (trigger_ms > 0) {
		body_put_time(b, body_put_object(b, meta, "annotations"), TRIGGER, trigger_ms);
	}
	struct json *owners = body_put_array(b, meta, "ownerReferences");
	struct json *o = body_push_object(b, owners);
	body_put_text(b, o, "apiVersion", "v1");
	body_put_text(b, o, "kind", "Service");
	body_put_str(b, o, "name", service->meta.name);
	body_put_str(b, o, "uid", service->meta.uid);
	body_put_bool(b, o, "controller", true);
	body_put_bool(b, o, "blockOwnerDeletion", true);
}

static void put_ports(
	struct body *b, struct json *slice, const struct service *service, const struct pod *pod)
{
	struct slice_port port;
	struct json *list = body_put_array(b, slice, "ports");
	for (size_t i = 0; pod && i < service->n_ports; i++) {
		if (!slices_resolve_port(&service->ports[i], pod, &port)) {
			continue;
		}
		struct json *p = body_push_object(b, list);
		body_put_str(b, p, "name", port.name);
		body_put_i64(b, p, "port", port.port);
		body_put_text(b, p, "protocol", protocol_name(port.protocol));
		if (port.app_protocol.n > 0) {
			body_put_str(b, p, "appProtocol", port.app_protocol);
		}
	}
}

struct json *slices_body(struct body *b, const struct object *service, struct strv name,
	enum ip_family family, const struct pod *pod, int64_t trigger_ms,
	struct json **out_endpoints)
{
	struct json *slice = body_object(b);
	body_put_text(b, slice, "apiVersion", "discovery.k8s.io/v1");
	body_put_text(b, slice, "kind", "EndpointSlice");
	put_meta(b, slice, service, name, trigger_ms);
	body_put_text(b, slice, "addressType", family == IP_V4 ? "IPv4" : "IPv6");
	*out_endpoints = body_put_array(b, slice, "endpoints");
	put_ports(b, slice, service->as.service, pod);
	return slice;
}
