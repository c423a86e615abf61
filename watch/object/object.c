/* Objects: one block each, made from a tree, counted. How the block is filled: decode_internal.h.
 *	block = | references | struct object | typed form, text, lists | JSON text |
 * Source: Kubernetes ObjectMeta. Regime: counted snapshot. Called by: everyone in watch/, dns/, statefulset/. */
#include "watch/object/object.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/object/decode_internal.h"
#include "watch/object/typed.h"

struct block {
	size_t references;
	struct object object; /* the rest follows it */
};

#define SCRATCH_BYTES     ((size_t)8 << 10)   /* on the stack: enough for most objects */
#define SCRATCH_MAX_BYTES ((size_t)512 << 20) /* fixes are 32 bits wide */

static struct block *block_of(const struct object *o)
{
	return (struct block *)((uintptr_t)o - offsetof(struct block, object));
}

static void read_owners(struct decode *d, const struct json *v, struct meta *m)
{
	static const char field[] = "metadata.ownerReferences";
	const struct json *list = decode_array(d, v, field);
	struct owner_ref *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	m->owners = at;
	decode_fix(d, &m->owners);
	json_each(e, list) {
		const struct json *o = decode_object(d, e, field);
		struct owner_ref *r = &at[m->n_owners++];
		decode_str(d, json_get(o, "apiVersion"), "metadata.ownerReferences[].apiVersion",
			&r->api_version);
		decode_str(d, json_get(o, "kind"), "metadata.ownerReferences[].kind", &r->kind);
		decode_str(d, json_get(o, "name"), "metadata.ownerReferences[].name", &r->name);
		decode_str(d, json_get(o, "uid"), "metadata.ownerReferences[].uid", &r->uid);
		decode_bool(d, json_get(o, "controller"), "metadata.ownerReferences[].controller",
			&r->controller);
		decode_bool(d, json_get(o, "blockOwnerDeletion"),
			"metadata.ownerReferences[].blockOwnerDeletion", &r->block_owner_deletion);
	}
}

/* Opaque by contract: a server that is not ours may count otherwise. */
static uint64_t version_of(const struct json *v)
{
	int64_t n;
	return strv_to_i64(json_str(v), &n) == ERR_OK && n > 0 ? (uint64_t)n : 0;
}

static void read_meta(struct decode *d, const struct json *v, struct meta *m)
{
	const struct json *o = decode_object(d, v, "metadata");
	const struct json *deletion = json_get(o, "deletionTimestamp");
	decode_str(d, json_get(o, "namespace"), "metadata.namespace", &m->ns);
	decode_str(d, json_get(o, "name"), "metadata.name", &m->name);
	decode_str(d, json_get(o, "uid"), "metadata.uid", &m->uid);
	m->resource_version = version_of(json_get(o, "resourceVersion"));
	decode_i64(d, json_get(o, "generation"), "metadata.generation", &m->generation);
	decode_time(
		d, json_get(o, "creationTimestamp"), "metadata.creationTimestamp", &m->creation_ms);
	m->deletion_ms.set = deletion && !json_is_null(deletion);
	decode_time(d, deletion, "metadata.deletionTimestamp", &m->deletion_ms.v);
	decode_opt_i64(d, json_get(o, "deletionGracePeriodSeconds"),
		"metadata.deletionGracePeriodSeconds", &m->deletion_grace_s);
	decode_labels(d, json_get(o, "labels"), "metadata.labels", &m->labels);
	decode_labels(d, json_get(o, "annotations"), "metadata.annotations", &m->annotations);
	read_owners(d, json_get(o, "ownerReferences"), m);
	decode_strs(d, json_get(o, "finalizers"), NULL, "metadata.finalizers", &m->finalizers);
}

void *decode_typed(struct decode *d, size_t bytes, struct object *o)
{
	void *p = decode_alloc(d, 1, bytes);
	if (p) {
		o->as.any = p;
		decode_fix(d, &o->as.any);
	}
	return p;
}

#define TYPED(type, decode_type)                                                                   \
	do {                                                                                       \
		struct type *form = decode_typed(d, sizeof(struct type), o);                       \
		if (form) {                                                                        \
			decode_type(d, tree, &o->meta, form);                                      \
		}                                                                                  \
	} while (0)

static void read_typed(struct decode *d, const struct json *tree, struct object *o)
{
	switch (o->kind) {
	case KIND_POD:
		TYPED(pod, decode_pod);
		break;
	case KIND_SERVICE:
		TYPED(service, decode_service);
		break;
	case KIND_ENDPOINTSLICE:
		TYPED(endpointslice, decode_slice);
		break;
	case KIND_SERVICEIMPORT:
		TYPED(service, decode_import);
		break;
	case KIND_STATEFULSET:
		TYPED(statefulset, decode_set);
		break;
	case KIND_PVC:
		TYPED(pvc, decode_pvc);
		break;
	case KIND_PV:
		TYPED(pv, decode_pv);
		break;
	case KIND_STORAGECLASS:
		TYPED(storage_class, decode_class);
		break;
	case KIND_NODE:
		TYPED(node, decode_node);
		break;
	case KIND_NAMESPACE:
	case KIND_ENDPOINTS:
	case KIND_CONTROLLERREVISION:
	case KIND_EVENT:
	case KIND_SERVICEACCOUNT:
	case KIND_CONFIGMAP:
	case KIND_SECRET:
	case KIND_LEASE:
	case KIND_COUNT:
	case KIND_NONE:
		break;
	}
}

