/* Reading and applying manifests. Regime: see manifest.h.
 * Failure paths: unreadable path -> manifest_load fails; bad YAML, no kind, unknown kind -> counted, skipped; refused by
 * the API -> counted with the API's own words, the next one follows. */
#include "watch/manifest/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/yaml.h"

#define READ_BYTES     65536u
#define FILE_BYTES_MAX (64u << 20)

struct manifest {
	struct arena arena;
	struct manifest_doc *docs; /* heap */
	size_t n, cap;
	size_t bad;
	size_t next; /* the document being applied */
	enum {
		STEP_CREATE,
		STEP_NAMESPACE, /* its namespace is missing: that is made first */
		STEP_MERGE,     /* it exists already: merged into what is there */
	} how;
	bool namespace_tried;
	struct clock *clock;
	struct clock_task begin; /* so that nothing completes inside manifest_apply */
	const struct watch_api *api;
	manifest_done_fn done;
	void *ctx;
};

static void complain(struct manifest *m, struct strv place, const char *why)
{
	m->bad++;
	fprintf(stderr, "error: %.*s: %s\n", STRV_ARG(place), why);
}

NODISCARD static int doc_add(struct manifest *m, const struct manifest_doc *doc)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 16;
		struct manifest_doc *docs = realloc(m->docs, cap * sizeof(*docs));
		if (!docs) {
			return ERR_NOMEM;
		}
		m->docs = docs;
		m->cap = cap;
	}
	m->docs[m->n++] = *doc;
	return ERR_OK;
}

/* Takes one decoded document: an object, or a List of them. */
NODISCARD static int value_add(struct manifest *m, struct json *v, struct strv place)
{
	struct strv api_version = json_str(json_get(v, "apiVersion"));
	struct strv name = json_str(json_get(v, "kind"));
	char why[200];
	if (!json_is_object(v) || api_version.n == 0 || name.n == 0) {
		complain(m, place, "a document must be an object with apiVersion and kind");
		return ERR_OK;
	}
	struct json *items = json_get(v, "items");
	if (strv_has_suffix(name, STRV("List")) && json_is_array(items)) {
		json_each(item, items) {
			int err = value_add(m, item, place);
			if (err) {
				return err;
			}
		}
		return ERR_OK;
	}
	enum kind k = kind_of_name(api_version, name);
	if (k == KIND_NONE || k >= KIND_BUILT_IN_COUNT) {
		(void)snprintf(why, sizeof(why), /* cut text is still the reason */
			"no matches for kind \"%.*s\" in version \"%.*s\": the lab does not serve "
			"it",
			STRV_ARG(strv_sub(name, 0, 60)), STRV_ARG(strv_sub(api_version, 0, 60)));
		complain(m, place, why);
		return ERR_OK;
	}
	struct manifest_doc doc = { .kind = k, .place = place, .body = v };
	doc.name = json_str(json_dig(v, "metadata.name"));
	if (doc.name.n == 0 && json_str(json_dig(v, "metadata.generateName")).n == 0) {
		complain(m, place, "metadata.name is missing");
		return ERR_OK;
	}
	if (kind_row(k)->namespaced) {
		doc.ns = json_str(json_dig(v, "metadata.namespace"));
		doc.ns = doc.ns.n ? doc.ns : STRV("default");
	}
	return doc_add(m, &doc);
}

NODISCARD static int text_add(struct manifest *m, struct strv text, const char *path)
{
	struct yaml_stream *y;
	int err = yaml_open(text, &y);
	while (!err) {
		struct yaml_report report = { .line = 0 };
		struct json *v = NULL;
		err = yaml_next(y, &m->arena, &v, &report);
		struct strv place = arena_printf(&m->arena, "%s:%zu", path, report.line);
		if (!place.p) {
			err = ERR_NOMEM;
		} else if (err && err != ERR_NOMEM) {
			complain(m, place, report.why);
			err = ERR_OK;
		} else if (!err && !v) {
			break;
		} else if (!err) {
			err = value_add(m, v, place);
		}
	}
	yaml_close(y);
	return err;
}

