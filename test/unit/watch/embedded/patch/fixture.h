/* What the tests of this room share: values from text, and a comparison that prints both sides. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/status.h"

static inline struct json *parse(struct arena *a, const char *text)
{
	struct json *v = NULL;
	struct json_report report;
	if (json_parse(a, strv_of(text), &v, &report) != ERR_OK) {
		fail_msg("%s: %s at %zu", text, report.why, report.offset);
	}
	return v;
}

/* The same value, whatever the order of members. want: JSON text. */
static inline void assert_json(
	struct arena *a, const char *why, const struct json *got, const char *want)
{
	if (!json_equal(got, parse(a, want))) {
		fail_msg("%s\n  got  %s\n  want %s", why, got ? json_text(a, got).p : "nothing",
			want);
	}
}

static inline void assert_contains(const char *why, struct strv text, const char *part)
{
	if (memmem(text.p ? text.p : "", text.n, part, strlen(part)) == NULL) {
		fail_msg("%s\n  got  %.*s\n  want ...%s...", why, STRV_ARG(text), part);
	}
}
