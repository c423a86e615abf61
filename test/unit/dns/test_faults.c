/* Allocation 1, 2, 3 ... fails: every open and every change either works or says so, keeps what was there, and leaks
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/kube/index.h"
#include "dns/kube/pods.h"
#include "dns/kube/sets.h"
#include "dns/server.h"
#include "test/scenario/dns/fake_api.h"

static size_t countdown; /* 0: none fails */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t each);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t each);
void *__wrap_realloc(void *p, size_t n);

static bool fails_now(void)
{
	return countdown > 0 && --countdown == 0;
}

void *__wrap_malloc(size_t n)
{
	return fails_now() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t each)
{
	return fails_now() ? NULL : __real_calloc(n, each);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails_now() ? NULL : __real_realloc(p, n);
}

static struct slice_part *new_slice(const char *name, unsigned n)
{
	static struct ip ips[64];
	static struct slice_endpoint endpoints[64];
	assert_true(n <= 64);
	for (unsigned i = 0; i < n; i++) {
		ips[i] = (struct ip){ .family = IP_V4, .bytes = { 10, 0, 0, (uint8_t)i } };
		endpoints[i] = (struct slice_endpoint){
			.ips = &ips[i],
			.n_ips = 1,
			.hostname = i % 2 ? STRV("odd") : STRV_NONE,
		};
	}
	struct endpointslice s = { .family = SLICE_V4, .endpoints = endpoints, .n_endpoints = n };
	return slice_part_new(strv_of(name), &s, &(struct slice_keep){ .zonal = true });
}

/* How many addresses the index answers for ns/svc. */
static uint32_t served(const struct index *ix)
{
	static const uint8_t key[] = "\3svc\2ns";
	const struct cell *c = index_find(ix, index_hash(ix, key, 7), key, 7);
	const struct record_set *rs = c ? cell_records(c) : NULL;
	return rs ? rs->n[0] : 0;
}

