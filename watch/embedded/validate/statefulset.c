/* StatefulSets. Source: Kubernetes API reference, apps/v1 StatefulSet; what is refused, with which
 * cause, at which path: kube-apiserver as observed. Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/rules.h"
#include "watch/object/typed.h"

#define CLAIMS "volumeClaimTemplates"

static void max_unavailable_validate(
	struct status *s, const struct path *p, const struct json *value)
{
	int64_t n = 0;
	if (value == NULL) {
		return;
	}
	if (json_is_string(value)) {
		struct strv text = json_str(value);
		struct strv digits = strv_sub(text, 0, text.n - (text.n > 0));
		bool percent = text.n > 1 && text.p[text.n - 1] == '%' && digits.p[0] != '-' &&
			       strv_to_i64(digits, &n) == ERR_OK;
		if (!percent) {
			fault_invalid(s, p, value,
				"a valid percent string must be a numeric string followed by an "
				"ending '%' (e.g. '1%',  or '93%', regex used for validation is "
				"'[0-9]+%')");
			n = 0;
		} else if (n > 100) {
			fault_invalid(s, p, value, "must not be greater than 100%");
		}
	} else {
		n = json_i64_or(value, 0);
		if (n < 0) {
			fault_invalid(s, p, value, "must be greater than or equal to 0");
		}
	}
	if (n == 0) {
		fault_invalid(s, p, value, "cannot be 0");
	}
}

static void strategy_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *strategy = json_get(spec, "updateStrategy");
	const struct json *rolling = json_get(strategy, "rollingUpdate");
	const struct path *at = AT(p, "updateStrategy");
	struct strv type = text_of(strategy, "type");
	if (type.n == 0) {
		fault_required(s, at, "");
	} else if (strv_eq(type, STRV("OnDelete"))) {
		if (rolling != NULL) {
			fault_invalid(s, AT(at, "rollingUpdate"), rolling,
				"only allowed for updateStrategy 'RollingUpdate'");
		}
	} else if (strv_eq(type, STRV("RollingUpdate"))) {
		const struct path *r = AT(at, "rollingUpdate");
		check_not_negative(s, r, rolling, "partition");
		max_unavailable_validate(
			s, AT(r, "maxUnavailable"), json_get(rolling, "maxUnavailable"));
	} else {
		fault_invalid(s, at, strategy, "must be 'RollingUpdate' or 'OnDelete'");
	}
}

static void retention_validate(struct status *s, const struct path *p, const struct json *policy)
{
	if (policy == NULL) {
		return;
	}
	static const char *const members[] = { "whenDeleted", "whenScaled" };
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct strv v = text_of(policy, members[i]);
		if (!value_listed(v, "Retain|Delete")) {
			fault_unsupported(s, AT(p, members[i]), v, "Retain|Delete");
		}
	}
}

static void templates_validate(struct status *s, const struct path *p, const struct json *list)
{
	size_t i = 0;
	json_each(t, list) {
		claim_spec_validate(s, AT(AT_INDEX(p, i++), "spec"), json_get(t, "spec"));
	}
}

static int labels_of(struct arena *a, const struct json *object, struct labels *out)
{
	size_t n = json_count(object);
	struct label *at = arena_array(a, struct label, n);
	if (at == NULL) {
		return ERR_NOMEM;
	}
	size_t i = 0;
	json_each(m, object) {
		at[i++] = (struct label){ .key = strv_of(json_key(m)), .value = json_str(m) };
	}
	*out = (struct labels){ .at = at, .n = n };
	return ERR_OK;
}

/* A selector that is not there selects nothing, an empty one is complained of elsewhere. */
static void selector_fits_template(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *selector = json_get(spec, "selector");
	const struct json *json_labels = json_dig(spec, "template.metadata.labels");
	struct selector parsed = { 0 };
	struct labels labels = { 0 };
	bool fits = false;
	if (labels_of(s->arena, json_labels, &labels) != ERR_OK) {
		status_no_memory(s);
		return;
	}
	if (json_is_object(selector)) {
		int err = selector_from_json(s->arena, selector, &parsed);
		if (err == ERR_NOMEM) {
			status_no_memory(s);
			return;
		}
		if (err != ERR_OK) { /* why is told by label_selector_validate */
			fault_invalid(s, AT(p, "selector"), selector, "");
			return;
		}
		fits = parsed.n == 0 || selector_matches(&parsed, &labels);
	}
	if (!fits) {
		fault_invalid(s, AT(AT(AT(p, "template"), "metadata"), "labels"),
			shown_collection(s, json_labels),
			"`selector` does not match template `labels`");
	}
}

static void selector_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *selector = json_get(spec, "selector");
	const struct path *at = AT(p, "selector");
	if (!json_is_object(selector)) {
		fault_required(s, at, "");
		return;
	}
	label_selector_validate(s, at, selector);
	if (json_count(json_get(selector, "matchLabels")) +
			json_count(json_get(selector, "matchExpressions")) ==
		0) {
		fault_invalid(s, at, selector, "empty selector is invalid for statefulset");
	}
}

