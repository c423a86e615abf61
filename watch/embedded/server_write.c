/* Writes over HTTP: the body by its media type, the options of the query, the pipeline, the answer.
 * Source: kube-apiserver as observed. Regime: the request's arena. Called by: server.c. */
#include <stdlib.h>

#include "base/err.h"
#include "watch/embedded/body.h"
#include "watch/embedded/departure.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/read.h"
#include "watch/embedded/selection.h"
#include "watch/embedded/server_internal.h"
#include "watch/embedded/write.h"

#define MAX_MANAGER 128

/* fieldManager, else the first word of the user agent ("kubectl/v1.32.0 (linux...)" is kubectl). */
static struct strv manager_of(struct exchange_ctx *x, enum media media)
{
	struct strv given = x->route.opt.manager;
	if (given.n > 0 || media == MEDIA_APPLY_PATCH) {
		return given; /* an apply has to name its manager */
	}
	struct strv agent = http_request_header(x->req, "User-Agent");
	size_t n = 0;
	while (n < agent.n && n < MAX_MANAGER && agent.p[n] != '/' && agent.p[n] > ' ' &&
		agent.p[n] < 0x7f) {
		n++;
	}
	return n > 0 ? strv_sub(agent, 0, n) : STRV("unknown");
}

static enum write_verb patch_verb(struct exchange_ctx *x, enum media media)
{
	switch (media) {
	case MEDIA_JSON_PATCH:
		return WRITE_PATCH_JSON;
	case MEDIA_MERGE_PATCH:
		return WRITE_PATCH_MERGE;
	case MEDIA_STRATEGIC_PATCH:
		return WRITE_PATCH_STRATEGIC;
	case MEDIA_APPLY_PATCH:
		return WRITE_APPLY;
	case MEDIA_OTHER:
	case MEDIA_JSON:
	case MEDIA_YAML:
	case MEDIA_PROTOBUF:
		break;
	}
	status_unsupported_media(x->s, "415: Unsupported Media Type");
	x->s->bare_details = true;
	return WRITE_PATCH_MERGE;
}

static enum write_verb verb_of(struct exchange_ctx *x, enum media media)
{
	switch (x->route.verb) {
	case ROUTE_CREATE:
		return WRITE_CREATE;
	case ROUTE_UPDATE:
		return WRITE_UPDATE;
	case ROUTE_PATCH:
		return patch_verb(x, media);
	case ROUTE_DELETE:
	case ROUTE_DELETE_COLLECTION:
		return WRITE_DELETE;
	case ROUTE_GET:
	case ROUTE_LIST:
	case ROUTE_WATCH:
		break;
	}
	status_method_not_allowed(x->s);
	return WRITE_UPDATE;
}

/* Options of a DELETE in the query go where those of its body are read; the body's own win. */
static void merge_delete_options(struct exchange_ctx *x, struct write_request *r)
{
	const struct route_options *o = &x->route.opt;
	if (o->propagation.n == 0 && !o->orphan_dependents.set) {
		return;
	}
	if (r->body == NULL) {
		r->body = json_new_object(x->a);
	}
	bool given = json_get(r->body, "propagationPolicy") != NULL ||
		     json_get(r->body, "orphanDependents") != NULL;
	if (given || (r->body != NULL && !json_is_object(r->body))) {
		return;
	}
	if ((o->propagation.n > 0 &&
		    json_set_str(x->a, r->body, "propagationPolicy", o->propagation) != ERR_OK) ||
		(o->orphan_dependents.set && json_set_bool(x->a, r->body, "orphanDependents",
						     o->orphan_dependents.v) != ERR_OK)) {
		status_no_memory(x->s);
	}
}

/* A patch's own media types are for patches only. */
static enum media body_media(const struct route *route, enum media media)
{
	bool whole = media == MEDIA_JSON || media == MEDIA_YAML || media == MEDIA_PROTOBUF;
	return whole || route->verb == ROUTE_PATCH ? media : MEDIA_OTHER;
}

