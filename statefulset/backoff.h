/* Every waiting time of the controller before it tries again, in one place.
 * Source: client-go workqueue (per item 5 ms x 2^n up to 1000 s, and 10 a second with bursts of 100 for all together) and
 * its conflict retries. Pure; time comes in. Called by: queue, reconcile, apply. */
#pragma once

#include <stdint.h>

/* Before the next try of a key that has failed failures times before (0: first failure). */
int64_t backoff_key_ms(unsigned failures);

struct backoff_bucket {         /* zeroed: full */
	int64_t spent_until_ms; /* when all that was reserved has been earned */
};
/* Takes one token; returns how long to wait for it. */
int64_t backoff_bucket_take(struct backoff_bucket *b, int64_t now_ms);

/* Before another try of a write answered 409 Conflict; tries: how many were made. -1: give up. */
int64_t backoff_status_ms(unsigned tries); /* 5 tries, 10 ms between */
int64_t backoff_pod_ms(unsigned tries);    /* 4 tries; 10, 50, 250 ms between */
