/* Pods: what a new one needs, and the little that may change in an old one.
 * Source: Kubernetes "Pod update and replacement". Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/prepare.h"
#include "watch/embedded/validate/rules.h"

#define UPDATE_MSG                                                                                 \
	"pod updates may not change fields other than `spec.containers[*].image`,"                 \
	"`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "    \
	"additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be " \
	"set to 1 if it was previously negative)"

static void create_validate(struct status *s, const struct path *p, const struct json *obj)
{
	const struct json *spec = json_get(obj, "spec");
	const struct pod_place place = { .annotations = json_dig(obj, "metadata.annotations") };
	pod_spec_validate(s, p, spec, &place);
	if (json_count(json_get(spec, "schedulingGates")) > 0 && text_of(spec, "nodeName").n > 0) {
		fault_forbidden(s, AT(p, "nodeName"),
			"cannot be set until all schedulingGates have been cleared");
	}
	if (json_count(json_get(spec, "ephemeralContainers")) > 0) {
		fault_forbidden(s, AT(p, "ephemeralContainers"), "cannot be set on create");
	}
}

/* spec's member becomes old's: the change of it is judged elsewhere. */
static bool pardon(struct arena *a, struct json *spec, const struct json *old, const char *member)
{
	return !json_is_object(spec) || prepare_take(a, spec, old, member) == ERR_OK;
}

static bool pardon_images(
	struct arena *a, struct json *spec, const struct json *old, const char *list)
{
	struct json *c = json_first(json_get(spec, list));
	json_each(was, json_get(old, list)) {
		if (c == NULL) {
			return true;
		}
		if (!pardon(a, c, was, "image")) {
			return false;
		}
		c = json_next(c);
	}
	return true;
}

static void rest_is_unchanged(
	struct status *s, const struct path *p, const struct json *spec, const struct json *old)
{
	struct json *copy = json_is_object(spec) ? json_copy(s->arena, spec)
						 : json_new_object(s->arena);
	bool gated = json_count(json_get(old, "schedulingGates")) > 0;
	static const char *const free_members[] = { "activeDeadlineSeconds", "tolerations",
		"schedulingGates" };
	static const char *const gated_members[] = { "nodeSelector", "affinity" };
	bool ok = copy != NULL && pardon_images(s->arena, copy, old, "containers") &&
		  pardon_images(s->arena, copy, old, "initContainers");
	for (size_t i = 0; ok && i < ARRAY_LEN(free_members); i++) {
		ok = pardon(s->arena, copy, old, free_members[i]);
	}
	for (size_t i = 0; ok && gated && i < ARRAY_LEN(gated_members); i++) {
		ok = pardon(s->arena, copy, old, gated_members[i]);
	}
	if (ok && json_i64_or(json_get(old, "terminationGracePeriodSeconds"), 0) < 0 &&
		json_i64_or(json_get(copy, "terminationGracePeriodSeconds"), 0) == 1) {
		ok = pardon(s->arena, copy, old, "terminationGracePeriodSeconds");
	}
	if (!ok) {
		status_no_memory(s);
	} else if (!same(copy, old)) {
		/* kube-apiserver prints its own diff here, of a form it calls unstable */
		fault_printf(s, CAUSE_FORBIDDEN, p, NULL, UPDATE_MSG "\nchanged: %.*s",
			STRV_ARG(differences(s->arena, "spec", copy, old)));
	}
}

static void deadline_validate(
	struct status *s, const struct path *p, const struct json *spec, const struct json *old)
{
	const struct path *at = AT(p, "activeDeadlineSeconds");
	const struct json *is = json_get(spec, "activeDeadlineSeconds");
	const struct json *was = json_get(old, "activeDeadlineSeconds");
	if (is != NULL) {
		int64_t n = json_i64_or(is, 0);
		if (n < 0 || n > INT32_MAX) {
			fault_invalid(s, at, is, "must be between 0 and 2147483647, inclusive");
		} else if (was != NULL && n > json_i64_or(was, 0)) {
			fault_invalid(s, at, is, "must be less than or equal to previous value");
		}
	} else if (was != NULL) {
		fault_invalid(s, at, NULL, "must not update from a positive integer to nil value");
	}
}

static bool same_but_seconds(const struct json *a, const struct json *b)
{
	static const char *const members[] = { "key", "operator", "value", "effect" };
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!strv_eq(text_of(a, members[i]), text_of(b, members[i]))) {
			return false;
		}
	}
	return true;
}

