/* base/yaml: scalars as kubectl reads them, streams, anchors, errors with their line. The values of the first
 * tables were compared with kubectl 1.32 (patch --local -o json). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/yaml.h"

struct row {
	const char *why, *in, *want;
};

/* All documents of text, one line of JSON each, errors as "line:column why". */
static const char *read_all(struct arena *a, const char *text)
{
	struct yaml_stream *y;
	struct buf b;
	buf_init(&b);
	assert_int_equal(yaml_open(strv_of(text), &y), ERR_OK);
	for (;;) {
		struct yaml_report report;
		struct json *v = NULL;
		int err = yaml_next(y, a, &v, &report);
		if (err == ERR_OK && !v) {
			break;
		}
		if (b.n > 0) {
			buf_add_char(&b, '\n');
		}
		if (err == ERR_OK) {
			json_print(v, &b);
		} else {
			buf_printf(&b, "%zu:%zu %s", report.line, report.column, report.why);
		}
	}
	yaml_close(y);
	assert_int_equal(b.err, ERR_OK);
	struct strv all = arena_strdup(a, buf_strv(&b));
	buf_deinit(&b);
	return all.p;
}

static void check(const struct row *rows, size_t n)
{
	struct arena a;
	arena_init(&a, 0);
	for (size_t i = 0; i < n; i++) {
		const char *got = read_all(&a, rows[i].in);
		if (strcmp(got, rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, got);
		}
		arena_reset(&a);
	}
	arena_deinit(&a);
}

static void plain_scalars_have_the_types_that_kubectl_gives_them(void **state)
{
	static const struct row rows[] = {
		{ "booleans of YAML 1.1", "[yes, Y, on, TRUE, no, n, Off, False]",
			"[true,true,true,true,false,false,false,false]" },
		{ "not booleans", "[yEs, tRue, oN, ye]", "[\"yEs\",\"tRue\",\"oN\",\"ye\"]" },
		{ "quoted is text", "['yes', \"1\", 'null', '']", "[\"yes\",\"1\",\"null\",\"\"]" },
		{ "nulls", "{a: ~, b: null, c: Null, d: NULL, e: }",
			"{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null}" },
		{ "bases", "[0777, 0o17, 0x1F, 0b11, -0x10, 0, 00]", "[511,15,31,3,-16,0,0]" },
		{ "a zero before what is not octal", "[08, 09.5]", "[8,9.5]" },
		{ "underscores", "[1_000, 1.5_0, .5_0, _1]", "[1000,1.5,0.5,\"_1\"]" },
		{ "signs", "[+5, -5, +.5, -, +]", "[5,-5,0.5,\"-\",\"+\"]" },
		{ "floats", "[1e3, 1., .5, 1.0, 1e21, 0.1e-7, 12e+1]",
			"[1000,1,0.5,1,1e+21,1e-8,120]" },
		{ "no floats", "[1e, 1.2.3, 1e999, 0x, 1:30]",
			"[\"1e\",\"1.2.3\",\"1e999\",\"0x\",\"1:30\"]" },
		{ "64 bits", "[9223372036854775807, -9223372036854775808, 18446744073709551615]",
			"[9223372036854775807,-9223372036854775808,18446744073709551615]" },
		{ "beyond", "[-9223372036854775809, 123456789012345678901]",
			"[-9223372036854776000,123456789012345680000]" },
		{ "dates are text", "[2001-12-14, 2001-12-14T21:59:43.1Z]",
			"[\"2001-12-14\",\"2001-12-14T21:59:43.1Z\"]" },
		{ "versions are text, or not", "[1.27.0, v1.27, 1.20]",
			"[\"1.27.0\",\"v1.27\",1.2]" },
		{ "tags",
			"[!!str 5, !!int \"5\", !!float 1, !foo 5, !!binary aGVsbG8=, ! 5, !!bool "
			"yes]",
			"[\"5\",5,1,\"5\",\"hello\",\"5\",true]" },
		{ "block scalars", "a: |\n  x\n   y\nb: >-\n  x\n  y\n",
			"{\"a\":\"x\\n y\\n\",\"b\":\"x y\"}" },
		{ "escapes", "\"\\x41\\u00e4\\n\\/\"", "\"A\xc3\xa4\\n/\"" },
	};
	(void)state;
	check(rows, ARRAY_LEN(rows));
}

