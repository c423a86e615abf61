/* What remote.c, reflector*.c, call.c and request.c share.
 *
 * Glossary: reflector = keeps one subscriber's picture of one kind true: LIST, WATCH, again; version = the
 * resourceVersion up to which it has been told, text as the server wrote it. */
#pragma once

#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/http_client.h"
#include "base/metrics.h"
#include "watch/remote/access.h"
#include "watch/remote/backoff.h"
#include "watch/remote/credentials.h"
#include "watch/remote/known.h"
#include "watch/remote/limit.h"
#include "watch/remote/remote.h"
#include "watch/remote/source.h"
#include "watch/remote/split.h"

#define VERSION_CHARS 64

struct contact { /* with the server, as the log tells of it */
	uv_timer_t remind;
	bool lost;         /* and said */
	uint64_t since_ms; /* loop time; the server was heard of last */
	int64_t before_ms; /* Unix time; records are from before; 0: not all was known */
};

struct remote {
	uv_loop_t *loop;
	struct clock *clock;
	struct remote_config config; /* numbers only */
	struct access access;
	struct credentials *credentials;
	struct limit limit;
	struct http_client *http;
	struct watch_api api;
	struct watch_sub *subs;
	struct remote_call *calls;
	struct contact contact;
	size_t live; /* what must be closed before it is freed */
	bool closing;
	void (*on_closed)(void *ctx);
	void *ctx;
};
void remote_hold(struct remote *r);
void remote_drop(struct remote *r); /* frees with the last */

struct watch_sub { /* a subscription: its reflectors, one a kind */
	struct remote *remote;
	struct watch_sub *next;
	watch_event_fn fn;
	void *ctx;
	bool tell_refused, dead;
	char *selector; /* heap, "" for all */
	struct reflector *reflectors;
};

enum phase { PHASE_IDLE, PHASE_LIST, PHASE_WATCH };

struct reflector {
	struct remote *remote;
	struct watch_sub *sub; /* freed with its last reflector */
	struct reflector *next;
	enum kind kind;
	bool dead; /* its timer is being closed; nothing may be told */
	enum phase phase;
	uv_timer_t timer; /* back-off */
	struct credentials_wait wait;
	struct limit_wait turn;
	struct http_call *call;
	struct backoff backoff;
	/* what is known */
	struct known *known;
	char version[VERSION_CHARS]; /* "" before the first LIST */
	bool synced, refused;
	bool watching;     /* the last request that ended had not failed */
	uint64_t heard_ms; /* loop time; the last byte of a watch, the end of a LIST; 0: never */
	bool suspect;      /* the connection hung: the next request goes over another */
	bool listed;       /* version is good to watch from */
	bool list_latest; /* the next LIST asks for the newest state, whatever it costs the server */
	/* the reply under way */
	struct split split;
	bool protobuf;      /* is what it is written in */
	struct arena arena; /* of one object */
	int status;
	int64_t retry_after_s;
	struct buf failure;               /* body of a reply that is not 200 */
	char list_version[VERSION_CHARS]; /* of the LIST under way */
	bool holes;                       /* something in the LIST had no readable name */
	bool expired;                     /* the watch said 410 */
	int stream_err;                   /* why we stopped reading */
	uint64_t begun_ms, events_before; /* of this watch, loop time */
	/* how it goes */
	unsigned failed;         /* in a row */
	unsigned bad_streak;     /* watches cut by an unreadable line, in a row */
	unsigned expired_streak; /* watches that said 410 and nothing else, in a row */
	struct metrics_counter lists, watches, events, bad, failures;
};

/* reflector.c */
NODISCARD int reflector_open(struct watch_sub *sub, enum kind kind); /* joins sub->reflectors */
void reflector_close(struct reflector *r); /* frees itself, and the last one sub, later */
bool reflector_hangs(
	const struct reflector *r); /* nothing has come for longer than from any that lives */
bool reflector_in_step(const struct reflector *r);
/* reflector_feed.c: bytes to events. */
void feed_begin(struct reflector *r, enum phase phase);
void feed_form(
	struct reflector *r, bool protobuf); /* what the reply is written in; JSON at first */
bool feed_bytes(struct reflector *r, struct strv bytes); /* false: stop, stream_err says why */
NODISCARD int feed_list_end(
	struct reflector *r); /* the LIST is whole: tells what is gone, SYNCED */
void feed_tell(struct reflector *r, enum watch_type type, const struct object *o,
	const struct object *old);

/* figures.c */
void remote_freshness(const struct remote *r, struct watch_freshness *out);

/* contact.c */
void contact_init(struct remote *r);
void contact_failed(struct reflector *r, const char *what, const char *why); /* a request of it */
void contact_well(
	struct remote *r); /* some reflector is in step again, or does not count any more */
void contact_close(struct remote *r);

/* request.c: paths and headers. */
struct strv request_url(struct arena *a, const struct remote *r, enum kind kind, struct strv ns,
	struct strv name, const char *subresource, struct strv query); /* STRV_NONE: no memory */
/* Headers for config->headers; content_type may be NULL. protobuf: the server may answer in it. NULL: no memory. */
const char *const *request_headers(
	struct arena *a, const struct remote *r, bool protobuf, const char *content_type);
void request_identify(const struct remote *r, struct http_call_config *config);
bool request_is_protobuf(const struct http_head *head); /* the body that follows */
/* "why" of a failed reply: Status.message, else the start of the body. Arena text. */
struct strv request_failure(struct arena *a, struct strv body, struct strv *out_reason);

/* call.c */
int remote_call_start(struct remote *r, const struct watch_call *w, watch_reply_fn done, void *ctx);
void remote_calls_cancel(struct remote *r); /* those that wait; replies UV_ECANCELED */
