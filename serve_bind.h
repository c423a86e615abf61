/* The addresses of a server block: those of bind, names of interfaces looked up, or all of the machine.
 * Source: CoreDNS plugin/bind. Blocking, start-up only. Called by: serve.c. */
#pragma once

#include <stddef.h>

#include "base/base.h"
#include "base/option.h"
#include "dns/config/corefile.h"

/* *out: at least one, heap, the caller's. Says on stderr what is wrong.
 * errors ERR_NOT_FOUND (no such interface, nothing left), libuv's, ERR_NOMEM */
NODISCARD int serve_bind(
	const struct corefile_listener *asked, struct option_addr **out, size_t *out_n);
