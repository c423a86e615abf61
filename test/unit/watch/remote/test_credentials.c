/* Tokens that rotate and plugins that print credentials, with real files and real processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "watch/remote/credentials.h"

#define V1 "client.authentication.k8s.io/v1"

struct world {
	uv_loop_t loop;
	struct clock *clock;
	struct access access;
	struct credentials *c;
	struct credentials_wait wait;
	unsigned told;
	char dir[64], file[96];
	char *args[2];
	char *env[2];
};

static void on_told(struct credentials_wait *w)
{
	container_of(w, struct world, wait)->told++;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	log_setup(LOG_TEXT, -1);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(clock_open(&w->loop, &w->clock), ERR_OK);
	access_init(&w->access);
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/ordinal-credentials.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	(void)snprintf(w->file, sizeof(w->file), "%s/file", w->dir);
	w->wait.fn = on_told;
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	if (w->c) {
		credentials_close(w->c, NULL, NULL);
	}
	clock_close(w->clock, NULL, NULL);
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	(void)unlink(w->file);
	assert_int_equal(rmdir(w->dir), 0);
	access_deinit(&w->access);
	free(w);
	return 0;
}

static void write_file(struct world *w, const char *text)
{
	FILE *f = fopen(w->file, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(w->file, 0700), 0);
}

static void begin(struct world *w)
{
	assert_int_equal(credentials_open(&w->loop, w->clock, &w->access, &w->c), ERR_OK);
}

static void plugin(struct world *w, const char *script)
{
	write_file(w, script);
	w->args[0] = w->file;
	w->env[0] = (char *)(uintptr_t) "GIVEN=yes";
	w->access.exec = (struct access_exec){
		.command = w->file, .args = w->args, .env = w->env, .api_version = V1
	};
	begin(w);
}

/* Asks, waits until told. */
static void renew(struct world *w)
{
	unsigned before = w->told;
	assert_false(credentials_ready(w->c, &w->wait));
	assert_false(credentials_ready(w->c, &w->wait)); /* asking twice is told once */
	for (int i = 0; i < 1000 && w->told == before; i++) {
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	}
	assert_int_equal(w->told, before + 1);
}

static void a_plain_token_is_there_at_once(void **state)
{
	struct world *w = *state;
	w->access.token = "t";
	begin(w);
	assert_true(credentials_ready(w->c, &w->wait));
	assert_string_equal(credentials_token(w->c), "t");
	credentials_refused(w->c); /* there is nothing to renew */
	assert_true(credentials_ready(w->c, &w->wait));
}

static void a_token_file_is_read_and_a_missing_one_keeps_the_token(void **state)
{
	struct world *w = *state;
	write_file(w, " abc\n");
	w->access.token_file = w->file;
	begin(w);
	renew(w);
	assert_string_equal(credentials_token(w->c), "abc");
	assert_true(credentials_ready(w->c, &w->wait));
}

static void a_token_file_that_is_missing_is_no_end(void **state)
{
	struct world *w = *state;
	w->access.token_file = w->file;
	w->access.token = "spare";
	begin(w);
	renew(w);
	assert_string_equal(credentials_token(w->c), "spare");
}

static void a_plugin_gives_a_token_and_a_certificate(void **state)
{
	struct world *w = *state;
	plugin(w, "#!/bin/sh\ncase $KUBERNETES_EXEC_INFO in *interactive*" V1
		  "*) ;; *) exit 3;; esac\n"
		  "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
		  "\",\"status\":{\"token\":\"'$GIVEN'\","
		  "\"clientCertificateData\":\"CERT\",\"clientKeyData\":\"KEY\"}}'\n");
	renew(w);
	assert_string_equal(credentials_token(w->c), "yes");
	assert_true(strv_eq(credentials_tls(w->c)->cert_pem, STRV("CERT")));
	assert_true(strv_eq(credentials_tls(w->c)->key_pem, STRV("KEY")));
	assert_true(credentials_ready(w->c, &w->wait)); /* does not expire */
}

static void plugins_that_fail_are_no_end(void **state)
{
	struct world *w = *state;
	static const char *const scripts[] = { "#!/bin/sh\nexit 1\n", "#!/bin/sh\necho nonsense\n",
		"#!/bin/sh\necho '{\"kind\":\"Other\"}'\n", "#!/nonexistent\n",
		"#!/bin/sh\nkill -9 $$\n", "#!/bin/sh\nhead -c 3000000 /dev/zero\n",
		"#!/bin/sh\necho '{\"kind\":\"ExecCredential\",\"status\":{}}'\n" };
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		plugin(w, scripts[i]);
		renew(w);
		assert_null(credentials_token(w->c));
		credentials_close(w->c, NULL, NULL);
		w->c = NULL;
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
}

static void closing_does_not_wait_for_a_plugin(void **state)
{
	struct world *w = *state;
	uint64_t begun = uv_hrtime();
	plugin(w, "#!/bin/sh\nsleep 30; true\n");
	assert_false(credentials_ready(w->c, &w->wait));
	(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	uv_sleep(100); /* let it have a child of its own */
	credentials_close(w->c, NULL, NULL);
	w->c = NULL;
	for (int i = 0; i < 10; i++) {
		(void)uv_run(&w->loop, UV_RUN_ONCE);
		if (uv_hrtime() - begun > 5000000000u) {
			fail_msg("still waiting");
		}
		if (!uv_loop_alive(&w->loop)) {
			break;
		}
	}
	assert_int_equal(w->told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(a_plain_token_is_there_at_once),
		T(a_token_file_is_read_and_a_missing_one_keeps_the_token),
		T(a_token_file_that_is_missing_is_no_end),
		T(a_plugin_gives_a_token_and_a_certificate),
		T(plugins_that_fail_are_no_end),
		T(closing_does_not_wait_for_a_plugin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
