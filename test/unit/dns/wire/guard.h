/* Octets that end exactly at an inaccessible page: reading one too far crashes. Regime: guard_new, guard_free. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARD_PAGES 17 /* 64 KiB and more */

static inline uint8_t *guard_new(const void *p, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t body = GUARD_PAGES * page;
	uint8_t *base = mmap(
		NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED || n > body || mprotect(base + body, page, PROT_NONE) != 0) {
		abort();
	}
	if (n > 0) {
		memcpy(base + body - n, p, n);
	}
	return base + body - n;
}

static inline void guard_free(uint8_t *p, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	(void)munmap(p + n - GUARD_PAGES * page, (GUARD_PAGES + 1) * page);
}
