/* schema_check against what kube-apiserver's own decoder (1.37) answers to the same texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/schema/amount.h"
#include "watch/embedded/schema/schema.h"

struct row {
	const char *why;
	enum kind kind;
	const char *in;
	const char *
		want; /* the complaint; or the tree that is left; or the unknown members, comma-joined */
};

static struct json *parsed(struct arena *a, const char *text)
{
	struct json *v = NULL;
	struct json_report report;
	if (json_parse(a, strv_of(text), &v, &report) != ERR_OK) {
		fail_msg("%s: %s", text, report.why);
	}
	return v;
}

static const struct row complaints[] = {
	{ "text for a number", KIND_STATEFULSET, "{\"spec\":{\"replicas\":\"3\"}}",
		"json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas "
		"of type int32" },
	{ "beyond 32 bits", KIND_STATEFULSET, "{\"spec\":{\"replicas\":3000000000}}",
		"json: cannot unmarshal number 3000000000 into Go struct field "
		"StatefulSetSpec.spec.replicas of type int32" },
	{ "a fraction", KIND_STATEFULSET, "{\"spec\":{\"replicas\":1.5}}",
		"json: cannot unmarshal number 1.5 into Go struct field "
		"StatefulSetSpec.spec.replicas of type int32" },
	{ "a boolean for a number", KIND_STATEFULSET, "{\"spec\":{\"replicas\":true}}",
		"json: cannot unmarshal bool into Go struct field StatefulSetSpec.spec.replicas of "
		"type int32" },
	{ "a list for a number", KIND_STATEFULSET, "{\"spec\":{\"replicas\":[]}}",
		"json: cannot unmarshal array into Go struct field StatefulSetSpec.spec.replicas "
		"of type int32" },
	{ "a list for a struct", KIND_STATEFULSET, "{\"spec\":[]}",
		"json: cannot unmarshal array into Go struct field StatefulSet.spec of type "
		"v1.StatefulSetSpec" },
	{ "a number in a map of text", KIND_STATEFULSET, "{\"metadata\":{\"labels\":{\"a\":1}}}",
		"json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of "
		"type string" },
	{ "a list for a map", KIND_STATEFULSET, "{\"metadata\":{\"labels\":[]}}",
		"json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of "
		"type map[string]string" },
	{ "an object for a list", KIND_POD, "{\"spec\":{\"containers\":{}}}",
		"json: cannot unmarshal object into Go struct field PodSpec.spec.containers of "
		"type []v1.Container" },
	{ "no index in the path of a list", KIND_POD,
		"{\"spec\":{\"containers\":[null,{\"name\":\"x\",\"image\":1}]}}",
		"json: cannot unmarshal number into Go struct field "
		"Container.spec.containers.image of type string" },
	{ "text for an element that is a struct", KIND_POD, "{\"spec\":{\"containers\":[\"x\"]}}",
		"json: cannot unmarshal string into Go struct field PodSpec.spec.containers of "
		"type v1.Container" },
	{ "a named type", KIND_POD, "{\"spec\":{\"containers\":[{\"imagePullPolicy\":1}]}}",
		"json: cannot unmarshal number into Go struct field "
		"Container.spec.containers.imagePullPolicy of type v1.PullPolicy" },
	{ "text for a list of text", KIND_POD, "{\"spec\":{\"containers\":[{\"command\":\"x\"}]}}",
		"json: cannot unmarshal string into Go struct field "
		"Container.spec.containers.command of type []string" },
	{ "a map with a name of its own", KIND_POD,
		"{\"spec\":{\"containers\":[{\"resources\":{\"limits\":\"x\"}}]}}",
		"json: cannot unmarshal string into Go struct field "
		"ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList" },
	{ "no quantity", KIND_POD,
		"{\"spec\":{\"containers\":[{\"resources\":{\"limits\":{\"cpu\":\"abc\"}}}]}}",
		AMOUNT_SYNTAX },
	{ "an object for a quantity", KIND_POD,
		"{\"spec\":{\"containers\":[{\"resources\":{\"limits\":{\"cpu\":{}}}}]}}",
		AMOUNT_SYNTAX },
	{ "the first error stays", KIND_POD,
		"{\"spec\":{\"hostNetwork\":\"true\",\"hostPID\":7,\"containers\":[{\"foo\":1}]}}",
		"json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of "
		"type bool" },
	{ "neither number nor text", KIND_SERVICE, "{\"spec\":{\"ports\":[{\"targetPort\":true}]}}",
		"json: cannot unmarshal bool into Go struct field "
		"ServicePort.spec.ports.targetPort of type int32" },
	{ "a port beyond 32 bits", KIND_SERVICE,
		"{\"spec\":{\"ports\":[{\"targetPort\":3000000000}]}}",
		"json: cannot unmarshal number 3000000000 into Go struct field "
		"ServicePort.spec.ports.targetPort of type int32" },
	{ "no base64", KIND_SECRET, "{\"data\":{\"a\":\"b!\"}}",
		"illegal base64 data at input byte 1" },
	{ "base64 without padding", KIND_SECRET, "{\"data\":{\"b\":\"YQ\"}}",
		"illegal base64 data at input byte 0" },
	{ "a number for bytes", KIND_SECRET, "{\"data\":{\"a\":1}}",
		"json: cannot unmarshal number into Go struct field Secret.data of type []uint8" },
	{ "a list for a map of bytes", KIND_SECRET, "{\"data\":[]}",
		"json: cannot unmarshal array into Go struct field Secret.data of type "
		"map[string][]uint8" },
	{ "a number for a time", KIND_EVENT, "{\"firstTimestamp\":5}",
		"json: cannot unmarshal number into Go struct field Event.firstTimestamp of type "
		"string" },
	{ "no time", KIND_STATEFULSET, "{\"metadata\":{\"creationTimestamp\":\"foo\"}}",
		"parsing time \"foo\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"foo\" as "
		"\"2006\"" },
	{ "a list of a named type", KIND_PVC, "{\"spec\":{\"accessModes\":\"ReadWriteOnce\"}}",
		"json: cannot unmarshal string into Go struct field "
		"PersistentVolumeClaimSpec.spec.accessModes of type "
		"[]v1.PersistentVolumeAccessMode" },
	{ "an embedded struct shows its name", KIND_POD,
		"{\"spec\":{\"volumes\":[{\"name\":\"a\",\"hostPath\":{\"path\":1}}]}}",
		"json: cannot unmarshal number into Go struct field "
		"HostPathVolumeSource.spec.volumes.VolumeSource.hostPath.path of type string" },
	{ "so does a probe", KIND_POD,
		"{\"spec\":{\"containers\":[{\"livenessProbe\":{\"httpGet\":{\"port\":[]}}}]}}",
		"json: cannot unmarshal array into Go struct field "
		"HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type "
		"int32" },
	{ "beyond 64 bits", KIND_CONTROLLERREVISION, "{\"revision\":92233720368547758089}",
		"json: cannot unmarshal number 92233720368547758089 into Go struct field "
		"ControllerRevision.revision of type int64" },
	{ "no object at all", KIND_POD, "[]",
		"json: cannot unmarshal array into Go value of type v1.Pod" },
};

