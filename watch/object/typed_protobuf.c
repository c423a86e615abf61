/* Service, EndpointSlice and Pod: protobuf message to typed form. The rules are those of typed_service.c and typed_pod.c.
 * Source: Kubernetes API, core/v1 Service and Pod, discovery.k8s.io/v1 EndpointSlice.
 * Regime: the decoder's scratch. Called by: protobuf.c. */
#include "base/err.h"
#include "watch/object/protobuf_internal.h"

/* The IP literals of the families wished for; others are left out. */
static void read_ips(struct decode *d, size_t n, const ProtobufCBinaryData *list,
	const struct ip_wish *wish, const struct ip **out, size_t *out_n)
{
	struct ip *at = decode_alloc(d, n, sizeof(*at));
	if (!at) {
		return;
	}
	*out = at;
	decode_fix(d, out);
	for (size_t i = 0; i < n; i++) {
		struct ip ip;
		if (ip_parse(pb_strv(&list[i]), &ip) == ERR_OK &&
			(ip.family == IP_V4 ? wish->v4 : wish->v6)) {
			at[(*out_n)++] = ip;
		}
	}
}

/* Service */

static void read_service_ports(struct decode *d, const Kube__ServiceSpec *spec, struct service *out)
{
	struct service_port *at = decode_alloc(d, spec->n_ports, sizeof(*at));
	if (!at) {
		return;
	}
	out->ports = at;
	decode_fix(d, &out->ports);
	for (size_t i = 0; i < spec->n_ports; i++) {
		const Kube__ServicePort *from = spec->ports[i];
		const Kube__IntOrString *target = from->targetport;
		struct service_port *p = &at[out->n_ports++];
		pb_text(d, &from->name, "spec.ports[].name", &p->name);
		p->port = from->port;
		pb_protocol(d, &from->protocol, "spec.ports[].protocol", &p->protocol);
		pb_text(d, &from->appprotocol, "spec.ports[].appProtocol", &p->app_protocol);
		p->node_port = from->nodeport;
		if (target && target->type == 1) {
			pb_text(d, &target->strval, "spec.ports[].targetPort", &p->target.name);
		} else { /* absent: the port itself */
			p->target.number = target && target->intval != 0 ? target->intval : p->port;
		}
	}
}

static void read_families(const Kube__ServiceSpec *spec, struct service *out)
{
	for (size_t i = 0; i < spec->n_ipfamilies; i++) {
		const struct strv s = pb_strv(&spec->ipfamilies[i]);
		out->family_v4 = out->family_v4 || strv_eq(s, STRV("IPv4"));
		out->family_v6 = out->family_v6 || strv_eq(s, STRV("IPv6"));
	}
}

void pb_service(struct decode *d, const void *message, struct object *o)
{
	const Kube__ServiceSpec *spec = ((const Kube__Service *)message)->spec;
	struct service *out = decode_typed(d, sizeof(*out), o);
	if (!out || !spec) {
		return;
	}
	const struct ip_wish both = { true, true, STRV_NONE };
	const struct strv ip = pb_strv(&spec->clusterip);
	const struct strv first = spec->n_clusterips > 0 ? pb_strv(&spec->clusterips[0])
							 : STRV_NONE;
	decode_service_type(d, pb_strv(&spec->type), &out->type);
	out->headless = strv_eq(ip, STRV("None")) || strv_eq(first, STRV("None"));
	read_ips(d, spec->n_clusterips > 0 ? spec->n_clusterips : ip.n > 0,
		spec->n_clusterips > 0 ? spec->clusterips : &spec->clusterip, &both,
		&out->cluster_ips, &out->n_cluster_ips);
	pb_text(d, &spec->externalname, "spec.externalName", &out->external_name);
	read_service_ports(d, spec, out);
	pb_labels(d, spec->n_selector, spec->selector, "spec.selector", &out->selector);
	out->has_selector = out->selector.n > 0;
	out->publish_not_ready = spec->publishnotreadyaddresses;
	read_families(spec, out);
}

/* EndpointSlice */

static struct opt_bool opt_bool(protobuf_c_boolean has, protobuf_c_boolean v)
{
	return (struct opt_bool){ .set = has, .v = has && v };
}

static void read_target_ref(
	struct decode *d, const Kube__ObjectReference *ref, struct slice_endpoint *out)
{
	static const char field[] = "endpoints[].targetRef";
	out->is_pod = strv_eq(pb_strv(&ref->kind), STRV("Pod"));
	pb_text(d, &ref->name, field, &out->target_name);
	pb_text(d, &ref->uid, field, &out->target_uid);
}

