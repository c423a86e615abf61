/* Listening and the loop side of the HTTP server: libmicrohttpd runs in its external epoll mode,
 * its epoll descriptor sits in a uv_poll_t, its next deadline in a uv_timer_t. Source:
 * libmicrohttpd manual, "Using select/poll/epoll with an external event loop". Regime: owned heap
 * object, freed when its last handle is closed. Called by: watch/embedded, dns/ops.
 *
 * Happy path: open -> poll readable -> drive -> (http_exchange.c).
 * Failure paths: socket, bind or listen fails -> its errno; no daemon -> ERR_LIBRARY; close ->
 * every exchange is abandoned, suspended ones resumed (the library insists), daemon stopped,
 * handles closed, memory freed, cb. */
#include "base/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/http_internal.h"

#define DEFAULT_BODY_BYTES ((size_t)3 << 20) /* kube-apiserver's limit of a request body */
#define CONNECTION_BYTES                                                                           \
	((size_t)64 << 10) /* head and one chunk; pages are touched on use only \
					       */
#define BACKLOG              1024
#define IDLE_TIMEOUT_S       150u /* longer than Go's 90 s of idle keep-alive */
#define DESCRIPTORS_RESERVED 256u /* for DNS sockets, files, others */
#define RUNS_PER_TURN        32

/* As many descriptors as we may have: a thousand watchers are nothing unusual. Returns the limit.
 */
static unsigned raise_descriptors(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0) {
		return 1024;
	}
	if (r.rlim_cur < r.rlim_max) {
		rlim_t before = r.rlim_cur;
		r.rlim_cur = r.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &r) != 0) {
			r.rlim_cur = before;
		}
	}
	return r.rlim_cur > 1000000 ? 1000000 : (unsigned)r.rlim_cur;
}

static int parse_address(
	const char *host, unsigned port, struct sockaddr_storage *out, socklen_t *n)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	*out = (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
	if (port > 65535) {
		return UV_EINVAL;
	}
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		memcpy(out, &v4, sizeof(v4));
		*n = sizeof(v4);
		return ERR_OK;
	}
	if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
		memcpy(out, &v6, sizeof(v6));
		*n = sizeof(v6);
		return ERR_OK;
	}
	return UV_EINVAL;
}

/* The listening socket, made here because the library would not say why it failed. */
static int listen_on(struct http_server *s, const char *host, unsigned port, int *out_fd)
{
	socklen_t n = 0;
	const int on = 1;
	int r = parse_address(host, port, &s->address, &n);
	if (r != ERR_OK) {
		return r;
	}
	int fd = socket(s->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return uv_translate_sys_error(errno);
	}
	/* Accepted sockets inherit TCP_NODELAY. Both options are best effort. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&s->address, n) != 0 || listen(fd, BACKLOG) != 0 ||
		getsockname(fd, (struct sockaddr *)&s->address, &n) != 0) {
		r = uv_translate_sys_error(errno);
		(void)close(fd); /* nothing was written to it */
		return r;
	}
	in_port_t be = s->address.ss_family == AF_INET6
			       ? ((const struct sockaddr_in6 *)&s->address)->sin6_port
			       : ((const struct sockaddr_in *)&s->address)->sin_port;
	s->port = ntohs(be);
	*out_fd = fd;
	return ERR_OK;
}

/* Paths and queries go to the handler as they were sent. */
static size_t keep_escapes(void *cls, struct MHD_Connection *con, char *text)
{
	(void)cls;
	(void)con;
	return strlen(text);
}

static int start_daemon(struct http_server *s, const struct http_config *config)
{
	unsigned descriptors = raise_descriptors();
	unsigned limit = config->max_connections;
	int fd = -1;
	int r = listen_on(s, config->host, config->port, &fd);
	if (r != ERR_OK) {
		return r;
	}
	if (limit == 0) {
		limit = descriptors > 2 * DESCRIPTORS_RESERVED ? descriptors - DESCRIPTORS_RESERVED
							       : descriptors / 2;
	}
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		http_exchange_step, s, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, MHD_OPTION_URI_LOG_CALLBACK,
		http_exchange_begin, s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, http_exchange_end, s, MHD_OPTION_END);
	if (s->daemon == NULL) {
		(void)close(fd); /* the library has not taken it */
		return ERR_LIBRARY;
	}
	return ERR_OK;
}

static void on_timer(uv_timer_t *timer);

