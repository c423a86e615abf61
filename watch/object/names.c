/* Name rules. See the header. */
#include "watch/object/names.h"

#include <arpa/inet.h>

#define LABEL_FMT "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define SUBDOMAIN_MSG                                                                              \
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "  \
	"or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "      \
	"regex used for validation is '" LABEL_FMT "(\\." LABEL_FMT ")*')"
#define LABEL_MSG                                                                                  \
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "   \
	"and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "   \
	"regex used for validation is '" LABEL_FMT "')"

#define KEY_MSG                                                                                    \
	"must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "   \
	"an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "  \
	"validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define VALUE_MSG                                                                                  \
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "   \
	"or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "      \
	"'my_value',  or '12345', regex used for validation is "                                   \
	"'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define CONFIG_KEY_MSG                                                                             \
	"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "       \
	"'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "                \
	"'[-._a-zA-Z0-9]+')"
#define HEADER_MSG                                                                                 \
	"a valid HTTP header must consist of alphanumeric characters or '-' (e.g. "                \
	"'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower_alnum(char c)
{
	return is_lower(c) || is_digit(c);
}

static bool is_alnum(char c)
{
	return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

/* LABEL_FMT, without its length. */
static bool is_label_shaped(struct strv s)
{
	if (s.n == 0 || !is_lower_alnum(s.p[0]) || !is_lower_alnum(s.p[s.n - 1])) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (!is_lower_alnum(s.p[i]) && s.p[i] != '-') {
			return false;
		}
	}
	return true;
}

static bool is_subdomain_shaped(struct strv s)
{
	struct strv rest = s;
	struct strv part;
	if (s.n == 0) {
		return false;
	}
	while (strv_cut(&rest, '.', &part)) {
		if (!is_label_shaped(part)) {
			return false;
		}
	}
	return true;
}

/* Letters, digits, '-', '_', '.'; the ends letters or digits. */
static bool is_word_shaped(struct strv s)
{
	if (s.n == 0 || !is_alnum(s.p[0]) || !is_alnum(s.p[s.n - 1])) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!is_alnum(c) && c != '-' && c != '_' && c != '.') {
			return false;
		}
	}
	return true;
}

size_t name_subdomain(struct strv s, const char *out[NAME_COMPLAINTS])
{
	size_t n = 0;
	if (s.n > 253) {
		out[n++] = "must be no more than 253 characters";
	}
	if (!is_subdomain_shaped(s)) {
		out[n++] = SUBDOMAIN_MSG;
	}
	return n;
}

size_t name_label(struct strv s, const char *out[NAME_COMPLAINTS])
{
	size_t n = 0;
	if (s.n > 63) {
		out[n++] = "must be no more than 63 characters";
	}
	if (!is_label_shaped(s)) {
		out[n++] = is_subdomain_shaped(s) ? "must not contain dots" : LABEL_MSG;
	}
	return n;
}

size_t name_label_key(struct strv s, const char *out[NAME_COMPLAINTS])
{
	size_t n = 0;
	struct strv name = s;
	const char *slash = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;
	if (slash != NULL) {
		struct strv prefix = { s.p, (size_t)(slash - s.p) };
		name = (struct strv){ slash + 1, s.n - prefix.n - 1 };
		if (name.n > 0 && memchr(name.p, '/', name.n) != NULL) {
			out[0] = "a valid label key " KEY_MSG
				 " with an optional DNS subdomain prefix and '/' (e.g. "
				 "'example.com/MyName')";
			return 1;
		}
		if (prefix.n == 0) {
			out[n++] = "prefix part must be non-empty";
		} else {
			if (prefix.n > 253) {
				out[n++] = "prefix part must be no more than 253 bytes";
			}
			if (!is_subdomain_shaped(prefix)) {
				out[n++] = "prefix part " SUBDOMAIN_MSG;
			}
		}
	}
	if (name.n == 0) {
		out[n++] = "name part must be non-empty";
	} else if (name.n > 63) {
		out[n++] = "name part must be no more than 63 bytes";
	}
	if (n < NAME_COMPLAINTS && !is_word_shaped(name)) {
		out[n++] = "name part " KEY_MSG;
	}
	return n;
}

