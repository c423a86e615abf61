/* base/metrics: the text Prometheus reads; counters that another thread reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <uv.h>

#include "base/err.h"
#include "base/metrics.h"

static const struct metrics_family age = { "x_age_seconds", METRICS_GAUGE, "How old." };
static const struct metrics_family seen = { "x_seen_total", METRICS_COUNTER, "How many." };

static void a_page_is_what_prometheus_reads(void **state)
{
	const struct metrics_label labels[] = { { "kind", STRV("pods") },
		{ "why", STRV("a \"b\" \\ c\nd") } };
	struct buf page;
	(void)state;
	buf_init(&page);
	metrics_family(&page, &age);
	metrics_sample_ms(&page, &age, labels, 1, 61007);
	metrics_sample_ms(&page, &age, NULL, 0, -1);
	metrics_family(&page, &seen);
	metrics_sample(&page, &seen, labels, 2, UINT64_MAX);
	buf_add_char(&page, '\0');
	assert_int_equal(page.err, ERR_OK);
	assert_string_equal(page.p, "# HELP x_age_seconds How old.\n# TYPE x_age_seconds gauge\n"
				    "x_age_seconds{kind=\"pods\"} 61.007\nx_age_seconds -0.001\n"
				    "# HELP x_seen_total How many.\n# TYPE x_seen_total counter\n"
				    "x_seen_total{kind=\"pods\",why=\"a \\\"b\\\" \\\\ c\\nd\"} "
				    "18446744073709551615\n");
	buf_deinit(&page);
}

#define ADDED 100000u

static void count_up(void *ctx)
{
	for (unsigned i = 0; i < ADDED; i++) {
		metrics_add(ctx, 1);
	}
}

static void a_counter_is_read_while_its_thread_counts(void **state)
{
	struct metrics_counter c = { 0 };
	uv_thread_t thread;
	uint64_t last = 0;
	(void)state;
	assert_int_equal(uv_thread_create(&thread, count_up, &c), 0);
	while (last < ADDED) {
		uint64_t now = metrics_get(&c);
		assert_true(now >= last && now <= ADDED);
		last = now;
	}
	assert_int_equal(uv_thread_join(&thread), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_what_prometheus_reads),
		cmocka_unit_test(a_counter_is_read_while_its_thread_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
