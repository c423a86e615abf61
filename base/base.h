/* What every file may use: attributes, REQUIRE, container_of, lengths.
 * Not an umbrella: it declares no module. */
#pragma once

#include <stddef.h>

#define NODISCARD         __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))

/* A programmer's mistake, never input: prints the place and aborts. Never compiled out. */
#define REQUIRE(x) ((x) ? (void)0 : require_failed(#x, __FILE__, __LINE__))
__attribute__((noreturn)) void require_failed(const char *what, const char *file, int line);

/* The struct that contains this member; the pointer's type is checked. */
#define container_of(ptr, type, member)                                                            \
	((type *)(void *)((char *)(1 ? (ptr) : &((type *)0)->member) - offsetof(type, member)))
