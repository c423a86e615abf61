/* The Kubernetes API as the rest of the program sees it: one interface, two implementations (embedded in this
 * process, remote kube-apiserver). Downstream cannot tell them apart.
 * Regime: objects arrive as counted snapshots (object_ref to keep one); calls copy what they need.
 * Threads: control thread only.
 *
 * Glossary: event = one change of one object; subscription = a standing wish for events of some kinds; call = one
 * request; reply = its outcome, exactly once, never before the starting call has returned.
 *
 * Order: events of one kind arrive in the order of their resourceVersions. After subscribing, ADDED for all that
 * exists, then SYNCED once a kind, then live. Embedded: events of a write are delivered before its reply. Remote: no
 * promise between the two; compare meta.resource_version. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"
#include "watch/object/object.h"

/* REFUSED: the server does not let us read this kind, or has none such (remote only, and only to those who ask for it).
 * Told once; it is tried again now and then, and if that succeeds ADDED ... SYNCED follow. */
enum watch_type { WATCH_ADDED, WATCH_MODIFIED, WATCH_DELETED, WATCH_SYNCED, WATCH_REFUSED };

struct watch_event {
	enum watch_type type;
	enum kind kind;
	const struct object
		*obj; /* new state; for DELETED the last state; NULL for SYNCED. borrowed */
	const struct object *old; /* state before, NULL for ADDED. borrowed */
};
/* Remote keeps no objects: there old, and obj of a deletion that was missed while the connection was down, hold
 * identity only: kind, namespace, name, uid (not of EndpointSlices), resourceVersion, and of an EndpointSlice the Service
 * or ServiceImport it belongs to. An object that was deleted and made again meanwhile is MODIFIED, with another uid. */
typedef void (*watch_event_fn)(void *ctx, const struct watch_event *e);

/* Who is told first. RECORDS: what names depend on (DNS, EndpointSlices); it has digested a change before any
 * client sees it. CONTROL: everybody else. Remote ignores it. */
enum watch_priority { WATCH_RECORDS, WATCH_CONTROL };

struct watch_interest {
	kind_set kinds;
	enum watch_priority priority;
	struct strv
		label_selector; /* as in a query; "" for all. Embedded and remote filter alike */
	watch_event_fn fn;
	void *ctx;
	bool tell_refused; /* fn wants to know of WATCH_REFUSED */
};

enum watch_verb {
	WATCH_GET,
	WATCH_CREATE,
	WATCH_UPDATE,          /* PUT: whole object */
	WATCH_PATCH_JSON,      /* RFC 6902 */
	WATCH_PATCH_MERGE,     /* RFC 7386 */
	WATCH_PATCH_STRATEGIC, /* Kubernetes strategic merge */
	WATCH_DELETE,
};
enum watch_propagation {
	PROPAGATE_DEFAULT,
	PROPAGATE_BACKGROUND,
	PROPAGATE_FOREGROUND,
	PROPAGATE_ORPHAN
};

struct watch_call {
	enum watch_verb verb;
	enum kind kind;
	struct strv ns;          /* "" for cluster-scoped kinds */
	struct strv name;        /* CREATE: taken from body when empty */
	const char *subresource; /* "status", "scale", "finalize"; NULL or "" for none */
	struct json *body;       /* object or patch; borrowed for the call; NULL for GET, DELETE */
	const char *manager;     /* fieldManager: "statefulset-controller" */
	struct {                 /* DELETE */
		struct opt_i64 grace_s;
		enum watch_propagation propagation;
		struct strv uid;              /* precondition; "" for none */
		struct strv resource_version; /* precondition; "" for none */
	} del;
};

struct watch_reply {
	int status; /* HTTP status; 0: the call could not be made (err says why) */
	int err; /* ERR_OK iff 2xx; ERR_NOT_FOUND 404, ERR_EXISTS 409 AlreadyExists, ERR_CONFLICT 409
	                           * Conflict, others as they fit */
	const struct object
		*obj;        /* on success: the object as stored; NULL when it is gone. borrowed */
	struct strv reason;  /* Status.reason: "Conflict"; borrowed, "" on success */
	struct strv message; /* Status.message; borrowed */
};
typedef void (*watch_reply_fn)(void *ctx, const struct watch_reply *r);

/* How far what has been told can be trusted to be the present. */
struct watch_freshness {
	bool synced;  /* all that was subscribed has been told whole once, what is refused aside */
	bool in_step; /* synced, and changes are told as they happen */
	/* Since the server was last heard of, of the kind where that is longest ago; in step up to a minute is
	 * usual, when nothing changes. -1: never, of some kind. */
	int64_t age_ms;
};

struct watch_sub;

struct watch_api {
	void *self;
	const struct watch_api_ops *ops;
};
struct watch_api_ops {
	int (*subscribe)(void *self, const struct watch_interest *w, struct watch_sub **out);
	void (*unsubscribe)(void *self, struct watch_sub *s);
	int (*call)(void *self, const struct watch_call *c, watch_reply_fn done, void *ctx);
	void (*freshness)(void *self, struct watch_freshness *out);
};

/* errors ERR_NOMEM, ERR_SYNTAX (selector) */
NODISCARD static inline int watch_subscribe(
	const struct watch_api *api, const struct watch_interest *w, struct watch_sub **out)
{
	return api->ops->subscribe(api->self, w, out);
}
/* No event is delivered after it, not even from inside fn. Accepts NULL. */
static inline void watch_unsubscribe(const struct watch_api *api, struct watch_sub *s)
{
	api->ops->unsubscribe(api->self, s);
}
/* done may be NULL when nobody waits. A call cannot be taken back: at close, replies arrive with UV_ECANCELED.
 * errors ERR_NOMEM (done is not called then) */
NODISCARD static inline int watch_call(
	const struct watch_api *api, const struct watch_call *c, watch_reply_fn done, void *ctx)
{
	return api->ops->call(api->self, c, done, ctx);
}
/* Embedded: always in step. */
static inline void watch_freshness(const struct watch_api *api, struct watch_freshness *out)
{
	api->ops->freshness(api->self, out);
}
