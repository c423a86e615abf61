/* Events in: Namespaces, Services and EndpointSlices become changes of the index.
 * A bad object is logged and left out; the rest of the cluster is served.
 * Regime: control thread. Called by: dns/server.c through kube.h, watch_api. */
#include "base/err.h"
#include "base/log.h"
#include "dns/kube/kube_internal.h"

/* The serial grows with every change of records, and is the time of the last one as long as there is at most one a
 * second. */
static void serial_step(struct kube *k)
{
	uint32_t now = (uint32_t)(clock_now_ms(k->clock) / 1000);
	uint32_t serial = k->serial + 1;
	__atomic_store_n(&k->serial, serial < now ? now : serial, __ATOMIC_RELAXED);
}

static void report(int err, const struct object *o)
{
	if (err != ERR_OK) {
		log_error("dns", "%s %.*s/%.*s is left out: %s", kind_row(o->kind)->name,
			STRV_ARG(o->meta.ns), STRV_ARG(o->meta.name), err_text(err));
	}
}

static int feed_service(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	struct service_part *part = NULL;
	if (!gone) {
		part = service_part_new(o->as.service);
		if (!part) {
			return ERR_NOMEM;
		}
	}
	return index_set_service(k->index, o->meta.ns, o->meta.name, part, changed);
}

static int feed_slice(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	struct slice_part *part = NULL;
	if (o->as.endpointslice->service.n == 0) {
		return ERR_OK; /* belongs to no Service: it names nothing, PTR included */
	}
	if (!gone) {
		part = slice_part_new(
			o->meta.name, o->as.endpointslice, k->options.endpoint_pod_names);
		if (!part) {
			return ERR_NOMEM;
		}
	}
	return index_set_slice(
		k->index, o->meta.ns, o->as.endpointslice->service, o->meta.name, part, changed);
}

/* A slice whose label names another Service now leaves the former one. */
static int feed_slice_move(struct kube *k, const struct watch_event *e, bool *changed)
{
	if (e->old &&
		!strv_eq(e->old->as.endpointslice->service, e->obj->as.endpointslice->service)) {
		return feed_slice(k, e->old, true, changed);
	}
	return ERR_OK;
}

static void feed_object(struct kube *k, const struct watch_event *e, bool *changed)
{
	bool gone = e->type == WATCH_DELETED;
	int err = ERR_OK;
	switch ((int)e->kind) {
	case KIND_NAMESPACE:
		err = index_set_namespace(k->index, e->obj->meta.name, !gone, changed);
		break;
	case KIND_SERVICE:
		err = feed_service(k, e->obj, gone, changed);
		break;
	case KIND_ENDPOINTSLICE:
		err = feed_slice_move(k, e, changed);
		report(err, e->obj);
		err = feed_slice(k, e->obj, gone, changed);
		break;
	default:
		return;
	}
	report(err, e->obj);
}

static void flush(struct kube *k)
{
	int err = index_flush(k->index);
	if (err != ERR_OK) {
		log_error("dns", "some records could not be built: %s", err_text(err));
	}
}

static void on_flush(struct clock_task *t)
{
	flush(container_of(t, struct kube, flush));
}

static void feed_synced(struct kube *k, enum kind kind)
{
	k->awaited &= ~KIND_BIT(kind);
	flush(k);
	if (k->awaited == 0 && !k->synced) {
		index_set_lazy(k->index, false);
		PUBLISH(k->synced, true);
		log_debug("dns", "records are complete");
	}
}

static void on_event(void *ctx, const struct watch_event *e)
{
	struct kube *k = ctx;
	bool changed = false;
	if (e->type == WATCH_SYNCED) {
		feed_synced(k, e->kind);
		return;
	}
	feed_object(k, e, &changed);
	if (changed) {
		serial_step(k);
	}
	if (!k->synced) {
		clock_post(k->clock,
			&k->flush); /* records that have arrived answer, in one go a turn */
	}
}

int kube_subscribe(struct kube *k, const struct watch_api *api)
{
	struct watch_interest w = {
		.kinds = KIND_BIT(KIND_NAMESPACE) | KIND_BIT(KIND_SERVICE),
		.priority = WATCH_RECORDS,
		.fn = on_event,
		.ctx = k,
	};
	if (!k->options.no_endpoints) {
		w.kinds |= KIND_BIT(KIND_ENDPOINTSLICE);
	}
	k->awaited = w.kinds;
	k->api = api;
	clock_task_init(&k->flush, on_flush);
	index_set_lazy(k->index, true);
	return watch_subscribe(api, &w, &k->sub);
}

void kube_unsubscribe(struct kube *k)
{
	if (k->sub) {
		watch_unsubscribe(k->api, k->sub);
		k->sub = NULL;
		clock_unpost(k->clock, &k->flush);
	}
}
