/* Volumes: the phase of each PersistentVolume, and what becomes of it when its claim is gone: kept (Retain), or removed
 * with its folder (Delete) if the lab made it.
 * Source: kube-controller-manager's persistentvolume and pvprotection controllers. Regime: see world.h. */
#include <stdlib.h>

#include "base/err.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/folders.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"
#include "statefulset/event.h"

#define PROVISIONED_BY "pv.kubernetes.io/provisioned-by"
#define PROTECTION     "kubernetes.io/pv-protection"
#define RECHECK_MS     15000 /* as often as a failed removal is tried again */
#define PATH_CHARS     4096

/* What is kept with a volume's key. */
struct volume_state {
	bool said_failed;
	bool folder_asked, folder_gone;
	int folder_error; /* of the last try, 0 once it has been said */
};

struct volumes {
	struct world *world;
	struct worklist *keys;
	struct event_recorder *events;
	struct folders *folders;
	struct body body;
};

static void send_patch(struct volumes *v, struct work *w, const struct object *volume,
	const char *sub, struct json *patch)
{
	work_write(w, &v->body,
		&(struct watch_call){ .verb = WATCH_PATCH_MERGE,
			.kind = KIND_PV,
			.name = volume->meta.name,
			.subresource = sub,
			.body = patch,
			.manager = "kube-controller-manager" });
}

static void set_phase(
	struct volumes *v, struct work *w, const struct object *volume, const char *phase)
{
	if (strv_eq(volume->as.pv->phase, strv_of(phase))) {
		return;
	}
	struct json *patch = body_object(&v->body);
	body_put_text(&v->body, body_put_object(&v->body, patch, "status"), "phase", phase);
	send_patch(v, w, volume, "status", patch);
}

/* The claim that the volume names is there, and is the same one. */
static bool claim_lives(const struct volumes *v, const struct object *volume)
{
	const struct pv *p = volume->as.pv;
	const struct object *claim = watch_cache_get(
		v->world->cache, KIND_PVC, p->claim_ns, p->claim_name);
	return claim && (p->claim_uid.n == 0 || strv_eq(claim->meta.uid, p->claim_uid));
}

static bool is_our_make(const struct volumes *v, const struct object *volume)
{
	const struct strv *by = labels_get(&volume->meta.annotations, STRV(PROVISIONED_BY));
	return by && strv_eq(*by, strv_of(v->world->config.provisioner));
}

/* Removes the folder first. True when it is gone. */
static bool folder_is_gone(
	struct volumes *v, struct work *w, struct volume_state *st, const struct object *volume)
{
	if (!folders_are_real(v->folders) || st->folder_gone) {
		return true;
	}
	char path[PATH_CHARS];
	int err = st->folder_error;
	st->folder_error = ERR_OK;
	if (!err && !st->folder_asked) {
		err = folders_path(v->folders, volume->meta.name, volume->as.pv->claim_ns,
			volume->as.pv->claim_name, path, sizeof(path));
		err = err ? err : folders_remove(v->folders, path, STRV_NONE, volume->meta.name);
		st->folder_asked = !err; /* on_folder brings the key back */
	}
	if (err) {
		event_emit(v->events, volume, EVENT_WARNING, "VolumeFailedDelete",
			"cannot remove the volume's folder: %s", err_text(err));
		work_retry(w, RECHECK_MS);
	}
	return false;
}

/* A released volume whose policy is Delete: the folder goes, then the volume. */
static void reclaim(
	struct volumes *v, struct work *w, struct volume_state *st, const struct object *volume)
{
	if (!is_our_make(v, volume)) {
		if (!st->said_failed) {
			st->said_failed = true;
			event_emit(v->events, volume, EVENT_WARNING, "VolumeFailedDelete",
				"error getting deleter volume plugin for volume \"%.*s\": no "
				"deletable volume plugin matched",
				STRV_ARG(volume->meta.name));
		}
		set_phase(v, w, volume, "Failed");
	} else if (folder_is_gone(v, w, st, volume)) {
		work_call(w, &(struct watch_call){ .verb = WATCH_DELETE,
				     .kind = KIND_PV,
				     .name = volume->meta.name,
				     .manager = "kube-controller-manager",
				     .del = { .uid = volume->meta.uid } });
	}
}

