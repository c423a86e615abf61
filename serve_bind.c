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

static bool is_excepted(const struct corefile_block *b, const char *host, const char *interface)
{
	for (size_t i = 0; i < b->bind_except.n; i++) {
		if (strcmp(b->bind_except.at[i], host) == 0 ||
			(interface && strcmp(b->bind_except.at[i], interface) == 0)) {
			return true;
		}
	}
	return false;
}

NODISCARD static int add_addr(struct binding *l, const char *host, const char *interface)
{
	if (is_excepted(l->block, host, interface)) {
		return ERR_OK;
	}
	for (size_t i = 0; i < l->n_addrs; i++) {
		if (strcmp(l->addrs[i].host, host) == 0) {
			return ERR_OK;
		}
	}
	struct option_addr *grown = realloc(l->addrs, (l->n_addrs + 1) * sizeof(*grown));
	if (!grown) {
		return ERR_NOMEM;
	}
	l->addrs = grown;
	struct option_addr *a = &grown[l->n_addrs++];
	*a = (struct option_addr){ .port = l->port };
	(void)snprintf(a->host, sizeof(a->host), "%s", host); /* an address fits */
	return ERR_OK;
}

/* All addresses of an interface but link-local ones, which mean nothing to a client elsewhere. */
NODISCARD static int add_interface(struct binding *l, const char *name, bool *out_is)
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
		err = err ? err : add_addr(l, host, name);
	}
	if (list) {
		uv_free_interface_addresses(list, n);
	}
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
	int err = b->bind.n == 0 ? add_addr(l, wildcard(), NULL) : ERR_OK;
	for (size_t i = 0; i < b->bind.n && !err; i++) {
		unsigned char octets[16];
		const char *word = b->bind.at[i];
		bool is = inet_pton(AF_INET, word, octets) == 1 ||
			  inet_pton(AF_INET6, word, octets) == 1;
		err = is ? add_addr(l, word, NULL) : add_interface(l, word, &is);
		if (!is && !err) {
			fprintf(stderr,
				"error: %s:%u: bind: \"%s\" is neither an address nor an "
				"interface of this machine\n",
				b->file, b->line, word);
			return ERR_NOT_FOUND;
		}
	}
	if (!err && l->n_addrs == 0) {
		fprintf(stderr, "error: %s:%u: bind: no address is left\n", b->file, b->line);
		return ERR_NOT_FOUND;
	}
	if (err) {
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
