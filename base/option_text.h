/* What a person reads of the option tables: help, man page (roff), shell completions; all from the same rows.
 * Called by: base/option.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_program;
struct option_command;

/* The commands of the program, then the words that every program has: help, man, completion. NULL: no more. */
const struct option_command *option_command_at(const struct option_program *p, size_t i);
bool option_is_word(const struct option_command *c);

void option_print_help(const struct option_program *p, FILE *out);
void option_print_command_help(
	const struct option_program *p, const struct option_command *c, FILE *out);
/* c NULL: the page of the whole program with all commands. */
void option_print_man(const struct option_program *p, const struct option_command *c, FILE *out);
/* shell: "bash", "zsh" or "fish"; false for any other. */
bool option_print_completion(const struct option_program *p, const char *shell, FILE *out);
