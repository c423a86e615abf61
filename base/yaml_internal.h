/* One scalar of YAML as Kubernetes reads it. Included by base/yaml*.c only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"

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
