/* A zone whole: SOA, name servers, Services by name, SOA (RFC 5936 2.2; RFC 1995 4 allows it for IXFR too).
 * Source: the content is CoreDNS plugin/kubernetes xfr.go's as observed: its weights differ from those of
 * queries, each endpoint brings its SRV, and Pods, PTR and endpoints of Services with a clusterIP are left out.
 * Regime: owned heap object of the listener. A Service is written in one go, so it is never seen half changed; one that
 * changes during the transfer may be newer than the serial, which the next refresh heals. Query threads.
 * Called by: dns/stage/transfer.c, dns/listen/tcp.c through struct stream. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dns/kube/kube_internal.h"
#include "dns/query/reply.h"

#define CHUNK_BYTES  65536 /* a call of next gives about so much */
#define OWNER_BYTES  (4 * (LABEL_MAX_BYTES + 1) + 4)
#define SRV_PRIORITY 0
#define SRV_WEIGHT   100 /* of a clusterIP */

struct transfer {
	struct stream stream;
	struct query q; /* of our own: writes the messages */
	struct answer a;
	uint32_t serial;
	uint32_t *list; /* numbers of cells, by name */
	size_t n, at;
	bool begun, ended;
	size_t question_n;
	uint8_t question[NAME_MAX_BYTES + 4];
	uint8_t message[MESSAGE_MAX_BYTES];
	struct buf *out; /* during a call of next */
};

static void message_open(struct transfer *t)
{
	struct query *q = &t->q;
	q->w = wr_of(t->message, sizeof(t->message));
	q->w.n = MESSAGE_HEADER_BYTES;
	wr_bytes(&q->w, t->question, t->question_n);
	q->limit = sizeof(t->message);
	reply_begin(q);
	reply_set_rcode(q, RCODE_NOERROR, true);
}

static void message_close(struct transfer *t)
{
	uint8_t length[2];
	if (t->q.count[SECTION_ANSWER] == 0) {
		return;
	}
	t->q.truncated = false;
	reply_finish(&t->q);
	put_u16(length, (uint16_t)t->q.w.n);
	buf_add(t->out, (struct strv){ .p = (const char *)length, .n = sizeof(length) });
	buf_add(t->out, (struct strv){ .p = (const char *)t->message, .n = t->q.w.n });
}

static bool try_record(struct transfer *t, struct strv owner, uint16_t type, struct strv rdata)
{
	struct query *q = &t->q;
	if (!reply_start_below(
		    q, (const uint8_t *)owner.p, owner.n, t->a.zone_at, type, t->a.ttl)) {
		return false;
	}
	wr_bytes(&q->w, rdata.p, rdata.n);
	reply_end(q, SECTION_ANSWER);
	return !q->full;
}

/* One record; owner: the labels below the zone. A message that is full is closed and the next one begun. */
static void put_record(struct transfer *t, struct strv owner, uint16_t type, struct strv rdata)
{
	if (owner.n + t->a.zone->name.n > NAME_MAX_BYTES) {
		return; /* no name: nobody could ask for it */
	}
	if (!try_record(t, owner, type, rdata)) {
		message_close(t);
		message_open(t);
		(void)try_record(t, owner, type, rdata); /* fits into an empty message */
	}
}

static struct strv octets(const uint8_t *p, size_t n)
{
	return (struct strv){ .p = (const char *)p, .n = n };
}

static void put_address(
	struct transfer *t, struct strv owner, unsigned family, const uint8_t *address)
{
	put_record(
		t, owner, family == 0 ? TYPE_A : TYPE_AAAA, octets(address, family_bytes(family)));
}

/* target: labels below the zone; the zone follows. */
static void put_srv(
	struct transfer *t, struct strv owner, uint16_t weight, uint16_t port, struct strv target)
{
	uint8_t rdata[6 + NAME_MAX_BYTES];
	const struct name *zone = &t->a.zone->name;
	if (target.n + zone->n > NAME_MAX_BYTES) {
		return;
	}
	put_u16(rdata, SRV_PRIORITY);
	put_u16(rdata + 2, weight);
	put_u16(rdata + 4, port);
	memcpy(rdata + 6, target.p, target.n);
	memcpy(rdata + 6 + target.n, t->question + t->question_n - 4 - zone->n, zone->n);
	put_record(t, owner, TYPE_SRV, octets(rdata, 6 + target.n + zone->n));
}

