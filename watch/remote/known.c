/* See known.h. */
#include "watch/remote/known.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM        1
#define uthash_nonfatal_oom(elt) ((elt)->unhashed = true)
#include <uthash.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/object/typed.h"

struct entry {
	UT_hash_handle hh;
	uint64_t version; /* 0: unknown, never the same */
	uint32_t pass;    /* of the last LIST that had it */
	uint16_t ns_n, name_n, uid_n, service_n;
	bool unhashed;
	char text[]; /* namespace, '/', name: the key; uid; service */
};

struct known {
	enum kind kind;
	uint32_t pass;
	struct entry *head;
	struct entry *sweep; /* where the walk is */
	bool sweeping;
	struct arena arena; /* of one identity being made */
};

int known_new(enum kind kind, struct known **out)
{
	struct known *k = calloc(1, sizeof(*k));
	if (!k) {
		return ERR_NOMEM;
	}
	k->kind = kind;
	arena_init(&k->arena, 0);
	*out = k;
	return ERR_OK;
}

/* uthash's macros are long: NOLINTBEGIN(readability-function-size) */
static void forget(struct known *k, struct entry *e)
{
	HASH_DEL(k->head, e);
	free(e);
}

static struct entry *find(struct known *k, struct strv ns, struct strv name)
{
	char key[640]; /* 63 + 1 + 253 by the API's rules */
	struct entry *e = NULL;
	int n = snprintf(key, sizeof(key), "%.*s/%.*s", STRV_ARG(ns), STRV_ARG(name));
	if (n > 0 && (size_t)n < sizeof(key)) {
		HASH_FIND(hh, k->head, key, (size_t)n, e);
	}
	return e;
}

static bool enter(struct known *k, struct entry *e)
{
	HASH_ADD_KEYPTR(hh, k->head, e->text, (size_t)e->ns_n + 1 + e->name_n, e);
	return !e->unhashed;
}
/* NOLINTEND(readability-function-size) */

void known_free(struct known *k)
{
	if (!k) {
		return;
	}
	for (struct entry *e = k->head, *next; e; e = next) {
		next = e->hh.next;
		forget(k, e);
	}
	arena_deinit(&k->arena);
	free(k);
}

size_t known_count(const struct known *k)
{
	return HASH_COUNT(k->head);
}

/* Pieces of an object that an entry keeps. Of an EndpointSlice, whose uid nobody asks for, uid is the ServiceImport it
 * belongs to. */
struct identity {
	struct strv ns, name, uid, service;
	uint64_t version;
};

static struct identity identity_of(const struct object *o)
{
	struct identity id = { .ns = o->meta.ns,
		.name = o->meta.name,
		.uid = o->meta.uid,
		.version = o->meta.resource_version };
	if (o->kind == KIND_ENDPOINTSLICE) {
		id.uid = o->as.endpointslice->import;
		id.service = o->as.endpointslice->service;
	}
	return id;
}

static char *put_text(char *to, struct strv s)
{
	if (s.n > 0) {
		memcpy(to, s.p, s.n);
	}
	return to + s.n;
}

static struct entry *entry_new(const struct identity *id)
{
	if (id->ns.n > 256 || id->name.n > 256 || id->uid.n > 256 || id->service.n > 256) {
		return NULL;
	}
	struct entry *e = calloc(
		1, sizeof(*e) + id->ns.n + 1 + id->name.n + id->uid.n + id->service.n);
	if (!e) {
		return NULL;
	}
	e->version = id->version;
	e->ns_n = (uint16_t)id->ns.n;
	e->name_n = (uint16_t)id->name.n;
	e->uid_n = (uint16_t)id->uid.n;
	e->service_n = (uint16_t)id->service.n;
	char *to = put_text(e->text, id->ns);
	*to++ = '/';
	to = put_text(to, id->name);
	to = put_text(to, id->uid);
	(void)put_text(to, id->service); /* the last */
	return e;
}

static struct identity entry_identity(const struct entry *e)
{
	const char *name = e->text + e->ns_n + 1;
	return (struct identity){ .ns = { e->text, e->ns_n },
		.name = { name, e->name_n },
		.uid = { name + e->name_n, e->uid_n },
		.service = { name + e->name_n + e->uid_n, e->service_n },
		.version = e->version };
}

