/* The objects every cluster begins with, as manifests that go the road of all writes.
 * Source: a fresh kubeadm cluster as observed: four namespaces, the Services kubernetes and
 * kube-dns, a Node, a StorageClass. Regime: one arena for all of it. Called by: embedded.c. */
#include "base/err.h"
#include "base/log.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/discovery.h"
#include "watch/embedded/write.h"

struct seed {
	enum kind kind;
	const char *ns;
	const char *sub; /* "status": sent as a PUT to it after the object itself */
	const char *text;
};

static const struct seed fixed[] = {
	{ KIND_NAMESPACE, "", "", "{\"metadata\":{\"name\":\"default\"}}" },
	{ KIND_NAMESPACE, "", "", "{\"metadata\":{\"name\":\"kube-system\"}}" },
	{ KIND_NAMESPACE, "", "", "{\"metadata\":{\"name\":\"kube-public\"}}" },
	{ KIND_NAMESPACE, "", "", "{\"metadata\":{\"name\":\"kube-node-lease\"}}" },
};

static const char service_kubernetes[] =
	"{\"metadata\":{\"name\":\"kubernetes\",\"labels\":{\"component\":\"apiserver\","
	"\"provider\":\"kubernetes\"}},\"spec\":{\"type\":\"ClusterIP\",\"clusterIP\":\"%s\","
	"\"ports\":[{\"name\":\"https\",\"port\":443,\"protocol\":\"TCP\",\"targetPort\":%u}]}}";

static const char slice_kubernetes[] =
	"{\"metadata\":{\"name\":\"kubernetes\",\"labels\":{\"kubernetes.io/service-name\":"
	"\"kubernetes\"}},\"addressType\":\"IPv4\",\"endpoints\":[{\"addresses\":[\"%s\"],"
	"\"conditions\":{\"ready\":true}}],\"ports\":[{\"name\":\"https\",\"port\":%u,"
	"\"protocol\":\"TCP\"}]}";

static const char service_dns[] =
	"{\"metadata\":{\"name\":\"kube-dns\",\"labels\":{\"k8s-app\":\"kube-dns\","
	"\"kubernetes.io/cluster-service\":\"true\",\"kubernetes.io/name\":\"CoreDNS\"},"
	"\"annotations\":{\"prometheus.io/port\":\"9153\",\"prometheus.io/scrape\":\"true\"}},"
	"\"spec\":{\"type\":\"ClusterIP\",\"clusterIP\":\"%s\",\"selector\":{\"k8s-app\":"
	"\"kube-dns\"},\"ports\":[{\"name\":\"dns\",\"port\":53,\"protocol\":\"UDP\","
	"\"targetPort\":53},{\"name\":\"dns-tcp\",\"port\":53,\"protocol\":\"TCP\","
	"\"targetPort\":53},{\"name\":\"metrics\",\"port\":9153,\"protocol\":\"TCP\","
	"\"targetPort\":9153}]}}";

static const char storage_class[] =
	"{\"metadata\":{\"name\":\"%s\",\"annotations\":{"
	"\"storageclass.kubernetes.io/is-default-class\":\"true\"}},"
	"\"provisioner\":\"ordinal.dev/lab\",\"reclaimPolicy\":\"Delete\","
	"\"volumeBindingMode\":\"Immediate\"}";

static const char node[] =
	"{\"metadata\":{\"name\":\"%s\",\"labels\":{\"kubernetes.io/hostname\":\"%s\","
	"\"kubernetes.io/os\":\"linux\",\"kubernetes.io/arch\":\"amd64\","
	"\"beta.kubernetes.io/os\":\"linux\",\"beta.kubernetes.io/arch\":\"amd64\","
	"\"node-role.kubernetes.io/control-plane\":\"\"}},\"spec\":{}}";

static const char node_status[] =
	"{\"metadata\":{\"name\":\"%s\"},\"status\":{\"capacity\":{\"cpu\":\"64\",\"memory\":"
	"\"256Gi\","
	"\"pods\":\"110000\",\"ephemeral-storage\":\"1Ti\"},\"allocatable\":{\"cpu\":\"64\","
	"\"memory\":\"256Gi\",\"pods\":\"110000\",\"ephemeral-storage\":\"1Ti\"},\"addresses\":["
	"{\"type\":\"InternalIP\",\"address\":\"%s\"},{\"type\":\"Hostname\",\"address\":\"%s\"}],"
	"\"conditions\":["
	"{\"type\":\"MemoryPressure\",\"status\":\"False\",\"lastHeartbeatTime\":\"%s\","
	"\"lastTransitionTime\":\"%s\",\"reason\":\"KubeletHasSufficientMemory\","
	"\"message\":\"kubelet has sufficient memory available\"},"
	"{\"type\":\"DiskPressure\",\"status\":\"False\",\"lastHeartbeatTime\":\"%s\","
	"\"lastTransitionTime\":\"%s\",\"reason\":\"KubeletHasNoDiskPressure\","
	"\"message\":\"kubelet has no disk pressure\"},"
	"{\"type\":\"Ready\",\"status\":\"True\",\"lastHeartbeatTime\":\"%s\","
	"\"lastTransitionTime\":\"%s\",\"reason\":\"KubeletReady\","
	"\"message\":\"kubelet is posting ready status\"}],"
	"\"nodeInfo\":{\"machineID\":\"\",\"systemUUID\":\"\",\"bootID\":\"\","
	"\"kernelVersion\":\"none\",\"osImage\":\"ordinal lab\","
	"\"containerRuntimeVersion\":\"none://\",\"kubeletVersion\":\"" DISCOVERY_GIT_VERSION
	"\",\"kubeProxyVersion\":\"\",\"operatingSystem\":\"linux\",\"architecture\":\"amd64\"}}}";

