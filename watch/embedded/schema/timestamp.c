/* Timestamps as the API takes them. See timestamp.h. */
#include "watch/embedded/schema/timestamp.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"

#define LAYOUT       "2006-01-02T15:04:05Z07:00"
#define LAYOUT_MICRO "2006-01-02T15:04:05.000000Z07:00"

struct reader {
	struct strv whole;
	struct strv rest;
	bool micro;
	const char *bad;    /* the layout's element that did not fit */
	const char *beyond; /* "month": the element out of its range */
};

static bool failed(const struct reader *r)
{
	return r->bad || r->beyond;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* count digits; element names them in the layout. */
static int digits(struct reader *r, size_t count, const char *element)
{
	if (failed(r)) {
		return 0;
	}
	int n = 0;
	for (size_t i = 0; i < count; i++) {
		if (i >= r->rest.n || !is_digit(r->rest.p[i])) {
			r->bad = element;
			return 0;
		}
		n = n * 10 + (r->rest.p[i] - '0');
	}
	r->rest = strv_sub(r->rest, count, r->rest.n);
	return n;
}

static void literal(struct reader *r, char c, const char *element)
{
	if (failed(r)) {
		return;
	}
	if (r->rest.n == 0 || r->rest.p[0] != c) {
		r->bad = element;
		return;
	}
	r->rest = strv_sub(r->rest, 1, r->rest.n);
}

static int in_range(struct reader *r, int n, int low, int high, const char *what)
{
	if (!failed(r) && (n < low || n > high)) {
		r->beyond = what;
	}
	return n;
}

/* ".5" may follow the second and is dropped; MicroTime has six digits, no more, no less. */
static long fraction(struct reader *r)
{
	if (failed(r)) {
		return 0;
	}
	if (r->micro) {
		if (r->rest.n < 7 || r->rest.p[0] != '.') {
			r->bad = ".000000";
			return 0;
		}
		struct strv before = r->rest;
		literal(r, '.', ".000000");
		int micro = digits(r, 6, ".000000");
		if (r->bad) {
			r->rest = before;
		}
		return micro;
	}
	if (r->rest.n < 2 || (r->rest.p[0] != '.' && r->rest.p[0] != ',') ||
		!is_digit(r->rest.p[1])) {
		return 0;
	}
	size_t n = 1;
	while (n < r->rest.n && is_digit(r->rest.p[n])) {
		n++;
	}
	r->rest = strv_sub(r->rest, n, r->rest.n);
	return 0;
}

/* "Z" or "+02:00": seconds east of UTC. */
static int zone(struct reader *r)
{
	if (failed(r)) {
		return 0;
	}
	if (r->rest.n > 0 && r->rest.p[0] == 'Z') {
		literal(r, 'Z', "Z07:00");
		return 0;
	}
	struct strv before = r->rest;
	bool west = r->rest.n > 0 && r->rest.p[0] == '-';
	literal(r, west ? '-' : '+', "Z07:00");
	int hours = digits(r, 2, "Z07:00");
	literal(r, ':', "Z07:00");
	int minutes = digits(r, 2, "Z07:00");
	if (failed(r)) {
		r->rest = before;
		return 0;
	}
	(void)in_range(r, hours, 0, 24, "time zone offset hour");
	(void)in_range(r, minutes, 0, 60, "time zone offset minute");
	return (hours * 60 + minutes) * (west ? -60 : 60);
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month == 2 && leap ? 29 : month >= 1 && month <= 12 ? days[month - 1] : 31;
}

static struct strv complaint(struct arena *a, const struct reader *r)
{
	if (r->beyond) {
		return arena_printf(
			a, "parsing time \"%.*s\": %s out of range", STRV_ARG(r->whole), r->beyond);
	}
	if (r->bad) {
		return arena_printf(a,
			"parsing time \"%.*s\" as \"%s\": cannot parse \"%.*s\" as \"%s\"",
			STRV_ARG(r->whole), r->micro ? LAYOUT_MICRO : LAYOUT, STRV_ARG(r->rest),
			r->bad);
	}
	return arena_printf(a, "parsing time \"%.*s\": extra text: \"%.*s\"", STRV_ARG(r->whole),
		STRV_ARG(r->rest));
}

int timestamp_normal(struct arena *a, struct strv s, bool micro, struct strv *out)
{
	struct reader r = { .whole = s, .rest = s, .micro = micro };
	struct tm t = { 0 };
	int year = digits(&r, 4, "2006");
	literal(&r, '-', "-");
	int month = in_range(&r, digits(&r, 2, "01"), 1, 12, "month");
	literal(&r, '-', "-");
	int day = digits(&r, 2, "02");
	literal(&r, 'T', "T");
	t.tm_hour = in_range(&r, digits(&r, 2, "15"), 0, 23, "hour");
	literal(&r, ':', ":");
	t.tm_min = in_range(&r, digits(&r, 2, "04"), 0, 59, "minute");
	literal(&r, ':', ":");
	t.tm_sec = in_range(&r, digits(&r, 2, "05"), 0, 59, "second");
	long fine = fraction(&r);
	int east = zone(&r);
	if (r.rest.n == 0) {
		(void)in_range(&r, day, 1, days_in(year, month), "day");
	}
	if (failed(&r) || r.rest.n > 0) {
		*out = complaint(a, &r);
		return out->p ? ERR_SYNTAX : ERR_NOMEM;
	}
	t.tm_year = year - 1900;
	t.tm_mon = month - 1;
	t.tm_mday = day;
	time_t at = timegm(&t) - east;
	if (!gmtime_r(&at, &t)) {
		*out = complaint(a, &r);
		return out->p ? ERR_SYNTAX : ERR_NOMEM;
	}
	char fine_text[16] = "";
	if (micro) {
		(void)snprintf(fine_text, sizeof(fine_text), ".%06ld", fine);
	}
	*out = arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", t.tm_year + 1900, t.tm_mon + 1,
		t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, fine_text);
	return out->p ? ERR_OK : ERR_NOMEM;
}
