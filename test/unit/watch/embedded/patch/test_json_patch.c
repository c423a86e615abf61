/* patch_json: the examples of RFC 6902 appendix A, pointers of RFC 6901, and what kube-apiserver adds. */
#include "watch/embedded/patch/patch.h"

#include "test/unit/watch/embedded/patch/fixture.h"

static const struct {
	const char *why, *doc, *patch, *want;
} good[] = {
	{ "replacing a member that is not there adds it, as kube-apiserver does", "{}",
		"[{\"op\":\"replace\",\"path\":\"/a\",\"value\":1}]", "{\"a\":1}" },
	{ "RFC 6902 A.1: adding a member", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
		"{\"baz\":\"qux\",\"foo\":\"bar\"}" },
	{ "RFC 6902 A.2: adding an element", "{\"foo\":[\"bar\",\"baz\"]}",
		"[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
		"{\"foo\":[\"bar\",\"qux\",\"baz\"]}" },
	{ "RFC 6902 A.3: removing a member", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
		"[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}" },
	{ "RFC 6902 A.4: removing an element", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
		"[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}" },
	{ "RFC 6902 A.5: replacing a value", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
		"[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
		"{\"baz\":\"boo\",\"foo\":\"bar\"}" },
	{ "RFC 6902 A.6: moving a value",
		"{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
		"[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
		"{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}" },
	{ "RFC 6902 A.7: moving an element", "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
		"[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
		"{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}" },
	{ "RFC 6902 A.8: testing, with success", "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
		"[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
		"{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
		"{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}" },
	{ "RFC 6902 A.10: adding a nested object", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
		"{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}" },
	{ "RFC 6902 A.11: unknown members of an operation are ignored", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
		"{\"foo\":\"bar\",\"baz\":\"qux\"}" },
	{ "RFC 6902 A.14: ~ escapes in their order", "{\"/\":9,\"~1\":10}",
		"[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]", "{\"/\":9,\"~1\":10}" },
	{ "RFC 6902 A.16: - is behind the last element", "{\"foo\":[\"bar\"]}",
		"[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
		"{\"foo\":[\"bar\",[\"abc\",\"def\"]]}" },
	{ "an index equal to the length appends", "{\"a\":[1]}",
		"[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}]", "{\"a\":[1,2]}" },
	{ "adding what is there replaces it", "{\"a\":1,\"b\":2}",
		"[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]", "{\"a\":null,\"b\":2}" },
	{ "RFC 6901 5: the empty path is the whole document", "{\"a\":1}",
		"[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"b\":2}}]", "{\"b\":2}" },
	{ "RFC 6901 5: the empty token is the member of the empty name", "{\"\":0}",
		"[{\"op\":\"replace\",\"path\":\"/\",\"value\":1}]", "{\"\":1}" },
	{ "RFC 6901 4: a label key with a slash", "{\"labels\":{\"app.kubernetes.io/name\":\"x\"}}",
		"[{\"op\":\"replace\",\"path\":\"/labels/"
		"app.kubernetes.io~1name\",\"value\":\"y\"}]",
		"{\"labels\":{\"app.kubernetes.io/name\":\"y\"}}" },
	{ "replacing an element keeps its place", "{\"a\":[1,2,3]}",
		"[{\"op\":\"replace\",\"path\":\"/a/1\",\"value\":9}]", "{\"a\":[1,9,3]}" },
	{ "copying a value leaves two", "{\"a\":{\"x\":1}}",
		"[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"},"
		"{\"op\":\"replace\",\"path\":\"/b/x\",\"value\":2}]",
		"{\"a\":{\"x\":1},\"b\":{\"x\":2}}" },
	{ "moving a value onto itself changes nothing", "{\"a\":1}",
		"[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", "{\"a\":1}" },
	{ "moving a value over its parent", "{\"a\":{\"b\":1}}",
		"[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/a\"}]", "{\"a\":1}" },
	{ "kube-apiserver: testing for null passes where nothing is", "{\"metadata\":{}}",
		"[{\"op\":\"test\",\"path\":\"/metadata/annotations\",\"value\":null}]",
		"{\"metadata\":{}}" },
	{ "no operations", "{\"a\":1}", "[]", "{\"a\":1}" },
};

static void examples_of_the_rfc_give_its_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct arena a;
		struct status s;
		arena_init(&a, 0);
		status_init(&s, &a);
		struct json *doc = parse(&a, good[i].doc);
		int err = patch_json(&a, &doc, parse(&a, good[i].patch), &s);
		if (err != ERR_OK) {
			fail_msg("%s: %.*s", good[i].why, STRV_ARG(s.message));
		}
		assert_json(&a, good[i].why, doc, good[i].want);
		arena_deinit(&a);
	}
}

