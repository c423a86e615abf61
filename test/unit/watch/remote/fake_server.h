/* A kube-apiserver that misbehaves on purpose: one kind (ConfigMaps), a LIST and five events after it, and a fault for
 * each request. Speaks HTTP/1.1 over plain sockets on the test's loop.
 *
 *	LIST at 10: a=5 b=6 c=7; then 11 a changes, 12 b goes, 13 d comes, 14 bookmark, 15 d changes: a=11 c=7 d=15 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <uv.h>

#define FAKE_FAULTS 8

enum fake_what { FAKE_NONE, FAKE_CUT, FAKE_REPLY, FAKE_BODY, FAKE_SLOW, FAKE_HANG };
struct fake_fault {
	enum fake_what what;
	size_t bytes; /* CUT: so many of the reply are sent; SLOW: in pieces of so many; HANG: so many, and the connection stays */
	const char *
		text; /* REPLY: instead of the reply, raw, then closed; BODY: as its body, with status 200, then closed */
};

struct fake_server {
	uv_loop_t *loop;
	uv_tcp_t listener;
	unsigned port;
	struct fake_fault faults[FAKE_FAULTS]; /* of the first requests */
	unsigned requests, lists, watches;
	bool protobuf;   /* answers so, and must be asked so */
	bool compacted;  /* the LIST is of 15; watches from before get 410 */
	char last[4096]; /* the last request */
	char lists_seen
		[512]; /* resourceVersion parameters of the LISTs, each followed by a blank */
	struct fake_conn *conns;
	size_t list_bytes, watch_bytes; /* of the last whole replies, for those who cut others */
};

void fake_open(struct fake_server *f, uv_loop_t *loop);
void fake_close(struct fake_server *f); /* the loop must turn afterwards */
