/* Claims: binds each PersistentVolumeClaim to a volume that fits, or provisions one, as persistentvolume-controller and an
 * external provisioner would; takes the protection off a deleted claim that no pod uses.
 * Steps of binding, each a look of its own: volume.spec.claimRef -> volume Bound -> claim.spec.volumeName -> claim Bound.
 * Source: kube-controller-manager's persistentvolume and pvcprotection controllers. Regime: see world.h. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/fit.h"
#include "statefulset/companion/folders.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"
#include "statefulset/event.h"

#define BOUND_BY      "pv.kubernetes.io/bound-by-controller"
#define BIND_DONE     "pv.kubernetes.io/bind-completed"
#define SELECTED_NODE "volume.kubernetes.io/selected-node"
#define PROTECTION    "kubernetes.io/pvc-protection"
#define RECHECK_MS    15000 /* as often as Kubernetes looks again at a claim that cannot be bound */
#define PATH_CHARS    4096

/* What is kept with a claim's key: what has been said, and how far its provisioning is. */
struct claim_state {
	bool said_failed_binding, said_no_class, said_waiting, said_mismatch, said_external;
	bool said_provisioned;
	bool folder_asked, folder_there;
	int folder_error; /* of the last try, 0 once it has been said */
	int64_t begun_ms; /* provisioning could begin; objects show whole seconds only */
};

struct claims {
	struct world *world;
	struct worklist *keys;
	struct event_recorder *binder; /* persistentvolume-controller */
	struct event_recorder *provisioner;
	struct folders *folders;
	struct body body;
};

static bool say_once(bool *said)
{
	bool first = !*said;
	*said = true;
	return first;
}

static void send_patch(struct claims *c, struct work *w, const struct object *o, const char *sub,
	struct json *patch)
{
	work_write(w, &c->body,
		&(struct watch_call){ .verb = WATCH_PATCH_MERGE,
			.kind = o->kind,
			.ns = o->meta.ns,
			.name = o->meta.name,
			.subresource = sub,
			.body = patch,
			.manager = "kube-controller-manager" });
}

/* ---- deletion ---- */

struct usage {
	struct strv claim;
	bool used;
};

static bool visit_user(void *ctx, const struct object *pod)
{
	struct usage *u = ctx;
	const struct strv_list *names = &pod->as.pod->claims;
	/* a pod without a node cannot start with a claim that is being deleted: it does not hold it */
	bool runs = pod->as.pod->node_name.n > 0 && !pod->as.pod->terminal;
	for (size_t i = 0; i < names->n && runs; i++) {
		u->used = u->used || strv_eq(names->at[i], u->claim);
	}
	return !u->used;
}

static void unprotect(struct claims *c, struct work *w, const struct object *claim)
{
	struct usage u = { .claim = claim->meta.name };
	if (!meta_has_finalizer(&claim->meta, STRV(PROTECTION))) {
		return;
	}
	watch_cache_visit(c->world->cache, KIND_POD, claim->meta.ns, visit_user, &u);
	if (!u.used) {
		struct json *patch = body_without_finalizer(
			&c->body, &claim->meta, STRV(PROTECTION));
		send_patch(c, w, claim, NULL, patch);
	}
}

/* ---- binding ---- */

/* Step 1: the volume names the claim. */
static void take_volume(
	struct claims *c, struct work *w, const struct object *claim, const struct object *volume)
{
	struct body *b = &c->body;
	struct json *patch = body_object(b);
	struct json *meta = body_put_object(b, patch, "metadata");
	body_put_text(b, body_put_object(b, meta, "annotations"), BOUND_BY, "yes");
	/* resourceVersion: only if nobody took the volume meanwhile */
	body_put_str(b, meta, "resourceVersion",
		arena_printf(&b->arena, "%llu", (unsigned long long)volume->meta.resource_version));
	fit_put_claim_ref(b, body_put_object(b, patch, "spec"), claim);
	send_patch(c, w, volume, NULL, patch);
}

