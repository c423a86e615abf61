/* Discovery documents and /version. See discovery.h.
 * Every document is a JSON tree in the caller's arena, printed once. A NULL from a maker travels through json_set
 * and json_append as ERR_NOMEM, so each function checks where it ends. */
#include "watch/embedded/discovery.h"

#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/discovery_internal.h"

#define VERBS_ALL  "create,delete,deletecollection,get,list,patch,update,watch"
#define VERBS_NS   "create,delete,get,list,patch,update,watch"
#define VERBS_PART "get,patch,update"

#define PLAIN         "application/json"
#define AGGREGATED_V2 "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
#define AGGREGATED_V2BETA1                                                                         \
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"

/* In the order of their names, which is the order `kubectl get all` shows them in. */
static const enum kind by_name[KIND_BUILT_IN_COUNT] = { KIND_CONFIGMAP, KIND_CONTROLLERREVISION,
	KIND_ENDPOINTS, KIND_ENDPOINTSLICE, KIND_EVENT, KIND_LEASE, KIND_NAMESPACE, KIND_NODE,
	KIND_PVC, KIND_PV, KIND_POD, KIND_SECRET, KIND_SERVICEACCOUNT, KIND_SERVICE,
	KIND_STATEFULSET, KIND_STORAGECLASS };

const struct kind_row *discovery_row(size_t i)
{
	return kind_row(by_name[i]);
}

static const struct discovery_sub subs[] = {
	{ KIND_NAMESPACE, "finalize", NULL, NULL, "Namespace", "update" },
	{ KIND_NAMESPACE, "status", NULL, NULL, "Namespace", VERBS_PART },
	{ KIND_NODE, "status", NULL, NULL, "Node", VERBS_PART },
	{ KIND_PV, "status", NULL, NULL, "PersistentVolume", VERBS_PART },
	{ KIND_SERVICE, "status", NULL, NULL, "Service", VERBS_PART },
	{ KIND_POD, "binding", NULL, NULL, "Binding", "create" },
	{ KIND_POD, "eviction", "policy", "v1", "Eviction", "create" },
	{ KIND_POD, "status", NULL, NULL, "Pod", VERBS_PART },
	{ KIND_STATEFULSET, "scale", "autoscaling", "v1", "Scale", VERBS_PART },
	{ KIND_STATEFULSET, "status", NULL, NULL, "StatefulSet", VERBS_PART },
	{ KIND_PVC, "status", NULL, NULL, "PersistentVolumeClaim", VERBS_PART },
};

const struct discovery_sub *discovery_sub_at(size_t i)
{
	return i < ARRAY_LEN(subs) ? &subs[i] : NULL;
}

const struct discovery_sub *discovery_sub_find(enum kind k, struct strv name)
{
	for (size_t i = 0; i < ARRAY_LEN(subs); i++) {
		if (subs[i].kind == k && strv_eq(strv_of(subs[i].name), name)) {
			return &subs[i];
		}
	}
	return NULL;
}

const char *discovery_verbs(enum kind k)
{
	return k == KIND_NAMESPACE ? VERBS_NS : VERBS_ALL;
}

static bool is_served(const struct kind_row *row, struct strv group, struct strv version)
{
	return strv_eq(strv_of(row->group), group) && strv_eq(strv_of(row->version), version);
}

/* ---- the old form ---- */

static struct json *old_resource(struct arena *a, const struct kind_row *row)
{
	struct json *r = TEXTS(a, "name", row->plural, "singularName", row->singular);
	int err = json_set_bool(a, r, "namespaced", row->namespaced);
	if (err == ERR_OK) {
		err = discovery_put(a, r, "kind", row->name);
	}
	if (err == ERR_OK) {
		err = json_set(a, r, "verbs", discovery_words(a, discovery_verbs(row->kind)));
	}
	if (err == ERR_OK && row->shorts[0] != '\0') {
		err = json_set(a, r, "shortNames", discovery_words(a, row->shorts));
	}
	if (err == ERR_OK && row->categories[0] != '\0') {
		err = json_set(a, r, "categories", discovery_words(a, row->categories));
	}
	return err == ERR_OK ? r : NULL;
}

static struct json *old_sub(
	struct arena *a, const struct kind_row *row, const struct discovery_sub *sub)
{
	struct strv name = arena_printf(a, "%s/%s", row->plural, sub->name);
	struct json *r = json_new_object(a);
	int err = name.p ? json_set_str(a, r, "name", name) : ERR_NOMEM;
	if (err == ERR_OK) {
		err = discovery_put(a, r, "singularName", "");
	}
	if (err == ERR_OK) {
		err = json_set_bool(a, r, "namespaced", row->namespaced);
	}
	if (err == ERR_OK && sub->group) {
		err = discovery_put(a, r, "group", sub->group);
		err = err != ERR_OK ? err : discovery_put(a, r, "version", sub->version);
	}
	if (err == ERR_OK) {
		err = discovery_put(a, r, "kind", sub->kind_name);
	}
	if (err == ERR_OK) {
		err = json_set(a, r, "verbs", discovery_words(a, sub->verbs));
	}
	return err == ERR_OK ? r : NULL;
}

