/* Corefiles as a whole: blocks, zones, words, snippets, and what refusals say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "fixture.h"

static const char *zones_text(const struct corefile_block *b)
{
	static char text[1024];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < b->n_zones; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s:%u", i > 0 ? " " : "",
			b->zones[i].name, b->zones[i].port);
		assert_true(n < sizeof(text));
	}
	return text;
}

static void zones_and_ports_stand_before_the_brace(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "the root", ".:53 {\n}\n", ".:53" },
		{ "the default port", "example.org {\n}\n", "example.org.:53" },
		{ "letter case is no matter", "EXAMPLE.org. {\n}\n", "example.org.:53" },
		{ "several zones", "cluster.local:1053 in-addr.arpa {\n}\n",
			"cluster.local.:1053 in-addr.arpa.:53" },
		{ "a scheme", "dns://.:53 DNS://a {\n}\n", ".:53 a.:53" },
		{ "commas", "a, b,c.d {\n}\n", "a.:53 b,c.d.:53" },
		{ "a comma goes on over the line's end", "a,\nb {\n}\n", "a.:53 b.:53" },
		{ "the brace on its own line", "a\n{\n}\n", "a.:53" },
		{ "no braces at all", "a b:1\nerrors\nlog\n", "a.:53 b.:1" },
		{ "zones and nothing else", "a", "a.:53" },
		{ "port 0: a free one", ".:0 {\n}\n", ".:0" },
		{ "a network of one octet", "10.0.0.0/8 {\n}\n", "10.in-addr.arpa.:53" },
		{ "with a port", "10.0.0.0/8:99 {\n}\n", "10.in-addr.arpa.:99" },
		{ "the host part is masked", "10.1.2.3/16 {\n}\n", "1.10.in-addr.arpa.:53" },
		{ "a network that ends inside an octet", "10.4.0.0/14 {\n}\n",
			"4.10.in-addr.arpa.:53 5.10.in-addr.arpa.:53 6.10.in-addr.arpa.:53 "
			"7.10.in-addr.arpa.:53" },
		{ "one address", "192.0.2.1/32 {\n}\n", "1.2.0.192.in-addr.arpa.:53" },
		{ "all addresses", "0.0.0.0/0 {\n}\n", "in-addr.arpa.:53" },
		{ "a v6 network", "2001:db8::/32 {\n}\n", "8.b.d.0.1.0.0.2.ip6.arpa.:53" },
		{ "with a port", "2001:db8::/32:99 {\n}\n", "8.b.d.0.1.0.0.2.ip6.arpa.:99" },
		{ "a v6 network that ends inside a digit", "fd00::/7 {\n}\n",
			"c.f.ip6.arpa.:53 d.f.ip6.arpa.:53" },
		{ "RFC 2317's slash is a name's", "0/25.2.0.192.in-addr.arpa {\n}\n",
			"0/25.2.0.192.in-addr.arpa.:53" },
		{ "from the environment", "{$ZONE}:99 {%ZONE%} {\n}\n",
			"cluster.local.:99 cluster.local.:53" },
		{ "in quotes", "\"a.b\" {\n}\n", "a.b.:53" },
		{ "with a byte order mark", "\xef\xbb\xbf.:53 {\n}\n", ".:53" },
		{ "lines end with CRLF", ".:53 {\r\nerrors\r\n}\r\n", ".:53" },
		{ "a comment", "# one\na # two {\n{ # three\n# four\n}#five", "a.:53" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;
		fixture_parse(&f, rows[i].in);
		if (f.err) {
			fail_msg("%s: %s", rows[i].why, f.report.text);
		} else if (f.corefile->n_blocks != 1 ||
			   strcmp(zones_text(&f.corefile->blocks[0]), rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, zones_text(&f.corefile->blocks[0]));
		}
		fixture_deinit(&f);
	}
}

static void several_blocks_are_kept_apart(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse(&f, ".:53 {\n\terrors\n}\n\ncluster.local:1053 in-addr.arpa:1053 {\n"
			  "\tkubernetes\n\tlog\n}\n");
	assert_int_equal(f.err, ERR_OK);
	assert_int_equal(f.corefile->n_blocks, 2);
	assert_true(
		f.corefile->blocks[0].stages.errors && f.corefile->blocks[0].stages.n_logs == 0);
	assert_true(
		f.corefile->blocks[1].stages.n_logs > 0 && !f.corefile->blocks[1].stages.errors);
	assert_int_equal(f.corefile->blocks[1].line, 5);
	assert_string_equal(
		f.corefile->blocks[1].kubernetes->options.zones, "cluster.local. in-addr.arpa.");
	fixture_deinit(&f);
}

static void one_zone_may_be_served_on_two_addresses(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse(&f, ". {\nbind 127.0.0.1\n}\n. {\nbind 127.0.0.2\n}\n");
	assert_int_equal(f.err, ERR_OK);
	fixture_deinit(&f);
}

static void refusals_name_the_place_and_the_reason(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "nothing", "", "Corefile:1: no server block" },
		{ "comments only", "# a\n# b\n", "no server block" },
		{ "an unknown directive", ".:53 {\nerrors\nerorrs\n}\n",
			"Corefile:3: unknown directive \"erorrs\"" },
		{ "one of CoreDNS's that comes later", ".:53 {\nforward . /etc/resolv.conf\n}\n",
			"Corefile:2: forward: this directive of CoreDNS is not served yet" },
		{ "a block that does not end", ".:53 {\nerrors\n",
			"Corefile:1: this server block is never closed" },
		{ "options that do not end", ".:53 {\nkubernetes {\nttl 5\n",
			"Corefile:2: \"{\" is never closed" },
		{ "a brace too many", ".:53 {\n}\n}\n", "Corefile:3: \"}\" is not a zone" },
		{ "a brace that was not opened", ".:53\nerrors\n}\n",
			"Corefile:3: \"}\" closes nothing" },
		{ "a brace on the directive's line", ".:53 {\nerrors }\n", "line of its own" },
		{ "a brace on the option's line", ".:53 {\nkubernetes {\nttl 5 }\n}\n",
			"Corefile:3: ttl: \"}\" has to stand" },
		{ "a word behind the brace", ".:53 {\nkubernetes {\n} ttl 5\n}\n",
			"Corefile:3: \"ttl\" after \"}\"" },
		{ "a brace on the next line", ".:53 {\nkubernetes\n{\n}\n}\n",
			"Corefile:3: \"{\" has to stand on the line of kubernetes" },
		{ "braces in braces", ".:53 {\nkubernetes {\nttl {\n}\n}\n}\n",
			"Corefile:3: kubernetes: a \"{\" inside" },
		{ "no zone", "{\nerrors\n}\n", "wants a zone before" },
		{ "a comma and no zone", "a, {\n}\n", "another zone after the last comma" },
		{ "an empty zone", "\"\" {\n}\n", "is not a zone" },
		{ "an empty label", "a..b {\n}\n", "\"a..b\" is not a zone" },
		{ "a port that is none", "a:70000 {\n}\n", "wants a port from 0 to 65535" },
		{ "no port behind the colon", "a: {\n}\n", "wants a port" },
		{ "a port in letters", "a:dns {\n}\n", "\"a:dns\" is not a zone" },
		{ "an address is no zone", "fd00::1 {\n}\n", "is not a zone" },
		{ "a mask too long", "10.0.0.0/33 {\n}\n", "is not a network" },
		{ "a v6 mask too long", "::/129 {\n}\n", "is not a network" },
		{ "another transport", "tls://. {\n}\n", "only dns:// is served" },
		{ "a zone twice", "a {\n}\nb a {\n}\n",
			"Corefile:3: a.:53 is served already, line 1" },
		{ "a zone twice in one block", "a A {\n}\n", "a.:53 is served already" },
		{ "any port is one port", "a:0 {\n}\na:0 {\n}\n",
			"a.:0 is served already, line 1" },
		{ "on all addresses and on one", "a {\n}\na {\nbind ::1\n}\n",
			"Corefile:3: a.:53 is served already, line 1" },
		{ "on one address of several", "a {\nbind ::1 ::2\n}\na {\nbind ::3 ::2\n}\n",
			"is served already" },
		{ "a quote that does not end", ".:53 {\nlog \"a\nb\n}\n",
			"Corefile:2: the quoted text that begins here" },
		{ "an unset variable is an empty zone", "{$NONE} {\n}\n", "is not a zone" },
		{ "a variable is a word, no brace", ".:53 {$OPEN}\n}\n", "is not a zone" },
		{ "what a variable holds is not replaced again", "{$SELF} {\n}\n",
			"\"{$ZONE}\" is not a zone" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;
		fixture_parse(&f, rows[i].in);
		if (!f.err || !strstr(f.report.text, rows[i].want)) {
			fail_msg("%s: %s", rows[i].why, f.err ? f.report.text : "accepted");
		}
		fixture_deinit(&f);
	}
}

static void a_nul_octet_is_refused(void **state)
{
	static const struct corefile_source source = { .file = "C", .default_port = 53 };
	struct corefile_report report;
	struct corefile *c = NULL;
	(void)state;
	assert_int_equal(corefile_parse(STRV(".:53 {\n\0}\n"), &source, &c, &report), ERR_SYNTAX);
	assert_non_null(strstr(report.text, "NUL"));
}

static void words_are_cut_and_put_together(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "blanks and tabs", "namespaces  a\tb", "a b" },
		{ "quotes keep blanks", "namespaces \"a b\" c", "a b c" },
		{ "quotes keep newlines", "namespaces \"a\nb\" c\nttl 5", "a\nb c" },
		{ "quotes keep braces", "namespaces \"}\" \"{\"", "} {" },
		{ "a quoted quote", "namespaces \"a\\\"b\"", "a\"b" },
		{ "another backslash stays", "namespaces \"a\\n\" \"b\\\\\"", "a\\n b\\\\" },
		{ "a quote inside a word is no quote", "namespaces a\"b c\"", "a\"b c\"" },
		{ "a comment begins inside a word too", "namespaces a#b", "a" },
		{ "a variable inside a word", "namespaces a-{$ZONE}-{%ZONE%}",
			"a-cluster.local-cluster.local" },
		{ "a variable is one word", "namespaces {$TWO}", "a b" },
		{ "an empty variable", "namespaces a{$EMPTY}b", "ab" },
		{ "an unset one", "namespaces a{$NONE}b", "ab" },
		{ "one without a name", "namespaces a{$}b", "a{$}b" },
		{ "one without an end", "namespaces a{$ZONE", "a{$ZONE" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256];
		struct fixture f;
		(void)snprintf(text, sizeof(text), "kubernetes a {\n%s\n}", rows[i].in);
		fixture_parse_directive(&f, text);
		if (f.err) {
			fail_msg("%s: %s", rows[i].why, f.report.text);
		}
		const char *got = f.corefile->blocks[0].kubernetes->options.namespaces;
		if (strcmp(got, rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, got);
		}
		fixture_deinit(&f);
	}
}

static void an_unset_variable_is_worth_a_warning(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse_directive(&f, "errors\nkubernetes a{$NONE}");
	assert_int_equal(f.corefile->warnings->line, 3);
	assert_non_null(strstr(f.corefile->warnings->text, "NONE is not set"));
	fixture_deinit(&f);
}

static void snippets_are_put_in_place(void **state)
{
	static const struct {
		const char *why, *in,
			*want; /* part of the refusal; NULL: errors and log are there */
	} rows[] = {
		{ "in a block", "(s) {\nerrors\nlog\n}\n. {\nimport s\n}\n", NULL },
		{ "between others", "(s) {\nerrors\n}\n. {\ndebug\nimport s\nlog\n}\n", NULL },
		{ "in one another", "(a) {\nlog\n}\n(b) {\nimport a\nerrors\n}\n. {\nimport b\n}\n",
			NULL },
		{ "a whole block", "(s) {\n. {\nerrors\nlog\n}\n}\nimport s\n", NULL },
		{ "options", "(s) {\nttl 5\n}\n. {\nerrors\nlog\nkubernetes a {\nimport s\n}\n}\n",
			NULL },
		{ "an empty one", "(s) {\n}\n. {\nimport s\nerrors\nlog\n}\n", NULL },
		{ "named by a variable",
			"({$ZONE}) {\nerrors\nlog\n}\n. {\nimport cluster.local\n}\n", NULL },
		{ "one that is unknown", ". {\nimport s\n}\n",
			"Corefile:2: import: no snippet (s) before this line, and no such file" },
		{ "one that comes later", ". {\nimport s\n}\n(s) {\nlog\n}\n",
			"no snippet (s) before" },
		{ "a file", ". {\nimport file/two\n}\n", NULL },
		{ "several files in their order", ". {\nimport file/one-*\n}\n", NULL },
		{ "files with server blocks, and their snippets",
			"import file/snippet\n. {\nimport two\n}\n", NULL },
		{ "a file that is not there", ". {\nimport /etc/x\n}\n",
			"Corefile:2: import: no snippet (/etc/x) before this line, and no such "
			"file" },
		{ "no file of this kind", ". {\nerrors\nlog\nimport nothing*\n}\n", NULL },
		{ "a mistake in a file is shown where it stands", ". {\nimport file/wrong\n}\n",
			"file/wrong:2: unknown directive \"logg\"" },
		{ "a mistake behind it too", ". {\nimport file/two\nlogg\n}\n",
			"Corefile:3: unknown directive \"logg\"" },
		{ "an option's mistake in a file", ". {\nkubernetes a {\nimport file/ttl\n}\n}\n",
			"file/ttl:1: kubernetes: ttl" },
		{ "a file that imports itself", ". {\nimport file/circle\n}\n",
			"file/circle:1: import: file/circle imports itself" },
		{ "a pattern that is none", ". {\nimport file/bad\n}\n",
			"Corefile:2: import: it is bad" },
		{ "itself", "(s) {\nimport s\n}\n. {\nimport s\n}\n", "imports itself" },
		{ "no name", ". {\nimport\n}\n", "wants the name" },
		{ "two names", "(s) {\n}\n. {\nimport s t\n}\n", "has also \"t\"" },
		{ "one name twice", "(s) {\n}\n(s) {\n}\n", "defined twice" },
		{ "no brace", "(s)\nlog\n", "wants {" },
		{ "no end", "(s) {\nlog\n", "never closed" },
		{ "a mistake in it is shown where it stands", "(s) {\nlogg\n}\n. {\nimport s\n}\n",
			"Corefile:2: unknown directive" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;
		fixture_parse(&f, rows[i].in);
		if (rows[i].want && (!f.err || !strstr(f.report.text, rows[i].want))) {
			fail_msg("%s: %s", rows[i].why, f.err ? f.report.text : "accepted");
		} else if (!rows[i].want && f.err) {
			fail_msg("%s: %s", rows[i].why, f.report.text);
		} else if (!rows[i].want) {
			assert_int_equal(f.corefile->n_blocks, 1);
			assert_true(f.corefile->blocks[0].stages.errors &&
				    f.corefile->blocks[0].stages.n_logs > 0);
		}
		fixture_deinit(&f);
	}
}

