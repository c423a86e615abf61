/* What json_parse accepts prints to text that parses to the same value, and refusals have a place and a reason. */
#include <stdlib.h>

#include "base/err.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_equal_text(const struct buf *a, const struct buf *b)
{
	REQUIRE(a->err == ERR_OK && b->err == ERR_OK);
	REQUIRE(strv_eq(buf_strv(a), buf_strv(b)));
}

/* The first of several values in a row is read alike, and each takes something off. */
static void check_front(struct arena *a, struct strv text, const struct json *whole)
{
	struct json *v;
	for (;;) {
		struct strv before = text;
		if (json_parse_front(a, &text, &v, NULL) != ERR_OK) {
			REQUIRE(!whole && strv_eq(text, before));
			return;
		}
		if (!v) {
			return;
		}
		REQUIRE(text.n < before.n);
		REQUIRE(!whole || (json_equal(v, whole) && text.n == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strv text = { (const char *)data, size };
	struct json_report report;
	struct json *v = NULL;
	struct json *again = NULL;
	struct buf plain, plain_again, canonical, canonical_again;
	struct arena a;
	arena_init(&a, 0);
	buf_init(&plain);
	buf_init(&plain_again);
	buf_init(&canonical);
	buf_init(&canonical_again);
	int err = json_parse(&a, text, &v, &report);
	check_front(&a, text, v);
	if (err != ERR_OK) {
		REQUIRE(report.why[0] && report.offset <= size && !v);
		goto out;
	}
	json_print(v, &plain);
	err = json_parse(&a, buf_strv(&plain), &again, &report);
	REQUIRE(err == ERR_OK && report.n_dups == 0);
	REQUIRE(json_equal(v, again));
	REQUIRE(json_equal(again, json_copy(&a, v)));
	json_print(again, &plain_again);
	check_equal_text(&plain, &plain_again);
	json_print_canonical(v, &canonical);
	err = json_parse(&a, buf_strv(&canonical), &again, NULL);
	REQUIRE(err == ERR_OK);
	json_print_canonical(again, &canonical_again);
	check_equal_text(&canonical, &canonical_again);
out:
	buf_deinit(&plain);
	buf_deinit(&plain_again);
	buf_deinit(&canonical);
	buf_deinit(&canonical_again);
	arena_deinit(&a);
	return 0;
}
