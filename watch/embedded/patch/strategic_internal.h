/* What strategic.c (objects, directives) and strategic_list.c (lists, their order) share.
 * Included by these two only. */
#pragma once

#include <stdbool.h>

#include "watch/embedded/patch/patch.h"
#include "watch/embedded/patch/words.h"

#define DIRECTIVE            "$patch"
#define RETAIN_KEYS          "$retainKeys"
#define DELETE_FROM_PREFIX   "$deleteFromPrimitiveList/"
#define ELEMENT_ORDER_PREFIX "$setElementOrder/"

struct merge {
	struct arena *a;
	struct status *s;
};

enum directive { PATCH_NONE, PATCH_REPLACE, PATCH_DELETE, PATCH_MERGE };

/* What "$patch" of that object says. errors ERR_SYNTAX (any other word) */
NODISCARD int directive_of(struct merge *m, const struct json *patch, enum directive *out);
/* Merges patch into doc, both objects without regard to their parents; patch is used up. *out is doc or what
 * takes its place. type NULL: nothing is known of the members. */
NODISCARD int merge_object(struct merge *m, const struct schema_type *type, struct json *doc,
	struct json *patch, struct json **out);
/* Makes a patch value a value: nulls of objects and directives go, with what they mark as deleted.
 * Returns false when v itself is to go. */
bool merge_clean(struct json *v);
/* 400; returns ERR_SYNTAX. */
NODISCARD int merge_refuse(struct merge *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
NODISCARD int merge_no_memory(struct merge *m);

/* True for a list that is merged element by element. */
bool list_is_merged(const struct schema_field *f);
/* Merges the elements of patch into those of doc; patch is used up. *out: a new array. */
NODISCARD int list_merge(struct merge *m, const struct schema_field *f, struct json *doc,
	struct json *patch, struct json **out);
/* Takes the scalars of patch out of doc. *out: a new array. */
NODISCARD int list_delete(
	struct merge *m, struct json *doc, const struct json *patch, struct json **out);
/* "$setElementOrder": merges patch (NULL: none) into doc (NULL: none) and puts the result into the wished
 * order. *out: a new array. */
NODISCARD int list_order(struct merge *m, const struct schema_field *f, struct json *doc,
	struct json *patch, const struct json *wished, struct json **out);
