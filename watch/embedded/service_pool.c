/* Bitmaps of Service addresses and node ports. Source and regime: see service_pool.h. */
#include "watch/embedded/service_pool.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/err.h"

static bool bit_get(const uint8_t *bits, uint32_t i)
{
	return (bits[i / 8] >> (i % 8) & 1) != 0;
}

static void bit_set(uint8_t *bits, uint32_t i, bool on)
{
	unsigned mask = 1u << (i % 8);
	bits[i / 8] = (uint8_t)(on ? bits[i / 8] | mask : bits[i / 8] & ~mask);
}

static int parse_ip(struct strv text, uint32_t *out)
{
	char copy[INET_ADDRSTRLEN];
	struct in_addr at;
	if (text.n == 0 || text.n >= sizeof(copy)) {
		return ERR_SYNTAX;
	}
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, &at) != 1) {
		return ERR_SYNTAX;
	}
	*out = ntohl(at.s_addr);
	return ERR_OK;
}

static void print_ip(uint32_t ip, char out[SERVICE_IP_CHARS + 1])
{
	struct in_addr at = { .s_addr = htonl(ip) };
	(void)inet_ntop(AF_INET, &at, out, SERVICE_IP_CHARS + 1); /* always fits */
}

int service_pool_init(struct service_pool *p, struct strv cidr)
{
	struct strv rest = cidr, ip;
	uint32_t bits = 0, base = 0;
	*p = (struct service_pool){ .base = 0 };
	if (!strv_cut(&rest, '/', &ip) || parse_ip(ip, &base) != ERR_OK ||
		strv_to_u32(rest, &bits) != ERR_OK) {
		return ERR_SYNTAX;
	}
	if (bits < 12 || bits > 30) {
		return ERR_RANGE;
	}
	p->prefix_bits = bits;
	p->size = 1u << (32 - bits);
	p->base = base & ~(p->size - 1);
	/* min(max(16, size / 16), 256), but a small range is all dynamic */
	uint32_t band = p->size / 16 < 16 ? 16 : p->size / 16;
	p->static_n = p->size <= 32 ? 0 : band > 256 ? 256 : band;
	p->taken = calloc((p->size + 7) / 8, 1);
	if (p->taken == NULL) {
		return ERR_NOMEM;
	}
	bit_set(p->taken, 0, true);           /* network */
	bit_set(p->taken, p->size - 1, true); /* broadcast */
	p->cursor = p->static_n;
	return ERR_OK;
}

void service_pool_deinit(struct service_pool *p)
{
	if (p != NULL) {
		free(p->taken);
		p->taken = NULL;
	}
}

/* The first free one in [from, to), or to. */
static uint32_t search(const struct service_pool *p, uint32_t from, uint32_t to)
{
	while (from < to && bit_get(p->taken, from)) {
		from++;
	}
	return from;
}

int service_pool_choose(const struct service_pool *p, char out[SERVICE_IP_CHARS + 1])
{
	uint32_t at = search(p, p->cursor, p->size);
	if (at == p->size) {
		at = search(p, p->static_n, p->size);
	}
	if (at == p->size) {
		at = search(p, 0, p->static_n);
		if (at == p->static_n) {
			return ERR_NO_SPACE;
		}
	}
	print_ip(p->base + at, out);
	return ERR_OK;
}

int service_pool_check(const struct service_pool *p, struct strv ip)
{
	uint32_t at = 0;
	int r = parse_ip(ip, &at);
	if (r != ERR_OK) {
		return r;
	}
	if (at <= p->base || at - p->base >= p->size - 1) {
		return ERR_RANGE;
	}
	return bit_get(p->taken, at - p->base) ? ERR_EXISTS : ERR_OK;
}

void service_pool_first(const struct service_pool *p, char out[SERVICE_IP_CHARS + 1])
{
	print_ip(p->base + 1, out);
}

void service_pool_account(struct service_pool *p, struct strv ip, bool taken)
{
	uint32_t at = 0;
	if (parse_ip(ip, &at) != ERR_OK || at <= p->base || at - p->base >= p->size - 1) {
		return;
	}
	at -= p->base;
	bit_set(p->taken, at, taken);
	if (taken && at >= p->cursor) {
		p->cursor = at + 1 < p->size ? at + 1 : p->static_n;
	}
}

static bool port_in_range(int64_t port)
{
	return port >= NODE_PORT_MIN && port <= NODE_PORT_MAX;
}

bool node_port_is_taken(const struct service_pool *p, int64_t port)
{
	return port_in_range(port) && bit_get(p->port_taken, (uint32_t)(port - NODE_PORT_MIN));
}

int node_port_choose(const struct service_pool *p, const int64_t *mine, size_t n, int64_t *out)
{
	const uint32_t ports = NODE_PORT_MAX - NODE_PORT_MIN + 1;
	for (uint32_t i = 0; i < ports; i++) {
		int64_t port = NODE_PORT_MIN + (p->port_cursor + i) % ports;
		bool used = node_port_is_taken(p, port);
		for (size_t k = 0; k < n && !used; k++) {
			used = mine[k] == port;
		}
		if (!used) {
			*out = port;
			return ERR_OK;
		}
	}
	return ERR_NO_SPACE;
}

void node_port_account(struct service_pool *p, int64_t port, bool taken)
{
	if (port_in_range(port)) {
		uint32_t at = (uint32_t)(port - NODE_PORT_MIN);
		bit_set(p->port_taken, at, taken);
		if (taken) {
			p->port_cursor = at + 1;
		}
	}
}
