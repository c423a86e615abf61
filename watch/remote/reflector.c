/* One kind for one subscriber: LIST, then WATCH, again and again.
 *
 *	           +---- 410, unreadable three times ----+
 *	           v                                     |
 *	open -> LIST --whole--> SYNCED -> WATCH --end of time, normal--> WATCH
 *	           |                        |
 *	           +------ failure ---------+--> wait (backoff.h, Retry-After) -> the same again
 *	403, 404: said once, told (WATCH_REFUSED), tried again after minutes
 * The first LIST takes what the server has at hand (resourceVersion=0); later ones ask for nothing older than what
 * has been told; if the server has nothing so new (restored from a backup), for the newest.
 * Source: API concepts; client-go's reflector for which failure means what. Regime: owned; dies in its timer's close
 * callback, so that it outlives whatever is on the stack. Called by: remote.c. */
#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "watch/object/protobuf.h"
#include "watch/remote/remote_internal.h"

#define PIECE_MAX_BYTES ((size_t)16 << 20)
#define LIST_STALL_S    60
#define WATCH_LEAST_S   300u /* asked for: between this and twice as long, as client-go */
#define WATCH_GRACE_S   30u  /* the server ends a watch itself; after that we do */
#define WATCH_SHORT_MS  1000 /* one that brought nothing for so short a time has failed */
#define BAD_STREAK      3    /* unreadable at the same place: LIST instead */
#define ARENA_CHUNK     ((size_t)64 << 10)

static void go(struct reflector *r);

static const char *plural(const struct reflector *r)
{
	return kind_row(r->kind)->plural;
}

/* Waiting */

static void on_timer(uv_timer_t *t)
{
	go(container_of(t, struct reflector, timer));
}

static void go_after(struct reflector *r, int64_t delay_ms)
{
	if (!r->dead) {
		(void)uv_timer_start(&r->timer, on_timer, (uint64_t)delay_ms,
			0); /* callback given, not closing */
	}
}

bool reflector_hangs(const struct reflector *r)
{
	uint64_t quiet = uv_now(r->remote->loop) - r->heard_ms;
	return quiet >= (uint64_t)r->remote->config.watch_stall_s * 1000;
}

/* In the blink between two watches it still is. */
bool reflector_in_step(const struct reflector *r)
{
	return r->synced && r->watching && !reflector_hangs(r);
}

static void behind(struct reflector *r)
{
	r->phase = PHASE_IDLE;
	r->watching = false;
}

static void retry(struct reflector *r, const char *what, const char *why)
{
	int64_t delay = backoff_next(&r->backoff, r->remote->clock, r->retry_after_s);
	metrics_add(&r->failures, 1);
	r->failed++;
	behind(r);
	log_debug("api", "%s of %s: %s; again in %lld ms", what, plural(r), why, (long long)delay);
	contact_failed(r, what, why);
	go_after(r, delay);
}

static void refused(struct reflector *r, const char *why)
{
	int64_t half = r->remote->config.refused_retry_ms / 2;
	struct backoff seldom;
	backoff_init(&seldom, half * 2, half * 2);
	behind(r);
	if (!r->refused) {
		log_warn("api", "%s cannot be read: %s; this is tried again now and then",
			plural(r), why);
	}
	bool first = !r->refused;
	r->refused = true;
	r->failed = 0;
	r->listed = false; /* when we may again, much has happened */
	contact_well(r->remote);
	go_after(r, backoff_next(&seldom, r->remote->clock, 0));
	if (first && r->sub->tell_refused) {
		feed_tell(r, WATCH_REFUSED, NULL, NULL);
	}
}

static void well(struct reflector *r)
{
	if (r->refused) {
		log_info("api", "%s can be read now", plural(r));
	}
	r->failed = 0;
	r->refused = false;
	r->suspect = false;
	r->watching = true;
	r->heard_ms = uv_now(r->remote->loop);
	contact_well(r->remote);
}

/* Ends of requests */

/* "404 page not found" begins with the number that is said anyhow. */
static struct strv without_number(struct strv message, int status)
{
	char number[16];
	(void)snprintf(number, sizeof(number), "%d ", status); /* three digits */
	struct strv n = strv_of(number);
	return strv_has_prefix(message, n) ? strv_sub(message, n.n, message.n) : message;
}

