/* One write, from a decoded body to a committed object: the same road for HTTP clients and for the controllers in this
 * process. decode -> schema check -> patch -> prepare -> default -> admit -> validate -> managedFields -> commit.
 * Synchronous; events go out through the store's hub. Regime: trees in the request's arena; the resulting object is a
 * counted snapshot. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "watch/api.h"
#include "watch/embedded/status.h"
#include "watch/object/object.h"

struct embedded;

enum write_verb {
	WRITE_CREATE,
	WRITE_UPDATE,
	WRITE_PATCH_JSON,
	WRITE_PATCH_MERGE,
	WRITE_PATCH_STRATEGIC,
	WRITE_APPLY,
	WRITE_DELETE,
};
enum field_validation { VALIDATION_WARN, VALIDATION_STRICT, VALIDATION_IGNORE };

struct write_request {
	enum write_verb verb;
	enum kind kind;
	struct strv ns, name; /* of the URL; name "" for CREATE */
	const char *sub;      /* "" or subresource */
	struct json
		*body; /* object, patch, or DeleteOptions; may be NULL for DELETE; may be changed */
	const struct json_report *report; /* duplicate keys found while decoding; NULL: none */
	struct strv manager;
	enum field_validation validation;
	bool dry_run, force;
	bool trusted; /* a controller of ours: unknown-field check and managedFields are skipped */
	struct {
		struct opt_i64 grace_s;
		enum watch_propagation propagation;
		struct strv uid, resource_version;
	} del;
};

struct write_result {
	struct status status;     /* status.code 0: success */
	unsigned code;            /* 200 or 201 on success */
	const struct object *obj; /* a reference for the caller; deleted at once: the final state */
	bool gone; /* DELETE removed it at once: answer Status Success, not the object */
	struct strv *warnings; /* texts for Warning headers */
	size_t n_warnings;
};

/* out->obj must be given back by object_unref. Failure is in out->status, never lost. */
void write_run(
	struct embedded *e, struct arena *a, struct write_request *r, struct write_result *out);
