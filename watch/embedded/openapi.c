/* OpenAPI documents. See openapi.h.
 * A document is written piece by piece: each path and each definition is a JSON tree in a scratch arena that is
 * emptied behind it, so that no document stands in memory as a tree. */
#include "watch/embedded/openapi.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/discovery.h"
#include "watch/embedded/openapi_paths.h"
#include "watch/embedded/openapi_schema.h"
#include "watch/embedded/schema/schema.h"

#define MAX_TYPES 320 /* more than there are */
#define CHUNK     ((size_t)16 * 1024)
#define V2_TYPE   "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

struct writer {
	struct arena scratch; /* emptied behind each piece */
	struct buf *out;
	bool first;
	int err;
};

/* "key":TREE, with a comma unless it is the first. A NULL tree is out of memory. */
static void piece(struct writer *w, struct strv key, const struct json *tree)
{
	struct json *name = key.p ? json_new_str(&w->scratch, key) : NULL;
	if (!name || !tree) {
		w->err = ERR_NOMEM;
	}
	if (w->err == ERR_OK) {
		if (!w->first) {
			buf_add_char(w->out, ',');
		}
		w->first = false;
		json_print(name, w->out);
		buf_add_char(w->out, ':');
		json_print(tree, w->out);
	}
	arena_reset(&w->scratch);
}

/* ---- paths ---- */

static void write_path(struct writer *w, enum openapi_place place, const struct openapi_target *t)
{
	struct strv path = openapi_path_text(&w->scratch, place, t);
	piece(w, path, openapi_path(&w->scratch, place, t));
}

static void write_paths(struct writer *w, const struct kind_row *k)
{
	const struct openapi_target self = { .kind = k,
		.verbs = discovery_verbs(k->kind),
		.group = k->group,
		.version = k->version,
		.name = k->name,
		.schema = schema_of(k->kind)->name };
	write_path(w, ON_COLLECTION, &self);
	write_path(w, ON_OBJECT, &self);
	const struct discovery_sub *part;
	for (size_t i = 0; (part = discovery_sub_at(i)); i++) {
		if (part->kind != k->kind) {
			continue;
		}
		const struct schema_type *type = schema_of_sub(k->kind, strv_of(part->name));
		const struct openapi_target sub = { .kind = k,
			.part = part,
			.verbs = part->verbs,
			.group = part->group ? part->group : k->group,
			.version = part->version ? part->version : k->version,
			.name = part->kind_name,
			.schema = type ? type->name : self.schema };
		write_path(w, ON_PART, &sub);
	}
}

/* ---- definitions ---- */

struct types {
	const struct schema_type *list[MAX_TYPES];
	size_t n;
};

/* Adds t and all it is made of, each once. */
static void collect(struct types *all, const struct schema_type *t)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i] == t) {
			return;
		}
	}
	REQUIRE(all->n < MAX_TYPES);
	all->list[all->n++] = t;
	for (size_t i = 0; i < t->n; i++) {
		if (t->fields[i].type) {
			collect(all, t->fields[i].type);
		}
	}
}

static const struct kind_row *root_kind(const struct schema_type *t)
{
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		if (schema_of((enum kind)k) == t) {
			return kind_row((enum kind)k);
		}
	}
	return NULL;
}

static void write_definitions(struct writer *w, const char *api_version)
{
	struct types types = { .n = 0 };
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strcmp(row->api_version, api_version) != 0) {
			continue;
		}
		collect(&types, schema_of(row->kind));
		struct strv name = arena_printf(&w->scratch, "%sList", schema_of(row->kind)->name);
		piece(w, name, openapi_list_schema(&w->scratch, row));
		const struct discovery_sub *part;
		for (size_t i = 0; (part = discovery_sub_at(i)); i++) {
			const struct schema_type *t = schema_of_sub(
				part->kind, strv_of(part->name));
			if (part->kind == row->kind && t) {
				collect(&types, t);
			}
		}
	}
	collect(&types, schema_delete_options());
	collect(&types, schema_status());
	for (size_t i = 0; i < types.n; i++) {
		const struct schema_type *t = types.list[i];
		piece(w, strv_of(t->name), openapi_schema(&w->scratch, t, root_kind(t)));
	}
	for (size_t i = 0; openapi_scalar_name(i); i++) {
		piece(w, strv_of(openapi_scalar_name(i)), openapi_scalar(&w->scratch, i));
	}
}

