/* The kubelet: runs the pods bound to the lab's Node, without containers. Each gets an address, is Running at once and
 * Ready after its delay; once deleted it is gone after its delay, but no later than its grace period.
 * A pod becomes Ready by us once: who sets Ready to False by hand (pods/status) keeps it so.
 * Source: core/v1 Pod, kubelet's status manager. Regime: see world.h. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/ipam.h"
#include "statefulset/companion/pod_status.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"
#include "statefulset/event.h"

#define READY_AFTER "ordinal.dev/ready-after"

/* The note of a key: what has been said already; above it, the address given to a pod that does not show it yet. */
enum { NOTE_NO_ADDRESS = 1, NOTE_BAD_DELAY = 2, NOTE_KILLING = 4, NOTE_ADDRESS_SHIFT = 32 };

struct kubelet {
	struct world *world;
	struct worklist *pods;
	struct event_recorder *events;
	struct ipam *ipam;
	struct body body;
};

static bool say_once(struct work *w, uint64_t note)
{
	bool first = !(*work_note(w) & note);
	*work_note(w) |= note;
	return first;
}

/* The pod's own delay, else the lab's. */
static int64_t ready_after_ms(struct kubelet *k, struct work *w, const struct object *pod)
{
	int64_t delay = k->world->config.ready_after_ms;
	const struct strv *own = labels_get(&pod->meta.annotations, STRV(READY_AFTER));
	if (own && strv_to_duration_ms(*own, &delay) && say_once(w, NOTE_BAD_DELAY)) {
		event_emit(k->events, pod, EVENT_WARNING, "InvalidAnnotation",
			READY_AFTER
			": \"%.*s\" is not a duration such as 30s; the lab's own delay is used",
			STRV_ARG(*own));
	}
	return delay;
}

static const struct condition *condition_of(const struct pod *p, struct strv type)
{
	for (size_t i = 0; i < p->n_conditions; i++) {
		if (strv_eq(p->conditions[i].type, type)) {
			return &p->conditions[i];
		}
	}
	return NULL;
}

static bool gates_are_open(const struct pod *p)
{
	for (size_t i = 0; i < p->readiness_gates.n; i++) {
		const struct condition *c = condition_of(p, p->readiness_gates.at[i]);
		if (!c || !strv_eq(c->status, STRV("True"))) {
			return false;
		}
	}
	return true;
}

static void send_status(
	struct work *w, const struct object *pod, struct body *b, struct json *patch)
{
	if (!b->err) {
		work_call(w, &(struct watch_call){ .verb = WATCH_PATCH_STRATEGIC,
				     .kind = KIND_POD,
				     .ns = pod->meta.ns,
				     .name = pod->meta.name,
				     .subresource = "status",
				     .body = patch,
				     .manager = "kubelet" });
	}
}

static void say_started(struct kubelet *k, const struct object *pod)
{
	for (size_t i = 0; i < pod->as.pod->n_containers; i++) {
		const struct pod_container *c = &pod->as.pod->containers[i];
		struct strv path = arena_printf(&k->body.arena, "spec.%s{%.*s}",
			c->init ? "initContainers" : "containers", STRV_ARG(c->name));
		if (!path.p) {
			return;
		}
		event_emit_at(k->events, pod, path.p, EVENT_NORMAL, "Pulled",
			"Container image \"%.*s\" already present on machine", STRV_ARG(c->image));
		event_emit_at(k->events, pod, path.p, EVENT_NORMAL, "Created",
			"Created container: %.*s", STRV_ARG(c->name));
		event_emit_at(k->events, pod, path.p, EVENT_NORMAL, "Started",
			"Started container %.*s", STRV_ARG(c->name));
	}
}

/* The address kept in the note goes back to the pool (0: there is none). */
static void note_address_drop(struct kubelet *k, struct work *w, bool release)
{
	uint32_t address = (uint32_t)(*work_note(w) >> NOTE_ADDRESS_SHIFT);
	if (release && address) {
		ipam_release(k->ipam, address);
	}
	*work_note(w) &= (UINT64_C(1) << NOTE_ADDRESS_SHIFT) - 1;
}

