/* Whose pods and revisions are whose: adoption, release, who is woken, revisions. Each test names its row of
 * statefulset-scenarios.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/scenario/statefulset/lab.h"

#define POD(name, labels)                                                                          \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" name "','labels':{" labels          \
	"}},'spec':{'containers':[{'name':'c','image':'busybox'}]}}"

static const char *controller_uid(struct lab *l, enum kind kind, const char *name)
{
	const struct owner_ref *ref = meta_controller(&lab_get(l, kind, name)->meta);
	return ref ? ref->uid.p : "none";
}

static void assert_owned(struct lab *l, enum kind kind, const char *name, const char *set)
{
	char uid[64];
	(void)snprintf(uid, sizeof(uid), "%s", lab_get(l, KIND_STATEFULSET, set)->meta.uid.p);
	lab_expect(controller_uid(l, kind, name), uid);
}

/* adopt-orphan */
static void orphans_of_the_right_name_and_labels_are_adopted(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_create(l, KIND_POD, POD("web-1", "'app':'web'"));
	lab_create(l, KIND_POD, POD("web-2", ""));
	lab_create(l, KIND_POD, POD("xweb-3", "'app':'web'"));
	lab_create(l, KIND_POD, POD("web", "'app':'web'"));
	lab_create(l, KIND_POD, POD("web-x", "'app':'web'"));
	lab_create(l, KIND_POD, POD("web-03", "'app':'web'"));
	lab_set(l, "web", "{'replicas':5}");
	assert_owned(l, KIND_POD, "web-0", "web");
	assert_owned(l, KIND_POD, "web-1", "web");
	lab_expect(controller_uid(l, KIND_POD, "web-2"), "none");
	lab_expect(controller_uid(l, KIND_POD, "xweb-3"), "none");
	lab_expect(controller_uid(l, KIND_POD, "web"), "none");
	lab_expect(controller_uid(l, KIND_POD, "web-x"), "none");
	lab_expect(controller_uid(l, KIND_POD, "web-03"), "none");
	assert_true(lab_get(l, KIND_POD, "web-1")->meta.owners[0].block_owner_deletion);
	lab_expect(lab_calls_of(l, "get statefulsets"), "get statefulsets web");
	lab_close(l);
}

/* 4.1: the set is read live before anything is adopted */
static void nothing_is_adopted_while_the_set_cannot_be_read(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_create(l, KIND_POD, POD("web-0", "'app':'web'"));
	lab_fail(l, "get statefulsets web", 500, 1000);
	lab_set(l, "web", "{}");
	lab_run(l, 10000);
	lab_expect(controller_uid(l, KIND_POD, "web-0"), "none");
	lab_expect(lab_calls_of(l, "patch pods"), "");
	lab_close(l);
}

/* release */
static void owned_pods_that_no_longer_fit_are_released(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{}");
	lab_run(l, 100);
	lab_create(l, KIND_POD, POD("other-1", "'app':'web'"));
	lab_patch(l, KIND_POD, "other-1", "",
		"{'metadata':{'ownerReferences':[{'apiVersion':'apps/"
		"v1','kind':'StatefulSet','name':'web',"
		"'uid':'uid-0','controller':true}]}}");
	char patch[200];
	(void)snprintf(patch, sizeof(patch),
		"{'metadata':{'ownerReferences':[{'apiVersion':'apps/"
		"v1','kind':'StatefulSet','name':'web',"
		"'uid':'%s','controller':true}]}}",
		lab_get(l, KIND_STATEFULSET, "web")->meta.uid.p);
	lab_patch(l, KIND_POD, "other-1", "", patch);
	lab_patch(l, KIND_POD, "web-2", "", "{'metadata':{'labels':{'app':'other'}}}");
	lab_run(l, 100);
	lab_expect(controller_uid(l, KIND_POD, "other-1"), "none");
	lab_expect(controller_uid(l, KIND_POD, "web-2"), "none");
	assert_owned(l, KIND_POD, "web-1", "web");
	assert_int_equal(
		lab_status(l, "web")->status.replicas, 2); /* its place is taken by a stranger */
	lab_expect(lab_events(l, "web-2"), "");
	lab_close(l);
}

