/* See lab.h. */
#include "test/scenario/companion/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "statefulset/companion/companion.h"
#include "statefulset/statefulset.h"
#include "test/unit/base/quoted.h"
#include "watch/cache.h"
#include "watch/embedded/embedded.h"

struct lab {
	uv_loop_t loop;
	struct clock *clock;
	struct embedded *embedded;
	const struct watch_api *api;
	struct companion_config config;
	struct companions *companions;
	struct sts_controller *controller;
	struct watch_cache *seen;
	struct clock_timer alarm;
	struct arena a;
	struct strv ns;
	bool waiting;
	int status;
	struct buf story[KIND_COUNT];
};

static void stop_waiting(void *ctx)
{
	struct lab *l = ctx;
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

void lab_use(struct lab *l, const char *ns)
{
	l->ns = strv_of(ns);
}

/* ---- calls ---- */

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct lab *l = ctx;
	l->status = r->status;
	if (r->err) {
		print_message("%d: %.*s\n", r->status, STRV_ARG(r->message));
	}
	stop_waiting(l);
}

static int call(struct lab *l, struct watch_call c)
{
	c.ns = kind_row(c.kind)->namespaced ? l->ns : STRV_NONE;
	c.manager = "test";
	l->waiting = true;
	assert_int_equal(watch_call(l->api, &c, on_reply, l), 0);
	wait_for(l);
	int status = l->status;
	lab_run(l, 1);
	return status;
}

static void succeed(struct lab *l, struct watch_call c)
{
	assert_in_range(call(l, c), 200, 299);
}

void lab_create(struct lab *l, enum kind kind, const char *text)
{
	succeed(l, (struct watch_call){
			   .verb = WATCH_CREATE, .kind = kind, .body = quoted_json(&l->a, text) });
}

void lab_create_refused(struct lab *l, enum kind kind, const char *text, int status)
{
	int got = call(
		l, (struct watch_call){
			   .verb = WATCH_CREATE, .kind = kind, .body = quoted_json(&l->a, text) });
	assert_int_equal(got, status);
}

void lab_patch(struct lab *l, enum kind kind, const char *name, const char *sub, const char *text)
{
	succeed(l, (struct watch_call){ .verb = WATCH_PATCH_STRATEGIC,
			   .kind = kind,
			   .name = strv_of(name),
			   .subresource = sub,
			   .body = quoted_json(&l->a, text) });
}

void lab_delete_by(struct lab *l, enum kind kind, const char *name, enum watch_propagation p)
{
	succeed(l, (struct watch_call){ .verb = WATCH_DELETE,
			   .kind = kind,
			   .name = strv_of(name),
			   .del = { .propagation = p } });
}

void lab_delete(struct lab *l, enum kind kind, const char *name)
{
	lab_delete_by(l, kind, name, PROPAGATE_DEFAULT);
}

void lab_delete_now(struct lab *l, enum kind kind, const char *name)
{
	succeed(l, (struct watch_call){ .verb = WATCH_DELETE,
			   .kind = kind,
			   .name = strv_of(name),
			   .del = { .grace_s = { true, 0 } } });
}

/* ---- objects ---- */

static void create_with(struct lab *l, enum kind kind, const char *text, const char *spec)
{
	struct json *tree = quoted_json(&l->a, text);
	struct json *into = json_ensure_object(&l->a, tree, "spec");
	json_each(v, quoted_json(&l->a, spec)) {
		assert_int_equal(json_set(&l->a, into, json_key(v), json_copy(&l->a, v)), 0);
	}
	succeed(l, (struct watch_call){ .verb = WATCH_CREATE, .kind = kind, .body = tree });
}

void lab_set(struct lab *l, const char *name, const char *spec)
{
	create_with(l, KIND_STATEFULSET,
		arena_printf(&l->a,
			"{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'%s'},"
			"'spec':{'replicas':3,'serviceName':'svc','selector':{'matchLabels':{'app':"
			"'%s'}},'template':{'metadata':{'labels':{'app':'%s'}},'spec':{"
			"'containers':[{'name':'c','image':'busybox'}]}}}}",
			name, name, name)
			.p,
		spec);
}

