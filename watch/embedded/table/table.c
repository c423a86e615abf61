/* Tables: which printer a kind has, columns, rows, the whole. See table.h. */
#include "watch/embedded/table/table.h"

#include "base/err.h"
#include "watch/embedded/table/cells.h"

static const struct printer *printer_of(enum kind k)
{
	switch (k) {
	case KIND_NAMESPACE:
		return &printer_namespace;
	case KIND_NODE:
		return &printer_node;
	case KIND_PV:
		return &printer_pv;
	case KIND_STORAGECLASS:
		return &printer_storageclass;
	case KIND_SERVICE:
		return &printer_service;
	case KIND_ENDPOINTS:
		return &printer_endpoints;
	case KIND_ENDPOINTSLICE:
		return &printer_endpointslice;
	case KIND_POD:
		return &printer_pod;
	case KIND_STATEFULSET:
		return &printer_statefulset;
	case KIND_CONTROLLERREVISION:
		return &printer_revision;
	case KIND_PVC:
		return &printer_pvc;
	case KIND_EVENT:
		return &printer_event;
	case KIND_CONFIGMAP:
		return &printer_configmap;
	case KIND_SECRET:
		return &printer_secret;
	case KIND_LEASE:
		return &printer_lease;
	case KIND_SERVICEACCOUNT:
	case KIND_SERVICEIMPORT:
	case KIND_COUNT:
	case KIND_NONE:
		break;
	}
	return &printer_serviceaccount; /* name and age, which everything has */
}

static struct json *column_json(struct arena *a, const struct column *c)
{
	struct json *o = json_new_object(a);
	if (json_set_str(a, o, "name", strv_of(c->name)) != ERR_OK ||
		json_set_str(a, o, "type", strv_of(c->type)) != ERR_OK ||
		json_set_str(a, o, "format", strv_of(c->format)) != ERR_OK ||
		json_set_str(a, o, "description", strv_of(c->about)) != ERR_OK ||
		json_set_i64(a, o, "priority", c->wide ? 1 : 0) != ERR_OK) {
		return NULL;
	}
	return o;
}

static struct json *columns_json(struct arena *a, const struct printer *p)
{
	struct json *list = json_new_array(a);
	for (size_t i = 0; i < p->n; i++) {
		if (json_append(a, list, column_json(a, &p->columns[i])) != ERR_OK) {
			return NULL;
		}
	}
	return list;
}

struct json *table_columns(struct arena *a, enum kind k)
{
	return columns_json(a, printer_of(k));
}

struct json *table_scale_columns(struct arena *a)
{
	return columns_json(a, &printer_scale);
}

/* What a row carries besides its cells: kubectl takes namespace, labels and sort keys from it. */
static struct json *carried(struct arena *a, const struct json *tree, enum table_include include,
	const char *meta_version)
{
	if (include == TABLE_NONE) {
		return json_new_null(a);
	}
	if (include == TABLE_OBJECT) {
		return json_copy(a, tree);
	}
	struct json *o = json_new_object(a);
	const struct json *meta = json_get(tree, "metadata");
	if (json_set_str(a, o, "kind", STRV("PartialObjectMetadata")) != ERR_OK ||
		json_set_str(a, o, "apiVersion", strv_of(meta_version)) != ERR_OK ||
		json_set(a, o, "metadata",
			meta == NULL ? json_new_object(a) : json_copy(a, meta)) != ERR_OK) {
		return NULL;
	}
	return o;
}

static struct json *row_json(struct arena *a, const struct printer *p, const struct json *tree,
	enum table_include include, const char *meta_version, int64_t now_ms)
{
	struct row r = { .arena = a, .cells = json_new_array(a), .now_ms = now_ms };
	struct json *o = json_new_object(a);
	if (r.cells == NULL) {
		return NULL;
	}
	p->print(&r, tree);
	if (r.err != ERR_OK || json_set(a, o, "cells", r.cells) != ERR_OK ||
		json_set(a, o, "object", carried(a, tree, include, meta_version)) != ERR_OK) {
		return NULL;
	}
	REQUIRE(json_count(r.cells) == p->n);
	return o;
}

struct json *table_row(struct arena *a, enum kind k, const struct json *tree,
	enum table_include include, const char *meta_version, int64_t now_ms)
{
	return row_json(a, printer_of(k), tree, include, meta_version, now_ms);
}

struct json *table_scale_row(struct arena *a, const struct json *scale, enum table_include include,
	const char *meta_version, int64_t now_ms)
{
	return row_json(a, &printer_scale, scale, include, meta_version, now_ms);
}

struct json *table_wrap(struct arena *a, const char *meta_version, struct json *columns,
	struct json *rows, struct json *list_meta)
{
	struct json *o = json_new_object(a);
	if (columns == NULL) {
		columns = json_new_null(a);
	}
	if (json_set_str(a, o, "kind", STRV("Table")) != ERR_OK ||
		json_set_str(a, o, "apiVersion", strv_of(meta_version)) != ERR_OK ||
		json_set(a, o, "metadata", list_meta) != ERR_OK ||
		json_set(a, o, "columnDefinitions", columns) != ERR_OK ||
		json_set(a, o, "rows", rows) != ERR_OK) {
		return NULL;
	}
	return o;
}

/* "3h7m", or "3h" when there is no rest. */
static void two_units(char out[TABLE_AGE_CHARS + 1], int64_t n, char unit, int64_t rest, char less)
{
	char text[48]; /* room for any two numbers; real ages are far shorter */
	if (rest == 0) {
		(void)snprintf(text, sizeof(text), "%lld%c", (long long)n, unit);
	} else {
		(void)snprintf(text, sizeof(text), "%lld%c%lld%c", (long long)n, unit,
			(long long)rest, less);
	}
	(void)snprintf(out, TABLE_AGE_CHARS + 1, "%.*s", TABLE_AGE_CHARS, text);
}

void table_age(int64_t age_ms, char out[TABLE_AGE_CHARS + 1])
{
	int64_t s = age_ms / 1000;
	int64_t m = s / 60;
	int64_t h = m / 60;
	int64_t d = h / 24;
	int64_t y = d / 365;
	if (s < -1) {
		(void)snprintf(out, TABLE_AGE_CHARS + 1, "<invalid>");
	} else if (s < 120) {
		two_units(out, s < 0 ? 0 : s, 's', 0, ' ');
	} else if (m < 10) {
		two_units(out, m, 'm', s % 60, 's');
	} else if (m < 180) {
		two_units(out, m, 'm', 0, ' ');
	} else if (h < 8) {
		two_units(out, h, 'h', m % 60, 'm');
	} else if (h < 48) {
		two_units(out, h, 'h', 0, ' ');
	} else if (d < 8) {
		two_units(out, d, 'd', h % 24, 'h');
	} else if (y < 2) {
		two_units(out, d, 'd', 0, ' ');
	} else if (y < 8) {
		two_units(out, y, 'y', d % 365, 'd');
	} else {
		two_units(out, y, 'y', 0, ' ');
	}
}
