/* The DNS server, put together: reclaim, kube, stages, threads. See server.h.
 *
 * close: unsubscribe -> threads end -> nobody reads any more -> stages freed -> grace periods end -> kube freed -> cb
 * Regime: control thread. */
#include "dns/server.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "dns/chain.h"
#include "dns/kube/kube.h"
#include "dns/listen/thread.h"
#include "dns/query/pipeline.h"
#include "dns/reclaim.h"
#include "dns/stage/stages.h"

struct listener {
	struct option_addr addr;
	struct threads *threads; /* NULL: not listening */
};

struct dns_server {
	const struct watch_api *api;
	struct reclaim *reclaim;
	struct kube *kube;
	struct chain *chain;
	uv_loop_t *loop;
	struct threads_options options; /* but for the address */
	struct listener *listeners;     /* owned */
	size_t n_listeners;
	size_t n_closing; /* listeners not gone yet, and one for the call */
	void (*cb)(void *ctx);
	void *ctx;
};

struct dns_config dns_config_default(void)
{
	return (struct dns_config){
		.listen = { .host = "127.0.0.1", .port = 1053 },
		.tcp = TCP_LIMITS,
		.kube = { .ttl = KUBE_TTL_DEFAULT },
	};
}

static bool is_wildcard(const char *host)
{
	return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

/* An address that means this machine to others too: no loopback, no link-local one. */
static bool is_reachable(const struct sockaddr_in6 *v6, const struct sockaddr_in *v4)
{
	if (v6->sin6_family == AF_INET6) {
		return !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) &&
		       !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
	}
	uint32_t address = ntohl(v4->sin_addr.s_addr);
	return v4->sin_family == AF_INET && address >> 24 != 127 && address >> 16 != 0xa9fe;
}

/* The machine's addresses, whatever interface has them; the one listened on when there are none. */
static void machine_addresses(struct buf *b, const char *listened)
{
	uv_interface_address_t *list = NULL;
	int n = 0;
	if (uv_interface_addresses(&list, &n) == 0) {
		for (int i = 0; i < n; i++) {
			char text[64];
			const struct sockaddr_in6 *v6 = &list[i].address.address6;
			const struct sockaddr_in *v4 = &list[i].address.address4;
			if (is_reachable(v6, v4) &&
				(v6->sin6_family == AF_INET6
						? uv_ip6_name(v6, text, sizeof(text))
						: uv_ip4_name(v4, text, sizeof(text))) == 0) {
				buf_printf(b, "%s ", text);
			}
		}
		uv_free_interface_addresses(list, n);
	}
	if (b->n == 0 && !is_wildcard(listened)) {
		buf_printf(b, "%s ", listened);
	}
}

static bool names_itself(const char *host)
{
	return strncmp(host, "127.", 4) != 0 && strcmp(host, "::1") != 0 && !is_wildcard(host);
}

/* What NS and ns.dns say: the addresses listened on, and for wildcards and loopback those of the machine. */
static void own_addresses(const struct dns_server *s, struct buf *out)
{
	bool machine = false;
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (names_itself(s->listeners[i].addr.host)) {
			buf_printf(out, "%s ", s->listeners[i].addr.host);
		} else if (!machine) {
			machine_addresses(out, s->listeners[i].addr.host);
			machine = true;
		}
	}
	buf_add_char(out, '\0');
}

static void on_change(void *ctx)
{
	struct dns_server *s = ctx;
	for (size_t i = 0; i < s->n_listeners; i++) {
		threads_wake(s->listeners[i].threads);
	}
}

static int open_kube(struct dns_server *s, struct clock *clock, const struct dns_config *config)
{
	struct kube_options options = config->kube;
	struct buf own;
	buf_init(&own);
	if (!options.addresses) {
		own_addresses(s, &own);
		options.addresses = own.p;
	}
	int err = own.err;
	if (err == ERR_OK) {
		err = kube_new(&options, clock, s->reclaim, &s->kube);
	}
	if (err == ERR_OK && s->options.keeps) {
		kube_on_change(s->kube, on_change, s);
	}
	buf_deinit(&own);
	return err;
}

static int keep_addresses(struct dns_server *s, const struct dns_config *config)
{
	s->listeners = calloc(1 + config->n_more, sizeof(*s->listeners));
	if (!s->listeners) {
		return ERR_NOMEM;
	}
	s->n_listeners = 1 + config->n_more;
	s->listeners[0].addr = config->listen;
	for (size_t i = 0; i < config->n_more; i++) {
		s->listeners[1 + i].addr = config->more[i];
	}
	return ERR_OK;
}

