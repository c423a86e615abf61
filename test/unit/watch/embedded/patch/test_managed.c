/* managed_update and managed_apply: who owns what after creates, updates, applies; conflicts, force, sharing, removal,
 * taking over from client-side apply. The scenes are those of kube-apiserver. */
#include "watch/embedded/patch/patch.h"

#include "test/unit/watch/embedded/patch/fixture.h"

#define T1 "2026-01-01T00:00:01Z"
#define T2 "2026-01-01T00:00:02Z"
#define T3 "2026-01-01T00:00:03Z"

struct scene {
	struct arena a;
	struct status s;
	struct json *live; /* NULL: does not exist */
	enum kind kind;
};

static void scene_init(struct scene *c, enum kind kind)
{
	*c = (struct scene){ .kind = kind };
	arena_init(&c->a, 0);
	status_init(&c->s, &c->a);
}

static void scene_deinit(struct scene *c)
{
	arena_deinit(&c->a);
}

static struct managed_write by(const struct scene *c, const char *manager, const char *time)
{
	return (struct managed_write){
		.manager = strv_of(manager), .subresource = "", .time = time, .kind = c->kind
	};
}

/* A write of the whole object; its managedFields are what a client that read it would send. */
static void update(
	struct scene *c, const char *manager, const char *sub, const char *time, const char *object)
{
	struct managed_write w = by(c, manager, time);
	struct json *after = parse(&c->a, object);
	w.subresource = sub;
	assert_int_equal(managed_update(&c->a, &w, c->live, after), ERR_OK);
	c->live = after;
}

static int apply(
	struct scene *c, const char *manager, bool force, const char *time, const char *config)
{
	struct managed_write w = by(c, manager, time);
	status_init(&c->s, &c->a);
	struct json *out = NULL;
	int err = managed_apply(&c->a, &w, force, c->live, parse(&c->a, config), &out, &c->s);
	if (err == ERR_OK) {
		c->live = out;
	}
	return err;
}

static void assert_managed(struct scene *c, const char *why, const char *want)
{
	const struct json *got = json_dig(c->live, "metadata.managedFields");
	struct strv text = got ? json_text(&c->a, got) : STRV("none");
	if (!strv_eq(text, strv_of(want))) {
		fail_msg("%s\n  got  %.*s\n  want %s", why, STRV_ARG(text), want);
	}
}

/* The rest of the object. */
static void assert_live(struct scene *c, const char *why, const char *want)
{
	struct json *v = json_copy(&c->a, c->live);
	json_remove(json_get(v, "metadata"), "managedFields");
	assert_json(&c->a, why, v, want);
}

#define ENTRY(manager, op, time, fields)                                                           \
	"{\"manager\":\"" manager "\",\"operation\":\"" op                                         \
	"\",\"apiVersion\":\"v1\",\"time\":\"" time                                                \
	"\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":" fields "}"
#define TIMELESS(manager, op, fields)                                                              \
	"{\"manager\":\"" manager "\",\"operation\":\"" op                                         \
	"\",\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":" fields "}"
#define CM(data)                                                                                   \
	"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"},"             \
	"\"data\":" data "}"

static void a_creator_owns_what_it_sent_but_not_what_identifies_the_object(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	update(&c, "kubectl-create", "", T1,
		"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\","
		"\"namespace\":\"d\",\"uid\":\"u\",\"resourceVersion\":\"1\",\"creationTimestamp\":"
		"\"t\","
		"\"labels\":{\"a\":\"b\"}},\"data\":{\"k\":\"v\"}}");
	assert_managed(&c, "inner members that came are owned too",
		"[" ENTRY("kubectl-create", "Update", T1,
			"{\"f:data\":{\".\":{},\"f:k\":{}},\"f:metadata\":{\"f:labels\":{\".\":{},"
			"\"f:a\":{}}}}") "]");
	scene_deinit(&c);
}

