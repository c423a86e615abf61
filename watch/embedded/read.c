/* GET and LIST. Source and regime: see read.h.
 * `continue` is "REVISION/NAMESPACE/NAME": the revision of the first page and the last key given.
 * Every page reports the first one's revision, so a watch from there makes up for what changed
 * between pages. */
#include "watch/embedded/read.h"

#include <inttypes.h>

#include "base/err.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/scale.h"
#include "watch/embedded/selection.h"
#include "watch/embedded/table/table.h"

#define NO_VERSION                                                                                 \
	"resourceVersion: Invalid value: \"%.*s\": strconv.ParseUint: parsing \"%.*s\": invalid "  \
	"syntax"

static bool parse_version(struct strv text, uint64_t *out)
{
	int64_t n = 0;
	if (text.n > 0 && (strv_to_i64(text, &n) != ERR_OK || n < 0)) {
		return false;
	}
	*out = (uint64_t)n;
	return true;
}

uint64_t read_version(struct strv text, struct status *s)
{
	uint64_t n = 0;
	if (!parse_version(text, &n)) {
		status_unsorted(s, NO_VERSION, STRV_ARG(text), STRV_ARG(text));
	}
	return n;
}

/* Only a list tells whose fault it is. */
static uint64_t list_version(struct strv text, struct status *s)
{
	uint64_t n = 0;
	if (!parse_version(text, &n)) {
		status_bad_request(
			s, "invalid resource version: " NO_VERSION, STRV_ARG(text), STRV_ARG(text));
	}
	return n;
}

static void add_json(struct buf *out, const struct json *v, struct status *s)
{
	if (v == NULL) {
		status_no_memory(s);
		return;
	}
	json_print(v, out);
}

/* A Table of one row. */
static void add_single_table(struct arena *a, const struct object *o, struct json *columns,
	struct json *row, const char *meta_version, struct buf *out, struct status *s)
{
	struct json *rows = json_new_array(a);
	struct json *meta = json_new_object(a);
	struct strv version = arena_printf(a, "%" PRIu64, o->meta.resource_version);
	if (version.p == NULL || columns == NULL || json_append(a, rows, row) != ERR_OK ||
		json_set_str(a, meta, "resourceVersion", version) != ERR_OK) {
		status_no_memory(s);
		return;
	}
	add_json(out, table_wrap(a, meta_version, columns, rows, meta), s);
}

void read_object_text(struct embedded *e, const struct route *route, const struct object *o,
	struct negotiated form, struct buf *out, struct status *s)
{
	struct arena *a = s->arena;
	enum table_include include = route->opt.include;
	int64_t now_ms = clock_now_ms(e->clock);
	const char *version = form.meta_version;
	bool scale = strv_eq(route->sub, STRV("scale")) && o->kind == KIND_STATEFULSET;
	if (!scale && form.form != FORM_TABLE) {
		buf_add(out, o->json);
		return;
	}
	struct json *tree = scale ? scale_of(a, o) : object_tree(o, a);
	if (tree == NULL) {
		status_no_memory(s);
	} else if (form.form != FORM_TABLE) {
		add_json(out, tree, s);
	} else if (scale) {
		add_single_table(a, o, table_scale_columns(a),
			table_scale_row(a, tree, include, version, now_ms), version, out, s);
	} else {
		add_single_table(a, o, table_columns(a, o->kind),
			table_row(a, o->kind, tree, include, version, now_ms), version, out, s);
	}
}

void read_get(struct embedded *e, const struct route *route, struct negotiated form,
	struct buf *out, struct status *s)
{
	uint64_t asked = read_version(route->opt.resource_version, s);
	if (status_failed(s)) {
		return;
	}
	if (asked > store_revision(e->store)) {
		status_version_too_large(s, asked, store_revision(e->store));
		return;
	}
	const struct object *o = store_get(e->store, route->kind, route->ns, route->name);
	if (o == NULL) {
		status_not_found(s, route->kind, route->name);
		return;
	}
	read_object_text(e, route, o, form, out, s);
}

