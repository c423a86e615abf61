/* Decoding a JSON tree into one block: the primitives that meta and the typed forms are read with.
 * Everything is first laid out in a scratch buffer: values grow upwards from its start, the offsets of
 * all pointers among them ("fixes") downwards from its end. When the decoder is through, the used part
 * moves to a block of exactly that size and the fixes are shifted (object.c). So the tree is walked once
 * and the block has no slack.
 *
 *	base                    used            fixes            cap
 *	| header | typed form, text, lists | free | ... fix 1 fix 0 |
 *
 * The first failure sticks: ERR_BAD_TYPE with the field, or ERR_NO_SPACE (the caller comes again with a
 * larger scratch). After it every call does nothing, so that one check at the end is enough.
 * null and absent are the same everywhere, as in Kubernetes. `out` always lies inside the scratch.
 * Regime: the scratch is the caller's. Called by: this folder only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "watch/object/object.h"
#include "watch/object/typed.h"

struct decode {
	char *base;
	size_t used;
	size_t cap;
	size_t n_fixes;
	int err;
	const char *field; /* literal: where ERR_BAD_TYPE was found */
};

void decode_init(struct decode *d, void *scratch, size_t cap);
void decode_fail(
	struct decode *d, const char *field); /* ERR_BAD_TYPE, unless something failed before */

/* n zeroed elements, aligned for pointers; NULL when n is 0 or anything has failed. */
void *decode_alloc(struct decode *d, size_t n, size_t each);
/* A pointer was stored at `where` (inside the scratch): it must follow when the block moves. */
void decode_fix(struct decode *d, const void *where);

/* Copies text, NUL-terminated; STRV_NONE stays STRV_NONE. */
void decode_text(struct decode *d, struct strv s, struct strv *out);

/* The value as a member object or array; NULL when absent, null, or not of that type (which fails d). */
const struct json *decode_object(struct decode *d, const struct json *v, const char *field);
const struct json *decode_array(struct decode *d, const struct json *v, const char *field);

void decode_str(struct decode *d, const struct json *v, const char *field, struct strv *out);
void decode_bool(struct decode *d, const struct json *v, const char *field, bool *out);
void decode_opt_bool(
	struct decode *d, const struct json *v, const char *field, struct opt_bool *out);
void decode_i64(struct decode *d, const struct json *v, const char *field, int64_t *out);
void decode_opt_i64(struct decode *d, const struct json *v, const char *field, struct opt_i64 *out);
void decode_i32(struct decode *d, const struct json *v, const char *field, int32_t *out);
void decode_time(struct decode *d, const struct json *v, const char *field, int64_t *out_ms);
/* "TCP", "UDP", "SCTP"; absent means TCP. */
void decode_protocol(struct decode *d, const struct json *v, const char *field, enum protocol *out);
/* A quantity: text, or a bare number as YAML lets people write it. */
void decode_quantity(struct decode *d, const struct json *v, const char *field, int64_t *out,
	struct strv *out_text);

/* ["a", "b"]; with key: [{"key": "a"}, ...], elements without that member left out. */
void decode_strs(struct decode *d, const struct json *v, const char *key, const char *field,
	struct strv_list *out);
void decode_labels(struct decode *d, const struct json *v, const char *field, struct labels *out);
void decode_conditions(struct decode *d, const struct json *v, const char *field,
	const struct condition **out, size_t *out_n);
void decode_selector(
	struct decode *d, const struct json *v, const char *field, struct selector *out);
/* The IP literals in ["10.0.0.1"], or with key in [{"key": "10.0.0.1"}]; others are left out. */
struct ip_wish {
	bool v4, v6;
	struct strv otherwise; /* the one address when the list is empty; "" for none */
};
void decode_ips(struct decode *d, const struct json *list, const char *key,
	const struct ip_wish *wish, const struct ip **out, size_t *out_n);

/* The whole of an object: read fills it from its source, in which `field` is found wrong. guess_bytes: room that it may
 * take, or 0; more is taken where it does not do. json: kept with it. errors ERR_BAD_TYPE with *out_field, ERR_NOMEM */
typedef void (*decode_object_fn)(struct decode *d, const void *source, struct object *o);
NODISCARD int decode_block(enum kind kind, decode_object_fn read, const void *source,
	size_t guess_bytes, struct strv json, const struct object **out, const char **out_field);
/* A typed form, zeroed, hung into o. */
void *decode_typed(struct decode *d, size_t bytes, struct object *o);

/* One an object: fills the typed form (zeroed) from the whole tree. meta is decoded already. */
void decode_pod(struct decode *d, const struct json *tree, const struct meta *m, struct pod *out);
void decode_service(
	struct decode *d, const struct json *tree, const struct meta *m, struct service *out);
void decode_import(
	struct decode *d, const struct json *tree, const struct meta *m, struct service *out);
void decode_slice(
	struct decode *d, const struct json *tree, const struct meta *m, struct endpointslice *out);
void decode_set(
	struct decode *d, const struct json *tree, const struct meta *m, struct statefulset *out);
/* What they share with the protobuf forms: spec.type; addressType and the Service; what phase and conditions amount to. */
void decode_service_type(struct decode *d, struct strv s, enum service_type *out);
void decode_slice_head(
	struct decode *d, struct strv type, const struct meta *m, struct endpointslice *out);
void decode_pod_verdict(struct pod *out);
void decode_pvc(struct decode *d, const struct json *tree, const struct meta *m, struct pvc *out);
void decode_pv(struct decode *d, const struct json *tree, const struct meta *m, struct pv *out);
void decode_class(
	struct decode *d, const struct json *tree, const struct meta *m, struct storage_class *out);
void decode_node(struct decode *d, const struct json *tree, const struct meta *m, struct node *out);
