/* Parsing of the command line from the tables of option.h. Help and man page: option_text.c; completions:
 * option_completion.c.
 * Regime: tables static; list items on the heap. Called by: main. */
#include "base/option.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/option_text.h"

enum { OPT_HELP = 1, OPT_FIRST = 256 }; /* getopt values; rows follow OPT_FIRST */

int option_addr_parse(struct strv text, struct option_addr *out)
{
	struct strv host = text;
	struct strv port;
	if (text.n > 0 && text.p[0] == '[') {
		struct strv rest = strv_sub(text, 1, text.n);
		if (!strv_cut(&rest, ']', &host) || !rest.p || rest.n == 0 || rest.p[0] != ':') {
			return ERR_SYNTAX;
		}
		port = strv_sub(rest, 1, rest.n);
	} else {
		struct strv rest = text;
		if (!strv_cut(&rest, ':', &host) || !rest.p) {
			return ERR_SYNTAX;
		}
		port = rest;
	}
	uint32_t number = 0;
	int err = strv_to_u32(port, &number);
	if (err || number > 65535) {
		return ERR_SYNTAX;
	}
	struct option_addr addr = { .port = number };
	if (host.n == 0) {
		host = STRV("127.0.0.1");
	}
	if (host.n >= sizeof(addr.host)) {
		return ERR_SYNTAX;
	}
	memcpy(addr.host, host.p, host.n);
	unsigned char scratch[16];
	if (inet_pton(AF_INET, addr.host, scratch) != 1 &&
		inet_pton(AF_INET6, addr.host, scratch) != 1) {
		return ERR_SYNTAX;
	}
	*out = addr;
	return ERR_OK;
}

int option_cidr_parse(struct strv text, struct option_cidr *out)
{
	struct strv rest = text;
	struct strv address;
	uint32_t bits = 0;
	struct option_cidr cidr = { .address = "" };
	if (!strv_cut(&rest, '/', &address) || !rest.p || strv_to_u32(rest, &bits) || bits > 32 ||
		address.n >= sizeof(cidr.address)) {
		return ERR_SYNTAX;
	}
	memcpy(cidr.address, address.p, address.n);
	struct in_addr v4;
	if (inet_pton(AF_INET, cidr.address, &v4) != 1) {
		return ERR_SYNTAX;
	}
	uint32_t mask = bits == 0 ? 0 : 0xffffffffu << (32 - bits);
	v4.s_addr = htonl(ntohl(v4.s_addr) & mask);
	if (!inet_ntop(AF_INET, &v4, cidr.address, sizeof(cidr.address))) {
		return ERR_SYNTAX;
	}
	cidr.prefix_bits = bits;
	*out = cidr;
	return ERR_OK;
}

void option_list_deinit(struct option_list *l)
{
	free(l->items);
	*l = (struct option_list){ .n = 0 };
}

NODISCARD static int list_add(struct option_list *l, const char *item)
{
	const char **items = realloc(l->items, (l->n + 1) * sizeof(*items));
	if (!items) {
		return ERR_NOMEM;
	}
	items[l->n] = item;
	l->items = items;
	l->n++;
	return ERR_OK;
}

static bool choice_has(const char *choices, const char *value)
{
	struct strv rest = strv_of(choices);
	struct strv one;
	while (strv_cut(&rest, '|', &one)) {
		if (strv_eq(one, strv_of(value))) {
			return true;
		}
	}
	return false;
}

/* Says on stderr why value does not fit row; always OPTION_WRONG. */
static enum option_outcome wrong_value(
	const char *program, const char *command, const struct option_row *row, const char *value)
{
	fprintf(stderr, "%s %s: --%s %s: ", program, command, row->name, value);
	switch (row->kind) {
	case OPTION_INT:
		fprintf(stderr, "wants a whole number from %" PRId64 " to %" PRId64 "\n", row->min,
			row->max);
		break;
	case OPTION_DURATION:
		fputs("wants a duration such as 250ms, 30s or 1m30s\n", stderr);
		break;
	case OPTION_CHOICE:
		fprintf(stderr, "wants one of %s\n", row->choices);
		break;
	case OPTION_ADDR:
		fputs("wants ADDRESS:PORT such as 127.0.0.1:8001 or [::1]:0\n", stderr);
		break;
	case OPTION_CIDR:
		fputs("wants an IPv4 network such as 10.244.0.0/16\n", stderr);
		break;
	case OPTION_FLAG:
	case OPTION_TEXT:
	case OPTION_LIST:
		fputs("out of memory\n", stderr);
		break;
	}
	return OPTION_WRONG;
}

