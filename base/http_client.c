/* See http_client.h. libcurl's sockets are uv_poll_t, its timer is a uv_timer_t; what it wants done at once waits for the
 * loop's next turn (uv_idle_t), so that a body of any size leaves the loop to others in between.
 * The library may not be entered from its own callbacks: what head and bytes ask for (start, cancel) waits until the
 * outermost turn() has returned from it.
 * An open handle: the timer, the idle one, one a socket; the client dies when the last is closed. */
#include "base/http_client.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/curl_library.h"
#include "base/err.h"

#define RECEIVE_BYTES (16L * 1024) /* a frame of HTTP/2, a record of TLS: more is not filled */
#define CONNECT_MS    10000L
#define KEEPALIVE_IDLE_S                                                                           \
	15L /* a peer that vanished is noticed within a minute: Linux sends nine probes */
#define KEEPALIVE_EVERY_S 5L

struct socket {
	uv_poll_t poll;
	struct http_client *client;
	curl_socket_t fd;
};

struct http_call {
	struct http_client *client;
	struct http_call *next, **at;
	CURL *easy;
	struct curl_slist *headers;
	struct http_call_config config; /* callbacks only */
	char error[CURL_ERROR_SIZE];
	bool added;   /* to the multi handle */
	bool headed;  /* head was called */
	bool dropped; /* cancelled: to be freed at the next turn */
};

struct http_client {
	uv_loop_t *loop;
	const struct curl_library *curl;
	CURLM *multi;
	uv_timer_t timer;
	uv_idle_t at_once;
	struct http_call *calls;
	size_t live;   /* open handles */
	unsigned busy; /* inside the library */
	bool waiting;  /* calls to add or to free when it is left */
	bool closing;
	void (*on_closed)(void *ctx);
	void *ctx;
};

/* Handles and the end */

static void client_drop(struct http_client *c)
{
	REQUIRE(c->live > 0);
	if (--c->live == 0) {
		void (*cb)(void *ctx) = c->on_closed;
		void *ctx = c->ctx;
		free(c);
		if (cb) {
			cb(ctx);
		}
	}
}

static void on_timer_closed(uv_handle_t *h)
{
	client_drop(container_of((uv_timer_t *)h, struct http_client, timer));
}

static void on_idle_closed(uv_handle_t *h)
{
	client_drop(container_of((uv_idle_t *)h, struct http_client, at_once));
}

static void on_socket_closed(uv_handle_t *h)
{
	struct socket *s = container_of((uv_poll_t *)h, struct socket, poll);
	struct http_client *c = s->client;
	free(s);
	client_drop(c);
}

/* Calls */

static void call_free(struct http_call *call)
{
	const struct curl_library *curl = call->client->curl;
	if (call->added) {
		(void)curl->multi_remove_handle(call->client->multi, call->easy); /* it is in it */
	}
	*call->at = call->next;
	if (call->next) {
		call->next->at = call->at;
	}
	curl->easy_cleanup(call->easy);
	curl->slist_free_all(call->headers);
	free(call);
}

static int err_of(CURLcode code)
{
	static const struct {
		CURLcode code;
		int err;
	} rows[] = {
		{ CURLE_OK, ERR_OK },
		{ CURLE_OUT_OF_MEMORY, ERR_NOMEM },
		{ CURLE_OPERATION_TIMEDOUT, UV_ETIMEDOUT },
		{ CURLE_COULDNT_CONNECT, UV_ECONNREFUSED },
		{ CURLE_COULDNT_RESOLVE_HOST, UV_EAI_NONAME },
		{ CURLE_WRITE_ERROR, UV_ECANCELED },
		{ CURLE_PEER_FAILED_VERIFICATION, UV_EPROTO },
		{ CURLE_SSL_CONNECT_ERROR, UV_EPROTO },
		{ CURLE_SSL_CERTPROBLEM, UV_EPROTO },
		{ CURLE_SSL_CACERT_BADFILE, UV_EPROTO },
		{ CURLE_PARTIAL_FILE, ERR_TRUNCATED },
		{ CURLE_RECV_ERROR, ERR_TRUNCATED },
		{ CURLE_SEND_ERROR, ERR_TRUNCATED },
		{ CURLE_GOT_NOTHING, ERR_TRUNCATED },
		{ CURLE_HTTP2, ERR_TRUNCATED },
		{ CURLE_HTTP2_STREAM, ERR_TRUNCATED },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].code == code) {
			return rows[i].err;
		}
	}
	return ERR_LIBRARY;
}

