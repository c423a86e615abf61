/* See weights_file.h.
 *
 * open: read -> publish -> timer -> (libuv's thread: read) -> the same text: nothing; another: publish
 * Failure paths: cannot be read, or does not parse -> said once a change, the former weights stand. Closing while it is
 * being read -> waits for that. */
#include "dns/stage/weights_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

struct weights_file {
	uv_timer_t timer;
	uv_work_t work;
	bool reading, closing;
	char *path;
	struct reclaim *reclaim;
	struct weights **place;
	struct buf text; /* as published, or refused */
	struct buf next; /* being read: the worker's */
	int read_err, said_err;
	void (*closed)(void *ctx);
	void *ctx;
};

/* On any thread. */
static int read_text(const char *path, struct buf *out)
{
	int err = ERR_OK;
	FILE *f = fopen(path, "re");
	if (!f) {
		return uv_translate_sys_error(errno);
	}
	while (!err && !feof(f) && out->n <= WEIGHTS_MAX_BYTES) {
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

static void free_retired(struct retired *r)
{
	weights_free(container_of(r, struct weights, retired));
}

static int take_text(struct weights_file *f)
{
	struct weights *w = NULL;
	struct weights_report report;
	int err = weights_parse(buf_strv(&f->text), &w, &report);
	if (err) {
		log_error("dns", "%s:%u: %s; the former weights stand", f->path, report.line,
			report.why[0] ? report.why : err_text(err));
		return err;
	}
	struct weights *old = *f->place;
	PUBLISH(*f->place, w);
	if (old) {
		reclaim_retire(f->reclaim, &old->retired, free_retired);
	}
	log_info("dns", "weights of addresses are those of %s", f->path);
	return ERR_OK;
}

static void say_unread(struct weights_file *f, int err)
{
	if (err != f->said_err) {
		log_warn("dns", "%s cannot be read: %s; this is tried again", f->path,
			err_text(err));
	}
	f->said_err = err;
}

static void on_work(uv_work_t *work)
{
	struct weights_file *f = container_of(work, struct weights_file, work);
	buf_reset(&f->next);
	f->read_err = read_text(f->path, &f->next);
}

static void free_file(struct weights_file *f)
{
	void (*closed)(void *ctx) = f->closed;
	void *ctx = f->ctx;
	weights_free(*f->place);
	*f->place = NULL;
	buf_deinit(&f->text);
	buf_deinit(&f->next);
	free(f->path);
	free(f);
	closed(ctx);
}

static void on_timer_closed(uv_handle_t *h)
{
	free_file(container_of((uv_timer_t *)h, struct weights_file, timer));
}

static void on_read(uv_work_t *work, int status)
{
	struct weights_file *f = container_of(work, struct weights_file, work);
	(void)status; /* never cancelled */
	f->reading = false;
	if (f->closing) {
		uv_close((uv_handle_t *)&f->timer, on_timer_closed);
		return;
	}
	if (f->read_err) {
		say_unread(f, f->read_err);
		return;
	}
	f->said_err = ERR_OK;
	if (!strv_eq(buf_strv(&f->text), buf_strv(&f->next))) {
		struct buf old = f->text;
		f->text = f->next;
		f->next = old;
		(void)take_text(f); /* said */
	}
}

static void on_timer(uv_timer_t *t)
{
	struct weights_file *f = container_of(t, struct weights_file, timer);
	if (!f->reading) {
		f->reading = uv_queue_work(t->loop, &f->work, on_work, on_read) == 0;
	}
}

static int begin(struct weights_file *f, const char *path, int64_t reload_ms)
{
	struct weights_report report;
	f->path = strdup(path);
	int err = f->path ? weights_parse(STRV_NONE, f->place, &report) : ERR_NOMEM;
	if (err) {
		return err;
	}
	err = read_text(path, &f->text);
	if (!err) {
		return take_text(f);
	}
	if (err == ERR_NOMEM || reload_ms == 0) {
		log_error("dns", "%s cannot be read: %s", path, err_text(err));
		return err;
	}
	say_unread(f, err);
	return ERR_OK;
}

int weights_file_open(uv_loop_t *loop, struct reclaim *rc, const char *path, int64_t reload_ms,
	struct weights **place, struct weights_file **out)
{
	struct weights_file *f = calloc(1, sizeof(*f));
	if (!f) {
		return ERR_NOMEM;
	}
	f->reclaim = rc;
	f->place = place;
	buf_init(&f->text);
	buf_init(&f->next);
	int err = begin(f, path, reload_ms);
	if (err) {
		weights_free(*place);
		*place = NULL;
		buf_deinit(&f->text);
		free(f->path);
		free(f);
		return err;
	}
	(void)uv_timer_init(loop, &f->timer); /* cannot fail */
	if (reload_ms > 0) {
		/* open, callback given */
		(void)uv_timer_start(&f->timer, on_timer, (uint64_t)reload_ms, (uint64_t)reload_ms);
	}
	*out = f;
	return ERR_OK;
}

void weights_file_close(struct weights_file *f, void (*closed)(void *ctx), void *ctx)
{
	f->closing = true;
	f->closed = closed;
	f->ctx = ctx;
	(void)uv_timer_stop(&f->timer); /* it is open */
	if (!f->reading) {
		uv_close((uv_handle_t *)&f->timer, on_timer_closed);
	}
}
