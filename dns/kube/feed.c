/* Events in: Namespaces, Services and EndpointSlices become changes of the index; Pods of StatefulSets too, as they may be
 * newer than slices; with `pods verified` all Pods are what names of addresses are checked against. Only what the options
 * need is watched. StatefulSets become plans, which move no serial: they are no records.
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

static int feed_import(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	struct service_part *part = NULL;
	if (!gone) {
		part = import_part_new(o->as.service);
		if (!part) {
			return ERR_NOMEM;
		}
	}
	return index_set_service(k->imports, o->meta.ns, o->meta.name, part, changed);
}

/* The same slice may belong to a Service and to a ServiceImport. */
static int feed_import_slice(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	struct slice_part *part = NULL;
	const struct endpointslice *s = o->as.endpointslice;
	if (!k->imports || s->import.n == 0) {
		return ERR_OK;
	}
	if (!gone) {
		part = slice_part_new(o->meta.name, s,
			&(struct slice_keep){
				.pod_names = k->options.endpoint_pod_names, .clusters = true });
		if (!part) {
			return ERR_NOMEM;
		}
	}
	const struct index_slice at = {
		.ns = o->meta.ns, .service = s->import, .slice = o->meta.name
	};
	return index_set_slice(k->imports, &at, part, changed);
}