/* Lets the library work until it waits for descriptors or a deadline; yields after some rounds. */
static void drive(struct http_server *s)
{
	MHD_UNSIGNED_LONG_LONG wait_ms = 0;
	for (int i = 0; i < RUNS_PER_TURN; i++) {
		(void)MHD_run(s->daemon); /* MHD_NO only for modes we do not use */
		if (s->closing) {
			return;
		}
		if (MHD_get_timeout(s->daemon, &wait_ms) != MHD_YES) {
			(void)uv_timer_stop(&s->timer); /* cannot fail */
			return;
		}
		if (wait_ms > 0) {
			break;
		}
	}
	(void)uv_timer_start(&s->timer, on_timer, wait_ms, 0); /* fails for closing ones only */
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct http_server *s = container_of(poll, struct http_server, poll);
	(void)status; /* an error shows in the next run as well */
	(void)events;
	if (!s->closing) {
		drive(s);
	}
}

static void on_timer(uv_timer_t *timer)
{
	drive(container_of(timer, struct http_server, timer));
}

void http_server_kick(struct http_server *s)
{
	if (!s->closing) {
		(void)uv_timer_start(&s->timer, on_timer, 0, 0); /* fails for closing ones only */
	}
}

static int open_handles(struct http_server *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || info->epoll_fd < 0) {
		return ERR_LIBRARY;
	}
	int r = uv_poll_init(s->loop, &s->poll, info->epoll_fd);
	if (r != 0) {
		return r;
	}
	s->live++;
	r = uv_timer_init(s->loop, &s->timer);
	if (r != 0) {
		return r;
	}
	s->live++;
	return uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

void http_server_drop(struct http_server *s)
{
	REQUIRE(s->live > 0);
	if (--s->live > 0) {
		return;
	}
	void (*cb)(void *) = s->on_closed;
	void *ctx = s->on_closed_ctx;
	free(s);
	if (cb != NULL) {
		cb(ctx);
	}
}

static void on_poll_closed(uv_handle_t *h)
{
	http_server_drop(container_of((uv_poll_t *)(void *)h, struct http_server, poll));
}

static void on_timer_closed(uv_handle_t *h)
{
	http_server_drop(container_of((uv_timer_t *)(void *)h, struct http_server, timer));
}

int http_server_open(uv_loop_t *loop, const struct http_config *config, struct http_server **out)
{
	struct http_server *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		return ERR_NOMEM;
	}
	s->loop = loop;
	s->handler = config->handler;
	s->ctx = config->ctx;
	s->max_body_bytes = config->max_body_bytes ? config->max_body_bytes : DEFAULT_BODY_BYTES;
	int r = start_daemon(s, config);
	if (r == ERR_OK) {
		r = open_handles(s);
	}
	if (r == ERR_OK) {
		*out = s;
		return ERR_OK;
	}
	unsigned live = s->live;
	if (live > 0) {
		s->closing = true;
		uv_close((uv_handle_t *)&s->poll, on_poll_closed);
	}
	if (live > 1) {
		uv_close((uv_handle_t *)&s->timer, on_timer_closed);
	}
	if (s->daemon != NULL) {
		MHD_stop_daemon(s->daemon);
	}
	if (live == 0) {
		free(s);
	}
	return r;
}

unsigned http_server_port(const struct http_server *s)
{
	return s->port;
}

/* From the loop, never from inside the library: see http_server_close. */
static void on_close_turn(uv_timer_t *timer)
{
	struct http_server *s = container_of(timer, struct http_server, timer);
	for (struct exchange *x = s->first; x != NULL; x = x->next) {
		http_exchange_abandon(x);
	}
	(void)MHD_run(s->daemon); /* takes the resumed connections back: a suspended one would abort
				     the stop */
	uv_close((uv_handle_t *)&s->poll, on_poll_closed);
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	uv_close((uv_handle_t *)&s->timer, on_timer_closed);
}

void http_server_close(struct http_server *s, void (*cb)(void *ctx), void *ctx)
{
	REQUIRE(!s->closing);
	s->closing = true;
	s->on_closed = cb;
	s->on_closed_ctx = ctx;
	(void)uv_poll_stop(
		&s->poll); /* cannot fail; nor can the timer: it has a callback and is not closing */
	/* Deferred by a turn, because the caller may be a handler, which the library called. */
	(void)uv_timer_start(&s->timer, on_close_turn, 0, 0);
}
