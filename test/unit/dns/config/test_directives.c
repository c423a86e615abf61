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
	const struct corefile_block *b = &f.corefile->blocks[0];
	assert_string_equal(words_text(&b->bind), "127.0.0.1 lo ::2");
	assert_int_equal(b->n_binds, 2);
	assert_string_equal(words_text(&b->binds[0].words), "127.0.0.1 lo");
	assert_string_equal(words_text(&b->binds[0].except), "::1");
	assert_int_equal(b->binds[1].line, 5);
	assert_int_equal(b->binds[1].except.n, 0);
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
		{ "grouped", "errors {\nconsolidate 5m \".* timeout$\" warning\n}", NULL },
		{ "grouped, several, the first shown",
			"errors {\nconsolidate 1s a show_first\nconsolidate 1s b info "
			"show_first\n}",
			NULL },
		{ "two levels", "errors {\nconsolidate 5m y info error\n}", "has \"error\"" },
		{ "a level behind show_first", "errors {\nconsolidate 5m y show_first info\n}",
			"has \"info\"" },
		{ "no expression", "errors {\nconsolidate 5m \"a(\"\n}",
			"Corefile:3: errors: consolidate: \"a(\": " },
		{ "grouped, no pattern", "errors {\nconsolidate 5m\n}", "consolidate: wants" },
		{ "grouped by no time", "errors {\nconsolidate x y\n}", "wants a duration" },
		{ "an unknown level", "errors {\nconsolidate 5m y loud\n}", "has \"loud\"" },
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
		{ "weighted", "loadbalance weighted f {\nreload 10s\n}", NULL },
		{ "weighted, never read again", "loadbalance weighted f {\nreload 0s\n}", NULL },
		{ "reload of nothing", "loadbalance {\nreload 10s\n}", "only weighted" },
		{ "reload at what times", "loadbalance weighted f {\nreload x\n}",
			"wants a duration" },
		{ "prefer", "loadbalance {\nprefer 10.0.0.0/8 fd00::/8\nprefer ::/0\n}", NULL },
		{ "prefer an address", "loadbalance {\nprefer 10.0.0.1\n}", "has \"10.0.0.1\"" },
		{ "prefer too many bits", "loadbalance {\nprefer 10.0.0.0/33\n}",
			"wants networks" },
		{ "prefer by weight", "loadbalance weighted f {\nprefer ::/0\n}",
			"not with weighted" },
		{ "twice: the last counts", "loadbalance\nloadbalance weighted f", NULL },
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
		{ "some names", "log example.org example.net", NULL },
		{ "a format", "log . \"{remote} {rcode}\"", NULL },
		{ "some classes", "log {\nclass error denial\n}", NULL },
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
		{ "of another zone", "transfer example.org {\nto *\n}", NULL },
		{ "twice", "transfer {\nto *\n}\ntransfer a {\nto *\n}", NULL },
		{ "from where it would be told", "transfer {\nto *\nsource 10.0.0.1\n}", NULL },
		{ "from nowhere", "transfer {\nto *\nsource here\n}", "source: wants an address" },
		{ "from two", "transfer {\nto *\nsource ::1\nsource ::2\n}", "only once" },
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
	const struct stage_options *s = &f.corefile->blocks[0].stages;
	assert_int_equal(s->n_transfers, 1);
	assert_string_equal(s->transfers[0].zones, ".");
	assert_string_equal(s->transfers[0].to, "* ::1 10.0.0.1");
	fixture_deinit(&f);
}

static void what_a_block_says_is_kept(void **state)
{
	struct fixture f;
	(void)state;
	fixture_parse_directive(&f, "errors\nlog\nloadbalance\ndebug");
	const struct stage_options *s = &f.corefile->blocks[0].stages;
	assert_true(s->errors && f.corefile->blocks[0].debug);
	assert_int_equal(s->n_logs, 1);
	assert_string_equal(s->logs[0].name, ".");
	assert_int_equal(s->logs[0].classes, LOG_CLASS_ALL);
	assert_int_equal(s->balance, BALANCE_ROUND_ROBIN);
	fixture_deinit(&f);
	fixture_parse_directive(&f, "");
	s = &f.corefile->blocks[0].stages;
	assert_false(s->errors || f.corefile->blocks[0].debug);
	assert_int_equal(s->n_logs, 0);
	assert_int_equal(s->balance, BALANCE_KEEP);
	fixture_deinit(&f);
	fixture_parse_directive(&f,
		"log a B.org \"{rcode} {common}\" {\nclass error\nclass denial\n}\nlog c\n"
		"errors {\nconsolidate 1m30s x info show_first\n}\n"
		"loadbalance weighted f {\nreload 10s\n}\n"
		"transfer a b {\nto 10.0.0.1\n}\ntransfer {\nto *\n}");
	s = &f.corefile->blocks[0].stages;
	assert_int_equal(s->n_logs, 3);
	assert_string_equal(s->logs[1].name, "b.org.");
	assert_string_equal(s->logs[1].format, "{rcode} {common}");
	assert_int_equal(s->logs[1].classes, LOG_CLASS_ERROR | LOG_CLASS_DENIAL);
	assert_string_equal(s->logs[2].format, LOG_FORMAT_COMMON);
	assert_int_equal(s->consolidate[0].period_ms, 90000);
	assert_int_equal(s->consolidate[0].level, LOG_INFO);
	assert_true(s->consolidate[0].show_first);
	assert_int_equal(s->balance, BALANCE_WEIGHTED);
	assert_string_equal(s->weights, "f");
	assert_int_equal(s->reload_ms, 10000);
	assert_int_equal(s->n_transfers, 2);
	assert_string_equal(s->transfers[0].zones, "a. b.");
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
