/* One question on its way to its reply, and the stages it passes.
 * Regime: a query is the listener's storage, used again for the next one; the message it reads and the reply it
 * writes are the listener's buffers, alive until the reply is sent. No allocation. Query threads.
 *
 * Glossary: asked = what came in; subject = the name that is being answered now: the asked one, then the target of each
 * CNAME written; verdict = what a stage says; slot = where a query is kept that waits (pending.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/base.h"
#include "base/buf.h"
#include "dns/wire/cursor.h"
#include "dns/wire/edns.h"
#include "dns/wire/message.h"
#include "dns/wire/name.h"

enum transport { TRANSPORT_UDP, TRANSPORT_TCP };

/* A name inside the reply, so that records can point to it and to its suffixes. */
struct subject {
	uint16_t at; /* offset in the reply */
	uint8_t n;   /* octets */
	struct name_map map;
	uint8_t lower[NAME_MAX_BYTES];
};

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL, SECTION_COUNT };

/* A reply of many messages: a zone transfer. Owned heap object: the listener's once a stage has left it in the query. */
struct stream {
	/* Appends whole messages, each behind its length in two octets (RFC 1035 4.2.2); none at the end. Called between
	 * reclaim_reader_enter and _leave. errors ERR_NOMEM and what a source may have: the stream is broken off */
	int (*next)(struct stream *s, struct buf *out);
	void (*free)(struct stream *s);
};

struct pending;
struct pipeline;
struct query_origin;
struct slot;

/* What belongs to one query thread and its queries share. */
struct query_thread {
	uint64_t random;         /* xorshift state, never 0 */
	char local[48];          /* the address listened on */
	struct pending *pending; /* NULL: queries do not wait */
};

/* What a stage notes of a query while glancing ahead: only ever saves work, answers do not depend on it. */
struct glance {
	bool noted;
	uint8_t key_at;   /* octet of the subject where the key begins */
	uint64_t hash;    /* of the key */
	const void *next; /* what the next step looks at; valid within the batch */
};

struct opt_u32 {
	bool set;
	uint32_t v;
};

struct query {
	/* asked */
	struct header header;
	uint16_t type, class;
	enum transport transport;
	const struct sockaddr *client; /* borrowed; NULL in tests */
	struct query_origin *origin;   /* where a reply that comes later goes; NULL: nowhere */
	const uint8_t *message;
	size_t message_n;
	uint64_t
		begun_ns; /* uv_hrtime when it came, for stages that want to know; 0: nobody has looked */
	struct edns edns;
	struct query_thread *thread;
	struct slot *slot;   /* where it is kept: it has waited, or is about to; NULL: neither */
	size_t question_end; /* octets of header and question */
	bool bare;           /* to be refused by a header alone */
	struct opt_u32 held; /* IXFR: serial the client has (RFC 1995 3) */
	const struct pipeline *way; /* the stages it takes; NULL: not chosen yet */
	struct glance glance;
	/* being answered */
	struct subject subject;
	uint32_t rotation; /* where to begin among equal addresses; 0: in their own order */
	/* reply */
	struct wr w;
	size_t limit;   /* octets the client takes */
	unsigned rcode; /* enum rcode */
	bool authoritative;
	bool truncated; /* answers did not fit */
	bool full;      /* something did not fit: no more records */
	bool passed; /* a stage whose zone it is let it go on: SERVFAIL, not REFUSED, when nobody answers */
	bool pending; /* verdict PENDING: there is no reply yet */
	uint16_t count[SECTION_COUNT];
	size_t record_at, rdlength_at; /* the record being written */
	struct ede ede;
	char ede_text[200];    /* of ede, where it has to be made up */
	struct stream *stream; /* verdict STREAM: what is to be sent instead of a reply */
};

/* verdicts
 * NEXT      not mine, or only prepared: ask the next stage
 * ANSWERED  the reply is written
 * FAILED    SERVFAIL
 * STREAM    q->stream holds the replies (TCP)
 * PENDING   not yet: query_wait (pending.h) has kept the query; all stages are run anew when it is looked at again, none
 *           is told that it is done before */
enum verdict { V_NEXT, V_ANSWERED, V_FAILED, V_STREAM, V_PENDING };

/* A kind of stage: const rows. It calls neither the listener nor another stage. */
struct stage_row {
	const char *name;
	enum verdict (*run)(void *self, struct query *q); /* going down; NULL: passes */
	void (*done)(
		void *self, const struct query *q); /* coming back, once, if passed; may be NULL */
	/* Before the first query of a batch is run, all are glanced at, step by step, to bring into the cache what they will
	 * need: memory answers many at once no slower than one. May be NULL. */
	void (*glance)(void *self, struct query *q, unsigned step);
};
#define GLANCE_STEPS 4
struct stage {
	const struct stage_row *row;
	void *self;
};
#define PIPELINE_MAX 16
/* Stages; or, where several server blocks share an address, the way to those of each. Const once queries come. */
struct pipeline {
	struct stage stages[PIPELINE_MAX];
	size_t n;
	bool ours;                  /* what no stage answers is SERVFAIL, not REFUSED */
	const struct route *routes; /* longest zone first; none: its own stages are for all names */
	size_t n_routes;
};
struct route {
	struct name zone; /* lower case */
	const struct pipeline *to;
};

/* Next number of the thread's sequence. */
static inline uint32_t query_random(struct query_thread *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return (uint32_t)(t->random >> 32);
}
