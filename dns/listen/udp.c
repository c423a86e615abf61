/* UDP in batches: see the header. */
#include "dns/listen/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "dns/query/pending.h"
#include "dns/reclaim.h"

#define BATCH  64
#define BUSY   8  /* datagrams at once: more will have come meanwhile, ask before waiting */
#define ROUNDS 16 /* batches a turn of the loop, so that TCP has its turn */
#define IN_BYTES                                                                                   \
	2112 /* more than any query needs; not a power of two, so that buffers spread over the cache */
#define REPLY_MAX     65507 /* what a UDP datagram over IPv4 holds */
#define OUT_BYTES     ((size_t)2 * 65536)
#define CONTROL_BYTES 64 /* one IP_PKTINFO or IPV6_PKTINFO */

struct udp {
	uv_poll_t poll;
	int fd;
	bool wildcard;
	bool waiting; /* for the socket to take the rest of `out` */
	const struct pipeline *pipeline;
	struct query_thread *thread;
	struct query_origin origin;
	struct query queries[BATCH];
	enum accept accepted[BATCH];
	unsigned out_n, out_sent;
	size_t out_used;
	struct mmsghdr in[BATCH], out[BATCH];
	struct iovec in_io[BATCH], out_io[BATCH];
	struct sockaddr_storage from[BATCH];
	_Alignas(struct cmsghdr) uint8_t control[BATCH][CONTROL_BYTES];
	uint8_t in_bytes[BATCH][IN_BYTES];
	uint8_t out_bytes[OUT_BYTES];
};

static void prepare_receive(struct udp *u, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct msghdr *h = &u->in[i].msg_hdr;
		h->msg_namelen = sizeof(u->from[i]);
		h->msg_controllen = u->wildcard ? CONTROL_BYTES : 0;
	}
}

static void prepare_once(struct udp *u)
{
	for (unsigned i = 0; i < BATCH; i++) {
		u->in_io[i] = (struct iovec){ .iov_base = u->in_bytes[i], .iov_len = IN_BYTES };
		u->in[i].msg_hdr = (struct msghdr){
			.msg_name = &u->from[i],
			.msg_iov = &u->in_io[i],
			.msg_iovlen = 1,
			.msg_control = u->wildcard ? u->control[i] : NULL,
		};
		u->out[i].msg_hdr = (struct msghdr){ .msg_iov = &u->out_io[i], .msg_iovlen = 1 };
	}
	prepare_receive(u, BATCH);
}

/* What was said of the way in becomes the way out: our address stays, the interface is for routing to choose, but for
 * link-local addresses, which mean nothing without it. */
static void turn_control(struct msghdr *h)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo *info = (struct in_pktinfo *)(void *)CMSG_DATA(c);
			info->ipi_ifindex = 0;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo *info = (struct in6_pktinfo *)(void *)CMSG_DATA(c);
			if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr)) {
				info->ipi6_ifindex = 0;
			}
		}
	}
}

/* Sends what waits in `out`; false when the socket takes no more now. */
static bool flush(struct udp *u)
{
	while (u->out_sent < u->out_n) {
		int n = sendmmsg(u->fd, u->out + u->out_sent, u->out_n - u->out_sent, MSG_DONTWAIT);
		if (n > 0) {
			u->out_sent += (unsigned)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
			return false;
		} else if (errno != EINTR) {
			u->out_sent++; /* this one cannot be sent: no route, bad address */
		}
	}
	u->out_n = u->out_sent = 0;
	u->out_used = 0;
	return true;
}

/* A query that waits: remembers by which of our addresses it came. */
static void keep_route(const struct udp *u, struct slot *s, struct msghdr *h)
{
	if (u->wildcard) {
		turn_control(h);
		s->route_n = h->msg_controllen;
		memcpy(s->route, h->msg_control, s->route_n);
	}
}

static void answer_one(struct udp *u, unsigned i)
{
	struct mmsghdr *in = &u->in[i];
	size_t room = OUT_BYTES - u->out_used;
	uint8_t *reply = u->out_bytes + u->out_used;
	size_t n = pipeline_reply(u->pipeline, &u->queries[i], u->accepted[i], u->in_bytes[i],
		reply, room < REPLY_MAX ? room : REPLY_MAX);
	if (n == 0) {
		if (u->queries[i].pending) {
			keep_route(u, u->queries[i].slot, &in->msg_hdr);
		}
		return;
	}
	struct msghdr *h = &u->out[u->out_n].msg_hdr;
	h->msg_name = &u->from[i];
	h->msg_namelen = in->msg_hdr.msg_namelen;
	if (u->wildcard) {
		turn_control(&in->msg_hdr);
		h->msg_control = in->msg_hdr.msg_control;
		h->msg_controllen = in->msg_hdr.msg_controllen;
	}
	u->out_io[u->out_n] = (struct iovec){ .iov_base = reply, .iov_len = n };
	u->out_n++;
	u->out_used += n;
}

