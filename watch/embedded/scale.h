/* The scale subresource of StatefulSets (autoscaling/v1 Scale): a small view of a big object.
 * Source: Kubernetes API reference, Scale v1 autoscaling. Regime: values in the request's arena. */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "watch/object/object.h"

struct write;

/* The Scale of a StatefulSet. NULL when out of memory. */
struct json *scale_of(struct arena *a, const struct object *set);
/* PUT and PATCH of .../scale: only spec.replicas reaches the set. w->old and w->before are set. */
void scale_update(struct write *w);
void scale_patch(struct write *w);
