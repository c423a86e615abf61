/* ordinal lab: wires the embedded API, the ordering controller, the companions and DNS on one loop; ordered close.
 * Regime: one static struct, control thread. Called by: main.
 *
 * Happy path: read manifests -> open loop, clock, API, controllers,
 * DNS -> DNS synced -> manifests applied -> kubeconfig written, "ready ..." on
 * stdout -> (--once: everything Ready and resolvable) -> signal -> close.
 * Failure paths: a part does not open -> what is open is closed, exit 1; --once
 * times out -> exit 1; nothing of the manifests usable -> exit 1. Second signal
 * while closing -> exit at once. */
#include "lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/option.h"
#include "dns/server.h"
#include "start.h"
#include "statefulset/companion/companion.h"
#include "statefulset/companion/ipam.h"
#include "statefulset/statefulset.h"
#include "watch/embedded/embedded.h"
#include "watch/manifest/awaited.h"
#include "watch/manifest/kubeconfig.h"
#include "watch/manifest/manifest.h"

#define ZONE            "cluster.local"
#define SERVICE_NETWORK "10.96.0.0"
#define FIRST_HOST      5 /* of the pods: .5, as on the cluster of the experiment */
#define NODE_NAME       "ordinal-node"
#define NODE_IP         "127.0.0.1"
#define PROVISIONER     "ordinal.dev/lab"
#define SYNC_POLL_MS    1 /* how often DNS is asked whether it is synced, at start only */

struct settings {
	struct option_addr api, dns;
	const char *kubeconfig;
	struct option_list manifests;
	const char *search;
	struct option_cidr pod_cidr;
	int64_t ready_after_ms, terminate_after_ms, bind_after_ms, hold_ms;
	const char *storage_class;
	const char *data;
	const char *clock;
	const char *log_format;
	int64_t verbosity, threads;
	bool once;
	int64_t timeout_ms;
};

#define AT(member) offsetof(struct settings, member)
static const struct option_row lab_rows[] = {
	{ "api", 0, OPTION_ADDR, "ADDR:PORT",
		"where the Kubernetes API listens (127.0.0.1:8001; port 0: a free one)", NULL,
		AT(api), 0, 0 },
	{ "dns", 0, OPTION_ADDR, "ADDR:PORT",
		"where DNS listens, UDP and TCP (127.0.0.1:1053; port 0: a free one)", NULL,
		AT(dns), 0, 0 },
	{ "kubeconfig", 0, OPTION_TEXT, "FILE",
		"where the lab's kubeconfig is written (a file of its own)", NULL, AT(kubeconfig),
		0, 0 },
	{ "filename", 'f', OPTION_LIST, "MANIFEST",
		"apply this file, folder or - (standard input); may be repeated", NULL,
		AT(manifests), 0, 0 },
	{ "search", 0, OPTION_TEXT, "NAMESPACE",
		"complete short names as a pod of this namespace would", NULL, AT(search), 0, 0 },
	{ "pod-cidr", 0, OPTION_CIDR, "CIDR",
		"pods get addresses from here, .5 first (10.244.0.0/16)", NULL, AT(pod_cidr), 0,
		0 },
	{ "ready-after", 0, OPTION_DURATION, "DUR", "time from a pod's start to Ready (0)", NULL,
		AT(ready_after_ms), 0, 0 },
	{ "terminate-after", 0, OPTION_DURATION, "DUR", "time from a pod's deletion to its end (0)",
		NULL, AT(terminate_after_ms), 0, 0 },
	{ "bind-after", 0, OPTION_DURATION, "DUR", "time from a claim to its bound volume (0)",
		NULL, AT(bind_after_ms), 0, 0 },
	{ "storage-class", 0, OPTION_TEXT, "NAME|none",
		"the default StorageClass (standard); none: there is none", "none",
		AT(storage_class), 0, 0 },
	{ "data", 0, OPTION_TEXT, "DIR", "make a folder for each volume under this one", NULL,
		AT(data), 0, 0 },
	{ "hold", 0, OPTION_DURATION, "DUR",
		"wait this long, 10s at most, for a pod that is asked for before it is Ready (0)",
		NULL, AT(hold_ms), 0, 0 },
	{ "clock", 0, OPTION_CHOICE, "real|virtual",
		"virtual: waiting takes no time, timestamps move on", "real|virtual", AT(clock), 0,
		0 },
	{ "threads", 0, OPTION_INT, "N", "query threads (0: one a core)", NULL, AT(threads), 0,
		1024 },
	{ "log-format", 0, OPTION_CHOICE, "text|json", "form of the log on standard error",
		"text|json", AT(log_format), 0, 0 },
	{ "verbosity", 'v', OPTION_INT, "N", "0: changes worth knowing, 1 and more: everything (0)",
		NULL, AT(verbosity), 0, 10 },
	{ "once", 0, OPTION_FLAG, NULL, "exit when everything given by -f is Ready and resolvable",
		NULL, AT(once), 0, 0 },
	{ "timeout", 0, OPTION_DURATION, "DUR", "with --once: give up after this time, exit 1 (2m)",
		NULL, AT(timeout_ms), 0, 0 },
};
const struct option_command lab_command = { .name = "lab",
	.summary = "a Kubernetes API, StatefulSet controller and DNS in one "
		   "process, no cluster needed",
	.about = "Serves a Kubernetes API for kubectl, runs StatefulSets in order "
		 "with simulated pods and volumes, and\n"
		 "answers their names over DNS. Prints one line when all is up:\n"
		 "  ready api=http://127.0.0.1:8001 dns=127.0.0.1:1053 "
		 "kubeconfig=PATH\n"
		 "SIGINT or SIGTERM ends it. DUR is a number with a unit: 300ms, "
		 "30s, 2m, 1h. A pod's annotation\n"
		 "ordinal.dev/ready-after goes before --ready-after.",
	.examples = "  ordinal lab -f deploy/demo/statefulset.yaml\n"
		    "  ordinal lab -f app/ --once --timeout 30s\n"
		    "  ordinal lab -f app.yaml --clock virtual --ready-after 60s "
		    "--bind-after 30s\n"
		    "  kubectl kustomize . | ordinal lab -f -",
	.arguments = "",
	.rows = lab_rows,
	.n_rows = ARRAY_LEN(lab_rows) };

