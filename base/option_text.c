/* Help and man page from the option tables. Regime: prints, keeps nothing. */
#include "base/option_text.h"

#include <string.h>

#include "base/option.h"

enum { HELP_COLUMN = 30 };

static const struct option_command words[] = {
	{ .name = "help",
		.summary = "help of a command",
		.about = "Without COMMAND: all commands.",
		.arguments = "[COMMAND]" },
	{ .name = "man",
		.summary = "the manual page, as roff",
		.about = "Prints the manual page, of one command or of all. man -l reads it.",
		.arguments = "[COMMAND]" },
	{ .name = "completion",
		.summary = "completions for bash, zsh or fish",
		.about =
			"Prints a script that lets the shell complete commands, options and "
			"values. bash and zsh: source it, from\n"
			"~/.bashrc, or behind compinit in ~/.zshrc. fish: put it into a file under "
			"~/.config/fish/completions.",
		.arguments = "bash|zsh|fish" },
};

const struct option_command *option_command_at(const struct option_program *p, size_t i)
{
	if (i < p->n_commands) {
		return &p->commands[i];
	}
	return i - p->n_commands < ARRAY_LEN(words) ? &words[i - p->n_commands] : NULL;
}

bool option_is_word(const struct option_command *c)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (c == &words[i]) {
			return true;
		}
	}
	return false;
}

void option_print_help(const struct option_program *p, FILE *out)
{
	fprintf(out, "%s: %s\n\nUsage: %s COMMAND [OPTIONS]\n\nCommands:\n", p->name, p->summary,
		p->name);
	const struct option_command *c;
	for (size_t i = 0; (c = option_command_at(p, i)) != NULL; i++) {
		fprintf(out, "  %-12s%s\n", c->name, c->summary);
	}
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
	fprintf(out, "%s %s: %s\n\nUsage: %s %s%s%s%s\n\n%s\n\nOptions:\n", p->name, c->name,
		c->summary, p->name, c->name, c->n_rows > 0 ? " [OPTIONS]" : "",
		*c->arguments ? " " : "", c->arguments, c->about);
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
	fprintf(out, ".SS %s %s %s%s\n", p->name, c->name, c->n_rows > 0 ? "[OPTIONS] " : "",
		c->arguments);
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
	const struct option_command *one;
	for (size_t i = 0; (one = option_command_at(p, i)) != NULL; i++) {
		if (!c || c == one) {
			man_command(p, one, out);
		}
	}
	bool any = false;
	for (size_t i = 0; (one = option_command_at(p, i)) != NULL; i++) {
		if ((!c || c == one) && one->examples && *one->examples) {
			fputs(any ? "" : ".SH EXAMPLES\n", out);
			roff_lines(one->examples, out);
			any = true;
		}
	}
	fputs(".SH EXIT STATUS\n0 done; 1 failed, the reason is on standard error; 2 wrong "
	      "usage.\n",
		out);
}
