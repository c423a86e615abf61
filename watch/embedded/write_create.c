/* Creating: POST, and an apply that finds nothing.
 * Source: Kubernetes API concepts; rest.BeforeCreate's rules as observed.
 * Regime: the request's arena. Called by: write.c. */
#include "base/err.h"
#include "watch/embedded/admit.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/validate/validate.h"
#include "watch/embedded/write_internal.h"

#define NAME_TRIES   8
#define SUFFIX_CHARS 5
#define MAX_PREFIX   58 /* of generateName, so that the whole is a label */

/* No vowels and nothing that looks like another character. */
static const char suffix_letters[] = "bcdfghjklmnpqrstvwxz2456789";

static struct strv generated(struct write *w, struct strv prefix)
{
	unsigned char dice[SUFFIX_CHARS];
	char suffix[SUFFIX_CHARS];
	clock_random(w->e->clock, dice, sizeof(dice));
	for (size_t i = 0; i < SUFFIX_CHARS; i++) {
		suffix[i] = suffix_letters[dice[i] % (sizeof(suffix_letters) - 1)];
	}
	return arena_printf(
		w->a, "%.*s%.*s", STRV_ARG(strv_sub(prefix, 0, MAX_PREFIX)), SUFFIX_CHARS, suffix);
}

/* generateName: a name nobody has yet, if a few tries find one. */
static bool make_name(struct write *w, struct json *meta)
{
	struct strv prefix = json_str(json_get(meta, "generateName"));
	if (json_str(json_get(meta, "name")).n > 0 || prefix.n == 0) {
		return true;
	}
	struct strv name = STRV_NONE;
	for (int i = 0; i < NAME_TRIES; i++) {
		name = generated(w, prefix);
		if (name.p == NULL || store_get(w->e->store, w->r->kind, w->r->ns, name) == NULL) {
			break;
		}
	}
	return write_ok(w, name.p ? json_set_str(w->a, meta, "name", name) : ERR_NOMEM);
}

/* What the server alone decides. */
static bool stamp(struct write *w, struct json *meta)
{
	char uid[CLOCK_UUID_CHARS + 1];
	const char *now = write_now(w);
	clock_uuid(w->e->clock, uid);
	return now != NULL && write_ok(w, json_set_str(w->a, meta, "uid", strv_of(uid))) &&
	       write_ok(w, json_set_str(w->a, meta, "creationTimestamp", strv_of(now)));
}

/* An apply has the fields of its merged object owned already; what a POST sends is nobody's. */
static bool check_new(struct write *w, struct json *meta)
{
	if (json_str(json_get(meta, "resourceVersion")).n > 0) {
		status_unsorted(w->s, "resourceVersion should not be set on objects to be created");
		return false;
	}
	(void)json_remove(meta, "resourceVersion");
	if (!w->managed) {
		(void)json_remove(meta, "managedFields");
	}
	if (w->r->name.n > 0 && json_get(meta, "name") == NULL) { /* apply, PUT: the URL names it */
		return write_ok(w, json_set_str(w->a, meta, "name", w->r->name));
	}
	return make_name(w, meta);
}

static bool complete(struct write *w, struct json *meta)
{
	enum kind k = w->r->kind;
	if (!write_ok(w, prepare_object(w->a, k, "", w->after, NULL)) || !stamp(w, meta) ||
		!write_ok(w, schema_default(w->a, k, w->after))) {
		return false;
	}
	admit_object(w->e, w->a, k, w->after, NULL, w->s);
	return !status_failed(w->s);
}

void write_create(struct write *w)
{
	enum kind k = w->r->kind;
	if (w->after == NULL) {
		w->after = w->r->body;
		write_check_body(w, w->after);
		write_check_fields(w, w->after);
	}
	admit_namespace(w->e, k, w->r->ns, json_str(json_dig(w->after, "metadata.name")), w->s);
	struct json *meta = status_failed(w->s) ? NULL : write_meta(w, w->after);
	if (meta == NULL || !check_new(w, meta) || !complete(w, meta)) {
		return;
	}
	struct strv name = json_str(json_get(meta, "name"));
	validate_object(w->s, k, "", w->after, NULL);
	status_invalid_end(w->s, k, name);
	if (status_failed(w->s)) {
		return;
	}
	if (store_get(w->e->store, k, w->r->ns, name) != NULL) {
		status_exists(w->s, k, name);
		return;
	}
	if (write_manage(w) && write_commit(w, WATCH_ADDED, w->after)) {
		w->out->code = 201;
	}
}