struct lab {
	struct settings set;
	uv_loop_t loop;
	uv_signal_t on_int, on_term, on_hup;
	uv_timer_t sync_poll;
	struct clock *clock;
	struct embedded *embedded;
	const struct watch_api *api;
	struct companions *companions;
	struct sts_controller *controller;
	struct dns_server *dns;
	struct manifest *manifest;
	struct awaited *awaited;
	char node_ip
		[INET_ADDRSTRLEN]; /* first address of the pod network: loopback may be no endpoint */
	char kubeconfig[PATH_MAX];
	bool kubeconfig_is_ours; /* at the default place: removed at the end */
	bool closing;
	int exit_code;
};

static void lab_close(struct lab *lab, int exit_code);

/* ---- close: in the reverse order of opening, one after the other ---- */

static void close_5(void *ctx)
{
	struct lab *lab = ctx;
	uv_close((uv_handle_t *)&lab->on_int, NULL);
	uv_close((uv_handle_t *)&lab->on_term, NULL);
	uv_close((uv_handle_t *)&lab->on_hup, NULL);
	uv_close((uv_handle_t *)&lab->sync_poll, NULL);
	clock_close(lab->clock, NULL, NULL);
}
static void close_4(void *ctx)
{
	struct lab *lab = ctx;
	if (lab->embedded) {
		embedded_close(lab->embedded, close_5, lab);
	} else {
		close_5(lab);
	}
}
static void close_3(void *ctx)
{
	struct lab *lab = ctx;
	if (lab->companions) {
		companions_close(lab->companions, close_4, lab);
	} else {
		close_4(lab);
	}
}
static void close_2(void *ctx)
{
	struct lab *lab = ctx;
	if (lab->controller) {
		sts_controller_close(lab->controller, close_3, lab);
	} else {
		close_3(lab);
	}
}
static void close_1(void *ctx)
{
	struct lab *lab = ctx;
	if (lab->dns) {
		dns_server_close(lab->dns, close_2, lab);
	} else {
		close_2(lab);
	}
}

static void lab_close(struct lab *lab, int exit_code)
{
	if (lab->closing) {
		return;
	}
	lab->closing = true;
	lab->exit_code = exit_code;
	uv_timer_stop(&lab->sync_poll);
	if (lab->kubeconfig_is_ours) {
		(void)unlink(lab->kubeconfig); /* gone already is as good */
	}
	awaited_close(lab->awaited, close_1, lab);
}

