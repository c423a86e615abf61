/* dns/stage/log_line: placeholders, and what is none. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/stage/log_line.h"

struct world {
	struct query q;
	struct query_thread thread;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	uint8_t reply[64];
};

/* A reply to Db.example. A, NXDOMAIN, from 10.0.0.7:5353 over UDP, with EDNS 1232 and DO. */
static void begin(struct world *w)
{
	static const uint8_t question[] = "\2Db\7example\0\0\1\0\1";
	memset(w, 0, sizeof(*w));
	w->v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(5353) };
	w->v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(53) };
	assert_int_equal(inet_pton(AF_INET, "10.0.0.7", &w->v4.sin_addr), 1);
	assert_int_equal(inet_pton(AF_INET6, "fd00::7", &w->v6.sin6_addr), 1);
	(void)snprintf(w->thread.local, sizeof(w->thread.local), "192.0.2.1");
	w->q.w = wr_of(w->reply, sizeof(w->reply));
	w->q.w.n = MESSAGE_HEADER_BYTES;
	wr_bytes(&w->q.w, question, sizeof(question) - 1);
	put_u16(w->reply + 2, FLAG_QR | FLAG_AA | FLAG_RD | FLAG_CD | RCODE_NXDOMAIN);
	w->q.header = (struct header){ .id = 4711, .flags = FLAG_RD };
	w->q.type = TYPE_A;
	w->q.class = CLASS_IN;
	w->q.message_n = 39;
	w->q.rcode = RCODE_NXDOMAIN;
	w->q.thread = &w->thread;
	w->q.client = (const struct sockaddr *)&w->v4;
	w->q.edns = (struct edns){ .present = true, .dnssec_ok = true, .udp_bytes = 1232 };
}

static const char *printed(const char *format, const struct query *q)
{
	static char line[512];
	struct log_line *f = NULL;
	assert_int_equal(log_line_new(format, &f), ERR_OK);
	log_line_print(f, q, 1500000, line, sizeof(line));
	log_line_free(f);
	return line;
}

static void placeholders_are_filled_and_all_else_stays(void **state)
{
	static const struct {
		const char *why, *format, *want;
	} rows[] = {
		{ "common", "{common}",
			"10.0.0.7:5353 - 4711 \"A IN db.example. udp 39 true 1232\" NXDOMAIN "
			"qr,aa,rd,cd 28 0.0015s" },
		{ "combined", "<{combined}>",
			"<10.0.0.7:5353 - 4711 \"A IN db.example. udp 39 true 1232\" NXDOMAIN "
			"qr,aa,rd,cd 28 0.0015s \"0\">" },
		{ "the address listened on", "{local}", "192.0.2.1" },
		{ "nothing to fill", "plain text", "plain text" },
		{ "empty", "", "" },
		{ "unknown", "a {unknown} b {>unknown}", "a {unknown} b {>unknown}" },
		{ "metadata", "{/kubernetes/service}|{type}", "-|A" },
		{ "braces around", "{ {type} }", "{ A }" },
		{ "a brace before", "{{type}", "{A" },
		{ "closed without opening", "a } {class}", "a } IN" },
		{ "opened without closing", "{name} {type", "db.example. {type" },
		{ "side by side", "{type}{class}", "AIN" },
		{ "case counts", "{TYPE}", "{TYPE}" },
	};
	struct world w;
	(void)state;
	begin(&w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *line = printed(rows[i].format, &w.q);
		if (strcmp(line, rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, line);
		}
	}
}

static void the_other_kinds_of_query_are_told_apart(void **state)
{
	struct world w;
	struct stream stream = { .next = NULL };
	(void)state;
	begin(&w);
	w.q.client = (const struct sockaddr *)&w.v6;
	assert_string_equal(printed("{remote} {port}", &w.q), "[fd00::7] 53");
	assert_int_equal(inet_pton(AF_INET6, "::ffff:10.0.0.7", &w.v6.sin6_addr), 1);
	assert_string_equal(printed("{remote}", &w.q), "10.0.0.7");
	w.q.client = NULL;
	assert_string_equal(printed("{remote}:{port}", &w.q), "-:-");
	w.q.edns.present = false;
	assert_string_equal(printed("{>do} {>bufsize}", &w.q), "false 512");
	w.q.transport = TRANSPORT_TCP;
	assert_string_equal(printed("{proto} {>bufsize}", &w.q), "tcp 65535");
	w.q.type = 4242;
	assert_string_equal(printed("{type}", &w.q), "TYPE4242");
	w.q.stream = &stream;
	assert_string_equal(printed("{rsize} {>rflags}", &w.q), "- -");
}

static void a_line_that_is_too_long_is_cut(void **state)
{
	char line[8];
	struct world w;
	struct log_line *f = NULL;
	(void)state;
	begin(&w);
	assert_int_equal(log_line_new("{common}", &f), ERR_OK);
	log_line_print(f, &w.q, 0, line, sizeof(line));
	assert_string_equal(line, "10.0.0.");
	log_line_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_are_filled_and_all_else_stays),
		cmocka_unit_test(the_other_kinds_of_query_are_told_apart),
		cmocka_unit_test(a_line_that_is_too_long_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