/* Stores value in the settings member of row. */
NODISCARD static int row_store(const struct option_row *row, const char *value, void *settings)
{
	void *member = (char *)settings + row->offset;
	int64_t number = 0;
	int err = ERR_OK;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		break;
	case OPTION_TEXT:
		*(const char **)member = value;
		break;
	case OPTION_LIST:
		err = list_add(member, value);
		break;
	case OPTION_INT:
		err = strv_to_i64(strv_of(value), &number);
		if (!err && (number < row->min || number > row->max)) {
			err = ERR_RANGE;
		}
		if (!err) {
			*(int64_t *)member = number;
		}
		break;
	case OPTION_DURATION:
		err = strv_to_duration_ms(strv_of(value), &number);
		if (!err) {
			*(int64_t *)member = number;
		}
		break;
	case OPTION_CHOICE:
		err = choice_has(row->choices, value) ? ERR_OK : ERR_RANGE;
		if (!err) {
			*(const char **)member = value;
		}
		break;
	case OPTION_ADDR:
		err = option_addr_parse(strv_of(value), member);
		break;
	case OPTION_CIDR:
		err = option_cidr_parse(strv_of(value), member);
		break;
	}
	return err;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "-help") == 0;
}

/* A command of the program, or a word; NULL: neither. */
static const struct option_command *command_named(const struct option_program *p, const char *name)
{
	const struct option_command *c;
	for (size_t i = 0; (c = option_command_at(p, i)) != NULL; i++) {
		if (strcmp(c->name, name) == 0) {
			return c;
		}
	}
	return NULL;
}

/* The words "help", "man" and "completion" with their argument. */
static enum option_outcome word_run(
	const struct option_program *p, const struct option_command *word, int argc, char **argv)
{
	const char *arg = argc > 2 ? argv[2] : NULL;
	const struct option_command *c = arg ? command_named(p, arg) : NULL;
	if (argc > 3) {
		fprintf(stderr, "%s %s: unexpected argument \"%s\"\n", p->name, word->name,
			argv[3]);
		return OPTION_WRONG;
	}
	if (arg && is_help(arg)) {
		option_print_command_help(p, word, stdout);
		return OPTION_DONE;
	}
	if (strcmp(word->name, "completion") == 0) {
		if (!arg || !option_print_completion(p, arg, stdout)) {
			fprintf(stderr, "%s completion: wants one of bash, zsh, fish\n", p->name);
			return OPTION_WRONG;
		}
		return OPTION_DONE;
	}
	if (arg && !c) {
		fprintf(stderr, "%s %s: no command \"%s\"; see '%s --help'\n", p->name, word->name,
			arg, p->name);
		return OPTION_WRONG;
	}
	if (strcmp(word->name, "man") == 0) {
		option_print_man(p, c, stdout);
	} else if (c) {
		option_print_command_help(p, c, stdout);
	} else {
		option_print_help(p, stdout);
	}
	return OPTION_DONE;
}

enum option_outcome option_command_find(
	const struct option_program *p, int argc, char **argv, const struct option_command **out)
{
	if (argc < 2) {
		option_print_help(p, stderr);
		return OPTION_WRONG;
	}
	const char *word = argv[1];
	if (strcmp(word, "--version") == 0 || strcmp(word, "-version") == 0 ||
		strcmp(word, "version") == 0) {
		printf("%s %s\n", p->name, p->version);
		return OPTION_DONE;
	}
	if (is_help(word)) {
		option_print_help(p, stdout);
		return OPTION_DONE;
	}
	const struct option_command *c = command_named(p, word);
	if (!c) {
		fprintf(stderr, "%s: unknown %s \"%s\"; see '%s --help'\n", p->name,
			word[0] == '-' ? "option" : "command", word, p->name);
		return OPTION_WRONG;
	}
	if (option_is_word(c)) {
		return word_run(p, c, argc, argv);
	}
	*out = c;
	return OPTION_RUN;
}

