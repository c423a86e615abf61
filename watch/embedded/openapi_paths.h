/* One path of an OpenAPI document with its operations, each carrying x-kubernetes-group-version-kind and the query
 * parameters by which kubectl finds out what the server can do. Private to openapi.c.
 * Source: OpenAPI 3.0.0 as kube-apiserver publishes it. Regime: trees in the caller's arena. */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/embedded/discovery.h"
#include "watch/object/kind.h"

enum openapi_place { ON_COLLECTION, ON_OBJECT, ON_PART };

/* What an operation is about: a kind, or one of its parts. */
struct openapi_target {
	const struct kind_row *kind;
	const struct discovery_sub *part; /* NULL: the kind itself */
	const char *verbs;
	const char *group, *version, *name; /* of what is read and written */
	const char *schema;
};

/* "/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}"; {NULL,0} when out of memory. */
struct strv openapi_path_text(
	struct arena *a, enum openapi_place place, const struct openapi_target *t);
/* Its operations, as far as t->verbs has them. NULL when out of memory. */
struct json *openapi_path(
	struct arena *a, enum openapi_place place, const struct openapi_target *t);
