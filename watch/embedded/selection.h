/* Which objects a list, a watch or a collection's delete is about. Pure. Regime: the request's
 * arena. */
#pragma once

#include "watch/embedded/field.h"
#include "watch/embedded/route.h"
#include "watch/object/typed.h"

struct selection {
	enum kind kind;
	struct strv ns; /* "" for all */
	struct selector labels;
	struct field_selector fields;
};

/* From a route's path and selectors. Failures go to *s (400). */
void selection_parse(
	struct arena *a, const struct route *route, struct selection *out, struct status *s);
bool selection_matches(const struct selection *sel, const struct object *o);
bool selection_is_all(const struct selection *sel); /* no selector narrows it */