static int put(struct embedded *e, struct arena *a, const struct seed *seed, struct strv text)
{
	struct write_result out;
	struct json *body = NULL;
	struct json_report report;
	if (text.p == NULL) {
		return ERR_NOMEM;
	}
	int r = json_parse(a, text, &body, &report);
	if (r != ERR_OK) {
		log_error("api", "a built-in manifest at %zu: %s", report.offset, report.why);
		return r;
	}
	bool whole = seed->sub[0] == '\0';
	struct write_request req = { .verb = whole ? WRITE_CREATE : WRITE_UPDATE,
		.kind = seed->kind,
		.ns = strv_of(seed->ns),
		.name = whole ? STRV("") : json_str(json_dig(body, "metadata.name")),
		.sub = seed->sub,
		.body = body,
		.manager = STRV("ordinal"),
		.trusted = true };
	if (req.ns.p == NULL) {
		req.ns = STRV("");
	}
	write_run(e, a, &req, &out);
	object_unref(out.obj);
	if (status_failed(&out.status)) {
		log_error("api", "a built-in %s was refused: %.*s", kind_row(seed->kind)->name,
			STRV_ARG(out.status.message));
		return ERR_LIBRARY;
	}
	return ERR_OK;
}

static int put_node(struct embedded *e, struct arena *a, const struct embedded_config *c)
{
	char now[CLOCK_RFC3339_CHARS + 1];
	const struct seed whole = { KIND_NODE, "", "", NULL };
	const struct seed status = { KIND_NODE, "", "status", NULL };
	clock_format(clock_now_ms(e->clock), now);
	int r = put(e, a, &whole, arena_printf(a, node, c->node_name, c->node_name));
	if (r != ERR_OK) {
		return r;
	}
	return put(e, a, &status,
		arena_printf(a, node_status, c->node_name, c->node_ip, c->node_name, now, now, now,
			now, now, now));
}

static int put_services(
	struct embedded *e, struct arena *a, const struct embedded_config *c, unsigned port)
{
	char first[SERVICE_IP_CHARS + 1];
	const struct seed in_default = { KIND_SERVICE, "default", "", NULL };
	const struct seed in_system = { KIND_SERVICE, "kube-system", "", NULL };
	const struct seed slice = { KIND_ENDPOINTSLICE, "default", "", NULL };
	service_pool_first(&e->pool, first);
	int r = put(e, a, &in_default, arena_printf(a, service_kubernetes, first, port));
	if (r != ERR_OK) {
		return r;
	}
	/* Endpoints may not be loopback addresses: a lab on 127.0.0.1 has none for its own Service. */
	if (!strv_has_prefix(strv_of(c->node_ip), STRV("127."))) {
		r = put(e, a, &slice, arena_printf(a, slice_kubernetes, c->node_ip, port));
	}
	if (r != ERR_OK || c->kube_dns_ip == NULL) {
		return r;
	}
	return put(e, a, &in_system, arena_printf(a, service_dns, c->kube_dns_ip));
}

int bootstrap_run(struct embedded *e, const struct embedded_config *config, unsigned port)
{
	struct arena a;
	int r = ERR_OK;
	arena_init(&a, 16384);
	for (size_t i = 0; i < ARRAY_LEN(fixed) && r == ERR_OK; i++) {
		r = put(e, &a, &fixed[i], strv_of(fixed[i].text));
	}
	if (r == ERR_OK) {
		r = put_node(e, &a, config);
	}
	if (r == ERR_OK && config->default_class != NULL) {
		const struct seed seed = { KIND_STORAGECLASS, "", "", NULL };
		r = put(e, &a, &seed, arena_printf(&a, storage_class, config->default_class));
	}
	if (r == ERR_OK) {
		r = put_services(e, &a, config, port);
	}
	arena_deinit(&a);
	return r;
}