static void keys_are_text_whatever_they_look_like(void **state)
{
	static const struct row rows[] = {
		{ "numbers", "{1: a, 0x10: b, 1.5: c, 1000000.0: d, 1e5: e, 1234567.5: f, 0.25: g}",
			"{\"1\":\"a\",\"16\":\"b\",\"1.5\":\"c\",\"1e+06\":\"d\",\"100000\":\"e\","
			"\"1.2345675e+06\":\"f\",\"0.25\":\"g\"}" },
		{ "booleans, as Kubernetes reads them", "y: 1\nno: 2\n\"yes\": 3\n",
			"{\"true\":1,\"false\":2,\"yes\":3}" },
		{ "null is no key", "~: 1\n", "1:1 a key is neither string, boolean nor number" },
		{ "a list is no key", "[1]: 1\n",
			"1:1 a key is neither string, boolean nor number" },
		{ "a mapping is no key", "? {a: 1}\n: 1\n",
			"1:3 a key is neither string, boolean nor number" },
		{ "given twice", "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n",
			"5:3 key \"c\" already set in map" },
		{ "the same after conversion", "1: a\n\"1\": b\n",
			"2:1 key \"1\" already set in map" },
		{ "an alias to a string", "a: &k name\n*k : 1\n", "{\"a\":\"name\",\"name\":1}" },
		{ "an anchor on a key", "&k a: 1\nb: *k\n", "{\"a\":1,\"b\":\"a\"}" },
	};
	(void)state;
	check(rows, ARRAY_LEN(rows));
}

static void streams_give_every_document_that_is_not_empty(void **state)
{
	static const struct row rows[] = {
		{ "nothing", "", "" },
		{ "comments only", "# a\n\n# b\n", "" },
		{ "no line end", "a: 1", "{\"a\":1}" },
		{ "several", "a: 1\n---\nb: 2\n--- # text\nc: 3\n",
			"{\"a\":1}\n{\"b\":2}\n{\"c\":3}" },
		{ "empty ones between", "---\n---\n# c\n---\nnull\n---\n~\n---\na: 1\n---\n",
			"{\"a\":1}" },
		{ "line ends of Windows", "a: 1\r\n---\r\nb: 2\r\n", "{\"a\":1}\n{\"b\":2}" },
		{ "a byte order mark",
			"\xef\xbb\xbf"
			"a: 1\n",
			"{\"a\":1}" },
		{ "a value on the document's line", "--- {a: 1}\n--- text\n",
			"{\"a\":1}\n\"text\"" },
		{ "dashes that begin nothing", "a: |\n  ---\n  x\nb: \"\n  --- y\"\n----: 1\n",
			"{\"a\":\"---\\nx\\n\",\"b\":\" --- y\",\"----\":1}" },
		{ "end marks and directives",
			"%YAML 1.1\n# c\n---\na: 1\n...\n# c\n%YAML 1.1\n---\nb: 2\n...\n",
			"{\"a\":1}\n{\"b\":2}" },
		{ "JSON", "{\"a\":\"\\ud83d\\ude00\\/\",\n\t\"b\":[1,\n\t2]}",
			"{\"a\":\"\xf0\x9f\x98\x80/\",\"b\":[1,2]}" },
		{ "JSON in a row", "{\"a\":1}\n{\"b\":2}{\"c\":3}\n---\nd: 4\n---\n {\"e\":5}\n",
			"{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n{\"d\":4}\n{\"e\":5}" },
		{ "nearly JSON", "{a: 1, \"b\": 2,}\n", "{\"a\":1,\"b\":2}" },
		{ "JSON with a key twice", "\n\n {\"a\":1,\n\"a\":2}\n{\"b\":1}",
			"3:2 key \"a\" already set in map\n{\"b\":1}" },
	};
	(void)state;
	check(rows, ARRAY_LEN(rows));
}

