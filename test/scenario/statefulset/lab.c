/* See lab.h. */
#include "test/scenario/statefulset/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "statefulset/companion/companion.h"
#include "statefulset/statefulset.h"
#include "test/scenario/statefulset/fake_api.h"
#include "test/scenario/statefulset/spy.h"
#include "test/unit/base/quoted.h"
#include "watch/cache.h"
#include "watch/embedded/embedded.h"

#define START_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */

struct lab {
	uv_loop_t loop;
	struct clock *clock;
	struct fake_api *fake; /* one of these two is the API */
	struct embedded *embedded;
	struct companions *companions; /* or NULL */
	struct spy spy;
	struct sts_controller *controller;
	struct watch_cache *seen; /* what the kubelet and the asserts see */
	struct clock_timer alarm;
	struct arena a;
	bool auto_ready;
	bool waiting;
	int replied_err;
	const struct object *got; /* of lab_get */
};

static const kind_set seen_kinds = KIND_BIT(KIND_STATEFULSET) | KIND_BIT(KIND_POD) |
				   KIND_BIT(KIND_PVC) | KIND_BIT(KIND_CONTROLLERREVISION) |
				   KIND_BIT(KIND_EVENT);

static const struct watch_api *api(struct lab *l)
{
	return l->fake ? fake_api_get(l->fake) : embedded_api(l->embedded);
}

static void stop_waiting(struct lab *l)
{
	l->waiting = false;
	uv_stop(&l->loop);
}

static void wait_for(struct lab *l)
{
	while (l->waiting) {
		(void)uv_run(&l->loop, UV_RUN_DEFAULT);
	}
}

static void on_alarm(struct clock_timer *t)
{
	stop_waiting(container_of(t, struct lab, alarm));
}

void lab_run(struct lab *l, int64_t ms)
{
	l->waiting = true;
	assert_int_equal(clock_timer_start(l->clock, &l->alarm, ms), 0);
	wait_for(l);
}

int64_t lab_now_ms(struct lab *l)
{
	return clock_now_ms(l->clock);
}

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct lab *l = ctx;
	l->replied_err = r->err;
	if (r->err) {
		print_error("%d: %.*s\n", r->status, STRV_ARG(r->message));
	}
	stop_waiting(l);
}

static void call(struct lab *l, struct watch_call c)
{
	c.ns = kind_row(c.kind)->namespaced ? STRV("ns") : STRV("");
	c.manager = "test";
	l->waiting = true;
	assert_int_equal(watch_call(api(l), &c, on_reply, l), 0);
	wait_for(l);
	assert_int_equal(l->replied_err, 0);
}

/* The kubelet */

static void ignore_reply(void *ctx, const struct watch_reply *r)
{
	(void)ctx;
	(void)r;
}

static struct json *status_tree(struct lab *l, const char *phase, const char *ready)
{
	char now[CLOCK_RFC3339_CHARS + 1];
	clock_format(clock_now_ms(l->clock), now);
	return quoted_json(&l->a,
		arena_printf(&l->a,
			"{'status':{'phase':'%s','conditions':[{'type':'Ready','status':'%s',"
			"'lastTransitionTime':'%s'}]}}",
			phase, ready, now)
			.p);
}

static void pod_status(struct lab *l, struct strv pod, const char *phase, const char *ready)
{
	struct watch_call c = { .verb = WATCH_PATCH_MERGE,
		.kind = KIND_POD,
		.ns = STRV("ns"),
		.name = pod,
		.subresource = "status",
		.manager = "kubelet",
		.body = status_tree(l, phase, ready) };
	assert_int_equal(watch_call(api(l), &c, ignore_reply, NULL), 0);
}

static void on_event(void *ctx, const struct watch_event *e)
{
	struct lab *l = ctx;
	if (e->type != WATCH_SYNCED && e->kind == KIND_POD && l->auto_ready &&
		e->type != WATCH_DELETED && strv_eq(e->obj->as.pod->phase, STRV("Pending"))) {
		pod_status(l, e->obj->meta.name, "Running", "True");
	}
}

