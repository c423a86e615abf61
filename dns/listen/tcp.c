/* TCP: see the header. A stream (zone transfer) stays in WRITE until its last piece has been taken.
 *
 *           bytes        whole frame(s)           not all taken
 *   IDLE ---------> READ ---------------> (answer) ------------> WRITE
 *     ^                                      | all taken           | taken
 *     +--------------------------------------+---------------------+   (or back to READ if a frame has begun)
 *
 * HELD is IDLE with queries that wait (dns/query/pending.h): those have limits of their own. Others that come meanwhile are
 * answered, so replies may overtake each other. */
#include "dns/listen/tcp.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/err.h"
#include "dns/query/pending.h"
#include "dns/reclaim.h"

#define FRAME_HEAD 2
#define FRAME_MAX  (FRAME_HEAD + MESSAGE_MAX_BYTES)
#define IN_BYTES   65536
#define OUT_BYTES                                                                                  \
	((size_t)2 * FRAME_MAX) /* there is always room for one more reply before it is sent */
#define BACKLOG 511

enum wait { WAIT_IDLE, WAIT_HELD, WAIT_READ, WAIT_WRITE };

struct conn {
	uv_tcp_t sock;
	uv_timer_t timer;
	uv_write_t write;
	struct tcp *tcp;
	TAILQ_ENTRY(conn) order; /* least recently asking first */
	struct sockaddr_storage peer;
	enum wait wait;
	bool writing, closing;
	unsigned live; /* handles not closed yet */
	struct query_origin origin;
	unsigned held; /* queries that wait */
	uint8_t *part; /* input not answered yet */
	size_t part_n, part_room;
	uint8_t *rest; /* output the socket did not take */
	struct stream
		*stream; /* more of the reply to come, nothing is answered meanwhile; or NULL */
};

struct tcp {
	uv_tcp_t listener;
	uv_loop_t *loop;
	const struct tcp_limits *limits;
	const struct pipeline *pipeline;
	struct query query;
	TAILQ_HEAD(conns, conn) conns;
	size_t n_conns;
	bool closing;
	unsigned live; /* the listener and the connections */
	size_t out_n;
	uint8_t in[IN_BYTES];
	uint8_t out[OUT_BYTES];
};

static void tcp_drop(struct tcp *t)
{
	REQUIRE(t->live > 0);
	if (--t->live == 0) {
		free(t);
	}
}

static void conn_drop(struct conn *c)
{
	struct tcp *t = c->tcp;
	REQUIRE(c->live > 0);
	if (--c->live == 0) {
		free(c->part);
		free(c->rest);
		if (c->stream) {
			c->stream->free(c->stream);
		}
		free(c);
		tcp_drop(t);
	}
}

static void on_sock_closed(uv_handle_t *h)
{
	conn_drop(container_of((uv_tcp_t *)h, struct conn, sock));
}

static void on_timer_closed(uv_handle_t *h)
{
	conn_drop(container_of((uv_timer_t *)h, struct conn, timer));
}

