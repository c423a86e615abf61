/* What validators are written with: field paths that cost nothing until a failure is told,
 * failures, and the checks that every kind needs.
 * Source: Kubernetes field errors (paths "spec.ports[0].name", keys "limits[cpu]"). Regime: paths
 * on the stack of the validator; texts in the status's arena. Called by: watch/embedded/validate.
 *
 * Glossary: cause = one wrong field; same = equal as kube-apiserver compares: absent, null, "", []
 * and {} are one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "watch/embedded/status.h"
#include "watch/object/names.h"

struct path {
	const struct path *up; /* NULL: the object */
	const char *name;      /* member; NULL: an element or key of up */
	struct strv key;       /* p NULL: an element */
	size_t index;
};
/* The compound literals live until the end of the block they stand in. */
#define AT(up_, member)  (&(const struct path){ .up = (up_), .name = (member) })
#define AT_INDEX(up_, i) (&(const struct path){ .up = (up_), .index = (i) })
#define AT_KEY(up_, k)   (&(const struct path){ .up = (up_), .key = (k) })

void fault_required(
	struct status *s, const struct path *p, const char *detail); /* detail may be "" */
void fault_invalid(
	struct status *s, const struct path *p, const struct json *value, const char *detail);
void fault_invalid_str(
	struct status *s, const struct path *p, struct strv value, const char *detail);
void fault_invalid_i64(struct status *s, const struct path *p, int64_t value, const char *detail);
void fault_forbidden(struct status *s, const struct path *p, const char *detail);
void fault_duplicate(struct status *s, const struct path *p, struct strv value);
void fault_not_found(struct status *s, const struct path *p, struct strv value);
void fault_too_long(struct status *s, const struct path *p, size_t max_bytes);
void fault_too_many(struct status *s, const struct path *p, size_t count, size_t max);
/* values: "A|B", printed as `supported values: "A", "B"`. */
void fault_unsupported(
	struct status *s, const struct path *p, struct strv value, const char *values);
void fault_printf(struct status *s, enum cause type, const struct path *p, const struct json *value,
	const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Reading that takes absent as Go's zero value. */
struct strv text_of(const struct json *object, const char *key); /* never NULL p */
bool has(const struct json *object, const char *key);            /* present and not null */
bool text_is(const struct json *object, const char *key, const char *value);

/* p names the object that holds the member; the member's path is made here. */
bool check_name(struct status *s, const struct path *at, struct strv value, name_rule_fn rule);
bool check_required(struct status *s, const struct path *p, const struct json *o, const char *key);
void check_enum(struct status *s, const struct path *p, const struct json *o, const char *key,
	const char *values, bool required);
void check_not_negative(
	struct status *s, const struct path *p, const struct json *o, const char *key);
void check_range(struct status *s, const struct path *p, const struct json *o, const char *key,
	int64_t min, int64_t max);
void check_port_number(struct status *s, const struct path *at, int64_t port);
void check_port_or_name(
	struct status *s, const struct path *at, const struct json *value); /* IntOrString */
/* new and old are of at: Invalid "field is immutable" unless the same. */
void check_immutable(
	struct status *s, const struct path *at, const struct json *now, const struct json *old);
/* A map or list as a failure shows it: one that is not there is null, without quotes. */
const struct json *shown_collection(struct status *s, const struct json *value);
bool value_listed(struct strv value, const char *values);

/* Equal as kube-apiserver compares (see above); quantities under requests, limits, capacity and
 * storage by amount. */
bool same(const struct json *a, const struct json *b);
/* The paths below which a and b differ, comma-joined, at most a few; for messages. */
struct strv differences(
	struct arena *a, const char *root, const struct json *x, const struct json *y);
