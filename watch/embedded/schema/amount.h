/* Kubernetes quantities: "500m", "1Gi", "1e3"; read, compared, written in the one canonical form.
 * Source: apimachinery's resource.Quantity (format and rounding rules as documented there).
 * watch/object reads whole numbers of units only; here every digit counts, since text comes out again.
 * An amount is kept exactly as a number of 1e-9 parts, up to some 1.7e29 units.
 * Regime: plain values. Called by: check.c; whoever compares capacities. */
#pragma once

#include <stdbool.h>

#include "base/base.h"
#include "base/strv.h"

enum amount_format { AMOUNT_DECIMAL, AMOUNT_BINARY, AMOUNT_EXPONENT }; /* 1k, 1Ki, 1e3 */

struct amount {
	__extension__ unsigned __int128 nano; /* absolute value, finer parts rounded up */
	bool negative;                        /* false for zero */
	enum amount_format format;
};

/* What kube-apiserver answers for a text of another form. */
#define AMOUNT_SYNTAX                                                                              \
	"quantities must match the regular expression "                                            \
	"'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/* s is trimmed first. errors ERR_SYNTAX; ERR_RANGE (well-formed, but beyond what is kept here) */
NODISCARD int amount_parse(struct strv s, struct amount *out);
#define AMOUNT_CHARS 48
/* The canonical text: no fraction, the largest suffix that keeps it exact; NUL-terminated. false: needs a suffix
 * that does not exist (1e21 and more in decimal form), nothing written. */
bool amount_text(const struct amount *q, char out[AMOUNT_CHARS]);
int amount_cmp(const struct amount *a, const struct amount *b); /* <0, 0, >0 */
