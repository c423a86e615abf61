/* Lists and watch streams in protobuf, cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/err.h"
#include "watch/remote/split.h"

struct seen {
	char text[2048]; /* "key=text|" or "text|" in a row */
	size_t pieces, stop_after;
};

static bool on_piece(void *ctx, const struct split_piece *p)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);
	(void)snprintf(s->text + n, sizeof(s->text) - n, "%.*s%s%.*s|", STRV_ARG(p->key),
		p->key.n ? "=" : "", STRV_ARG(p->too_large ? STRV("TOO LARGE") : p->text));
	return ++s->pieces != s->stop_after;
}

/* Fed in parts of step bytes, the first of which ends at cut; the last answer that is not OK, or the one of split_end. */
static int run(enum split_mode mode, struct strv in, size_t cut, size_t step, size_t max,
	struct seen *seen)
{
	struct split s;
	int err = ERR_OK;
	*seen = (struct seen){ .text = "", .stop_after = seen->stop_after };
	split_init(&s, mode, max);
	for (size_t at = 0; at < in.n && err == ERR_OK;) {
		size_t n = step ? step : at < cut ? cut - at : in.n - at;
		struct strv part = strv_sub(in, at, n);
		err = split_feed(&s, part, on_piece, seen);
		at += part.n;
	}
	err = err ? err : split_end(&s);
	split_deinit(&s);
	return err;
}

#define MAGIC "k8s\0"
#define TYPE  "\x0a\x02hi" /* typeMeta */
#define META                                                                                       \
	"\x0a\x03"                                                                                 \
	"m=7"
#define ITEM(text) "\x12\x01" text
#define LIST       SPLIT_LIST_PROTOBUF
#define WATCH      SPLIT_WATCH_PROTOBUF
#define BYTES(lit)                                                                                 \
	{                                                                                          \
		lit, sizeof(lit) - 1                                                               \
	}

