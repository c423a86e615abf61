/* Textual IP addresses, and the names of protocols. Regime: caller's storage.
 * Called by: decoders, DNS, companions. */
#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "watch/object/typed.h"

int ip_parse(struct strv text, struct ip *out)
{
	char z[INET6_ADDRSTRLEN + 1];
	struct ip ip = { .family = IP_V4 };
	if (text.n == 0 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n)) {
		return ERR_SYNTAX;
	}
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET, z, ip.bytes) != 1) {
		ip.family = IP_V6;
		if (inet_pton(AF_INET6, z, ip.bytes) != 1) {
			return ERR_SYNTAX;
		}
	}
	*out = ip;
	return ERR_OK;
}

_Static_assert(IP_TEXT_CHARS + 1 >= INET6_ADDRSTRLEN, "room for the longest address");

size_t ip_print(const struct ip *ip, char out[IP_TEXT_CHARS + 1])
{
	int family = ip->family == IP_V4 ? AF_INET : AF_INET6;
	REQUIRE(inet_ntop(family, ip->bytes, out, IP_TEXT_CHARS + 1) != NULL);
	return strlen(out);
}

const char *protocol_name(enum protocol p)
{
	switch (p) {
	case PROTO_TCP:
		return "TCP";
	case PROTO_UDP:
		return "UDP";
	case PROTO_SCTP:
		return "SCTP";
	}
	return "TCP";
}
