/* See the header. */
#include "test/scenario/dns/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

#define LIMIT_S 20 /* of a hang; nothing is judged by it */

unsigned client_type(const char *text)
{
	static const struct {
		const char *name;
		unsigned type;
	} more[] = { { "HINFO", 13 }, { "DS", 43 }, { "HTTPS", 65 } };
	for (unsigned t = 1; t < 256; t++) {
		if (strcmp(type_name(t), text) == 0) {
			return t;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		if (strcmp(more[i].name, text) == 0) {
			return more[i].type;
		}
	}
	return (unsigned)strtoul(text, NULL, 10);
}

size_t client_build(const struct client_question *q, uint16_t id, uint8_t *out)
{
	struct wr w = wr_of(out, CLIENT_QUESTION);
	struct question question = { .type = (uint16_t)client_type(q->type), .class = CLASS_IN };
	assert_int_equal(name_parse(strv_of(q->name), &question.name), ERR_OK);
	header_write(&w, &(struct header){
				 .id = id,
				 .flags = (uint16_t)(q->flags ? q->flags : FLAG_RD),
				 .questions = 1,
				 .authorities = q->has_serial,
				 .additionals = q->edns_bytes > 0,
			 });
	question_write(&w, &question);
	if (q->has_serial) {
		size_t at = rr_begin(&w, question.name.b, question.name.n, TYPE_SOA, 0);
		wr_u16(&w, 0); /* MNAME and RNAME: the root */
		wr_u32(&w, q->serial);
		for (int i = 0; i < 4; i++) {
			wr_u32(&w, 0);
		}
		rr_end(&w, at);
	}
	if (q->edns_bytes > 0) {
		static const uint8_t tail[] = { 0, 0, 0, 0, 0, 0 };
		wr_u8(&w, 0);
		wr_u16(&w, TYPE_OPT);
		wr_u16(&w, (uint16_t)q->edns_bytes);
		wr_bytes(&w, tail, sizeof(tail));
	}
	assert_int_equal(w.err, ERR_OK);
	return w.n;
}

/* As snprintf; the text fits. */
PRINTF_LIKE(3, 4) static void print_text(char *out, size_t room, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(out, room, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < room);
}

static void print_data(struct client_reply *r, const struct rd *message, const struct rr *rr,
	char *out, size_t room)
{
	struct name name;
	char text[NAME_TEXT_BYTES];
	const uint8_t *p = rr->rdata;
	switch (rr->type) {
	case TYPE_A:
	case TYPE_AAAA:
		assert_int_equal(rr->rdata_n, rr->type == TYPE_A ? 4 : 16);
		assert_non_null(inet_ntop(
			rr->type == TYPE_A ? AF_INET : AF_INET6, p, out, (socklen_t)room));
		return;
	case TYPE_NS:
	case TYPE_CNAME:
	case TYPE_PTR:
		assert_int_equal(rr_name(message, rr, 0, &name), ERR_OK);
		(void)name_print(name.b, text);
		print_text(out, room, "%s", text);
		return;
	case TYPE_SRV:
		assert_true(rr->rdata_n > 6);
		assert_int_equal(rr_name(message, rr, 6, &name), ERR_OK);
		assert_int_equal(name.n, rr->rdata_n - 6); /* RFC 2782: not compressed */
		(void)name_print(name.b, text);
		print_text(
			out, room, "%u %u %u %s", get_u16(p), get_u16(p + 2), get_u16(p + 4), text);
		return;
	case TYPE_SOA: {
		struct rd in = { .base = message->base, .at = p, .end = p + rr->rdata_n };
		struct name rname;
		char text2[NAME_TEXT_BYTES];
		assert_int_equal(name_read(&in, &name), ERR_OK);
		assert_int_equal(name_read(&in, &rname), ERR_OK);
		(void)name_print(name.b, text);
		(void)name_print(rname.b, text2);
		unsigned v[5];
		for (int i = 0; i < 5; i++) {
			v[i] = rd_u32(&in);
		}
		assert_int_equal(in.err, ERR_OK);
		assert_int_equal(rd_left(&in), 0);
		print_text(out, room, "%s %s %u %u %u %u %u", text, text2, v[0], v[1], v[2], v[3],
			v[4]);
		return;
	}
	case TYPE_TXT:
		assert_true(rr->rdata_n > 0 && p[0] == rr->rdata_n - 1);
		print_text(out, room, "\"%.*s\"", p[0], (const char *)p + 1);
		return;
	default:
		fail_msg("unexpected record of type %u", rr->type);
	}
	(void)r;
}

static void read_opt(struct client_reply *r, const struct rr *rr)
{
	r->has_opt = true;
	r->opt_bytes = rr->class;
	r->rcode |= rr->ttl >> 24 << 4;
	struct rd in = rd_of(rr->rdata, rr->rdata_n);
	while (rd_left(&in) > 0) {
		unsigned code = rd_u16(&in);
		size_t n = rd_u16(&in);
		const uint8_t *p = rd_bytes(&in, n);
		assert_non_null(p);
		if (code == 15) {
			print_text(r->ede, sizeof(r->ede), "%.*s", (int)n - 2, (const char *)p + 2);
		}
	}
}

void client_decode(struct client_reply *r)
{
	struct rd in = rd_of(r->bytes, r->n);
	assert_int_equal(header_read(&in, &r->header), ERR_OK);
	r->rcode = r->header.flags & FLAG_RCODE;
	memset(r->count, 0, sizeof(r->count));
	r->has_opt = false;
	r->ede[0] = '\0';
	for (unsigned i = 0; i < r->header.questions; i++) {
		struct question q;
		assert_int_equal(question_read(&in, &q), ERR_OK);
	}
	unsigned counts[3] = { r->header.answers, r->header.authorities, r->header.additionals };
	for (int s = 0; s < 3; s++) {
		for (unsigned i = 0; i < counts[s]; i++) {
			struct rr rr;
			char owner[NAME_TEXT_BYTES];
			char data[600] = "";
			assert_int_equal(rr_read(&in, &rr), ERR_OK);
			if (rr.type == TYPE_OPT) {
				read_opt(r, &rr);
				continue;
			}
			(void)name_print(rr.owner.b, owner);
			print_data(r, &in, &rr, data, sizeof(data));
			assert_true(r->count[s] < CLIENT_RECORDS);
			int n = snprintf(r->lines[s][r->count[s]++], CLIENT_LINE, "%s %u IN %s %s",
				owner, rr.ttl, type_name(rr.type), data);
			assert_true(n > 0 && n < CLIENT_LINE);
		}
	}
	assert_int_equal(rd_left(&in), 0);
}

static struct sockaddr_in loopback(unsigned port, const char *server)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	assert_int_equal(inet_pton(AF_INET, server ? server : "127.0.0.1", &a.sin_addr), 1);
	return a;
}