static size_t put_label(uint8_t *out, struct strv prefix, struct strv label)
{
	out[0] = (uint8_t)(prefix.n + label.n);
	memcpy(out + 1, prefix.p, prefix.n);
	name_lower(out + 1 + prefix.n, (const uint8_t *)label.p, label.n);
	return 1 + prefix.n + label.n;
}

/* _PORT._PROTO in front of the Service's labels; false for a port without a name of its own. */
static bool port_owner(const struct record_set *rs, const struct set_port *p, struct strv service,
	uint8_t storage[OWNER_BYTES], struct strv *out)
{
	if (!p->numbered || p->name_n == 0 || p->name_n >= LABEL_MAX_BYTES) {
		return false;
	}
	size_t n = put_label(storage, STRV("_"), set_text(rs, p->name, p->name_n));
	n += put_label(storage + n, STRV("_"), strv_of(protocol_name((enum protocol)p->protocol)));
	memcpy(storage + n, service.p, service.n);
	*out = octets(storage, n + service.n);
	return true;
}

static void put_cluster(struct transfer *t, const struct record_set *rs, struct strv service)
{
	uint8_t storage[OWNER_BYTES];
	struct strv owner;
	for (unsigned f = 0; f < FAMILIES; f++) {
		for (uint32_t i = 0; i < rs->n_ips[f]; i++) {
			put_address(t, service, f, set_ips(rs, f) + i * family_bytes(f));
		}
	}
	const struct set_port *ports = set_ports(rs, rs->own_ports);
	for (uint32_t i = 0; i < rs->own_ports.n; i++) {
		if (ports[i].numbered) {
			put_srv(t, service, SRV_WEIGHT, ports[i].number, service);
		}
		if (port_owner(rs, &ports[i], service, storage, &owner)) {
			put_srv(t, owner, SRV_WEIGHT, ports[i].number, service);
		}
	}
}

static void put_endpoint(struct transfer *t, const struct record_set *rs, struct strv service,
	unsigned family, uint32_t i, uint16_t weight)
{
	char text[DASHED_MAX];
	uint8_t name[OWNER_BYTES];
	uint8_t storage[OWNER_BYTES];
	struct strv owner;
	const uint8_t *address = set_addresses(rs, family) + i * family_bytes(family);
	struct strv label = set_label(rs, family, i, text);
	name[0] = (uint8_t)label.n;
	memcpy(name + 1, label.p, label.n);
	memcpy(name + 1 + label.n, service.p, service.n);
	struct strv full = octets(name, 1 + label.n + service.n);
	put_address(t, service, family, address);
	put_address(t, full, family, address);
	struct set_ports run = set_list(rs, set_endpoints(rs, family)[i].ports);
	const struct set_port *ports = set_ports(rs, run);
	for (uint32_t p = 0; p < run.n; p++) {
		if (port_owner(rs, &ports[p], service, storage, &owner)) {
			put_srv(t, owner, weight, ports[p].number, full);
		}
	}
}

/* Endpoints of one family that share a port list share 100: those of a slice, nearly always. */
static void put_headless(struct transfer *t, const struct record_set *rs, struct strv service)
{
	uint32_t *sharing = calloc(rs->n_lists + 1u, sizeof(*sharing));
	if (!sharing) {
		t->out->err = ERR_NOMEM;
		return;
	}
	for (unsigned f = 0; f < FAMILIES; f++) {
		const struct set_endpoint *all = set_endpoints(rs, f);
		memset(sharing, 0, rs->n_lists * sizeof(*sharing));
		for (uint32_t i = 0; i < rs->n[f]; i++) {
			sharing[all[i].ports]++;
		}
		for (uint32_t i = 0; i < rs->n[f]; i++) {
			put_endpoint(t, rs, service, f, i, answer_weight(sharing[all[i].ports]));
		}
	}
	free(sharing);
}

