/* Name rules: what is accepted, and each complaint. Sources: RFC 1123, RFC 1035, Kubernetes names and labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "watch/object/names.h"
#include "watch/embedded/validate/validate.h"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *why;
	name_rule_fn rule;
	const char *in;
	const char *want; /* beginning of the first complaint; NULL: accepted */
} rows[] = {
	{ "a subdomain may have dots", name_subdomain, "a.b-c.1", NULL },
	{ "a subdomain is not empty", name_subdomain, "", "a lowercase RFC 1123 subdomain" },
	{ "a subdomain has no empty label", name_subdomain, "a..b",
		"a lowercase RFC 1123 subdomain" },
	{ "a subdomain does not end in a dot", name_subdomain, "a.",
		"a lowercase RFC 1123 subdomain" },
	{ "a subdomain has no capitals", name_subdomain, "Web", "a lowercase RFC 1123 subdomain" },
	{ "a label of a subdomain does not begin with a dash", name_subdomain, "a.-b",
		"a lowercase RFC 1123 subdomain" },
	{ "a label may begin with a digit", name_label, "1a", NULL },
	{ "a label of 63 is fine", name_label, A63, NULL },
	{ "a label of 64 is not", name_label, A63 "a", "must be no more than 63 characters" },
	{ "dots in a label are named", name_label, "a.b", "must not contain dots" },
	{ "a label has no underscore", name_label, "a_b", "a lowercase RFC 1123 label" },
	{ "a label does not end in a dash", name_label, "a-", "a lowercase RFC 1123 label" },
	{ "a label key may have a prefix", name_label_key, "example.com/My_name.1", NULL },
	{ "a label key has one slash at most", name_label_key, "a/b/c", "a valid label key must" },
	{ "an empty prefix is named", name_label_key, "/a", "prefix part must be non-empty" },
	{ "a prefix is a subdomain", name_label_key, "Ex/a", "prefix part a lowercase RFC 1123" },
	{ "an empty key is named", name_label_key, "", "name part must be non-empty" },
	{ "a key after a prefix is needed", name_label_key, "a.b/", "name part must be non-empty" },
	{ "a key part has 63 at most", name_label_key, "a.b/" A63 "a",
		"name part must be no more than 63 bytes" },
	{ "a key begins with a letter or digit", name_label_key, "-a", "name part must consist" },
	{ "an empty label value is fine", name_label_value, "", NULL },
	{ "a label value has no blank", name_label_value, "a b", "a valid label must be" },
	{ "a label value of 64 is too long", name_label_value, A63 "a",
		"must be no more than 63 bytes" },
	{ "a variable may have dots and dashes", name_env, "my.env-NAME 1", NULL },
	{ "a variable has no =", name_env, "a=b", "a valid environment variable name" },
	{ "a variable is ASCII", name_env, "\xc3\xa9", "a valid environment variable name" },
	{ "a variable is named", name_env, "", "environment variable name must be non-empty" },
	{ "a port name has 15 at most", name_port, "abcdefghijklmnop", "must be no more than 15" },
	{ "a port name has a letter", name_port, "80", "must contain at least one letter" },
	{ "a port name has no capitals", name_port, "Http", "must contain only alpha-numeric" },
	{ "a port name has no two dashes", name_port, "a--b", "must not contain consecutive" },
	{ "a port name does not begin with a dash", name_port, "-a", "must not begin or end" },
	{ "a port name is fine", name_port, "http-1", NULL },
	{ "a config key may begin with a dot", name_config_key, ".profile", NULL },
	{ "a config key is no path", name_config_key, "a/b", "a valid config key" },
	{ "a config key is not .", name_config_key, ".", "must not be '.'" },
	{ "a config key is not ..", name_config_key, "..", "must not be '..'" },
	{ "a config key does not begin with ..", name_config_key, "..a",
		"must not start with '..'" },
	{ "a header is fine", name_http_header, "X-Test", NULL },
	{ "a header has no colon", name_http_header, "a:b", "a valid HTTP header" },
	{ "IPv4 is an address", name_ip, "10.0.0.1", NULL },
	{ "IPv6 is an address", name_ip, "2001:db8::1", NULL },
	{ "leading zeros are refused", name_ip, "010.0.0.1", "must be a valid IP address" },
	{ "a mapped address is refused", name_ip, "::ffff:10.0.0.1", "must not be an IPv4-mapped" },
	{ "a name is no address", name_ip, "localhost", "must be a valid IP address" },
	{ "text too long for an address is none", name_ip, A63, "must be a valid IP address" },
	{ "a full name has two labels", name_fqdn, "a.b.", NULL },
	{ "one label is not a full name", name_fqdn, "a", "should be a domain with at least two" },
};

static void each_rule_accepts_and_complains(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *out[NAME_COMPLAINTS];
		size_t n = rows[i].rule(strv_of(rows[i].in), out);
		if ((n == 0) != (rows[i].want == NULL)) {
			fail_msg("%s: %zu complaints", rows[i].why, n);
		}
		if (n > 0 && !strv_has_prefix(strv_of(out[0]), strv_of(rows[i].want))) {
			fail_msg("%s: %s", rows[i].why, out[0]);
		}
	}
}

static void a_name_may_be_wrong_in_several_ways(void **state)
{
	(void)state;
	const char *out[NAME_COMPLAINTS];
	assert_int_equal(name_label(STRV(A63 "A"), out), 2);
	assert_int_equal(name_port(STRV("--------------------"), out), NAME_COMPLAINTS);
	assert_int_equal(name_label_key(STRV("/"), out), 3);
}

static void a_prefix_for_generation_is_judged_without_its_dash(void **state)
{
	(void)state;
	char out[254];
	assert_true(strv_eq(name_without_dash(STRV("web-"), out), STRV("wea")));
	assert_true(strv_eq(name_without_dash(STRV("web"), out), STRV("web")));
	assert_true(strv_eq(name_without_dash(STRV("-"), out), STRV("-")));
	assert_true(strv_eq(name_without_dash(STRV(""), out), STRV("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_accepts_and_complains),
		cmocka_unit_test(a_name_may_be_wrong_in_several_ways),
		cmocka_unit_test(a_prefix_for_generation_is_judged_without_its_dash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