static void set_phase(struct claims *c, struct work *w, const struct object *o, const char *phase)
{
	struct json *patch = body_object(&c->body);
	struct json *status = body_put_object(&c->body, patch, "status");
	body_put_text(&c->body, status, "phase", phase);
	send_patch(c, w, o, "status", patch);
}

/* Step 3: the claim names the volume. */
static void name_volume(
	struct claims *c, struct work *w, const struct object *claim, const struct object *volume)
{
	struct body *b = &c->body;
	struct json *patch = body_object(b);
	struct json *notes = body_put_object(
		b, body_put_object(b, patch, "metadata"), "annotations");
	body_put_text(b, notes, BIND_DONE, "yes");
	if (claim->as.pvc->volume_name.n == 0) {
		body_put_text(b, notes, BOUND_BY, "yes");
	}
	body_put_str(b, body_put_object(b, patch, "spec"), "volumeName", volume->meta.name);
	send_patch(c, w, claim, NULL, patch);
}

/* Step 4: the claim shows what it has got. */
static void show_bound(
	struct claims *c, struct work *w, const struct object *claim, const struct object *volume)
{
	struct body *b = &c->body;
	struct json *patch = body_object(b);
	struct json *status = body_put_object(b, patch, "status");
	body_put_text(b, status, "phase", "Bound");
	struct json *modes = body_put_array(b, status, "accessModes");
	for (size_t i = 0; i < volume->as.pv->access_modes.n; i++) {
		body_push_str(b, modes, volume->as.pv->access_modes.at[i]);
	}
	body_put_str(
		b, body_put_object(b, status, "capacity"), "storage", volume->as.pv->capacity_text);
	send_patch(c, w, claim, "status", patch);
}

/* The next missing step between a claim and a volume that names it. */
static void bind_step(
	struct claims *c, struct work *w, const struct object *claim, const struct object *volume)
{
	if (volume->as.pv->claim_uid.n == 0) {
		take_volume(c, w, claim, volume); /* pre-bound by hand: our uid is missing */
	} else if (!strv_eq(volume->as.pv->phase, STRV("Bound"))) {
		set_phase(c, w, volume, "Bound");
	} else if (claim->as.pvc->volume_name.n == 0 ||
		   !labels_get(&claim->meta.annotations, STRV(BIND_DONE))) {
		name_volume(c, w, claim, volume);
	} else if (!strv_eq(claim->as.pvc->phase, STRV("Bound"))) {
		show_bound(c, w, claim, volume);
	} else {
		work_drop(w);
	}
}

/* A claim that names its volume: binds it, or says what is wrong with it. */
static void look_named(
	struct claims *c, struct work *w, struct claim_state *st, const struct object *claim)
{
	const struct object *volume = watch_cache_get(
		c->world->cache, KIND_PV, STRV_NONE, claim->as.pvc->volume_name);
	bool was_bound = labels_get(&claim->meta.annotations, STRV(BIND_DONE)) != NULL;
	bool lost = strv_eq(claim->as.pvc->phase, STRV("Lost"));
	if (!volume) {
		if (was_bound && !lost) {
			event_emit(c->binder, claim, EVENT_WARNING, "ClaimLost",
				"Bound claim has lost its PersistentVolume. Data on the volume is "
				"lost!");
			set_phase(c, w, claim, "Lost");
		}
		return;
	}
	if (fit_is_claimed_by(volume, claim)) {
		bind_step(c, w, claim, volume);
	} else if (volume->as.pv->has_claim && was_bound && !lost) {
		event_emit(c->binder, claim, EVENT_WARNING, "ClaimMisbound",
			"Two claims are bound to the same volume, this one is bound incorrectly");
		set_phase(c, w, claim, "Lost");
	} else if (volume->as.pv->has_claim && !was_bound) {
		if (say_once(&st->said_failed_binding)) {
			event_emit(c->binder, claim, EVENT_WARNING, "FailedBinding",
				"volume \"%.*s\" already bound to a different claim.",
				STRV_ARG(volume->meta.name));
		}
	} else if (!volume->as.pv->has_claim) {
		const char *why = fit_fault(volume, claim);
		if (!why) {
			take_volume(c, w, claim, volume);
		} else if (say_once(&st->said_mismatch)) {
			event_emit(c->binder, claim, EVENT_WARNING, "VolumeMismatch",
				"Cannot bind to requested volume \"%.*s\": %s",
				STRV_ARG(volume->meta.name), why);
		}
	}
}

