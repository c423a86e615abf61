/* The stages there are, one file each. The order in a pipeline is main's and the Corefile's business, not theirs.
 * Regime: rows are const; `self` is made by the function beside the row and freed by its owner. Query threads run them.
 * Called by: dns/server.c. */
#pragma once

#include "base/base.h"
#include "base/strv.h"
#include "dns/kube/kube.h"
#include "dns/query/query.h"

/* log: every reply, at DEBUG or at INFO. self: none. */
extern const struct stage_row stage_log, stage_log_info;
/* errors: every SERVFAIL is logged. self: none. */
extern const struct stage_row stage_errors;

/* block: names in the zones of the server block are ours, even if no stage after it answers. self: struct block. */
extern const struct stage_row stage_block;
struct block;
/* zones: blank-separated. errors ERR_BAD_NAME, ERR_NOMEM */
NODISCARD int block_new(const char *zones, struct block **out);
void block_free(struct block *b);
/* loadbalance: replies with several addresses begin with each in turn, at random. self: none. */
extern const struct stage_row stage_loadbalance;
/* kubernetes: names in the cluster's zones. self: const struct kube. */
extern const struct stage_row stage_kubernetes;

/* transfer: whole zones over TCP, for those who may have them. self: struct transfer_stage. */
extern const struct stage_row stage_transfer;
struct transfer_stage;
/* to: addresses, blank-separated; "*": everybody. errors ERR_SYNTAX, ERR_NOMEM */
NODISCARD int transfer_stage_new(const struct kube *k, const char *to, struct transfer_stage **out);
void transfer_stage_free(struct transfer_stage *s);

/* search: short names, as a pod's resolv.conf would complete them. self: struct search. */
extern const struct stage_row stage_search;
struct search;
/* ns "": short names are not completed, their refusal says how to. errors ERR_BAD_NAME (ns, or too long), ERR_NOMEM */
NODISCARD int search_new(const struct kube *k, struct strv ns, struct search **out);
void search_free(struct search *s);
