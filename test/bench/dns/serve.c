/* A DNS server with SERVICES headless Services of ENDPOINTS pods each, on one query thread, for measuring beside others:
 * serve SERVICES ENDPOINTS. Prints its port and pid; ends when its input does. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "dns/server.h"
#include "test/scenario/dns/fake_api.h"

static void apply(struct fake_api *api, unsigned s, unsigned endpoints)
{
	static char text[400000];
	(void)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"svc-%u\","
		"\"namespace\":\"ns-%u\"},\"spec\":{\"clusterIP\":\"None\"}}",
		s, s % 100);
	fake_api_apply(api, text);
	size_t n = (size_t)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"svc-%u-x\",\"namespace\":\"ns-%u\",\"labels\":{"
		"\"kubernetes.io/"
		"service-name\":\"svc-%u\"}},\"addressType\":\"IPv4\",\"endpoints\":[",
		s, s % 100, s);
	for (unsigned e = 0; e < endpoints; e++) {
		unsigned a = s * endpoints + e;
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"%s{\"addresses\":[\"10.%u.%u.%u\"],\"hostname\":\"db-%u\"}",
			e > 0 ? "," : "", a >> 16 & 255, a >> 8 & 255, a & 255, e);
	}
	(void)snprintf(text + n, sizeof(text) - n, "]}");
	fake_api_apply(api, text);
}

static void on_input(uv_poll_t *poll, int status, int events)
{
	char c;
	(void)events;
	if (status < 0 || read(STDIN_FILENO, &c, 1) <= 0) {
		uv_stop(poll->loop);
	}
}

int main(int argc, char **argv)
{
	uv_loop_t loop;
	uv_poll_t input;
	struct clock *clock;
	struct fake_api api;
	struct dns_server *server;
	struct dns_config config = dns_config_default();
	unsigned services = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 3;
	unsigned endpoints = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;
	config.listen.port = 0;
	config.threads = 1;
	fake_api_init(&api);
	if (uv_loop_init(&loop) != 0 || clock_open(&loop, &clock) != ERR_OK) {
		return 1;
	}
	int err = dns_server_open(&loop, clock, &api.api, &config, &server);
	if (err != ERR_OK) {
		fprintf(stderr, "error: %s\n", err_text(err));
		return 1;
	}
	for (unsigned s = 0; s < services; s++) {
		apply(&api, s, endpoints);
	}
	fake_api_sync(&api);
	printf("%d:%u\n", (int)getpid(), dns_server_port(server));
	(void)fflush(stdout);
	if (uv_poll_init(&loop, &input, STDIN_FILENO) == 0) {
		(void)uv_poll_start(&input, UV_READABLE, on_input);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	return 0;
}
