/* Services. Source: Kubernetes "Service", API reference, ServiceSpec. Pure. See rules.h.
 * Whether a clusterIP is free and in range is the allocator's business, not this file's. */
#include "base/err.h"
#include "watch/embedded/validate/rules.h"

#define TYPES "ClusterIP|ExternalName|LoadBalancer|NodePort"

static bool is_headless(const struct json *spec)
{
	return text_is(spec, "clusterIP", "None");
}

static bool wants_cluster_ip(const struct json *spec)
{
	return !text_is(spec, "type", "ExternalName");
}

static void port_validate(
	struct status *s, const struct path *p, const struct json *port, bool needs_name)
{
	struct strv name = text_of(port, "name");
	if (name.n > 0) {
		(void)check_name(s, AT(p, "name"), name, name_label); /* told */
	} else if (needs_name) {
		fault_required(s, AT(p, "name"), "");
	}
	check_port_number(s, AT(p, "port"), json_i64_or(json_get(port, "port"), 0));
	check_enum(s, p, port, "protocol", "SCTP|TCP|UDP", true);
	const struct json *target = json_get(port, "targetPort");
	if (target != NULL) {
		check_port_or_name(s, AT(p, "targetPort"), target);
	}
	struct strv app = text_of(port, "appProtocol");
	if (app.n > 0) {
		(void)check_name(s, AT(p, "appProtocol"), app, name_label_key); /* told */
	}
}

static bool same_number(const struct json *a, const struct json *b, const char *key)
{
	int64_t n = json_i64_or(json_get(a, key), 0);
	return n != 0 && n == json_i64_or(json_get(b, key), 0) &&
	       strv_eq(text_of(a, "protocol"), text_of(b, "protocol"));
}

/* Names, (protocol, port) and (protocol, nodePort) are unique. */
static void port_repeats(
	struct status *s, const struct path *p, const struct json *ports, const struct json *port)
{
	bool name = false;
	bool number = false;
	bool node = false;
	json_each(before, ports) {
		if (before == port) {
			break;
		}
		name |= text_of(port, "name").n > 0 &&
			strv_eq(text_of(port, "name"), text_of(before, "name"));
		number |= same_number(port, before, "port");
		node |= same_number(port, before, "nodePort");
	}
	if (name) {
		fault_duplicate(s, AT(p, "name"), text_of(port, "name"));
	}
	if (number) {
		struct json *shown = json_new_object(s->arena);
		int err = json_set(s->arena, shown, "protocol",
			json_new_str(s->arena, text_of(port, "protocol")));
		if (err == ERR_OK) {
			err = json_set(s->arena, shown, "port",
				json_copy(s->arena, json_get(port, "port")));
		}
		if (err != ERR_OK) {
			status_no_memory(s);
			return;
		}
		fault_printf(s, CAUSE_DUPLICATE, p, shown, "%s", "");
	}
	if (node) {
		fault_printf(s, CAUSE_DUPLICATE, AT(p, "nodePort"), json_get(port, "nodePort"),
			"%s", "");
	}
}

static void ports_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *ports = json_get(spec, "ports");
	size_t count = json_count(ports);
	if (count == 0 && !is_headless(spec) && wants_cluster_ip(spec)) {
		fault_required(s, p, "");
	}
	bool node_ports = value_listed(text_of(spec, "type"), "NodePort|LoadBalancer");
	size_t i = 0;
	json_each(port, ports) {
		const struct path *at = AT_INDEX(p, i++);
		port_validate(s, at, port, count > 1);
		port_repeats(s, at, ports, port);
		int64_t node = json_i64_or(json_get(port, "nodePort"), 0);
		if (node == 0) {
			continue;
		}
		if (!node_ports) {
			fault_printf(s, CAUSE_FORBIDDEN, AT(at, "nodePort"), NULL,
				"may not be used when `type` is '%.*s'",
				STRV_ARG(text_of(spec, "type")));
		} else {
			check_port_number(s, AT(at, "nodePort"), node);
		}
	}
}

static void ip_list_validate(struct status *s, const struct path *p, const struct json *list)
{
	size_t i = 0;
	json_each(v, list) {
		(void)check_name(s, AT_INDEX(p, i++), json_str(v), name_ip); /* told */
	}
}

static void cluster_ips_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *list = json_get(spec, "clusterIPs");
	const struct path *at = AT(p, "clusterIPs");
	struct strv first = json_str(json_first(list));
	struct strv ip = text_of(spec, "clusterIP");
	size_t count = json_count(list);
	if (!wants_cluster_ip(spec)) {
		if (count > 0 || ip.n > 0) {
			fault_forbidden(s, at, "may not be set for ExternalName services");
		}
		return;
	}
	if (count > 2) {
		fault_invalid(s, at, list, "may only hold up to 2 values");
		return;
	}
	if (count > 0 && !strv_eq(ip, first)) {
		fault_invalid(s, at, list, "first value must match `clusterIP`");
	} else if (count == 0 && ip.n > 0 && !is_headless(spec)) {
		(void)check_name(s, AT(p, "clusterIP"), ip, name_ip); /* told */
	}
	size_t i = 0;
	json_each(v, list) {
		bool none = strv_eq(json_str(v), STRV("None"));
		if (none && count > 1) {
			fault_invalid(
				s, AT_INDEX(at, i), v, "'None' must be the first and only value");
		} else if (!none) {
			(void)check_name(s, AT_INDEX(at, i), json_str(v), name_ip); /* told */
		}
		i++;
	}
	struct strv type = text_of(spec, "type");
	if (is_headless(spec) && value_listed(type, "NodePort|LoadBalancer")) {
		struct json *none = json_new_str(s->arena, STRV("None"));
		fault_printf(s, CAUSE_INVALID, AT_INDEX(at, 0), none,
			"may not be set to 'None' for %.*s services", STRV_ARG(type));
	}
}

