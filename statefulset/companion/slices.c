/* EndpointSlices: keeps the slices of every Service with a selector in step with its pods, as the EndpointSlice
 * controller does. It subscribes as RECORDS and writes inside its event handler, so that a name is resolvable before any
 * client can have seen the pod Ready.
 * It keeps its own book of what it has written (slices_book.h) and writes whole slices from it: events of its own
 * writes need not have come back before the next change is worked on.
 * Source: kube-controller-manager's endpointslice controller. Regime: see world.h.
 * Failure path: a refused write is logged; all Services are written again after a while. */
#include "statefulset/companion/slices.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "statefulset/companion/slices_book.h"
#include "statefulset/companion/world.h"

#define KINDS                                                                                      \
	(KIND_BIT(KIND_POD) | KIND_BIT(KIND_SERVICE) | KIND_BIT(KIND_ENDPOINTSLICE) |              \
		KIND_BIT(KIND_NODE))
#define REPAIR_MS 1000

struct slices {
	struct world *world;
	struct watch_cache *cache;
	struct slices_book book;
	struct clock_timer repair;
	struct body body;
	size_t calls_out;
	bool synced; /* all kinds are there */
	bool closing;
};

/* ---- writing ---- */

static void on_repair(struct clock_timer *t);

static void repair_later(struct slices *s)
{
	if (!clock_timer_is_active(&s->repair) &&
		clock_timer_start_patient(s->world->clock, &s->repair, REPAIR_MS)) {
		log_error("endpointslices", "%s", err_text(ERR_NOMEM));
	}
}

static void slices_free(struct slices *s)
{
	slices_book_deinit(&s->book);
	body_deinit(&s->body);
	free(s);
}

static void on_reply(void *ctx, const struct watch_reply *r)
{
	struct slices *s = ctx;
	s->calls_out--;
	if (s->closing) {
		if (s->calls_out == 0) {
			slices_free(s);
		}
		return;
	}
	/* 404: the Service's end has taken the slice along. 403: so has its namespace's. */
	if (r->err && r->err != ERR_NOT_FOUND && r->status != 403) {
		log_warn("endpointslices", "write refused: %.*s", STRV_ARG(r->message));
		repair_later(s);
	}
}

static void send_call(struct slices *s, const struct watch_call *c)
{
	int err = watch_call(s->world->api, c, on_reply, s);
	if (err) {
		log_warn("endpointslices", "%s", err_text(err));
		repair_later(s);
	} else {
		s->calls_out++;
	}
}

static void slice_write(
	struct slices *s, struct slices_entry *e, struct slices_slice *sl, int64_t trigger_ms)
{
	struct body *b = &s->body;
	body_reset(b);
	const struct pod *any = sl->n > 0 ? sl->pods[0]->as.pod : NULL;
	struct json *endpoints;
	struct json *slice = slices_body(
		b, e->service, strv_of(sl->name), sl->family, any, trigger_ms, &endpoints);
	for (size_t i = 0; i < sl->n; i++) {
		const struct object *node = watch_cache_get(
			s->cache, KIND_NODE, STRV_NONE, sl->pods[i]->as.pod->node_name);
		slices_put_endpoint(b, endpoints, e->service, sl->pods[i], sl->family,
			node ? node->as.node->zone : STRV_NONE);
	}
	if (b->err) {
		repair_later(s);
		return;
	}
	sl->dirty = false;
	send_call(s, &(struct watch_call){ .verb = sl->exists ? WATCH_UPDATE : WATCH_CREATE,
			     .kind = KIND_ENDPOINTSLICE,
			     .ns = e->service->meta.ns,
			     .name = strv_of(sl->name),
			     .body = slice,
			     .manager = "endpointslice-controller" });
	sl->exists = true;
}

static void slice_delete(struct slices *s, struct slices_entry *e, struct slices_slice **link)
{
	struct slices_slice *sl = *link;
	*link = sl->next;
	if (sl->exists) {
		send_call(s, &(struct watch_call){ .verb = WATCH_DELETE,
				     .kind = KIND_ENDPOINTSLICE,
				     .ns = e->service->meta.ns,
				     .name = strv_of(sl->name),
				     .manager = "endpointslice-controller" });
	}
	free(sl);
}

static size_t family_count(const struct slices_entry *e, enum ip_family family)
{
	size_t n = 0;
	for (const struct slices_slice *sl = e->slices; sl; sl = sl->next) {
		n += sl->family == family;
	}
	return n;
}

static bool wants_family(const struct service *svc, enum ip_family family)
{
	bool any = svc->family_v4 || svc->family_v6;
	return !any || (family == IP_V4 ? svc->family_v4 : svc->family_v6);
}

