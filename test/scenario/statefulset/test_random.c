/* Random users, kubelets and failures against the promises of a StatefulSet, checked at every call of the controller:
 *   a pod is created only when all before it are there, ready and staying        (OrderedReady)
 *   a pod is deleted by scaling only if it is the highest, and no other is going  (OrderedReady)
 *   nothing is deleted twice
 *   never a pod outside the wanted range is created, never one inside deleted unless it has failed
 * In the end, when all is well again, exactly the wanted pods are there and nothing more is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "statefulset/identity.h"
#include "test/scenario/statefulset/lab.h"

#define SEEDS    60
#define STEPS    80
#define ORDINALS 12

struct run {
	struct lab *l;
	uint64_t random;
	bool parallel;
	int replicas, start;
};

static unsigned draw(struct run *r, unsigned below)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return (unsigned)(r->random >> 33) % below;
}

static const char *pod_text(char text[16], int ordinal)
{
	(void)snprintf(text, 16, "web-%d", ordinal);
	return text;
}

static const struct object *pod_at(struct run *r, int ordinal)
{
	char name[16];
	return lab_get(r->l, KIND_POD, pod_text(name, ordinal));
}

static bool is_well(const struct object *pod)
{
	return pod && !pod->meta.deletion_ms.set && pod->as.pod->ready &&
	       strv_eq(pod->as.pod->phase, STRV("Running"));
}

static void check_create(struct run *r, int ordinal)
{
	assert_in_range(ordinal, r->start, r->start + r->replicas - 1);
	for (int o = r->start; o < ordinal && !r->parallel; o++) {
		if (!is_well(pod_at(r, o))) {
			fail_msg("web-%d is created although web-%d is not well", ordinal, o);
		}
	}
}

static void check_delete(struct run *r, int ordinal)
{
	const struct object *pod = pod_at(r, ordinal);
	assert_true(!pod || !pod->meta.deletion_ms.set);
	if (ordinal >= r->start && ordinal < r->start + r->replicas) {
		assert_true(!pod || pod->as.pod->terminal);
		return;
	}
	for (int o = 0; o < ORDINALS && !r->parallel; o++) {
		bool wanted = o >= r->start && o < r->start + r->replicas;
		if ((wanted && !is_well(pod_at(r, o))) ||
			(!wanted && o > ordinal && pod_at(r, o))) {
			fail_msg("web-%d is deleted in spite of web-%d", ordinal, o);
		}
	}
}

static void on_call(void *ctx, const struct watch_call *c)
{
	struct run *r = ctx;
	struct strv set;
	int32_t ordinal;
	if (c->kind != KIND_POD || !identity_parse(c->name, &set, &ordinal)) {
		return;
	}
	if (c->verb == WATCH_CREATE) {
		check_create(r, ordinal);
	} else if (c->verb == WATCH_DELETE) {
		check_delete(r, ordinal);
	}
}

static void rescale(struct run *r)
{
	char text[80];
	r->replicas = (int)draw(r, 6);
	r->start = draw(r, 4) ? r->start : (int)draw(r, 5);
	(void)snprintf(text, sizeof(text), "{'spec':{'replicas':%d,'ordinals':{'start':%d}}}",
		r->replicas, r->start);
	lab_patch(r->l, KIND_STATEFULSET, "web", "", text);
}

/* One thing that happens to one pod. */
static void befall(struct run *r, int ordinal)
{
	char name[16];
	const struct object *pod = pod_at(r, ordinal);
	if (!pod) {
		return;
	}
	bool going = pod->meta.deletion_ms.set;
	(void)pod_text(name, ordinal);
	switch (draw(r, 8)) {
	case 0:
		lab_unready(r->l, name);
		break;
	case 1:
		lab_phase(r->l, name, draw(r, 2) ? "Failed" : "Succeeded");
		break;
	case 2:
		lab_delete(r->l, KIND_POD, name);
		break;
	case 3:
		lab_patch(r->l, KIND_POD, name, "",
			"{'metadata':{'labels':{'statefulset.kubernetes.io/pod-name':'x'}}}");
		break;
	default:
		if (going) {
			lab_gone(r->l, name);
		} else {
			lab_ready(r->l, name);
		}
	}
}

static void mend(struct run *r)
{
	char name[16];
	for (int round = 0; round < 4 * ORDINALS; round++) {
		for (int o = 0; o < ORDINALS; o++) {
			const struct object *pod = pod_at(r, o);
			if (pod && pod->meta.deletion_ms.set) {
				lab_gone(r->l, pod_text(name, o));
			} else if (pod && !pod->as.pod->terminal && !is_well(pod)) {
				lab_ready(r->l, pod_text(name, o));
			}
		}
		lab_run(r->l, 1000 * 1000); /* longer than any pause */
	}
}

static void run_seed(uint64_t seed)
{
	struct run r = { .random = seed * 0x9e3779b97f4a7c15u + 1, .replicas = 3 };
	r.l = lab_open();
	r.parallel = seed % 3 == 2;
	lab_on_call(r.l, on_call, &r);
	if (seed % 2) {
		lab_fail(r.l, "create pods web-1", 500, 3);
		lab_fail(r.l, "delete pods web-2", 500, 2);
		lab_fail(r.l, "patch statefulsets/status", 409, 7);
		lab_fail(r.l, "create persistentvolumeclaims data-web-3", 500, 2);
	}
	char spec[400];
	(void)snprintf(spec, sizeof(spec),
		"{'podManagementPolicy':'%s','template':{" LAB_HOLD
		"},'volumeClaimTemplates':[{'metadata':{"
		"'name':'data'}," LAB_CLAIM "}]}",
		r.parallel ? "Parallel" : "OrderedReady");
	lab_set(r.l, "web", spec);
	for (int i = 0; i < STEPS; i++) {
		if (draw(&r, 8) == 0) {
			rescale(&r);
		} else {
			befall(&r, (int)draw(&r, ORDINALS));
		}
		lab_run(r.l, 1 + (int64_t)draw(&r, 200));
	}
	mend(&r);
	char want[200] = "";
	for (int o = r.start; o < r.start + r.replicas; o++) {
		size_t n = strlen(want);
		(void)snprintf(want + n, sizeof(want) - n, "%sweb-%d", n ? " " : "", o);
	}
	lab_expect(lab_names(r.l, KIND_POD), want);
	assert_int_equal(lab_status(r.l, "web")->status.ready, r.replicas);
	(void)lab_calls(r.l);
	lab_run(r.l, 1000 * 1000);
	lab_expect(lab_calls(r.l), "");
	lab_close(r.l);
}

static void promises_hold_whatever_happens(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		print_message("seed %d\n", (int)seed);
		run_seed(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(promises_hold_whatever_happens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