/* Tells done and frees. */
static void call_finish(struct http_call *call, int err, CURLcode code)
{
	const struct curl_library *curl = call->client->curl;
	struct http_call_config config = call->config;
	struct http_outcome o = { .err = err, .text = "" };
	char text[CURL_ERROR_SIZE];
	long status = 0;
	(void)curl->easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status); /* stays 0 */
	o.status = (int)status;
	if (err != ERR_OK) {
		const char *why = call->error;
		if (*why == '\0') {
			why = code != CURLE_OK ? curl->easy_strerror(code) : err_text(err);
		}
		(void)snprintf(text, sizeof(text), "%s", why); /* a cut reason will do */
		o.text = text;
	}
	bool dropped = call->dropped;
	call_free(call);
	if (!dropped) {
		config.done(config.ctx, &o);
	}
}

/* What head and bytes asked for. */
static void settle(struct http_client *c)
{
	while (c->waiting && c->busy == 0) {
		c->waiting = false;
		for (struct http_call *call = c->calls, *next; call; call = next) {
			next = call->next;
			if (call->dropped) {
				call_free(call);
			} else if (!call->added) {
				call->added = true;
				(void)c->curl->multi_add_handle(
					c->multi, call->easy); /* fresh handle, valid multi */
			}
		}
	}
}

static void finish_done(struct http_client *c)
{
	int left;
	CURLMsg *m;
	while (!c->closing && (m = c->curl->multi_info_read(c->multi, &left))) {
		if (m->msg != CURLMSG_DONE) {
			continue;
		}
		CURLcode code = m->data.result;
		char *self = NULL;
		(void)c->curl->easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &self); /* was set */
		struct http_call *call = (struct http_call *)(void *)self;
		call_finish(call, err_of(code), code);
	}
}

static void turn(struct http_client *c, curl_socket_t fd, int events)
{
	int running;
	if (c->closing) {
		return;
	}
	c->busy++;
	(void)c->curl->multi_socket_action(c->multi, fd, events, &running); /* calls tell errors */
	c->busy--;
	settle(c);
	finish_done(c);
}

static void on_timer(uv_timer_t *t)
{
	turn(container_of(t, struct http_client, timer), CURL_SOCKET_TIMEOUT, 0);
}

static void on_idle(uv_idle_t *i)
{
	(void)uv_idle_stop(i); /* cannot fail */
	turn(container_of(i, struct http_client, at_once), CURL_SOCKET_TIMEOUT, 0);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
	struct socket *s = container_of(p, struct socket, poll);
	int action = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
		     (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0) |
		     (status < 0 ? CURL_CSELECT_ERR : 0);
	turn(s->client, s->fd, action);
}

/* What the library asks for */

static int ask_timer(CURLM *multi, long ms, void *user)
{
	struct http_client *c = user;
	(void)multi;
	(void)uv_timer_stop(&c->timer); /* cannot fail */
	(void)uv_idle_stop(&c->at_once);
	if (c->closing || ms < 0) {
		return 0;
	}
	if (ms == 0) { /* a timer of 0 ms would run again and again within one turn */
		return uv_idle_start(&c->at_once, on_idle) == 0 ? 0 : -1;
	}
	return uv_timer_start(&c->timer, on_timer, (uint64_t)ms, 0) == 0 ? 0 : -1;
}

static struct socket *socket_new(struct http_client *c, curl_socket_t fd)
{
	struct socket *s = calloc(1, sizeof(*s));
	if (!s || uv_poll_init_socket(c->loop, &s->poll, fd) != 0) {
		free(s);
		return NULL;
	}
	s->client = c;
	s->fd = fd;
	c->live++;
	(void)c->curl->multi_assign(c->multi, fd, s); /* fd is the one asked about */
	return s;
}

static int ask_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
	struct http_client *c = user;
	struct socket *s = known;
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s) {
			(void)uv_poll_stop(&s->poll); /* cannot fail */
			uv_close((uv_handle_t *)&s->poll, on_socket_closed);
			(void)c->curl->multi_assign(c->multi, fd, NULL); /* as above */
		}
		return 0;
	}
	s = s ? s : socket_new(c, fd);
	if (!s) {
		return -1;
	}
	int events = (what & CURL_POLL_IN ? UV_READABLE : 0) |
		     (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
	return uv_poll_start(&s->poll, events, on_poll) == 0 ? 0 : -1;
}

