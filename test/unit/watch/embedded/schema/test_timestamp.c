/* Timestamps: complaints are those that kube-apiserver 1.37 passed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "watch/embedded/schema/timestamp.h"

#define AS       " as \"2006-01-02T15:04:05Z07:00\": "
#define AS_MICRO " as \"2006-01-02T15:04:05.000000Z07:00\": "

static const struct {
	const char *why, *in;
	bool micro;
	int err;
	const char *want;
} rows[] = {
	{ "UTC", "2020-02-29T01:02:03Z", false, ERR_OK, "2020-02-29T01:02:03Z" },
	{ "east of it, with a fraction", "2020-02-03T23:50:00.5+02:00", false, ERR_OK,
		"2020-02-03T21:50:00Z" },
	{ "west, over midnight", "2019-12-31T23:00:00-01:30", false, ERR_OK,
		"2020-01-01T00:30:00Z" },
	{ "six digits", "2020-02-03T23:50:00.000001Z", true, ERR_OK,
		"2020-02-03T23:50:00.000001Z" },
	{ "micro needs a fraction", "2020-01-01T00:00:00Z", true, ERR_SYNTAX,
		"parsing time \"2020-01-01T00:00:00Z\"" AS_MICRO
		"cannot parse \"Z\" as \".000000\"" },
	{ "micro takes no more than six", "2020-02-03T23:50:00.123456789+02:00", true, ERR_SYNTAX,
		"parsing time \"2020-02-03T23:50:00.123456789+02:00\"" AS_MICRO
		"cannot parse \"789+02:00\" as \"Z07:00\"" },
	{ "no zone", "2020-01-01T00:00:00", false, ERR_SYNTAX,
		"parsing time \"2020-01-01T00:00:00\"" AS "cannot parse \"\" as \"Z07:00\"" },
	{ "a blank for T", "2020-01-01 00:00:00Z", false, ERR_SYNTAX,
		"parsing time \"2020-01-01 00:00:00Z\"" AS "cannot parse \" 00:00:00Z\" as \"T\"" },
	{ "one digit for a month", "2020-1-01T00:00:00Z", false, ERR_SYNTAX,
		"parsing time \"2020-1-01T00:00:00Z\"" AS
		"cannot parse \"1-01T00:00:00Z\" as \"01\"" },
	{ "no colon in the zone", "2020-02-03T23:50:00+0200", false, ERR_SYNTAX,
		"parsing time \"2020-02-03T23:50:00+0200\"" AS
		"cannot parse \"+0200\" as \"Z07:00\"" },
	{ "a 13th month", "2020-13-01T00:00:00Z", false, ERR_SYNTAX,
		"parsing time \"2020-13-01T00:00:00Z\": month out of range" },
	{ "30 February", "2020-02-30T00:00:00Z", false, ERR_SYNTAX,
		"parsing time \"2020-02-30T00:00:00Z\": day out of range" },
	{ "29 February of a common year", "2100-02-29T00:00:00Z", false, ERR_SYNTAX,
		"parsing time \"2100-02-29T00:00:00Z\": day out of range" },
	{ "24 hours", "2020-02-03T24:00:00Z", false, ERR_SYNTAX,
		"parsing time \"2020-02-03T24:00:00Z\": hour out of range" },
	{ "60 minutes", "2020-02-03T23:60:00Z", false, ERR_SYNTAX,
		"parsing time \"2020-02-03T23:60:00Z\": minute out of range" },
	{ "text behind", "2020-02-03T23:50:00.5Zfoo", false, ERR_SYNTAX,
		"parsing time \"2020-02-03T23:50:00.5Zfoo\": extra text: \"foo\"" },
	{ "nothing", "", false, ERR_SYNTAX,
		"parsing time \"\"" AS "cannot parse \"\" as \"2006\"" },
};

static void times_are_read_as_go_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct strv out = STRV_NONE;
		int err = timestamp_normal(&a, strv_of(rows[i].in), rows[i].micro, &out);
		if (err != rows[i].err || !strv_eq(out, strv_of(rows[i].want))) {
			fail_msg("%s: %d %.*s", rows[i].why, err, STRV_ARG(out));
		}
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_as_go_reads_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
