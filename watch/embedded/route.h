/* What a request line asks for: method, path and query to kind, namespace, name, subresource, verb
 * and options. Pure: text in, struct out; knows neither HTTP nor the store. Source: Kubernetes API
 * concepts, "Resource URIs"; meta/v1 ListOptions, CreateOptions, PatchOptions, DeleteOptions.
 * Regime: text in the request's arena. Called by: server.c.
 *
 * Glossary: collection = a path that ends in a resource; subresource = the word behind a name
 * ("status"). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strv.h"
#include "watch/api.h"
#include "watch/embedded/status.h"
#include "watch/embedded/table/table.h"
#include "watch/embedded/write.h"
#include "watch/object/object.h"

enum route_what {
	ROUTE_RESOURCE,
	ROUTE_DISCOVERY,     /* "/", "/version", "/api", "/apis/G/V" ...: discovery.h */
	ROUTE_OPENAPI,       /* "/openapi/v2", "/openapi/v3...": openapi.h */
	ROUTE_HEALTH,        /* "/healthz", "/livez", "/readyz" and what is below */
	ROUTE_ACCESS_REVIEW, /* POST selfsubjectaccessreviews, of `kubectl auth can-i` */
	ROUTE_NOWHERE,       /* no such path: plain 404 */
};

enum route_verb {
	ROUTE_GET,
	ROUTE_LIST,
	ROUTE_WATCH,
	ROUTE_CREATE,
	ROUTE_UPDATE,
	ROUTE_PATCH,
	ROUTE_DELETE,
	ROUTE_DELETE_COLLECTION,
};

struct route_options {
	struct strv label_selector, field_selector; /* "" for all */
	int64_t limit;                              /* 0: none */
	struct strv cont;                           /* `continue` */
	struct strv resource_version;               /* "" if absent */
	struct strv version_match;                  /* "", "Exact", "NotOlderThan" */
	bool watch, bookmarks;
	struct opt_bool send_initial; /* sendInitialEvents */
	struct opt_i64 timeout_s;
	enum table_include include;
	struct strv manager;
	struct strv validation_text, dry_run_text; /* as given; what they come to: */
	enum field_validation validation;
	bool dry_run;
	struct opt_bool force;
	struct opt_i64 grace_s;
	struct strv propagation; /* "", "Background", "Foreground", "Orphan" */
	struct opt_bool orphan_dependents;
};

struct route {
	enum route_what what;
	enum route_verb verb; /* ROUTE_RESOURCE only, and all below */
	enum kind kind;
	struct strv ns;   /* "" for cluster scope, and for a collection over all namespaces */
	struct strv name; /* "" for a collection */
	struct strv sub;  /* "" for the object itself */
	struct route_options opt;
};

/* in     method "GET"; path and query as sent, percent-encoded
 * Failures go to *s: 400 for bad escapes, text that is not UTF-8, bad numbers; 404 for an unknown
 * version or resource of a known group; 405 for a method that has no meaning there; 422 for options
 * that the verb does not allow. *out is then undefined. */
void route_parse(struct arena *a, struct strv method, struct strv path, struct strv query,
	struct route *out, struct status *s);
