/* metadata of every kind: names, labels, annotations, owners, finalizers, and what an update may
 * not touch.
 * Source: Kubernetes "Object Names and IDs", ObjectMeta of the API reference. Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/rules.h"

#define ANNOTATIONS_MAX_BYTES ((size_t)256 * 1024)

static name_rule_fn name_rule_of(enum kind k)
{
	switch (k) {
	case KIND_NAMESPACE:
	case KIND_SERVICE: /* RFC 1035 until 1.36; a digit may come first since */
	case KIND_STATEFULSET:
		return name_label;
	case KIND_NODE:
	case KIND_PV:
	case KIND_STORAGECLASS:
	case KIND_ENDPOINTS:
	case KIND_ENDPOINTSLICE:
	case KIND_POD:
	case KIND_CONTROLLERREVISION:
	case KIND_PVC:
	case KIND_EVENT:
	case KIND_SERVICEACCOUNT:
	case KIND_CONFIGMAP:
	case KIND_SECRET:
	case KIND_LEASE:
	case KIND_SERVICEIMPORT:
	case KIND_COUNT:
	case KIND_NONE:
		break;
	}
	return name_subdomain;
}

void labels_validate(struct status *s, const struct path *p, const struct json *labels)
{
	json_each(m, labels) {
		(void)check_name(s, p, strv_of(json_key(m)), name_label_key); /* told */
		(void)check_name(s, p, json_str(m), name_label_value);
	}
}

/* Keys of annotations may have capitals in the prefix. */
static size_t name_annotation_key(struct strv s, const char *out[NAME_COMPLAINTS])
{
	char lower[512];
	if (s.n >= sizeof(lower)) {
		return name_label_key(s, out);
	}
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return name_label_key((struct strv){ lower, s.n }, out);
}

void annotations_validate(struct status *s, const struct path *p, const struct json *annotations)
{
	size_t bytes = 0;
	json_each(m, annotations) {
		struct strv key = strv_of(json_key(m));
		(void)check_name(s, p, key, name_annotation_key); /* told */
		bytes += key.n + json_str(m).n;
	}
	if (bytes > ANNOTATIONS_MAX_BYTES) {
		fault_too_long(s, p, ANNOTATIONS_MAX_BYTES);
	}
}

void requirement_validate(
	struct status *s, const struct path *p, const struct json *requirement, bool ordered)
{
	struct strv op = text_of(requirement, "operator");
	const struct json *values = json_get(requirement, "values");
	if (value_listed(op, "In|NotIn")) {
		if (json_count(values) == 0) {
			fault_required(s, AT(p, "values"),
				"must be specified when `operator` is 'In' or 'NotIn'");
		}
	} else if (value_listed(op, "Exists|DoesNotExist")) {
		if (json_count(values) > 0) {
			fault_forbidden(s, AT(p, "values"),
				"may not be specified when `operator` is 'Exists' or "
				"'DoesNotExist'");
		}
	} else if (ordered && value_listed(op, "Gt|Lt")) {
		if (json_count(values) != 1) {
			fault_required(s, AT(p, "values"),
				"must be specified single value when `operator` is 'Lt' or 'Gt'");
		}
	} else {
		fault_invalid_str(s, AT(p, "operator"), op, "not a valid selector operator");
	}
	(void)check_name(s, AT(p, "key"), text_of(requirement, "key"), name_label_key); /* told */
}

static void expression_validate(
	struct status *s, const struct path *p, const struct json *requirement)
{
	requirement_validate(s, p, requirement, false);
	size_t i = 0;
	json_each(v, json_get(requirement, "values")) {
		(void)check_name(s, AT_INDEX(AT(p, "values"), i++), json_str(v),
			name_label_value); /* told */
	}
}