void lab_pod(struct lab *l, const char *name, const char *spec)
{
	create_with(l, KIND_POD,
		arena_printf(&l->a,
			"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s','labels':{'app':"
			"'%s'}},'spec':{'containers':[{'name':'c','image':'busybox'}]}}",
			name, name)
			.p,
		spec);
}

void lab_claim(struct lab *l, const char *name, const char *spec)
{
	create_with(l, KIND_PVC,
		arena_printf(&l->a,
			"{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'%s'}"
			",'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{"
			"'storage':'1Gi'}}}}",
			name)
			.p,
		spec);
}

void lab_volume(struct lab *l, const char *name, const char *spec)
{
	create_with(l, KIND_PV,
		arena_printf(&l->a,
			"{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'%s'},"
			"'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'},"
			"'hostPath':{'path':'/tmp/%s'}}}",
			name, name)
			.p,
		spec);
}

void lab_service(struct lab *l, const char *name, const char *spec)
{
	create_with(l, KIND_SERVICE,
		arena_printf(&l->a,
			"{'apiVersion':'v1','kind':'Service','metadata':{'name':'%s'},'spec':{"
			"'clusterIP':'None','selector':{'app':'web'},'ports':[{'name':'http',"
			"'port':80}]}}",
			name)
			.p,
		spec);
}

/* ---- looking ---- */

const struct object *lab_get(struct lab *l, enum kind kind, const char *name)
{
	return watch_cache_get(
		l->seen, kind, kind_row(kind)->namespaced ? l->ns : STRV_NONE, strv_of(name));
}

static const char *keep(struct lab *l, struct buf *b)
{
	const char *text = arena_strdup(&l->a, buf_strv(b)).p;
	buf_deinit(b);
	return text;
}

static const char *text_of(struct lab *l, const struct json *v)
{
	if (json_str(v).p) {
		return json_cstr(v);
	}
	struct buf b;
	buf_init(&b);
	if (v) {
		json_print(v, &b);
	}
	return keep(l, &b);
}

static struct json *tree_at(struct lab *l, enum kind kind, const char *name)
{
	const struct object *o = lab_get(l, kind, name);
	if (!o) {
		fail_msg("%s %s is not there", kind_row(kind)->name, name);
		return NULL;
	}
	return object_tree(o, &l->a);
}

const char *lab_field(struct lab *l, enum kind kind, const char *name, const char *path)
{
	return text_of(l, json_dig(tree_at(l, kind, name), path));
}

const char *lab_condition(struct lab *l, enum kind kind, const char *name, const char *type)
{
	json_each(c, json_dig(tree_at(l, kind, name), "status.conditions")) {
		struct strv at = json_str(json_get(c, "lastTransitionTime"));
		int64_t ms = 0;
		if (!strv_eq(json_str(json_get(c, "type")), strv_of(type))) {
			continue;
		}
		assert_int_equal(clock_parse(at.p, at.n, &ms), 0);
		struct strv why = json_str(json_get(c, "reason"));
		return arena_printf(&l->a, "%s since %d%s%.*s%s", json_cstr(json_get(c, "status")),
			(int)((ms - LAB_START_MS) / 1000), why.n ? " (" : "", STRV_ARG(why),
			why.n ? ")" : "")
			.p;
	}
	return "";
}

static bool add_name(void *ctx, const struct object *o)
{
	struct buf *b = ctx;
	buf_printf(b, "%s%.*s%s", b->n ? " " : "", STRV_ARG(o->meta.name),
		o->meta.deletion_ms.set ? "!" : "");
	return true;
}

const char *lab_names(struct lab *l, enum kind kind)
{
	struct buf b;
	buf_init(&b);
	watch_cache_visit(
		l->seen, kind, kind_row(kind)->namespaced ? l->ns : STRV_NONE, add_name, &b);
	return keep(l, &b);
}

