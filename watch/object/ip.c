/* Textual IP addresses, and the names of protocols. Regime: caller's storage.
 * Called by: decoders, DNS, companions. */
#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "watch/object/typed.h"

/* Four numbers of one to three digits, none with a needless zero: what nearly all addresses are, a million at a time. */
static bool parse_v4(struct strv text, uint8_t out[4])
{
	size_t at = 0;
	for (size_t i = 0; i < 4; i++) {
		unsigned v = 0;
		size_t digits = 0;
		for (; at < text.n && text.p[at] >= '0' && text.p[at] <= '9'; at++, digits++) {
			if (digits == 3 || (digits > 0 && v == 0)) {
				return false;
			}
			v = v * 10 + (unsigned)(text.p[at] - '0');
		}
		bool ends = at == text.n;
		if (digits == 0 || v > 255 || ends != (i == 3) || (!ends && text.p[at++] != '.')) {
			return false;
		}
		out[i] = (uint8_t)v;
	}
	return true;
}

int ip_parse(struct strv text, struct ip *out)
{
	char z[INET6_ADDRSTRLEN + 1];
	struct ip ip = { .family = IP_V4 };
	if (parse_v4(text, ip.bytes)) {
		*out = ip;
		return ERR_OK;
	}
	if (text.n == 0 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n)) {
		return ERR_SYNTAX;
	}
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	ip = (struct ip){ .family = IP_V6 };
	if (inet_pton(AF_INET6, z, ip.bytes) != 1) {
		return ERR_SYNTAX;
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