/* ---- provisioning ---- */

/* The folder of the volume, made first. True when it is there. */
static bool folder_is_there(struct claims *c, struct work *w, struct claim_state *st,
	const struct object *claim, const char *path)
{
	if (!folders_are_real(c->folders) || st->folder_there) {
		return true;
	}
	int err = st->folder_error;
	st->folder_error = ERR_OK;
	if (!err && !st->folder_asked) {
		err = folders_make(c->folders, path, claim->meta.ns, claim->meta.name);
		st->folder_asked = !err; /* on_folder brings the key back */
	}
	if (err) {
		event_emit(c->provisioner, claim, EVENT_WARNING, "ProvisioningFailed",
			"cannot make folder %s: %s", path, err_text(err));
		work_retry(w, RECHECK_MS);
	}
	return false;
}

static void provision(struct claims *c, struct work *w, struct claim_state *st,
	const struct object *claim, const struct object *sc)
{
	struct body *b = &c->body;
	struct strv name = arena_printf(&b->arena, "pvc-%.*s", STRV_ARG(claim->meta.uid));
	char path[PATH_CHARS];
	if (!name.p || folders_path(c->folders, name, claim->meta.ns, claim->meta.name, path,
			       sizeof(path))) {
		work_retry(w, RECHECK_MS);
		return;
	}
	if (!folder_is_there(c, w, st, claim, path)) {
		return;
	}
	struct json *pv = fit_volume_for(b, name, claim, sc, path);
	if (say_once(&st->said_provisioned)) {
		event_emit(c->provisioner, claim, EVENT_NORMAL, "ProvisioningSucceeded",
			"Successfully provisioned volume %.*s", STRV_ARG(name));
	}
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_CREATE,
			.kind = KIND_PV,
			.name = name,
			.body = pv,
			.manager = "kube-controller-manager" });
}

struct waiting {
	struct strv claim;
	const struct object *pod;
};

static bool visit_unscheduled(void *ctx, const struct object *pod)
{
	struct waiting *x = ctx;
	for (size_t i = 0; i < pod->as.pod->claims.n && pod->as.pod->node_name.n == 0; i++) {
		if (strv_eq(pod->as.pod->claims.at[i], x->claim)) {
			x->pod = pod;
		}
	}
	return !x->pod;
}

static void say_waiting(struct claims *c, struct claim_state *st, const struct object *claim)
{
	if (!say_once(&st->said_waiting)) {
		return;
	}
	struct waiting x = { .claim = claim->meta.name };
	watch_cache_visit(c->world->cache, KIND_POD, claim->meta.ns, visit_unscheduled, &x);
	if (x.pod) {
		event_emit(c->binder, claim, EVENT_NORMAL, "WaitForPodScheduled",
			"waiting for pod %.*s to be scheduled", STRV_ARG(x.pod->meta.name));
	} else {
		event_emit(c->binder, claim, EVENT_NORMAL, "WaitForFirstConsumer",
			"waiting for first consumer to be created before binding");
	}
}

