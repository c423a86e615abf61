/* Which events are worth an Event object, and which are repeats of one: pure, time comes in, never
 * logs. Source: client-go tools/record, events_cache: at most 9 different messages of one (object,
 * type, reason) while no more than 10 minutes lie between them, then all fall into one series; 25
 * events at once about one (object, type), then one every 5 minutes. Regime: owned heap object with
 * a bounded memory: the longest unused entries are forgotten. Called by: event.c.
 *
 * Glossary: series = the occurrences that one Event object counts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"

struct correlator;

struct correlator_series {
	int64_t count; /* occurrences so far, this one included */
	int64_t first_ms;
	bool combined; /* stands for different messages */
	/* What follows is the caller's: */
	void *pending;  /* newest occurrence that waits for the reply of an earlier one */
	bool in_flight; /* a write awaits its reply: the series is not forgotten before */
	bool stored;    /* the Event object exists, under this name */
	char name[254];
};

enum correlator_verdict {
	CORRELATOR_SEND, /* write the series' Event */
	CORRELATOR_DROP, /* too many about this object: counted, not to be written */
};

#define CORRELATOR_MESSAGES  10 /* from the 10th different one on they are combined */
#define CORRELATOR_WINDOW_MS INT64_C(600000)
#define CORRELATOR_BURST     25
#define CORRELATOR_REFILL_MS INT64_C(300000)
#define CORRELATOR_ENTRIES   2048 /* remembered at most */

/* errors ERR_NOMEM */
NODISCARD int correlator_new(struct correlator **out);
void correlator_free(
	struct correlator *c); /* accepts NULL; series with their pending must be done with */

struct correlator_event {   /* borrowed for the call */
	struct strv object; /* tells objects apart */
	struct strv
		part; /* of the object; empty: the whole. Has series of its own, but shares the rest */
	struct strv type, reason, message;
	int64_t at_ms;
};

/* One occurrence. series is borrowed until the next call, or as long as in_flight is set. errors ERR_NOMEM */
NODISCARD int correlator_take(struct correlator *c, const struct correlator_event *e,
	enum correlator_verdict *out_verdict, struct correlator_series **out_series);
