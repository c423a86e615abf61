/* See credentials.h.
 *
 *	READY --token older than a minute, expired, refused--> RENEWING --file read / plugin ended--> READY
 * Failure paths: file unreadable, plugin fails, prints nonsense, or takes over a minute -> said in the log, what was there
 * stays in use; the server then says 401, and the caller's back-off paces the next try. */
#include "watch/remote/credentials.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

#define REREAD_MS        60000
#define PLUGIN_MS        60000u
#define PLUGIN_MAX       ((size_t)1 << 20)
#define EXPIRES_EARLY_MS 10000 /* the clocks of two machines differ */
#define REFUSED_EVERY_MS                                                                           \
	5000 /* a server that always says 401 does not make plugins run all the time */
#define CHUNK 4096

struct credentials {
	uv_loop_t *loop;
	struct clock *clock;
	const struct access *access;
	struct credentials_wait *waits, **waits_end;
	char *token;        /* heap; of the file or the plugin */
	struct arena arena; /* of the plugin's certificate and key */
	struct http_tls tls;
	int64_t renewed_ms; /* by the clock; 0: never */
	int64_t expires_ms; /* 0: never */
	bool refused, renewing, closing;
	size_t live; /* open handles and requests in flight, 1 for ourselves */
	void (*on_closed)(void *ctx);
	void *ctx;
	uv_work_t work; /* reading the file */
	struct arena work_arena;
	struct strv work_text;
	int work_err;
	uv_process_t process; /* the plugin */
	uv_pipe_t out;
	uv_timer_t limit;
	struct buf printed;
	char chunk[CHUNK];
	unsigned plugin_parts; /* of it that are still open */
	int64_t exit_status;
	bool too_slow;
};

static void drop(struct credentials *c)
{
	REQUIRE(c->live > 0);
	if (--c->live > 0) {
		return;
	}
	void (*cb)(void *ctx) = c->on_closed;
	void *ctx = c->ctx;
	arena_deinit(&c->arena);
	arena_deinit(&c->work_arena);
	buf_deinit(&c->printed);
	free(c->token);
	free(c);
	if (cb) {
		cb(ctx);
	}
}

/* Renewal is over, well or not. */
static void renewed(struct credentials *c)
{
	c->renewing = false;
	c->refused = false;
	c->renewed_ms = clock_now_ms(c->clock);
	while (c->waits && !c->closing) {
		struct credentials_wait *w = c->waits;
		credentials_forget(c, w);
		w->fn(w);
	}
}

static void set_token(struct credentials *c, struct strv token)
{
	char *copy = strndup(token.n > 0 ? token.p : "", token.n);
	if (copy) {
		free(c->token);
		c->token = copy;
	}
}

/* A file that rotates */

static void read_file(uv_work_t *w)
{
	struct credentials *c = container_of(w, struct credentials, work);
	c->work_err = access_read_file(&c->work_arena, c->access->token_file, &c->work_text);
}

static void on_file(uv_work_t *w, int status)
{
	struct credentials *c = container_of(w, struct credentials, work);
	if (!c->closing) {
		struct strv token = status == 0 && c->work_err == ERR_OK ? strv_trim(c->work_text)
									 : STRV_NONE;
		if (token.n > 0) {
			set_token(c, token);
		} else {
			log_warn("api", "token file %s: %s; the token read before stays in use",
				c->access->token_file,
				c->work_err ? err_text(c->work_err) : "is empty");
		}
		renewed(c);
	}
	arena_reset(&c->work_arena);
	drop(c);
}

/* A plugin */

static void take_status(struct credentials *c, const struct json *status)
{
	struct strv token = json_str(json_get(status, "token"));
	struct strv cert = json_str(json_get(status, "clientCertificateData"));
	struct strv key = json_str(json_get(status, "clientKeyData"));
	struct strv expires = json_str(json_get(status, "expirationTimestamp"));
	c->expires_ms = 0;
	if (expires.n > 0 && clock_parse(expires.p, expires.n, &c->expires_ms) != ERR_OK) {
		log_warn("api", "exec plugin %s: expirationTimestamp is not a time",
			c->access->exec.command);
	}
	if (token.n > 0) {
		set_token(c, token);
	}
	if (cert.n > 0 && key.n > 0) {
		arena_reset(&c->arena);
		c->tls.cert_pem = arena_strdup(&c->arena, cert);
		c->tls.key_pem = arena_strdup(&c->arena, key);
	}
	if (token.n == 0 && cert.n == 0) {
		log_warn("api", "exec plugin %s gave neither token nor certificate",
			c->access->exec.command);
	}
}

