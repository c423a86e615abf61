/* PersistentVolumeClaims. Source: Kubernetes "Persistent Volumes", API reference. Pure. See
 * rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/measure.h"
#include "watch/embedded/validate/prepare.h"
#include "watch/embedded/validate/rules.h"

#define ACCESS_MODES "ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"
#define IMMUTABLE_MSG                                                                              \
	"spec is immutable after creation except resources.requests and "                          \
	"volumeAttributesClassName for bound claims"

void access_modes_validate(struct status *s, const struct path *at, const struct json *modes)
{
	bool single = false;
	json_each(m, modes) {
		if (!value_listed(json_str(m), ACCESS_MODES)) {
			fault_unsupported(s, at, json_str(m), ACCESS_MODES);
		}
		single |= value_listed(json_str(m), "ReadWriteOncePod");
	}
	if (single && json_count(modes) > 1) {
		fault_forbidden(s, at, "may not use ReadWriteOncePod with other access modes");
	}
}

void claim_spec_validate(struct status *s, const struct path *p, const struct json *spec)
{
	const struct json *modes = json_get(spec, "accessModes");
	const struct path *at = AT(p, "accessModes");
	if (json_count(modes) == 0) {
		fault_required(s, at, "at least 1 access mode is required");
	}
	if (has(spec, "selector")) {
		label_selector_validate(s, AT(p, "selector"), json_get(spec, "selector"));
	}
	access_modes_validate(s, at, modes);
	const struct path *storage = AT_KEY(AT(p, "resources"), STRV("storage"));
	const struct json *request = json_dig(spec, "resources.requests.storage");
	if (request == NULL) {
		fault_required(s, storage, "");
	} else {
		(void)check_amount(s, storage, request, true); /* told */
	}
	static const char *const classes[] = { "storageClassName", "volumeAttributesClassName" };
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		struct strv name = text_of(spec, classes[i]);
		if (name.n > 0) {
			(void)check_name(s, AT(p, classes[i]), name, name_subdomain); /* told */
		}
	}
	check_enum(s, p, spec, "volumeMode", "Block|Filesystem", false);
}

/* copy is the new spec; what may change gets old's value. */
static int pardon(struct arena *a, struct json *copy, const struct json *old, bool bound)
{
	bool unnamed = text_of(old, "volumeName").n == 0;
	int err = prepare_take(a, copy, old, "volumeAttributesClassName");
	if (err == ERR_OK && unnamed) {
		err = prepare_take(a, copy, old, "volumeName"); /* binding */
	}
	if (err == ERR_OK && unnamed && !has(old, "storageClassName")) {
		err = prepare_take(
			a, copy, old, "storageClassName"); /* a default class came later */
	}
	const struct json *was = json_dig(old, "resources.requests");
	struct json *requests = json_dig(copy, "resources.requests");
	if (err == ERR_OK && bound && json_is_object(requests)) {
		err = prepare_take(a, requests, was, "storage");
	}
	return err;
}

static void size_validate(struct status *s, const struct json *obj, const struct json *old)
{
	struct amount is;
	struct amount was;
	struct amount have = { 0 };
	if (measure(json_dig(obj, "spec.resources.requests.storage"), &is) != ERR_OK ||
		measure(json_dig(old, "spec.resources.requests.storage"), &was) != ERR_OK) {
		return;
	}
	const struct json *capacity = json_dig(old, "status.capacity.storage");
	if (capacity != NULL && measure(capacity, &have) != ERR_OK) {
		return;
	}
	if (amount_cmp(&is, &was) < 0 && (capacity == NULL || amount_cmp(&is, &have) <= 0)) {
		const struct path *p = AT(AT(AT(NULL, "spec"), "resources"), "requests");
		fault_forbidden(s, AT(p, "storage"), "field can not be less than status.capacity");
	}
}

static void update_validate(struct status *s, const struct json *obj, const struct json *old)
{
	const struct json *spec = json_get(obj, "spec");
	const struct json *old_spec = json_get(old, "spec");
	const struct path *p = AT(NULL, "spec");
	bool bound = text_is(json_get(old, "status"), "phase", "Bound");
	struct json *copy = json_is_object(spec) ? json_copy(s->arena, spec)
						 : json_new_object(s->arena);
	if (copy == NULL || pardon(s->arena, copy, old_spec, bound) != ERR_OK) {
		status_no_memory(s);
		return;
	}
	if (!same(copy, old_spec)) {
		fault_printf(s, CAUSE_FORBIDDEN, p, NULL, IMMUTABLE_MSG "\nchanged: %.*s",
			STRV_ARG(differences(s->arena, "spec", copy, old_spec)));
	}
	size_validate(s, obj, old);
	check_immutable(s, AT(p, "volumeMode"), json_get(spec, "volumeMode"),
		json_get(old_spec, "volumeMode"));
	if (has(old_spec, "volumeAttributesClassName") &&
		text_of(old_spec, "volumeAttributesClassName").n > 0 &&
		text_of(spec, "volumeAttributesClassName").n == 0) {
		fault_forbidden(s, AT(p, "volumeAttributesClassName"),
			"update from non-nil value to nil is forbidden");
	}
}

static void status_validate(struct status *s, const struct json *obj)
{
	const struct json *st = json_get(obj, "status");
	const struct path *p = AT(NULL, "status");
	check_enum(s, p, st, "phase", "Bound|Lost|Pending", false);
	json_each(m, json_get(st, "capacity")) {
		(void)check_amount(s, AT_KEY(AT(p, "capacity"), strv_of(json_key(m))), m, false);
	}
}

void claim_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old)
{
	if (strcmp(sub, "status") == 0) {
		status_validate(s, obj);
		return;
	}
	claim_spec_validate(s, AT(NULL, "spec"), json_get(obj, "spec"));
	if (old != NULL) {
		update_validate(s, obj, old);
	}
}
