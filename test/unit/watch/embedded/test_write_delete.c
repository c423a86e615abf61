/* Deleting: at once, after a grace period, after finalizers, by propagation; namespaces. */
#include "fixture.h"

#include "watch/object/typed.h"

#define CONFIG(finalizers)                                                                         \
	"{'metadata':{'name':'c','finalizers':[" finalizers "]},'data':{'a':'b'}}"

static void make_pod(struct fixture *f, const char *node)
{
	char body[256];
	(void)snprintf(body, sizeof(body),
		"{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]%s%s%s}}",
		node[0] != '\0' ? ",'nodeName':'" : "", node, node[0] != '\0' ? "'" : "");
	assert_int_equal(fixture_create(f, KIND_POD, "default", body), 201);
}

static void what_nothing_holds_goes_at_once(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG("")), 201);
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c", NULL), 200);
	assert_true(f->out.gone);
	assert_int_equal(f->out.obj->meta.resource_version, revision + 1);
	assert_false(fixture_has(f, KIND_CONFIGMAP, "default", "c"));
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c", NULL), 404);
}

static void preconditions_are_checked(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG("")), 201);
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c",
				 "{'preconditions':{'uid':'other'}}"),
		409);
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c",
				 "{'preconditions':{'resourceVersion':'1'}}"),
		409);
	assert_true(fixture_has(f, KIND_CONFIGMAP, "default", "c"));
}

static void bad_options_are_refused(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG("")), 201);
	static const struct {
		const char *why, *options;
		unsigned code;
	} rows[] = {
		{ "an unknown policy", "{'propagationPolicy':'Never'}", 422 },
		{ "both ways to say it", "{'propagationPolicy':'Orphan','orphanDependents':true}",
			422 },
		{ "an unknown dryRun", "{'dryRun':['Some']}", 422 },
		{ "a grace period that is no number", "{'gracePeriodSeconds':'x'}", 400 },
		{ "no object", "[]", 400 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned code = fixture_delete(f, KIND_CONFIGMAP, "default", "c", rows[i].options);
		if (code != rows[i].code) {
			fail_msg("%s: %u", rows[i].why, code);
		}
	}
}

static void finalizers_hold_an_object_until_the_list_is_empty(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(
		fixture_create(f, KIND_CONFIGMAP, "default", CONFIG("'a.b/c','d.e/f'")), 201);
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c", NULL), 200);
	assert_false(f->out.gone);
	fixture_expect(f, "metadata.deletionTimestamp", "\"2026-01-01T00:00:00Z\"");
	fixture_expect(f, "metadata.deletionGracePeriodSeconds", "0");
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c", NULL), 200);
	assert_int_equal(store_revision(f->e.store), revision); /* again: no change */
	assert_int_equal(fixture_merge(f, KIND_CONFIGMAP, "default", "c",
				 "{'metadata':{'finalizers':['a.b/c','d.e/f','g.h/i']}}"),
		422);
	assert_int_equal(fixture_merge(f, KIND_CONFIGMAP, "default", "c",
				 "{'metadata':{'finalizers':['a.b/c']}}"),
		200);
	assert_false(f->out.gone);
	assert_int_equal(fixture_merge(f, KIND_CONFIGMAP, "default", "c",
				 "{'metadata':{'finalizers':null}}"),
		200);
	assert_true(f->out.gone);
	assert_false(fixture_has(f, KIND_CONFIGMAP, "default", "c"));
}

static void propagation_is_left_to_the_collector_as_finalizers(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "default", CONFIG("")), 201);
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c",
				 "{'propagationPolicy':'Foreground'}"),
		200);
	fixture_expect(f, "metadata.finalizers", "[\"foregroundDeletion\"]");
	assert_int_equal(
		fixture_delete(f, KIND_CONFIGMAP, "default", "c", "{'propagationPolicy':'Orphan'}"),
		200);
	fixture_expect(f, "metadata.finalizers", "[\"orphan\"]");
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c", NULL), 200);
	fixture_expect(f, "metadata.finalizers", "[\"orphan\"]"); /* nothing said: it stays */
	assert_int_equal(fixture_delete(f, KIND_CONFIGMAP, "default", "c",
				 "{'propagationPolicy':'Background'}"),
		200);
	assert_true(f->out.gone);
}

