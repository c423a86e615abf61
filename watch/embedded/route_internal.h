/* What route.c (paths) and route_options.c (queries) share. */
#pragma once

#include "watch/embedded/route.h"

/* Percent-decoding (RFC 3986 2.1); plus is a blank in queries only. False: *s says why. */
bool route_decode(struct arena *a, struct strv in, bool plus, struct strv *out, struct status *s);

/* Failures go to *s: 400 for bad escapes and numbers. */
void route_options_parse(
	struct arena *a, struct strv query, struct route_options *o, struct status *s);
/* The rules of the verb: 422, as Kubernetes words it. Settles dry_run and validation. */
void route_options_check(struct route *r, struct status *s);
