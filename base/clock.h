/* The one source of time, timers, deferred work and randomness of the control thread.
 * real: wall time of the machine. virtual: time stands still and jumps to the next deadline whenever nothing
 * else is to do (no task waiting, no input at the loop), so that minutes of waiting run in milliseconds. Under
 * input without pause it still moves, a deadline every quarter of a second.
 * Timers of the simulated world (delays, back-off, grace periods) belong here. Timers towards real clients
 * (HTTP timeouts, watch timeoutSeconds) must not: they are uv_timer_t, else they would drag virtual time along.
 * Retries of what failed are patient timers: time does not jump for them alone, or one object that can never be
 * made would let years pass in seconds, at full load.
 * Regime: owned heap object; timers and tasks are members of their owners. One loop, one thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"

struct clock;
struct clock_timer;
struct clock_task;
typedef void (*clock_timer_fn)(struct clock_timer *t);
typedef void (*clock_task_fn)(struct clock_task *t);

struct clock_timer {
	clock_timer_fn fn;
	int64_t deadline_ms; /* virtual: clock time; real: the machine's running time (wall time may be set back) */
	uint64_t order; /* equal deadlines fire in the order of their start */
	size_t slot;    /* place in the heap + 1; 0: not started */
	uint64_t
		patient_since_ns; /* machine's time when it was started as a patient one; 0: as another */
};

struct clock_task {
	clock_task_fn fn;
	struct clock_task *next;
	bool posted;
};

/* Handles are opened on loop; errors libuv's, ERR_NOMEM */
NODISCARD int clock_open(uv_loop_t *loop, struct clock **out);
NODISCARD int clock_open_virtual(uv_loop_t *loop, int64_t start_unix_ms, struct clock **out);
/* Stops timers and drops tasks (their fn is not called), closes the handles, frees later; cb may be NULL. */
void clock_close(struct clock *c, void (*cb)(void *ctx), void *ctx);

/* Virtual time does not jump past 2200-01-01T00:00:00Z, timers beyond are patient: nanoseconds as int64_t end in 2262. */
#define CLOCK_END_MS INT64_C(7258118400000)

int64_t clock_now_ms(const struct clock *c); /* Unix time, milliseconds */
int64_t clock_now_ns(const struct clock *c); /* Unix time; strictly growing from call to call */
bool clock_is_virtual(const struct clock *c);

void clock_timer_init(struct clock_timer *t, clock_timer_fn fn);
/* Fires once, delay_ms from now (0: at the next turn of the loop). Restarts if running.
 * errors ERR_NOMEM, UV_ECANCELED (the clock is being closed) */
NODISCARD int clock_timer_start(struct clock *c, struct clock_timer *t, int64_t delay_ms);
/* The same for a retry. Virtual: fires when time has got there for the sake of others, or, if there are no others,
 * after delay_ms of the machine's time. */
NODISCARD int clock_timer_start_patient(struct clock *c, struct clock_timer *t, int64_t delay_ms);
/* An active patient timer becomes an ordinary one: somebody waits for more than the retry. */
void clock_timer_hurry(struct clock *c, struct clock_timer *t);
void clock_timer_stop(struct clock *c, struct clock_timer *t); /* harmless if not started */
bool clock_timer_is_active(const struct clock_timer *t);
/* Until it fires; negative: overdue; INT64_MAX: not active. */
int64_t clock_timer_left_ms(const struct clock *c, const struct clock_timer *t);

/* Runs fn soon, on this loop, in the order of posting, before time moves (virtual: also before timers that are
 * due); posting twice runs it once.
 * Tasks that post tasks get a turn of the loop between batches of about two milliseconds, so that input is served. */
void clock_task_init(struct clock_task *t, clock_task_fn fn);
void clock_post(struct clock *c, struct clock_task *t);
void clock_unpost(struct clock *c, struct clock_task *t);

/* Fills n bytes. Real: uv_random. Virtual: a fixed sequence, so that runs repeat. */
void clock_random(struct clock *c, void *out, size_t n);
#define CLOCK_UUID_CHARS 36
void clock_uuid(
	struct clock *c, char out[CLOCK_UUID_CHARS + 1]); /* RFC 4122 version 4, NUL-terminated */

/* RFC 3339 in UTC: "2026-01-02T03:04:05Z" */
#define CLOCK_RFC3339_CHARS 20
void clock_format(int64_t unix_ms, char out[CLOCK_RFC3339_CHARS + 1]);
#define CLOCK_RFC3339_MICRO_CHARS 27
void clock_format_micro(int64_t unix_ns, char out[CLOCK_RFC3339_MICRO_CHARS + 1]);
/* Accepts any RFC 3339 text (offsets, fractions). errors ERR_SYNTAX */
struct strv;
NODISCARD int clock_parse(const char *text, size_t n, int64_t *out_unix_ms);
