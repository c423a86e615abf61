/* Services get their addresses, address families and node ports here, and keep them over updates
 * that leave them out. Source: Kubernetes Service API ("clusterIPs", "ipFamilies",
 * "ipFamilyPolicy"); one IPv4 range, so Services with a cluster address are IPv4 single stack;
 * headless ones take any families they name. Regime: the request's arena. Called by: admit.c.
 * Nothing is taken here: write_commit.c accounts for what was stored. */
#include "base/err.h"
#include "watch/embedded/admit.h"
#include "watch/embedded/embedded_internal.h"

#define MAX_PORTS 512 /* of one Service that node ports are chosen for */

struct job {
	struct embedded *e;
	struct arena *a;
	struct json *spec;
	const struct json *old; /* spec before, NULL if new */
	struct status *s;
};

static void check(struct job *j, int r)
{
	if (r != ERR_OK) {
		status_no_memory(j->s);
	}
}

static struct strv text_of(const struct json *spec, const char *key)
{
	return json_str(json_get(spec, key));
}

static void set_text(struct job *j, const char *key, struct strv v)
{
	check(j, json_set_str(j->a, j->spec, key, v));
}

/* [v]: clusterIPs, ipFamilies */
static void set_single(struct job *j, const char *key, struct strv v)
{
	struct json *list = json_new_array(j->a);
	check(j, json_append(j->a, list, json_new_str(j->a, v)));
	check(j, json_set(j->a, j->spec, key, list));
}

static bool type_is(const struct json *spec, const char *type)
{
	return strv_eq(text_of(spec, "type"), strv_of(type));
}

static bool has_node_ports(const struct json *spec)
{
	return type_is(spec, "NodePort") || type_is(spec, "LoadBalancer");
}

static void inherit(struct job *j, const char *key)
{
	const struct json *v = json_get(j->old, key);
	if (v != NULL && json_count(json_get(j->spec, key)) == 0 && text_of(j->spec, key).n == 0) {
		check(j, json_set(j->a, j->spec, key, json_copy(j->a, v)));
	}
}

/* clusterIP and clusterIPs[0] say the same; the one that was changed or given leads. */
static void agree_addresses(struct job *j)
{
	struct strv one = text_of(j->spec, "clusterIP");
	struct strv first = json_str(json_at(json_get(j->spec, "clusterIPs"), 0));
	if (one.n == 0 && first.n > 0) {
		set_text(j, "clusterIP", first);
	} else if (one.n > 0 && !strv_eq(one, first)) {
		bool list_is_old = json_equal(
			json_get(j->old, "clusterIPs"), json_get(j->spec, "clusterIPs"));
		if (first.n == 0 || list_is_old) {
			set_single(j, "clusterIPs", one);
		}
	}
}

static void choose_families(struct job *j, bool headless)
{
	bool selectorless = json_count(json_get(j->spec, "selector")) == 0;
	bool given = json_count(json_get(j->spec, "ipFamilies")) > 0;
	struct strv policy = text_of(j->spec, "ipFamilyPolicy");
	bool dual = headless && selectorless && policy.n == 0 && !given;
	if (policy.n == 0) {
		bool two = json_count(json_get(j->spec, "ipFamilies")) > 1;
		set_text(j, "ipFamilyPolicy",
			dual || two ? STRV("RequireDualStack") : STRV("SingleStack"));
	}
	if (given) {
		return;
	}
	set_single(j, "ipFamilies", STRV("IPv4"));
	if (dual || (headless && strv_eq(policy, STRV("RequireDualStack")))) {
		check(j, json_append(j->a, json_get(j->spec, "ipFamilies"),
				 json_new_str(j->a, STRV("IPv6"))));
	}
}

static void refuse_address(struct job *j, struct strv ip, int why)
{
	const struct json *shown = json_get(j->spec, "clusterIPs");
	if (why == ERR_EXISTS) {
		status_cause_add(j->s, CAUSE_INVALID, STRV("spec.clusterIPs"), shown,
			"failed to allocate IP %.*s: provided IP is already allocated",
			STRV_ARG(ip));
	} else if (why == ERR_RANGE) {
		status_cause_add(j->s, CAUSE_INVALID, STRV("spec.clusterIPs"), shown,
			"failed to allocate IP %.*s: the provided network does not match the "
			"current range",
			STRV_ARG(ip));
	}
	/* no address at all: validation says so in its own words */
}

/* The families of a Service with an address of its own must be this cluster's. */
static void check_families(struct job *j)
{
	struct strv family = json_str(json_at(json_get(j->spec, "ipFamilies"), 0));
	if (strv_eq(family, STRV("IPv6"))) {
		status_cause_add(j->s, CAUSE_INVALID, STRV("spec.ipFamilies[0]"),
			json_at(json_get(j->spec, "ipFamilies"), 0),
			"not configured on this cluster");
	} else if (strv_eq(text_of(j->spec, "ipFamilyPolicy"), STRV("RequireDualStack"))) {
		status_cause_add(j->s, CAUSE_INVALID, STRV("spec.ipFamilyPolicy"),
			json_get(j->spec, "ipFamilyPolicy"),
			"this cluster is not configured for dual-stack services");
	}
}

