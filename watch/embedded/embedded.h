/* The embedded Kubernetes API server, whole: what main opens. HTTP for kubectl and friends on one
 * side, struct watch_api for the controllers and DNS in this process on the other, one store
 * between. Regime: owned heap object. Called by: main. */
#pragma once

#include <uv.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/option.h"
#include "watch/api.h"

struct embedded;

struct embedded_config {
	struct option_addr listen; /* port 0: a free one */
	const char *service_cidr;  /* "10.96.0.0/16" */
	const char *kube_dns_ip;   /* "10.96.0.10" */
	const char *default_class; /* StorageClass made at start and marked default; NULL: none */
	const char *node_name;     /* the one Node, "ordinal-node" */
	const char *node_ip;       /* its InternalIP */
};

/* Listens and holds the objects every cluster begins with (namespaces default, kube-system,
 * kube-public, kube-node-lease; Services kubernetes and kube-dns; the Node; the StorageClass).
 * errors libuv's (UV_EADDRINUSE ...), ERR_NOMEM, ERR_LIBRARY */
NODISCARD int embedded_open(uv_loop_t *loop, struct clock *clock,
	const struct embedded_config *config, struct embedded **out);
unsigned embedded_port(const struct embedded *e);
const struct watch_api *embedded_api(struct embedded *e); /* valid until close */
void embedded_close(struct embedded *e, void (*cb)(void *ctx), void *ctx);
