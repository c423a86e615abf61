/* The server as main opens it: the first objects, the in-process API, the close. */
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "watch/object/typed.h"

struct lab {
	uv_loop_t loop;
	struct clock *clock;
	struct embedded *e;
	const struct watch_api *api;
	struct arena a;
	int replies, status, err;
	unsigned events_before_reply, events;
	char reason[32];
	bool closed;
};

static struct embedded_config config(void)
{
	return (struct embedded_config){ .listen = { .host = "127.0.0.1" },
		.service_cidr = "10.96.0.0/16",
		.kube_dns_ip = "10.96.0.10",
		.default_class = "standard",
		.node_name = "ordinal-node",
		.node_ip = "127.0.0.1" };
}

static int set_up(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct embedded_config c = config();
	assert_non_null(l);
	assert_int_equal(uv_loop_init(&l->loop), 0);
	assert_int_equal(clock_open_virtual(&l->loop, 1767225600000, &l->clock), ERR_OK);
	assert_int_equal(embedded_open(&l->loop, l->clock, &c, &l->e), ERR_OK);
	l->api = embedded_api(l->e);
	arena_init(&l->a, 0);
	*state = l;
	return 0;
}

static void on_closed(void *ctx)
{
	struct lab *l = ctx;
	l->closed = true;
	clock_close(l->clock, NULL, NULL);
}

static int tear_down(void **state)
{
	struct lab *l = *state;
	embedded_close(l->e, on_closed, l);
	assert_int_equal(uv_run(&l->loop, UV_RUN_DEFAULT), 0);
	assert_true(l->closed);
	assert_int_equal(uv_loop_close(&l->loop), 0);
	arena_deinit(&l->a);
	free(l);
	return 0;
}

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct lab *l = ctx;
	l->replies++;
	l->status = r->status;
	l->err = r->err;
	l->events_before_reply = l->events;
	(void)snprintf(l->reason, sizeof(l->reason), "%.*s", STRV_ARG(r->reason));
	assert_true((r->err == ERR_OK) == (r->status / 100 == 2));
}

static void on_event(void *ctx, const struct watch_event *e)
{
	struct lab *l = ctx;
	l->events += e->type != WATCH_SYNCED;
}

static void turn(struct lab *l)
{
	for (int i = 0; i < 20; i++) {
		(void)uv_run(&l->loop, UV_RUN_NOWAIT);
	}
}

static void call(struct lab *l, enum watch_verb verb, const char *name, const char *text)
{
	struct json *body = NULL;
	if (text != NULL) {
		assert_int_equal(json_parse(&l->a, strv_of(text), &body, NULL), ERR_OK);
	}
	const struct watch_call c = { .verb = verb,
		.kind = KIND_CONFIGMAP,
		.ns = STRV("default"),
		.name = strv_of(name),
		.body = body,
		.manager = "test" };
	int before = l->replies;
	assert_int_equal(watch_call(l->api, &c, on_reply, l), ERR_OK);
	assert_int_equal(l->replies, before); /* never before the call has returned */
	turn(l);
	assert_int_equal(l->replies, before + 1);
}

