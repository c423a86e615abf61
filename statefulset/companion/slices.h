/* What the EndpointSlices of one Service are to hold: pure, for slices.c and its tests.
 * Source: EndpointSlice controller (endpoints per pod, at most 100 a slice, one set of slices per address family and
 * set of resolved ports); see slices.c for the writing.
 *
 * Glossary: place = one endpoint's seat in a slice; group = all slices of one family and one list of resolved ports. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "statefulset/companion/body.h"
#include "watch/object/typed.h"

#define SLICES_MANAGED_BY   "endpointslice.kubernetes.io/managed-by"
#define SLICES_CONTROLLER   "endpointslice-controller.k8s.io"
#define SLICE_ENDPOINTS_MAX 100

/* A Service's port as this pod resolves it: a number as it is, a name looked up in the containers. False: unresolvable,
 * such a port is left out of the pod's slice. */
bool slices_resolve_port(
	const struct service_port *port, const struct pod *pod, struct slice_port *out);
/* All of them as one number: pods of equal numbers share slices. */
uint64_t slices_ports_hash(const struct service *service, const struct pod *pod);
/* Whether the pod belongs in the Service's slices of this family at all. */
bool slices_takes(const struct object *service, const struct object *pod, enum ip_family family);

/* endpoints[] entry of a pod. zone "" for none. */
void slices_put_endpoint(struct body *b, struct json *endpoints, const struct object *service,
	const struct object *pod, enum ip_family family, struct strv zone);
/* The slice around endpoints: metadata, addressType, ports. name: whole; pod: any of its pods, they resolve the ports alike;
 * NULL while it has none; trigger_ms: annotation last-change-trigger-time, 0 for none. */
struct json *slices_body(struct body *b, const struct object *service, struct strv name,
	enum ip_family family, const struct pod *pod, int64_t trigger_ms,
	struct json **out_endpoints);