static void a_value_of_another_type_is_named_as_go_names_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(complaints); i++) {
		const struct row *r = &complaints[i];
		struct arena a;
		arena_init(&a, 0);
		struct schema_report report;
		int err = schema_check(&a, schema_of(r->kind), parsed(&a, r->in), &report);
		if (err != ERR_BAD_TYPE || !strv_eq(report.bad, strv_of(r->want))) {
			fail_msg("%s: %d \"%.*s\"", r->why, err, STRV_ARG(report.bad));
		}
		arena_deinit(&a);
	}
}

static const struct row kept[] = {
	{ "quantities become canonical", KIND_POD,
		"{\"spec\":{\"overhead\":{\"cpu\":0.5,\"memory\":\"1024Mi\",\"b\":\"1.5Gi\",\"m\":"
		"\"1000k\",\"n\":null}}}",
		"{\"spec\":{\"overhead\":{\"cpu\":\"500m\",\"memory\":\"1Gi\",\"b\":\"1536Mi\","
		"\"m\":\"1M\",\"n\":\"0\"}}}" },
	{ "times are told in UTC, to the second", KIND_EVENT,
		"{\"firstTimestamp\":\"2020-02-03T23:50:00.5+02:00\"}",
		"{\"firstTimestamp\":\"2020-02-03T21:50:00Z\"}" },
	{ "MicroTime keeps six digits", KIND_LEASE,
		"{\"spec\":{\"renewTime\":\"2020-02-03T23:50:00.123456Z\"}}",
		"{\"spec\":{\"renewTime\":\"2020-02-03T23:50:00.123456Z\"}}" },
	{ "nulls and zero values that say nothing go", KIND_POD,
		"{\"status\":null,\"spec\":{\"hostNetwork\":false,\"hostPID\":true,"
		"\"nodeSelector\":{},\"tolerations\":[],"
		"\"containers\":[{\"name\":\"\",\"env\":[],\"args\":null,\"securityContext\":{}}]}"
		"}",
		"{\"spec\":{\"hostPID\":true,\"containers\":[{\"name\":\"\",\"securityContext\":{}}"
		"]}}" },
	{ "zero stays where it differs from absent", KIND_STATEFULSET,
		"{\"spec\":{\"replicas\":0,\"serviceName\":\"\",\"updateStrategy\":{"
		"\"rollingUpdate\":{\"partition\":0}}}}",
		"{\"spec\":{\"replicas\":0,\"serviceName\":\"\",\"updateStrategy\":{"
		"\"rollingUpdate\":{\"partition\":0}}}}" },
	{ "a null among values is an empty one", KIND_POD,
		"{\"metadata\":{\"labels\":{\"a\":null}},\"spec\":{\"containers\":[null]}}",
		"{\"metadata\":{\"labels\":{\"a\":\"\"}},\"spec\":{\"containers\":[{}]}}" },
	{ "raw data is not touched", KIND_CONTROLLERREVISION,
		"{\"data\":{\"x\":null,\"$patch\":\"replace\",\"y\":{}},\"revision\":"
		"9007199254740993}",
		"{\"data\":{\"x\":null,\"$patch\":\"replace\",\"y\":{}},\"revision\":"
		"9007199254740993}" },
	{ "managed fields are raw too", KIND_POD,
		"{\"metadata\":{\"managedFields\":[{\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{}}}"
		"}]}}",
		"{\"metadata\":{\"managedFields\":[{\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{}}}"
		"}]}}" },
	{ "numbers and text for ports", KIND_SERVICE,
		"{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":\"web\"},{\"port\":81,"
		"\"targetPort\":8080}]}}",
		"{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":\"web\"},{\"port\":81,"
		"\"targetPort\":8080}]}}" },
	{ "base64 over two lines", KIND_SECRET, "{\"data\":{\"a\":\"YWJj\\nZGVm\"}}",
		"{\"data\":{\"a\":\"YWJj\\nZGVm\"}}" },
};