static void choose_address(struct job *j)
{
	struct strv ip = text_of(j->spec, "clusterIP");
	if (ip.n > 0) {
		if (strv_eq(ip, text_of(j->old, "clusterIP"))) {
			return;
		}
		int r = service_pool_check(&j->e->pool, ip);
		if (r != ERR_OK) {
			refuse_address(j, ip, r);
		}
		return;
	}
	char text[SERVICE_IP_CHARS + 1];
	if (service_pool_choose(&j->e->pool, text) != ERR_OK) {
		status_internal(j->s, "failed to allocate a serviceIP: range is full");
		return;
	}
	set_text(j, "clusterIP", strv_of(text));
	set_single(j, "clusterIPs", strv_of(text));
}

/* The node port that the same port had before. */
static int64_t port_before(const struct job *j, const struct json *port)
{
	json_each(old, json_get(j->old, "ports")) {
		if (json_equal(json_get(old, "port"), json_get(port, "port")) &&
			json_equal(json_get(old, "protocol"), json_get(port, "protocol"))) {
			return json_i64_or(json_get(old, "nodePort"), 0);
		}
	}
	return 0;
}

static bool had_port(const struct job *j, int64_t number)
{
	json_each(old, json_get(j->old, "ports")) {
		if (json_i64_or(json_get(old, "nodePort"), 0) == number) {
			return true;
		}
	}
	return false;
}

static void check_node_port(struct job *j, const struct json *port, size_t i, int64_t number)
{
	struct strv field = arena_printf(j->a, "spec.ports[%zu].nodePort", i);
	if (number < NODE_PORT_MIN || number > NODE_PORT_MAX) {
		status_cause_add(j->s, CAUSE_INVALID, field, json_get(port, "nodePort"),
			"provided port is not in the valid range. The range of valid ports is "
			"%d-%d",
			NODE_PORT_MIN, NODE_PORT_MAX);
	} else if (node_port_is_taken(&j->e->pool, number) && !had_port(j, number)) {
		status_cause_add(j->s, CAUSE_INVALID, field, json_get(port, "nodePort"),
			"provided port is already allocated");
	}
}

static void choose_node_ports(struct job *j)
{
	int64_t mine[MAX_PORTS];
	size_t n = 0, i = 0;
	json_each(given, json_get(j->spec, "ports")) {
		int64_t number = json_i64_or(json_get(given, "nodePort"), 0);
		number = number != 0 ? number : port_before(j, given);
		if (n < MAX_PORTS && number != 0) {
			mine[n++] = number;
		}
	}
	json_each(port, json_get(j->spec, "ports")) {
		int64_t number = json_i64_or(json_get(port, "nodePort"), 0);
		if (number != 0) {
			check_node_port(j, port, i++, number);
			continue;
		}
		i++;
		number = port_before(j, port);
		if (number == 0 && node_port_choose(&j->e->pool, mine, n, &number) != ERR_OK) {
			status_internal(j->s, "failed to allocate a nodePort: range is full");
			return;
		}
		if (n < MAX_PORTS) {
			mine[n++] = number;
		}
		check(j, json_set_i64(j->a, port, "nodePort", number));
	}
}

/* A type that has no node ports gives those of its former life back. */
static void drop_node_ports(struct job *j)
{
	json_each(port, json_get(j->spec, "ports")) {
		int64_t number = json_i64_or(json_get(port, "nodePort"), 0);
		if (number != 0 && had_port(j, number)) {
			(void)json_remove(port, "nodePort");
		}
	}
}

/* Members that the new type has no use for go with the old type, unless they were changed as well:
 * then they are meant, and validation's to refuse. */
static void drop_unchanged(struct job *j, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (json_equal(json_get(j->spec, keys[i]), json_get(j->old, keys[i]))) {
			(void)json_remove(j->spec, keys[i]);
		}
	}
}

static void leave_type(struct job *j)
{
	static const char *const inner[] = { "clusterIP", "clusterIPs", "ipFamilies",
		"ipFamilyPolicy", "internalTrafficPolicy" };
	static const char *const outer[] = { "externalTrafficPolicy", "healthCheckNodePort" };
	static const char *const balancer[] = { "allocateLoadBalancerNodePorts",
		"loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges" };
	if (j->old == NULL) {
		return;
	}
	if (type_is(j->spec, "ExternalName") && !type_is(j->old, "ExternalName")) {
		drop_unchanged(j, inner, ARRAY_LEN(inner));
	}
	if (!has_node_ports(j->spec) && has_node_ports(j->old)) {
		drop_unchanged(j, outer, ARRAY_LEN(outer));
		drop_node_ports(j);
	}
	if (!type_is(j->spec, "LoadBalancer") && type_is(j->old, "LoadBalancer")) {
		drop_unchanged(j, balancer, ARRAY_LEN(balancer));
	}
}

void admit_service(struct embedded *e, struct arena *a, struct json *obj, const struct json *before,
	struct status *s)
{
	struct job j = { .e = e,
		.a = a,
		.spec = json_ensure_object(a, obj, "spec"),
		.old = json_get(before, "spec"),
		.s = s };
	if (j.spec == NULL) {
		status_no_memory(s);
		return;
	}
	leave_type(&j);
	if (type_is(j.spec, "ExternalName")) {
		return;
	}
	if (j.old != NULL && !type_is(j.old, "ExternalName")) {
		inherit(&j, "clusterIP");
		inherit(&j, "clusterIPs");
		inherit(&j, "ipFamilies");
		inherit(&j, "ipFamilyPolicy");
	}
	agree_addresses(&j);
	bool headless = strv_eq(text_of(j.spec, "clusterIP"), STRV("None"));
	choose_families(&j, headless);
	if (!headless) {
		check_families(&j);
		choose_address(&j);
	}
	if (has_node_ports(j.spec)) {
		choose_node_ports(&j);
	}
}