static int put_label(struct arena *a, struct json *labels, const char *key, struct strv value)
{
	return value.n > 0 ? json_set(a, labels, key, json_new_str(a, value)) : ERR_OK;
}

/* An object that has its identity and nothing else. */
static int identity_object(struct known *k, const struct entry *e, const struct object **out)
{
	struct arena *a = &k->arena;
	struct identity id = entry_identity(e);
	const char *field = "";
	arena_reset(a);
	struct json *tree = json_new_object(a);
	struct json *meta = tree ? json_ensure_object(a, tree, "metadata") : NULL;
	struct strv version = arena_printf(a, "%llu", (unsigned long long)id.version);
	bool slice = k->kind == KIND_ENDPOINTSLICE;
	if (!meta || !version.p || json_set_str(a, meta, "name", id.name) != ERR_OK ||
		json_set_str(a, meta, "resourceVersion", version) != ERR_OK ||
		(id.ns.n > 0 && json_set_str(a, meta, "namespace", id.ns) != ERR_OK) ||
		(!slice && id.uid.n > 0 && json_set_str(a, meta, "uid", id.uid) != ERR_OK)) {
		return ERR_NOMEM;
	}
	if (slice) { /* addressType: its one required field */
		struct json *labels = json_ensure_object(a, meta, "labels");
		if (!labels || json_set_str(a, tree, "addressType", STRV("IPv4")) != ERR_OK ||
			put_label(a, labels, SLICE_SERVICE_LABEL, id.service) != ERR_OK ||
			put_label(a, labels, SLICE_IMPORT_LABEL, id.uid) != ERR_OK) {
			return ERR_NOMEM;
		}
	}
	return object_new(k->kind, tree, false, out, &field);
}

static bool identity_equal(const struct identity *a, const struct identity *b)
{
	return a->version == b->version && strv_eq(a->uid, b->uid) &&
	       strv_eq(a->service, b->service);
}

int known_put(
	struct known *k, const struct object *o, const struct object **out_old, bool *out_same)
{
	struct identity id = identity_of(o);
	struct entry *e = find(k, id.ns, id.name);
	const struct object *old = NULL;
	if (e && id.version != 0) {
		struct identity was = entry_identity(e);
		if (identity_equal(&was, &id)) {
			e->pass = k->pass;
			*out_old = NULL;
			*out_same = true;
			return ERR_OK;
		}
	}
	int err = e ? identity_object(k, e, &old) : ERR_OK;
	if (err != ERR_OK) {
		return err;
	}
	struct entry *fresh = entry_new(&id);
	if (!fresh) {
		object_unref(old);
		return ERR_NOMEM;
	}
	if (e) {
		forget(k, e);
	}
	fresh->pass = k->pass;
	if (!enter(k, fresh)) {
		free(fresh); /* what was known is lost with it: the object counts as never told */
		object_unref(old);
		return ERR_NOMEM;
	}
	*out_old = old;
	*out_same = false;
	return ERR_OK;
}

int known_remove(struct known *k, struct strv ns, struct strv name, const struct object **out_old)
{
	struct entry *e = find(k, ns, name);
	*out_old = NULL;
	if (!e) {
		return ERR_OK;
	}
	int err = identity_object(k, e, out_old);
	if (err == ERR_OK) {
		forget(k, e);
	}
	return err;
}

void known_touch(struct known *k, struct strv ns, struct strv name)
{
	struct entry *e = find(k, ns, name);
	if (e) {
		e->pass = k->pass;
	}
}

void known_begin(struct known *k)
{
	k->pass++;
	k->sweeping = false;
}

int known_sweep(struct known *k, const struct object **out_gone)
{
	if (!k->sweeping) {
		k->sweeping = true;
		k->sweep = k->head;
	}
	while (k->sweep && k->sweep->pass == k->pass) {
		k->sweep = k->sweep->hh.next;
	}
	struct entry *e = k->sweep;
	*out_gone = NULL;
	if (!e) {
		k->sweeping = false;
		return ERR_OK;
	}
	int err = identity_object(k, e, out_gone);
	if (err == ERR_OK) {
		k->sweep = e->hh.next;
		forget(k, e);
	}
	return err;
}