NODISCARD static int fd_read(int fd, struct buf *out)
{
	for (;;) {
		char *room = buf_reserve(out, READ_BYTES);
		if (!room) {
			return out->err;
		}
		ssize_t n = read(fd, room, READ_BYTES);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return uv_translate_sys_error(errno);
		}
		if (n == 0) {
			return ERR_OK;
		}
		buf_grown(out, (size_t)n);
		if (out->n > FILE_BYTES_MAX) {
			return ERR_TOO_LARGE;
		}
	}
}

static void cannot_read(const char *path, int err)
{
	fprintf(stderr,
		"error: cannot read manifest %s: %s; give -f a readable file, a folder or -\n",
		path, err_text(err));
}

NODISCARD static int file_add(struct manifest *m, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		int err = uv_translate_sys_error(errno);
		cannot_read(path, err);
		return err;
	}
	struct buf text;
	buf_init(&text);
	int err = fd_read(fd, &text);
	if (!is_stdin) {
		close(fd);
	}
	if (err) {
		cannot_read(path, err);
	} else {
		err = text_add(m, buf_strv(&text), is_stdin ? "stdin" : path);
	}
	buf_deinit(&text);
	return err;
}

static int is_manifest(const struct dirent *e)
{
	struct strv name = strv_of(e->d_name);
	return strv_has_suffix(name, STRV(".yaml")) || strv_has_suffix(name, STRV(".yml")) ||
	       strv_has_suffix(name, STRV(".json"));
}

/* The manifests of one folder, by name; its folders are left alone, as kubectl does without -R. */
NODISCARD static int folder_add(struct manifest *m, const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_manifest, alphasort);
	if (n < 0) {
		int err = uv_translate_sys_error(errno);
		cannot_read(path, err);
		return err;
	}
	int err = ERR_OK;
	for (int i = 0; i < n; i++) {
		struct strv file = arena_printf(&m->arena, "%s/%s", path, entries[i]->d_name);
		if (!err) {
			err = file.p ? file_add(m, file.p) : ERR_NOMEM;
		}
		free(entries[i]);
	}
	free(entries);
	if (!err && n == 0) {
		fprintf(stderr,
			"error: no manifests in folder %s: it has no .yaml, .yml or .json file\n",
			path);
		err = UV_ENOENT;
	}
	return err;
}

int manifest_parse(struct strv text, const char *name, struct manifest **out)
{
	struct manifest *m = calloc(1, sizeof(*m));
	if (!m) {
		return ERR_NOMEM;
	}
	arena_init(&m->arena, 0);
	int err = text_add(m, text, name);
	if (err) {
		manifest_free(m);
		return err;
	}
	*out = m;
	return ERR_OK;
}

int manifest_load(const struct option_list *paths, struct manifest **out)
{
	struct manifest *m = calloc(1, sizeof(*m));
	if (!m) {
		return ERR_NOMEM;
	}
	arena_init(&m->arena, 0);
	int err = ERR_OK;
	for (size_t i = 0; i < paths->n && !err; i++) {
		struct stat st;
		if (strcmp(paths->items[i], "-") != 0 && stat(paths->items[i], &st) == 0 &&
			S_ISDIR(st.st_mode)) {
			err = folder_add(m, paths->items[i]);
		} else {
			err = file_add(m, paths->items[i]);
		}
	}
	if (err) {
		manifest_free(m);
		return err;
	}
	*out = m;
	return ERR_OK;
}

void manifest_free(struct manifest *m)
{
	if (m) {
		if (m->clock) {
			clock_unpost(m->clock, &m->begin);
		}
		free(m->docs);
		arena_deinit(&m->arena);
		free(m);
	}
}

size_t manifest_count(const struct manifest *m)
{
	return m->n;
}

struct manifest_doc *manifest_at(const struct manifest *m, size_t index)
{
	REQUIRE(index < m->n);
	return &m->docs[index];
}

