/* What the files of the write pipeline share: the write on its way.
 * Regime: on the stack of write_run; trees in the request's arena. */
#pragma once

#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/write.h"

struct write {
	struct embedded *e;
	struct arena *a;
	struct write_request *r;
	struct write_result *out;
	struct status *s;         /* &out->status */
	const struct object *old; /* as stored, borrowed; NULL: absent */
	struct json *before;      /* old decoded; NULL: absent */
	struct json *after;       /* what shall be stored */
	const char *sub;          /* never NULL */
	bool managed;             /* after's managedFields are final (server-side apply) */
};

/* write.c */
bool write_is(const struct write *w, const char *sub);
/* Ends the write as failed by memory when r is ERR_NOMEM, by an internal error otherwise; false if
 * so. */
bool write_ok(struct write *w, int r);
/* Is the body an object of this kind, in this namespace? Fills what it left out. */
void write_check_body(struct write *w, struct json *body);
/* Unknown, duplicated and mistyped fields, as fieldValidation asks. */
void write_check_fields(struct write *w, struct json *v);
void write_warn(struct write *w, struct strv text);
struct json *write_meta(
	struct write *w, struct json *object); /* metadata, made if absent; NULL: failed */
const char *write_now(struct write *w);        /* RFC 3339 in the arena; NULL: failed */
bool write_find(struct write *w);              /* sets old and before; false: 404 */
bool write_manage(struct write *w);            /* managedFields of after, unless trusted or final */

/* write_refuse.c: each says what is wrong with a body in the words that its verb asks for. */
struct schema_report;
/* True: it was of another kind or version. */
bool write_refuse_kind(struct write *w, const struct json *body);
/* True: an apply with unknown fields, which no fieldValidation lets pass. */
bool write_refuse_undeclared(struct write *w, const struct schema_report *unknown);
void write_refuse_type(struct write *w, const struct schema_report *report);
void write_refuse_fields(struct write *w, const struct schema_report *unknown);

/* write_create.c: r->body or, after an apply, w->after. */
void write_create(struct write *w);
/* write_change.c */
void write_update(struct write *w);
void write_patch(struct write *w);
void write_apply(struct write *w);
struct schema_type;
/* The patch of r->body, as the verb says, to *doc. errors with *s filled, or ERR_NOMEM */
NODISCARD int write_apply_patch(struct write *w, const struct schema_type *t, struct json **doc);
/* From w->after, identity still unchecked, to the store: what update, patch, apply and scale have
 * in common. */
void write_replace(struct write *w);
/* write_delete.c */
void write_delete(struct write *w);
/* write_sub.c: pods/binding, pods/eviction, namespaces/finalize. */
void write_bind(struct write *w);
void write_evict(struct write *w);
void write_finalize(struct write *w);

/* write_commit.c: stores tree as the next revision, keeps the books, fills out->obj; a dry run
 * stops before the store. False: failed. */
bool write_commit(struct write *w, enum watch_type type, struct json *tree);
/* The stored object is the answer. */
void write_unchanged(struct write *w);
