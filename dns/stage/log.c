/* Stage log: one line a reply, at DEBUG or INFO. Source: CoreDNS plugin/log, less the client's address where it has none. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/log.h"
#include "dns/stage/stages.h"

static void client_print(const struct sockaddr *sa, char out[INET6_ADDRSTRLEN + 8])
{
	char host[INET6_ADDRSTRLEN] = "-";
	unsigned port = 0;
	if (sa && sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
		(void)inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)); /* room is enough */
		port = ntohs(in->sin_port);
	} else if (sa && sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)sa;
		(void)inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof(host)); /* room is enough */
		port = ntohs(in->sin6_port);
	}
	(void)snprintf(out, INET6_ADDRSTRLEN + 8, "%s:%u", host, port); /* cut at worst */
}

static void say(enum log_level level, const struct query *q)
{
	char client[INET6_ADDRSTRLEN + 8];
	char name[NAME_TEXT_BYTES];
	if (!log_is_on(level)) {
		return;
	}
	client_print(q->client, client);
	(void)name_print(q->w.base + MESSAGE_HEADER_BYTES, name); /* NAME_TEXT_BYTES is enough */
	log_write(level, "dns", "%s - %u \"%s IN %s %s\" %s %u answers, %zu octets", client,
		q->header.id, type_name(q->type), name,
		q->transport == TRANSPORT_UDP ? "udp" : "tcp", rcode_name(q->rcode),
		q->count[SECTION_ANSWER], q->w.n);
}

static void done(void *self, const struct query *q)
{
	(void)self;
	say(LOG_DEBUG, q);
}

static void done_info(void *self, const struct query *q)
{
	(void)self;
	say(LOG_INFO, q);
}

const struct stage_row stage_log = { .name = "log", .done = done };
const struct stage_row stage_log_info = { .name = "log", .done = done_info };