void label_selector_validate(struct status *s, const struct path *p, const struct json *selector)
{
	labels_validate(s, AT(p, "matchLabels"), json_get(selector, "matchLabels"));
	size_t i = 0;
	json_each(r, json_get(selector, "matchExpressions")) {
		expression_validate(s, AT_INDEX(AT(p, "matchExpressions"), i++), r);
	}
}

/* "v1" to (group "", version "v1"). False: neither that nor "GROUP/VERSION". */
static bool split_version(struct strv text, struct strv *out_group, struct strv *out_version)
{
	struct strv rest = text, group = STRV("");
	bool grouped = text.n > 0 && memchr(text.p, '/', text.n) != NULL;
	if (grouped) {
		(void)strv_cut(&rest, '/', &group); /* it is there */
	}
	*out_group = group;
	*out_version = rest;
	return !grouped || (rest.n > 0 && memchr(rest.p, '/', rest.n) == NULL);
}

static void owner_validate(struct status *s, const struct path *p, const struct json *owner)
{
	struct strv text = text_of(owner, "apiVersion"), group, version;
	static const char *const members[] = { "apiVersion", "kind", "name", "uid" };
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (text_of(owner, members[i]).n == 0) {
			fault_required(s, AT(p, members[i]), "must not be empty");
		}
	}
	if (!split_version(text, &group, &version)) {
		fault_invalid_str(
			s, AT(p, "apiVersion"), text, "must be <group>/<version> or <version>");
	}
	if (text_is(owner, "kind", "Event") && ((group.n == 0 && strv_eq(version, STRV("v1"))) ||
						       strv_eq(group, STRV("events.k8s.io")))) {
		fault_printf(s, CAUSE_INVALID, p, owner,
			"%.*s/%.*s, Kind=Event is disallowed from being an owner", STRV_ARG(group),
			STRV_ARG(version));
	}
}

static void owners_validate(struct status *s, const struct path *p, const struct json *owners)
{
	const struct json *controller = NULL;
	size_t i = 0;
	json_each(o, owners) {
		owner_validate(s, AT_INDEX(p, i++), o);
		if (!json_bool(json_get(o, "controller"), false)) {
			continue;
		}
		if (controller != NULL) {
			fault_printf(s, CAUSE_INVALID, p, owners,
				"Only one reference can have Controller set to true. Found "
				"\"true\" in references for %.*s/%.*s and %.*s/%.*s",
				STRV_ARG(text_of(controller, "kind")),
				STRV_ARG(text_of(controller, "name")), STRV_ARG(text_of(o, "kind")),
				STRV_ARG(text_of(o, "name")));
		} else {
			controller = o;
		}
	}
}

static void is_standard_or_qualified(struct status *s, const struct path *p, struct strv name)
{
	if ((name.n == 0 || memchr(name.p, '/', name.n) == NULL) &&
		!value_listed(name, "kubernetes|orphan|foregroundDeletion")) {
		fault_invalid_str(s, p, name,
			"name is neither a standard finalizer name nor is it fully qualified");
	}
}

void finalizer_validate(struct status *s, const struct path *p, struct strv name)
{
	if (check_name(s, p, name, name_label_key)) {
		is_standard_or_qualified(s, p, name);
	}
}

static bool list_has(const struct json *list, struct strv text)
{
	json_each(v, list) {
		if (strv_eq(json_str(v), text)) {
			return true;
		}
	}
	return false;
}

static void finalizers_validate(
	struct status *s, const struct path *p, const struct json *list, bool create)
{
	size_t i = 0;
	json_each(v, list) {
		(void)check_name(s, p, json_str(v), name_label_key); /* told */
		if (create) {
			is_standard_or_qualified(s, AT_INDEX(p, i), json_str(v));
		}
		i++;
	}
	if (list_has(list, STRV("orphan")) && list_has(list, STRV("foregroundDeletion"))) {
		fault_invalid(
			s, p, list, "finalizer orphan and foregroundDeletion cannot be both set");
	}
}

