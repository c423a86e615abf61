/* Where a pod may run: affinity, tolerations, spreading. Source: Kubernetes API reference, PodSpec
 * "scheduling". Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

static void node_term_validate(struct status *s, const struct path *p, const struct json *term)
{
	size_t i = 0;
	json_each(r, json_get(term, "matchExpressions")) {
		requirement_validate(s, AT_INDEX(AT(p, "matchExpressions"), i++), r, true);
	}
	i = 0;
	json_each(r, json_get(term, "matchFields")) {
		const struct path *at = AT_INDEX(AT(p, "matchFields"), i++);
		if (!value_listed(text_of(r, "operator"), "In|NotIn")) {
			fault_invalid_str(s, AT(at, "operator"), text_of(r, "operator"),
				"not a valid selector operator");
		} else if (json_count(json_get(r, "values")) != 1) {
			fault_required(s, AT(at, "values"),
				"must be only one value when `operator` is 'In' or 'NotIn' "
				"for "
				"node field selector");
		}
		if (!text_is(r, "key", "metadata.name")) {
			fault_invalid_str(s, AT(at, "key"), text_of(r, "key"),
				"not a valid field selector key");
		}
	}
}

void node_selector_validate(struct status *s, const struct path *p, const struct json *selector)
{
	const struct json *terms = json_get(selector, "nodeSelectorTerms");
	if (json_count(terms) == 0) {
		fault_required(
			s, AT(p, "nodeSelectorTerms"), "must have at least one node selector term");
	}
	size_t i = 0;
	json_each(t, terms) {
		node_term_validate(s, AT_INDEX(AT(p, "nodeSelectorTerms"), i++), t);
	}
}

static void weight_validate(struct status *s, const struct path *p, const struct json *term)
{
	int64_t weight = json_i64_or(json_get(term, "weight"), 0);
	if (weight < 1 || weight > 100) {
		fault_invalid_i64(s, AT(p, "weight"), weight, "must be in the range 1-100");
	}
}

static void pod_term_validate(struct status *s, const struct path *p, const struct json *term)
{
	label_selector_validate(s, AT(p, "labelSelector"), json_get(term, "labelSelector"));
	label_selector_validate(s, AT(p, "namespaceSelector"), json_get(term, "namespaceSelector"));
	size_t i = 0;
	json_each(ns, json_get(term, "namespaces")) {
		(void)check_name(
			s, AT_INDEX(AT(p, "namespaces"), i++), json_str(ns), name_label); /* told */
	}
	struct strv key = text_of(term, "topologyKey");
	if (key.n == 0) {
		fault_required(s, AT(p, "topologyKey"), "can not be empty");
	} else {
		(void)check_name(s, AT(p, "topologyKey"), key, name_label_key); /* told */
	}
}

#define REQUIRED_TERMS  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED_TERMS "preferredDuringSchedulingIgnoredDuringExecution"

static void pod_affinity_validate(
	struct status *s, const struct path *p, const struct json *affinity)
{
	size_t i = 0;
	json_each(t, json_get(affinity, REQUIRED_TERMS)) {
		pod_term_validate(s, AT_INDEX(AT(p, REQUIRED_TERMS), i++), t);
	}
	i = 0;
	json_each(t, json_get(affinity, PREFERRED_TERMS)) {
		const struct path *at = AT_INDEX(AT(p, PREFERRED_TERMS), i++);
		weight_validate(s, at, t);
		pod_term_validate(s, AT(at, "podAffinityTerm"), json_get(t, "podAffinityTerm"));
	}
}

