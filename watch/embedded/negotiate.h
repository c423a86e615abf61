/* Content negotiation: in which form a client wants objects. Pure.
 * Source: RFC 9110 12.5.1; Kubernetes "Receiving resources as Tables", "Alternate representations".
 * Called by: server.c. */
#pragma once

#include <stdbool.h>

#include "base/strv.h"

enum form {
	FORM_NONE,   /* nothing we have: 406 */
	FORM_OBJECT, /* application/json */
	FORM_TABLE,  /* application/json;as=Table;g=meta.k8s.io;v=v1 or v1beta1 */
};
struct negotiated {
	enum form form;
	const char *meta_version; /* of the Table: "meta.k8s.io/v1" */
};
/* accept: the header as sent; "" or STRV_NONE: anything. The first entry that can be served wins.
 */
struct negotiated negotiate(struct strv accept);

enum media {
	MEDIA_OTHER,
	MEDIA_JSON, /* also when the header is absent */
	MEDIA_YAML,
	MEDIA_PROTOBUF,
	MEDIA_JSON_PATCH,
	MEDIA_MERGE_PATCH,
	MEDIA_STRATEGIC_PATCH,
	MEDIA_APPLY_PATCH,
};
/* content_type: the header as sent; parameters are ignored. */
enum media media_of(struct strv content_type);
