/* See chain.h. */
#include "dns/chain.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "dns/stage/stages.h"

struct chain {
	struct pipeline pipeline;
	struct log_stage *log;
	struct errors_stage *errors;
	struct loadbalance *loadbalance;
	struct transfer_stage *transfer;
	struct search *search;
	unsigned n_closing; /* stages that are not closed yet, and one for the call */
	void (*closed)(void *ctx);
	void *ctx;
};

/* A stage that was opened, unless err says that it was not. */
static int add(struct chain *c, int err, const struct stage_row *row, void *self)
{
	return err ? err : pipeline_add(&c->pipeline, row, self);
}

/* What the Corefile wants logged; without it, everything at DEBUG. */
static int add_log(struct chain *c, const struct dns_config *config)
{
	static const struct log_rule all = { ".", LOG_FORMAT_COMMON, LOG_CLASS_ALL };
	const struct stage_options *o = &config->stages;
	if (o->n_logs == 0 && !log_is_on(LOG_DEBUG)) {
		return ERR_OK;
	}
	bool wanted = o->n_logs > 0;
	int err = log_stage_new(wanted ? o->logs : &all, wanted ? o->n_logs : 1,
		wanted ? LOG_INFO : LOG_DEBUG, &c->log);
	return add(c, err, &stage_log, c->log);
}

static int add_stages(struct chain *c, uv_loop_t *loop, struct reclaim *rc, struct kube *kube,
	const struct dns_config *config)
{
	const struct stage_options *o = &config->stages;
	int err = add_log(c, config);
	if (!err && o->errors) {
		err = errors_stage_open(loop, o->consolidate, o->n_consolidate, &c->errors);
		err = add(c, err, &stage_errors, c->errors);
	}
	if (!err && o->balance != BALANCE_KEEP) {
		err = loadbalance_open(loop, rc, o, &c->loadbalance);
		bool sorts = o->balance == BALANCE_WEIGHTED || o->prefer;
		err = add(c, err, sorts ? &stage_loadbalance_sorting : &stage_loadbalance,
			c->loadbalance);
	}
	if (!err && o->n_transfers > 0) {
		err = transfer_stage_new(kube, o->transfers, o->n_transfers, &c->transfer);
		err = add(c, err, &stage_transfer, c->transfer);
	}
	if (!err && !config->no_short) {
		err = search_new(kube, strv_of(config->search_ns), &c->search);
		err = add(c, err, &stage_search, c->search);
	}
	return err || !kube ? err : add(c, err, &stage_kubernetes, kube);
}

static bool has_stages(const struct kube *kube, const struct stage_options *o)
{
	return kube || o->n_logs > 0 || o->errors || o->balance != BALANCE_KEEP ||
	       o->n_transfers > 0;
}

static void nobody(void *ctx)
{
	(void)ctx;
}

int chain_open(uv_loop_t *loop, struct reclaim *rc, struct kube *kube,
	const struct dns_config *config, struct chain **out)
{
	struct chain *c = calloc(1, sizeof(*c));
	int err = c ? ERR_OK : ERR_NOMEM;
	if (!err && has_stages(kube, &config->stages)) {
		c->pipeline.ours = config->block != NULL;
		err = add_stages(c, loop, rc, kube, config);
	}
	if (err) {
		chain_close(c, nobody, NULL);
		return err;
	}
	*out = c;
	return ERR_OK;
}

const struct pipeline *chain_pipeline(const struct chain *c)
{
	return &c->pipeline;
}

static void on_stage_closed(void *ctx)
{
	struct chain *c = ctx;
	void (*closed)(void *ctx) = c->closed;
	void *closed_ctx = c->ctx;
	REQUIRE(c->n_closing > 0);
	if (--c->n_closing > 0) {
		return;
	}
	log_stage_free(c->log);
	loadbalance_free(c->loadbalance);
	transfer_stage_free(c->transfer);
	search_free(c->search);
	free(c);
	closed(closed_ctx);
}

void chain_close(struct chain *c, void (*closed)(void *ctx), void *ctx)
{
	if (!c) {
		closed(ctx);
		return;
	}
	c->closed = closed;
	c->ctx = ctx;
	c->n_closing = 1;
	if (c->errors) {
		c->n_closing++;
		errors_stage_close(c->errors, on_stage_closed, c);
	}
	if (c->loadbalance) {
		c->n_closing += loadbalance_close(c->loadbalance, on_stage_closed, c);
	}
	on_stage_closed(c);
}