static void the_server_own_part_of_a_new_object_is_nobodys(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_SERVICE);
	update(&c, "m", "", T1,
		"{\"metadata\":{\"name\":\"s\"},\"spec\":{\"clusterIP\":\"10.96.0.9\","
		"\"clusterIPs\":"
		"[\"10.96.0.9\"],\"ipFamilies\":[\"IPv4\"],\"type\":\"ClusterIP\"},"
		"\"status\":{\"loadBalancer\":{}}}");
	assert_managed(&c, "status and allocated addresses",
		"[" ENTRY("m", "Update", T1, "{\"f:spec\":{\".\":{},\"f:type\":{}}}") "]");
	c.live = NULL;
	update(&c, "m", "", T1,
		"{\"metadata\":{\"name\":\"s\"},\"spec\":{\"clusterIP\":\"None\"}}");
	assert_managed(&c, "\"None\" is the creator's word",
		"[" ENTRY("m", "Update", T1, "{\"f:spec\":{\".\":{},\"f:clusterIP\":{}}}") "]");
	scene_deinit(&c);
}

static void an_update_takes_over_what_it_changes_and_forgets_what_it_removes(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	update(&c, "one", "", T1, CM("{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\"}"));
	update(&c, "two", "", T2, CM("{\"a\":\"2\",\"b\":\"1\",\"d\":\"2\"}"));
	assert_managed(&c, "a changed, c gone, d new",
		"[" ENTRY("one", "Update", T1, "{\"f:data\":{\".\":{},\"f:b\":{}}}") "," ENTRY(
			"two", "Update", T2, "{\"f:data\":{\"f:a\":{},\"f:d\":{}}}") "]");
	update(&c, "two", "", T3, CM("{\"a\":\"2\",\"b\":\"1\",\"d\":\"2\"}"));
	assert_managed(&c, "nothing changed: nothing is noted, the time stays",
		"[" ENTRY("one", "Update", T1, "{\"f:data\":{\".\":{},\"f:b\":{}}}") "," ENTRY(
			"two", "Update", T2, "{\"f:data\":{\"f:a\":{},\"f:d\":{}}}") "]");
	update(&c, "two", "", T3, CM("{\"a\":\"3\",\"b\":\"3\",\"d\":\"3\"}"));
	assert_managed(&c, "an entry that owns nothing but the map stays for the map",
		"[" ENTRY("one", "Update", T1, "{\"f:data\":{}}") "," ENTRY("two", "Update", T3,
			"{\"f:data\":{\"f:a\":{},\"f:b\":{},\"f:d\":{}}}") "]");
	scene_deinit(&c);
}

static void subresources_have_entries_of_their_own(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_STATEFULSET);
	update(&c, "m", "", T1, "{\"metadata\":{\"name\":\"w\"},\"spec\":{\"replicas\":1}}");
	update(&c, "m", "scale", T2, "{\"metadata\":{\"name\":\"w\"},\"spec\":{\"replicas\":2}}");
	update(&c, "m", "status", T3,
		"{\"metadata\":{\"name\":\"w\"},\"spec\":{\"replicas\":2},\"status\":{\"replicas\":"
		"2}}");
	assert_managed(&c, "main, scale, status",
		"[{\"manager\":\"m\",\"operation\":\"Update\",\"apiVersion\":\"apps/"
		"v1\",\"time\":\"" T1
		"\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{}}},"
		"{\"manager\":\"m\",\"operation\":\"Update\",\"apiVersion\":\"apps/"
		"v1\",\"time\":\"" T2
		"\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{}}},"
		"\"subresource\":\"scale\"},"
		"{\"manager\":\"m\",\"operation\":\"Update\",\"apiVersion\":\"apps/"
		"v1\",\"time\":\"" T3 "\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:status\":{"
		"\".\":{},\"f:replicas\":{}}},"
		"\"subresource\":\"status\"}]");
	scene_deinit(&c);
}

static void an_object_that_was_not_tracked_stays_so(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	c.live = parse(&c.a, CM("{\"a\":\"1\"}"));
	update(&c, "m", "", T1, CM("{\"a\":\"2\"}"));
	assert_managed(&c, "updates do not begin to track", "none");
	scene_deinit(&c);
}