/* One life of an index with the n-th allocation failing; false when there were fewer. */
static bool live(size_t n)
{
	static const struct service service = { .type = SERVICE_CLUSTERIP, .headless = true };
	uv_loop_t loop;
	struct reclaim *rc;
	struct index *ix = NULL;
	bool changed;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(reclaim_open(&loop, &rc), ERR_OK);
	countdown = n;
	int err = index_new(rc, &(struct index_exposure){ 0 }, 7, &ix);
	if (err == ERR_OK) {
		err = index_set_namespace(ix, STRV("ns"), true, &changed);
	}
	for (unsigned k = 1; k <= 40 && err == ERR_OK; k += 13) {
		struct service_part *sp = service_part_new(&service);
		err = sp ? index_set_service(ix, STRV("ns"), STRV("svc"), sp, &changed) : ERR_NOMEM;
		struct slice_part *p = err == ERR_OK ? new_slice("a", k) : NULL;
		uint32_t before = served(ix);
		if (err == ERR_OK) {
			const struct index_slice at = { STRV("ns"), STRV("svc"), STRV("a"), 0 };
			err = p ? index_set_slice(ix, &at, p, &changed) : ERR_NOMEM;
		}
		assert_int_equal(served(ix), err == ERR_OK ? k : before);
	}
	bool failed = countdown == 0;
	countdown = 0;
	assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
	reclaim_close(rc, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	index_free(ix);
	assert_int_equal(uv_loop_close(&loop), 0);
	return failed;
}

static void a_change_that_finds_no_memory_leaves_the_former_records(void **state)
{
	size_t n = 1;
	(void)state;
	while (live(n)) {
		n++;
		assert_true(n < 1000);
	}
	assert_true(n > 20);
}

static struct slice_part *replica_slice_of(uint64_t seed, unsigned version, bool ready)
{
	const struct ip ip = { .family = IP_V4, .bytes = { 10, 0, 0, 1 } };
	const struct slice_endpoint endpoint = {
		.ips = &ip,
		.n_ips = 1,
		.hostname = STRV("db-0"),
		.ready = { .set = true, .v = ready },
		.is_pod = true,
		.target_name = STRV("db-0"),
		.target_uid = STRV("one"),
	};
	const struct endpointslice s = {
		.family = SLICE_V4, .endpoints = &endpoint, .n_endpoints = 1
	};
	return slice_part_new(STRV("a"), &s,
		&(struct slice_keep){ .replicas = true, .seed = seed, .version = version });
}

static int set_replica_slice(struct index *ix, unsigned version, bool ready)
{
	bool changed;
	const struct index_slice at = { STRV("ns"), STRV("svc"), STRV("a"), version };
	struct slice_part *p = replica_slice_of(7, version, ready);
	return p ? index_set_slice(ix, &at, p, &changed) : ERR_NOMEM;
}

static int set_replica(struct index *ix, const char *uid, unsigned version, bool ready)
{
	static const struct label label = { STRV("app"), STRV("db") };
	static const struct container_port port = { STRV("sql"), 5432, PROTO_TCP };
	static const struct pod_container container = { .ports = &port, .n_ports = 1 };
	static const struct ip ip = { .family = IP_V4, .bytes = { 10, 0, 0, 1 } };
	const struct pod pod = {
		.hostname = STRV("db-0"),
		.subdomain = STRV("svc"),
		.containers = &container,
		.n_containers = 1,
		.ips = &ip,
		.n_ips = 1,
		.ready = ready,
	};
	const struct object o = {
		.kind = KIND_POD,
		.meta = { .ns = STRV("ns"),
			.name = STRV("db-0"),
			.uid = strv_of(uid),
			.resource_version = version,
			.labels = { &label, 1 } },
		.as.pod = &pod,
	};
	bool changed;
	return index_set_replica(ix, &o, &changed);
}

static int set_selecting_service(struct index *ix)
{
	static const struct label selector = { STRV("app"), STRV("db") };
	static const struct service_port port = {
		.name = STRV("sql"), .port = 1, .target = { .name = STRV("sql") }
	};
	static const struct service service = { .headless = true,
		.has_selector = true,
		.selector = { &selector, 1 },
		.ports = &port,
		.n_ports = 1 };
	bool changed;
	struct service_part *sp = service_part_new(&service);
	return sp ? index_set_service(ix, STRV("ns"), STRV("svc"), sp, &changed) : ERR_NOMEM;
}

/* One step of a Pod's life; *out_served: how many addresses are answered then. */
static int replica_step(struct index *ix, unsigned step, uint32_t *out_served)
{
	static const uint32_t then[] = { 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0 };
	bool changed;
	*out_served = then[step];
	switch (step) {
	case 0:
		return set_selecting_service(ix);
	case 1:
		return set_replica(ix, "one", 5, true); /* early */
	case 2:
		return set_replica_slice(ix, 6, true);
	case 3:
		return set_replica(ix, "one", 7, false);
	case 4:
		return set_replica_slice(ix, 8, false);
	case 5:
		return set_replica(ix, "one", 9, true);
	case 6:
		return index_drop_replica(ix, STRV("one"), &changed);
	case 7:
		return set_replica_slice(ix, 10, true); /* which does not know yet */
	case 8:
		return set_replica(ix, "two", 11, true);
	case 9:
		return index_drop_replica(ix, STRV("one"), &changed); /* again, harmless */
	default:
		return index_forget_replicas(ix, &changed);
	}
}
#define REPLICA_STEPS 11

static bool replica_lives(size_t n)
{
	uv_loop_t loop;
	struct reclaim *rc;
	struct index *ix = NULL;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(reclaim_open(&loop, &rc), ERR_OK);
	countdown = n;
	int err = index_new(rc, &(struct index_exposure){ 0 }, 7, &ix);
	for (unsigned step = 0; step < REPLICA_STEPS && err == ERR_OK; step++) {
		uint32_t want;
		uint32_t before = served(ix);
		err = replica_step(ix, step, &want);
		assert_int_equal(served(ix), err == ERR_OK ? want : before);
	}
	bool failed = countdown == 0;
	countdown = 0;
	assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
	/* What failed may be told again. */
	uint32_t want;
	for (unsigned step = 0; ix && step < REPLICA_STEPS; step++) {
		assert_int_equal(replica_step(ix, step, &want), ERR_OK);
	}
	reclaim_close(rc, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	index_free(ix);
	assert_int_equal(uv_loop_close(&loop), 0);
	return failed;
}

static void a_replica_that_finds_no_memory_leaves_the_former_records(void **state)
{
	size_t n = 1;
	(void)state;
	while (replica_lives(n)) {
		n++;
		assert_true(n < 1000);
	}
	assert_true(n > 40);
}

static bool pods_live(size_t n)
{
	uv_loop_t loop;
	struct reclaim *rc;
	struct pods *p = NULL;
	bool changed = false;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(reclaim_open(&loop, &rc), ERR_OK);
	countdown = n;
	int err = pods_new(rc, 7, &p);
	for (uint8_t k = 1; k < 30 && err == ERR_OK; k++) {
		struct ip ips[2] = { { .family = IP_V4, .bytes = { 10, 0, 0, k } },
			{ .family = IP_V6, .bytes = { 0xfd, k } } };
		uint8_t old[4] = { 10, 0, 0, (uint8_t)(k - 1) };
		bool first = k == 1 || k == 20; /* others follow the former address of one Pod */
		struct strv name = k < 20 ? STRV("one") : STRV("two");
		err = pods_set(p, STRV("ns"), name, ips, 2, &changed);
		bool done = err == ERR_OK;
		assert_int_equal(pods_count(p, STRV("ns"), 0, ips[0].bytes), done);
		assert_int_equal(pods_count(p, STRV("ns"), 1, ips[1].bytes), done);
		assert_int_equal(pods_count(p, STRV("other"), 0, ips[0].bytes), 0);
		assert_int_equal(pods_count(p, STRV("ns"), 0, old), k == 20 || (!first && !done));
	}
	bool failed = countdown == 0;
	countdown = 0;
	assert_true(
		err == ERR_OK || (failed && err == ERR_NOMEM)); /* a number may be lost silently */
	if (!failed) {
		assert_int_equal(pods_set(p, STRV("ns"), STRV("one"), NULL, 0, &changed), ERR_OK);
		assert_false(pods_has_name(p, STRV("ns"), STRV("one")));
		assert_true(pods_has_name(p, STRV("ns"), STRV("two")));
	}
	reclaim_close(rc, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	pods_free(p);
	assert_int_equal(uv_loop_close(&loop), 0);
	return failed;
}

static void a_pod_that_finds_no_memory_keeps_its_former_address(void **state)
{
	size_t n = 1;
	(void)state;
	while (pods_live(n)) {
		n++;
		assert_true(n < 1000);
	}
	assert_true(n > 20);
}

static bool sets_live(size_t n)
{
	uv_loop_t loop;
	struct reclaim *rc;
	struct sets *s = NULL;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(reclaim_open(&loop, &rc), ERR_OK);
	countdown = n;
	int err = sets_new(rc, 7, &s);
	for (int64_t k = 1; k < 30 && err == ERR_OK; k++) {
		char text[] = "db-a";
		struct set_plan plan = { .replicas = -1 };
		struct statefulset set = { .replicas = k, .service_name = STRV("svc") };
		text[3] = (char)('a' + k % 15); /* each twice: added, then changed */
		err = sets_set(s, STRV("ns"), strv_of(text), &set);
		bool found = sets_find(s, STRV("ns"), strv_of(text), &plan);
		assert_int_equal(found, err == ERR_OK);
		assert_int_equal(plan.replicas, found ? k : -1);
		assert_false(sets_find(s, STRV("other"), strv_of(text), &plan));
	}
	bool failed = countdown == 0;
	countdown = 0;
	assert_true(err == ERR_OK || (failed && err == ERR_NOMEM)); /* as above */
	reclaim_close(rc, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	sets_free(s);
	assert_int_equal(uv_loop_close(&loop), 0);
	return failed;
}

static void a_set_that_finds_no_memory_is_forgotten(void **state)
{
	size_t n = 1;
	(void)state;
	while (sets_live(n)) {
		n++;
		assert_true(n < 1000);
	}
	assert_true(n > 20);
}

static void on_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static void a_server_that_finds_no_memory_does_not_open_and_leaves_nothing(void **state)
{
	(void)state;
	bool failed = true;
	for (size_t n = 1; failed; n++) {
		uv_loop_t loop;
		struct clock *clock;
		struct fake_api api;
		struct dns_server *server = NULL;
		struct dns_config config = dns_config_default();
		bool closed = false;
		config.listen.port = 0;
		config.threads = 2;
		config.search_ns = "ns";
		config.kube.namespaces = "ns other";
		config.kube.labels = "tier in (front,back)";
		config.kube.namespace_labels = "team";
		static const struct transfer_rule transfer = { ".", "10.0.0.1 *" };
		config.stages.transfers = &transfer;
		config.stages.n_transfers = 1;
		config.kube.pods = KUBE_PODS_VERIFIED;
		config.kube.hold_ms = 1000;
		assert_int_equal(uv_loop_init(&loop), 0);
		assert_int_equal(clock_open(&loop, &clock), ERR_OK);
		fake_api_init(&api);
		countdown = n;
		int err = dns_server_open(&loop, clock, &api.api, &config, &server);
		failed = countdown == 0;
		countdown = 0;
		assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
		if (server) {
			dns_server_close(server, on_closed, &closed);
			while (!closed) {
				(void)uv_run(&loop, UV_RUN_ONCE);
			}
		}
		clock_close(clock, NULL, NULL);
		(void)uv_run(&loop, UV_RUN_DEFAULT);
		assert_int_equal(uv_loop_close(&loop), 0);
		fake_api_deinit(&api);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_that_finds_no_memory_leaves_the_former_records),
		cmocka_unit_test(a_replica_that_finds_no_memory_leaves_the_former_records),
		cmocka_unit_test(a_pod_that_finds_no_memory_keeps_its_former_address),
		cmocka_unit_test(a_set_that_finds_no_memory_is_forgotten),
		cmocka_unit_test(a_server_that_finds_no_memory_does_not_open_and_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
