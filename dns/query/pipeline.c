/* The pipeline: see the header. */
#include "dns/query/pipeline.h"

#include "dns/query/pending.h"
#include "dns/query/reply.h"

int pipeline_add(struct pipeline *p, const struct stage_row *row, void *self)
{
	if (p->n == PIPELINE_MAX) {
		return ERR_NO_SPACE;
	}
	p->stages[p->n++] = (struct stage){ .row = row, .self = self };
	return ERR_OK;
}

/* DS is the parent's (RFC 4035 3.1.4.1): of all zones that the name is in the shortest gets it, but the root only alone, and
 * none beyond a block without stages. */
static const struct pipeline *find_route(const struct pipeline *p, const struct query *q)
{
	static const struct pipeline nowhere;
	const struct pipeline *found = NULL;
	for (size_t i = 0; i < p->n_routes; i++) {
		const struct route *r = &p->routes[i];
		if ((found && r->zone.n == 1) ||
			name_suffix_at(q->subject.lower, q->subject.n, r->zone.b, r->zone.n) < 0) {
			continue;
		}
		found = r->to;
		if (q->type != TYPE_DS || found->n == 0) {
			break;
		}
	}
	return found ? found : &nowhere;
}

static const struct pipeline *way_of(const struct pipeline *p, struct query *q)
{
	if (p->n_routes == 0) {
		return p;
	}
	if (!q->way) {
		q->way = find_route(p, q);
	}
	return q->way;
}

static void run_stages(const struct pipeline *p, struct query *q)
{
	enum verdict v = V_NEXT;
	size_t i = 0;
	q->passed = p->ours;
	while (i < p->n && v == V_NEXT) {
		const struct stage *s = &p->stages[i++];
		if (s->row->run) {
			v = s->row->run(s->self, q);
		}
	}
	if (v == V_PENDING) {
		REQUIRE(q->slot);
		q->pending = true;
		q->w.n = 0;
		return;
	}
	if (v == V_STREAM) {
		q->w.n = 0; /* the stream has it all */
	} else if (v != V_ANSWERED) {
		reply_begin(q);
		bool refused = v == V_NEXT && !q->passed;
		reply_set_rcode(q, refused ? RCODE_REFUSED : RCODE_SERVFAIL, false);
	}
	if (v != V_STREAM) {
		reply_finish(q);
	}
	while (i > 0) {
		const struct stage *s = &p->stages[--i];
		if (s->row->done) {
			s->row->done(s->self, q);
		}
	}
}

void pipeline_glance(const struct pipeline *p, struct query *q, unsigned step)
{
	p = way_of(p, q);
	for (size_t i = 0; i < p->n; i++) {
		const struct stage *s = &p->stages[i];
		if (s->row->glance) {
			s->row->glance(s->self, q, step);
		}
	}
}

size_t pipeline_reply(const struct pipeline *p, struct query *q, enum accept accepted,
	const uint8_t *message, uint8_t *reply, size_t reply_cap)
{
	if (accepted == ACCEPT_SILENCE) {
		return 0;
	}
	query_begin(q, accepted, message, reply, reply_cap);
	if (accepted == ACCEPT_QUERY) {
		run_stages(way_of(p, q), q);
	}
	return q->w.n;
}

size_t pipeline_resume(
	const struct pipeline *p, struct query *q, struct slot *s, uint8_t *reply, size_t reply_cap)
{
	q->client = (const struct sockaddr *)&s->client;
	q->origin = s->origin;
	enum accept accepted = query_read(q, s->transport, s->message, s->message_n);
	q->slot = s;
	q->begun_ns = s->begun_ns;
	return pipeline_reply(p, q, accepted, s->message, reply, reply_cap);
}

size_t pipeline_answer(const struct pipeline *p, struct query *q, enum transport transport,
	const uint8_t *message, size_t message_n, uint8_t *reply, size_t reply_cap)
{
	enum accept accepted = query_read(q, transport, message, message_n);
	return pipeline_reply(p, q, accepted, message, reply, reply_cap);
}
