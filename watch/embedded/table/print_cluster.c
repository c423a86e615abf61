/* Rows of Namespaces, Nodes, ConfigMaps, Secrets, ServiceAccounts and Leases. See cells.h. */
#include "watch/embedded/table/cells.h"

static const struct column namespace_columns[] = {
	COLUMN_NAME,
	{ "Status", "string", "", false, "Phase of the namespace." },
	COLUMN_AGE,
};

static void print_namespace(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_text(r, text_at(o, "status.phase"));
	cell_age(r, o);
}

const struct printer printer_namespace = { namespace_columns, ARRAY_LEN(namespace_columns),
	print_namespace };

static const struct column node_columns[] = {
	COLUMN_NAME,
	{ "Status", "string", "", false, "Whether the node is ready, and takes pods." },
	{ "Roles", "string", "", false, "Roles the node is labelled with." },
	COLUMN_AGE,
	{ "Version", "string", "", false, "Version of the node's kubelet." },
	{ "Internal-IP", "string", "", true, "Address inside the cluster." },
	{ "External-IP", "string", "", true, "Address outside the cluster." },
	{ "OS-Image", "string", "", true, "Operating system." },
	{ "Kernel-Version", "string", "", true, "Kernel." },
	{ "Container-Runtime", "string", "", true, "What runs the containers." },
};

static void cell_node_status(struct row *r, const struct json *o)
{
	const struct json *ready = condition_of(o, "Ready");
	const char *status = "Unknown";
	if (ready != NULL) {
		status = text_equals(json_get(ready, "status"), "True") ? "Ready" : "NotReady";
	}
	bool closed = json_bool(json_dig(o, "spec.unschedulable"), false);
	cell_printf(r, "%s%s", status, closed ? ",SchedulingDisabled" : "");
}

/* The role a label tells of, or nothing. */
static struct strv role_of(const struct json *label)
{
	static const struct strv prefix = { "node-role.kubernetes.io/", 24 };
	struct strv key = strv_of(json_key(label));
	if (strv_has_prefix(key, prefix)) {
		return strv_sub(key, prefix.n, key.n - prefix.n);
	}
	return strv_eq(key, STRV("kubernetes.io/role")) ? json_str(label) : STRV_NONE;
}

static void cell_roles(struct row *r, const struct json *labels)
{
	struct buf b;
	struct strv last = STRV_NONE;
	buf_init(&b);
	for (;;) { /* in order, each once */
		struct strv best = STRV_NONE;
		json_each(m, labels) {
			struct strv role = role_of(m);
			if (role.n == 0 || (last.n > 0 && strv_cmp(role, last) <= 0)) {
				continue;
			}
			if (best.n == 0 || strv_cmp(role, best) < 0) {
				best = role;
			}
		}
		if (best.n == 0) {
			break;
		}
		list_add(&b, best);
		last = best;
	}
	cell_buf(r, &b, "<none>");
}

static struct strv address_of(const struct json *o, const char *type)
{
	json_each(a, json_dig(o, "status.addresses")) {
		if (text_equals(json_get(a, "type"), type)) {
			return json_str(json_get(a, "address"));
		}
	}
	return STRV_NONE;
}

static void print_node(struct row *r, const struct json *o)
{
	const struct json *info = json_dig(o, "status.nodeInfo");
	cell_name(r, o);
	cell_node_status(r, o);
	cell_roles(r, json_dig(o, "metadata.labels"));
	cell_age(r, o);
	cell_text(r, json_str(json_get(info, "kubeletVersion")));
	cell_text_or(r, address_of(o, "InternalIP"), "<none>");
	cell_text_or(r, address_of(o, "ExternalIP"), "<none>");
	cell_text_or(r, json_str(json_get(info, "osImage")), "<unknown>");
	cell_text_or(r, json_str(json_get(info, "kernelVersion")), "<unknown>");
	cell_text_or(r, json_str(json_get(info, "containerRuntimeVersion")), "<unknown>");
}

const struct printer printer_node = { node_columns, ARRAY_LEN(node_columns), print_node };

static const struct column configmap_columns[] = {
	COLUMN_NAME,
	{ "Data", "string", "", false, "Number of entries." }, /* cells are numbers all the same */
	COLUMN_AGE,
};

static void print_configmap(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_i64(r,
		(int64_t)(json_count(json_get(o, "data")) + json_count(json_get(o, "binaryData"))));
	cell_age(r, o);
}

const struct printer printer_configmap = { configmap_columns, ARRAY_LEN(configmap_columns),
	print_configmap };

static const struct column secret_columns[] = {
	COLUMN_NAME,
	{ "Type", "string", "", false, "What the Secret is for." },
	{ "Data", "string", "", false, "Number of entries." },
	COLUMN_AGE,
};

static void print_secret(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_text(r, text_at(o, "type"));
	cell_i64(r, (int64_t)json_count(json_get(o, "data")));
	cell_age(r, o);
}

const struct printer printer_secret = { secret_columns, ARRAY_LEN(secret_columns), print_secret };

static const struct column plain_columns[] = { COLUMN_NAME, COLUMN_AGE };

static void print_plain(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_age(r, o);
}

const struct printer printer_serviceaccount = { plain_columns, ARRAY_LEN(plain_columns),
	print_plain };

static const struct column lease_columns[] = {
	COLUMN_NAME,
	{ "Holder", "string", "", false, "Who has the lease." },
	COLUMN_AGE,
};

static void print_lease(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_text(r, text_at(o, "spec.holderIdentity"));
	cell_age(r, o);
}

const struct printer printer_lease = { lease_columns, ARRAY_LEN(lease_columns), print_lease };
