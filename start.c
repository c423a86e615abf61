/* What the commands share at start: see the header. */
#include "start.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/err.h"

void start_addr_print(const struct option_addr *addr, unsigned port, char out[START_ADDR_CHARS])
{
	bool v6 = strchr(addr->host, ':') != NULL;
	(void)snprintf(out, START_ADDR_CHARS, v6 ? "[%s]:%u" : "%s:%u", addr->host,
		port); /* host is at most 45 characters */
}

void start_listen_failed(
	const char *what, const char *chosen_by, const struct option_addr *addr, int err)
{
	const char *advice = "see the reason given";
	char text[START_ADDR_CHARS];
	if (err == UV_EADDRINUSE) {
		advice = "another program has it: end that one, or choose another port (0 "
			 "picks a free one) with";
	} else if (err == UV_EACCES) {
		advice = "ports below 1024 need root or CAP_NET_BIND_SERVICE: choose "
			 "another with";
	} else if (err == UV_EADDRNOTAVAIL) {
		advice = "this machine has no such address: choose another with";
	}
	start_addr_print(addr, addr->port, text);
	fprintf(stderr, "error: %s cannot listen on %s: %s; %s %s\n", what, text, err_text(err),
		advice, chosen_by);
}

bool start_is_ignored(int signum)
{
	struct sigaction now;
	return sigaction(signum, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

const char *start_signal_name(int signum)
{
	return signum == SIGINT ? "SIGINT" : signum == SIGHUP ? "SIGHUP" : "SIGTERM";
}
