/* Queries that wait: slots, shares, retransmissions. A stage of the test waits as long as it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "base/err.h"
#include "dns/query/pending.h"
#include "dns/query/pipeline.h"
#include "dns/query/reply.h"

#define NAME   "\4db-1\2db"
#define NAME_N sizeof(NAME)

struct world {
	struct query_thread thread;
	struct query_origin origin;
	struct pending pending;
	struct pipeline pipeline;
	struct query query;
	bool waits;
	unsigned ran, done, looked;
	uint8_t reply[65535];
};

static struct world w;

static enum verdict wait_run(void *self, struct query *q)
{
	(void)self;
	w.ran++;
	if (w.waits && query_wait(q, 1000)) {
		return V_PENDING;
	}
	reply_set_rcode(q, RCODE_NXDOMAIN, true);
	return V_ANSWERED;
}

static void wait_done(void *self, const struct query *q)
{
	(void)self;
	(void)q;
	w.done++;
}

static void look(struct pending *p)
{
	(void)p;
	w.looked++;
}

static void begin(void)
{
	static const struct stage_row row = { .name = "wait", .run = wait_run, .done = wait_done };
	memset(&w, 0, sizeof(w));
	w.thread = (struct query_thread){ .random = 1, .pending = &w.pending };
	w.query.thread = &w.thread;
	w.query.origin = &w.origin;
	w.waits = true;
	pending_init(&w.pending, 7, look);
	assert_int_equal(pipeline_add(&w.pipeline, &row, NULL), ERR_OK);
}

struct asked {
	uint32_t client; /* address */
	uint16_t port, id;
	uint8_t letter; /* one of the name */
	size_t extra;   /* octets behind the question */
	enum transport transport;
	bool v6;
};

static size_t build(const struct asked *a, uint8_t *out, size_t room)
{
	struct wr m = wr_of(out, room);
	header_write(&m, &(struct header){ .id = a->id, .questions = 1 });
	wr_bytes(&m, NAME, NAME_N);
	out[m.n - 2] = a->letter ? a->letter : 'b';
	wr_u16(&m, TYPE_A);
	wr_u16(&m, CLASS_IN);
	assert_int_equal(m.err, ERR_OK);
	memset(out + m.n, 0, a->extra);
	return m.n + a->extra;
}

/* True: it is kept; else it was answered. */
static bool ask(const struct asked *a)
{
	uint8_t message[2048];
	struct sockaddr_storage client = { 0 };
	if (a->v6) {
		struct sockaddr_in6 *in = (struct sockaddr_in6 *)&client;
		in->sin6_family = AF_INET6;
		in->sin6_port = a->port;
		memcpy(&in->sin6_addr, &a->client, sizeof(a->client));
	} else {
		struct sockaddr_in *in = (struct sockaddr_in *)&client;
		in->sin_family = AF_INET;
		in->sin_port = a->port;
		in->sin_addr.s_addr = a->client;
	}
	w.query.client = (const struct sockaddr *)&client;
	size_t n = build(a, message, sizeof(message));
	size_t reply_n = pipeline_answer(
		&w.pipeline, &w.query, a->transport, message, n, w.reply, sizeof(w.reply));
	assert_int_equal(w.query.pending, reply_n == 0);
	return w.query.pending;
}

static void a_query_that_waits_is_answered_when_its_stage_can(void **state)
{
	(void)state;
	begin();
	assert_false(pending_any(&w.pending));
	assert_true(ask(&(struct asked){ .client = 1, .port = 53, .id = 77 }));
	assert_true(pending_any(&w.pending));
	assert_int_equal(w.looked, 1); /* it asks to be looked at */
	assert_int_equal(w.ran, 1);
	assert_int_equal(w.done, 0);
	struct slot *s = w.query.slot;
	assert_true(s->fresh);
	assert_int_equal(s->wait_ms, 1000);
	assert_int_equal(pipeline_resume(&w.pipeline, &w.query, s, w.reply, sizeof(w.reply)), 0);
	assert_true(w.query.pending && w.query.slot == s);
	assert_int_equal(w.done, 0);
	w.waits = false;
	size_t n = pipeline_resume(&w.pipeline, &w.query, s, w.reply, sizeof(w.reply));
	assert_int_equal(n, s->message_n);
	assert_int_equal(get_u16(w.reply), 77);
	assert_int_equal(w.query.rcode, RCODE_NXDOMAIN);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.looked, 1);
	pending_release(&w.pending, s);
	assert_false(pending_any(&w.pending));
}

static void one_that_has_waited_long_enough_is_answered(void **state)
{
	(void)state;
	begin();
	assert_true(ask(&(struct asked){ .client = 1 }));
	w.query.slot->expired = true;
	assert_true(
		pipeline_resume(&w.pipeline, &w.query, w.query.slot, w.reply, sizeof(w.reply)) > 0);
}

