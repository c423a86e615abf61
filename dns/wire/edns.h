/* EDNS(0): the OPT record (RFC 6891) and Extended DNS Errors in it (RFC 8914).
 * Regime: values; text is borrowed. Pure. Called by: dns/query. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/wire/message.h"

#define EDNS_OPT_BYTES 11 /* without options */

struct edns {
	bool present;
	bool dnssec_ok;
	uint8_t version;
	uint8_t rcode_high; /* upper 8 bits of the extended rcode */
	uint16_t udp_bytes; /* what the sender can take */
};

enum ede_code { /* RFC 8914 4 */
	EDE_OTHER = 0,
	EDE_NOT_READY = 14,
	EDE_NOT_AUTHORITATIVE = 20,
};
struct ede {
	enum ede_code code;
	struct strv text; /* no text: no error is sent */
};

/* From a record of type OPT. errors ERR_BAD_NAME (owner is not the root), ERR_TRUNCATED (an option
 * passes the end) */
NODISCARD int edns_read(const struct rr *opt, struct edns *out);
/* Writes the OPT record, with the error when it has text and fits; the OPT itself sticks as
 * ERR_NO_SPACE. */
void edns_write(struct wr *w, const struct edns *e, const struct ede *error);
