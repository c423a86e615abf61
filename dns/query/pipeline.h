/* The pipeline: `run` goes down the stages until one does not say NEXT, `done` comes back up over those passed.
 * Regime, callers: query.h; called by dns/listen. */
#pragma once

#include "dns/query/accept.h"

/* errors ERR_NO_SPACE (PIPELINE_MAX) */
NODISCARD int pipeline_add(struct pipeline *p, const struct stage_row *row, void *self);

/* An accepted query to its reply: REFUSED when no stage wants it, SERVFAIL when one fails. */
void pipeline_run(const struct pipeline *p, struct query *q);

/* Accept and run. Gives the length of the reply; 0: nothing is to be sent. */
size_t pipeline_answer(const struct pipeline *p, struct query *q, enum transport transport,
	const uint8_t *message, size_t message_n, uint8_t *reply, size_t reply_cap);
