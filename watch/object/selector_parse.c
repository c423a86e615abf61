/* The text form of label selectors, as the query parameter labelSelector carries it:
 *	selector    = [ requirement *( "," requirement ) ]
 *	requirement = [ "!" ] key / key op value / key ( "in" / "notin" ) "(" [ value *( "," value ) ] ")"
 *	op          = "=" / "==" / "!=" / ">" / "<"
 * "in" and "notin" are words only where an operator may stand, else keys or values; a value may be empty.
 * Source: apimachinery labels.Parse, whose words the refusals repeat. Regime: the caller's arena.
 * Called by: list and watch, the hub. */
#include "base/err.h"
#include "watch/object/names.h"
#include "watch/object/selector_internal.h"

enum token {
	T_END,
	T_WORD,
	T_IN,
	T_NOT_IN,
	T_COMMA,
	T_OPEN,
	T_CLOSE,
	T_NOT,
	T_EQUALS,
	T_NOT_EQUALS,
	T_GT,
	T_LT,
	T_BAD,
};

struct parser {
	struct arena *arena;
	struct strv rest;    /* behind the token looked at */
	enum token token;    /* the one looked at */
	struct strv literal; /* its text */
	struct strv *values; /* of the requirement being read; room for all values of the text */
	size_t n_values;
	char *why; /* SELECTOR_WHY_CHARS */
};

#define OP_NAMES             "in, notin, =, ==, !=, gt, lt"
#define WHY(p, ...)          ((void)snprintf((p)->why, SELECTOR_WHY_CHARS, __VA_ARGS__), ERR_SYNTAX)
#define REQ_WHY(p, fmt, ...) WHY(p, "unable to parse requirement: " fmt, __VA_ARGS__)

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_special(char c)
{
	return c != '\0' && strchr("=!(),><", c) != NULL;
}

static enum token special_token(struct strv s, size_t *out_n)
{
	static const struct {
		struct strv text;
		enum token token;
	} rows[] = {
		{ { "==", 2 }, T_EQUALS },
		{ { "!=", 2 }, T_NOT_EQUALS },
		{ { "=", 1 }, T_EQUALS },
		{ { "!", 1 }, T_NOT },
		{ { "(", 1 }, T_OPEN },
		{ { ")", 1 }, T_CLOSE },
		{ { ",", 1 }, T_COMMA },
		{ { ">", 1 }, T_GT },
		{ { "<", 1 }, T_LT },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strv_has_prefix(s, rows[i].text)) {
			*out_n = rows[i].text.n;
			return rows[i].token;
		}
	}
	*out_n = 1;
	return T_BAD;
}

static void next(struct parser *p)
{
	struct strv s = p->rest;
	size_t n = 0;
	while (s.n > 0 && is_space(s.p[0])) {
		s = strv_sub(s, 1, s.n - 1);
	}
	if (s.n == 0) {
		p->token = T_END;
	} else if (is_special(s.p[0])) {
		p->token = special_token(s, &n);
	} else {
		while (n < s.n && !is_space(s.p[n]) && !is_special(s.p[n])) {
			n++;
		}
		p->token = T_WORD;
		if (strv_eq(strv_sub(s, 0, n), STRV("in"))) {
			p->token = T_IN;
		} else if (strv_eq(strv_sub(s, 0, n), STRV("notin"))) {
			p->token = T_NOT_IN;
		}
	}
	p->literal = strv_sub(s, 0, n);
	p->rest = strv_sub(s, n, s.n - n);
}

/* Where a key or a value may stand, the operators' words are just words. */
static bool at_word(const struct parser *p)
{
	return p->token == T_WORD || p->token == T_IN || p->token == T_NOT_IN;
}

static void add_value(struct parser *p, struct strv value)
{
	p->values[p->n_values++] = value;
}

/* Inside the parentheses; ends at ")". An empty place beside a comma is the value "". */
static int read_list(struct parser *p)
{
	for (;;) {
		if (at_word(p)) {
			add_value(p, p->literal);
			next(p);
			if (p->token == T_CLOSE) {
				return ERR_OK;
			}
			if (p->token != T_COMMA) {
				return REQ_WHY(p, "found '%.*s', expected: ',' or ')'",
					STRV_ARG(p->literal));
			}
		} else if (p->token == T_COMMA) {
			if (p->n_values == 0) {
				add_value(p, STRV(""));
			}
			next(p);
			if (p->token == T_CLOSE || p->token == T_COMMA) {
				add_value(p, STRV(""));
			}
			if (p->token == T_CLOSE) {
				return ERR_OK;
			}
			if (p->token == T_COMMA) {
				next(p);
			}
		} else {
			return REQ_WHY(p, "found '%.*s', expected: ',', or identifier",
				STRV_ARG(p->literal));
		}
	}
}

static int read_set(struct parser *p)
{
	if (p->token != T_OPEN) {
		return REQ_WHY(p, "found '%.*s' expected: '('", STRV_ARG(p->literal));
	}
	next(p);
	if (p->token == T_CLOSE) {
		return REQ_WHY(p, "%s",
			"values: Invalid value: []: for 'in', 'notin' operators, values set can't "
			"be "
			"empty");
	}
	if (!at_word(p) && p->token != T_COMMA) {
		return REQ_WHY(
			p, "found '%.*s', expected: ',', ')' or identifier", STRV_ARG(p->literal));
	}
	int err = read_list(p);
	if (err == ERR_OK) {
		next(p); /* behind the ")" */
	}
	return err;
}

