/* base/json: what is accepted and refused, what survives a round trip, how trees change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/json.h"

static struct json *parse(struct arena *a, const char *text)
{
	struct json *v = NULL;
	struct json_report report;
	int err = json_parse(a, strv_of(text), &v, &report);
	if (err != ERR_OK) {
		fail_msg("%s: %s at %zu", text, report.why, report.offset);
	}
	return v;
}

static const char *text_of(struct arena *a, const struct json *v)
{
	struct strv text = json_text(a, v);
	assert_non_null(text.p);
	return text.p;
}

static const char *canonical_of(struct arena *a, const struct json *v)
{
	struct buf b;
	buf_init(&b);
	json_print_canonical(v, &b);
	assert_int_equal(b.err, ERR_OK);
	struct strv text = arena_strdup(a, buf_strv(&b));
	buf_deinit(&b);
	assert_non_null(text.p);
	return text.p;
}

static void refused_texts_say_where_and_why(void **state)
{
	static const struct {
		const char *why, *in;
		int want;
		size_t offset;
	} rows[] = {
		{ "nothing is no value", "", ERR_SYNTAX, 0 },
		{ "blanks are no value", " \n\t", ERR_SYNTAX, 3 },
		{ "text after the value", "{} x", ERR_SYNTAX, 3 },
		{ "two values", "1 2", ERR_SYNTAX, 2 },
		{ "a byte order mark is no white space", "\xef\xbb\xbf{}", ERR_SYNTAX, 0 },
		{ "a vertical tab is no white space", "\v1", ERR_SYNTAX, 0 },
		{ "a leading zero", "[01]", ERR_SYNTAX, 2 },
		{ "a minus and a leading zero", "-00", ERR_SYNTAX, 2 },
		{ "a leading plus", "+1", ERR_SYNTAX, 0 },
		{ "a minus alone", "-", ERR_SYNTAX, 1 },
		{ "no digit after the point", "1.", ERR_SYNTAX, 2 },
		{ "no digit before the point", ".5", ERR_SYNTAX, 0 },
		{ "no digit in the exponent", "1e", ERR_SYNTAX, 2 },
		{ "no digit after the exponent's sign", "1e+", ERR_SYNTAX, 3 },
		{ "hexadecimal", "0x10", ERR_SYNTAX, 1 },
		{ "beyond any double", "[1e400]", ERR_SYNTAX, 1 },
		{ "not a number", "NaN", ERR_SYNTAX, 0 },
		{ "a word cut short", "tru", ERR_SYNTAX, 0 },
		{ "a word with a capital", "True", ERR_SYNTAX, 0 },
		{ "a comma before the end of an array", "[1,]", ERR_SYNTAX, 3 },
		{ "a comma before the end of an object", "{\"a\":1,}", ERR_SYNTAX, 7 },
		{ "no colon", "{\"a\" 1}", ERR_SYNTAX, 5 },
		{ "no value behind a colon", "{\"a\":}", ERR_SYNTAX, 5 },
		{ "a key without quotes", "{a:1}", ERR_SYNTAX, 1 },
		{ "brackets crossed", "[{]}", ERR_SYNTAX, 2 },
		{ "an array left open", "[1", ERR_SYNTAX, 2 },
		{ "a string left open", "\"abc", ERR_SYNTAX, 4 },
		{ "a string that ends in its escape", "\"abc\\", ERR_SYNTAX, 4 },
		{ "an escape that is none", "\"\\x\"", ERR_SYNTAX, 1 },
		{ "an escape of three digits", "\"\\u12\"", ERR_SYNTAX, 1 },
		{ "an escape that is no hex", "\"\\u12g4\"", ERR_SYNTAX, 1 },
		{ "a bare newline in a string", "\"a\nb\"", ERR_SYNTAX, 2 },
		{ "a comment", "/**/1", ERR_SYNTAX, 0 },
		{ "single quotes", "'a'", ERR_SYNTAX, 0 },
		{ "an escaped U+0000", "\"a\\u0000\"", ERR_BAD_ENCODING, 2 },
		{ "a high surrogate alone", "\"\\ud800\"", ERR_BAD_ENCODING, 1 },
		{ "a low surrogate alone", "\"\\udc00\"", ERR_BAD_ENCODING, 1 },
		{ "two high surrogates", "\"\\ud800\\ud800\"", ERR_BAD_ENCODING, 1 },
		{ "a stray continuation byte", "\"\x80\"", ERR_BAD_ENCODING, 1 },
		{ "an overlong slash", "\"\xc0\xaf\"", ERR_BAD_ENCODING, 1 },
		{ "an overlong form of three bytes", "\"\xe0\x80\xaf\"", ERR_BAD_ENCODING, 1 },
		{ "a surrogate in UTF-8", "\"\xed\xa0\x80\"", ERR_BAD_ENCODING, 1 },
		{ "beyond U+10FFFF", "\"\xf4\x90\x80\x80\"", ERR_BAD_ENCODING, 1 },
		{ "a sequence cut by the quote", "\"\xe2\x82\"", ERR_BAD_ENCODING, 1 },
		{ "a sequence cut by the end", "\"\xe2\x82", ERR_BAD_ENCODING, 1 },
	};
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json *v = NULL;
		struct json_report report;
		int err = json_parse(&a, strv_of(rows[i].in), &v, &report);
		if (err != rows[i].want || report.offset != rows[i].offset || !report.why[0] || v) {
			fail_msg("%s: %d at %zu (%s)", rows[i].why, err, report.offset, report.why);
		}
		assert_int_equal(json_parse(&a, strv_of(rows[i].in), &v, NULL), rows[i].want);
	}
	arena_deinit(&a);
}

