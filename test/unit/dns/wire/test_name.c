/* Names in wire form and as text. Parser inputs end at a guard page (guard.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/wire/name.h"
#include "test/unit/dns/wire/guard.h"

#define BYTES(lit) lit, sizeof(lit) - 1

static void malformed_names_are_refused_where_they_stand(void **state)
{
	static const struct {
		const char *why, *in;
		size_t n, at;
		int want;
	} rows[] = {
		{ "nothing at all", "", 0, 0, ERR_TRUNCATED },
		{ "a label longer than the rest of the input", BYTES("\3ab"), 0, ERR_TRUNCATED },
		{ "no root octet", BYTES("\2ab"), 0, ERR_TRUNCATED },
		{ "half a pointer", BYTES("\xc0"), 0, ERR_TRUNCATED },
		{ "a pointer to itself", BYTES("\xc0\0"), 0, ERR_BAD_NAME },
		{ "a pointer forwards", BYTES("\xc0\2\1a\0"), 0, ERR_BAD_NAME },
		{ "a pointer behind the message", BYTES("\0\xff\xff"), 1, ERR_BAD_NAME },
		{ "two pointers at each other", BYTES("\xc0\2\xc0\0"), 2, ERR_BAD_NAME },
		{ "a run that points into itself", BYTES("\1a\xc0\0"), 0, ERR_BAD_NAME },
		{ "label type 01 (RFC 6891 retired it)",
			BYTES("\x41"
			      "a\0"),
			0, ERR_BAD_NAME },
		{ "label type 10",
			BYTES("\x81"
			      "a\0"),
			0, ERR_BAD_NAME },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *p = guard_new(rows[i].in, rows[i].n);
		struct rd r = rd_of(p, rows[i].n);
		r.at += rows[i].at;
		struct name n;
		int err = name_read(&r, &n);
		if (err != rows[i].want || r.err != rows[i].want) {
			fail_msg("%s: %s", rows[i].why, err_text(err));
		}
		guard_free(p, rows[i].n);
	}
}

static void a_name_of_255_octets_is_read_and_one_of_256_is_not(void **state)
{
	uint8_t in[400];
	size_t n = 0;
	struct name out;
	struct name_map map;
	(void)state;
	for (int label = 0; label < 4; label++) {
		in[n] = label < 3 ? 63 : 61;
		memset(in + n + 1, 'a', in[n]);
		n += 1u + in[n];
	}
	in[n++] = 0;
	assert_int_equal(n, 255);
	struct rd r = rd_of(in, n);
	assert_int_equal(name_read(&r, &out), ERR_OK);
	assert_int_equal(out.n, 255);
	r = rd_of(in, n);
	assert_int_equal(name_scan(&r, &map, NULL), 255);
	assert_int_equal(map.n, 4);
	in[192] = 62;
	memset(in + 193, 'a', 62);
	in[255] = 0;
	r = rd_of(in, 256);
	assert_int_equal(name_read(&r, &out), ERR_BAD_NAME);
	r = rd_of(in, 256);
	assert_int_equal(name_scan(&r, &map, NULL), 0);
	assert_int_equal(r.err, ERR_BAD_NAME);
}

static void pointers_are_followed_backwards_and_case_is_kept(void **state)
{
	static const char message[] = "\3Www\7ExAmPlE\3com\0\2ns\xc0\4\1x\xc0\x11";
	(void)state;
	struct rd r = rd_of((const uint8_t *)message, sizeof(message) - 1);
	struct name n;
	char text[NAME_TEXT_BYTES];
	assert_int_equal(name_read(&r, &n), ERR_OK);
	assert_int_equal(name_read(&r, &n), ERR_OK);
	assert_int_equal(rd_offset(&r), 22);
	assert_int_equal(name_read(&r, &n), ERR_OK);
	assert_int_equal(rd_left(&r), 0);
	assert_int_equal(name_print(n.b, text), strlen("x.ns.ExAmPlE.com."));
	assert_string_equal(text, "x.ns.ExAmPlE.com.");
}

static void text_is_read_and_printed_with_escapes(void **state)
{
	static const struct {
		const char *why, *in, *out; /* out NULL: refused */
	} rows[] = {
		{ "the root", ".", "." },
		{ "absolute", "a.b.", "a.b." },
		{ "without the final dot", "a.b", "a.b." },
		{ "an escaped dot is part of a label", "a\\.b.c", "a\\.b.c." },
		{ "octets by number", "a\\032\\255.c", "a\\032\\255.c." },
		{ "an empty label", "a..b", NULL },
		{ "a dot in front", ".a", NULL },
		{ "nothing", "", NULL },
		{ "a number above 255", "\\256", NULL },
		{ "half an escape", "a\\", NULL },
		{ "63 octets", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa." },
		{ "64 octets", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name n;
		char text[NAME_TEXT_BYTES] = "";
		int err = name_parse(strv_of(rows[i].in), &n);
		if (err == ERR_OK) {
			(void)name_print(n.b, text);
		}
		if ((err == ERR_OK) != (rows[i].out != NULL) ||
			(rows[i].out && strcmp(text, rows[i].out) != 0)) {
			fail_msg("%s: %s %s", rows[i].why, err_text(err), text);
		}
	}
}

static void text_of_300_characters_is_refused(void **state)
{
	char text[301];
	struct name n;
	(void)state;
	for (size_t i = 0; i < 300; i++) {
		text[i] = i % 10 == 9 ? '.' : 'a';
	}
	text[300] = '\0';
	assert_int_equal(name_parse(strv_of(text), &n), ERR_BAD_NAME);
}

static void letter_case_is_no_difference_but_other_octets_are(void **state)
{
	struct name a;
	struct name b;
	(void)state;
	assert_int_equal(name_parse(STRV("Foo.BAR"), &a), ERR_OK);
	assert_int_equal(name_parse(STRV("fOO.bar"), &b), ERR_OK);
	assert_true(name_eq(a.b, b.b));
	assert_int_equal(octets_hash(a.b, a.n, 7), octets_hash(b.b, b.n, 7));
	assert_int_equal(name_parse(STRV("[oo.bar"), &a), ERR_OK);
	assert_int_equal(name_parse(STRV("{oo.bar"), &b), ERR_OK);
	assert_false(name_eq(a.b, b.b)); /* RFC 4343: letters only */
}

static void a_suffix_is_found_at_labels_only(void **state)
{
	struct name name;
	struct name zone;
	(void)state;
	assert_int_equal(name_parse(STRV("a.xcluster.LOCAL"), &name), ERR_OK);
	assert_int_equal(name_parse(STRV("cluster.local"), &zone), ERR_OK);
	assert_int_equal(name_suffix_at(name.b, name.n, zone.b, zone.n), -1);
	assert_int_equal(name_parse(STRV("a.Cluster.LOCAL"), &name), ERR_OK);
	assert_int_equal(name_suffix_at(name.b, name.n, zone.b, zone.n), 2);
	assert_int_equal(name_suffix_at(zone.b, zone.n, zone.b, zone.n), 0);
	assert_int_equal(name_suffix_at(zone.b, zone.n, name.b, name.n), -1);
	assert_int_equal(name_suffix_at(zone.b, zone.n, name_root.b, 1), zone.n - 1);
}

static void names_are_joined_up_to_255_octets(void **state)
{
	struct name a;
	struct name b;
	struct name out;
	(void)state;
	assert_int_equal(name_parse(STRV("a.b"), &a), ERR_OK);
	assert_int_equal(name_parse(STRV("c"), &b), ERR_OK);
	assert_int_equal(name_join(a.b, b.b, &out), ERR_OK);
	assert_int_equal(out.n, 7);
	assert_memory_equal(out.b, "\1a\1b\1c\0", 7);
	assert_int_equal(name_prepend(&out, STRV("")), ERR_BAD_NAME);
	while (name_prepend(&a, STRV("0123456789")) == ERR_OK) {
	}
	assert_in_range(a.n, 245, 255);
	assert_int_equal(name_join(a.b, a.b, &out), ERR_BAD_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_names_are_refused_where_they_stand),
		cmocka_unit_test(a_name_of_255_octets_is_read_and_one_of_256_is_not),
		cmocka_unit_test(pointers_are_followed_backwards_and_case_is_kept),
		cmocka_unit_test(text_is_read_and_printed_with_escapes),
		cmocka_unit_test(text_of_300_characters_is_refused),
		cmocka_unit_test(letter_case_is_no_difference_but_other_octets_are),
		cmocka_unit_test(a_suffix_is_found_at_labels_only),
		cmocka_unit_test(names_are_joined_up_to_255_octets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
