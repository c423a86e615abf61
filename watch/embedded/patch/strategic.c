/* Strategic merge patch: a merge patch that knows the types, so that lists are merged by their keys, and that
 * carries directives for what a merge cannot say.
 * Source: Kubernetes API conventions "Strategic Merge Patch" and its design notes (directives, list order).
 * "$patch: merge", which names the default, is accepted too.
 * Regime: everything in the caller's arena; the patch is copied first, then used up.
 * Called by: watch/embedded/write.
 *
 *   in an object   "$patch": "replace"           the rest of the object takes the place of the old one
 *                  "$patch": "delete"            the old one is emptied
 *                  "$retainKeys": [k, ...]       members not listed go
 *                  "$deleteFromPrimitiveList/f"  these scalars leave list f
 *                  "$setElementOrder/f"          list f takes this order
 *   in an element  "$patch": "delete"            the element of that merge key goes
 *                  "$patch": "replace"           the rest of the list takes the place of the old one */
#include "watch/embedded/patch/strategic_internal.h"

#include <stdarg.h>

#include "base/err.h"

int merge_refuse(struct merge *m, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct strv why = arena_vprintf(m->a, fmt, ap);
	va_end(ap);
	status_unsorted(m->s, "%.*s", STRV_ARG(why));
	return ERR_SYNTAX;
}

int merge_no_memory(struct merge *m)
{
	status_no_memory(m->s);
	return ERR_NOMEM;
}

int directive_of(struct merge *m, const struct json *patch, enum directive *out)
{
	const struct json *v = json_get(patch, DIRECTIVE);
	struct strv word = json_str(v);
	*out = PATCH_NONE;
	if (!v) {
		return ERR_OK;
	}
	if (strv_eq(word, STRV("replace"))) {
		*out = PATCH_REPLACE;
	} else if (strv_eq(word, STRV("delete"))) {
		*out = PATCH_DELETE;
	} else if (strv_eq(word, STRV("merge"))) {
		*out = PATCH_MERGE;
	} else {
		return merge_refuse(m, "unknown patch type: %.*s in map: %.*s",
			STRV_ARG(words_text(m->a, v)), STRV_ARG(words_text(m->a, patch)));
	}
	return ERR_OK;
}

static bool key_is_directive(struct strv key)
{
	return key.n > 0 && key.p[0] == '$' &&
	       (strv_eq(key, STRV(DIRECTIVE)) || strv_eq(key, STRV(RETAIN_KEYS)) ||
		       strv_has_prefix(key, STRV(DELETE_FROM_PREFIX)) ||
		       strv_has_prefix(key, STRV(ELEMENT_ORDER_PREFIX)));
}

static bool clean_object(struct json *v)
{
	if (strv_eq(json_str(json_get(v, DIRECTIVE)), STRV("delete"))) {
		return false;
	}
	struct json *next;
	for (struct json *c = json_first(v); c; c = next) {
		next = json_next(c);
		if (json_is_null(c) || key_is_directive(strv_of(json_key(c))) || !merge_clean(c)) {
			json_detach(v, c);
		}
	}
	return true;
}

/* An element that only says "$patch: replace" speaks of its list. */
static bool element_is_only_directive(const struct json *v)
{
	return json_get(v, DIRECTIVE) && !json_next(json_first(v));
}

bool merge_clean(struct json *v)
{
	if (json_is_object(v)) {
		return clean_object(v);
	}
	struct json *next;
	for (struct json *c = json_first(v); c; c = next) {
		next = json_next(c);
		if (element_is_only_directive(c) || !merge_clean(c)) {
			json_detach(v, c);
		}
	}
	return true;
}

/* "$retainKeys": every member of the patch must be listed, every member of doc that is not listed goes. */
static int retain_keys(struct merge *m, struct json *doc, struct json *patch)
{
	const struct json *keys = json_remove(patch, RETAIN_KEYS);
	struct json *listed = json_new_object(m->a);
	if (!keys) {
		return ERR_OK;
	}
	if (!json_is_array(keys)) {
		return merge_refuse(m, "invalid patch format of retainKeys");
	}
	json_each(k, keys) {
		if (!json_is_string(k)) {
			return merge_refuse(m, "invalid patch format of retainKeys");
		}
		if (json_set_strv(m->a, listed, json_str(k), json_new_null(m->a)) != ERR_OK) {
			return merge_no_memory(m);
		}
	}
	json_each(p, patch) {
		const char *key = json_key(p);
		if (!json_is_null(p) && !key_is_directive(strv_of(key)) && !json_get(listed, key)) {
			return merge_refuse(
				m, "invalid patch format of retainKeys: \"%s\" is not listed", key);
		}
	}
	struct json *next;
	for (struct json *c = json_first(doc); c; c = next) {
		next = json_next(c);
		if (!json_get(listed, json_key(c))) {
			json_detach(doc, c);
		}
	}
	return ERR_OK;
}

static int set_member(struct merge *m, struct json *doc, const char *key, struct json *v)
{
	return json_set(m->a, doc, key, v) == ERR_OK ? ERR_OK : merge_no_memory(m);
}

