/* Changing what is there: PUT, the three patches, server-side apply.
 * Source: Kubernetes API concepts; rest.BeforeUpdate's rules as observed.
 * Regime: the request's arena. Called by: write.c, scale.c. */
#include "base/err.h"
#include "watch/embedded/admit.h"
#include "watch/embedded/patch/patch.h"
#include "watch/embedded/patch/words.h"
#include "watch/embedded/scale.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/validate/validate.h"
#include "watch/embedded/write_internal.h"

#define MODIFIED_TEXT                                                                              \
	"the object has been modified; please apply your changes to the latest version and try "   \
	"again"

/* Members of metadata that no client changes. */
static const char *const kept[] = { "uid", "creationTimestamp", "deletionTimestamp",
	"deletionGracePeriodSeconds", "generation", "selfLink", "generateName" };

static bool keep_metadata(struct write *w, struct json *meta)
{
	const struct json *old = json_get(w->before, "metadata");
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		const struct json *v = json_get(old, kept[i]);
		if (v == NULL) {
			(void)json_remove(meta, kept[i]);
		} else if (!write_ok(w, json_set(w->a, meta, kept[i], json_copy(w->a, v)))) {
			return false;
		}
	}
	const struct json *managed = json_get(old, "managedFields");
	if (managed != NULL && json_get(meta, "managedFields") == NULL) {
		return write_ok(w, json_set(w->a, meta, "managedFields", json_copy(w->a, managed)));
	}
	return true;
}

static void conflict_uid(struct write *w, struct strv uid)
{
	struct strv why = arena_printf(w->a,
		"Precondition failed: UID in precondition: %.*s, UID in object meta: %.*s",
		STRV_ARG(uid), STRV_ARG(w->old->meta.uid));
	status_conflict(w->s, w->r->kind, w->r->name, why);
}

/* Does the new object claim to be the stored one, at its newest revision? */
static bool check_identity(struct write *w, struct json *meta)
{
	struct strv name = json_str(json_get(meta, "name"));
	if (name.n == 0 && !write_ok(w, json_set_str(w->a, meta, "name", w->r->name))) {
		return false;
	}
	if (name.n > 0 && !strv_eq(name, w->r->name)) {
		status_bad_request(w->s,
			"the name of the object (%.*s) does not match the name on the URL (%.*s)",
			STRV_ARG(name), STRV_ARG(w->r->name));
		return false;
	}
	struct strv uid = json_str(json_get(meta, "uid"));
	if (uid.n > 0 && !strv_eq(uid, w->old->meta.uid)) {
		conflict_uid(w, uid);
		return false;
	}
	struct strv version = json_str(json_get(meta, "resourceVersion"));
	int64_t number = 0;
	if (version.n > 0 && strv_to_i64(version, &number) != ERR_OK) {
		status_unsorted(w->s, "strconv.ParseUint: parsing \"%.*s\": invalid syntax",
			STRV_ARG(version));
		return false;
	}
	if (version.n > 0 &&
		!strv_eq(version, json_str(json_dig(w->before, "metadata.resourceVersion")))) {
		status_conflict(w->s, w->r->kind, w->r->name, STRV(MODIFIED_TEXT));
		return false;
	}
	return true;
}

/* The last finalizer of a deleted object is gone: this update removes it. */
static bool completes_deletion(const struct write *w)
{
	const struct meta *old = &w->old->meta;
	if (!old->deletion_ms.set || (old->deletion_grace_s.set && old->deletion_grace_s.v > 0)) {
		return false;
	}
	return json_count(json_dig(w->after, "metadata.finalizers")) == 0 &&
	       json_count(json_dig(w->after, "spec.finalizers")) == 0;
}

/* Says the list what the entry says, at whatever time. */
static bool list_says(struct write *w, const struct json *list, const struct json *entry)
{
	const struct json *time = json_get(entry, "time");
	json_each(e, list) {
		struct json *timed = json_copy(w->a, e);
		if (time != NULL &&
			!write_ok(w, json_set(w->a, timed, "time", json_copy(w->a, time)))) {
			return false;
		}
		if (json_equal(timed, entry)) {
			return true;
		}
	}
	return false;
}

/* Equal but for the revision and for times and order of managedFields: an apply that says again what it said is no
 * change. */
static bool is_same(struct write *w, struct json *meta)
{
	const struct json *version = json_dig(w->before, "metadata.resourceVersion");
	if (!write_ok(w, json_set(w->a, meta, "resourceVersion", json_copy(w->a, version)))) {
		return false;
	}
	const struct json *old = json_dig(w->before, "metadata.managedFields");
	const struct json *new = json_get(meta, "managedFields");
	if (json_equal(old, new) || json_count(old) != json_count(new)) {
		return json_equal(w->before, w->after);
	}
	json_each(entry, old) {
		if (!list_says(w, new, entry)) {
			return false;
		}
	}
	struct json *mine = json_copy(w->a, new);
	if (!write_ok(w, json_set(w->a, meta, "managedFields", json_copy(w->a, old)))) {
		return false;
	}
	if (json_equal(w->before, w->after)) {
		return true;
	}
	(void)write_ok(w, json_set(w->a, meta, "managedFields", mine)); /* write_commit asks */
	return false;
}

static void store_change(struct write *w, struct json *meta)
{
	if (is_same(w, meta)) {
		write_unchanged(w);
		return;
	}
	enum watch_type type = completes_deletion(w) ? WATCH_DELETED : WATCH_MODIFIED;
	if (write_commit(w, type, w->after) && type == WATCH_DELETED) {
		w->out->gone = !w->r->dry_run;
	}
}

