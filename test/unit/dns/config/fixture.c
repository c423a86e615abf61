/* See the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"

static const char *environment(void *ctx, const char *name)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "ZONE", "cluster.local" },
		{ "TWO", "a b" },
		{ "OPEN", "{" },
		{ "SELF", "{$ZONE}" },
		{ "EMPTY", "" },
	};
	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			return rows[i].value;
		}
	}
	return NULL;
}

/* Files that are only here; their names are compared as they are, "x*" with the beginning. */
static int files(void *ctx, const char *pattern, const char *from, corefile_take_fn take,
	void *take_ctx, char why[COREFILE_WHY_CHARS])
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{ "file/circle", "import file/circle\n" },
		{ "file/one-a", "errors\n" },
		{ "file/one-b", "log\n" },
		{ "file/snippet", "(two) {\nimport file/two\n}\n" },
		{ "file/ttl", "ttl x\n" },
		{ "file/two", "errors\nlog" },
		{ "file/wrong", "errors\nlogg\n" },
	};
	int err = ERR_NOT_FOUND;
	const char *star = strchr(pattern, '*');
	(void)ctx;
	assert_non_null(from);
	if (strcmp(pattern, "file/bad") == 0) {
		(void)snprintf(why, COREFILE_WHY_CHARS, "it is bad");
		return ERR_UNSUPPORTED;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool is = star ? strncmp(rows[i].path, pattern, (size_t)(star - pattern)) == 0
			       : strcmp(rows[i].path, pattern) == 0;
		if (is) {
			err = take(take_ctx, rows[i].path, strv_of(rows[i].text));
		}
		if (is && err) {
			return err;
		}
	}
	return err;
}

void fixture_parse(struct fixture *f, const char *text)
{
	static const struct corefile_source source = {
		.file = "Corefile", .default_port = 53, .env = environment, .files = files
	};
	*f = (struct fixture){ .corefile = NULL };
	f->err = corefile_parse(strv_of(text), &source, &f->corefile, &f->report);
	assert_true((f->err == ERR_OK) == (f->corefile != NULL));
	assert_true((f->err == ERR_OK) == (f->report.text[0] == '\0'));
}

void fixture_parse_directive(struct fixture *f, const char *directive)
{
	char text[2048];
	const char *more = strstr(directive, "kubernetes ") ? "" : "kubernetes cluster.local\n";
	assert_true(snprintf(text, sizeof(text), ".:53 {\n%s\n%s}\n", directive, more) <
		    (int)sizeof(text));
	fixture_parse(f, text);
}

void fixture_deinit(struct fixture *f)
{
	corefile_free(f->corefile);
}

const char *words_text(const struct corefile_words *w)
{
	static char text[1024];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < w->n; i++) {
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%s", i > 0 ? " " : "", w->at[i]);
		assert_true(n < sizeof(text));
	}
	return text;
}

static void check(const struct config_row *row, const struct fixture *f)
{
	const char *mark = "unserved: ";
	bool unserved = row->want && strncmp(row->want, mark, strlen(mark)) == 0;
	if (!row->want && f->err) {
		fail_msg("%s: refused: %s", row->why, f->report.text);
	} else if (!row->want && f->corefile->unserved) {
		fail_msg("%s: not served: %s", row->why, f->corefile->unserved->text);
	} else if (unserved && f->err) {
		fail_msg("%s: refused: %s", row->why, f->report.text);
	} else if (unserved && (!f->corefile->unserved || !strstr(f->corefile->unserved->text,
								  row->want + strlen(mark)))) {
		fail_msg("%s: not said to be unserved", row->why);
	} else if (row->want && !unserved && !f->err) {
		fail_msg("%s: accepted", row->why);
	} else if (row->want && !unserved && !strstr(f->report.text, row->want)) {
		fail_msg("%s: refused for another reason: %s", row->why, f->report.text);
	}
}

void check_directives(const struct config_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct fixture f;
		fixture_parse_directive(&f, rows[i].in);
		check(&rows[i], &f);
		fixture_deinit(&f);
	}
}
