/* What a server writes of one object, a list or an event, in JSON or in protobuf: read to the same end.
 * Pure; never logs. Regime: everything found lives in the arena, or in the text given.
 * Called by: reflector_feed.c, request.c. */
#pragma once

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/object.h"

#define SOURCE_PROTOBUF "application/vnd.kubernetes.protobuf"

struct source {
	struct json *tree;   /* JSON; NULL: protobuf */
	struct strv message; /* protobuf */
};

/* The text of one value or message. *why: of a failure. errors as json_parse's */
NODISCARD int source_parse(struct arena *a, bool protobuf, struct strv text, struct source *out,
	struct json_report *report);
/* The object. errors as object_new's, ERR_SYNTAX (protobuf: no such message). keep_json: of JSON only */
NODISCARD int source_object(struct arena *a, const struct source *s, enum kind kind, bool keep_json,
	const struct object **out, const char **out_field);

/* Who it is, as far as that can be read. */
struct source_name {
	struct strv ns, name, version;
};
struct source_name source_name(struct arena *a, const struct source *s);
/* resourceVersion of a list's metadata, STRV_NONE if there is none. */
struct strv source_list_version(struct arena *a, const struct source *metadata);

/* An event of a watch. errors ERR_SYNTAX, ERR_NOMEM; JSON: none, but type may be empty */
NODISCARD int source_event(
	struct arena *a, const struct source *event, struct strv *out_type, struct source *out);

/* A Status: that of an event, or the body of a reply that failed. Empty where it is none. */
struct source_status {
	int64_t code;
	struct strv reason, message;
};
struct source_status source_status(struct arena *a, const struct source *s);