static void without_anybody_who_keeps_it_a_query_is_answered(void **state)
{
	(void)state;
	begin();
	w.query.origin = NULL;
	assert_false(ask(&(struct asked){ .client = 1 }));
	begin();
	w.thread.pending = NULL;
	assert_false(ask(&(struct asked){ .client = 1 }));
	begin();
	w.query.thread = NULL;
	assert_false(ask(&(struct asked){ .client = 1 }));
	begin();
	w.pending.ended = true;
	assert_false(ask(&(struct asked){ .client = 1 }));
}

static void a_message_that_is_too_long_is_not_kept(void **state)
{
	(void)state;
	begin();
	size_t question = MESSAGE_HEADER_BYTES + NAME_N + 4;
	size_t most = PENDING_MESSAGE_BYTES - question;
	assert_true(ask(&(struct asked){ .client = 1, .id = 1, .extra = most }));
	assert_false(ask(&(struct asked){ .client = 1, .id = 2, .extra = most + 1 }));
}

static void a_client_alone_has_half_of_the_slots(void **state)
{
	(void)state;
	begin();
	unsigned kept = 0;
	for (unsigned i = 0; i < 2 * PENDING_SLOTS; i++) {
		kept += ask(&(struct asked){ .client = 1, .port = (uint16_t)i, .id = 5 });
	}
	assert_int_equal(kept, PENDING_SLOTS / 2);
	unsigned other = 0;
	for (unsigned i = 0; i < 2 * PENDING_SLOTS; i++) {
		other += ask(&(struct asked){ .client = 2, .port = (uint16_t)i, .id = 5 });
	}
	assert_int_equal(other, PENDING_SLOTS / 4);
	assert_true(ask(&(struct asked){ .client = 3 }));
}

static void slots_are_bounded_and_used_again(void **state)
{
	(void)state;
	begin();
	unsigned kept = 0;
	for (unsigned i = 0; i < 3 * PENDING_SLOTS; i++) {
		kept += ask(&(struct asked){ .client = i, .v6 = i % 2 == 0 });
	}
	assert_int_equal(kept, PENDING_SLOTS);
	pending_release(&w.pending, &w.pending.slots[17]);
	assert_true(ask(&(struct asked){ .client = 9999 }));
	assert_ptr_equal(w.query.slot, &w.pending.slots[17]);
	assert_false(ask(&(struct asked){ .client = 10000 }));
	pending_drop(&w.pending, &w.origin);
	assert_false(pending_any(&w.pending));
	pending_drop(NULL, &w.origin);
}

static void a_retransmission_takes_the_slot_of_the_first(void **state)
{
	static const struct {
		const char *why;
		struct asked asked;
		bool same;
	} rows[] = {
		{ "the same once more", { .client = 1, .port = 9, .id = 3 }, true },
		{ "with another EDNS", { .client = 1, .port = 9, .id = 3, .extra = 2 }, true },
		{ "another id", { .client = 1, .port = 9, .id = 4 }, false },
		{ "another port", { .client = 1, .port = 8, .id = 3 }, false },
		{ "another client", { .client = 2, .port = 9, .id = 3 }, false },
		{ "another family", { .client = 1, .port = 9, .id = 3, .v6 = true }, false },
		{ "another name", { .client = 1, .port = 9, .id = 3, .letter = 'x' }, false },
		{ "other letters: the reply has them",
			{ .client = 1, .port = 9, .id = 3, .letter = 'B' }, false },
		{ "a connection's are all its own",
			{ .client = 1, .port = 9, .id = 3, .transport = TRANSPORT_TCP }, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin();
		struct asked first = { .client = 1, .port = 9, .id = 3 };
		first.transport = rows[i].asked.transport;
		assert_true(ask(&first));
		const struct slot *s = w.query.slot;
		w.query.slot->fresh = false;
		if (!ask(&rows[i].asked) || (w.query.slot == s) != rows[i].same ||
			w.pending.held != (rows[i].same ? 1 : 2) || w.looked != w.pending.held) {
			fail_msg("%s: %u slots", rows[i].why, w.pending.held);
		}
		if (rows[i].same) { /* the reply fits what was asked last */
			assert_int_equal(s->message_n, w.query.message_n);
			assert_false(s->fresh); /* and comes no later */
		}
	}
}

static void another_socket_has_queries_of_its_own(void **state)
{
	struct query_origin other = { 0 };
	(void)state;
	begin();
	assert_true(ask(&(struct asked){ .client = 1 }));
	w.query.origin = &other;
	assert_true(ask(&(struct asked){ .client = 1 }));
	assert_int_equal(w.pending.held, 2);
	pending_drop(&w.pending, &other);
	assert_int_equal(w.pending.held, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_that_waits_is_answered_when_its_stage_can),
		cmocka_unit_test(one_that_has_waited_long_enough_is_answered),
		cmocka_unit_test(without_anybody_who_keeps_it_a_query_is_answered),
		cmocka_unit_test(a_message_that_is_too_long_is_not_kept),
		cmocka_unit_test(a_client_alone_has_half_of_the_slots),
		cmocka_unit_test(slots_are_bounded_and_used_again),
		cmocka_unit_test(a_retransmission_takes_the_slot_of_the_first),
		cmocka_unit_test(another_socket_has_queries_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
