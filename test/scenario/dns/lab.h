/* A DNS server with a fake API, for the length of one test. */
#pragma once

#include <uv.h>

#include "base/clock.h"
#include "dns/server.h"
#include "test/scenario/dns/fake_api.h"

struct lab {
	uv_loop_t loop;
	struct clock *clock;
	struct fake_api api;
	struct dns_server *server;
	unsigned port;
};

/* threads 2, 127.0.0.1 port 0; config may be NULL. Objects are applied by the test, before or after lab_start. */
void lab_init(struct lab *l);
void lab_start(struct lab *l, const struct dns_config *config);
/* Lets the loop do what waits. */
void lab_turn(struct lab *l);
/* Stops the server only. */
void lab_stop(struct lab *l);
/* Nothing may be left: handles, subscriptions, objects. */
void lab_deinit(struct lab *l);
