/* Documents out of a YAML text. The text is first cut at the lines that begin a document ("---"), and each piece
 * gets a libyaml parser of its own, so that an error ends with its document. Pieces that are JSON are read as
 * such, which is what kubectl does, and knows JSON's escapes. The documents themselves: yaml_document.c.
 * Source: YAML 1.1; sigs.k8s.io/yaml. Regime: the stream is heap, values live in the caller's arena, libyaml's
 * events on the stack. Called by: see yaml.h. */
#include "base/yaml.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/err.h"
#include "base/yaml_internal.h"

/* Pieces */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_document_line(struct strv line)
{
	return line.p && strv_has_prefix(line, STRV("---")) && (line.n == 3 || is_blank(line.p[3]));
}

static bool is_end_line(struct strv line)
{
	return strv_has_prefix(line, STRV("...")) && strv_trim(line).n == 3;
}

/* Cuts off the next piece: up to the next line that begins a document. A "---" that follows directives belongs
 * to them, so it begins nothing new. */
static bool piece_cut(struct yaml_stream *y)
{
	struct strv rest = y->rest;
	struct strv line;
	bool has_directive = false;
	bool has_content = false;
	size_t n_lines = 0;
	if (!rest.p || rest.n == 0) {
		return false;
	}
	y->piece = rest;
	y->piece_line = y->rest_line;
	for (struct strv next = rest; strv_cut(&next, '\n', &line); rest = next, n_lines++) {
		struct strv trimmed = strv_trim(line);
		if (is_document_line(line)) {
			if (n_lines > 0 && !(has_directive && !has_content)) {
				break;
			}
			has_content = true;
		} else if (is_end_line(line)) {
			has_content = false;
			has_directive = false;
		} else if (!has_content && strv_has_prefix(line, STRV("%"))) {
			has_directive = true;
		} else if (trimmed.n > 0 && trimmed.p[0] != '#') {
			has_content = true;
		}
	}
	if (rest.p) {
		y->piece.n = (size_t)(rest.p - y->piece.p);
	}
	y->rest = rest;
	y->rest_line += n_lines;
	return true;
}

static void parser_end(struct yaml_stream *y)
{
	if (y->has_parser) {
		yaml_parser_delete(&y->parser);
		y->has_parser = false;
	}
	y->piece = STRV_NONE;
}

static int parser_begin(struct yaml_stream *y)
{
	if (!yaml_parser_initialize(&y->parser)) {
		return ERR_NOMEM;
	}
	y->has_parser = true;
	yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y->parser, (const unsigned char *)y->piece.p, y->piece.n);
	return ERR_OK;
}

/* A JSON object at the front of the piece; *out NULL if what stands there is not JSON. A key given twice is an
 * error as in YAML, and what follows the object is still read by the next call. */
static int json_front(struct yaml_reader *r, struct json **out)
{
	struct yaml_stream *y = r->y;
	struct json_report j;
	struct json *v = NULL;
	size_t begin = is_document_line(y->piece) ? 3 : 0;
	while (begin < y->piece.n && is_blank(y->piece.p[begin])) {
		begin++;
	}
	struct strv rest = strv_sub(y->piece, begin, y->piece.n);
	*out = NULL;
	if (!strv_has_prefix(rest, STRV("{"))) {
		return ERR_OK;
	}
	int err = json_parse_front(r->a, &rest, &v, &j);
	if (err == ERR_NOMEM || err == ERR_TOO_DEEP) {
		yaml_mark_t at = yaml_mark_of(y->piece, begin + j.offset);
		parser_end(y); /* the error ends the document: it is not read again */
		return yaml_refuse(r, err, at, "%s", j.why);
	}
	if (err != ERR_OK) {
		return ERR_OK; /* YAML may take it, or says why not */
	}
	yaml_mark_t at = yaml_mark_of(y->piece, begin);
	yaml_mark_report(r, at);
	if (j.n_dups > 0) {
		err = yaml_refuse(r, ERR_SYNTAX, at, "key \"%s\" already set in map", j.dups[0].p);
	}
	y->piece_line += yaml_mark_of(y->piece, y->piece.n - rest.n).line;
	y->piece = rest;
	*out = err == ERR_OK ? v : NULL;
	return err;
}

/* Streams */

int yaml_open(struct strv text, struct yaml_stream **out)
{
	struct yaml_stream *y = calloc(1, sizeof(*y));
	if (!y) {
		return ERR_NOMEM;
	}
	bool has_bom = strv_has_prefix(text, STRV("\xef\xbb\xbf"));
	y->rest = strv_sub(text, has_bom ? 3 : 0, text.n);
	*out = y;
	return ERR_OK;
}

void yaml_close(struct yaml_stream *y)
{
	if (y) {
		parser_end(y);
		free(y);
	}
}

/* The next document of the current piece, empty ones too; *out NULL when the piece is done. */
static int piece_next(struct yaml_reader *r, struct json **out)
{
	struct yaml_stream *y = r->y;
	int err = ERR_OK;
	*out = NULL;
	if (!y->has_parser) {
		err = json_front(r, out);
		if (err != ERR_OK || *out) {
			return err;
		}
		err = parser_begin(y);
	}
	if (err == ERR_OK) {
		err = yaml_document_read(r, out);
	}
	yaml_event_delete(&r->event);
	if (err != ERR_OK || !*out) {
		parser_end(y);
	}
	return err;
}

int yaml_next(struct yaml_stream *y, struct arena *a, struct json **out, struct yaml_report *report)
{
	struct yaml_report own;
	struct json *v = NULL;
	report = report ? report : &own;
	do {
		struct yaml_reader r = { .y = y, .a = a, .report = report };
		*report = (struct yaml_report){ 0 };
		if (!y->has_parser && strv_trim(y->piece).n == 0 && !piece_cut(y)) {
			v = NULL;
			break;
		}
		int err = piece_next(&r, &v);
		if (err != ERR_OK) {
			return err;
		}
	} while (!v || json_is_null(v));
	*out = v;
	return ERR_OK;
}