/* Existing tolerations stay (their seconds may change); new ones may come. */
static void tolerations_only_grow(
	struct status *s, const struct path *p, const struct json *now, const struct json *old)
{
	json_each(was, old) {
		bool found = false;
		json_each(is, now) {
			found |= same_but_seconds(is, was);
		}
		if (!found) {
			fault_forbidden(s, p,
				"existing toleration can not be modified except its "
				"tolerationSeconds");
			return;
		}
	}
}

static void gates_only_go(
	struct status *s, const struct path *p, const struct json *now, const struct json *old)
{
	json_each(is, now) {
		bool found = false;
		json_each(was, old) {
			found |= strv_eq(text_of(is, "name"), text_of(was, "name"));
		}
		if (!found) {
			fault_printf(s, CAUSE_FORBIDDEN, p, NULL,
				"only deletion is allowed, but found new scheduling gate '%.*s'",
				STRV_ARG(text_of(is, "name")));
		}
	}
}

static bool count_is_kept(struct status *s, const struct path *p, const struct json *spec,
	const struct json *old, const char *list)
{
	if (json_count(json_get(spec, list)) == json_count(json_get(old, list))) {
		return true;
	}
	fault_forbidden(s, AT(p, list), "pod updates may not add or remove containers");
	return false;
}

static void images_validate(struct status *s, const struct path *p, const struct json *containers)
{
	size_t i = 0;
	json_each(c, containers) {
		(void)check_required(s, AT_INDEX(p, i++), c, "image"); /* told */
	}
}

static void update_validate(
	struct status *s, const struct path *p, const struct json *spec, const struct json *old)
{
	if (json_equal(spec, old)) {
		return; /* most writes: labels, finalizers */
	}
	bool counts = count_is_kept(s, p, spec, old, "containers");
	if (!count_is_kept(s, p, spec, old, "initContainers") || !counts) {
		return;
	}
	images_validate(s, AT(p, "containers"), json_get(spec, "containers"));
	images_validate(s, AT(p, "initContainers"), json_get(spec, "initContainers"));
	deadline_validate(s, p, spec, old);
	gates_only_go(s, AT(p, "schedulingGates"), json_get(spec, "schedulingGates"),
		json_get(old, "schedulingGates"));
	tolerations_only_grow(s, AT(p, "tolerations"), json_get(spec, "tolerations"),
		json_get(old, "tolerations"));
	tolerations_validate(s, AT(p, "tolerations"), json_get(spec, "tolerations"));
	rest_is_unchanged(s, p, spec, old);
}

/* A pod whose containers ran to an end under restartPolicy Always cannot say so. */
static void status_validate(struct status *s, const struct json *obj)
{
	const struct json *st = json_get(obj, "status");
	const struct path *p = AT(NULL, "status");
	check_enum(s, p, st, "phase", "Failed|Pending|Running|Succeeded|Unknown", false);
	struct strv nominated = text_of(st, "nominatedNodeName");
	if (nominated.n > 0) {
		(void)check_name(
			s, AT(p, "nominatedNodeName"), nominated, name_subdomain); /* told */
	}
	static const char *const lists[] = { "podIPs", "hostIPs" };
	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		size_t i = 0;
		json_each(ip, json_get(st, lists[k])) {
			(void)check_name(s, AT_INDEX(AT(p, lists[k]), i++), text_of(ip, "ip"),
				name_ip); /* told */
		}
	}
	size_t i = 0;
	json_each(c, json_get(st, "conditions")) {
		const struct path *at = AT_INDEX(AT(p, "conditions"), i++);
		if (!value_listed(text_of(c, "type"), "PodScheduled|PodInitialized")) {
			(void)check_name(
				s, AT(at, "type"), text_of(c, "type"), name_label_key); /* told */
		}
	}
}

void pod_validate(struct status *s, const char *sub, const struct json *obj, const struct json *old)
{
	const struct path *p = AT(NULL, "spec");
	if (old == NULL) {
		create_validate(s, p, obj);
	} else if (strcmp(sub, "status") == 0) {
		status_validate(s, obj);
	} else if (strcmp(sub, "") == 0) {
		update_validate(s, p, json_get(obj, "spec"), json_get(old, "spec"));
	}
	/* binding, ephemeralcontainers, resize change what the main path may not */
}