static int read_exact(struct parser *p)
{
	if (p->token == T_END || p->token == T_COMMA) {
		add_value(p, STRV(""));
		return ERR_OK;
	}
	if (!at_word(p)) {
		return REQ_WHY(p, "found '%.*s', expected: identifier", STRV_ARG(p->literal));
	}
	add_value(p, p->literal);
	next(p);
	return ERR_OK;
}

static int read_operator(struct parser *p, struct selector_req *r)
{
	r->exact = p->token == T_EQUALS || p->token == T_NOT_EQUALS;
	switch (p->token) {
	case T_IN:
	case T_EQUALS:
		r->op = SELECT_IN;
		break;
	case T_NOT_IN:
	case T_NOT_EQUALS:
		r->op = SELECT_NOT_IN;
		break;
	case T_GT:
		r->op = SELECT_GT;
		break;
	case T_LT:
		r->op = SELECT_LT;
		break;
	case T_END:
	case T_WORD:
	case T_COMMA:
	case T_OPEN:
	case T_CLOSE:
	case T_NOT:
	case T_BAD:
		return REQ_WHY(p, "found '%.*s', expected: " OP_NAMES, STRV_ARG(p->literal));
	}
	bool set = p->token == T_IN || p->token == T_NOT_IN;
	next(p);
	return set ? read_set(p) : read_exact(p);
}

static int check_values(struct parser *p, const struct selector_req *r)
{
	const char *faults[NAME_COMPLAINTS];
	for (size_t i = 0; i < r->values.n; i++) {
		struct strv v = r->values.at[i];
		int64_t number;
		if ((r->op == SELECT_GT || r->op == SELECT_LT) &&
			strv_to_i64(v, &number) != ERR_OK) {
			return REQ_WHY(p,
				"values[%zu]: Invalid value: \"%.*s\": for 'Gt', 'Lt' operators, "
				"the "
				"value must be an integer",
				i, STRV_ARG(v));
		}
		if (name_label_value(v, faults) > 0) {
			return REQ_WHY(p, "values[%zu][%.*s]: Invalid value: \"%.*s\": %s", i,
				STRV_ARG(r->key), STRV_ARG(v), faults[0]);
		}
	}
	return ERR_OK;
}

/* The values read, sorted, into memory of their own size. */
static int keep_values(struct parser *p, struct selector_req *r)
{
	size_t n = selector_values_sort(p->values, p->n_values);
	struct strv *values = arena_array(p->arena, struct strv, n);
	if (!values) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		values[i] = arena_strdup(p->arena, p->values[i]);
		if (!values[i].p) {
			return ERR_NOMEM;
		}
	}
	r->values = (struct strv_list){ values, n };
	return check_values(p, r);
}

static int read_requirement(struct parser *p, struct selector_req *out)
{
	struct selector_req r = { .op = SELECT_EXISTS };
	if (p->token == T_NOT) {
		r.op = SELECT_NOT_EXISTS;
		next(p);
	}
	if (!at_word(p)) {
		return REQ_WHY(p, "found '%.*s', expected: identifier", STRV_ARG(p->literal));
	}
	const char *faults[NAME_COMPLAINTS];
	if (name_label_key(p->literal, faults) > 0) {
		return REQ_WHY(
			p, "<nil>: Invalid value: \"%.*s\": %s", STRV_ARG(p->literal), faults[0]);
	}
	r.key = arena_strdup(p->arena, p->literal);
	if (!r.key.p) {
		return ERR_NOMEM;
	}
	next(p);
	p->n_values = 0;
	if (r.op == SELECT_EXISTS && p->token != T_END && p->token != T_COMMA) {
		int err = read_operator(p, &r);
		if (err == ERR_OK) {
			err = keep_values(p, &r);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	*out = r;
	return ERR_OK;
}

static int read_all(struct parser *p, struct selector_req *reqs, size_t *out_n)
{
	size_t n = 0;
	next(p);
	if (p->token != T_END && p->token != T_NOT && !at_word(p)) {
		return WHY(p, "found '%.*s', expected: !, identifier, or 'end of string'",
			STRV_ARG(p->literal));
	}
	while (p->token != T_END) {
		int err = read_requirement(p, &reqs[n]);
		if (err != ERR_OK) {
			return err;
		}
		n++;
		if (p->token == T_END) {
			break;
		}
		if (p->token != T_COMMA) {
			return WHY(p, "found '%.*s', expected: ',' or 'end of string'",
				STRV_ARG(p->literal));
		}
		next(p);
		if (!at_word(p) && p->token != T_NOT) {
			return WHY(p, "found '%.*s', expected: identifier after ','",
				STRV_ARG(p->literal));
		}
	}
	*out_n = n;
	return ERR_OK;
}

int selector_parse(
	struct arena *a, struct strv text, struct selector *out, char why[SELECTOR_WHY_CHARS])
{
	size_t commas = 0, n;
	why[0] = '\0';
	for (size_t i = 0; i < text.n; i++) {
		commas += text.p[i] == ',';
	}
	struct selector_req *reqs = arena_array(a, struct selector_req, commas + 1);
	struct strv *values = arena_array(a, struct strv, 2 * commas + 2);
	if (!reqs || !values) {
		return ERR_NOMEM;
	}
	struct parser p = { .arena = a, .rest = text, .values = values, .why = why };
	int err = read_all(&p, reqs, &n);
	if (err == ERR_OK) {
		selector_sort(reqs, n);
		*out = (struct selector){ reqs, n };
	}
	return err;
}
