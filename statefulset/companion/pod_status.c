/* A running pod's status, member by member. Regime: values in the body's arena. */
#include "statefulset/companion/pod_status.h"

static struct json *condition(
	struct body *b, struct json *list, const char *type, bool is_true, int64_t since_ms)
{
	struct json *c = body_push_object(b, list);
	body_put_text(b, c, "type", type);
	body_put_text(b, c, "status", is_true ? "True" : "False");
	body_put_null(b, c, "lastProbeTime");
	body_put_time(b, c, "lastTransitionTime", since_ms);
	return c;
}

/* reason and message of a condition that is False; both vanish when it is True. */
static void condition_why(struct body *b, struct json *c, const char *reason, struct strv message)
{
	if (reason) {
		body_put_text(b, c, "reason", reason);
		body_put_str(b, c, "message", message);
	} else {
		body_put_null(b, c, "reason");
		body_put_null(b, c, "message");
	}
}

/* "containers with unready status: [web sidecar]" */
static struct strv unready_text(struct body *b, const struct pod *p)
{
	struct strv text = STRV("containers with unready status: [");
	const char *sep = "";
	for (size_t i = 0; i < p->n_containers; i++) {
		if (!p->containers[i].init) {
			text = arena_printf(&b->arena, "%.*s%s%.*s", STRV_ARG(text), sep,
				STRV_ARG(p->containers[i].name));
			sep = " ";
		}
	}
	return arena_printf(&b->arena, "%.*s]", STRV_ARG(text));
}

static void ready_conditions(struct body *b, struct json *list, const struct pod_report *r)
{
	bool ready = r->containers_ready && r->gates_open;
	struct json *c = condition(b, list, "Ready", ready, r->now_ms);
	if (!r->containers_ready) {
		condition_why(b, c, REASON_NOT_READY, unready_text(b, r->pod->as.pod));
	} else if (!r->gates_open) {
		condition_why(b, c, REASON_GATES_NOT_READY,
			STRV("the status of pod readiness gates is not \"True\""));
	} else {
		condition_why(b, c, NULL, STRV_NONE);
	}
	c = condition(b, list, "ContainersReady", r->containers_ready, r->now_ms);
	condition_why(b, c, r->containers_ready ? NULL : REASON_NOT_READY,
		r->containers_ready ? STRV_NONE : unready_text(b, r->pod->as.pod));
}

static void container_status(struct body *b, struct json *list, const struct pod_report *r,
	const struct pod_container *c, size_t index)
{
	bool done = c->init && !c->restartable;
	struct json *s = body_push_object(b, list);
	body_put_str(b, s, "name", c->name);
	body_put_str(b, s, "image", c->image);
	body_put_text(b, s, "imageID", "");
	/* A stable id: of the pod and the container's place in it. */
	body_put_str(b, s, "containerID",
		arena_printf(&b->arena, "ordinal://%.*s/%s%zu", STRV_ARG(r->pod->meta.uid),
			c->init ? "init-" : "", index));
	body_put_bool(b, s, "ready", done || r->containers_ready);
	body_put_i64(b, s, "restartCount", 0);
	body_put_bool(b, s, "started", !done);
	struct json *state = body_put_object(b, s, "state");
	struct json *what = body_put_object(b, state, done ? "terminated" : "running");
	if (done) {
		body_put_i64(b, what, "exitCode", 0);
		body_put_text(b, what, "reason", "Completed");
		body_put_time(b, what, "finishedAt", r->started_ms);
	}
	body_put_time(b, what, "startedAt", r->started_ms);
	body_put_object(b, s, "lastState");
}

static void container_statuses(struct body *b, struct json *status, const struct pod_report *r)
{
	const struct pod *p = r->pod->as.pod;
	struct json *list = body_put_array(b, status, "containerStatuses");
	struct json *init = NULL;
	for (size_t i = 0; i < p->n_containers; i++) {
		const struct pod_container *c = &p->containers[i];
		if (c->init && !init) {
			init = body_put_array(b, status, "initContainerStatuses");
		}
		container_status(b, c->init ? init : list, r, c, i);
	}
}

struct json *pod_status_running(struct body *b, const struct pod_report *r)
{
	struct json *patch = body_object(b);
	struct json *status = body_put_object(b, patch, "status");
	body_put_text(b, status, "phase", "Running");
	struct json *conditions = body_put_array(b, status, "conditions");
	(void)condition(b, conditions, "PodReadyToStartContainers", true, r->started_ms);
	(void)condition(b, conditions, "Initialized", true, r->started_ms);
	ready_conditions(b, conditions, r);
	struct json *c = condition(b, conditions, "PodScheduled", true, r->started_ms);
	condition_why(b, c, NULL, STRV_NONE);
	body_put_text(b, status, "hostIP", r->host_ip);
	struct json *hosts = body_put_array(b, status, "hostIPs");
	body_put_text(b, body_push_object(b, hosts), "ip", r->host_ip);
	body_put_str(b, status, "podIP", r->ip);
	struct json *ips = body_put_array(b, status, "podIPs");
	body_put_str(b, body_push_object(b, ips), "ip", r->ip);
	body_put_time(b, status, "startTime", r->started_ms);
	container_statuses(b, status, r);
	return patch;
}

struct json *pod_status_ready(struct body *b, const struct pod_report *r)
{
	struct json *patch = body_object(b);
	struct json *status = body_put_object(b, patch, "status");
	ready_conditions(b, body_put_array(b, status, "conditions"), r);
	container_statuses(b, status, r);
	return patch;
}