static int old_resources(struct arena *a, enum kind k, struct json *list)
{
	int err = json_append(a, list, old_resource(a, kind_row(k)));
	for (size_t i = 0; err == ERR_OK && i < ARRAY_LEN(subs); i++) {
		if (subs[i].kind == k) {
			err = json_append(a, list, old_sub(a, kind_row(k), &subs[i]));
		}
	}
	return err;
}

/* APIResourceList of one group-version. */
static int resource_list(struct arena *a, struct strv group, struct strv version, struct json **out)
{
	struct json *doc = TEXTS(a, "kind", "APIResourceList", "apiVersion", "v1");
	struct json *list = json_new_array(a);
	const char *name = NULL;
	for (size_t i = 0; i < KIND_BUILT_IN_COUNT; i++) {
		const struct kind_row *row = discovery_row(i);
		if (!is_served(row, group, version)) {
			continue;
		}
		name = row->api_version;
		if (old_resources(a, row->kind, list) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	if (!name) {
		return ERR_NOT_FOUND;
	}
	*out = doc;
	int err = discovery_put(a, doc, "groupVersion", name);
	return err != ERR_OK ? err : json_set(a, doc, "resources", list);
}

/* APIGroup: {"name","versions":[V],"preferredVersion":V}. */
static struct json *old_group(struct arena *a, const struct kind_row *row, bool alone)
{
	struct json *group = alone ? TEXTS(a, "kind", "APIGroup", "apiVersion", "v1")
				   : json_new_object(a);
	struct json *version = TEXTS(a, "groupVersion", row->api_version, "version", row->version);
	struct json *versions = json_new_array(a);
	if (!version || json_append(a, versions, json_copy(a, version)) != ERR_OK) {
		return NULL;
	}
	if (discovery_put(a, group, "name", row->group) != ERR_OK ||
		json_set(a, group, "versions", versions) != ERR_OK ||
		json_set(a, group, "preferredVersion", version) != ERR_OK) {
		return NULL;
	}
	return group;
}

static int group_list(struct arena *a, struct json **out)
{
	struct json *doc = TEXTS(a, "kind", "APIGroupList", "apiVersion", "v1");
	struct json *groups = json_new_array(a);
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (row->group[0] != '\0' && discovery_is_first((enum kind)k) &&
			json_append(a, groups, old_group(a, row, false)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	*out = doc;
	return json_set(a, doc, "groups", groups);
}

static int one_group(struct arena *a, struct strv group, struct json **out)
{
	for (int k = 0; group.n > 0 && k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strv_eq(strv_of(row->group), group)) {
			*out = old_group(a, row, true);
			return *out ? ERR_OK : ERR_NOMEM;
		}
	}
	return ERR_NOT_FOUND;
}

/* /api: the versions of the group without a name. */
static int core_versions(struct arena *a, struct strv host, struct json **out)
{
	struct json *doc = TEXTS(a, "kind", "APIVersions");
	struct json *addresses = json_new_array(a);
	if (host.n > 0) {
		struct json *address = TEXTS(a, "clientCIDR", "0.0.0.0/0");
		int err = json_set_str(a, address, "serverAddress", host);
		if (err != ERR_OK || json_append(a, addresses, address) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	*out = doc;
	int err = json_set(a, doc, "versions", discovery_words(a, "v1"));
	return err != ERR_OK ? err : json_set(a, doc, "serverAddressByClientCIDRs", addresses);
}

/* One media range: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList". false: not for us. */
static bool range_form(struct strv range, enum discovery_form *out)
{
	bool list = false, ours = false;
	struct strv version = STRV_NONE;
	struct strv part;
	struct strv type = STRV_NONE;
	(void)strv_cut(&range, ';', &type);
	type = strv_trim(type);
	while (strv_cut(&range, ';', &part)) {
		part = strv_trim(part);
		list = list || strv_eq(part, STRV("as=APIGroupDiscoveryList"));
		ours = ours || strv_eq(part, STRV("g=apidiscovery.k8s.io"));
		if (strv_has_prefix(part, STRV("v="))) {
			version = strv_sub(part, 2, part.n);
		}
	}
	if (list) {
		*out = strv_eq(version, STRV("v2")) ? FORM_V2 : FORM_V2BETA1;
		return ours && strv_eq(type, STRV(PLAIN)) &&
		       (strv_eq(version, STRV("v2")) || strv_eq(version, STRV("v2beta1")));
	}
	*out = FORM_PLAIN;
	return strv_eq(type, STRV(PLAIN)) || strv_eq(type, STRV("*/*")) ||
	       strv_eq(type, STRV("application/*"));
}

/* The first form in the client's list that is made here; plain for anything else. */
static enum discovery_form wanted_form(struct strv accept)
{
	struct strv range;
	enum discovery_form form;
	while (strv_cut(&accept, ',', &range)) {
		if (range_form(range, &form)) {
			return form;
		}
	}
	return FORM_PLAIN;
}

/* ---- /version and / ---- */

static int version_page(struct arena *a, struct json **out)
{
	static const char commit[] = "ordinal-" ORDINAL_VERSION;
	*out = TEXTS(a, "major", "1", "minor", "37", "emulationMajor", "1", "emulationMinor", "37",
		"minCompatibilityMajor", "1", "minCompatibilityMinor", "36", "gitVersion",
		DISCOVERY_GIT_VERSION, "gitCommit", commit, "gitTreeState", "clean", "buildDate",
		"1970-01-01T00:00:00Z", "goVersion", "none", "compiler", "cc", "platform",
		"linux/amd64");
	return *out ? ERR_OK : ERR_NOMEM;
}

static int root_page(struct arena *a, struct json **out)
{
	struct json *paths = discovery_words(a, "/api,/api/v1,/apis");
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (row->group[0] == '\0' || !discovery_is_first((enum kind)k)) {
			continue;
		}
		struct strv group = arena_printf(a, "/apis/%s", row->group);
		struct strv version = arena_printf(a, "/apis/%s", row->api_version);
		if (!group.p || !version.p ||
			json_append(a, paths, json_new_str(a, group)) != ERR_OK ||
			json_append(a, paths, json_new_str(a, version)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	struct json *rest = discovery_words(
		a, "/healthz,/livez,/openapi/v2,/openapi/v3,/readyz,/version");
	struct json *next;
	for (struct json *path = json_first(rest); path; path = next) {
		next = json_next(path);
		if (json_append(a, paths, json_detach(rest, path)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	*out = json_new_object(a);
	return rest ? json_set(a, *out, "paths", paths) : ERR_NOMEM;
}

/* ---- the answer ---- */

/* "/apis/G" or "/apis/G/V", what comes behind "/apis/". */
static int answer_group(struct arena *a, struct strv rest, struct json **out)
{
	struct strv group = STRV_NONE, version = STRV_NONE, more = STRV_NONE;
	(void)strv_cut(&rest, '/', &group);
	if (!strv_cut(&rest, '/', &version)) {
		return one_group(a, group, out);
	}
	if (strv_cut(&rest, '/', &more) || group.n == 0) {
		return ERR_NOT_FOUND;
	}
	return resource_list(a, group, version, out);
}

static int answer(struct arena *a, struct strv path, enum discovery_form form, struct strv host,
	struct json **out)
{
	if (strv_eq(path, STRV("/version"))) {
		return version_page(a, out);
	}
	if (strv_eq(path, STRV("/"))) {
		return root_page(a, out);
	}
	if (strv_eq(path, STRV("/api"))) {
		return form == FORM_PLAIN ? core_versions(a, host, out)
					  : discovery_aggregated(a, true, form, out);
	}
	if (strv_eq(path, STRV("/apis"))) {
		return form == FORM_PLAIN ? group_list(a, out)
					  : discovery_aggregated(a, false, form, out);
	}
	if (strv_eq(path, STRV("/api/v1"))) {
		return resource_list(a, STRV(""), STRV("v1"), out);
	}
	if (strv_has_prefix(path, STRV("/apis/"))) {
		return answer_group(a, strv_sub(path, 6, path.n), out);
	}
	return ERR_NOT_FOUND;
}

int discovery_answer(struct arena *a, struct strv path, struct strv accept, struct strv host,
	struct buf *out, const char **out_content_type)
{
	static const char *const types[] = {
		[FORM_PLAIN] = PLAIN, [FORM_V2] = AGGREGATED_V2, [FORM_V2BETA1] = AGGREGATED_V2BETA1
	};
	if (path.n > 2 && path.p[path.n - 1] == '/') {
		path.n--;
	}
	bool two_forms = strv_eq(path, STRV("/api")) || strv_eq(path, STRV("/apis"));
	enum discovery_form form = two_forms ? wanted_form(accept) : FORM_PLAIN;
	struct json *doc = NULL;
	int err = answer(a, path, form, host, &doc);
	if (err != ERR_OK) {
		return err;
	}
	if (!doc) {
		return ERR_NOMEM;
	}
	json_print(doc, out);
	*out_content_type = types[form];
	return out->err;
}