/* Writes what has changed; empty slices go, but one a family stays. */
static void flush(struct slices *s, struct slices_entry *e, int64_t trigger_ms)
{
	struct slices_slice **link = &e->slices;
	while (*link) {
		struct slices_slice *sl = *link;
		bool last = family_count(e, sl->family) == 1 &&
			    wants_family(e->service->as.service, sl->family);
		if (sl->n == 0 && !last) {
			slice_delete(s, e, link);
			continue;
		}
		if (sl->n == 0) {
			sl->ports_hash = 0;
		}
		if (sl->dirty) {
			slice_write(s, e, sl, trigger_ms);
		}
		link = &sl->next;
	}
}

/* ---- deciding ---- */

static bool node_is_known(
	const struct slices *s, const struct object *service, const struct object *pod)
{
	return service->as.service->publish_not_ready || pod->as.pod->node_name.n == 0 ||
	       watch_cache_get(s->cache, KIND_NODE, STRV_NONE, pod->as.pod->node_name);
}

/* Whether an endpoint made from b would read as one made from a. */
static bool same_endpoint(const struct object *a, const struct object *b)
{
	const struct pod *p = a->as.pod;
	const struct pod *q = b->as.pod;
	return p->ready == q->ready && a->meta.deletion_ms.set == b->meta.deletion_ms.set &&
	       strv_eq(a->meta.uid, b->meta.uid) && strv_eq(p->hostname, q->hostname) &&
	       strv_eq(p->subdomain, q->subdomain) && strv_eq(p->node_name, q->node_name) &&
	       p->n_ips == q->n_ips &&
	       (p->n_ips == 0 || memcmp(p->ips, q->ips, p->n_ips * sizeof(*p->ips)) == 0);
}

/* Puts one pod where it belongs in the Service's book. gone: it exists no more. */
static void consider(struct slices *s, struct slices_entry *e, const struct object *pod,
	enum ip_family family, bool gone)
{
	struct slices_place *p = slices_place_find(e, family, pod->meta.name);
	bool wanted = !gone && wants_family(e->service->as.service, family) &&
		      slices_takes(e->service, pod, family) && node_is_known(s, e->service, pod);
	uint64_t hash = 0;
	if (wanted) {
		hash = slices_ports_hash(e->service->as.service, pod->as.pod);
	}
	if (p && wanted && p->slice->ports_hash == hash) {
		const struct object *before = p->slice->pods[p->index];
		p->slice->dirty = p->slice->dirty || !same_endpoint(before, pod);
		p->slice->pods[p->index] = object_ref(pod);
		object_unref(before);
		return;
	}
	if (p) {
		slices_place_remove(e, p);
	}
	if (wanted && slices_place_add(&s->book, e, family, pod, hash)) {
		log_error("endpointslices", "%s", err_text(ERR_NOMEM));
		repair_later(s);
	}
}

struct walk {
	struct slices *s;
	struct slices_entry *e;
};

/* A slice that was written for this Service before its entry was made: by the lab's last run, or before the Service
 * lost its selector for a while. It is filled anew; the old content counts for nothing. */
static bool visit_slice(void *ctx, const struct object *slice)
{
	struct walk *w = ctx;
	const struct owner_ref *owner = meta_controller(&slice->meta);
	const struct strv *by = labels_get(&slice->meta.labels, STRV(SLICES_MANAGED_BY));
	enum slice_family family = slice->as.endpointslice->family;
	if (!owner || !strv_eq(owner->uid, w->e->service->meta.uid) || !by ||
		!strv_eq(*by, STRV(SLICES_CONTROLLER)) || family == SLICE_FQDN ||
		slice->meta.name.n >= SLICES_NAME_CHARS) {
		return true;
	}
	struct slices_slice *sl = slices_slice_add(
		&w->s->book, w->e, family == SLICE_V4 ? IP_V4 : IP_V6);
	if (!sl) {
		repair_later(w->s);
		return false;
	}
	memcpy(sl->name, slice->meta.name.p, slice->meta.name.n);
	sl->name[slice->meta.name.n] = '\0';
	sl->exists = true;
	return true;
}

static bool visit_pod(void *ctx, const struct object *pod)
{
	struct walk *w = ctx;
	consider(w->s, w->e, pod, IP_V4, false);
	consider(w->s, w->e, pod, IP_V6, false);
	return true;
}

/* Looks at all pods of the Service's namespace and writes every slice of it. */
static void service_rebuild(struct slices *s, struct slices_entry *e)
{
	struct walk w = { .s = s, .e = e };
	watch_cache_visit(s->cache, KIND_POD, e->service->meta.ns, visit_pod, &w);
	for (int i = 0; i < 2; i++) {
		enum ip_family family = i == 0 ? IP_V4 : IP_V6;
		if (wants_family(e->service->as.service, family) && family_count(e, family) == 0 &&
			!slices_slice_add(&s->book, e, family)) {
			repair_later(s);
		}
	}
	for (struct slices_slice *sl = e->slices; sl; sl = sl->next) {
		sl->dirty = true;
	}
	flush(s, e, e->service->meta.creation_ms);
}

