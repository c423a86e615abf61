/* Snippets and files put in their places: see the header. */
#include "dns/config/expand.h"

#include "base/err.h"

#define DEPTH_MAX   16   /* of imports in what was imported */
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
	x->r->file = head->file;
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

/* Where tokens stand: how deep in imports, and whether server blocks may begin there. */
struct place {
	unsigned depth;
	bool outside;
};
NODISCARD static int expand(struct expander *x, const struct tokens *in, struct place place);

NODISCARD static int import_snippet(struct expander *x, const struct snippet *s, struct place place)
{
	struct tokens body = { .n = s->n };
	body.at = arena_array(x->r->arena, struct token, s->n);
	if (!body.at) {
		return ERR_NOMEM;
	}
	if (s->n > 0) {
		memcpy(body.at, s->at, s->n * sizeof(*body.at));
		body.at[0].starts_line = true; /* as the import did */
	}
	place.outside = false; /* snippets define none */
	return expand(x, &body, place);
}

struct importing { /* files, one after the other */
	struct expander *x;
	struct place place;
	bool said; /* what is wrong with one: the report is filled */
};

static int take_file(void *ctx, const char *path, struct strv text)
{
	struct importing *i = ctx;
	struct reader *r = i->x->r;
	struct tokens raw = { .n = 0 };
	struct strv file = arena_strdup(r->arena, strv_of(path));
	int err = file.p ? ERR_OK : ERR_NOMEM;
	r->file = file.p;
	err = err ? err : tokens_read(r, text, &raw);
	err = err ? err : expand(i->x, &raw, i->place);
	i->said = err != ERR_OK;
	return err;
}

NODISCARD static int import_files(
	struct expander *x, const struct token *t, const char *pattern, struct place place)
{
	struct importing importing = { .x = x, .place = place };
	const struct corefile_source *source = x->r->source;
	char why[COREFILE_WHY_CHARS] = "";
	int err = source->files
			  ? source->files(source->ctx, pattern, t->file, take_file, &importing, why)
			  : ERR_NOT_FOUND;
	if (!err || err == ERR_NOMEM || importing.said) {
		return err;
	}
	x->r->file = t->file;
	if (err == ERR_NOT_FOUND && strpbrk(pattern, "*?[]")) {
		return warn(x->r, t->line, "import: no file is named like %s", pattern);
	}
	return err == ERR_NOT_FOUND
		       ? refuse(x->r, t->line,
				 "import: no snippet (%s) before this line, and no such file",
				 pattern)
		       : refuse(x->r, t->line, "import: %s", why);
}

/* The import at i; *i moves behind it. */
NODISCARD static int import(
	struct expander *x, const struct tokens *in, size_t *i, struct place place)
{
	const struct token *t = &in->at[*i];
	x->r->file = t->file;
	if (*i + 1 >= in->n || in->at[*i + 1].starts_line) {
		return refuse(x->r, t->line, "import: wants the name of a snippet or of files");
	}
	const char *name = in->at[*i + 1].text;
	if (*i + 2 < in->n && !in->at[*i + 2].starts_line) {
		return refuse(x->r, t->line, "import: wants one argument, has also \"%s\"",
			in->at[*i + 2].text);
	}
	if (place.depth == DEPTH_MAX || x->imports == IMPORTS_MAX) {
		return refuse(x->r, t->line,
			"import: %s imports itself, or there are too many imports", name);
	}
	x->imports++;
	place.depth++;
	*i += 2;
	size_t first = x->out->n;
	const struct snippet *s = find(x, name);
	int err = s ? import_snippet(x, s, place) : import_files(x, t, name, place);
	REQUIRE(err || x->out->n == first || x->out->at[first].starts_line);
	return err;
}

static int expand(struct expander *x, const struct tokens *in, struct place place)
{
	size_t nesting = 0;
	int err = ERR_OK;
	for (size_t i = 0; i < in->n && !err;) {
		const struct token *t = &in->at[i];
		if (t->starts_line && token_is(t, "import")) {
			struct place here = place;
			here.outside = place.outside && nesting == 0;
			err = import(x, in, &i, here);
			continue;
		}
		if (t->starts_line && place.outside && nesting == 0 && is_snippet(in, i)) {
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
	return expand(&x, in, (struct place){ .outside = true });
}
