/* See protobuf.h. The primitives here, one kind's fields each in typed_protobuf.c. */
#include "watch/object/protobuf.h"

#include <string.h>

#include "base/err.h"
#include "watch/object/protobuf_internal.h"

#define MAGIC "k8s\0"

struct allocation {
	struct arena *a;
	bool failed;
};

static void *take(void *data, size_t size)
{
	struct allocation *m = data;
	void *p = arena_alloc(m->a, size);
	m->failed = m->failed || !p;
	return p;
}

static void leave(void *data, void *pointer)
{
	(void)data;
	(void)pointer; /* dies with the arena */
}

int protobuf_unpack(struct arena *a, const struct ProtobufCMessageDescriptor *type,
	struct strv message, const void **out)
{
	struct allocation m = { .a = a };
	ProtobufCAllocator allocator = { take, leave, &m };
	const void *p = protobuf_c_message_unpack(
		type, &allocator, message.n, (const uint8_t *)message.p);
	if (!p) {
		return m.failed ? ERR_NOMEM : ERR_SYNTAX;
	}
	*out = p;
	return ERR_OK;
}

int protobuf_open(struct arena *a, struct strv envelope, struct strv *out_message)
{
	const size_t magic = sizeof(MAGIC) - 1;
	const void *p = NULL;
	if (envelope.n < magic || memcmp(envelope.p, MAGIC, magic) != 0) {
		return ERR_SYNTAX;
	}
	int err = protobuf_unpack(
		a, &kube__unknown__descriptor, strv_sub(envelope, magic, envelope.n - magic), &p);
	if (err == ERR_OK) {
		const Kube__Unknown *u = p;
		*out_message = (struct strv){ (const char *)u->raw.data, u->raw.len };
	}
	return err;
}

/* Fields */

void pb_text(struct decode *d, const ProtobufCBinaryData *b, const char *field, struct strv *out)
{
	const struct strv s = pb_strv(b);
	if (s.n == 0) {
		return; /* Go writes text that is absent as empty */
	}
	if (!json_is_text(s)) {
		decode_fail(d, field);
		return;
	}
	decode_text(d, s, out);
}

void pb_texts(struct decode *d, size_t n, const ProtobufCBinaryData *list, const char *field,
	struct strv_list *out)
{
	struct strv *at = decode_alloc(d, n, sizeof(*at));
	if (!at) {
		return;
	}
	out->at = at;
	decode_fix(d, &out->at);
	for (size_t i = 0; i < n; i++) {
		pb_text(d, &list[i], field, &at[out->n++]);
	}
}

void pb_labels(struct decode *d, size_t n, Kube__StringPair *const *map, const char *field,
	struct labels *out)
{
	struct label *at = decode_alloc(d, n, sizeof(*at));
	if (!at) {
		return;
	}
	out->at = at;
	decode_fix(d, &out->at);
	for (size_t i = 0; i < n; i++) {
		struct label *l = &at[out->n++];
		pb_text(d, &map[i]->key, field, &l->key);
		pb_text(d, &map[i]->value, field, &l->value);
		if (map[i]->value.len == 0) {
			decode_text(d, STRV(""), &l->value); /* a label without value is there */
		}
	}
}

void pb_time(struct decode *d, const Kube__Time *t, const char *field, int64_t *out_ms)
{
	static const int64_t first_s = -62135596800, last_s = 253402300799; /* years 1 to 9999 */
	if (!t || t->seconds == 0) { /* Go's zero time is written so */
		return;
	}
	if (t->seconds < first_s || t->seconds > last_s) {
		decode_fail(d, field);
		return;
	}
	*out_ms = t->seconds * 1000;
}

void pb_protocol(
	struct decode *d, const ProtobufCBinaryData *b, const char *field, enum protocol *out)
{
	static const enum protocol all[] = { PROTO_TCP, PROTO_UDP, PROTO_SCTP };
	const struct strv s = pb_strv(b);
	*out = PROTO_TCP;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (s.n == 0 || strv_eq(s, strv_of(protocol_name(all[i])))) {
			*out = s.n == 0 ? PROTO_TCP : all[i];
			return;
		}
	}
	decode_fail(d, field);
}

