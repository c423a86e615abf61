/* Services: the two ways to name cluster addresses kept in step, and what was allocated kept on
 * update.
 * Source: Kubernetes "Service", KEP-563 (clusterIP and clusterIPs), KEP on allocation at update.
 * See prepare.h. */
#include "base/err.h"
#include "watch/embedded/validate/prepare.h"

static bool has_addresses(const struct json *spec)
{
	return !text_is(spec, "type", "ExternalName");
}

static int one_address(struct arena *a, struct json *spec, struct strv ip)
{
	struct json *list = json_new_array(a);
	if (json_append(a, list, json_new_str(a, ip)) != ERR_OK) {
		return ERR_NOMEM;
	}
	return json_set(a, spec, "clusterIPs", list);
}

/* A new Service: the old form fills the new one. */
static int create_addresses(struct arena *a, struct json *spec)
{
	struct strv ip = text_of(spec, "clusterIP");
	if (ip.n > 0 && json_count(json_get(spec, "clusterIPs")) == 0) {
		return one_address(a, spec, ip);
	}
	return ERR_OK;
}

/* An old client changes clusterIP and knows no clusterIPs: what it did not touch follows what it
 * did. */
static int update_addresses(struct arena *a, struct json *spec, const struct json *old)
{
	struct strv was = text_of(old, "clusterIP");
	struct strv is = text_of(spec, "clusterIP");
	const struct json *list = json_get(spec, "clusterIPs");
	if (strv_eq(is, was)) {
		return json_count(list) == 0 && is.n > 0 ? prepare_take(a, spec, old, "clusterIPs")
							 : ERR_OK;
	}
	if (!same(list, json_get(old, "clusterIPs")) && json_count(list) > 0) {
		return ERR_OK; /* both were changed: validation compares them */
	}
	if (is.n == 0) {
		(void)json_remove(spec, "clusterIPs"); /* may be absent */
		return ERR_OK;
	}
	return one_address(a, spec, is);
}

/* A PUT without clusterIP keeps it, unless the type gives it up. */
static int keep_address(struct arena *a, struct json *spec, const struct json *old)
{
	if (!has_addresses(spec) || !has_addresses(old)) {
		return ERR_OK;
	}
	static const char *const members[] = { "clusterIP", "clusterIPs" };
	int err = ERR_OK;
	bool none = text_of(spec, "clusterIP").n == 0 &&
		    json_count(json_get(spec, "clusterIPs")) == 0;
	for (size_t i = 0; i < ARRAY_LEN(members) && none && err == ERR_OK; i++) {
		err = prepare_take(a, spec, old, members[i]);
	}
	static const char *const lists[] = { "ipFamilies", "ipFamilyPolicy" };
	for (size_t i = 0; i < ARRAY_LEN(lists) && err == ERR_OK; i++) {
		if (!has(spec, lists[i])) {
			err = prepare_take(a, spec, old, lists[i]);
		}
	}
	return err;
}

/* Ports of the same number and protocol keep their node port. */
static int keep_node_ports(struct arena *a, struct json *spec, const struct json *old)
{
	static const char types[] = "NodePort|LoadBalancer";
	if (!value_listed(text_of(spec, "type"), types) ||
		!value_listed(text_of(old, "type"), types)) {
		return ERR_OK;
	}
	json_each(port, json_get(spec, "ports")) {
		json_each(was, json_get(old, "ports")) {
			bool match = json_i64_or(json_get(port, "port"), 0) ==
					     json_i64_or(json_get(was, "port"), 0) &&
				     strv_eq(text_of(port, "protocol"), text_of(was, "protocol"));
			if (match && json_i64_or(json_get(port, "nodePort"), 0) == 0 &&
				prepare_take(a, port, was, "nodePort") != ERR_OK) {
				return ERR_NOMEM;
			}
		}
	}
	return ERR_OK;
}

int prepare_service(struct arena *a, struct json *obj, const struct json *old)
{
	struct json *spec = json_ensure_object(a, obj, "spec");
	if (spec == NULL) {
		return ERR_NOMEM;
	}
	if (old == NULL) {
		struct json *status = json_new_object(a);
		if (json_set(a, status, "loadBalancer", json_new_object(a)) != ERR_OK ||
			json_set(a, obj, "status", status) != ERR_OK) {
			return ERR_NOMEM;
		}
		return create_addresses(a, spec);
	}
	const struct json *old_spec = json_get(old, "spec");
	int err = ERR_OK;
	/* the type alone was changed to ExternalName: the address goes with it */
	if (!has_addresses(spec) && has_addresses(old_spec) &&
		strv_eq(text_of(spec, "clusterIP"), text_of(old_spec, "clusterIP"))) {
		static const char *const members[] = { "clusterIP", "clusterIPs", "ipFamilies",
			"ipFamilyPolicy" };
		for (size_t i = 0; i < ARRAY_LEN(members); i++) {
			(void)json_remove(spec, members[i]); /* may be absent */
		}
		return ERR_OK;
	}
	err = keep_address(a, spec, old_spec);
	if (err == ERR_OK && has_addresses(spec)) {
		err = update_addresses(a, spec, old_spec);
	}
	return err == ERR_OK ? keep_node_ports(a, spec, old_spec) : err;
}
