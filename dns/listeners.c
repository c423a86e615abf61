/* Addresses and their routes: see the header. */
#include "dns/listeners.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct listener {
	struct option_addr addr;
	struct pipeline *pipeline; /* owned, as are its routes */
	struct route *routes;
	size_t n_routes;
	struct threads *threads; /* NULL: not listening */
};

static void listener_deinit(struct listener *l)
{
	free(l->pipeline);
	free(l->routes);
}

NODISCARD static int find_or_add(
	struct listeners *l, const struct option_addr *addr, struct listener **out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct option_addr *a = &l->at[i].addr;
		if (a->port == addr->port && strcmp(a->host, addr->host) == 0) {
			*out = &l->at[i];
			return ERR_OK;
		}
	}
	struct listener *grown = realloc(l->at, (l->n + 1) * sizeof(*grown));
	if (!grown) {
		return ERR_NOMEM;
	}
	l->at = grown;
	struct listener new = { .addr = *addr, .pipeline = calloc(1, sizeof(*new.pipeline)) };
	if (!new.pipeline) {
		return ERR_NOMEM;
	}
	l->at[l->n] = new;
	*out = &l->at[l->n++];
	return ERR_OK;
}

/* Before the first shorter one: of two zones that a name is in the longer has more octets. */
NODISCARD static int insert(struct listener *l, const struct name *zone, const struct pipeline *to)
{
	size_t at = 0;
	while (at < l->n_routes && l->routes[at].zone.n >= zone->n) {
		const struct name *other = &l->routes[at++].zone;
		if (other->n == zone->n && memcmp(other->b, zone->b, zone->n) == 0) {
			return ERR_EXISTS;
		}
	}
	struct route *grown = realloc(l->routes, (l->n_routes + 1) * sizeof(*grown));
	if (!grown) {
		return ERR_NOMEM;
	}
	l->routes = grown;
	memmove(grown + at + 1, grown + at, (l->n_routes - at) * sizeof(*grown));
	grown[at] = (struct route){ .zone = *zone, .to = to };
	l->n_routes++;
	return ERR_OK;
}

int listeners_route(struct listeners *l, const struct option_addr *addr, const char *zones,
	const struct pipeline *to)
{
	struct listener *listener = NULL;
	struct strv rest = strv_of(zones);
	struct strv word;
	int err = find_or_add(l, addr, &listener);
	while (!err && strv_cut(&rest, ' ', &word)) {
		struct name zone;
		if (word.n == 0) {
			continue;
		}
		err = name_parse(word, &zone);
		if (!err) {
			name_lower(zone.b, zone.b, zone.n);
			err = insert(listener, &zone, to);
		}
	}
	return err;
}

/* A block that has all names to itself is asked without a detour. */
static const struct pipeline *entry(struct listener *l)
{
	if (l->n_routes == 1 && l->routes[0].zone.n == 1) {
		return l->routes[0].to;
	}
	l->pipeline->routes = l->routes;
	l->pipeline->n_routes = l->n_routes;
	return l->pipeline;
}

int listeners_open(struct listeners *l, uv_loop_t *loop, const struct threads_options *o)
{
	int err = ERR_OK;
	for (size_t i = 0; i < l->n && !err; i++) {
		struct listener *each = &l->at[i];
		struct threads_options options = *o;
		REQUIRE(!each->threads);
		options.listen = each->addr;
		err = threads_open(loop, &options, entry(each), &each->threads);
	}
	return err;
}

const struct option_addr *listeners_addr(const struct listeners *l, size_t i)
{
	REQUIRE(i < l->n);
	return &l->at[i].addr;
}

unsigned listeners_port(const struct listeners *l, size_t i)
{
	REQUIRE(i < l->n);
	return l->at[i].threads ? threads_port(l->at[i].threads) : 0;
}

void listeners_wake(struct listeners *l)
{
	for (size_t i = 0; i < l->n; i++) {
		threads_wake(l->at[i].threads);
	}
}

static void on_ended(void *ctx)
{
	struct listeners *l = ctx;
	REQUIRE(l->n_closing > 0);
	if (--l->n_closing == 0) {
		l->closed(l->ctx);
	}
}

void listeners_close(struct listeners *l, void (*cb)(void *ctx), void *ctx)
{
	l->closed = cb;
	l->ctx = ctx;
	l->n_closing = 1;
	for (size_t i = 0; i < l->n; i++) {
		if (l->at[i].threads) {
			l->n_closing++;
			threads_close(l->at[i].threads, on_ended, l);
		}
	}
	on_ended(l);
}

void listeners_deinit(struct listeners *l)
{
	for (size_t i = 0; i < l->n; i++) {
		listener_deinit(&l->at[i]);
	}
	free(l->at);
	*l = (struct listeners){ .n = 0 };
}
