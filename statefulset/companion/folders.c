/* Folders of volumes. Regime: see folders.h.
 * Happy path: job queued -> thread pool -> done on the loop. Failure path: done gets the error; closed meanwhile: nobody is
 * told, the last job frees. */
#include "statefulset/companion/folders.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

#define DEFAULT_ROOT "/var/lib/ordinal"
#define OPEN_FOLDERS 16 /* descriptors that removal may use */

struct folders {
	uv_loop_t *loop;
	char root[PATH_MAX];
	bool real;
	bool closing;
	size_t jobs;
	folders_fn done;
	void *ctx;
};

struct job {
	uv_work_t work;
	struct folders *folders;
	bool remove;
	int err;
	size_t ns_n, name_n;
	char path[PATH_MAX];
	char key[]; /* ns name */
};

int folders_open(
	uv_loop_t *loop, const char *data_dir, folders_fn done, void *ctx, struct folders **out)
{
	struct folders *f = calloc(1, sizeof(*f));
	if (!f) {
		return ERR_NOMEM;
	}
	f->loop = loop;
	f->done = done;
	f->ctx = ctx;
	f->real = data_dir != NULL;
	if (!data_dir) {
		(void)snprintf(f->root, sizeof(f->root), "%s", DEFAULT_ROOT);
	} else if (!realpath(data_dir, f->root)) {
		int err = uv_translate_sys_error(errno);
		free(f);
		return err;
	}
	*out = f;
	return ERR_OK;
}

void folders_close(struct folders *f)
{
	if (f) {
		f->closing = true;
		if (f->jobs == 0) {
			free(f);
		}
	}
}

bool folders_are_real(const struct folders *f)
{
	return f->real;
}

int folders_path(const struct folders *f, struct strv volume, struct strv ns, struct strv claim,
	char *out, size_t size)
{
	int n = snprintf(out, size, "%s/%.*s_%.*s_%.*s", f->root, STRV_ARG(volume), STRV_ARG(ns),
		STRV_ARG(claim));
	return n > 0 && (size_t)n < size ? ERR_OK : ERR_NO_SPACE;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* On a thread of the pool. */
static void on_work(uv_work_t *work)
{
	struct job *j = container_of(work, struct job, work);
	int failed;
	if (j->remove) {
		/* FTW_PHYS: a link is removed, what it points at is not */
		failed = nftw(j->path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	} else {
		failed = mkdir(j->path, 0755);
	}
	bool fine = !failed || errno == (j->remove ? ENOENT : EEXIST);
	j->err = fine ? ERR_OK : uv_translate_sys_error(errno);
}

static void on_done(uv_work_t *work, int status)
{
	struct job *j = container_of(work, struct job, work);
	struct folders *f = j->folders;
	f->jobs--;
	if (f->closing) {
		if (f->jobs == 0) {
			free(f);
		}
	} else {
		f->done(f->ctx, (struct strv){ j->key, j->ns_n },
			(struct strv){ j->key + j->ns_n, j->name_n }, status ? status : j->err);
	}
	free(j);
}

NODISCARD static int job_start(
	struct folders *f, bool removes, const char *path, struct strv ns, struct strv name)
{
	size_t root = strlen(f->root);
	if (strncmp(path, f->root, root) != 0 || path[root] != '/' ||
		strchr(path + root + 1, '/') || strcmp(path + root, "/..") == 0 ||
		strcmp(path + root, "/.") == 0 || path[root + 1] == '\0' ||
		strlen(path) >= PATH_MAX) {
		return ERR_RANGE;
	}
	struct job *j = calloc(1, sizeof(*j) + ns.n + name.n + 1);
	if (!j) {
		return ERR_NOMEM;
	}
	j->folders = f;
	j->remove = removes;
	j->ns_n = ns.n;
	j->name_n = name.n;
	memcpy(j->path, path, strlen(path) + 1);
	if (ns.n > 0) {
		memcpy(j->key, ns.p, ns.n);
	}
	memcpy(j->key + ns.n, name.p, name.n);
	int err = uv_queue_work(f->loop, &j->work, on_work, on_done);
	if (err) {
		free(j);
		return err;
	}
	f->jobs++;
	return ERR_OK;
}

int folders_make(struct folders *f, const char *path, struct strv ns, struct strv name)
{
	return job_start(f, false, path, ns, name);
}

int folders_remove(struct folders *f, const char *path, struct strv ns, struct strv name)
{
	return job_start(f, true, path, ns, name);
}
