/* What a pod asks of name resolution: dnsPolicy, dnsConfig, hostAliases, hostname and subdomain
 * are in pod_spec.c.
 * Source: Kubernetes "DNS for Services and Pods". Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

#define NAMESERVERS_MAX 3
#define SEARCHES_MAX    32
#define SEARCH_CHARS    2048

static size_t name_search(struct strv s, const char *out[NAME_COMPLAINTS])
{
	if (strv_eq(s, STRV("."))) {
		return 0;
	}
	if (s.n > 0 && s.p[s.n - 1] == '.') {
		s.n--;
	}
	char plain[254]; /* underscores are fine in searches: taken as letters */
	if (s.n >= sizeof(plain)) {
		return name_subdomain(s, out);
	}
	for (size_t i = 0; i < s.n; i++) {
		plain[i] = s.p[i] == '_' ? 'x' : s.p[i];
	}
	return name_subdomain((struct strv){ plain, s.n }, out);
}

static void searches_validate(struct status *s, const struct path *p, const struct json *searches)
{
	size_t chars = 0;
	size_t i = 0;
	if (json_count(searches) > SEARCHES_MAX) {
		fault_printf(s, CAUSE_INVALID, p, searches,
			"must not have more than %d search paths", SEARCHES_MAX);
	}
	json_each(v, searches) {
		chars += json_str(v).n + (i > 0);
		(void)check_name(s, AT_INDEX(p, i), json_str(v), name_search); /* told */
		i++;
	}
	if (chars > SEARCH_CHARS) {
		fault_printf(s, CAUSE_INVALID, p, searches,
			"must not have more than %d characters (including spaces) in the search "
			"list",
			SEARCH_CHARS);
	}
}

void pod_dns_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *config = json_get(spec, "dnsConfig");
	const struct json *servers = json_get(config, "nameservers");
	const struct path *at = AT(p, "dnsConfig");
	check_enum(
		s, p, spec, "dnsPolicy", "ClusterFirstWithHostNet|ClusterFirst|Default|None", true);
	if (text_is(spec, "dnsPolicy", "None")) {
		if (config == NULL) {
			fault_required(s, at, "must provide `dnsConfig` when `dnsPolicy` is None");
			return;
		}
		if (json_count(servers) == 0) {
			fault_required(s, AT(at, "nameservers"),
				"must provide at least one DNS nameserver when `dnsPolicy` is "
				"None");
		}
	}
	if (json_count(servers) > NAMESERVERS_MAX) {
		fault_printf(s, CAUSE_INVALID, AT(at, "nameservers"), servers,
			"must not have more than %d nameservers", NAMESERVERS_MAX);
	}
	size_t i = 0;
	json_each(v, servers) {
		(void)check_name(
			s, AT_INDEX(AT(at, "nameservers"), i++), json_str(v), name_ip); /* told */
	}
	searches_validate(s, AT(at, "searches"), json_get(config, "searches"));
	i = 0;
	json_each(o, json_get(config, "options")) {
		if (text_of(o, "name").n == 0) {
			fault_required(s, AT_INDEX(AT(at, "options"), i), "must not be empty");
		}
		i++;
	}
}
