/* The last step of every write: a tree becomes an object of the next revision.
 * Regime: the tree is the request's; the object is a counted snapshot. Called by: the other write_
 * files. */
#include "base/err.h"
#include "watch/embedded/write_internal.h"
#include "watch/object/typed.h"

static void account_one(struct embedded *e, const struct object *o, bool taken)
{
	const struct service *svc = o->as.service;
	for (size_t i = 0; i < svc->n_cluster_ips; i++) {
		char text[IP_TEXT_CHARS + 1];
		size_t n = ip_print(&svc->cluster_ips[i], text);
		service_pool_account(&e->pool, (struct strv){ text, n }, taken);
	}
	for (size_t i = 0; i < svc->n_ports; i++) {
		if (svc->ports[i].node_port > 0) {
			node_port_account(&e->pool, svc->ports[i].node_port, taken);
		}
	}
}

/* Stores it; addresses and node ports follow what is stored. */
static int store_and_account(struct write *w, enum watch_type type, const struct object *now)
{
	struct embedded *e = w->e;
	if (now->kind != KIND_SERVICE) {
		return store_commit(e->store, type, now);
	}
	const struct object *old = store_get(e->store, now->kind, now->meta.ns, now->meta.name);
	if (old != NULL) {
		(void)object_ref(old); /* outlives its place in the store */
	}
	int r = store_commit(e->store, type, now);
	if (r == ERR_OK && old != NULL) {
		account_one(e, old, false);
	}
	if (r == ERR_OK && type != WATCH_DELETED) {
		account_one(e, now, true);
	}
	object_unref(old);
	return r;
}

static bool make_object(struct write *w, struct json *tree, const struct object **out)
{
	const char *field = NULL;
	int r = object_new(w->r->kind, tree, true, out, &field);
	if (r == ERR_BAD_TYPE) {
		const struct kind_row *row = kind_row(w->r->kind);
		status_bad_request(w->s,
			"%s in version \"%s\" cannot be handled as a %s: bad value of %s",
			row->name, row->version, row->name, field != NULL ? field : "a field");
		return false;
	}
	return write_ok(w, r);
}

static bool set_revision(struct write *w, struct json *tree, uint64_t revision)
{
	struct json *meta = write_meta(w, tree);
	if (meta == NULL) {
		return false;
	}
	struct strv text = arena_printf(w->a, "%llu", (unsigned long long)revision);
	return write_ok(
		w, text.p != NULL ? json_set_str(w->a, meta, "resourceVersion", text) : ERR_NOMEM);
}

/* kind and apiVersion come first, as kube-apiserver prints them; a list leaves them out of its items. */
static bool lead_with_kind(struct write *w, struct json *tree)
{
	const struct kind_row *row = kind_row(w->r->kind);
	(void)json_remove(tree, "kind"); /* both are what the row says, or are not there */
	(void)json_remove(tree, "apiVersion");
	size_t n = json_count(tree);
	int err = json_set_str(w->a, tree, "kind", strv_of(row->name));
	if (err == ERR_OK) {
		err = json_set_str(w->a, tree, "apiVersion", strv_of(row->api_version));
	}
	for (size_t i = 0; i < n && err == ERR_OK; i++) {
		struct json *first = json_first(tree);
		struct strv key = strv_of(json_key(first));
		err = json_set_new(w->a, tree, key, json_detach(tree, first));
	}
	return write_ok(w, err);
}

bool write_commit(struct write *w, enum watch_type type, struct json *tree)
{
	const struct object *now = NULL;
	if (status_failed(w->s) || !lead_with_kind(w, tree)) {
		return false;
	}
	if (w->r->dry_run) {
		if (make_object(w, tree, &now)) {
			object_unref(w->out->obj);
			w->out->obj = now;
		}
		return !status_failed(w->s);
	}
	if (!set_revision(w, tree, store_next_revision(w->e->store)) ||
		!make_object(w, tree, &now)) {
		return false;
	}
	w->before = NULL; /* from here on old may be freed by the store */
	w->old = NULL;
	int r = store_and_account(w, type, now);
	object_unref(w->out->obj);
	w->out->obj = now;
	return write_ok(w, r);
}

void write_unchanged(struct write *w)
{
	object_unref(w->out->obj);
	w->out->obj = object_ref(w->old);
}
