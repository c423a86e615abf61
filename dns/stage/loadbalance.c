/* Stage loadbalance: the order of addresses. Source: CoreDNS plugin/loadbalance.
 * round_robin: where a reply with several addresses begins, uniformly at random; nothing is shuffled afterwards: who writes
 *              addresses honours query.rotation.
 * weighted:    one address is drawn by its weight, and changes places with the first.
 * prefer:      addresses in the first network come first, then those in the second ...
 * The last two sort the finished reply: runs of A and AAAA records side by side, in the answer and additional sections. Such
 * records may change places, for nothing points into them (reply.h).
 * Regime: owned heap object; the weights it reads are published. Query threads. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/stage/stages.h"
#include "dns/stage/weights_file.h"
#include "watch/object/typed.h"

#define RUN_MAX 4096 /* more addresses do not fit into a message */

struct network {
	struct ip ip;
	unsigned bits;
};

struct loadbalance {
	bool rotates;
	struct weights *weights; /* published; NULL: not weighted */
	struct weights_file *file;
	size_t n;
	struct network prefer[];
};

/* One address record of the reply. */
struct record {
	uint32_t at, n; /* octets */
	uint32_t rdata; /* where the address is */
	uint16_t bytes; /* of the address */
	uint16_t rank;
};

struct run { /* records side by side */
	size_t n;
	struct record records[RUN_MAX];
	uint8_t scratch[MESSAGE_MAX_BYTES];
};

/* ---- making and unmaking ---- */

static int read_network(struct strv word, struct network *out)
{
	struct strv head;
	uint32_t bits = 0;
	if (!strv_cut(&word, '/', &head) || ip_parse(head, &out->ip) || strv_to_u32(word, &bits) ||
		bits > (out->ip.family == IP_V4 ? 32u : 128u)) {
		return ERR_SYNTAX;
	}
	out->bits = bits;
	return ERR_OK;
}

