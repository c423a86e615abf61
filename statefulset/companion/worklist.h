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

struct worklist;
struct work;
typedef void (*work_fn)(void *ctx, struct work *w);

NODISCARD int worklist_open(struct clock *clock, const struct watch_api *api, work_fn look,
	void *ctx, struct worklist **out);
/* No look after it. Frees itself when the last reply has come. Accepts NULL. */
void worklist_close(struct worklist *l);

/* Looks at the key soon. Out of memory: tried again with the key's next event; said in the log. */
void worklist_add(struct worklist *l, struct strv ns, struct strv name);
/* The same for a key that is being kept, with bits set in its note; nothing if it is not kept. */
void worklist_note_add(struct worklist *l, struct strv ns, struct strv name, uint64_t bits);
/* Every key that is being kept, soon. */
void worklist_add_all(struct worklist *l);

struct strv work_ns(const struct work *w);
struct strv work_name(const struct work *w);
/* Looks again no later than delay_ms from now. */
void work_after(struct work *w, int64_t delay_ms);
/* Sends the call of this step; the next look follows its reply. Failures are repeated with growing delays; a 404 or 409 is
 * news, not failure: the next look sees why. At most one call a look. */
void work_call(struct work *w, const struct watch_call *c);
/* Nothing more to do for this key: it is forgotten unless added again. */
void work_drop(struct work *w);
/* A number the look may keep with the key, 0 at first: what has been said already, for example. */
uint64_t *work_note(struct work *w);
/* Status message of the last call of this key if it failed and has not been followed by a success; else empty. */
struct strv work_failure(const struct work *w);