static void a_few_lines_cannot_ask_for_millions(void **state)
{
	struct buf b;
	struct fixture f;
	(void)state;
	buf_init(&b);
	buf_printf(&b, "(s0) {\nlog\n}\n");
	for (int i = 1; i <= 12; i++) {
		buf_printf(&b, "(s%d) {\n", i);
		for (int k = 0; k < 10; k++) {
			buf_printf(&b, "import s%d\n", i - 1);
		}
		buf_printf(&b, "}\n");
	}
	buf_printf(&b, ". {\nimport s12\n}\n");
	buf_add_char(&b, '\0');
	fixture_parse(&f, b.p);
	assert_int_equal(f.err, ERR_SYNTAX);
	assert_non_null(strstr(f.report.text, "too many imports"));
	fixture_deinit(&f);
	buf_reset(&b);
	for (int i = 0; i < 70000; i++) {
		buf_printf(&b, "a ");
	}
	buf_add_char(&b, '\0');
	fixture_parse(&f, b.p);
	assert_int_equal(f.err, ERR_TOO_LARGE);
	fixture_deinit(&f);
	buf_reset(&b);
	for (int i = 0; i < 9; i++) {
		buf_printf(&b, "%d.0.0.0/1:%d ", 1, i + 1); /* 128 zones each */
	}
	buf_add_char(&b, '\0');
	fixture_parse(&f, b.p);
	assert_int_equal(f.err, ERR_SYNTAX);
	assert_non_null(strstr(f.report.text, "more than 1024 zones"));
	fixture_deinit(&f);
	buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_and_ports_stand_before_the_brace),
		cmocka_unit_test(several_blocks_are_kept_apart),
		cmocka_unit_test(one_zone_may_be_served_on_two_addresses),
		cmocka_unit_test(refusals_name_the_place_and_the_reason),
		cmocka_unit_test(a_nul_octet_is_refused),
		cmocka_unit_test(words_are_cut_and_put_together),
		cmocka_unit_test(an_unset_variable_is_worth_a_warning),
		cmocka_unit_test(snippets_are_put_in_place),
		cmocka_unit_test(a_few_lines_cannot_ask_for_millions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