/* buffer_bytes: 0 = as the system has it */
static int open_socket(int type, unsigned port, const char *server, int buffer_bytes)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = loopback(port, server);
	struct timeval limit = { .tv_sec = LIMIT_S };
	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	if (buffer_bytes > 0) {
		const int segment = 1000; /* the server's buffers begin as large as a few of them */
		assert_int_equal(
			setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes)),
			0);
		assert_int_equal(
			setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof(buffer_bytes)),
			0);
		assert_int_equal(
			setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment)), 0);
	}
	/* Connected: a reply from any other address than the one asked does not arrive. */
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static int open_tcp(unsigned port, int buffer_bytes)
{
	int fd = open_socket(SOCK_STREAM, port, NULL, buffer_bytes);
	int on = 1;
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
	return fd;
}

int client_connect(unsigned port)
{
	return open_tcp(port, 0);
}

int client_connect_small(unsigned port)
{
	return open_tcp(port, 32768);
}

int client_udp(unsigned port, const char *server)
{
	return open_socket(SOCK_DGRAM, port, server, 0);
}

void client_write(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;
	while (n > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
		assert_true(sent > 0);
		at += sent;
		n -= (size_t)sent;
	}
}

static bool read_all(int fd, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(fd, p, n, 0);
		if (got <= 0) {
			assert_true(got == 0 || errno == ECONNRESET); /* not the time limit */
			return false;
		}
		p += got;
		n -= (size_t)got;
	}
	return true;
}

bool client_read(int fd, struct client_reply *out)
{
	uint8_t head[2];
	out->n = 0;
	if (!read_all(fd, head, sizeof(head))) {
		return false;
	}
	out->n = get_u16(head);
	if (!read_all(fd, out->bytes, out->n)) {
		return false;
	}
	client_decode(out);
	return true;
}

void client_put(int fd, const struct client_question *q, uint16_t id)
{
	uint8_t bytes[2 + CLIENT_QUESTION];
	size_t n = client_build(q, id, bytes + 2);
	put_u16(bytes, (uint16_t)n);
	client_write(fd, q->tcp ? bytes : bytes + 2, q->tcp ? n + 2 : n);
}

struct client_reply *client_take(int fd, bool tcp)
{
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	if (tcp) {
		assert_true(client_read(fd, r));
		return r;
	}
	ssize_t got = recv(fd, r->bytes, sizeof(r->bytes), 0);
	if (got <= 0) {
		fail_msg("no reply within %d s", LIMIT_S);
	}
	r->n = (size_t)got;
	client_decode(r);
	return r;
}

struct client_reply *client_ask(unsigned port, const struct client_question *q)
{
	int fd = q->tcp ? client_connect(port) : client_udp(port, q->server);
	client_put(fd, q, 0x1234);
	struct client_reply *r = client_take(fd, q->tcp);
	close(fd);
	assert_int_equal(r->header.id, 0x1234);
	return r;
}

bool client_has(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, 0) == 1;
}
