/* The whole way of a query: any octets into a server with a few Services. A reply has the question's id, fits what the
 * client takes, is well formed to its last octet, and nothing answers a response. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/kube.h"
#include "dns/query/pipeline.h"
#include "dns/stage/stages.h"
#include "test/scenario/dns/fake_api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const objects[] = {
	"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\"}}",
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\",\"namespace\":"
	"\"n\"},"
	"\"spec\":{\"clusterIP\":\"None\"}}",
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"c\",\"namespace\":"
	"\"n\"},"
	"\"spec\":{\"clusterIP\":\"10.9.0.1\",\"clusterIPs\":[\"10.9.0.1\",\"fd00::1\"],\"ports\":["
	"{\"name\":\"a\",\"port\":80},{\"name\":\"b\",\"port\":80},{\"port\":81,\"protocol\":"
	"\"UDP\"}]}}",
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"e\",\"namespace\":"
	"\"n\"},"
	"\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"e.n.svc.cluster.local\"}}",
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"f\",\"namespace\":"
	"\"n\"},"
	"\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"S.n.svc.cluster.local\"}}",
	"{\"apiVersion\":\"discovery.k8s.io/"
	"v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":\"s-1\","
	"\"namespace\":\"n\",\"labels\":{\"kubernetes.io/"
	"service-name\":\"s\"}},\"addressType\":\"IPv4\","
	"\"ports\":[{\"name\":\"a\",\"port\":80}],\"endpoints\":[{\"addresses\":[\"10.0.0.1\"],"
	"\"hostname\":\"h\"},{\"addresses\":[\"10.0.0.2\"],\"hostname\":\"H\"},{\"addresses\":["
	"\"10.0.0.3\"]}]}",
	"{\"apiVersion\":\"discovery.k8s.io/"
	"v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":\"s-2\","
	"\"namespace\":\"n\",\"labels\":{\"kubernetes.io/"
	"service-name\":\"s\"}},\"addressType\":\"IPv6\","
	"\"endpoints\":[{\"addresses\":[\"fd00::\"],\"hostname\":\"h\"},{\"addresses\":[\"fd00::"
	"2\"]}]}",
};

static struct {
	uv_loop_t loop;
	struct clock *clock;
	struct reclaim *reclaim;
	struct fake_api api;
	struct kube *kube;
	struct search *search;
	struct loadbalance *loadbalance;
	struct pipeline pipeline;
	struct query_thread thread;
	struct query query;
	uint8_t reply[70000];
} world;

static void make_world(void)
{
	struct kube_options options = {
		.ttl = 5,
		.addresses = "10.0.0.1 10.1.1.1",
		.pods = KUBE_PODS_INSECURE,
	};
	int err = uv_loop_init(&world.loop);
	REQUIRE(err == 0);
	err = clock_open_virtual(&world.loop, 0, &world.clock);
	REQUIRE(err == ERR_OK);
	err = reclaim_open(&world.loop, &world.reclaim);
	REQUIRE(err == ERR_OK);
	err = kube_new(&options, world.clock, world.reclaim, &world.kube);
	REQUIRE(err == ERR_OK);
	err = search_new(world.kube, STRV("n"), &world.search);
	REQUIRE(err == ERR_OK);
	fake_api_init(&world.api);
	fake_api_sync(&world.api);
	const struct stage_options sorted = { .prefer = "10.0.0.2/31 fd00::/8" };
	err = loadbalance_open(&world.loop, world.reclaim, &sorted, &world.loadbalance);
	REQUIRE(err == ERR_OK);
	err = pipeline_add(&world.pipeline, &stage_loadbalance_sorting, world.loadbalance);
	REQUIRE(err == ERR_OK);
	err = pipeline_add(&world.pipeline, &stage_search, world.search);
	REQUIRE(err == ERR_OK);
	err = pipeline_add(&world.pipeline, &stage_kubernetes, world.kube);
	REQUIRE(err == ERR_OK);
	err = kube_subscribe(world.kube, &world.api.api);
	REQUIRE(err == ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		fake_api_apply(&world.api, objects[i]);
	}
	world.thread.random = 1;
	world.query.thread = &world.thread;
}

static void check_reply(const uint8_t *message, size_t n, enum transport transport)
{
	const struct query *q = &world.query;
	struct rd r = rd_of(world.reply, n);
	struct header h;
	REQUIRE(n <= (transport == TRANSPORT_UDP ? 65507 : MESSAGE_MAX_BYTES));
	REQUIRE(header_read(&r, &h) == ERR_OK);
	REQUIRE((h.flags & FLAG_QR) && h.id == get_u16(message) &&
		!(get_u16(message + 2) & FLAG_QR));
	REQUIRE(transport == TRANSPORT_TCP || q->edns.present || n <= MESSAGE_UDP_BYTES);
	REQUIRE(transport == TRANSPORT_TCP || !q->edns.present || n <= MESSAGE_UDP_BYTES ||
		n <= q->edns.udp_bytes);
	if (h.questions == 1) {
		struct question question;
		REQUIRE(question_read(&r, &question) == ERR_OK);
	}
	unsigned all = (unsigned)h.answers + h.authorities + h.additionals;
	for (unsigned i = 0; i < all; i++) {
		struct rr rr;
		REQUIRE(rr_read(&r, &rr) == ERR_OK);
	}
	REQUIRE(rd_left(&r) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!world.kube) {
		make_world();
	}
	for (int t = TRANSPORT_UDP; t <= TRANSPORT_TCP; t++) {
		size_t cap = t == TRANSPORT_UDP ? 65507 : MESSAGE_MAX_BYTES;
		size_t n = pipeline_answer(&world.pipeline, &world.query, (enum transport)t, data,
			size, world.reply, cap);
		if (n > 0) {
			check_reply(data, n, (enum transport)t);
		}
	}
	return 0;
}
