/* One sync: one look at one set, the writes it asks for, its status. At most one a set at a time.
 *
 *   run -> not seen own writes yet ............................................. back off, try again
 *       -> plan -> (adoptions: read the set live) -> steps -> status -> done .... again at once, later, or when woken
 *                                                  failed: status, back off
 *
 * Regime: heap object from sync_run to its last reply. Called by: queue, through statefulset.c. */
#pragma once

struct sts_controller;
struct known_set;

/* s is running in the queue; queue_done is called when all is over. */
void sync_run(struct sts_controller *c, struct known_set *s);
