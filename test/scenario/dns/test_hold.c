/* Names that are due, held: the answer comes when the name does, when it is due no more, or at the end.
 * That a query is held is known by a later one, to the same thread, being answered before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/query/pending.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/db.h"
#include "test/scenario/dns/life.h"

#define DB_0 "db-0." DB_SERVICE
#define DB_1 "db-1." DB_SERVICE

#define LONG_MS  KUBE_HOLD_MAX_MS /* is never waited for */
#define SHORT_MS 50

/* A set of three Pods, none of them Ready. */
static void start(struct lab *l, uint32_t hold_ms)
{
	struct dns_config config = db_config();
	config.kube.hold_ms = hold_ms;
	db_start(l, &config);
	db_set(l, 0, 3, "OrderedReady", "");
}

static struct client_question question(const char *name, const char *type, bool tcp)
{
	return (struct client_question){
		.name = name, .type = type, .tcp = tcp, .edns_bytes = 1232
	};
}

static int open_client(const struct lab *l, bool tcp)
{
	return tcp ? client_connect(l->port) : client_udp(l->port, NULL);
}

/* Over UDP, in the order of the thread's other queries. */
static void expect_others_answered(const struct lab *l)
{
	struct client_question q = question("cluster.local.", "SOA", false);
	struct client_reply *r = client_ask(l->port, &q);
	assert_int_equal(r->rcode, RCODE_NOERROR);
	free(r);
}

static void put_held(const struct lab *l, int fd, const struct client_question *q, uint16_t id)
{
	client_put(fd, q, id);
	if (q->tcp) { /* read after the query before it on the same connection */
		struct client_question other = question("cluster.local.", "SOA", true);
		client_put(fd, &other, 0xffff);
		struct client_reply *r = client_take(fd, true);
		assert_int_equal(r->header.id, 0xffff);
		free(r);
	}
	expect_others_answered(l);
	if (client_has(fd)) {
		fail_msg("%s %s is not held", q->name, q->type);
	}
}

static void expect_reply(int fd, const struct client_question *q, uint16_t id, unsigned rcode,
	size_t answers, const char *why)
{
	struct client_reply *r = client_take(fd, q->tcp);
	if (r->header.id != id || r->rcode != rcode || r->count[0] != answers ||
		strcmp(r->ede, why) != 0) {
		fail_msg("%s %s: id %u, %s, %zu answers, \"%s\"", q->name, q->type, r->header.id,
			rcode_name(r->rcode), r->count[0], r->ede);
	}
	free(r);
}

static const struct {
	const char *type;
	bool tcp;
	size_t answers;
} kinds[] = {
	{ "A", false, 1 },
	{ "AAAA", false, 0 }, /* the name exists, the family does not */
	{ "SRV", false, 0 },  /* the slice has no ports */
	{ "TXT", false, 0 },
	{ "A", true, 1 },
	{ "AAAA", true, 0 },
};

static void a_held_name_is_answered_when_it_comes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct lab l;
		start(&l, LONG_MS);
		int fd = open_client(&l, kinds[i].tcp);
		struct client_question q = question(DB_1, kinds[i].type, kinds[i].tcp);
		put_held(&l, fd, &q, 7);
		db_ready(&l, 0, 1, 99); /* another one: it goes on waiting */
		expect_others_answered(&l);
		assert_false(client_has(fd));
		db_ready(&l, 0, 2, 99);
		expect_reply(fd, &q, 7, RCODE_NOERROR, kinds[i].answers, "");
		close(fd);
		lab_deinit(&l);
	}
}

static void at_the_end_it_says_what_it_waited_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct lab l;
		start(&l, SHORT_MS);
		int fd = open_client(&l, kinds[i].tcp);
		struct client_question q = question(DB_1, kinds[i].type, kinds[i].tcp);
		client_put(fd, &q, 7);
		client_put(fd, &q, 8);
		unsigned ids = 0;
		for (int n = 0; n < 2; n++) {
			struct client_reply *r = client_take(fd, kinds[i].tcp);
			assert_int_equal(r->rcode, RCODE_NXDOMAIN);
			assert_string_equal(r->ede, "db-1 is not Ready: waiting for db-0");
			assert_string_equal(r->lines[1][0] + strlen(r->lines[1][0]) - 2, " 0");
			ids += r->header.id;
			free(r);
		}
		assert_int_equal(ids, 7 + 8);
		close(fd);
		lab_deinit(&l);
	}
}