static void old_update_entries_are_folded_into_one(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	for (int i = 0; i < 15; i++) {
		char manager[16];
		char time[32];
		char data[64];
		snprintf(manager, sizeof(manager), "m%d", i);
		snprintf(time, sizeof(time), "2026-01-01T00:00:%02dZ", i);
		snprintf(data, sizeof(data), "{\"data\":{\"k\":\"%d\"}}", i);
		struct json *after = parse(&c.a, data);
		struct json *map = json_get(after, "data");
		for (int j = 0; j <= i; j++) {
			char key[16];
			snprintf(key, sizeof(key), "k%d", j);
			assert_int_equal(json_set_i64(&c.a, map, key, 1), ERR_OK);
		}
		struct managed_write w = by(&c, manager, time);
		assert_int_equal(managed_update(&c.a, &w, c.live, after), ERR_OK);
		c.live = after;
	}
	const struct json *list = json_dig(c.live, "metadata.managedFields");
	assert_int_equal(json_count(list), 10);
	assert_true(
		strv_eq(json_str(json_get(json_at(list, 0), "manager")), STRV("ancient-changes")));
	assert_json(&c.a, "all that the six oldest owned", json_get(json_at(list, 0), "fieldsV1"),
		"{\"f:data\":{\".\":{},\"f:k0\":{},\"f:k1\":{},\"f:k2\":{},\"f:k3\":{},\"f:k4\":{},"
		"\"f:k5\":{}}}");
	scene_deinit(&c);
}

static void an_applier_owns_leaves_and_gives_up_what_it_omits(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	assert_int_equal(apply(&c, "one", false, T1, CM("{\"a\":\"1\",\"b\":\"1\"}")), ERR_OK);
	assert_managed(&c, "create",
		"[" ENTRY("one", "Apply", T1, "{\"f:data\":{\"f:a\":{},\"f:b\":{}}}") "]");
	assert_int_equal(apply(&c, "one", false, T2, CM("{\"a\":\"1\",\"b\":\"1\"}")), ERR_OK);
	assert_managed(&c, "applied again: the time stays",
		"[" ENTRY("one", "Apply", T1, "{\"f:data\":{\"f:a\":{},\"f:b\":{}}}") "]");
	assert_int_equal(apply(&c, "one", false, T2, CM("{\"a\":\"1\"}")), ERR_OK);
	assert_live(&c, "b is gone", CM("{\"a\":\"1\"}"));
	assert_managed(
		&c, "b given up", "[" ENTRY("one", "Apply", T2, "{\"f:data\":{\"f:a\":{}}}") "]");
	assert_int_equal(
		apply(&c, "one", false, T3,
			"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
			"\"c\"}}"),
		ERR_OK);
	assert_live(&c, "an emptied map goes too",
		"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}");
	assert_managed(&c, "an entry that owns nothing is dropped", "none");
	scene_deinit(&c);
}

static void appliers_share_equal_values_and_the_last_one_removes(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	assert_int_equal(apply(&c, "one", false, T1, CM("{\"a\":\"1\",\"b\":\"1\"}")), ERR_OK);
	assert_int_equal(apply(&c, "two", false, T2, CM("{\"a\":\"1\"}")), ERR_OK);
	assert_managed(&c, "both own a",
		"[" TIMELESS("two", "Apply", "{\"f:data\":{\"f:a\":{}}}") "," ENTRY(
			"one", "Apply", T1, "{\"f:data\":{\"f:a\":{},\"f:b\":{}}}") "]");
	assert_int_equal(apply(&c, "one", false, T3, CM("{\"b\":\"1\"}")), ERR_OK);
	assert_live(&c, "two still wants a", CM("{\"a\":\"1\",\"b\":\"1\"}"));
	assert_int_equal(apply(&c, "two", false, T3, CM("{}")), ERR_OK);
	assert_live(&c, "nobody wants a", CM("{\"b\":\"1\"}"));
	scene_deinit(&c);
}

