/* A question answered from the index takes no memory: malloc and its kin are wrapped and counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/kube/kube.h"
#include "dns/query/pending.h"
#include "dns/query/pipeline.h"
#include "dns/stage/stages.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/fake_api.h"

static size_t taken;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t each);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t each);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	taken++;
	return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t each)
{
	taken++;
	return __real_calloc(n, each);
}

void *__wrap_realloc(void *p, size_t n)
{
	taken++;
	return __real_realloc(p, n);
}

static unsigned looked;
static void look(struct pending *p)
{
	(void)p;
	looked++;
}

/* Kept, looked at in vain, and again when its time is up. */
static void hold_one(const struct pipeline *p, struct query *q, uint8_t reply[65535])
{
	static struct pending slots;
	struct query_origin origin = { 0 };
	unsigned looked_before = looked;
	uint8_t message[512];
	size_t n = client_build(
		&(struct client_question){ .name = "db-3.s.n.svc.cluster.local.", .type = "A" }, 7,
		message);
	pending_init(&slots, 7, look);
	q->origin = &origin;
	q->thread->pending = &slots;
	size_t before = taken;
	assert_int_equal(pipeline_answer(p, q, TRANSPORT_UDP, message, n, reply, 65507), 0);
	assert_true(q->pending);
	struct slot *s = q->slot;
	assert_int_equal(pipeline_resume(p, q, s, reply, 65507), 0);
	s->expired = true;
	assert_true(pipeline_resume(p, q, s, reply, 65507) > 0);
	pending_release(&slots, s);
	assert_int_equal(taken, before);
	assert_int_equal(q->rcode, RCODE_NXDOMAIN);
	assert_int_equal(looked, looked_before + 1);
}

static void answers_take_no_memory(void **state)
{
	static const struct {
		const char *name, *type;
		unsigned rcode;
	} rows[] = {
		{ "s.n.svc.cluster.local.", "A", RCODE_NOERROR },
		{ "db-0.s.n.svc.cluster.local.", "A", RCODE_NOERROR },
		{ "s.n.svc.cluster.local.", "AAAA", RCODE_NOERROR },
		{ "_web._tcp.s.n.svc.cluster.local.", "SRV", RCODE_NOERROR },
		{ "x.n.svc.cluster.local.", "A", RCODE_NXDOMAIN },
		{ "1.0.0.10.in-addr.arpa.", "PTR", RCODE_NOERROR },
		{ "cluster.local.", "SOA", RCODE_NOERROR },
		{ "cluster.local.", "NS", RCODE_NOERROR },
		{ "db-0.s.", "A", RCODE_NOERROR },
		{ "e.n.svc.cluster.local.", "A", RCODE_NOERROR },
		{ "db-3.s.n.svc.cluster.local.", "A", RCODE_NXDOMAIN }, /* due */
		{ "10-0-0-9.n.pod.cluster.local.", "A", RCODE_NOERROR },
		{ "10-0-0-8.n.pod.cluster.local.", "A", RCODE_NXDOMAIN },
		{ "a.foreign.name.", "A", RCODE_REFUSED },
	};
	static struct query q;
	static uint8_t reply[65535];
	struct query_thread thread = { .random = 1 };
	struct kube_options options = {
		.ttl = 5, .addresses = "10.0.0.53", .pods = KUBE_PODS_VERIFIED, .hold_ms = 1000
	};
	const struct stage_options sorted = { .prefer = "10.1.0.0/16 fd00::/8" };
	struct loadbalance *balance;
	struct pipeline p = { .n = 0 };
	struct route routes[3] = { { .to = &p }, { .to = &p }, { .to = &p } };
	const struct pipeline shared = { .routes = routes, .n_routes = ARRAY_LEN(routes) };
	struct fake_api api;
	struct clock *clock;
	struct reclaim *rc;
	struct kube *k;
	struct search *search;
	uv_loop_t loop;
	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(clock_open(&loop, &clock), ERR_OK);
	assert_int_equal(reclaim_open(&loop, &rc), ERR_OK);
	fake_api_init(&api);
	assert_int_equal(kube_new(&options, clock, rc, &k), ERR_OK);
	assert_int_equal(search_new(k, STRV("n"), &search), ERR_OK);
	assert_int_equal(loadbalance_open(&loop, rc, &sorted, &balance), ERR_OK);
	assert_int_equal(pipeline_add(&p, &stage_loadbalance_sorting, balance), ERR_OK);
	assert_int_equal(pipeline_add(&p, &stage_search, search), ERR_OK);
	assert_int_equal(pipeline_add(&p, &stage_kubernetes, k), ERR_OK);
	assert_int_equal(kube_subscribe(k, &api.api), ERR_OK);
	fake_api_apply(&api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\","
		"\"namespace\":\"n\"},\"spec\":{\"clusterIP\":\"None\"}}");
	fake_api_apply(&api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"e\","
		"\"namespace\":\"n\"},\"spec\":{\"type\":\"ExternalName\",\"externalName\":"
		"\"s.n.svc.cluster.local\"}}");
	fake_api_apply(&api,
		"{\"apiVersion\":\"discovery.k8s.io/"
		"v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":"
		"\"s-1\",\"namespace\":\"n\",\"labels\":{\"kubernetes.io/service-name\":\"s\"}},"
		"\"addressType\":\"IPv4\",\"ports\":[{\"name\":\"web\",\"port\":80,\"protocol\":"
		"\"TCP\"}],"
		"\"endpoints\":[{\"addresses\":[\"10.0.0.1\"],\"hostname\":\"db-0\"},"
		"{\"addresses\":[\"10.0.0.2\"],\"hostname\":\"db-1\"}]}");
	fake_api_apply(&api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\"}}");
	fake_api_apply(&api, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\","
			     "\"namespace\":\"n\"},"
			     "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]},"
			     "\"status\":{\"phase\":"
			     "\"Running\",\"podIP\":\"10.0.0.9\"}}");
	fake_api_apply(&api,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"db\","
		"\"namespace\":\"n\"},\"spec\":{\"serviceName\":\"s\",\"replicas\":9,\"selector\":{"
		"\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":"
		"\"b\"}},"
		"\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}");
	fake_api_sync(&api);
	q.thread = &thread;
	assert_int_equal(name_parse(STRV("cluster.local."), &routes[0].zone), ERR_OK);
	assert_int_equal(name_parse(STRV("in-addr.arpa."), &routes[1].zone), ERR_OK);
	assert_int_equal(name_parse(STRV("."), &routes[2].zone), ERR_OK);
	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		const size_t row = i / 2;
		uint8_t message[512];
		size_t n = client_build(&(struct client_question){ .name = rows[row].name,
						.type = rows[row].type,
						.edns_bytes = 1232 },
			7, message);
		size_t before = taken;
		size_t reply_n = pipeline_answer(
			i % 2 == 0 ? &p : &shared, &q, TRANSPORT_UDP, message, n, reply, 65507);
		if (taken != before || reply_n == 0 || q.rcode != rows[row].rcode) {
			fail_msg("%s: %zu allocations, rcode %u", rows[row].name, taken - before,
				q.rcode);
		}
	}
	hold_one(&p, &q, reply);
	hold_one(&shared, &q, reply);
	assert_true(taken > 0); /* the counter works */
	kube_unsubscribe(k);
	reclaim_close(rc, NULL, NULL);
	clock_close(clock, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	loadbalance_free(balance);
	search_free(search);
	kube_free(k);
	fake_api_deinit(&api);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers_take_no_memory) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
