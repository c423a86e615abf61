/* Rows of pods: what STATUS says is told from phase, conditions and container states, later rules
 * overriding.
 * Source: kube-apiserver 1.37 as observed. See cells.h. */
#include "base/clock.h"
#include "base/err.h"
#include "watch/embedded/table/cells.h"
#include "watch/embedded/table/table.h"

static const struct column columns[] = {
	COLUMN_NAME,
	{ "Ready", "string", "", false, "Containers that are ready, of all that stay running." },
	{ "Status", "string", "", false, "What the pod is doing, in one word where it can be." },
	{ "Restarts", "string", "", false,
		"How often containers were restarted, and how long ago the last time." },
	COLUMN_AGE,
	{ "IP", "string", "", true, "Address of the pod." },
	{ "Node", "string", "", true, "Node the pod runs on." },
	{ "Nominated Node", "string", "", true, "Node the pod will run on once there is room." },
	{ "Readiness Gates", "string", "", true, "Readiness gates that are met, of all." },
};

struct pod_view {
	char reason[160];
	int64_t ready, total;
	int64_t restarts;
	int64_t last_restart_ms; /* 0: unknown */
	bool initializing;
};

static void say(struct pod_view *v, const char *prefix, struct strv text)
{
	(void)snprintf(v->reason, sizeof(v->reason), "%s%.*s", prefix, STRV_ARG(text));
}

static void say_exit(struct pod_view *v, const char *prefix, const struct json *terminated)
{
	int64_t signal = json_i64_or(json_get(terminated, "signal"), 0);
	int64_t code = json_i64_or(json_get(terminated, "exitCode"), 0);
	(void)snprintf(v->reason, sizeof(v->reason), "%s%s:%lld", prefix,
		signal != 0 ? "Signal" : "ExitCode", (long long)(signal != 0 ? signal : code));
}

static void count_restarts(struct pod_view *v, const struct json *status)
{
	struct strv when = text_at(status, "lastState.terminated.finishedAt");
	int64_t at = 0;
	v->restarts += json_i64_or(json_get(status, "restartCount"), 0);
	if (when.n > 0 && clock_parse(when.p, when.n, &at) == ERR_OK && at > v->last_restart_ms) {
		v->last_restart_ms = at;
	}
}

static bool is_restartable(const struct json *inits, struct strv name)
{
	json_each(c, inits) {
		if (strv_eq(json_str(json_get(c, "name")), name)) {
			return text_equals(json_get(c, "restartPolicy"), "Always");
		}
	}
	return false;
}

/* The first init container that is not through decides; false: this one is through. */
static bool init_decides(
	struct pod_view *v, const struct json *status, bool restartable, size_t i, size_t count)
{
	const struct json *terminated = json_dig(status, "state.terminated");
	struct strv waiting = text_at(status, "state.waiting.reason");
	if (terminated != NULL && json_i64_or(json_get(terminated, "exitCode"), 0) == 0) {
		return false;
	}
	if (restartable && json_bool(json_get(status, "started"), false)) {
		v->ready += json_bool(json_get(status, "ready"), false);
		return false;
	}
	if (terminated != NULL) {
		struct strv reason = json_str(json_get(terminated, "reason"));
		if (reason.n > 0) {
			say(v, "Init:", reason);
		} else {
			say_exit(v, "Init:", terminated);
		}
	} else if (waiting.n > 0 && !strv_eq(waiting, STRV("PodInitializing"))) {
		say(v, "Init:", waiting);
	} else {
		(void)snprintf(v->reason, sizeof(v->reason), "Init:%zu/%zu", i, count);
	}
	return true;
}

static void view_inits(struct pod_view *v, const struct json *o)
{
	const struct json *inits = json_dig(o, "spec.initContainers");
	size_t i = 0;
	json_each(c, inits) {
		v->total += text_equals(json_get(c, "restartPolicy"), "Always");
	}
	json_each(status, json_dig(o, "status.initContainerStatuses")) {
		bool restartable = is_restartable(inits, json_str(json_get(status, "name")));
		count_restarts(v, status);
		if (init_decides(v, status, restartable, i++, json_count(inits))) {
			v->initializing = true;
			return;
		}
	}
}

