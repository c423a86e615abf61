/* The StatefulSet ordering controller, whole: what main opens.
 * It watches StatefulSets, Pods, PersistentVolumeClaims and ControllerRevisions through struct watch_api and writes through
 * it; it deletes nothing but pods: what goes with a deleted set is garbage collection's.
 * Regime: owned heap object. Control thread only. Called by: main. */
#pragma once

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"

struct sts_controller;

/* Begins work once all four kinds have been listed. clock and api must outlive it. errors ERR_NOMEM */
NODISCARD int sts_controller_open(
	struct clock *clock, const struct watch_api *api, struct sts_controller **out);
/* Starts nothing new, waits for the replies of what is under way, frees, then cb (which may be NULL). */
void sts_controller_close(struct sts_controller *c, void (*cb)(void *ctx), void *ctx);