static void a_pod_without_a_node_goes_at_once_after_its_mark(void **state)
{
	struct fixture *f = *state;
	make_pod(f, "");
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(fixture_delete(f, KIND_POD, "default", "p", NULL), 200);
	assert_true(f->out.gone);
	assert_int_equal(store_revision(f->e.store), revision + 2); /* MODIFIED, DELETED */
	assert_true(f->out.obj->meta.deletion_ms.set);
}

static void a_grace_period_without_end_ends_after_a_hundred_years(void **state)
{
	struct fixture *f = *state;
	static const char most[] = "{'gracePeriodSeconds':9223372036854775807}";
	make_pod(f, "n1");
	assert_int_equal(fixture_delete(f, KIND_POD, "default", "p", most), 200);
	const struct meta *m = &fixture_get(f, KIND_POD, "default", "p")->meta;
	assert_int_equal(m->deletion_grace_s.v, 3153600000);
	assert_int_equal(fixture_delete(f, KIND_POD, "default", "p", most), 200);
	assert_int_equal(
		fixture_delete(f, KIND_POD, "default", "p", "{'gracePeriodSeconds':0}"), 200);
	assert_true(f->out.gone);
}

static void a_pod_on_a_node_has_its_grace_period(void **state)
{
	struct fixture *f = *state;
	make_pod(f, "n1");
	assert_int_equal(fixture_delete(f, KIND_POD, "default", "p", NULL), 200);
	assert_false(f->out.gone);
	fixture_expect(f, "metadata.deletionTimestamp", "\"2026-01-01T00:00:30Z\"");
	fixture_expect(f, "metadata.deletionGracePeriodSeconds", "30");
	fixture_expect(f, "metadata.generation", "2");
	uint64_t revision = store_revision(f->e.store);
	assert_int_equal(
		fixture_delete(f, KIND_POD, "default", "p", "{'gracePeriodSeconds':60}"), 200);
	assert_int_equal(store_revision(f->e.store), revision); /* never longer */
	assert_int_equal(
		fixture_delete(f, KIND_POD, "default", "p", "{'gracePeriodSeconds':5}"), 200);
	fixture_expect(f, "metadata.deletionTimestamp", "\"2026-01-01T00:00:05Z\"");
	fixture_expect(f, "metadata.generation", "2");
	assert_int_equal(
		fixture_delete(f, KIND_POD, "default", "p", "{'gracePeriodSeconds':0}"), 200);
	assert_true(f->out.gone);
	assert_false(fixture_has(f, KIND_POD, "default", "p"));
}

static void a_finished_pod_and_a_forced_one_go_at_once(void **state)
{
	struct fixture *f = *state;
	make_pod(f, "n1");
	assert_int_equal(fixture_write(f, WRITE_PATCH_MERGE, KIND_POD, "default", "p", "status",
				 "{'status':{'phase':'Succeeded'}}"),
		200);
	assert_int_equal(fixture_delete(f, KIND_POD, "default", "p", NULL), 200);
	assert_true(f->out.gone);
	make_pod(f, "n1");
	assert_int_equal(
		fixture_delete(f, KIND_POD, "default", "p", "{'gracePeriodSeconds':0}"), 200);
	assert_true(f->out.gone);
}

static void an_eviction_is_a_delete(void **state)
{
	struct fixture *f = *state;
	make_pod(f, "n1");
	assert_int_equal(fixture_write(f, WRITE_CREATE, KIND_POD, "default", "p", "eviction",
				 "{'deleteOptions':{'gracePeriodSeconds':3}}"),
		201);
	assert_int_equal(fixture_get(f, KIND_POD, "default", "p")->meta.deletion_grace_s.v, 3);
}

static void a_namespace_terminates_until_it_is_finalized(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_NAMESPACE, "", "{'metadata':{'name':'n'}}"), 201);
	fixture_expect(f, "spec.finalizers", "[\"kubernetes\"]");
	fixture_expect(f, "status.phase", "\"Active\"");
	fixture_expect(f, "metadata.labels", "{\"kubernetes.io/metadata.name\":\"n\"}");
	assert_int_equal(fixture_delete(f, KIND_NAMESPACE, "", "n", NULL), 200);
	assert_false(f->out.gone);
	fixture_expect(f, "status.phase", "\"Terminating\"");
	assert_int_equal(fixture_create(f, KIND_CONFIGMAP, "n", CONFIG("")), 403);
	assert_int_equal(
		fixture_merge(f, KIND_NAMESPACE, "", "n", "{'spec':{'finalizers':null}}"), 200);
	assert_true(fixture_has(f, KIND_NAMESPACE, "", "n")); /* only finalize may empty it */
	assert_int_equal(fixture_write(f, WRITE_UPDATE, KIND_NAMESPACE, "", "n", "finalize",
				 "{'metadata':{'name':'n'},'spec':{'finalizers':[]}}"),
		200);
	assert_true(f->out.gone);
	assert_int_equal(fixture_delete(f, KIND_NAMESPACE, "", "default", NULL), 403);
}

