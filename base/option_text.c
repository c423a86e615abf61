/* Help, man page and completions from the option tables. Regime: prints, keeps nothing. */
#include "base/option_text.h"

#include <string.h>

#include "base/option.h"

enum { HELP_COLUMN = 30 };

void option_print_help(const struct option_program *p, FILE *out)
{
	fprintf(out, "%s: %s\n\nUsage: %s COMMAND [OPTIONS]\n\nCommands:\n", p->name, p->summary,
		p->name);
	for (size_t i = 0; i < p->n_commands; i++) {
		fprintf(out, "  %-12s%s\n", p->commands[i].name, p->commands[i].summary);
	}
	fprintf(out, "  %-12s%s\n", "help", "help of a command");
	fprintf(out, "  %-12s%s\n", "man", "the manual page, as roff");
	fprintf(out, "  %-12s%s\n", "completion", "completions for bash, zsh or fish");
	fprintf(out, "\n%s COMMAND --help tells a command's options; %s --version the version.\n",
		p->name, p->name);
}

/* "-f, --file FILE" into text; returns its length. */
static int spell(const struct option_row *row, char *text, size_t size)
{
	char letter[8] = "";
	if (row->letter) {
		(void)snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	}
	return snprintf(text, size, "%s--%s%s%s", letter, row->name, row->metavar ? " " : "",
		row->metavar ? row->metavar : "");
}

void option_print_command_help(
	const struct option_program *p, const struct option_command *c, FILE *out)
{
	fprintf(out, "%s %s: %s\n\nUsage: %s %s [OPTIONS]%s%s\n\n%s\n\nOptions:\n", p->name,
		c->name, c->summary, p->name, c->name, *c->arguments ? " " : "", c->arguments,
		c->about);
	for (size_t i = 0; i < c->n_rows; i++) {
		char text[80];
		int n = spell(&c->rows[i], text, sizeof(text));
		if (n >= HELP_COLUMN - 3) {
			fprintf(out, "  %s\n%*s%s\n", text, HELP_COLUMN, "", c->rows[i].help);
		} else {
			fprintf(out, "  %-*s%s\n", HELP_COLUMN - 2, text, c->rows[i].help);
		}
	}
	fprintf(out, "  %-*s%s\n", HELP_COLUMN - 2, "-h, --help", "this text");
	if (c->examples && *c->examples) {
		fprintf(out, "\nExamples:\n%s\n", c->examples);
	}
}

/* Text with what roff would take for its own: leading dots and quotes, hyphens, backslashes. */
static void roff(struct strv text, FILE *out)
{
	bool line_start = true;
	for (const char *c = text.p; c < text.p + text.n; c++) {
		if (line_start && (*c == '.' || *c == '\'')) {
			fputs("\\&", out);
		}
		if (*c == '-') {
			fputs("\\-", out);
		} else if (*c == '\\') {
			fputs("\\e", out);
		} else {
			fputc(*c, out);
		}
		line_start = *c == '\n';
	}
}

/* Lines that begin with a blank are shown as they are, the others are filled. */
static void roff_lines(const char *text, FILE *out)
{
	bool verbatim = false;
	struct strv rest = strv_of(text);
	struct strv line;
	while (strv_cut(&rest, '\n', &line)) {
		bool is_verbatim = line.n > 0 && line.p[0] == ' ';
		if (is_verbatim != verbatim) {
			fputs(is_verbatim ? ".PP\n.nf\n" : ".fi\n.PP\n", out);
		}
		verbatim = is_verbatim;
		roff(line, out);
		fputc('\n', out);
	}
	fputs(verbatim ? ".fi\n" : "", out);
}

