/* Companions: what the rest of a cluster would do for the lab, each a small controller on struct watch_api.
 *   scheduler + kubelet   binds pods to the one Node, gives addresses, walks them Pending -> Running -> Ready -> gone
 *   volumes               provisions and binds PersistentVolumes for claims, protection finalizers, reclaiming
 *   endpointslices        writes EndpointSlices for Services with selectors
 *   collector             garbage collection by ownerReferences; foreground and orphan deletion
 *   namespaces            empties and finalizes namespaces; a ServiceAccount `default` in each
 * Regime: owned heap objects. Lab only. Called by: main. */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/option.h"
#include "watch/api.h"

struct companions;

struct companion_config {
	struct option_cidr pod_cidr;
	unsigned first_host; /* first address given is network + this: 5 gives 10.244.0.5 */
	int64_t ready_after_ms; /* Running -> Ready; annotation ordinal.dev/ready-after on the pod overrides */
	int64_t terminate_after_ms; /* deletion -> gone */
	int64_t bind_after_ms;      /* claim -> volume provisioned and bound */
	const char *data_dir;       /* folders of provisioned volumes; NULL: none are made */
	const char *node_name;      /* the Node that pods are bound to */
	const char *node_ip;        /* hostIP */
	const char *provisioner;    /* StorageClass.provisioner that is served: "ordinal.dev/lab" */
	uv_loop_t *loop;            /* for file work off the loop */
};

/* errors ERR_NOMEM, libuv's */
NODISCARD int companions_open(struct clock *clock, const struct watch_api *api,
	const struct companion_config *config, struct companions **out);
/* Frees later, then cb. Accepts NULL (cb is then called at once). */
void companions_close(struct companions *c, void (*cb)(void *ctx), void *ctx);
