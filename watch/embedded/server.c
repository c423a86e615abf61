/* Routing and replies. Source and regime: see server.h.
 * A reply leaves only when everything in this process that names depend on has digested what it
 * tells (hub_settle). */
#include "watch/embedded/server.h"

#include "base/err.h"
#include "watch/embedded/discovery.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/openapi.h"
#include "watch/embedded/read.h"
#include "watch/embedded/server_internal.h"
#include "watch/embedded/watch.h"

#define JSON_TYPE    "application/json"
#define MAX_WARNINGS 50
#define BODY_LIMIT   ((size_t)3 << 20)

static void reply_text(
	struct http_request *req, unsigned code, const char *content_type, struct buf *body)
{
	const struct http_header headers[] = { { "Content-Type", content_type },
		{ "Cache-Control", "no-cache, private" }, { "Vary", "Accept" } };
	http_reply(req, code, headers, ARRAY_LEN(headers), body);
}

void server_reply_status(struct http_request *req, struct status *s)
{
	struct buf body;
	buf_init(&body);
	const struct json *v = status_json(s);
	if (v == NULL) {
		s->code = 500;
	} else {
		json_print(v, &body);
	}
	if (s->code == 405) {
		const struct http_header headers[] = { { "Content-Type", JSON_TYPE },
			{ "Allow", "GET, POST, PUT, PATCH, DELETE" } };
		http_reply(req, s->code, headers, ARRAY_LEN(headers), &body);
		return;
	}
	reply_text(req, s->code, JSON_TYPE, &body);
}

/* 299 - "text" (RFC 7234 5.5), quotes escaped, control characters blanked. NULL: no memory. */
static const char *warning_header(struct arena *a, struct strv text)
{
	char *p = arena_alloc(a, 2 * text.n + sizeof("299 - \"\""));
	size_t n = 0;
	if (p == NULL) {
		return NULL;
	}
	memcpy(p, "299 - \"", 7);
	n = 7;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '"' || c == '\\') {
			p[n++] = '\\';
		}
		p[n++] = (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c;
	}
	p[n++] = '"';
	p[n] = '\0';
	return p;
}

static void add_warning(
	struct exchange_ctx *x, struct strv text, struct http_header *headers, size_t *n)
{
	const char *value = warning_header(x->a, text);
	if (value != NULL) {
		headers[(*n)++] = (struct http_header){ "Warning", value };
	}
}

void server_reply_json(struct exchange_ctx *x, unsigned code, struct buf *body,
	const struct strv *warnings, size_t n_warnings)
{
	struct http_header headers[MAX_WARNINGS + 3] = { { "Content-Type", JSON_TYPE },
		{ "Cache-Control", "no-cache, private" } };
	size_t n = 2;
	hub_settle(x->e->store);
	if (x->route.kind == KIND_ENDPOINTS) {
		add_warning(x,
			STRV("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 "
			     "EndpointSlice"),
			headers, &n);
	}
	for (size_t i = 0; i < n_warnings && n < ARRAY_LEN(headers); i++) {
		add_warning(x, warnings[i], headers, &n);
	}
	http_reply(x->req, code, headers, n, body);
}

static void reply_nowhere(struct http_request *req)
{
	struct buf body;
	buf_init(&body);
	buf_add(&body, STRV("404 page not found\n"));
	reply_text(req, 404, "text/plain; charset=utf-8", &body);
}

static bool is_read(struct strv method)
{
	return strv_eq(method, STRV("GET")) || strv_eq(method, STRV("HEAD"));
}

/* Pages made from tables: discovery and OpenAPI. */
static void reply_page(struct exchange_ctx *x)
{
	struct buf body;
	const char *type = JSON_TYPE;
	struct http_request *req = x->req;
	if (!is_read(req->method)) {
		status_method_not_allowed(x->s);
		return;
	}
	buf_init(&body);
	int r = x->route.what == ROUTE_OPENAPI
			? openapi_answer(x->a, req->path, &body, &type)
			: discovery_answer(x->a, req->path, http_request_header(req, "Accept"),
				  http_request_host(req), &body, &type);
	if (r == ERR_OK) {
		reply_text(req, 200, type, &body);
		return;
	}
	buf_deinit(&body);
	if (r == ERR_NOT_FOUND) {
		reply_nowhere(req);
	} else {
		status_no_memory(x->s);
	}
}

static void reply_health(struct exchange_ctx *x)
{
	struct buf body;
	if (!is_read(x->req->method)) {
		status_method_not_allowed(x->s);
		return;
	}
	buf_init(&body);
	buf_add(&body, STRV("ok"));
	reply_text(x->req, 200, "text/plain; charset=utf-8", &body);
}