static void service_event(struct slices *s, const struct object *svc, bool gone)
{
	struct slices_entry *e = slices_book_find(&s->book, svc->meta.ns, svc->meta.name);
	bool ours = !gone && svc->as.service->has_selector &&
		    svc->as.service->type != SERVICE_EXTERNALNAME && !svc->meta.deletion_ms.set;
	bool replaced = e && !strv_eq(e->service->meta.uid, svc->meta.uid);
	if (e && (!ours || replaced)) {
		slices_book_remove(
			&s->book, e); /* its slices go with their owner, or stay as they are */
		e = NULL;
	}
	if (!ours) {
		return;
	}
	if (!e) {
		e = slices_book_add(&s->book, svc);
		if (!e) {
			log_error("endpointslices", "%s", err_text(ERR_NOMEM));
			return;
		}
		struct walk w = { .s = s, .e = e };
		watch_cache_visit(s->cache, KIND_ENDPOINTSLICE, svc->meta.ns, visit_slice, &w);
	} else {
		const struct object *before = e->service;
		e->service = object_ref(svc);
		object_unref(before);
	}
	service_rebuild(s, e);
}

struct pod_change {
	struct slices *s;
	const struct watch_event *ev;
};

static bool visit_service(void *ctx, const struct object *svc)
{
	struct pod_change *c = ctx;
	struct slices_entry *e = slices_book_find(&c->s->book, svc->meta.ns, svc->meta.name);
	if (e) {
		bool gone = c->ev->type == WATCH_DELETED;
		consider(c->s, e, c->ev->obj, IP_V4, gone);
		consider(c->s, e, c->ev->obj, IP_V6, gone);
		flush(c->s, e, c->ev->obj->as.pod->ready_ms);
	}
	return true;
}

/* A slice of ours that somebody else removed is written again. */
static void slice_event(struct slices *s, const struct watch_event *ev)
{
	struct slices_entry *e = NULL;
	if (ev->type == WATCH_DELETED) {
		e = slices_book_find(
			&s->book, ev->obj->meta.ns, ev->obj->as.endpointslice->service);
	}
	for (struct slices_slice *sl = e ? e->slices : NULL; sl; sl = sl->next) {
		if (strv_eq(strv_of(sl->name), ev->obj->meta.name)) {
			sl->exists = false;
			sl->dirty = true;
		}
	}
	if (e && watch_cache_get(
			 s->cache, KIND_SERVICE, e->service->meta.ns, e->service->meta.name)) {
		flush(s, e, 0);
	}
}

static bool visit_first(void *ctx, const struct object *svc)
{
	service_event(ctx, svc, false);
	return true;
}

static void on_event(void *ctx, const struct watch_event *ev)
{
	struct slices *s = ctx;
	if (ev->type == WATCH_SYNCED && watch_cache_is_synced(s->cache, KINDS)) {
		s->synced = true;
		watch_cache_visit(s->cache, KIND_SERVICE, STRV_NONE, visit_first, s);
	} else if (!s->synced || ev->type == WATCH_SYNCED) {
		return; /* no slice is written from half of the pods */
	} else if (ev->kind == KIND_SERVICE) {
		service_event(s, ev->obj, ev->type == WATCH_DELETED);
	} else if (ev->kind == KIND_POD) {
		struct pod_change c = { .s = s, .ev = ev };
		watch_cache_visit(s->cache, KIND_SERVICE, ev->obj->meta.ns, visit_service, &c);
	} else if (ev->kind == KIND_ENDPOINTSLICE) {
		slice_event(s, ev);
	} else if (ev->kind == KIND_NODE && ev->type == WATCH_ADDED && s->book.entries) {
		repair_later(s); /* pods of a node not known before */
	}
}

static void on_repair(struct clock_timer *t)
{
	struct slices *s = container_of(t, struct slices, repair);
	struct slices_entry *e;
	struct slices_entry *next;
	HASH_ITER(hh, s->book.entries, e, next) {
		for (struct slices_slice *sl = e->slices; sl; sl = sl->next) {
			sl->exists = watch_cache_get(s->cache, KIND_ENDPOINTSLICE,
					     e->service->meta.ns, strv_of(sl->name)) != NULL;
		}
		service_rebuild(s, e);
	}
}

int slices_open(struct world *world, struct slices **out)
{
	struct slices *s = calloc(1, sizeof(*s));
	if (!s) {
		return ERR_NOMEM;
	}
	s->world = world;
	slices_book_init(&s->book, world->clock);
	body_init(&s->body);
	clock_timer_init(&s->repair, on_repair);
	struct watch_cache_config config = {
		.kinds = KINDS, .priority = WATCH_RECORDS, .fn = on_event, .ctx = s
	};
	int err = watch_cache_new(world->api, &config, &s->cache);
	if (err) {
		slices_free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

void slices_close(struct slices *s)
{
	if (!s) {
		return;
	}
	watch_cache_free(s->cache);
	clock_timer_stop(s->world->clock, &s->repair);
	s->closing = true;
	if (s->calls_out == 0) {
		slices_free(s);
	}
}