static void read_endpoint(struct decode *d, const Kube__Endpoint *e, enum slice_family family,
	struct slice_endpoint *out)
{
	const struct ip_wish ips = { family == SLICE_V4, family == SLICE_V6, STRV_NONE };
	const Kube__EndpointConditions *c = e->conditions;
	if (family == SLICE_FQDN) {
		pb_texts(d, e->n_addresses, e->addresses, "endpoints[].addresses", &out->names);
	} else {
		read_ips(d, e->n_addresses, e->addresses, &ips, &out->ips, &out->n_ips);
	}
	pb_text(d, &e->hostname, "endpoints[].hostname", &out->hostname);
	if (c) {
		out->ready = opt_bool(c->has_ready, c->ready);
		out->serving = opt_bool(c->has_serving, c->serving);
		out->terminating = opt_bool(c->has_terminating, c->terminating);
	}
	if (e->targetref) {
		read_target_ref(d, e->targetref, out);
	}
	pb_text(d, &e->zone, "endpoints[].zone", &out->zone);
}

static void read_slice_ports(
	struct decode *d, const Kube__EndpointSlice *slice, struct endpointslice *out)
{
	struct slice_port *at = decode_alloc(d, slice->n_ports, sizeof(*at));
	if (!at) {
		return;
	}
	out->ports = at;
	decode_fix(d, &out->ports);
	for (size_t i = 0; i < slice->n_ports; i++) {
		const Kube__EndpointPort *from = slice->ports[i];
		struct slice_port *p = &at[out->n_ports++];
		pb_text(d, &from->name, "ports[].name", &p->name);
		p->port = from->port;
		pb_protocol(d, &from->protocol, "ports[].protocol", &p->protocol);
		pb_text(d, &from->appprotocol, "ports[].appProtocol", &p->app_protocol);
	}
}

void pb_slice(struct decode *d, const void *message, struct object *o)
{
	const Kube__EndpointSlice *slice = message;
	struct endpointslice *out = decode_typed(d, sizeof(*out), o);
	if (!out) {
		return;
	}
	decode_slice_head(d, pb_strv(&slice->addresstype), &o->meta, out);
	struct slice_endpoint *at = decode_alloc(d, slice->n_endpoints, sizeof(*at));
	if (at) {
		out->endpoints = at;
		decode_fix(d, &out->endpoints);
		for (size_t i = 0; i < slice->n_endpoints; i++) {
			read_endpoint(d, slice->endpoints[i], out->family, &at[out->n_endpoints++]);
		}
	}
	read_slice_ports(d, slice, out);
}

/* Pod */

static void read_container_ports(
	struct decode *d, const Kube__Container *c, struct pod_container *out)
{
	static const char field[] = "spec.containers[].ports[]";
	struct container_port *at = decode_alloc(d, c->n_ports, sizeof(*at));
	if (!at) {
		return;
	}
	out->ports = at;
	decode_fix(d, &out->ports);
	for (size_t i = 0; i < c->n_ports; i++) {
		struct container_port *p = &at[out->n_ports++];
		pb_text(d, &c->ports[i]->name, field, &p->name);
		p->number = c->ports[i]->containerport;
		pb_protocol(d, &c->ports[i]->protocol, field, &p->protocol);
	}
}

static void read_container(
	struct decode *d, const Kube__Container *c, bool init, struct pod_container *out)
{
	pb_text(d, &c->name, "spec.containers[].name", &out->name);
	pb_text(d, &c->image, "spec.containers[].image", &out->image);
	read_container_ports(d, c, out);
	out->init = init;
	out->restartable = init && strv_eq(pb_strv(&c->restartpolicy), STRV("Always"));
}

static void read_containers(struct decode *d, const Kube__PodSpec *spec, struct pod *out)
{
	struct pod_container *at = decode_alloc(
		d, spec->n_containers + spec->n_initcontainers, sizeof(*at));
	if (!at) {
		return;
	}
	out->containers = at;
	decode_fix(d, &out->containers);
	for (size_t i = 0; i < spec->n_containers; i++) {
		read_container(d, spec->containers[i], false, &at[out->n_containers++]);
	}
	for (size_t i = 0; i < spec->n_initcontainers; i++) {
		read_container(d, spec->initcontainers[i], true, &at[out->n_containers++]);
	}
}

static const Kube__PersistentVolumeClaimVolumeSource *claim_of(const Kube__Volume *v)
{
	return v->volumesource ? v->volumesource->persistentvolumeclaim : NULL;
}

