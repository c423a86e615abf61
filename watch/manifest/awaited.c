/* Looks at what was applied after every event until nothing is missing. Regime: see awaited.h.
 * Happy path: subscribe -> events -> look (once a turn) -> done(true). Failure path: timer -> say what is missing ->
 * done(false). */
#include "watch/manifest/awaited.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "watch/object/typed.h"

struct item {
	const struct manifest_doc *doc;
	const struct object *now; /* counted; NULL before its first event, or when deleted */
	int64_t resolved;         /* StatefulSet: so many replicas' names have answered already */
	bool there;
};

struct awaited {
	struct awaited_config config;
	struct clock *clock;
	const struct watch_api *api;
	const struct manifest *manifest;
	struct watch_sub *sub;
	struct clock_task look;
	uv_timer_t timer;
	struct item *items;
	size_t n;
	bool finished;
	struct arena scratch;
	void (*closed)(void *ctx);
	void *closed_ctx;
};

static bool name_answers(struct awaited *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool name_answers(struct awaited *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct strv name = arena_vprintf(&a->scratch, fmt, ap);
	va_end(ap);
	bool answers = name.p && a->config.addresses(a->config.ctx, name) > 0;
	arena_reset(&a->scratch);
	return answers;
}

/* The document of this kind, namespace and name, if the manifest has it. */
static struct item *item_find(struct awaited *a, enum kind k, struct strv ns, struct strv name)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct manifest_doc *d = a->items[i].doc;
		if (d->kind == k && strv_eq(d->ns, ns) && strv_eq(d->name, name)) {
			return &a->items[i];
		}
	}
	return NULL;
}

static bool statefulset_there(struct awaited *a, struct item *it)
{
	const struct statefulset *set = it->now->as.statefulset;
	const struct meta *m = &it->now->meta;
	if (set->status.observed_generation < m->generation || set->status.ready < set->replicas ||
		set->status.replicas != set->replicas) {
		return false;
	}
	if (!item_find(a, KIND_SERVICE, m->ns, set->service_name)) {
		return true; /* its pods have no names of their own */
	}
	while (it->resolved < set->replicas) {
		if (!name_answers(a, "%.*s-%" PRId64 ".%.*s.%.*s.svc.%s", STRV_ARG(m->name),
			    set->start + it->resolved, STRV_ARG(set->service_name), STRV_ARG(m->ns),
			    a->config.zone)) {
			return false;
		}
		it->resolved++;
	}
	return true;
}

/* Whether all pairs of selector are among the labels of the JSON object. */
static bool json_labels_match(const struct json *labels, const struct labels *selector)
{
	for (size_t i = 0; i < selector->n; i++) {
		struct strv value = json_str(json_get_strv(labels, selector->at[i].key));
		if (!value.p || !strv_eq(value, selector->at[i].value)) {
			return false;
		}
	}
	return true;
}

/* Whether a pod that the manifest makes is behind this Service. */
static bool service_selects(const struct awaited *a, const struct object *svc)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct manifest_doc *d = a->items[i].doc;
		const struct json *labels = NULL;
		if (d->kind == KIND_POD) {
			labels = json_dig(d->body, "metadata.labels");
		} else if (d->kind == KIND_STATEFULSET &&
			   json_i64_or(json_dig(d->body, "spec.replicas"), 1) > 0) {
			labels = json_dig(d->body, "spec.template.metadata.labels");
		}
		if (labels && strv_eq(d->ns, svc->meta.ns) &&
			json_labels_match(labels, &svc->as.service->selector)) {
			return true;
		}
	}
	return false;
}

static bool service_there(struct awaited *a, const struct object *svc)
{
	const struct service *s = svc->as.service;
	if (s->type == SERVICE_EXTERNALNAME ||
		(s->headless && (!s->has_selector || !service_selects(a, svc)))) {
		return true;
	}
	return name_answers(a, "%.*s.%.*s.svc.%s", STRV_ARG(svc->meta.name), STRV_ARG(svc->meta.ns),
		a->config.zone);
}

static bool item_is_there(struct awaited *a, struct item *it)
{
	if (!it->doc->applied || it->there) {
		return true; /* what the API refused has been reported: it is not waited for */
	}
	enum kind k = it->doc->kind;
	const struct object *now = it->now;
	if (k == KIND_STATEFULSET) {
		return now && statefulset_there(a, it);
	}
	if (k == KIND_SERVICE) {
		return now && service_there(a, now);
	}
	if (k == KIND_POD) {
		return now &&
		       (now->as.pod->ready || strv_eq(now->as.pod->phase, STRV("Succeeded")));
	}
	if (k == KIND_PVC) {
		return now && strv_eq(now->as.pvc->phase, STRV("Bound"));
	}
	return true;
}