static void failed_reply(struct reflector *r, const char *what)
{
	struct strv reason;
	arena_reset(&r->arena);
	struct strv message = without_number(
		request_failure(&r->arena, buf_strv(&r->failure), &reason), r->status);
	char why[256];
	(void)snprintf(why, sizeof(why), "the server says %d%s%.*s", r->status,
		message.n > 0 ? " " : "", (int)(message.n < 200 ? message.n : 200),
		message.p ? message.p : ""); /* cut to fit */
	switch (r->status) {
	case 401:
		credentials_refused(r->remote->credentials);
		retry(r, what, why);
		return;
	case 403:
	case 404:
		refused(r, why);
		return;
	case 410:
		r->list_latest = r->phase == PHASE_LIST;
		r->listed = false;
		break;
	case 504: /* it has nothing as new as what we know: restored from a copy, or another one by now */
		r->list_latest = true;
		r->listed = false;
		break;
	default:
		break;
	}
	retry(r, what, why);
}

static void list_done(struct reflector *r, const struct http_outcome *o)
{
	int err = r->stream_err ? r->stream_err : o->err;
	if (err == ERR_OK && r->status != 200) {
		failed_reply(r, "list");
		return;
	}
	err = err ? err : feed_list_end(r);
	if (r->dead) {
		return;
	}
	if (err != ERR_OK) {
		retry(r, "list", o->err && !r->stream_err ? o->text : err_text(err));
		return;
	}
	r->list_latest = false;
	r->listed = true;
	arena_deinit(&r->arena); /* grown to what a LIST may hold */
	arena_init(&r->arena, ARENA_CHUNK);
	if (!r->synced) {
		r->synced = true;
		feed_tell(r, WATCH_SYNCED, NULL, NULL);
	}
	if (!r->dead) {
		go(r);
	}
}

static void watch_done(struct reflector *r, const struct http_outcome *o)
{
	uint64_t lasted = uv_now(r->remote->loop) - r->begun_ms;
	bool useful = r->status == 200 &&
		      (metrics_get(&r->events) > r->events_before || lasted >= WATCH_SHORT_MS);
	bool by_time = o->err == UV_ETIMEDOUT && useful && !reflector_hangs(r);
	int err = r->stream_err ? r->stream_err : o->err;
	if (useful) {
		backoff_reset(&r->backoff);
	}
	r->bad_streak = err == ERR_SYNTAX ? r->bad_streak + 1 : 0;
	r->expired_streak = !r->expired ? 0 : useful ? 1 : r->expired_streak + 1;
	if (r->expired_streak > 1) { /* not even the LIST is new enough: no reason to hurry */
		r->listed = false;
		retry(r, "watch", "the server has forgotten already what it has just listed");
	} else if (r->expired || r->bad_streak >= BAD_STREAK) {
		log_info("api", "%s: %s; listed anew", plural(r),
			r->expired ? "the server has forgotten what changed since"
				   : "unreadable changes");
		r->listed = false;
		r->bad_streak = 0;
		behind(r);
		go_after(r,
			useful || r->expired ? 0 : backoff_next(&r->backoff, r->remote->clock, 0));
	} else if ((err == ERR_OK && r->status == 200 && useful) || by_time) {
		go(r);
	} else if (r->status != 200 && r->status != 0 && !r->stream_err) {
		failed_reply(r, "watch");
	} else if (err == ERR_OK) {
		retry(r, "watch", "ended at once, without anything");
	} else {
		/* Silent all the time: it may be waiting for a version that lies before it. */
		r->listed = r->listed && (useful || !reflector_hangs(r));
		bool said = r->stream_err == ERR_LIBRARY && r->failure.n > 0;
		buf_add_char(&r->failure, '\0');
		retry(r, "watch",
			said && r->failure.err == ERR_OK ? r->failure.p
			: r->stream_err                  ? err_text(err)
							 : o->text);
	}
}

static void on_done(void *ctx, const struct http_outcome *o)
{
	struct reflector *r = ctx;
	limit_leave(&r->remote->limit, &r->turn);
	r->call = NULL;
	r->suspect = r->suspect || o->err == UV_ETIMEDOUT;
	if (o->err == UV_ECANCELED && !r->stream_err) { /* the client is being closed */
		return;
	}
	if (r->phase == PHASE_LIST) {
		list_done(r, o);
	} else {
		watch_done(r, o);
	}
}

/* Those who keep the text want JSON. */
static bool asks_protobuf(const struct reflector *r)
{
	return object_reads_protobuf(r->kind) && !(r->remote->config.keep_json & KIND_BIT(r->kind));
}

static void on_head(void *ctx, const struct http_head *head)
{
	struct reflector *r = ctx;
	limit_leave(&r->remote->limit, &r->turn);
	r->status = head->status;
	r->retry_after_s = head->retry_after_s;
	feed_form(r, asks_protobuf(r) && request_is_protobuf(head));
	if (r->phase == PHASE_WATCH && head->status == 200) {
		well(r);
	}
}

static bool on_bytes(void *ctx, struct strv bytes)
{
	return feed_bytes(ctx, bytes);
}

/* Requests */

