/* Opens the companions around one cache and hands each event on. Regime: see companion.h. */
#include "statefulset/companion/companion.h"

#include <stdlib.h>

#include "base/err.h"
#include "statefulset/companion/world.h"

struct companions {
	struct world world;
	struct slices *slices;
	struct scheduler *scheduler;
	struct kubelet *kubelet;
	struct claims *claims;
	struct volumes *volumes;
	struct collector *collector;
	struct namespaces *namespaces;
	struct clock_task closed;
	void (*cb)(void *ctx);
	void *ctx;
};

static void on_event(void *ctx, const struct watch_event *e)
{
	struct companions *c = ctx;
	if (e->type == WATCH_SYNCED && !watch_cache_is_synced(c->world.cache, KIND_ALL)) {
		return; /* nobody decides on half of what there is */
	}
	claims_event(c->claims, e);
	volumes_event(c->volumes, e);
	scheduler_event(c->scheduler, e);
	kubelet_event(c->kubelet, e);
	collector_event(c->collector, e);
	namespaces_event(c->namespaces, e);
}

NODISCARD static int open_all(struct companions *c)
{
	struct world *w = &c->world;
	int err = slices_open(w, &c->slices);
	err = err ? err : scheduler_open(w, &c->scheduler);
	err = err ? err : kubelet_open(w, &c->kubelet);
	err = err ? err : claims_open(w, &c->claims);
	err = err ? err : volumes_open(w, &c->volumes);
	err = err ? err : collector_open(w, &c->collector);
	err = err ? err : namespaces_open(w, &c->namespaces);
	if (err) {
		return err;
	}
	/* Last: from here on events come, though not before this call has returned. */
	struct watch_cache_config config = {
		.kinds = KIND_ALL, .priority = WATCH_CONTROL, .fn = on_event, .ctx = c
	};
	return watch_cache_new(w->api, &config, &w->cache);
}

static void close_all(struct companions *c)
{
	watch_cache_free(c->world.cache);
	namespaces_close(c->namespaces);
	collector_close(c->collector);
	volumes_close(c->volumes);
	claims_close(c->claims);
	kubelet_close(c->kubelet);
	scheduler_close(c->scheduler);
	slices_close(c->slices);
}

int companions_open(struct clock *clock, const struct watch_api *api,
	const struct companion_config *config, struct companions **out)
{
	struct companions *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->world = (struct world){ .clock = clock, .api = api, .config = *config };
	int err = open_all(c);
	if (err) {
		close_all(c);
		free(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

static void on_closed(struct clock_task *t)
{
	struct companions *c = container_of(t, struct companions, closed);
	void (*cb)(void *ctx) = c->cb;
	void *ctx = c->ctx;
	free(c);
	if (cb) {
		cb(ctx);
	}
}

void companions_close(struct companions *c, void (*cb)(void *ctx), void *ctx)
{
	if (!c) {
		if (cb) {
			cb(ctx);
		}
		return;
	}
	close_all(c);
	c->cb = cb;
	c->ctx = ctx;
	clock_task_init(&c->closed, on_closed);
	clock_post(c->world.clock, &c->closed);
}
