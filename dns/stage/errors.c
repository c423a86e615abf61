/* Stage errors: a line for every SERVFAIL; those that look alike are counted and said once a period. The reason is our
 * Extended DNS Error. Source: CoreDNS plugin/errors.
 * Regime: owned heap object. Query threads count, the control thread's timers say: the first of a period wakes it. */
#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "base/regex.h"
#include "dns/stage/stages.h"

struct rule {
	struct errors_stage *stage;
	struct regex *regex;
	char *pattern, *period;
	uint64_t period_ms;
	enum log_level level;
	bool show_first;
	uint32_t count; /* in this period; atomic */
	uv_timer_t timer;
};

struct errors_stage {
	uv_async_t counted;
	unsigned live; /* handles that are open */
	void (*closed)(void *ctx);
	void *ctx;
	size_t n;
	struct rule rules[];
};

static void say_count(struct rule *r)
{
	uint32_t n = __atomic_exchange_n(&r->count, 0, __ATOMIC_ACQ_REL);
	if (n > 1 || (n == 1 && !r->show_first)) {
		log_write(r->level, "dns", "%u errors like '%s' occurred in last %s", n, r->pattern,
			r->period);
	}
}

static void on_timer(uv_timer_t *t)
{
	say_count(container_of(t, struct rule, timer));
}

static void on_counted(uv_async_t *a)
{
	struct errors_stage *s = container_of(a, struct errors_stage, counted);
	for (size_t i = 0; i < s->n; i++) {
		struct rule *r = &s->rules[i];
		if (__atomic_load_n(&r->count, __ATOMIC_ACQUIRE) > 0 &&
			!uv_is_active((uv_handle_t *)&r->timer)) {
			/* open, callback given */
			(void)uv_timer_start(&r->timer, on_timer, r->period_ms, 0);
		}
	}
}

static void stage_free(struct errors_stage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		regex_free(s->rules[i].regex);
		free(s->rules[i].pattern);
		free(s->rules[i].period);
	}
	free(s);
}

static int rule_init(struct rule *r, const struct consolidate_rule *from)
{
	char why[REGEX_WHY_CHARS]; /* it was good when the Corefile was read */
	r->period_ms = (uint64_t)from->period_ms;
	r->level = from->level;
	r->show_first = from->show_first;
	r->pattern = strdup(from->pattern);
	r->period = strdup(from->period);
	int err = r->pattern && r->period ? ERR_OK : ERR_NOMEM;
	return err ? err : regex_new(strv_of(from->pattern), &r->regex, why);
}

int errors_stage_open(
	uv_loop_t *loop, const struct consolidate_rule *rules, size_t n, struct errors_stage **out)
{
	struct errors_stage *s = calloc(1, sizeof(*s) + n * sizeof(s->rules[0]));
	int err = s ? ERR_OK : ERR_NOMEM;
	if (err) {
		return err;
	}
	s->n = n;
	for (size_t i = 0; i < n && !err; i++) {
		err = rule_init(&s->rules[i], &rules[i]);
	}
	err = err ? err : uv_async_init(loop, &s->counted, on_counted);
	if (err) {
		stage_free(s);
		return err;
	}
	for (size_t i = 0; i < n; i++) {
		(void)uv_timer_init(loop, &s->rules[i].timer); /* cannot fail */
	}
	s->live = 1 + (unsigned)n;
	*out = s;
	return ERR_OK;
}

static void on_closed(struct errors_stage *s)
{
	void (*closed)(void *ctx) = s->closed;
	void *ctx = s->ctx;
	REQUIRE(s->live > 0);
	if (--s->live == 0) {
		stage_free(s);
		closed(ctx);
	}
}

static void on_async_closed(uv_handle_t *h)
{
	on_closed(container_of((uv_async_t *)h, struct errors_stage, counted));
}

static void on_timer_closed(uv_handle_t *h)
{
	struct rule *r = container_of((uv_timer_t *)h, struct rule, timer);
	on_closed(r->stage);
}

void errors_stage_close(struct errors_stage *s, void (*closed)(void *ctx), void *ctx)
{
	s->closed = closed;
	s->ctx = ctx;
	for (size_t i = 0; i < s->n; i++) {
		say_count(&s->rules[i]);
		s->rules[i].stage = s;
		uv_close((uv_handle_t *)&s->rules[i].timer, on_timer_closed);
	}
	uv_close((uv_handle_t *)&s->counted, on_async_closed);
}

/* The first rule that knows this text: counted. Gives the level to log at all the same, or -1. */
static int count(struct errors_stage *s, struct strv text)
{
	for (size_t i = 0; i < s->n; i++) {
		struct rule *r = &s->rules[i];
		if (!regex_matches(r->regex, text)) {
			continue;
		}
		bool first = __atomic_fetch_add(&r->count, 1, __ATOMIC_ACQ_REL) == 0;
		if (first) {
			(void)uv_async_send(&s->counted); /* open until the threads have ended */
		}
		return first && r->show_first ? (int)r->level : -1;
	}
	return LOG_ERROR;
}

static void done(void *self, const struct query *q)
{
	if (q->rcode != RCODE_SERVFAIL) {
		return;
	}
	struct strv text = q->ede.text.n > 0 ? q->ede.text : STRV("nothing answers it");
	int level = count(self, text);
	if (level >= 0) {
		char name[NAME_TEXT_BYTES];
		(void)name_print(q->w.base + MESSAGE_HEADER_BYTES, name); /* room is enough */
		log_write((enum log_level)level, "dns", "SERVFAIL %s %s: %.*s", name,
			type_name(q->type), STRV_ARG(text));
	}
}

const struct stage_row stage_errors = { .name = "errors", .done = done };