static void what_an_update_added_survives_an_apply(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	assert_int_equal(apply(&c, "one", false, T1, CM("{\"a\":\"1\"}")), ERR_OK);
	struct json *after = json_copy(&c.a, c.live);
	assert_int_equal(json_set_str(&c.a, json_get(after, "data"), "x", STRV("y")), ERR_OK);
	struct managed_write w = by(&c, "edit", T2);
	assert_int_equal(managed_update(&c.a, &w, c.live, after), ERR_OK);
	c.live = after;
	assert_int_equal(apply(&c, "one", false, T3, CM("{\"a\":\"2\"}")), ERR_OK);
	assert_live(&c, "x is not the applier's", CM("{\"a\":\"2\",\"x\":\"y\"}"));
	scene_deinit(&c);
}

#define STS(spec)                                                                                  \
	"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"web\","     \
	"\"namespace\":\"d\"},\"spec\":" spec "}"

static void a_conflict_names_manager_and_field_and_force_takes_the_field(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_STATEFULSET);
	update(&c, "kubectl-client-side-apply", "", T1,
		STS("{\"replicas\":1,\"serviceName\":\"w\"}"));
	assert_int_equal(apply(&c, "ci", false, T2, STS("{\"replicas\":3}")), ERR_CONFLICT);
	assert_int_equal(c.s.code, 409);
	assert_true(strv_eq(c.s.reason, STRV("Conflict")));
	assert_true(strv_eq(c.s.message, STRV("Apply failed with 1 conflict: conflict with "
					      "\"kubectl-client-side-apply\" using "
					      "apps/v1: .spec.replicas")));
	assert_int_equal(c.s.n_causes, 1);
	assert_int_equal(c.s.causes[0].type, CAUSE_MANAGER_CONFLICT);
	assert_true(strv_eq(c.s.causes[0].field, STRV(".spec.replicas")));
	assert_true(strv_eq(c.s.causes[0].message,
		STRV("conflict with \"kubectl-client-side-apply\" using apps/v1")));

	assert_int_equal(apply(&c, "ci", false, T2, STS("{\"replicas\":3,\"serviceName\":\"v\"}")),
		ERR_CONFLICT);
	assert_true(strv_eq(c.s.message, STRV("Apply failed with 2 conflicts: conflicts with "
					      "\"kubectl-client-side-apply\" using "
					      "apps/v1:\n- .spec.replicas\n- .spec.serviceName")));

	assert_int_equal(apply(&c, "ci", true, T2, STS("{\"replicas\":3}")), ERR_OK);
	assert_live(&c, "forced", STS("{\"replicas\":3,\"serviceName\":\"w\"}"));
	assert_int_equal(apply(&c, "other", false, T3, STS("{\"replicas\":4}")), ERR_CONFLICT);
	assert_true(strv_eq(c.s.message,
		STRV("Apply failed with 1 conflict: conflict with \"ci\": .spec.replicas")));
	scene_deinit(&c);
}

