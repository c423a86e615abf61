/* patch_strategic: merge keys, scalars as sets, atomic lists, directives, order. The types are the served ones. */
#include "watch/embedded/patch/patch.h"

#include "test/unit/watch/embedded/patch/fixture.h"

struct row {
	const char *why, *doc, *patch, *want;
};

static void run(enum kind k, const struct row *row)
{
	struct arena a;
	struct status s;
	arena_init(&a, 0);
	status_init(&s, &a);
	struct json *doc = parse(&a, row->doc);
	const struct json *patch = parse(&a, row->patch);
	struct strv before = json_text(&a, patch);
	int err = patch_strategic(&a, schema_of(k), &doc, patch, &s);
	if (err != ERR_OK) {
		fail_msg("%s: %.*s", row->why, STRV_ARG(s.message));
	}
	assert_json(&a, row->why, doc, row->want);
	assert_true(strv_eq(before, json_text(&a, patch))); /* the patch is only read */
	arena_deinit(&a);
}

static const struct row pods[] = {
	{ "containers are merged by name, others stay",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x:1\",\"tty\":true},"
		"{\"name\":\"b\",\"image\":\"y\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x:2\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x:2\",\"tty\":true},"
		"{\"name\":\"b\",\"image\":\"y\"}]}}" },
	{ "what the patch names and the server does not know stands first",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"y\",\"tty\":null}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"y\"},"
		"{\"name\":\"a\",\"image\":\"x\"}]}}" },
	{ "ports are merged by containerPort alone",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":53,"
		"\"protocol\":\"UDP\"},{\"containerPort\":80,\"protocol\":\"TCP\"}]}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":80,"
		"\"name\":\"http\"}]}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":53,"
		"\"protocol\":\"UDP\"},{\"containerPort\":80,\"protocol\":\"TCP\","
		"\"name\":\"http\"}]}]}}" },
	{ "env: one changed, one deleted by directive, one added",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"A\",\"value\":"
		"\"1\"},"
		"{\"name\":\"B\",\"value\":\"2\"}]}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"C\",\"value\":"
		"\"3\"},"
		"{\"$patch\":\"delete\",\"name\":\"B\"},{\"name\":\"A\",\"value\":\"9\"}]}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"C\",\"value\":"
		"\"3\"},"
		"{\"name\":\"A\",\"value\":\"9\"}]}]}}" },
	{ "null deletes a member of a merged element",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"A\",\"value\":"
		"\"1\"}],"
		"\"image\":\"x\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"env\":null}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\"}]}}" },
	{ "command is atomic",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"command\":[\"x\",\"y\"]}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"command\":[\"z\"]}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"command\":[\"z\"]}]}}" },
	{ "tolerations are atomic",
		"{\"spec\":{\"tolerations\":[{\"key\":\"a\"},{\"key\":\"b\"}]}}",
		"{\"spec\":{\"tolerations\":[{\"key\":\"c\"}]}}",
		"{\"spec\":{\"tolerations\":[{\"key\":\"c\"}]}}" },
	{ "finalizers are a set: united", "{\"metadata\":{\"finalizers\":[\"a\",\"b\"]}}",
		"{\"metadata\":{\"finalizers\":[\"c\",\"a\"]}}",
		"{\"metadata\":{\"finalizers\":[\"c\",\"a\",\"b\"]}}" },
	{ "finalizers: taken out by $deleteFromPrimitiveList",
		"{\"metadata\":{\"finalizers\":[\"a\",\"b\",\"c\"]}}",
		"{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"b\",\"x\"]}}",
		"{\"metadata\":{\"finalizers\":[\"a\",\"c\"]}}" },
	{ "finalizers: added and taken out at once, in a wished order",
		"{\"metadata\":{\"finalizers\":[\"a\",\"b\"]}}",
		"{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"a\"],"
		"\"$setElementOrder/finalizers\":[\"c\",\"b\"],\"finalizers\":[\"c\"]}}",
		"{\"metadata\":{\"finalizers\":[\"c\",\"b\"]}}" },
	{ "nothing to delete from", "{\"metadata\":{}}",
		"{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"a\"]}}",
		"{\"metadata\":{}}" },
	{ "ownerReferences are merged by uid",
		"{\"metadata\":{\"ownerReferences\":[{\"uid\":\"1\",\"name\":\"x\"},"
		"{\"uid\":\"2\",\"name\":\"y\"}]}}",
		"{\"metadata\":{\"ownerReferences\":[{\"uid\":\"2\",\"controller\":true},"
		"{\"$patch\":\"delete\",\"uid\":\"1\"}]}}",
		"{\"metadata\":{\"ownerReferences\":[{\"uid\":\"2\",\"name\":\"y\","
		"\"controller\":true}]}}" },
	{ "volumes: $retainKeys swaps the source",
		"{\"spec\":{\"volumes\":[{\"name\":\"d\",\"emptyDir\":{}},{\"name\":\"e\"}]}}",
		"{\"spec\":{\"volumes\":[{\"$retainKeys\":[\"name\",\"hostPath\"],\"name\":\"d\","
		"\"hostPath\":{\"path\":\"/x\"},\"emptyDir\":null}]}}",
		"{\"spec\":{\"volumes\":[{\"name\":\"d\",\"hostPath\":{\"path\":\"/x\"}},"
		"{\"name\":\"e\"}]}}" },
	{ "labels: added, changed, deleted",
		"{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}",
		"{\"metadata\":{\"labels\":{\"a\":null,\"b\":\"3\",\"c\":\"4\",\"d\":null}}}",
		"{\"metadata\":{\"labels\":{\"b\":\"3\",\"c\":\"4\"}}}" },
	{ "$patch: replace in a map keeps only the patch",
		"{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}",
		"{\"metadata\":{\"labels\":{\"$patch\":\"replace\",\"c\":\"3\"}}}",
		"{\"metadata\":{\"labels\":{\"c\":\"3\"}}}" },
	{ "$patch: replace also counts where nothing was", "{\"metadata\":{}}",
		"{\"metadata\":{\"labels\":{\"$patch\":\"replace\",\"c\":\"3\"}}}",
		"{\"metadata\":{\"labels\":{\"c\":\"3\"}}}" },
	{ "$patch: delete empties a map", "{\"spec\":{\"securityContext\":{\"runAsUser\":1}}}",
		"{\"spec\":{\"securityContext\":{\"$patch\":\"delete\"}}}",
		"{\"spec\":{\"securityContext\":{}}}" },
	{ "$patch: delete of what is not there leaves it so", "{\"spec\":{}}",
		"{\"spec\":{\"securityContext\":{\"$patch\":\"delete\"}}}", "{\"spec\":{}}" },
	{ "$patch: merge names the default", "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}",
		"{\"metadata\":{\"labels\":{\"$patch\":\"merge\",\"b\":\"2\"}}}",
		"{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}" },
	{ "$patch: replace as an element replaces the list",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}",
		"{\"spec\":{\"containers\":[{\"$patch\":\"replace\"},{\"name\":\"c\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"c\"}]}}" },
	{ "directives in a list that is new are not content", "{\"spec\":{}}",
		"{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"b\"},{\"name\":\"a\"}],"
		"\"containers\":[{\"name\":\"b\",\"$setElementOrder/env\":[{\"name\":\"X\"}],"
		"\"env\":[{\"name\":\"X\",\"value\":null}]},{\"$patch\":\"delete\",\"name\":\"z\"},"
		"{\"name\":\"a\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"b\",\"env\":[{\"name\":\"X\"}]},"
		"{\"name\":\"a\"}]}}" },
	{ "$setElementOrder: kubectl set image",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"1\"},"
		"{\"name\":\"b\",\"image\":\"1\"}]}}",
		"{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
		"\"containers\":[{\"image\":\"2\",\"name\":\"b\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"1\"},"
		"{\"name\":\"b\",\"image\":\"2\"}]}}" },
	{ "$setElementOrder alone reorders",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}}",
		"{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"c\"},{\"name\":\"b\"},"
		"{\"name\":\"a\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"c\"},{\"name\":\"b\"},{\"name\":\"a\"}]}"
		"}" },
	{ "server-only elements keep their place among the named ones",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"side\"},{\"name\":\"b\"},"
		"{\"name\":\"last\"}]}}",
		"{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
		"\"containers\":[{\"name\":\"b\",\"image\":\"x\"}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"side\"},"
		"{\"name\":\"b\",\"image\":\"x\"},{\"name\":\"last\"}]}}" },
	{ "a list with a null beside its order goes", "{\"spec\":{\"volumes\":[{\"name\":\"a\"}]}}",
		"{\"spec\":{\"$setElementOrder/volumes\":[],\"volumes\":null}}", "{\"spec\":{}}" },
	{ "a scalar takes the place of any value", "{\"spec\":{\"hostname\":{\"a\":1}}}",
		"{\"spec\":{\"hostname\":\"x\"}}", "{\"spec\":{\"hostname\":\"x\"}}" },
	{ "the same key twice in a patch is one element", "{\"spec\":{\"containers\":[]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"1\"},"
		"{\"name\":\"a\",\"tty\":true}]}}",
		"{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"1\",\"tty\":true}]}}" },
};