/* "$setElementOrder/f": done before the other members; takes f of the patch along. */
static int order_member(struct merge *m, const struct schema_type *type, struct json *doc,
	struct json *patch, const struct json *wished)
{
	const char *key = json_key(wished) + sizeof(ELEMENT_ORDER_PREFIX) - 1;
	struct json *old = json_get(doc, key);
	struct json *new = json_get(patch, key);
	if (!json_is_array(wished) || (old && !json_is_array(old)) ||
		(new && !json_is_array(new))) {
		if (json_is_null(new) || json_is_null(old)) {
			return ERR_OK; /* the list goes, or comes in the order of the patch */
		}
		return merge_refuse(m, "invalid patch format of setElementOrder list: \"%s\"", key);
	}
	if (!old && !new) {
		return ERR_OK;
	}
	const struct schema_field *f = type ? schema_field(type, key) : NULL;
	struct json *ordered;
	int err = list_order(m, f, old, json_detach(patch, new), wished, &ordered);
	return err == ERR_OK ? set_member(m, doc, key, ordered) : err;
}

static int order_members(
	struct merge *m, const struct schema_type *type, struct json *doc, struct json *patch)
{
	for (struct json *p = json_first(patch); p;) {
		struct json *directive = p;
		p = json_next(p);
		if (!strv_has_prefix(strv_of(json_key(directive)), STRV(ELEMENT_ORDER_PREFIX))) {
			continue;
		}
		int err = order_member(m, type, doc, patch, directive);
		if (err != ERR_OK) {
			return err;
		}
		json_detach(patch, directive);
		p = json_first(patch); /* the one after it may have been its list */
	}
	return ERR_OK;
}

static int delete_from_member(struct merge *m, struct json *doc, const struct json *gone)
{
	const char *key = json_key(gone) + sizeof(DELETE_FROM_PREFIX) - 1;
	struct json *old = json_get(doc, key);
	if (!json_is_array(gone)) {
		return merge_refuse(m, "invalid patch format of primitive list: \"%s\"", key);
	}
	if (!json_is_array(old)) {
		return ERR_OK;
	}
	struct json *left;
	int err = list_delete(m, old, gone, &left);
	return err == ERR_OK ? set_member(m, doc, key, left) : err;
}

/* p without parent. */
static int merge_member(struct merge *m, const struct schema_field *f, struct json *doc,
	const char *key, struct json *p)
{
	struct json *old = json_get(doc, key);
	bool any = f && f->shape == SCHEMA_ANY; /* content of somebody else: taken as it is */
	struct json *v = p;
	int err = ERR_OK;
	if (json_is_null(p)) {
		json_remove(doc, key);
		return ERR_OK;
	}
	if (!any && json_is_object(p) && json_is_object(old)) {
		err = merge_object(m, f ? f->type : NULL, old, p, &v);
	} else if (!any && json_is_array(p) && json_is_array(old) && list_is_merged(f)) {
		err = list_merge(m, f, old, p, &v);
	} else if (!any && !merge_clean(p)) {
		json_remove(doc, key);
		return ERR_OK;
	}
	return err == ERR_OK && v != old ? set_member(m, doc, key, v) : err;
}

int merge_object(struct merge *m, const struct schema_type *type, struct json *doc,
	struct json *patch, struct json **out)
{
	enum directive directive;
	int err = directive_of(m, patch, &directive);
	if (err != ERR_OK) {
		return err;
	}
	json_remove(patch, DIRECTIVE);
	if (directive == PATCH_REPLACE) {
		(void)merge_clean(patch); /* it is no longer marked as deleted */
		*out = patch;
		return ERR_OK;
	}
	if (directive == PATCH_DELETE) {
		*out = json_new_object(m->a);
		return *out ? ERR_OK : merge_no_memory(m);
	}
	err = retain_keys(m, doc, patch);
	if (err == ERR_OK) {
		err = order_members(m, type, doc, patch);
	}
	struct json *next;
	for (struct json *p = json_first(patch); p && err == ERR_OK; p = next) {
		next = json_next(p);
		const char *key = json_key(p);
		if (strv_has_prefix(strv_of(key), STRV(DELETE_FROM_PREFIX))) {
			err = delete_from_member(m, doc, p);
			continue;
		}
		const struct schema_field *f = type ? schema_field(type, key) : NULL;
		err = merge_member(m, f, doc, key, json_detach(patch, p));
	}
	*out = doc;
	return err;
}

int patch_strategic(struct arena *a, const struct schema_type *t, struct json **doc,
	const struct json *patch, struct status *s)
{
	struct merge m = { .a = a, .s = s };
	if (!json_is_object(patch) || !json_is_object(*doc)) {
		words_refuse_type(s, "", patch, "map[string]interface {}");
		return ERR_SYNTAX;
	}
	struct json *mine = json_copy(a, patch);
	return mine ? merge_object(&m, t, *doc, mine, doc) : merge_no_memory(&m);
}
