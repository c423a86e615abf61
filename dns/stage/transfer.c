/* Stage transfer: AXFR and IXFR (RFC 5936, RFC 1995) over TCP, for the addresses in its list; REFUSED for others, as
 * CoreDNS plugin/transfer does. What a zone holds is the kubernetes stage's business.
 * Regime: owned heap object, const once made. Query threads. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dns/query/reply.h"
#include "dns/stage/stages.h"
#include "watch/object/typed.h"

struct transfer_stage {
	const struct kube *kube;
	bool everybody;
	size_t n;
	struct ip to[];
};

int transfer_stage_new(const struct kube *k, const char *to, struct transfer_stage **out)
{
	struct strv rest = strv_of(to);
	struct strv word;
	struct transfer_stage *s = calloc(1, sizeof(*s) + (rest.n / 2 + 1) * sizeof(s->to[0]));
	int err = ERR_OK;
	if (!s) {
		return ERR_NOMEM;
	}
	s->kube = k;
	while (err == ERR_OK && strv_cut(&rest, ' ', &word)) {
		if (strv_eq(word, STRV("*"))) {
			s->everybody = true;
		} else if (word.n > 0) {
			err = ip_parse(word, &s->to[s->n]);
			s->n += err == ERR_OK;
		}
	}
	if (err != ERR_OK) {
		free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

void transfer_stage_free(struct transfer_stage *s)
{
	free(s);
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

static bool may_have(const struct transfer_stage *s, const struct sockaddr *client)
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
	if (q->transport != TRANSPORT_TCP || !may_have(s, q->client)) {
		reply_set_rcode(q, RCODE_REFUSED, false);
		return V_ANSWERED;
	}
	enum verdict v = kube_transfer(s->kube, q);
	return v == V_NEXT ? V_FAILED : v; /* nobody else has zones */
}

const struct stage_row stage_transfer = { .name = "transfer", .run = run };
