/* See remote.h: the whole, put together and taken apart. */
#include "watch/remote/remote.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "watch/object/typed.h"
#include "watch/remote/remote_internal.h"

#define RETRY_FIRST_MS   250
#define RETRY_LAST_MS    10000
#define REFUSED_RETRY_MS 300000
#define WATCH_STALL_S    150
#define REMIND_FIRST_MS  60000
#define REMIND_NEXT_MS   600000

void remote_hold(struct remote *r)
{
	r->live++;
}

void remote_drop(struct remote *r)
{
	REQUIRE(r->live > 0);
	if (--r->live > 0) {
		return;
	}
	void (*cb)(void *ctx) = r->on_closed;
	void *ctx = r->ctx;
	access_deinit(&r->access);
	free(r);
	if (cb) {
		cb(ctx);
	}
}

/* Subscriptions */

static void sub_end(struct watch_sub *s)
{
	s->dead = true;
	if (!s->reflectors) {
		free(s->selector);
		free(s);
		return;
	}
	for (struct reflector *f = s->reflectors; f; f = f->next) {
		reflector_close(f); /* leaves the list later */
	}
}

static int check_selector(struct strv text)
{
	struct arena a;
	struct selector selector;
	char why[SELECTOR_WHY_CHARS]; /* the caller is a program: the number is enough */
	arena_init(&a, 0);
	int err = selector_parse(&a, text, &selector, why);
	arena_deinit(&a);
	return err;
}

static int remote_subscribe(void *self, const struct watch_interest *w, struct watch_sub **out)
{
	struct remote *r = self;
	int err = check_selector(w->label_selector);
	struct watch_sub *s = err ? NULL : calloc(1, sizeof(*s));
	if (!s) {
		return err ? err : ERR_NOMEM;
	}
	s->remote = r;
	s->fn = w->fn;
	s->ctx = w->ctx;
	s->tell_refused = w->tell_refused;
	s->selector = strndup(w->label_selector.n ? w->label_selector.p : "", w->label_selector.n);
	err = s->selector ? ERR_OK : ERR_NOMEM;
	for (unsigned k = 0; k < KIND_COUNT && err == ERR_OK; k++) {
		if (w->kinds & KIND_BIT(k)) {
			err = reflector_open(s, (enum kind)k);
		}
	}
	if (err != ERR_OK) {
		sub_end(s);
		return err;
	}
	s->next = r->subs;
	r->subs = s;
	*out = s;
	return ERR_OK;
}

static void remote_unsubscribe(void *self, struct watch_sub *s)
{
	struct remote *r = self;
	struct watch_sub **at = &r->subs;
	if (!s) {
		return;
	}
	while (*at != s) {
		REQUIRE(*at);
		at = &(*at)->next;
	}
	*at = s->next;
	sub_end(s);
}

static int remote_call(void *self, const struct watch_call *w, watch_reply_fn done, void *ctx)
{
	return remote_call_start(self, w, done, ctx);
}

static void tell_freshness(void *self, struct watch_freshness *out)
{
	remote_freshness(self, out);
}

static const struct watch_api_ops remote_ops = {
	.subscribe = remote_subscribe,
	.unsubscribe = remote_unsubscribe,
	.call = remote_call,
	.freshness = tell_freshness,
};

/* Opening */

static int read_access(
	struct remote *r, const struct remote_config *config, char why[REMOTE_WHY_CHARS])
{
	char reason[ACCESS_WHY_CHARS] = "";
	int err;
	access_init(&r->access);
	if (config->kubeconfig) {
		err = access_read_kubeconfig(
			&r->access, config->kubeconfig, config->context, reason);
	} else if (config->endpoint) {
		const struct access_endpoint e = { .url = config->endpoint,
			.cert = config->tls_cert,
			.key = config->tls_key,
			.ca = config->tls_ca };
		err = access_endpoint(&r->access, &e, reason);
	} else {
		err = access_in_cluster(&r->access, reason);
	}
	if (err != ERR_OK && reason[0] == '\0') {
		(void)snprintf(reason, sizeof(reason), "%s", err_text(err)); /* fits */
	}
	if (err != ERR_OK && config->kubeconfig) {
		(void)snprintf(
			why, REMOTE_WHY_CHARS, "kubeconfig %.60s: %s", config->kubeconfig, reason);
	} else if (err != ERR_OK) {
		(void)snprintf(why, REMOTE_WHY_CHARS, "%s", reason); /* fits */
	}
	return err;
}

static int64_t otherwise(int64_t given, int64_t by_default)
{
	return given > 0 ? given : by_default;
}

int remote_open(uv_loop_t *loop, struct clock *clock, const struct remote_config *config,
	struct remote **out, char why[REMOTE_WHY_CHARS])
{
	const char *reason = err_text(ERR_NOMEM);
	struct remote *r = calloc(1, sizeof(*r));
	if (!r) {
		(void)snprintf(why, REMOTE_WHY_CHARS, "%s", reason); /* fits */
		return ERR_NOMEM;
	}
	r->loop = loop;
	r->clock = clock;
	r->config = (struct remote_config){ .keep_json = config->keep_json,
		.retry_first_ms = otherwise(config->retry_first_ms, RETRY_FIRST_MS),
		.retry_last_ms = otherwise(config->retry_last_ms, RETRY_LAST_MS),
		.refused_retry_ms = otherwise(config->refused_retry_ms, REFUSED_RETRY_MS),
		.watch_stall_s = otherwise(config->watch_stall_s, WATCH_STALL_S),
		.remind_first_ms = otherwise(config->remind_first_ms, REMIND_FIRST_MS),
		.remind_next_ms = otherwise(config->remind_next_ms, REMIND_NEXT_MS) };
	r->api = (struct watch_api){ r, &remote_ops };
	int err = read_access(r, config, why);
	if (err != ERR_OK) {
		goto out;
	}
	err = http_client_open(loop, &r->http, &reason);
	if (err == ERR_OK) {
		err = credentials_open(loop, clock, &r->access, &r->credentials);
	}
	if (err != ERR_OK) {
		(void)snprintf(why, REMOTE_WHY_CHARS, "%s", reason); /* fits */
		goto out;
	}
	contact_init(r);
	limit_open(&r->limit, loop, &config->limit);
	r->live = 5; /* the client, the credentials, the contact, the limit, until close */
	if (r->access.tls.insecure) {
		log_warn("api", "the certificate of %s is not checked (insecure-skip-tls-verify)",
			r->access.server);
	}
	*out = r;
	return ERR_OK;
out:
	if (r->http) {
		http_client_close(r->http, NULL, NULL);
	}
	access_deinit(&r->access);
	free(r);
	return err;
}

const struct watch_api *remote_api(struct remote *r)
{
	return &r->api;
}

const char *remote_server_url(const struct remote *r)
{
	return r->access.server;
}

/* The end */

static void on_part_closed(void *ctx)
{
	remote_drop(ctx);
}

void remote_close(struct remote *r, void (*cb)(void *ctx), void *ctx)
{
	if (!r) {
		return;
	}
	REQUIRE(!r->closing && !r->subs);
	r->closing = true;
	r->on_closed = cb;
	r->ctx = ctx;
	remote_calls_cancel(r);
	contact_close(r);
	limit_close(&r->limit, on_part_closed, r);
	credentials_close(r->credentials, on_part_closed, r);
	http_client_close(r->http, on_part_closed, r);
	remote_drop(r);
}
