/* What the commands share at start. Called by: lab.c, serve.c. */
#pragma once

#include <stdbool.h>

#include "base/option.h"

/* "error: WHAT cannot listen on ADDRESS: why; what to do" on stderr. chosen_by: the option or directive, "--dns". */
void start_listen_failed(
	const char *what, const char *chosen_by, const struct option_addr *addr, int err);
/* "127.0.0.1:53", "[::1]:53". */
#define START_ADDR_CHARS 64
void start_addr_print(const struct option_addr *addr, unsigned port, char out[START_ADDR_CHARS]);

/* Were we started with this signal ignored, as nohup does with SIGHUP? */
bool start_is_ignored(int signum);
/* "SIGINT", "SIGHUP", else "SIGTERM". */
const char *start_signal_name(int signum);
