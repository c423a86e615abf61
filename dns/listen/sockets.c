/* Sockets that share a port: see the header. */
#include "dns/listen/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"

#define BACKLOG       511
#define RECEIVE_BYTES (4 << 20) /* as much as the kernel allows: bursts wait, they are not lost */
#define PORT_ATTEMPTS 100

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int last_error(void)
{
	int err = uv_translate_sys_error(errno);
	return err < 0 ? err : UV_UNKNOWN;
}

static int read_address(const struct option_addr *addr, union address *out, socklen_t *out_n)
{
	memset(out, 0, sizeof(*out));
	if (uv_ip4_addr(addr->host, (int)addr->port, &out->v4) == 0) {
		*out_n = sizeof(out->v4);
		return ERR_OK;
	}
	*out_n = sizeof(out->v6);
	return uv_ip6_addr(addr->host, (int)addr->port, &out->v6);
}

static void set_port(union address *a, unsigned port)
{
	if (a->any.sa_family == AF_INET) {
		a->v4.sin_port = htons((uint16_t)port);
	} else {
		a->v6.sin6_port = htons((uint16_t)port);
	}
}

static bool is_wildcard(const union address *a)
{
	if (a->any.sa_family == AF_INET) {
		return a->v4.sin_addr.s_addr == htonl(INADDR_ANY);
	}
	return IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0 ? ERR_OK : last_error();
}

static int set_udp_options(int fd, const union address *a)
{
	(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BYTES); /* the default is good enough */
	if (a->any.sa_family == AF_INET) {
		/* Fragments rather than path MTU discovery: a forged "too big" must not shrink replies. */
		(void)set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT); /* optional */
		return is_wildcard(a) ? set_int(fd, IPPROTO_IP, IP_PKTINFO, 1) : ERR_OK;
	}
	return is_wildcard(a) ? set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) : ERR_OK;
}

static int bind_one(int type, const union address *a, socklen_t n, bool share, int *out)
{
	int err = ERR_OK;
	int fd = socket(a->any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return last_error();
	}
	if (a->any.sa_family == AF_INET6) {
		err = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, is_wildcard(a) ? 0 : 1);
	}
	if (err == ERR_OK && type == SOCK_STREAM) {
		err = set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1); /* past TIME_WAIT */
	} else if (err == ERR_OK) {
		err = set_udp_options(fd, a);
	}
	if (err == ERR_OK && share) {
		err = set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	}
	if (err == ERR_OK && bind(fd, &a->any, n) != 0) {
		err = last_error();
	}
	if (err == ERR_OK && type == SOCK_STREAM && listen(fd, BACKLOG) != 0) {
		err = last_error();
	}
	/* From now on others of ours may join. */
	if (err == ERR_OK && !share) {
		err = set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	}
	if (err != ERR_OK) {
		close(fd);
		return err;
	}
	*out = fd;
	return ERR_OK;
}

static int bound_port(int fd, unsigned *out)
{
	union address a = { .v6 = { 0 } };
	socklen_t n = sizeof(a);
	if (getsockname(fd, &a.any, &n) != 0) {
		return last_error();
	}
	*out = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
	return ERR_OK;
}

static int open_pair(union address *a, socklen_t n, bool share, struct socket_pair *out)
{
	int err = bind_one(SOCK_DGRAM, a, n, share, &out->udp);
	if (err != ERR_OK) {
		return err;
	}
	unsigned port;
	err = bound_port(out->udp, &port);
	if (err == ERR_OK) {
		set_port(a, port);
		err = bind_one(SOCK_STREAM, a, n, share, &out->tcp);
	}
	if (err != ERR_OK) {
		close(out->udp);
	}
	return err;
}

int sockets_open(const struct option_addr *addr, unsigned n, struct socket_pair *out,
	unsigned *out_port, bool *out_wildcard)
{
	union address a;
	socklen_t a_n;
	REQUIRE(n > 0);
	int err = read_address(addr, &a, &a_n);
	if (err != ERR_OK) {
		return err;
	}
	for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
		set_port(&a, addr->port);
		err = open_pair(&a, a_n, false, &out[0]);
		if (err != UV_EADDRINUSE || addr->port != 0) {
			break;
		}
	}
	if (err != ERR_OK) {
		return err;
	}
	for (unsigned i = 1; i < n; i++) {
		err = open_pair(&a, a_n, true, &out[i]);
		if (err != ERR_OK) {
			sockets_close(out, i);
			return err;
		}
	}
	*out_wildcard = is_wildcard(&a);
	return bound_port(out[0].udp, out_port);
}

void sockets_close(struct socket_pair *pairs, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		close(pairs[i].udp);
		close(pairs[i].tcp);
	}
}
