/* Stage search: completes short names on the server, the way a pod's resolv.conf (search NS.svc.ZONE svc.ZONE ZONE,
 * ndots:5) or CoreDNS's autopath does. The answer is a CNAME from the name asked to the full one, with the same TTL,
 * and then what the full one has.
 *
 *   inside a zone of ours          not touched
 *   up to 5 labels                 the first of NAME.NS.svc.ZONE, NAME.svc.ZONE, NAME.ZONE that exists or is due
 *   none exists, 1 or 2 labels     NXDOMAIN, saying where it was looked for, or that --search is off
 *   anything else                  not ours: NEXT
 *
 * Regime: made and freed by its owner on the control thread, read by query threads. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/query/reply.h"
#include "dns/stage/stages.h"

#define COMPLETE_LABELS_MAX 5 /* ndots:5: a name with five dots is complete */
#define SHORT_LABELS_MAX                                                                           \
	2 /* POD.SVC: nobody else's name, as there is no such top-level domain to ask */
#define SUFFIXES  3
#define WHY_BYTES 200

struct search {
	const struct kube *kube;
	struct name suffixes[SUFFIXES];
	size_t n;            /* 0: switched off */
	char why[WHY_BYTES]; /* of the NXDOMAIN */
};

static int make_suffixes(struct search *s, struct strv ns)
{
	const struct name *zone = kube_zone(s->kube);
	struct name n = *zone;
	s->suffixes[2] = n;
	int err = name_prepend(&n, STRV("svc"));
	if (err != ERR_OK) {
		return err;
	}
	s->suffixes[1] = n;
	err = name_prepend(&n, ns);
	if (err != ERR_OK) {
		return err;
	}
	s->suffixes[0] = n;
	s->n = SUFFIXES;
	return ERR_OK;
}

static void make_why(struct search *s)
{
	static const char off[] =
		"short name: start with --search NAMESPACE to complete it as in a pod";
	static const char long_names[] = "not found in the search domains";
	char text[SUFFIXES][NAME_TEXT_BYTES];
	if (s->n == 0) {
		memcpy(s->why, off, sizeof(off));
		return;
	}
	for (size_t i = 0; i < SUFFIXES; i++) {
		size_t n = name_print(s->suffixes[i].b, text[i]);
		text[i][n - 1] = '\0'; /* without the final dot */
	}
	int n = snprintf(
		s->why, sizeof(s->why), "not found under %s, %s, %s", text[0], text[1], text[2]);
	if (n < 0 || (size_t)n >= sizeof(s->why)) {
		memcpy(s->why, long_names, sizeof(long_names));
	}
}

int search_new(const struct kube *k, struct strv ns, struct search **out)
{
	struct search *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->kube = k;
	int err = ns.n > 0 && kube_zone(k) ? make_suffixes(s, ns) : ERR_OK;
	if (err != ERR_OK) {
		free(s);
		return err;
	}
	make_why(s);
	*out = s;
	return ERR_OK;
}

void search_free(struct search *s)
{
	free(s);
}

/* The subject with the first suffix under which it exists. */
static bool complete(const struct search *s, const struct query *q, struct name *out)
{
	const uint8_t *asked = q->w.base + q->subject.at;
	if (q->subject.map.n == 0 || q->subject.map.n > COMPLETE_LABELS_MAX) {
		return false;
	}
	for (size_t i = 0; i < s->n; i++) {
		if (name_join(asked, s->suffixes[i].b, out) == ERR_OK &&
			kube_has_name(s->kube, out->b)) {
			return true;
		}
	}
	return false;
}

static enum verdict run(void *self, struct query *q)
{
	const struct search *s = self;
	struct name full;
	if (kube_has_zone(s->kube, &q->subject)) {
		return V_NEXT;
	}
	if (complete(s, q, &full)) {
		if (reply_cname(q, full.b, full.n, kube_ttl(s->kube)) && q->type != TYPE_CNAME) {
			return V_NEXT; /* the kubernetes stage goes on with the full name */
		}
		reply_set_rcode(q, RCODE_NOERROR, true);
		return V_ANSWERED;
	}
	if (q->subject.map.n == 0 || q->subject.map.n > SHORT_LABELS_MAX) {
		return V_NEXT;
	}
	bool synced = kube_is_synced(s->kube);
	reply_set_rcode(q, synced || s->n == 0 ? RCODE_NXDOMAIN : RCODE_SERVFAIL, false);
	q->ede = (struct ede){
		.code = synced || s->n == 0 ? EDE_OTHER : EDE_NOT_READY,
		.text = strv_of(s->why),
	};
	return V_ANSWERED;
}

const struct stage_row stage_search = { .name = "search", .run = run };
