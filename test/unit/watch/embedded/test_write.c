/* The write pipeline: create, update, patch, what is no change, what is refused. */
#include "fixture.h"

#define POD    "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]}}"
#define CONFIG "{'metadata':{'name':'c'},'data':{'a':'b'}}"
#define SET                                                                                        \
	"{'metadata':{'name':'web'},'spec':{'serviceName':'web','replicas':3,"                     \
	"'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}}" \
	","                                                                                        \
	"'spec':{'containers':[{'name':'c','image':'i'}]}}}}"

static void a_new_object_gets_uid_time_revision_and_generation(void **state)
{
	struct fixture *f = *state;
	uint64_t before = store_revision(f->e.store);
	assert_int_equal(fixture_create(f, KIND_STATEFULSET, "default", SET), 201);
	fixture_expect(f, "metadata.creationTimestamp", "\"2026-01-01T00:00:00Z\"");
	fixture_expect(f, "metadata.generation", "1");
	fixture_expect(f, "metadata.namespace", "\"default\"");
	fixture_expect(f, "kind", "\"StatefulSet\"");
	fixture_expect(f, "apiVersion", "\"apps/v1\"");
	assert_int_equal(f->out.obj->meta.uid.n, CLOCK_UUID_CHARS);
	assert_int_equal(f->out.obj->meta.resource_version, before + 1);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 201);
	fixture_expect(f, "metadata.generation", "null");
}

static void what_a_client_may_not_set_is_dropped(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_POD, "default",
				 "{'metadata':{'name':'p','uid':'mine','deletionTimestamp':"
				 "'2020-01-01T00:00:00Z','creationTimestamp':null,'generation':7},"
				 "'spec':{'containers':[{'name':'c','image':'i'}]},"
				 "'status':{'phase':'Running'}}"),
		201);
	assert_false(f->out.obj->meta.deletion_ms.set);
	fixture_expect(f, "metadata.generation", "1");
	fixture_expect(f, "status.phase", "\"Pending\"");
	assert_string_not_equal(fixture_field(f, "metadata.uid"), "\"mine\"");
}

static void creating_is_refused_when_it_must_be(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "nope", CONFIG), 404);
	assert_true(strv_eq(f->out.status.message, STRV("namespaces \"nope\" not found")));
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 201);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 409);
	assert_true(strv_eq(f->out.status.reason, STRV("AlreadyExists")));
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default",
				 "{'metadata':{'name':'d','resourceVersion':'5'}}"),
		500);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default",
				 "{'metadata':{'name':'d','namespace':'other'}}"),
		400);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default",
				 "{'kind':'Secret','metadata':{'name':'d'}}"),
		400);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default",
				 "{'apiVersion':'v2','metadata':{'name':'d'}}"),
		400);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", "[1]"), 400);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", "{}"), 422);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default",
				 "{'metadata':{'name':'d'},'data':{'a':1}}"),
		400);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", "{'metadata':'x'}"), 400);
}

static void generate_name_appends_five_characters(void **state)
{
	struct fixture *f = *state;
	const char *body = "{'metadata':{'generateName':'x-'}}";
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", body), 201);
	struct strv one = arena_strdup(&f->a, f->out.obj->meta.name);
	assert_int_equal(one.n, 7);
	assert_true(strv_has_prefix(one, STRV("x-")));
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", body), 201);
	assert_false(strv_eq(one, f->out.obj->meta.name));
}

static void a_write_that_changes_nothing_keeps_the_revision(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_STATEFULSET, "default", SET), 201);
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(
		fixture_write(f, WRITE_UPDATE, KIND_STATEFULSET, "default", "web", "", SET), 200);
	assert_int_equal(store_revision(f->e.store), revision);
	assert_int_equal(f->out.obj->meta.resource_version, revision);
	assert_int_equal(
		fixture_merge(f, KIND_STATEFULSET, "default", "web", "{'spec':{'replicas':3}}"),
		200);
	assert_int_equal(
		fixture_write(f, WRITE_PATCH_STRATEGIC, KIND_STATEFULSET, "default", "web", "",
			"{'spec':{'template':{'spec':{'containers':[{'name':'c'}]}}}}"),
		200);
	assert_int_equal(store_revision(f->e.store), revision);
	fixture_expect(f, "metadata.generation", "1");
}

static void generation_follows_the_spec_alone(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_STATEFULSET, "default", SET), 201);
	assert_int_equal(fixture_merge(f, KIND_STATEFULSET, "default", "web",
				 "{'metadata':{'labels':{'x':'y'}}}"),
		200);
	fixture_expect(f, "metadata.generation", "1");
	assert_int_equal(fixture_write(f, WRITE_PATCH_MERGE, KIND_STATEFULSET, "default", "web",
				 "status", "{'status':{'replicas':1}}"),
		200);
	fixture_expect(f, "metadata.generation", "1");
	assert_int_equal(
		fixture_merge(f, KIND_STATEFULSET, "default", "web", "{'spec':{'replicas':5}}"),
		200);
	fixture_expect(f, "metadata.generation", "2");
	fixture_expect(f, "status.replicas", "1");
}

