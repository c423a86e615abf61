/* Waiting times. Source: backoff.h. */
#include "statefulset/backoff.h"

#define KEY_FIRST_MS INT64_C(5)
#define KEY_LAST_MS  INT64_C(1000000)
#define TOKEN_MS     INT64_C(100) /* earned one every */
#define TOKENS       INT64_C(100)

int64_t backoff_key_ms(unsigned failures)
{
	int64_t ms = KEY_FIRST_MS;
	while (failures-- > 0 && ms < KEY_LAST_MS) {
		ms *= 2;
	}
	return ms < KEY_LAST_MS ? ms : KEY_LAST_MS;
}

int64_t backoff_bucket_take(struct backoff_bucket *b, int64_t now_ms)
{
	/* the bucket is full when spent_until lies a whole burst in the past */
	int64_t full = now_ms - TOKENS * TOKEN_MS;
	if (b->spent_until_ms < full) {
		b->spent_until_ms = full;
	}
	b->spent_until_ms += TOKEN_MS;
	return b->spent_until_ms > now_ms ? b->spent_until_ms - now_ms : 0;
}

int64_t backoff_status_ms(unsigned tries)
{
	return tries < 5 ? 10 : -1;
}

int64_t backoff_pod_ms(unsigned tries)
{
	int64_t ms = 10;
	for (unsigned i = 1; i < tries && i < 4; i++) {
		ms *= 5;
	}
	return tries < 4 ? ms : -1;
}
