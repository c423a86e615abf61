/* Weights of addresses, by name, as the file of `loadbalance weighted` gives them:
 *
 *	# a comment
 *	db.example.org
 *	10.0.0.1 3
 *	10.0.0.2 255
 *
 * Source: CoreDNS plugin/loadbalance README, "Weightfile". Regime: published snapshot (dns/reclaim.h); built on the control
 * thread. Pure. Called by: loadbalance.c, weights_file.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/reclaim.h"

#define WEIGHTS_MAX_BYTES 1048576
#define WEIGHT_DEFAULT    1

struct weights {
	struct retired retired;
	size_t n;
	struct weight *at; /* by name, then address */
};
struct weights_report {
	unsigned line;
	char why[128];
};

/* errors ERR_SYNTAX, ERR_TOO_LARGE, report filled; ERR_NOMEM */
NODISCARD int weights_parse(struct strv text, struct weights **out, struct weights_report *report);
void weights_free(struct weights *w); /* accepts NULL */
/* 1 to 255; WEIGHT_DEFAULT for what the file does not name. lower: wire form in lower case; bytes: 4 or 16 octets. */
unsigned weights_of(const struct weights *w, const uint8_t *lower, size_t n, const uint8_t *address,
	size_t bytes);
