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
#define PATH_CHARS     4096

enum { NOTE_DELETE_FAILED = 1, NOTE_FOLDER_ASKED = 2, NOTE_FOLDER_GONE = 4 };

struct volumes {
	struct world *world;
	struct worklist *keys;
	struct event_recorder *events;
	struct folders *folders;
	struct body body;
};

static void send_step(struct work *w, enum watch_verb verb, const struct object *volume,
	const char *sub, struct body *b, struct json *body)
{
	if (!b->err) {
		work_call(w, &(struct watch_call){ .verb = verb,
				     .kind = KIND_PV,
				     .name = volume->meta.name,
				     .subresource = sub,
				     .body = body,
				     .manager = "kube-controller-manager" });
	}
}

static void set_phase(
	struct volumes *v, struct work *w, const struct object *volume, const char *phase)
{
	if (strv_eq(volume->as.pv->phase, strv_of(phase))) {
		return;
	}
	struct json *patch = body_object(&v->body);
	body_put_text(&v->body, body_put_object(&v->body, patch, "status"), "phase", phase);
	send_step(w, WATCH_PATCH_MERGE, volume, "status", &v->body, patch);
}

/* The claim that the volume names is there, and is the same one. */
static bool claim_lives(const struct volumes *v, const struct object *volume)
{
	const struct pv *p = volume->as.pv;
	const struct object *claim = watch_cache_get(
		v->world->cache, KIND_PVC, p->claim_ns, p->claim_name);
	return claim && (p->claim_uid.n == 0 || strv_eq(claim->meta.uid, p->claim_uid));
}

/* Removes the folder, then the volume. */
static void reclaim(struct volumes *v, struct work *w, const struct object *volume)
{
	const struct strv *by = labels_get(&volume->meta.annotations, STRV(PROVISIONED_BY));
	if (!by || !strv_eq(*by, strv_of(v->world->config.provisioner))) {
		if (!(*work_note(w) & NOTE_DELETE_FAILED)) {
			*work_note(w) |= NOTE_DELETE_FAILED;
			event_emit(v->events, volume, EVENT_WARNING, "VolumeFailedDelete",
				"error getting deleter volume plugin for volume \"%.*s\": no "
				"deletable "
				"volume plugin matched",
				STRV_ARG(volume->meta.name));
		}
		set_phase(v, w, volume, "Failed");
		return;
	}
	if (folders_are_real(v->folders) && !(*work_note(w) & NOTE_FOLDER_GONE)) {
		char path[PATH_CHARS];
		int err = folders_path(v->folders, volume->meta.name, volume->as.pv->claim_ns,
			volume->as.pv->claim_name, path, sizeof(path));
		if (!err && !(*work_note(w) & NOTE_FOLDER_ASKED)) {
			*work_note(w) |= NOTE_FOLDER_ASKED;
			err = folders_remove(v->folders, path, STRV_NONE, volume->meta.name);
		}
		if (!err) {
			return; /* on_folder brings the key back */
		}
	}
	work_call(w, &(struct watch_call){ .verb = WATCH_DELETE,
			     .kind = KIND_PV,
			     .name = volume->meta.name,
			     .manager = "kube-controller-manager",
			     .del = { .uid = volume->meta.uid } });
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
	if (!watch_cache_is_synced(v->world->cache, KIND_BIT(KIND_PVC))) {
		return; /* a claim not told yet is not a claim that is gone */
	}
	body_reset(&v->body);
	bool claimed = volume->as.pv->has_claim && claim_lives(v, volume);
	if (volume->meta.deletion_ms.set) {
		if (!claimed && meta_has_finalizer(&volume->meta, STRV(PROTECTION))) {
			struct json *patch = body_without_finalizer(
				&v->body, &volume->meta, STRV(PROTECTION));
			send_step(w, WATCH_PATCH_MERGE, volume, NULL, &v->body, patch);
		}
	} else if (!volume->as.pv->has_claim || volume->as.pv->claim_uid.n == 0) {
		set_phase(v, w, volume, "Available");
	} else if (claimed) {
		work_drop(w); /* bound, or being bound by claims.c */
	} else if (!strv_eq(volume->as.pv->phase, STRV("Released")) &&
		   !strv_eq(volume->as.pv->phase, STRV("Failed"))) {
		set_phase(v, w, volume, "Released");
	} else if (strv_eq(volume->as.pv->reclaim_policy, STRV("Delete"))) {
		reclaim(v, w, volume);
	}
}

static void on_folder(void *ctx, struct strv ns, struct strv name, int err)
{
	struct volumes *v = ctx;
	(void)ns; /* volumes have none */
	const struct object *volume = watch_cache_get(v->world->cache, KIND_PV, STRV_NONE, name);
	if (volume && err) {
		event_emit(v->events, volume, EVENT_WARNING, "VolumeFailedDelete",
			"cannot remove the volume's folder: %s", err_text(err));
	} else if (volume) {
		worklist_note_add(v->keys, STRV_NONE, name, NOTE_FOLDER_GONE);
	}
}

void volumes_event(struct volumes *v, const struct watch_event *e)
{
	if (e->kind == KIND_PV && e->type != WATCH_SYNCED) {
		worklist_add(v->keys, STRV_NONE, e->obj->meta.name);
	} else if (e->kind == KIND_PVC && e->type == WATCH_DELETED &&
		   e->obj->as.pvc->volume_name.n > 0) {
		worklist_add(v->keys, STRV_NONE, e->obj->as.pvc->volume_name);
	} else if (e->kind == KIND_PVC && e->type == WATCH_SYNCED) {
		worklist_add_all(v->keys);
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
	int err = worklist_open(world->clock, world->api, look, v, &v->keys);
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
