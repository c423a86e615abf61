/* What clients ask before their first real request: which groups, versions, kinds, verbs and subresources there
 * are, in the old form (APIResourceList) and the aggregated one (APIGroupDiscoveryList v2, v2beta1); and /version.
 * Made from KIND_LIST and a small table of subresources; pure.
 * Source: Kubernetes discovery as observed. Regime: the caller's arena and buffer.
 * Called by: the router. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/strv.h"
#include "watch/object/kind.h"

/* What the version page says, and what objects made here claim (Node's kubeletVersion). */
#define DISCOVERY_GIT_VERSION "v1.37.2"

/* Answers GET of "/", "/api", "/apis", "/api/v1", "/apis/G", "/apis/G/V", "/version" (one trailing slash is let pass).
 * in     path    without the query
 *        accept  the Accept header as sent, STRV_NONE if absent; decides between the forms for /api and /apis
 *        host    "127.0.0.1:8001": what /api tells clients to use; STRV_NONE: left out
 * out    text appended to *out; *out_content_type static storage. /api and /apis depend on Accept: send
 *        "Vary: Accept" with them
 * errors ERR_NOT_FOUND (no discovery path, or a group or version not served: nothing written), ERR_NOMEM */
NODISCARD int discovery_answer(struct arena *a, struct strv path, struct strv accept,
	struct strv host, struct buf *out, const char **out_content_type);

/* Subresources served beside the kinds themselves. verbs comma-joined as advertised. */
struct discovery_sub {
	enum kind kind;
	const char *name;  /* "status", "scale", "finalize" */
	const char *group; /* of the body, with version: NULL: the kind's own */
	const char *version;
	const char *kind_name; /* "Scale" */
	const char *verbs;
};
/* The i-th of them, NULL past the end. The router may ask whether a path's third word is served. */
const struct discovery_sub *discovery_sub_at(size_t i);
const struct discovery_sub *discovery_sub_find(
	enum kind k, struct strv name); /* NULL: not served */
/* "create,delete,deletecollection,get,list,patch,update,watch"; Namespace has no deletecollection. */
const char *discovery_verbs(enum kind k);