static void say_external(struct claims *c, struct claim_state *st, const struct object *claim,
	struct strv provisioner)
{
	if (say_once(&st->said_external)) {
		event_emit(c->binder, claim, EVENT_NORMAL, "ExternalProvisioning",
			"Waiting for a volume to be created either by the external provisioner "
			"'%.*s' or manually by the system administrator. If volume creation is "
			"delayed, please verify that the provisioner is running and correctly "
			"registered.",
			STRV_ARG(provisioner));
	}
}

/* A class of ours: provisions when its time has come. */
static void look_ours(struct claims *c, struct work *w, struct claim_state *st,
	const struct object *claim, const struct object *sc)
{
	int64_t now = clock_now_ms(c->world->clock);
	if (st->begun_ms == 0) {
		st->begun_ms = now;
	}
	int64_t due = st->begun_ms + c->world->config.bind_after_ms;
	if (now < due) {
		say_external(c, st, claim, sc->as.storage_class->provisioner);
		work_after(w, due - now);
		return;
	}
	provision(c, w, st, claim, sc);
}

static bool visit_default_class(void *ctx, const struct object *sc)
{
	const struct object **found = ctx;
	/* of several defaults the newest counts, as Kubernetes has it */
	if (sc->as.storage_class->is_default &&
		(!*found || sc->meta.creation_ms > (*found)->meta.creation_ms)) {
		*found = sc;
	}
	return true;
}

/* A claim without a class: takes the default one, else says that there is nothing to bind. */
static void look_classless(
	struct claims *c, struct work *w, struct claim_state *st, const struct object *claim)
{
	const struct object *sc = NULL;
	if (!claim->as.pvc->has_class) {
		watch_cache_visit(
			c->world->cache, KIND_STORAGECLASS, STRV_NONE, visit_default_class, &sc);
	}
	if (sc) {
		struct json *patch = body_object(&c->body);
		body_put_str(&c->body, body_put_object(&c->body, patch, "spec"), "storageClassName",
			sc->meta.name);
		send_patch(c, w, claim, NULL, patch);
		return;
	}
	if (say_once(&st->said_failed_binding)) {
		event_emit(c->binder, claim, EVENT_NORMAL, "FailedBinding",
			"no persistent volumes available for this claim and no storage class is "
			"set");
	}
}

/* A claim of a class, without a volume that fits: one is made, or waited for. */
static void look_classed(struct claims *c, struct work *w, struct claim_state *st,
	const struct object *claim, const struct object *sc)
{
	struct strv provisioner = sc->as.storage_class->provisioner;
	if (sc->as.storage_class->wait_for_consumer &&
		!labels_get(&claim->meta.annotations, STRV(SELECTED_NODE))) {
		say_waiting(c, st, claim);
	} else if (strv_eq(provisioner, strv_of(c->world->config.provisioner))) {
		look_ours(c, w, st, claim, sc);
	} else if (!strv_eq(provisioner, STRV("kubernetes.io/no-provisioner"))) {
		say_external(c, st, claim, provisioner);
	} else if (say_once(&st->said_failed_binding)) {
		event_emit(c->binder, claim, EVENT_WARNING, "ProvisioningFailed",
			"no volume plugin matched name: kubernetes.io/no-provisioner");
	}
}

static void look_for_volume(
	struct claims *c, struct work *w, struct claim_state *st, const struct object *claim)
{
	const struct pvc *p = claim->as.pvc;
	const struct object *sc = NULL;
	if (p->class_name.n > 0) {
		sc = watch_cache_get(c->world->cache, KIND_STORAGECLASS, STRV_NONE, p->class_name);
	}
	bool only_prebound = sc && sc->as.storage_class->wait_for_consumer &&
			     !labels_get(&claim->meta.annotations, STRV(SELECTED_NODE));
	const struct object *volume = fit_find(c->world->cache, claim, only_prebound);
	if (volume && fit_is_claimed_by(volume, claim)) {
		bind_step(c, w, claim, volume);
	} else if (volume) {
		take_volume(c, w, claim, volume);
	} else if (p->class_name.n == 0) {
		look_classless(c, w, st, claim);
	} else if (sc) {
		look_classed(c, w, st, claim, sc);
	} else if (say_once(&st->said_no_class)) {
		event_emit(c->binder, claim, EVENT_WARNING, "ProvisioningFailed",
			"storageclass.storage.k8s.io \"%.*s\" not found", STRV_ARG(p->class_name));
	}
}

