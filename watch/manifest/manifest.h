/* Manifests given on the command line (-f): files, folders and standard input, YAML or JSON, several documents a
 * file, Lists expanded; applied to the API in their order, one after the other. A bad document is reported with its place
 * and skipped; the good ones are applied.
 * Regime: owned heap object; documents live in its arena. Files are read by manifest_load only, before the loop runs.
 * Called by: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/option.h"
#include "watch/api.h"

struct manifest;

struct manifest_doc {
	enum kind kind;
	struct strv ns,
		name; /* ns "" for cluster-scoped kinds; "default" where the document names none */
	struct strv place; /* "demo.yaml:12" */
	struct json *body;
	bool applied;
};

/* Reads and decodes every path. A document that cannot be used is logged with its place and counted.
 * errors ERR_NOMEM; libuv's number for a path that cannot be read (said on stderr: what, where, what to do) */
NODISCARD int manifest_load(const struct option_list *paths, struct manifest **out);
/* The same for text already read; name stands in places. errors ERR_NOMEM */
NODISCARD int manifest_parse(struct strv text, const char *name, struct manifest **out);
void manifest_free(struct manifest *m);
size_t manifest_count(const struct manifest *m);
struct manifest_doc *manifest_at(const struct manifest *m, size_t index);
size_t manifest_bad(const struct manifest *m); /* documents refused so far, by us or by the API */

/* Creates each document, or merges it into the object that is there (strategic merge); a namespace that is
 * missing is made first. done is called once, later;
 * not at all when the API closes meanwhile. m, clock and api must outlive it. */
typedef void (*manifest_done_fn)(void *ctx);
void manifest_apply(struct manifest *m, struct clock *clock, const struct watch_api *api,
	manifest_done_fn done, void *ctx);