static const struct {
	const char *why;
	enum split_mode mode;
	struct strv in;
	int want;
	const char *pieces;
} rows[] = {
	{ "a list as kube-apiserver writes it", LIST,
		BYTES(MAGIC TYPE "\x12\x0b" META ITEM("a") ITEM("b") "\x1a\x00\x22\x00"), ERR_OK,
		"metadata=m=7|a|b|" },
	{ "metadata may come after the items", LIST, BYTES(MAGIC "\x12\x08" ITEM("a") META), ERR_OK,
		"a|metadata=m=7|" },
	{ "a list without items", LIST, BYTES(MAGIC "\x12\x05" META), ERR_OK, "metadata=m=7|" },
	{ "a list of nothing", LIST, BYTES(MAGIC "\x12\x00"), ERR_OK, "" },
	{ "an empty item is an item", LIST, BYTES(MAGIC "\x12\x05\x12\x00" ITEM("b")), ERR_OK,
		"|b|" },
	{ "fields that nobody reads are skipped", LIST,
		BYTES(MAGIC "\x3a\x01x\x12\x09\x22\x04"
			    "skip" ITEM("b") ""),
		ERR_OK, "b|" },
	{ "tags and lengths may be written long", LIST,
		BYTES(MAGIC "\x92\x00\x86\x80\x00\x92\x80\x00\x81\x00"
			    "a"),
		ERR_OK, "a|" },
	{ "an envelope without a list is none", LIST, BYTES(MAGIC TYPE), ERR_TRUNCATED, "" },
	{ "nothing at all is no list", LIST, BYTES(""), ERR_TRUNCATED, "" },
	{ "a list that ends early is known as such", LIST, BYTES(MAGIC "\x12\x09" ITEM("a") "\x12"),
		ERR_TRUNCATED, "a|" },
	{ "an item that ends early too", LIST, BYTES(MAGIC "\x12\x06" ITEM("a") "\x12\x01"),
		ERR_TRUNCATED, "a|" },
	{ "JSON is no protobuf", LIST, BYTES("{\"items\":[]}"), ERR_SYNTAX, "" },
	{ "an item longer than its list is refused", LIST,
		BYTES(MAGIC "\x12\x05" ITEM("a") "\x12\x09"), ERR_SYNTAX, "a|" },
	{ "a list that ends inside a field is refused", LIST,
		BYTES(MAGIC "\x12\x04" ITEM("a") "\x12\x01"
						 "b"),
		ERR_SYNTAX, "a|" },
	{ "a field of another wire type is refused", LIST, BYTES(MAGIC "\x10\x01"), ERR_SYNTAX,
		"" },
	{ "field 0 is refused", LIST, BYTES(MAGIC "\x02\x00"), ERR_SYNTAX, "" },
	{ "a second list is refused", LIST, BYTES(MAGIC "\x12\x00\x12\x00"), ERR_SYNTAX, "" },
	{ "a number that does not end is refused", LIST,
		BYTES(MAGIC "\x92\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), ERR_SYNTAX, "" },
	{ "each length begins an event", WATCH, BYTES("\0\0\0\2\nb\0\0\0\1\n"), ERR_OK, "\nb|\n|" },
	{ "an empty event is one", WATCH, BYTES("\0\0\0\0\0\0\0\1\n"), ERR_OK, "|\n|" },
	{ "no events", WATCH, BYTES(""), ERR_OK, "" },
	{ "a cut event is none", WATCH, BYTES("\0\0\0\2\nb\0\0\0\2\n"), ERR_TRUNCATED, "\nb|" },
	{ "nor is a cut length", WATCH, BYTES("\0\0\0\2\nb\0\0"), ERR_TRUNCATED, "\nb|" },
	{ "what does not begin as an event is none, whatever its length says", WATCH,
		BYTES("\0\0\0\2\nb\0\xff\0\0\0\3\nab"), ERR_SYNTAX, "\nb|" },
	{ "a length of all octets", WATCH,
		BYTES("\xff\xff\xff\xff"
		      "\n"),
		ERR_SYNTAX, "" },
};

static void pieces_are_the_same_wherever_the_bytes_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t cut = 0; cut <= rows[i].in.n + 3; cut++) {
			struct seen seen = { .stop_after = 0 };
			/* in two parts; then bytes one by one, by twos and by threes */
			size_t step = cut > rows[i].in.n ? cut - rows[i].in.n : 0;
			int err = run(rows[i].mode, rows[i].in, cut, step, 1000, &seen);
			if (err != rows[i].want || strcmp(seen.text, rows[i].pieces) != 0) {
				fail_msg("%s, cut at %zu: %s, %s", rows[i].why, cut, err_text(err),
					seen.text);
			}
		}
	}
}

static void what_is_too_large_is_dropped_and_the_list_goes_on(void **state)
{
	static const struct strv list = BYTES(MAGIC "\x12\x0e\x12\x09"
						    "123456789" ITEM("b"));
	struct seen seen = { .stop_after = 0 };
	(void)state;
	for (size_t cut = 0; cut < 24; cut++) {
		assert_int_equal(run(LIST, list, cut, 0, 8, &seen), ERR_OK);
		assert_string_equal(seen.text, "TOO LARGE|b|");
	}
}

static void an_event_larger_than_any_is_a_wrong_size_and_swallows_nothing(void **state)
{
	static const struct strv watch = BYTES("\0\0\0\1\n\0\0\0\x09\n"
					       "23456789\0\0\0\1\n");
	struct seen seen = { .stop_after = 0 };
	(void)state;
	for (size_t cut = 0; cut < 24; cut++) {
		assert_int_equal(run(WATCH, watch, cut, 0, 8, &seen), ERR_SYNTAX);
		assert_string_equal(seen.text, "\n|");
	}
}

static void the_callback_can_stop_it(void **state)
{
	static const struct strv watch = BYTES("\0\0\0\1\n\0\0\0\2\nb\0\0\0\1\n");
	struct seen seen = { .stop_after = 2 };
	(void)state;
	assert_int_equal(run(WATCH, watch, 0, 0, 100, &seen), UV_ECANCELED);
	assert_string_equal(seen.text, "\n|\nb|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_the_same_wherever_the_bytes_are_cut),
		cmocka_unit_test(what_is_too_large_is_dropped_and_the_list_goes_on),
		cmocka_unit_test(an_event_larger_than_any_is_a_wrong_size_and_swallows_nothing),
		cmocka_unit_test(the_callback_can_stop_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