static void external_name_validate(struct status *s, const struct path *p, const struct json *spec)
{
	struct strv name = text_of(spec, "externalName");
	if (wants_cluster_ip(spec)) {
		return;
	}
	if (name.n > 0 && name.p[name.n - 1] == '.') {
		name.n--; /* absolute names are fine */
	}
	if (name.n == 0) {
		fault_required(s, AT(p, "externalName"), "");
	} else {
		(void)check_name(s, AT(p, "externalName"), name, name_subdomain); /* told */
	}
}

static void families_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *families = json_get(spec, "ipFamilies");
	check_enum(s, p, spec, "ipFamilyPolicy", "PreferDualStack|RequireDualStack|SingleStack",
		false);
	size_t i = 0;
	json_each(f, families) {
		const struct path *at = AT_INDEX(AT(p, "ipFamilies"), i++);
		if (!value_listed(json_str(f), "IPv4|IPv6")) {
			fault_unsupported(s, at, json_str(f), "IPv4|IPv6");
		}
		json_each(before, families) {
			if (before == f) {
				break;
			}
			if (strv_eq(json_str(before), json_str(f))) {
				fault_duplicate(s, at, json_str(f));
			}
		}
	}
	if (json_count(families) > 2) {
		fault_invalid(s, AT(p, "ipFamilies"), families, "may only hold up to 2 values");
	}
}

static void traffic_validate(struct status *s, const struct path *p, const struct json *spec)
{
	struct strv external = text_of(spec, "externalTrafficPolicy");
	bool reachable = value_listed(text_of(spec, "type"), "NodePort|LoadBalancer") ||
			 json_count(json_get(spec, "externalIPs")) > 0;
	if (external.n > 0 && !reachable) {
		fault_invalid_str(s, AT(p, "externalTrafficPolicy"), external,
			"may only be set for externally-accessible services");
	} else {
		check_enum(s, p, spec, "externalTrafficPolicy", "Cluster|Local", false);
	}
	check_enum(s, p, spec, "internalTrafficPolicy", "Cluster|Local", false);
	check_enum(s, p, spec, "sessionAffinity", "ClientIP|None", true);
	const struct json *config = json_get(spec, "sessionAffinityConfig");
	const struct path *at = AT(p, "sessionAffinityConfig");
	if (text_is(spec, "sessionAffinity", "ClientIP")) {
		const struct json *timeout = json_dig(config, "clientIP.timeoutSeconds");
		int64_t v = json_i64_or(timeout, 1);
		if (timeout != NULL && (v <= 0 || v > 86400)) {
			fault_invalid_i64(s, AT(AT(at, "clientIP"), "timeoutSeconds"), v,
				"must be greater than 0 and less than 86400");
		}
	} else if (has(spec, "sessionAffinityConfig")) {
		fault_forbidden(s, at, "must not be set when session affinity is None");
	}
}

/* Once given, the first address stays while the Service has one. */
static void update_validate(
	struct status *s, const struct path *p, const struct json *spec, const struct json *old)
{
	struct strv was = text_of(old, "clusterIP");
	struct strv is = text_of(spec, "clusterIP");
	if (!wants_cluster_ip(spec) || !wants_cluster_ip(old) || was.n == 0 || strv_eq(is, was)) {
		return;
	}
	const struct json *list = json_get(spec, "clusterIPs");
	const struct path *at = AT_INDEX(AT(p, "clusterIPs"), 0);
	if (is.n == 0) {
		fault_invalid(s, at, list, "primary clusterIP can not be unset");
	} else {
		fault_invalid(s, at, list == NULL ? json_get(spec, "clusterIP") : list,
			"may not change once set");
	}
}

void service_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old)
{
	const struct json *spec = json_get(obj, "spec");
	const struct path *p = AT(NULL, "spec");
	if (strcmp(sub, "status") == 0) {
		size_t i = 0;
		json_each(v, json_dig(obj, "status.loadBalancer.ingress")) {
			const struct path *at = AT(AT(NULL, "status"), "loadBalancer");
			struct strv ip = text_of(v, "ip");
			if (ip.n > 0) {
				(void)check_name(s, AT(AT_INDEX(AT(at, "ingress"), i), "ip"), ip,
					name_ip); /* told */
			}
			i++;
		}
		return;
	}
	if (old != NULL) {
		update_validate(s, p, spec, json_get(old, "spec"));
	}
	external_name_validate(s, p, spec);
	ports_validate(s, AT(p, "ports"), spec);
	labels_validate(s, AT(p, "selector"), json_get(spec, "selector"));
	cluster_ips_validate(s, p, spec);
	check_enum(s, p, spec, "type", TYPES, true);
	families_validate(s, p, spec);
	ip_list_validate(s, AT(p, "externalIPs"), json_get(spec, "externalIPs"));
	traffic_validate(s, p, spec);
	if (has(spec, "loadBalancerClass") && !text_is(spec, "type", "LoadBalancer")) {
		fault_forbidden(s, AT(p, "loadBalancerClass"),
			"may only be used when `type` is 'LoadBalancer'");
	}
}
