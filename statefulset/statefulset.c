/* Opens the parts, hands events to world, closes in order: no more events, no more work, replies awaited, freed.
 * Regime: statefulset.h. */
#include "statefulset/statefulset.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "statefulset/statefulset_internal.h"
#include "statefulset/sync.h"
#include "watch/cache.h"

static const kind_set kinds = KIND_BIT(KIND_STATEFULSET) | KIND_BIT(KIND_POD) | KIND_BIT(KIND_PVC) |
			      KIND_BIT(KIND_CONTROLLERREVISION);

static void on_event(void *ctx, const struct watch_event *e)
{
	struct sts_controller *c = ctx;
	if (e->type == WATCH_SYNCED) {
		if (watch_cache_is_synced(c->cache, kinds)) {
			queue_release(&c->queue);
		}
		return;
	}
	int err = world_event(&c->world, e);
	if (err) {
		log_warn("statefulset", "%s %.*s/%.*s is passed over: %s", kind_row(e->kind)->name,
			STRV_ARG(e->obj->meta.ns), STRV_ARG(e->obj->meta.name), err_text(err));
	}
}

static void on_run(struct queue *q, struct queue_item *item)
{
	struct sts_controller *c = container_of(q, struct sts_controller, queue);
	sync_run(c, container_of(item, struct known_set, item));
}

static void on_closed(struct clock_task *t)
{
	struct sts_controller *c = container_of(t, struct sts_controller, closed);
	void (*cb)(void *ctx) = c->close_cb;
	void *ctx = c->close_ctx;
	watch_cache_free(c->cache);
	world_deinit(&c->world);
	queue_deinit(&c->queue);
	free(c);
	if (cb) {
		cb(ctx);
	}
}

int sts_controller_open(
	struct clock *clock, const struct watch_api *api, struct sts_controller **out)
{
	struct sts_controller *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->clock = clock;
	c->api = api;
	clock_task_init(&c->closed, on_closed);
	queue_init(&c->queue, clock, on_run);
	world_init(&c->world, &c->queue);
	int err = event_recorder_open(clock, api, STS_COMPONENT, NULL, &c->recorder);
	if (err) {
		free(c);
		return err;
	}
	struct watch_cache_config config = {
		.kinds = kinds, .priority = WATCH_CONTROL, .fn = on_event, .ctx = c
	};
	err = watch_cache_new(api, &config, &c->cache);
	if (err) {
		event_recorder_close(c->recorder);
		free(c);
		return err;
	}
	c->world.cache = c->cache;
	*out = c;
	return ERR_OK;
}

void sts_sync_ended(struct sts_controller *c)
{
	REQUIRE(c->syncs > 0);
	c->syncs--;
	if (c->closing && c->syncs == 0) {
		clock_post(c->clock, &c->closed);
	}
}

void sts_controller_close(struct sts_controller *c, void (*cb)(void *ctx), void *ctx)
{
	REQUIRE(!c->closing);
	c->closing = true;
	c->close_cb = cb;
	c->close_ctx = ctx;
	event_recorder_close(c->recorder);
	c->recorder = NULL;
	if (c->syncs == 0) {
		clock_post(c->clock, &c->closed);
	}
}
