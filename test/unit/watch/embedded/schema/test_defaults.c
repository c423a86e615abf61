/* schema_default: what the API fills in, rule by rule. Rows name the part of the object that is looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "watch/embedded/schema/schema.h"

static const struct {
	const char *why;
	enum kind kind;
	const char *in;
	const char *path; /* part to compare; lists are entered by number */
	const char *want; /* its text; NULL: not there */
} rows[] = {
	{ "a set has one replica", KIND_STATEFULSET, "{\"spec\":{}}", "spec.replicas", "1" },
	{ "zero replicas stay", KIND_STATEFULSET, "{\"spec\":{\"replicas\":0}}", "spec.replicas",
		"0" },
	{ "no strategy: rolling, with settings", KIND_STATEFULSET, "{\"spec\":{}}",
		"spec.updateStrategy",
		"{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":0,\"maxUnavailable\":"
		"1}}" },
	{ "rolling named without settings stays without", KIND_STATEFULSET,
		"{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\"}}}",
		"spec.updateStrategy", "{\"type\":\"RollingUpdate\"}" },
	{ "empty settings are filled", KIND_STATEFULSET,
		"{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{}}}}",
		"spec.updateStrategy.rollingUpdate", "{\"partition\":0,\"maxUnavailable\":1}" },
	{ "OnDelete has no settings", KIND_STATEFULSET,
		"{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\"}}}", "spec.updateStrategy",
		"{\"type\":\"OnDelete\"}" },
	{ "claims are retained", KIND_STATEFULSET,
		"{\"spec\":{\"persistentVolumeClaimRetentionPolicy\":{\"whenScaled\":\"Delete\"}}}",
		"spec.persistentVolumeClaimRetentionPolicy",
		"{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Delete\"}" },
	{ "numbering starts at 0 if given at all", KIND_STATEFULSET, "{\"spec\":{\"ordinals\":{}}}",
		"spec.ordinals", "{\"start\":0}" },
	{ "no numbering is made", KIND_STATEFULSET, "{\"spec\":{}}", "spec.ordinals", NULL },
	{ "the service's name is shown, empty", KIND_STATEFULSET, "{\"spec\":{}}",
		"spec.serviceName", "\"\"" },
	{ "claim templates become whole claims", KIND_STATEFULSET,
		"{\"spec\":{\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"d\"},\"spec\":{}}]}"
		"}",
		"spec.volumeClaimTemplates.0",
		"{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":"
		"\"d\"},"
		"\"spec\":{\"resources\":{},\"volumeMode\":\"Filesystem\"},\"status\":{\"phase\":"
		"\"Pending\"}}" },
	{ "templates get what pods get", KIND_STATEFULSET,
		"{\"spec\":{\"template\":{\"spec\":{\"containers\":[]}}}}", "spec.template",
		"{\"metadata\":{},\"spec\":{\"containers\":[],\"dnsPolicy\":\"ClusterFirst\","
		"\"restartPolicy\":\"Always\","
		"\"schedulerName\":\"default-scheduler\",\"securityContext\":{},"
		"\"terminationGracePeriodSeconds\":30}}" },
	{ "but not service links", KIND_STATEFULSET, "{\"spec\":{\"template\":{\"spec\":{}}}}",
		"spec.template.spec.enableServiceLinks", NULL },
	{ "pods do", KIND_POD, "{\"spec\":{}}", "spec.enableServiceLinks", "true" },
	{ "a container", KIND_POD,
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"nginx\"}]}}",
		"spec.containers.0",
		"{\"name\":\"a\",\"image\":\"nginx\",\"imagePullPolicy\":\"Always\",\"resources\":{"
		"},"
		"\"terminationMessagePath\":\"/dev/"
		"termination-log\",\"terminationMessagePolicy\":\"File\"}" },
	{ "a tag is not pulled again", KIND_POD,
		"{\"spec\":{\"containers\":[{\"image\":\"r:5000/a/nginx:1\"}]}}",
		"spec.containers.0.imagePullPolicy", "\"IfNotPresent\"" },
	{ "a registry's port is no tag", KIND_POD,
		"{\"spec\":{\"containers\":[{\"image\":\"r:5000/a/nginx\"}]}}",
		"spec.containers.0.imagePullPolicy", "\"Always\"" },
	{ "latest is", KIND_POD, "{\"spec\":{\"initContainers\":[{\"image\":\"nginx:latest\"}]}}",
		"spec.initContainers.0.imagePullPolicy", "\"Always\"" },
	{ "a digest is as good as a tag", KIND_POD,
		"{\"spec\":{\"containers\":[{\"image\":\"nginx@sha256:0a\"}]}}",
		"spec.containers.0.imagePullPolicy", "\"IfNotPresent\"" },
	{ "a given policy stays", KIND_POD,
		"{\"spec\":{\"containers\":[{\"image\":\"nginx\",\"imagePullPolicy\":\"Never\"}]}}",
		"spec.containers.0.imagePullPolicy", "\"Never\"" },
	{ "probes", KIND_POD,
		"{\"spec\":{\"containers\":[{\"readinessProbe\":{\"httpGet\":{\"port\":80}}}]}}",
		"spec.containers.0.readinessProbe",
		"{\"httpGet\":{\"port\":80,\"path\":\"/"
		"\",\"scheme\":\"HTTP\"},\"timeoutSeconds\":1,\"periodSeconds\":10,"
		"\"successThreshold\":1,\"failureThreshold\":3}" },
	{ "ports speak TCP", KIND_POD,
		"{\"spec\":{\"containers\":[{\"ports\":[{\"containerPort\":80}]}]}}",
		"spec.containers.0.ports.0", "{\"containerPort\":80,\"protocol\":\"TCP\"}" },
	{ "the node's network takes the node's ports", KIND_POD,
		"{\"spec\":{\"hostNetwork\":true,\"containers\":[{\"ports\":[{\"containerPort\":80}"
		"]}]}}",
		"spec.containers.0.ports.0.hostPort", "80" },
	{ "requests follow limits", KIND_POD,
		"{\"spec\":{\"containers\":[{\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":"
		"\"2\"},"
		"\"requests\":{\"cpu\":\"500m\"}}}]}}",
		"spec.containers.0.resources.requests", "{\"cpu\":\"500m\",\"memory\":\"2\"}" },
	{ "not in templates", KIND_STATEFULSET,
		"{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"resources\":{\"limits\":{"
		"\"cpu\":\"1\"}}}]}}}}",
		"spec.template.spec.containers.0.resources.requests", NULL },
	{ "volumes", KIND_POD,
		"{\"spec\":{\"volumes\":[{\"name\":\"a\"},{\"name\":\"b\",\"configMap\":{\"name\":"
		"\"x\"}},"
		"{\"name\":\"c\",\"hostPath\":{\"path\":\"/\"}}]}}",
		"spec.volumes",
		"[{\"name\":\"a\",\"emptyDir\":{}},{\"name\":\"b\",\"configMap\":{\"name\":\"x\","
		"\"defaultMode\":420}},"
		"{\"name\":\"c\",\"hostPath\":{\"path\":\"/\",\"type\":\"\"}}]" },
	{ "the old name of the service account", KIND_POD,
		"{\"spec\":{\"serviceAccountName\":\"x\"}}", "spec.serviceAccount", "\"x\"" },
	{ "and back", KIND_POD, "{\"spec\":{\"serviceAccount\":\"x\"}}", "spec.serviceAccountName",
		"\"x\"" },
	{ "a variable from a field", KIND_POD,
		"{\"spec\":{\"containers\":[{\"env\":[{\"name\":\"N\",\"valueFrom\":{\"fieldRef\":{"
		"\"fieldPath\":\"metadata.name\"}}}]}]}}",
		"spec.containers.0.env.0.valueFrom.fieldRef",
		"{\"apiVersion\":\"v1\",\"fieldPath\":\"metadata.name\"}" },
	{ "a Service", KIND_SERVICE, "{\"spec\":{\"ports\":[{\"port\":80}]}}", "spec",
		"{\"ports\":[{\"port\":80,\"protocol\":\"TCP\",\"targetPort\":80}],"
		"\"sessionAffinity\":\"None\","
		"\"type\":\"ClusterIP\",\"internalTrafficPolicy\":\"Cluster\"}" },
	{ "a named target stays", KIND_SERVICE,
		"{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":\"web\"}]}}",
		"spec.ports.0.targetPort", "\"web\"" },
	{ "an ExternalName has no traffic policy", KIND_SERVICE,
		"{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"x.y\"}}", "spec",
		"{\"type\":\"ExternalName\",\"externalName\":\"x.y\",\"sessionAffinity\":"
		"\"None\"}" },
	{ "a load balancer", KIND_SERVICE, "{\"spec\":{\"type\":\"LoadBalancer\"}}", "spec",
		"{\"type\":\"LoadBalancer\",\"sessionAffinity\":\"None\",\"externalTrafficPolicy\":"
		"\"Cluster\","
		"\"internalTrafficPolicy\":\"Cluster\",\"allocateLoadBalancerNodePorts\":true}" },
	{ "affinity lasts three hours", KIND_SERVICE,
		"{\"spec\":{\"sessionAffinity\":\"ClientIP\"}}", "spec.sessionAffinityConfig",
		"{\"clientIP\":{\"timeoutSeconds\":10800}}" },
	{ "a Service's status", KIND_SERVICE, "{\"spec\":{}}", "status", "{\"loadBalancer\":{}}" },
	{ "a namespace has its name as a label", KIND_NAMESPACE, "{\"metadata\":{\"name\":\"x\"}}",
		"metadata.labels", "{\"kubernetes.io/metadata.name\":\"x\"}" },
	{ "and is active", KIND_NAMESPACE, "{\"metadata\":{\"name\":\"x\"}}", "status.phase",
		"\"Active\"" },
	{ "a claim", KIND_PVC, "{\"spec\":{}}", "spec",
		"{\"resources\":{},\"volumeMode\":\"Filesystem\"}" },
	{ "a volume is kept", KIND_PV, "{\"spec\":{}}", "spec",
		"{\"persistentVolumeReclaimPolicy\":\"Retain\",\"volumeMode\":\"Filesystem\"}" },
	{ "a class deletes", KIND_STORAGECLASS, "{}", "reclaimPolicy", "\"Delete\"" },
	{ "a class binds at once", KIND_STORAGECLASS, "{}", "volumeBindingMode", "\"Immediate\"" },
	{ "a Secret is opaque", KIND_SECRET, "{}", "type", "\"Opaque\"" },
	{ "ports of a slice", KIND_ENDPOINTSLICE, "{\"ports\":[{\"port\":80}]}", "ports.0",
		"{\"name\":\"\",\"port\":80,\"protocol\":\"TCP\"}" },
	{ "a node can give what it has", KIND_NODE, "{\"status\":{\"capacity\":{\"cpu\":\"4\"}}}",
		"status.allocatable", "{\"cpu\":\"4\"}" },
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

static struct json *part(struct json *v, const char *path)
{
	struct strv rest = strv_of(path);
	struct strv step;
	while (strv_cut(&rest, '.', &step)) {
		uint32_t index;
		v = strv_to_u32(step, &index) == ERR_OK ? json_at(v, index)
							: json_get_strv(v, step);
	}
	return v;
}

static void absent_fields_are_filled_as_the_api_fills_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *v = parsed(&a, rows[i].in);
		if (schema_default(&a, rows[i].kind, v) != ERR_OK) {
			fail_msg("%s", rows[i].why);
		}
		struct json *got = part(v, rows[i].path);
		bool same = rows[i].want ? got && json_equal(got, parsed(&a, rows[i].want)) : !got;
		if (!same) {
			struct strv text = json_text(&a, got ? got : v);
			fail_msg("%s: %.*s", rows[i].why, STRV_ARG(text));
		}
		arena_deinit(&a);
	}
}

