/* Cursors, records and EDNS. Parser inputs end at a guard page (guard.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/wire/edns.h"
#include "dns/wire/message.h"
#include "test/unit/dns/wire/guard.h"

#define BYTES(lit) lit, sizeof(lit) - 1

static void a_cursor_keeps_its_first_error(void **state)
{
	(void)state;
	struct rd r = rd_of((const uint8_t *)"\1\2\3", 3);
	assert_int_equal(rd_u16(&r), 0x0102);
	assert_int_equal(rd_u32(&r), 0);
	assert_int_equal(r.err, ERR_TRUNCATED);
	assert_int_equal(rd_u8(&r), 0); /* though one octet is left */
	assert_int_equal(rd_left(&r), 1);
}

static void what_does_not_fit_is_not_written_in_part(void **state)
{
	uint8_t out[5] = { 0 };
	(void)state;
	struct wr w = wr_of(out, 5);
	wr_u16(&w, 0x0102);
	wr_u32(&w, 0xFFFFFFFF);
	assert_int_equal(w.err, ERR_NO_SPACE);
	assert_int_equal(w.n, 2);
	wr_u8(&w, 9); /* sticky */
	assert_int_equal(out[2], 0);
	wr_cut(&w, 1);
	wr_u8(&w, 9);
	assert_int_equal(w.err, ERR_OK);
	assert_int_equal(out[1], 9);
}

static void records_are_read_and_bad_ones_refused(void **state)
{
	static const struct {
		const char *why, *in;
		size_t n;
		int want;
	} rows[] = {
		{ "an A record", BYTES("\0\0\1\0\1\0\0\0\5\0\4abcd"), ERR_OK },
		{ "no data", BYTES("\0\0\1\0\1\0\0\0\5\0\0"), ERR_OK },
		{ "RDLENGTH passes the end", BYTES("\0\0\1\0\1\0\0\0\5\0\5abcd"), ERR_TRUNCATED },
		{ "ends in the TTL", BYTES("\0\0\1\0\1\0\0"), ERR_TRUNCATED },
		{ "owner points at itself", BYTES("\xc0\0\0\1\0\1\0\0\0\5\0\0"), ERR_BAD_NAME },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *p = guard_new(rows[i].in, rows[i].n);
		struct rd r = rd_of(p, rows[i].n);
		struct rr rr;
		int err = rr_read(&r, &rr);
		if (err != rows[i].want) {
			fail_msg("%s: %s", rows[i].why, err_text(err));
		}
		guard_free(p, rows[i].n);
	}
}

static void a_name_in_rdata_must_end_within_it(void **state)
{
	/* SRV with a target of which RDLENGTH leaves out the root octet. */
	static const char in[] = "\0\0\x21\0\1\0\0\0\5\0\x08\0\0\0\0\0\0\1a\0";
	(void)state;
	struct rd r = rd_of((const uint8_t *)in, sizeof(in) - 1);
	struct rr rr;
	struct name n;
	assert_int_equal(rr_read(&r, &rr), ERR_OK);
	assert_int_equal(rr_name(&r, &rr, 6, &n), ERR_TRUNCATED);
	assert_int_equal(rr_name(&r, &rr, 9, &n), ERR_TRUNCATED);
}

static void opt_is_read_with_size_and_flags(void **state)
{
	static const char in[] = "\0\0\x29\x04\xd0\1\0\x80\0\0\6\0\x0a\0\2ab";
	(void)state;
	struct rd r = rd_of((const uint8_t *)in, sizeof(in) - 1);
	struct rr rr;
	struct edns e;
	assert_int_equal(rr_read(&r, &rr), ERR_OK);
	assert_int_equal(edns_read(&rr, &e), ERR_OK);
	assert_int_equal(e.udp_bytes, 1232);
	assert_int_equal(e.version, 0);
	assert_int_equal(e.rcode_high, 1);
	assert_true(e.dnssec_ok);
}

static void an_error_text_that_does_not_fit_is_left_out(void **state)
{
	uint8_t out[64];
	struct edns e = { .present = true, .udp_bytes = 1232 };
	struct ede why = { .code = EDE_OTHER, .text = STRV("because") };
	(void)state;
	struct wr w = wr_of(out, EDNS_OPT_BYTES + 12);
	edns_write(&w, &e, &why);
	assert_int_equal(w.err, ERR_OK);
	assert_int_equal(w.n, EDNS_OPT_BYTES);
	w = wr_of(out, EDNS_OPT_BYTES + 13);
	edns_write(&w, &e, &why);
	assert_int_equal(w.n, EDNS_OPT_BYTES + 13);
	struct rd r = rd_of(out, w.n);
	struct rr rr;
	assert_int_equal(rr_read(&r, &rr), ERR_OK);
	assert_int_equal(rr.rdata_n, 13);
	assert_memory_equal(rr.rdata, "\0\x0f\0\x09\0\0because", 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cursor_keeps_its_first_error),
		cmocka_unit_test(what_does_not_fit_is_not_written_in_part),
		cmocka_unit_test(records_are_read_and_bad_ones_refused),
		cmocka_unit_test(a_name_in_rdata_must_end_within_it),
		cmocka_unit_test(opt_is_read_with_size_and_flags),
		cmocka_unit_test(an_error_text_that_does_not_fit_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