static void the_main_road_keeps_status_and_the_status_road_keeps_the_rest(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_POD, "default", POD), 201);
	assert_int_equal(fixture_write(f, WRITE_PATCH_MERGE, KIND_POD, "default", "p", "status",
				 "{'metadata':{'labels':{'a':'b'}},'spec':{'nodeName':'n'},"
				 "'status':{'phase':'Running'}}"),
		200);
	fixture_expect(f, "status.phase", "\"Running\"");
	fixture_expect(f, "metadata.labels", "null");
	fixture_expect(f, "spec.nodeName", "null");
	assert_int_equal(fixture_merge(f, KIND_POD, "default", "p",
				 "{'metadata':{'labels':{'a':'b'}},'status':{'phase':'Failed'}}"),
		200);
	fixture_expect(f, "status.phase", "\"Running\"");
	fixture_expect(f, "metadata.labels", "{\"a\":\"b\"}");
}

static void a_stale_revision_or_another_uid_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 201);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_CONFIGMAP, "default", "c", "",
				 "{'metadata':{'name':'c','resourceVersion':'1'},'data':{}}"),
		409);
	assert_true(strv_eq(f->out.status.reason, STRV("Conflict")));
	assert_int_equal(fixture_merge(f, KIND_CONFIGMAP, "default", "c",
				 "{'metadata':{'resourceVersion':'1'}}"),
		409);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_CONFIGMAP, "default", "c", "",
				 "{'metadata':{'name':'c','uid':'other'},'data':{}}"),
		409);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_CONFIGMAP, "default", "c", "",
				 "{'metadata':{'name':'d'},'data':{}}"),
		400);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_CONFIGMAP, "default", "c", "",
				 "{'metadata':{'name':'c'},'data':{'x':'y'}}"),
		200);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_CONFIGMAP, "default", "none", "",
				 "{'metadata':{'name':'none'}}"),
		404);
}

static void json_patches_test_and_replace(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 201);
	assert_int_equal(fixture_write(f, WRITE_PATCH_JSON, KIND_CONFIGMAP, "default", "c", "",
				 "[{'op':'test','path':'/data/a','value':'b'},"
				 "{'op':'replace','path':'/data/a','value':'z'}]"),
		200);
	fixture_expect(f, "data.a", "\"z\"");
	assert_int_equal(fixture_write(f, WRITE_PATCH_JSON, KIND_CONFIGMAP, "default", "c", "",
				 "[{'op':'test','path':'/data/a','value':'b'}]"),
		422);
	fixture_get(f, KIND_CONFIGMAP, "default", "c");
}

static void unknown_fields_are_refused_reported_or_dropped_as_asked(void **state)
{
	struct fixture *f = *state;
	const char *body = "{'metadata':{'name':'p'},'spec':{'foo':1,'containers':[{'name':'c',"
			   "'image':'i','bar':2}]},'spec':{'foo':1,'containers':[{'name':'c',"
			   "'image':'i','bar':2}]}}";
	f->validation = VALIDATION_STRICT;
	assert_int_equal(fixture_create(f, KIND_POD, "default", body), 400);
	assert_non_null(strstr(f->out.status.message.p, "unknown field \"spec.foo\""));
	assert_non_null(
		strstr(f->out.status.message.p, "unknown field \"spec.containers[0].bar\""));
	assert_non_null(strstr(f->out.status.message.p, "duplicate field \"spec\""));
	f->validation = VALIDATION_WARN;
	f->dry_run = true;
	assert_int_equal(fixture_create(f, KIND_POD, "default", body), 201);
	assert_int_equal(f->out.n_warnings, 3);
	f->dry_run = false;
	f->validation = VALIDATION_IGNORE;
	assert_int_equal(fixture_create(f, KIND_POD, "default", body), 201);
	assert_int_equal(f->out.n_warnings, 0);
	fixture_expect(f, "spec.foo", "null");
	f->validation = VALIDATION_STRICT;
	assert_int_equal(fixture_merge(f, KIND_POD, "default", "p", "{'spec':{'foo':1}}"), 422);
}

static void a_dry_run_answers_and_stores_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t revision = store_revision(f->e.store);
	f->dry_run = true;
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default",
				 "{'metadata':{'name':'s'},'spec':{'ports':[{'port':80}]}}"),
		201);
	fixture_expect(f, "spec.clusterIP", "\"10.96.1.0\"");
	assert_int_equal(store_revision(f->e.store), revision);
	assert_false(fixture_has(f, KIND_SERVICE, "default", "s"));
	f->dry_run = false;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 201);
	f->dry_run = true;
	assert_int_equal(
		fixture_merge(f, KIND_CONFIGMAP, "default", "c", "{'data':{'a':'z'}}"), 200);
	fixture_expect(f, "data.a", "\"z\"");
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c", NULL), 200);
	assert_true(fixture_has(f, KIND_CONFIGMAP, "default", "c"));
}

