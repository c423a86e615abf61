/* Addresses as labels: see record_set.h. Source: CoreDNS plugin/kubernetes endpointHostname and its pod names;
 * RFC 5952 for the form of an IPv6 address. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/err.h"
#include "dns/kube/record_set.h"

static size_t print_v4(const uint8_t *a, char *out)
{
	size_t n = 0;
	for (int i = 0; i < 4; i++) {
		if (i > 0) {
			out[n++] = '-';
		}
		if (a[i] >= 100) {
			out[n++] = (char)('0' + a[i] / 100);
		}
		if (a[i] >= 10) {
			out[n++] = (char)('0' + a[i] / 10 % 10);
		}
		out[n++] = (char)('0' + a[i] % 10);
	}
	return n;
}

static size_t print_hex(unsigned v, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;
	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = v >> shift & 0xF;
		if (n > 0 || digit != 0 || shift == 0) {
			out[n++] = digits[digit];
		}
	}
	return n;
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952 4.2). */
static void longest_zeros(const unsigned group[8], int *out_from, int *out_n)
{
	*out_from = -1;
	*out_n = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && group[i + n] == 0) {
			n++;
		}
		if (n > *out_n) {
			*out_from = i;
			*out_n = n;
		}
		i += n > 0 ? n - 1 : 0;
	}
}

static size_t print_v6(const uint8_t *a, char *out)
{
	unsigned group[8];
	for (size_t i = 0; i < 8; i++) {
		group[i] = (unsigned)a[2 * i] << 8 | a[2 * i + 1];
	}
	int from;
	int zeros;
	longest_zeros(group, &from, &zeros);
	size_t n = 0;
	for (int i = 0; i < 8; i++) {
		if (i == from) {
			out[n++] = '-';
			out[n++] = '-';
			i += zeros - 1;
			continue;
		}
		if (n > 0 && out[n - 1] != '-') {
			out[n++] = '-';
		}
		n += print_hex(group[i], out + n);
	}
	if (out[n - 1] == '-') {
		out[n++] = '0'; /* a label must not end in a dash */
	}
	return n;
}

size_t dashed_print(const uint8_t *address, unsigned family, char out[DASHED_MAX])
{
	return family == 0 ? print_v4(address, out) : print_v6(address, out);
}

int dashed_parse(struct strv label, unsigned *out_family, uint8_t out[16])
{
	char text[DASHED_MAX];
	if (label.n == 0 || label.n >= sizeof(text)) {
		return ERR_SYNTAX;
	}
	size_t dashes = 0;
	bool doubled = false;
	for (size_t i = 0; i < label.n; i++) {
		dashes += label.p[i] == '-';
		doubled |= i > 0 && label.p[i] == '-' && label.p[i - 1] == '-';
		if (label.p[i] == ':' || label.p[i] == '.' || label.p[i] == '\0') {
			return ERR_SYNTAX;
		}
	}
	bool v4 = dashes == 3 && !doubled;
	for (size_t i = 0; i < label.n; i++) {
		text[i] = label.p[i] != '-' ? label.p[i] : v4 ? '.' : ':';
	}
	text[label.n] = '\0';
	if (inet_pton(v4 ? AF_INET : AF_INET6, text, out) != 1) {
		return ERR_SYNTAX;
	}
	*out_family = v4 ? 0 : 1;
	return ERR_OK;
}
