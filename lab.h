/* ordinal lab: a Kubernetes API, StatefulSet controller and DNS in one process. Called by: main. */
#pragma once

#include "base/option.h"

extern const struct option_command lab_command;
/* The exit code. */
int lab_main(const struct option_program *program, int argc, char **argv);
