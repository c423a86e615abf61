/* Shell completions from the option tables: commands, options, and values where there are some to offer: the words of
 * a choice, files where a file is meant. Regime: prints, keeps nothing. */
#include <string.h>

#include "base/base.h"
#include "base/option.h"
#include "base/option_text.h"

/* Prints every "--name" of a command, separated by blanks. */
static void names(const struct option_command *c, FILE *out)
{
	for (size_t i = 0; i < c->n_rows; i++) {
		fprintf(out, "--%s ", c->rows[i].name);
	}
	fputs("--help", out);
}

enum value_form { VALUE_NONE, VALUE_CHOICE, VALUE_FILE, VALUE_OTHER };

static enum value_form value_form(const struct option_row *row)
{
	static const char *const files[] = { "FILE", "DIR", "MANIFEST" };
	if (row->kind == OPTION_FLAG || row->choices) {
		return row->kind == OPTION_FLAG ? VALUE_NONE : VALUE_CHOICE;
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (strcmp(row->metavar, files[i]) == 0) {
			return VALUE_FILE;
		}
	}
	return VALUE_OTHER;
}

static void choices(const struct option_row *row, FILE *out)
{
	for (const char *p = row->choices; *p; p++) {
		fputc(*p == '|' ? ' ' : *p, out);
	}
}

/* What may follow an option of the command, else its options: branches of a case on the word before. */
static void bash_values(const struct option_command *c, FILE *out)
{
	static const char *const action[] = { [VALUE_FILE] = "mapfile -t COMPREPLY < <(compgen -f "
							     "-- \"$cur\")\n\t\t\t\treturn",
		[VALUE_OTHER] = "return" };
	for (size_t i = 0; i < c->n_rows; i++) {
		const struct option_row *row = &c->rows[i];
		enum value_form form = value_form(row);
		if (form == VALUE_NONE) {
			continue;
		}
		fputs("\t\t\t", out);
		if (row->letter) {
			fprintf(out, "-%c | ", row->letter);
		}
		fprintf(out, "--%s) ", row->name);
		if (form == VALUE_CHOICE) {
			fputs("words='", out);
			choices(row, out);
			fputc('\'', out);
		} else {
			fputs(action[form], out);
		}
		fputs(" ;;\n", out);
	}
	fputs("\t\t\t*) words='", out);
	names(c, out);
	fputs("' ;;\n", out);
}

static void commands(const struct option_program *p, FILE *out)
{
	for (size_t i = 0; i < p->n_commands; i++) {
		fprintf(out, "%s%s", i > 0 ? " " : "", p->commands[i].name);
	}
}

static void bash(const struct option_program *p, FILE *out)
{
	fprintf(out,
		"_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		"prev=${COMP_WORDS[COMP_CWORD-1]} words=\n\tCOMPREPLY=()\n"
		"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\twords='",
		p->name);
	commands(p, out);
	fputs(" help man completion --help --version'\n\telse\n\t\tcase ${COMP_WORDS[1]} in\n",
		out);
	for (size_t i = 0; i < p->n_commands; i++) {
		fprintf(out, "\t\t%s)\n\t\t\tcase $prev in\n", p->commands[i].name);
		bash_values(&p->commands[i], out);
		fputs("\t\t\tesac\n\t\t\t;;\n", out);
	}
	fputs("\t\thelp | man) words='", out);
	commands(p, out);
	fputs("' ;;\n\t\tcompletion) words='bash zsh fish' ;;\n\t\tesac\n\tfi\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n",
		out);
	fprintf(out, "complete -o filenames -F _%s %s\n", p->name, p->name);
}

/* Inside single quotes of a shell: the quote itself is what has to be left out. */
static void quoted(const char *text, FILE *out)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\'') {
			fputs("'\\''", out);
		} else if (*c == '[' || *c == ']' || *c == ':') {
			fprintf(out, "\\%c", *c);
		} else {
			fputc(*c, out);
		}
	}
}

