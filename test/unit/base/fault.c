/* The allocator of a test program: the real one, unless it is to fail. The names of the executable come before
 * those of shared libraries, so libyaml, libuv and cJSON are met too.
 * Source: none. Regime: static state; for tests of one thread. Called by: every allocation of the program. */
#include "fault.h"

#include <errno.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FAULT_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(FAULT_SANITIZED)
#define REAL(f) __interceptor_##f
#else
#define REAL(f) __libc_##f
#endif

/* These run before the sanitizers have set themselves up. */
#define UNSANITIZED __attribute__((no_sanitize("address", "undefined", "thread")))

void *REAL(malloc)(size_t bytes);
void *REAL(calloc)(size_t n, size_t each);
void *REAL(realloc)(void *p, size_t bytes);
void *malloc(size_t bytes);
void *calloc(size_t n, size_t each);
void *realloc(void *p, size_t bytes);

static struct {
	bool is_on, is_sticky, refused;
	size_t fails_at, count;
} fault;

void fault_begin(size_t n, bool is_sticky)
{
	fault.refused = false;
	fault.is_sticky = is_sticky;
	fault.fails_at = n;
	fault.count = 0;
	fault.is_on = true;
}

bool fault_end(void)
{
	fault.is_on = false;
	return fault.refused;
}

size_t fault_count(void)
{
	return fault.count;
}

UNSANITIZED static bool is_refused(void)
{
	fault.count++;
	if (!fault.is_on || fault.count < fault.fails_at ||
		(fault.count > fault.fails_at && !fault.is_sticky)) {
		return false;
	}
	fault.refused = true;
	errno = ENOMEM;
	return true;
}

UNSANITIZED void *malloc(size_t bytes)
{
	return is_refused() ? NULL : REAL(malloc)(bytes);
}

UNSANITIZED void *calloc(size_t n, size_t each)
{
	return is_refused() ? NULL : REAL(calloc)(n, each);
}

UNSANITIZED void *realloc(void *p, size_t bytes)
{
	return is_refused() ? NULL : REAL(realloc)(p, bytes);
}