/* readopt-e2e */
static void a_released_pod_is_adopted_again_when_its_labels_return(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_patch(l, KIND_POD, "web-0", "", "{'metadata':{'ownerReferences':[]}}");
	lab_run(l, 100);
	assert_owned(l, KIND_POD, "web-0", "web");
	lab_patch(l, KIND_POD, "web-0", "", "{'metadata':{'labels':{'app':null}}}");
	lab_run(l, 100);
	lab_expect(controller_uid(l, KIND_POD, "web-0"), "none");
	lab_patch(l, KIND_POD, "web-0", "", "{'metadata':{'labels':{'app':'web'}}}");
	lab_run(l, 100);
	assert_owned(l, KIND_POD, "web-0", "web");
	lab_expect(lab_names(l, KIND_POD), "web-0");
	lab_close(l);
}

/* two-sets-same-selector */
static void sets_with_one_selector_keep_to_their_own_names(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':2}");
	lab_set(l, "web2",
		"{'replicas':2,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'"
		"labels':{'app':'web'}}}}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0 web-1 web2-0 web2-1");
	assert_owned(l, KIND_POD, "web-1", "web");
	assert_owned(l, KIND_POD, "web2-1", "web2");
	lab_close(l);
}

/* controller-ref-change-queues-both */
static void a_pod_that_changes_hands_wakes_both_sets(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_set(l, "b", "{'replicas':1}");
	lab_run(l, 100);
	(void)lab_calls(l);
	char patch[200];
	(void)snprintf(patch, sizeof(patch),
		"{'metadata':{'ownerReferences':[{'apiVersion':'apps/"
		"v1','kind':'StatefulSet','name':'b',"
		"'uid':'%s','controller':true}]}}",
		lab_get(l, KIND_STATEFULSET, "b")->meta.uid.p);
	lab_patch(l, KIND_POD, "web-0", "", patch);
	lab_run(l, 1000);
	const char *calls = lab_calls(l);
	assert_non_null(strstr(calls, "create pods web-0")); /* web finds its place empty */
	assert_non_null(strstr(calls, "patch pods web-0"));  /* b releases it, web adopts it */
	assert_owned(l, KIND_POD, "web-0", "web");
	lab_close(l);
}

/* The pods of a former set of the name are not touched; the new set's come when they have gone. */
static void a_set_made_anew_waits_for_the_pods_of_its_former_self(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1,'template':{" LAB_HOLD "}}");
	lab_run(l, 100);
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 1000);
	lab_expect(lab_names(l, KIND_POD), "web-0");
	assert_int_equal(lab_status(l, "web")->status.replicas, 0);
	lab_delete(l, KIND_POD, "web-0");
	lab_gone(l, "web-0");
	assert_owned(l, KIND_POD, "web-0", "web");
	lab_close(l);
}

/* 13, orphan: a new set of the name takes the pods left behind without restarting them */
static void pods_left_behind_are_taken_over_with_their_revision(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	char pod_uid[64];
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	(void)snprintf(pod_uid, sizeof(pod_uid), "%s", lab_get(l, KIND_POD, "web-0")->meta.uid.p);
	const char *revision = lab_names(l, KIND_CONTROLLERREVISION);
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_patch(l, KIND_POD, "web-0", "", "{'metadata':{'ownerReferences':[]}}");
	lab_patch(l, KIND_CONTROLLERREVISION, revision, "", "{'metadata':{'ownerReferences':[]}}");
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_expect(lab_get(l, KIND_POD, "web-0")->meta.uid.p, pod_uid);
	assert_owned(l, KIND_POD, "web-0", "web");
	assert_owned(l, KIND_CONTROLLERREVISION, revision, "web"); /* adopt-revisions */
	lab_expect(lab_names(l, KIND_CONTROLLERREVISION), revision);
	assert_int_equal(lab_status(l, "web")->status.updated, 1);
	lab_close(l);
}

static int64_t revision_number(struct lab *l, const char *name)
{
	struct arena a;
	arena_init(&a, 0);
	int64_t n = json_i64_or(
		json_get(object_tree(lab_get(l, KIND_CONTROLLERREVISION, name), &a), "revision"),
		-1);
	arena_deinit(&a);
	return n;
}

