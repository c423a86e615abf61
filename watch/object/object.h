/* A Kubernetes object as everybody passes it around: immutable, counted, decoded once.
 * Its JSON text is what an API server stores and sends; its typed form holds what our code reads. The remote
 * API keeps only the typed form (json is then empty); the embedded one keeps both.
 * Regime: immutable snapshot, counted by object_ref/object_unref on the control thread only; everything reachable
 * from it (text, labels, typed form) lives in one block and dies with it.
 *
 * Glossary: presence = whether a field was there at all (0 and absent differ); typed form = struct pod and
 * its like below; uid = metadata.uid, tells two objects of one name apart. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/kind.h"

struct opt_i64 {
	bool set;
	int64_t v;
};
struct opt_bool {
	bool set;
	bool v;
};

struct label { /* labels and annotations alike */
	struct strv key, value;
};
struct labels {
	const struct label *at; /* in the order of the text */
	size_t n;
};
struct strv_list {
	const struct strv *at;
	size_t n;
};

struct owner_ref { /* metadata.ownerReferences[] */
	struct strv api_version, kind, name, uid;
	bool controller;
	bool block_owner_deletion;
};

struct meta { /* metadata, ObjectMeta */
	struct strv ns, name, uid;
	uint64_t
		resource_version; /* ours; of a remote server: its text as a number, 0 if it is none */
	int64_t generation;       /* 0: absent */
	int64_t creation_ms;      /* creationTimestamp, Unix ms */
	struct opt_i64 deletion_ms; /* deletionTimestamp */
	struct opt_i64 deletion_grace_s;
	struct labels labels, annotations;
	const struct owner_ref *owners;
	size_t n_owners;
	struct strv_list finalizers;
};

struct pod;
struct service;
struct endpointslice;
struct statefulset;
struct pvc;
struct pv;
struct storage_class;
struct node;

struct object {
	enum kind kind;
	struct meta meta;
	struct strv json; /* compact, with apiVersion, kind and resourceVersion; empty in `serve` */
	union {           /* by kind; NULL for kinds without a typed form */
		const void *any;
		const struct pod *pod;
		const struct service *service;
		const struct endpointslice *endpointslice;
		const struct statefulset *statefulset;
		const struct pvc *pvc;
		const struct pv *pv;
		const struct storage_class *storage_class;
		const struct node *node;
	} as;
};

/* From a decoded object; tree is borrowed for the call. keep_json false drops the text (remote).
 * errors ERR_BAD_TYPE with *out_field (static storage or arena of nobody: a literal) naming the first field that
 * does not fit; ERR_NOMEM */
NODISCARD int object_new(enum kind kind, const struct json *tree, bool keep_json,
	const struct object **out, const char **out_field);
const struct object *object_ref(const struct object *o);
void object_unref(const struct object *o); /* accepts NULL */
/* The text decoded again, into a; for those who change a copy. NULL when out of memory or without text. */
struct json *object_tree(const struct object *o, struct arena *a);

const struct strv *labels_get(const struct labels *l, struct strv key); /* NULL if absent */
/* The ownerReference with controller: true, or NULL. */
const struct owner_ref *meta_controller(const struct meta *m);
bool meta_has_finalizer(const struct meta *m, struct strv name);

/* A quantity ("1Gi", "500m", "1e3") as a whole number of units, rounded up, at most INT64_MAX; for comparing storage.
 * Source: apimachinery resource.Quantity. errors ERR_SYNTAX */
NODISCARD int quantity_parse(struct strv text, int64_t *out);
