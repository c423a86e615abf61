/* See the header. */
#include "test/scenario/dns/db.h"

#include <stdio.h>

void db_service(struct lab *l, const char *name)
{
	char text[400];
	(void)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\","
		"\"namespace\":\"ns\"},\"spec\":{\"clusterIP\":\"None\",\"clusterIPs\":[\"None\"],"
		"\"ports\":[{\"name\":\"sql\",\"port\":5432,\"protocol\":\"TCP\"}]}}",
		name);
	fake_api_apply(&l->api, text);
}

void db_set(struct lab *l, unsigned start, unsigned replicas, const char *policy, const char *meta)
{
	char text[700];
	(void)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"db\","
		"\"namespace\":\"ns\"%s},\"spec\":{\"serviceName\":\"db\",\"replicas\":%u,"
		"\"ordinals\":{"
		"\"start\":%u},\"podManagementPolicy\":\"%s\",\"selector\":{\"matchLabels\":{\"a\":"
		"\"b\""
		"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":"
		"[{"
		"\"name\":\"c\",\"image\":\"i\"}]}}}}",
		meta, replicas, start, policy);
	fake_api_apply(&l->api, text);
}

void db_ready(struct lab *l, unsigned first, unsigned n, unsigned skip)
{
	static char text[60000];
	size_t at = (size_t)snprintf(text, sizeof(text),
		"{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{"
		"\"name\":\"db-x\",\"namespace\":\"ns\",\"labels\":{\"kubernetes.io/service-name\":"
		"\"db\"}},\"addressType\":\"IPv4\",\"ports\":[],\"endpoints\":[");
	const char *comma = "";
	for (unsigned i = first; i < first + n; i++) {
		if (i == skip) {
			continue;
		}
		at += (size_t)snprintf(text + at, sizeof(text) - at,
			"%s{\"addresses\":[\"10.1.%u.%u\"],\"hostname\":\"db-%u\",\"conditions\":{"
			"\"ready\":true}}",
			comma, i / 256, i % 256, i);
		comma = ",";
	}
	(void)snprintf(text + at, sizeof(text) - at, "]}");
	fake_api_apply(&l->api, text);
}

struct dns_config db_config(void)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.kube.addresses = "10.244.0.99";
	return config;
}

void db_start(struct lab *l, const struct dns_config *config)
{
	lab_init(l);
	lab_start(l, config);
	fake_api_apply(&l->api,
		"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
		"\"ns\"}}");
	db_service(l, "db");
	db_service(l, "other");
	fake_api_sync(&l->api);
}