static void accepted_texts_print_in_their_shortest_form(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "blanks go", " { \"a\" : [ 1 , true ,\r\n\tfalse, null ] } ",
			"{\"a\":[1,true,false,null]}" },
		{ "an empty key is a key", "{\"\":{}}", "{\"\":{}}" },
		{ "members keep their order", "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}" },
		{ "keys differ by case", "{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}" },
		{ "escapes that need not be go", "\"\\/\\u0041\"", "\"/A\"" },
		{ "escapes that must be stay", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"",
			"\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"" },
		{ "a surrogate pair is one character", "\"\\ud83d\\ude00\"",
			"\"\xf0\x9f\x98\x80\"" },
		{ "the last of Unicode", "\"\\udbff\\udfff\"", "\"\xf4\x8f\xbf\xbf\"" },
		{ "a zero", "-0", "0" },
		{ "an integer of ten digits", "1767322800", "1767322800" },
		{ "an integer of fifteen digits", "999999999999999", "999999999999999" },
		{ "an integer of sixteen digits", "1000000000000001", "1000000000000001" },
		{ "2^53 - 1", "9007199254740991", "9007199254740991" },
		{ "2^53", "9007199254740992", "9007199254740992" },
		{ "2^53 + 1 is no double", "[-9007199254740993]", "[-9007199254740993]" },
		{ "the largest int64", "9223372036854775807", "9223372036854775807" },
		{ "beyond int64", "18446744073709551616", "18446744073709551616" },
		{ "an integer of eighty digits",
			"[1,"
			"12345678901234567890123456789012345678901234567890123456789012345678901234"
			"567890,2]",
			"[1,"
			"12345678901234567890123456789012345678901234567890123456789012345678901234"
			"567890,2]" },
		{ "odd ones among others keep their places",
			"{\"a\":[1,9007199254740993],\"b\":2.5,\"c\":9007199254740995}",
			"{\"a\":[1,9007199254740993],\"b\":2.5,\"c\":9007199254740995}" },
		{ "a fraction", "0.1", "0.1" },
		{ "a fraction without need", "1.0", "1" },
		{ "small, laid out as Go does", "0.000001", "0.000001" },
		{ "smaller", "1.5e-7", "1.5e-7" },
		{ "smallest", "5e-324", "5e-324" },
		{ "an exponent without need", "1e3", "1000" },
		{ "large, laid out as Go does", "1e20", "100000000000000000000" },
		{ "larger", "1.25E+21", "1.25e+21" },
		{ "largest", "1.7976931348623157e308", "1.7976931348623157e+308" },
		{ "seventeen digits", "0.30000000000000004", "0.30000000000000004" },
		{ "minus and fraction", "-123.456", "-123.456" },
	};
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = text_of(&a, parse(&a, rows[i].in));
		if (strcmp(got, rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, got);
		}
	}
	arena_deinit(&a);
}