static void a_services_address_comes_back(void **state)
{
	struct fixture *f = *state;
	const char *one = "{'metadata':{'name':'s'},'spec':{'type':'NodePort',"
			  "'clusterIP':'10.96.0.77','ports':[{'port':80,'nodePort':30080}]}}";
	const char *two = "{'metadata':{'name':'t'},'spec':{'clusterIP':'10.96.0.77',"
			  "'ports':[{'port':80}]}}";
	const char *three = "{'metadata':{'name':'t'},'spec':{'type':'NodePort',"
			    "'ports':[{'port':80,'nodePort':30080}]}}";
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default", one), 201);
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default", two), 422);
	assert_non_null(strstr(f->out.status.message.p, "provided IP is already allocated"));
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default", three), 422);
	assert_non_null(strstr(f->out.status.message.p, "provided port is already allocated"));
	assert_int_equal(fixture_delete(f, KIND_SERVICE, "default", "s", NULL), 200);
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default", two), 201);
	assert_int_equal(fixture_delete(f, KIND_SERVICE, "default", "t", NULL), 200);
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default", three), 201);
}

static void a_service_changes_its_type(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default",
				 "{'metadata':{'name':'s'},'spec':{'ports':[{'port':80}]}}"),
		201);
	fixture_expect(f, "spec.clusterIPs", "[\"10.96.1.0\"]");
	fixture_expect(f, "spec.ipFamilies", "[\"IPv4\"]");
	fixture_expect(f, "spec.ipFamilyPolicy", "\"SingleStack\"");
	assert_int_equal(
		fixture_merge(f, KIND_SERVICE, "default", "s", "{'spec':{'type':'NodePort'}}"),
		200);
	fixture_expect(f, "spec.clusterIP", "\"10.96.1.0\"");
	assert_non_null(strstr(fixture_field(f, "spec.ports"), "\"nodePort\":30000"));
	assert_int_equal(fixture_merge(f, KIND_SERVICE, "default", "s",
				 "{'spec':{'type':'ExternalName','externalName':'a.b'}}"),
		200);
	fixture_expect(f, "spec.clusterIP", "null");
	assert_int_equal(fixture_merge(f, KIND_SERVICE, "default", "s",
				 "{'spec':{'type':'ClusterIP','externalName':null}}"),
		200);
	assert_string_not_equal(fixture_field(f, "spec.clusterIP"), "null");
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default",
				 "{'metadata':{'name':'h'},'spec':{'clusterIP':'None',"
				 "'selector':{'a':'b'},'ports':[{'port':80}]}}"),
		201);
	fixture_expect(f, "spec.clusterIPs", "[\"None\"]");
	fixture_expect(f, "spec.ipFamilies", "[\"IPv4\"]");
	assert_int_equal(fixture_create(f, KIND_SERVICE, "default",
				 "{'metadata':{'name':'x'},'spec':{'clusterIP':'192.0.2.1',"
				 "'ports':[{'port':80}]}}"),
		422);
	assert_non_null(strstr(f->out.status.message.p, "does not match the current range"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		T(what_nothing_holds_goes_at_once),
		T(preconditions_are_checked),
		T(bad_options_are_refused),
		T(finalizers_hold_an_object_until_the_list_is_empty),
		T(propagation_is_left_to_the_collector_as_finalizers),
		T(a_pod_without_a_node_goes_at_once_after_its_mark),
		T(a_pod_on_a_node_has_its_grace_period),
		T(a_grace_period_without_end_ends_after_a_hundred_years),
		T(a_finished_pod_and_a_forced_one_go_at_once),
		T(an_eviction_is_a_delete),
		T(a_namespace_terminates_until_it_is_finalized),
		T(a_services_address_comes_back),
		T(a_service_changes_its_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