static void tell_head(struct http_call *call)
{
	if (call->headed) {
		return;
	}
	call->headed = true;
	long status = 0;
	curl_off_t after = 0;
	char *type = NULL;
	const struct curl_library *curl = call->client->curl;
	(void)curl->easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status); /* stays 0 */
	(void)curl->easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &after);    /* stays 0 */
	(void)curl->easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);    /* stays NULL */
	if (call->config.head && !call->dropped) {
		const struct http_head head = { .status = (int)status,
			.retry_after_s = after > 0 ? (int64_t)after : -1,
			.content_type = type ? type : "" };
		call->config.head(call->config.ctx, &head);
	}
}

/* The empty line behind the last header, of the last of several heads (100 Continue, a proxy's). */
static size_t take_header(char *p, size_t size, size_t n, void *user)
{
	struct http_call *call = user;
	long status = 0;
	if (size * n <= 2 && (n == 0 || *p == '\r' || *p == '\n')) {
		(void)call->client->curl->easy_getinfo(
			call->easy, CURLINFO_RESPONSE_CODE, &status); /* stays 0 */
		if (status >= 200) {
			tell_head(call);
		}
	}
	return call->dropped ? 0 : size * n;
}

static size_t take_bytes(char *p, size_t size, size_t n, void *user)
{
	struct http_call *call = user;
	tell_head(call);
	bool go_on = !call->dropped &&
		     (!call->config.bytes ||
			     call->config.bytes(call->config.ctx, (struct strv){ p, size * n }));
	return go_on && !call->dropped ? size * n : 0;
}

/* Setting up a call */

struct setup {
	const struct curl_library *curl;
	CURL *easy;
	CURLcode code; /* the first refusal */
};

#define SET(s, option, value)                                                                      \
	((s)->code = (s)->code != CURLE_OK ? (s)->code                                             \
					   : (s)->curl->easy_setopt((s)->easy, (option), (value)))

static void set_blob(struct setup *s, CURLoption option, struct strv pem)
{
	struct curl_blob blob = { .len = pem.n, .flags = CURL_BLOB_COPY };
	memcpy(&blob.data, &pem.p, sizeof(blob.data)); /* it is only read */
	SET(s, option, &blob);
}

