/* EDNS(0) and Extended DNS Errors: see the header.
 *
 * OPT record: owner root, CLASS = sender's UDP size, TTL = rcode_high(8) version(8) DO(1) zero(15),
 * RDATA = { code(16) length(16) bytes }*  */
#include "dns/wire/edns.h"

#define EDNS_DO        0x8000
#define OPTION_EDE     15
#define OPTION_HEAD    4
#define EDE_CODE_BYTES 2
#define EDE_TEXT_MAX   200 /* keeps a negative answer below 512 octets */

int edns_read(const struct rr *opt, struct edns *out)
{
	REQUIRE(opt->type == TYPE_OPT);
	if (opt->owner.n != 1) {
		return ERR_BAD_NAME;
	}
	struct rd r = rd_of(opt->rdata, opt->rdata_n);
	while (r.err == ERR_OK && rd_left(&r) > 0) {
		(void)rd_u16(&r); /* no option changes our answer */
		size_t n = rd_u16(&r);
		(void)rd_bytes(&r, n);
	}
	if (r.err != ERR_OK) {
		return r.err;
	}
	*out = (struct edns){
		.present = true,
		.dnssec_ok = (opt->ttl & EDNS_DO) != 0,
		.version = (uint8_t)(opt->ttl >> 16),
		.rcode_high = (uint8_t)(opt->ttl >> 24),
		.udp_bytes = opt->class,
	};
	return ERR_OK;
}

void edns_write(struct wr *w, const struct edns *e, const struct ede *error)
{
	uint8_t *p = wr_room(w, EDNS_OPT_BYTES);
	if (!p) {
		return;
	}
	p[0] = 0;
	put_u16(p + 1, TYPE_OPT);
	put_u16(p + 3, e->udp_bytes);
	p[5] = e->rcode_high;
	p[6] = e->version;
	put_u16(p + 7, e->dnssec_ok ? EDNS_DO : 0);
	put_u16(p + 9, 0);
	if (error->text.n == 0) {
		return;
	}
	size_t text_n = error->text.n < EDE_TEXT_MAX ? error->text.n : EDE_TEXT_MAX;
	size_t option_n = OPTION_HEAD + EDE_CODE_BYTES + text_n;
	if (w->cap - w->n < option_n) {
		return;
	}
	put_u16(p + 9, (uint16_t)option_n);
	wr_u16(w, OPTION_EDE);
	wr_u16(w, (uint16_t)(EDE_CODE_BYTES + text_n));
	wr_u16(w, (uint16_t)error->code);
	wr_bytes(w, error->text.p, text_n);
}
