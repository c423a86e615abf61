/* ordinal serve: DNS for a cluster whose API server it watches. Called by: main. */
#pragma once

#include "base/option.h"

extern const struct option_command serve_command;
/* The exit code. */
int serve_main(const struct option_program *program, int argc, char **argv);