static void name_validate(
	struct status *s, const struct path *p, enum kind k, const struct json *meta)
{
	struct strv prefix = text_of(meta, "generateName");
	struct strv name = text_of(meta, "name");
	name_rule_fn rule = name_rule_of(k);
	if (prefix.n > 0) {
		char shortened[254];
		const char *why[NAME_COMPLAINTS];
		size_t n = rule(name_without_dash(prefix, shortened), why);
		for (size_t i = 0; i < n; i++) {
			fault_invalid_str(s, AT(p, "generateName"), prefix, why[i]);
		}
	}
	if (name.n == 0) {
		fault_required(s, AT(p, "name"), "name or generateName is required");
	} else {
		(void)check_name(s, AT(p, "name"), name, rule); /* told */
	}
	struct strv ns = text_of(meta, "namespace");
	if (!kind_row(k)->namespaced) {
		if (ns.n > 0) {
			fault_forbidden(s, AT(p, "namespace"), "not allowed on this type");
		}
	} else if (ns.n == 0) {
		fault_required(s, AT(p, "namespace"), "");
	} else {
		(void)check_name(s, AT(p, "namespace"), ns, name_label); /* told */
	}
	check_not_negative(s, p, meta, "generation");
}

/* After deletionTimestamp finalizers may only go. */
static void no_new_finalizers(
	struct status *s, const struct path *p, const struct json *now, const struct json *old)
{
	struct buf b;
	buf_init(&b);
	size_t n = 0;
	json_each(v, now) {
		if (!list_has(old, json_str(v))) {
			buf_printf(&b, "%s\"%.*s\"", n++ > 0 ? ", " : "", STRV_ARG(json_str(v)));
		}
	}
	if (b.err != ERR_OK) {
		status_no_memory(s);
	} else if (n > 0) {
		fault_printf(s, CAUSE_FORBIDDEN, p, NULL,
			"no new finalizers can be added if the object is being deleted, found new "
			"finalizers []string{%.*s}",
			STRV_ARG(buf_strv(&b)));
	}
	buf_deinit(&b);
}

static void meta_update_validate(struct status *s, const struct path *p, enum kind k,
	const struct json *meta, const struct json *old)
{
	if (has(old, "deletionTimestamp")) {
		no_new_finalizers(s, AT(p, "finalizers"), json_get(meta, "finalizers"),
			json_get(old, "finalizers"));
	}
	if (k == KIND_LEASE && text_of(meta, "resourceVersion").n == 0) {
		fault_invalid_i64(
			s, AT(p, "resourceVersion"), 0, "must be specified for an update");
	}
	int64_t was = json_i64_or(json_get(old, "generation"), 0);
	int64_t is = json_i64_or(json_get(meta, "generation"), 0);
	if (is < was) {
		fault_invalid_i64(s, AT(p, "generation"), is, "must not be decremented");
	}
	static const char *const fixed[] = { "name", "namespace", "uid", "creationTimestamp",
		"deletionTimestamp", "deletionGracePeriodSeconds" };
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		check_immutable(
			s, AT(p, fixed[i]), json_get(meta, fixed[i]), json_get(old, fixed[i]));
	}
}

void metadata_validate(
	struct status *s, enum kind k, const struct json *obj, const struct json *old)
{
	const struct json *meta = json_get(obj, "metadata");
	const struct path *p = AT(NULL, "metadata");
	if (old == NULL) {
		name_validate(s, p, k, meta);
	} else {
		meta_update_validate(s, p, k, meta, json_get(old, "metadata"));
	}
	labels_validate(s, AT(p, "labels"), json_get(meta, "labels"));
	annotations_validate(s, AT(p, "annotations"), json_get(meta, "annotations"));
	owners_validate(s, AT(p, "ownerReferences"), json_get(meta, "ownerReferences"));
	finalizers_validate(s, AT(p, "finalizers"), json_get(meta, "finalizers"), old == NULL);
}
