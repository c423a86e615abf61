/* Names, data and choice of revisions. Vectors: names given by the real controller (statefulset-spec 5.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/statefulset/fixture.h"

#define D1                                                                                         \
	"{\"spec\":{\"template\":{\"$patch\":\"replace\",\"metadata\":{\"labels\":{\"app\":\"o\"}" \
	"},"                                                                                       \
	"\"spec\":{\"containers\":[{\"image\":\"busybox\",\"imagePullPolicy\":\"Always\","         \
	"\"name\":\"c\","                                                                          \
	"\"resources\":{},\"terminationMessagePath\":\"/dev/termination-log\","                    \
	"\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\","                  \
	"\"restartPolicy\":"                                                                       \
	"\"Always\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},"               \
	"\"terminationGracePeriodSeconds\":0}}}}"
#define D2                                                                                         \
	"{\"spec\":{\"template\":{\"$patch\":\"replace\",\"metadata\":{\"annotations\":{\"an\":"   \
	"\"1\"},"                                                                                  \
	"\"labels\":{\"app\":\"pv1\",\"tier\":\"db\"}},\"spec\":{\"containers\":[{\"image\":"      \
	"\"busybox\","                                                                             \
	"\"imagePullPolicy\":\"Always\",\"name\":\"c\",\"resources\":{},"                          \
	"\"terminationMessagePath\":"                                                              \
	"\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\",\"volumeMounts\":[{"       \
	"\"mountPath\":\"/"                                                                        \
	"d\",\"name\":\"d\"}]}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":"                 \
	"\"Always\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},"               \
	"\"terminationGracePeriodSeconds\":0,\"volumes\":[{\"emptyDir\":{},\"name\":\"tmp\"}]}}}}"

static const struct {
	const char *why, *data;
	int64_t collisions;
	const char *want;
} hashes[] = {
	{ "the real controller's name for a small template", D1, 0, "5dbdf8864" },
	{ "and after a collision", D1, 1, "5dbdf8865" },
	{ "one with volumes and annotations", D2, 0, "567df7cfff" },
};

/* rev-hash-name */
static void hashes_are_those_of_the_real_controller(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		char hash[REVISION_HASH_CHARS + 1];
		revision_hash(strv_of(hashes[i].data), hashes[i].collisions, hash);
		if (strcmp(hash, hashes[i].want) != 0) {
			print_error("%s\n", hashes[i].why);
		}
		assert_string_equal(hash, hashes[i].want);
	}
}

/* From the set as the API returns it, members in any order, to the bytes that are hashed. */
static void the_data_of_a_set_is_its_template_in_canonical_form(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	const struct object *set = fixture_object(&f, KIND_STATEFULSET,
		"{'metadata':{'name':'web','namespace':'ns','uid':'u'},'spec':{'selector':{'"
		"matchLabels':{"
		"'app':'o'}},'template':{'spec':{'terminationGracePeriodSeconds':0,'containers':[{'"
		"name':'c',"
		"'image':'busybox','resources':{},'terminationMessagePath':'/dev/termination-log',"
		"'terminationMessagePolicy':'File','imagePullPolicy':'Always'}],'restartPolicy':'"
		"Always',"
		"'dnsPolicy':'ClusterFirst','securityContext':{},'schedulerName':'default-"
		"scheduler'},"
		"'metadata':{'labels':{'app':'o'}}}}}");
	struct json *tree = object_tree(set, &f.a);
	struct strv text = revision_text(&f.a, revision_data(&f.a, tree));
	assert_string_equal(text.p, D1);
	assert_null(json_dig(tree, "spec.template.$patch")); /* the set itself is not changed */
	fixture_deinit(&f);
}

static void long_set_names_are_cut_in_revision_names(void **state)
{
	(void)state;
	struct arena a;
	char name[253];
	arena_init(&a, 0);
	memset(name, 'n', sizeof(name));
	struct strv got = revision_name(&a, (struct strv){ name, sizeof(name) }, "5dbdf8864");
	assert_int_equal(got.n, 223 + 1 + 9);
	assert_true(strv_has_suffix(got, STRV("n-5dbdf8864")));
	arena_deinit(&a);
}

