/* The stages there are, one file each. The order in a pipeline is main's and the Corefile's business, not theirs.
 * Regime: rows are const; `self` is made by the function beside the row and freed by its owner. Query threads run them.
 * Called by: dns/server.c. */
#pragma once

#include <uv.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/kube/kube.h"
#include "dns/query/query.h"
#include "dns/reclaim.h"
#include "dns/stage/options.h"

/* log: a line a reply. self: struct log_stage. */
extern const struct stage_row stage_log;
struct log_stage;
/* errors ERR_BAD_NAME, ERR_NOMEM */
NODISCARD int log_stage_new(
	const struct log_rule *rules, size_t n, enum log_level level, struct log_stage **out);
void log_stage_free(struct log_stage *s); /* accepts NULL */

/* errors: every SERVFAIL is logged, or counted with those like it. self: struct errors_stage. */
extern const struct stage_row stage_errors;
struct errors_stage;
/* errors libuv's, ERR_SYNTAX (pattern), ERR_NOMEM */
NODISCARD int errors_stage_open(
	uv_loop_t *loop, const struct consolidate_rule *rules, size_t n, struct errors_stage **out);
/* No query thread is left. Says what was counted; frees, then closed, from the loop. */
void errors_stage_close(struct errors_stage *s, void (*closed)(void *ctx), void *ctx);

/* loadbalance: the order of addresses; sorting: with weights or preferred networks too. self: struct loadbalance. */
extern const struct stage_row stage_loadbalance, stage_loadbalance_sorting;
struct loadbalance;
/* o: balance, weights, reload_ms, prefer. errors as weights_file_open, ERR_SYNTAX (prefer) */
NODISCARD int loadbalance_open(uv_loop_t *loop, struct reclaim *rc, const struct stage_options *o,
	struct loadbalance **out);
/* No query thread is left. True: closed will be called, from the loop; free it only then. */
bool loadbalance_close(struct loadbalance *s, void (*closed)(void *ctx), void *ctx);
void loadbalance_free(struct loadbalance *s);

/* kubernetes: names in the cluster's zones. self: const struct kube. */
extern const struct stage_row stage_kubernetes;

/* transfer: whole zones over TCP, for those who may have them. self: struct transfer_stage. */
extern const struct stage_row stage_transfer;
struct transfer_stage;
/* k: NULL: there is no zone to give. errors ERR_BAD_NAME (zones), ERR_SYNTAX (to), ERR_NOMEM */
NODISCARD int transfer_stage_new(const struct kube *k, const struct transfer_rule *rules, size_t n,
	struct transfer_stage **out);
void transfer_stage_free(struct transfer_stage *s); /* accepts NULL */

/* search: short names, as a pod's resolv.conf would complete them. self: struct search. */
extern const struct stage_row stage_search;
struct search;
/* ns "": short names are not completed, their refusal says how to. errors ERR_BAD_NAME (ns, or too long), ERR_NOMEM */
NODISCARD int search_new(const struct kube *k, struct strv ns, struct search **out);
void search_free(struct search *s);
