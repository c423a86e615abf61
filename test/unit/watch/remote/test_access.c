/* Kubeconfig files: what is taken from them, and why they are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "watch/remote/access.h"

#define CLUSTER  "clusters: [{name: c, cluster: {server: 'https://h:6443/'}}]\n"
#define CONTEXT  "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
#define CURRENT  "current-context: x\n"
#define USER(in) "users: [{name: u, user: {" in "}}]\n"

static const struct {
	const char *why, *text, *context;
	int want;
	const char *says; /* part of the reason */
} rows[] = {
	{ "the smallest useful one", CLUSTER CONTEXT CURRENT USER(""), NULL, ERR_OK, NULL },
	{ "a user that is null", CLUSTER CONTEXT CURRENT "users: [{name: u, user: null}]\n", NULL,
		ERR_OK, NULL },
	{ "a context without user",
		CLUSTER "contexts: [{name: x, context: {cluster: c}}]\n" CURRENT, NULL, ERR_OK,
		NULL },
	{ "another context by name", CLUSTER CONTEXT USER(""), "x", ERR_OK, NULL },
	{ "no context at all", CLUSTER CONTEXT USER(""), NULL, ERR_NOT_FOUND, "current-context" },
	{ "a context that is not there", CLUSTER CONTEXT CURRENT USER(""), "y", ERR_NOT_FOUND,
		"context \"y\"" },
	{ "a cluster that is not there", CONTEXT CURRENT USER(""), NULL, ERR_NOT_FOUND,
		"cluster \"c\"" },
	{ "a user that is not there", CLUSTER CONTEXT CURRENT, NULL, ERR_NOT_FOUND, "user \"u\"" },
	{ "a token that is no text", CLUSTER CONTEXT CURRENT USER("token: [1]"), NULL, ERR_SYNTAX,
		"token" },
	{ "a certificate without key", CLUSTER CONTEXT CURRENT USER("client-certificate: a"), NULL,
		ERR_SYNTAX, "without its key" },
	{ "a key without certificate", CLUSTER CONTEXT CURRENT USER("client-key-data: YQ=="), NULL,
		ERR_SYNTAX, "without its certificate" },
	{ "data that is no base64", CLUSTER CONTEXT CURRENT USER("client-key-data: a"), NULL,
		ERR_SYNTAX, "client-key-data is not base64" },
	{ "a server that is no web address",
		"clusters: [{name: c, cluster: {server: 'ftp://h'}}]\n" CONTEXT CURRENT USER(""),
		NULL, ERR_SYNTAX, "ftp://h" },
	{ "insecure, and yet an authority",
		"clusters: [{name: c, cluster: {insecure-skip-tls-verify: true, "
		"certificate-authority: x}}]\n" CONTEXT CURRENT USER(""),
		NULL, ERR_SYNTAX, "exclude each other" },
	{ "an exec plugin without command", CLUSTER CONTEXT CURRENT USER("exec: {apiVersion: v1}"),
		NULL, ERR_SYNTAX, "no command" },
	{ "an exec plugin of an unknown version",
		CLUSTER CONTEXT CURRENT USER(
			"exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}"),
		NULL, ERR_UNSUPPORTED, "v1alpha1" },
	{ "an exec plugin that wants a terminal",
		CLUSTER CONTEXT CURRENT USER(
			"exec: {command: x, interactiveMode: Always, apiVersion: "
			"client.authentication.k8s.io/v1}"),
		NULL, ERR_UNSUPPORTED, "terminal" },
	{ "YAML that is none", "a: [", NULL, ERR_SYNTAX, "line" },
	{ "a list instead of an object", "- a\n", NULL, ERR_SYNTAX, "kubeconfig" },
	{ "nothing at all", "", NULL, ERR_SYNTAX, "kubeconfig" },
};

static void files_are_taken_or_refused_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct access a;
		char why[ACCESS_WHY_CHARS] = "";
		access_init(&a);
		int err = access_parse_kubeconfig(
			&a, strv_of(rows[i].text), "/d", rows[i].context, why);
		if (err != rows[i].want || (rows[i].says && !strstr(why, rows[i].says))) {
			fail_msg("%s: %s, %s", rows[i].why, err_text(err), why);
		}
		if (err == ERR_OK) {
			assert_string_equal(a.server, "https://h:6443"); /* without the slash */
		}
		access_deinit(&a);
	}
}