static void canonical_text_sorts_keys_and_escapes_as_go_does(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "keys by byte",
			"{\"b\":{\"z\":1,\"Y\":2},\"a\":[{\"d\":1,\"c\":2}],\"\":0,\"\xc3\xa4\":1}",
			"{\"\":0,\"a\":[{\"c\":2,\"d\":1}],\"b\":{\"Y\":2,\"z\":1},\"\xc3\xa4\":"
			"1}" },
		{ "angle brackets and ampersand", "\"<a>&\"", "\"\\u003ca\\u003e\\u0026\"" },
		{ "line and paragraph separator", "\"\xe2\x80\xa8-\xe2\x80\xa9-\xe2\x80\xa7\"",
			"\"\\u2028-\\u2029-\xe2\x80\xa7\"" },
		{ "numbers pass a double", "[9007199254740993,1.0]", "[9007199254740992,1]" },
	};
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = canonical_of(&a, parse(&a, rows[i].in));
		if (strcmp(got, rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, got);
		}
	}
	arena_deinit(&a);
}

/* n times open, then n times close */
static struct strv nested(struct arena *a, size_t n, const char *open, const char *close)
{
	struct strv o = strv_of(open);
	struct strv c = strv_of(close);
	char *p = arena_alloc(a, n * (o.n + c.n));
	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		memcpy(p + i * o.n, o.p, o.n);
		memcpy(p + n * o.n + i * c.n, c.p, c.n);
	}
	return (struct strv){ p, n * (o.n + c.n) };
}

static void nesting_ends_at_512_levels(void **state)
{
	struct arena a;
	struct json *v = NULL;
	(void)state;
	arena_init(&a, 0);
	assert_int_equal(json_parse(&a, nested(&a, 512, "[", "]"), &v, NULL), ERR_OK);
	assert_int_equal(json_text(&a, v).n, 1024);
	assert_true(json_equal(v, json_copy(&a, v)));
	struct strv deep = nested(&a, 511, "{\"a\":", "}");
	struct buf b;
	buf_init(&b);
	buf_add(&b, strv_sub(deep, 0, 511 * 5));
	buf_add_char(&b, '1');
	buf_add(&b, strv_sub(deep, 511 * 5, 511));
	assert_int_equal(json_parse(&a, buf_strv(&b), &v, NULL), ERR_OK);
	buf_deinit(&b);
	assert_int_equal(json_parse(&a, nested(&a, 513, "[", "]"), &v, NULL), ERR_TOO_DEEP);
	assert_int_equal(json_parse(&a, nested(&a, 10000, "[", "]"), &v, NULL), ERR_TOO_DEEP);
	assert_int_equal(
		json_parse(&a, nested(&a, 1000000, "{\"a\":", "}"), &v, NULL), ERR_TOO_DEEP);
	arena_deinit(&a);
}

static void the_last_of_duplicate_keys_wins_and_each_path_is_reported_once(void **state)
{
	struct arena a;
	struct json *v = NULL;
	struct json_report r;
	(void)state;
	arena_init(&a, 0);
	struct strv text = STRV(
		"{\"a\":1,\"spec\":{\"x\":1,\"x\":[{\"y\":1,\"y\":2,\"y\":9007199254740993}]},"
		"\"a\":{\"k\":1},\"l\":[0,{\"m\":1,\"m\":2}],\"a\":3}");
	assert_int_equal(json_parse(&a, text, &v, &r), ERR_OK);
	assert_string_equal(text_of(&a, v),
		"{\"spec\":{\"x\":[{\"y\":9007199254740993}]},\"l\":[0,{\"m\":2}],\"a\":3}");
	static const char *const want[] = { "spec.x", "spec.x[0].y", "a", "l[1].m" };
	assert_int_equal(r.n_dups, ARRAY_LEN(want));
	for (size_t i = 0; i < r.n_dups; i++) {
		assert_string_equal(r.dups[i].p, want[i]);
	}
	assert_string_equal(json_key(json_first(v)), "spec");
	arena_deinit(&a);
}

