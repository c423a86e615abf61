/* Rows of StatefulSets, ControllerRevisions and Scales. See cells.h. */
#include "watch/embedded/table/cells.h"

static const struct column statefulset_columns[] = {
	COLUMN_NAME,
	{ "Ready", "string", "", false, "Ready pods, of as many as are wanted." },
	COLUMN_AGE,
	{ "Containers", "string", "", true, "Names of the containers in the pod template." },
	{ "Images", "string", "", true, "Images of the containers in the pod template." },
};

static void cell_members(struct row *r, const struct json *list, const char *key)
{
	struct buf b;
	buf_init(&b);
	json_each(c, list) {
		list_add(&b, json_str(json_get(c, key)));
	}
	cell_buf(r, &b, "");
}

static void print_statefulset(struct row *r, const struct json *o)
{
	const struct json *containers = json_dig(o, "spec.template.spec.containers");
	cell_name(r, o);
	cell_printf(r, "%lld/%lld", (long long)json_i64_or(json_dig(o, "status.readyReplicas"), 0),
		(long long)json_i64_or(json_dig(o, "spec.replicas"), 1));
	cell_age(r, o);
	cell_members(r, containers, "name");
	cell_members(r, containers, "image");
}

const struct printer printer_statefulset = { statefulset_columns, ARRAY_LEN(statefulset_columns),
	print_statefulset };

static const struct column revision_columns[] = {
	COLUMN_NAME,
	{ "Controller", "string", "", false, "Object whose state this is a version of." },
	{ "Revision", "string", "", false, "Number of the version; a greater one is newer." },
	COLUMN_AGE,
};

/* "statefulset.apps/web" */
static void cell_controller(struct row *r, const struct json *o)
{
	json_each(owner, json_dig(o, "metadata.ownerReferences")) {
		if (!json_bool(json_get(owner, "controller"), false)) {
			continue;
		}
		struct strv version = json_str(json_get(owner, "apiVersion"));
		struct strv group = STRV_NONE;
		if (version.n > 0 && memchr(version.p, '/', version.n) != NULL) {
			(void)strv_cut(&version, '/', &group); /* the core group has no slash */
		}
		struct buf b;
		buf_init(&b);
		struct strv kind = json_str(json_get(owner, "kind"));
		for (size_t i = 0; i < kind.n; i++) {
			char c = kind.p[i];
			buf_add_char(&b, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
		}
		if (group.n > 0) {
			buf_add_char(&b, '.');
			buf_add(&b, group);
		}
		buf_add_char(&b, '/');
		buf_add(&b, json_str(json_get(owner, "name")));
		cell_buf(r, &b, "");
		return;
	}
	cell_cstr(r, "<none>");
}

static void print_revision(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_controller(r, o);
	cell_i64(r, json_i64_or(json_get(o, "revision"), 0));
	cell_age(r, o);
}

const struct printer printer_revision = { revision_columns, ARRAY_LEN(revision_columns),
	print_revision };

static const struct column scale_columns[] = {
	{ "Name", "string", "", false, "Name of the set." },
	{ "Desired", "integer", "", false, "Replicas that are wanted." },
	{ "Available", "integer", "", false, "Replicas that were seen." },
	COLUMN_AGE,
};

static void print_scale(struct row *r, const struct json *o)
{
	cell_name(r, o);
	cell_i64(r, json_i64_or(json_dig(o, "spec.replicas"), 0));
	cell_i64(r, json_i64_or(json_dig(o, "status.replicas"), 0));
	cell_age(r, o);
}

const struct printer printer_scale = { scale_columns, ARRAY_LEN(scale_columns), print_scale };
