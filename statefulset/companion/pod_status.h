/* The status a kubelet reports of a pod whose containers run. Source: core/v1 PodStatus. Pure. Called by: kubelet.c. */
#pragma once

#include <stdint.h>

#include "statefulset/companion/body.h"
#include "watch/object/typed.h"

#define REASON_NOT_READY       "ContainersNotReady"
#define REASON_GATES_NOT_READY "ReadinessGatesNotReady"

struct pod_report {
	const struct object *pod;
	bool containers_ready;
	int64_t started_ms; /* when the containers began to run */
	int64_t now_ms;
	struct strv ip; /* pod address */
	const char *host_ip;
};

const struct condition *pod_status_condition(
	const struct pod *p, struct strv type); /* NULL: absent */
/* Every readiness gate of the pod has its condition, and that is True. */
bool pod_status_gates_open(const struct pod *p);

/* A strategic merge patch for pods/status: phase Running, conditions, addresses, container statuses. The
 * lastTransitionTime of a condition moves only when its status changes. */
struct json *pod_status_running(struct body *b, const struct pod_report *r);
/* The same once Running: conditions Ready and ContainersReady and the containers' ready flags only. */
struct json *pod_status_ready(struct body *b, const struct pod_report *r);
