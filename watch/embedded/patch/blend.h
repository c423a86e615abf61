/* The two steps of server-side apply that make a value: laying what was applied over what is live, and taking
 * fields out. Source: KEP-555; order of merged lists as kube-apiserver's.
 * Regime: results in the caller's arena. Called by: apply. */
#pragma once

#include "watch/embedded/patch/grain.h"

/* What config says where it says anything, else live; null in config: nothing. A new tree; NULL inputs are absent,
 * *out NULL: nothing is left. errors ERR_NOMEM */
NODISCARD int blend_merge(struct arena *a, const struct grain *g, const struct json *live,
	const struct json *config, struct json **out);
/* Takes the members of s out of v, with all below them; what is emptied by it goes too. errors ERR_NOMEM */
NODISCARD int blend_remove(
	struct arena *a, const struct grain *g, struct json *v, const struct fieldset *s);
