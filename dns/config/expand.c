/* Snippets put in their places: see the header. */
#include "dns/config/expand.h"

#include "base/err.h"

#define DEPTH_MAX   16   /* of snippets that import snippets */
#define IMPORTS_MAX 1000 /* in all, as CoreDNS: a few lines could ask for millions */

struct snippet {
	const char *name; /* with its parentheses */
	const struct token *at;
	size_t n;
	struct snippet *next;
};

struct expander {
	struct reader *r;
	struct snippet *snippets;
	struct tokens *out;
	unsigned imports;
};

/* Index behind the "}" that belongs to the "{" at open; in->n + 1 if there is none. */
static size_t block_end(const struct tokens *in, size_t open)
{
	size_t depth = 0;
	for (size_t i = open; i < in->n; i++) {
		if (token_is(&in->at[i], "{")) {
			depth++;
		} else if (token_is(&in->at[i], "}") && --depth == 0) {
			return i + 1;
		}
	}
	return in->n + 1;
}

static bool is_snippet(const struct tokens *in, size_t i)
{
	const struct token *t = &in->at[i];
	size_t n = strlen(t->text);
	return n >= 2 && t->text[0] == '(' && t->text[n - 1] == ')';
}

static struct snippet *find(struct expander *x, const char *name)
{
	for (struct snippet *s = x->snippets; s; s = s->next) {
		if (strlen(s->name) == strlen(name) + 2 &&
			strncmp(s->name + 1, name, strlen(name)) == 0) {
			return s;
		}
	}
	return NULL;
}

/* Puts the snippet at i away; *i moves behind it. */
NODISCARD static int define(struct expander *x, const struct tokens *in, size_t *i)
{
	const struct token *head = &in->at[*i];
	for (const struct snippet *s = x->snippets; s; s = s->next) {
		if (strcmp(s->name, head->text) == 0) {
			return refuse(x->r, head->line, "snippet %s is defined twice", head->text);
		}
	}
	if (*i + 1 >= in->n || !token_is(&in->at[*i + 1], "{")) {
		return refuse(x->r, head->line, "snippet %s: wants { after its name", head->text);
	}
	size_t end = block_end(in, *i + 1);
	if (end > in->n) {
		return refuse(x->r, in->at[*i + 1].line, "\"{\" is never closed");
	}
	struct snippet *s = arena_new(x->r->arena, struct snippet);
	if (!s) {
		return ERR_NOMEM;
	}
	*s = (struct snippet){ .name = head->text,
		.at = &in->at[*i + 2],
		.n = end - 1 - (*i + 2),
		.next = x->snippets };
	x->snippets = s;
	*i = end;
	return ERR_OK;
}

NODISCARD static int expand(struct expander *x, const struct tokens *in, unsigned depth);

/* The import at i; *i moves behind it. */
NODISCARD static int import(struct expander *x, const struct tokens *in, size_t *i, unsigned depth)
{
	const struct token *t = &in->at[*i];
	if (*i + 1 >= in->n || in->at[*i + 1].starts_line) {
		return refuse(x->r, t->line, "import: wants the name of a snippet");
	}
	const char *name = in->at[*i + 1].text;
	if (*i + 2 < in->n && !in->at[*i + 2].starts_line) {
		return refuse(x->r, t->line, "import: wants one argument, has also \"%s\"",
			in->at[*i + 2].text);
	}
	const struct snippet *s = find(x, name);
	if (!s) {
		return refuse(x->r, t->line,
			"import: no snippet (%s) before this line; importing files is not served "
			"yet",
			name);
	}
	if (depth == DEPTH_MAX || x->imports == IMPORTS_MAX) {
		return refuse(x->r, t->line,
			"import: snippet (%s) imports itself, or there are too many imports", name);
	}
	x->imports++;
	*i += 2;
	size_t first = x->out->n;
	struct tokens body = { .n = s->n };
	body.at = arena_array(x->r->arena, struct token, s->n);
	if (!body.at) {
		return ERR_NOMEM;
	}
	if (s->n > 0) {
		memcpy(body.at, s->at, s->n * sizeof(*body.at));
		body.at[0].starts_line = true; /* as the import did */
	}
	int err = expand(x, &body, depth + 1);
	REQUIRE(err || x->out->n == first || x->out->at[first].starts_line);
	return err;
}

static int expand(struct expander *x, const struct tokens *in, unsigned depth)
{
	size_t nesting = 0;
	int err = ERR_OK;
	for (size_t i = 0; i < in->n && !err;) {
		const struct token *t = &in->at[i];
		if (t->starts_line && token_is(t, "import")) {
			err = import(x, in, &i, depth);
			continue;
		}
		if (t->starts_line && depth == 0 && nesting == 0 && is_snippet(in, i)) {
			err = define(x, in, &i);
			continue;
		}
		if (token_is(t, "{")) {
			nesting++;
		} else if (token_is(t, "}") && nesting > 0) {
			nesting--;
		}
		err = tokens_add(x->r, x->out, t);
		i++;
	}
	return err;
}

int tokens_expand(struct reader *r, const struct tokens *in, struct tokens *out)
{
	struct expander x = { .r = r, .out = out };
	return expand(&x, in, 0);
}
