/* Every failure the embedded API can answer, as a Kubernetes Status; the one file that chooses
 * HTTP codes. Texts and codes: Kubernetes API conventions, "error responses". Regime: all text in
 * the request's arena. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/kind.h"

/* details.causes[].reason */
enum cause {
	CAUSE_REQUIRED,              /* FieldValueRequired   "Required value" */
	CAUSE_INVALID,               /* FieldValueInvalid    "Invalid value" */
	CAUSE_NOT_SUPPORTED,         /* FieldValueNotSupported "Unsupported value" */
	CAUSE_FORBIDDEN,             /* FieldValueForbidden  "Forbidden" */
	CAUSE_DUPLICATE,             /* FieldValueDuplicate  "Duplicate value" */
	CAUSE_NOT_FOUND,             /* FieldValueNotFound   "Not found" */
	CAUSE_TOO_LONG,              /* FieldValueTooLong    "Too long" */
	CAUSE_TOO_MANY,              /* FieldValueTooMany    "Too many" */
	CAUSE_TYPE_INVALID,          /* FieldValueTypeInvalid */
	CAUSE_MANAGER_CONFLICT,      /* FieldManagerConflict */
	CAUSE_VERSION_TOO_LARGE,     /* ResourceVersionTooLarge */
	CAUSE_NAMESPACE_TERMINATING, /* NamespaceTerminating */
	CAUSE_NONE,                  /* a cause without a reason: internal errors */
};

struct status_cause {
	enum cause type;
	struct strv field;   /* "spec.template.spec.containers[0].name" */
	struct strv message; /* without the field: `Invalid value: "x": must be ...` */
};

struct status {
	unsigned code;      /* 0: no failure */
	struct strv reason; /* "NotFound"; empty for reasonless ones */
	struct strv message;
	struct strv name, group, kind,
		uid; /* details; kind is the plural resource, but the Kind for Invalid */
	struct status_cause *causes;
	size_t n_causes, cap_causes;
	int retry_after_s; /* 0: none */
	bool bare_details; /* details are there, with nothing in them */
	struct arena *arena;
};

void status_init(struct status *s, struct arena *a);
bool status_failed(const struct status *s);

/* Each fills *s; the first failure stays, later calls do nothing. */
void status_not_found(struct status *s, enum kind k, struct strv name);
/* An unknown resource of a known group-version: "the server could not find the requested
 * resource". */
void status_no_resource(struct status *s);
void status_exists(struct status *s, enum kind k, struct strv name);
void status_conflict(struct status *s, enum kind k, struct strv name, struct strv why);
/* The same for the preconditions of a DELETE, which names the Kind instead of the resource. */
void status_conflict_delete(struct status *s, enum kind k, struct strv name, struct strv why);
/* 409 of server-side apply: the causes added before (CAUSE_MANAGER_CONFLICT) under a message of
 * its own. */
void status_apply_conflict(struct status *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void status_bad_request(struct status *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void status_forbidden(struct status *s, enum kind k, struct strv name, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
/* 403 for creating in a namespace that is being deleted, with its cause. */
void status_ns_terminating(struct status *s, enum kind k, struct strv name, struct strv ns);
void status_method_not_allowed(struct status *s);
void status_not_acceptable(struct status *s);
void status_unsupported_media(struct status *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void status_too_large(struct status *s, size_t limit_bytes);
void status_expired(struct status *s, const char *fmt, ...) PRINTF_LIKE(2, 3);  /* 410 */
void status_version_too_large(struct status *s, uint64_t asked, uint64_t have); /* 504 */
void status_unprocessable(struct status *s, const char *fmt, ...)
	PRINTF_LIKE(2, 3); /* 422 Invalid w/o causes */
void status_internal(struct status *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* 422 of a JSON patch that does not apply: kube-apiserver does not say why. */
void status_rejected(struct status *s);
/* 500 of an error that kube-apiserver does not sort in: no reason, nothing but the text. */
void status_unsorted(struct status *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void status_no_memory(struct status *s);
/* One field failure more (kept up to 100). value: what is wrong, shown where the cause's words
 * show it (not for Required, Forbidden, Too long; NULL prints as "null",
 * a JSON null as null: Go tells a missing pointer from an empty map or list). fmt: the detail behind
 * it, may be "". */
void status_cause_add(struct status *s, enum cause type, struct strv field,
	const struct json *value, const char *fmt, ...) PRINTF_LIKE(5, 6);
void status_cause_vadd(struct status *s, enum cause type, struct strv field,
	const struct json *value, const char *fmt, va_list ap) PRINTF_LIKE(5, 0);
/* The causes of this failure are of another Kind than the one given to status_invalid_end: Scale
 * in autoscaling. */
void status_invalid_of(struct status *s, struct strv group, struct strv kind);
/* Makes all causes together a 422 Invalid, with the message kube-apiserver would print; nothing if
 * there are none. */
void status_invalid_end(
	struct status *s, enum kind k, struct strv name); /* KIND_NONE: of no kind */
/* The same for the options of a request: kind is "ListOptions" or the like. */
void status_options_end(struct status *s, const char *kind);
/* The Status object. NULL when out of memory. */
struct json *status_json(const struct status *s);