static void list_elements_are_owned_one_by_one(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_POD);
#define POD(containers)                                                                            \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":"          \
	"{" containers "}}"
	assert_int_equal(apply(&c, "one", false, T1,
				 POD("\"containers\":[{\"name\":\"a\",\"image\":\"x\",\"ports\":[{"
				     "\"containerPort\":80}]},{\"name\":\"b\",\"image\":\"y\"}]")),
		ERR_OK);
	assert_managed(&c, "keys, with protocol TCP where none is said",
		"[" ENTRY("one", "Apply", T1,
			"{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"a\\\"}\":{\".\":{},"
			"\"f:image\":{},\"f:name\":{},\"f:ports\":{\"k:{\\\"containerPort\\\":80,"
			"\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:containerPort\":{}}}},"
			"\"k:{\\\"name\\\":\\\"b\\\"}\":{\".\":{},\"f:image\":{},\"f:name\":{}}}}}") "]");
	assert_int_equal(apply(&c, "two", false, T2,
				 POD("\"containers\":[{\"name\":\"side\",\"image\":\"z\"}]")),
		ERR_OK);
	assert_live(&c, "elements of others stay, in their order",
		POD("\"containers\":[{\"name\":\"a\",\"image\":\"x\",\"ports\":[{"
		    "\"containerPort\":80}]},{\"name\":\"b\",\"image\":\"y\"},{\"name\":\"side\","
		    "\"image\":\"z\"}]"));
	assert_int_equal(apply(&c, "one", false, T3,
				 POD("\"containers\":[{\"name\":\"b\",\"image\":\"y\"}]")),
		ERR_OK);
	assert_live(&c, "an element that its owner omits goes whole",
		POD("\"containers\":[{\"name\":\"b\",\"image\":\"y\"},{\"name\":\"side\","
		    "\"image\":\"z\"}]"));
	assert_int_equal(apply(&c, "two", false, T3,
				 POD("\"containers\":[{\"name\":\"b\",\"image\":\"w\"}]")),
		ERR_CONFLICT);
	assert_true(strv_eq(c.s.causes[0].field, STRV(".spec.containers[name=\"b\"].image")));
	scene_deinit(&c);
}

static void live_elements_that_cannot_be_told_apart_are_kept(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_POD);
#define ENV(list) POD("\"containers\":[{\"name\":\"a\",\"env\":[" list "]}]")
	c.live = parse(
		&c.a, ENV("{\"name\":\"X\"},{\"name\":\"X\",\"value\":\"2\"},{\"value\":\"?\"},"
			  "{\"name\":\"Y\"},{\"name\":\"Z\"},{\"name\":\"Y\"}"));
	assert_int_equal(
		apply(&c, "m", true, T1, ENV("{\"name\":\"N\"},{\"name\":\"Y\",\"value\":\"1\"}")),
		ERR_OK);
	assert_live(&c, "X twice, one without a name; Y as applied",
		ENV("{\"name\":\"X\"},{\"name\":\"X\",\"value\":\"2\"},{\"value\":\"?\"},"
		    "{\"name\":\"N\"},{\"name\":\"Y\",\"value\":\"1\"},{\"name\":\"Z\"}"));
	scene_deinit(&c);
}

static void atomic_values_have_one_owner(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_SERVICE);
#define SVC(spec)                                                                                  \
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"},\"spec\":" spec \
	"}"
	assert_int_equal(apply(&c, "one", false, T1, SVC("{\"selector\":{\"a\":\"b\"}}")), ERR_OK);
	assert_managed(&c, "a Service's selector is one field",
		"[" ENTRY("one", "Apply", T1, "{\"f:spec\":{\"f:selector\":{}}}") "]");
	assert_int_equal(
		apply(&c, "two", false, T2, SVC("{\"selector\":{\"c\":\"d\"}}")), ERR_CONFLICT);
	assert_int_equal(apply(&c, "two", true, T2, SVC("{\"selector\":{\"c\":\"d\"}}")), ERR_OK);
	assert_live(&c, "replaced whole", SVC("{\"selector\":{\"c\":\"d\"}}"));
	assert_managed(&c, "the loser's entry is empty and dropped",
		"[" ENTRY("two", "Apply", T2, "{\"f:spec\":{\"f:selector\":{}}}") "]");
	scene_deinit(&c);
}

static void an_untracked_object_belongs_to_before_first_apply(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	c.live = parse(&c.a, CM("{\"a\":\"1\",\"b\":\"1\"}"));
	assert_int_equal(apply(&c, "one", false, T1, CM("{\"a\":\"2\"}")), ERR_CONFLICT);
	assert_contains("who", c.s.message, "conflict with \"before-first-apply\" using v1");
	assert_int_equal(apply(&c, "one", false, T1, CM("{\"a\":\"1\"}")), ERR_OK);
	assert_managed(&c, "shared where equal",
		"[" TIMELESS("one", "Apply", "{\"f:data\":{\"f:a\":{}}}") "," ENTRY(
			"before-first-apply", "Update", T1,
			"{\"f:data\":{\".\":{},\"f:a\":{},\"f:b\":{}}}") "]");
	scene_deinit(&c);
}

