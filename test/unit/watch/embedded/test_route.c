/* Request lines to routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watch/embedded/route.h"

struct parsed {
	struct arena a;
	struct route r;
	struct status s;
};

static void parse(struct parsed *p, const char *method, const char *target)
{
	struct strv rest = strv_of(target), path = STRV("");
	arena_init(&p->a, 0);
	status_init(&p->s, &p->a);
	(void)strv_cut(&rest, '?', &path);
	route_parse(&p->a, strv_of(method), path, rest, &p->r, &p->s);
}

static void same(const char *why, struct strv got, const char *want)
{
	if (!strv_eq(got, strv_of(want))) {
		fail_msg("%s: \"%.*s\", not \"%s\"", why, STRV_ARG(got), want);
	}
}

static void paths_name_kind_namespace_name_subresource_and_verb(void **state)
{
	(void)state;
	static const struct {
		const char *why, *method, *target;
		enum kind kind;
		enum route_verb verb;
		const char *ns, *name, *sub;
	} rows[] = {
		{ "a collection in a namespace", "GET", "/api/v1/namespaces/a/pods", KIND_POD,
			ROUTE_LIST, "a", "", "" },
		{ "an object", "GET", "/api/v1/namespaces/a/pods/p", KIND_POD, ROUTE_GET, "a", "p",
			"" },
		{ "a subresource", "PATCH", "/apis/apps/v1/namespaces/a/statefulsets/w/scale",
			KIND_STATEFULSET, ROUTE_PATCH, "a", "w", "scale" },
		{ "all namespaces", "GET", "/apis/apps/v1/statefulsets", KIND_STATEFULSET,
			ROUTE_LIST, "", "", "" },
		{ "watch is a list with an option", "GET", "/api/v1/pods?watch=true", KIND_POD,
			ROUTE_WATCH, "", "", "" },
		{ "watch=0 is none", "GET", "/api/v1/pods?watch=0", KIND_POD, ROUTE_LIST, "", "",
			"" },
		{ "the old form of a watch", "GET", "/api/v1/watch/namespaces/a/pods", KIND_POD,
			ROUTE_WATCH, "a", "", "" },
		{ "of one object it is one of the collection, by name", "GET",
			"/api/v1/watch/namespaces/a/pods/p", KIND_POD, ROUTE_WATCH, "a", "", "" },
		{ "HEAD of a watch is the head of a list", "HEAD", "/api/v1/pods?watch=1", KIND_POD,
			ROUTE_LIST, "", "", "" },
		{ "a namespace is a cluster-scoped object", "GET", "/api/v1/namespaces/a",
			KIND_NAMESPACE, ROUTE_GET, "", "a", "" },
		{ "finalize is a subresource of it", "PUT", "/api/v1/namespaces/a/finalize",
			KIND_NAMESPACE, ROUTE_UPDATE, "", "a", "finalize" },
		{ "status likewise", "PATCH", "/api/v1/namespaces/a/status", KIND_NAMESPACE,
			ROUTE_PATCH, "", "a", "status" },
		{ "POST to a collection creates", "POST", "/api/v1/namespaces", KIND_NAMESPACE,
			ROUTE_CREATE, "", "", "" },
		{ "POST to a subresource creates", "POST", "/api/v1/namespaces/a/pods/p/eviction",
			KIND_POD, ROUTE_CREATE, "a", "p", "eviction" },
		{ "DELETE of a collection", "DELETE", "/api/v1/namespaces/a/pods", KIND_POD,
			ROUTE_DELETE_COLLECTION, "a", "", "" },
		{ "DELETE of an object", "DELETE", "/api/v1/nodes/n", KIND_NODE, ROUTE_DELETE, "",
			"n", "" },
		{ "a trailing slash is let pass", "GET", "/api/v1/nodes/", KIND_NODE, ROUTE_LIST,
			"", "", "" },
		{ "escapes are decoded piece by piece", "GET", "/api/v1/namespaces/a/pods/x%2Fy",
			KIND_POD, ROUTE_GET, "a", "x/y", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		parse(&p, rows[i].method, rows[i].target);
		if (status_failed(&p.s) || p.r.what != ROUTE_RESOURCE || p.r.kind != rows[i].kind ||
			p.r.verb != rows[i].verb) {
			fail_msg("%s: %.*s kind %d verb %d", rows[i].why, STRV_ARG(p.s.message),
				(int)p.r.kind, (int)p.r.verb);
		}
		same(rows[i].why, p.r.ns, rows[i].ns);
		same(rows[i].why, p.r.name, rows[i].name);
		same(rows[i].why, p.r.sub, rows[i].sub);
		arena_deinit(&p.a);
	}
}

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *why, *method, *target;
		unsigned code;
	} rows[] = {
		{ "an unknown resource of a known version", "GET", "/api/v1/toasters", 404 },
		{ "a node inside a namespace", "GET", "/api/v1/namespaces/a/nodes", 404 },
		{ "a pod outside of any", "GET", "/api/v1/pods/p", 404 },
		{ "too many words", "GET", "/api/v1/namespaces/a/pods/p/proxy/x", 404 },
		{ "far too many words", "GET", "/api/v1/a/b/c/d/e/f/g/h/i/j/k/l/m", 404 },
		{ "POST to an object", "POST", "/api/v1/nodes/n", 405 },
		{ "PUT to a collection", "PUT", "/api/v1/nodes", 405 },
		{ "DELETE in all namespaces at once", "DELETE", "/api/v1/pods", 405 },
		{ "POST without a namespace", "POST", "/api/v1/pods", 405 },
		{ "an unknown method", "BREW", "/api/v1/nodes/n", 405 },
		{ "an unknown version of a known group", "GET", "/api/v2/pods", 404 },
		{ "half an escape", "GET", "/api/v1/nodes/%4", 400 },
		{ "an escape of no digits", "GET", "/api/v1/nodes/%zz", 400 },
		{ "a bad escape in the query", "GET", "/api/v1/nodes?x=%", 400 },
		{ "NUL", "GET", "/api/v1/nodes/a%00b", 400 },
		{ "bytes that are no UTF-8", "GET", "/api/v1/nodes/%C3%28", 400 },
		{ "a surrogate", "GET", "/api/v1/nodes/%ED%A0%80", 400 },
		{ "a limit that is no number", "GET", "/api/v1/nodes?limit=ten", 400 },
		{ "a limit beyond 64 bits", "GET", "/api/v1/nodes?limit=99999999999999999999",
			400 },
		{ "an unknown dryRun", "POST", "/api/v1/namespaces?dryRun=Some", 422 },
		{ "an unknown fieldValidation", "POST", "/api/v1/namespaces?fieldValidation=x",
			422 },
		{ "an unknown includeObject", "GET", "/api/v1/nodes?includeObject=x", 400 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		parse(&p, rows[i].method, rows[i].target);
		if (p.s.code != rows[i].code) {
			fail_msg("%s: %u, not %u", rows[i].why, p.s.code, rows[i].code);
		}
		arena_deinit(&p.a);
	}
}

static void pages_that_are_no_resources_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *target;
		enum route_what what;
	} rows[] = {
		{ "/", ROUTE_DISCOVERY },
		{ "/version", ROUTE_DISCOVERY },
		{ "/version?timeout=32s", ROUTE_DISCOVERY },
		{ "/api", ROUTE_DISCOVERY },
		{ "/api/v1", ROUTE_DISCOVERY },
		{ "/apis", ROUTE_DISCOVERY },
		{ "/apis/apps/v1", ROUTE_DISCOVERY },
		{ "/openapi/v3/apis/apps/v1?hash=1", ROUTE_OPENAPI },
		{ "/healthz", ROUTE_HEALTH },
		{ "/livez/ping", ROUTE_HEALTH },
		{ "/readyz", ROUTE_HEALTH },
		{ "/metrics", ROUTE_NOWHERE },
		{ "/apis/nope.example/v1/things", ROUTE_NOWHERE },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		parse(&p, "GET", rows[i].target);
		if (status_failed(&p.s) || p.r.what != rows[i].what) {
			fail_msg("%s: %d", rows[i].target, (int)p.r.what);
		}
		arena_deinit(&p.a);
	}
}

static void options_are_read_and_unknown_ones_ignored(void **state)
{
	(void)state;
	struct parsed p;
	parse(&p, "GET",
		"/api/v1/pods?watch=1&labelSelector=a+in+%28b%2Cc%29&fieldSelector=x%3Dy&limit=5"
		"&resourceVersion=12&resourceVersionMatch=NotOlderThan"
		"&timeoutSeconds=9&allowWatchBookmarks=true&sendInitialEvents=false&pretty=true"
		"&includeObject=Object&timeout=32s&&=&x");
	assert_int_equal(p.s.code, 0);
	same("plus is a blank", p.r.opt.label_selector, "a in (b,c)");
	same("fieldSelector", p.r.opt.field_selector, "x=y");
	same("resourceVersion", p.r.opt.resource_version, "12");
	same("resourceVersionMatch", p.r.opt.version_match, "NotOlderThan");
	assert_int_equal(p.r.opt.limit, 5);
	assert_true(p.r.opt.timeout_s.set && p.r.opt.timeout_s.v == 9);
	assert_true(p.r.opt.watch && p.r.opt.bookmarks);
	assert_true(p.r.opt.send_initial.set && !p.r.opt.send_initial.v);
	assert_int_equal(p.r.opt.include, TABLE_OBJECT);
	arena_deinit(&p.a);
	parse(&p, "GET", "/api/v1/pods?continue=7%2Fa%2Fb");
	same("continue", p.r.opt.cont, "7/a/b");
	arena_deinit(&p.a);
	parse(&p, "PATCH",
		"/api/v1/nodes/n?fieldManager=me&fieldValidation=Strict&dryRun=All&force=true");
	same("fieldManager", p.r.opt.manager, "me");
	assert_int_equal(p.r.opt.validation, VALIDATION_STRICT);
	assert_true(p.r.opt.dry_run && p.r.opt.force.set && p.r.opt.force.v);
	arena_deinit(&p.a);
	parse(&p, "DELETE",
		"/api/v1/nodes/n?gracePeriodSeconds=0&propagationPolicy=Orphan"
		"&orphanDependents=true");
	assert_true(p.r.opt.grace_s.set && p.r.opt.grace_s.v == 0);
	same("propagationPolicy", p.r.opt.propagation, "Orphan");
	assert_true(p.r.opt.orphan_dependents.set && p.r.opt.orphan_dependents.v);
	arena_deinit(&p.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_name_kind_namespace_name_subresource_and_verb),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(pages_that_are_no_resources_are_told_apart),
		cmocka_unit_test(options_are_read_and_unknown_ones_ignored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
