/* Rows of "this object, changed so, is refused so", for all kinds. Texts are JSON with ' for ". */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/base/quoted.h"
#include "watch/embedded/schema/schema.h"
#include "watch/embedded/status.h"
#include "watch/embedded/validate/validate.h"

struct row {
	const char *why;
	const char *change; /* merge patch (RFC 7386) on the good object; "" none */
	const char *want;   /* what follows "is invalid: "; "" accepted */
};

static inline struct json *merged(struct arena *a, struct json *doc, const struct json *patch)
{
	if (!json_is_object(patch)) {
		return json_copy(a, patch);
	}
	if (!json_is_object(doc)) {
		doc = json_new_object(a);
	}
	json_each(m, patch) {
		struct json *old = json_remove(doc, json_key(m));
		if (!json_is_null(m)) {
			assert_int_equal(json_set(a, doc, json_key(m), merged(a, old, m)), ERR_OK);
		}
	}
	return doc;
}

/* The good object with defaults, then the change: what a change takes away stays away. */
static inline struct json *object_with(
	struct arena *a, enum kind k, const char *good, const char *change)
{
	struct json *o = quoted_json(a, good);
	assert_int_equal(schema_default(a, k, o), ERR_OK);
	return change[0] == '\0' ? o : merged(a, o, quoted_json(a, change));
}

/* The message behind "is invalid: ", "" when accepted. */
static inline struct strv verdict(struct arena *a, enum kind k, const char *sub,
	const struct json *obj, const struct json *old)
{
	struct status s;
	status_init(&s, a);
	validate_object(&s, k, sub, obj, old);
	struct strv name = json_str(json_dig(obj, "metadata.name"));
	status_invalid_end(&s, k, name);
	if (!status_failed(&s)) {
		return STRV("");
	}
	assert_int_equal(s.code, 422);
	const char *at = strstr(s.message.p, "is invalid: ");
	assert_non_null(at);
	return strv_of(at + strlen("is invalid: "));
}

static inline void expect(const char *why, struct strv got, const char *want)
{
	if (!strv_eq(got, strv_of(want))) {
		fail_msg("%s\n  got:  %.*s\n  want: %s", why, STRV_ARG(got), want);
	}
}

/* old NULL: rows are creates; else updates of old by old with the change. */
static inline void run_rows(enum kind k, const char *sub, const char *good, bool update,
	const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *old = update ? object_with(&a, k, good, "") : NULL;
		struct json *obj = object_with(&a, k, good, rows[i].change);
		expect(rows[i].why, verdict(&a, k, sub, obj, old), rows[i].want);
		arena_deinit(&a);
	}
}
#define RUN_ROWS(k, sub, good, update, rows) run_rows(k, sub, good, update, rows, ARRAY_LEN(rows))
