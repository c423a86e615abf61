/* Pods of StatefulSets: see the header. */
#include "dns/kube/replicas.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct replica_port {
	uint64_t name; /* part_port_hash */
	uint16_t number;
};

struct replica_traits {
	const uint64_t *labels; /* part_label_hash of each */
	size_t n_labels;
	const struct replica_port *ports; /* of the containers, then of the sidecars */
	size_t n_ports;
	struct strv hostname;
};

static void wake(struct replicas *rs, struct replica *r)
{
	if (!r->resting) {
		return;
	}
	*r->link = r->next;
	if (r->next) {
		r->next->link = r->link;
	} else {
		rs->newest = r->link;
	}
	r->next = NULL;
	r->resting = false;
	rs->n_resting--;
}

/* Those that have rested longest make room. */
static void rest(struct replicas *rs, struct replica *r)
{
	if (!r->gone || r->mentions > 0 || r->resting) {
		return;
	}
	r->link = rs->newest ? rs->newest : &rs->oldest;
	r->next = NULL;
	*r->link = r;
	rs->newest = &r->next;
	r->resting = true;
	if (++rs->n_resting > REPLICAS_RESTING_MAX) {
		replicas_remove(rs, rs->oldest);
	}
}

void replicas_mention(struct replicas *rs, struct replica *r)
{
	wake(rs, r);
	r->mentions++;
}

void replicas_unmention(struct replicas *rs, struct replica *r)
{
	r->mentions--;
	rest(rs, r);
}

/* uthash's macros are long, and the analyser does not follow its list.
 * NOLINTBEGIN(readability-function-size,clang-analyzer-unix.Malloc) */

struct replica *replicas_find(const struct replicas *rs, uint64_t uid)
{
	struct replica *r = NULL;
	if (uid != 0 && rs->head) {
		HASH_FIND(hh, rs->head, &uid, sizeof(uid), r);
	}
	return r;
}

struct replica *replicas_add(struct replicas *rs, uint64_t uid)
{
	struct replica *r = calloc(1, sizeof(*r));
	if (!r) {
		return NULL;
	}
	r->uid = uid;
	r->gone = true;
	HASH_ADD(hh, rs->head, uid, sizeof(r->uid), r);
	if (!hash_is_in(r)) {
		free(r);
		return NULL;
	}
	return r;
}

void replicas_remove(struct replicas *rs, struct replica *r)
{
	REQUIRE(!r->governing);
	wake(rs, r);
	HASH_DEL(rs->head, r);
	free(r->traits);
	free(r);
}

void replicas_deinit(struct replicas *rs)
{
	struct replica *r;
	struct replica *next;
	HASH_ITER(hh, rs->head, r, next) {
		HASH_DEL(rs->head, r);
		free(r->traits);
		free(r);
	}
}
/* NOLINTEND(readability-function-size,clang-analyzer-unix.Malloc) */

/* Those of the containers (init false), or of the sidecars, go behind the n that are there. */
static size_t put_ports(struct replica_port *to, size_t n, const struct pod *p, bool init)
{
	for (size_t i = 0; i < p->n_containers; i++) {
		const struct pod_container *c = &p->containers[i];
		bool counts = c->init == init && (!init || c->restartable);
		for (size_t k = 0; counts && k < c->n_ports; k++) {
			const struct container_port *port = &c->ports[k];
			to[n].name = part_port_hash(port->name, port->protocol);
			to[n].number = (uint16_t)port->number;
			n += port->name.n > 0;
		}
	}
	return n;
}

static struct replica_traits *traits_new(const struct object *o)
{
	const struct pod *p = o->as.pod;
	size_t n_ports = 0;
	for (size_t i = 0; i < p->n_containers; i++) {
		n_ports += p->containers[i].n_ports;
	}
	struct replica_traits *t = calloc(1, sizeof(*t) + o->meta.labels.n * sizeof(uint64_t) +
						     n_ports * sizeof(struct replica_port) +
						     p->hostname.n);
	if (!t) {
		return NULL;
	}
	uint64_t *labels = (uint64_t *)(t + 1);
	struct replica_port *ports = (struct replica_port *)(labels + o->meta.labels.n);
	char *hostname = (char *)(ports + n_ports);
	for (size_t i = 0; i < o->meta.labels.n; i++) {
		labels[i] = part_label_hash(o->meta.labels.at[i].key, o->meta.labels.at[i].value);
	}
	t->labels = labels;
	t->n_labels = o->meta.labels.n;
	t->ports = ports;
	t->n_ports = put_ports(ports, put_ports(ports, 0, p, false), p, true);
	if (p->hostname.n > 0) {
		memcpy(hostname, p->hostname.p, p->hostname.n);
	}
	t->hostname = (struct strv){ .p = hostname, .n = p->hostname.n };
	return t;
}