/* One list on its way. */
struct list {
	struct embedded *e;
	struct arena *a;
	const struct route *route;
	struct negotiated form;
	struct buf *out;
	struct status *s;
	struct selection sel;
	uint64_t revision; /* what the list reports */
	struct strv after_ns, after_name;
	struct arena scratch; /* of one row */
	int64_t n;            /* items given */
	int64_t left;         /* and not: those beyond the limit */
	struct strv last_ns, last_name;
};

static void start_after(struct list *l)
{
	struct strv rest = l->route->opt.cont, version;
	l->revision = store_revision(l->e->store);
	l->after_ns = l->after_name = STRV("");
	if (rest.n == 0) {
		return;
	}
	bool ok = strv_cut(&rest, '/', &version) && strv_cut(&rest, '/', &l->after_ns) &&
		  rest.n > 0;
	int64_t n = 0;
	if (!ok || strv_to_i64(version, &n) != ERR_OK || n < 0 || (uint64_t)n > l->revision) {
		status_bad_request(l->s,
			"invalid continue token: continue key is not valid: it was not made "
			"by this server");
		return;
	}
	l->after_name = rest;
	l->revision = (uint64_t)n;
}

/* Exact: the revision itself must be what a reader sees now. */
static void check_exact(struct list *l, uint64_t asked)
{
	struct store_change c = { .revision = 0 };
	uint64_t cursor = asked;
	int r = store_read(l->e->store, &cursor, KIND_BIT(l->route->kind), &c);
	if (r != ERR_OK || c.obj != NULL) {
		status_expired(l->s, "The resourceVersion for the provided list is too old.");
	} else {
		l->revision = asked;
	}
}

static void check_versions(struct list *l)
{
	const struct route_options *o = &l->route->opt;
	struct status *s = l->s;
	uint64_t asked = list_version(o->resource_version, s);
	if (o->cont.n > 0 && asked > 0) {
		status_bad_request(
			s, "specifying resource version is not allowed when using continue");
	} else if (asked > store_revision(l->e->store)) {
		status_version_too_large(s, asked, store_revision(l->e->store));
	} else if (strv_eq(o->version_match, STRV("Exact")) && !status_failed(s)) {
		check_exact(l, asked);
	}
}

static void add_row(struct list *l, const struct object *o)
{
	arena_reset(&l->scratch);
	struct json *tree = object_tree(o, &l->scratch);
	struct json *row = tree == NULL
				   ? NULL
				   : table_row(&l->scratch, o->kind, tree, l->route->opt.include,
					     l->form.meta_version, clock_now_ms(l->e->clock));
	add_json(l->out, row, l->s);
}

void read_item_text(const struct object *o, struct buf *out)
{
	const struct kind_row *row = kind_row(o->kind);
	char head[160];
	(void)snprintf(head, sizeof(head), "{\"kind\":\"%s\",\"apiVersion\":\"%s\",", row->name,
		row->api_version); /* fits: names are short */
	struct strv text = o->json;
	if (strv_has_prefix(text, strv_of(head))) {
		buf_add_char(out, '{');
		text = strv_sub(text, strlen(head), text.n);
	}
	buf_add(out, text);
}

static bool visit(void *ctx, const struct object *o)
{
	struct list *l = ctx;
	if (!selection_matches(&l->sel, o)) {
		return true;
	}
	if (l->route->opt.limit > 0 && l->n == l->route->opt.limit) {
		l->left++;
		return selection_is_all(&l->sel); /* how many there are is told only then */
	}
	if (l->n++ > 0) {
		buf_add_char(l->out, ',');
	}
	l->last_ns = o->meta.ns;
	l->last_name = o->meta.name;
	if (l->form.form == FORM_TABLE) {
		add_row(l, o);
	} else {
		read_item_text(o, l->out);
	}
	return !status_failed(l->s) && l->out->err == ERR_OK;
}

