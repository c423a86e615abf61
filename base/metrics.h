/* Figures of the running program, and their text as Prometheus reads it (exposition format 0.0.4).
 * A counter has one writer, the thread that owns it; any thread may read it meanwhile: relaxed atomics, no lock, and an
 * addition costs what a plain one does. There is no registry: whoever has figures writes them on a page when asked to.
 * Regime: counters are members of their owners, at best on a cache line of their thread's; a page is the caller's buf.
 *
 * Glossary: family = figures of one name, meaning and type; sample = one of them, told apart by its labels. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct metrics_counter {
	uint64_t n;
};
/* On the owner's thread only. */
static inline void metrics_add(struct metrics_counter *c, uint64_t n)
{
	uint64_t before = __atomic_load_n(&c->n, __ATOMIC_RELAXED);
	__atomic_store_n(&c->n, before + n, __ATOMIC_RELAXED);
}
static inline uint64_t metrics_get(const struct metrics_counter *c)
{
	return __atomic_load_n(&c->n, __ATOMIC_RELAXED);
}

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE };
struct metrics_family {
	const char *name; /* ordinal_...; of a counter it ends in _total */
	enum metrics_type type;
	const char *help; /* one line */
};
struct metrics_label {
	const char *name;
	struct strv value; /* any UTF-8 */
};

/* Of each family first metrics_family, then all its samples. Failures stay in page->err. */
void metrics_family(struct buf *page, const struct metrics_family *f);
void metrics_sample(struct buf *page, const struct metrics_family *f,
	const struct metrics_label *labels, size_t n_labels, uint64_t value);
/* The same of a time, written in seconds, the unit of all times there. */
void metrics_sample_ms(struct buf *page, const struct metrics_family *f,
	const struct metrics_label *labels, size_t n_labels, int64_t value_ms);
