/* Kinds with few rules: Namespace, Node, Event, Lease, ControllerRevision.
 * Source: Kubernetes API reference. Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/rules.h"

void namespace_validate(struct status *s, const struct json *obj)
{
	size_t i = 0;
	const struct path *p = AT(AT(NULL, "spec"), "finalizers");
	json_each(f, json_dig(obj, "spec.finalizers")) {
		finalizer_validate(s, AT_INDEX(p, i++), json_str(f));
	}
}

static void taints_validate(struct status *s, const struct path *p, const struct json *taints)
{
	size_t i = 0;
	json_each(t, taints) {
		const struct path *at = AT_INDEX(p, i++);
		(void)check_name(s, AT(at, "key"), text_of(t, "key"), name_label_key); /* told */
		if (check_name(s, AT(at, "value"), text_of(t, "value"), name_label_value)) {
			check_enum(
				s, at, t, "effect", "NoExecute|NoSchedule|PreferNoSchedule", true);
		}
		json_each(before, taints) {
			if (before == t) {
				break;
			}
			if (strv_eq(text_of(before, "key"), text_of(t, "key")) &&
				strv_eq(text_of(before, "effect"), text_of(t, "effect"))) {
				fault_printf(s, CAUSE_DUPLICATE, at, t,
					"taints must be unique by key and effect pair");
				break;
			}
		}
	}
}

void node_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old)
{
	const struct json *spec = json_get(obj, "spec");
	const struct json *old_spec = json_get(old, "spec");
	const struct path *p = AT(NULL, "spec");
	if (strcmp(sub, "status") == 0) {
		json_each(m, json_dig(obj, "status.capacity")) {
			const struct path *at = AT(AT(NULL, "status"), "capacity");
			(void)check_amount(s, AT_KEY(at, strv_of(json_key(m))), m, false);
		}
		return;
	}
	taints_validate(s, AT(p, "taints"), json_get(spec, "taints"));
	if (old == NULL) {
		return;
	}
	struct strv was = text_of(old_spec, "providerID");
	if (was.n > 0 && !strv_eq(was, text_of(spec, "providerID"))) {
		fault_forbidden(s, AT(p, "providerID"),
			"node updates may not change providerID except from \"\" to valid");
	}
	static const char *const fixed[] = { "podCIDR", "podCIDRs" };
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (has(old_spec, fixed[i]) &&
			!same(json_get(spec, fixed[i]), json_get(old_spec, fixed[i]))) {
			fault_forbidden(s, AT(p, "podCIDRs"),
				"node updates may not change podCIDR except from \"\" to valid");
			return;
		}
	}
}

static void event_series_validate(struct status *s, const struct json *obj)
{
	static const struct {
		const char *key;
		size_t max;
	} rows[] = { { "reportingInstance", 128 }, { "action", 128 }, { "reason", 128 } };
	struct strv component = text_of(obj, "reportingComponent");
	if (component.n == 0) {
		fault_required(s, AT(NULL, "reportingController"), "");
	} else {
		(void)check_name(
			s, AT(NULL, "reportingController"), component, name_label_key); /* told */
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strv v = text_of(obj, rows[i].key);
		if (v.n == 0) {
			fault_required(s, AT(NULL, rows[i].key), "");
		} else if (v.n > rows[i].max) {
			fault_printf(s, CAUSE_INVALID, AT(NULL, rows[i].key),
				json_get(obj, rows[i].key), "can have at most %zu characters",
				rows[i].max);
		}
	}
	if (text_of(obj, "message").n > 1024) {
		fault_invalid(s, AT(NULL, "message"), json_get(obj, "message"),
			"can have at most 1024 characters");
	}
}

void event_validate(struct status *s, const struct json *obj, const struct json *old)
{
	struct strv ns = text_of(json_get(obj, "metadata"), "namespace");
	struct strv about = text_of(json_get(obj, "involvedObject"), "namespace");
	bool fits = about.n == 0 ? value_listed(ns, "default|kube-system") : strv_eq(about, ns);
	if (!fits) {
		fault_invalid_str(s, AT(AT(NULL, "involvedObject"), "namespace"), about,
			"does not match event.namespace");
	}
	if (old == NULL && text_of(obj, "eventTime").n > 0) {
		event_series_validate(s, obj);
	}
}

void lease_validate(struct status *s, const struct json *obj)
{
	const struct json *spec = json_get(obj, "spec");
	const struct path *p = AT(NULL, "spec");
	const struct json *seconds = json_get(spec, "leaseDurationSeconds");
	if (seconds != NULL && json_i64_or(seconds, 0) <= 0) {
		fault_invalid(s, AT(p, "leaseDurationSeconds"), seconds, "must be greater than 0");
	}
	check_not_negative(s, p, spec, "leaseTransitions");
	if (has(spec, "preferredHolder") && text_of(spec, "strategy").n == 0) {
		fault_forbidden(s, AT(p, "preferredHolder"),
			"may only be specified when `strategy` is defined");
	}
}

void revision_validate(struct status *s, const struct json *obj, const struct json *old)
{
	const struct json *data = json_get(obj, "data");
	const struct path *at = AT(NULL, "data");
	check_not_negative(s, NULL, obj, "revision");
	if (data == NULL || json_is_null(data)) {
		fault_required(s, at, "data is mandatory");
	} else if (!json_is_object(data)) {
		fault_invalid(s, at, data, "must be a JSON object");
	}
	if (old != NULL && !json_equal(data, json_get(old, "data"))) {
		fault_invalid(s, at, data, "field is immutable");
	}
}
