/* YAML to JSON values, over libyaml: several documents a stream, the scalar rules of sigs.k8s.io/yaml, which
 * kubectl and kube-apiserver use: plain y, yes, on, true and their opposites are booleans (of keys too: "y: 1"
 * has the key "true"), 0777 is octal, 1_000 a thousand, timestamps are strings, quoted scalars are strings.
 * A key given twice is an error (kubectl itself takes the last). JSON is YAML here too, also several values in a
 * row. Anchors and aliases are expanded within a bound, merge keys ("<<") honoured: what is written wins.
 * Regime: values in the caller's arena. Called by: watch/manifest, watch/remote (kubeconfig), embedded (apply). */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"

struct yaml_stream; /* heap; walks the documents of one text */

struct yaml_report {
	size_t line;   /* 1-based, where the document or the error begins */
	size_t column; /* 1-based */
	char why[160];
};

/* text is borrowed until yaml_close. errors ERR_NOMEM */
NODISCARD int yaml_open(struct strv text, struct yaml_stream **out);
void yaml_close(struct yaml_stream *y);
/* The next document that is not empty; *out NULL at the end of the stream.
 * After ERR_SYNTAX the stream goes on at the next line that begins a document ("---"), so that one bad
 * document does not hide the others. errors ERR_SYNTAX, ERR_TOO_DEEP, ERR_TOO_LARGE (alias bomb), ERR_NOMEM */
NODISCARD int yaml_next(
	struct yaml_stream *y, struct arena *a, struct json **out, struct yaml_report *report);
