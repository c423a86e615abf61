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
	bool gates_open;    /* all readiness gates are True */
	int64_t started_ms; /* when the containers began to run */
	int64_t now_ms;
	struct strv ip; /* pod address */
	const char *host_ip;
};

/* A strategic merge patch for pods/status: phase Running, conditions, addresses, container statuses. */
struct json *pod_status_running(struct body *b, const struct pod_report *r);
/* The same once Running: conditions Ready and ContainersReady and the containers' ready flags only. */
struct json *pod_status_ready(struct body *b, const struct pod_report *r);