static void what_is_kept_is_what_the_api_would_print(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		const struct row *r = &kept[i];
		struct arena a;
		arena_init(&a, 0);
		struct schema_report report;
		struct json *v = parsed(&a, r->in);
		int err = schema_check(&a, schema_of(r->kind), v, &report);
		struct strv text = json_text(&a, v);
		if (err != ERR_OK || report.n_unknown > 0 || !json_equal(v, parsed(&a, r->want))) {
			fail_msg("%s: %d %.*s %.*s", r->why, err, STRV_ARG(text),
				STRV_ARG(report.bad));
		}
		arena_deinit(&a);
	}
}

static const struct row unknowns[] = {
	{ "letter case counts", KIND_POD, "{\"Spec\":{},\"spec\":{\"Containers\":[]}}",
		"Spec,spec.Containers" },
	{ "indexes count", KIND_POD,
		"{\"spec\":{\"volumes\":[{\"name\":\"x\",\"projected\":{\"sources\":[{\"secret\":{"
		"\"bogus\":1}},{\"nope\":2}]}}]}}",
		"spec.volumes[0].projected.sources[0].secret.bogus,spec.volumes[0].projected."
		"sources[1].nope" },
	{ "in templates too", KIND_STATEFULSET,
		"{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"foo\":{\"a\":1}}]}}}}",
		"spec.template.spec.containers[0].foo" },
	{ "known ones are not", KIND_STATEFULSET,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"StatefulSet\",\"spec\":{\"volumeClaimTemplates\":[{\"apiVersion\":"
		"\"v1\","
		"\"kind\":\"PersistentVolumeClaim\",\"spec\":{\"resources\":{\"requests\":{"
		"\"storage\":\"1Gi\"}}}}]}}",
		"" },
};

