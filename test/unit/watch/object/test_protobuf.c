/* Objects from protobuf: the same as from JSON. recorded/ holds what one kube-apiserver (1.37) wrote of the same object in
 * both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "watch/object/protobuf.h"
#include "watch/object/typed.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static struct strv recorded(const char *name, const char *ending)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s.%s", RECORDED, name, ending);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	char *p = arena_alloc(&arena, 1 << 16);
	assert_non_null(p);
	size_t n = fread(p, 1, 1 << 16, f);
	assert_int_equal(fclose(f), 0);
	return (struct strv){ p, n };
}

static const struct object *from_json(enum kind kind, struct strv text)
{
	const struct object *o = NULL;
	const char *field = "none";
	struct json *tree;
	assert_int_equal(json_parse(&arena, text, &tree, NULL), ERR_OK);
	assert_int_equal(object_new(kind, tree, false, &o, &field), ERR_OK);
	return o;
}

static int read_protobuf(enum kind kind, struct strv envelope, const struct object **out)
{
	struct strv message = STRV_NONE;
	const char *field = "none";
	int err = protobuf_open(&arena, envelope, &message);
	return err ? err : object_new_protobuf(kind, &arena, message, out, &field);
}

/* All there is of an object as text, so that two can be compared and a difference is seen. Absent and empty text are one. */

static void put(struct buf *b, const char *name, struct strv v)
{
	buf_printf(b, "%s=%.*s\n", name, STRV_ARG(v));
}

static void put_i(struct buf *b, const char *name, int64_t v)
{
	buf_printf(b, "%s=%lld\n", name, (long long)v);
}

static void put_list(struct buf *b, const char *name, const struct strv_list *l)
{
	put_i(b, name, (int64_t)l->n);
	for (size_t i = 0; i < l->n; i++) {
		put(b, name, l->at[i]);
	}
}

static void put_labels(struct buf *b, const char *name, const struct labels *l)
{
	put_i(b, name, (int64_t)l->n);
	for (size_t i = 0; i < l->n; i++) {
		put(b, name, l->at[i].key);
		put(b, l->at[i].value.p ? "is" : "absent", l->at[i].value);
	}
}

static void put_ips(struct buf *b, const struct ip *ips, size_t n)
{
	put_i(b, "ips", (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		char text[IP_TEXT_CHARS + 1];
		put(b, "ip", (struct strv){ text, ip_print(&ips[i], text) });
	}
}

static void put_opt(struct buf *b, const char *name, bool set, int64_t v)
{
	put_i(b, name, set ? v : -1000);
}

static void put_meta(struct buf *b, const struct meta *m)
{
	put(b, "ns", m->ns);
	put(b, "name", m->name);
	put(b, "uid", m->uid);
	put_i(b, "version", (int64_t)m->resource_version);
	put_i(b, "generation", m->generation);
	put_i(b, "creation", m->creation_ms);
	put_opt(b, "deletion", m->deletion_ms.set, m->deletion_ms.v);
	put_opt(b, "grace", m->deletion_grace_s.set, m->deletion_grace_s.v);
	put_labels(b, "labels", &m->labels);
	put_labels(b, "annotations", &m->annotations);
	put_list(b, "finalizers", &m->finalizers);
	for (size_t i = 0; i < m->n_owners; i++) {
		put(b, "owner", m->owners[i].api_version);
		put(b, "kind", m->owners[i].kind);
		put(b, "name", m->owners[i].name);
		put(b, "uid", m->owners[i].uid);
		put_i(b, "controller", m->owners[i].controller);
		put_i(b, "blocks", m->owners[i].block_owner_deletion);
	}
}

static void put_service(struct buf *b, const struct service *s)
{
	put_i(b, "type", s->type);
	put_i(b, "headless", s->headless);
	put_ips(b, s->cluster_ips, s->n_cluster_ips);
	put(b, "external", s->external_name);
	for (size_t i = 0; i < s->n_ports; i++) {
		put(b, "port", s->ports[i].name);
		put_i(b, "number", s->ports[i].port);
		put_i(b, "protocol", s->ports[i].protocol);
		put_i(b, "target", s->ports[i].target.number);
		put(b, "target", s->ports[i].target.name);
		put(b, "app", s->ports[i].app_protocol);
		put_i(b, "node", s->ports[i].node_port);
	}
	put_i(b, "selects", s->has_selector);
	put_labels(b, "selector", &s->selector);
	put_i(b, "publishes", s->publish_not_ready);
	put_i(b, "v4", s->family_v4);
	put_i(b, "v6", s->family_v6);
}

static void put_slice(struct buf *b, const struct endpointslice *s)
{
	put_i(b, "family", s->family);
	put(b, s->service.p ? "service" : "absent", s->service);
	put(b, s->import.p ? "import" : "absent", s->import);
	put(b, s->cluster.p ? "cluster" : "absent", s->cluster);
	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct slice_endpoint *e = &s->endpoints[i];
		put_list(b, "names", &e->names);
		put_ips(b, e->ips, e->n_ips);
		put(b, "hostname", e->hostname);
		put_opt(b, "ready", e->ready.set, e->ready.v);
		put_opt(b, "serving", e->serving.set, e->serving.v);
		put_opt(b, "terminating", e->terminating.set, e->terminating.v);
		put_i(b, "pod", e->is_pod);
		put(b, "name", e->target_name);
		put(b, "uid", e->target_uid);
		put(b, "zone", e->zone);
	}
	for (size_t i = 0; i < s->n_ports; i++) {
		put(b, "port", s->ports[i].name);
		put_i(b, "number", s->ports[i].port);
		put_i(b, "protocol", s->ports[i].protocol);
		put(b, "app", s->ports[i].app_protocol);
	}
}