#define LAST(config)                                                                               \
	"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\","              \
	"\"annotations\":{"                                                                        \
	"\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"data\\\":{" config "}}\"}}"

static void kubectl_takes_over_from_its_client_side_apply(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	update(&c, "kubectl-client-side-apply", "", T1,
		LAST("\\\"a\\\":\\\"1\\\"") ",\"data\":{\"a\":\"1\",\"b\":\"1\"}}");
	assert_int_equal(apply(&c, "ci", false, T2, CM("{\"a\":\"2\"}")), ERR_CONFLICT);
	assert_int_equal(apply(&c, "kubectl", false, T2, CM("{\"b\":\"2\"}")), ERR_CONFLICT);
	assert_contains("b was not applied", c.s.message, ".data.b");
	assert_int_equal(apply(&c, "kubectl", false, T2, CM("{\"a\":\"2\"}")), ERR_OK);
	assert_true(strv_eq(json_str(json_dig(c.live, "data.a")), STRV("2")));
	struct strv last = json_str(json_get(json_dig(c.live, "metadata.annotations"),
		"kubectl.kubernetes.io/last-applied-configuration"));
	assert_true(strv_eq(last, STRV("{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":"
				       "\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}\n")));
	scene_deinit(&c);
}

/* kubectl apply --server-side over a client-side one: it rewrites managedFields, then applies again. */
static void a_client_may_rewrite_the_managers(void **state)
{
	struct scene c;
	(void)state;
	scene_init(&c, KIND_CONFIGMAP);
	update(&c, "kubectl-client-side-apply", "", T1, CM("{\"a\":\"1\",\"b\":\"1\"}"));
	struct json *after = json_copy(&c.a, c.live);
	struct json *mine = parse(
		&c.a, "[" ENTRY("kubectl", "Apply", T1,
			      "{\"f:data\":{\".\":{},\"f:a\":{},\"f:b\":{}}}") "]");
	assert_int_equal(
		json_set(&c.a, json_get(after, "metadata"), "managedFields", mine), ERR_OK);
	struct managed_write w = by(&c, "kubectl-last-applied", T2);
	assert_int_equal(managed_update(&c.a, &w, c.live, after), ERR_OK);
	c.live = after;
	assert_managed(&c, "taken as given",
		"[" ENTRY("kubectl", "Apply", T1,
			"{\"f:data\":{\".\":{},\"f:a\":{},\"f:b\":{}}}") "]");
	assert_int_equal(apply(&c, "kubectl", false, T3, CM("{\"a\":\"1\"}")), ERR_OK);
	assert_live(&c, "b can be removed now", CM("{\"a\":\"1\"}"));

	after = json_copy(&c.a, c.live);
	json_remove(json_get(after, "metadata"), "managedFields");
	w = by(&c, "x", T3);
	assert_int_equal(managed_update(&c.a, &w, c.live, after), ERR_OK);
	assert_json(&c.a, "leaving them out changes nothing",
		json_dig(after, "metadata.managedFields"),
		"[" ENTRY("kubectl", "Apply", T3, "{\"f:data\":{\"f:a\":{}}}") "]");

	mine = parse(&c.a, "[{}]");
	assert_int_equal(
		json_set(&c.a, json_get(after, "metadata"), "managedFields", mine), ERR_OK);
	assert_int_equal(managed_update(&c.a, &w, c.live, after), ERR_OK);
	assert_null(json_dig(after, "metadata.managedFields")); /* [{}] forgets them all */
	scene_deinit(&c);
}