static void on_signal(uv_signal_t *h, int signum)
{
	struct lab *lab = h->loop->data;
	if (lab->closing) {
		_exit(128 + signum); /* asked twice: do not wait for the ordered way */
	}
	log_info("lab", "%s: closing", start_signal_name(signum));
	lab_close(lab, 0);
}

/* ---- start ---- */

static void on_all_there(void *ctx, bool all_there)
{
	struct lab *lab = ctx;
	bool refused = manifest_bad(lab->manifest) > 0;
	lab_close(lab, all_there && !refused ? 0 : 1);
}

static size_t addresses(void *ctx, struct strv name)
{
	const struct lab *lab = ctx;
	return dns_server_addresses(lab->dns, name);
}

static void await_all(struct lab *lab)
{
	struct awaited_config config = { .zone = ZONE,
		.addresses = addresses,
		.done = on_all_there,
		.ctx = lab,
		.timeout_ms = (uint64_t)lab->set.timeout_ms };
	int err = awaited_open(
		&lab->loop, lab->clock, lab->api, lab->manifest, &config, &lab->awaited);
	if (err) {
		fprintf(stderr, "error: cannot wait for the manifests: %s\n", err_text(err));
		lab_close(lab, 1);
	}
}

/* All parts serve and what -f gave is applied: tell where. */
static void say_ready(struct lab *lab)
{
	const struct settings *set = &lab->set;
	char dns[START_ADDR_CHARS];
	start_addr_print(&set->dns, dns_server_port(lab->dns), dns);
	char api[START_ADDR_CHARS];
	start_addr_print(&set->api, embedded_port(lab->embedded), api);
	char url[sizeof("http://") + START_ADDR_CHARS];
	(void)snprintf(url, sizeof(url), "http://%s", api); /* room is enough */
	int err = ERR_OK;
	if (set->kubeconfig) {
		int n = snprintf(lab->kubeconfig, sizeof(lab->kubeconfig), "%s", set->kubeconfig);
		err = n > 0 && (size_t)n < sizeof(lab->kubeconfig) ? ERR_OK : UV_ENAMETOOLONG;
	} else {
		err = kubeconfig_default_path(
			embedded_port(lab->embedded), lab->kubeconfig, sizeof(lab->kubeconfig));
	}
	err = err ? err : kubeconfig_write(lab->kubeconfig, url);
	if (err) {
		fprintf(stderr,
			"error: cannot write kubeconfig %s: %s; choose another with "
			"--kubeconfig\n",
			set->kubeconfig ? set->kubeconfig : lab->kubeconfig,
			err == ERR_EXISTS
				? "this is your own ~/.kube/config, which the lab never touches"
				: err_text(err));
		lab_close(lab, 1);
		return;
	}
	lab->kubeconfig_is_ours = !set->kubeconfig;
	fprintf(stderr, "export KUBECONFIG=%s\n", lab->kubeconfig);
	printf("ready api=%s dns=%s kubeconfig=%s\n", url, dns, lab->kubeconfig);
	fflush(stdout);
	if (set->once) {
		await_all(lab);
	}
}

static void on_search_namespace(void *ctx, const struct watch_reply *r)
{
	struct lab *lab = ctx;
	if (lab->closing) {
		return;
	}
	if (r->err == ERR_NOT_FOUND) {
		fprintf(stderr,
			"warning: --search %s: there is no namespace \"%s\" yet; until there is, "
			"its "
			"short names are not found\n",
			lab->set.search, lab->set.search);
	}
	say_ready(lab);
}

/* Ready, but for a look whether --search names a namespace. */
static void search_then_ready(struct lab *lab)
{
	const struct watch_call call = {
		.verb = WATCH_GET, .kind = KIND_NAMESPACE, .name = strv_of(lab->set.search)
	};
	if (!lab->set.search || watch_call(lab->api, &call, on_search_namespace, lab) != ERR_OK) {
		say_ready(lab); /* out of memory: without the warning then */
	}
}

static void on_applied(void *ctx)
{
	struct lab *lab = ctx;
	if (lab->closing) {
		return;
	}
	size_t applied = 0;
	for (size_t i = 0; i < manifest_count(lab->manifest); i++) {
		applied += manifest_at(lab->manifest, i)->applied;
	}
	if (applied == 0 && manifest_bad(lab->manifest) > 0) {
		fputs("error: no document of the manifests could be applied; mend them and "
		      "start again\n",
			stderr);
		lab_close(lab, 1);
		return;
	}
	search_then_ready(lab);
}

