/* A Pod's whole life as a real cluster writes it, told in every order that watches may tell it in: events of one kind keep
 * their order, those of different kinds do not, and what happened while a watch was cut is told as one difference.
 *
 * After every event: an address whose Pod was seen deleted, or is being deleted, is nowhere; a Pod whose newest state seen is
 * Ready is everywhere. At the end the answers are those of slices alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/life.h"

#define ONE_IP "10.0.0.1"
#define TWO_IP "10.0.0.2"
#define ALL    "all.ns.svc.cluster.local." /* selects the Pods too, and governs nothing */

/* One step of a kind's stream; version is where it stands in the cluster's own order of writes. */
struct step {
	unsigned version;
	bool two; /* it is the second Pod of that name */
	bool has; /* it exists, or is in the slice */
	bool ip, ready, terminating;
	int is; /* of the Pod: whether slices should have it Ready by this */
};

/* Of the Pod "db-0". */
static const struct step pod_steps[] = {
	{ 10, false, true, false, false, false, 0 }, /* created */
	{ 12, false, true, true, false, false, 0 },  /* has an address */
	{ 15, false, true, true, true, false, 1 },   /* Ready */
	{ 18, false, true, true, false, false, 0 },  /* fails */
	{ 21, false, true, true, true, false, 1 },   /* Ready again */
	{ 24, false, true, true, true, true, 0 },    /* terminating */
	{ 27, false, false, false, false, false, 0 },
	{ 29, true, true, false, false, false, 0 }, /* made again */
	{ 32, true, true, true, true, false, 1 },   /* has an address, and is Ready */
};
/* Of the slices of its Services: each a while after the Pod. */
static const struct step slice_steps[] = {
	{ 5, false, false, false, false, false, 0 },
	{ 14, false, true, true, false, false, 0 },
	{ 17, false, true, true, true, false, 0 },
	{ 20, false, true, true, false, false, 0 },
	{ 23, false, true, true, true, false, 0 },
	{ 26, false, true, true, false, true, 0 },
	{ 31, false, false, false, false, false, 0 },
	{ 34, true, true, true, true, false, 0 },
};
static const struct step once[] = { { 1, false, true, false, false, false, 0 } };

enum kept { PODS, SLICES, MORE_SLICES, SERVICE, SET, STREAMS };
static const struct {
	const struct step *steps;
	unsigned n;
} streams[STREAMS] = {
	[PODS] = { pod_steps, ARRAY_LEN(pod_steps) },
	[SLICES] = { slice_steps, ARRAY_LEN(slice_steps) },
	[MORE_SLICES] = { slice_steps, ARRAY_LEN(slice_steps) },
	[SERVICE] = { once, 1 },
	[SET] = { once, 1 },
};

/* Where the world stands: how many steps of each stream were told. */
struct world {
	struct lab lab;
	unsigned told[STREAMS];
	bool seen[2], dead[2];   /* each of the two Pods, by its own watch */
	unsigned since[STREAMS]; /* version since which slices say of it what they say */
	unsigned dropped;        /* version of the slice that last left the Pod out */
	char path[1000];
};

static const struct step *now(const struct world *w, enum kept s)
{
	return w->told[s] > 0 ? &streams[s].steps[w->told[s] - 1] : NULL;
}

static void start(struct world *w)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.kube.addresses = "10.244.0.99";
	*w = (struct world){ .path = "" };
	lab_init(&w->lab);
	w->lab.api.remote = true;
	lab_start(&w->lab, &config);
	fake_api_apply(&w->lab.api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{"
				    "\"name\":\"ns\"}}");
	life_service(&w->lab, &(struct life_service){ .name = "all" });
	fake_api_sync(&w->lab.api);
}

