/* The kubelet: runs the pods bound to the lab's Node, without containers. Each gets an address, is Running at once and
 * Ready after its delay; once deleted it is gone after its delay, but no later than its grace period.
 * A pod becomes Ready by us once: who sets Ready to False by hand (pods/status) keeps it so.
 * Source: core/v1 Pod, kubelet's status manager; pod garbage collection (pods of a Node that is not there). Regime: see world.h. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/ipam.h"
#include "statefulset/companion/pod_status.h"
#include "statefulset/companion/world.h"
#include "statefulset/companion/worklist.h"
#include "statefulset/event.h"

#define READY_AFTER "ordinal.dev/ready-after"

/* What is kept with a pod's key. Timestamps of objects have whole seconds: the exact times are here. */
struct pod_state {
	uint32_t address; /* given to a pod that does not show it yet; 0: none */
	int64_t started_ms, ending_ms;
	bool said_no_address, said_bad_delay, said_killing;
};

struct kubelet {
	struct world *world;
	struct worklist *pods;
	struct event_recorder *events;
	struct ipam *ipam;
	struct body body;
};

static bool say_once(bool *said)
{
	bool first = !*said;
	*said = true;
	return first;
}

/* The pod's own delay, else the lab's. */
static int64_t ready_after_ms(struct kubelet *k, struct pod_state *st, const struct object *pod)
{
	int64_t delay = k->world->config.ready_after_ms;
	const struct strv *own = labels_get(&pod->meta.annotations, STRV(READY_AFTER));
	if (own && strv_to_duration_ms(*own, &delay) && say_once(&st->said_bad_delay)) {
		event_emit(k->events, pod, EVENT_WARNING, "InvalidAnnotation",
			READY_AFTER
			": \"%.*s\" is not a duration such as 30s; the lab's own delay is used",
			STRV_ARG(*own));
	}
	return delay;
}

static void send_status(
	struct work *w, const struct object *pod, struct body *b, struct json *patch)
{
	work_write(w, b,
		&(struct watch_call){ .verb = WATCH_PATCH_STRATEGIC,
			.kind = KIND_POD,
			.ns = pod->meta.ns,
			.name = pod->meta.name,
			.subresource = "status",
			.body = patch,
			.manager = "kubelet" });
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

/* The pod's address as text: the node's own, the one it has, or a fresh one, kept in st.
 * errors ERR_NO_SPACE */
NODISCARD static int address_of(struct kubelet *k, struct pod_state *st, const struct object *pod,
	char out[IP_TEXT_CHARS + 1])
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
	if (!st->address) {
		int err = ipam_take(k->ipam, &st->address);
		if (err) {
			return err;
		}
	}
	struct ip ip = { .family = IP_V4 };
	uint32_t address = htonl(st->address);
	memcpy(ip.bytes, &address, sizeof(address));
	(void)ip_print(&ip, out);
	return ERR_OK;
}

static void start(struct kubelet *k, struct work *w, struct pod_state *st, const struct object *pod)
{
	char address[IP_TEXT_CHARS + 1];
	if (address_of(k, st, pod, address)) {
		if (say_once(&st->said_no_address)) {
			event_emit(k->events, pod, EVENT_WARNING, "FailedCreatePodSandBox",
				"no free address in %s/%u: delete pods, or start the lab with a "
				"larger --pod-cidr",
				k->world->config.pod_cidr.address,
				k->world->config.pod_cidr.prefix_bits);
		}
		return; /* looked at again when an address comes back */
	}
	st->started_ms = clock_now_ms(k->world->clock);
	struct pod_report report = { .pod = pod,
		.containers_ready = ready_after_ms(k, st, pod) == 0,
		.started_ms = st->started_ms,
		.now_ms = st->started_ms,
		.ip = strv_of(address),
		.host_ip = k->world->config.node_ip };
	send_status(w, pod, &k->body, pod_status_running(&k->body, &report));
	say_started(k, pod);
}

/* When the containers began to run: exactly if that is known, else as the pod shows it. */
static int64_t started_ms(const struct pod_state *st, const struct condition *shown)
{
	return st->started_ms / 1000 == shown->transition_ms / 1000 ? st->started_ms
								    : shown->transition_ms;
}

/* A Running pod becomes Ready when its time has come, and follows its readiness gates. Ready set to False by hand stays: it
 * has another reason, or none. */
static void ripen(struct kubelet *k, struct work *w, struct pod_state *st, const struct object *pod)
{
	const struct condition *ready = pod_status_condition(pod->as.pod, STRV("Ready"));
	const struct condition *began = pod_status_condition(pod->as.pod, STRV("Initialized"));
	if (!ready) {
		work_drop(w);
		return;
	}
	bool waits_for_time = strv_eq(ready->reason, STRV(REASON_NOT_READY));
	bool waits_for_gates = strv_eq(ready->reason, STRV(REASON_GATES_NOT_READY));
	bool is_ready = strv_eq(ready->status, STRV("True"));
	int64_t now = clock_now_ms(k->world->clock);
	int64_t due = started_ms(st, ready) + ready_after_ms(k, st, pod);
	if (waits_for_time && now < due) {
		work_after(w, due - now);
		return;
	}
	bool open = pod_status_gates_open(pod->as.pod);
	if (waits_for_time || (waits_for_gates && open) || (is_ready && !open)) {
		struct pod_report report = { .pod = pod,
			.containers_ready = true,
			.started_ms = began ? began->transition_ms : ready->transition_ms,
			.now_ms = now };
		send_status(w, pod, &k->body, pod_status_ready(&k->body, &report));
		return;
	}
	work_drop(w); /* nothing to wait for: the pod's next change brings it back */
}