static void filling_twice_changes_nothing_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		arena_init(&a, 0);
		struct json *v = parsed(&a, rows[i].in);
		assert_int_equal(schema_default(&a, rows[i].kind, v), ERR_OK);
		struct json *once = json_copy(&a, v);
		assert_int_equal(schema_default(&a, rows[i].kind, v), ERR_OK);
		struct schema_report report;
		if (!json_equal(once, v) ||
			schema_check(&a, schema_of(rows[i].kind), v, &report) != ERR_OK ||
			report.n_unknown > 0) {
			fail_msg("%s", rows[i].why);
		}
		arena_deinit(&a);
	}
}

static void memory_that_runs_out_is_an_error(void **state)
{
	(void)state;
	bool failed = false;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t limit = 1; limit < 4096; limit += 96) {
			struct arena tree, scratch;
			arena_init(&tree, 0);
			arena_init(&scratch, 256);
			scratch.limit_bytes = limit;
			struct json *v = parsed(&tree, rows[i].in);
			int err = schema_default(&scratch, rows[i].kind, v);
			assert_true(err == ERR_OK || err == ERR_NOMEM);
			failed = failed || err == ERR_NOMEM;
			arena_deinit(&scratch);
			arena_deinit(&tree);
		}
	}
	assert_true(failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_fields_are_filled_as_the_api_fills_them),
		cmocka_unit_test(filling_twice_changes_nothing_more),
		cmocka_unit_test(memory_that_runs_out_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
