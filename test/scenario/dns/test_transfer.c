/* Zone transfers larger than a message, over a connection that goes on afterwards. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/query/query.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

#define SLICES    30u
#define PER_SLICE 200u
#define SERVICES  400u

static const char namespace_json[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"ns\"}}";
static const char service_format[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s%u\",\"namespace\":"
	"\"ns\"},\"spec\":{\"clusterIP\":\"None\",\"clusterIPs\":[\"None\"],\"ports\":[{\"name\":"
	"\"web\",\"port\":80,\"protocol\":\"TCP\"}]}}";

static void apply_slice(struct lab *l, const char *service, unsigned slice, unsigned n)
{
	static char text[100000];
	size_t at = (size_t)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"%s-%u\",\"namespace\":\"ns\",\"labels\":{\"kubernetes.io/"
		"service-name\":"
		"\"%s\"}},\"addressType\":\"IPv4\",\"ports\":[{\"name\":\"web\",\"port\":80,"
		"\"protocol\":\"TCP\"}],\"endpoints\":[",
		service, slice, service);
	for (unsigned i = 0; i < n; i++) {
		at += (size_t)snprintf(text + at, sizeof(text) - at,
			"%s{\"addresses\":[\"10.%u.%u.%u\"]}", i > 0 ? "," : "", slice, i / 256,
			i % 256);
	}
	(void)snprintf(text + at, sizeof(text) - at, "]}");
	fake_api_apply(&l->api, text);
}

/* One large Service and many small ones. */
static void start(struct lab *l)
{
	char text[600];
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.kube.zones = "cluster.local";
	config.kube.addresses = "10.244.0.99";
	static const struct transfer_rule everybody = { ".", "*" };
	config.stages.transfers = &everybody;
	config.stages.n_transfers = 1;
	lab_init(l);
	fake_api_apply(&l->api, namespace_json);
	(void)snprintf(text, sizeof(text), service_format, "large", 0);
	fake_api_apply(&l->api, text);
	for (unsigned i = 0; i < SLICES; i++) {
		apply_slice(l, "large0", i, PER_SLICE);
	}
	for (unsigned i = 0; i < SERVICES; i++) {
		char name[32];
		(void)snprintf(text, sizeof(text), service_format, "small", i);
		fake_api_apply(&l->api, text);
		(void)snprintf(name, sizeof(name), "small%u", i);
		apply_slice(l, name, 100, 1);
	}
	fake_api_sync(&l->api);
	lab_start(l, &config);
}

static void read_exactly(int fd, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(fd, p, n, 0);
		assert_true(got > 0);
		p += got;
		n -= (size_t)got;
	}
}

struct tally {
	unsigned messages, records[256], soas;
};

/* Reads messages until the second SOA. */
static void read_transfer(int fd, struct tally *t)
{
	static uint8_t message[65535];
	*t = (struct tally){ 0 };
	while (t->soas < 2) {
		uint8_t head[2];
		struct header h;
		struct question q;
		read_exactly(fd, head, 2);
		size_t n = get_u16(head);
		read_exactly(fd, message, n);
		struct rd r = rd_of(message, n);
		assert_int_equal(header_read(&r, &h), ERR_OK);
		assert_int_equal(
			h.flags & (FLAG_QR | FLAG_AA | FLAG_TC | FLAG_RCODE), FLAG_QR | FLAG_AA);
		assert_int_equal(h.id, 7);
		assert_int_equal(question_read(&r, &q), ERR_OK);
		for (unsigned i = 0; i < h.answers; i++) {
			struct rr rr;
			assert_int_equal(rr_read(&r, &rr), ERR_OK);
			t->records[rr.type & 255]++;
			t->soas += rr.type == TYPE_SOA;
		}
		assert_int_equal(rd_left(&r), 0);
		t->messages++;
	}
}

static void ask(int fd, const char *name, const char *type)
{
	uint8_t bytes[2 + CLIENT_QUESTION];
	struct client_question q = { .name = name, .type = type };
	size_t n = client_build(&q, 7, bytes + 2);
	put_u16(bytes, (uint16_t)n);
	client_write(fd, bytes, n + 2);
}

static void a_zone_of_many_messages_comes_whole_and_the_connection_goes_on(void **state)
{
	(void)state;
	struct lab l;
	struct tally t;
	start(&l);
	int fd = client_connect(l.port);
	/* all at once: replies keep their order */
	ask(fd, "cluster.local.", "AXFR");
	ask(fd, "small3.ns.svc.cluster.local.", "A");
	ask(fd, "cluster.local.", "AXFR");
	for (int i = 0; i < 2; i++) {
		read_transfer(fd, &t);
		unsigned endpoints = SLICES * PER_SLICE + SERVICES;
		assert_int_equal(t.records[TYPE_A], 1 + 2 * endpoints);
		assert_int_equal(t.records[TYPE_SRV], endpoints);
		assert_int_equal(t.records[TYPE_NS], 1);
		assert_true(t.messages > 5);
		if (i == 0) {
			struct client_reply *r = calloc(1, sizeof(*r));
			assert_true(client_read(fd, r));
			assert_string_equal(
				r->lines[0][0], "small3.ns.svc.cluster.local. 5 IN A 10.100.0.0");
			free(r);
		}
	}
	close(fd);
	lab_deinit(&l);
}

static void a_client_that_goes_away_during_a_transfer_leaves_nothing(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	for (int i = 0; i < 5; i++) {
		uint8_t some[100];
		int fd = client_connect(l.port);
		ask(fd, "cluster.local.", "AXFR");
		if (i > 0) {
			read_exactly(fd, some, sizeof(some));
		}
		close(fd);
	}
	int fd = client_connect(l.port);
	ask(fd, "cluster.local.", "AXFR");
	lab_deinit(&l); /* the server closes with a transfer on its way */
	close(fd);
}

int main(void)
{
	(void)signal(SIGPIPE, SIG_IGN); /* as main does */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_of_many_messages_comes_whole_and_the_connection_goes_on),
		cmocka_unit_test(a_client_that_goes_away_during_a_transfer_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
