/* Admission: what a cluster decides about an object before validation, beyond the defaults of its
 * type. Source: Kubernetes admission controllers NamespaceLifecycle, DefaultStorageClass,
 * StorageObjectInUseProtection, Priority, DefaultTolerationSeconds, ServiceAccount; Service address
 * allocation. Pure but for reading the store. Regime: values in the request's arena. Called by: the
 * write pipeline. */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "watch/embedded/status.h"
#include "watch/object/kind.h"

struct embedded;

/* May an object of this kind be created in ns? 404 if it is absent, 403 while it is Terminating. */
void admit_namespace(
	struct embedded *e, enum kind k, struct strv ns, struct strv name, struct status *s);
/* Completes obj; before NULL: it is new. */
void admit_object(struct embedded *e, struct arena *a, enum kind k, struct json *obj,
	const struct json *before, struct status *s);

/* admit_service.c: addresses, families, node ports. */
void admit_service(struct embedded *e, struct arena *a, struct json *obj, const struct json *before,
	struct status *s);
