/* Our own addresses: see the header. */
#include "dns/own.h"

#include <netinet/in.h>
#include <string.h>
#include <uv.h>

#include "base/err.h"

static bool is_wildcard(const char *host)
{
	return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

/* An address that means this machine to others too: no loopback, no link-local one. */
static bool is_reachable(const struct sockaddr_in6 *v6, const struct sockaddr_in *v4)
{
	if (v6->sin6_family == AF_INET6) {
		return !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) &&
		       !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
	}
	uint32_t address = ntohl(v4->sin_addr.s_addr);
	return v4->sin_family == AF_INET && address >> 24 != 127 && address >> 16 != 0xa9fe;
}

/* The one listened on when the machine has none. */
static void machine_addresses(struct buf *b, const char *listened)
{
	uv_interface_address_t *list = NULL;
	int n = 0;
	if (uv_interface_addresses(&list, &n) == 0) {
		for (int i = 0; i < n; i++) {
			char text[64];
			const struct sockaddr_in6 *v6 = &list[i].address.address6;
			const struct sockaddr_in *v4 = &list[i].address.address4;
			if (is_reachable(v6, v4) &&
				(v6->sin6_family == AF_INET6
						? uv_ip6_name(v6, text, sizeof(text))
						: uv_ip4_name(v4, text, sizeof(text))) == 0) {
				buf_printf(b, "%s ", text);
			}
		}
		uv_free_interface_addresses(list, n);
	}
	if (b->n == 0 && !is_wildcard(listened)) {
		buf_printf(b, "%s ", listened);
	}
}

static bool names_itself(const char *host)
{
	return strncmp(host, "127.", 4) != 0 && strcmp(host, "::1") != 0 && !is_wildcard(host);
}

void own_address_add(struct buf *out, const struct option_addr *listened, bool *machine)
{
	if (names_itself(listened->host)) {
		buf_printf(out, "%s ", listened->host);
	} else if (!*machine) {
		machine_addresses(out, listened->host);
		*machine = true;
	}
}