/* getopt's tables made from the rows; both freed by the caller. */
NODISCARD static int getopt_tables(
	const struct option_command *c, struct option **out_long, char **out_short)
{
	struct option *table = calloc(c->n_rows + 2, sizeof(*table));
	char *letters = calloc(1, 2 * c->n_rows + 3);
	if (!table || !letters) {
		free(table);
		free(letters);
		return ERR_NOMEM;
	}
	size_t n = 0;
	letters[n++] = ':'; /* tells a missing argument from an unknown option */
	letters[n++] = 'h';
	for (size_t i = 0; i < c->n_rows; i++) {
		const struct option_row *row = &c->rows[i];
		bool has_value = row->kind != OPTION_FLAG;
		table[i] = (struct option){ .name = row->name,
			.has_arg = has_value ? required_argument : no_argument,
			.val = OPT_FIRST + (int)i };
		if (row->letter) {
			letters[n++] = row->letter;
			if (has_value) {
				letters[n++] = ':';
			}
		}
	}
	table[c->n_rows] = (struct option){
		.name = "help", .has_arg = no_argument, .val = OPT_HELP
	};
	*out_long = table;
	*out_short = letters;
	return ERR_OK;
}

static const struct option_row *row_of(const struct option_command *c, int value)
{
	if (value >= OPT_FIRST && (size_t)(value - OPT_FIRST) < c->n_rows) {
		return &c->rows[value - OPT_FIRST];
	}
	for (size_t i = 0; i < c->n_rows; i++) {
		if (c->rows[i].letter && c->rows[i].letter == value) {
			return &c->rows[i];
		}
	}
	return NULL;
}

/* One turn of getopt. OPTION_RUN means: go on. */
static enum option_outcome value_take(const struct option_program *p,
	const struct option_command *c, int value, char **argv, void *settings)
{
	if (value == OPT_HELP || value == 'h') {
		option_print_command_help(p, c, stdout);
		return OPTION_DONE;
	}
	const char *shown = argv[optind > 0 ? optind - 1 : 0];
	if (value == ':') {
		fprintf(stderr, "%s %s: option \"%s\" wants a value; see '%s %s --help'\n", p->name,
			c->name, shown, p->name, c->name);
		return OPTION_WRONG;
	}
	const struct option_row *row = row_of(c, value);
	if (!row) {
		fprintf(stderr, "%s %s: unknown option \"%s\"; see '%s %s --help'\n", p->name,
			c->name, shown, p->name, c->name);
		return OPTION_WRONG;
	}
	if (row_store(row, optarg, settings)) {
		return wrong_value(p->name, c->name, row, optarg);
	}
	return OPTION_RUN;
}

enum option_outcome option_parse(const struct option_program *p, const struct option_command *c,
	int argc, char **argv, void *settings, struct option_list *out_arguments)
{
	struct option *table;
	char *letters;
	if (getopt_tables(c, &table, &letters)) {
		fprintf(stderr, "%s: %s\n", p->name, err_text(ERR_NOMEM));
		return OPTION_WRONG;
	}
	enum option_outcome outcome = OPTION_RUN;
	struct option_list arguments = { .n = 0 };
	optind = 2; /* behind the command's name */
	opterr = 0;
	while (outcome == OPTION_RUN) {
		int value = getopt_long_only(argc, argv, letters, table, NULL);
		if (value == -1) {
			break;
		}
		outcome = value_take(p, c, value, argv, settings);
	}
	for (int i = optind; outcome == OPTION_RUN && i < argc; i++) {
		if (arguments.n == c->max_arguments || list_add(&arguments, argv[i])) {
			fprintf(stderr, "%s %s: unexpected argument \"%s\"; see '%s %s --help'\n",
				p->name, c->name, argv[i], p->name, c->name);
			outcome = OPTION_WRONG;
		}
	}
	free(table);
	free(letters);
	if (outcome == OPTION_RUN) {
		*out_arguments = arguments;
	} else {
		option_list_deinit(&arguments);
	}
	return outcome;
}