/* Everybody may do everything here; `kubectl auth can-i` reads nothing but this of the answer. */
static void reply_access(struct exchange_ctx *x)
{
	struct buf body;
	buf_init(&body);
	struct json *v = json_new_object(x->a);
	struct json *status = v ? json_ensure_object(x->a, v, "status") : NULL;
	if (json_set_str(x->a, v, "kind", STRV("SelfSubjectAccessReview")) != ERR_OK ||
		json_set_str(x->a, v, "apiVersion", STRV("authorization.k8s.io/v1")) != ERR_OK ||
		json_ensure_object(x->a, v, "metadata") == NULL ||
		json_ensure_object(x->a, v, "spec") == NULL ||
		json_set_bool(x->a, status, "allowed", true) != ERR_OK) {
		status_no_memory(x->s);
		return;
	}
	json_print(v, &body);
	server_reply_json(x, 201, &body, NULL, 0);
}

static bool lists(const char *words, const char *word)
{
	struct strv rest = strv_of(words), piece;
	while (strv_cut(&rest, ',', &piece)) {
		if (strv_eq(strv_trim(piece), strv_of(word))) {
			return true;
		}
	}
	return false;
}

/* Is this verb served for this resource and subresource? */
static void check_verb(struct exchange_ctx *x)
{
	static const char *const names[] = {
		[ROUTE_GET] = "get",
		[ROUTE_LIST] = "list",
		[ROUTE_WATCH] = "watch",
		[ROUTE_CREATE] = "create",
		[ROUTE_UPDATE] = "update",
		[ROUTE_PATCH] = "patch",
		[ROUTE_DELETE] = "delete",
		[ROUTE_DELETE_COLLECTION] = "deletecollection",
	};
	const struct route *r = &x->route;
	const char *verbs = discovery_verbs(r->kind);
	if (r->sub.n > 0) {
		const struct discovery_sub *sub = discovery_sub_find(r->kind, r->sub);
		if (sub == NULL) {
			status_no_resource(x->s);
			return;
		}
		verbs = sub->verbs;
	}
	if (!lists(verbs, names[r->verb])) {
		status_method_not_allowed(x->s);
	}
}

static void reply_read(struct exchange_ctx *x)
{
	struct buf body;
	buf_init(&body);
	hub_settle(x->e->store);
	if (x->route.verb == ROUTE_GET) {
		read_get(x->e, &x->route, x->form, &body, x->s);
	} else {
		read_list(x->e, &x->route, x->form, &body, x->s);
	}
	if (status_failed(x->s)) {
		buf_deinit(&body);
		return;
	}
	server_reply_json(x, 200, &body, NULL, 0);
}

static void reply_resource(struct exchange_ctx *x)
{
	check_verb(x);
	x->form = negotiate(http_request_header(x->req, "Accept"));
	if (x->form.form == FORM_NONE) {
		status_not_acceptable(x->s);
	}
	if (status_failed(x->s)) {
		return;
	}
	switch (x->route.verb) {
	case ROUTE_GET:
	case ROUTE_LIST:
		reply_read(x);
		return;
	case ROUTE_WATCH:
		watch_begin(x->e, x->req, &x->route, x->form, x->s);
		return;
	case ROUTE_CREATE:
	case ROUTE_UPDATE:
	case ROUTE_PATCH:
	case ROUTE_DELETE:
	case ROUTE_DELETE_COLLECTION:
		server_write(x);
		return;
	}
}

static void dispatch(struct exchange_ctx *x)
{
	switch (x->route.what) {
	case ROUTE_RESOURCE:
		reply_resource(x);
		return;
	case ROUTE_DISCOVERY:
	case ROUTE_OPENAPI:
		reply_page(x);
		return;
	case ROUTE_HEALTH:
		reply_health(x);
		return;
	case ROUTE_ACCESS_REVIEW:
		reply_access(x);
		return;
	case ROUTE_NOWHERE:
		reply_nowhere(x->req);
		return;
	}
}

/* Whoever fails below fills the status and leaves the request unanswered; it is answered here. */
void server_handle(void *ctx, struct http_request *req)
{
	struct status s;
	struct exchange_ctx x = { .e = ctx, .req = req, .a = req->arena, .s = &s };
	status_init(&s, req->arena);
	if (req->body_too_large) {
		status_too_large(&s, BODY_LIMIT);
	} else {
		route_parse(x.a, req->method, req->path, req->query, &x.route, &s);
	}
	if (!status_failed(&s)) {
		dispatch(&x);
	}
	if (status_failed(&s)) {
		server_reply_status(req, &s);
	}
}
