/* resources of a container: known names, amounts not negative, requests within limits.
 * Source: Kubernetes "Resource Management for Pods and Containers". Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/measure.h"
#include "watch/embedded/validate/rules.h"

bool check_amount(struct status *s, const struct path *at, const struct json *value, bool positive)
{
	struct amount v;
	if (measure(value, &v) != ERR_OK) {
		fault_invalid(s, at, value, AMOUNT_SYNTAX);
		return false;
	}
	if (measure_sign(&v) < 0 || (positive && measure_sign(&v) == 0)) {
		fault_invalid(s, at, value,
			positive ? "must be greater than zero"
				 : "must be greater than or equal to 0");
		return false;
	}
	return true;
}

/* Not shared in time: a request must equal its limit, and only whole numbers exist. */
static bool is_extended(struct strv name)
{
	return (memchr(name.p, '/', name.n) != NULL &&
		       !strv_has_prefix(name, STRV("kubernetes.io/"))) ||
	       strv_has_prefix(name, STRV("hugepages-"));
}

static bool resource_name_validate(struct status *s, const struct path *at, struct strv name)
{
	if (!check_name(s, at, name, name_label_key)) {
		return false;
	}
	if (memchr(name.p, '/', name.n) == NULL &&
		!value_listed(name, "cpu|memory|ephemeral-storage") &&
		!strv_has_prefix(name, STRV("hugepages-"))) {
		fault_invalid_str(s, at, name, "must be a standard resource for containers");
		return false;
	}
	return true;
}

static void amounts_validate(struct status *s, const struct path *p, const struct json *amounts)
{
	json_each(m, amounts) {
		struct strv name = strv_of(json_key(m));
		const struct path *at = AT_KEY(p, name);
		struct amount v;
		if (resource_name_validate(s, at, name) && check_amount(s, at, m, false) &&
			is_extended(name) && !strv_has_prefix(name, STRV("hugepages-")) &&
			measure(m, &v) == ERR_OK && !measure_is_whole(&v)) {
			fault_invalid(s, at, m, "must be an integer");
		}
	}
}

static void request_within_limit(struct status *s, const struct path *p, const struct json *request,
	const struct json *limit)
{
	struct amount want;
	struct amount most;
	if (measure(request, &want) != ERR_OK || measure(limit, &most) != ERR_OK) {
		return; /* told already */
	}
	bool equal = is_extended(strv_of(json_key(request)));
	int cmp = amount_cmp(&want, &most);
	if (cmp <= 0 && !(equal && cmp != 0)) {
		return;
	}
	struct strv shown = json_is_string(limit) ? json_str(limit) : json_text(s->arena, limit);
	fault_printf(s, CAUSE_INVALID, p, request, "must be %s %s limit of %.*s",
		equal ? "equal to" : "less than or equal to", json_key(request), STRV_ARG(shown));
}

void resources_validate(struct status *s, const struct path *p, const struct json *resources)
{
	const struct json *limits = json_get(resources, "limits");
	const struct json *requests = json_get(resources, "requests");
	amounts_validate(s, AT(p, "limits"), limits);
	amounts_validate(s, AT(p, "requests"), requests);
	json_each(m, requests) {
		struct strv name = strv_of(json_key(m));
		const struct json *limit = json_get_strv(limits, name);
		if (limit != NULL) {
			request_within_limit(s, AT(p, "requests"), m, limit);
		} else if (is_extended(name)) {
			fault_required(s, AT(p, "limits"),
				"Limit must be set for non overcommitable resources");
		}
	}
}
