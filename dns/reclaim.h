/* Freeing published snapshots after a grace period: when every query thread has passed a quiescent state (liburcu,
 * QSBR), nobody can hold a pointer read before. The wait runs on libuv's thread pool; freeing happens on the control
 * thread, so snapshots need no lock of their own.
 * Regime: owned heap object; what is retired is taken. Control thread only, but for reclaim_read_*.
 * Called by: dns/kube (writers), dns/listen (readers).
 *
 * Publishing: store the pointer with PUBLISH after the snapshot is complete; readers fetch it with SNAPSHOT. */
#pragma once

#include <uv.h>

#include "base/base.h"

#define PUBLISH(place, p) __atomic_store_n(&(place), (p), __ATOMIC_RELEASE)
#define SNAPSHOT(place)   __atomic_load_n(&(place), __ATOMIC_ACQUIRE)

/* First member (or any) of what can be retired. */
struct retired {
	struct retired *next;
	void (*free)(struct retired *r);
};

struct reclaim;

NODISCARD int reclaim_open(uv_loop_t *loop, struct reclaim **out);
/* r is unreachable for new readers already; free(r) runs later, on the control thread. */
void reclaim_retire(struct reclaim *rc, struct retired *r, void (*free)(struct retired *r));
/* All readers have ended. Frees everything, then cb (may be NULL), from the loop. Accepts NULL. */
void reclaim_close(struct reclaim *rc, void (*cb)(void *ctx), void *ctx);

/* A query thread's side. begin once, end once; between enter and leave snapshots stay valid. pass: a quiescent state, no
 * snapshot read before is used after. */
void reclaim_reader_begin(void);
void reclaim_reader_enter(void);
void reclaim_reader_pass(void);
void reclaim_reader_leave(void);
void reclaim_reader_end(void);
