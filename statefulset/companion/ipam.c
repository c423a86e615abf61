/* Address book of the pod network. Regime: see ipam.h. */
#include "statefulset/companion/ipam.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/err.h"

struct ipam {
	uint32_t first, last; /* inclusive, host order */
	uint32_t next;        /* lowest never given; last + 1 when all were */
	uint32_t *freed;      /* ring, oldest at head */
	size_t cap, head, n;
	uint8_t *taken; /* a bit an address */
};

struct network {
	uint32_t first, last;
};

static bool network_of(const struct option_cidr *cidr, struct network *out)
{
	struct in_addr v4;
	if (inet_pton(AF_INET, cidr->address, &v4) != 1 || cidr->prefix_bits > 32) {
		return false;
	}
	uint32_t hosts = cidr->prefix_bits == 0 ? UINT32_MAX
						: (UINT32_C(1) << (32 - cidr->prefix_bits)) - 1;
	out->first = ntohl(v4.s_addr) & ~hosts;
	out->last = out->first | hosts;
	return true;
}

static bool share(const struct network *a, const struct network *b)
{
	return a->first <= b->last && b->first <= a->last;
}

const char *ipam_refuses(
	const struct option_cidr *pods, unsigned first_host, const struct option_cidr *services)
{
	/* What an EndpointSlice may not hold, and what is nobody's. */
	static const struct {
		struct network net;
		const char *why;
	} never[] = {
		{ { 0x00000000, 0x00ffffff }, "0.0.0.0/8 is no network of hosts" },
		{ { 0x7f000000, 0x7fffffff }, "127.0.0.0/8 is loopback" },
		{ { 0xa9fe0000, 0xa9feffff }, "169.254.0.0/16 is link-local" },
		{ { 0xe0000000, 0xffffffff }, "224.0.0.0 and up are multicast and reserved" },
	};
	struct network net;
	struct network service_net;
	if (!network_of(pods, &net) || !network_of(services, &service_net)) {
		return "it is not an IPv4 network";
	}
	if (share(&net, &service_net)) {
		return "it overlaps the network of the Services, 10.96.0.0/16";
	}
	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		if (share(&net, &never[i].net)) {
			return never[i].why;
		}
	}
	return (uint64_t)first_host + 1 > net.last - net.first ? "it is too small: /29 is the least"
							       : NULL;
}

int ipam_new(const struct option_cidr *cidr, unsigned first_host, struct ipam **out)
{
	struct in_addr v4;
	if (inet_pton(AF_INET, cidr->address, &v4) != 1 || cidr->prefix_bits > 32) {
		return ERR_RANGE;
	}
	uint64_t network = ntohl(v4.s_addr);
	uint64_t size = UINT64_C(1) << (32 - cidr->prefix_bits);
	if ((uint64_t)first_host + 1 >= size) {
		return ERR_RANGE; /* the last address is the broadcast one */
	}
	struct ipam *m = calloc(1, sizeof(*m));
	if (!m) {
		return ERR_NOMEM;
	}
	m->first = (uint32_t)(network + first_host);
	m->last = (uint32_t)(network + size - 2);
	m->next = m->first;
	m->taken = calloc((size_t)(m->last - m->first) / 8 + 1, 1);
	if (!m->taken) {
		free(m);
		return ERR_NOMEM;
	}
	*out = m;
	return ERR_OK;
}

void ipam_free(struct ipam *m)
{
	if (m) {
		free(m->freed);
		free(m->taken);
		free(m);
	}
}

static void mark(struct ipam *m, uint32_t address, bool taken)
{
	uint32_t i = address - m->first;
	uint8_t bit = (uint8_t)(1u << (i % 8));
	m->taken[i / 8] = (uint8_t)(taken ? m->taken[i / 8] | bit : m->taken[i / 8] & ~bit);
}

static bool is_taken(const struct ipam *m, uint32_t address)
{
	uint32_t i = address - m->first;
	return m->taken[i / 8] & (1u << (i % 8));
}

static bool is_ours(const struct ipam *m, uint32_t address)
{
	return address >= m->first && address <= m->last;
}

int ipam_take(struct ipam *m, uint32_t *out_address)
{
	/* what was reserved may be ahead, or among the freed */
	while (m->next <= m->last && is_taken(m, m->next)) {
		m->next++;
	}
	while (m->n > 0 && is_taken(m, m->freed[m->head])) {
		m->head = (m->head + 1) % m->cap;
		m->n--;
	}
	uint32_t address;
	if (m->next <= m->last) {
		address = m->next++;
	} else if (m->n > 0) {
		address = m->freed[m->head];
		m->head = (m->head + 1) % m->cap;
		m->n--;
	} else {
		return ERR_NO_SPACE;
	}
	mark(m, address, true);
	*out_address = address;
	return ERR_OK;
}

void ipam_reserve(struct ipam *m, uint32_t address)
{
	if (is_ours(m, address)) {
		mark(m, address, true);
	}
}

/* Doubles the ring, oldest first again. */
NODISCARD static int ring_grow(struct ipam *m)
{
	size_t cap = m->cap ? 2 * m->cap : 64;
	uint32_t *freed = calloc(cap, sizeof(*freed));
	if (!freed) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < m->n; i++) {
		freed[i] = m->freed[(m->head + i) % m->cap];
	}
	free(m->freed);
	m->freed = freed;
	m->cap = cap;
	m->head = 0;
	return ERR_OK;
}

void ipam_release(struct ipam *m, uint32_t address)
{
	if (!is_ours(m, address) || !is_taken(m, address)) {
		return; /* not ours, or given back already */
	}
	if (address >= m->next) {
		mark(m, address, false); /* reserved, never given: still fresh */
		return;
	}
	if (m->n == m->cap && ring_grow(m)) {
		return; /* out of memory: the address stays taken, which harms nobody */
	}
	m->freed[(m->head + m->n) % m->cap] = address;
	m->n++;
	mark(m, address, false);
}