static bool make_ready(void *ctx, const struct object *pod)
{
	struct lab *l = ctx;
	if (strv_eq(pod->as.pod->phase, STRV("Pending"))) {
		pod_status(l, pod->meta.name, "Running", "True");
	}
	return true;
}

void lab_auto_ready(struct lab *l, bool on)
{
	l->auto_ready = on;
	if (on) {
		watch_cache_visit(l->seen, KIND_POD, STRV("ns"), make_ready, l);
	}
}

static void status_now(struct lab *l, const char *pod, const char *phase, const char *ready)
{
	call(l, (struct watch_call){ .verb = WATCH_PATCH_MERGE,
			.kind = KIND_POD,
			.name = strv_of(pod),
			.subresource = "status",
			.body = status_tree(l, phase, ready) });
	lab_run(l, 1);
}

void lab_ready(struct lab *l, const char *pod)
{
	status_now(l, pod, "Running", "True");
}

void lab_unready(struct lab *l, const char *pod)
{
	status_now(l, pod, "Running", "False");
}

void lab_phase(struct lab *l, const char *pod, const char *phase)
{
	status_now(l, pod, phase, "False");
}

void lab_gone(struct lab *l, const char *pod)
{
	lab_patch(l, KIND_POD, pod, "", "{'metadata':{'finalizers':null}}");
}

/* Objects */

void lab_create(struct lab *l, enum kind kind, const char *text)
{
	call(l, (struct watch_call){
			.verb = WATCH_CREATE, .kind = kind, .body = quoted_json(&l->a, text) });
	lab_run(l, 1);
}

static void set_members(struct lab *l, struct json *into, const struct json *from)
{
	json_each(v, from) {
		assert_int_equal(json_set(&l->a, into, json_key(v), json_copy(&l->a, v)), 0);
	}
}

void lab_set(struct lab *l, const char *name, const char *spec)
{
	struct json *tree = quoted_json(&l->a,
		arena_printf(&l->a,
			"{'apiVersion':'apps/"
			"v1','kind':'StatefulSet','metadata':{'name':'%s'},'spec':{'replicas':3,"
			"'serviceName':'svc','selector':{'matchLabels':{'app':'%s'}},'"
			"updateStrategy':{'type':"
			"'RollingUpdate','rollingUpdate':{'partition':0}},'template':{'metadata'"
			":{'labels':{'app':"
			"'%s'}},'spec':{'containers':[{'name':'c','image':'busybox'}]}}}}",
			name, name, name)
			.p);
	struct json *into = json_get(tree, "spec");
	json_each(v, quoted_json(&l->a, spec)) {
		struct json *there = json_get(into, json_key(v));
		if (strcmp(json_key(v), "template") == 0) { /* only its metadata is added to */
			set_members(l, json_get(there, "metadata"), json_get(v, "metadata"));
		} else {
			assert_int_equal(
				json_set(&l->a, into, json_key(v), json_copy(&l->a, v)), 0);
		}
	}
	call(l, (struct watch_call){
			.verb = WATCH_CREATE, .kind = KIND_STATEFULSET, .body = tree });
	lab_run(l, 1);
}

void lab_patch(struct lab *l, enum kind kind, const char *name, const char *sub, const char *text)
{
	call(l, (struct watch_call){ .verb = WATCH_PATCH_MERGE,
			.kind = kind,
			.name = strv_of(name),
			.subresource = sub,
			.body = quoted_json(&l->a, text) });
	lab_run(l, 1);
}

void lab_scale(struct lab *l, const char *set, int replicas)
{
	lab_patch(l, KIND_STATEFULSET, set, "",
		arena_printf(&l->a, "{'spec':{'replicas':%d}}", replicas).p);
}