static void tell_pod(struct world *w, const struct step *s, const struct step *before, bool missed)
{
	if (before && before->has && (!s->has || s->two != before->two)) {
		w->dead[before->two] = true;
	}
	if (s->has) {
		w->seen[s->two] = true;
		life_pod(&w->lab, &(struct life_pod){ .uid = s->two ? "two" : "one",
					  .version = s->version,
					  .ip = !s->ip   ? NULL
						: s->two ? TWO_IP
							 : ONE_IP,
					  .ready = s->ready,
					  .terminating = s->terminating });
	} else if (before && before->has && missed) {
		fake_api_delete_missed(&w->lab.api, KIND_POD, "ns", "db-0");
	} else if (before && before->has) {
		fake_api_delete(&w->lab.api, KIND_POD, "ns", "db-0");
	}
}

static void tell_slice(
	struct world *w, enum kept k, const struct step *s, const struct step *before)
{
	struct life_slice slice = { .version = s->version };
	if (k == MORE_SLICES) {
		slice.service = "all";
	}
	if (s->has) {
		slice.at[0] = (struct life_endpoint){
			.uid = s->two ? "two" : "one",
			.ip = s->two ? TWO_IP : ONE_IP,
			.ready = s->ready,
			.nameless = k == MORE_SLICES,
		};
	}
	life_slice(&w->lab, &slice);
	bool same = before && before->has && s->has && before->two == s->two;
	if (!same || before->ready != s->ready) {
		/* One that appears as not ready takes nothing back. */
		w->since[k] = before && !same && !s->ready ? 0 : s->version;
	}
	if (before && before->has && !same) {
		w->dropped = k == SLICES ? s->version : w->dropped;
	}
}

/* Tells the next step of the stream, or one further on: `skip` were missed. */
static void tell(struct world *w, enum kept k, unsigned skip)
{
	const struct step *before = now(w, k);
	w->told[k] += skip + 1;
	const struct step *s = now(w, k);
	size_t n = strlen(w->path);
	(void)snprintf(w->path + n, sizeof(w->path) - n, " %c%u", "psmSt"[k], w -> told[k]);
	switch (k) {
	case PODS:
		tell_pod(w, s, before, skip > 0);
		break;
	case SLICES:
	case MORE_SLICES:
		tell_slice(w, k, s, before);
		break;
	case SERVICE:
		life_service(&w->lab, &(struct life_service){ 0 });
		break;
	case SET:
		life_set(&w->lab, 1);
		break;
	case STREAMS:
		break;
	}
}

static void expect(const struct world *w, const char *name, const char *type, const char *part,
	bool there, const char *why)
{
	const char *got = life_ask(&w->lab, name, type);
	if ((strstr(got, part) != NULL) != there) {
		fail_msg("%s: %s %s is \"%s\" after%s", why, name, type, got, w->path);
	}
}

static void expect_nowhere(const struct world *w, bool two, const char *why)
{
	const char *ip = two ? TWO_IP : ONE_IP;
	const char *ptr = two ? "2.0.0.10.in-addr.arpa." : "1.0.0.10.in-addr.arpa.";
	expect(w, LIFE_SERVICE, "A", ip, false, why);
	expect(w, "db-0." LIFE_SERVICE, "A", ip, false, why);
	expect(w, ALL, "A", ip, false, why);
	expect(w, ptr, "PTR", "local.", false, why);
}

/* Which slices have the Pod, and have said nothing newer against it. */
static bool agrees(const struct world *w, enum kept k, const struct step *pod)
{
	const struct step *s = now(w, k);
	return !s || !s->has || s->two != pod->two || s->ready || w->since[k] < pod->version;
}

static void check(const struct world *w)
{
	const struct step *pod = now(w, PODS);
	for (int two = 0; two < 2; two++) {
		if (w->dead[two]) {
			expect_nowhere(w, two, "it was seen deleted");
		}
	}
	if (pod && pod->has && pod->terminating) {
		expect_nowhere(w, pod->two, "it is being deleted");
	}
	if (!pod || !pod->is) {
		return;
	}
	const char *ip = pod->two ? TWO_IP : ONE_IP;
	const char *ptr = pod->two ? "2.0.0.10.in-addr.arpa." : "1.0.0.10.in-addr.arpa.";
	const struct step *more = now(w, MORE_SLICES);
	if (w->told[SERVICE] > 0 && agrees(w, SLICES, pod) && w->dropped < pod->version) {
		expect(w, LIFE_SERVICE, "A", ip, true, "it is Ready");
		expect(w, "db-0." LIFE_SERVICE, "A", ip, true, "it is Ready");
		expect(w, "_sql._tcp." LIFE_SERVICE, "SRV", "db-0.", true, "it is Ready");
		expect(w, ptr, "PTR", "db-0." LIFE_SERVICE, true, "it is Ready");
	}
	if (more && more->has && more->two == pod->two && agrees(w, MORE_SLICES, pod)) {
		expect(w, ALL, "A", ip, true, "it is Ready");
	}
}