static void an_error_tells_its_line_and_ends_with_its_document(void **state)
{
	static const struct row rows[] = {
		{ "a list left open", "a: 1\n---\nb: [1, 2\n---\nc: 3\n",
			"{\"a\":1}\n4:1 did not find expected ',' or ']' while parsing a flow "
			"sequence\n{\"c\":3}" },
		{ "a quote left open", "---\na: \"x\n---\nb: 1\n",
			"3:1 found unexpected end of stream while scanning a quoted "
			"scalar\n{\"b\":1}" },
		{ "indentation", "a:\n    b: 1\n  c: 2\n---\nd: 1\n",
			"3:3 did not find expected key while parsing a block mapping\n{\"d\":1}" },
		{ "a tab", "a:\n\tb: 1\n",
			"2:1 found character that cannot start any token while scanning for the "
			"next token" },
		{ "bytes that are not UTF-8", "a: 1\n---\nb: \"\xff\"\n---\nc: 3\n",
			"{\"a\":1}\n3:5 invalid leading UTF-8 octet\n{\"c\":3}" },
		{ "U+0000", "a: \"x\\0\"\n", "1:4 a string holds U+0000" },
		{ "a surrogate", "a: \"\\ud800\"\n",
			"1:7 found invalid Unicode character escape code while parsing a quoted "
			"scalar" },
		{ "infinity", "a: .inf\n", "1:4 cannot read '.inf' as a number of JSON" },
		{ "a tag that does not fit", "a: !!int abc\n",
			"1:4 cannot read 'abc' as tag:yaml.org,2002:int" },
		{ "base64 that is none", "a: !!binary a\n",
			"1:4 cannot read 'a' as tag:yaml.org,2002:binary" },
		{ "text behind the document", "{a: 1} x\n---\nb: 1\n",
			"{\"a\":1}\n1:8 did not find expected <document start>\n{\"b\":1}" },
	};
	(void)state;
	check(rows, ARRAY_LEN(rows));
}

static void anchors_and_merges_expand(void **state)
{
	static const struct row rows[] = {
		{ "an alias", "a: &x [1, {b: 2}]\nc: *x\n",
			"{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}]}" },
		{ "the latest of a name", "[&x 1, *x, &x 2, *x]", "[1,1,2,2]" },
		{ "none of another document", "a: &x 1\n---\nb: *x\n",
			"{\"a\":1}\n3:4 unknown anchor 'x' referenced" },
		{ "itself", "a: &x [*x]\n", "1:8 anchor 'x' contains itself" },
		{ "merge: what is written wins",
			"b: &b {x: 1, z: 2}\nc: {z: 3, <<: *b, w: 4}\nd: {<<: *b, x: 9}\n",
			"{\"b\":{\"x\":1,\"z\":2},\"c\":{\"z\":3,\"w\":4,\"x\":1},\"d\":{\"x\":9,"
			"\"z\":2}}" },
		{ "merge: the earlier wins", "c: {<<: [{q: 1}, {q: 2, r: 3}]}\n",
			"{\"c\":{\"q\":1,\"r\":3}}" },
		{ "merge of a scalar", "<<: 1\n",
			"2:1 '<<' wants a mapping or a list of mappings" },
		{ "merge of lists in a list", "<<: [[1]]\n",
			"2:1 '<<' wants a mapping or a list of mappings" },
		{ "quoted it is a key", "\"<<\": 1\n", "{\"<<\":1}" },
	};
	(void)state;
	check(rows, ARRAY_LEN(rows));
}

static int read_first(struct strv text)
{
	struct yaml_stream *y;
	struct yaml_report report;
	struct json *v = NULL;
	struct arena a;
	arena_init(&a, 0);
	assert_int_equal(yaml_open(text, &y), ERR_OK);
	int err = yaml_next(y, &a, &v, &report);
	assert_true(err == ERR_OK || report.why[0]);
	yaml_close(y);
	arena_deinit(&a);
	return err;
}