/* A deleted volume goes when no claim has it; one that we made and that is to be deleted takes its folder along. */
static void unprotect(
	struct volumes *v, struct work *w, struct volume_state *st, const struct object *volume)
{
	bool with_folder = volume->as.pv->has_claim && is_our_make(v, volume) &&
			   strv_eq(volume->as.pv->reclaim_policy, STRV("Delete"));
	if (!meta_has_finalizer(&volume->meta, STRV(PROTECTION)) ||
		(with_folder && !folder_is_gone(v, w, st, volume))) {
		return;
	}
	struct json *patch = body_without_finalizer(&v->body, &volume->meta, STRV(PROTECTION));
	send_patch(v, w, volume, NULL, patch);
}

static void look(void *ctx, struct work *w)
{
	struct volumes *v = ctx;
	const struct object *volume = watch_cache_get(
		v->world->cache, KIND_PV, STRV_NONE, work_name(w));
	if (!volume) {
		work_drop(w);
		return;
	}
	struct volume_state *st = work_state(w, volume->meta.uid);
	const struct pv *p = volume->as.pv;
	body_reset(&v->body);
	if (p->has_claim && claim_lives(v, volume)) {
		if (p->claim_uid.n == 0) {
			set_phase(v, w, volume, "Available"); /* claims.c takes it from here */
		} else {
			work_drop(w); /* bound, or being bound by claims.c */
		}
	} else if (volume->meta.deletion_ms.set) {
		unprotect(v, w, st, volume);
	} else if (!p->has_claim || p->claim_uid.n == 0) {
		set_phase(v, w, volume, "Available");
	} else if (!strv_eq(p->phase, STRV("Released")) && !strv_eq(p->phase, STRV("Failed"))) {
		set_phase(v, w, volume, "Released");
	} else if (strv_eq(p->reclaim_policy, STRV("Delete"))) {
		reclaim(v, w, st, volume);
	}
}

static void on_folder(void *ctx, struct strv ns, struct strv name, int err)
{
	struct volumes *v = ctx;
	struct volume_state *st = worklist_state(v->keys, ns, name);
	if (st && st->folder_asked) {
		st->folder_asked = false;
		st->folder_gone = !err;
		st->folder_error = err;
		worklist_add(v->keys, ns, name);
	}
}

/* Volumes that name a claim which has not come to name its volume. */
struct naming {
	struct volumes *v;
	const struct object *claim;
};

static bool visit_naming(void *ctx, const struct object *volume)
{
	struct naming *n = ctx;
	const struct pv *p = volume->as.pv;
	if (p->has_claim && strv_eq(p->claim_name, n->claim->meta.name) &&
		strv_eq(p->claim_ns, n->claim->meta.ns)) {
		worklist_add(n->v->keys, STRV_NONE, volume->meta.name);
	}
	return true;
}

static void claim_gone(struct volumes *v, const struct object *claim)
{
	if (claim->as.pvc->volume_name.n > 0) {
		worklist_add(v->keys, STRV_NONE, claim->as.pvc->volume_name);
	} else {
		struct naming n = { .v = v, .claim = claim };
		watch_cache_visit(v->world->cache, KIND_PV, STRV_NONE, visit_naming, &n);
	}
}

void volumes_event(struct volumes *v, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED) {
		worklist_start(v->keys);
	} else if (e->kind == KIND_PV) {
		worklist_add(v->keys, STRV_NONE, e->obj->meta.name);
	} else if (e->kind == KIND_PVC && e->type == WATCH_DELETED) {
		claim_gone(v, e->obj);
	}
}

int volumes_open(struct world *world, struct volumes **out)
{
	struct volumes *v = calloc(1, sizeof(*v));
	if (!v) {
		return ERR_NOMEM;
	}
	v->world = world;
	body_init(&v->body);
	int err = worklist_open(
		world->clock, world->api, look, v, sizeof(struct volume_state), &v->keys);
	if (!err) {
		err = event_recorder_open(
			world->clock, world->api, "persistentvolume-controller", NULL, &v->events);
	}
	if (!err) {
		err = folders_open(
			world->config.loop, world->config.data_dir, on_folder, v, &v->folders);
	}
	if (err) {
		volumes_close(v);
		return err;
	}
	*out = v;
	return ERR_OK;
}

void volumes_close(struct volumes *v)
{
	if (v) {
		worklist_close(v->keys);
		event_recorder_close(v->events);
		folders_close(v->folders);
		body_deinit(&v->body);
		free(v);
	}
}
