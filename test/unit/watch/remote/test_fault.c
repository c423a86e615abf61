/* Memory that runs out anywhere: an error, nothing lost, nothing leaked. */
#include "fault.h"
#include "picture.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/err.h"
#include "base/log.h"
#include "watch/remote/access.h"
#include "watch/remote/known.h"
#include "watch/remote/remote.h"
#include "watch/remote/split.h"

#define SWEEP_MAX 5000

static void a_kubeconfig_is_read_whole_or_not_at_all(void **state)
{
	(void)state;
	size_t n = 1;
	for (bool failed = true; failed && n < SWEEP_MAX; n++) {
		struct access a;
		char why[ACCESS_WHY_CHARS] = "";
		access_init(&a);
		fault_begin(n, false);
		int err = access_parse_kubeconfig(&a,
			STRV("clusters: [{name: c, cluster: {server: 'http://h', "
			     "certificate-authority-data: YQ==}}]\n"
			     "users: [{name: u, user: {token: t, exec: {command: ./x, args: [a], "
			     "env: [{name: a, value: b}], "
			     "apiVersion: client.authentication.k8s.io/v1}}}]\n"
			     "contexts: [{name: x, context: {cluster: c, user: "
			     "u}}]\ncurrent-context: x\n"),
			"/d", NULL, why);
		failed = fault_end();
		if (err != ERR_OK) {
			assert_int_equal(err, ERR_NOMEM);
			assert_string_not_equal(why, "");
		} else {
			assert_string_equal(a.exec.args[1], "a");
			assert_true(strv_eq(a.tls.ca_pem, STRV("a")));
		}
		access_deinit(&a);
	}
	assert_true(n > 3 && n < SWEEP_MAX);
}

static const struct object *object(const char *name, const char *version)
{
	struct arena a;
	struct json *tree = NULL;
	const struct object *o = NULL;
	const char *field;
	arena_init(&a, 0);
	struct strv text = arena_printf(&a,
		"{\"addressType\":\"IPv4\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"n\","
		"\"uid\":\"u\","
		"\"resourceVersion\":\"%s\",\"labels\":{\"kubernetes.io/service-name\":\"s\"}}}",
		name, version);
	assert_int_equal(json_parse(&a, text, &tree, NULL), ERR_OK);
	assert_int_equal(object_new(KIND_ENDPOINTSLICE, tree, false, &o, &field), ERR_OK);
	arena_deinit(&a);
	return o;
}

static void what_is_known_stays_true(void **state)
{
	(void)state;
	const struct object *first = object("a", "1");
	const struct object *second = object("a", "2");
	size_t n = 1;
	for (bool failed = true; failed && n < SWEEP_MAX; n++) {
		struct known *k = NULL;
		const struct object *old = NULL;
		bool same = true;
		assert_int_equal(known_new(KIND_ENDPOINTSLICE, &k), ERR_OK);
		assert_int_equal(known_put(k, first, &old, &same), ERR_OK);
		assert_true(!old && !same);
		fault_begin(n, false);
		int err = known_put(k, second, &old, &same);
		failed = fault_end();
		if (err == ERR_OK) {
			assert_int_equal(old->meta.resource_version, 1);
			assert_true(strv_eq(old->as.any ? old->meta.name : STRV(""), STRV("a")));
			object_unref(old);
			assert_int_equal(known_put(k, second, &old, &same), ERR_OK);
			assert_true(!old && same);
		} else {
			assert_int_equal(err, ERR_NOMEM);
		}
		known_begin(k);
		fault_begin(n, false);
		err = known_sweep(k, &old);
		(void)fault_end();
		if (err == ERR_OK && old) {
			object_unref(old);
			assert_int_equal(known_count(k), 0);
		}
		known_free(k);
	}
	object_unref(first);
	object_unref(second);
	assert_true(n > 2 && n < SWEEP_MAX);
}

static void opening_fails_cleanly(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct clock *clock;
	struct picture *p = calloc(1, sizeof(*p));
	assert_non_null(p);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(clock_open(&loop, &clock), ERR_OK);
	/* once without: what libraries keep for good is not what we look at */
	for (size_t n = SWEEP_MAX, turn = 0; turn < 400; n = ++turn) {
		struct remote *r = NULL;
		struct watch_sub *sub = NULL;
		char why[REMOTE_WHY_CHARS] = "";
		const struct remote_config config = { .endpoint = "http://127.0.0.1:9" };
		const struct watch_interest w = { .kinds = KIND_BIT(KIND_SERVICE) |
							   KIND_BIT(KIND_POD),
			.fn = picture_event,
			.ctx = p };
		fault_begin(n, false);
		int err = remote_open(&loop, clock, &config, &r, why);
		int sub_err = err ? err : watch_subscribe(remote_api(r), &w, &sub);
		bool failed = fault_end();
		assert_true(err == ERR_OK || why[0] != '\0');
		if (err == ERR_OK && sub_err == ERR_OK) {
			watch_unsubscribe(remote_api(r), sub);
		}
		if (err == ERR_OK) {
			remote_close(r, NULL, NULL);
		}
		for (int i = 0; i < 3; i++) {
			(void)uv_run(&loop, UV_RUN_NOWAIT);
		}
		if (turn > 0 && !failed) {
			break;
		}
	}
	clock_close(clock, NULL, NULL);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kubeconfig_is_read_whole_or_not_at_all),
		cmocka_unit_test(what_is_known_stays_true),
		cmocka_unit_test(opening_fails_cleanly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