static void plugin_ended(struct credentials *c)
{
	struct json *tree = NULL;
	struct arena a;
	arena_init(&a, 0);
	if (c->closing) {
		goto out;
	}
	if (c->too_slow || c->exit_status != 0) {
		log_warn("api", "exec plugin %s %s (exit %lld)", c->access->exec.command,
			c->too_slow ? "took too long" : "failed", (long long)c->exit_status);
	} else if (c->printed.err != ERR_OK ||
		   json_parse(&a, buf_strv(&c->printed), &tree, NULL) != ERR_OK ||
		   !strv_eq(json_str(json_get(tree, "kind")), STRV("ExecCredential"))) {
		log_warn("api", "exec plugin %s did not print an ExecCredential",
			c->access->exec.command);
	} else {
		take_status(c, json_get(tree, "status"));
	}
	renewed(c);
out:
	arena_deinit(&a);
	buf_deinit(&c->printed); /* secrets are not kept */
	buf_init(&c->printed);
}

static void part_closed(struct credentials *c)
{
	if (--c->plugin_parts == 0) {
		plugin_ended(c);
	}
	drop(c);
}

static void on_process_closed(uv_handle_t *h)
{
	part_closed(container_of((uv_process_t *)h, struct credentials, process));
}

static void on_out_closed(uv_handle_t *h)
{
	part_closed(container_of((uv_pipe_t *)h, struct credentials, out));
}

static void on_limit_closed(uv_handle_t *h)
{
	part_closed(container_of((uv_timer_t *)h, struct credentials, limit));
}

static void on_exit_(uv_process_t *p, int64_t status, int signal)
{
	struct credentials *c = container_of(p, struct credentials, process);
	c->exit_status = status != 0 ? status : signal;
	uv_close((uv_handle_t *)p, on_process_closed);
	if (!uv_is_closing((uv_handle_t *)&c->limit)) {
		uv_close((uv_handle_t *)&c->limit, on_limit_closed);
	}
}

static void on_limit(uv_timer_t *t)
{
	struct credentials *c = container_of(t, struct credentials, limit);
	c->too_slow = true;
	(void)uv_kill(-c->process.pid, SIGKILL); /* its children too; may have ended just now */
	if (!uv_is_closing((uv_handle_t *)&c->out)) { /* its children may hold the pipe */
		uv_close((uv_handle_t *)&c->out, on_out_closed);
	}
}

static void on_alloc(uv_handle_t *h, size_t wish, uv_buf_t *out)
{
	struct credentials *c = container_of((uv_pipe_t *)h, struct credentials, out);
	(void)wish;
	*out = uv_buf_init(c->chunk, CHUNK);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct credentials *c = container_of((uv_pipe_t *)s, struct credentials, out);
	if (n > 0 && c->printed.n + (size_t)n <= PLUGIN_MAX) {
		buf_add(&c->printed, (struct strv){ b->base, (size_t)n });
		return;
	}
	if (n != 0 && !uv_is_closing((uv_handle_t *)s)) {
		uv_close((uv_handle_t *)s, on_out_closed);
	}
}

/* KUBERNETES_EXEC_INFO: what the plugin is asked. */
static struct strv exec_info(const struct credentials *c, struct arena *a)
{
	const struct access *k = c->access;
	struct json *o = json_new_object(a);
	struct json *spec = o ? json_ensure_object(a, o, "spec") : NULL;
	if (!spec || json_set_str(a, o, "apiVersion", strv_of(k->exec.api_version)) != ERR_OK ||
		json_set_str(a, o, "kind", STRV("ExecCredential")) != ERR_OK ||
		json_set_bool(a, spec, "interactive", false) != ERR_OK) {
		return STRV_NONE;
	}
	if (k->exec.provide_cluster) {
		struct json *cluster = json_ensure_object(a, spec, "cluster");
		if (!cluster || json_set_str(a, cluster, "server", strv_of(k->server)) != ERR_OK ||
			json_set_bool(a, cluster, "insecure-skip-tls-verify", k->tls.insecure) !=
				ERR_OK) {
			return STRV_NONE;
		}
	}
	return json_text(a, o);
}

static char **plugin_env(const struct credentials *c, struct arena *a)
{
	size_t n = 0;
	size_t used = 0;
	for (char **e = environ; *e; e++) {
		n++;
	}
	for (char **e = c->access->exec.env; *e; e++) {
		n++;
	}
	char **out = arena_array(a, char *, n + 2);
	struct strv info = exec_info(c, a);
	if (!out || !info.p) {
		return NULL;
	}
	/* Of two entries with one name getenv finds the first: the plugin's own win. */
	out[used++] = (char *)(uintptr_t)arena_printf(a, "KUBERNETES_EXEC_INFO=%s", info.p).p;
	for (char **e = c->access->exec.env; *e; e++) {
		out[used++] = *e;
	}
	for (char **e = environ; *e; e++) {
		out[used++] = *e;
	}
	return out[0] ? out : NULL;
}

