/* Which Service addresses and node ports are taken.
 * choose is pure, account follows what was committed; so a write that fails later has nothing to
 * undo. Source: Kubernetes "Service ClusterIP allocation": the lower band of the range is left to
 * those who ask for an address by name. Regime: bitmaps on the heap, owned by struct embedded.
 * Called by: admit_service.c, write_commit.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"

#define NODE_PORT_MIN 30000
#define NODE_PORT_MAX 32767

struct service_pool {
	uint32_t base;   /* network address, host order */
	uint32_t size;   /* addresses in it, network and broadcast included */
	uint8_t *taken;  /* one bit an address */
	uint32_t cursor; /* where the next search begins, so that freed addresses are reused last */
	uint32_t static_n; /* the lower band */
	unsigned prefix_bits;
	uint8_t port_taken[(NODE_PORT_MAX - NODE_PORT_MIN + 8) / 8];
	uint32_t port_cursor;
};

/* cidr "10.96.0.0/16", prefix 12 to 30. errors ERR_SYNTAX, ERR_RANGE, ERR_NOMEM */
NODISCARD int service_pool_init(struct service_pool *p, struct strv cidr);
void service_pool_deinit(struct service_pool *p);

#define SERVICE_IP_CHARS 15
/* The address to give next, as text. errors ERR_NO_SPACE */
NODISCARD int service_pool_choose(const struct service_pool *p, char out[SERVICE_IP_CHARS + 1]);
/* Whether an address that was asked for may be had. errors ERR_SYNTAX (no IPv4 address), ERR_RANGE,
 * ERR_EXISTS */
NODISCARD int service_pool_check(const struct service_pool *p, struct strv ip);
void service_pool_first(
	const struct service_pool *p, char out[SERVICE_IP_CHARS + 1]); /* ".1": kubernetes */
void service_pool_account(
	struct service_pool *p, struct strv ip, bool taken); /* others are ignored */

/* A free port not among the n in use by the write itself. errors ERR_NO_SPACE */
NODISCARD int node_port_choose(
	const struct service_pool *p, const int64_t *mine, size_t n, int64_t *out);
bool node_port_is_taken(const struct service_pool *p, int64_t port);
void node_port_account(struct service_pool *p, int64_t port, bool taken);