static void read_tree(struct decode *d, const void *source, struct object *o)
{
	const struct json *tree = source;
	if (!json_is_object(tree)) {
		decode_fail(d, "object");
		return;
	}
	read_meta(d, json_get(tree, "metadata"), &o->meta);
	read_typed(d, tree, o);
}

static void read_block(struct decode *d, enum kind kind, decode_object_fn read, const void *source)
{
	struct block *b = decode_alloc(d, 1, sizeof(*b)); /* the first: lies at d->base */
	if (b) {
		b->object.kind = kind;
		read(d, source, &b->object);
	}
}

/* Moves what was decoded to a block of its own, with the JSON text behind it. */
static struct block *block_new(const struct decode *d, struct strv json)
{
	char *p = malloc(d->used + json.n + 1);
	if (!p) {
		return NULL;
	}
	memcpy(p, d->base, d->used);
	for (size_t i = 1; i <= d->n_fixes; i++) {
		uint32_t offset;
		uintptr_t pointer;
		memcpy(&offset, d->base + d->cap - i * sizeof(offset), sizeof(offset));
		memcpy(&pointer, p + offset, sizeof(pointer));
		pointer += (uintptr_t)p - (uintptr_t)d->base;
		memcpy(p + offset, &pointer, sizeof(pointer));
	}
	struct block *b = (struct block *)(void *)p;
	b->references = 1;
	if (json.n > 0) {
		memcpy(p + d->used, json.p, json.n);
		p[d->used + json.n] = '\0';
		b->object.json = (struct strv){ p + d->used, json.n };
	}
	return b;
}

int decode_block(enum kind kind, decode_object_fn read, const void *source, size_t guess_bytes,
	struct strv json, const struct object **out, const char **out_field)
{
	_Alignas(max_align_t) char scratch[SCRATCH_BYTES];
	size_t cap = guess_bytes > sizeof(scratch) ? guess_bytes : sizeof(scratch);
	char *heap = NULL;
	struct block *b = NULL;
	struct decode d;
	for (;;) {
		if (cap > sizeof(scratch)) {
			heap = cap <= SCRATCH_MAX_BYTES ? malloc(cap) : NULL;
			if (!heap) {
				return ERR_NOMEM;
			}
		}
		decode_init(&d, heap ? heap : scratch, cap);
		read_block(&d, kind, read, source);
		if (d.err != ERR_NO_SPACE) {
			break;
		}
		free(heap);
		cap *= 8;
	}
	if (d.err == ERR_OK) {
		b = block_new(&d, json);
		d.err = b ? ERR_OK : ERR_NOMEM;
	} else if (d.err == ERR_BAD_TYPE) {
		*out_field = d.field;
	}
	free(heap);
	if (b) {
		*out = &b->object;
	}
	return d.err;
}

int object_new(enum kind kind, const struct json *tree, bool keep_json, const struct object **out,
	const char **out_field)
{
	struct buf text;
	REQUIRE(kind >= 0 && kind < KIND_COUNT);
	buf_init(&text);
	if (keep_json) {
		json_print(tree, &text);
	}
	int err = text.err;
	if (err == ERR_OK) {
		err = decode_block(kind, read_tree, tree, 0, buf_strv(&text), out, out_field);
	}
	buf_deinit(&text);
	return err;
}

const struct object *object_ref(const struct object *o)
{
	block_of(o)->references++;
	return o;
}

void object_unref(const struct object *o)
{
	if (!o) {
		return;
	}
	struct block *b = block_of(o);
	REQUIRE(b->references > 0);
	if (--b->references == 0) {
		free(b);
	}
}

struct json *object_tree(const struct object *o, struct arena *a)
{
	struct json *tree;
	if (o->json.n == 0 || json_parse(a, o->json, &tree, NULL) != ERR_OK) {
		return NULL;
	}
	return tree;
}

const struct strv *labels_get(const struct labels *l, struct strv key)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strv_eq(l->at[i].key, key)) {
			return &l->at[i].value;
		}
	}
	return NULL;
}

const struct owner_ref *meta_controller(const struct meta *m)
{
	for (size_t i = 0; i < m->n_owners; i++) {
		if (m->owners[i].controller) {
			return &m->owners[i];
		}
	}
	return NULL;
}

bool meta_has_finalizer(const struct meta *m, struct strv name)
{
	for (size_t i = 0; i < m->finalizers.n; i++) {
		if (strv_eq(m->finalizers.at[i], name)) {
			return true;
		}
	}
	return false;
}