static int write_document(const char *api_version, struct buf *out)
{
	struct writer w = { .out = out, .first = true };
	arena_init(&w.scratch, CHUNK);
	buf_add(out, STRV("{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"Kubernetes\",\"version\":"
			  "\"" DISCOVERY_GIT_VERSION "\"},\"paths\":{"));
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strcmp(row->api_version, api_version) == 0) {
			write_paths(&w, row);
		}
	}
	buf_add(out, STRV("},\"components\":{\"schemas\":{"));
	w.first = true;
	write_definitions(&w, api_version);
	buf_add(out, STRV("}}}"));
	arena_deinit(&w.scratch);
	return w.err != ERR_OK ? w.err : out->err;
}

/* ---- the answer ---- */

/* "apps/v1" from "apis/apps/v1" or "v1" from "api/v1", as a row's own text; NULL: not served. */
static const char *served_version(struct strv path)
{
	bool core = strv_has_prefix(path, STRV("api/"));
	struct strv text = strv_sub(path, core ? 4 : 5, path.n);
	if (!core && !strv_has_prefix(path, STRV("apis/"))) {
		return NULL;
	}
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strv_eq(strv_of(row->api_version), text) && (row->group[0] == '\0') == core) {
			return row->api_version;
		}
	}
	return NULL;
}

static bool is_first_of_version(enum kind k)
{
	for (int i = 0; i < (int)k; i++) {
		if (strcmp(kind_row((enum kind)i)->api_version, kind_row(k)->api_version) == 0) {
			return false;
		}
	}
	return true;
}

/* The address of one document; its hash changes with the document, as clients keep documents by address. */
static struct json *index_entry(struct arena *a, const struct kind_row *row, const char *where)
{
	struct buf document;
	buf_init(&document);
	struct json *entry = NULL;
	if (write_document(row->api_version, &document) == ERR_OK) {
		struct strv url = arena_printf(a, "/openapi/v3/%s/%s?hash=%016" PRIX64, where,
			row->api_version, strv_hash(buf_strv(&document), 0));
		entry = json_new_object(a);
		if (!url.p || json_set_str(a, entry, "serverRelativeURL", url) != ERR_OK) {
			entry = NULL;
		}
	}
	buf_deinit(&document);
	return entry;
}

static int write_index(struct arena *a, struct buf *out)
{
	struct json *doc = json_new_object(a);
	struct json *paths = json_new_object(a);
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (!is_first_of_version((enum kind)k)) {
			continue;
		}
		const char *where = row->group[0] == '\0' ? "api" : "apis";
		struct strv key = arena_printf(a, "%s/%s", where, row->api_version);
		if (!key.p || json_set_strv(a, paths, key, index_entry(a, row, where)) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	int err = json_set(a, doc, "paths", paths);
	if (err != ERR_OK) {
		return err;
	}
	json_print(doc, out);
	return out->err;
}

int openapi_answer(
	struct arena *a, struct strv path, struct buf *out, const char **out_content_type)
{
	const char *version = NULL;
	bool v2 = strv_eq(path, STRV("/openapi/v2"));
	bool index = strv_eq(path, STRV("/openapi/v3"));
	if (strv_has_prefix(path, STRV("/openapi/v3/"))) {
		version = served_version(strv_sub(path, 12, path.n));
	}
	if (!v2 && !index && !version) {
		return ERR_NOT_FOUND;
	}
	*out_content_type = v2 ? V2_TYPE : "application/json";
	if (v2) {
		return ERR_OK; /* no bytes: the empty message */
	}
	return index ? write_index(a, out) : write_document(version, out);
}
