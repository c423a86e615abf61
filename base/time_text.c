/* RFC 3339 texts from and to Unix time: the part of base/clock.h that needs no clock.
 * Source: RFC 3339; days by counting from 1 March, so that the leap day ends the year.
 * Regime: the caller's storage. Called by: whoever writes timestamps into objects, log. */
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"

#define DAYS_PER_ERA  146097 /* 400 years */
#define DAYS_TO_EPOCH 719468 /* from 1 March of year 0 to 1 January 1970 */
#define SECONDS_A_DAY 86400
#define UNIX_S_MIN    (-62167219200) /* year 0 */
#define UNIX_S_MAX    253402300799   /* end of year 9999 */

struct civil {
	int64_t year;
	int month, day; /* 1-based */
};

static int64_t floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

static struct civil civil_of_days(int64_t days)
{
	int64_t shifted = days + DAYS_TO_EPOCH;
	int64_t era = floor_div(shifted, DAYS_PER_ERA);
	int64_t in_era = shifted - era * DAYS_PER_ERA;
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	int month = (int)((5 * in_year + 2) / 153); /* 0: March */
	int day = (int)(in_year - (153 * month + 2) / 5) + 1;
	month = month < 10 ? month + 3 : month - 9;
	return (struct civil){ year + era * 400 + (month <= 2), month, day };
}

static int64_t days_of_civil(struct civil c)
{
	int64_t year = c.year - (c.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t of_era = year - era * 400;
	int64_t in_year = (153 * (c.month > 2 ? c.month - 3 : c.month + 9) + 2) / 5 + c.day - 1;
	return era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + in_year -
	       DAYS_TO_EPOCH;
}

/* Two digits. */
static void put2(char *at, int64_t n)
{
	at[0] = (char)('0' + n / 10);
	at[1] = (char)('0' + n % 10);
}

/* "2026-01-02T03:04:05" without a NUL; times beyond the years 0 to 9999 are moved to their ends. */
static void seconds_format(int64_t unix_s, char out[19])
{
	unix_s = unix_s < UNIX_S_MIN ? UNIX_S_MIN : unix_s > UNIX_S_MAX ? UNIX_S_MAX : unix_s;
	int64_t days = floor_div(unix_s, SECONDS_A_DAY);
	int64_t in_day = unix_s - days * SECONDS_A_DAY;
	struct civil c = civil_of_days(days);
	put2(out, c.year / 100);
	put2(out + 2, c.year % 100);
	out[4] = '-';
	put2(out + 5, c.month);
	out[7] = '-';
	put2(out + 8, c.day);
	out[10] = 'T';
	put2(out + 11, in_day / 3600);
	out[13] = ':';
	put2(out + 14, in_day / 60 % 60);
	out[16] = ':';
	put2(out + 17, in_day % 60);
}

void clock_format(int64_t unix_ms, char out[CLOCK_RFC3339_CHARS + 1])
{
	seconds_format(floor_div(unix_ms, 1000), out);
	out[19] = 'Z';
	out[20] = '\0';
}

void clock_format_micro(int64_t unix_ns, char out[CLOCK_RFC3339_MICRO_CHARS + 1])
{
	int64_t unix_s = floor_div(unix_ns, 1000000000);
	int64_t micro = (unix_ns - unix_s * 1000000000) / 1000;
	seconds_format(unix_s, out);
	out[19] = '.';
	put2(out + 20, micro / 10000);
	put2(out + 22, micro / 100 % 100);
	put2(out + 24, micro % 100);
	out[26] = 'Z';
	out[27] = '\0';
}

struct reader {
	const char *p;
	size_t n;
	bool bad; /* sticky */
};

static int digits(struct reader *r, size_t n)
{
	int sum = 0;
	for (size_t i = 0; i < n; i++) {
		if (r->n == 0 || r->p[0] < '0' || r->p[0] > '9') {
			r->bad = true;
			return 0;
		}
		sum = sum * 10 + (r->p[0] - '0');
		r->p++;
		r->n--;
	}
	return sum;
}

/* One byte out of the two; which one. */
static char either(struct reader *r, char a, char b)
{
	if (r->n == 0 || (r->p[0] != a && r->p[0] != b)) {
		r->bad = true;
		return '\0';
	}
	r->n--;
	return *r->p++;
}

/* ".123456": milliseconds, rounded down; 0 without a fraction. */
static int fraction_ms(struct reader *r)
{
	int ms = 0;
	if (r->n == 0 || r->p[0] != '.') {
		return 0;
	}
	(void)either(r, '.', '.'); /* just seen */
	int scale = 100;
	ms = digits(r, 1) * scale;
	while (r->n > 0 && r->p[0] >= '0' && r->p[0] <= '9') {
		scale /= 10;
		ms += digits(r, 1) * scale;
	}
	return ms;
}

/* "Z" or "+02:00": seconds to take off. */
static int offset_s(struct reader *r)
{
	if (r->n > 0 && (r->p[0] == 'Z' || r->p[0] == 'z')) {
		r->p++;
		r->n--;
		return 0;
	}
	char sign = either(r, '+', '-');
	int hours = digits(r, 2);
	(void)either(r, ':', ':'); /* sticky */
	int minutes = digits(r, 2);
	r->bad = r->bad || hours > 23 || minutes > 59;
	return (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
}

static int days_in(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leaps);
}

int clock_parse(const char *text, size_t n, int64_t *out_unix_ms)
{
	struct reader r = { text, n, false };
	struct civil c = { 0 };
	c.year = digits(&r, 4);
	(void)either(&r, '-', '-'); /* sticky */
	c.month = digits(&r, 2);
	(void)either(&r, '-', '-'); /* sticky */
	c.day = digits(&r, 2);
	char t = either(&r, 'T', 't'); /* RFC 3339 5.6: may be lower case */
	int hour = digits(&r, 2);
	(void)either(&r, ':', ':'); /* sticky */
	int minute = digits(&r, 2);
	(void)either(&r, ':', ':'); /* sticky */
	int second = digits(&r, 2);
	int ms = fraction_ms(&r);
	int offset = offset_s(&r);
	if (r.bad || r.n != 0 || !t || c.month < 1 || c.month > 12 || c.day < 1 ||
		c.day > days_in(c.year, c.month) || hour > 23 || minute > 59 || second > 60) {
		return ERR_SYNTAX; /* second 60 is a leap second, counted as the next one */
	}
	int64_t s = days_of_civil(c) * SECONDS_A_DAY + (hour * 60 + minute) * INT64_C(60) + second -
		    offset;
	*out_unix_ms = s * 1000 + ms;
	return ERR_OK;
}