static void on_sync_poll(uv_timer_t *t)
{
	struct lab *lab = container_of(t, struct lab, sync_poll);
	if (!dns_server_synced(lab->dns)) {
		return;
	}
	uv_timer_stop(t);
	if (manifest_count(lab->manifest) > 0) {
		manifest_apply(lab->manifest, lab->clock, lab->api, on_applied, lab);
	} else {
		on_applied(lab);
	}
}

static void choose_node_ip(struct lab *lab)
{
	struct in_addr v4;
	REQUIRE(inet_pton(AF_INET, lab->set.pod_cidr.address, &v4) ==
		1); /* option.c has checked it */
	v4.s_addr = htonl(ntohl(v4.s_addr) + 1);
	REQUIRE(inet_ntop(AF_INET, &v4, lab->node_ip, sizeof(lab->node_ip)) != NULL);
}

NODISCARD static int open_api(struct lab *lab)
{
	choose_node_ip(lab);
	const struct settings *set = &lab->set;
	bool has_class = strcmp(set->storage_class, "none") != 0;
	struct embedded_config config = { .listen = set->api,
		.service_cidr = SERVICE_NETWORK "/16",
		.kube_dns_ip = "10.96.0.10",
		.default_class = has_class ? set->storage_class : NULL,
		.node_name = NODE_NAME,
		.node_ip = lab->node_ip };
	int err = embedded_open(&lab->loop, lab->clock, &config, &lab->embedded);
	if (err) {
		start_listen_failed("the Kubernetes API", "--api", &set->api, err);
		return err;
	}
	lab->api = embedded_api(lab->embedded);
	return ERR_OK;
}

NODISCARD static int open_controllers(struct lab *lab)
{
	const struct settings *set = &lab->set;
	struct companion_config config = { .pod_cidr = set->pod_cidr,
		.first_host = FIRST_HOST,
		.ready_after_ms = set->ready_after_ms,
		.terminate_after_ms = set->terminate_after_ms,
		.bind_after_ms = set->bind_after_ms,
		.data_dir = set->data,
		.node_name = NODE_NAME,
		.node_ip = lab->node_ip,
		.provisioner = PROVISIONER,
		.loop = &lab->loop };
	int err = companions_open(lab->clock, lab->api, &config, &lab->companions);
	if (!err) {
		err = sts_controller_open(lab->clock, lab->api, &lab->controller);
	}
	if (err) {
		fprintf(stderr, "error: the controllers cannot start: %s\n", err_text(err));
	}
	return err;
}

NODISCARD static int open_dns(struct lab *lab)
{
	struct dns_config config = dns_config_default();
	config.listen = lab->set.dns;
	config.search_ns = lab->set.search;
	config.threads = (unsigned)lab->set.threads;
	config.kube.hold_ms = (uint32_t)lab->set.hold_ms;
	int err = dns_server_open(&lab->loop, lab->clock, lab->api, &config, &lab->dns);
	if (err) {
		start_listen_failed("DNS", "--dns", &lab->set.dns, err);
	}
	return err;
}

/* The folder for volumes has to be there and be ours to write before anything
 * depends on it. */
NODISCARD static int check_data(const char *dir)
{
	if (!dir) {
		return ERR_OK;
	}
	if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
		int err = uv_translate_sys_error(errno);
		fprintf(stderr, "error: cannot make folder %s: %s; choose another with --data\n",
			dir, err_text(err));
		return err;
	}
	struct stat st;
	bool is_folder = stat(dir, &st) == 0 && S_ISDIR(st.st_mode);
	if (!is_folder || access(dir, W_OK | X_OK) != 0) {
		int err = is_folder ? uv_translate_sys_error(errno) : UV_ENOTDIR;
		fprintf(stderr,
			"error: cannot write to folder %s: %s; choose another with --data\n", dir,
			err_text(err));
		return err;
	}
	return ERR_OK;
}