void lab_delete(struct lab *l, enum kind kind, const char *name)
{
	call(l, (struct watch_call){ .verb = WATCH_DELETE, .kind = kind, .name = strv_of(name) });
	lab_run(l, 1);
	const struct object *o = lab_get(l, kind, name);
	if (kind == KIND_PVC && o && o->meta.finalizers.n == 1 &&
		meta_has_finalizer(&o->meta, STRV("kubernetes.io/pvc-protection"))) {
		lab_patch(l, kind, name, "",
			"{'metadata':{'finalizers':null}}"); /* nobody else does */
	}
}

const struct object *lab_get(struct lab *l, enum kind kind, const char *name)
{
	const struct object *o = watch_cache_get(l->seen, kind, STRV("ns"), strv_of(name));
	object_unref(l->got);
	l->got = o ? object_ref(o) : NULL;
	return o;
}

const struct statefulset *lab_status(struct lab *l, const char *set)
{
	const struct object *o = lab_get(l, KIND_STATEFULSET, set);
	assert_non_null(o);
	return o->as.statefulset;
}

static bool add_name(void *ctx, const struct object *o)
{
	struct buf *b = ctx;
	buf_printf(b, "%s%.*s%s", b->n ? " " : "", STRV_ARG(o->meta.name),
		o->meta.deletion_ms.set ? "!" : "");
	return true;
}

static const char *keep(struct lab *l, struct buf *b)
{
	const char *text = arena_strdup(&l->a, buf_strv(b)).p;
	buf_deinit(b);
	return text;
}

const char *lab_names(struct lab *l, enum kind kind)
{
	struct buf b;
	buf_init(&b);
	watch_cache_visit(l->seen, kind, STRV("ns"), add_name, &b);
	return keep(l, &b);
}

struct events {
	struct lab *l;
	const char *object;
	struct buf b;
};

static bool add_event(void *ctx, const struct object *o)
{
	struct events *e = ctx;
	struct json *v = object_tree(o, &e->l->a);
	if (strv_eq(json_str(json_dig(v, "involvedObject.name")), strv_of(e->object))) {
		buf_printf(&e->b, "%s x%d: %s\n", json_cstr(json_get(v, "reason")),
			(int)json_i64_or(json_get(v, "count"), 0),
			json_cstr(json_get(v, "message")));
	}
	return true;
}

const char *lab_events(struct lab *l, const char *object)
{
	struct events e = { .l = l, .object = object };
	buf_init(&e.b);
	watch_cache_visit(l->seen, KIND_EVENT, STRV("ns"), add_event, &e);
	return keep(l, &e.b);
}

const char *lab_calls(struct lab *l)
{
	const char *text = arena_strdup(&l->a, buf_strv(&l->spy.log)).p;
	buf_reset(&l->spy.log);
	return text;
}

const char *lab_calls_of(struct lab *l, const char *prefix)
{
	struct buf b;
	struct strv rest = strv_of(lab_calls(l)), entry;
	buf_init(&b);
	while (strv_cut(&rest, ',', &entry)) {
		entry = strv_trim(entry);
		if (strv_has_prefix(entry, strv_of(prefix))) {
			buf_printf(&b, "%s%.*s", b.n ? ", " : "", STRV_ARG(entry));
		}
	}
	return keep(l, &b);
}

void lab_fail(struct lab *l, const char *entry, int status, int times)
{
	spy_fail(&l->spy, entry, status, times);
}

void lab_on_call(struct lab *l, void (*fn)(void *ctx, const struct watch_call *c), void *ctx)
{
	l->spy.on_call = fn;
	l->spy.ctx = ctx;
}

void lab_hold_events(struct lab *l, kind_set kinds)
{
	spy_hold(&l->spy, kinds);
	lab_run(l, 1);
}

void lab_expect_at(const char *got, const char *want, const char *file, int line)
{
	if (strcmp(got, want) != 0) {
		print_error("%s:%d:\n got \"%s\"\nwant \"%s\"\n", file, line, got, want);
	}
	_assert_string_equal(got, want, file, line);
}

/* Beginning and end */

