/* REQUIRE's last words. Called by: everyone, never on input. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void require_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "ordinal: bug at %s:%d: %s does not hold\n", file, line, what);
	abort();
}
