/* Keys (namespace, name) to be looked at, each once however often it is added, with waiting and back-off: the engine of
 * the companions. A look decides the next step of its key from the cache and takes at most one step (work_call); the
 * key is looked at again when the reply is there. So every companion is a function from state to next step, and any order of
 * events leads to the same end.
 * Regime: owned heap object; keys free themselves when a look finds nothing to keep (work_drop).
 * Threads: control thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/strv.h"
#include "watch/api.h"

struct body;
struct worklist;
struct work;
typedef void (*work_fn)(void *ctx, struct work *w);

/* state_bytes: what a look keeps with its key (work_state), zeroed at first; 0 for nothing. No look before worklist_start.
 * errors ERR_NOMEM */
NODISCARD int worklist_open(struct clock *clock, const struct watch_api *api, work_fn look,
	void *ctx, size_t state_bytes, struct worklist **out);
/* Looks begin: the cache is complete, so that what is not in it is not there. */
void worklist_start(struct worklist *l);
/* No look after it. Frees itself when the last reply has come. Accepts NULL. */
void worklist_close(struct worklist *l);

/* Looks at the key soon. Out of memory: tried again with the key's next event; said in the log. */
void worklist_add(struct worklist *l, struct strv ns, struct strv name);
/* Every key that is being kept, soon. */
void worklist_add_all(struct worklist *l);
/* Those whose state the function accepts. */
typedef bool (*work_match_fn)(const void *state, const void *what);
void worklist_add_matching(struct worklist *l, work_match_fn match, const void *what);
/* The state of a key that is being kept; NULL if it is not. Borrowed until the next look. */
void *worklist_state(struct worklist *l, struct strv ns, struct strv name);

struct strv work_ns(const struct work *w);
struct strv work_name(const struct work *w);
/* Looks again no later than delay_ms from now. */
void work_after(struct work *w, int64_t delay_ms);
/* The same, because something failed: virtual time does not jump for it alone. */
void work_retry(struct work *w, int64_t delay_ms);
/* Sends the call of this step; the next look follows its reply. Failures are repeated with growing delays; a 404 or 409 is
 * news, not failure: the next look sees why. At most one call a look. */
void work_call(struct work *w, const struct watch_call *c);
/* work_call with a body made in b; if it could not be made, nothing is sent and the key is looked at again later. */
void work_write(struct work *w, const struct body *b, const struct watch_call *c);
/* Nothing more to do for this key: it is forgotten unless added again. */
void work_drop(struct work *w);
/* What the look keeps with its key. uid: of the object it is about; zeroed when that is another than last time, as
 * nothing said or done for the one before holds for its successor. */
void *work_state(struct work *w, struct strv uid);