static void template_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *template = json_get(spec, "template");
	const struct json *pod = json_get(template, "spec");
	const struct path *at = AT(p, "template");
	const struct path *in_pod = AT(at, "spec");
	const struct pod_place place = { .claims = json_get(spec, CLAIMS),
		.annotations = json_dig(template, "metadata.annotations"),
		.skip_host_names = true };
	pod_template_validate(s, at, template, &place);
	if (!text_is(pod, "restartPolicy", "Always") && has(pod, "restartPolicy")) {
		fault_unsupported(
			s, AT(in_pod, "restartPolicy"), text_of(pod, "restartPolicy"), "Always");
	}
	if (has(pod, "activeDeadlineSeconds")) {
		fault_forbidden(s, AT(in_pod, "activeDeadlineSeconds"),
			"activeDeadlineSeconds in StatefulSet is not Supported");
	}
}

static void spec_validate(
	struct status *s, const struct path *p, const struct json *spec, const struct json *old)
{
	struct strv policy = text_of(spec, "podManagementPolicy");
	if (policy.n == 0) {
		fault_required(s, AT(p, "podManagementPolicy"), "");
	} else if (!value_listed(policy, "OrderedReady|Parallel")) {
		fault_invalid_str(s, AT(p, "podManagementPolicy"), policy,
			"must be 'OrderedReady' or 'Parallel'");
	}
	strategy_validate(s, p, spec);
	retention_validate(s, AT(p, "persistentVolumeClaimRetentionPolicy"),
		json_get(spec, "persistentVolumeClaimRetentionPolicy"));
	check_not_negative(s, p, spec, "replicas");
	check_not_negative(s, p, spec, "minReadySeconds");
	check_not_negative(s, AT(p, "ordinals"), json_get(spec, "ordinals"), "start");
	struct strv service = text_of(spec, "serviceName");
	if (old == NULL) {
		templates_validate(s, AT(p, CLAIMS), json_get(spec, CLAIMS));
		if (service.n > 0) {
			(void)check_name(s, AT(p, "serviceName"), service, name_label); /* told */
		}
	}
	selector_validate(s, p, spec);
	selector_fits_template(s, p, spec);
	if (old == NULL || !same(json_get(spec, "template"), json_get(old, "template")) ||
		!same(json_get(spec, CLAIMS), json_get(old, CLAIMS))) { /* it mounts them */
		template_validate(s, p, spec);
	}
}

static void immutable_validate(
	struct status *s, const struct path *p, const struct json *spec, const struct json *old)
{
	static const char *const fixed[] = { "selector", CLAIMS, "serviceName",
		"podManagementPolicy" };
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		const struct json *now = json_get(spec, fixed[i]);
		const struct json *was = json_get(old, fixed[i]);
		if (!same(now, was)) {
			bool list = strcmp(fixed[i], CLAIMS) == 0;
			fault_invalid(s, AT(p, fixed[i]), list ? shown_collection(s, now) : now,
				"field is immutable");
		}
	}
}

static void status_validate(struct status *s, const struct json *obj, const struct json *old)
{
	static const char *const counters[] = { "replicas", "readyReplicas", "currentReplicas",
		"updatedReplicas", "availableReplicas", "observedGeneration" };
	const struct json *st = json_get(obj, "status");
	const struct path *p = AT(NULL, "status");
	int64_t v[ARRAY_LEN(counters)];
	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		check_not_negative(s, p, st, counters[i]);
		v[i] = json_i64_or(json_get(st, counters[i]), 0);
	}
	check_not_negative(s, p, st, "collisionCount");
	for (size_t i = 1; i < 5; i++) {
		if (v[i] > v[0]) {
			fault_invalid_i64(s, AT(p, counters[i]), v[i],
				"cannot be greater than status.replicas");
		}
	}
	if (v[4] > v[1]) {
		fault_invalid_i64(s, AT(p, "availableReplicas"), v[4],
			"cannot be greater than status.readyReplicas");
	}
	int64_t was = json_i64_or(json_dig(old, "status.collisionCount"), 0);
	int64_t is = json_i64_or(json_get(st, "collisionCount"), 0);
	if (is < was) {
		fault_invalid_i64(s, AT(p, "collisionCount"), is, "cannot be decremented");
	}
}

void statefulset_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old)
{
	const struct path *p = AT(NULL, "spec");
	if (strcmp(sub, "status") == 0) {
		status_validate(s, obj, old);
		return;
	}
	spec_validate(s, p, json_get(obj, "spec"), old == NULL ? NULL : json_get(old, "spec"));
	if (old != NULL) {
		immutable_validate(s, p, json_get(obj, "spec"), json_get(old, "spec"));
	}
}

void scale_validate(struct status *s, const struct json *scale)
{
	check_not_negative(s, AT(NULL, "spec"), json_get(scale, "spec"), "replicas");
	status_invalid_of(s, STRV("autoscaling"), STRV("Scale"));
}
