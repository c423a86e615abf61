/* Where a Service's pods are: EndpointSlices, and the older Endpoints.
 * Source: Kubernetes "EndpointSlices", API reference. Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"
#include "watch/object/typed.h"

#define MAX_ENDPOINTS 1000
#define MAX_ADDRESSES 100
#define MAX_PORTS     20000 /* the documented 100 is a promise, this is what is enforced */
#define MAX_HINTS     8

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != 0) {
			return false;
		}
	}
	return true;
}

/* Addresses that cannot be another machine's. */
static const char *special(const struct ip *ip)
{
	const uint8_t *b = ip->bytes;
	bool v4 = ip->family == IP_V4;
	if (all_zero(b, v4 ? 4 : 16)) {
		return "may not be unspecified (0.0.0.0 or ::)";
	}
	if (v4 ? b[0] == 127 : all_zero(b, 15) && b[15] == 1) {
		return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
	}
	if (v4 ? b[0] == 169 && b[1] == 254 : b[0] == 0xfe && (b[1] & 0xc0) == 0x80) {
		return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
	}
	if (v4 ? b[0] == 224 && b[1] == 0 && b[2] == 0 : b[0] == 0xff && (b[1] & 0x0f) == 2) {
		return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
	}
	return NULL;
}

static void ip_validate(struct status *s, const struct path *at, struct strv text, struct strv type)
{
	struct ip ip;
	if (!check_name(s, at, text, name_ip) || ip_parse(text, &ip) != 0) {
		return;
	}
	if (strv_eq(type, STRV("IPv4")) && ip.family != IP_V4) {
		fault_invalid_str(s, at, text, "must be an IPv4 address");
	} else if (strv_eq(type, STRV("IPv6")) && ip.family != IP_V6) {
		fault_invalid_str(s, at, text, "must be an IPv6 address");
	}
	const char *why = special(&ip);
	if (why != NULL) {
		fault_invalid_str(s, at, text, why);
	}
}

static void addresses_validate(
	struct status *s, const struct path *p, const struct json *list, struct strv type)
{
	size_t count = json_count(list);
	if (count == 0) {
		fault_required(s, p, "must contain at least 1 address");
	} else if (count > MAX_ADDRESSES) {
		fault_too_many(s, p, count, MAX_ADDRESSES);
	}
	size_t i = 0;
	json_each(v, list) {
		const struct path *at = AT_INDEX(p, i++);
		if (value_listed(type, "IPv4|IPv6")) {
			ip_validate(s, at, json_str(v), type);
		} else if (strv_eq(type, STRV("FQDN"))) {
			(void)check_name(s, at, json_str(v), name_fqdn); /* told */
		}
	}
}

static void endpoint_validate(
	struct status *s, const struct path *p, const struct json *e, struct strv type)
{
	addresses_validate(s, AT(p, "addresses"), json_get(e, "addresses"), type);
	if (has(e, "nodeName")) {
		(void)check_name(s, AT(p, "nodeName"), text_of(e, "nodeName"), name_subdomain);
	}
	labels_validate(s, AT(p, "deprecatedTopology"), json_get(e, "deprecatedTopology"));
	if (has(e, "hostname")) {
		(void)check_name(s, AT(p, "hostname"), text_of(e, "hostname"), name_label);
	}
	static const char *const hints[] = { "forZones", "forNodes" };
	for (size_t k = 0; k < ARRAY_LEN(hints); k++) {
		const struct json *list = json_get(json_get(e, "hints"), hints[k]);
		const struct path *at = AT(AT(p, "hints"), hints[k]);
		size_t i = 0;
		if (json_count(list) > MAX_HINTS) {
			fault_too_many(s, at, json_count(list), MAX_HINTS);
		}
		json_each(z, list) {
			(void)check_name(s, AT(AT_INDEX(at, i++), "name"), text_of(z, "name"),
				k == 0 ? name_label_value : name_subdomain); /* told */
		}
	}
}

