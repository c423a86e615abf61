/* All objects of the embedded API, the growing resourceVersion, a bounded history of changes, and the hub that
 * fans events out to subscribers inside the process. Bytes and order only: what an object may look like is
 * watch/embedded's business. Pure but for the clock that runs the hub's turn; never logs.
 * Regime: objects are counted snapshots; the store holds one reference to each current one, history holds more.
 *
 * Glossary: revision = the store-wide resourceVersion, grows by one a change; history = the last changes, oldest
 * dropped first; hub = the part that tells subscribers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"
#include "watch/object/object.h"

struct store;

struct store_limits {
	size_t history_events; /* 0: 16384 */
	size_t history_bytes;  /* JSON text kept alive by history alone; 0: 64 MiB */
};

struct store_change {
	uint64_t revision;
	enum watch_type type;     /* ADDED, MODIFIED, DELETED */
	const struct object *obj; /* DELETED: final state, its resourceVersion is this revision */
	const struct object *old; /* NULL for ADDED */
};

NODISCARD int store_new(struct clock *clock, const struct store_limits *limits, struct store **out);
void store_free(struct store *s); /* subscribers must be gone */

uint64_t store_revision(const struct store *s);      /* of the newest change; starts at 1 */
uint64_t store_next_revision(const struct store *s); /* what the next commit must carry */
/* Applies one change: inserts, replaces or (DELETED) removes the object of obj's kind, namespace and name.
 * obj->meta.resource_version must equal store_next_revision. Takes a reference of its own.
 * errors ERR_NOMEM (nothing changed) */
NODISCARD int store_commit(struct store *s, enum watch_type type, const struct object *obj);

/* Borrowed until its object changes; NULL if absent. */
const struct object *store_get(
	const struct store *s, enum kind kind, struct strv ns, struct strv name);
/* Objects of one kind in the order of (namespace, name). ns "" means all namespaces. after_*: begin behind that
 * key (for `continue`); empty name: from the start. The visitor returns false to stop, and may commit: the walk goes on
 * behind the key it has reached. */
typedef bool (*store_visit_fn)(void *ctx, const struct object *o);
void store_visit(const struct store *s, enum kind kind, struct strv ns, struct strv after_ns,
	struct strv after_name, store_visit_fn fn, void *ctx);
size_t store_count(const struct store *s, enum kind kind);

/* The first change after *cursor among kinds; moves *cursor past it (or to the newest revision when there is none, then
 * out->obj is NULL). *out is borrowed until the next commit. Costs O(log changes), however many of other kinds lie
 * between. errors ERR_GONE: *cursor is older than the history. */
NODISCARD int store_read(
	const struct store *s, uint64_t *cursor, kind_set kinds, struct store_change *out);

/* Called after every commit, once a turn at most, when all RECORDS subscribers have digested it: the moment clients may
 * see the change. For waking watch streams. */
typedef void (*store_settled_fn)(void *ctx, kind_set changed);
struct store_listener {
	store_settled_fn fn;
	void *ctx;
	struct store_listener *next;
};
void store_listen(struct store *s, struct store_listener *l);
void store_unlisten(struct store *s, struct store_listener *l);

/* The subscribing half of watch_api (watch/store/hub.c). What exists is remembered by the call and told from the hub's
 * turn: ADDED for each object of a kind, SYNCED, the next kind, then live changes in the order of their revisions.
 * Subscribers never lose a change: history keeps what one of them has not been told yet, whatever its limits.
 * An object that comes to match the label selector is ADDED, one that no longer does is DELETED in its last matching
 * state. errors ERR_SYNTAX (selector), ERR_NOMEM */
NODISCARD int hub_subscribe(
	struct store *s, const struct watch_interest *w, struct watch_sub **out);
void hub_unsubscribe(struct store *s, struct watch_sub *sub);
/* Delivers to RECORDS subscribers until none has anything left, now. Call it before a reply leaves the process, so that
 * what a client has been told is already resolvable. From inside a RECORDS subscriber it does nothing: the delivery
 * that is under way goes on until all is digested. */
void hub_settle(struct store *s);
/* The newest revision that every subscriber in this process has been told of (CONTROL ones too): a reply to an
 * in-process call waits for its own. */
uint64_t hub_digested(const struct store *s);
