/* See serve_files.h. */
#include "serve_files.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/err.h"

int serve_files_read(const char *path, struct buf *out)
{
	int err = ERR_OK;
	FILE *f = fopen(path, "re");
	if (!f) {
		return errno == ENOENT ? ERR_NOT_FOUND : uv_translate_sys_error(errno);
	}
	while (!err && !feof(f) && out->n <= COREFILE_MAX_BYTES) {
		char *room = buf_reserve(out, 4096);
		if (!room) {
			err = ERR_NOMEM;
			break;
		}
		buf_grown(out, fread(room, 1, 4096, f));
		err = ferror(f) ? uv_translate_sys_error(errno) : ERR_OK;
	}
	(void)fclose(f); /* only read */
	return err;
}

static size_t count(const char *text, char c)
{
	size_t n = 0;
	for (; *text; text++) {
		n += *text == c;
	}
	return n;
}

static int read_each(
	const glob_t *found, corefile_take_fn take, void *take_ctx, char why[COREFILE_WHY_CHARS])
{
	int err = found->gl_pathc > 0 ? ERR_OK : ERR_NOT_FOUND;
	for (size_t i = 0; i < found->gl_pathc && !err; i++) {
		const char *path = found->gl_pathv[i];
		struct buf text;
		buf_init(&text);
		err = serve_files_read(path, &text);
		if (err) {
			(void)snprintf(why, COREFILE_WHY_CHARS, "%.200s: %s", path,
				err_text(err)); /* cut at worst */
			err = err == ERR_NOT_FOUND ? UV_ENOENT : err;
		} else {
			err = take(take_ctx, path, buf_strv(&text));
		}
		buf_deinit(&text);
	}
	return err;
}

int serve_files_import(void *ctx, const char *pattern, const char *from, corefile_take_fn take,
	void *take_ctx, char why[COREFILE_WHY_CHARS])
{
	const char *slash = strrchr(from, '/');
	const int folder = pattern[0] != '/' && slash ? (int)(slash - from) + 1 : 0;
	glob_t found;
	struct buf path;
	(void)ctx;
	if (count(pattern, '*') > 1 || count(pattern, '?') > 1 ||
		(strchr(pattern, '[') && strchr(pattern, ']'))) {
		(void)snprintf(why, COREFILE_WHY_CHARS,
			"%.150s: wants one * and one ? at most, and no brackets",
			pattern); /* cut at worst */
		return ERR_UNSUPPORTED;
	}
	buf_init(&path);
	buf_printf(&path, "%.*s%s", folder, from, pattern);
	buf_add_char(&path, '\0');
	int err = path.err;
	if (!err) {
		int failed = glob(path.p, 0, NULL, &found);
		err = failed == GLOB_NOSPACE ? ERR_NOMEM
		      : failed               ? ERR_NOT_FOUND
					     : read_each(&found, take, take_ctx, why);
		globfree(&found);
	}
	buf_deinit(&path);
	return err;
}
