/* See the header. */
#include "test/scenario/dns/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

void lab_init(struct lab *l)
{
	*l = (struct lab){ 0 };
	assert_int_equal(uv_loop_init(&l->loop), 0);
	assert_int_equal(clock_open(&l->loop, &l->clock), ERR_OK);
	fake_api_init(&l->api);
}

void lab_start(struct lab *l, const struct dns_config *config)
{
	struct dns_config c = config ? *config : dns_config_default();
	if (!config) {
		c.listen.port = 0;
		c.threads = 2;
	}
	int err = dns_server_open(&l->loop, l->clock, &l->api.api, &c, &l->server);
	if (err != ERR_OK) {
		fail_msg("server does not open: %s", err_text(err));
	}
	l->port = dns_server_port(l->server);
	assert_true(l->port > 0);
}

void lab_turn(struct lab *l)
{
	(void)uv_run(&l->loop, UV_RUN_NOWAIT);
}

static void on_closed(void *ctx)
{
	bool *closed = ctx;
	*closed = true;
}

void lab_stop(struct lab *l)
{
	bool closed = false;
	dns_server_close(l->server, on_closed, &closed);
	while (!closed) {
		(void)uv_run(&l->loop, UV_RUN_ONCE);
	}
	l->server = NULL;
}

void lab_deinit(struct lab *l)
{
	bool closed = false;
	if (l->server) {
		lab_stop(l);
	}
	clock_close(l->clock, on_closed, &closed);
	while (!closed) {
		(void)uv_run(&l->loop, UV_RUN_ONCE);
	}
	(void)uv_run(&l->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&l->loop), 0);
	fake_api_deinit(&l->api);
}
