/* What the log says of contact with the server: once that it is lost, seldom that it still is, once that it is back.
 * It is lost when a kind that was in step fails twice in a row (a connection may be cut: the next one follows within
 * the second), or hangs; before all is known, when anything fails. It is back when every kind is in step.
 * Regime: a member of the remote; its timer is one of the handles the remote waits for. Called by: reflector.c, remote.c. */
#include "base/err.h"
#include "base/log.h"
#include "watch/remote/remote_internal.h"

/* "records are from before ...", as far as it is true. */
struct state_text {
	char p[48 + CLOCK_RFC3339_CHARS];
};

static struct state_text state_text(const struct remote *r)
{
	struct state_text t = { "not all is known yet" };
	char when[CLOCK_RFC3339_CHARS + 1];
	if (r->contact.before_ms > 0) {
		clock_format(r->contact.before_ms, when);
		(void)snprintf(t.p, sizeof(t.p), "records are from before %s", when); /* fits */
	}
	return t;
}

static long long away_s(const struct remote *r)
{
	return (long long)((uv_now(r->loop) - r->contact.since_ms) / 1000);
}

/* Plurals of the kinds that are not in step, comma-joined; cut where it has to be. */
static void list_behind(const struct remote *r, char *out, size_t room)
{
	size_t n = 0;
	out[0] = '\0';
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		struct remote_kind kind;
		if (remote_kind(r, (enum kind)k, &kind) && !kind.fresh.in_step && n < room) {
			int more = snprintf(out + n, room - n, "%s%s", n > 0 ? ", " : "",
				kind_row((enum kind)k)->plural);
			n += more > 0 ? (size_t)more : 0;
		}
	}
}

static void on_remind(uv_timer_t *t)
{
	struct remote *r = container_of(t, struct remote, contact.remind);
	char kinds[200];
	list_behind(r, kinds, sizeof(kinds));
	log_warn("api", "no contact with %s for %lld s (%s): %s", r->access.server, away_s(r),
		kinds, state_text(r).p);
}

static void lose(struct remote *r)
{
	struct contact *c = &r->contact;
	struct watch_freshness fresh;
	uint64_t now = uv_now(r->loop);
	remote_freshness(r, &fresh);
	c->lost = true;
	c->since_ms = fresh.age_ms < 0 ? now : now - (uint64_t)fresh.age_ms;
	c->before_ms = fresh.synced ? clock_now_ms(r->clock) - fresh.age_ms : 0;
	(void)uv_timer_start(&c->remind, on_remind, (uint64_t)r->config.remind_first_ms,
		(uint64_t)r->config.remind_next_ms); /* callback given, not closing */
}

void contact_failed(struct reflector *r, const char *what, const char *why)
{
	struct remote *m = r->remote;
	if (r->refused || m->contact.lost || m->closing ||
		(r->synced && r->failed < 2 && !reflector_hangs(r))) {
		return;
	}
	lose(m);
	log_warn("api", "no contact with %s: %s of %s: %s; %s", m->access.server, what,
		kind_row(r->kind)->plural, why, state_text(m).p);
}

void contact_well(struct remote *r)
{
	struct watch_freshness fresh;
	if (!r->contact.lost) {
		return;
	}
	remote_freshness(r, &fresh);
	if (fresh.in_step) {
		r->contact.lost = false;
		(void)uv_timer_stop(&r->contact.remind); /* cannot fail */
		log_info(
			"api", "contact with %s is back after %lld s", r->access.server, away_s(r));
	}
}

void contact_init(struct remote *r)
{
	(void)uv_timer_init(r->loop, &r->contact.remind); /* cannot fail */
}

static void on_closed(uv_handle_t *h)
{
	remote_drop(container_of((uv_timer_t *)h, struct remote, contact.remind));
}

void contact_close(struct remote *r)
{
	uv_close((uv_handle_t *)&r->contact.remind, on_closed);
}
