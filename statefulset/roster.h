/* The pods one StatefulSet has to do with, each reduced to the facts that decisions need, in the order of their ordinals,
 * so that a decision over 1,000 pods reads 32 KiB and no object.
 * Regime: the struct is the caller's storage, the array heap, each pod object counted. Called by: world (fills it),
 * plan (reads it), tests.
 *
 * Glossary: member = one pod that the set owns, or an orphan of its name; created = status.phase is not empty, the only
 * meaning of existence here; ready = Running with condition Ready; available = ready for minReadySeconds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "watch/object/object.h"

enum {
	MEMBER_OWNED = 1u << 0,   /* the controller reference names this set and its uid */
	MEMBER_ORPHAN = 1u << 1,  /* no controller reference */
	MEMBER_MATCHES = 1u << 2, /* the selector matches, and the name is this set's */
	MEMBER_CREATED = 1u << 3,
	MEMBER_PENDING = 1u << 4,     /* phase Pending */
	MEMBER_TERMINAL = 1u << 5,    /* phase Failed or Succeeded */
	MEMBER_TERMINATING = 1u << 6, /* deletionTimestamp */
	MEMBER_READY = 1u << 7,
	MEMBER_CONDITION = 1u << 8, /* condition Ready alone, whatever the phase */
	MEMBER_IDENTITY = 1u << 9,  /* the pod-name label is right */
	MEMBER_STORAGE = 1u << 10,  /* each claim template has its volume */
};

struct member {
	const struct object *pod; /* counted */
	int64_t ready_ms;         /* lastTransitionTime of Ready, 0: absent */
	uint64_t revision;        /* revision_id of its label controller-revision-hash */
	int32_t ordinal;          /* -1: its name has none */
	uint32_t bits;
};

struct roster {
	struct member *at; /* by (ordinal, name) */
	size_t n, cap;
};

void roster_init(struct roster *r);
void roster_deinit(struct roster *r);
/* Inserts the pod or replaces its former state. set may be NULL (not seen yet): then nothing is owned and nothing
 * matches. errors ERR_NOMEM */
NODISCARD int roster_put(struct roster *r, const struct object *set, const struct object *pod);
/* Harmless if it is not there. */
void roster_remove(struct roster *r, const struct object *pod);
/* Reads all pods again, since the set's uid or spec has changed. */
void roster_rejudge(struct roster *r, const struct object *set);

/* Stands for a revision name in comparisons; 0 for an empty one. */
uint64_t revision_id(struct strv name);
/* Whether the member is available at now_ms; if not, *out_wait_ms says how long time alone would take (-1: it is not
 * a matter of time). out_wait_ms may be NULL. */
bool member_is_available(
	const struct member *m, int64_t min_ready_s, int64_t now_ms, int64_t *out_wait_ms);
/* Owned and of the set, or not its business. */
static inline bool member_is_claimed(const struct member *m)
{
	return (m->bits & MEMBER_OWNED) && (m->bits & MEMBER_MATCHES);
}
static inline bool member_is(const struct member *m, uint32_t bits)
{
	return (m->bits & bits) == bits;
}