int dns_server_open(uv_loop_t *loop, struct clock *clock, const struct watch_api *api,
	const struct dns_config *config, struct dns_server **out)
{
	struct dns_server *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->api = api;
	s->loop = loop;
	s->options = (struct threads_options){
		.count = config->threads, .tcp = config->tcp, .keeps = config->kube.hold_ms > 0
	};
	int err = keep_addresses(s, config);
	if (err == ERR_OK) {
		err = reclaim_open(loop, &s->reclaim);
	}
	if (err == ERR_OK) {
		err = open_kube(s, clock, config);
	}
	if (err == ERR_OK) {
		err = chain_open(loop, s->reclaim, s->kube, config, &s->chain);
	}
	if (err == ERR_OK && !config->listen_later) {
		err = dns_server_listen(s);
	}
	if (err == ERR_OK) {
		err = kube_subscribe(s->kube, api);
	}
	if (err != ERR_OK) {
		dns_server_close(s, NULL, NULL);
		return err;
	}
	*out = s;
	return ERR_OK;
}

int dns_server_listen(struct dns_server *s)
{
	int err = ERR_OK;
	for (size_t i = 0; i < s->n_listeners && err == ERR_OK; i++) {
		struct listener *l = &s->listeners[i];
		struct threads_options options = s->options;
		REQUIRE(!l->threads);
		options.listen = l->addr;
		err = threads_open(s->loop, &options, chain_pipeline(s->chain), &l->threads);
	}
	return err;
}

unsigned dns_server_port(const struct dns_server *s)
{
	return dns_server_port_at(s, 0);
}

unsigned dns_server_port_at(const struct dns_server *s, size_t i)
{
	REQUIRE(i < s->n_listeners);
	return s->listeners[i].threads ? threads_port(s->listeners[i].threads) : 0;
}

bool dns_server_synced(const struct dns_server *s)
{
	return kube_is_synced(s->kube);
}

void dns_server_freshness(const struct dns_server *s, struct watch_freshness *out)
{
	watch_freshness(s->api, out);
	out->synced = out->synced && dns_server_synced(s);
	out->in_step = out->in_step && out->synced;
}

static size_t count_answers(const struct dns_server *s, const struct name *name, uint16_t type)
{
	/* The question any client would ask, through the stage that answers it; over TCP, so that all records count. */
	struct query_thread thread = { .random = 1 };
	uint8_t question[MESSAGE_HEADER_BYTES + NAME_MAX_BYTES + 4];
	struct wr w = wr_of(question, sizeof(question));
	struct pipeline p = { .n = 0 };
	size_t records = 0;
	header_write(&w, &(struct header){ .questions = 1 });
	question_write(&w, &(struct question){ .name = *name, .type = type, .class = CLASS_IN });
	struct query *q = calloc(1, sizeof(*q));
	uint8_t *reply = malloc(MESSAGE_MAX_BYTES);
	if (q && reply && pipeline_add(&p, &stage_kubernetes, s->kube) == ERR_OK) {
		q->thread = &thread;
		(void)pipeline_answer(
			&p, q, TRANSPORT_TCP, question, w.n, reply, MESSAGE_MAX_BYTES);
		struct rd r = rd_of(reply, q->w.n);
		struct header h;
		struct question back;
		if (header_read(&r, &h) == ERR_OK && question_read(&r, &back) == ERR_OK) {
			for (size_t i = 0; i < h.answers; i++) {
				struct rr rr;
				records += rr_read(&r, &rr) == ERR_OK && rr.type == type;
			}
		}
	}
	free(q);
	free(reply);
	return records;
}

size_t dns_server_addresses(const struct dns_server *s, struct strv name)
{
	struct name wire;
	if (name_parse(name, &wire) != ERR_OK) {
		return 0;
	}
	return count_answers(s, &wire, TYPE_A) + count_answers(s, &wire, TYPE_AAAA);
}

static void on_reclaimed(void *ctx)
{
	struct dns_server *s = ctx;
	void (*cb)(void *ctx) = s->cb;
	void *cb_ctx = s->ctx;
	kube_free(s->kube);
	free(s->listeners);
	free(s);
	if (cb) {
		cb(cb_ctx);
	}
}

static void on_chain_closed(void *ctx)
{
	struct dns_server *s = ctx;
	if (s->reclaim) {
		reclaim_close(s->reclaim, on_reclaimed, s);
	} else {
		on_reclaimed(s); /* opening failed at the very first step */
	}
}

static void on_threads_ended(void *ctx)
{
	struct dns_server *s = ctx;
	REQUIRE(s->n_closing > 0);
	if (--s->n_closing > 0) {
		return;
	}
	chain_close(s->chain, on_chain_closed, s);
}

void dns_server_close(struct dns_server *s, void (*cb)(void *ctx), void *ctx)
{
	if (!s) {
		return;
	}
	s->cb = cb;
	s->ctx = ctx;
	if (s->kube) {
		kube_unsubscribe(s->kube);
	}
	s->n_closing = 1;
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (s->listeners[i].threads) {
			s->n_closing++;
			threads_close(s->listeners[i].threads, on_threads_ended, s);
		}
	}
	on_threads_ended(s);
}