static void every_cluster_begins_with_these(void **state)
{
	struct lab *l = *state;
	static const struct {
		enum kind kind;
		const char *ns, *name;
	} rows[] = {
		{ KIND_NAMESPACE, "", "default" },
		{ KIND_NAMESPACE, "", "kube-system" },
		{ KIND_NAMESPACE, "", "kube-public" },
		{ KIND_NAMESPACE, "", "kube-node-lease" },
		{ KIND_SERVICE, "default", "kubernetes" },
		{ KIND_SERVICE, "kube-system", "kube-dns" },
		{ KIND_NODE, "", "ordinal-node" },
		{ KIND_STORAGECLASS, "", "standard" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (store_get(l->e->store, rows[i].kind, strv_of(rows[i].ns),
			    strv_of(rows[i].name)) == NULL) {
			fail_msg("%s is absent", rows[i].name);
		}
	}
	const struct object *dns = store_get(
		l->e->store, KIND_SERVICE, STRV("kube-system"), STRV("kube-dns"));
	char ip[IP_TEXT_CHARS + 1];
	(void)ip_print(&dns->as.service->cluster_ips[0], ip);
	assert_string_equal(ip, "10.96.0.10");
	assert_true(
		store_get(l->e->store, KIND_NODE, STRV(""), STRV("ordinal-node"))->as.node->ready);
	assert_int_not_equal(embedded_port(l->e), 0);
}

static void calls_write_at_once_and_are_answered_after_their_events(void **state)
{
	struct lab *l = *state;
	struct watch_sub *sub = NULL;
	const struct watch_interest w = { .kinds = KIND_BIT(KIND_CONFIGMAP),
		.priority = WATCH_CONTROL,
		.label_selector = STRV(""),
		.fn = on_event,
		.ctx = l };
	assert_int_equal(watch_subscribe(l->api, &w, &sub), ERR_OK);
	turn(l);
	call(l, WATCH_CREATE, "", "{\"metadata\":{\"name\":\"c\"},\"data\":{\"a\":\"b\"}}");
	assert_int_equal(l->status, 201);
	assert_int_equal(l->events_before_reply, 1);
	call(l, WATCH_PATCH_MERGE, "c", "{\"data\":{\"a\":\"z\"}}");
	assert_int_equal(l->status, 200);
	assert_int_equal(l->events_before_reply, 2);
	call(l, WATCH_GET, "c", NULL);
	assert_int_equal(l->status, 200);
	call(l, WATCH_DELETE, "c", NULL);
	assert_int_equal(l->status, 200);
	assert_int_equal(l->events, 3);
	watch_unsubscribe(l->api, sub);
}

static void failures_have_numbers_and_reasons(void **state)
{
	struct lab *l = *state;
	call(l, WATCH_GET, "none", NULL);
	assert_int_equal(l->err, ERR_NOT_FOUND);
	assert_int_equal(l->status, 404);
	assert_string_equal(l->reason, "NotFound");
	call(l, WATCH_CREATE, "", "{\"metadata\":{\"name\":\"c\"}}");
	call(l, WATCH_CREATE, "", "{\"metadata\":{\"name\":\"c\"}}");
	assert_int_equal(l->err, ERR_EXISTS);
	call(l, WATCH_UPDATE, "c", "{\"metadata\":{\"name\":\"c\",\"resourceVersion\":\"1\"}}");
	assert_int_equal(l->err, ERR_CONFLICT);
	assert_string_equal(l->reason, "Conflict");
	call(l, WATCH_CREATE, "", "{\"metadata\":{\"name\":\"UPPER\"}}");
	assert_int_equal(l->status, 422);
}

static void replies_outstanding_at_the_close_are_cancelled(void **state)
{
	struct lab *l = *state;
	struct json *body = NULL;
	assert_int_equal(
		json_parse(&l->a, STRV("{\"metadata\":{\"name\":\"late\"}}"), &body, NULL), ERR_OK);
	const struct watch_call c = { .verb = WATCH_CREATE,
		.kind = KIND_CONFIGMAP,
		.ns = STRV("default"),
		.body = body,
		.manager = "test" };
	assert_int_equal(watch_call(l->api, &c, on_reply, l), ERR_OK);
	void *again = l;
	struct lab *copy = l;
	embedded_close(l->e, on_closed, l);
	assert_int_equal(copy->replies, 1);
	assert_int_equal(copy->err, UV_ECANCELED);
	assert_int_equal(uv_run(&l->loop, UV_RUN_DEFAULT), 0);
	assert_true(l->closed);
	assert_int_equal(uv_loop_close(&l->loop), 0);
	arena_deinit(&l->a);
	free(again);
	*state = NULL;
}

static void a_taken_port_and_a_bad_range_are_reported(void **state)
{
	struct lab *l = *state;
	struct embedded *other = NULL;
	struct embedded_config c = config();
	c.listen.port = embedded_port(l->e);
	assert_int_equal(embedded_open(&l->loop, l->clock, &c, &other), UV_EADDRINUSE);
	c.listen.port = 0;
	c.service_cidr = "10.96.0.0/99";
	assert_int_equal(embedded_open(&l->loop, l->clock, &c, &other), ERR_RANGE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(every_cluster_begins_with_these),
		T(calls_write_at_once_and_are_answered_after_their_events),
		T(failures_have_numbers_and_reasons),
		cmocka_unit_test_setup(replies_outstanding_at_the_close_are_cancelled, set_up),
		T(a_taken_port_and_a_bad_range_are_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
