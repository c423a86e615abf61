/* Words to server blocks: see the header. The words are cut by token.c, snippets put in place by expand.c; here blocks
 * and directives are told apart, and each directive is handed to its row. */
#include "dns/config/corefile.h"

#include <stdlib.h>

#include "base/err.h"
#include "dns/config/expand.h"
#include "dns/config/listener.h"
#include "dns/config/zone.h"

#define ARENA_MAX_BYTES 67108864 /* far more than 65536 words need */

struct owned {
	struct corefile corefile; /* first: what the caller sees */
	struct arena arena;
};

struct blocks { /* under way */
	struct reader *r;
	struct tokens in;
	size_t at;
	struct corefile_block *list; /* room for all there can be */
	size_t n;
};

/* ---- one directive ---- */

static bool ends_line(const struct blocks *x)
{
	return x->at == x->in.n || x->in.at[x->at].starts_line || token_is(&x->in.at[x->at], "{");
}

/* The word at hand and its arguments, to the end of the line or a brace that opens. */
NODISCARD static int line_read(struct blocks *x, struct config_line *out)
{
	const struct token *t = &x->in.at[x->at++];
	size_t first = x->at;
	*out = (struct config_line){ .file = t->file, .name = t->text, .line = t->line };
	x->r->file = t->file;
	while (!ends_line(x)) {
		if (token_is(&x->in.at[x->at], "}")) {
			return refuse(x->r, t->line, "%s: \"}\" has to stand on a line of its own",
				t->text);
		}
		x->at++;
	}
	size_t n = x->at - first;
	const char **at = arena_array(x->r->arena, const char *, n);
	if (!at) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		at[i] = x->in.at[first + i].text;
	}
	out->args = (struct corefile_words){ .at = at, .n = n };
	return ERR_OK;
}

/* From behind "{" to behind "}". */
NODISCARD static int options_of(struct blocks *x, struct directive *d, unsigned opened)
{
	size_t most = 0;
	while (x->at + most < x->in.n && !token_is(&x->in.at[x->at + most], "}")) {
		most++;
	}
	struct config_line *options = arena_array(x->r->arena, struct config_line, most);
	if (!options) {
		return ERR_NOMEM;
	}
	while (x->at < x->in.n && !token_is(&x->in.at[x->at], "}")) {
		if (token_is(&x->in.at[x->at], "{")) {
			return refuse(x->r, x->in.at[x->at].line, "%s: a \"{\" inside its { }",
				d->head.name);
		}
		REQUIRE(d->n_options < most);
		int err = line_read(x, &options[d->n_options++]);
		if (err) {
			return err;
		}
	}
	x->r->file = d->head.file;
	if (x->at == x->in.n) {
		return refuse(x->r, opened, "\"{\" is never closed");
	}
	x->at++;
	if (x->at < x->in.n && !x->in.at[x->at].starts_line) {
		return refuse(x->r, x->in.at[x->at].line, "\"%s\" after \"}\": wants a new line",
			x->in.at[x->at].text);
	}
	d->options = options;
	return ERR_OK;
}

NODISCARD static int directive_take(struct blocks *x, struct directive *d)
{
	*d = (struct directive){ .has_block = false };
	int err = line_read(x, &d->head);
	if (err || x->at == x->in.n || !token_is(&x->in.at[x->at], "{")) {
		return err;
	}
	const struct token *open = &x->in.at[x->at];
	if (open->starts_line) {
		return refuse(
			x->r, open->line, "\"{\" has to stand on the line of %s", d->head.name);
	}
	d->has_block = true;
	x->at++;
	return options_of(x, d, open->line);
}

/* Has this block had it? What was seen is kept as rows, for there are only a few. */
struct seen {
	const struct directive_row *rows[32];
	size_t n;
};

NODISCARD static int see(struct blocks *x, struct seen *seen, const struct directive_row *row,
	const struct directive *d)
{
	for (size_t i = 0; i < seen->n; i++) {
		if (seen->rows[i] == row) {
			return row->repeats ? ERR_OK
					    : refuse(x->r, d->head.line,
						      "%s: may be only once in a server block",
						      row->name);
		}
	}
	REQUIRE(seen->n < ARRAY_LEN(seen->rows));
	seen->rows[seen->n++] = row;
	return ERR_OK;
}

NODISCARD static int directive_read(struct blocks *x, struct corefile_block *b, struct seen *seen)
{
	const struct token *t = &x->in.at[x->at];
	const struct directive_row *row = directive_find(t->text);
	struct directive d;
	x->r->file = t->file;
	if (!row) {
		return refuse(x->r, t->line,
			directive_is_foreign(t->text)
				? "%s: this directive of CoreDNS is not served yet"
				: "unknown directive \"%s\"",
			t->text);
	}
	int err = directive_take(x, &d);
	err = err ? err : see(x, seen, row, &d);
	return err ? err : row->read(x->r, &d, b);
}

/* ---- one server block ---- */

