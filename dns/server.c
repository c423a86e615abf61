/* The DNS server, put together: reclaim, a kube and stages a server block, listeners. See server.h.
 *
 * close: unsubscribe -> threads end -> nobody reads any more -> stages freed -> grace periods end -> kubes freed -> cb
 * Regime: control thread. */
#include "dns/server.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/chain.h"
#include "dns/kube/kube.h"
#include "dns/listeners.h"
#include "dns/own.h"
#include "dns/query/pipeline.h"
#include "dns/reclaim.h"
#include "dns/stage/stages.h"

struct block {
	struct kube *kube; /* NULL: none */
	struct chain *chain;
};

struct dns_server {
	const struct watch_api *api;
	struct clock *clock;
	struct reclaim *reclaim;
	uv_loop_t *loop;
	struct threads_options options; /* but for the address */
	struct listeners listeners;
	struct block *blocks; /* owned */
	size_t n_blocks;
	size_t n_closing; /* blocks' stages not gone yet, and one for the call */
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

static void on_change(void *ctx)
{
	struct dns_server *s = ctx;
	listeners_wake(&s->listeners);
}

/* Of a block, the i-th (0: the first). */
static const struct option_addr *addr_of(const struct dns_config *config, size_t i)
{
	return i == 0 ? &config->listen : &config->more[i - 1];
}

NODISCARD static int open_kube(
	struct dns_server *s, const struct dns_config *config, struct kube **out)
{
	struct kube_options options = config->kube;
	struct buf own;
	buf_init(&own);
	if (!options.addresses) {
		bool machine = false;
		for (size_t i = 0; i <= config->n_more; i++) {
			own_address_add(&own, addr_of(config, i), &machine);
		}
		buf_add_char(&own, '\0');
		options.addresses = own.p;
	}
	int err = own.err;
	if (err == ERR_OK) {
		err = kube_new(&options, s->clock, s->reclaim, out);
	}
	if (err == ERR_OK && options.hold_ms > 0) {
		s->options.keeps = true;
		kube_on_change(*out, on_change, s);
	}
	buf_deinit(&own);
	return err;
}

NODISCARD static int open_block(struct dns_server *s, const struct dns_config *config)
{
	struct block *grown = realloc(s->blocks, (s->n_blocks + 1) * sizeof(*grown));
	if (!grown) {
		return ERR_NOMEM;
	}
	s->blocks = grown;
	struct block *b = &grown[s->n_blocks++];
	*b = (struct block){ .kube = NULL };
	int err = config->no_kube ? ERR_OK : open_kube(s, config, &b->kube);
	if (err == ERR_OK) {
		err = chain_open(s->loop, s->reclaim, b->kube, config, &b->chain);
	}
	for (size_t i = 0; i <= config->n_more && err == ERR_OK; i++) {
		err = listeners_route(&s->listeners, addr_of(config, i),
			config->block ? config->block : ".", chain_pipeline(b->chain));
	}
	return err;
}

/* The last block's. */
NODISCARD static int subscribe(struct dns_server *s)
{
	struct kube *k = s->blocks[s->n_blocks - 1].kube;
	return k ? kube_subscribe(k, s->api) : ERR_OK;
}

int dns_server_open(uv_loop_t *loop, struct clock *clock, const struct watch_api *api,
	const struct dns_config *config, struct dns_server **out)
{
	struct dns_server *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->api = api;
	s->clock = clock;
	s->loop = loop;
	s->options = (struct threads_options){ .count = config->threads, .tcp = config->tcp };
	int err = reclaim_open(loop, &s->reclaim);
	if (err == ERR_OK) {
		err = open_block(s, config);
	}
	if (err == ERR_OK && !config->listen_later) {
		err = dns_server_listen(s);
	}
	if (err == ERR_OK) {
		err = subscribe(s);
	}
	if (err != ERR_OK) {
		dns_server_close(s, NULL, NULL);
		return err;
	}
	*out = s;
	return ERR_OK;
}

int dns_server_add(struct dns_server *s, const struct dns_config *config)
{
	int err = open_block(s, config);
	return err ? err : subscribe(s);
}

int dns_server_listen(struct dns_server *s)
{
	return listeners_open(&s->listeners, s->loop, &s->options);
}

unsigned dns_server_port(const struct dns_server *s)
{
	return dns_server_port_at(s, 0);
}

unsigned dns_server_port_at(const struct dns_server *s, size_t i)
{
	return listeners_port(&s->listeners, i);
}

size_t dns_server_n_addrs(const struct dns_server *s)
{
	return s->listeners.n;
}

const struct option_addr *dns_server_addr_at(const struct dns_server *s, size_t i)
{
	return listeners_addr(&s->listeners, i);
}

bool dns_server_synced(const struct dns_server *s)
{
	bool synced = true;
	for (size_t i = 0; i < s->n_blocks; i++) {
		const struct kube *k = s->blocks[i].kube;
		synced = synced && (!k || kube_is_synced(k));
	}
	return synced;
}

void dns_server_freshness(const struct dns_server *s, struct watch_freshness *out)
{
	*out = (struct watch_freshness){ .synced = true, .in_step = true };
	if (s->api) {
		watch_freshness(s->api, out);
	}
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
	if (q && reply && pipeline_add(&p, &stage_kubernetes, s->blocks[0].kube) == ERR_OK) {
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
	if (!s->blocks[0].kube || name_parse(name, &wire) != ERR_OK) {
		return 0;
	}
	return count_answers(s, &wire, TYPE_A) + count_answers(s, &wire, TYPE_AAAA);
}

static void on_reclaimed(void *ctx)
{
	struct dns_server *s = ctx;
	void (*cb)(void *ctx) = s->cb;
	void *cb_ctx = s->ctx;
	for (size_t i = 0; i < s->n_blocks; i++) {
		kube_free(s->blocks[i].kube);
	}
	free(s->blocks);
	listeners_deinit(&s->listeners);
	free(s);
	if (cb) {
		cb(cb_ctx);
	}
}

static void on_chain_closed(void *ctx)
{
	struct dns_server *s = ctx;
	REQUIRE(s->n_closing > 0);
	if (--s->n_closing > 0) {
		return;
	}
	if (s->reclaim) {
		reclaim_close(s->reclaim, on_reclaimed, s);
	} else {
		on_reclaimed(s); /* opening failed at the very first step */
	}
}

static void on_threads_ended(void *ctx)
{
	struct dns_server *s = ctx;
	s->n_closing = 1 + s->n_blocks;
	for (size_t i = 0; i < s->n_blocks; i++) {
		chain_close(s->blocks[i].chain, on_chain_closed, s);
	}
	on_chain_closed(s);
}

void dns_server_close(struct dns_server *s, void (*cb)(void *ctx), void *ctx)
{
	if (!s) {
		return;
	}
	s->cb = cb;
	s->ctx = ctx;
	for (size_t i = 0; i < s->n_blocks; i++) {
		if (s->blocks[i].kube) {
			kube_unsubscribe(s->blocks[i].kube);
		}
	}
	listeners_close(&s->listeners, on_threads_ended, s);
}
