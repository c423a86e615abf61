/* Memory that dies all at once: allocate by moving a pointer, free by one reset.
 * Regime: the arena is its owner's; what it hands out is valid until arena_reset or arena_deinit.
 * Not thread-safe. Under ASan freed space is poisoned. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/base.h"
#include "base/strv.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *head; /* newest first */
	size_t chunk_bytes;       /* size of the next chunk */
	size_t used_bytes;        /* handed out since the last reset */
	size_t limit_bytes;       /* 0: none; past it allocation fails */
};

/* No memory is taken until the first allocation. chunk_bytes 0 means 4 KiB; chunks double up to 256 KiB. */
void arena_init(struct arena *a, size_t chunk_bytes);
/* Forgets everything handed out; keeps one chunk for reuse. */
void arena_reset(struct arena *a);
void arena_deinit(struct arena *a);

/* 16-byte aligned; zero bytes give a valid pointer. NULL when memory or the limit is exhausted. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_zalloc(struct arena *a, size_t bytes);
/* n elements, zeroed, the product checked; NULL on overflow too. */
void *arena_array_bytes(struct arena *a, size_t n, size_t each);
#define arena_new(a, type)      ((type *)arena_zalloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_array_bytes((a), (n), sizeof(type)))

/* Copies, NUL-terminated behind the n bytes. {NULL,0} when memory is out (an empty s gives p != NULL). */
struct strv arena_strdup(struct arena *a, struct strv s);
struct strv arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct strv arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
