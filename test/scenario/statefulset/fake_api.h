/* The least of a Kubernetes API over a real store: objects as they are given, uid, resourceVersion, generation, status
 * kept apart, finalizers, preconditions, optimistic locking. No defaults, no validation, no graceful deletion.
 * The scenarios run on it and on the embedded API alike; this one shows what the controller itself relies on.
 * Regime: owned heap object of a test. */
#pragma once

#include "base/base.h"
#include "base/clock.h"
#include "watch/api.h"

struct fake_api;

NODISCARD int fake_api_new(struct clock *clock, struct fake_api **out);
void fake_api_free(struct fake_api *f); /* subscribers gone, replies delivered */
const struct watch_api *fake_api_get(struct fake_api *f);
