/* The addresses of a server block: see the header. */
#include "serve_bind.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"

struct binding {
	const struct corefile_block *block;
	unsigned port;
	struct option_addr *addrs;
	size_t n_addrs;
};

struct hosts { /* of one line, or of its except */
	struct option_addr *at;
	size_t n;
};

static bool has_host(const struct option_addr *at, size_t n, const char *host)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(at[i].host, host) == 0) {
			return true;
		}
	}
	return false;
}

NODISCARD static int add_host(struct option_addr **at, size_t *n, const char *host)
{
	struct option_addr *grown = realloc(*at, (*n + 1) * sizeof(*grown));
	if (!grown) {
		return ERR_NOMEM;
	}
	*at = grown;
	struct option_addr *a = &grown[(*n)++];
	*a = (struct option_addr){ .port = 0 };
	(void)snprintf(a->host, sizeof(a->host), "%s", host); /* an address fits */
	return ERR_OK;
}

/* All addresses of an interface but link-local ones, which mean nothing to a client elsewhere. */
NODISCARD static int add_interface(struct hosts *hosts, const char *name, bool *out_is)
{
	uv_interface_address_t *list = NULL;
	int n = 0;
	int err = uv_interface_addresses(&list, &n);
	*out_is = false;
	for (int i = 0; i < n && !err; i++) {
		char host[INET6_ADDRSTRLEN];
		const struct sockaddr_in6 *v6 = &list[i].address.address6;
		bool is_v6 = list[i].address.address4.sin_family == AF_INET6;
		if (strcmp(list[i].name, name) != 0) {
			continue;
		}
		*out_is = true;
		if (is_v6 && IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) {
			continue;
		}
		err = is_v6 ? uv_ip6_name(v6, host, sizeof(host))
			    : uv_ip4_name(&list[i].address.address4, host, sizeof(host));
		err = err ? err : add_host(&hosts->at, &hosts->n, host);
	}
	if (list) {
		uv_free_interface_addresses(list, n);
	}
	return err;
}

/* An address as it is always written; "" for what is none. */
static void canonical(const char *word, char out[INET6_ADDRSTRLEN])
{
	unsigned char octets[16];
	out[0] = '\0';
	for (int i = 0; i < 2 && out[0] == '\0'; i++) {
		int family = i == 0 ? AF_INET : AF_INET6;
		if (inet_pton(family, word, octets) == 1) {
			(void)inet_ntop(family, octets, out, INET6_ADDRSTRLEN); /* fits */
		}
	}
}

/* The addresses that words stand for. */
NODISCARD static int look_up(
	const struct corefile_bind *b, const struct corefile_words *words, struct hosts *out)
{
	int err = ERR_OK;
	for (size_t i = 0; i < words->n && !err; i++) {
		char host[INET6_ADDRSTRLEN];
		bool is = false;
		err = add_interface(out, words->at[i], &is);
		canonical(words->at[i], host);
		if (!err && !is && host[0] != '\0') {
			is = true;
			err = add_host(&out->at, &out->n, host);
		}
		if (!err && !is) {
			fprintf(stderr,
				"error: %s:%u: bind: \"%s\" is neither an address nor an "
				"interface of this machine\n",
				b->file, b->line, words->at[i]);
			return ERR_NOT_FOUND;
		}
	}
	return err;
}

/* What one line adds. */
NODISCARD static int add_line(struct binding *l, const struct corefile_bind *b)
{
	struct hosts hosts = { .n = 0 };
	struct hosts except = { .n = 0 };
	int err = look_up(b, &b->words, &hosts);
	err = err ? err : look_up(b, &b->except, &except);
	for (size_t i = 0; i < hosts.n && !err; i++) {
		const char *host = hosts.at[i].host;
		if (!has_host(except.at, except.n, host) && !has_host(l->addrs, l->n_addrs, host)) {
			err = add_host(&l->addrs, &l->n_addrs, host);
		}
	}
	free(hosts.at);
	free(except.at);
	return err;
}

/* "::", which takes IPv4 too, on a machine that has IPv6. */
static const char *wildcard(void)
{
	struct sockaddr_in6 any;
	uv_os_sock_t pair = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = pair >= 0 && uv_ip6_addr("::", 0, &any) == 0 &&
		   bind(pair, (const struct sockaddr *)&any, sizeof(any)) == 0;
	if (pair >= 0) {
		(void)close(pair); /* nothing was sent */
	}
	return has ? "::" : "0.0.0.0";
}

NODISCARD static int resolve(struct binding *l)
{
	const struct corefile_block *b = l->block;
	int err = b->n_binds == 0 ? add_host(&l->addrs, &l->n_addrs, wildcard()) : ERR_OK;
	for (size_t i = 0; i < b->n_binds && !err; i++) {
		err = add_line(l, &b->binds[i]);
	}
	if (!err && l->n_addrs == 0) {
		fprintf(stderr, "error: %s:%u: bind: no address is left\n", b->file, b->line);
		return ERR_NOT_FOUND;
	}
	for (size_t i = 0; i < l->n_addrs; i++) {
		l->addrs[i].port = l->port;
	}
	if (err && err != ERR_NOT_FOUND) {
		fprintf(stderr, "error: %s:%u: bind: %s\n", b->file, b->line, err_text(err));
	}
	return err;
}

int serve_bind(const struct corefile_listener *asked, struct option_addr **out, size_t *out_n)
{
	struct binding b = { .block = asked->block, .port = asked->port };
	int err = resolve(&b);
	if (err) {
		free(b.addrs);
		return err;
	}
	*out = b.addrs;
	*out_n = b.n_addrs;
	return ERR_OK;
}
