/* ordinal: main only knows the commands; each wires its parts in a file of its own beside this one (lab.c, serve.c).
 * What the parts do is in the rooms: watch, statefulset, dns. */
#include <signal.h>

#include "base/option.h"
#include "lab.h"
#include "serve.h"

int main(int argc, char **argv)
{
	static int (*const mains[])(const struct option_program *p, int argc, char **argv) = {
		serve_main,
		lab_main,
	};
	const struct option_command commands[] = { serve_command, lab_command };
	const struct option_program program = { .name = "ordinal",
		.version = ORDINAL_VERSION,
		.summary = "DNS for StatefulSets and headless Services, and a lab to try them",
		.commands = commands,
		.n_commands = ARRAY_LEN(commands) };
	const struct option_command *c = NULL;
	enum option_outcome o = option_command_find(&program, argc, argv, &c);
	if (o != OPTION_RUN) {
		return o == OPTION_WRONG ? 2 : 0;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* a client that goes away is an error of its socket only */
	return mains[c - commands](&program, argc, argv);
}
