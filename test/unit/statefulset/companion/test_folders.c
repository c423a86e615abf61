/* Folders of volumes: made, removed with what is in them, and nothing else touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"
#include "statefulset/companion/folders.h"

struct place {
	uv_loop_t loop;
	struct folders *folders;
	char root[64];
	int told, err;
	char ns[20], name[20];
};

static void on_done(void *ctx, struct strv ns, struct strv name, int err)
{
	struct place *p = ctx;
	p->told++;
	p->err = err;
	(void)snprintf(p->ns, sizeof(p->ns), "%.*s", STRV_ARG(ns));
	(void)snprintf(p->name, sizeof(p->name), "%.*s", STRV_ARG(name));
}

static void place_init(struct place *p)
{
	*p = (struct place){ .root = "/tmp/ordinal-folders-XXXXXX" };
	assert_non_null(mkdtemp(p->root));
	assert_int_equal(uv_loop_init(&p->loop), 0);
	assert_int_equal(folders_open(&p->loop, p->root, on_done, p, &p->folders), 0);
}

static void place_deinit(struct place *p)
{
	folders_close(p->folders);
	(void)uv_run(&p->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&p->loop), 0);
	assert_int_equal(rmdir(p->root), 0); /* nothing is left in it */
}

static const char *path_of(struct place *p, const char *volume)
{
	static char path[PATH_MAX];
	assert_int_equal(folders_path(p->folders, strv_of(volume), STRV("ns"), STRV("data"), path,
				 sizeof(path)),
		ERR_OK);
	return path;
}

static int is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static void touch(const char *folder, const char *name)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_CREAT | O_WRONLY, 0644);
	assert_true(fd >= 0);
	close(fd);
}

static void a_folder_is_made_and_removed_with_all_that_is_in_it(void **state)
{
	(void)state;
	struct place p;
	place_init(&p);
	const char *path = path_of(&p, "pvc-1");
	assert_int_equal(folders_make(p.folders, path, STRV("ns"), STRV("data")), 0);
	assert_int_equal(p.told, 0); /* not before the call has returned */
	(void)uv_run(&p.loop, UV_RUN_DEFAULT);
	assert_int_equal(p.told, 1);
	assert_int_equal(p.err, 0);
	assert_string_equal(p.ns, "ns");
	assert_string_equal(p.name, "data");
	assert_true(is_there(path));
	touch(path, "file");
	char inner[PATH_MAX];
	(void)snprintf(inner, sizeof(inner), "%s/inner", path);
	assert_int_equal(mkdir(inner, 0755), 0);
	touch(inner, "file");
	assert_int_equal(folders_remove(p.folders, path, STRV_NONE, STRV("v")), 0);
	(void)uv_run(&p.loop, UV_RUN_DEFAULT);
	assert_int_equal(p.err, 0);
	assert_false(is_there(path));
	place_deinit(&p);
}

static void what_is_there_already_or_gone_already_is_no_error(void **state)
{
	(void)state;
	struct place p;
	place_init(&p);
	const char *path = path_of(&p, "pvc-1");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(folders_make(p.folders, path, STRV("ns"), STRV("data")), 0);
		(void)uv_run(&p.loop, UV_RUN_DEFAULT);
		assert_int_equal(p.err, 0);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(folders_remove(p.folders, path, STRV_NONE, STRV("v")), 0);
		(void)uv_run(&p.loop, UV_RUN_DEFAULT);
		assert_int_equal(p.err, 0);
	}
	place_deinit(&p);
}

static void a_link_is_removed_and_not_what_it_points_at(void **state)
{
	(void)state;
	struct place p;
	place_init(&p);
	char outside[] = "/tmp/ordinal-outside-XXXXXX";
	char link[PATH_MAX];
	assert_non_null(mkdtemp(outside));
	touch(outside, "precious");
	const char *path = path_of(&p, "pvc-1");
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(link, sizeof(link), "%s/link", path);
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(folders_remove(p.folders, path, STRV_NONE, STRV("v")), 0);
	(void)uv_run(&p.loop, UV_RUN_DEFAULT);
	assert_false(is_there(path));
	(void)snprintf(link, sizeof(link), "%s/precious", outside);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(rmdir(outside), 0);
	place_deinit(&p);
}

static void paths_that_are_not_directly_below_the_root_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *why, *suffix;
	} rows[] = {
		{ "the root itself", "" },
		{ "the root with a slash", "/" },
		{ "a folder of a folder", "/a/b" },
		{ "the folder above", "/.." },
		{ "the root once more", "/." },
		{ "a neighbour whose name begins alike", "-neighbour" },
	};
	struct place p;
	place_init(&p);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[PATH_MAX];
		(void)snprintf(path, sizeof(path), "%s%s", p.root, rows[i].suffix);
		if (folders_remove(p.folders, path, STRV_NONE, STRV("v")) != ERR_RANGE ||
			folders_make(p.folders, path, STRV("ns"), STRV("c")) != ERR_RANGE) {
			fail_msg("%s", rows[i].why);
		}
	}
	assert_int_equal(folders_remove(p.folders, "/etc", STRV_NONE, STRV("v")), ERR_RANGE);
	place_deinit(&p);
}

static void a_failure_is_told_with_its_reason(void **state)
{
	(void)state;
	struct place p;
	place_init(&p);
	const char *path = path_of(&p, "pvc-1");
	assert_int_equal(rmdir(p.root), 0);
	assert_int_equal(folders_make(p.folders, path, STRV("ns"), STRV("data")), 0);
	(void)uv_run(&p.loop, UV_RUN_DEFAULT);
	assert_int_equal(p.err, UV_ENOENT);
	assert_int_equal(mkdir(p.root, 0755), 0);
	place_deinit(&p);
}

static void nobody_is_told_after_closing(void **state)
{
	(void)state;
	struct place p;
	place_init(&p);
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s", path_of(&p, "pvc-1"));
	assert_int_equal(folders_make(p.folders, path, STRV("ns"), STRV("data")), 0);
	folders_close(p.folders);
	p.folders = NULL;
	(void)uv_run(&p.loop, UV_RUN_DEFAULT);
	assert_int_equal(p.told, 0);
	(void)rmdir(path);
	place_deinit(&p);
}

static void without_a_folder_of_their_own_volumes_have_paths_only(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct folders *f = NULL;
	char path[PATH_MAX];
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(folders_open(&loop, NULL, on_done, NULL, &f), 0);
	assert_false(folders_are_real(f));
	assert_int_equal(
		folders_path(f, STRV("pvc-1"), STRV("ns"), STRV("data"), path, sizeof(path)), 0);
	assert_string_equal(path, "/var/lib/ordinal/pvc-1_ns_data");
	assert_int_equal(
		folders_path(f, STRV("pvc-1"), STRV("ns"), STRV("data"), path, 10), ERR_NO_SPACE);
	folders_close(f);
	assert_int_equal(folders_open(&loop, "/does/not/exist", on_done, NULL, &f), UV_ENOENT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_is_made_and_removed_with_all_that_is_in_it),
		cmocka_unit_test(what_is_there_already_or_gone_already_is_no_error),
		cmocka_unit_test(a_link_is_removed_and_not_what_it_points_at),
		cmocka_unit_test(paths_that_are_not_directly_below_the_root_are_refused),
		cmocka_unit_test(a_failure_is_told_with_its_reason),
		cmocka_unit_test(nobody_is_told_after_closing),
		cmocka_unit_test(without_a_folder_of_their_own_volumes_have_paths_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
