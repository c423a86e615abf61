/* See the header. */
#include "test/unit/base/quoted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

struct strv quoted(struct arena *a, const char *text)
{
	size_t n = strlen(text);
	char *p = arena_alloc(a, n + 1);
	assert_non_null(p);
	for (size_t i = 0; i <= n; i++) {
		p[i] = (char)(text[i] == '\'' ? '"' : text[i]);
	}
	return (struct strv){ p, n };
}

struct json *quoted_json(struct arena *a, const char *text)
{
	struct json *v = NULL;
	struct json_report report;
	int err = json_parse(a, quoted(a, text), &v, &report);
	if (err != ERR_OK) {
		fail_msg("%s: %s at %zu of %s", err_text(err), report.why, report.offset, text);
	}
	return v;
}