static void scale_changes_replicas_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_STATEFULSET, "default", SET), 201);
	assert_int_equal(fixture_write(f, WRITE_PATCH_MERGE, KIND_STATEFULSET, "default", "web",
				 "scale", "{'spec':{'replicas':7}}"),
		200);
	fixture_expect(f, "spec.replicas", "7");
	fixture_expect(f, "metadata.generation", "2");
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_STATEFULSET, "default", "web", "scale",
				 "{'metadata':{'name':'web','resourceVersion':'1'},'spec':{}}"),
		409);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_STATEFULSET, "default", "web", "scale",
				 "{'metadata':{'name':'web'},'spec':{}}"),
		200);
	fixture_expect(f, "spec.replicas", "0");
	assert_int_equal(fixture_write(f, WRITE_PATCH_MERGE, KIND_STATEFULSET, "default", "web",
				 "scale", "{'spec':{'replicas':2147483648}}"),
		400);
	assert_int_equal(fixture_write(f, WRITE_PATCH_MERGE, KIND_STATEFULSET, "default", "web",
				 "scale", "{'spec':{'replicas':-1}}"),
		422);
	assert_true(strv_eq(f->out.status.kind, STRV("Scale")));
	assert_int_equal(
		fixture_write(f, WRITE_UPDATE, KIND_STATEFULSET, "default", "web", "scale",
			"{'kind':'StatefulSet','apiVersion':'apps/v1','spec':{'replicas':1}}"),
		400);
}

static void binding_sets_the_node_once(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_POD, "default", POD), 201);
	const char *body = "{'target':{'kind':'Node','name':'n1'}}";
	assert_int_equal(
		fixture_write(f, WRITE_CREATE, KIND_POD, "default", "p", "binding", body), 201);
	fixture_expect(f, "spec.nodeName", "\"n1\"");
	fixture_expect(f, "metadata.generation", "1");
	assert_int_equal(
		fixture_write(f, WRITE_CREATE, KIND_POD, "default", "p", "binding", body), 409);
	assert_int_equal(
		fixture_write(f, WRITE_CREATE, KIND_POD, "default", "p", "binding", "{}"), 422);
}

static void pods_and_claims_are_completed_by_admission(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_POD, "default", POD), 201);
	fixture_expect(f, "spec.priority", "0");
	fixture_expect(f, "spec.preemptionPolicy", "\"PreemptLowerPriority\"");
	fixture_expect(f, "spec.serviceAccountName", "\"default\"");
	fixture_expect(f, "spec.enableServiceLinks", "true");
	assert_non_null(
		strstr(fixture_field(f, "spec.tolerations"), "node.kubernetes.io/not-ready"));
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_POD, "default", "p", "", POD), 200);
	assert_int_equal(store_revision(f->e.store), revision);
	const char *claim = "{'metadata':{'generateName':'d-'},'spec':{'accessModes':["
			    "'ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}";
	assert_int_equal(fixture_create(f, KIND_PVC, "default", claim), 201);
	fixture_expect(f, "spec.storageClassName", "null");
	fixture_expect(f, "metadata.finalizers", "[\"kubernetes.io/pvc-protection\"]");
	assert_int_equal(fixture_create(f, KIND_STORAGECLASS, "",
				 "{'metadata':{'name':'std','annotations':{"
				 "'storageclass.kubernetes.io/is-default-class':'true'}},"
				 "'provisioner':'x.y/z'}"),
		201);
	assert_int_equal(fixture_create(f, KIND_PVC, "default", claim), 201);
	fixture_expect(f, "spec.storageClassName", "\"std\"");
}

static void applies_own_fields_and_conflict(void **state)
{
	struct fixture *f = *state;
	const char *two = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'},"
			  "'data':{'a':'1','b':'2'}}";
	const char *one = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'},"
			  "'data':{'a':'1'}}";
	const char *other = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'},"
			    "'data':{'a':'9'}}";
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "c", "", two), 201);
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "c", "", two), 200);
	assert_int_equal(store_revision(f->e.store), revision);
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "c", "", one), 200);
	fixture_expect(f, "data", "{\"a\":\"1\"}");
	f->manager = "second";
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "c", "", other), 409);
	f->force = true;
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "c", "", other), 200);
	fixture_expect(f, "data", "{\"a\":\"9\"}");
	assert_int_equal(fixture_merge(f, KIND_CONFIGMAP, "default", "c", "{'data':{}}"), 422);
	f->force = false;
	f->manager = "";
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "c", "", other), 422);
	f->manager = "third";
	assert_int_equal(
		fixture_write(f, WRITE_APPLY, KIND_CONFIGMAP, "default", "d", "", other), 400);
}

