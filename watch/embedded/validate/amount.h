/* Quantities ("500m", "1Gi", "1e3") compared exactly, to a billionth; watch/object rounds up to
 * whole units, which is too coarse for cpu. Source: Kubernetes resource.Quantity. Pure. Called by:
 * watch/embedded/validate. */
#pragma once

#include "base/base.h"
#include "base/json.h"

struct amount {
	__int128 nano; /* saturates far beyond what a cluster has */
};

/* value: a string or a number. errors ERR_SYNTAX, ERR_BAD_TYPE */
NODISCARD int amount_of(const struct json *value, struct amount *out);
int amount_compare(struct amount a, struct amount b); /* <0, 0, >0 */
int amount_sign(struct amount a);
bool amount_is_whole(struct amount a); /* no fraction */

#define AMOUNT_SYNTAX                                                                              \
	"quantities must match the regular expression "                                            \
	"'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