static void put_container(struct buf *b, const struct pod_container *c)
{
	put(b, "container", c->name);
	put(b, "image", c->image);
	put_i(b, "init", c->init);
	put_i(b, "restartable", c->restartable);
	for (size_t i = 0; i < c->n_ports; i++) {
		put(b, "port", c->ports[i].name);
		put_i(b, "number", c->ports[i].number);
		put_i(b, "protocol", c->ports[i].protocol);
	}
}

static void put_pod(struct buf *b, const struct pod *p)
{
	put(b, "node", p->node_name);
	put(b, "hostname", p->hostname);
	put(b, "subdomain", p->subdomain);
	put(b, "scheduler", p->scheduler_name);
	put(b, "restart", p->restart_policy);
	put_opt(b, "grace", p->termination_grace_s.set, p->termination_grace_s.v);
	put_i(b, "host", p->host_network);
	for (size_t i = 0; i < p->n_containers; i++) {
		put_container(b, &p->containers[i]);
	}
	put_list(b, "claims", &p->claims);
	put_list(b, "scheduling", &p->scheduling_gates);
	put_list(b, "readiness", &p->readiness_gates);
	put(b, "phase", p->phase);
	put_ips(b, p->ips, p->n_ips);
	for (size_t i = 0; i < p->n_conditions; i++) {
		put(b, "condition", p->conditions[i].type);
		put(b, "status", p->conditions[i].status);
		put(b, "reason", p->conditions[i].reason);
		put_i(b, "at", p->conditions[i].transition_ms);
	}
	put_i(b, "ready", p->ready);
	put_i(b, "since", p->ready_ms);
	put_i(b, "terminal", p->terminal);
}

static struct strv print(const struct object *o)
{
	struct buf b;
	buf_init(&b);
	put_meta(&b, &o->meta);
	switch ((int)o->kind) {
	case KIND_SERVICE:
		put_service(&b, o->as.service);
		break;
	case KIND_ENDPOINTSLICE:
		put_slice(&b, o->as.endpointslice);
		break;
	case KIND_POD:
		put_pod(&b, o->as.pod);
		break;
	default:
		assert_null(o->as.any);
		break;
	}
	assert_int_equal(b.err, ERR_OK);
	struct strv out = arena_strdup(&arena, buf_strv(&b));
	buf_deinit(&b);
	assert_non_null(out.p);
	return out;
}

static const struct {
	enum kind kind;
	const char *name;
} rows[] = {
	{ KIND_NAMESPACE, "namespace" },
	{ KIND_SERVICE, "service-headless" },
	{ KIND_SERVICE, "service-dual" },
	{ KIND_SERVICE, "service-external" },
	{ KIND_SERVICE, "service-balanced" },
	{ KIND_ENDPOINTSLICE, "slice-v4" },
	{ KIND_ENDPOINTSLICE, "slice-v6" },
	{ KIND_ENDPOINTSLICE, "slice-fqdn" },
	{ KIND_POD, "pod" },
	{ KIND_POD, "pod-host" },
};

static void an_object_is_the_same_from_either_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct object *a = from_json(rows[i].kind, recorded(rows[i].name, "json"));
		const struct object *b = NULL;
		assert_true(object_reads_protobuf(rows[i].kind));
		assert_int_equal(
			read_protobuf(rows[i].kind, recorded(rows[i].name, "pb"), &b), ERR_OK);
		if (!strv_eq(print(a), print(b))) {
			fail_msg("%s\nJSON:\n%s\nprotobuf:\n%s", rows[i].name, print(a).p,
				print(b).p);
		}
		object_unref(a);
		object_unref(b);
		arena_reset(&arena);
	}
}