static void put_service(struct transfer *t, const struct cell *c)
{
	static const uint8_t svc[] = { 3, 's', 'v', 'c' };
	uint8_t labels[INDEX_KEY_MAX + sizeof(svc)];
	const struct kube *k = t->a.k;
	const struct index *ix = zone_index(k, t->a.zone);
	const struct record_set *rs = c && index_serves(ix, c) ? cell_records(c) : NULL;
	if (!rs || !rs->service) {
		return;
	}
	memcpy(labels, c->key, c->key_n);
	memcpy(labels + c->key_n, svc, sizeof(svc));
	struct strv service = octets(labels, c->key_n + sizeof(svc));
	if (rs->external || rs->external_n > 0) {
		if (rs->external_n > 0) {
			put_record(t, service, TYPE_CNAME,
				set_text(rs, rs->external_at, rs->external_n));
		}
	} else if (rs->headless) {
		put_headless(t, rs, service);
	} else if (!k->options.ignore_empty_service || rs->n[0] + rs->n[1] > 0) {
		put_cluster(t, rs, service);
	}
}

static void put_last(struct transfer *t)
{
	answer_soa_of(&t->a, SECTION_ANSWER, t->serial);
	if (t->q.full) {
		message_close(t);
		message_open(t);
		answer_soa_of(&t->a, SECTION_ANSWER, t->serial);
	}
	t->ended = true;
}

static int begin(struct transfer *t)
{
	t->begun = true;
	answer_transfer_head(&t->a, t->serial);
	if (t->q.full) {
		return ERR_TOO_LARGE; /* more name servers than a message holds */
	}
	const struct index *ix = zone_index(t->a.k, t->a.zone);
	return t->a.zone->reverse ? ERR_OK : index_list(ix, &t->list, &t->n);
}

static int transfer_next(struct stream *s, struct buf *out)
{
	struct transfer *t = container_of(s, struct transfer, stream);
	int err = ERR_OK;
	if (t->ended) {
		return ERR_OK;
	}
	t->out = out;
	message_open(t);
	if (!t->begun) {
		err = begin(t);
	}
	size_t enough = out->n + CHUNK_BYTES;
	while (err == ERR_OK && out->err == ERR_OK && t->at < t->n && out->n < enough) {
		put_service(t, index_at(zone_index(t->a.k, t->a.zone), t->list[t->at++]));
	}
	if (err == ERR_OK && t->at == t->n) {
		put_last(t);
	}
	message_close(t);
	t->out = NULL;
	return err != ERR_OK ? err : out->err;
}

static void transfer_free(struct stream *s)
{
	struct transfer *t = container_of(s, struct transfer, stream);
	free(t->list);
	free(t);
}

static struct transfer *transfer_new(
	const struct kube *k, const struct kube_zone *zone, const struct query *q)
{
	struct transfer *t = calloc(1, sizeof(*t));
	if (!t) {
		return NULL;
	}
	t->stream = (struct stream){ .next = transfer_next, .free = transfer_free };
	t->serial = __atomic_load_n(&k->serial, __ATOMIC_RELAXED);
	t->question_n = q->question_end - MESSAGE_HEADER_BYTES;
	memcpy(t->question, q->w.base + MESSAGE_HEADER_BYTES, t->question_n);
	t->q = *q;
	t->q.client = NULL;
	t->q.thread = NULL;
	t->q.rotation = 0;
	t->q.w = wr_of(t->message, sizeof(t->message));
	answer_begin(&t->a, k, zone, &t->q);
	return t;
}

enum verdict kube_transfer(const struct kube *k, struct query *q)
{
	const struct kube_zone *zone = kube_find_zone(k, q->subject.lower, &q->subject.map);
	if (!zone || zone->name.n != q->subject.n) {
		return V_NEXT;
	}
	if (!kube_is_synced(k) || (zone->imports && !SNAPSHOT(k->imports_synced))) {
		return V_FAILED;
	}
	uint32_t serial = __atomic_load_n(&k->serial, __ATOMIC_RELAXED);
	if (q->type == TYPE_IXFR && q->held.set && q->held.v == serial) {
		struct answer a;
		answer_begin(&a, k, zone, q);
		reply_set_rcode(q, RCODE_NOERROR, true);
		answer_soa(&a, SECTION_ANSWER);
		return V_ANSWERED;
	}
	struct transfer *t = transfer_new(k, zone, q);
	q->stream = t ? &t->stream : NULL;
	return t ? V_STREAM : V_FAILED;
}