static void check_end(const struct world *w)
{
	expect_nowhere(w, false, "it is long gone");
	expect(w, LIFE_SERVICE, "A", TWO_IP, true, "at the end");
	expect(w, ALL, "A", TWO_IP, true, "at the end");
	expect(w, "2.0.0.10.in-addr.arpa.", "PTR", "db-0." LIFE_SERVICE, true, "at the end");
}

static void tell_checked(struct world *w, enum kept k, unsigned skip)
{
	tell(w, k, skip);
	check(w);
}

static void finish(struct world *w)
{
	check_end(w);
	lab_deinit(&w->lab);
}

/* Every interleaving of two streams between from and to; the others are told whole before. */
struct cut {
	unsigned first[2], n[2]; /* of PODS and SLICES: steps told before, and those interleaved */
};

static void interleave(const struct cut *c, unsigned order)
{
	struct world w;
	start(&w);
	tell(&w, SERVICE, 0);
	tell(&w, SET, 0);
	for (int k = 0; k < 2; k++) {
		for (unsigned i = 0; i < c->first[k]; i++) {
			tell(&w, k == 0 ? PODS : SLICES, 0);
		}
	}
	for (unsigned i = 0; i < c->n[0] + c->n[1]; i++) {
		tell_checked(&w, order >> i & 1 ? SLICES : PODS, 0);
	}
	for (int k = 0; k < STREAMS; k++) {
		while (w.told[k] < streams[k].n) {
			tell(&w, (enum kept)k, 0);
		}
	}
	finish(&w);
}

static void every_order_of_pod_and_slice_events_keeps_the_promises(void **state)
{
	static const struct cut cuts[] = {
		{ { 0, 0 }, { 4, 4 } }, /* birth and failure */
		{ { 3, 3 }, { 4, 4 } }, /* failure and death */
		{ { 5, 5 }, { 4, 3 } }, /* death and return */
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		const struct cut *c = &cuts[i];
		for (unsigned order = 0; order < 1u << (c->n[0] + c->n[1]); order++) {
			if ((unsigned)__builtin_popcount(order) == c->n[1]) {
				interleave(c, order);
			}
		}
	}
}

/* A fixed sequence, the same in every run. */
static unsigned dice(uint32_t *seed, unsigned sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 16) % sides;
}

/* One whole life with all streams; with `cuts` some events are missed, so that later ones tell of both. */
static void live(uint32_t seed, bool cuts)
{
	struct world w;
	start(&w);
	for (;;) {
		unsigned left = 0;
		for (int k = 0; k < STREAMS; k++) {
			left += streams[k].n - w.told[k];
		}
		if (left == 0) {
			break;
		}
		unsigned pick = dice(&seed, left);
		int k = 0;
		while (pick >= streams[k].n - w.told[k]) {
			pick -= streams[k].n - w.told[k];
			k++;
		}
		unsigned room = streams[k].n - w.told[k] - 1;
		unsigned skip = cuts && dice(&seed, 3) == 0 ? dice(&seed, room + 1) : 0;
		tell_checked(&w, (enum kept)k, skip);
	}
	finish(&w);
}

static void any_order_of_all_kinds_keeps_the_promises(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 80; seed++) {
		live(seed * 2654435761u, false);
	}
}

static void whatever_a_watch_misses_keeps_the_promises(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 160; seed++) {
		live(seed * 2246822519u, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_of_pod_and_slice_events_keeps_the_promises),
		cmocka_unit_test(any_order_of_all_kinds_keeps_the_promises),
		cmocka_unit_test(whatever_a_watch_misses_keeps_the_promises),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
