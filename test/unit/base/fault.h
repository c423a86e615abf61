/* Memory that runs out on purpose: the n-th allocation of the whole program fails (and, when asked, every later
 * one), those of libraries too. Link fault.c into a test; nothing else is needed.
 * The sweep: for (n = 1; fault_begin(n, sticky), work(), fault_end(); n++), until nothing was refused. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* From now on the n-th malloc, calloc or growing realloc fails; all after it too if is_sticky. */
void fault_begin(size_t n, bool is_sticky);
/* Allocation works again. Whether one was refused since fault_begin. */
bool fault_end(void);
/* How many allocations were asked for since fault_begin, or since the start. */
size_t fault_count(void);