static void read_claims(struct decode *d, const Kube__PodSpec *spec, struct strv_list *out)
{
	size_t n = 0;
	for (size_t i = 0; i < spec->n_volumes; i++) {
		n += claim_of(spec->volumes[i]) != NULL;
	}
	struct strv *at = decode_alloc(d, n, sizeof(*at));
	if (!at) {
		return;
	}
	out->at = at;
	decode_fix(d, &out->at);
	for (size_t i = 0; i < spec->n_volumes; i++) {
		const Kube__PersistentVolumeClaimVolumeSource *claim = claim_of(spec->volumes[i]);
		if (claim) {
			pb_text(d, &claim->claimname,
				"spec.volumes[].persistentVolumeClaim.claimName", &at[out->n++]);
		}
	}
}

static void read_gates(struct decode *d, const Kube__PodSpec *spec, struct pod *out)
{
	struct strv *at = decode_alloc(d, spec->n_schedulinggates, sizeof(*at));
	if (at) {
		out->scheduling_gates.at = at;
		decode_fix(d, &out->scheduling_gates.at);
		for (size_t i = 0; i < spec->n_schedulinggates; i++) {
			pb_text(d, &spec->schedulinggates[i]->name, "spec.schedulingGates",
				&at[out->scheduling_gates.n++]);
		}
	}
	at = decode_alloc(d, spec->n_readinessgates, sizeof(*at));
	if (at) {
		out->readiness_gates.at = at;
		decode_fix(d, &out->readiness_gates.at);
		for (size_t i = 0; i < spec->n_readinessgates; i++) {
			pb_text(d, &spec->readinessgates[i]->conditiontype, "spec.readinessGates",
				&at[out->readiness_gates.n++]);
		}
	}
}

static void read_pod_spec(struct decode *d, const Kube__PodSpec *spec, struct pod *out)
{
	pb_text(d, &spec->nodename, "spec.nodeName", &out->node_name);
	pb_text(d, &spec->hostname, "spec.hostname", &out->hostname);
	pb_text(d, &spec->subdomain, "spec.subdomain", &out->subdomain);
	pb_text(d, &spec->schedulername, "spec.schedulerName", &out->scheduler_name);
	pb_text(d, &spec->restartpolicy, "spec.restartPolicy", &out->restart_policy);
	out->termination_grace_s = (struct opt_i64){ .set = spec->has_terminationgraceperiodseconds,
		.v = spec->terminationgraceperiodseconds };
	out->host_network = spec->hostnetwork;
	read_containers(d, spec, out);
	read_claims(d, spec, &out->claims);
	read_gates(d, spec, out);
}

static void read_conditions(struct decode *d, const Kube__PodStatus *status, struct pod *out)
{
	static const char field[] = "status.conditions";
	struct condition *at = decode_alloc(d, status->n_conditions, sizeof(*at));
	if (!at) {
		return;
	}
	out->conditions = at;
	decode_fix(d, &out->conditions);
	for (size_t i = 0; i < status->n_conditions; i++) {
		const Kube__PodCondition *from = status->conditions[i];
		struct condition *c = &at[out->n_conditions++];
		pb_text(d, &from->type, field, &c->type);
		pb_text(d, &from->status, field, &c->status);
		pb_text(d, &from->reason, field, &c->reason);
		pb_time(d, from->lasttransitiontime, field, &c->transition_ms);
	}
}

static void read_pod_ips(struct decode *d, const Kube__PodStatus *status, struct pod *out)
{
	const struct ip_wish both = { true, true, STRV_NONE };
	if (status->n_podips == 0) {
		read_ips(d, status->podip.len > 0, &status->podip, &both, &out->ips, &out->n_ips);
		return;
	}
	struct ip *at = decode_alloc(d, status->n_podips, sizeof(*at));
	if (!at) {
		return;
	}
	out->ips = at;
	decode_fix(d, &out->ips);
	for (size_t i = 0; i < status->n_podips; i++) {
		if (ip_parse(pb_strv(&status->podips[i]->ip), &at[out->n_ips]) == ERR_OK) {
			out->n_ips++;
		}
	}
}

void pb_pod(struct decode *d, const void *message, struct object *o)
{
	const Kube__Pod *pod = message;
	struct pod *out = decode_typed(d, sizeof(*out), o);
	if (!out) {
		return;
	}
	if (pod->spec) {
		read_pod_spec(d, pod->spec, out);
	}
	if (pod->status) {
		pb_text(d, &pod->status->phase, "status.phase", &out->phase);
		read_pod_ips(d, pod->status, out);
		read_conditions(d, pod->status, out);
	}
	decode_pod_verdict(out);
}
