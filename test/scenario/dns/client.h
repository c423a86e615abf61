/* A DNS client for tests: builds questions, asks over loopback, waits at most two seconds, prints replies.
 * Regime: the caller's storage. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/wire/message.h"

struct client_question {
	const char *name;
	const char *type;    /* "A"; numbers too */
	unsigned edns_bytes; /* 0: without EDNS */
	bool tcp;
	unsigned flags;     /* of the header; 0: RD */
	const char *server; /* NULL: 127.0.0.1 */
	bool has_serial;    /* IXFR: the serial that the client holds */
	uint32_t serial;
};

#define CLIENT_REPLY_BYTES 65535
#define CLIENT_RECORDS     700
#define CLIENT_LINE        700

struct client_reply {
	size_t n; /* octets */
	uint8_t bytes[CLIENT_REPLY_BYTES];
	struct header header;
	unsigned rcode; /* extended by OPT */
	size_t count[3];
	char lines[3][CLIENT_RECORDS][CLIENT_LINE]; /* "owner ttl IN TYPE data", without OPT */
	bool has_opt;
	unsigned opt_bytes;
	char ede[256]; /* text of the Extended DNS Error, "" */
};

unsigned client_type(const char *text);
/* out has room for CLIENT_QUESTION octets, or as many as the name needs and 27 more. */
#define CLIENT_QUESTION 300
size_t client_build(const struct client_question *q, uint16_t id, uint8_t *out);
/* Heap, never NULL; fails the test when there is no reply. */
struct client_reply *client_ask(unsigned port, const struct client_question *q);
/* A connection to loopback, with a read limit of 20 s. */
int client_connect(unsigned port);
/* One where little is under way at a time: some hundred short messages that nobody reads fill the buffers of both ends. */
int client_connect_small(unsigned port);
void client_write(int fd, const void *p, size_t n);
/* One framed reply; false at the end of the stream. */
bool client_read(int fd, struct client_reply *out);
/* The steps of client_ask one by one. A UDP socket that takes replies of the server (NULL: 127.0.0.1) only, with a read
 * limit of 20 s. */
int client_udp(unsigned port, const char *server);
void client_put(int fd, const struct client_question *q, uint16_t id);
/* The next reply, over UDP or TCP (q->tcp) as put; heap. Fails the test when there is none. */
struct client_reply *client_take(int fd, bool tcp);
/* Something is there to be taken, or the end of the stream. */
bool client_has(int fd);
/* Reads r->bytes into the other members; fails the test when malformed. */
void client_decode(struct client_reply *r);
