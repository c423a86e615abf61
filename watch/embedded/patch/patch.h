/* The four ways to change an object by a patch. Pure: values in, values out; nothing is written anywhere.
 * doc is changed in place (it lives in a); on failure it is undefined and *s says why (status.h).
 * Source: RFC 6902, RFC 7386, Kubernetes strategic merge patch, server-side apply (KEP-555). */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/status.h"
#include "watch/object/kind.h"

NODISCARD int patch_json(
	struct arena *a, struct json **doc, const struct json *patch, struct status *s);
NODISCARD int patch_merge(
	struct arena *a, struct json **doc, const struct json *patch, struct status *s);
NODISCARD int patch_strategic(struct arena *a, const struct schema_type *t, struct json **doc,
	const struct json *patch, struct status *s);

/* metadata.managedFields of a write that is not an apply: what `after` has and `before` (NULL: created) had not, or had
 * otherwise, becomes manager's under operation Update; fields gone leave every manager. Entries of apply managers lose
 * what others changed. Rewrites after's metadata.managedFields. time: RFC 3339 text.
 * Unchanged but for managedFields and resourceVersion: leaves before's managedFields as they were, unless the client
 * rewrote them: valid entries in after are taken as the state before the write (kubectl does so to take over from
 * client-side apply), none or malformed ones are as if before's had been sent, and [{}] forgets them all.
 * An object without managedFields is not tracked, unless it is being created. */
struct managed_write {
	struct strv manager;     /* fieldManager, or the user agent's first word */
	const char *subresource; /* "" or "status", "scale" */
	const char *time;
	enum kind kind;
};
NODISCARD int managed_update(struct arena *a, const struct managed_write *w,
	const struct json *before, struct json *after);
/* Server-side apply: live NULL means create. config is what the client applied. *out is the merged object with its
 * managedFields. Conflicts: 409 with FieldManagerConflict causes, unless force. */
NODISCARD int managed_apply(struct arena *a, const struct managed_write *w, bool force,
	const struct json *live, const struct json *config, struct json **out, struct status *s);
