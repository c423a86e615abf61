/* A whole lab but for HTTP clients and DNS, in virtual time: embedded API, ordering controller, companions. Tests act as
 * kubectl would and look at objects. Cluster-scoped kinds need no namespace; all others are in "ns" unless lab_use says
 * otherwise. Texts: single quotes stand for double ones. Failures fail the test.
 * Regime: owned heap object of a test; texts returned live until lab_close. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "watch/api.h"
#include "watch/object/typed.h"

struct lab;

struct lab_options {
	int64_t ready_after_ms, bind_after_ms, terminate_after_ms;
	const char *data_dir;
	bool no_class;        /* no StorageClass `standard` */
	unsigned prefix_bits; /* of the pod network 10.244.0.0; 0: 16 */
};

#define LAB_START_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */

struct lab *lab_open(const struct lab_options *options); /* NULL: all zero */
void lab_close(struct lab *l);               /* in order; asserts that nothing is left */
void lab_run(struct lab *l, int64_t ms);     /* lets that much time pass */
void lab_use(struct lab *l, const char *ns); /* the namespace of the calls to come */
/* The companions stop and new ones begin, which know nothing but what the API tells. */
void lab_restart_companions(struct lab *l);

/* Each is followed by a millisecond, in which all that is due at once happens. The HTTP status is 2xx, or lab_last is asked. */
void lab_create(struct lab *l, enum kind kind, const char *text);
/* Strategic merge patch; sub may be "". */
void lab_patch(struct lab *l, enum kind kind, const char *name, const char *sub, const char *text);
void lab_delete(struct lab *l, enum kind kind, const char *name);
void lab_delete_by(struct lab *l, enum kind kind, const char *name, enum watch_propagation p);
void lab_delete_now(struct lab *l, enum kind kind, const char *name); /* grace 0 */
/* The same, refused with this status. */
void lab_create_refused(struct lab *l, enum kind kind, const char *text, int status);

/* A StatefulSet: selector and labels app=NAME, serviceName svc; spec is merged into its spec. */
void lab_set(struct lab *l, const char *name, const char *spec);
/* A pod: labels app=NAME, container c; spec as above. */
void lab_pod(struct lab *l, const char *name, const char *spec);
/* A claim of 1Gi, ReadWriteOnce. */
void lab_claim(struct lab *l, const char *name, const char *spec);
/* A volume of 1Gi, ReadWriteOnce, hostPath. */
void lab_volume(struct lab *l, const char *name, const char *spec);
/* A headless Service selecting app=web with port 80 named http; spec as above. */
void lab_service(struct lab *l, const char *name, const char *spec);

const struct object *lab_get(struct lab *l, enum kind kind, const char *name); /* NULL if absent */
/* A member as text: strings bare, others as JSON; "" if absent. path as json_dig takes it. */
const char *lab_field(struct lab *l, enum kind kind, const char *name, const char *path);
/* Condition TYPE of an object as "STATUS since SECONDS (reason)", seconds from LAB_START_MS; "" if absent. */
const char *lab_condition(struct lab *l, enum kind kind, const char *name, const char *type);
/* Names of a kind in order: "web-0 web-1"; a terminating one ends in "!". */
const char *lab_names(struct lab *l, enum kind kind);
/* "COMPONENT REASON: text\n" of all Events about an object, in the order of their first time; only of one reason, unless
 * that is NULL. */
const char *lab_events(struct lab *l, const char *object, const char *reason);
/* All endpoints of a Service's slices, in the order of addresses: "10.244.0.5 web-0 ready serving; ..." and so on, with
 * hostname or "-". */
const char *lab_endpoints(struct lab *l, const char *service);
size_t lab_slices(struct lab *l, const char *service);
/* What happened to objects of a kind since the last time, in order: "+web-0 ~web-0 -web-0" */
const char *lab_story(struct lab *l, enum kind kind);

#define lab_expect(got, want) lab_expect_at((got), (want), __FILE__, __LINE__)
void lab_expect_at(const char *got, const char *want, const char *file, int line);