static void read_owners(struct decode *d, const Kube__ObjectMeta *from, struct meta *m)
{
	static const char field[] = "metadata.ownerReferences";
	struct owner_ref *at = decode_alloc(d, from->n_ownerreferences, sizeof(*at));
	if (!at) {
		return;
	}
	m->owners = at;
	decode_fix(d, &m->owners);
	for (size_t i = 0; i < from->n_ownerreferences; i++) {
		const Kube__OwnerReference *o = from->ownerreferences[i];
		struct owner_ref *r = &at[m->n_owners++];
		pb_text(d, &o->apiversion, field, &r->api_version);
		pb_text(d, &o->kind, field, &r->kind);
		pb_text(d, &o->name, field, &r->name);
		pb_text(d, &o->uid, field, &r->uid);
		r->controller = o->controller;
		r->block_owner_deletion = o->blockownerdeletion;
	}
}

static void read_meta(struct decode *d, const Kube__ObjectMeta *from, struct meta *m)
{
	int64_t version;
	if (!from) {
		return;
	}
	pb_text(d, &from->namespace_, "metadata.namespace", &m->ns);
	pb_text(d, &from->name, "metadata.name", &m->name);
	pb_text(d, &from->uid, "metadata.uid", &m->uid);
	if (strv_to_i64(pb_strv(&from->resourceversion), &version) == ERR_OK && version > 0) {
		m->resource_version = (uint64_t)version;
	}
	m->generation = from->generation;
	pb_time(d, from->creationtimestamp, "metadata.creationTimestamp", &m->creation_ms);
	m->deletion_ms.set = from->deletiontimestamp != NULL;
	pb_time(d, from->deletiontimestamp, "metadata.deletionTimestamp", &m->deletion_ms.v);
	m->deletion_grace_s = (struct opt_i64){ .set = from->has_deletiongraceperiodseconds,
		.v = from->deletiongraceperiodseconds };
	pb_labels(d, from->n_labels, from->labels, "metadata.labels", &m->labels);
	pb_labels(
		d, from->n_annotations, from->annotations, "metadata.annotations", &m->annotations);
	read_owners(d, from, m);
	pb_texts(d, from->n_finalizers, from->finalizers, "metadata.finalizers", &m->finalizers);
}

/* Kinds */

static const struct row {
	enum kind kind;
	const ProtobufCMessageDescriptor *message; /* its metadata is where Named has it */
	void (*read)(struct decode *d, const void *message, struct object *o); /* NULL: no more */
} rows[] = {
	{ KIND_NAMESPACE, &kube__named__descriptor, NULL },
	{ KIND_SERVICE, &kube__service__descriptor, pb_service },
	{ KIND_ENDPOINTSLICE, &kube__endpoint_slice__descriptor, pb_slice },
	{ KIND_POD, &kube__pod__descriptor, pb_pod },
};
_Static_assert(offsetof(Kube__Service, metadata) == offsetof(Kube__Named, metadata) &&
		       offsetof(Kube__EndpointSlice, metadata) == offsetof(Kube__Named, metadata) &&
		       offsetof(Kube__Pod, metadata) == offsetof(Kube__Named, metadata),
	"metadata is the first field of every kind");

static const struct row *row_of(enum kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].kind == kind) {
			return &rows[i];
		}
	}
	return NULL;
}

bool object_reads_protobuf(enum kind kind)
{
	return row_of(kind) != NULL;
}

static void read_message(struct decode *d, const void *source, struct object *o)
{
	const struct row *row = row_of(o->kind);
	const Kube__Named *named = source;
	read_meta(d, named->metadata, &o->meta);
	if (row->read) {
		row->read(d, source, o);
	}
}

int object_new_protobuf(enum kind kind, struct arena *a, struct strv message,
	const struct object **out, const char **out_field)
{
	const struct row *row = row_of(kind);
	const void *unpacked = NULL;
	REQUIRE(row);
	int err = protobuf_unpack(a, row->message, message, &unpacked);
	if (err != ERR_OK) {
		return err;
	}
	/* what a slice of many endpoints takes: three times its message */
	return decode_block(kind, read_message, unpacked, 4 * message.n, STRV_NONE, out, out_field);
}
