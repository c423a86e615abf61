/* The command line: one table of commands and options from which parsing (getopt_long_only: -conf and --conf
 * both work), --help, the man page and the shell completions are made.
 * Regime: tables are static; values point into argv. Called by: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/base.h"
#include "base/strv.h"

enum option_kind {
	OPTION_FLAG,     /* bool * */
	OPTION_TEXT,     /* const char ** */
	OPTION_LIST,     /* struct option_list *, may be given several times */
	OPTION_INT,      /* int64_t *, min..max */
	OPTION_DURATION, /* int64_t *, milliseconds, Go's notation */
	OPTION_CHOICE,   /* const char **, one of choices, "a|b" */
	OPTION_ADDR,     /* struct option_addr * */
	OPTION_CIDR,     /* struct option_cidr * */
};

struct option_list {
	const char **items; /* heap, freed by option_list_deinit */
	size_t n;
};
struct option_addr {
	char host[46]; /* IPv4 or IPv6 literal */
	unsigned port; /* 0: a free one */
};
struct option_cidr {
	char address[16]; /* IPv4, network part */
	unsigned prefix_bits;
};

struct option_row {
	const char *name; /* "ready-after" */
	char letter;      /* 'f', or 0 */
	enum option_kind kind;
	const char *metavar; /* "DUR" */
	const char *help;    /* one sentence, no full stop */
	const char *
		choices; /* OPTION_CHOICE: "text|json"; OPTION_TEXT: words worth offering, or NULL */
	size_t offset;   /* of the member in the caller's settings struct */
	int64_t min, max; /* OPTION_INT */
};

struct option_command {
	const char *name;    /* "lab" */
	const char *summary; /* one line */
	const char *
		about; /* paragraph for help and man page; lines that begin with a blank stay as they are */
	const char *examples;  /* the same; "" or NULL: none */
	const char *arguments; /* usage text of positional arguments, "" for none */
	const struct option_row *rows;
	size_t n_rows;
	size_t max_arguments;
};

struct option_program {
	const char *name, *version, *summary;
	const struct option_command *commands;
	size_t n_commands;
};

enum option_outcome {
	OPTION_RUN,   /* settings are filled */
	OPTION_DONE,  /* --help, --version, man or completion was printed: exit 0 */
	OPTION_WRONG, /* one clear line was printed on stderr: exit 2 */
};

/* Reads argv into settings (a struct of the command's, prefilled with defaults by the caller).
 * Step one, option_command_find, names the command; step two fills that command's settings.
 * Besides commands, these words are understood first: --help, --version, "help [COMMAND]", "man [COMMAND]"
 * (roff on stdout), "completion bash|zsh|fish", each with a --help of its own. */
enum option_outcome option_command_find(
	const struct option_program *p, int argc, char **argv, const struct option_command **out);
enum option_outcome option_parse(const struct option_program *p, const struct option_command *c,
	int argc, char **argv, void *settings, struct option_list *out_arguments);
void option_list_deinit(struct option_list *l);

/* "127.0.0.1:8001", "[::1]:53", ":0" (127.0.0.1). errors ERR_SYNTAX */
NODISCARD int option_addr_parse(struct strv text, struct option_addr *out);
/* "10.244.0.0/16". errors ERR_SYNTAX */
NODISCARD int option_cidr_parse(struct strv text, struct option_cidr *out);