int replicas_set(struct replicas *rs, struct replica *r, const struct object *pod)
{
	const struct pod *p = pod->as.pod;
	struct replica_traits *t = traits_new(pod);
	if (!t) {
		return ERR_NOMEM;
	}
	wake(rs, r);
	free(r->traits);
	r->traits = t;
	r->version = pod->meta.resource_version;
	r->gone = false;
	r->ready = p->ready;
	r->terminating = pod->meta.deletion_ms.set;
	r->terminal = p->terminal;
	r->has[0] = r->has[1] = false;
	for (size_t i = 0; i < p->n_ips; i++) {
		unsigned f = p->ips[i].family == IP_V4 ? 0 : 1;
		if (!r->has[f]) { /* the API has at most one of a family */
			r->has[f] = true;
			memcpy(r->address[f], p->ips[i].bytes, sizeof(r->address[f]));
		}
	}
	return ERR_OK;
}

void replicas_set_gone(struct replicas *rs, struct replica *r)
{
	REQUIRE(!r->governing);
	free(r->traits);
	r->traits = NULL;
	r->gone = true;
	rest(rs, r);
}

static bool is_later(uint64_t version, uint64_t than)
{
	return version != 0 && than != 0 && version > than;
}

/* By the Pod's own state, as the EndpointSlice controller judges it. */
static bool is_ready(const struct replica *r, const struct service_part *service)
{
	return (service && service->publish) || (r->ready && !r->terminating);
}

const uint8_t *replica_resolve(const struct replica *r, const struct service_part *service,
	const struct slice_part *slice, const struct part_endpoint *e)
{
	const uint8_t *as_told = e->ready ? part_address(slice, e) : NULL;
	unsigned family = part_family(slice);
	if (!r) {
		return as_told;
	}
	if (r->gone || r->terminal || (r->terminating && !is_ready(r, service))) {
		return NULL;
	}
	uint64_t since = slice->version > e->age ? slice->version - e->age : 1;
	if (slice->version != 0 && is_later(since, r->version)) {
		return as_told;
	}
	return r->has[family] && is_ready(r, service) ? r->address[family] : NULL;
}

static bool is_selected(const struct replica_traits *t, const struct service_part *service)
{
	size_t met = 0;
	for (size_t i = 0; i < service->n_selector; i++) {
		size_t k = 0;
		while (k < t->n_labels && t->labels[k] != service->selector[i]) {
			k++;
		}
		met += k < t->n_labels;
	}
	return service->n_selector > 0 && met == service->n_selector;
}

bool replica_is_early(const struct replica *r, const struct service_part *service, unsigned family)
{
	return service && !r->gone && !r->terminal && r->has[family] && is_ready(r, service) &&
	       (family == 0 ? service->takes_v4 : service->takes_v6) &&
	       !is_later(r->dropped, r->version) && r->traits->hostname.n > 0 &&
	       is_selected(r->traits, service);
}

/* Number of the port on the Pod, 0: it has none of that name. */
static uint16_t target_number(const struct replica_traits *t, const struct part_target *target)
{
	size_t i = 0;
	if (target->name == 0) {
		return target->number;
	}
	while (i < t->n_ports && t->ports[i].name != target->name) {
		i++;
	}
	return i < t->n_ports ? t->ports[i].number : 0;
}

struct slice_part *replica_slice(
	const struct replica *r, const struct service_part *service, unsigned family)
{
	struct ip ip = { .family = family == 0 ? IP_V4 : IP_V6 };
	struct slice_endpoint endpoint = {
		.ips = &ip,
		.n_ips = 1,
		.hostname = r->traits->hostname,
	};
	struct slice_port *ports = calloc(service->n_targets + 1, sizeof(*ports));
	if (!ports) {
		return NULL;
	}
	memcpy(ip.bytes, r->address[family], sizeof(ip.bytes));
	size_t n = 0;
	for (size_t i = 0; i < service->n_targets; i++) {
		ports[n].name = service->ports[i].name;
		ports[n].protocol = (enum protocol)service->ports[i].protocol;
		ports[n].port = target_number(r->traits, &service->targets[i]);
		n += ports[n].port > 0; /* one that the Pod has not is left out */
	}
	struct endpointslice slice = {
		.family = family == 0 ? SLICE_V4 : SLICE_V6,
		.endpoints = &endpoint,
		.n_endpoints = 1,
		.ports = ports,
		.n_ports = n,
	};
	struct slice_part *part = slice_part_new(STRV_NONE, &slice, &(struct slice_keep){ 0 });
	free(ports);
	return part;
}
