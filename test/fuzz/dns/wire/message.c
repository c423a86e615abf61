/* Messages: what our readers accept can be written again and read to the same; names in it are c-ares' names; of a
 * response that c-ares accepts too, it sees the same addresses. */
#include <ares.h>
#include <netdb.h>
#include <stdlib.h>

#include "base/err.h"
#include "dns/wire/edns.h"
#include "dns/wire/message.h"

#define RECORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* c-ares prints a label of one NUL octet as nothing. */
static bool has_nul(const struct name *n)
{
	for (size_t at = 0; n->b[at] != 0; at += 1u + n->b[at]) {
		if (n->b[at] == 1 && n->b[at + 1] == 0) {
			return true;
		}
	}
	return false;
}

static void check_name(const uint8_t *message, size_t size, const uint8_t *at, const struct name *n)
{
	char *text = NULL;
	long took = 0;
	struct name theirs;
	REQUIRE(ares_expand_name(at, message, (int)size, &text, &took) == ARES_SUCCESS);
	REQUIRE(has_nul(n) || name_parse(strv_of(text[0] ? text : "."), &theirs) == ERR_OK);
	REQUIRE(has_nul(n) || name_eq(theirs.b, n->b));
	ares_free_string(text);
}

static void check_again(const struct rr *rr)
{
	static uint8_t out[70000];
	struct wr w = wr_of(out, sizeof(out));
	struct rr back;
	size_t length_at = rr_begin(&w, rr->owner.b, rr->owner.n, rr->type, rr->ttl);
	wr_bytes(&w, rr->rdata, rr->rdata_n);
	rr_end(&w, length_at);
	REQUIRE(w.err == ERR_OK);
	struct rd r = rd_of(out, w.n);
	REQUIRE(rr_read(&r, &back) == ERR_OK && rd_left(&r) == 0);
	REQUIRE(name_eq(back.owner.b, rr->owner.b) && back.type == rr->type && back.ttl == rr->ttl);
	REQUIRE(back.rdata_n == rr->rdata_n);
}

/* A records of class IN in the answer, as c-ares counts them; -1 when it does not take the message. */
static int ares_addresses(const uint8_t *data, size_t size)
{
	struct ares_addrttl found[RECORDS_MAX];
	int n = RECORDS_MAX;
	struct hostent *host = NULL;
	int status = ares_parse_a_reply(data, (int)size, &host, found, &n);
	if (host) {
		ares_free_hostent(host);
	}
	return status == ARES_SUCCESS ? n : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	struct header h;
	struct question q;
	int addresses = 0;
	if (header_read(&r, &h) != ERR_OK || h.questions != 1) {
		return 0;
	}
	const uint8_t *at = r.at;
	if (question_read(&r, &q) != ERR_OK) {
		return 0;
	}
	check_name(data, size, at, &q.name);
	unsigned all = (unsigned)h.answers + h.authorities + h.additionals;
	bool whole = true;
	bool plain = true; /* no alias: c-ares counts the addresses of the name asked alone */
	for (unsigned i = 0; i < all && whole; i++) {
		struct rr rr;
		struct name name;
		struct edns e;
		at = r.at;
		whole = rr_read(&r, &rr) == ERR_OK;
		if (!whole) {
			break;
		}
		check_name(data, size, at, &rr.owner);
		check_again(&rr);
		for (size_t k = 0; k < 8; k++) {
			if (rr_name(&r, &rr, k, &name) == ERR_OK) {
				check_name(data, size, rr.rdata + k, &name);
			}
		}
		if (rr.type == TYPE_OPT) {
			int err = edns_read(&rr, &e);
			REQUIRE(err != ERR_OK || e.present);
		}
		plain = plain && rr.type != TYPE_CNAME;
		addresses += i < h.answers && rr.type == TYPE_A && rr.class == CLASS_IN &&
			     rr.rdata_n == 4 && name_eq(rr.owner.b, q.name.b);
	}
	if (whole && plain && (h.flags & FLAG_QR) && addresses > 0 && addresses <= RECORDS_MAX) {
		int theirs = ares_addresses(data, size);
		REQUIRE(theirs < 0 || theirs == addresses);
	}
	return 0;
}