static void what_is_cut_anywhere_is_an_error_or_a_smaller_object(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strv whole = recorded(rows[i].name, "pb");
		struct strv message = STRV_NONE;
		assert_int_equal(protobuf_open(&arena, whole, &message), ERR_OK);
		for (size_t n = 0; n < message.n; n++) {
			struct arena a;
			const struct object *o = NULL;
			const char *field = "none";
			arena_init(&a, 0);
			/* on the heap, so that reading behind its end is noticed */
			char *part = malloc(n + 1);
			assert_non_null(part);
			memcpy(part, message.p, n);
			int err = object_new_protobuf(
				rows[i].kind, &a, (struct strv){ part, n }, &o, &field);
			free(part);
			if (err == ERR_OK) {
				object_unref(o);
			} else {
				assert_true(err == ERR_SYNTAX || err == ERR_BAD_TYPE);
			}
			arena_deinit(&a);
		}
		arena_reset(&arena);
	}
}

static const struct {
	const char *why;
	enum kind kind;
	const char *message;
	size_t n;
	int want;
	const char *field;
} bad[] = {
	{ "a name that is not UTF-8", KIND_NAMESPACE, "\x0a\x03\x0a\x01\xff", 5, ERR_BAD_TYPE,
		"metadata.name" },
	{ "a name with a NUL in it", KIND_NAMESPACE, "\x0a\x03\x0a\x01\x00", 5, ERR_BAD_TYPE,
		"metadata.name" },
	{ "an address type that nobody knows", KIND_ENDPOINTSLICE, "\x22\x01x", 3, ERR_BAD_TYPE,
		"addressType" },
	{ "a slice without one", KIND_ENDPOINTSLICE, "", 0, ERR_BAD_TYPE, "addressType" },
	{ "a protocol that nobody knows", KIND_ENDPOINTSLICE, "\x22\x04IPv4\x1a\x03\x12\x01x", 11,
		ERR_BAD_TYPE, "ports[].protocol" },
	{ "a type of Service that nobody knows", KIND_SERVICE, "\x12\x03\x22\x01x", 5, ERR_BAD_TYPE,
		"spec.type" },
	{ "a time beyond the calendar", KIND_NAMESPACE,
		"\x0a\x0b\x42\x09\x08\xff\xff\xff\xff\xff\xff\xff\x7f", 13, ERR_BAD_TYPE,
		"metadata.creationTimestamp" },
	{ "a length beyond the end", KIND_NAMESPACE, "\x0a\x7f\x0a", 3, ERR_SYNTAX, "none" },
	{ "a field of another wire type", KIND_NAMESPACE, "\x08\x01", 2, ERR_SYNTAX, "none" },
};

static void what_does_not_fit_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct object *o = NULL;
		const char *field = "none";
		const struct strv message = { bad[i].message, bad[i].n };
		int err = object_new_protobuf(bad[i].kind, &arena, message, &o, &field);
		if (err != bad[i].want || strcmp(field, bad[i].field) != 0) {
			fail_msg("%s: %s, %s", bad[i].why, err_text(err), field);
		}
		arena_reset(&arena);
	}
}

static void an_envelope_begins_with_its_magic(void **state)
{
	struct strv message = STRV_NONE;
	(void)state;
	assert_int_equal(protobuf_open(&arena, STRV(""), &message), ERR_SYNTAX);
	assert_int_equal(protobuf_open(&arena, STRV("k8s"), &message), ERR_SYNTAX);
	assert_int_equal(protobuf_open(&arena, STRV("{}  "), &message), ERR_SYNTAX);
	assert_int_equal(protobuf_open(&arena, STRV("k8s\0\x12\x05"), &message), ERR_SYNTAX);
	assert_int_equal(protobuf_open(&arena, STRV("k8s\0\x12\x01x"), &message), ERR_OK);
	assert_true(strv_eq(message, STRV("x")));
	assert_int_equal(protobuf_open(&arena, STRV("k8s\0"), &message), ERR_OK);
	assert_int_equal(message.n, 0);
}

static void memory_that_runs_out_is_told(void **state)
{
	const struct object *o = NULL;
	(void)state;
	struct strv message = STRV_NONE;
	assert_int_equal(protobuf_open(&arena, recorded("slice-v4", "pb"), &message), ERR_OK);
	for (size_t limit = 1; limit < 4000; limit += 16) {
		struct arena a;
		const char *field;
		arena_init(&a, 0);
		a.limit_bytes = limit;
		int err = object_new_protobuf(KIND_ENDPOINTSLICE, &a, message, &o, &field);
		if (err == ERR_OK) {
			object_unref(o);
		} else {
			assert_int_equal(err, ERR_NOMEM);
		}
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(an_object_is_the_same_from_either_form),
		T(what_is_cut_anywhere_is_an_error_or_a_smaller_object),
		T(what_does_not_fit_is_named),
		T(an_envelope_begins_with_its_magic),
		T(memory_that_runs_out_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
