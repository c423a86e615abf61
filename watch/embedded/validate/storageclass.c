/* StorageClasses. Source: Kubernetes "Storage Classes", API reference. Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

#define PARAMETERS_MAX       512
#define PARAMETERS_MAX_BYTES ((size_t)256 * 1024)

static void parameters_validate(
	struct status *s, const struct path *p, const struct json *parameters)
{
	size_t bytes = 0;
	size_t count = json_count(parameters);
	if (count > PARAMETERS_MAX) {
		fault_too_many(s, p, count, PARAMETERS_MAX);
		return;
	}
	json_each(m, parameters) {
		struct strv key = strv_of(json_key(m));
		if (key.n == 0) {
			fault_invalid_str(s, p, key, "field can not be empty.");
		}
		bytes += key.n + json_str(m).n;
	}
	if (bytes > PARAMETERS_MAX_BYTES) {
		fault_too_long(s, p, PARAMETERS_MAX_BYTES);
	}
}

static void provisioner_validate(struct status *s, struct strv name)
{
	const struct path *at = AT(NULL, "provisioner");
	char lower[512];
	const char *why[NAME_COMPLAINTS];
	if (name.n == 0) {
		fault_required(s, at, "");
		return;
	}
	size_t n = name.n < sizeof(lower) ? name.n : sizeof(lower);
	for (size_t i = 0; i < n; i++) {
		char c = name.p[i];
		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	size_t bad = name_label_key((struct strv){ lower, n }, why);
	for (size_t i = 0; i < bad; i++) {
		fault_invalid_str(s, at, name, why[i]);
	}
}

static void topologies_validate(struct status *s, const struct path *p, const struct json *list)
{
	size_t i = 0;
	json_each(term, list) {
		const struct path *at = AT(AT_INDEX(p, i++), "matchLabelExpressions");
		size_t j = 0;
		json_each(e, json_get(term, "matchLabelExpressions")) {
			const struct path *one = AT_INDEX(at, j++);
			if (json_count(json_get(e, "values")) == 0) {
				fault_required(s, AT(one, "values"), "");
			}
			(void)check_name(
				s, AT(one, "key"), text_of(e, "key"), name_label_key); /* told */
		}
	}
}

void storageclass_validate(struct status *s, const struct json *obj, const struct json *old)
{
	static const struct path *const top = NULL;
	check_enum(s, top, obj, "reclaimPolicy", "Delete|Retain", false);
	check_enum(s, top, obj, "volumeBindingMode", "Immediate|WaitForFirstConsumer", true);
	provisioner_validate(s, text_of(obj, "provisioner"));
	parameters_validate(s, AT(top, "parameters"), json_get(obj, "parameters"));
	topologies_validate(s, AT(top, "allowedTopologies"), json_get(obj, "allowedTopologies"));
	if (old == NULL) {
		return;
	}
	static const char *const fixed[] = { "provisioner", "parameters", "reclaimPolicy",
		"volumeBindingMode" };
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (!same(json_get(obj, fixed[i]), json_get(old, fixed[i]))) {
			fault_invalid(s, AT(top, fixed[i]), json_new_null(s->arena),
				"field is immutable");
		}
	}
}
