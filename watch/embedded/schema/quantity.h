/* Kubernetes quantities: "500m", "1Gi", "1e3"; read, compared, written in the one canonical form.
 * Source: apimachinery's resource.Quantity (format and rounding rules as documented there).
 * A quantity is kept exactly as a number of 1e-9 parts, up to some 1.7e29 units.
 * Regime: plain values. Called by: check.c; whoever compares capacities. */
#pragma once

#include <stdbool.h>

#include "base/base.h"
#include "base/strv.h"

enum quantity_format { QUANTITY_DECIMAL, QUANTITY_BINARY, QUANTITY_EXPONENT }; /* 1k, 1Ki, 1e3 */

struct quantity {
	unsigned __int128 nano; /* absolute value, finer parts rounded up */
	bool negative;          /* false for zero */
	enum quantity_format format;
};

/* What kube-apiserver answers for a text of another form. */
#define QUANTITY_SYNTAX                                                                            \
	"quantities must match the regular expression "                                            \
	"'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/* Not quantity_parse of watch/object, which wants a whole number. s is trimmed first. errors ERR_SYNTAX; ERR_RANGE (well-formed, but beyond what is kept here) */
NODISCARD int quantity_read(struct strv s, struct quantity *out);
#define QUANTITY_CHARS 48
/* The canonical text: no fraction, the largest suffix that keeps it exact; NUL-terminated. false: needs a suffix
 * that does not exist (1e21 and more in decimal form), nothing written. */
bool quantity_text(const struct quantity *q, char out[QUANTITY_CHARS]);
int quantity_cmp(const struct quantity *a, const struct quantity *b); /* <0, 0, >0 */
