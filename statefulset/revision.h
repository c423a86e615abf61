/* ControllerRevisions: one object for each pod template a StatefulSet has had.
 * data is {"spec":{"template":{"$patch":"replace", ...}}} in canonical JSON; its hash names the object.
 * Source: apps/v1 ControllerRevision; statefulset history of Kubernetes 1.37. Pure, never logs.
 * Regime: struct revisions is the caller's storage, its array and texts heap, objects counted; JSON in the caller's
 * arena. Called by: world (keeps the list), plan (chooses), apply (writes), pod (templates). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/object.h"

struct revision {
	const struct object *obj; /* counted; its name is the revision's */
	int64_t number;           /* .revision */
	char *data; /* for comparing: canonical, without members that are null; heap */
	size_t data_bytes;
};

struct revisions {
	struct revision *at; /* by (number, creation, name): newest last */
	size_t n, cap;
};

void revisions_init(struct revisions *l);
void revisions_deinit(struct revisions *l);
/* Reads the object's text and inserts it or replaces its former state.
 * errors ERR_NOMEM, ERR_BAD_TYPE (no text, or data is not an object; the list is unchanged) */
NODISCARD int revisions_put(struct revisions *l, const struct object *obj);
void revisions_remove(struct revisions *l, const struct object *obj);

/* The data of a set's present template. tree: the set, decoded. NULL when out of memory. */
struct json *revision_data(struct arena *a, const struct json *tree);
/* Canonical text as it is stored and hashed; {NULL,0} when out of memory. */
struct strv revision_text(struct arena *a, const struct json *data);
/* Canonical text for comparing: members that are null are left out, as servers differ in printing them (creationTimestamp).
 * {NULL,0} when out of memory. */
struct strv revision_comparable(struct arena *a, const struct json *data);

/* FNV-1 of the text and the collision count, its decimal digits written in letters that spell no words. */
#define REVISION_HASH_CHARS 10
void revision_hash(struct strv text, int64_t collisions, char out[REVISION_HASH_CHARS + 1]);
/* "web-5dbdf8864"; {NULL,0} when out of memory */
struct strv revision_name(struct arena *a, struct strv set, const char *hash);
/* The whole object to create. NULL when out of memory. */
struct json *revision_body(struct arena *a, const struct object *set, const struct json *tree,
	struct json *data, struct strv name, const char *hash, int64_t number);
/* The pod template a revision holds, of its decoded object; NULL if it holds none. */
struct json *revision_template(struct json *revision_tree);

enum revision_verdict {
	REVISION_FOUND,    /* update is the newest, or as good as it */
	REVISION_RENUMBER, /* an older one is the template again: give it number */
	REVISION_CREATE,   /* none fits: make one of that number */
};
struct revision_choice {
	enum revision_verdict verdict;
	const struct revision *current; /* NULL: is the one to be created */
	const struct revision *update;  /* NULL with CREATE */
	int64_t number;                 /* RENUMBER, CREATE */
};
/* comparable: of the present template; current_name: status.currentRevision. */
void revision_choose(const struct revisions *l, struct strv comparable, struct strv current_name,
	struct revision_choice *out);
