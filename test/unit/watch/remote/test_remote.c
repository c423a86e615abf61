/* Both ends of the API in one process: what the remote end tells of the embedded end is what the embedded end tells
 * itself, and what is written through it is there. */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/err.h"
#include "watch/embedded/embedded.h"
#include "watch/remote/remote.h"

#define KINDS                                                                                      \
	(KIND_BIT(KIND_NAMESPACE) | KIND_BIT(KIND_SERVICE) | KIND_BIT(KIND_ENDPOINTSLICE) |        \
		KIND_BIT(KIND_CONFIGMAP) | KIND_BIT(KIND_POD))
#define PATIENCE_MS 20000

struct world {
	uv_loop_t loop;
	struct clock *clock;
	struct embedded *e;
	struct remote *r;
	const struct watch_api *here, *there;
	struct picture seen_here, seen_there;
	struct watch_sub *sub_here, *sub_there;
	struct arena a;
	int status, err; /* of the last reply */
	bool replied, has_obj;
	unsigned pending;
};

static void turn_until(struct world *w, bool (*is_so)(struct world *w), const char *what)
{
	uint64_t end = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
	while (!is_so(w)) {
		if (uv_hrtime() > end) {
			fail_msg("%s does not come true: %zu here, %zu there", what, w->seen_here.n,
				w->seen_there.n);
		}
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char why[REMOTE_WHY_CHARS];
	char url[64];
	assert_non_null(w);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(clock_open(&w->loop, &w->clock), ERR_OK);
	const struct embedded_config config = { .listen = { "127.0.0.1", 0 },
		.service_cidr = "10.96.0.0/16",
		.kube_dns_ip = "10.96.0.10",
		.node_name = "node0",
		.node_ip = "10.244.0.1" };
	assert_int_equal(embedded_open(&w->loop, w->clock, &config, &w->e), ERR_OK);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/", embedded_port(w->e));
	const struct remote_config remote = { .endpoint = url, .retry_first_ms = 10 };
	if (remote_open(&w->loop, w->clock, &remote, &w->r, why) != ERR_OK) {
		fail_msg("%s", why);
	}
	w->here = embedded_api(w->e);
	w->there = remote_api(w->r);
	arena_init(&w->a, 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	if (w->sub_here) {
		watch_unsubscribe(w->here, w->sub_here);
	}
	watch_unsubscribe(w->there, w->sub_there);
	remote_close(w->r, NULL, NULL);
	for (int i = 0; i < 20; i++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	embedded_close(w->e, NULL, NULL);
	while (uv_run(&w->loop, UV_RUN_NOWAIT) && !uv_loop_alive(&w->loop)) {
	}
	for (int i = 0; i < 20; i++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	clock_close(w->clock, NULL, NULL);
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	arena_deinit(&w->a);
	free(w);
	return 0;
}

static void subscribe(struct world *w, const char *selector)
{
	struct watch_interest i = {
		.kinds = KINDS, .label_selector = strv_of(selector), .fn = picture_event
	};
	i.ctx = &w->seen_here;
	assert_int_equal(watch_subscribe(w->here, &i, &w->sub_here), ERR_OK);
	i.ctx = &w->seen_there;
	assert_int_equal(watch_subscribe(w->there, &i, &w->sub_there), ERR_OK);
	assert_int_equal(w->seen_there.n, 0); /* nothing is told inside the call */
}

static bool both_synced(struct world *w)
{
	struct watch_freshness fresh;
	watch_freshness(w->there, &fresh);
	return w->seen_here.synced == KINDS && w->seen_there.synced == KINDS && fresh.in_step &&
	       fresh.age_ms >= 0;
}

static bool agree(struct world *w)
{
	return w->pending == 0 && picture_equal(&w->seen_here, &w->seen_there);
}

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct world *w = ctx;
	w->status = r->status;
	w->err = r->err;
	w->has_obj = r->obj != NULL;
	w->replied = true;
	w->pending--;
}

static bool all_replied(struct world *w)
{
	return w->pending == 0;
}

static struct json *parse(struct world *w, const char *text)
{
	struct strv copy = arena_strdup(&w->a, strv_of(text));
	struct json *v = NULL;
	char *p = (char *)(uintptr_t)copy.p;
	for (size_t i = 0; i < copy.n; i++) {
		p[i] = (char)(p[i] == '\'' ? '"' : p[i]);
	}
	assert_int_equal(json_parse(&w->a, copy, &v, NULL), ERR_OK);
	return v;
}

static void start(struct world *w, const struct watch_api *api, const struct watch_call *c)
{
	w->pending++;
	assert_int_equal(watch_call(api, c, on_reply, w), ERR_OK);
}

static int ask(struct world *w, enum watch_verb verb, const char *name, const char *body)
{
	const struct watch_call c = { .verb = verb,
		.kind = KIND_CONFIGMAP,
		.ns = STRV("default"),
		.name = strv_of(name),
		.body = body ? parse(w, body) : NULL,
		.manager = "test" };
	w->replied = false;
	start(w, w->there, &c);
	assert_false(w->replied); /* never inside the call */
	turn_until(w, all_replied, "a reply");
	return w->status;
}

/* The next number of a fixed sequence. */
static unsigned dice(unsigned sides)
{
	static uint64_t x = 88172645463325252u;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (unsigned)(x % sides);
}

static void change_something(struct world *w)
{
	char name[32];
	char body[512];
	unsigned i = dice(40);
	bool is_slice = dice(2) == 0;
	(void)snprintf(name, sizeof(name), "x%u", i);
	(void)snprintf(body, sizeof(body),
		is_slice ? "{'addressType':'IPv4','metadata':{'name':'%s','labels':{'tier':'t%u',"
			   "'multicluster.kubernetes.io/service-name':'i%u',"
			   "'kubernetes.io/"
			   "service-name':'s%u'}},'endpoints':[{'addresses':['10.1.0.%u']}],"
			   "'ports':[]}"
			 : "{'metadata':{'name':'%s','labels':{'tier':'t%u'}},'data':{'a':'%u','b':"
			   "'%u'}}",
		name, dice(2), dice(4), dice(4), dice(250) + 1);
	struct watch_call c = { .verb = WATCH_CREATE,
		.kind = is_slice ? KIND_ENDPOINTSLICE : KIND_CONFIGMAP,
		.ns = STRV("default"),
		.name = strv_of(name),
		.manager = "test" };
	unsigned what = dice(10);
	if (what < 2) {
		c.verb = WATCH_DELETE;
	} else {
		c.verb = what < 5 ? WATCH_CREATE : WATCH_PATCH_MERGE;
		c.body = parse(w, body);
	}
	start(w, dice(2) ? w->here : w->there, &c);
}

static void remote_tells_the_same_as_the_server_itself_under_random_changes(void **state)
{
	struct world *w = *state;
	subscribe(w, "");
	turn_until(w, both_synced, "synced");
	for (int round = 0; round < 60; round++) {
		for (unsigned n = dice(20); n > 0; n--) {
			change_something(w);
		}
		turn_until(w, agree, "the same picture");
		arena_reset(&w->a);
	}
	assert_true(w->seen_there.modified > 20 && w->seen_there.deleted > 20);
}

static void a_selector_is_the_server_s_work(void **state)
{
	struct world *w = *state;
	subscribe(w, "tier=t1");
	turn_until(w, both_synced, "synced");
	for (int round = 0; round < 20; round++) {
		for (unsigned n = dice(20); n > 0; n--) {
			change_something(w);
		}
		turn_until(w, agree, "the same picture");
		arena_reset(&w->a);
	}
	assert_true(w->seen_there.events > 0);
	struct watch_interest bad = {
		.kinds = KINDS, .label_selector = STRV("a in"), .fn = picture_event
	};
	struct watch_sub *sub = NULL;
	assert_int_equal(watch_subscribe(w->there, &bad, &sub), ERR_SYNTAX);
}

static void writes_arrive_and_failures_say_why(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, WATCH_GET, "a", NULL), 404);
	assert_int_equal(w->err, ERR_NOT_FOUND);
	assert_int_equal(
		ask(w, WATCH_CREATE, "a", "{'metadata':{'name':'a'},'data':{'x':'1'}}"), 201);
	assert_true(w->has_obj);
	assert_int_equal(ask(w, WATCH_CREATE, "a", "{'metadata':{'name':'a'}}"), 409);
	assert_int_equal(w->err, ERR_EXISTS);
	assert_int_equal(ask(w, WATCH_PATCH_MERGE, "a", "{'data':{'x':'2'}}"), 200);
	assert_int_equal(
		ask(w, WATCH_PATCH_JSON, "a", "[{'op':'add','path':'/data/y','value':'3'}]"), 200);
	assert_int_equal(ask(w, WATCH_UPDATE, "a",
				 "{'metadata':{'name':'a','resourceVersion':'1'},'data':{}}"),
		409);
	assert_int_equal(w->err, ERR_CONFLICT);
	assert_int_equal(ask(w, WATCH_GET, "a", NULL), 200);
	assert_true(w->has_obj);
	assert_int_equal(ask(w, WATCH_CREATE, "B!", "{'metadata':{'name':'B!'}}"), 422);
	assert_int_equal(ask(w, WATCH_DELETE, "a", NULL), 200);
	assert_int_equal(ask(w, WATCH_GET, "a", NULL), 404);
}

static void calls_in_flight_are_cancelled_at_close(void **state)
{
	struct world *w = *state;
	const struct watch_call c = {
		.verb = WATCH_GET, .kind = KIND_CONFIGMAP, .ns = STRV("default"), .name = STRV("a")
	};
	start(w, w->there, &c);
	start(w, w->there, &c);
	(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	remote_close(w->r, NULL, NULL);
	w->r = NULL;
	assert_int_equal(w->pending, 0);
	assert_int_equal(w->err, UV_ECANCELED);
}

static void end_it(struct picture *p, const struct watch_event *e)
{
	struct world *w = p->ctx;
	if (e->kind == KIND_NAMESPACE && p->n > 1) {
		watch_unsubscribe(w->there, w->sub_there);
		w->sub_there = NULL;
	}
	assert_true(w->sub_there || p->then);
	if (!w->sub_there) {
		p->then = NULL;
		p->ctx = NULL;
	}
}

static bool ended(struct world *w)
{
	return !w->sub_there;
}

static void nothing_is_told_after_unsubscribing_from_inside_an_event(void **state)
{
	struct world *w = *state;
	struct watch_interest i = {
		.kinds = KIND_BIT(KIND_NAMESPACE), .fn = picture_event, .ctx = &w->seen_there
	};
	w->seen_there.then = end_it;
	w->seen_there.ctx = w;
	assert_int_equal(watch_subscribe(w->there, &i, &w->sub_there), ERR_OK);
	turn_until(w, ended, "the end");
	size_t n = w->seen_there.events;
	for (int k = 0; k < 50; k++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(n, w->seen_there.events);
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(remote_tells_the_same_as_the_server_itself_under_random_changes),
		T(a_selector_is_the_server_s_work),
		T(writes_arrive_and_failures_say_why),
		T(calls_in_flight_are_cancelled_at_close),
		T(nothing_is_told_after_unsubscribing_from_inside_an_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