void affinity_validate(struct status *s, const struct path *p, const struct json *affinity)
{
	const struct json *node = json_get(affinity, "nodeAffinity");
	const struct path *at = AT(p, "nodeAffinity");
	if (has(node, REQUIRED_TERMS)) {
		node_selector_validate(s, AT(at, REQUIRED_TERMS), json_get(node, REQUIRED_TERMS));
	}
	size_t i = 0;
	json_each(t, json_get(node, PREFERRED_TERMS)) {
		const struct path *one = AT_INDEX(AT(at, PREFERRED_TERMS), i++);
		weight_validate(s, one, t);
		node_term_validate(s, AT(one, "preference"), json_get(t, "preference"));
	}
	pod_affinity_validate(s, AT(p, "podAffinity"), json_get(affinity, "podAffinity"));
	pod_affinity_validate(s, AT(p, "podAntiAffinity"), json_get(affinity, "podAntiAffinity"));
}

static void toleration_validate(struct status *s, const struct path *p, const struct json *t)
{
	struct strv key = text_of(t, "key");
	struct strv op = text_of(t, "operator");
	struct strv effect = text_of(t, "effect");
	if (key.n > 0) {
		(void)check_name(s, AT(p, "key"), key, name_label_key); /* told */
	} else if (!strv_eq(op, STRV("Exists"))) {
		fault_invalid_str(s, AT(p, "operator"), op,
			"operator must be Exists when `key` is empty, which means \"match all "
			"values and all keys\"");
	}
	if (has(t, "tolerationSeconds") && !strv_eq(effect, STRV("NoExecute"))) {
		fault_invalid_str(s, AT(p, "effect"), effect,
			"effect must be 'NoExecute' when `tolerationSeconds` is set");
	}
	if (op.n == 0 || strv_eq(op, STRV("Equal"))) {
		(void)check_name(s, AT(p, "operator"), text_of(t, "value"), name_label_value);
	} else if (strv_eq(op, STRV("Exists"))) {
		if (text_of(t, "value").n > 0) {
			fault_invalid(s, AT(p, "operator"), t,
				"value must be empty when `operator` is 'Exists'");
		}
	} else {
		fault_unsupported(s, AT(p, "operator"), op, "Equal|Exists");
	}
	check_enum(s, p, t, "effect", "NoSchedule|PreferNoSchedule|NoExecute", false);
}

void tolerations_validate(struct status *s, const struct path *p, const struct json *tolerations)
{
	size_t i = 0;
	json_each(t, tolerations) {
		toleration_validate(s, AT_INDEX(p, i++), t);
	}
}

static void spread_repeats(
	struct status *s, const struct path *at, const struct json *list, const struct json *c)
{
	json_each(before, list) {
		struct strv key = text_of(c, "topologyKey");
		struct strv when = text_of(c, "whenUnsatisfiable");
		if (before == c) {
			return;
		}
		if (strv_eq(text_of(before, "topologyKey"), key) &&
			strv_eq(text_of(before, "whenUnsatisfiable"), when)) {
			fault_duplicate(s, AT(at, "{topologyKey, whenUnsatisfiable}"),
				arena_printf(
					s->arena, "{%.*s, %.*s}", STRV_ARG(key), STRV_ARG(when)));
			return;
		}
	}
}

void spread_validate(struct status *s, const struct path *p, const struct json *constraints)
{
	size_t i = 0;
	json_each(c, constraints) {
		const struct path *at = AT_INDEX(p, i++);
		int64_t skew = json_i64_or(json_get(c, "maxSkew"), 0);
		if (skew <= 0) {
			fault_invalid_i64(s, AT(at, "maxSkew"), skew, "must be greater than zero");
		}
		if (text_of(c, "topologyKey").n == 0) {
			fault_required(s, AT(at, "topologyKey"), "can not be empty");
		} else {
			(void)check_name(s, AT(at, "topologyKey"), text_of(c, "topologyKey"),
				name_label_key); /* told */
		}
		if (!value_listed(
			    text_of(c, "whenUnsatisfiable"), "DoNotSchedule|ScheduleAnyway")) {
			fault_unsupported(s, AT(at, "whenUnsatisfiable"),
				text_of(c, "whenUnsatisfiable"), "DoNotSchedule|ScheduleAnyway");
		}
		spread_repeats(s, at, constraints, c);
		label_selector_validate(s, AT(at, "labelSelector"), json_get(c, "labelSelector"));
	}
}