static void missing_print(const struct item *it)
{
	fprintf(stderr, "error: still missing: %s %.*s%s%.*s", kind_row(it->doc->kind)->name,
		STRV_ARG(it->doc->ns), it->doc->ns.n ? "/" : "", STRV_ARG(it->doc->name));
	if (!it->now) {
		fputs(": not there", stderr);
	} else if (it->doc->kind == KIND_STATEFULSET) {
		const struct statefulset *set = it->now->as.statefulset;
		fprintf(stderr, ": %" PRId64 " of %" PRId64 " replicas Ready", set->status.ready,
			set->replicas);
		if (set->status.ready >= set->replicas && it->resolved < set->replicas) {
			fprintf(stderr, ", %.*s-%" PRId64 " not resolvable",
				STRV_ARG(it->doc->name), set->start + it->resolved);
		}
	} else if (it->doc->kind == KIND_PVC) {
		fprintf(stderr, ": %.*s, not Bound", STRV_ARG(it->now->as.pvc->phase));
	} else if (it->doc->kind == KIND_POD) {
		fprintf(stderr, ": %.*s, not Ready", STRV_ARG(it->now->as.pod->phase));
	} else {
		fputs(": its name has no address", stderr);
	}
	fputc('\n', stderr);
}

static void finish(struct awaited *a, bool all_there)
{
	a->finished = true;
	uv_timer_stop(&a->timer);
	clock_unpost(a->clock, &a->look);
	a->config.done(a->config.ctx, all_there);
}

static void on_look(struct clock_task *t)
{
	struct awaited *a = container_of(t, struct awaited, look);
	if (a->finished) {
		return;
	}
	bool all = true;
	for (size_t i = 0; i < a->n; i++) {
		a->items[i].there = item_is_there(a, &a->items[i]);
		all = all && a->items[i].there;
	}
	if (all) {
		finish(a, true);
	}
}

static void on_time_up(uv_timer_t *t)
{
	struct awaited *a = container_of(t, struct awaited, timer);
	fprintf(stderr,
		"error: not everything is Ready and resolvable after %" PRIu64 ".%03" PRIu64
		" s; --timeout waits longer\n",
		a->config.timeout_ms / 1000, a->config.timeout_ms % 1000);
	for (size_t i = 0; i < a->n; i++) {
		if (!item_is_there(a, &a->items[i])) {
			missing_print(&a->items[i]);
		}
	}
	finish(a, false);
}

static void on_event(void *ctx, const struct watch_event *e)
{
	struct awaited *a = ctx;
	if (e->type != WATCH_SYNCED) {
		struct item *it = item_find(a, e->kind, e->obj->meta.ns, e->obj->meta.name);
		if (it) {
			object_unref(it->now);
			it->now = e->type == WATCH_DELETED ? NULL : object_ref(e->obj);
			it->there = false;
		}
	}
	if (!a->finished) {
		clock_post(a->clock, &a->look);
	}
}

static void on_timer_closed(uv_handle_t *h)
{
	struct awaited *a = container_of((uv_timer_t *)h, struct awaited, timer);
	void (*closed)(void *ctx) = a->closed;
	void *ctx = a->closed_ctx;
	for (size_t i = 0; i < a->n; i++) {
		object_unref(a->items[i].now);
	}
	free(a->items);
	arena_deinit(&a->scratch);
	free(a);
	if (closed) {
		closed(ctx);
	}
}

void awaited_close(struct awaited *a, void (*cb)(void *ctx), void *ctx)
{
	if (!a) {
		if (cb) {
			cb(ctx);
		}
		return;
	}
	a->finished = true;
	a->closed = cb;
	a->closed_ctx = ctx;
	clock_unpost(a->clock, &a->look);
	if (a->sub) {
		watch_unsubscribe(a->api, a->sub);
	}
	uv_close((uv_handle_t *)&a->timer, on_timer_closed);
}

int awaited_open(uv_loop_t *loop, struct clock *clock, const struct watch_api *api,
	const struct manifest *manifest, const struct awaited_config *config, struct awaited **out)
{
	size_t n = manifest_count(manifest);
	struct awaited *a = calloc(1, sizeof(*a));
	struct item *items = calloc(n ? n : 1, sizeof(*items));
	int err = a && items ? uv_timer_init(loop, &a->timer) : ERR_NOMEM;
	if (err) {
		free(a);
		free(items);
		return err;
	}
	a->config = *config;
	a->clock = clock;
	a->api = api;
	a->manifest = manifest;
	a->items = items;
	a->n = n;
	arena_init(&a->scratch, 0);
	clock_task_init(&a->look, on_look);
	for (size_t i = 0; i < n; i++) {
		items[i].doc = manifest_at(manifest, i);
	}
	struct watch_interest w = { .kinds = KIND_BIT(KIND_STATEFULSET) | KIND_BIT(KIND_SERVICE) |
					     KIND_BIT(KIND_POD) | KIND_BIT(KIND_PVC),
		.priority = WATCH_CONTROL,
		.fn = on_event,
		.ctx = a };
	err = watch_subscribe(api, &w, &a->sub);
	if (!err) {
		err = uv_timer_start(&a->timer, on_time_up, config->timeout_ms, 0);
	}
	if (err) {
		awaited_close(a, NULL, NULL);
		return err;
	}
	clock_post(clock, &a->look);
	*out = a;
	return ERR_OK;
}