static void fill_request(
	struct exchange_ctx *x, struct write_request *r, struct json_report *report)
{
	const struct route *route = &x->route;
	enum media media = media_of(http_request_header(x->req, "Content-Type"));
	struct strv sub = arena_strdup(x->a, route->sub); /* NUL-terminated */
	*r = (struct write_request){ .verb = verb_of(x, media),
		.kind = route->kind,
		.ns = route->ns,
		.name = route->name,
		.sub = sub.p,
		.report = report,
		.manager = manager_of(x, media),
		.validation = route->opt.validation,
		.dry_run = route->opt.dry_run,
		.force = route->opt.force.set && route->opt.force.v };
	r->del.grace_s = route->opt.grace_s;
	if (sub.p == NULL) {
		status_no_memory(x->s);
	}
	if (status_failed(x->s)) {
		return;
	}
	body_decode(x->a, body_media(route, media), x->req->body, &r->body, report, x->s);
	if (r->verb == WRITE_DELETE && !status_failed(x->s)) {
		merge_delete_options(x, r);
	}
}

/* The Status of a removal, or of a subresource that has no object to show. */
static struct json *success(struct exchange_ctx *x, const struct object *o)
{
	struct arena *a = x->a;
	const struct kind_row *row = kind_row(x->route.kind);
	struct json *v = json_new_object(a);
	if (json_set_str(a, v, "kind", STRV("Status")) != ERR_OK ||
		json_set_str(a, v, "apiVersion", STRV("v1")) != ERR_OK ||
		json_ensure_object(a, v, "metadata") == NULL ||
		json_set_str(a, v, "status", STRV("Success")) != ERR_OK) {
		return NULL;
	}
	struct json *details = json_ensure_object(a, v, "details");
	if (details == NULL || json_set_str(a, details, "name", o->meta.name) != ERR_OK ||
		(row->group[0] != '\0' &&
			json_set_str(a, details, "group", strv_of(row->group)) != ERR_OK) ||
		json_set_str(a, details, "kind", strv_of(row->plural)) != ERR_OK ||
		json_set_str(a, details, "uid", o->meta.uid) != ERR_OK) {
		return NULL;
	}
	return v;
}

/* Kinds whose DELETE answers with what was deleted; that of the others says so in a Status. */
static bool shows_deleted(enum kind k)
{
	return k == KIND_POD || k == KIND_SERVICE || k == KIND_SERVICEACCOUNT || k == KIND_PVC ||
	       k == KIND_PV || k == KIND_STORAGECLASS;
}

static void reply_result(struct exchange_ctx *x, const struct write_result *out)
{
	struct buf body;
	bool verb_sub = x->route.verb == ROUTE_CREATE && x->route.sub.n > 0;
	bool gone = x->route.verb == ROUTE_DELETE && out->gone;
	buf_init(&body);
	if (verb_sub || (gone && !shows_deleted(x->route.kind))) {
		const struct json *v = success(x, out->obj);
		if (v == NULL) {
			status_no_memory(x->s);
		} else {
			json_print(v, &body);
		}
	} else {
		read_object_text(x->e, &x->route, out->obj, x->form, &body, x->s);
	}
	if (status_failed(x->s)) {
		buf_deinit(&body);
		return;
	}
	if (x->route.verb == ROUTE_DELETE && !out->gone && !x->route.opt.dry_run &&
		out->n_warnings == 0) {
		departure_await(x, out->obj, out->code, &body);
		return;
	}
	server_reply_json(x, out->code, &body, out->warnings, out->n_warnings);
}

struct gather {
	const struct selection *sel;
	const struct object **at; /* counted */
	size_t n, cap;
	bool failed;
};