static void slice_ports_validate(struct status *s, const struct path *p, const struct json *ports)
{
	if (json_count(ports) > MAX_PORTS) {
		fault_too_many(s, p, json_count(ports), MAX_PORTS);
		return;
	}
	size_t i = 0;
	json_each(port, ports) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv name = text_of(port, "name");
		if (name.n > 0) {
			(void)check_name(s, AT(at, "name"), name, name_label); /* told */
		}
		json_each(before, ports) {
			if (before == port) {
				break;
			}
			if (strv_eq(text_of(before, "name"), name)) {
				fault_duplicate(s, AT(at, "name"), name);
				break;
			}
		}
		check_enum(s, at, port, "protocol", "SCTP|TCP|UDP", true);
		if (has(port, "port")) {
			check_port_number(
				s, AT(at, "port"), json_i64_or(json_get(port, "port"), 0));
		}
		struct strv app = text_of(port, "appProtocol");
		if (app.n > 0) {
			(void)check_name(s, AT(at, "appProtocol"), app, name_label_key);
		}
	}
}

void endpointslice_validate(struct status *s, const struct json *obj, const struct json *old)
{
	struct strv type = text_of(obj, "addressType");
	const struct json *endpoints = json_get(obj, "endpoints");
	const struct path *p = AT(NULL, "endpoints");
	check_enum(s, NULL, obj, "addressType", "FQDN|IPv4|IPv6", true);
	if (json_count(endpoints) > MAX_ENDPOINTS) {
		fault_too_many(s, p, json_count(endpoints), MAX_ENDPOINTS);
	} else {
		size_t i = 0;
		json_each(e, endpoints) {
			endpoint_validate(s, AT_INDEX(p, i++), e, type);
		}
	}
	slice_ports_validate(s, AT(NULL, "ports"), json_get(obj, "ports"));
	if (old != NULL) {
		check_immutable(s, AT(NULL, "addressType"), json_get(obj, "addressType"),
			json_get(old, "addressType"));
	}
}

static void subset_addresses_validate(
	struct status *s, const struct path *p, const struct json *list)
{
	size_t i = 0;
	json_each(a, list) {
		const struct path *at = AT_INDEX(p, i++);
		ip_validate(s, AT(at, "ip"), text_of(a, "ip"), STRV_NONE);
		struct strv hostname = text_of(a, "hostname");
		if (hostname.n > 0) {
			(void)check_name(s, AT(at, "hostname"), hostname, name_label); /* told */
		}
		struct strv node = text_of(a, "nodeName");
		if (node.n > 0) {
			(void)check_name(s, AT(at, "nodeName"), node, name_subdomain); /* told */
		}
	}
}

static void subset_ports_validate(struct status *s, const struct path *p, const struct json *ports)
{
	size_t i = 0;
	json_each(port, ports) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv name = text_of(port, "name");
		if (name.n > 0) {
			(void)check_name(s, AT(at, "name"), name, name_label); /* told */
		} else if (json_count(ports) > 1) {
			fault_required(s, AT(at, "name"), "");
		}
		check_port_number(s, AT(at, "port"), json_i64_or(json_get(port, "port"), 0));
		check_enum(s, at, port, "protocol", "SCTP|TCP|UDP", true);
	}
}

void endpoints_validate(struct status *s, const struct json *obj)
{
	size_t i = 0;
	json_each(subset, json_get(obj, "subsets")) {
		const struct path *at = AT_INDEX(AT(NULL, "subsets"), i++);
		const struct json *ready = json_get(subset, "addresses");
		const struct json *others = json_get(subset, "notReadyAddresses");
		if (json_count(ready) + json_count(others) == 0) {
			fault_required(s, at, "must specify `addresses` or `notReadyAddresses`");
		}
		subset_addresses_validate(s, AT(at, "addresses"), ready);
		subset_addresses_validate(s, AT(at, "notReadyAddresses"), others);
		subset_ports_validate(s, AT(at, "ports"), json_get(subset, "ports"));
	}
}