#define REJECTED "the server rejected our request due to an error in our request"
static const struct {
	const char *why, *doc, *patch;
	unsigned code;
	const char *says;
} bad[] = {
	{ "RFC 6902 A.9: testing, with an error", "{\"baz\":\"qux\"}",
		"[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", 422, REJECTED },
	{ "RFC 6902 A.12: adding to a target that does not exist", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", 422, REJECTED },
	{ "RFC 6902 A.13: an operation that is none", "{\"foo\":\"bar\"}",
		"[{\"op\":\"spam\",\"path\":\"/baz\",\"value\":\"qux\"}]", 422, REJECTED },
	{ "RFC 6902 A.15: a string is not a number", "{\"/\":9,\"~1\":10}",
		"[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", 422, REJECTED },
	{ "the second of two fails", "{\"a\":1}",
		"[{\"op\":\"add\",\"path\":\"/b\",\"value\":1},{\"op\":\"remove\",\"path\":\"/"
		"c\"}]",
		422, REJECTED },
	{ "an index beyond the end", "{\"a\":[1]}",
		"[{\"op\":\"add\",\"path\":\"/a/2\",\"value\":1}]", 422, REJECTED },
	{ "a needless zero in an index", "{\"a\":[1,2]}",
		"[{\"op\":\"remove\",\"path\":\"/a/01\"}]", 422, REJECTED },
	{ "- names nothing that could be removed", "{\"a\":[1]}",
		"[{\"op\":\"remove\",\"path\":\"/a/-\"}]", 422, REJECTED },
	{ "a path that does not begin with /", "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"a\"}]",
		422, REJECTED },
	{ "~ at the end of a path", "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/a~\"}]", 422,
		REJECTED },
	{ "~2", "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/a~2\"}]", 422, REJECTED },
	{ "no path", "{\"a\":1}", "[{\"op\":\"remove\"}]", 422, REJECTED },
	{ "no value", "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/b\"}]", 422, REJECTED },
	{ "no from", "{\"a\":1}", "[{\"op\":\"copy\",\"path\":\"/b\"}]", 422, REJECTED },
	{ "a value moved into itself", "{\"a\":{\"b\":1}}",
		"[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", 422, REJECTED },
	{ "the whole document removed", "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", 422,
		REJECTED },
	{ "null is not found below what is missing", "{}",
		"[{\"op\":\"test\",\"path\":\"/a/b\",\"value\":null}]", 422, REJECTED },
	{ "an object is no patch", "{}", "{\"op\":\"add\"}", 400,
		"cannot unmarshal object into Go value of type []handlers.jsonPatchOp" },
	{ "a string is no operation", "{}", "[\"add\"]", 400,
		"cannot unmarshal string into Go value of type handlers.jsonPatchOp" },
};

static void wrong_patches_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena a;
		struct status s;
		arena_init(&a, 0);
		status_init(&s, &a);
		struct json *doc = parse(&a, bad[i].doc);
		if (patch_json(&a, &doc, parse(&a, bad[i].patch), &s) == ERR_OK) {
			fail_msg("%s: not refused", bad[i].why);
		}
		assert_int_equal(s.code, bad[i].code);
		assert_contains(bad[i].why, s.message, bad[i].says);
		arena_deinit(&a);
	}
}

/* Twenty doublings of a document would be a million times its size. */
static void copies_cannot_blow_up_the_document(void **state)
{
	(void)state;
	struct arena a;
	struct status s;
	struct buf b;
	arena_init(&a, 0);
	status_init(&s, &a);
	buf_init(&b);
	for (int i = 0; i < 40; i++) {
		buf_printf(&b, "%s{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a%d\"}", i ? "," : "[",
			i);
	}
	buf_add(&b, STRV("]"));
	assert_int_equal(b.err, ERR_OK);
	struct json *patch = NULL;
	assert_int_equal(json_parse(&a, buf_strv(&b), &patch, NULL), ERR_OK);
	struct json *doc = parse(&a, "{\"text\":\"0123456789\"}");
	assert_int_not_equal(patch_json(&a, &doc, patch, &s), ERR_OK);
	assert_int_equal(s.code, 422);
	buf_deinit(&b);
	arena_deinit(&a);
}

static void a_document_cannot_be_made_deeper_than_the_parser_allows(void **state)
{
	(void)state;
	struct arena a;
	struct status s;
	struct buf b;
	arena_init(&a, 0);
	status_init(&s, &a);
	buf_init(&b);
	for (int i = 0; i < 600; i++) {
		buf_printf(&b,
			"%s{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"},"
			"{\"op\":\"add\",\"path\":\"/a\",\"value\":{}},"
			"{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/a/a\"}",
			i ? "," : "[");
	}
	buf_add(&b, STRV("]"));
	struct json *patch = NULL;
	assert_int_equal(json_parse(&a, buf_strv(&b), &patch, NULL), ERR_OK);
	struct json *doc = parse(&a, "{\"a\":{}}");
	assert_int_not_equal(patch_json(&a, &doc, patch, &s), ERR_OK);
	assert_int_equal(s.code, 422);
	buf_deinit(&b);
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_rfc_give_its_results),
		cmocka_unit_test(wrong_patches_are_refused),
		cmocka_unit_test(copies_cannot_blow_up_the_document),
		cmocka_unit_test(a_document_cannot_be_made_deeper_than_the_parser_allows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
