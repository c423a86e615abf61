/* Table replies (meta.k8s.io/v1 Table): columns and cells of each kind, as `kubectl get` prints
 * them.
 * Source: Kubernetes printers of 1.37 as observed. Pure. Regime: values in the arena. */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "watch/object/object.h"

enum table_include { TABLE_METADATA, TABLE_OBJECT, TABLE_NONE }; /* query includeObject */

/* columnDefinitions of the kind. NULL when out of memory. */
struct json *table_columns(struct arena *a, enum kind k);
/* One row: {"cells": [...], "object": ...}. tree is the object decoded; now for AGE. NULL when out
 * of memory. */
struct json *table_row(struct arena *a, enum kind k, const struct json *tree,
	enum table_include include, const char *meta_version /* "meta.k8s.io/v1" */,
	int64_t now_ms);
/* The same for autoscaling/v1 Scale, which is no kind of its own. */
struct json *table_scale_columns(struct arena *a);
struct json *table_scale_row(struct arena *a, const struct json *scale, enum table_include include,
	const char *meta_version, int64_t now_ms);
/* A whole Table around rows. columns may be NULL (watch events after the first). */
struct json *table_wrap(struct arena *a, const char *meta_version, struct json *columns,
	struct json *rows, struct json *list_meta);
/* "3m20s": kubectl's age of a thing. Writes at most 15 characters. */
#define TABLE_AGE_CHARS 15
void table_age(int64_t age_ms, char out[TABLE_AGE_CHARS + 1]);