static void lists_of_pods_are_merged_as_their_types_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pods); i++) {
		run(KIND_POD, &pods[i]);
	}
}

static void lists_of_services_and_sets_are_merged_as_their_types_say(void **state)
{
	(void)state;
	static const struct row service = { "Service ports are merged by port",
		"{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080},{\"port\":443}]}}",
		"{\"spec\":{\"ports\":[{\"port\":80,\"name\":\"http\"}]}}",
		"{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080,\"name\":\"http\"},"
		"{\"port\":443}]}}" };
	static const struct row claims = { "volumeClaimTemplates are atomic",
		"{\"spec\":{\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"a\"}}]}}",
		"{\"spec\":{\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"b\"}}]}}",
		"{\"spec\":{\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"b\"}}]}}" };
	static const struct row restart = { "kubectl rollout restart",
		"{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":\"w\"}}}}}",
		"{\"spec\":{\"template\":{\"metadata\":{\"annotations\":"
		"{\"kubectl.kubernetes.io/restartedAt\":\"t\"}}}}}",
		"{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":\"w\"},\"annotations\":"
		"{\"kubectl.kubernetes.io/restartedAt\":\"t\"}}}}}" };
	static const struct row undo = { "kubectl rollout undo replaces the template",
		"{\"spec\":{\"replicas\":3,\"template\":{\"metadata\":{\"labels\":{\"a\":\"1\","
		"\"b\":\"2\"}},\"spec\":{\"containers\":[{\"name\":\"n\",\"image\":\"2\"}]}}}}",
		"{\"spec\":{\"template\":{\"$patch\":\"replace\",\"metadata\":{\"labels\":{\"a\":"
		"\"1\"},"
		"\"creationTimestamp\":null},\"spec\":{\"containers\":[{\"name\":\"n\","
		"\"image\":\"1\"}]}}}}",
		"{\"spec\":{\"replicas\":3,\"template\":{\"metadata\":{\"labels\":{\"a\":\"1\"}},"
		"\"spec\":{\"containers\":[{\"name\":\"n\",\"image\":\"1\"}]}}}}" };
	static const struct row strategy = { "updateStrategy is a plain merge",
		"{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":"
		"{\"partition\":0}}}}",
		"{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\",\"rollingUpdate\":null}}}",
		"{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\"}}}" };
	static const struct row revision = { "data of a ControllerRevision is nobody's directive",
		"{\"data\":{\"spec\":{\"template\":{\"a\":1}}},\"revision\":1}",
		"{\"data\":{\"spec\":{\"template\":{\"$patch\":\"replace\",\"b\":null}}}}",
		"{\"data\":{\"spec\":{\"template\":{\"$patch\":\"replace\",\"b\":null}}},"
		"\"revision\":1}" };
	static const struct row conditions = { "conditions are merged by type",
		"{\"status\":{\"conditions\":[{\"type\":\"A\",\"status\":\"True\"}]}}",
		"{\"status\":{\"conditions\":[{\"type\":\"A\",\"status\":\"False\"},{\"type\":"
		"\"B\"}]}}",
		"{\"status\":{\"conditions\":[{\"type\":\"A\",\"status\":\"False\"},{\"type\":"
		"\"B\"}]}}" };
	run(KIND_SERVICE, &service);
	run(KIND_STATEFULSET, &claims);
	run(KIND_STATEFULSET, &restart);
	run(KIND_STATEFULSET, &undo);
	run(KIND_STATEFULSET, &strategy);
	run(KIND_CONTROLLERREVISION, &revision);
	run(KIND_STATEFULSET, &conditions);
}