/* rev-initial, rev-on-change, rev-rollback-renumber */
static void each_template_has_one_revision_and_an_old_one_returns_with_a_new_number(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	char first[64], second[64];
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	(void)snprintf(first, sizeof(first), "%s", lab_names(l, KIND_CONTROLLERREVISION));
	assert_int_equal(revision_number(l, first), 1);
	const struct statefulset *s = lab_status(l, "web");
	lab_expect(s->status.current_revision.p, first);
	lab_expect(s->status.update_revision.p, first);

	lab_patch(l, KIND_STATEFULSET, "web", "",
		"{'spec':{'template':{'metadata':{'annotations':{'a':'1'}}}}}");
	lab_run(l, 100);
	s = lab_status(l, "web");
	lab_expect(s->status.current_revision.p, first);
	(void)snprintf(second, sizeof(second), "%s", s->status.update_revision.p);
	assert_string_not_equal(first, second);
	assert_int_equal(revision_number(l, second), 2);
	assert_int_equal(s->status.current, 1);
	assert_int_equal(s->status.updated, 0);

	lab_patch(l, KIND_STATEFULSET, "web", "",
		"{'spec':{'template':{'metadata':{'annotations':null}}}}");
	lab_run(l, 100);
	lab_expect(lab_status(l, "web")->status.update_revision.p, first);
	assert_int_equal(revision_number(l, first), 3);
	assert_int_equal(revision_number(l, second), 2);
	lab_close(l);
}

/* rev-only-template */
static void nothing_but_the_template_makes_a_revision(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_auto_ready(l, true);
	lab_set(l, "web", "{'replicas':2}");
	lab_run(l, 100);
	const char *before = lab_names(l, KIND_CONTROLLERREVISION);
	lab_patch(l, KIND_STATEFULSET, "web", "",
		"{'metadata':{'labels':{'x':'y'}},'spec':{'replicas':1,'minReadySeconds':3}}");
	lab_run(l, 10000);
	lab_expect(lab_names(l, KIND_CONTROLLERREVISION), before);
	lab_close(l);
}

/* rev-compat-semantic: the revision of that name stored anew as web-old, its template with "creationTimestamp": null. */
static void revision_grow_old(struct lab *l, const char *name)
{
	struct arena a;
	arena_init(&a, 0);
	struct json *tree = object_tree(lab_get(l, KIND_CONTROLLERREVISION, name), &a);
	struct json *template = json_dig(tree, "data.spec.template");
	struct json *metadata = json_new_object(&a);
	assert_int_equal(json_set_str(&a, metadata, "name", STRV("web-old")), 0);
	assert_int_equal(
		json_set(&a, metadata, "labels", json_copy(&a, json_dig(tree, "metadata.labels"))),
		0);
	assert_int_equal(json_set(&a, tree, "metadata", metadata), 0);
	assert_int_equal(json_set(&a, json_get(template, "metadata"), "creationTimestamp",
				 json_new_null(&a)),
		0);
	lab_delete(l, KIND_CONTROLLERREVISION, name);
	lab_create(l, KIND_CONTROLLERREVISION, json_text(&a, tree).p);
	arena_deinit(&a);
}

static void a_revision_stored_by_an_older_server_is_recognised(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':0}");
	const char *name = lab_names(l, KIND_CONTROLLERREVISION);
	lab_delete(l, KIND_STATEFULSET, "web");
	revision_grow_old(l, name);
	lab_set(l, "web", "{'replicas':1}");
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_CONTROLLERREVISION), "web-old");
	lab_expect(lab_status(l, "web")->status.update_revision.p, "web-old");
	assert_owned(l, KIND_CONTROLLERREVISION, "web-old", "web");
	lab_close(l);
}

