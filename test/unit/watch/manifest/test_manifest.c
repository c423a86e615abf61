/* Manifests: what becomes a document, what is refused with its place, which files of a folder are read. */
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
#include "watch/manifest/manifest.h"

#define CM(name) "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\n"

/* "Kind ns/name@place " of every document. */
static const char *listed(const struct manifest *m)
{
	static char text[1000];
	size_t at = 0;
	text[0] = '\0';
	for (size_t i = 0; i < manifest_count(m); i++) {
		const struct manifest_doc *d = manifest_at(m, i);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s %.*s/%.*s@%.*s ",
			kind_row(d->kind)->name, STRV_ARG(d->ns), STRV_ARG(d->name),
			STRV_ARG(d->place));
	}
	return text;
}

static const struct {
	const char *why, *text, *want;
	size_t bad;
} rows[] = {
	{ "one document", CM("a"), "ConfigMap default/a@f:1 ", 0 },
	{ "several documents know their lines", CM("a") "---\n" CM("b"),
		"ConfigMap default/a@f:1 ConfigMap default/b@f:5 ", 0 },
	{ "a namespace of its own",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\n", "Pod ns/p@f:1 ",
		0 },
	{ "a kind without namespaces has none",
		"apiVersion: v1\nkind: Node\nmetadata: {name: nd, namespace: x}\n", "Node /nd@f:1 ",
		0 },
	{ "a name to be made is as good",
		"apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n", "Pod default/@f:1 ",
		0 },
	{ "a list is its items",
		"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: "
		"p}}, "
		"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Node, metadata: "
		"{name: nd}}]}]}",
		"Pod default/p@f:1 Node /nd@f:1 ", 0 },
	{ "a bad item spoils no other",
		"{apiVersion: v1, kind: List, items: [7, {apiVersion: v1, kind: Pod, metadata: "
		"{name: p}}]}",
		"Pod default/p@f:1 ", 1 },
	{ "a bad document spoils no other", CM("a") "---\nkind: What\n---\n" CM("b"),
		"ConfigMap default/a@f:1 ConfigMap default/b@f:7 ", 1 },
	{ "text that is no YAML ends the file", CM("a") "---\na: [1\n", "ConfigMap default/a@f:1 ",
		1 },
	{ "a kind that is not served", "apiVersion: acme/v1\nkind: Rocket\nmetadata: {name: r}\n",
		"", 1 },
	{ "a kind that is only read",
		"apiVersion: multicluster.x-k8s.io/v1alpha1\nkind: ServiceImport\n"
		"metadata: {name: r}\n",
		"", 1 },
	{ "a kind of another group", "apiVersion: v1\nkind: StatefulSet\nmetadata: {name: r}\n", "",
		1 },
	{ "no name", "apiVersion: v1\nkind: Pod\nmetadata: {}\n", "", 1 },
	{ "metadata that is none", "apiVersion: v1\nkind: Pod\nmetadata: text\n", "", 1 },
	{ "no kind", "apiVersion: v1\nmetadata: {name: p}\n", "", 1 },
	{ "a list at the top", "- 1\n- 2\n", "", 1 },
	{ "nothing", "", "", 0 },
	{ "marks and comments only", "---\n# nothing\n---\n", "", 0 },
	{ "JSON is YAML", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"}}",
		"Pod default/p@f:1 ", 0 },
};

static void text_becomes_documents_and_complaints(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct manifest *m = NULL;
		assert_int_equal(manifest_parse(strv_of(rows[i].text), "f", &m), ERR_OK);
		if (strcmp(listed(m), rows[i].want) != 0 || manifest_bad(m) != rows[i].bad) {
			fail_msg("%s: %s, %zu bad", rows[i].why, listed(m), manifest_bad(m));
		}
		manifest_free(m);
	}
}

static void file_write(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void file_remove(const char *folder, const char *name)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(remove(path), 0);
}

static void manifests_of_a_folder_are_read_by_name_and_other_files_are_not(void **state)
{
	(void)state;
	char folder[] = "/tmp/ordinal-manifest-XXXXXX";
	assert_non_null(mkdtemp(folder));
	file_write(folder, "2.yml", CM("b"));
	file_write(folder, "1.yaml", CM("a"));
	file_write(folder, "3.json",
		"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}");
	file_write(folder, "notes.txt", "not: [a manifest");
	const char *items[] = { folder };
	struct option_list list = { .items = items, .n = 1 };
	struct manifest *m = NULL;
	assert_int_equal(manifest_load(&list, &m), ERR_OK);
	assert_int_equal(manifest_count(m), 3);
	assert_int_equal(manifest_bad(m), 0);
	assert_true(strv_eq(manifest_at(m, 0)->name, STRV("a")));
	assert_true(strv_eq(manifest_at(m, 2)->name, STRV("c")));
	assert_true(strv_has_suffix(manifest_at(m, 1)->place, STRV("/2.yml:1")));
	manifest_free(m);
	file_remove(folder, "1.yaml");
	file_remove(folder, "2.yml");
	file_remove(folder, "3.json");
	assert_int_equal(manifest_load(&list, &m), UV_ENOENT); /* nothing to apply is a mistake */
	file_remove(folder, "notes.txt");
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(manifest_load(&list, &m), UV_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_documents_and_complaints),
		cmocka_unit_test(manifests_of_a_folder_are_read_by_name_and_other_files_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
