/* Field selectors: "metadata.name=web-0,status.phase!=Running". Pure.
 * Source: Kubernetes docs "Field Selectors"; the labels each kind knows: as observed.
 * Regime: the caller's arena. Called by: read.c, watch.c, server_write.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "watch/embedded/status.h"
#include "watch/object/object.h"

struct field_req {
	const char *path; /* static: "spec.nodeName" */
	struct strv value;
	bool not_equal;
};
struct field_selector {
	const struct field_req *reqs;
	size_t n; /* 0 matches everything */
};

/* Failures go to *s: 400 naming what the kind knows. */
void field_selector_parse(struct arena *a, enum kind k, struct strv text,
	struct field_selector *out, struct status *s);
bool field_selector_matches(const struct field_selector *f, const struct object *o);
/* The name that metadata.name must be, "" if none is asked for: a look-up instead of a search. */
struct strv field_selector_name(const struct field_selector *f);
