/* Protobuf bodies to JSON values, by walking protobuf-c's descriptors. Regime: see protobuf.h. */
#include "watch/embedded/protobuf/protobuf.h"

#include <stdio.h>
#include <string.h>

#include <kube.pb-c.h> /* of watch/object/kube.proto */

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"

#define MAGIC "k8s\0"

static const struct {
	const char *api_version; /* NULL: any */
	const char *kind;
	const ProtobufCMessageDescriptor *descriptor;
} kinds[] = {
	{ "v1", "Namespace", &kube__namespace__descriptor },
	{ "v1", "ConfigMap", &kube__config_map__descriptor },
	{ "v1", "Secret", &kube__secret__descriptor },
	{ "v1", "Service", &kube__service__descriptor },
	{ "v1", "ServiceAccount", &kube__service_account__descriptor },
	/* clients send it in the group and version of what they delete */
	{ NULL, "DeleteOptions", &kube__delete_options__descriptor },
};

/* Pointers in Kubernetes' own types: false and 0 are answers there, not the absence of one. */
static const char *const zero_counts[] = { "allocateLoadBalancerNodePorts",
	"automountServiceAccountToken", "gracePeriodSeconds", "orphanDependents" };

struct walk {
	struct arena *a;
	int err;
	char *why;
};

static struct json *failed(struct walk *w, int err, const char *why, const char *what)
{
	if (!w->err) {
		w->err = err;
		(void)snprintf(w->why, PROTOBUF_WHY_CHARS, why, what); /* cut text still tells */
	}
	return NULL;
}

static void *arena_take(void *data, size_t size)
{
	struct walk *w = data;
	void *p = arena_alloc(w->a, size);
	if (!p) {
		(void)failed(w, ERR_NOMEM, "%s", "out of memory");
	}
	return p;
}

static void arena_leave(void *data, void *pointer)
{
	(void)data;
	(void)pointer; /* dies with the arena */
}

static struct json *made(struct walk *w, struct json *v)
{
	return v ? v : failed(w, ERR_NOMEM, "%s", "out of memory");
}

static void put(struct walk *w, struct json *o, struct strv key, struct json *v)
{
	if (!w->err) {
		w->err = json_set_strv(w->a, o, key, v);
	}
}

static struct strv strv_of_bytes(const ProtobufCBinaryData *b)
{
	return (struct strv){ (const char *)b->data, b->len };
}

/* JSON strings are UTF-8 without NUL; protobuf checks neither. */
static struct json *text(struct walk *w, struct strv s)
{
	if (!json_is_text(s)) {
		return failed(
			w, ERR_SYNTAX, "%s", "a string is not UTF-8, or holds a NUL character");
	}
	return made(w, json_new_str(w->a, s));
}

static struct json *message(struct walk *w, const ProtobufCMessage *m);

static struct json *time_text(struct walk *w, const Kube__Time *t)
{
	char out[CLOCK_RFC3339_CHARS + 1];
	if (t->seconds < -62135596800 || t->seconds > 253402300799) { /* years 1 to 9999 */
		return failed(w, ERR_SYNTAX, "%s", "a time is out of range");
	}
	if (!t->has_seconds || t->seconds == 0) {
		return NULL; /* Go's zero time is sent so */
	}
	clock_format(t->seconds * 1000, out);
	return text(w, strv_of(out));
}

static struct json *int_or_string(struct walk *w, const Kube__IntOrString *v)
{
	if (v->type == 1) {
		return v->strval.len > 0 ? text(w, strv_of_bytes(&v->strval)) : NULL;
	}
	return v->intval != 0 ? made(w, json_new_i64(w->a, v->intval)) : NULL;
}

static struct json *bytes(struct walk *w, const ProtobufCBinaryData *b)
{
	return made(w, json_new_str(w->a, base64_encode(w->a, strv_of_bytes(b))));
}