static void plugin_start(struct credentials *c)
{
	struct arena a;
	uv_stdio_container_t io[3] = { { .flags = UV_IGNORE },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE }, { .flags = UV_INHERIT_FD } };
	io[1].data.stream = (uv_stream_t *)&c->out;
	io[2].data.fd = STDERR_FILENO;
	arena_init(&a, 0);
	uv_process_options_t options = { .exit_cb = on_exit_,
		.file = c->access->exec.command,
		.args = c->access->exec.args,
		.env = plugin_env(c, &a),
		.flags = UV_PROCESS_DETACHED, /* a group of its own, and no terminal to ask at */
		.stdio = io,
		.stdio_count = 3 };
	(void)uv_pipe_init(c->loop, &c->out, 0); /* cannot fail */
	(void)uv_timer_init(c->loop, &c->limit); /* cannot fail */
	c->plugin_parts = 3;
	c->live += 3;
	c->too_slow = false;
	int err = options.env ? uv_spawn(c->loop, &c->process, &options) : UV_ENOMEM;
	arena_deinit(&a);
	if (err == 0) {
		err = uv_read_start((uv_stream_t *)&c->out, on_alloc, on_read);
		(void)uv_timer_start(&c->limit, on_limit, PLUGIN_MS, 0); /* cannot fail */
	} else {
		log_warn("api", "exec plugin %s: %s", options.file, err_text(err));
		c->exit_status = err;
		if (options.env) {
			uv_close((uv_handle_t *)&c->process, on_process_closed);
		} else {
			c->plugin_parts--; /* never became a handle */
			c->live--;
		}
		uv_close((uv_handle_t *)&c->limit, on_limit_closed);
	}
	if (err != 0) {
		uv_close((uv_handle_t *)&c->out, on_out_closed);
	}
}

/* The whole */

static bool is_fresh(const struct credentials *c)
{
	const struct access *k = c->access;
	if (!k->token_file && !k->exec.command) {
		return true;
	}
	int64_t now = clock_now_ms(c->clock);
	if (c->renewed_ms == 0 || (c->refused && now - c->renewed_ms >= REFUSED_EVERY_MS)) {
		return false;
	}
	return k->token_file ? now - c->renewed_ms < REREAD_MS
			     : c->expires_ms == 0 || now < c->expires_ms - EXPIRES_EARLY_MS ||
				       now - c->renewed_ms < REFUSED_EVERY_MS;
}

static void renew(struct credentials *c)
{
	c->renewing = true;
	if (!c->access->token_file) {
		plugin_start(c);
		return;
	}
	c->live++;
	c->work_err = ERR_NOMEM;
	int err = uv_queue_work(c->loop, &c->work, read_file, on_file);
	REQUIRE(err == 0); /* it fails without a callback only */
}

bool credentials_ready(struct credentials *c, struct credentials_wait *w)
{
	if (!c->renewing && is_fresh(c)) {
		return true;
	}
	if (!w->queued) {
		w->queued = true;
		w->next = NULL;
		*c->waits_end = w;
		c->waits_end = &w->next;
	}
	if (!c->renewing) {
		renew(c);
	}
	return false;
}

void credentials_forget(struct credentials *c, struct credentials_wait *w)
{
	if (!w->queued) {
		return;
	}
	struct credentials_wait **at = &c->waits;
	while (*at != w) {
		at = &(*at)->next;
	}
	*at = w->next;
	if (!*at) {
		c->waits_end = at;
	}
	w->queued = false;
}

void credentials_refused(struct credentials *c)
{
	c->refused = true;
}

const char *credentials_token(const struct credentials *c)
{
	return c->token ? c->token : c->access->token;
}

const struct http_tls *credentials_tls(const struct credentials *c)
{
	return &c->tls;
}

int credentials_open(
	uv_loop_t *loop, struct clock *clock, const struct access *access, struct credentials **out)
{
	struct credentials *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->loop = loop;
	c->clock = clock;
	c->access = access;
	c->tls = access->tls;
	c->waits_end = &c->waits;
	c->live = 1;
	arena_init(&c->arena, 0);
	arena_init(&c->work_arena, 0);
	buf_init(&c->printed);
	*out = c;
	return ERR_OK;
}

void credentials_close(struct credentials *c, void (*cb)(void *ctx), void *ctx)
{
	c->closing = true;
	c->on_closed = cb;
	c->ctx = ctx;
	while (c->waits) {
		credentials_forget(c, c->waits);
	}
	if (c->plugin_parts > 0) {
		if (!uv_is_closing((uv_handle_t *)&c->limit)) {
			on_limit(&c->limit);
		} else if (!uv_is_closing((uv_handle_t *)&c->out)) {
			uv_close((uv_handle_t *)&c->out, on_out_closed);
		}
	}
	drop(c);
}
