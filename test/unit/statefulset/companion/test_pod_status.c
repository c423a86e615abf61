/* What a running pod reports: conditions, gates, times that move only when something changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "statefulset/companion/pod_status.h"
#include "test/unit/statefulset/fixture.h"

#define NOW (FIXTURE_NOW_MS)
#define POD(spec, status)                                                                          \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web','namespace':'ns','uid':'u'},"    \
	"'spec':{'containers':[{'name':'a','image':'x'},{'name':'b','image':'y'}]" spec            \
	"},'status':{" status "}}"

static const char *printed(const struct json *v)
{
	static char text[8000];
	struct buf b;
	buf_init(&b);
	json_print(v, &b);
	(void)snprintf(text, sizeof(text), "%.*s", STRV_ARG(buf_strv(&b)));
	buf_deinit(&b);
	return text;
}

/* "STATUS TIME REASON: MESSAGE" of one condition of the patch. */
static const char *condition(const struct json *patch, const char *type)
{
	static char text[400];
	json_each(c, json_dig(patch, "status.conditions")) {
		if (strv_eq(json_str(json_get(c, "type")), strv_of(type))) {
			(void)snprintf(text, sizeof(text), "%s %s %.*s: %.*s",
				json_cstr(json_get(c, "status")),
				json_cstr(json_get(c, "lastTransitionTime")),
				STRV_ARG(json_str(json_get(c, "reason"))),
				STRV_ARG(json_str(json_get(c, "message"))));
			return text;
		}
	}
	return "";
}

static void a_started_pod_runs_and_names_its_unready_containers(void **state)
{
	(void)state;
	struct fixture f;
	struct body b;
	fixture_init(&f);
	body_init(&b);
	struct pod_report r = {
		.pod = fixture_object(&f, KIND_POD,
			POD(",'initContainers':[{'name':'i','image':'z'},{'name':'s',"
			    "'image':'z','restartPolicy':'Always'}]",
				"")),
		.started_ms = NOW,
		.now_ms = NOW,
		.ip = STRV("10.0.0.5"),
		.host_ip = "10.0.0.1"
	};
	struct json *patch = pod_status_running(&b, &r);
	assert_int_equal(b.err, 0);
	assert_string_equal(json_cstr(json_dig(patch, "status.phase")), "Running");
	assert_string_equal(json_cstr(json_dig(patch, "status.podIP")), "10.0.0.5");
	assert_string_equal(printed(json_dig(patch, "status.podIPs")), "[{\"ip\":\"10.0.0.5\"}]");
	assert_string_equal(printed(json_dig(patch, "status.hostIPs")), "[{\"ip\":\"10.0.0.1\"}]");
	assert_string_equal(condition(patch, "Ready"),
		"False 2026-01-02T03:04:05Z ContainersNotReady: "
		"containers with unready status: [a b]");
	assert_string_equal(condition(patch, "Initialized"), "True 2026-01-02T03:04:05Z : ");
	assert_string_equal(printed(json_dig(patch, "status.initContainerStatuses")),
		"[{\"name\":\"i\",\"image\":\"z\",\"imageID\":\"\",\"containerID\":\"ordinal://u/"
		"init-2\",\"ready\":true,\"restartCount\":0,\"started\":false,\"state\":{"
		"\"terminated\":{\"exitCode\":0,\"reason\":\"Completed\",\"finishedAt\":"
		"\"2026-01-02T03:04:05Z\",\"startedAt\":\"2026-01-02T03:04:05Z\"}},\"lastState\":{}"
		"},"
		"{\"name\":\"s\",\"image\":\"z\",\"imageID\":\"\",\"containerID\":\"ordinal://u/"
		"init-3\","
		"\"ready\":false,\"restartCount\":0,\"started\":true,\"state\":{\"running\":{"
		"\"startedAt\":\"2026-01-02T03:04:05Z\"}},\"lastState\":{}}]");
	body_deinit(&b);
	fixture_deinit(&f);
}

#define OLD                                                                                        \
	"'phase':'Running','conditions':[{'type':'Ready','status':'False','lastTransitionTime':"   \
	"'2026-01-02T03:00:00Z'},{'type':'ContainersReady','status':'True','lastTransitionTime':"  \
	"'2026-01-02T03:01:00Z'}%s]"

static const struct {
	const char *why, *gate, *want;
} gates[] = {
	{ "no condition of that type", "",
		"False 2026-01-02T03:00:00Z ReadinessGatesNotReady: corresponding condition of pod "
		"readiness gate \"ok\" does not exist." },
	{ "its condition is False", ",{'type':'ok','status':'False'}",
		"False 2026-01-02T03:00:00Z ReadinessGatesNotReady: the status of pod readiness "
		"gate "
		"\"ok\" is not \"True\", but False" },
	{ "its condition is True", ",{'type':'ok','status':'True'}",
		"True 2026-01-02T03:04:05Z : " },
};

static void a_pod_with_gates_is_ready_when_all_are_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(gates); i++) {
		struct fixture f;
		struct body b;
		char text[1000];
		fixture_init(&f);
		body_init(&b);
		(void)snprintf(text, sizeof(text),
			POD(",'readinessGates':[{'conditionType':'ok'}]", OLD), gates[i].gate);
		struct pod_report r = { .pod = fixture_object(&f, KIND_POD, text),
			.containers_ready = true,
			.started_ms = NOW - 60000,
			.now_ms = NOW };
		struct json *patch = pod_status_ready(&b, &r);
		if (strcmp(condition(patch, "Ready"), gates[i].want) != 0) {
			fail_msg("%s: %s", gates[i].why, condition(patch, "Ready"));
		}
		assert_int_equal(pod_status_gates_open(r.pod->as.pod), i == 2);
		/* it was True before: its time stays */
		assert_string_equal(
			condition(patch, "ContainersReady"), "True 2026-01-02T03:01:00Z : ");
		assert_null(json_dig(patch, "status.phase"));
		body_deinit(&b);
		fixture_deinit(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_started_pod_runs_and_names_its_unready_containers),
		cmocka_unit_test(a_pod_with_gates_is_ready_when_all_are_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