/* A selection by name is a look-up. */
static void visit_all(struct list *l)
{
	struct strv name = field_selector_name(&l->sel.fields);
	bool exact = name.n > 0 && (l->sel.ns.n > 0 || !kind_row(l->sel.kind)->namespaced);
	if (!exact) {
		store_visit(
			l->e->store, l->sel.kind, l->sel.ns, l->after_ns, l->after_name, visit, l);
		return;
	}
	const struct object *o = store_get(l->e->store, l->sel.kind, l->sel.ns, name);
	if (o != NULL && l->route->opt.cont.n == 0) {
		(void)visit(l, o); /* there is no next one to go on to */
	}
}

static struct json *list_meta(struct list *l)
{
	struct arena *a = l->a;
	struct json *meta = json_new_object(a);
	struct strv version = arena_printf(a, "%" PRIu64, l->revision);
	if (version.p == NULL || json_set_str(a, meta, "resourceVersion", version) != ERR_OK) {
		return NULL;
	}
	if (l->left == 0) {
		return meta;
	}
	struct strv cont = arena_printf(a, "%" PRIu64 "/%.*s/%.*s", l->revision,
		STRV_ARG(l->last_ns), STRV_ARG(l->last_name));
	if (cont.p == NULL || json_set_str(a, meta, "continue", cont) != ERR_OK) {
		return NULL;
	}
	if (selection_is_all(&l->sel) &&
		json_set_i64(a, meta, "remainingItemCount", l->left) != ERR_OK) {
		return NULL;
	}
	return meta;
}

/* The list around its items, whose place is at the end: ..."items":[]} */
static struct json *frame(struct list *l)
{
	struct arena *a = l->a;
	const struct kind_row *row = kind_row(l->route->kind);
	struct json *meta = list_meta(l);
	if (l->form.form == FORM_TABLE) {
		return meta == NULL
			       ? NULL
			       : table_wrap(a, l->form.meta_version,
					 table_columns(a, l->route->kind), json_new_array(a), meta);
	}
	struct json *v = json_new_object(a);
	struct strv kind = arena_printf(a, "%sList", row->name);
	if (kind.p == NULL || json_set_str(a, v, "kind", kind) != ERR_OK ||
		json_set_str(a, v, "apiVersion", strv_of(row->api_version)) != ERR_OK ||
		json_set(a, v, "metadata", meta) != ERR_OK ||
		json_set(a, v, "items", json_new_array(a)) != ERR_OK) {
		return NULL;
	}
	return v;
}

/* Head and tail of the list, cut where the items go. False: failed. */
static bool put_frame(struct list *l, struct buf *out, struct strv items)
{
	struct json *v = frame(l);
	struct strv text = v != NULL ? json_text(l->a, v) : STRV_NONE;
	if (text.p == NULL) {
		status_no_memory(l->s);
		return false;
	}
	REQUIRE(strv_has_suffix(text, STRV("[]}")));
	buf_add(out, strv_sub(text, 0, text.n - 2));
	buf_add(out, items);
	return true;
}

/* With a limit the items are collected first, because the head tells where the next page begins. */
static void run(struct list *l)
{
	struct buf *out = l->out;
	struct buf items;
	if (l->route->opt.limit <= 0) {
		if (put_frame(l, out, STRV(""))) {
			visit_all(l);
		}
	} else {
		buf_init(&items);
		l->out = &items;
		visit_all(l);
		l->out = out;
		if (items.err != ERR_OK) {
			status_no_memory(l->s);
		} else if (!status_failed(l->s)) {
			(void)put_frame(l, out, buf_strv(&items)); /* the failure is in l->s */
		}
		buf_deinit(&items);
	}
	buf_add(out, STRV("]}"));
	if (out->err != ERR_OK) {
		status_no_memory(l->s);
	}
}

void read_list(struct embedded *e, const struct route *route, struct negotiated form,
	struct buf *out, struct status *s)
{
	struct arena *a = s->arena;
	struct list l = { .e = e, .a = a, .route = route, .form = form, .out = out, .s = s };
	selection_parse(a, route, &l.sel, s);
	if (!status_failed(s)) {
		start_after(&l);
		check_versions(&l);
	}
	if (!status_failed(s)) {
		arena_init(&l.scratch, 16384);
		run(&l);
		arena_deinit(&l.scratch);
	}
}
