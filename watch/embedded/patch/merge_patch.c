/* JSON merge patch: members of the patch replace the document's, objects are merged, null removes.
 * Source: RFC 7386 section 2. Regime: everything in the caller's arena; the patch is only read.
 * Called by: watch/embedded/write. */
#include "watch/embedded/patch/patch.h"

#include "base/err.h"

/* Merges an object into an object. Depth is that of the patch, which its parser bounds. */
static int merge_object(struct arena *a, struct json *doc, const struct json *patch)
{
	json_each(p, patch) {
		const char *key = json_key(p);
		if (json_is_null(p)) {
			json_remove(doc, key);
			continue;
		}
		if (!json_is_object(p)) {
			int err = json_set(a, doc, key, json_copy(a, p));
			if (err != ERR_OK) {
				return err;
			}
			continue;
		}
		/* an object never lands as it is: its nulls must go, also where nothing was before */
		int err = merge_object(a, json_ensure_object(a, doc, key), p);
		if (err != ERR_OK) {
			return err;
		}
	}
	return doc ? ERR_OK : ERR_NOMEM;
}

int patch_merge(struct arena *a, struct json **doc, const struct json *patch, struct status *s)
{
	int err = ERR_OK;
	if (!json_is_object(patch)) {
		struct json *whole = json_copy(a, patch);
		err = whole ? ERR_OK : ERR_NOMEM;
		*doc = whole ? whole : *doc;
	} else {
		struct json *target = json_is_object(*doc) ? *doc : json_new_object(a);
		err = merge_object(a, target, patch);
		*doc = target ? target : *doc;
	}
	if (err != ERR_OK) {
		status_no_memory(s);
	}
	return err;
}
