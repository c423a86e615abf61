/* See spy.h. */
#include "test/scenario/statefulset/spy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

struct refused {
	struct clock_task task;
	watch_reply_fn done;
	void *ctx;
	struct watch_reply reply;
};

static void deliver(struct clock_task *t)
{
	struct refused *r = container_of(t, struct refused, task);
	r->done(r->ctx, &r->reply);
	free(r);
}

static const char *verb_name(enum watch_verb v)
{
	static const char *const names[] = { "get", "create", "update", "patch", "patch", "patch",
		"delete" };
	return names[v];
}

static struct spy_rule *rule_of(struct spy *s, const char *entry)
{
	for (size_t i = 0; i < s->n_rules; i++) {
		struct spy_rule *r = &s->rules[i];
		if (r->times > 0 && strv_has_prefix(strv_of(entry), strv_of(r->call))) {
			r->times--;
			return r;
		}
	}
	return NULL;
}

static int call(void *self, const struct watch_call *c, watch_reply_fn done, void *ctx)
{
	struct spy *s = self;
	char entry[160];
	bool sub = c->subresource && c->subresource[0];
	struct strv name = c->name.n ? c->name : json_str(json_dig(c->body, "metadata.name"));
	(void)snprintf(entry, sizeof(entry), "%s %s%s%s %.*s", verb_name(c->verb),
		kind_row(c->kind)->plural, sub ? "/" : "", sub ? c->subresource : "",
		STRV_ARG(name));
	if (c->kind != KIND_EVENT) {
		buf_printf(&s->log, "%s%s", s->log.n ? ", " : "", entry);
	}
	if (s->on_call) {
		s->on_call(s->ctx, c);
	}
	const struct spy_rule *rule = rule_of(s, entry);
	if (!rule) {
		return s->inner->ops->call(s->inner->self, c, done, ctx);
	}
	struct refused *r = calloc(1, sizeof(*r));
	REQUIRE(r);
	r->done = done;
	r->ctx = ctx;
	r->reply = (struct watch_reply){
		.status = rule->status, .err = rule->err, .message = STRV("refused by the test")
	};
	clock_task_init(&r->task, deliver);
	clock_post(s->clock, &r->task);
	return ERR_OK;
}

static void on_event(void *ctx, const struct watch_event *e)
{
	struct spy *s = ctx;
	if (e->type == WATCH_SYNCED || !(s->held_kinds & KIND_BIT(e->kind))) {
		s->interest.fn(s->interest.ctx, e);
		return;
	}
	REQUIRE(s->n_held < SPY_HELD);
	s->held[s->n_held] = *e;
	(void)object_ref(e->obj);
	if (e->old) {
		(void)object_ref(e->old);
	}
	s->n_held++;
}

void spy_hold(struct spy *s, kind_set kinds)
{
	s->held_kinds = kinds;
	for (size_t i = 0; kinds == 0 && i < s->n_held; i++) {
		s->interest.fn(s->interest.ctx, &s->held[i]);
		object_unref(s->held[i].obj);
		object_unref(s->held[i].old);
	}
	s->n_held = kinds == 0 ? 0 : s->n_held;
}

static int subscribe(void *self, const struct watch_interest *w, struct watch_sub **out)
{
	struct spy *s = self;
	struct watch_interest mine = *w;
	s->interest = *w;
	mine.fn = on_event;
	mine.ctx = s;
	return s->inner->ops->subscribe(s->inner->self, &mine, out);
}

static void unsubscribe(void *self, struct watch_sub *sub)
{
	struct spy *s = self;
	s->inner->ops->unsubscribe(s->inner->self, sub);
}

static const struct watch_api_ops ops = {
	.subscribe = subscribe, .unsubscribe = unsubscribe, .call = call
};

void spy_init(struct spy *s, struct clock *clock, const struct watch_api *inner)
{
	*s = (struct spy){ .inner = inner, .clock = clock };
	s->api = (struct watch_api){ .self = s, .ops = &ops };
	buf_init(&s->log);
}

void spy_deinit(struct spy *s)
{
	buf_deinit(&s->log);
}

void spy_fail(struct spy *s, const char *entry, int status, int times)
{
	REQUIRE(s->n_rules < SPY_RULES);
	struct spy_rule *r = &s->rules[s->n_rules++];
	(void)snprintf(r->call, sizeof(r->call), "%s", entry);
	r->status = status;
	r->err = status == 409 ? ERR_CONFLICT : status == 404 ? ERR_NOT_FOUND : ERR_LIBRARY;
	r->times = times;
}
