/* Timestamps as the API takes them: RFC 3339, for MicroTime with exactly six digits behind the second. What is wrong
 * is said in the words of Go's time package, as kube-apiserver passes them on.
 * Regime: the caller's arena. Called by: check.c. */
#pragma once

#include "base/arena.h"
#include "base/base.h"
#include "base/strv.h"

/* *out: the same moment in UTC as the API prints it ("2026-01-02T03:04:05Z", micro: "2026-01-02T03:04:05.000006Z").
 * errors ERR_SYNTAX (*out is what is wrong), ERR_NOMEM */
NODISCARD int timestamp_normal(struct arena *a, struct strv s, bool micro, struct strv *out);