static void say_killing(struct kubelet *k, const struct object *pod)
{
	const struct pod *p = pod->as.pod;
	for (size_t i = 0; i < p->n_containers && strv_eq(p->phase, STRV("Running")); i++) {
		if (!p->containers[i].init || p->containers[i].restartable) {
			event_emit(k->events, pod, EVENT_NORMAL, "Killing",
				"Stopping container %.*s", STRV_ARG(p->containers[i].name));
		}
	}
}

/* A deleted pod is removed for good when its time has come. */
static void end(struct kubelet *k, struct work *w, struct pod_state *st, const struct object *pod)
{
	const struct meta *m = &pod->meta;
	int64_t grace_ms = m->deletion_grace_s.set ? m->deletion_grace_s.v * 1000 : 0;
	int64_t delay = k->world->config.terminate_after_ms;
	int64_t now = clock_now_ms(k->world->clock);
	if (say_once(&st->said_killing)) {
		st->ending_ms = now;
		say_killing(k, pod);
	}
	int64_t due = st->ending_ms + (delay < grace_ms ? delay : grace_ms);
	if (now < due) {
		work_after(w, due - now);
		return;
	}
	if (grace_ms == 0 && m->finalizers.n > 0) {
		return; /* somebody's finalizer holds it: it goes when that is removed */
	}
	work_call(w, &(struct watch_call){ .verb = WATCH_DELETE,
			     .kind = KIND_POD,
			     .ns = m->ns,
			     .name = m->name,
			     .manager = "kubelet",
			     .del = { .grace_s = { true, 0 }, .uid = m->uid } });
}

/* Whether a pod is ours to run; and to end, also when its Node does not exist: nobody else would. */
static bool is_ours(const struct kubelet *k, const struct object *pod)
{
	struct strv node = pod->as.pod->node_name;
	return strv_eq(node, strv_of(k->world->config.node_name)) ||
	       (pod->meta.deletion_ms.set &&
		       !watch_cache_get(k->world->cache, KIND_NODE, STRV_NONE, node));
}

static void look(void *ctx, struct work *w)
{
	struct kubelet *k = ctx;
	const struct object *pod = watch_cache_get(
		k->world->cache, KIND_POD, work_ns(w), work_name(w));
	if (!pod || !is_ours(k, pod)) {
		work_drop(w);
		return;
	}
	struct pod_state *st = work_state(w, pod->meta.uid);
	const struct pod *p = pod->as.pod;
	if (p->n_ips > 0) {
		st->address = 0; /* it shows its address: the event of its end gives it back */
	}
	body_reset(&k->body);
	if (pod->meta.deletion_ms.set) {
		end(k, w, st, pod);
	} else if (p->terminal) {
		work_drop(w);
	} else if (!strv_eq(p->phase, STRV("Running"))) {
		start(k, w, st, pod);
	} else {
		ripen(k, w, st, pod);
	}
}

/* Tells the book of addresses which ones the pod shows: in use, or free again. */
static void account(
	struct kubelet *k, const struct object *pod, void (*tell)(struct ipam *m, uint32_t address))
{
	const struct pod *p = pod->as.pod;
	for (size_t i = 0; i < p->n_ips && !p->host_network; i++) {
		if (p->ips[i].family == IP_V4) {
			uint32_t address;
			memcpy(&address, p->ips[i].bytes, sizeof(address));
			tell(k->ipam, ntohl(address));
		}
	}
}

/* The addresses of a pod that is gone: those it showed, and the one it was still to get. */
static void give_back(struct kubelet *k, const struct object *pod)
{
	struct pod_state *st = worklist_state(k->pods, pod->meta.ns, pod->meta.name);
	if (st && st->address) {
		ipam_release(k->ipam, st->address);
		st->address = 0;
	}
	account(k, pod, ipam_release);
}

static bool waits_for_address(const void *state, const void *what)
{
	const struct pod_state *st = state;
	(void)what;
	return st->said_no_address;
}

void kubelet_event(struct kubelet *k, const struct watch_event *e)
{
	if (e->type == WATCH_SYNCED) {
		worklist_start(k->pods);
		return;
	}
	if (e->kind != KIND_POD) {
		return;
	}
	if (e->type == WATCH_DELETED) {
		give_back(k, e->obj);
		worklist_add_matching(k->pods, waits_for_address, NULL);
		worklist_add(k->pods, e->obj->meta.ns, e->obj->meta.name);
	} else if (e->obj->as.pod->node_name.n > 0) {
		account(k, e->obj, ipam_reserve); /* ours, as a rule, or set by hand */
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
		err = worklist_open(
			world->clock, world->api, look, k, sizeof(struct pod_state), &k->pods);
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
