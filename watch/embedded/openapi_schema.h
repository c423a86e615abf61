/* One schema table as an OpenAPI 3.0 schema object, in the form kube-apiserver publishes: allOf around a reference,
 * x-kubernetes-* extensions for lists. Private to openapi.c.
 * Regime: trees in the caller's arena. */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "watch/embedded/schema/schema.h"

/* {"$ref":"#/components/schemas/NAME"}; NULL when out of memory. */
struct json *openapi_ref(struct arena *a, const char *name);
/* The definition of t. kind: the row whose root it is, NULL for parts. NULL when out of memory. */
struct json *openapi_schema(
	struct arena *a, const struct schema_type *t, const struct kind_row *kind);
/* The definition of a list of the kind. NULL when out of memory. */
struct json *openapi_list_schema(struct arena *a, const struct kind_row *kind);
/* Definitions that no table has: Quantity, Time ...; the i-th name, NULL past the end. */
const char *openapi_scalar_name(size_t i);
struct json *openapi_scalar(struct arena *a, size_t i);
