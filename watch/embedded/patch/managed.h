/* metadata.managedFields decoded: who owns which fields, one entry a (manager, operation, apiVersion, subresource).
 * Source: KEP-555; Kubernetes API reference, ManagedFieldsEntry. Regime: everything in the arena given.
 * Called by: managed_update, managed_apply (patch.h), which share it. */
#pragma once

#include <stdbool.h>

#include "watch/embedded/patch/fieldset.h"
#include "watch/embedded/patch/owned.h"
#include "watch/embedded/patch/patch.h"

struct managed_entry {
	struct strv manager;
	bool applied; /* operation Apply; else Update */
	struct strv api_version;
	struct strv time;        /* RFC 3339; empty: none */
	struct strv subresource; /* "" for the main resource */
	struct fieldset set;
};
struct managed {
	struct managed_entry *at;
	size_t n, cap;
};

/* list: an array, or NULL for none. errors ERR_SYNTAX (an entry or its fieldsV1 is malformed), ERR_NOMEM */
NODISCARD int managed_decode(struct arena *a, const struct json *list, struct managed *out);
/* Sorted as kube-apiserver sorts, entries with empty sets left out; *out NULL: none is left. errors ERR_NOMEM */
NODISCARD int managed_encode(struct arena *a, const struct managed *m, struct json **out);
/* A copy whose entries can be changed without changing those of m. errors ERR_NOMEM */
NODISCARD int managed_copy(struct arena *a, const struct managed *m, struct managed *out);
/* Of one manager, operation, subresource and, for updates, apiVersion? */
bool managed_same(const struct managed_entry *a, const struct managed_entry *b);
/* The entry of the same manager, operation, subresource and, for updates, apiVersion; made if absent. NULL when out
 * of memory. Valid until the next one is made. */
struct managed_entry *managed_entry(
	struct arena *a, struct managed *m, const struct managed_entry *like);
/* Every entry loses what was changed, added or removed. errors ERR_NOMEM */
NODISCARD int managed_lose(struct arena *a, struct managed *m, const struct owned_change *change);
/* Gives who, an updater, what change added or modified. errors ERR_NOMEM */
NODISCARD int managed_take(struct arena *a, struct managed *m, const struct managed_entry *who,
	const struct owned_change *change);
/* Takes out of s what nobody owns: apiVersion, kind, metadata.name, uid ... errors ERR_NOMEM */
NODISCARD int managed_strip(struct arena *a, struct fieldset *s);
/* Takes out of change what a write of that subresource does not reach: status, or (by "status") spec.
 * errors ERR_NOMEM */
NODISCARD int managed_hide(struct arena *a, const char *subresource, struct owned_change *change);
/* The member that such a write does not reach: "status", "spec", or NULL. */
const char *managed_hidden(const char *subresource);
/* Sets metadata.managedFields of v, or removes it (list NULL). errors ERR_NOMEM */
NODISCARD int managed_set(struct arena *a, struct json *v, struct json *list);