static void a_ready_pod_ends_the_wait_before_a_slice_has_it(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = db_config();
	config.kube.hold_ms = LONG_MS;
	lab_init(&l);
	l.api.remote = true;
	lab_start(&l, &config);
	fake_api_sync(&l.api);
	life_service(&l, &(struct life_service){ 0 });
	life_set(&l, 1);
	life_pod(&l, &(struct life_pod){ .version = 1, .ip = "10.0.0.1" });
	int fd = open_client(&l, false);
	struct client_question q = question(DB_0, "A", false);
	put_held(&l, fd, &q, 7);
	life_pod(&l, &(struct life_pod){ .version = 2, .ip = "10.0.0.1", .ready = true });
	expect_reply(fd, &q, 7, RCODE_NOERROR, 1, "");
	close(fd);
	lab_deinit(&l);
}

static void a_name_that_is_due_no_more_is_answered_at_once(void **state)
{
	static const char gone[] = ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"";
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct lab l;
		start(&l, LONG_MS);
		int fd = open_client(&l, false);
		struct client_question q = question(DB_1, "A", false);
		put_held(&l, fd, &q, 7);
		if (way == 0) {
			db_set(&l, 0, 1, "OrderedReady", "");
		} else if (way == 1) {
			db_set(&l, 0, 3, "OrderedReady", gone);
		} else if (way == 2) {
			fake_api_delete(&l.api, KIND_STATEFULSET, "ns", "db");
		} else {
			fake_api_delete(&l.api, KIND_SERVICE, "ns", "db");
		}
		expect_reply(fd, &q, 7, RCODE_NXDOMAIN, 0,
			way < 3 ? "the Service has no ready endpoint"
				: "no such Service in this namespace");
		close(fd);
		lab_deinit(&l);
	}
}

static void names_that_are_not_due_are_not_held(void **state)
{
	static const char *const names[] = { "db-3." DB_SERVICE, "x." DB_SERVICE, DB_SERVICE,
		"db-0.other.ns.svc.cluster.local." };
	(void)state;
	struct lab l;
	start(&l, LONG_MS);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct client_question q = question(names[i], "A", false);
		struct client_reply *r = client_ask(l.port, &q);
		assert_int_equal(r->rcode, RCODE_NXDOMAIN);
		free(r);
	}
	lab_deinit(&l);
}

static void a_short_name_is_held_like_the_full_one(void **state)
{
	(void)state;
	struct lab l;
	struct dns_config config = db_config();
	config.search_ns = "ns";
	config.kube.hold_ms = LONG_MS;
	db_start(&l, &config);
	db_set(&l, 0, 1, "OrderedReady", "");
	int fd = open_client(&l, false);
	struct client_question q = question("db-0.db.", "A", false);
	put_held(&l, fd, &q, 7);
	db_ready(&l, 0, 1, 99);
	expect_reply(fd, &q, 7, RCODE_NOERROR, 2, ""); /* CNAME, A */
	close(fd);
	lab_deinit(&l);
}

static void a_retransmission_is_answered_once(void **state)
{
	(void)state;
	struct lab l;
	start(&l, LONG_MS);
	int fd = open_client(&l, false);
	struct client_question q = question(DB_0, "A", false);
	put_held(&l, fd, &q, 7);
	put_held(&l, fd, &q, 7);
	put_held(&l, fd, &q, 8);
	db_ready(&l, 0, 1, 99);
	unsigned ids = 0;
	for (int i = 0; i < 2; i++) {
		struct client_reply *r = client_take(fd, false);
		ids += r->header.id;
		free(r);
	}
	assert_int_equal(ids, 7 + 8);
	expect_others_answered(&l);
	assert_false(client_has(fd));
	close(fd);
	lab_deinit(&l);
}