static void bombs_do_not_go_off(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b);
	buf_printf(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++) {
		buf_printf(&b, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	}
	assert_int_equal(read_first(buf_strv(&b)), ERR_TOO_LARGE);

	buf_reset(&b);
	static const struct {
		const char *text;
		int times;
	} deep[] = { { "a: &a ", 1 }, { "[", 300 }, { "]", 300 }, { "\nb: ", 1 }, { "[", 300 },
		{ "*a", 1 }, { "]", 300 } };
	for (size_t i = 0; i < ARRAY_LEN(deep); i++) {
		for (int j = 0; j < deep[i].times; j++) {
			buf_add(&b, strv_of(deep[i].text));
		}
	}
	assert_int_equal(read_first(buf_strv(&b)), ERR_TOO_DEEP);

	buf_reset(&b);
	for (int i = 0; i < 2000; i++) {
		buf_printf(&b, "- &a%d x\n", i);
	}
	assert_int_equal(read_first(buf_strv(&b)), ERR_TOO_LARGE);
	buf_deinit(&b);
}

static void depth_ends_at_512_levels(void **state)
{
	static const struct {
		const char *why, *piece;
		size_t n;
		int want;
	} rows[] = {
		{ "lists in a line", "- ", 512, ERR_OK },
		{ "one more", "- ", 513, ERR_TOO_DEEP },
		{ "many more", "- ", 100000, ERR_TOO_DEEP },
		{ "brackets left open", "[", 512, ERR_SYNTAX },
		{ "many brackets", "[\n", 100000, ERR_TOO_DEEP },
		{ "many braces", "{a: \n", 100000, ERR_TOO_DEEP },
	};
	struct buf b;
	(void)state;
	buf_init(&b);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		for (size_t j = 0; j < rows[i].n; j++) {
			buf_add(&b, strv_of(rows[i].piece));
		}
		int err = read_first(buf_strv(&b));
		if (err != rows[i].want) {
			fail_msg("%s: %d", rows[i].why, err);
		}
	}
	buf_deinit(&b);
}

static void what_follows_a_json_document_that_is_too_deep_is_read(void **state)
{
	struct buf b;
	struct arena a;
	struct yaml_stream *y;
	struct yaml_report report;
	struct json *v = NULL;
	(void)state;
	buf_init(&b);
	arena_init(&a, 0);
	for (int i = 0; i < 1000; i++) {
		buf_add(&b, STRV("{\"a\":"));
	}
	buf_add(&b, STRV("\n---\nb: 1\n"));
	assert_int_equal(yaml_open(buf_strv(&b), &y), ERR_OK);
	assert_int_equal(yaml_next(y, &a, &v, &report), ERR_TOO_DEEP);
	assert_int_equal(yaml_next(y, &a, &v, &report), ERR_OK);
	assert_non_null(json_get(v, "b"));
	assert_int_equal(yaml_next(y, &a, &v, &report), ERR_OK);
	assert_null(v);
	yaml_close(y);
	arena_deinit(&a);
	buf_deinit(&b);
}

static void a_mapping_of_many_keys_takes_no_square_time(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b);
	for (int i = 0; i < 50000; i++) {
		buf_printf(&b, "key-%d: %d\n", i, i);
	}
	assert_int_equal(read_first(buf_strv(&b)), ERR_OK);
	buf_printf(&b, "key-40000: x\n");
	assert_int_equal(read_first(buf_strv(&b)), ERR_SYNTAX);
	buf_deinit(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_scalars_have_the_types_that_kubectl_gives_them),
		cmocka_unit_test(keys_are_text_whatever_they_look_like),
		cmocka_unit_test(streams_give_every_document_that_is_not_empty),
		cmocka_unit_test(an_error_tells_its_line_and_ends_with_its_document),
		cmocka_unit_test(anchors_and_merges_expand),
		cmocka_unit_test(bombs_do_not_go_off),
		cmocka_unit_test(depth_ends_at_512_levels),
		cmocka_unit_test(what_follows_a_json_document_that_is_too_deep_is_read),
		cmocka_unit_test(a_mapping_of_many_keys_takes_no_square_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