static const struct {
	const char *why, *doc, *patch, *says;
} bad[] = {
	{ "a directive that is none", "{\"spec\":{}}", "{\"spec\":{\"$patch\":\"burn\"}}",
		"unknown patch type: burn" },
	{ "an element without its merge key", "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
		"{\"spec\":{\"containers\":[{\"image\":\"x\"}]}}",
		"does not contain declared merge key: name" },
	{ "deleting an element without its merge key",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
		"{\"spec\":{\"containers\":[{\"$patch\":\"delete\"}]}}",
		"does not contain declared merge key: name" },
	{ "an element that is no object", "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
		"{\"spec\":{\"containers\":[\"a\"]}}", "is not an object" },
	{ "objects in a list of scalars", "{\"metadata\":{\"finalizers\":[\"a\"]}}",
		"{\"metadata\":{\"finalizers\":[{\"a\":1}]}}", "without merge key" },
	{ "$retainKeys that is no list", "{\"spec\":{}}", "{\"spec\":{\"$retainKeys\":\"a\"}}",
		"invalid patch format of retainKeys" },
	{ "$retainKeys that forgets a member of the patch", "{\"spec\":{}}",
		"{\"spec\":{\"$retainKeys\":[\"hostname\"],\"hostname\":\"a\",\"subdomain\":\"b\"}"
		"}",
		"invalid patch format of retainKeys" },
	{ "an order that forgets an element of the patch",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
		"{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"a\"}],"
		"\"containers\":[{\"name\":\"b\"}]}}",
		"doesn't match $setElementOrder list" },
	{ "an order that contradicts the patch",
		"{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}",
		"{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
		"\"containers\":[{\"name\":\"b\"},{\"name\":\"a\"}]}}",
		"doesn't match $setElementOrder list" },
	{ "an order that is no list", "{\"metadata\":{\"finalizers\":[\"a\"]}}",
		"{\"metadata\":{\"$setElementOrder/finalizers\":1}}", "setElementOrder list" },
	{ "a deletion list that is no list", "{\"metadata\":{\"finalizers\":[\"a\"]}}",
		"{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":\"a\"}}",
		"primitive list" },
	{ "a patch that is no object", "{}", "[]",
		"cannot unmarshal array into Go value of type map[string]interface {}" },
};

