/* Request lines to routes. Source: Kubernetes API concepts, "Resource URIs": /api/v1/...,
 * /apis/GROUP/VERSION/..., below them RESOURCE, RESOURCE/NAME, RESOURCE/NAME/SUBRESOURCE, the same
 * behind namespaces/NS/. Regime: the request's arena. Called by: server.c. */
#include "watch/embedded/route_internal.h"

#include "base/err.h"

#define MAX_SEGMENTS 12 /* more is no path of ours */

struct segments {
	struct strv at[MAX_SEGMENTS];
	size_t n;
	bool too_many;
};

static int hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The length of the UTF-8 sequence at p, 0 if there is none (RFC 3629 4); U+0000 is refused as
 * well. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n = 0;
	if (p[0] >= 0x01 && p[0] <= 0x7f) {
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		n = 2;
	} else if ((p[0] & 0xf0) == 0xe0) {
		n = 3;
		low = p[0] == 0xe0 ? 0xa0 : low;
		high = p[0] == 0xed ? 0x9f : high;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		n = 4;
		low = p[0] == 0xf0 ? 0x90 : low;
		high = p[0] == 0xf4 ? 0x8f : high;
	}
	if (n == 0 || n > left || p[1] < low || p[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < n; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf) {
			return 0;
		}
	}
	return n;
}

static bool is_text(struct strv s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.n;) {
		size_t n = utf8_length(p + i, s.n - i);
		if (n == 0) {
			return false;
		}
		i += n;
	}
	return true;
}

/* Percent-decoding (RFC 3986 2.1); plus is a blank in queries only. False: *s says why. */
bool route_decode(struct arena *a, struct strv in, bool plus, struct strv *out, struct status *s)
{
	char *p = arena_alloc(a, in.n + 1);
	size_t n = 0;
	if (p == NULL) {
		status_no_memory(s);
		return false;
	}
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];
		if (c == '%') {
			int high = in.n - i > 2 ? hex(in.p[i + 1]) : -1;
			int low = in.n - i > 2 ? hex(in.p[i + 2]) : -1;
			if (high < 0 || low < 0) {
				status_bad_request(s, "invalid URL escape \"%.*s\"",
					STRV_ARG(strv_sub(in, i, 3)));
				return false;
			}
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		p[n++] = c;
	}
	p[n] = '\0';
	*out = (struct strv){ p, n };
	if (!is_text(*out)) {
		status_bad_request(s, "the URL is not valid UTF-8 text");
		return false;
	}
	return true;
}

static bool split_path(struct arena *a, struct strv path, struct segments *out, struct status *s)
{
	struct strv rest = path, piece;
	while (strv_cut(&rest, '/', &piece)) {
		if (piece.n == 0) {
			continue; /* the leading one, a trailing one, doubled ones */
		}
		if (out->n == MAX_SEGMENTS) {
			out->too_many = true;
			return true;
		}
		if (!route_decode(a, piece, false, &out->at[out->n], s)) {
			return false;
		}
		out->n++;
	}
	return true;
}

static bool is_served(struct strv group, struct strv version)
{
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		const struct kind_row *row = kind_row((enum kind)k);
		if (strv_eq(group, strv_of(row->group)) &&
			strv_eq(version, strv_of(row->version))) {
			return true;
		}
	}
	return false;
}

static bool is_group(struct strv group)
{
	for (int k = 0; k < KIND_BUILT_IN_COUNT; k++) {
		if (strv_eq(group, strv_of(kind_row((enum kind)k)->group))) {
			return true;
		}
	}
	return false;
}

static bool is_namespace_sub(struct strv s)
{
	return strv_eq(s, STRV("status")) || strv_eq(s, STRV("finalize"));
}

/* A watch of the old form on one object is one of the collection, by its name. */
static void watch_by_name(struct route *out, struct status *s)
{
	out->opt.watch = true;
	if (out->sub.n > 0) {
		status_no_resource(s);
		return;
	}
	if (out->name.n == 0) {
		return;
	}
	out->opt.field_selector = arena_printf(s->arena, "metadata.name=%.*s", STRV_ARG(out->name));
	out->name = STRV_NONE;
	if (out->opt.field_selector.p == NULL) {
		status_no_memory(s);
	}
}

