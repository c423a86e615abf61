/* See the header. */
#include "test/scenario/dns/life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "test/scenario/dns/client.h"

static const char * or (const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static void add_meta(struct buf *b, const char *kind, const char *name, unsigned version)
{
	buf_printf(b, "%s,\"metadata\":{\"namespace\":\"ns\",\"name\":\"%s\"", kind, name);
	if (version > 0) {
		buf_printf(b, ",\"resourceVersion\":\"%u\"", version);
	} else {
		buf_printf(b, ",\"resourceVersion\":\"x\"");
	}
}

static void apply(struct lab *l, struct buf *b)
{
	buf_add(b, (struct strv){ .p = "", .n = 1 });
	assert_int_equal(b->err, ERR_OK);
	fake_api_apply(&l->api, b->p);
	buf_deinit(b);
}

static void add_ips(struct buf *b, const char *ips)
{
	struct strv rest = strv_of(ips);
	struct strv ip;
	const char *comma = "";
	buf_printf(b, ",\"podIPs\":[");
	while (strv_cut(&rest, ',', &ip)) {
		buf_printf(b, "%s{\"ip\":\"%.*s\"}", comma, STRV_ARG(ip));
		comma = ",";
	}
	buf_printf(b, "]");
}

void life_pod(struct lab *l, const struct life_pod *p)
{
	struct buf b;
	buf_init(&b);
	const char *name = or (p->name, "db-0");
	add_meta(&b, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"", name, p->version);
	buf_printf(&b, ",\"uid\":\"%s\",\"labels\":{\"x\":\"y\"%s%s}", or (p->uid, "one"),
		p->unnumbered ? "" : ",\"apps.kubernetes.io/pod-index\":\"0\"",
		or (p->labels, ",\"app\":\"db\""));
	if (p->terminating) {
		buf_printf(&b, ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"");
	}
	buf_printf(&b,
		"},\"spec\":{\"hostname\":\"%s\",\"subdomain\":\"%s\",\"initContainers\":["
		"{\"name\":\"once\",\"image\":\"i\",\"ports\":[{\"name\":\"sql-port\","
		"\"containerPort\":1}]},"
		"{\"name\":\"side\",\"image\":\"i\",\"restartPolicy\":\"Always\",\"ports\":["
		"{\"name\":\"side-port\",\"containerPort\":9000}]}],\"containers\":[{\"name\":"
		"\"c\","
		"\"image\":\"i\",\"ports\":[{\"name\":\"sql-port\",\"containerPort\":15432},"
		"{\"name\":\"dns-port\",\"containerPort\":53,\"protocol\":\"UDP\"}]}]},",
		or (p->hostname, name), or (p->subdomain, "db"));
	buf_printf(&b,
		"\"status\":{\"phase\":\"%s\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"%"
		"s\"}]",
		or (p->phase, "Running"), p->ready ? "True" : "False");
	add_ips(&b, p->ip);
	buf_printf(&b, "}}");
	apply(l, &b);
}

#define SQL_PORT "{\"name\":\"sql\",\"port\":5432,\"protocol\":\"TCP\"}"

void life_service(struct lab *l, const struct life_service *s)
{
	struct buf b;
	buf_init(&b);
	add_meta(&b, "{\"apiVersion\":\"v1\",\"kind\":\"Service\"", or (s->name, "db"), 0);
	buf_printf(&b,
		"},\"spec\":{\"selector\":{%s},\"publishNotReadyAddresses\":%s,\"ports\":[%s]%s}}",
		or (s->selector, "\"app\":\"db\""), s->publish ? "true" : "false",
		or (s->ports, SQL_PORT), or (s->spec, ",\"clusterIP\":\"None\",\"clusterIPs\":["
						      "\"None\"],\"ipFamilies\":[\"IPv4\"]"));
	apply(l, &b);
}

void life_slice(struct lab *l, const struct life_slice *s)
{
	struct buf b;
	char name[80];
	buf_init(&b);
	const char *service = or (s->service, "db");
	(void)snprintf(name, sizeof(name), "%s-x", service);
	add_meta(&b, "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\"",
		or (s->name, name), s->version);
	const char *first = s->at[0].ip;
	buf_printf(&b,
		",\"labels\":{\"kubernetes.io/service-name\":\"%s\"}},\"addressType\":\"%s\","
		"\"ports\":[%s],\"endpoints\":[",
		service, first && strchr(first, ':') ? "IPv6" : "IPv4", or (s->ports, SQL_PORT));
	for (size_t i = 0; i < ARRAY_LEN(s->at) && s->at[i].ip; i++) {
		const struct life_endpoint *e = &s->at[i];
		const char *pod = or (e->pod, "db-0");
		buf_printf(&b, "%s{\"addresses\":[\"%s\"],\"conditions\":{\"ready\":%s}",
			i > 0 ? "," : "", e->ip, e->ready ? "true" : "false");
		if (!e->nameless) {
			buf_printf(&b, ",\"hostname\":\"%s\"", pod);
		}
		buf_printf(&b,
			",\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"ns\",\"name\":\"%s\","
			"\"uid\":\"%s\"}}",
			pod, or (e->uid, "one"));
	}
	buf_printf(&b, "]}");
	apply(l, &b);
}

void life_set(struct lab *l, unsigned replicas)
{
	struct buf b;
	buf_init(&b);
	add_meta(&b, "{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\"", "db", 0);
	buf_printf(&b,
		"},\"spec\":{\"serviceName\":\"db\",\"replicas\":%u,\"selector\":{\"matchLabels\":{"
		"\"app\":\"db\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"db\"}},"
		"\"spec\":{"
		"\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}",
		replicas);
	apply(l, &b);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *life_ask(const struct lab *l, const char *name, const char *type)
{
	static char text[4000];
	struct client_question q = { .name = name, .type = type, .edns_bytes = 4096 };
	struct client_reply *r = client_ask(l->port, &q);
	const char *last[CLIENT_RECORDS];
	size_t n = 0;
	for (size_t i = 0; i < r->count[0]; i++) {
		last[i] = strstr(r->lines[0][i], type) + strlen(type) + 1;
	}
	qsort(last, r->count[0], sizeof(last[0]), compare_texts);
	text[0] = '\0';
	for (size_t i = 0; i < r->count[0]; i++) {
		int put = snprintf(text + n, sizeof(text) - n, "%s%s", i > 0 ? " " : "", last[i]);
		assert_true(put > 0 && (size_t)put < sizeof(text) - n);
		n += (size_t)put;
	}
	free(r);
	return text;
}