static void many_members_and_many_duplicates_take_no_square_time(void **state)
{
	struct arena a;
	struct json *v = NULL;
	struct json_report r;
	struct buf b;
	(void)state;
	arena_init(&a, 0);
	buf_init(&b);
	buf_add_char(&b, '{');
	for (int i = 0; i < 200000; i++) {
		buf_printf(&b, "%s\"key-%d\":%d", i ? "," : "", i % 100000, i);
	}
	buf_add_char(&b, '}');
	assert_int_equal(json_parse(&a, buf_strv(&b), &v, &r), ERR_OK);
	assert_int_equal(json_count(v), 100000);
	assert_int_equal(json_i64_or(json_get(v, "key-7"), 0), 100007);
	assert_int_equal(r.n_dups, 100);
	struct json *w = NULL;
	struct strv sorted = strv_of(canonical_of(&a, v));
	assert_int_equal(json_parse(&a, sorted, &w, &r), ERR_OK);
	assert_int_equal(r.n_dups, 0);
	assert_true(json_equal(v, w));
	assert_true(json_equal(w, v));
	buf_deinit(&b);
	arena_deinit(&a);
}

static void integers_are_read_exactly_or_refused(void **state)
{
	static const struct {
		const char *in;
		int want;
		int64_t n;
	} rows[] = {
		{ "9223372036854775807", ERR_OK, INT64_MAX },
		{ "-9223372036854775808", ERR_OK, INT64_MIN },
		{ "9223372036854775808", ERR_RANGE, 0 },
		{ "-9223372036854775809", ERR_RANGE, 0 },
		{ "9007199254740993", ERR_OK, 9007199254740993 },
		{ "1e300", ERR_RANGE, 0 },
		{ "1e3", ERR_OK, 1000 },
		{ "1e18", ERR_OK, 1000000000000000000 },
		{ "3.0", ERR_OK, 3 },
		{ "3.5", ERR_BAD_TYPE, 0 },
		{ "\"3\"", ERR_BAD_TYPE, 0 },
		{ "null", ERR_BAD_TYPE, 0 },
		{ "-0", ERR_OK, 0 },
		{ "2.0000000000000000000000000000000000000000000000000000000000000000000", ERR_OK,
			2 },
	};
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t n = 77;
		struct json *v = parse(&a, rows[i].in);
		int err = json_i64(v, &n);
		if (err != rows[i].want || n != (err == ERR_OK ? rows[i].n : 77)) {
			fail_msg("%s: %d, %lld", rows[i].in, err, (long long)n);
		}
		if (err == ERR_OK) {
			int64_t again = 77;
			assert_true(json_is_integer(v));
			struct json *made = json_new_i64(&a, n);
			assert_int_equal(json_i64(made, &again), ERR_OK);
			assert_true(again == n);
			assert_true(json_equal(made, v));
			assert_int_equal(json_i64_or(parse(&a, text_of(&a, made)), 1), n);
		}
	}
	assert_int_equal(json_i64_or(NULL, 5), 5);
	arena_deinit(&a);
}

static void lookups_chain_through_what_is_absent(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	struct json *v = parse(
		&a, "{\"spec\":{\"a\":\"x\",\"b\":true,\"l\":[1,2],\"n\":null,\"d\":0.5}}");
	assert_string_equal(json_cstr(json_dig(v, "spec.a")), "x");
	assert_null(json_dig(v, "spec.a.b"));
	assert_null(json_dig(v, "spec.nothing.at.all"));
	assert_null(json_dig(NULL, "spec"));
	assert_null(json_get(json_get(v, "Spec"), "a"));
	assert_null(json_get_strv(json_get(v, "spec"), (struct strv){ "a\0b", 3 }));
	assert_null(json_get_strv(json_get(v, "spec"), (struct strv){ "a\0", 2 }));
	assert_null(json_get_strv(json_get(v, "spec"), STRV_NONE));
	assert_non_null(json_get_strv(v, (struct strv){ "specimen", 4 }));
	assert_null(json_get_strv(v, (struct strv){ "spec", 3 }));
	assert_true(json_bool(json_dig(v, "spec.b"), false));
	assert_true(json_bool(json_dig(v, "spec.c"), true));
	assert_false(json_bool(json_dig(v, "spec.a"), false));
	assert_true(json_is_null(json_dig(v, "spec.n")));
	assert_false(json_is_null(NULL));
	assert_true(json_number(json_dig(v, "spec.d")) == 0.5);
	assert_int_equal(json_count(json_dig(v, "spec.l")), 2);
	assert_int_equal(json_count(NULL), 0);
	assert_int_equal(json_i64_or(json_at(json_dig(v, "spec.l"), 1), 0), 2);
	assert_null(json_at(json_dig(v, "spec.l"), 2));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_null(json_key(NULL));
	assert_null(json_cstr(json_dig(v, "spec.b")));
	assert_null(json_str(json_dig(v, "spec.b")).p);
	assert_int_equal(json_type_of(NULL), JSON_NONE);
	arena_deinit(&a);
}

