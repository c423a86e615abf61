/* What the files of the YAML reader share: yaml.c cuts the text into pieces, yaml_document.c reads a document,
 * yaml_scalar.c gives a scalar its type as Kubernetes does. Included by base/yaml*.c only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/yaml.h"

struct yaml_stream {
	struct strv rest;  /* what is not yet cut off */
	size_t rest_line;  /* lines before it */
	struct strv piece; /* JSON values not yet read, or what the parser reads */
	size_t piece_line;
	bool has_parser;
	yaml_parser_t parser;
};

struct yaml_anchor;

/* One document on its way. */
struct yaml_reader {
	struct yaml_stream *y;
	struct arena *a;
	struct yaml_report *report;
	yaml_event_t event; /* the current one; deleted when the next is read */
	struct yaml_anchor *anchors;
	size_t n_anchors;
	size_t alias_bytes;
};

/* Writes the report, a place in the piece and a reason; returns err. */
PRINTF_LIKE(4, 5)
int yaml_refuse(struct yaml_reader *r, int err, yaml_mark_t at, const char *fmt, ...);
void yaml_mark_report(struct yaml_reader *r, yaml_mark_t at); /* the place only */
yaml_mark_t yaml_mark_of(struct strv text, size_t offset);
/* The parser's next document; *out NULL at the end of the piece. errors as yaml_next */
NODISCARD int yaml_document_read(struct yaml_reader *r, struct json **out);

enum yaml_kind { YAML_NULL, YAML_BOOL, YAML_INT, YAML_UINT, YAML_FLOAT, YAML_STRING };

struct yaml_value {
	enum yaml_kind kind;
	bool b;
	int64_t i;
	uint64_t u; /* beyond INT64_MAX */
	double d;
	struct strv s; /* the caller's text, or in the arena */
};

/* Gives text its type. tag: NULL for none; is_plain: neither quoted nor a block.
 * errors ERR_SYNTAX (the tag asks for what the text is not, or JSON has no such number), ERR_NOMEM */
NODISCARD int yaml_resolve(
	struct arena *a, const char *tag, bool is_plain, struct strv text, struct yaml_value *out);
/* NULL when out of memory. */
struct json *yaml_to_json(struct arena *a, const struct yaml_value *v);
/* The text of a key; errors ERR_BAD_TYPE (null and integers beyond int64 are no keys), ERR_NOMEM */
NODISCARD int yaml_to_key(struct arena *a, const struct yaml_value *v, struct strv *out);
