/* Memory that runs out at every allocation in turn while a Corefile is read: an error, and nothing leaks (ASan). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/config/corefile.h"
#include "fault.h"

static void a_corefile_says_when_memory_is_out(void **state)
{
	static const char text[] =
		"(s) {\nttl 5\nlabels a in (b, c)\nnamespaces a b\n}\n"
		"a:1 10.0.0.0/12, b:2 {\nbind ::1 ::2\nerrors\nlog\nloadbalance\n"
		"transfer {\nto * 10.0.0.1:53\n}\n"
		"kubernetes {\nimport s\nfallthrough x y\nmulticluster a\nstatefulsets\n}\n}\n";
	struct corefile_source source = { .file = "Corefile", .default_port = 53 };
	bool failed = true;
	size_t n = 0;
	(void)state;
	while (failed) {
		struct corefile *c = NULL;
		struct corefile_report report = { .text = "" };
		fault_begin(++n, false);
		int err = corefile_parse(strv_of(text), &source, &c, &report);
		failed = fault_end();
		assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
		assert_string_equal(report.text, "");
		corefile_free(c);
	}
	assert_true(n > 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_corefile_says_when_memory_is_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
