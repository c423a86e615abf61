/* Command lines read by option.h's tables: what is taken, and what is refused with exit 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/option.h"
#include "base/option_text.h"

struct settings {
	struct option_addr addr;
	struct option_list files;
	const char *format;
	int64_t delay_ms;
	int64_t level;
	bool once;
	struct option_cidr cidr;
	const char *class;
};
#define AT(m) offsetof(struct settings, m)
static const struct option_row rows[] = {
	{ "api", 0, OPTION_ADDR, "ADDR:PORT", "address", NULL, AT(addr), 0, 0 },
	{ "filename", 'f', OPTION_LIST, "FILE", "files", NULL, AT(files), 0, 0 },
	{ "log-format", 0, OPTION_CHOICE, "text|json", "format", "text|json", AT(format), 0, 0 },
	{ "ready-after", 0, OPTION_DURATION, "DUR", "delay", NULL, AT(delay_ms), 0, 0 },
	{ "verbosity", 'v', OPTION_INT, "N", "level", NULL, AT(level), 0, 10 },
	{ "once", 0, OPTION_FLAG, NULL, "once", NULL, AT(once), 0, 0 },
	{ "pod-cidr", 0, OPTION_CIDR, "CIDR", "network", NULL, AT(cidr), 0, 0 },
	{ "class", 0, OPTION_TEXT, "NAME|none", "class", "none", AT(class), 0, 0 },
};
static const struct option_command commands[] = { { .name = "lab",
	.summary = "s",
	.about = "a",
	.arguments = "",
	.rows = rows,
	.n_rows = ARRAY_LEN(rows) } };
static const struct option_program program = {
	.name = "p", .version = "1", .summary = "s", .commands = commands, .n_commands = 1
};

#define ARGS_MAX 8
static enum option_outcome parse(const char *const words[], struct settings *s)
{
	char *argv[ARGS_MAX + 3] = { (char *)(uintptr_t) "p", (char *)(uintptr_t) "lab" };
	int argc = 2;
	for (size_t i = 0; i < ARGS_MAX && words[i]; i++) {
		argv[argc++] = (char *)(uintptr_t)words[i];
	}
	struct option_list arguments = { .n = 0 };
	enum option_outcome o = option_parse(&program, &commands[0], argc, argv, s, &arguments);
	option_list_deinit(&arguments);
	return o;
}

static void every_kind_of_option_reaches_its_member(void **state)
{
	(void)state;
	struct settings s = { .level = 0 };
	const char *words[] = { "--api", "[::1]:53", "-f", "a.yaml", "-f", "-", "--once", NULL };
	assert_int_equal(parse(words, &s), OPTION_RUN);
	assert_string_equal(s.addr.host, "::1");
	assert_int_equal(s.addr.port, 53);
	assert_int_equal(s.files.n, 2);
	assert_string_equal(s.files.items[0], "a.yaml");
	assert_string_equal(s.files.items[1], "-");
	assert_true(s.once);
	option_list_deinit(&s.files);
	const char *more[] = { "-v", "3", "--ready-after=1m30s", "-log-format", "json",
		"--pod-cidr", "10.9.8.7/16", NULL };
	assert_int_equal(parse(more, &s), OPTION_RUN);
	assert_int_equal(s.level, 3);
	assert_int_equal(s.delay_ms, 90000);
	assert_string_equal(s.format, "json");
	assert_string_equal(s.cidr.address, "10.9.0.0");
	assert_int_equal(s.cidr.prefix_bits, 16);
}

static void what_does_not_fit_is_wrong_usage(void **state)
{
	(void)state;
	static const struct {
		const char *why, *words[4];
	} table[] = {
		{ "an unknown option", { "--nope" } },
		{ "a value missing at the end", { "--api" } },
		{ "an address without a port", { "--api", "127.0.0.1" } },
		{ "a port beyond 65535", { "--api", "127.0.0.1:65536" } },
		{ "a host name where an address is wanted", { "--api", "localhost:1" } },
		{ "a duration without a unit", { "--ready-after", "5" } },
		{ "a negative duration", { "--ready-after", "-5s" } },
		{ "a number out of range", { "-v", "11" } },
		{ "a number with a tail", { "-v", "1x" } },
		{ "a choice that is none", { "--log-format", "xml" } },
		{ "a network without a length", { "--pod-cidr", "10.0.0.0" } },
		{ "a network longer than 32 bits", { "--pod-cidr", "10.0.0.0/33" } },
		{ "a stray argument", { "stray" } },
		{ "a flag with a value", { "--once=yes" } },
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct settings s = { .level = 0 };
		enum option_outcome o = parse(table[i].words, &s);
		option_list_deinit(&s.files);
		if (o != OPTION_WRONG) {
			fail_msg("%s was taken", table[i].why);
		}
	}
}

static void an_unknown_command_is_wrong_usage(void **state)
{
	(void)state;
	char *argv[] = { (char *)(uintptr_t) "p", (char *)(uintptr_t) "lob", NULL };
	const struct option_command *c = NULL;
	assert_int_equal(option_command_find(&program, 2, argv, &c), OPTION_WRONG);
	assert_null(c);
	argv[1] = (char *)(uintptr_t) "lab";
	assert_int_equal(option_command_find(&program, 2, argv, &c), OPTION_RUN);
	assert_ptr_equal(c, &commands[0]);
}

static void every_command_that_help_lists_has_help(void **state)
{
	static const char *const lines[][2] = {
		{ "man", "--help" },
		{ "completion", "--help" },
		{ "completion", "-h" },
		{ "help", "--help" },
		{ "help", "man" },
		{ "help", "completion" },
		{ "help", "help" },
		{ "man", "completion" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char *argv[] = { (char *)(uintptr_t) "p", (char *)(uintptr_t)lines[i][0],
			(char *)(uintptr_t)lines[i][1], NULL };
		const struct option_command *c = NULL;
		if (option_command_find(&program, 3, argv, &c) != OPTION_DONE || c) {
			fail_msg("%s %s is refused", lines[i][0], lines[i][1]);
		}
	}
}

static void completions_offer_choices_and_files_only_where_a_file_is_meant(void **state)
{
	static const struct {
		const char *why, *shell, *want;
	} table[] = {
		{ "a choice", "zsh", "'--log-format=[format]:text|json:(text json)'" },
		{ "a text with a word of its own", "zsh", "'--class=[class]:NAME|none:(none)'" },
		{ "files", "zsh", "'*--filename=[files]:FILE:_files' '*-f[files]:FILE:_files'" },
		{ "nothing to offer", "zsh", "'--ready-after=[delay]:DUR: '" },
		{ "a colon in what is wanted", "zsh", "'--api=[address]:ADDR\\:PORT: '" },
		{ "no value", "zsh", "'--once[once]'" },
		{ "a word's own argument", "zsh", "compadd -- bash zsh fish" },
		{ "a choice", "fish", "-l log-format -x -a 'text json' -d" },
		{ "a text with a word of its own", "fish", "-l class -x -a 'none' -d" },
		{ "files", "fish", "-l filename -s f -r -F -d" },
		{ "nothing to offer", "fish", "-l ready-after -x -d" },
		{ "no value", "fish", "-l once -d" },
		{ "nowhere else files", "fish", "complete -c p -f\n" },
		{ "a word's own argument", "fish", "completion' -a 'bash zsh fish'" },
		{ "a choice", "bash", "--log-format) words='text json' ;;" },
		{ "a text with a word of its own", "bash", "--class) words='none' ;;" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);
		assert_non_null(out);
		bool known = option_print_completion(&program, table[i].shell, out);
		assert_int_equal(fclose(out), 0);
		if (!known || !strstr(text, table[i].want)) {
			fail_msg("%s: %s: %s", table[i].shell, table[i].why, text);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_option_reaches_its_member),
		cmocka_unit_test(what_does_not_fit_is_wrong_usage),
		cmocka_unit_test(an_unknown_command_is_wrong_usage),
		cmocka_unit_test(every_command_that_help_lists_has_help),
		cmocka_unit_test(completions_offer_choices_and_files_only_where_a_file_is_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
