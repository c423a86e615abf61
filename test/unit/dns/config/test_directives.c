/* Each directive: what it takes, what it refuses, what it says it does not serve. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"

static void bind_wants_addresses_or_interfaces(void **state)
{
	static const struct config_row rows[] = {
		{ "one address", "bind 127.0.0.1", NULL },
		{ "several, and an interface", "bind 127.0.0.1 ::1 lo", NULL },
		{ "several lines add up", "bind 127.0.0.1\nbind ::1", NULL },
		{ "none at all", "bind", "Corefile:2: bind: wants one or more" },
		{ "all but some", "bind lo {\nexcept ::1\n}", NULL },
		{ "except whom", "bind lo {\nexcept\n}", "Corefile:3: bind: except: wants" },
		{ "an option it has not", "bind lo {\nonly ::1\n}", "unknown option \"only\"" },
	};
	struct fixture f;
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
	fixture_parse_directive(&f, "bind 127.0.0.1 lo {\nexcept ::1\n}\nbind ::2");
	assert_string_equal(words_text(&f.corefile->blocks[0].bind), "127.0.0.1 lo ::2");
	assert_string_equal(words_text(&f.corefile->blocks[0].bind_except), "::1");
	fixture_deinit(&f);
}

static void debug_takes_nothing(void **state)
{
	static const struct config_row rows[] = {
		{ "bare", "debug", NULL },
		{ "twice is the same", "debug\ndebug", NULL },
		{ "an argument", "debug all", "Corefile:2: debug: takes no arguments" },
		{ "a block", "debug {\n}", "debug: takes no { }" },
	};
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
}

static void errors_logs_and_knows_its_options(void **state)
{
	static const struct config_row rows[] = {
		{ "bare", "errors", NULL },
		{ "stdout is where it goes anyway", "errors stdout", NULL },
		{ "a file", "errors /var/log/dns", "errors: wants nothing or stdout" },
		{ "two arguments", "errors stdout stdout", "errors: wants nothing or stdout" },
		{ "twice", "errors\nerrors", "Corefile:3: errors: may be only once" },
		{ "stack traces", "errors {\nstacktrace\n}", NULL },
		{ "grouped", "errors {\nconsolidate 5m \".* timeout$\" warning\n}",
			"unserved: consolidate" },
		{ "grouped, no pattern", "errors {\nconsolidate 5m\n}", "consolidate: wants" },
		{ "grouped by no time", "errors {\nconsolidate x y\n}", "wants a duration" },
		{ "an unknown level", "errors {\nconsolidate 5m y loud\n}",
			"wants one of warning" },
		{ "an unknown option", "errors {\nloud\n}", "unknown option \"loud\"" },
	};
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
}

static void loadbalance_rotates_or_says_what_it_cannot(void **state)
{
	static const struct config_row rows[] = {
		{ "bare", "loadbalance", NULL },
		{ "by name", "loadbalance round_robin", NULL },
		{ "with more", "loadbalance round_robin x", "wants no more arguments" },
		{ "unknown policy", "loadbalance random", "has \"random\"" },
		{ "weighted without file", "loadbalance weighted", "weighted: wants one file" },
		{ "weighted with two files", "loadbalance weighted a b", "wants one file" },
		{ "weighted", "loadbalance weighted f {\nreload 10s\n}", "unserved: weighted" },
		{ "reload of nothing", "loadbalance {\nreload 10s\n}", "only weighted" },
		{ "reload at what times", "loadbalance weighted f {\nreload x\n}",
			"wants a duration" },
		{ "prefer", "loadbalance {\nprefer 10.0.0.0/8\n}", "unserved: prefer" },
		{ "twice", "loadbalance\nloadbalance", "may be only once" },
	};
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
}

static void log_takes_names_a_format_and_classes(void **state)
{
	static const struct config_row rows[] = {
		{ "bare", "log", NULL },
		{ "all names", "log .", NULL },
		{ "all classes", "log {\nclass all\n}", NULL },
		{ "more classes than all", "log {\nclass denial all\n}", NULL },
		{ "the common format", "log . {common}", NULL },
		{ "some names", "log example.org example.net", "unserved: some names" },
		{ "a format", "log . \"{remote} {rcode}\"", "unserved: format" },
		{ "some classes", "log {\nclass error denial\n}", "unserved: class" },
		{ "an unknown class", "log {\nclass good\n}", "has \"good\"" },
		{ "no class", "log {\nclass\n}", "class: wants" },
		{ "an unknown option", "log {\nclasses all\n}", "unknown option" },
		{ "no name", "log a..b", "is not a zone" },
	};
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
}

static void transfer_needs_to_whom(void **state)
{
	static const struct config_row rows[] = {
		{ "to all", "transfer {\nto *\n}", NULL },
		{ "of one zone to two", "transfer cluster.local {\nto 10.0.0.1 10.0.0.2:5353\n}",
			NULL },
		{ "v6", "transfer {\nto ::1 [::1]:5353\n}", NULL },
		{ "of another zone", "transfer example.org {\nto *\n}", "unserved: transfer" },
		{ "twice", "transfer {\nto *\n}\ntransfer {\nto *\n}", "unserved: transfer" },
		{ "to nobody", "transfer", "transfer: wants \"to\"" },
		{ "to whom", "transfer {\nto\n}", "transfer: to: wants" },
		{ "to a name", "transfer {\nto ns1.example.org\n}", "has \"ns1.example.org\"" },
		{ "to no host", "transfer {\nto :53\n}", "has \":53\"" },
		{ "an option it has not", "transfer {\nfrom *\n}", "unknown option \"from\"" },
	};
	struct fixture f;
	(void)state;
	check_directives(rows, ARRAY_LEN(rows));
	fixture_parse_directive(&f, "transfer {\nto * ::1 10.0.0.1:99\n}");
	const struct corefile_transfer *t = f.corefile->blocks[0].transfers;
	assert_string_equal(words_text(&t->zones), ".");
	assert_string_equal(words_text(&t->to), "* ::1 10.0.0.1");
	assert_string_equal(f.corefile->listeners[0].options.transfer_to, "* ::1 10.0.0.1");
	fixture_deinit(&f);
}

static void what_a_block_says_is_kept(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse_directive(&f, "errors\nlog\nloadbalance\ndebug");
	assert_true(f.corefile->blocks[0].errors && f.corefile->blocks[0].log);
	assert_true(f.corefile->blocks[0].loadbalance && f.corefile->blocks[0].debug);
	fixture_deinit(&f);
	fixture_parse_directive(&f, "");
	assert_false(f.corefile->blocks[0].errors || f.corefile->blocks[0].log);
	assert_false(f.corefile->blocks[0].loadbalance || f.corefile->blocks[0].debug);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bind_wants_addresses_or_interfaces),
		cmocka_unit_test(debug_takes_nothing),
		cmocka_unit_test(errors_logs_and_knows_its_options),
		cmocka_unit_test(loadbalance_rotates_or_says_what_it_cannot),
		cmocka_unit_test(log_takes_names_a_format_and_classes),
		cmocka_unit_test(transfer_needs_to_whom),
		cmocka_unit_test(what_a_block_says_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