static int feed_slice(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	struct slice_part *part = NULL;
	const struct index_slice at = {
		.ns = o->meta.ns,
		.service = o->as.endpointslice->service,
		.slice = o->meta.name,
		.version = o->meta.resource_version,
	};
	const struct slice_keep keep = {
		.pod_names = k->options.endpoint_pod_names,
		.zonal = k->options.zonal,
		.replicas = k->sets != NULL,
		.seed = k->seed,
		.version = o->meta.resource_version,
	};
	if (at.service.n == 0 || k->options.no_endpoints) {
		return ERR_OK; /* belongs to no Service: it names nothing, PTR included */
	}
	if (!gone) {
		part = slice_part_new(o->meta.name, o->as.endpointslice, &keep);
		if (!part) {
			return ERR_NOMEM;
		}
	}
	return index_set_slice(k->index, &at, part, changed);
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

static int feed_import_move(struct kube *k, const struct watch_event *e, bool *changed)
{
	if (e->old &&
		!strv_eq(e->old->as.endpointslice->import, e->obj->as.endpointslice->import)) {
		return feed_import_slice(k, e->old, true, changed);
	}
	return ERR_OK;
}

static int feed_namespace(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	int err = index_set_namespace(k->index, o->meta.name, !gone, changed);
	if (err == ERR_OK && k->imports) {
		err = index_set_namespace(k->imports, o->meta.name, !gone, changed);
	}
	return err;
}

/* A Pod that has ended has no address; one that was being deleted when first seen never had. */
static bool pod_counts(const struct kube *k, const struct object *o)
{
	const struct pod *p = o->as.pod;
	return !p->terminal && !strv_eq(p->phase, STRV("Unknown")) &&
	       (!o->meta.deletion_ms.set || pods_has_name(k->pods, o->meta.ns, o->meta.name));
}

static int feed_pod(struct kube *k, const struct object *o, bool gone, bool *changed)
{
	size_t n = gone || !pod_counts(k, o) ? 0 : o->as.pod->n_ips;
	return pods_set(k->pods, o->meta.ns, o->meta.name, o->as.pod->ips, n, changed);
}

/* StatefulSets number their Pods, by label and by name (KEP 4017). */
static bool is_replica(const struct object *o)
{
	return part_may_be_replica(o->meta.name) &&
	       labels_get(&o->meta.labels, STRV(POD_INDEX_LABEL)) != NULL;
}

static int feed_replica(struct kube *k, const struct watch_event *e, bool *changed)
{
	const struct object *o = e->obj;
	int err = ERR_OK;
	if (e->old && !strv_eq(e->old->meta.uid, o->meta.uid)) {
		err = index_drop_replica(k->index, e->old->meta.uid, changed);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (e->type == WATCH_DELETED) {
		return index_drop_replica(k->index, o->meta.uid, changed);
	}
	return is_replica(o) ? index_set_replica(k->index, o, changed)
			     : index_forget_replica(k->index, o->meta.uid, changed);
}

static void feed_object(struct kube *k, const struct watch_event *e, bool *changed)
{
	bool gone = e->type == WATCH_DELETED;
	int err = ERR_OK;
	switch ((int)e->kind) {
	case KIND_NAMESPACE:
		err = feed_namespace(k, e->obj, gone, changed);
		break;
	case KIND_SERVICE:
		err = feed_service(k, e->obj, gone, changed);
		break;
	case KIND_ENDPOINTSLICE:
		err = feed_slice_move(k, e, changed);
		report(err, e->obj);
		err = feed_slice(k, e->obj, gone, changed);
		report(err, e->obj);
		err = feed_import_move(k, e, changed);
		report(err, e->obj);
		err = feed_import_slice(k, e->obj, gone, changed);
		break;
	case KIND_SERVICEIMPORT:
		err = feed_import(k, e->obj, gone, changed);
		break;
	case KIND_STATEFULSET:
		gone = gone || e->obj->meta.deletion_ms.set; /* brings no Pods any more */
		err = sets_set(k->sets, e->obj->meta.ns, e->obj->meta.name,
			gone ? NULL : e->obj->as.statefulset);
		break;
	case KIND_POD:
		err = k->pods ? feed_pod(k, e->obj, gone, changed) : ERR_OK;
		report(err, e->obj);
		err = k->sets ? feed_replica(k, e, changed) : ERR_OK;
		break;
	default:
		return;
	}
	report(err, e->obj);
}

static void flush(struct kube *k)
{
	int64_t begun_ns = clock_now_ns(k->clock);
	int err = index_flush(k->index);
	int imports_err = k->imports ? index_flush(k->imports) : ERR_OK;
	err = err != ERR_OK ? err : imports_err;
	if (err != ERR_OK) {
		log_error("dns", "some records could not be built: %s", err_text(err));
	}
	k->flush_ms = (clock_now_ns(k->clock) - begun_ns) / 1000000;
}

/* Records that have arrived answer, in one go a turn of the loop; at most half the time goes to them, as a large Service that
 * arrives in many slices is built again and again. */
static void flush_soon(struct kube *k)
{
	if (!clock_timer_is_active(&k->flush) &&
		clock_timer_start(k->clock, &k->flush, k->flush_ms) != ERR_OK) {
		log_debug("dns", "no memory for a timer: records are built when all have arrived");
	}
}

static void on_flush(struct clock_timer *t)
{
	flush(container_of(t, struct kube, flush));
}

static void feed_synced(struct kube *k, enum kind kind)
{
	k->awaited &= ~KIND_BIT(kind);
	flush(k);
	if ((k->awaited & ~KIND_BIT(KIND_SERVICEIMPORT)) == 0 && !k->synced) {
		index_set_lazy(k->index, false);
		PUBLISH(k->synced, true);
		log_debug("dns", "records are complete");
	}
	if (k->imports && k->awaited == 0 && !k->imports_synced) {
		index_set_lazy(k->imports, false);
		PUBLISH(k->imports_synced, true);
		log_debug("dns", "records of imported Services are complete");
	}
}

/* Without ServiceImports their zones are answered with SERVFAIL, and nobody waits for them. */
static void feed_refused(struct kube *k, enum kind kind, bool *changed)
{
	if (kind == KIND_SERVICEIMPORT && !k->imports_refused) {
		PUBLISH(k->imports_refused, true);
		log_warn("dns", "no ServiceImports: the multicluster zones are not answered");
	}
	if (kind == KIND_POD && k->sets) { /* what was known of Pods ages from now on */
		int err = index_forget_replicas(k->index, changed);
		log_info("dns", "Pods are not watched: readiness is what EndpointSlices say");
		if (err != ERR_OK) {
			log_error("dns", "some records could not be built: %s", err_text(err));
		}
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
	if (e->type == WATCH_REFUSED) {
		feed_refused(k, e->kind, &changed);
	} else {
		feed_object(k, e, &changed);
	}
	if (changed) {
		serial_step(k);
	}
	if (k->on_change && k->synced && (changed || e->kind == KIND_STATEFULSET)) {
		k->on_change(k->on_change_ctx);
	}
	if (!k->synced || (k->imports && !k->imports_synced)) {
		flush_soon(k);
	}
}

static int subscribe(struct kube *k, kind_set kinds, const char *selector)
{
	struct watch_interest w = {
		.kinds = kinds,
		.priority = WATCH_RECORDS,
		.label_selector = strv_of(selector),
		.fn = on_event,
		.ctx = k,
		.tell_refused = true,
	};
	REQUIRE(k->n_subs < SUBS_MAX);
	int err = watch_subscribe(k->api, &w, &k->subs[k->n_subs]);
	k->n_subs += err == ERR_OK;
	return err;
}

int kube_subscribe(struct kube *k, const struct watch_api *api)
{
	kind_set records = KIND_BIT(KIND_SERVICE);
	if (!k->options.no_endpoints || k->imports) {
		records |= KIND_BIT(KIND_ENDPOINTSLICE);
	}
	if (k->pods) {
		records |= KIND_BIT(KIND_POD);
	}
	k->awaited = records | KIND_BIT(KIND_NAMESPACE);
	if (k->imports) {
		k->awaited |= KIND_BIT(KIND_SERVICEIMPORT);
		index_set_lazy(k->imports, true);
	}
	k->api = api;
	clock_timer_init(&k->flush, on_flush);
	index_set_lazy(k->index, true);
	int err = subscribe(k, KIND_BIT(KIND_NAMESPACE), k->namespace_labels);
	if (err == ERR_OK) {
		err = subscribe(k, records, k->labels);
	}
	if (err == ERR_OK && k->imports) {
		err = subscribe(k, KIND_BIT(KIND_SERVICEIMPORT), NULL);
	}
	/* What follows is not awaited: whoever may not see it answers all the same. */
	if (err == ERR_OK && k->sets) {
		err = subscribe(k, KIND_BIT(KIND_STATEFULSET), NULL);
	}
	if (err == ERR_OK && k->sets && !k->pods) {
		err = subscribe(k, KIND_BIT(KIND_POD), k->replica_labels);
	}
	return err;
}

void kube_unsubscribe(struct kube *k)
{
	while (k->n_subs > 0) {
		watch_unsubscribe(k->api, k->subs[--k->n_subs]);
	}
	if (k->api) {
		clock_timer_stop(k->clock, &k->flush);
		k->api = NULL;
	}
}