/* Opens everything. On failure what is open stays open: lab_close ends it. */
NODISCARD static int lab_open(struct lab *lab)
{
	int err = uv_signal_start(&lab->on_int, on_signal, SIGINT);
	err = err ? err : uv_signal_start(&lab->on_term, on_signal, SIGTERM);
	/* the terminal is gone; under nohup it is to go on */
	err = err || start_is_ignored(SIGHUP) ? err
					      : uv_signal_start(&lab->on_hup, on_signal, SIGHUP);
	err = err ? err : open_api(lab);
	err = err ? err : open_dns(lab);
	err = err ? err : open_controllers(lab);
	return err ? err : uv_timer_start(&lab->sync_poll, on_sync_poll, 0, SYNC_POLL_MS);
}

NODISCARD static int loop_open(struct lab *lab)
{
	int err = uv_loop_init(&lab->loop);
	if (err) {
		return err;
	}
	lab->loop.data = lab;
	if (strcmp(lab->set.clock, "virtual") == 0) {
		uv_timeval64_t now;
		err = uv_gettimeofday(&now);
		err = err ? err : clock_open_virtual(&lab->loop, now.tv_sec * 1000, &lab->clock);
	} else {
		err = clock_open(&lab->loop, &lab->clock);
	}
	if (err) {
		(void)uv_loop_close(&lab->loop); /* nothing was opened on it */
		return err;
	}
	/* These only fill in the handle; they cannot fail on a live loop. */
	(void)uv_signal_init(&lab->loop, &lab->on_int);
	(void)uv_signal_init(&lab->loop, &lab->on_term);
	(void)uv_signal_init(&lab->loop, &lab->on_hup);
	(void)uv_timer_init(&lab->loop, &lab->sync_poll);
	return ERR_OK;
}

static int lab_run(struct lab *lab)
{
	int err = loop_open(lab);
	if (err) {
		fprintf(stderr, "error: cannot start the event loop: %s\n", err_text(err));
		return 1;
	}
	if (lab_open(lab) != ERR_OK) {
		lab_close(lab, 1);
	}
	(void)uv_run(&lab->loop, UV_RUN_DEFAULT); /* returns when every handle is closed */
	err = uv_loop_close(&lab->loop);
	REQUIRE(err == 0); /* a handle left open is a bug, not a condition */
	return lab->exit_code;
}

NODISCARD static bool check_pods(const struct settings *set)
{
	const struct option_cidr services = { SERVICE_NETWORK, 16 };
	const char *why = ipam_refuses(&set->pod_cidr, FIRST_HOST, &services);
	if (why) {
		fprintf(stderr, "ordinal lab: --pod-cidr %s/%u: %s; 10.244.0.0/16 is usual\n",
			set->pod_cidr.address, set->pod_cidr.prefix_bits, why);
	}
	return !why;
}

NODISCARD static bool check_hold(const struct settings *set)
{
	bool good = set->hold_ms <= KUBE_HOLD_MAX_MS;
	if (!good) {
		fprintf(stderr, "ordinal lab: --hold %" PRId64 "ms: is at most %ds\n", set->hold_ms,
			KUBE_HOLD_MAX_MS / 1000);
	}
	return good;
}

int lab_main(const struct option_program *program, int argc, char **argv)
{
	static struct lab lab; /* zeroed; too large for a comfortable stack */
	lab.set = (struct settings){ .api = { "127.0.0.1", 8001 },
		.dns = { "127.0.0.1", 1053 },
		.pod_cidr = { "10.244.0.0", 16 },
		.storage_class = "standard",
		.clock = "real",
		.log_format = "text",
		.timeout_ms = 120000 };
	struct option_list arguments = { .n = 0 };
	enum option_outcome o = option_parse(
		program, &lab_command, argc, argv, &lab.set, &arguments);
	if (o == OPTION_RUN && !(check_pods(&lab.set) && check_hold(&lab.set))) {
		o = OPTION_WRONG;
	}
	int exit_code = o == OPTION_WRONG ? 2 : 0;
	if (o == OPTION_RUN) {
		log_setup(strcmp(lab.set.log_format, "json") == 0 ? LOG_JSON : LOG_TEXT,
			(int)lab.set.verbosity);
		exit_code = 1;
		if (!check_data(lab.set.data) &&
			!manifest_load(&lab.set.manifests, &lab.manifest)) {
			exit_code = lab_run(&lab);
		}
	}
	manifest_free(lab.manifest);
	option_list_deinit(&lab.set.manifests);
	option_list_deinit(&arguments);
	return exit_code;
}