static void trees_are_made_and_changed_in_place(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	struct json *o = json_new_object(&a);
	assert_int_equal(json_set_str(&a, o, "name", STRV("web")), ERR_OK);
	assert_int_equal(json_set_i64(&a, o, "n", 1), ERR_OK);
	assert_int_equal(json_set_bool(&a, o, "yes", true), ERR_OK);
	assert_int_equal(json_set(&a, o, "none", json_new_null(&a)), ERR_OK);
	assert_int_equal(json_set_i64(&a, o, "n", 2), ERR_OK);
	assert_string_equal(
		text_of(&a, o), "{\"name\":\"web\",\"n\":2,\"yes\":true,\"none\":null}");
	struct json *l = json_ensure_array(&a, o, "list");
	assert_ptr_equal(json_ensure_array(&a, o, "list"), l);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(json_append(&a, l, json_new_i64(&a, i)), ERR_OK);
	}
	assert_int_equal(json_insert(&a, l, 0, json_new_i64(&a, 0)), ERR_OK);
	assert_int_equal(json_insert(&a, l, 2, json_new_str(&a, STRV("x"))), ERR_OK);
	assert_int_equal(json_insert(&a, l, 99, json_new_i64(&a, 9)), ERR_OK);
	assert_string_equal(text_of(&a, l), "[0,1,\"x\",2,3,9]");
	json_detach(l, json_at(l, 5));
	json_detach(l, json_at(l, 0));
	json_detach(l, json_at(l, 1));
	assert_int_equal(json_append(&a, l, json_new_i64(&a, 4)), ERR_OK);
	assert_string_equal(text_of(&a, l), "[1,2,3,4]");
	struct json *old = json_at(l, 3);
	assert_int_equal(json_replace(&a, l, old, json_new_object(&a)), ERR_OK);
	assert_int_equal(json_insert(&a, l, 0, old), ERR_OK); /* it has no parent now */
	assert_string_equal(text_of(&a, l), "[4,1,2,3,{}]");
	struct json *name = json_remove(o, "name");
	assert_string_equal(json_cstr(name), "web");
	assert_null(json_remove(o, "name"));
	assert_int_equal(json_append(&a, l, name), ERR_OK);
	assert_null(json_key(name));
	assert_int_equal(
		json_set_strv(&a, o, (struct strv){ "keyhole", 3 }, json_detach(l, name)), ERR_OK);
	assert_non_null(json_ensure_object(&a, o, "n"));
	assert_string_equal(text_of(&a, o),
		"{\"n\":{},\"yes\":true,\"none\":null,\"list\":[4,1,2,3,{}],\"key\":\"web\"}");
	while (json_first(l)) {
		json_detach(l, json_first(l));
	}
	assert_int_equal(json_append(&a, l, json_new_number(&a, 0.25)), ERR_OK);
	assert_string_equal(text_of(&a, l), "[0.25]");
	arena_deinit(&a);
}

static void changing_what_is_absent_or_of_another_type_fails(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	struct json *o = json_new_object(&a);
	struct json *l = json_new_array(&a);
	assert_int_equal(json_set(&a, o, "a", NULL), ERR_NOMEM);
	assert_int_equal(json_set_i64(&a, NULL, "a", 1), ERR_NOMEM);
	assert_int_equal(json_append(&a, NULL, json_new_null(&a)), ERR_NOMEM);
	assert_int_equal(json_append(&a, l, NULL), ERR_NOMEM);
	assert_int_equal(json_replace(&a, o, NULL, l), ERR_NOMEM);
	assert_int_equal(json_set_i64(&a, l, "a", 1), ERR_BAD_TYPE);
	assert_int_equal(json_append(&a, o, json_new_null(&a)), ERR_BAD_TYPE);
	assert_null(json_ensure_object(&a, NULL, "a"));
	assert_null(json_ensure_object(&a, l, "a"));
	assert_null(json_detach(NULL, NULL));
	assert_null(json_copy(&a, NULL));
	assert_string_equal(text_of(&a, o), "{}");
	arena_deinit(&a);
}