/* The pod's address as text: the node's own, the one it has, or a fresh one, which the note then holds.
 * errors ERR_NO_SPACE */
NODISCARD static int address_of(
	struct kubelet *k, struct work *w, const struct object *pod, char out[IP_TEXT_CHARS + 1])
{
	const struct pod *p = pod->as.pod;
	if (p->n_ips > 0) {
		(void)ip_print(&p->ips[0], out);
		return ERR_OK;
	}
	if (p->host_network) {
		(void)snprintf(out, IP_TEXT_CHARS + 1, "%s", k->world->config.node_ip);
		return ERR_OK;
	}
	uint32_t address = (uint32_t)(*work_note(w) >> NOTE_ADDRESS_SHIFT);
	if (!address) {
		int err = ipam_take(k->ipam, &address);
		if (err) {
			return err;
		}
		*work_note(w) |= (uint64_t)address << NOTE_ADDRESS_SHIFT;
	}
	struct ip ip = { .family = IP_V4 };
	address = htonl(address);
	memcpy(ip.bytes, &address, sizeof(address));
	(void)ip_print(&ip, out);
	return ERR_OK;
}

static void start(struct kubelet *k, struct work *w, const struct object *pod)
{
	char address[IP_TEXT_CHARS + 1];
	if (address_of(k, w, pod, address)) {
		if (say_once(w, NOTE_NO_ADDRESS)) {
			event_emit(k->events, pod, EVENT_WARNING, "FailedCreatePodSandBox",
				"no free address in %s/%u: delete pods, or start the lab with a "
				"larger --pod-cidr",
				k->world->config.pod_cidr.address,
				k->world->config.pod_cidr.prefix_bits);
		}
		return; /* looked at again when an address comes back */
	}
	int64_t now = clock_now_ms(k->world->clock);
	struct pod_report report = { .pod = pod,
		.containers_ready = ready_after_ms(k, w, pod) == 0,
		.gates_open = gates_are_open(pod->as.pod),
		.started_ms = now,
		.now_ms = now,
		.ip = strv_of(address),
		.host_ip = k->world->config.node_ip };
	send_status(w, pod, &k->body, pod_status_running(&k->body, &report));
	say_started(k, pod);
}

/* A Running pod that is not Ready by our own doing becomes Ready when its time has come. */
static void ripen(struct kubelet *k, struct work *w, const struct object *pod)
{
	const struct pod *p = pod->as.pod;
	const struct condition *ready = condition_of(p, STRV("Ready"));
	if (!ready) {
		work_drop(w);
		return;
	}
	bool waits_for_time = strv_eq(ready->reason, STRV(REASON_NOT_READY));
	bool waits_for_gates = strv_eq(ready->reason, STRV(REASON_GATES_NOT_READY));
	int64_t now = clock_now_ms(k->world->clock);
	int64_t due = ready->transition_ms + ready_after_ms(k, w, pod);
	if (waits_for_time && now < due) {
		work_after(w, due - now);
		return;
	}
	if (waits_for_time || (waits_for_gates && gates_are_open(p))) {
		struct pod_report report = { .pod = pod,
			.containers_ready = true,
			.gates_open = gates_are_open(p),
			.started_ms = ready->transition_ms,
			.now_ms = now };
		send_status(w, pod, &k->body, pod_status_ready(&k->body, &report));
		return;
	}
	work_drop(w); /* nothing to wait for: the pod's next change brings it back */
}

