/* Stage transfer: AXFR and IXFR (RFC 5936, RFC 1995) over TCP, for those in the list of the longest zone; REFUSED for
 * others, as CoreDNS plugin/transfer does. What a zone holds is the kubernetes stage's business.
 * Regime: owned heap object, const once made. Query threads. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dns/query/reply.h"
#include "dns/stage/stages.h"
#include "watch/object/typed.h"

struct rule {
	struct name *zones; /* lower case */
	size_t n_zones;
	bool everybody;
	struct ip *to;
	size_t n;
};

struct transfer_stage {
	const struct kube *kube;
	size_t n;
	struct rule rules[];
};

/* The next word of blank-separated text; false at its end. */
static bool next_word(struct strv *rest, struct strv *out)
{
	while (strv_cut(rest, ' ', out)) {
		if (out->n > 0) {
			return true;
		}
	}
	return false;
}

static int rule_init(struct rule *r, const struct transfer_rule *from)
{
	struct strv zones = strv_of(from->zones);
	struct strv to = strv_of(from->to);
	struct strv word;
	int err = ERR_OK;
	r->zones = calloc(zones.n / 2 + 1, sizeof(*r->zones));
	r->to = calloc(to.n / 2 + 1, sizeof(*r->to));
	if (!r->zones || !r->to) {
		return ERR_NOMEM;
	}
	while (!err && next_word(&zones, &word)) {
		struct name *zone = &r->zones[r->n_zones++];
		err = name_parse(word, zone);
		name_lower(zone->b, zone->b, err ? 0 : zone->n);
	}
	while (!err && next_word(&to, &word)) {
		if (strv_eq(word, STRV("*"))) {
			r->everybody = true;
		} else {
			err = ip_parse(word, &r->to[r->n++]);
		}
	}
	return err;
}

int transfer_stage_new(const struct kube *k, const struct transfer_rule *rules, size_t n,
	struct transfer_stage **out)
{
	struct transfer_stage *s = calloc(1, sizeof(*s) + n * sizeof(s->rules[0]));
	int err = s ? ERR_OK : ERR_NOMEM;
	if (err) {
		return err;
	}
	s->kube = k;
	while (s->n < n && !err) {
		err = rule_init(&s->rules[s->n], &rules[s->n]);
		s->n++;
	}
	if (err) {
		transfer_stage_free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

void transfer_stage_free(struct transfer_stage *s)
{
	for (size_t i = 0; s && i < s->n; i++) {
		free(s->rules[i].zones);
		free(s->rules[i].to);
	}
	free(s);
}

/* The rule with the longest zone that the name is in, the first of equal ones; NULL: none. */
static const struct rule *find_rule(const struct transfer_stage *s, const struct subject *subject)
{
	const struct rule *found = NULL;
	size_t longest = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct rule *r = &s->rules[i];
		for (size_t z = 0; z < r->n_zones; z++) {
			const struct name *zone = &r->zones[z];
			if (zone->n > longest &&
				name_suffix_at(subject->lower, subject->n, zone->b, zone->n) >= 0) {
				found = r;
				longest = zone->n;
			}
		}
	}
	return found;
}

/* An IPv4 client of a socket for both families counts as IPv4. */
static bool client_address(const struct sockaddr *sa, struct ip *out)
{
	if (sa && sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
		out->family = IP_V4;
		memcpy(out->bytes, &in->sin_addr, 4);
		return true;
	}
	if (!sa || sa->sa_family != AF_INET6) {
		return false;
	}
	const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)sa;
	bool mapped = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr);
	const uint8_t *bytes = (const uint8_t *)&in->sin6_addr;
	out->family = mapped ? IP_V4 : IP_V6;
	memcpy(out->bytes, mapped ? bytes + 12 : bytes, mapped ? 4 : 16);
	return true;
}

static bool may_have(const struct rule *s, const struct sockaddr *client)
{
	struct ip ip;
	bool known = client_address(client, &ip);
	for (size_t i = 0; i < s->n && known; i++) {
		if (s->to[i].family == ip.family &&
			memcmp(s->to[i].bytes, ip.bytes, ip.family == IP_V4 ? 4 : 16) == 0) {
			return true;
		}
	}
	return s->everybody;
}

static enum verdict run(void *self, struct query *q)
{
	const struct transfer_stage *s = self;
	if (q->type != TYPE_AXFR && q->type != TYPE_IXFR) {
		return V_NEXT;
	}
	const struct rule *rule = find_rule(s, &q->subject);
	if (!rule && q->transport == TRANSPORT_TCP) {
		return V_NEXT; /* whose zone it is refuses it */
	}
	if (q->transport != TRANSPORT_TCP || !may_have(rule, q->client)) {
		reply_set_rcode(q, RCODE_REFUSED, false);
		return V_ANSWERED;
	}
	enum verdict v = s->kube ? kube_transfer(s->kube, q) : V_NEXT;
	return v == V_NEXT ? V_FAILED : v; /* no zone begins here */
}

const struct stage_row stage_transfer = { .name = "transfer", .run = run };
