/* Zones as a Corefile writes them: see the header. */
#include "dns/config/zone.h"

#include <arpa/inet.h>

#include "base/err.h"
#include "dns/wire/name.h"

#define V4_ROOT   "in-addr.arpa."
#define V6_ROOT   "ip6.arpa."
#define ZONES_MAX 1024 /* of one list; the longest real ones have a dozen */

NODISCARD static int add_name(
	struct reader *r, unsigned line, struct corefile_words *names, struct strv text)
{
	if (names->n == ZONES_MAX) {
		return refuse(r, line, "more than %d zones", ZONES_MAX);
	}
	struct strv copy = arena_strdup(r->arena, text);
	if (!copy.p) {
		return ERR_NOMEM;
	}
	const char *word = copy.p;
	return words_append(r, names, &(struct corefile_words){ .at = &word, .n = 1 });
}

/* The reverse zones of a network: address has bits bits, its digits have digit_bits each (8 or 4). */
NODISCARD static int add_network(struct reader *r, unsigned line, struct corefile_words *names,
	const uint8_t *address, bool v6, unsigned prefix_bits)
{
	unsigned digit_bits = v6 ? 4 : 8;
	unsigned digits = (prefix_bits + digit_bits - 1) / digit_bits;
	unsigned zones = 1u << (digits * digit_bits - prefix_bits); /* at most 128 */
	int err = ERR_OK;
	for (unsigned z = 0; z < zones && !err; z++) {
		char text[128]; /* 32 digits with dots and the root: 73 */
		size_t n = 0;
		for (unsigned i = digits; i > 0; i--) {
			unsigned octet = v6 ? address[(i - 1) / 2] : address[i - 1];
			unsigned digit = !v6 ? octet : i % 2 == 1 ? octet >> 4 : octet & 15;
			if (i == digits) { /* the network's last digit is masked, then counted up */
				digit = (digit & ~(zones - 1)) + z;
			}
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, v6 ? "%x." : "%u.", digit);
		}
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", v6 ? V6_ROOT : V4_ROOT);
		err = add_name(r, line, names, (struct strv){ text, n });
	}
	return err;
}

/* "ADDRESS/BITS". *out_is tells whether it is one at all: names may hold a slash too (RFC 2317). */
NODISCARD static int network_read(struct reader *r, unsigned line, struct strv text,
	struct corefile_words *names, bool *out_is)
{
	char address[INET6_ADDRSTRLEN];
	uint8_t octets[16];
	struct strv rest = text;
	struct strv head;
	uint32_t bits = 0;
	*out_is = false;
	if (!strv_cut(&rest, '/', &head) || !rest.p || head.n >= sizeof(address)) {
		return ERR_OK;
	}
	memcpy(address, head.p, head.n);
	address[head.n] = '\0';
	bool v4 = inet_pton(AF_INET, address, octets) == 1;
	if (!v4 && inet_pton(AF_INET6, address, octets) != 1) {
		return ERR_OK;
	}
	*out_is = true;
	if (strv_to_u32(rest, &bits) || bits > (v4 ? 32u : 128u)) {
		return refuse(r, line, "\"%.*s\" is not a network: wants /0 to /%d", STRV_ARG(text),
			v4 ? 32 : 128);
	}
	return add_network(r, line, names, octets, !v4, bits);
}

NODISCARD static int name_zone(
	struct reader *r, unsigned line, struct strv text, struct corefile_words *names)
{
	struct name name;
	char canonical[NAME_TEXT_BYTES];
	bool odd = text.n == 0;
	for (size_t i = 0; i < text.n; i++) {
		odd = odd || (unsigned char)text.p[i] <= ' ' || strchr(":{}()\x7f", text.p[i]);
	}
	if (odd || name_parse(text, &name)) {
		return refuse(r, line, "\"%.*s\" is not a zone: wants a domain name or a network",
			STRV_ARG(text));
	}
	name_lower(name.b, name.b, name.n);
	size_t n = name_print(name.b, canonical);
	return add_name(r, line, names, (struct strv){ canonical, n });
}

int zone_read(struct reader *r, unsigned line, const char *word, struct corefile_words *names,
	unsigned *port)
{
	struct strv text = strv_of(word);
	const char *scheme = strstr(word, "://");
	if (scheme) {
		size_t n = (size_t)(scheme - word);
		if (!strv_eq_nocase(strv_sub(text, 0, n), STRV("dns"))) {
			return refuse(r, line, "\"%s\": only dns:// is served", word);
		}
		text = strv_sub(text, n + 3, text.n);
	}
	size_t colon = text.n;
	while (colon > 0 && text.p[colon - 1] != ':') {
		colon--;
	}
	struct strv digits = strv_sub(text, colon, text.n);
	bool has_port = colon > 0 && strspn(digits.p, "0123456789") == digits.n;
	if (has_port) {
		uint32_t number = 0;
		if (strv_to_u32(digits, &number) || number > 65535) {
			return refuse(r, line,
				"\"%s\": wants a port from 0 to 65535 after the colon", word);
		}
		*port = number;
		text = strv_sub(text, 0, colon - 1);
	}
	bool is_network = false;
	int err = network_read(r, line, text, names, &is_network);
	return err || is_network ? err : name_zone(r, line, text, names);
}

int zones_read(struct reader *r, const struct config_line *l, struct corefile_words *names)
{
	unsigned port = 0;
	int err = ERR_OK;
	for (size_t i = 0; i < l->args.n && !err; i++) {
		err = zone_read(r, l->line, l->args.at[i], names, &port);
	}
	return err;
}

/* Is zone the same as parent, or below it? */
static bool is_below(const char *zone, const char *parent)
{
	struct strv z = strv_of(zone);
	struct strv p = strv_of(parent);
	if (strv_eq(p, STRV("."))) {
		return true;
	}
	return strv_has_suffix(z, p) && (z.n == p.n || z.p[z.n - p.n - 1] == '.');
}

bool zone_is_reverse(const char *zone)
{
	return is_below(zone, V4_ROOT) || is_below(zone, V6_ROOT);
}