static void a_revision_carries_labels_of_the_template_and_annotations_of_the_set(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	fixture_set(&f, "{}", "{}");
	fixture_change(&f, "{'metadata':{'annotations':{'kubernetes.io/change-cause':'because'}}}");
	struct json *tree = object_tree(f.set, &f.a);
	struct json *body = revision_body(
		&f.a, f.set, tree, revision_data(&f.a, tree), STRV("web-5"), "5", 4);
	struct strv text = json_text(&f.a, body);
	assert_string_equal(text.p,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"ControllerRevision\",\"metadata\":{\"name\":\"web-5\","
		"\"namespace\":\"ns\",\"labels\":{\"app\":\"web\",\"controller.kubernetes.io/"
		"hash\":\"5\"},"
		"\"ownerReferences\":[{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"StatefulSet\",\"name\":\"web\","
		"\"uid\":\"set\",\"controller\":true,\"blockOwnerDeletion\":true}],\"annotations\":"
		"{"
		"\"kubernetes.io/"
		"change-cause\":\"because\"}},\"data\":{\"spec\":{\"template\":{\"metadata\":{"
		"\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":"
		"\"busybox\"}]},"
		"\"$patch\":\"replace\"}}},\"revision\":4}");
	fixture_deinit(&f);
}

static void add(struct fixture *f, const char *name, int number, const char *data)
{
	const struct object *o = fixture_object(f, KIND_CONTROLLERREVISION,
		arena_printf(&f->a,
			"{'metadata':{'name':'%s','namespace':'ns'},'revision':%d,'data':%s}", name,
			number, data)
			.p);
	assert_int_equal(revisions_put(&f->revisions, o), 0);
}

static const struct {
	const char *why, *data, *current;
	enum revision_verdict verdict;
	const char *want_update, *want_current;
	int number;
} choices[] = {
	{ "the newest is the template", "{\"c\":3}", "a", REVISION_FOUND, "c", "a", 4 },
	{ "an older one returns with a new number", "{\"b\":2}", "a", REVISION_RENUMBER, "b", "a",
		4 },
	{ "none has it", "{\"d\":4}", "a", REVISION_CREATE, NULL, "a", 4 },
	{ "members that are null do not count", "{\"c\":3,\"n\":null}", "a", REVISION_FOUND, "c",
		"a", 4 },
	{ "an unknown current one is the update one", "{\"c\":3}", "gone", REVISION_FOUND, "c", "c",
		4 },
	{ "no status yet", "{\"c\":3}", "", REVISION_FOUND, "c", "c", 4 },
};

static void the_update_revision_is_chosen_by_its_data(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		struct fixture f;
		struct revision_choice c;
		struct json *data = NULL;
		fixture_init(&f);
		add(&f, "c", 3, "{'c':3}");
		add(&f, "a", 1, "{'a':1}");
		add(&f, "b", 2, "{'b':2,'n':null}");
		assert_int_equal(json_parse(&f.a, strv_of(choices[i].data), &data, NULL), 0);
		revision_choose(&f.revisions, revision_comparable(&f.a, data),
			strv_of(choices[i].current), &c);
		if (c.verdict != choices[i].verdict) {
			print_error("%s\n", choices[i].why);
		}
		assert_int_equal(c.verdict, choices[i].verdict);
		assert_int_equal(c.number, choices[i].number);
		if (choices[i].want_update) {
			assert_true(
				strv_eq(c.update->obj->meta.name, strv_of(choices[i].want_update)));
		} else {
			assert_null(c.update);
		}
		assert_true(strv_eq(c.current->obj->meta.name, strv_of(choices[i].want_current)));
		fixture_deinit(&f);
	}
}

static void revisions_without_data_are_refused(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f);
	const struct object *o = fixture_object(
		&f, KIND_CONTROLLERREVISION, "{'metadata':{'name':'a'},'revision':1,'data':7}");
	assert_int_equal(revisions_put(&f.revisions, o), -9989);
	assert_int_equal(f.revisions.n, 0);
	fixture_deinit(&f);
}

static void the_first_revision_has_number_one(void **state)
{
	(void)state;
	struct fixture f;
	struct revision_choice c;
	fixture_init(&f);
	revision_choose(&f.revisions, STRV("{}"), STRV_NONE, &c);
	assert_int_equal(c.verdict, REVISION_CREATE);
	assert_int_equal(c.number, 1);
	assert_null(c.current);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_real_controller),
		cmocka_unit_test(the_data_of_a_set_is_its_template_in_canonical_form),
		cmocka_unit_test(long_set_names_are_cut_in_revision_names),
		cmocka_unit_test(
			a_revision_carries_labels_of_the_template_and_annotations_of_the_set),
		cmocka_unit_test(the_update_revision_is_chosen_by_its_data),
		cmocka_unit_test(revisions_without_data_are_refused),
		cmocka_unit_test(the_first_revision_has_number_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
