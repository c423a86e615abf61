/* See metrics.h. Source: Prometheus, "Exposition formats", text-based format. Regime: the caller's buf.
 * Called by: watch/remote and whoever else has figures. */
#include "base/metrics.h"

#include <inttypes.h>

void metrics_family(struct buf *page, const struct metrics_family *f)
{
	static const char *const types[] = { "counter", "gauge" };
	buf_printf(page, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, types[f->type]);
}

static void add_value(struct buf *page, struct strv value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (c == '\n') {
			buf_add(page, STRV("\\n"));
			continue;
		}
		if (c == '"' || c == '\\') {
			buf_add_char(page, '\\');
		}
		buf_add_char(page, c);
	}
}

static void begin(struct buf *page, const char *name, const struct metrics_label *labels, size_t n)
{
	buf_add(page, strv_of(name));
	for (size_t i = 0; i < n; i++) {
		buf_printf(page, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
		add_value(page, labels[i].value);
		buf_add_char(page, '"');
	}
	buf_add(page, n > 0 ? STRV("} ") : STRV(" "));
}

void metrics_sample(struct buf *page, const struct metrics_family *f,
	const struct metrics_label *labels, size_t n_labels, uint64_t value)
{
	begin(page, f->name, labels, n_labels);
	buf_printf(page, "%" PRIu64 "\n", value);
}

void metrics_sample_ms(struct buf *page, const struct metrics_family *f,
	const struct metrics_label *labels, size_t n_labels, int64_t value_ms)
{
	uint64_t ms = value_ms < 0 ? 0 - (uint64_t)value_ms : (uint64_t)value_ms;
	begin(page, f->name, labels, n_labels);
	buf_printf(page, "%s%" PRIu64 ".%03" PRIu64 "\n", value_ms < 0 ? "-" : "", ms / 1000,
		ms % 1000);
}
