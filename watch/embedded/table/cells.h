/* How one row of a table is filled, for watch/embedded/table only: a printer a kind, helpers they
 * share.
 * Regime: values in the row's arena; out of memory is remembered in the row, cells after it are
 * dropped. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"

struct column {
	const char *name;
	const char *type;
	const char *format; /* "name" or "" */
	bool wide;          /* priority 1: shown by -o wide only */
	const char *about;
};

struct row {
	struct arena *arena;
	struct json *cells;
	int64_t now_ms;
	int err;
};

struct printer {
	const struct column *columns;
	size_t n;
	void (*print)(struct row *r, const struct json *o); /* as many cells as columns */
};

/* One printer a kind; each in the file that its group of kinds has. */
extern const struct printer printer_statefulset, printer_revision, printer_scale; /* print_set.c */
extern const struct printer printer_pod;                                          /* print_pod.c */
extern const struct printer printer_pvc, printer_pv, printer_storageclass; /* print_storage.c */
extern const struct printer printer_service, printer_endpointslice,
	printer_endpoints; /* print_service.c */
extern const struct printer printer_namespace, printer_node, printer_configmap, printer_secret,
	printer_serviceaccount, printer_lease; /* print_cluster.c */
extern const struct printer printer_event;     /* print_event.c */

#define COLUMN_NAME                                                                                \
	{                                                                                          \
		"Name", "string", "name", false,                                                   \
			"Name of the object, unique in its namespace or cluster."                  \
	}
#define COLUMN_AGE                                                                                 \
	{                                                                                          \
		"Age", "string", "", false, "Time since the object was created."                   \
	}

void cell_text(struct row *r, struct strv text); /* nothing prints as "" */
void cell_cstr(struct row *r, const char *text);
void cell_i64(struct row *r, int64_t n);
void cell_bool(struct row *r, bool b);
void cell_printf(struct row *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What b holds, or otherwise if it is empty; b is emptied and freed. */
void cell_buf(struct row *r, struct buf *b, const char *otherwise);
void cell_text_or(struct row *r, struct strv text, const char *otherwise);
void cell_name(struct row *r, const struct json *o); /* metadata.name */
void cell_age(struct row *r, const struct json *o);  /* since metadata.creationTimestamp */
/* since an RFC 3339 text; "<unknown>" without one */
void cell_since(struct row *r, struct strv time);
void cell_labels(struct row *r, const struct json *labels); /* "a=b,c=d", "<none>" */

struct strv text_at(const struct json *o, const char *dotted_path);
/* Adds text behind a comma, if b has something already. */
void list_add(struct buf *b, struct strv text);
/* The condition of that type in status.conditions, or NULL. */
const struct json *condition_of(const struct json *o, const char *type);
bool text_equals(const struct json *v, const char *text);
/* Short forms of access modes, each once, in the usual order. */
void access_modes_print(struct buf *b, const struct json *modes);
