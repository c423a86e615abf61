/* A small world for scenarios in virtual time: an API, the controller under test, and a kubelet that does what it is told.
 * Everything is in namespace "ns". Texts: single quotes stand for double ones. Failures fail the test.
 * Regime: owned heap object of a test; texts returned live until lab_close. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "watch/api.h"
#include "watch/object/typed.h"

struct lab;

struct lab *lab_open(void);
/* On the embedded API, with all companions instead of the kubelet that does what it is told. */
struct lab *lab_open_whole(
	int64_t ready_after_ms, int64_t bind_after_ms, int64_t terminate_after_ms);
void lab_close(struct lab *l);           /* in order; asserts that nothing is left */
void lab_run(struct lab *l, int64_t ms); /* lets that much time pass */
int64_t lab_now_ms(struct lab *l);
/* The controller stops and a new one begins. */
void lab_restart_controller(struct lab *l);

/* A StatefulSet: selector and labels app=NAME, container busybox, serviceName svc; spec is merged into its spec. */
void lab_set(struct lab *l, const char *name, const char *spec);
void lab_create(struct lab *l, enum kind kind, const char *text);
/* JSON merge patch; sub may be "". */
void lab_patch(struct lab *l, enum kind kind, const char *name, const char *sub, const char *text);
void lab_scale(struct lab *l, const char *set, int replicas);
void lab_delete(struct lab *l, enum kind kind, const char *name);

/* The kubelet. auto: pods become Ready as soon as they exist (also those that are there). */
void lab_auto_ready(struct lab *l, bool on);
void lab_ready(struct lab *l, const char *pod);
void lab_unready(struct lab *l, const char *pod); /* Running, not Ready */
void lab_phase(struct lab *l, const char *pod, const char *phase);
/* Sets whose pods carry this finalizer in their template stay Terminating until lab_gone. */
#define LAB_HOLD "'metadata':{'finalizers':['test/hold']}"
void lab_gone(struct lab *l, const char *pod);
/* Spec of a claim that any API accepts. */
#define LAB_CLAIM                                                                                  \
	"'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}"

/* NULL if absent. Borrowed until the next call. */
const struct object *lab_get(struct lab *l, enum kind kind, const char *name);
const struct statefulset *lab_status(struct lab *l, const char *set);
/* Names of a kind in order: "web-0 web-1"; a terminating one ends in "!". */
const char *lab_names(struct lab *l, enum kind kind);
/* "SuccessfulCreate x2: text\n" of all Events of an object, oldest first. */
const char *lab_events(struct lab *l, const char *object);
/* What the controller has called since the last time. */
const char *lab_calls(struct lab *l);
/* Only those of them that begin so: "create pods". */
const char *lab_calls_of(struct lab *l, const char *prefix);
void lab_fail(struct lab *l, const char *call, int status, int times);

/* Told of each call of the controller before it is made. */
void lab_on_call(struct lab *l, void (*fn)(void *ctx, const struct watch_call *c), void *ctx);
/* The controller's events of these kinds wait until lab_hold_events(l, 0). */
void lab_hold_events(struct lab *l, kind_set kinds);

/* Fails with both texts unless they are equal. */
#define lab_expect(got, want) lab_expect_at((got), (want), __FILE__, __LINE__)
void lab_expect_at(const char *got, const char *want, const char *file, int line);