static void text_that_json_cannot_carry_is_replaced(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	struct json *v = json_new_str(&a, (struct strv){ "a\0b\xff\xc3\xa4\xe2\x82", 8 });
	assert_string_equal(json_cstr(v), "a\xef\xbf\xbd"
					  "b\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
	assert_true(json_equal(parse(&a, text_of(&a, v)), v));
	assert_string_equal(json_cstr(json_new_str(&a, STRV_NONE)), "");
	arena_deinit(&a);
}

static void equality_is_by_value_and_ignores_the_order_of_members(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{ "{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1.0}", true },
		{ "{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"c\":3,\"b\":2}", true },
		{ "{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"c\":3,\"d\":2}", false },
		{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
		{ "{\"a\":1,\"b\":2}", "{\"a\":1}", false },
		{ "{\"a\":null}", "{}", false },
		{ "[1,2]", "[2,1]", false },
		{ "[1,2]", "[1,2,3]", false },
		{ "[1,2,3]", "[1,2]", false },
		{ "[]", "{}", false },
		{ "1", "\"1\"", false },
		{ "true", "false", false },
		{ "9007199254740993", "9007199254740992", false },
		{ "9007199254740993", "9007199254740993", true },
		{ "100000000000000000000", "1e20", true },
		{ "90071992547409931.23", "90071992547409940", true }, /* one double */
		{ "18446744073709551616", "18446744073709551617", false },
		{ "1e3", "1000", true },
		{ "\"a\"", "\"\\u0061\"", true },
		{ "null", "null", true },
	};
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json *x = parse(&a, rows[i].a);
		struct json *y = parse(&a, rows[i].b);
		if (json_equal(x, y) != rows[i].equal || json_equal(y, x) != rows[i].equal) {
			fail_msg("%s and %s", rows[i].a, rows[i].b);
		}
		assert_true(json_equal(json_copy(&a, x), x));
	}
	assert_true(json_equal(NULL, NULL));
	assert_false(json_equal(NULL, parse(&a, "null")));
	arena_deinit(&a);
}

static void an_arena_at_its_limit_gives_an_error(void **state)
{
	static const char text[] =
		"{\"a\":[1,{\"b\":\"text\"},9007199254740993],\"a\":{\"c\":{\"c\":1,\"c\":2}}}";
	bool passed = false;
	(void)state;
	for (size_t limit = 16; !passed; limit += 16) {
		struct arena a;
		struct json *v = NULL;
		arena_init(&a, 0);
		a.limit_bytes = limit;
		int err = json_parse(&a, strv_of(text), &v, NULL);
		passed = err == ERR_OK;
		assert_int_equal(err, passed ? ERR_OK : ERR_NOMEM);
		arena_deinit(&a);
	}
}

static void what_is_no_text_is_noticed_wherever_it_stands(void **state)
{
	(void)state;
	for (size_t n = 1; n < 20; n++) {
		for (size_t at = 0; at < n; at++) {
			char text[20];
			memset(text, 'a', sizeof(text));
			assert_true(json_is_text((struct strv){ text, n }));
			text[at] = '\0';
			assert_false(json_is_text((struct strv){ text, n }));
			text[at] = '\xff';
			assert_false(json_is_text((struct strv){ text, n }));
			text[at] = '\x01';
			assert_true(json_is_text((struct strv){ text, n }));
			memcpy(text + at, "\xc3\xbc", at + 2 <= sizeof(text) ? 2 : 1);
			assert_int_equal(json_is_text((struct strv){ text, n }), at + 2 <= n);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_texts_say_where_and_why),
		cmocka_unit_test(what_is_no_text_is_noticed_wherever_it_stands),
		cmocka_unit_test(accepted_texts_print_in_their_shortest_form),
		cmocka_unit_test(canonical_text_sorts_keys_and_escapes_as_go_does),
		cmocka_unit_test(nesting_ends_at_512_levels),
		cmocka_unit_test(the_last_of_duplicate_keys_wins_and_each_path_is_reported_once),
		cmocka_unit_test(many_members_and_many_duplicates_take_no_square_time),
		cmocka_unit_test(integers_are_read_exactly_or_refused),
		cmocka_unit_test(lookups_chain_through_what_is_absent),
		cmocka_unit_test(trees_are_made_and_changed_in_place),
		cmocka_unit_test(changing_what_is_absent_or_of_another_type_fails),
		cmocka_unit_test(text_that_json_cannot_carry_is_replaced),
		cmocka_unit_test(equality_is_by_value_and_ignores_the_order_of_members),
		cmocka_unit_test(an_arena_at_its_limit_gives_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