static struct strv query(struct reflector *r, bool list, unsigned watch_s)
{
	struct buf b;
	buf_init(&b);
	if (!list) {
		buf_printf(&b, "watch=true&allowWatchBookmarks=true&timeoutSeconds=%u&", watch_s);
		buf_add(&b, STRV("resourceVersion="));
		http_url_add(&b, strv_of(r->version));
	} else if (r->list_latest) {
		buf_add(&b, STRV("resourceVersion=")); /* none: the newest */
	} else if (r->version[0] == '\0') {
		buf_add(&b, STRV("resourceVersion=0"));
	} else {
		buf_add(&b, STRV("resourceVersionMatch=NotOlderThan&resourceVersion="));
		http_url_add(&b, strv_of(r->version));
	}
	if (r->sub->selector[0] != '\0') {
		buf_add(&b, STRV("&labelSelector="));
		http_url_add(&b, strv_of(r->sub->selector));
	}
	struct strv out = b.err == ERR_OK ? arena_strdup(&r->arena, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return out;
}

static void go(struct reflector *r)
{
	struct remote *m = r->remote;
	uint32_t dice;
	if (r->dead || !limit_enter(&m->limit, &r->turn) ||
		!credentials_ready(m->credentials, &r->wait)) {
		return;
	}
	clock_random(m->clock, &dice, sizeof(dice));
	unsigned watch_s = WATCH_LEAST_S + dice % (WATCH_LEAST_S + 1);
	bool list = !r->listed;
	arena_reset(&r->arena);
	struct strv q = query(r, list, watch_s);
	struct http_call_config config = { .method = "GET",
		.url = request_url(&r->arena, m, r->kind, STRV_NONE, STRV_NONE, NULL, q).p,
		.headers = request_headers(&r->arena, m, asks_protobuf(r), NULL),
		.timeout_ms = list ? 0 : (uint64_t)(watch_s + WATCH_GRACE_S) * 1000,
		.stall_s = list ? LIST_STALL_S : (uint64_t)m->config.watch_stall_s,
		.fresh = r->failed > 1 || r->suspect,
		.head = on_head,
		.bytes = on_bytes,
		.done = on_done,
		.ctx = r };
	request_identify(m, &config);
	feed_begin(r, list ? PHASE_LIST : PHASE_WATCH);
	metrics_add(list ? &r->lists : &r->watches, 1);
	int err = q.p && config.url && config.headers ? http_call_start(m->http, &config, &r->call)
						      : ERR_NOMEM;
	if (err != ERR_OK) {
		limit_leave(&m->limit, &r->turn);
		retry(r, list ? "list" : "watch", err_text(err));
	}
}

static void on_turn(struct limit_wait *w)
{
	go(container_of(w, struct reflector, turn));
}

static void on_credentials(struct credentials_wait *w)
{
	go(container_of(w, struct reflector, wait));
}

/* Life */

static void on_closed(uv_handle_t *h)
{
	struct reflector *r = container_of((uv_timer_t *)h, struct reflector, timer);
	struct watch_sub *sub = r->sub;
	struct remote *m = r->remote;
	struct reflector **at = &sub->reflectors;
	while (*at != r) {
		at = &(*at)->next;
	}
	*at = r->next;
	split_deinit(&r->split);
	arena_deinit(&r->arena);
	buf_deinit(&r->failure);
	known_free(r->known);
	free(r);
	if (!sub->reflectors) {
		free(sub->selector);
		free(sub);
	}
	remote_drop(m);
}

int reflector_open(struct watch_sub *sub, enum kind kind)
{
	struct remote *m = sub->remote;
	struct reflector *r = calloc(1, sizeof(*r));
	int err = r ? known_new(kind, &r->known) : ERR_NOMEM;
	if (err != ERR_OK) {
		free(r);
		return err;
	}
	r->remote = m;
	r->sub = sub;
	r->kind = kind;
	r->wait.fn = on_credentials;
	r->turn.fn = on_turn;
	backoff_init(&r->backoff, m->config.retry_first_ms, m->config.retry_last_ms);
	split_init(&r->split, SPLIT_LIST, PIECE_MAX_BYTES);
	arena_init(&r->arena, ARENA_CHUNK);
	buf_init(&r->failure);
	(void)uv_timer_init(m->loop, &r->timer); /* cannot fail */
	r->next = sub->reflectors;
	sub->reflectors = r;
	remote_hold(m);
	go_after(r, 0); /* nothing is told inside subscribe */
	return ERR_OK;
}

void reflector_close(struct reflector *r)
{
	r->dead = true;
	credentials_forget(r->remote->credentials, &r->wait);
	limit_leave(&r->remote->limit, &r->turn);
	http_call_cancel(r->call);
	r->call = NULL;
	uv_close((uv_handle_t *)&r->timer, on_closed);
}
