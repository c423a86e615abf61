/* What the controller knows: every StatefulSet with its pods and revisions, kept up to date by events, and who is woken
 * by which event.
 * Regime: struct world is its owner's; a known set is a heap object that lives while the set exists or is being worked
 * on. Control thread only. Called by: statefulset.c (events), sync (reads).
 *
 * Glossary: the set of a pod = the one its controller reference names, without reference the one its own name would
 * belong to. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/hash.h"
#include "statefulset/queue.h"
#include "statefulset/revision.h"
#include "statefulset/roster.h"
#include "watch/api.h"

struct known_set;
struct sync;
struct watch_cache;

struct world {
	struct queue *queue;
	const struct watch_cache *cache;
	struct known_set *sets;    /* by namespace and name */
	uint64_t seen[KIND_COUNT]; /* highest resourceVersion of each kind's events */
};

/* Read-your-writes: what a set's own writes were answered with, by kind. Until the events have come that far, a decision
 * would be made on the past. */
struct gate {
	uint64_t pods, claims, sets, revisions;
};

struct known_set {
	struct queue_item item;
	const struct object *set; /* counted; NULL: it has gone while being worked on */
	struct roster roster;
	struct revisions revisions;
	char *comparable; /* of the present template (revision.h); heap; NULL: to be made */
	size_t comparable_bytes;
	int64_t collisions; /* revision names taken by others, more than the status says yet */
	struct gate gate;
	struct sync *sync;   /* the work under way, or NULL */
	bool status_skipped; /* the last sync left its status to the next */
	struct world *world;
	UT_hash_handle hh;
	struct strv ns, name; /* in key */
	char key[];           /* namespace, slash, name */
};

/* The cache is set before the first event. */
void world_init(struct world *w, struct queue *q);
/* No set may be in work. */
void world_deinit(struct world *w);
/* Takes in one event of the cache (not SYNCED) and wakes whom it concerns. errors ERR_NOMEM, ERR_BAD_TYPE (an object that
 * cannot be used: the event is ignored) */
NODISCARD int world_event(struct world *w, const struct watch_event *e);
/* NULL if there is no such set. */
struct known_set *world_find(const struct world *w, struct strv ns, struct strv name);
/* Frees s if its set has gone; not while it is worked on. */
void world_drop(struct known_set *s);

/* Collision count in force: of the status, or what has been found since. */
int64_t known_collisions(const struct known_set *s, const struct object *set);
/* Whether a revision found under the name wanted for set's present template holds it; if so it is taken into the list.
 * errors ERR_NOMEM, ERR_UNSUPPORTED (found comes without its text) */
NODISCARD int known_revision_compare(
	struct known_set *s, const struct object *set, const struct object *found, bool *out_same);
/* Makes s->comparable if it is not there. errors ERR_NOMEM */
NODISCARD int known_compare_make(struct known_set *s);

/* A write of s was answered with obj (may be NULL). */
void gate_note(struct known_set *s, const struct object *obj);
/* Whether all that s has written has been seen. */
bool gate_is_open(const struct known_set *s);