/* A deleted pod is removed for good when its time has come. */
static void end(struct kubelet *k, struct work *w, const struct object *pod)
{
	const struct meta *m = &pod->meta;
	int64_t grace_ms = m->deletion_grace_s.set ? m->deletion_grace_s.v * 1000 : 0;
	int64_t delay = k->world->config.terminate_after_ms;
	int64_t due = m->deletion_ms.v - grace_ms + (delay < grace_ms ? delay : grace_ms);
	int64_t now = clock_now_ms(k->world->clock);
	if (say_once(w, NOTE_KILLING)) {
		for (size_t i = 0; i < pod->as.pod->n_containers; i++) {
			event_emit(k->events, pod, EVENT_NORMAL, "Killing",
				"Stopping container %.*s",
				STRV_ARG(pod->as.pod->containers[i].name));
		}
	}
	if (delay > 0 && now < due) {
		work_after(w, due - now);
		return;
	}
	if (m->deletion_grace_s.set && m->deletion_grace_s.v == 0 && m->finalizers.n > 0) {
		return; /* somebody's finalizer holds it: it goes when that is removed */
	}
	work_call(w, &(struct watch_call){ .verb = WATCH_DELETE,
			     .kind = KIND_POD,
			     .ns = m->ns,
			     .name = m->name,
			     .manager = "kubelet",
			     .del = { .grace_s = { true, 0 }, .uid = m->uid } });
}

static void look(void *ctx, struct work *w)
{
	struct kubelet *k = ctx;
	const struct object *pod = watch_cache_get(
		k->world->cache, KIND_POD, work_ns(w), work_name(w));
	if (!pod || !strv_eq(pod->as.pod->node_name, strv_of(k->world->config.node_name))) {
		note_address_drop(k, w, true);
		work_drop(w);
		return;
	}
	if (pod->as.pod->n_ips > 0) {
		note_address_drop(
			k, w, false); /* it shows its address: the event of its end gives it back */
	}
	body_reset(&k->body);
	if (pod->meta.deletion_ms.set) {
		end(k, w, pod);
	} else if (!pod->as.pod->terminal && !strv_eq(pod->as.pod->phase, STRV("Running"))) {
		start(k, w, pod);
	} else if (!pod->as.pod->terminal) {
		ripen(k, w, pod);
	}
}

static void give_back(struct kubelet *k, const struct object *pod)
{
	const struct pod *p = pod->as.pod;
	for (size_t i = 0; i < p->n_ips && !p->host_network; i++) {
		if (p->ips[i].family == IP_V4) {
			uint32_t address;
			memcpy(&address, p->ips[i].bytes, sizeof(address));
			ipam_release(k->ipam, ntohl(address));
		}
	}
}

void kubelet_event(struct kubelet *k, const struct watch_event *e)
{
	if (e->kind != KIND_POD || e->type == WATCH_SYNCED) {
		return;
	}
	if (e->type == WATCH_DELETED) {
		give_back(k, e->obj);
		worklist_add_all(k->pods); /* one may be waiting for an address */
	} else if (e->obj->as.pod->node_name.n > 0) {
		worklist_add(k->pods, e->obj->meta.ns, e->obj->meta.name);
	}
}

int kubelet_open(struct world *world, struct kubelet **out)
{
	struct kubelet *k = calloc(1, sizeof(*k));
	if (!k) {
		return ERR_NOMEM;
	}
	k->world = world;
	body_init(&k->body);
	int err = ipam_new(&world->config.pod_cidr, world->config.first_host, &k->ipam);
	if (err == ERR_RANGE) {
		log_error("kubelet", "--pod-cidr %s/%u has no address for pods",
			world->config.pod_cidr.address, world->config.pod_cidr.prefix_bits);
	}
	if (!err) {
		err = worklist_open(world->clock, world->api, look, k, &k->pods);
	}
	if (!err) {
		err = event_recorder_open(
			world->clock, world->api, "kubelet", world->config.node_name, &k->events);
	}
	if (err) {
		kubelet_close(k);
		return err;
	}
	*out = k;
	return ERR_OK;
}

void kubelet_close(struct kubelet *k)
{
	if (k) {
		worklist_close(k->pods);
		event_recorder_close(k->events);
		ipam_free(k->ipam);
		body_deinit(&k->body);
		free(k);
	}
}