#define EVENTS_MAX 400

struct events {
	struct lab *l;
	const char *object, *reason;
	const struct object *at[EVENTS_MAX];
	size_t n;
};

static bool add_event(void *ctx, const struct object *o)
{
	struct events *e = ctx;
	struct json *v = object_tree(o, &e->l->a);
	bool about = strv_eq(json_str(json_dig(v, "involvedObject.name")), strv_of(e->object));
	bool said = !e->reason || strv_eq(json_str(json_get(v, "reason")), strv_of(e->reason));
	if (about && said) {
		assert_in_range(e->n, 0, EVENTS_MAX - 1);
		e->at[e->n++] = o;
	}
	return true;
}

/* Events' names end in a time that never stands still. */
static int by_name(const void *a, const void *b)
{
	const struct object *x = *(const struct object *const *)a;
	const struct object *y = *(const struct object *const *)b;
	return strv_cmp(x->meta.name, y->meta.name);
}

const char *lab_events(struct lab *l, const char *object, const char *reason)
{
	struct events e = { .l = l, .object = object, .reason = reason };
	struct buf b;
	buf_init(&b);
	watch_cache_visit(l->seen, KIND_EVENT, STRV_NONE, add_event, &e);
	qsort(e.at, e.n, sizeof(e.at[0]), by_name);
	for (size_t i = 0; i < e.n; i++) {
		struct json *v = object_tree(e.at[i], &l->a);
		buf_printf(&b, "%s %s: %s\n", json_cstr(json_dig(v, "source.component")),
			json_cstr(json_get(v, "reason")), json_cstr(json_get(v, "message")));
	}
	return keep(l, &b);
}

#define ENDPOINTS_MAX 1024

struct endpoints {
	struct lab *l;
	struct strv service;
	const char *at[ENDPOINTS_MAX];
	size_t n, slices;
};