/* The zones before "{". Without a "{" the whole rest of the file is the block. */
NODISCARD static int keys_read(struct blocks *x, struct corefile_block *b)
{
	struct corefile_words names = { .n = 0 };
	struct corefile_zone *zones = NULL;
	bool more = true; /* a comma promised another, or it is the first */
	b->file = x->r->file = x->in.at[x->at].file;
	b->line = x->in.at[x->at].line;
	while (x->at < x->in.n) {
		const struct token *t = &x->in.at[x->at];
		if (token_is(t, "{") || (!more && t->starts_line)) {
			break;
		}
		struct strv word = strv_of(t->text);
		x->r->file = t->file;
		more = word.n > 0 && word.p[word.n - 1] == ',';
		struct strv key = arena_strdup(x->r->arena, strv_sub(word, 0, word.n - more));
		unsigned port = x->r->source->default_port;
		size_t before = names.n;
		int err = key.p ? zone_read(x->r, t->line, key.p, &names, &port) : ERR_NOMEM;
		if (err) {
			return err;
		}
		struct corefile_zone *grown = arena_array(
			x->r->arena, struct corefile_zone, names.n);
		if (!grown) {
			return ERR_NOMEM;
		}
		if (before > 0) {
			memcpy(grown, zones, before * sizeof(*grown));
		}
		for (size_t i = before; i < names.n; i++) {
			grown[i] = (struct corefile_zone){ .name = names.at[i], .port = port };
		}
		zones = grown;
		x->at++;
	}
	x->r->file = b->file;
	if (more) {
		return refuse(x->r, b->line,
			names.n > 0 ? "wants another zone after the last comma"
				    : "wants a zone before \"{\"");
	}
	b->zones = zones;
	b->n_zones = names.n;
	return ERR_OK;
}

NODISCARD static int block_read(struct blocks *x, struct corefile_block *b)
{
	struct seen seen = { .n = 0 };
	b->stages.balance = BALANCE_KEEP;
	int err = keys_read(x, b);
	if (err) {
		return err;
	}
	bool braces = x->at < x->in.n && token_is(&x->in.at[x->at], "{");
	x->at += braces;
	while (x->at < x->in.n && !err) {
		const struct token *t = &x->in.at[x->at];
		if (token_is(t, "}")) {
			if (!braces) {
				x->r->file = t->file;
				return refuse(x->r, t->line, "\"}\" closes nothing");
			}
			x->at++;
			return ERR_OK;
		}
		err = directive_read(x, b, &seen);
	}
	x->r->file = err ? x->r->file : b->file;
	return err || !braces ? err : refuse(x->r, b->line, "this server block is never closed");
}

/* ---- the file ---- */

/* Is zone z of block b one of a block before it, or of b itself before z? */
NODISCARD static int check_once(const struct blocks *x, const struct corefile_block *b, size_t z)
{
	const struct corefile_zone *mine = &b->zones[z];
	for (const struct corefile_block *other = x->list; other <= b; other++) {
		size_t n = other == b ? z : other->n_zones;
		for (size_t i = 0; i < n; i++) {
			const struct corefile_zone *o = &other->zones[i];
			if (o->port == mine->port && strcmp(o->name, mine->name) == 0 &&
				(other == b || binds_meet(&other->bind, &b->bind))) {
				return refuse(x->r, b->line, "%s:%u is served already, line %u",
					mine->name, mine->port, other->line);
			}
		}
	}
	return ERR_OK;
}

NODISCARD static int blocks_read(struct blocks *x)
{
	x->list = arena_array(x->r->arena, struct corefile_block, x->in.n);
	int err = x->list ? ERR_OK : ERR_NOMEM;
	while (!err && x->at < x->in.n) {
		struct corefile_block *b = &x->list[x->n++];
		err = block_read(x, b);
		for (size_t z = 0; z < b->n_zones && !err; z++) {
			err = check_once(x, b, z);
		}
	}
	if (!err && x->n == 0) {
		err = refuse(x->r, 1, "no server block");
	}
	return err;
}

int corefile_parse(struct strv text, const struct corefile_source *source, struct corefile **out,
	struct corefile_report *report)
{
	struct owned *o = calloc(1, sizeof(*o));
	if (!o) {
		return ERR_NOMEM;
	}
	arena_init(&o->arena, 0);
	o->arena.limit_bytes = ARENA_MAX_BYTES;
	struct corefile *c = &o->corefile;
	struct reader r = { .arena = &o->arena,
		.source = source,
		.report = report,
		.unserved_end = &c->unserved,
		.warnings_end = &c->warnings };
	struct blocks x = { .r = &r };
	struct tokens raw = { .n = 0 };
	struct strv file = arena_strdup(&o->arena, strv_of(source->file));
	int err = file.p ? ERR_OK : ERR_NOMEM;
	r.file = file.p;
	err = err ? err : tokens_read(&r, text, &raw);
	err = err ? err : tokens_expand(&r, &raw, &x.in);
	r.file = file.p;
	err = err ? err : blocks_read(&x);
	c->file = file.p;
	c->blocks = x.list;
	c->n_blocks = x.n;
	err = err ? err : listeners_make(&r, c);
	if (err) {
		corefile_free(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void corefile_free(struct corefile *c)
{
	if (c) {
		struct owned *o = container_of(c, struct owned, corefile);
		arena_deinit(&o->arena);
		free(o);
	}
}