static void set_tls(struct setup *s, const struct http_tls *t)
{
	if (t->insecure) {
		SET(s, CURLOPT_SSL_VERIFYPEER, 0L);
		SET(s, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (t->ca_pem.n > 0) {
		set_blob(s, CURLOPT_CAINFO_BLOB, t->ca_pem);
	} else if (t->ca_file) {
		SET(s, CURLOPT_CAINFO, t->ca_file);
	}
	if (t->ca_pem.n > 0 || t->ca_file) {
		SET(s, CURLOPT_CAPATH, NULL); /* not the system's beside them */
	}
	if (t->cert_pem.n > 0) {
		set_blob(s, CURLOPT_SSLCERT_BLOB, t->cert_pem);
	} else if (t->cert_file) {
		SET(s, CURLOPT_SSLCERT, t->cert_file);
	}
	if (t->key_pem.n > 0) {
		set_blob(s, CURLOPT_SSLKEY_BLOB, t->key_pem);
	} else if (t->key_file) {
		SET(s, CURLOPT_SSLKEY, t->key_file);
	}
}

static void set_request(struct setup *s, struct http_call *call, const struct http_call_config *k)
{
	SET(s, CURLOPT_URL, k->url);
	SET(s, CURLOPT_PROTOCOLS_STR, "http,https");
	if (k->body.p) {
		SET(s, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)k->body.n);
		SET(s, CURLOPT_COPYPOSTFIELDS, k->body.p);
	}
	SET(s, CURLOPT_CUSTOMREQUEST, k->method);
	SET(s, CURLOPT_HTTPHEADER, call->headers);
	if (k->user) {
		SET(s, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(s, CURLOPT_USERNAME, k->user);
		SET(s, CURLOPT_PASSWORD, k->password ? k->password : "");
	}
	if (k->proxy) {
		SET(s, CURLOPT_PROXY, k->proxy);
	}
	if (k->tls) {
		set_tls(s, k->tls);
	}
}

static void set_transfer(struct setup *s, struct http_call *call, const struct http_call_config *k)
{
	SET(s, CURLOPT_PRIVATE, call);
	SET(s, CURLOPT_ERRORBUFFER, call->error);
	SET(s, CURLOPT_NOSIGNAL, 1L);
	SET(s, CURLOPT_HEADERFUNCTION, take_header);
	SET(s, CURLOPT_HEADERDATA, call);
	SET(s, CURLOPT_WRITEFUNCTION, take_bytes);
	SET(s, CURLOPT_WRITEDATA, call);
	SET(s, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
	SET(s, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Without TLS there is no HTTP/2 to wait for, and the library lets those who wait sleep until a stream ends. */
	SET(s, CURLOPT_PIPEWAIT, strncmp(k->url, "https:", 6) == 0 ? 1L : 0L);
	SET(s, CURLOPT_FRESH_CONNECT, k->fresh ? 1L : 0L);
	SET(s, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(s, CURLOPT_TIMEOUT_MS, (long)k->timeout_ms);
	SET(s, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(s, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	SET(s, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_EVERY_S);
	if (k->stall_s > 0) {
		SET(s, CURLOPT_LOW_SPEED_LIMIT, 1L);
		SET(s, CURLOPT_LOW_SPEED_TIME, (long)k->stall_s);
	}
}

/* "Expect:" takes away the wait for 100 Continue that the library would add for larger bodies. */
static bool headers_add(struct http_call *call, const char *const *lines)
{
	static const char *const own[] = { "Expect:", NULL };
	const struct curl_library *curl = call->client->curl;
	for (const char *const *set = own;; set = lines) {
		for (const char *const *h = set; h && *h; h++) {
			struct curl_slist *longer = curl->slist_append(call->headers, *h);
			if (!longer) {
				return false;
			}
			call->headers = longer;
		}
		if (set == lines) {
			return true;
		}
	}
}

int http_call_start(
	struct http_client *c, const struct http_call_config *config, struct http_call **out)
{
	REQUIRE(!c->closing);
	struct http_call *call = calloc(1, sizeof(*call));
	if (!call) {
		return ERR_NOMEM;
	}
	call->client = c;
	call->config = *config;
	struct setup s = { .curl = c->curl, .easy = c->curl->easy_init() };
	call->easy = s.easy;
	if (!call->easy || !headers_add(call, config->headers)) {
		s.code = CURLE_OUT_OF_MEMORY;
		goto out;
	}
	set_request(&s, call, config);
	set_transfer(&s, call, config);
out:
	if (s.code != CURLE_OK) {
		if (call->easy) {
			c->curl->easy_cleanup(call->easy);
		}
		c->curl->slist_free_all(call->headers);
		free(call);
		return s.code == CURLE_OUT_OF_MEMORY ? ERR_NOMEM : ERR_LIBRARY;
	}
	call->next = c->calls;
	call->at = &c->calls;
	if (call->next) {
		call->next->at = &call->next;
	}
	c->calls = call;
	c->waiting = true;
	*out = call;
	settle(c);
	return ERR_OK;
}

void http_call_cancel(struct http_call *call)
{
	if (!call || call->dropped) {
		return;
	}
	struct http_client *c = call->client;
	call->dropped = true;
	c->waiting = true;
	settle(c);
}

int http_client_open(uv_loop_t *loop, struct http_client **out, const char **why)
{
	*why = "out of memory";
	const struct curl_library *curl = curl_library_get(why);
	if (!curl) {
		return ERR_LIBRARY;
	}
	struct http_client *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->loop = loop;
	c->curl = curl;
	c->multi = curl->multi_init();
	if (!c->multi) {
		free(c);
		return ERR_NOMEM;
	}
	(void)uv_timer_init(loop, &c->timer);  /* cannot fail */
	(void)uv_idle_init(loop, &c->at_once); /* cannot fail */
	c->live = 2;
	/* Known options of a valid handle. */
	(void)curl->multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, ask_socket);
	(void)curl->multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	(void)curl->multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, ask_timer);
	(void)curl->multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	*out = c;
	return ERR_OK;
}

void http_client_close(struct http_client *c, void (*cb)(void *ctx), void *ctx)
{
	REQUIRE(c->busy == 0 && !c->closing);
	c->closing = true;
	c->on_closed = cb;
	c->ctx = ctx;
	c->busy++; /* what a done cancels is freed when its turn comes */
	for (struct http_call *call = c->calls, *next; call; call = next) {
		next = call->next;
		call_finish(call, UV_ECANCELED, CURLE_OK);
	}
	c->busy--;
	(void)c->curl->multi_cleanup(c->multi); /* asks for the end of every socket */
	(void)uv_timer_stop(&c->timer);         /* cannot fail */
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
	uv_close((uv_handle_t *)&c->at_once, on_idle_closed);
}

void http_url_add(struct buf *b, struct strv text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\0' && strchr(plain, text.p[i])) {
			buf_add_char(b, text.p[i]);
		} else {
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)text.p[i]);
		}
	}
}
