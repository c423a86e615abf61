/* See backoff.h. */
#include "watch/remote/backoff.h"

#define ASKED_MAX_S INT64_C(3600)

int64_t backoff_next(struct backoff *b, struct clock *clock, int64_t asked_s)
{
	int64_t at_least_ms = asked_s > ASKED_MAX_S ? ASKED_MAX_S * 1000
			      : asked_s > 0         ? asked_s * 1000
						    : 0;
	uint32_t dice;
	int64_t half = b->next_ms / 2;
	clock_random(clock, &dice, sizeof(dice));
	int64_t delay = half + (int64_t)(dice % (uint32_t)(b->next_ms - half + 1));
	b->next_ms = b->next_ms > b->last_ms / 2 ? b->last_ms : b->next_ms * 2;
	if (at_least_ms > delay) { /* and some more, for the same reason */
		delay = at_least_ms +
			(int64_t)(dice % 1000u) * (at_least_ms > 1000 ? 1000 : at_least_ms) / 1000;
	}
	return delay;
}