static bool complete(struct write *w, const char *part)
{
	enum kind k = w->r->kind;
	struct json *owned = w->managed ? json_dig(w->after, "metadata.managedFields") : NULL;
	owned = owned != NULL ? json_copy(w->a, owned) : NULL;
	if (!write_ok(w, prepare_object(w->a, k, part, w->after, w->before)) ||
		!write_ok(w, schema_default(w->a, k, w->after))) {
		return false;
	}
	struct json *meta = write_meta(w, w->after);
	if (meta == NULL) {
		return false;
	}
	if (owned != NULL && !write_ok(w, json_set(w->a, meta, "managedFields", owned))) {
		return false; /* of a status write, which keeps all other metadata */
	}
	admit_object(w->e, w->a, k, w->after, w->before, w->s);
	return !status_failed(w->s) &&
	       write_ok(w, prepare_generation(w->a, k, part, w->after, w->before));
}

void write_replace(struct write *w)
{
	enum kind k = w->r->kind;
	/* A scale has become the whole set by now, with another number of replicas. */
	const char *part = write_is(w, "scale") ? "" : w->sub;
	struct json *meta = status_failed(w->s) ? NULL : write_meta(w, w->after);
	if (meta == NULL || !check_identity(w, meta) || !keep_metadata(w, meta) ||
		!complete(w, part)) {
		return;
	}
	validate_object(w->s, k, part, w->after, w->before);
	status_invalid_end(w->s, k, w->r->name);
	if (!status_failed(w->s) && write_manage(w)) {
		meta = write_meta(w, w->after);
		if (meta != NULL) {
			store_change(w, meta);
		}
	}
}

/* Kinds that a PUT may create (their strategies' AllowCreateOnUpdate). */
static bool creates_on_update(enum kind k)
{
	return k == KIND_SERVICE || k == KIND_ENDPOINTS || k == KIND_EVENT || k == KIND_LEASE;
}

void write_update(struct write *w)
{
	if (creates_on_update(w->r->kind) && w->sub[0] == '\0' &&
		store_get(w->e->store, w->r->kind, w->r->ns, w->r->name) == NULL) {
		write_create(w);
		return;
	}
	if (!write_find(w)) {
		return;
	}
	if (write_is(w, "scale")) {
		scale_update(w);
		return;
	}
	w->after = w->r->body;
	write_check_body(w, w->after);
	write_check_fields(w, w->after);
	write_replace(w);
}

int write_apply_patch(struct write *w, const struct schema_type *t, struct json **doc)
{
	switch (w->r->verb) {
	case WRITE_PATCH_JSON:
		return patch_json(w->a, doc, w->r->body, w->s);
	case WRITE_PATCH_MERGE:
		return patch_merge(w->a, doc, w->r->body, w->s);
	case WRITE_PATCH_STRATEGIC:
		return patch_strategic(w->a, t, doc, w->r->body, w->s);
	case WRITE_CREATE:
	case WRITE_UPDATE:
	case WRITE_APPLY:
	case WRITE_DELETE:
		break;
	}
	return ERR_UNSUPPORTED;
}

void write_patch(struct write *w)
{
	if (!write_find(w)) {
		return;
	}
	if (write_is(w, "scale")) {
		scale_patch(w);
		return;
	}
	if (w->r->verb == WRITE_PATCH_MERGE && !json_is_object(w->r->body)) {
		words_refuse_type(
			w->s, "error decoding patch: ", w->r->body, "map[string]interface {}");
		return;
	}
	w->after = object_tree(w->old, w->a);
	int r = w->after ? write_apply_patch(w, schema_of(w->r->kind), &w->after) : ERR_NOMEM;
	if (!write_ok(w, r)) {
		return;
	}
	write_check_body(w, w->after);
	write_check_fields(w, w->after);
	write_replace(w);
}

/* What an apply may not say of itself. */
static void check_config(struct write *w)
{
	struct json *meta = json_get(w->r->body, "metadata");
	struct strv name = json_str(json_get(meta, "name"));
	if (w->r->manager.n == 0) {
		status_cause_add(w->s, CAUSE_REQUIRED, STRV("fieldManager"), NULL, "%s",
			"is required for apply patch");
		status_options_end(w->s, "PatchOptions");
	} else if (json_count(json_get(meta, "managedFields")) > 0) {
		status_bad_request(w->s, "metadata.managedFields must be nil");
	} else if (name.n > 0 && !strv_eq(name, w->r->name)) {
		status_bad_request(w->s,
			"the name of the object (%.*s) does not match the name on the URL (%.*s)",
			STRV_ARG(name), STRV_ARG(w->r->name));
	}
}

void write_apply(struct write *w)
{
	w->old = store_get(w->e->store, w->r->kind, w->r->ns, w->r->name);
	w->before = w->old != NULL ? object_tree(w->old, w->a) : NULL;
	if (w->old != NULL && w->before == NULL) {
		status_no_memory(w->s);
		return;
	}
	if (write_is(w, "scale")) {
		status_unsupported_media(w->s, "apply is not supported for the scale subresource");
		return;
	}
	write_check_body(w, w->r->body);
	write_check_fields(w, w->r->body);
	if (!status_failed(w->s)) {
		check_config(w);
	}
	if (status_failed(w->s)) {
		return;
	}
	const struct managed_write m = { .manager = w->r->manager,
		.subresource = w->sub,
		.time = write_now(w),
		.kind = w->r->kind };
	if (m.time == NULL || !write_ok(w, managed_apply(w->a, &m, w->r->force, w->before,
						   w->r->body, &w->after, w->s))) {
		return;
	}
	w->managed = true;
	if (w->old == NULL && w->sub[0] != '\0') {
		status_not_found(w->s, w->r->kind, w->r->name);
	} else if (w->old == NULL) {
		write_create(w);
	} else {
		write_replace(w);
	}
}