int loadbalance_open(uv_loop_t *loop, struct reclaim *rc, const struct stage_options *o,
	struct loadbalance **out)
{
	struct strv rest = strv_of(o->prefer);
	struct strv word;
	struct loadbalance *s = calloc(1, sizeof(*s) + (rest.n / 2 + 1) * sizeof(s->prefer[0]));
	int err = s ? ERR_OK : ERR_NOMEM;
	if (err) {
		return err;
	}
	s->rotates = o->balance == BALANCE_ROUND_ROBIN;
	while (!err && strv_cut(&rest, ' ', &word)) {
		err = word.n > 0 ? read_network(word, &s->prefer[s->n]) : ERR_OK;
		s->n += !err && word.n > 0;
	}
	if (!err && o->balance == BALANCE_WEIGHTED) {
		err = weights_file_open(loop, rc, o->weights, o->reload_ms, &s->weights, &s->file);
	}
	if (err) {
		free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

bool loadbalance_close(struct loadbalance *s, void (*closed)(void *ctx), void *ctx)
{
	bool later = s->file;
	if (later) {
		weights_file_close(s->file, closed, ctx);
		s->file = NULL;
	}
	return later;
}

void loadbalance_free(struct loadbalance *s)
{
	free(s);
}

/* ---- ranks ---- */

static bool contains(const struct network *net, const uint8_t *address, size_t bytes)
{
	unsigned whole = net->bits / 8;
	unsigned rest = net->bits % 8;
	if (bytes != (net->ip.family == IP_V4 ? 4u : 16u) ||
		memcmp(net->ip.bytes, address, whole) != 0) {
		return false;
	}
	unsigned differ = rest ? (unsigned)net->ip.bytes[whole] ^ address[whole] : 0;
	return differ >> (8 - rest) == 0;
}

static void rank_by_network(const struct loadbalance *s, struct run *run, const uint8_t *reply)
{
	for (size_t i = 0; i < run->n; i++) {
		struct record *r = &run->records[i];
		size_t k = 0;
		while (k < s->n && !contains(&s->prefer[k], reply + r->rdata, r->bytes)) {
			k++;
		}
		r->rank = (uint16_t)k;
	}
}

/* The drawn one changes places with the first. */
static void draw(struct run *run, const struct weights *w, const struct rd *message,
	struct query_thread *thread)
{
	uint32_t sum = 0;
	uint8_t weight[RUN_MAX] = { 0 };
	for (size_t i = 0; i < run->n; i++) {
		const struct record *r = &run->records[i];
		struct rd at = *message;
		struct name owner;
		at.at = message->base + r->at;
		weight[i] = WEIGHT_DEFAULT;
		if (name_read(&at, &owner) == ERR_OK) {
			name_lower(owner.b, owner.b, owner.n);
			weight[i] = (uint8_t)weights_of(
				w, owner.b, owner.n, message->base + r->rdata, r->bytes);
		}
		sum += weight[i];
	}
	if (sum == 0) {
		return; /* no records: each weighs at least one */
	}
	uint32_t left = query_random(thread) % sum;
	size_t i = 0;
	while (i + 1 < run->n && left >= weight[i]) {
		left -= weight[i++];
	}
	struct record first = run->records[0];
	run->records[0] = run->records[i];
	run->records[i] = first;
}

/* ---- the reply ---- */

static void order_run(const struct loadbalance *s, struct run *run, const struct rd *message,
	const struct query *q)
{
	const struct weights *w = SNAPSHOT(s->weights);
	uint8_t *reply = q->w.base;
	size_t n = 0;
	if (run->n < 2) {
		return;
	}
	const uint32_t from = run->records[0].at;
	if (w) {
		draw(run, w, message, q->thread);
	}
	rank_by_network(s, run, reply);
	for (size_t rank = 0; rank <= s->n; rank++) {
		for (size_t i = 0; i < run->n; i++) {
			const struct record *r = &run->records[i];
			if (r->rank == rank) {
				memcpy(run->scratch + n, reply + r->at, r->n);
				n += r->n;
			}
		}
	}
	memcpy(reply + from, run->scratch, n);
}

/* A section: each run of address records in it. False: it could not be read, which never happens to a reply of ours. */
static bool order_section(const struct loadbalance *s, struct run *run, struct rd *r,
	unsigned count, const struct query *q)
{
	run->n = 0;
	for (unsigned i = 0; i < count; i++) {
		struct rr rr;
		uint32_t at = (uint32_t)rd_offset(r);
		if (rr_read(r, &rr) != ERR_OK) {
			return false;
		}
		if ((rr.type == TYPE_A || rr.type == TYPE_AAAA) && run->n < RUN_MAX) {
			run->records[run->n++] = (struct record){ .at = at,
				.n = (uint32_t)rd_offset(r) - at,
				.rdata = (uint32_t)(rr.rdata - r->base),
				.bytes = rr.rdata_n };
		} else {
			order_run(s, run, r, q);
			run->n = 0;
		}
	}
	order_run(s, run, r, q);
	return true;
}

static bool sorts(const struct loadbalance *s, const struct query *q)
{
	bool may = q->rcode == RCODE_NOERROR && !q->stream;
	if (SNAPSHOT(s->weights)) {
		return may && (q->type == TYPE_A || q->type == TYPE_AAAA || q->type == TYPE_SRV);
	}
	return may && s->n > 0;
}

static enum verdict run_stage(void *self, struct query *q)
{
	const struct loadbalance *s = self;
	q->rotation = s->rotates ? query_random(q->thread) : 0;
	return V_NEXT;
}

static void done(void *self, const struct query *q)
{
	const struct loadbalance *s = self;
	struct run run;
	if (!sorts(s, q)) {
		return;
	}
	struct rd r = rd_of(q->w.base, q->w.n);
	r.at = q->w.base + q->question_end;
	if (order_section(s, &run, &r, q->count[SECTION_ANSWER], q)) {
		for (unsigned i = 0; i < q->count[SECTION_AUTHORITY]; i++) {
			struct rr skipped;
			if (rr_read(&r, &skipped) != ERR_OK) {
				return;
			}
		}
		(void)order_section(s, &run, &r, q->count[SECTION_ADDITIONAL], q); /* the last */
	}
}

const struct stage_row stage_loadbalance = { .name = "loadbalance", .run = run_stage };
const struct stage_row stage_loadbalance_sorting = {
	.name = "loadbalance", .run = run_stage, .done = done
};