static void embedded_begin(struct lab *l)
{
	struct embedded_config config = { .listen = { .host = "127.0.0.1" },
		.service_cidr = "10.96.0.0/16",
		.kube_dns_ip = "10.96.0.10",
		.default_class = "standard",
		.node_name = "node",
		.node_ip = "10.0.0.1" };
	assert_int_equal(embedded_open(&l->loop, l->clock, &config, &l->embedded), 0);
	call(l, (struct watch_call){ .verb = WATCH_CREATE,
			.kind = KIND_NAMESPACE,
			.body = quoted_json(&l->a,
				"{'apiVersion':'v1','kind':'Namespace','metadata':{'"
				"name':'ns'}}") });
}

/* LAB_API=embedded runs the same scenarios on the embedded API. */
static void api_open(struct lab *l, bool whole)
{
	const char *which = getenv("LAB_API");
	if (whole || (which && strcmp(which, "embedded") == 0)) {
		embedded_begin(l);
	} else {
		assert_int_equal(fake_api_new(l->clock, &l->fake), 0);
	}
}

static void on_closed(void *ctx)
{
	stop_waiting(ctx);
}

static void api_close(struct lab *l)
{
	if (l->fake) {
		fake_api_free(l->fake);
		return;
	}
	l->waiting = true;
	embedded_close(l->embedded, on_closed, l);
	wait_for(l);
}

static struct lab *open_any(bool whole)
{
	struct lab *l = calloc(1, sizeof(*l));
	assert_non_null(l);
	assert_int_equal(uv_loop_init(&l->loop), 0);
	assert_int_equal(clock_open_virtual(&l->loop, START_MS, &l->clock), 0);
	arena_init(&l->a, 0);
	clock_timer_init(&l->alarm, on_alarm);
	api_open(l, whole);
	spy_init(&l->spy, l->clock, api(l));
	struct watch_cache_config config = {
		.kinds = seen_kinds, .priority = WATCH_CONTROL, .fn = on_event, .ctx = l
	};
	assert_int_equal(watch_cache_new(api(l), &config, &l->seen), 0);
	assert_int_equal(sts_controller_open(l->clock, &l->spy.api, &l->controller), 0);
	return l;
}

struct lab *lab_open(void)
{
	struct lab *l = open_any(false);
	lab_run(l, 1);
	return l;
}

struct lab *lab_open_whole(
	int64_t ready_after_ms, int64_t bind_after_ms, int64_t terminate_after_ms)
{
	struct lab *l = open_any(true);
	struct companion_config config = { .first_host = 5,
		.ready_after_ms = ready_after_ms,
		.bind_after_ms = bind_after_ms,
		.terminate_after_ms = terminate_after_ms,
		.node_name = "node",
		.node_ip = "10.0.0.1",
		.provisioner = "ordinal.dev/lab",
		.loop = &l->loop };
	assert_int_equal(option_cidr_parse(STRV("10.244.0.0/16"), &config.pod_cidr), 0);
	assert_int_equal(companions_open(l->clock, api(l), &config, &l->companions), 0);
	lab_run(l, 1);
	return l;
}

static void controller_close(struct lab *l)
{
	l->waiting = true;
	sts_controller_close(l->controller, on_closed, l);
	wait_for(l);
	lab_run(l, 1); /* replies to Events */
}

void lab_restart_controller(struct lab *l)
{
	controller_close(l);
	assert_int_equal(sts_controller_open(l->clock, &l->spy.api, &l->controller), 0);
	lab_run(l, 1);
}

void lab_close(struct lab *l)
{
	controller_close(l);
	if (l->companions) {
		l->waiting = true;
		companions_close(l->companions, on_closed, l);
		wait_for(l);
	}
	watch_cache_free(l->seen);
	object_unref(l->got);
	api_close(l);
	l->waiting = true;
	clock_close(l->clock, on_closed, l);
	wait_for(l);
	(void)uv_run(&l->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&l->loop), 0);
	spy_deinit(&l->spy);
	arena_deinit(&l->a);
	free(l);
}
