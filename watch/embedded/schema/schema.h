/* What every served kind may contain: one table of types and fields, from which unknown-field checks, type checks,
 * defaults, merge keys, OpenAPI documents and `kubectl explain` are made.
 * Source: Kubernetes API reference 1.37 (names, types, patch strategy, list type, defaults). Static tables. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "watch/object/kind.h"

enum schema_shape {
	SCHEMA_STRING,
	SCHEMA_INT32,
	SCHEMA_INT64,
	SCHEMA_BOOL,
	SCHEMA_NUMBER,
	SCHEMA_QUANTITY, /* string or number */
	SCHEMA_INTSTR,   /* int or string */
	SCHEMA_TIME,     /* RFC 3339, or null */
	SCHEMA_MICROTIME,
	SCHEMA_DURATION,
	SCHEMA_BYTES,  /* base64 */
	SCHEMA_OBJECT, /* struct: .type */
	SCHEMA_ANY,    /* RawExtension, FieldsV1: any value, nothing checked below */
};
/* The field holds one value of its shape, a list of them, or a map from text to them. */
enum schema_container { SCHEMA_ONE, SCHEMA_LIST, SCHEMA_MAP };
/* How a patch treats the list: x-kubernetes-patch-strategy. */
enum schema_merge {
	SCHEMA_ATOMIC,
	SCHEMA_MERGE,        /* by merge_key, or as a set for scalars */
	SCHEMA_RETAIN_KEYS,  /* "retainKeys" */
	SCHEMA_MERGE_RETAIN, /* "merge,retainKeys": pod volumes */
};

struct schema_type;
/* Lists: strategic merge goes by one merge_key ("containerPort"), NULL for none; server-side apply by map_keys
 * ("containerPort,protocol"), "" for a set, NULL for an atomic list. */
struct schema_field {
	const char *name; /* JSON key */
	enum schema_shape shape : 8;
	enum schema_container container : 8;
	enum schema_merge merge : 8;
	bool required : 1;              /* for OpenAPI; the check itself is validation's */
	bool omit_zero : 1;             /* "", 0, false, [], {} mean absent (Go's omitempty) */
	bool atomic_map : 1;            /* a map that server-side apply owns as a whole */
	const struct schema_type *type; /* SCHEMA_OBJECT */
	const char *merge_key;
	const char *map_keys;
	const char
		*fallback;  /* filled in when absent, JSON text: "\"Always\"", "30", "null"; NULL */
	const char *values; /* what an enum allows, "A|B", for OpenAPI; NULL: anything */
	const char *go_type; /* "v1.PullPolicy", for decoding errors; NULL: as shape says */
	const char *about;   /* one sentence for explain */
};
struct schema_type {
	const char *name;    /* definition name: "io.k8s.api.core.v1.PodSpec" */
	const char *go_name; /* "PodSpec", as decoding errors name it */
	const char *about;
	const struct schema_field *fields; /* sorted by name */
	size_t n;
	bool atomic; /* server-side apply owns it as a whole (x-kubernetes-map-type: atomic) */
};

const struct schema_type *schema_of(enum kind k);
/* The type a part of a kind is read as: "", "status" and "finalize" the kind itself, "scale" Scale,
 * "binding" Binding, "eviction" Eviction; NULL: no such part. */
const struct schema_type *schema_of_sub(enum kind k, struct strv sub);
const struct schema_type *schema_scale(void);          /* autoscaling/v1 Scale */
const struct schema_type *schema_delete_options(void); /* meta/v1 DeleteOptions */
const struct schema_type *schema_status(void);         /* meta/v1 Status */
const struct schema_type *schema_list_meta(void);      /* meta/v1 ListMeta */
const struct schema_type *schema_binding(void);        /* core/v1 Binding */
const struct schema_field *schema_field(
	const struct schema_type *t, const char *name); /* NULL if unknown */

struct schema_report {
	struct strv *unknown; /* paths in order: "spec.foo", "spec.containers[0].bar" */
	size_t n_unknown;     /* at most 100 */
	struct strv bad;      /* first value of a wrong type, in Go's words; empty if none */
	struct strv bad_value, bad_type; /* of it: "string", "int32"; may be empty */
};
/* Walks v along t, names matched by case. Unknown members are removed from the tree (kube-apiserver drops them), also
 * nulls of typed fields and zero values that say nothing (omit_zero); a null element
 * becomes an empty one, as in Go. Quantities are put into their canonical form, numbers among them become text
 * ("1024Mi" -> "1Gi", 0.5 -> "500m"). errors ERR_BAD_TYPE (out->bad says which), ERR_NOMEM */
NODISCARD int schema_check(
	struct arena *a, const struct schema_type *t, struct json *v, struct schema_report *out);
/* Fills every absent field that has a fallback, in objects that are there (watch/embedded/schema/defaults.c adds the
 * rules that a table cannot say, per kind). Idempotent: run it again after anything that took parts away (status, say).
 * errors ERR_NOMEM */
NODISCARD int schema_default(struct arena *a, enum kind k, struct json *object);
