/* What the two readers of selectors share. Regime: the arena of the call. Called by: this folder only. */
#pragma once

#include "base/arena.h"
#include "watch/object/typed.h"

/* Sorts values in place, drops doubles; returns how many are left. */
size_t selector_values_sort(struct strv *values, size_t n);
/* Orders requirements by key; equal keys stay as they came. */
void selector_sort(struct selector_req *reqs, size_t n);
