/* The stages of one server block, put in their order: log, errors, loadbalance, transfer, search, kubernetes.
 * Regime: owned heap object, control thread; query threads run its pipeline. Called by: server.c. */
#pragma once

#include <uv.h>

#include "base/base.h"
#include "dns/kube/kube.h"
#include "dns/query/pipeline.h"
#include "dns/reclaim.h"
#include "dns/server.h"

struct chain;

/* kube: NULL: the block has none. errors as dns_server_open's of stages; what is open is closed */
NODISCARD int chain_open(uv_loop_t *loop, struct reclaim *rc, struct kube *kube,
	const struct dns_config *config, struct chain **out);
/* Without stages if the block has none: what is asked of it is REFUSED, as in CoreDNS. */
const struct pipeline *chain_pipeline(const struct chain *c);
/* No query thread runs it any more. Frees it, then closed: from the loop, or at once if no stage holds a handle.
 * Accepts NULL (closed is called). */
void chain_close(struct chain *c, void (*closed)(void *ctx), void *ctx);