static bool add_slice(void *ctx, const struct object *o)
{
	struct endpoints *all = ctx;
	const struct endpointslice *s = o->as.endpointslice;
	all->slices += strv_eq(s->service, all->service);
	for (size_t i = 0; i < s->n_endpoints && strv_eq(s->service, all->service); i++) {
		const struct slice_endpoint *e = &s->endpoints[i];
		assert_in_range(all->n, 0, ENDPOINTS_MAX - 1);
		struct strv host = e->hostname.n ? e->hostname : STRV("-");
		char ip[IP_TEXT_CHARS + 1];
		(void)ip_print(&e->ips[0], ip);
		all->at[all->n++] = arena_printf(&all->l->a, "%s %.*s%s%s%s", ip, STRV_ARG(host),
			e->ready.v ? " ready" : "", e->serving.v ? " serving" : "",
			e->terminating.v ? " terminating" : "")
					    .p;
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *lab_endpoints(struct lab *l, const char *service)
{
	struct endpoints *all = calloc(1, sizeof(*all));
	assert_non_null(all);
	all->l = l;
	all->service = strv_of(service);
	struct buf b;
	buf_init(&b);
	watch_cache_visit(l->seen, KIND_ENDPOINTSLICE, l->ns, add_slice, all);
	qsort(all->at, all->n, sizeof(all->at[0]), by_text);
	for (size_t i = 0; i < all->n; i++) {
		buf_printf(&b, "%s%s", i ? "; " : "", all->at[i]);
	}
	free(all);
	return keep(l, &b);
}

size_t lab_slices(struct lab *l, const char *service)
{
	struct endpoints *all = calloc(1, sizeof(*all));
	assert_non_null(all);
	all->l = l;
	all->service = strv_of(service);
	watch_cache_visit(l->seen, KIND_ENDPOINTSLICE, l->ns, add_slice, all);
	size_t n = all->slices;
	free(all);
	return n;
}

const char *lab_story(struct lab *l, enum kind kind)
{
	const char *text = keep(l, &l->story[kind]);
	buf_init(&l->story[kind]);
	return text;
}

void lab_expect_at(const char *got, const char *want, const char *file, int line)
{
	if (strcmp(got, want) != 0) {
		print_error("%s:%d:\n got \"%s\"\nwant \"%s\"\n", file, line, got, want);
	}
	_assert_string_equal(got, want, file, line);
}

/* ---- beginning and end ---- */

static void on_event(void *ctx, const struct watch_event *e)
{
	struct lab *l = ctx;
	if (e->type != WATCH_SYNCED) {
		struct buf *b = &l->story[e->kind];
		char sign = e->type == WATCH_ADDED ? '+' : e->type == WATCH_DELETED ? '-' : '~';
		buf_printf(b, "%s%c%.*s", b->n ? " " : "", sign, STRV_ARG(e->obj->meta.name));
	}
}

struct lab *lab_open(const struct lab_options *options)
{
	static const struct lab_options none = { .ready_after_ms = 0 };
	const struct lab_options *o = options ? options : &none;
	struct lab *l = calloc(1, sizeof(*l));
	assert_non_null(l);
	log_setup(LOG_TEXT, -1);
	assert_int_equal(uv_loop_init(&l->loop), 0);
	assert_int_equal(clock_open_virtual(&l->loop, LAB_START_MS, &l->clock), 0);
	arena_init(&l->a, 0);
	clock_timer_init(&l->alarm, on_alarm);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		buf_init(&l->story[k]);
	}
	struct embedded_config embedded = { .listen = { "127.0.0.1", 0 },
		.service_cidr = "10.96.0.0/16",
		.kube_dns_ip = "10.96.0.10",
		.default_class = o->no_class ? NULL : "standard",
		.node_name = "node",
		.node_ip = "10.244.0.1" };
	assert_int_equal(embedded_open(&l->loop, l->clock, &embedded, &l->embedded), 0);
	l->api = embedded_api(l->embedded);
	l->config = (struct companion_config){ .pod_cidr = { "10.244.0.0",
						       o->prefix_bits ? o->prefix_bits : 16 },
		.first_host = 5,
		.ready_after_ms = o->ready_after_ms,
		.terminate_after_ms = o->terminate_after_ms,
		.bind_after_ms = o->bind_after_ms,
		.data_dir = o->data_dir,
		.node_name = "node",
		.node_ip = "10.244.0.1",
		.provisioner = "ordinal.dev/lab",
		.loop = &l->loop };
	struct watch_cache_config config = {
		.kinds = KIND_ALL, .priority = WATCH_CONTROL, .fn = on_event, .ctx = l
	};
	assert_int_equal(watch_cache_new(l->api, &config, &l->seen), 0);
	assert_int_equal(companions_open(l->clock, l->api, &l->config, &l->companions), 0);
	assert_int_equal(sts_controller_open(l->clock, l->api, &l->controller), 0);
	lab_run(l, 0);
	lab_create(l, KIND_NAMESPACE,
		"{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'ns'}}");
	lab_use(l, "ns");
	lab_run(l, LAB_START_MS + 1000 - clock_now_ms(l->clock)); /* seconds are whole again */
	return l;
}

static void companions_end(struct lab *l)
{
	l->waiting = true;
	companions_close(l->companions, stop_waiting, l);
	wait_for(l);
}

void lab_restart_companions(struct lab *l)
{
	companions_end(l);
	assert_int_equal(companions_open(l->clock, l->api, &l->config, &l->companions), 0);
	lab_run(l, 1);
}

void lab_close(struct lab *l)
{
	l->waiting = true;
	sts_controller_close(l->controller, stop_waiting, l);
	wait_for(l);
	companions_end(l);
	watch_cache_free(l->seen);
	l->waiting = true;
	embedded_close(l->embedded, stop_waiting, l);
	wait_for(l);
	clock_close(l->clock, NULL, NULL);
	(void)uv_run(&l->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&l->loop), 0);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		buf_deinit(&l->story[k]);
	}
	arena_deinit(&l->a);
	free(l);
}