static void wrong_patches_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena a;
		struct status s;
		arena_init(&a, 0);
		status_init(&s, &a);
		struct json *doc = parse(&a, bad[i].doc);
		if (patch_strategic(&a, schema_of(KIND_POD), &doc, parse(&a, bad[i].patch), &s) ==
			ERR_OK) {
			fail_msg("%s: not refused", bad[i].why);
		}
		assert_int_equal(s.code, json_is_object(parse(&a, bad[i].patch)) ? 500 : 400);
		assert_contains(bad[i].why, s.message, bad[i].says);
		arena_deinit(&a);
	}
}

static void lack_of_memory_is_reported_at_every_place(void **state)
{
	(void)state;
	struct arena source;
	arena_init(&source, 0);
	const struct row *row = &pods[20]; /* orders, merges, deletes, cleans */
	bool done = false;
	for (size_t limit = 1; !done && limit < 65536; limit += 64) {
		struct arena a;
		struct status s;
		arena_init(&a, 0);
		a.limit_bytes = limit;
		status_init(&s, &a);
		struct json *doc = parse(&source, row->doc);
		int err = patch_strategic(
			&a, schema_of(KIND_POD), &doc, parse(&source, row->patch), &s);
		assert_int_equal(err, s.code == 0 ? ERR_OK : ERR_NOMEM);
		done = err == ERR_OK;
		arena_deinit(&a);
	}
	assert_true(done);
	arena_deinit(&source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_pods_are_merged_as_their_types_say),
		cmocka_unit_test(lists_of_services_and_sets_are_merged_as_their_types_say),
		cmocka_unit_test(wrong_patches_are_refused),
		cmocka_unit_test(lack_of_memory_is_reported_at_every_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
