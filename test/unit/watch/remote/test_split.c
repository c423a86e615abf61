/* Lists and watch streams, cut at every byte. */
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

/* Fed in two or in many parts; the last answer that is not OK, or the one of split_end. */
static int run(enum split_mode mode, const char *in, size_t cut, size_t step, size_t max,
	struct seen *seen)
{
	struct split s;
	struct strv rest = strv_of(in);
	int err = ERR_OK;
	*seen = (struct seen){ .text = "" };
	split_init(&s, mode, max);
	for (size_t at = 0; at < rest.n && err == ERR_OK;) {
		size_t n = step ? step : at < cut ? cut - at : rest.n - at;
		struct strv part = strv_sub(rest, at, n);
		err = split_feed(&s, part, on_piece, seen);
		at += part.n;
	}
	err = err ? err : split_end(&s);
	split_deinit(&s);
	return err;
}

static const struct {
	const char *why;
	enum split_mode mode;
	const char *in;
	int want;
	const char *pieces;
} rows[] = {
	{ "a list as kube-apiserver writes it", SPLIT_LIST,
		"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"
		"\"7\"},"
		"\"items\":[{\"a\":1},{\"b\":[{}]}]}\n",
		ERR_OK,
		"kind=\"PodList\"|apiVersion=\"v1\"|metadata={\"resourceVersion\":\"7\"}|{\"a\":1}|"
		"{\"b\":[{}]}|" },
	{ "metadata may come after the items", SPLIT_LIST, "{\"items\":[{}],\"metadata\":{}}",
		ERR_OK, "{}|metadata={}|" },
	{ "an empty list has no items", SPLIT_LIST, "{\"items\":[]}", ERR_OK, "" },
	{ "items may be null", SPLIT_LIST, "{\"items\":null,\"x\":true}", ERR_OK,
		"items=null|x=true|" },
	{ "brackets and quotes in strings count for nothing", SPLIT_LIST,
		"{\"items\":[{\"a\":\"}]\\\"{\"},{\"b\":\"\\\\\"}]}", ERR_OK,
		"{\"a\":\"}]\\\"{\"}|{\"b\":\"\\\\\"}|" },
	{ "white space between all tokens", SPLIT_LIST,
		" { \"items\" : [ { \"a\" : 1 } , 2 ] , \"n\" : 3 } \r\n", ERR_OK,
		"{ \"a\" : 1 }|2|n=3|" },
	{ "scalars as items are pieces too", SPLIT_LIST, "{\"items\":[1,\"x\",null]}", ERR_OK,
		"1|\"x\"|null|" },
	{ "items inside another member are not ours", SPLIT_LIST, "{\"m\":{\"items\":[1]}}", ERR_OK,
		"m={\"items\":[1]}|" },
	{ "a list that ends early is known as such", SPLIT_LIST, "{\"items\":[{\"a\":1},{\"b\"",
		ERR_TRUNCATED, "{\"a\":1}|" },
	{ "nothing at all is no list", SPLIT_LIST, "", ERR_TRUNCATED, "" },
	{ "HTML is no list", SPLIT_LIST, "<html>", ERR_SYNTAX, "" },
	{ "an array is no list", SPLIT_LIST, "[{}]", ERR_SYNTAX, "" },
	{ "text behind the list is refused", SPLIT_LIST, "{\"items\":[]}x", ERR_SYNTAX, "" },
	{ "items without commas are refused", SPLIT_LIST, "{\"items\":[{}{}]}", ERR_SYNTAX, "{}|" },
	{ "a bracket where a value should begin is refused", SPLIT_LIST, "{\"items\":[,]}",
		ERR_SYNTAX, "" },
	{ "each line is an event", SPLIT_WATCH, "{\"a\":1}\n{\"b\":2}\r\n", ERR_OK,
		"{\"a\":1}|{\"b\":2}\r|" },
	{ "blank lines are nothing", SPLIT_WATCH, "\n \r\n{\"a\":1}\n\n", ERR_OK, "{\"a\":1}|" },
	{ "a cut line is no event", SPLIT_WATCH, "{\"a\":1}\n{\"b\":", ERR_TRUNCATED,
		"{\"a\":1}|" },
	{ "garbage is handed on line by line", SPLIT_WATCH, "\"{[\n]]\n", ERR_OK, "\"{[|]]|" },
};

static void pieces_are_the_same_wherever_the_bytes_are_cut(void **state)
{
	(void)state;
	struct seen seen;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = strlen(rows[i].in);
		for (size_t cut = 0; cut <= n + 3; cut++) {
			/* in two parts; then bytes one by one, by twos and by threes */
			size_t step = cut > n ? cut - n : 0;
			int err = run(rows[i].mode, rows[i].in, cut, step, 1000, &seen);
			if (err != rows[i].want || strcmp(seen.text, rows[i].pieces) != 0) {
				fail_msg("%s, cut at %zu: %s, %s", rows[i].why, cut, err_text(err),
					seen.text);
			}
		}
	}
}

static void what_is_too_large_is_dropped_and_the_rest_goes_on(void **state)
{
	(void)state;
	struct seen seen;
	for (size_t cut = 0; cut < 40; cut++) {
		assert_int_equal(run(SPLIT_LIST, "{\"items\":[{\"a\":\"123456789\"},{\"b\":1}]}",
					 cut, 0, 8, &seen),
			ERR_OK);
		assert_string_equal(seen.text, "TOO LARGE|{\"b\":1}|");
		assert_int_equal(
			run(SPLIT_WATCH, "{\"a\":\"123456789\"}\n{\"b\":1}\n", cut, 0, 8, &seen),
			ERR_OK);
		assert_string_equal(seen.text, "TOO LARGE|{\"b\":1}|");
	}
	char key[200];
	(void)snprintf(key, sizeof(key), "{\"%0100d\":1}", 0);
	assert_int_equal(run(SPLIT_LIST, key, 0, 0, 1000, &seen), ERR_SYNTAX);
}

static void the_callback_can_stop_it(void **state)
{
	struct split s;
	struct seen seen = { .stop_after = 2 };
	(void)state;
	split_init(&s, SPLIT_WATCH, 100);
	assert_int_equal(split_feed(&s, STRV("1\n2\n3\n"), on_piece, &seen), UV_ECANCELED);
	assert_string_equal(seen.text, "1|2|");
	split_reset(&s, SPLIT_LIST);
	assert_int_equal(split_feed(&s, STRV("{\"items\":[1]}"), on_piece, &seen), ERR_OK);
	assert_string_equal(seen.text, "1|2|1|");
	split_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_the_same_wherever_the_bytes_are_cut),
		cmocka_unit_test(what_is_too_large_is_dropped_and_the_rest_goes_on),
		cmocka_unit_test(the_callback_can_stop_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