static void writes_are_signed_in_managed_fields(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG), 201);
	const char *text = fixture_field(f, "metadata.managedFields");
	assert_non_null(strstr(text, "\"manager\":\"test\""));
	assert_non_null(strstr(text, "\"operation\":\"Update\""));
	f->manager = "second";
	assert_int_equal(
		fixture_merge(f, KIND_CONFIGMAP, "default", "c", "{'data':{'x':'y'}}"), 200);
	text = fixture_field(f, "metadata.managedFields");
	assert_non_null(strstr(text, "\"manager\":\"second\""));
	f->trusted = true;
	assert_int_equal(
		fixture_merge(f, KIND_CONFIGMAP, "default", "c", "{'data':{'z':'z'}}"), 200);
	assert_string_equal(fixture_field(f, "metadata.managedFields"), text);
}

static void a_name_of_three_hundred_characters_is_refused(void **state)
{
	struct fixture *f = *state;
	char body[512], name[301];
	memset(name, 'a', 300);
	name[300] = '\0';
	(void)snprintf(body, sizeof(body), "{'metadata':{'name':'%s'}}", name);
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", body), 422);
	assert_int_equal(
		fixture_write(f, WRITE_UPDATE, KIND_CONFIGMAP, "default", name, "", body), 404);
}

/* The same write with ever more memory, until it succeeds. Returns how often it failed. */
static unsigned starve(struct fixture *f, enum write_verb verb, const char *name, const char *text)
{
	unsigned failures = 0;
	for (size_t limit = 256;; limit += 256) {
		struct arena a;
		struct write_result out;
		struct json *body = NULL;
		uint64_t revision = store_revision(f->e.store);
		arena_init(&a, 0);
		a.limit_bytes = limit;
		if (json_parse(&a, strv_of(text), &body, NULL) != ERR_OK) {
			arena_deinit(&a);
			continue; /* not even the body fits */
		}
		struct write_request r = { .verb = verb,
			.kind = KIND_STATEFULSET,
			.ns = STRV("default"),
			.name = strv_of(name),
			.sub = "",
			.body = body,
			.manager = STRV("test"),
			.force = verb == WRITE_APPLY };
		write_run(&f->e, &a, &r, &out);
		unsigned code = status_failed(&out.status) ? out.status.code : 0;
		object_unref(out.obj);
		arena_deinit(&a);
		if (code == 0) {
			return failures;
		}
		assert_int_equal(code, 500);
		assert_int_equal(store_revision(f->e.store), revision);
		failures++;
	}
}

static void memory_that_runs_out_fails_a_write_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const char *set = "{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{"
			  "\"name\":\"web\"},\"spec\":{\"serviceName\":\"web\",\"selector\":{"
			  "\"matchLabels\":{\"app\":\"web\"}},\"template\":{\"metadata\":{"
			  "\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":[{\"name\":"
			  "\"c\",\"image\":\"i\"}]}}}}";
	assert_true(starve(f, WRITE_CREATE, "", set) > 10);
	assert_true(starve(f, WRITE_PATCH_MERGE, "web", "{\"spec\":{\"replicas\":4}}") > 10);
	assert_true(starve(f, WRITE_PATCH_STRATEGIC, "web",
			    "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\","
			    "\"image\":\"j\"}]}}}}") > 10);
	assert_true(starve(f, WRITE_APPLY, "web", set) > 10);
	assert_true(starve(f, WRITE_DELETE, "web", "{\"propagationPolicy\":\"Orphan\"}") > 3);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		T(a_new_object_gets_uid_time_revision_and_generation),
		T(what_a_client_may_not_set_is_dropped),
		T(creating_is_refused_when_it_must_be),
		T(generate_name_appends_five_characters),
		T(a_write_that_changes_nothing_keeps_the_revision),
		T(generation_follows_the_spec_alone),
		T(the_main_road_keeps_status_and_the_status_road_keeps_the_rest),
		T(a_stale_revision_or_another_uid_is_a_conflict),
		T(json_patches_test_and_replace),
		T(unknown_fields_are_refused_reported_or_dropped_as_asked),
		T(a_dry_run_answers_and_stores_nothing),
		T(scale_changes_replicas_and_nothing_else),
		T(binding_sets_the_node_once),
		T(pods_and_claims_are_completed_by_admission),
		T(applies_own_fields_and_conflict),
		T(writes_are_signed_in_managed_fields),
		T(memory_that_runs_out_fails_a_write_and_changes_nothing),
		T(a_name_of_three_hundred_characters_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
