/* What apply.c (the request around it, conflicts in words, taking over from client-side apply) and apply_attempt.c
 * (one apply) share. Included by these two only. */
#pragma once

#include "watch/embedded/patch/managed.h"

struct apply {
	struct arena *a;
	const struct managed_write *w;
	struct status *s;
	struct grain grain;
	const struct json *live; /* without managedFields; {} when creating */
	const struct json *config;
	struct managed before; /* who owned what */
	struct managed_entry who;
};

struct conflict {
	const struct managed_entry *with; /* in apply.before */
	struct fieldset set;
};

/* One attempt: what came of it. */
struct attempt {
	struct json *result;
	struct managed managed;
	struct conflict *conflicts;
	size_t n_conflicts;
};

/* One apply. Without force *out may hold conflicts, and is then of no further use. errors ERR_NOMEM */
NODISCARD int apply_attempt(struct apply *p, bool force, struct attempt *out);