static bool gather(void *ctx, const struct object *o)
{
	struct gather *g = ctx;
	if (!selection_matches(g->sel, o)) {
		return true;
	}
	if (g->n == g->cap) {
		size_t cap = g->cap > 0 ? 2 * g->cap : 64;
		const struct object **p = realloc(
			(void *)g->at, cap * sizeof(const struct object *));
		if (p == NULL) {
			g->failed = true;
			return false;
		}
		g->at = p;
		g->cap = cap;
	}
	g->at[g->n++] = object_ref(o);
	return true;
}

/* Deletes what is still the object that was found; one that has gone meanwhile is none of ours. */
static void delete_each(struct exchange_ctx *x, const struct write_request *proto, struct gather *g)
{
	struct arena scratch;
	arena_init(&scratch, 16384);
	for (size_t i = 0; i < g->n && !status_failed(x->s); i++) {
		struct write_result out;
		struct write_request r = *proto;
		r.ns = g->at[i]->meta.ns;
		r.name = g->at[i]->meta.name;
		r.del.uid = g->at[i]->meta.uid;
		write_run(x->e, &scratch, &r, &out);
		object_unref(out.obj);
		if (status_failed(&out.status) && out.status.code != 404) {
			status_internal(x->s, "%.*s", STRV_ARG(out.status.message));
		}
		arena_reset(&scratch);
	}
	arena_deinit(&scratch);
}

/* DELETE of a collection answers with the list of what it deleted, as it was. */
static void reply_deleted(struct exchange_ctx *x, const struct gather *g)
{
	struct buf body;
	const struct kind_row *row = kind_row(x->route.kind);
	struct json *v = json_new_object(x->a);
	struct strv kind = arena_printf(x->a, "%sList", row->name);
	struct json *meta = v ? json_ensure_object(x->a, v, "metadata") : NULL;
	struct strv version = arena_printf(
		x->a, "%llu", (unsigned long long)store_revision(x->e->store));
	if (kind.p == NULL || version.p == NULL || json_set_str(x->a, v, "kind", kind) != ERR_OK ||
		json_set_str(x->a, v, "apiVersion", strv_of(row->api_version)) != ERR_OK ||
		json_set_str(x->a, meta, "resourceVersion", version) != ERR_OK ||
		json_set(x->a, v, "items", json_new_array(x->a)) != ERR_OK) {
		status_no_memory(x->s);
		return;
	}
	buf_init(&body);
	json_print(v, &body);
	REQUIRE(body.err != ERR_OK || strv_has_suffix(buf_strv(&body), STRV("[]}")));
	if (body.err == ERR_OK) {
		body.n -= 2;
	}
	for (size_t i = 0; i < g->n; i++) {
		if (i > 0) {
			buf_add_char(&body, ',');
		}
		read_item_text(g->at[i], &body);
	}
	buf_add(&body, STRV("]}"));
	server_reply_json(x, 200, &body, NULL, 0);
}

static void delete_collection(struct exchange_ctx *x, const struct write_request *proto)
{
	struct selection sel;
	struct gather g = { .sel = &sel };
	selection_parse(x->a, &x->route, &sel, x->s);
	if (status_failed(x->s)) {
		return;
	}
	store_visit(x->e->store, sel.kind, sel.ns, STRV(""), STRV(""), gather, &g);
	if (g.failed) {
		status_no_memory(x->s);
	} else {
		delete_each(x, proto, &g);
	}
	if (!status_failed(x->s)) {
		reply_deleted(x, &g);
	}
	for (size_t i = 0; i < g.n; i++) {
		object_unref(g.at[i]);
	}
	free((void *)g.at);
}

void server_write(struct exchange_ctx *x)
{
	struct write_request r;
	struct write_result out;
	struct json_report report;
	fill_request(x, &r, &report);
	if (status_failed(x->s)) {
		return;
	}
	if (x->route.verb == ROUTE_DELETE_COLLECTION) {
		delete_collection(x, &r);
		return;
	}
	write_run(x->e, x->a, &r, &out);
	if (status_failed(&out.status)) {
		*x->s = out.status;
		return;
	}
	reply_result(x, &out);
	object_unref(out.obj);
}