size_t name_label_value(struct strv s, const char *out[NAME_COMPLAINTS])
{
	size_t n = 0;
	if (s.n > 63) {
		out[n++] = "must be no more than 63 bytes";
	}
	if (s.n > 0 && !is_word_shaped(s)) {
		out[n++] = VALUE_MSG;
	}
	return n;
}

size_t name_env(struct strv s, const char *out[NAME_COMPLAINTS])
{
	if (s.n == 0) {
		out[0] = "environment variable name must be non-empty";
		return 1;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x7e || s.p[i] == '=') {
			out[0] = "a valid environment variable name must consist only of "
				 "printable ASCII characters other than '='";
			return 1;
		}
	}
	return 0;
}

size_t name_port(struct strv s, const char *out[NAME_COMPLAINTS])
{
	size_t n = 0;
	bool bad = s.n == 0;
	bool letter = false;
	bool twice = false;
	for (size_t i = 0; i < s.n; i++) {
		bad |= !is_lower_alnum(s.p[i]) && s.p[i] != '-';
		letter |= is_lower(s.p[i]);
		twice |= i > 0 && s.p[i] == '-' && s.p[i - 1] == '-';
	}
	if (s.n > 15) {
		out[n++] = "must be no more than 15 bytes";
	}
	if (bad) {
		out[n++] = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
	}
	if (!letter) {
		out[n++] = "must contain at least one letter (a-z)";
	}
	if (twice && n < NAME_COMPLAINTS) {
		out[n++] = "must not contain consecutive hyphens";
	}
	if (s.n > 0 && n < NAME_COMPLAINTS && (s.p[0] == '-' || s.p[s.n - 1] == '-')) {
		out[n++] = "must not begin or end with a hyphen";
	}
	return n;
}

size_t name_config_key(struct strv s, const char *out[NAME_COMPLAINTS])
{
	size_t n = 0;
	bool bad = s.n == 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bad |= !is_alnum(c) && c != '-' && c != '_' && c != '.';
	}
	if (s.n > 253) {
		out[n++] = "must be no more than 253 characters";
	}
	if (bad) {
		out[n++] = CONFIG_KEY_MSG;
	}
	if (strv_eq(s, STRV("."))) {
		out[n++] = "must not be '.'";
	} else if (strv_eq(s, STRV(".."))) {
		out[n++] = "must not be '..'";
	} else if (strv_has_prefix(s, STRV(".."))) {
		out[n++] = "must not start with '..'";
	}
	return n;
}

size_t name_http_header(struct strv s, const char *out[NAME_COMPLAINTS])
{
	bool bad = s.n == 0;
	for (size_t i = 0; i < s.n; i++) {
		bad |= !is_alnum(s.p[i]) && s.p[i] != '-';
	}
	if (bad) {
		out[0] = HEADER_MSG;
	}
	return bad;
}

size_t name_fqdn(struct strv s, const char *out[NAME_COMPLAINTS])
{
	if (s.n > 0 && s.p[s.n - 1] == '.') {
		s.n--;
	}
	size_t n = name_subdomain(s, out);
	if (n == 0 && memchr(s.p, '.', s.n) == NULL) {
		out[n++] = "should be a domain with at least two segments separated by dots";
	}
	struct strv part;
	while (n == 0 && strv_cut(&s, '.', &part)) {
		n = name_label(part, out);
	}
	return n;
}

size_t name_ip(struct strv s, const char *out[NAME_COMPLAINTS])
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	out[0] = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, '\0', s.n) != NULL) {
		return 1;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1) {
		return 0;
	}
	if (inet_pton(AF_INET6, text, bytes) != 1) {
		return 1;
	}
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		out[0] = "must not be an IPv4-mapped IPv6 address";
		return 1;
	}
	return 0;
}

size_t name_port_number(int64_t port, const char *out[NAME_COMPLAINTS])
{
	if (port < 1 || port > 65535) {
		out[0] = "must be between 1 and 65535, inclusive";
		return 1;
	}
	return 0;
}

struct strv name_without_dash(struct strv s, char out[254])
{
	size_t n = s.n < 253 ? s.n : 253;
	if (n > 0) {
		memcpy(out, s.p, n);
	}
	if (n > 1 && out[n - 1] == '-') {
		out[n - 2] = 'a'; /* may be a dot or another dash: what follows a suffix */
		n--;
	}
	out[n] = '\0';
	return (struct strv){ out, n };
}
