/* What a server block of a Corefile decides of the stages beside kubernetes; the lab leaves it zero.
 * Source: CoreDNS plugin/log, errors, loadbalance, transfer. Regime: borrowed during open, copied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

/* log: the first rule whose name the question is below says whether and how its reply is logged. */
struct log_rule {
	const char *name;   /* a full name */
	const char *format; /* see dns/stage/log_line.h */
	unsigned classes;   /* of LOG_CLASS_... */
};
#define LOG_CLASS_SUCCESS 1u
#define LOG_CLASS_DENIAL  2u /* NXDOMAIN, NODATA */
#define LOG_CLASS_ERROR   4u
#define LOG_CLASS_ALL     7u
#define LOG_FORMAT_COMMON "{common}"

/* errors: failures whose text matches are counted, and said once a period. */
struct consolidate_rule {
	const char *period; /* as written */
	int64_t period_ms;
	const char *pattern; /* a regular expression */
	enum log_level level;
	bool show_first; /* the first of a period is logged as it is */
};

enum balance {
	BALANCE_ROUND_ROBIN, /* addresses begin with each in turn, at random */
	BALANCE_KEEP,        /* no loadbalance: they keep their order */
	BALANCE_WEIGHTED,    /* one is drawn by its weight, and comes first */
};

/* transfer: who may have which zones whole. */
struct transfer_rule {
	const char *zones; /* blank-separated: these and what is below them */
	const char *to;    /* addresses, blank-separated; "*": everybody */
};

struct stage_options {
	const struct log_rule *logs;
	size_t n_logs;
	bool errors;                                /* failures are logged */
	const struct consolidate_rule *consolidate; /* the first that matches counts */
	size_t n_consolidate;
	enum balance balance;
	const char *weights; /* WEIGHTED: a file, see dns/stage/weights.h */
	int64_t reload_ms;   /* how often it is looked at; 0: never again */
	const char
		*prefer; /* networks, blank-separated: addresses in them come first; NULL: none */
	const struct transfer_rule *transfers; /* the longest zone counts */
	size_t n_transfers;
};