static void look(void *ctx, struct work *w)
{
	struct claims *c = ctx;
	const struct object *claim = watch_cache_get(
		c->world->cache, KIND_PVC, work_ns(w), work_name(w));
	if (!claim) {
		work_drop(w);
		return;
	}
	struct claim_state *st = work_state(w, claim->meta.uid);
	body_reset(&c->body);
	if (claim->meta.deletion_ms.set) {
		unprotect(c, w, claim);
	} else if (claim->as.pvc->volume_name.n > 0) {
		look_named(c, w, st, claim);
	} else {
		look_for_volume(c, w, st, claim);
	}
}

/* The folder is there; or it is asked for again after a while. */
static void on_folder(void *ctx, struct strv ns, struct strv name, int err)
{
	struct claims *c = ctx;
	const struct object *claim = watch_cache_get(c->world->cache, KIND_PVC, ns, name);
	struct claim_state *st = worklist_state(c->keys, ns, name);
	if (!claim || !st || !st->folder_asked) {
		return; /* deleted meanwhile: the empty folder is all that is left of it */
	}
	st->folder_asked = false;
	st->folder_there = !err;
	if (err) {
		st->folder_error = err;
	}
	worklist_add(c->keys, ns, name);
}

/* A pod that is gone or has ended may have been the last user of a claim that is being deleted. */
static void pod_event(struct claims *c, const struct watch_event *e)
{
	if (e->type != WATCH_DELETED && !e->obj->as.pod->terminal) {
		return;
	}
	for (size_t i = 0; i < e->obj->as.pod->claims.n; i++) {
		worklist_add(c->keys, e->obj->meta.ns, e->obj->as.pod->claims.at[i]);
	}
}

void claims_event(struct claims *c, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED) {
		worklist_start(c->keys);
		return;
	}
	if (e->kind == KIND_PVC) {
		worklist_add(c->keys, e->obj->meta.ns, e->obj->meta.name);
	} else if (e->kind == KIND_PV) {
		if (e->old && e->old->as.pv->has_claim) { /* it may have lost its volume */
			worklist_add(c->keys, e->old->as.pv->claim_ns, e->old->as.pv->claim_name);
		}
		if (e->obj->as.pv->has_claim) {
			worklist_add(c->keys, e->obj->as.pv->claim_ns, e->obj->as.pv->claim_name);
		} else {
			worklist_add_all(c->keys); /* those that wait for a volume */
		}
	} else if (e->kind == KIND_STORAGECLASS) {
		worklist_add_all(c->keys);
	} else if (e->kind == KIND_POD) {
		pod_event(c, e);
	}
}

int claims_open(struct world *world, struct claims **out)
{
	struct claims *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->world = world;
	body_init(&c->body);
	int err = worklist_open(
		world->clock, world->api, look, c, sizeof(struct claim_state), &c->keys);
	if (!err) {
		err = event_recorder_open(
			world->clock, world->api, "persistentvolume-controller", NULL, &c->binder);
	}
	if (!err) {
		err = event_recorder_open(
			world->clock, world->api, world->config.provisioner, NULL, &c->provisioner);
	}
	if (!err) {
		err = folders_open(
			world->config.loop, world->config.data_dir, on_folder, c, &c->folders);
	}
	if (err) {
		claims_close(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void claims_close(struct claims *c)
{
	if (c) {
		worklist_close(c->keys);
		event_recorder_close(c->binder);
		event_recorder_close(c->provisioner);
		folders_close(c->folders);
		body_deinit(&c->body);
		free(c);
	}
}
