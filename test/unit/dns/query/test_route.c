/* Which stages a name comes to where server blocks share an address, and what becomes of a name that none answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/query/pipeline.h"
#include "dns/query/reply.h"

static unsigned asked, glanced; /* the last one's number; 0: none was */

static enum verdict run(void *self, struct query *q)
{
	asked = *(unsigned *)self;
	reply_set_rcode(q, RCODE_NXDOMAIN, true);
	return V_ANSWERED;
}

static void glance(void *self, struct query *q, unsigned step)
{
	(void)q;
	(void)step;
	glanced = *(unsigned *)self;
}

static const struct stage_row row = { .name = "number", .run = run, .glance = glance };

#define N 5
struct world {
	unsigned numbers[N];
	struct pipeline blocks[N];
	struct route routes[N];
	struct pipeline shared;
	struct query query;
	uint8_t reply[512];
};
static struct world w;

static void begin(const char *const zones[N], size_t n)
{
	memset(&w, 0, sizeof(w));
	for (unsigned i = 0; i < n; i++) {
		w.numbers[i] = i + 1;
		w.routes[i].to = &w.blocks[i];
		assert_int_equal(pipeline_add(&w.blocks[i], &row, &w.numbers[i]), ERR_OK);
		assert_int_equal(name_parse(strv_of(zones[i]), &w.routes[i].zone), ERR_OK);
	}
	w.shared.routes = w.routes;
	w.shared.n_routes = n;
}

static void ask(const struct pipeline *p, const char *text, uint16_t type)
{
	uint8_t message[300];
	struct wr out = wr_of(message, sizeof(message));
	struct question question = { .type = type, .class = CLASS_IN };
	asked = glanced = 0;
	assert_int_equal(name_parse(strv_of(text), &question.name), ERR_OK);
	header_write(&out, &(struct header){ .id = 7, .questions = 1 });
	question_write(&out, &question);
	enum accept accepted = query_read(&w.query, TRANSPORT_UDP, message, out.n);
	assert_int_equal(accepted, ACCEPT_QUERY);
	pipeline_glance(p, &w.query, 0);
	assert_true(pipeline_reply(p, &w.query, accepted, message, w.reply, sizeof(w.reply)) > 0);
}

static void the_longest_zone_gets_the_query_and_the_shortest_that_of_ds(void **state)
{
	static const char *const zones[N] = { "b.a.test.", "a.test.", "test.", "c.", "." };
	static const struct {
		const char *why, *name;
		uint16_t type;
		unsigned want; /* without the root, if it differs */
		unsigned without_root;
	} rows[] = {
		{ "the zone itself", "b.a.test.", TYPE_A, 1, 1 },
		{ "below it", "x.y.b.a.test.", TYPE_A, 1, 1 },
		{ "in any case", "X.B.a.TEST.", TYPE_A, 1, 1 },
		{ "between two zones", "x.a.test.", TYPE_A, 2, 2 },
		{ "whole labels only", "xb.a.test.", TYPE_A, 2, 2 },
		{ "a longer zone elsewhere", "c.", TYPE_A, 4, 4 },
		{ "none but the root", "xtest.", TYPE_A, 5, 0 },
		{ "the root", ".", TYPE_A, 5, 0 },
		{ "DS is the parent's", "b.a.test.", TYPE_DS, 3, 3 },
		{ "DS, but the root's only alone", "c.", TYPE_DS, 4, 4 },
		{ "DS, only the root", "d.", TYPE_DS, 5, 0 },
	};
	(void)state;
	for (size_t n = N; n >= N - 1; n--) {
		begin(zones, n);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			unsigned want = n == N ? rows[i].want : rows[i].without_root;
			ask(&w.shared, rows[i].name, rows[i].type);
			if (asked != want || glanced != want ||
				w.query.rcode != (want > 0 ? RCODE_NXDOMAIN : RCODE_REFUSED)) {
				fail_msg("%s: %u of %zu, glance %u, rcode %u", rows[i].why, asked,
					n, glanced, w.query.rcode);
			}
		}
	}
}

static void what_nobody_answers_is_servfail_where_the_zone_is_ours(void **state)
{
	static const char *const zones[N] = { "a." };
	static const struct {
		const char *why, *name;
		bool ours;
		unsigned want;
	} rows[] = {
		{ "ours", "x.a.", true, RCODE_SERVFAIL },
		{ "nobody's", "x.a.", false, RCODE_REFUSED },
		{ "ours, but another name", "x.b.", true, RCODE_REFUSED },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin(zones, 1);
		w.blocks[0] = (struct pipeline){ .ours = rows[i].ours };
		ask(&w.shared, rows[i].name, TYPE_A);
		if (w.query.rcode != rows[i].want) {
			fail_msg("%s: rcode %u", rows[i].why, w.query.rcode);
		}
	}
}

static void a_block_without_stages_refuses_what_is_below_it_ds_too(void **state)
{
	static const char *const zones[N] = { "b.a.", "a." };
	(void)state;
	begin(zones, 2);
	w.blocks[0].n = 0;
	ask(&w.shared, "b.a.", TYPE_A);
	assert_int_equal(w.query.rcode, RCODE_REFUSED);
	ask(&w.shared, "b.a.", TYPE_DS);
	assert_int_equal(w.query.rcode, RCODE_REFUSED);
	ask(&w.shared, "a.", TYPE_DS);
	assert_int_equal(asked, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_zone_gets_the_query_and_the_shortest_that_of_ds),
		cmocka_unit_test(a_block_without_stages_refuses_what_is_below_it_ds_too),
		cmocka_unit_test(what_nobody_answers_is_servfail_where_the_zone_is_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
