/* Arena: a list of chunks, the newest is filled; what is too big for it gets a chunk of its own.
 * Source: none. Regime: see arena.h. Called by: everyone. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define RED_ZONE_BYTES 16u
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define RED_ZONE_BYTES                    0u
#endif

#define ALIGN_BYTES     16u
#define CHUNK_BYTES_MIN 4096u
#define CHUNK_BYTES_MAX ((size_t)256 << 10)

struct arena_chunk {
	struct arena_chunk *next;
	size_t cap;  /* bytes in data */
	size_t used; /* bytes handed out, a multiple of ALIGN_BYTES */
	_Alignas(ALIGN_BYTES) char data[];
};

void arena_init(struct arena *a, size_t chunk_bytes)
{
	*a = (struct arena){ .chunk_bytes = chunk_bytes ? chunk_bytes : CHUNK_BYTES_MIN };
}

static void chunk_free(struct arena_chunk *c)
{
	ASAN_UNPOISON_MEMORY_REGION(c->data, c->cap);
	free(c);
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *kept = NULL;
	for (struct arena_chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		if (!kept && (c->cap <= CHUNK_BYTES_MAX || c->cap <= a->chunk_bytes)) {
			kept = c;
		} else {
			chunk_free(c);
		}
	}
	if (kept) {
		kept->next = NULL;
		kept->used = 0;
		ASAN_POISON_MEMORY_REGION(kept->data, kept->cap);
	}
	a->head = kept;
	a->used_bytes = 0;
}

void arena_deinit(struct arena *a)
{
	if (!a) {
		return;
	}
	for (struct arena_chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		chunk_free(c);
	}
	a->head = NULL;
	a->used_bytes = 0;
}

/* A chunk with room for bytes (rounded). Becomes the one that is filled, unless it was made for one
 * big piece. */
static struct arena_chunk *chunk_add(struct arena *a, size_t bytes)
{
	bool big = bytes > a->chunk_bytes;
	size_t cap = big ? bytes : a->chunk_bytes;
	cap = (cap + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
	struct arena_chunk *c = malloc(sizeof(*c) + cap);
	if (!c) {
		return NULL;
	}
	c->cap = cap;
	c->used = 0;
	ASAN_POISON_MEMORY_REGION(c->data, c->cap);
	if (big && a->head) {
		c->next = a->head->next;
		a->head->next = c;
		return c;
	}
	c->next = a->head;
	a->head = c;
	if (!big && a->chunk_bytes < CHUNK_BYTES_MAX) {
		a->chunk_bytes = a->chunk_bytes > CHUNK_BYTES_MAX / 2 ? CHUNK_BYTES_MAX
								      : a->chunk_bytes * 2;
	}
	return c;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	if (bytes > SIZE_MAX / 2 - sizeof(struct arena_chunk)) {
		return NULL;
	}
	/* zero bytes take a place too, so that the pointer is one's own */
	size_t full = (bytes + (bytes == 0) + RED_ZONE_BYTES + ALIGN_BYTES - 1) &
		      ~(size_t)(ALIGN_BYTES - 1);
	if (a->limit_bytes != 0 &&
		(full > a->limit_bytes || a->used_bytes > a->limit_bytes - full)) {
		return NULL;
	}
	struct arena_chunk *c = a->head;
	if (!c || c->cap - c->used < full) {
		c = chunk_add(a, full);
		if (!c) {
			return NULL;
		}
	}
	char *p = c->data + c->used;
	c->used += full;
	a->used_bytes += full;
	ASAN_UNPOISON_MEMORY_REGION(p, bytes);
	return p;
}

void *arena_zalloc(struct arena *a, size_t bytes)
{
	void *p = arena_alloc(a, bytes);
	if (p) {
		memset(p, 0, bytes);
	}
	return p;
}

void *arena_array_bytes(struct arena *a, size_t n, size_t each)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, each, &bytes)) {
		return NULL;
	}
	return arena_zalloc(a, bytes);
}

struct strv arena_strdup(struct arena *a, struct strv s)
{
	char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
	if (!p) {
		return STRV_NONE;
	}
	if (s.n > 0) {
		memcpy(p, s.p, s.n);
	}
	p[s.n] = '\0';
	return (struct strv){ p, s.n };
}

struct strv arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct strv s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

struct strv arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	char small[256];
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	struct strv s = STRV_NONE;
	if (n >= 0 && (size_t)n < sizeof(small)) {
		s = arena_strdup(a, (struct strv){ small, (size_t)n });
	} else if (n >= 0) {
		char *p = arena_alloc(a, (size_t)n + 1);
		if (p) {
			(void)vsnprintf(p, (size_t)n + 1, fmt, again); /* measured above */
			s = (struct strv){ p, (size_t)n };
		}
	}
	va_end(again);
	return s;
}