/* Once the pod is initialised, restarts of init containers that are through count no more. */
static void forget_init_restarts(struct pod_view *v, const struct json *o)
{
	const struct json *inits = json_dig(o, "spec.initContainers");
	v->restarts = 0;
	v->last_restart_ms = 0;
	json_each(status, json_dig(o, "status.initContainerStatuses")) {
		if (is_restartable(inits, json_str(json_get(status, "name")))) {
			count_restarts(v, status);
		}
	}
}

static bool condition_is_true(const struct json *o, const char *type)
{
	return text_equals(json_get(condition_of(o, type), "status"), "True");
}

static void view_containers(struct pod_view *v, const struct json *o)
{
	const struct json *list = json_dig(o, "status.containerStatuses");
	bool running = false;
	forget_init_restarts(v, o);
	for (size_t i = json_count(list); i-- > 0;) { /* the first one has the last word */
		const struct json *status = json_at(list, i);
		const struct json *terminated = json_dig(status, "state.terminated");
		struct strv waiting = text_at(status, "state.waiting.reason");
		count_restarts(v, status);
		if (waiting.n > 0) {
			say(v, "", waiting);
		} else if (json_str(json_get(terminated, "reason")).n > 0) {
			say(v, "", json_str(json_get(terminated, "reason")));
		} else if (terminated != NULL) {
			say_exit(v, "", terminated);
		} else if (json_bool(json_get(status, "ready"), false) &&
			   json_dig(status, "state.running") != NULL) {
			running = true;
			v->ready++;
		}
	}
	if (running && strcmp(v->reason, "Completed") == 0) {
		say(v, "", condition_is_true(o, "Ready") ? STRV("Running") : STRV("NotReady"));
	}
}

static void view_deletion(struct pod_view *v, const struct json *o)
{
	struct strv phase = text_at(o, "status.phase");
	if (text_at(o, "metadata.deletionTimestamp").n == 0) {
		return;
	}
	if (strv_eq(text_at(o, "status.reason"), STRV("NodeLost"))) {
		say(v, "", STRV("Unknown"));
	} else if (!strv_eq(phase, STRV("Succeeded")) && !strv_eq(phase, STRV("Failed"))) {
		say(v, "", STRV("Terminating"));
	}
}

static void view(struct pod_view *v, const struct json *o)
{
	struct strv reason = text_at(o, "status.reason");
	*v = (struct pod_view){ .total = (int64_t)json_count(json_dig(o, "spec.containers")) };
	say(v, "", reason.n > 0 ? reason : text_at(o, "status.phase"));
	if (text_equals(json_get(condition_of(o, "PodScheduled"), "reason"), "SchedulingGated")) {
		say(v, "", STRV("SchedulingGated"));
	}
	view_inits(v, o);
	if (!v->initializing || condition_is_true(o, "Initialized")) {
		view_containers(v, o);
	}
	view_deletion(v, o);
}

static void cell_restarts(struct row *r, const struct pod_view *v)
{
	if (v->restarts == 0 || v->last_restart_ms == 0) {
		cell_printf(r, "%lld", (long long)v->restarts);
		return;
	}
	char age[TABLE_AGE_CHARS + 1];
	table_age(r->now_ms - v->last_restart_ms, age);
	cell_printf(r, "%lld (%s ago)", (long long)v->restarts, age);
}

static void cell_gates(struct row *r, const struct json *o)
{
	const struct json *gates = json_dig(o, "spec.readinessGates");
	size_t met = 0;
	if (json_count(gates) == 0) {
		cell_cstr(r, "<none>");
		return;
	}
	json_each(g, gates) {
		const char *type = json_cstr(json_get(g, "conditionType"));
		met += type != NULL && condition_is_true(o, type);
	}
	cell_printf(r, "%zu/%zu", met, json_count(gates));
}

static void print_pod(struct row *r, const struct json *o)
{
	struct pod_view v;
	view(&v, o);
	struct strv ip = json_str(json_get(json_first(json_dig(o, "status.podIPs")), "ip"));
	cell_name(r, o);
	cell_printf(r, "%lld/%lld", (long long)v.ready, (long long)v.total);
	cell_cstr(r, v.reason);
	cell_restarts(r, &v);
	cell_age(r, o);
	cell_text_or(r, ip.n > 0 ? ip : text_at(o, "status.podIP"), "<none>");
	cell_text_or(r, text_at(o, "spec.nodeName"), "<none>");
	cell_text_or(r, text_at(o, "status.nominatedNodeName"), "<none>");
	cell_gates(r, o);
}

const struct printer printer_pod = { columns, ARRAY_LEN(columns), print_pod };
