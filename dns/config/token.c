/* The words of a Corefile: see the header. */
#include "dns/config/token.h"

#include "base/buf.h"
#include "base/err.h"

struct lexer {
	struct reader *r;
	struct strv text;
	size_t at;
	unsigned line;
	bool fresh; /* a newline was passed since the last word */
	struct buf word;
};

bool token_is(const struct token *t, const char *text)
{
	return !t->literal && strcmp(t->text, text) == 0;
}

int tokens_add(struct reader *r, struct tokens *list, const struct token *t)
{
	if (list->n == TOKENS_MAX) {
		(void)refuse(r, t->line, "more than %d words", TOKENS_MAX);
		return ERR_TOO_LARGE;
	}
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 64;
		struct token *at = arena_array(r->arena, struct token, cap);
		if (!at) {
			return ERR_NOMEM;
		}
		if (list->n > 0) {
			memcpy(at, list->at, list->n * sizeof(*at));
		}
		list->at = at;
		list->cap = cap;
	}
	list->at[list->n++] = *t;
	return ERR_OK;
}

/* The part of s before the first end, if s begins with begin; a name has at least one character. */
static bool reference(struct strv s, struct strv begin, struct strv end, struct strv *out)
{
	if (!strv_has_prefix(s, begin)) {
		return false;
	}
	for (size_t i = begin.n + 1; i + end.n <= s.n; i++) {
		if (strv_eq(strv_sub(s, i, end.n), end)) {
			*out = strv_sub(s, begin.n, i - begin.n);
			return true;
		}
	}
	return false;
}

/* Replaces references to the environment; what they stand for is not searched again. */
NODISCARD static int substitute(struct lexer *x, struct strv word, const char **out)
{
	struct buf b;
	buf_init(&b);
	int err = ERR_OK;
	for (size_t i = 0; i < word.n && !err;) {
		struct strv rest = strv_sub(word, i, word.n);
		struct strv name = STRV_NONE;
		size_t marks = 0;
		if (reference(rest, STRV("{%"), STRV("%}"), &name)) {
			marks = 4;
		} else if (reference(rest, STRV("{$"), STRV("}"), &name)) {
			marks = 3;
		} else {
			buf_add_char(&b, word.p[i++]);
			continue;
		}
		struct strv key = arena_strdup(x->r->arena, name);
		const struct corefile_source *s = x->r->source;
		const char *value = key.p && s->env ? s->env(s->ctx, key.p) : NULL;
		err = key.p ? ERR_OK : ERR_NOMEM;
		if (!err && !value) {
			err = warn(x->r, x->line, "environment variable %s is not set", key.p);
		}
		buf_add(&b, strv_of(value));
		i += name.n + marks;
	}
	struct strv text = arena_strdup(x->r->arena, buf_strv(&b));
	err = err ? err : b.err;
	*out = text.p;
	buf_deinit(&b);
	return err ? err : text.p ? ERR_OK : ERR_NOMEM;
}

NODISCARD static int finish(struct lexer *x, struct tokens *out, unsigned line, bool quoted)
{
	struct token t = { .file = x->r->file, .line = line, .starts_line = x->fresh };
	int err = x->word.err;
	err = err ? err : substitute(x, buf_strv(&x->word), &t.text);
	t.literal = quoted || (!err && !strv_eq(strv_of(t.text), buf_strv(&x->word)));
	buf_reset(&x->word);
	x->fresh = false;
	return err ? err : tokens_add(x->r, out, &t);
}

NODISCARD static int quoted_word(struct lexer *x, struct tokens *out)
{
	unsigned line = x->line;
	bool escaped = false;
	for (x->at++; x->at < x->text.n; x->at++) {
		char c = x->text.p[x->at];
		if (!escaped && c == '"') {
			x->at++;
			return finish(x, out, line, true);
		}
		if (!escaped && c == '\\') {
			escaped = true;
			continue;
		}
		if (escaped && c != '"') {
			buf_add_char(&x->word, '\\'); /* only \" means anything */
		}
		escaped = false;
		x->line += c == '\n';
		buf_add_char(&x->word, c);
	}
	return refuse(x->r, line, "the quoted text that begins here does not end");
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

NODISCARD static int plain_word(struct lexer *x, struct tokens *out)
{
	unsigned line = x->line;
	while (x->at < x->text.n && x->text.p[x->at] != '#' &&
		(!is_space(x->text.p[x->at]) || x->text.p[x->at] == '\r')) {
		char c = x->text.p[x->at++];
		if (c != '\r') { /* of a CRLF; CoreDNS drops it anywhere */
			buf_add_char(&x->word, c);
		}
	}
	return finish(x, out, line, false);
}

static int check_text(struct reader *r, struct strv text)
{
	if (text.n > COREFILE_MAX_BYTES) {
		(void)refuse(r, 1, "the file is larger than %d octets", COREFILE_MAX_BYTES);
		return ERR_TOO_LARGE;
	}
	if (text.n > 0 && memchr(text.p, '\0', text.n)) {
		return refuse(r, 1, "the file holds a NUL octet: it is no text");
	}
	return ERR_OK;
}

int tokens_read(struct reader *r, struct strv text, struct tokens *out)
{
	struct lexer x = { .r = r, .text = text, .line = 1, .fresh = true };
	int err = check_text(r, text);
	if (strv_has_prefix(text, STRV("\xef\xbb\xbf"))) {
		x.at = 3; /* a byte order mark */
	}
	buf_init(&x.word);
	while (x.at < text.n && !err) {
		char c = text.p[x.at];
		if (c == '#') {
			while (x.at < text.n && text.p[x.at] != '\n') {
				x.at++;
			}
		} else if (is_space(c)) {
			x.line += c == '\n';
			x.fresh = x.fresh || c == '\n';
			x.at++;
		} else if (c == '"') {
			err = quoted_word(&x, out);
		} else {
			err = plain_word(&x, out);
		}
	}
	buf_deinit(&x.word);
	return err;
}