size_t manifest_bad(const struct manifest *m)
{
	return m->bad;
}

static void on_reply(void *ctx, const struct watch_reply *r);

static void refused(struct manifest *m, const struct manifest_doc *doc, struct strv message)
{
	m->bad++;
	fprintf(stderr, "error: %.*s: %s \"%.*s\" was not applied: %.*s\n", STRV_ARG(doc->place),
		kind_row(doc->kind)->name, STRV_ARG(doc->name), STRV_ARG(message));
}

/* {"apiVersion": "v1", "kind": "Namespace", ...}; NULL when out of memory. */
static struct json *namespace_body(struct manifest *m, struct strv name)
{
	struct json *ns = json_new_object(&m->arena);
	struct json *meta = json_new_object(&m->arena);
	int err = json_set_str(&m->arena, ns, "apiVersion", STRV("v1"));
	err = err ? err : json_set_str(&m->arena, ns, "kind", STRV("Namespace"));
	err = err ? err : json_set_str(&m->arena, meta, "name", name);
	err = err ? err : json_set(&m->arena, ns, "metadata", meta);
	return err ? NULL : ns;
}

NODISCARD static int send_step(struct manifest *m, const struct manifest_doc *doc)
{
	struct watch_call call = { .verb = m->how == STEP_MERGE ? WATCH_PATCH_STRATEGIC
								: WATCH_CREATE,
		.kind = doc->kind,
		.ns = doc->ns,
		.name = doc->name,
		.body = doc->body,
		.manager = "ordinal-lab" };
	if (m->how == STEP_NAMESPACE) {
		call.kind = KIND_NAMESPACE;
		call.ns = STRV_NONE;
		call.name = doc->ns;
		call.body = namespace_body(m, doc->ns);
		if (!call.body) {
			return ERR_NOMEM;
		}
	}
	return watch_call(m->api, &call, on_reply, m);
}

static void next_doc(struct manifest *m)
{
	m->how = STEP_CREATE;
	m->namespace_tried = false;
	m->next++;
}

/* Sends the next document, or says that all are through. */
static void step(struct manifest *m)
{
	while (m->next < m->n) {
		int err = send_step(m, &m->docs[m->next]);
		if (!err) {
			return; /* on_reply goes on */
		}
		refused(m, &m->docs[m->next], strv_of(err_text(err)));
		next_doc(m);
	}
	m->done(m->ctx);
}

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct manifest *m = ctx;
	if (r->err == UV_ECANCELED) {
		return; /* closing: nobody waits for done any more */
	}
	struct manifest_doc *doc = &m->docs[m->next];
	bool creating = m->how == STEP_CREATE;
	if (m->how == STEP_NAMESPACE) {
		m->how = STEP_CREATE; /* whatever came of it: the document's own reply tells */
		m->namespace_tried = true;
	} else if (creating && r->err == ERR_EXISTS && doc->name.n > 0) {
		m->how = STEP_MERGE;
	} else if (creating && r->err == ERR_NOT_FOUND && doc->ns.n > 0 && !m->namespace_tried) {
		m->how = STEP_NAMESPACE;
	} else if (r->err) {
		refused(m, doc, r->message.n ? r->message : strv_of(err_text(r->err)));
		next_doc(m);
	} else {
		doc->applied = true;
		if (r->obj && doc->name.n == 0) { /* generateName */
			doc->name = arena_strdup(&m->arena, r->obj->meta.name);
		}
		log_debug("lab", "applied %s %.*s", kind_row(doc->kind)->name, STRV_ARG(doc->name));
		next_doc(m);
	}
	step(m);
}

static void on_begin(struct clock_task *t)
{
	step(container_of(t, struct manifest, begin));
}

void manifest_apply(struct manifest *m, struct clock *clock, const struct watch_api *api,
	manifest_done_fn done, void *ctx)
{
	m->clock = clock;
	m->api = api;
	m->done = done;
	m->ctx = ctx;
	clock_task_init(&m->begin, on_begin);
	clock_post(clock, &m->begin);
}
