/* See known.h. */
#include "watch/remote/known.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/object/runs.h"
#include "watch/object/typed.h"

/* 16 octets and the text: there may be one for every Pod of a cluster. */
struct entry {
	uint64_t version; /* 0: unknown, never the same */
	uint32_t pass;    /* of the last LIST that had it */
	uint8_t ns_n, name_n, uid_n, service_n;
	char text[]; /* namespace, name, uid, service */
};
#define TEXT_MAX UINT8_MAX /* more than the API's rules allow of any of them */

struct known {
	enum kind kind;
	uint32_t pass;
	struct runs entries;
	struct runs_place sweep; /* where the walk is */
	bool sweeping;
	struct arena arena; /* of one identity being made */
};

static int compare(const void *item, struct strv ns, struct strv name)
{
	const struct entry *e = item;
	int c = strv_cmp((struct strv){ e->text, e->ns_n }, ns);
	return c != 0 ? c : strv_cmp((struct strv){ e->text + e->ns_n, e->name_n }, name);
}

int known_new(enum kind kind, struct known **out)
{
	struct known *k = calloc(1, sizeof(*k));
	if (!k) {
		return ERR_NOMEM;
	}
	k->kind = kind;
	runs_init(&k->entries, compare);
	arena_init(&k->arena, 0);
	*out = k;
	return ERR_OK;
}

/* Where it is, and what is there, NULL if nothing. */
static struct runs_place find(
	const struct known *k, struct strv ns, struct strv name, struct entry **out)
{
	struct runs_place p = runs_find(&k->entries, ns, name);
	*out = p.found ? runs_at(&k->entries, p) : NULL;
	return p;
}

void known_free(struct known *k)
{
	if (!k) {
		return;
	}
	struct runs_place p = { 0 };
	for (struct entry *e; (e = runs_at(&k->entries, p)); p = runs_next(&k->entries, p)) {
		free(e);
	}
	runs_deinit(&k->entries);
	arena_deinit(&k->arena);
	free(k);
}

size_t known_count(const struct known *k)
{
	return k->entries.n;
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

static bool fits(const struct identity *id)
{
	return id->ns.n <= TEXT_MAX && id->name.n <= TEXT_MAX && id->uid.n <= TEXT_MAX &&
	       id->service.n <= TEXT_MAX;
}

/* NULL: out of memory. */
static struct entry *entry_new(const struct known *k, const struct identity *id)
{
	struct entry *e = malloc(sizeof(*e) + id->ns.n + id->name.n + id->uid.n + id->service.n);
	if (!e) {
		return NULL;
	}
	e->version = id->version;
	e->pass = k->pass;
	e->ns_n = (uint8_t)id->ns.n;
	e->name_n = (uint8_t)id->name.n;
	e->uid_n = (uint8_t)id->uid.n;
	e->service_n = (uint8_t)id->service.n;
	char *to = put_text(e->text, id->ns);
	to = put_text(to, id->name);
	to = put_text(to, id->uid);
	(void)put_text(to, id->service); /* the last */
	return e;
}

static struct identity entry_identity(const struct entry *e)
{
	const char *name = e->text + e->ns_n;
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
	const struct object *old = NULL;
	struct entry *e;
	if (!fits(&id)) {
		return ERR_TOO_LARGE;
	}
	struct runs_place p = find(k, id.ns, id.name, &e);
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
	struct entry *fresh = err == ERR_OK ? entry_new(k, &id) : NULL;
	if (!fresh) {
		object_unref(old);
		return ERR_NOMEM;
	}
	if (e) {
		runs_replace(&k->entries, p, fresh);
		free(e);
	} else {
		err = runs_insert(&k->entries, p, fresh);
	}
	if (err != ERR_OK) {
		free(fresh);
		return err;
	}
	*out_old = old;
	*out_same = false;
	return ERR_OK;
}

int known_remove(struct known *k, struct strv ns, struct strv name, const struct object **out_old)
{
	struct entry *e;
	struct runs_place p = find(k, ns, name, &e);
	*out_old = NULL;
	if (!e) {
		return ERR_OK;
	}
	int err = identity_object(k, e, out_old);
	if (err == ERR_OK) {
		runs_remove(&k->entries, p);
		free(e);
	}
	return err;
}

void known_touch(struct known *k, struct strv ns, struct strv name)
{
	struct entry *e;
	(void)find(k, ns, name, &e);
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
	struct entry *e;
	if (!k->sweeping) {
		k->sweeping = true;
		k->sweep = (struct runs_place){ 0 };
	}
	while ((e = runs_at(&k->entries, k->sweep)) && e->pass == k->pass) {
		k->sweep = runs_next(&k->entries, k->sweep);
	}
	*out_gone = NULL;
	if (!e) {
		k->sweeping = false;
		return ERR_OK;
	}
	int err = identity_object(k, e, out_gone);
	if (err == ERR_OK) {
		struct identity id = entry_identity(e);
		runs_remove(&k->entries, k->sweep);
		k->sweep = runs_find(&k->entries, id.ns, id.name); /* it went on behind it */
		free(e);
	}
	return err;
}
