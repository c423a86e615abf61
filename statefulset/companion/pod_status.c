/* A running pod's status, member by member. Regime: values in the body's arena. */
#include "statefulset/companion/pod_status.h"

const struct condition *pod_status_condition(const struct pod *p, struct strv type)
{
	for (size_t i = 0; i < p->n_conditions; i++) {
		if (strv_eq(p->conditions[i].type, type)) {
			return &p->conditions[i];
		}
	}
	return NULL;
}

/* The first readiness gate that is closed; STRV_NONE: all are open. */
static struct strv closed_gate(const struct pod *p)
{
	for (size_t i = 0; i < p->readiness_gates.n; i++) {
		const struct condition *c = pod_status_condition(p, p->readiness_gates.at[i]);
		if (!c || !strv_eq(c->status, STRV("True"))) {
			return p->readiness_gates.at[i];
		}
	}
	return STRV_NONE;
}

bool pod_status_gates_open(const struct pod *p)
{
	return closed_gate(p).n == 0;
}

static struct json *condition(struct body *b, struct json *list, const struct pod_report *r,
	const char *type, bool is_true)
{
	struct strv status = is_true ? STRV("True") : STRV("False");
	const struct condition *had = pod_status_condition(r->pod->as.pod, strv_of(type));
	bool same = had && strv_eq(had->status, status) && had->transition_ms > 0;
	struct json *c = body_push_object(b, list);
	body_put_text(b, c, "type", type);
	body_put_str(b, c, "status", status);
	body_put_null(b, c, "lastProbeTime");
	body_put_time(b, c, "lastTransitionTime", same ? had->transition_ms : r->now_ms);
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

/* As kubelet says it: of the first gate that is closed. */
static struct strv gate_text(struct body *b, const struct pod *p, struct strv gate)
{
	const struct condition *c = pod_status_condition(p, gate);
	return c ? arena_printf(&b->arena,
			   "the status of pod readiness gate \"%.*s\" is not \"True\", but %.*s",
			   STRV_ARG(gate), STRV_ARG(c->status))
		 : arena_printf(&b->arena,
			   "corresponding condition of pod readiness gate \"%.*s\" does not exist.",
			   STRV_ARG(gate));
}

static void ready_conditions(struct body *b, struct json *list, const struct pod_report *r)
{
	const struct pod *p = r->pod->as.pod;
	struct strv gate = closed_gate(p);
	struct json *c = condition(b, list, r, "Ready", r->containers_ready && gate.n == 0);
	if (!r->containers_ready) {
		condition_why(b, c, REASON_NOT_READY, unready_text(b, p));
	} else if (gate.n > 0) {
		condition_why(b, c, REASON_GATES_NOT_READY, gate_text(b, p, gate));
	} else {
		condition_why(b, c, NULL, STRV_NONE);
	}
	c = condition(b, list, r, "ContainersReady", r->containers_ready);
	condition_why(b, c, r->containers_ready ? NULL : REASON_NOT_READY,
		r->containers_ready ? STRV_NONE : unready_text(b, p));
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
	(void)condition(b, conditions, r, "PodReadyToStartContainers", true);
	(void)condition(b, conditions, r, "Initialized", true);
	ready_conditions(b, conditions, r);
	struct json *c = condition(b, conditions, r, "PodScheduled", true);
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