static void unknown_members_are_listed_and_dropped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unknowns); i++) {
		const struct row *r = &unknowns[i];
		struct arena a;
		arena_init(&a, 0);
		struct schema_report report;
		struct json *v = parsed(&a, r->in);
		int err = schema_check(&a, schema_of(r->kind), v, &report);
		struct strv all = STRV("");
		for (size_t u = 0; u < report.n_unknown; u++) {
			all = arena_printf(&a, "%.*s%s%.*s", STRV_ARG(all), u > 0 ? "," : "",
				STRV_ARG(report.unknown[u]));
		}
		if (err != ERR_OK || !strv_eq(all, strv_of(r->want))) {
			fail_msg("%s: %d %.*s", r->why, err, STRV_ARG(all));
		}
		assert_int_equal(schema_check(&a, schema_of(r->kind), v, &report), ERR_OK);
		assert_int_equal(report.n_unknown, 0);
		arena_deinit(&a);
	}
}

static void at_most_a_hundred_unknown_members_are_listed(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	struct json *v = json_new_object(&a);
	for (int i = 0; i < 150; i++) {
		struct strv key = arena_printf(&a, "x%d", i);
		assert_int_equal(json_set_strv(&a, v, key, json_new_i64(&a, i)), ERR_OK);
	}
	struct schema_report report;
	assert_int_equal(schema_check(&a, schema_of(KIND_CONFIGMAP), v, &report), ERR_OK);
	assert_int_equal(report.n_unknown, 100);
	assert_int_equal(json_count(v), 0);
	arena_deinit(&a);
}

static void memory_that_runs_out_is_an_error_and_nothing_worse(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 8192; limit += 64) {
		struct arena tree, scratch;
		arena_init(&tree, 0);
		arena_init(&scratch, 256);
		scratch.limit_bytes = limit + 1;
		struct json *v = parsed(&tree, "{\"x\":1,\"spec\":{\"containers\":[null,{\"foo\":2,"
					       "\"resources\":{\"limits\":{\"cpu\":1}}}],"
					       "\"hostNetwork\":[]}}");
		struct schema_report report;
		int err = schema_check(&scratch, schema_of(KIND_POD), v, &report);
		assert_true(err == ERR_NOMEM || err == ERR_BAD_TYPE);
		arena_deinit(&scratch);
		arena_deinit(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_of_another_type_is_named_as_go_names_it),
		cmocka_unit_test(what_is_kept_is_what_the_api_would_print),
		cmocka_unit_test(unknown_members_are_listed_and_dropped),
		cmocka_unit_test(at_most_a_hundred_unknown_members_are_listed),
		cmocka_unit_test(memory_that_runs_out_is_an_error_and_nothing_worse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