static void everything_of_a_full_one_is_there(void **state)
{
	(void)state;
	struct access a;
	char why[ACCESS_WHY_CHARS] = "";
	access_init(&a);
	assert_int_equal(
		access_parse_kubeconfig(&a,
			STRV("clusters: [{name: c, cluster: {server: 'https://h', "
			     "certificate-authority: ca.pem, "
			     "certificate-authority-data: Q0E=, proxy-url: "
			     "'http://p:1'}}]\n" CONTEXT CURRENT USER(
				     "client-certificate: /abs/c.pem, client-key: k.pem, "
				     "client-key-data: S0VZ, token: t, "
				     "tokenFile: tf, username: someuser, password: p, as: someone, "
				     "exec: "
				     "{command: bin/login, "
				     "apiVersion: client.authentication.k8s.io/v1beta1, args: [a, "
				     "b], "
				     "provideClusterInfo: true, env: [{name: A, value: 1x}]}")),
			"/d", NULL, why),
		ERR_OK);
	assert_string_equal(a.tls.ca_file, "/d/ca.pem");
	assert_true(strv_eq(a.tls.ca_pem, STRV("CA")) && strv_eq(a.tls.key_pem, STRV("KEY")));
	assert_string_equal(a.tls.cert_file, "/abs/c.pem");
	assert_string_equal(a.tls.key_file, "/d/k.pem");
	assert_string_equal(a.proxy, "http://p:1");
	assert_string_equal(a.token, "t");
	assert_string_equal(a.token_file, "/d/tf");
	assert_string_equal(a.user, "someuser");
	assert_string_equal(a.password, "p");
	assert_string_equal(a.impersonate, "someone");
	assert_string_equal(a.exec.command, "/d/bin/login");
	assert_string_equal(a.exec.args[0], "/d/bin/login");
	assert_string_equal(a.exec.args[2], "b");
	assert_null(a.exec.args[3]);
	assert_string_equal(a.exec.env[0], "A=1x");
	assert_null(a.exec.env[1]);
	assert_true(a.exec.provide_cluster);
	access_deinit(&a);
}

static void an_endpoint_is_an_url_or_a_host(void **state)
{
	(void)state;
	static const struct {
		const char *why, *url, *server;
	} urls[] = {
		{ "slashes at the end go", "https://h:1//", "https://h:1" },
		{ "a path stays", "https://h/k8s/", "https://h/k8s" },
		{ "no scheme means http, as with kubectl", "h:8080", "http://h:8080" },
		{ "none means the old default", NULL, "http://127.0.0.1:8080" },
		{ "other schemes are refused", "unix://x", NULL },
		{ "nothing is refused", "/", NULL },
	};
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct access a;
		char why[ACCESS_WHY_CHARS] = "";
		const struct access_endpoint e = { .url = urls[i].url, .ca = "/ca" };
		access_init(&a);
		int err = access_endpoint(&a, &e, why);
		if (urls[i].server ? err != ERR_OK || strcmp(a.server, urls[i].server) != 0
				   : err != ERR_SYNTAX) {
			fail_msg("%s: %s %s", urls[i].why, err_text(err), why);
		}
		access_deinit(&a);
	}
}

static void outside_a_cluster_there_is_no_service_account(void **state)
{
	(void)state;
	struct access a;
	char why[ACCESS_WHY_CHARS] = "";
	(void)unsetenv("KUBERNETES_SERVICE_HOST");
	access_init(&a);
	assert_int_equal(access_in_cluster(&a, why), ERR_NOT_FOUND);
	assert_non_null(strstr(why, "kubeconfig"));
	assert_int_equal(access_read_kubeconfig(&a, "/nonexistent/kc", NULL, why), UV_ENOENT);
	assert_int_equal(access_read_kubeconfig(&a, "/", NULL, why), UV_EISDIR);
	access_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_taken_or_refused_with_the_reason),
		cmocka_unit_test(everything_of_a_full_one_is_there),
		cmocka_unit_test(an_endpoint_is_an_url_or_a_host),
		cmocka_unit_test(outside_a_cluster_there_is_no_service_account),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
