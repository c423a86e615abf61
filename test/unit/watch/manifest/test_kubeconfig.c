/* The kubeconfig: whole or not at all, for its owner only, never the user's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"
#include "watch/manifest/kubeconfig.h"

#define URL "http://127.0.0.1:8001"

static char folder[64];

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/ordinal-kubeconfig-XXXXXX");
	return mkdtemp(folder) && setenv("HOME", folder, 1) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(folder); /* nothing is left behind */
}

static const char *text_of(const char *path)
{
	static char text[2000];
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void the_file_names_the_server_and_is_its_owners_alone(void **state)
{
	(void)state;
	struct stat st;
	assert_int_equal(kubeconfig_write(path_of("config"), URL), ERR_OK);
	assert_non_null(strstr(text_of(path_of("config")), "server: " URL "\n"));
	assert_non_null(strstr(text_of(path_of("config")), "current-context: ordinal-lab\n"));
	assert_int_equal(stat(path_of("config"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(kubeconfig_write(path_of("config"), "http://[::1]:1"), ERR_OK);
	assert_null(strstr(text_of(path_of("config")), URL));
	assert_int_equal(unlink(path_of("config")), 0);
}

static void a_link_is_replaced_and_what_it_points_at_left_alone(void **state)
{
	(void)state;
	char target[PATH_MAX];
	(void)snprintf(target, sizeof(target), "%s", path_of("target"));
	FILE *f = fopen(target, "w");
	assert_non_null(f);
	fputs("mine", f);
	fclose(f);
	assert_int_equal(symlink(target, path_of("config")), 0);
	assert_int_equal(kubeconfig_write(path_of("config"), URL), ERR_OK);
	assert_string_equal(text_of(target), "mine");
	assert_int_equal(unlink(target), 0);
	assert_int_equal(unlink(path_of("config")), 0);
}

static void the_users_own_config_is_never_touched_however_it_is_written(void **state)
{
	(void)state;
	assert_int_equal(mkdir(path_of(".kube"), 0755), 0);
	assert_int_equal(
		kubeconfig_write(path_of(".kube/config"), URL), ERR_EXISTS); /* not there yet */
	FILE *f = fopen(path_of(".kube/config"), "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(kubeconfig_write(path_of(".kube/config"), URL), ERR_EXISTS);
	assert_int_equal(kubeconfig_write(path_of(".kube/../.kube/config"), URL), ERR_EXISTS);
	char target[PATH_MAX];
	(void)snprintf(target, sizeof(target), "%s", path_of(".kube/config"));
	assert_int_equal(symlink(target, path_of("link")), 0);
	assert_int_equal(kubeconfig_write(path_of("link"), URL), ERR_EXISTS);
	assert_int_equal(unlink(path_of("link")), 0);
	assert_int_equal(unlink(target), 0);
	assert_int_equal(rmdir(path_of(".kube")), 0);
}

static void a_folder_that_does_not_exist_is_an_error_and_leaves_no_file(void **state)
{
	(void)state;
	assert_int_equal(kubeconfig_write(path_of("none/config"), URL), UV_ENOENT);
}

static void the_default_path_is_in_the_users_runtime_folder_else_under_tmp(void **state)
{
	(void)state;
	char out[PATH_MAX], want[PATH_MAX];
	assert_int_equal(setenv("XDG_RUNTIME_DIR", folder, 1), 0);
	assert_int_equal(kubeconfig_default_path(8001, out, sizeof(out)), ERR_OK);
	(void)snprintf(want, sizeof(want), "%s", path_of("ordinal-lab-8001.kubeconfig"));
	assert_string_equal(out, want);
	assert_int_equal(kubeconfig_default_path(8001, out, 10), ERR_NO_SPACE);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", "/does/not/exist", 1), 0);
	assert_int_equal(kubeconfig_default_path(1, out, sizeof(out)), ERR_OK);
	assert_string_equal(out, "/tmp/ordinal-lab-1.kubeconfig");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_names_the_server_and_is_its_owners_alone),
		cmocka_unit_test(a_link_is_replaced_and_what_it_points_at_left_alone),
		cmocka_unit_test(the_users_own_config_is_never_touched_however_it_is_written),
		cmocka_unit_test(a_folder_that_does_not_exist_is_an_error_and_leaves_no_file),
		cmocka_unit_test(the_default_path_is_in_the_users_runtime_folder_else_under_tmp),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