static void replies_of_a_connection_overtake_those_that_are_held(void **state)
{
	(void)state;
	struct lab l;
	start(&l, LONG_MS);
	int fd = open_client(&l, true);
	struct client_question zero = question(DB_0, "A", true);
	struct client_question one = question(DB_1, "A", true);
	put_held(&l, fd, &one, 1);
	put_held(&l, fd, &zero, 2);
	db_ready(&l, 0, 1, 99);
	expect_reply(fd, &zero, 2, RCODE_NOERROR, 1, "");
	put_held(&l, fd, &one, 3);
	db_ready(&l, 0, 2, 99);
	struct client_reply *first = client_take(fd, true);
	struct client_reply *second = client_take(fd, true);
	assert_int_equal(first->header.id + second->header.id, 1 + 3);
	free(first);
	free(second);
	close(fd);
	lab_deinit(&l);
}

static void a_connection_that_waits_is_not_idle(void **state)
{
	enum { TRIES = 20 };
	(void)state;
	struct lab l;
	struct dns_config config = db_config();
	config.kube.hold_ms = 6 * SHORT_MS;
	config.tcp.idle_ms = SHORT_MS;
	db_start(&l, &config);
	db_set(&l, 0, 1, "OrderedReady", "");
	struct client_question q = question(DB_0, "A", true);
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	bool answered = false;
	/* Before the question has come it is idle, and may be cut; if waiting did not count it always would be. */
	for (int i = 0; i < TRIES && !answered; i++) {
		int fd = open_client(&l, true);
		client_put(fd, &q, 7);
		answered = client_read(fd, r);
		if (answered) {
			assert_int_equal(r->rcode, RCODE_NXDOMAIN);
			assert_string_equal(r->ede, "db-0 is not Ready yet");
			assert_false(client_read(fd, r)); /* now it is */
		}
		close(fd);
	}
	assert_true(answered);
	free(r);
	lab_deinit(&l);
}

/* As many as one client may have of the only thread's slots; the rest is answered as if nothing were held. */
#define SHARE (PENDING_SLOTS / 2)
#define ASKED (SHARE + 40)

static void slots_are_bounded_and_those_of_a_closed_connection_are_free(void **state)
{
	(void)state;
	struct lab l;
	start(&l, LONG_MS);
	struct client_question q = question(DB_0, "A", true);
	int fd = open_client(&l, true);
	for (uint16_t id = 0; id < ASKED; id++) {
		client_put(fd, &q, id);
	}
	for (uint16_t id = SHARE; id < ASKED; id++) {
		expect_reply(fd, &q, id, RCODE_NXDOMAIN, 0, "db-0 is not Ready yet");
	}
	close(fd);
	/* The server sees the end of the connection when it does; then queries are held again. */
	struct client_question over_udp = question(DB_0, "A", false);
	bool held = false;
	int udp = open_client(&l, false);
	for (uint16_t id = 0; !held; id++) {
		assert_true(id < 10000);
		client_put(udp, &over_udp, id);
		expect_others_answered(&l);
		held = !client_has(udp);
		if (!held) {
			free(client_take(udp, false));
		}
	}
	db_ready(&l, 0, 1, 99);
	free(client_take(udp, false));
	close(udp);
	lab_deinit(&l);
}

static void all_that_is_held_is_answered_by_one_change(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct lab l;
		bool seen[100] = { false };
		start(&l, LONG_MS);
		int fd = open_client(&l, tcp);
		struct client_question q = question(DB_0, "A", tcp);
		for (uint16_t id = 0; id < ARRAY_LEN(seen); id++) {
			client_put(fd, &q, id);
		}
		put_held(&l, fd, &q, 1000);
		db_ready(&l, 0, 1, 99);
		for (size_t i = 0; i <= ARRAY_LEN(seen); i++) {
			struct client_reply *r = client_take(fd, tcp);
			assert_int_equal(r->rcode, RCODE_NOERROR);
			if (r->header.id != 1000) {
				assert_false(seen[r->header.id]);
				seen[r->header.id] = true;
			}
			free(r);
		}
		close(fd);
		lab_deinit(&l);
	}
}

static void a_server_that_closes_answers_what_it_holds(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct lab l;
		start(&l, LONG_MS);
		int fd = open_client(&l, tcp);
		struct client_question q = question(DB_0, "A", tcp);
		put_held(&l, fd, &q, 7);
		lab_stop(&l);
		expect_reply(fd, &q, 7, RCODE_NXDOMAIN, 0, "db-0 is not Ready yet");
		close(fd);
		lab_deinit(&l);
	}
}