static void read_batch(struct udp *u, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		u->accepted[i] = query_read(
			&u->queries[i], TRANSPORT_UDP, u->in_bytes[i], u->in[i].msg_len);
	}
	for (unsigned step = 0; step < GLANCE_STEPS && n > 1; step++) {
		for (unsigned i = 0; i < n; i++) {
			if (u->accepted[i] == ACCEPT_QUERY) {
				pipeline_glance(u->pipeline, &u->queries[i], step);
			}
		}
	}
}

/* Answers n datagrams. Huge replies are rare: they may need several sends; what the socket does not take then is lost,
 * as a full socket buffer loses datagrams. */
static bool answer_batch(struct udp *u, unsigned n)
{
	read_batch(u, n);
	for (unsigned i = 0; i < n; i++) {
		if (OUT_BYTES - u->out_used < REPLY_MAX && !flush(u)) {
			u->out_n = u->out_sent = 0;
			u->out_used = 0;
		}
		answer_one(u, i);
	}
	return flush(u);
}

static void on_ready(uv_poll_t *poll, int status, int events);

/* Never fails: the handle is open and the descriptor known to the loop. */
static void watch(struct udp *u, bool waiting)
{
	u->waiting = waiting;
	(void)uv_poll_start(
		&u->poll, waiting ? UV_WRITABLE : UV_READABLE, on_ready); /* see above */
}

static uint8_t *late_room(struct query_origin *o, size_t *out_n)
{
	struct udp *u = container_of(o, struct udp, origin);
	*out_n = REPLY_MAX;
	return u->waiting ? NULL : u->out_bytes;
}

/* The first of the arrays is free: nothing waits to be sent, no batch is under way. */
static void late_send(struct query_origin *o, const struct slot *s, size_t n)
{
	struct udp *u = container_of(o, struct udp, origin);
	struct msghdr *h = &u->out[0].msg_hdr;
	u->from[0] = s->client;
	memcpy(u->control[0], s->route, s->route_n);
	h->msg_name = &u->from[0];
	h->msg_namelen = s->client.ss_family == AF_INET ? sizeof(struct sockaddr_in)
							: sizeof(struct sockaddr_in6);
	h->msg_control = s->route_n > 0 ? u->control[0] : NULL;
	h->msg_controllen = s->route_n;
	u->out_io[0] = (struct iovec){ .iov_base = u->out_bytes, .iov_len = n };
	u->out_n = 1;
	u->out_used = n;
	if (!flush(u)) {
		watch(u, true);
	}
}

static void serve(struct udp *u)
{
	reclaim_reader_enter();
	for (int round = 0; round < ROUNDS; round++) {
		int n = recvmmsg(u->fd, u->in, BATCH, MSG_DONTWAIT, NULL);
		if (n <= 0) {
			break;
		}
		bool sent = answer_batch(u, (unsigned)n);
		prepare_receive(u, (unsigned)n);
		reclaim_reader_pass();
		if (!sent) {
			watch(u, true);
			break;
		}
		if (n < BUSY) {
			break;
		}
	}
	reclaim_reader_leave();
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct udp *u = container_of(poll, struct udp, poll);
	(void)status; /* an error of the socket shows in the calls, and passes */
	(void)events;
	if (u->waiting) {
		if (!flush(u)) {
			return;
		}
		watch(u, false);
		if (u->thread->pending) {
			u->thread->pending->look(u->thread->pending);
		}
	}
	serve(u);
}

int udp_open(uv_loop_t *loop, int fd, bool wildcard, const struct pipeline *pipeline,
	struct query_thread *thread, struct udp **out)
{
	struct udp *u = calloc(1, sizeof(*u));
	if (!u) {
		return ERR_NOMEM;
	}
	u->wildcard = wildcard;
	u->fd = fd;
	u->pipeline = pipeline;
	u->thread = thread;
	u->origin = (struct query_origin){ .room = late_room, .send = late_send };
	for (unsigned i = 0; i < BATCH; i++) {
		u->queries[i].thread = thread;
		u->queries[i].origin = &u->origin;
		u->queries[i].client = (const struct sockaddr *)&u->from[i];
	}
	int err = uv_poll_init(loop, &u->poll, fd);
	if (err != 0) {
		free(u);
		return err;
	}
	prepare_once(u);
	watch(u, false);
	*out = u;
	return ERR_OK;
}

static void on_closed(uv_handle_t *h)
{
	struct udp *u = container_of((uv_poll_t *)h, struct udp, poll);
	close(u->fd);
	free(u);
}

void udp_close(struct udp *u)
{
	if (!u) {
		return;
	}
	if (!u->waiting) {
		serve(u);
	}
	uv_close((uv_handle_t *)&u->poll, on_closed);
}