static void man_command(const struct option_program *p, const struct option_command *c, FILE *out)
{
	fprintf(out, ".SS %s %s ", p->name, c->name);
	fprintf(out, "[OPTIONS] %s\n", c->arguments);
	roff_lines(c->about, out);
	for (size_t i = 0; i < c->n_rows; i++) {
		char text[80];
		(void)spell(&c->rows[i], text, sizeof(text)); /* its length is for columns only */
		fputs(".TP\n.B ", out);
		roff(strv_of(text), out);
		fputc('\n', out);
		roff(strv_of(c->rows[i].help), out);
		fputc('\n', out);
	}
}

void option_print_man(const struct option_program *p, const struct option_command *c, FILE *out)
{
	fprintf(out, ".TH %s 1 \"\" \"%s %s\" \"User Commands\"\n.nh\n.SH NAME\n%s \\- ", p->name,
		p->name, p->version, p->name);
	roff(strv_of(p->summary), out);
	fprintf(out, "\n.SH SYNOPSIS\n.B %s\nCOMMAND [OPTIONS]\n.SH COMMANDS\n", p->name);
	for (size_t i = 0; i < p->n_commands; i++) {
		if (!c || c == &p->commands[i]) {
			man_command(p, &p->commands[i], out);
		}
	}
	for (size_t i = 0; i < p->n_commands; i++) {
		if ((!c || c == &p->commands[i]) && p->commands[i].examples) {
			fputs(".SH EXAMPLES\n", out);
			roff_lines(p->commands[i].examples, out);
		}
	}
	fputs(".SH EXIT STATUS\n0 done; 1 failed, the reason is on standard error; 2 wrong "
	      "usage.\n",
		out);
}

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
	if (row->kind == OPTION_FLAG || row->kind == OPTION_CHOICE) {
		return row->kind == OPTION_FLAG ? VALUE_NONE : VALUE_CHOICE;
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (strcmp(row->metavar, files[i]) == 0) {
			return VALUE_FILE;
		}
	}
	return VALUE_OTHER;
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
			for (const char *p = row->choices; *p; p++) {
				fputc(*p == '|' ? ' ' : *p, out);
			}
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

static void zsh(const struct option_program *p, FILE *out)
{
	fprintf(out, "#compdef %s\n_%s() {\n\tif (( CURRENT == 2 )); then\n\t\t_values command",
		p->name, p->name);
	for (size_t i = 0; i < p->n_commands; i++) {
		fprintf(out, " '%s[", p->commands[i].name);
		quoted(p->commands[i].summary, out);
		fputs("]'", out);
	}
	fputs(" help man completion\n\t\treturn\n\tfi\n\tcase $words[2] in\n", out);
	for (size_t i = 0; i < p->n_commands; i++) {
		const struct option_command *c = &p->commands[i];
		fprintf(out, "\t%s) _arguments '1:command:'", c->name);
		for (size_t k = 0; k < c->n_rows; k++) {
			bool has_value = c->rows[k].kind != OPTION_FLAG;
			fprintf(out, " '%s--%s%s[", c->rows[k].kind == OPTION_LIST ? "*" : "",
				c->rows[k].name, has_value ? "=" : "");
			quoted(c->rows[k].help, out);
			fprintf(out, "]%s'", has_value ? ":value:_files" : "");
		}
		fputs(" ;;\n", out);
	}
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

static void fish(const struct option_program *p, FILE *out)
{
	for (size_t i = 0; i < p->n_commands; i++) {
		const struct option_command *c = &p->commands[i];
		fprintf(out, "complete -c %s -n __fish_use_subcommand -f -a %s -d '", p->name,
			c->name);
		fish_quoted(c->summary, out);
		fputs("'\n", out);
		for (size_t k = 0; k < c->n_rows; k++) {
			fprintf(out,
				"complete -c %s -n '__fish_seen_subcommand_from %s' -l %s%s -d '",
				p->name, c->name, c->rows[k].name,
				c->rows[k].kind == OPTION_FLAG ? "" : " -r");
			fish_quoted(c->rows[k].help, out);
			fputs("'\n", out);
		}
	}
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