static void what_cannot_be_applied_is_refused(void **state)
{
	static const struct {
		const char *why, *config, *says;
		unsigned code;
	} rows[] = {
		{ "another version", "{\"apiVersion\":\"v2\",\"kind\":\"Pod\"}",
			"Incorrect version specified in apply patch", 400 },
		{ "managedFields of its own",
			"{\"apiVersion\":\"v1\",\"metadata\":{\"managedFields\":[{\"manager\":"
			"\"x\"}]}}",
			"metadata.managedFields must be nil", 400 },
		{ "two elements of one key",
			"{\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"namespace\":\"d\"},"
			"\"spec\":{"
			"\"containers\":[{\"name\":\"a\"},{\"name\":\"a\"}]}}",
			"failed to create typed patch object (d/p; /v1, Kind=Pod): "
			".spec.containers: duplicate "
			"entries for key [name=\"a\"]",
			500 },
		{ "an element without its key",
			"{\"apiVersion\":\"v1\",\"spec\":{\"containers\":[{\"image\":\"a\"}]}}",
			".spec.containers: element 0: associative list with keys has an element "
			"that omits "
			"key field \"name\" (and doesn't have default value)",
			500 },
		{ "no object", "[]", "must be an object", 400 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct scene c;
		scene_init(&c, KIND_POD);
		if (apply(&c, "m", false, T1, rows[i].config) != ERR_SYNTAX) {
			fail_msg("%s: not refused", rows[i].why);
		}
		assert_int_equal(c.s.code, rows[i].code);
		assert_contains(rows[i].why, c.s.message, rows[i].says);
		scene_deinit(&c);
	}
}

static void lack_of_memory_is_reported_at_every_place(void **state)
{
	struct scene c;
	bool done = false;
	(void)state;
	scene_init(&c, KIND_POD);
	assert_int_equal(
		apply(&c, "one", false, T1,
			POD("\"containers\":[{\"name\":\"a\",\"image\":\"x\"},{\"name\":\"b\"}]")),
		ERR_OK);
	const struct json *config = parse(
		&c.a, POD("\"containers\":[{\"name\":\"a\",\"image\":\"z\"}]"));
	for (size_t limit = 1; !done && limit < (1u << 20); limit += 256) {
		struct arena a;
		struct status s;
		struct json *out;
		arena_init(&a, 0);
		a.limit_bytes = limit;
		status_init(&s, &a);
		struct managed_write w = by(&c, "one", T2);
		int err = managed_apply(&a, &w, false, c.live, config, &out, &s);
		assert_int_equal(err, s.code == 0 ? ERR_OK : ERR_NOMEM);
		done = err == ERR_OK;
		arena_deinit(&a);
	}
	assert_true(done);
	scene_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_creator_owns_what_it_sent_but_not_what_identifies_the_object),
		cmocka_unit_test(the_server_own_part_of_a_new_object_is_nobodys),
		cmocka_unit_test(an_update_takes_over_what_it_changes_and_forgets_what_it_removes),
		cmocka_unit_test(subresources_have_entries_of_their_own),
		cmocka_unit_test(an_object_that_was_not_tracked_stays_so),
		cmocka_unit_test(old_update_entries_are_folded_into_one),
		cmocka_unit_test(an_applier_owns_leaves_and_gives_up_what_it_omits),
		cmocka_unit_test(appliers_share_equal_values_and_the_last_one_removes),
		cmocka_unit_test(what_an_update_added_survives_an_apply),
		cmocka_unit_test(a_conflict_names_manager_and_field_and_force_takes_the_field),
		cmocka_unit_test(list_elements_are_owned_one_by_one),
		cmocka_unit_test(live_elements_that_cannot_be_told_apart_are_kept),
		cmocka_unit_test(atomic_values_have_one_owner),
		cmocka_unit_test(an_untracked_object_belongs_to_before_first_apply),
		cmocka_unit_test(kubectl_takes_over_from_its_client_side_apply),
		cmocka_unit_test(a_client_may_rewrite_the_managers),
		cmocka_unit_test(what_cannot_be_applied_is_refused),
		cmocka_unit_test(lack_of_memory_is_reported_at_every_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