/* The words behind the version. Fills kind, ns, name, sub. */
static void resolve(const struct strv *at, size_t n, struct strv group, struct strv version,
	struct route *out, struct status *s)
{
	bool old_watch = n >= 2 && strv_eq(at[0], STRV("watch")); /* instead of ?watch=true */
	at += old_watch;
	n -= old_watch;
	bool inside = n >= 3 && strv_eq(at[0], STRV("namespaces"));
	if (inside && group.n == 0 && n == 3 && is_namespace_sub(at[2])) {
		inside = false;
	}
	if (inside) {
		out->ns = at[1];
		at += 2;
		n -= 2;
	}
	out->kind = kind_of_resource(group, version, at[0]);
	if (out->kind == KIND_NONE || out->kind >= KIND_BUILT_IN_COUNT || n > 3) {
		status_no_resource(s);
		return;
	}
	out->name = n > 1 ? at[1] : STRV_NONE;
	out->sub = n > 2 ? at[2] : STRV_NONE;
	bool namespaced = kind_row(out->kind)->namespaced;
	if (inside != namespaced && (inside || n > 1)) {
		status_no_resource(s); /* a node inside a namespace, a pod outside of any */
	}
	if (old_watch) {
		watch_by_name(out, s);
	}
}

static void choose_verb(struct strv method, struct route *out, struct status *s)
{
	bool collection = out->name.n == 0;
	bool everywhere = collection && out->ns.n == 0 && kind_row(out->kind)->namespaced;
	bool head = strv_eq(method, STRV("HEAD")); /* a stream has no head alone */
	if (head || strv_eq(method, STRV("GET"))) {
		out->verb = !collection               ? ROUTE_GET
			    : out->opt.watch && !head ? ROUTE_WATCH
						      : ROUTE_LIST;
		return;
	}
	if (everywhere) {
		status_method_not_allowed(s);
		return;
	}
	if (strv_eq(method, STRV("POST")) && (collection || out->sub.n > 0)) {
		out->verb = ROUTE_CREATE;
	} else if (strv_eq(method, STRV("PUT")) && !collection) {
		out->verb = ROUTE_UPDATE;
	} else if (strv_eq(method, STRV("PATCH")) && !collection) {
		out->verb = ROUTE_PATCH;
	} else if (strv_eq(method, STRV("DELETE"))) {
		out->verb = collection ? ROUTE_DELETE_COLLECTION : ROUTE_DELETE;
	} else {
		status_method_not_allowed(s);
	}
}

static void parse_resource(
	const struct segments *p, struct strv method, struct route *out, struct status *s)
{
	bool core = strv_eq(p->at[0], STRV("api"));
	size_t head = core ? 2 : 3;
	struct strv group = core ? STRV("") : p->at[1];
	struct strv version = p->at[head - 1];
	if (!core && strv_eq(group, STRV("authorization.k8s.io")) && p->n == head + 1 &&
		strv_eq(p->at[head], STRV("selfsubjectaccessreviews"))) {
		out->what = ROUTE_ACCESS_REVIEW;
		if (!strv_eq(method, STRV("POST"))) {
			status_method_not_allowed(s);
		}
		return;
	}
	if (!is_served(group, version)) {
		if (is_group(group)) {
			status_no_resource(s);
		}
		out->what = ROUTE_NOWHERE;
		return;
	}
	out->what = ROUTE_RESOURCE;
	if (p->too_many) {
		status_no_resource(s);
		return;
	}
	resolve(p->at + head, p->n - head, group, version, out, s);
	if (!status_failed(s)) {
		choose_verb(method, out, s);
	}
	if (!status_failed(s)) {
		route_options_check(out, s);
	}
}

static enum route_what what_of(const struct segments *p)
{
	static const struct {
		struct strv first;
		size_t max; /* words of a page; more are a resource */
		enum route_what what;
	} rows[] = {
		{ { "api", 3 }, 2, ROUTE_DISCOVERY },
		{ { "apis", 4 }, 3, ROUTE_DISCOVERY },
		{ { "openapi", 7 }, MAX_SEGMENTS, ROUTE_OPENAPI },
		{ { "healthz", 7 }, MAX_SEGMENTS, ROUTE_HEALTH },
		{ { "livez", 5 }, MAX_SEGMENTS, ROUTE_HEALTH },
		{ { "readyz", 6 }, MAX_SEGMENTS, ROUTE_HEALTH },
	};
	for (size_t i = 0; p->n > 0 && i < ARRAY_LEN(rows); i++) {
		if (strv_eq(p->at[0], rows[i].first)) {
			return p->n > rows[i].max ? ROUTE_RESOURCE : rows[i].what;
		}
	}
	bool page = p->n == 0 || (p->n == 1 && strv_eq(p->at[0], STRV("version")));
	return page ? ROUTE_DISCOVERY : ROUTE_NOWHERE;
}

void route_parse(struct arena *a, struct strv method, struct strv path, struct strv query,
	struct route *out, struct status *s)
{
	struct segments p = { .n = 0 };
	*out = (struct route){ .kind = KIND_NONE };
	if (!split_path(a, path, &p, s)) {
		return;
	}
	route_options_parse(a, query, &out->opt, s);
	if (status_failed(s)) {
		return;
	}
	out->what = what_of(&p);
	if (out->what == ROUTE_RESOURCE) {
		parse_resource(&p, method, out, s);
	}
}