/* 5.3.5 */
static void a_revision_name_that_is_taken_leads_to_the_next_one(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	char name[64], body[400];
	lab_set(l, "web", "{'replicas':0}");
	(void)snprintf(name, sizeof(name), "%s", lab_names(l, KIND_CONTROLLERREVISION));
	lab_delete(l, KIND_STATEFULSET, "web");
	lab_delete(l, KIND_CONTROLLERREVISION, name);
	(void)snprintf(body, sizeof(body),
		"{'apiVersion':'apps/v1','kind':'ControllerRevision','metadata':{'name':'%s',"
		"'ownerReferences':[{'apiVersion':'apps/"
		"v1','kind':'DaemonSet','name':'web','uid':'d',"
		"'controller':true}]},'data':{'spec':{}},'revision':1}",
		name);
	lab_create(l, KIND_CONTROLLERREVISION, body);
	lab_set(l, "web", "{'replicas':0}");
	lab_run(l, 100);
	const struct statefulset *s = lab_status(l, "web");
	assert_string_not_equal(s->status.update_revision.p, name);
	assert_int_equal(s->status.collision_count.v, 1);
	assert_int_equal(revision_number(l, s->status.update_revision.p), 1);
	lab_close(l);
}

/* apply-revision-spec-only; 6.2 */
static void a_pod_below_the_partition_returns_as_it_was(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	char first[64];
	lab_auto_ready(l, true);
	lab_set(l, "web",
		"{'replicas':2,'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'"
		"partition':1}}}");
	lab_run(l, 100);
	(void)snprintf(first, sizeof(first), "%s", lab_names(l, KIND_CONTROLLERREVISION));
	lab_patch(l, KIND_STATEFULSET, "web", "",
		"{'spec':{'template':{'metadata':{'labels':{'v':'2'}}}}}");
	lab_delete(l, KIND_POD, "web-0");
	lab_run(l, 100);
	const struct object *pod = lab_get(l, KIND_POD, "web-0");
	lab_expect(labels_get(&pod->meta.labels, STRV("controller-revision-hash"))->p, first);
	assert_null(labels_get(&pod->meta.labels, STRV("v")));
	lab_delete(l, KIND_POD, "web-1");
	lab_run(l, 100);
	pod = lab_get(l, KIND_POD, "web-1");
	assert_true(strv_eq(*labels_get(&pod->meta.labels, STRV("v")), STRV("2")));
	lab_close(l);
}

/* orphan-event-routing: whoever's selector matches looks at an orphan; only the one whose name it bears may take it */
static void an_orphan_that_appears_is_adopted_at_once(void **state)
{
	(void)state;
	struct lab *l = lab_open();
	lab_set(l, "web", "{'replicas':0}");
	lab_set(l, "other", "{'replicas':0}");
	lab_run(l, 100);
	(void)lab_calls(l);
	lab_create(l, KIND_POD, POD("web-0", "'app':'web'"));
	lab_run(l, 100);
	lab_expect(lab_names(l, KIND_POD), ""); /* adopted, then condemned as replicas is 0 */
	const char *calls = lab_calls(l);
	assert_non_null(strstr(calls, "patch pods web-0"));
	assert_non_null(strstr(calls, "delete pods web-0"));
	assert_null(strstr(calls, "other"));
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orphans_of_the_right_name_and_labels_are_adopted),
		cmocka_unit_test(nothing_is_adopted_while_the_set_cannot_be_read),
		cmocka_unit_test(owned_pods_that_no_longer_fit_are_released),
		cmocka_unit_test(a_released_pod_is_adopted_again_when_its_labels_return),
		cmocka_unit_test(sets_with_one_selector_keep_to_their_own_names),
		cmocka_unit_test(a_pod_that_changes_hands_wakes_both_sets),
		cmocka_unit_test(a_set_made_anew_waits_for_the_pods_of_its_former_self),
		cmocka_unit_test(pods_left_behind_are_taken_over_with_their_revision),
		cmocka_unit_test(
			each_template_has_one_revision_and_an_old_one_returns_with_a_new_number),
		cmocka_unit_test(nothing_but_the_template_makes_a_revision),
		cmocka_unit_test(a_revision_stored_by_an_older_server_is_recognised),
		cmocka_unit_test(a_revision_name_that_is_taken_leads_to_the_next_one),
		cmocka_unit_test(a_pod_below_the_partition_returns_as_it_was),
		cmocka_unit_test(an_orphan_that_appears_is_adopted_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