/* One argument of _arguments: '--name=[help]:what is wanted:what is offered'. dashed: "--name=" or "-n". */
static void zsh_option(const struct option_row *row, const char *dashed, FILE *out)
{
	fprintf(out, " '%s%s[", row->kind == OPTION_LIST ? "*" : "", dashed);
	quoted(row->help, out);
	fputc(']', out);
	enum value_form form = value_form(row);
	if (form != VALUE_NONE) {
		fputc(':', out);
		quoted(row->metavar, out);
		fputc(':', out);
	}
	if (form == VALUE_CHOICE) {
		fputc('(', out);
		choices(row, out);
		fputc(')', out);
	} else if (form != VALUE_NONE) {
		fputs(form == VALUE_FILE ? "_files" : " ", out); /* a blank: nothing to offer */
	}
	fputc('\'', out);
}

static void zsh_command(const struct option_command *c, FILE *out)
{
	fprintf(out, "\t%s) _arguments '1:command:'", c->name);
	for (size_t i = 0; i < c->n_rows; i++) {
		char dashed[80];
		(void)snprintf(dashed, sizeof(dashed), "--%s%s", c->rows[i].name,
			c->rows[i].kind == OPTION_FLAG ? "" : "="); /* names are short */
		zsh_option(&c->rows[i], dashed, out);
		if (c->rows[i].letter) {
			zsh_option(
				&c->rows[i], (const char[]){ '-', c->rows[i].letter, '\0' }, out);
		}
	}
	fputs(" ;;\n", out);
}

static void zsh(const struct option_program *p, FILE *out)
{
	const struct option_command *c;
	fprintf(out, "#compdef %s\n_%s() {\n\tif (( CURRENT == 2 )); then\n\t\t_values command",
		p->name, p->name);
	for (size_t i = 0; (c = option_command_at(p, i)) != NULL; i++) {
		fprintf(out, " '%s[", c->name);
		quoted(c->summary, out);
		fputs("]'", out);
	}
	fputs("\n\t\treturn\n\tfi\n\tcase $words[2] in\n", out);
	for (size_t i = 0; i < p->n_commands; i++) {
		zsh_command(&p->commands[i], out);
	}
	fputs("\thelp|man) (( CURRENT == 3 )) && compadd -- ", out);
	commands(p, out);
	fputs(" ;;\n\tcompletion) (( CURRENT == 3 )) && compadd -- bash zsh fish ;;\n", out);
	fprintf(out, "\tesac\n}\ncompdef _%s %s\n", p->name, p->name);
}

static void fish_quoted(const char *text, FILE *out)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\'' || *c == '\\') {
			fputc('\\', out);
		}
		fputc(*c, out);
	}
}

static void fish_option(const struct option_program *p, const struct option_command *c,
	const struct option_row *row, FILE *out)
{
	fprintf(out, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s", p->name, c->name,
		row->name);
	if (row->letter) {
		fprintf(out, " -s %c", row->letter);
	}
	switch (value_form(row)) {
	case VALUE_NONE:
		break;
	case VALUE_CHOICE:
		fputs(" -x -a '", out);
		choices(row, out);
		fputc('\'', out);
		break;
	case VALUE_FILE:
		fputs(" -r -F", out);
		break;
	case VALUE_OTHER:
		fputs(" -x", out);
		break;
	}
	fputs(" -d '", out);
	fish_quoted(row->help, out);
	fputs("'\n", out);
}

static void fish(const struct option_program *p, FILE *out)
{
	const struct option_command *c;
	fprintf(out, "complete -c %s -f\n", p->name);
	for (size_t i = 0; (c = option_command_at(p, i)) != NULL; i++) {
		fprintf(out, "complete -c %s -n __fish_use_subcommand -a %s -d '", p->name,
			c->name);
		fish_quoted(c->summary, out);
		fputs("'\n", out);
		for (size_t k = 0; k < c->n_rows; k++) {
			fish_option(p, c, &c->rows[k], out);
		}
	}
	fprintf(out, "complete -c %s -n '__fish_seen_subcommand_from help man' -a '", p->name);
	commands(p, out);
	fprintf(out,
		"'\ncomplete -c %s -n '__fish_seen_subcommand_from completion' -a 'bash zsh "
		"fish'\n",
		p->name);
}

bool option_print_completion(const struct option_program *p, const char *shell, FILE *out)
{
	static const struct {
		const char *shell;
		void (*print)(const struct option_program *p, FILE *out);
	} rows[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].shell, shell) == 0) {
			rows[i].print(p, out);
			return true;
		}
	}
	return false;
}