static void conn_close(struct conn *c)
{
	if (c->closing) {
		return;
	}
	c->closing = true;
	if (c->held > 0) {
		pending_drop(c->tcp->query.thread->pending, &c->origin); /* NULL at the end */
	}
	TAILQ_REMOVE(&c->tcp->conns, c, order);
	c->tcp->n_conns--;
	uv_close((uv_handle_t *)&c->sock, on_sock_closed);
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

static void on_timeout(uv_timer_t *timer)
{
	conn_close(container_of(timer, struct conn, timer));
}

/* afresh: the deadline counts from now even if it is the same that runs */
static void conn_wait(struct conn *c, enum wait wait, bool afresh)
{
	const struct tcp_limits *limits = c->tcp->limits;
	const unsigned limit_ms[] = {
		[WAIT_IDLE] = limits->idle_ms,
		[WAIT_READ] = limits->read_ms,
		[WAIT_WRITE] = limits->write_ms,
	};
	if (wait == WAIT_HELD) {
		c->wait = wait;
		(void)uv_timer_stop(&c->timer); /* always 0 */
	} else if (wait != c->wait || afresh) {
		c->wait = wait;
		/* cannot fail: the handle is not closing, there is a callback */
		(void)uv_timer_start(&c->timer, on_timeout, limit_ms[wait], 0);
	}
}

static void conn_resume(struct conn *c);

static void on_written(uv_write_t *w, int status)
{
	struct conn *c = container_of(w, struct conn, write);
	c->writing = false;
	free(c->rest);
	c->rest = NULL;
	if (c->closing) {
		return;
	}
	if (status != 0) {
		conn_close(c);
		return;
	}
	conn_resume(c);
}

/* Sends n octets at p, which are the connection's from here on; it stops reading until they are taken. */
static void conn_write(struct conn *c, uint8_t *p, size_t n)
{
	c->rest = p;
	uv_buf_t rest = uv_buf_init((char *)p, (unsigned)n);
	if (uv_write(&c->write, (uv_stream_t *)&c->sock, &rest, 1, on_written) != 0) {
		conn_close(c);
		return;
	}
	c->writing = true;
	(void)uv_read_stop((uv_stream_t *)&c->sock); /* always 0 */
	conn_wait(c, WAIT_WRITE, true);
}

/* Sends the scratch; what is not taken at once is kept by the connection, which stops reading until then. */
static void conn_send(struct conn *c)
{
	struct tcp *t = c->tcp;
	size_t n = t->out_n;
	t->out_n = 0;
	if (n == 0 || c->closing) {
		return;
	}
	uv_buf_t all = uv_buf_init((char *)t->out, (unsigned)n);
	int sent = uv_try_write((uv_stream_t *)&c->sock, &all, 1);
	if (sent == UV_EAGAIN) {
		sent = 0;
	}
	if (sent < 0) {
		conn_close(c);
		return;
	}
	if ((size_t)sent == n) {
		return;
	}
	size_t left = n - (size_t)sent;
	uint8_t *rest = malloc(left);
	if (!rest) {
		conn_close(c);
		return;
	}
	memcpy(rest, t->out + sent, left);
	conn_write(c, rest, left);
}

/* The next piece of a stream, once all before it has been taken. */
static void conn_stream(struct conn *c)
{
	struct buf piece;
	struct strv text = STRV_NONE;
	if (!c->stream || c->writing || c->closing) {
		return;
	}
	buf_init(&piece);
	reclaim_reader_enter();
	int err = c->stream->next(c->stream, &piece);
	reclaim_reader_leave();
	if (err == ERR_OK) {
		err = buf_give(&piece, &text);
	}
	buf_deinit(&piece);
	if (err != ERR_OK || text.n > UINT_MAX) {
		free((char *)(uintptr_t)text.p);
		conn_close(c);
		return;
	}
	if (text.n == 0) {
		free((char *)(uintptr_t)text.p);
		c->stream->free(c->stream);
		c->stream = NULL;
		return;
	}
	conn_write(c, (uint8_t *)(uintptr_t)text.p, text.n);
}

static void answer_frame(struct conn *c, const uint8_t *message, size_t message_n)
{
	struct tcp *t = c->tcp;
	uint8_t *head = t->out + t->out_n;
	t->query.client = (const struct sockaddr *)&c->peer;
	t->query.origin = &c->origin;
	size_t n = pipeline_answer(t->pipeline, &t->query, TRANSPORT_TCP, message, message_n,
		head + FRAME_HEAD, MESSAGE_MAX_BYTES);
	if (n > 0) {
		put_u16(head, (uint16_t)n);
		t->out_n += FRAME_HEAD + n;
	}
	c->held += t->query.pending;
	c->stream = t->query.stream;
}

/* Answers the whole frames at p; gives how many octets they were. */
static size_t consume(struct conn *c, const uint8_t *p, size_t n)
{
	struct tcp *t = c->tcp;
	size_t at = 0;
	reclaim_reader_enter();
	while (!c->writing && !c->closing && !c->stream && n - at >= FRAME_HEAD) {
		size_t length = get_u16(p + at);
		if (n - at - FRAME_HEAD < length) {
			break;
		}
		answer_frame(c, p + at + FRAME_HEAD, length);
		reclaim_reader_pass();
		at += FRAME_HEAD + length;
		if (OUT_BYTES - t->out_n < FRAME_MAX) {
			conn_send(c);
		}
	}
	reclaim_reader_leave();
	conn_send(c);
	conn_stream(c);
	return at;
}

static bool part_append(struct conn *c, const uint8_t *p, size_t n)
{
	if (c->part_room - c->part_n < n) {
		size_t room = c->part_n + n;
		room = room < 2 * c->part_room ? 2 * c->part_room : room;
		uint8_t *more = realloc(c->part, room);
		if (!more) {
			return false;
		}
		c->part = more;
		c->part_room = room;
	}
	if (n > 0) {
		memcpy(c->part + c->part_n, p, n);
		c->part_n += n;
	}
	return true;
}

static size_t part_consume(struct conn *c)
{
	size_t at = consume(c, c->part, c->part_n);
	memmove(c->part, c->part + at, c->part_n - at);
	c->part_n -= at;
	if (c->part_n == 0) {
		free(c->part);
		c->part = NULL;
		c->part_room = 0;
	}
	return at;
}

/* After input was looked at, answered octets of it. */
static void conn_settle(struct conn *c, size_t answered)
{
	if (c->closing || c->writing) {
		return;
	}
	if (answered > 0) {
		TAILQ_REMOVE(&c->tcp->conns, c, order);
		TAILQ_INSERT_TAIL(&c->tcp->conns, c, order);
	}
	enum wait idle = c->held > 0 ? WAIT_HELD : WAIT_IDLE;
	conn_wait(c, c->part_n > 0 ? WAIT_READ : idle, answered > 0);
}

static uint8_t *late_room(struct query_origin *o, size_t *out_n)
{
	struct conn *c = container_of(o, struct conn, origin);
	*out_n = MESSAGE_MAX_BYTES;
	return c->writing || c->stream ? NULL : c->tcp->out + FRAME_HEAD;
}

static void late_send(struct query_origin *o, const struct slot *s, size_t n)
{
	struct conn *c = container_of(o, struct conn, origin);
	struct tcp *t = c->tcp;
	(void)s;
	REQUIRE(t->out_n == 0 && c->held > 0); /* the scratch is empty between turns */
	put_u16(t->out, (uint16_t)n);
	t->out_n = FRAME_HEAD + n;
	c->held--;
	conn_send(c);
	conn_settle(c, 1); /* the deadline counts afresh */
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct conn *c = container_of((uv_tcp_t *)h, struct conn, sock);
	(void)suggested;
	*buf = uv_buf_init((char *)c->tcp->in, IN_BYTES);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = container_of((uv_tcp_t *)s, struct conn, sock);
	if (n < 0) {
		conn_close(c);
		return;
	}
	const uint8_t *p = (const uint8_t *)buf->base;
	size_t left = (size_t)n;
	size_t answered = 0;
	if (c->part_n == 0) {
		answered = consume(c, p, left);
		p += answered;
		left -= answered;
	}
	if (left > 0 && !c->closing && !part_append(c, p, left)) {
		conn_close(c);
		return;
	}
	if (answered == 0 && c->part_n > 0 && !c->closing) {
		answered = part_consume(c);
	}
	conn_settle(c, answered);
}

static void conn_resume(struct conn *c)
{
	conn_stream(c);
	if (c->closing || c->writing) {
		return;
	}
	size_t answered = c->part_n > 0 ? part_consume(c) : 0;
	if (c->closing || c->writing) {
		return;
	}
	if (uv_read_start((uv_stream_t *)&c->sock, on_alloc, on_read) != 0) {
		conn_close(c);
		return;
	}
	conn_settle(c, answered + 1); /* it took our reply: the deadline counts afresh */
	if (c->held > 0) {
		struct pending *p = c->tcp->query.thread->pending;
		p->look(p); /* some may be due by now */
	}
}

static struct conn *conn_new(struct tcp *t)
{
	struct conn *c = calloc(1, sizeof(*c));
	if (!c) {
		return NULL;
	}
	c->tcp = t;
	c->origin = (struct query_origin){ .room = late_room, .send = late_send };
	if (uv_tcp_init(t->loop, &c->sock) != 0) {
		free(c);
		return NULL;
	}
	(void)uv_timer_init(t->loop, &c->timer); /* always 0 */
	c->live = 2;
	t->live++;
	t->n_conns++;
	TAILQ_INSERT_TAIL(&t->conns, c, order);
	return c;
}

static void on_connection(uv_stream_t *s, int status)
{
	struct tcp *t = container_of((uv_tcp_t *)s, struct tcp, listener);
	if (status != 0 || t->closing) {
		return; /* libuv goes on accepting; out of descriptors, it refuses the client by itself */
	}
	if (t->n_conns >= t->limits->connections) {
		conn_close(TAILQ_FIRST(&t->conns));
	}
	struct conn *c = conn_new(t);
	if (!c) {
		return;
	}
	int peer_n = sizeof(c->peer);
	if (uv_accept(s, (uv_stream_t *)&c->sock) != 0 ||
		uv_tcp_getpeername(&c->sock, (struct sockaddr *)&c->peer, &peer_n) != 0 ||
		uv_read_start((uv_stream_t *)&c->sock, on_alloc, on_read) != 0) {
		conn_close(c);
		return;
	}
	(void)uv_tcp_nodelay(&c->sock, 1); /* only speed */
	conn_wait(c, WAIT_IDLE, true);
}

static void on_listener_closed(uv_handle_t *h)
{
	tcp_drop(container_of((uv_tcp_t *)h, struct tcp, listener));
}

int tcp_open(uv_loop_t *loop, int fd, const struct tcp_limits *limits,
	const struct pipeline *pipeline, struct query_thread *thread, struct tcp **out)
{
	struct tcp *t = calloc(1, sizeof(*t));
	if (!t) {
		return ERR_NOMEM;
	}
	t->loop = loop;
	t->limits = limits;
	t->pipeline = pipeline;
	t->query.thread = thread;
	TAILQ_INIT(&t->conns);
	int err = uv_tcp_init(loop, &t->listener);
	if (err != 0) {
		free(t);
		return err;
	}
	t->live = 1;
	err = uv_tcp_open(&t->listener, fd);
	if (err == 0) {
		*out = t; /* the handle owns fd from here on, whatever comes */
		return uv_listen((uv_stream_t *)&t->listener, BACKLOG, on_connection);
	}
	t->closing = true;
	uv_close((uv_handle_t *)&t->listener, on_listener_closed);
	return err;
}

void tcp_close(struct tcp *t)
{
	if (!t) {
		return;
	}
	t->closing = true;
	while (!TAILQ_EMPTY(&t->conns)) {
		conn_close(TAILQ_FIRST(&t->conns));
	}
	uv_close((uv_handle_t *)&t->listener, on_listener_closed);
}