static bool says_zero(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(zero_counts); i++) {
		if (strcmp(zero_counts[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* One value of a field; NULL (without an error) if it is the zero value that JSON omits. */
static struct json *value(struct walk *w, const ProtobufCFieldDescriptor *f, const void *at)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_BYTES: { /* kube.proto: text */
		struct strv s = strv_of_bytes(at);
		return s.n > 0 || f->label == PROTOBUF_C_LABEL_REPEATED ? text(w, s) : NULL;
	}
	case PROTOBUF_C_TYPE_INT32: {
		int32_t n = *(const int32_t *)at;
		return n != 0 ? made(w, json_new_i64(w->a, n)) : NULL;
	}
	case PROTOBUF_C_TYPE_INT64: {
		int64_t n = *(const int64_t *)at;
		return n != 0 || says_zero(f->name) ? made(w, json_new_i64(w->a, n)) : NULL;
	}
	case PROTOBUF_C_TYPE_BOOL: {
		bool b = *(const protobuf_c_boolean *)at != 0;
		return b || says_zero(f->name) ? made(w, json_new_bool(w->a, b)) : NULL;
	}
	case PROTOBUF_C_TYPE_MESSAGE: {
		const ProtobufCMessage *m = *(ProtobufCMessage *const *)at;
		if (m && f->descriptor == &kube__time__descriptor) {
			return time_text(w, (const void *)m);
		}
		if (m && f->descriptor == &kube__int_or_string__descriptor) {
			return int_or_string(w, (const void *)m);
		}
		return m ? message(w, m) : NULL;
	}
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
	case PROTOBUF_C_TYPE_ENUM:
		break; /* kube.proto has none */
	}
	return failed(w, ERR_UNSUPPORTED, "field %s has a type that is not read", f->name);
}

/* Map entries become members of one object; an entry without a value is an empty text. */
static struct json *map(
	struct walk *w, const ProtobufCFieldDescriptor *f, void *const *entries, size_t n)
{
	struct json *o = made(w, json_new_object(w->a));
	for (size_t i = 0; i < n && !w->err; i++) {
		/* both kinds of entries begin alike: key, then value */
		const Kube__StringPair *p = entries[i];
		const Kube__BytesPair *q = entries[i];
		bool binary = f->descriptor == &kube__bytes_pair__descriptor;
		struct strv key = strv_of_bytes(binary ? &q->key : &p->key);
		struct json *v = binary ? bytes(w, &q->value) : text(w, strv_of_bytes(&p->value));
		if (!w->err && !json_is_text(key)) {
			(void)failed(w, ERR_SYNTAX, "%s", "a map key is not UTF-8");
		}
		put(w, o, key, v);
	}
	return w->err ? NULL : o;
}

static struct json *repeated(struct walk *w, const ProtobufCFieldDescriptor *f, const void *m)
{
	size_t n = *(const size_t *)(const void *)((const char *)m + f->quantifier_offset);
	const void *at = *(void *const *)(const void *)((const char *)m + f->offset);
	bool is_message = f->type == PROTOBUF_C_TYPE_MESSAGE;
	if (n == 0) {
		return NULL;
	}
	if (f->descriptor == &kube__string_pair__descriptor ||
		f->descriptor == &kube__bytes_pair__descriptor) {
		return map(w, f, at, n);
	}
	struct json *list = made(w, json_new_array(w->a));
	for (size_t i = 0; i < n && !w->err; i++) {
		const void *each = is_message ? (const void *)((void *const *)at + i)
					      : (const void *)((const ProtobufCBinaryData *)at + i);
		struct json *v = value(w, f, each);
		v = v || w->err ? v : made(w, json_new_object(w->a));
		if (!w->err) {
			w->err = json_append(w->a, list, v);
		}
	}
	return w->err ? NULL : list;
}

static bool is_spec(const ProtobufCMessageDescriptor *d)
{
	return d == &kube__service_spec__descriptor || d == &kube__service_port__descriptor ||
	       d == &kube__delete_options__descriptor;
}

static struct json *message(struct walk *w, const ProtobufCMessage *m)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;
	if (m->n_unknown_fields > 0 && is_spec(d)) {
		return failed(w, ERR_UNSUPPORTED,
			"%s has a field that is not read from protobuf: send JSON", d->short_name);
	}
	struct json *o = made(w, json_new_object(w->a));
	for (unsigned i = 0; i < d->n_fields && !w->err; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		const void *at = (const char *)m + f->offset;
		struct json *v = NULL;
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			v = repeated(w, f, m);
		} else if (f->quantifier_offset == 0 ||
			   *(const protobuf_c_boolean *)((const char *)m + f->quantifier_offset)) {
			v = value(w, f, at);
		}
		if (v) {
			put(w, o, strv_of(f->name), v);
		}
	}
	return w->err ? NULL : o;
}

static const ProtobufCMessageDescriptor *kind_find(struct strv api_version, struct strv kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *version = kinds[i].api_version;
		if ((!version || strv_eq(strv_of(version), api_version)) &&
			strv_eq(strv_of(kinds[i].kind), kind)) {
			return kinds[i].descriptor;
		}
	}
	return NULL;
}

int protobuf_decode(
	struct arena *a, struct strv body, struct json **out, char why[PROTOBUF_WHY_CHARS])
{
	struct walk w = { .a = a, .why = why };
	ProtobufCAllocator allocator = { arena_take, arena_leave, &w };
	size_t magic = sizeof(MAGIC) - 1;
	if (body.n < magic || memcmp(body.p, MAGIC, magic) != 0) {
		(void)failed(&w, ERR_SYNTAX, "%s",
			"the body does not begin as Kubernetes protobuf does");
		return w.err;
	}
	Kube__Unknown *u = kube__unknown__unpack(
		&allocator, body.n - magic, (const uint8_t *)body.p + magic);
	if (!u) {
		(void)failed(
			&w, ERR_SYNTAX, "%s", "the protobuf envelope is malformed or cut short");
		return w.err;
	}
	struct strv api_version = STRV_NONE;
	struct strv kind = STRV_NONE;
	if (u->typemeta) {
		api_version = strv_of_bytes(&u->typemeta->apiversion);
		kind = strv_of_bytes(&u->typemeta->kind);
	}
	const ProtobufCMessageDescriptor *d = kind_find(api_version, kind);
	if (!d) {
		struct strv name = arena_printf(a, "%.*s, Kind=%.*s",
			STRV_ARG(strv_sub(api_version, 0, 40)), STRV_ARG(strv_sub(kind, 0, 40)));
		(void)failed(&w, ERR_UNSUPPORTED, "%s is not read from protobuf: send JSON",
			name.p ? name.p : "");
		return w.err;
	}
	ProtobufCMessage *m = protobuf_c_message_unpack(
		d, &allocator, u->has_raw ? u->raw.len : 0, u->raw.data);
	if (!m) {
		(void)failed(&w, ERR_SYNTAX, "the protobuf message %s is malformed or cut short",
			d->short_name);
		return w.err;
	}
	struct json *v = message(&w, m);
	put(&w, v, STRV("apiVersion"), json_new_str(a, api_version));
	put(&w, v, STRV("kind"), json_new_str(a, kind));
	if (!w.err) {
		*out = v;
	}
	return w.err;
}