static void held_answers_leave_from_the_address_that_was_asked(void **state)
{
	static const char *const servers[] = { "127.0.0.1", "127.0.0.2", "127.1.2.3" };
	(void)state;
	struct lab l;
	int fds[ARRAY_LEN(servers)];
	struct dns_config config = db_config();
	struct client_question q = question(DB_0, "A", false);
	(void)snprintf(config.listen.host, sizeof(config.listen.host), "0.0.0.0");
	config.kube.hold_ms = LONG_MS;
	db_start(&l, &config);
	db_set(&l, 0, 1, "OrderedReady", "");
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		fds[i] = client_udp(l.port, servers[i]);
		put_held(&l, fds[i], &q, 7);
	}
	db_ready(&l, 0, 1, 99);
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		expect_reply(fds[i], &q, 7, RCODE_NOERROR, 1, "");
		close(fds[i]);
	}
	lab_deinit(&l);
}

struct asker {
	uv_sem_t go, came;
	unsigned port, rounds, wrong;
	bool tcp;
};

/* In each round the name comes while it is being asked for. */
static void ask_on(void *arg)
{
	struct asker *a = arg;
	struct client_question q = question(DB_0, "A", a->tcp);
	int fd = a->tcp ? client_connect(a->port) : client_udp(a->port, NULL);
	for (unsigned i = 0; i < a->rounds; i++) {
		uv_sem_wait(&a->go);
		client_put(fd, &q, (uint16_t)i);
		struct client_reply *r = client_take(fd, a->tcp);
		a->wrong += r->header.id != i || r->rcode != RCODE_NOERROR || r->count[0] != 1;
		free(r);
		uv_sem_post(&a->came);
	}
	close(fd);
}

static void a_name_that_comes_while_it_is_asked_for_is_not_missed(void **state)
{
	(void)state;
	struct lab l;
	struct asker askers[2];
	uv_thread_t threads[ARRAY_LEN(askers)];
	const unsigned rounds = 500;
	start(&l, LONG_MS);
	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		askers[i] = (struct asker){ .port = l.port, .rounds = rounds, .tcp = i == 1 };
		assert_int_equal(uv_sem_init(&askers[i].go, 0), 0);
		assert_int_equal(uv_sem_init(&askers[i].came, 0), 0);
		assert_int_equal(uv_thread_create(&threads[i], ask_on, &askers[i]), 0);
	}
	for (unsigned n = 0; n < rounds; n++) {
		for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
			uv_sem_post(&askers[i].go);
		}
		for (unsigned spin = 0; spin < n % 50; spin++) {
			db_ready(&l, 1, 1, 99); /* lets some time go by, not always the same */
		}
		db_ready(&l, 0, 1, 99);
		for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
			uv_sem_wait(&askers[i].came);
		}
		db_ready(&l, 1, 1, 99);
		lab_turn(&l);
	}
	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
		assert_int_equal(askers[i].wrong, 0);
		uv_sem_destroy(&askers[i].go);
		uv_sem_destroy(&askers[i].came);
	}
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_held_name_is_answered_when_it_comes),
		cmocka_unit_test(at_the_end_it_says_what_it_waited_for),
		cmocka_unit_test(a_ready_pod_ends_the_wait_before_a_slice_has_it),
		cmocka_unit_test(a_name_that_is_due_no_more_is_answered_at_once),
		cmocka_unit_test(names_that_are_not_due_are_not_held),
		cmocka_unit_test(a_short_name_is_held_like_the_full_one),
		cmocka_unit_test(a_retransmission_is_answered_once),
		cmocka_unit_test(replies_of_a_connection_overtake_those_that_are_held),
		cmocka_unit_test(a_connection_that_waits_is_not_idle),
		cmocka_unit_test(slots_are_bounded_and_those_of_a_closed_connection_are_free),
		cmocka_unit_test(all_that_is_held_is_answered_by_one_change),
		cmocka_unit_test(a_server_that_closes_answers_what_it_holds),
		cmocka_unit_test(held_answers_leave_from_the_address_that_was_asked),
		cmocka_unit_test(a_name_that_comes_while_it_is_asked_for_is_not_missed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
